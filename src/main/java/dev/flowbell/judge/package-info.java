/// Decides what in a payload is worth a notification.
@NullMarked
package dev.flowbell.judge;

import org.jspecify.annotations.NullMarked;
