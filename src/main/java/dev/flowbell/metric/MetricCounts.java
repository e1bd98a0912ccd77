package dev.flowbell.metric;

import dev.flowbell.record.FlowRecord;
import java.util.List;

/// What each metric comes to, in one series and minute. Counts never turn negative: they stop at
/// `Long.MAX_VALUE`, since a record may claim any number below 2^63.
@SuppressWarnings("EnumOrdinal") // an array by ordinal costs a record least
public final class MetricCounts {
  /// The minute of records that have no time, or whose minute exceeds the bound. It becomes the
  /// minute of arrival, which is known only at the end.
  public static final long NO_MINUTE = Long.MIN_VALUE;

  private static final int METRICS = Metric.values().length;

  private final long unixMinute;
  private final long[] counts = new long[METRICS];
  private final List<MetricCounts> alone = List.of(this);

  /// @param unixMinute minutes since 1970, or [#NO_MINUTE]
  MetricCounts(long unixMinute) {
    this.unixMinute = unixMinute;
  }

  /// Returns the minute, in minutes since 1970, or [#NO_MINUTE].
  public long unixMinute() {
    return unixMinute;
  }

  /// Returns a list of this and nothing else, always the same one.
  List<MetricCounts> alone() {
    return alone;
  }

  long get(Metric metric) {
    return counts[metric.ordinal()];
  }

  /// Adds 1.
  public void increment(Metric metric) {
    counts[metric.ordinal()]++;
  }

  /// Adds an amount.
  ///
  /// @param amount not negative, or [FlowRecord#ABSENT], which adds nothing
  public void add(Metric metric, long amount) {
    counts[metric.ordinal()] = Sums.plus(counts[metric.ordinal()], amount);
  }
}
