package dev.flowbell.metric;

import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// The counts of one series, by minute.
final class SeriesCounts {
  /// A power of two. A payload's records have one minute or two.
  private static final int MINUTES_AT_HAND = 4;

  private final MetricSeries series;
  private final Budget minutes;
  private final Map<Long, MetricCounts> byMinute = new TreeMap<>();
  // By the minute's last bits.
  private final @Nullable MetricCounts[] atHand = new MetricCounts[MINUTES_AT_HAND];

  /// @param minutes how many more minutes the payload's series may have, all together
  SeriesCounts(MetricSeries series, Budget minutes) {
    this.series = series;
    this.minutes = minutes;
  }

  MetricSeries series() {
    return series;
  }

  /// Returns the counts of a minute, to be added to in place; those of [MetricCounts#NO_MINUTE]
  /// where there is no room for another minute.
  ///
  /// @param unixMinute minutes since 1970, or [MetricCounts#NO_MINUTE]
  MetricCounts at(long unixMinute) {
    int place = (int) unixMinute & (MINUTES_AT_HAND - 1);
    MetricCounts counts = atHand[place];
    if (counts == null || counts.unixMinute() != unixMinute) {
      counts = find(unixMinute);
      atHand[place] = counts;
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
    long kept = minutes.trySpend() ? unixMinute : MetricCounts.NO_MINUTE;
    return byMinute.computeIfAbsent(kept, MetricCounts::new);
  }
}
