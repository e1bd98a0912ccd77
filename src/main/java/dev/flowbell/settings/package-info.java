/// Reads and checks everything that users can set.
@NullMarked
package dev.flowbell.settings;

import org.jspecify.annotations.NullMarked;
