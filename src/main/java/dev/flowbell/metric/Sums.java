package dev.flowbell.metric;

import dev.flowbell.record.FlowRecord;

/// Adds counts from records, which can be any number below 2^63.
public final class Sums {
  private Sums() {}

  /// Returns the sum, at most `Long.MAX_VALUE`, so that a total never becomes negative.
  ///
  /// @param count not negative, or [FlowRecord#ABSENT], which adds nothing
  public static long plus(long sum, long count) {
    if (count == FlowRecord.ABSENT) {
      return sum;
    }
    long total = sum + count;
    return total < 0 ? Long.MAX_VALUE : total;
  }
}
