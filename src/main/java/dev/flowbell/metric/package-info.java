/// The metrics and their series, and counting them by minute, within a budget.
@NullMarked
package dev.flowbell.metric;

import org.jspecify.annotations.NullMarked;
