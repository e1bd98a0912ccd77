package dev.flowbell.metric;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The counts of one series, by minute.
final class SeriesCounts {
  /// The size of the cache, a power of two. Most payloads have records of one or two minutes.
  private static final int CACHED_MINUTES = 4;

  private final MetricSeries series;
  private final Budget minutes;
  private final Map<Long, MetricCounts> byMinute = new TreeMap<>();
  // Indexed by the last bits of the minute.
  private final @Nullable MetricCounts[] cache = new MetricCounts[CACHED_MINUTES];

  /// Creates counts without minutes.
  ///
  /// @param minutes the minutes that the payload can still add, over all its series
  SeriesCounts(MetricSeries series, Budget minutes) {
    this.series = series;
    this.minutes = minutes;
  }

  MetricSeries series() {
    return series;
  }

  /// Returns the counts of a minute, to which the caller adds. If the budget for minutes is used
  /// up, these are the counts of [MetricCounts#NO_MINUTE].
  ///
  /// @param unixMinute minutes since 1970, or [MetricCounts#NO_MINUTE]
  MetricCounts at(long unixMinute) {
    int index = (int) unixMinute & (CACHED_MINUTES - 1);
    MetricCounts counts = cache[index];
    if (counts == null || counts.unixMinute() != unixMinute) {
      counts = find(unixMinute);
      cache[index] = counts;
    }
    return counts;
  }

  /// Returns the counts by minute, the earliest first.
  Map<Long, MetricCounts> byMinute() {
    return byMinute;
  }

  private MetricCounts find(long unixMinute) {
    MetricCounts known = byMinute.get(unixMinute);
    if (known != null) {
      return known;
    }
    long counted = minutes.trySpend() ? unixMinute : MetricCounts.NO_MINUTE;
    return byMinute.computeIfAbsent(counted, MetricCounts::new);
  }
}
