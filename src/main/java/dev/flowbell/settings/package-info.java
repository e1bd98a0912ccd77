/// Describes the settings, and reads and checks their values.
@NullMarked
package dev.flowbell.settings;

import org.jspecify.annotations.NullMarked;
