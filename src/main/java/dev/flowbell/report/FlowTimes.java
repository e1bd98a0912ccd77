package dev.flowbell.report;

import dev.flowbell.record.FlowRecord;
import java.time.Instant;

/// Which times of records are possible. A damaged one says nothing about the others.
///
/// @param lastSecond the last possible time, in Unix seconds
record FlowTimes(long lastSecond) {
  /// AWS introduced flow logs on 2015-06-10.
  static final long FIRST_SECOND = Instant.parse("2015-06-10T00:00:00Z").getEpochSecond();

  /// Clocks may differ, and files may come from elsewhere.
  private static final long MARGIN_SECONDS = 86_400;

  /// Returns the times that are possible for records that are read now.
  static FlowTimes before(Instant now) {
    return new FlowTimes(now.getEpochSecond() + MARGIN_SECONDS);
  }

  /// Returns whether a time is possible. [FlowRecord#ABSENT] isn't.
  boolean isPossible(long unixSeconds) {
    return FIRST_SECOND <= unixSeconds && unixSeconds <= lastSecond;
  }
}
