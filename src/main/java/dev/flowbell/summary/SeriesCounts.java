package dev.flowbell.summary;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The counts of one series, by minute.
final class SeriesCounts {
  /// The minute of records that have no time: it is known at the end only.
  static final long NO_MINUTE = Long.MIN_VALUE;

  private final MetricSeries series;
  private final Room minutes;
  private final Map<Long, MetricCounts> byMinute = new TreeMap<>();
  private long lastMinute;
  private @Nullable MetricCounts lastCounts;

  /// @param minutes how many more minutes the payload's series may have, all together
  SeriesCounts(MetricSeries series, Room minutes) {
    this.series = series;
    this.minutes = minutes;
  }

  MetricSeries series() {
    return series;
  }

  /// Returns the counts of a minute, to be added to in place. A minute too many is counted with the
  /// records that have none.
  ///
  /// @param unixMinute minutes since 1970, or [#NO_MINUTE]
  MetricCounts at(long unixMinute) {
    if (lastCounts == null || lastMinute != unixMinute) {
      lastCounts = find(unixMinute);
      lastMinute = unixMinute;
    }
    return lastCounts;
  }

  private MetricCounts find(long unixMinute) {
    MetricCounts counts = byMinute.get(unixMinute);
    if (counts == null) {
      long minute = minutes.take() ? unixMinute : NO_MINUTE;
      counts = byMinute.computeIfAbsent(minute, _ -> new MetricCounts());
    }
    return counts;
  }

  /// Returns the counts by minute, the earliest first.
  Map<Long, MetricCounts> byMinute() {
    return byMinute;
  }
}
