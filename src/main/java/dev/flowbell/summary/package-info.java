/// Sums one payload up: counts by minute and dimension, who was rejected, and where.
@NullMarked
package dev.flowbell.summary;

import org.jspecify.annotations.NullMarked;
