/// Sums up one payload: counts by minute and dimension, and the activity of rejected sources.
@NullMarked
package dev.flowbell.summary;

import org.jspecify.annotations.NullMarked;
