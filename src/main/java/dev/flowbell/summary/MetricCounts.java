package dev.flowbell.summary;

import dev.flowbell.record.FlowRecord;
import java.util.List;

/// What each metric comes to, in one series and minute. Counts never turn negative: they stop at
/// `Long.MAX_VALUE`, since a record may claim any number below 2^63.
@SuppressWarnings("EnumOrdinal") // an array by ordinal costs a record least
final class MetricCounts {
  private static final int METRICS = Metric.values().length;

  private final long unixMinute;
  private final long[] counts = new long[METRICS];
  private final List<MetricCounts> alone = List.of(this);

  /// @param unixMinute minutes since 1970, or [SeriesCounts#NO_MINUTE]
  MetricCounts(long unixMinute) {
    this.unixMinute = unixMinute;
  }

  long unixMinute() {
    return unixMinute;
  }

  /// Returns a list of this and nothing else, always the same one.
  List<MetricCounts> alone() {
    return alone;
  }

  long get(Metric metric) {
    return counts[metric.ordinal()];
  }

  void increment(Metric metric) {
    counts[metric.ordinal()]++;
  }

  /// @param amount not negative, or [FlowRecord#ABSENT], which adds nothing
  void add(Metric metric, long amount) {
    counts[metric.ordinal()] = Sums.plus(counts[metric.ordinal()], amount);
  }
}
