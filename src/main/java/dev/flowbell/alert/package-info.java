/// Decides what in a summary is worth telling, and puts it into words.
@NullMarked
package dev.flowbell.alert;

import org.jspecify.annotations.NullMarked;
