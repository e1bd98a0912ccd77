package dev.flowbell.metric;

import dev.flowbell.record.FlowRecord;
import java.util.List;

/// The count of each metric in one series and minute. The highest count is `Long.MAX_VALUE`: a
/// record can have any number below 2^63, and a sum must not become negative.
@SuppressWarnings("EnumOrdinal") // an array is the fastest map, and each record needs one
public final class MetricCounts {
  /// The minute of records that have no time, or whose minute exceeds the bound. It becomes the
  /// minute of arrival, which is known only at the end.
  public static final long NO_MINUTE = Long.MIN_VALUE;

  private static final int METRICS = Metric.values().length;

  private final long unixMinute;
  private final long[] counts = new long[METRICS];
  private final List<MetricCounts> asList = List.of(this);

  /// @param unixMinute minutes since 1970, or [#NO_MINUTE]
  MetricCounts(long unixMinute) {
    this.unixMinute = unixMinute;
  }

  /// Returns the minute, in minutes since 1970, or [#NO_MINUTE].
  public long unixMinute() {
    return unixMinute;
  }

  /// Returns a list with this as its only element. It is always the same list.
  List<MetricCounts> asList() {
    return asList;
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
