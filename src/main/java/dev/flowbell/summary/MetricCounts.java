package dev.flowbell.summary;

import dev.flowbell.record.FlowRecord;

/// What each metric comes to, in one series and minute. Counts never turn negative: they stop at
/// `Long.MAX_VALUE`, since a record may claim any number below 2^63.
@SuppressWarnings("EnumOrdinal") // an array by ordinal costs a record least
final class MetricCounts {
  private final long[] counts = new long[Metric.values().length];

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
