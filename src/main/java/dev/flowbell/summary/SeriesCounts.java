package dev.flowbell.summary;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The counts of one series, by minute.
final class SeriesCounts {
  /// The minute of records that have no time: it is known at the end only.
  static final long NO_MINUTE = Long.MIN_VALUE;

  private final MetricSeries series;
  private final Map<Long, MetricCounts> byMinute = new TreeMap<>();
  private long lastMinute;
  private @Nullable MetricCounts lastCounts;

  SeriesCounts(MetricSeries series) {
    this.series = series;
  }

  MetricSeries series() {
    return series;
  }

  /// Returns the counts of a minute, to be added to in place.
  ///
  /// @param unixMinute minutes since 1970, or [#NO_MINUTE]
  MetricCounts at(long unixMinute) {
    if (lastCounts == null || lastMinute != unixMinute) {
      lastCounts = byMinute.computeIfAbsent(unixMinute, _ -> new MetricCounts());
      lastMinute = unixMinute;
    }
    return lastCounts;
  }

  /// Returns the counts by minute, the earliest first.
  Map<Long, MetricCounts> byMinute() {
    return byMinute;
  }
}
