package dev.flowbell.report;

import java.time.Instant;

/// The hours of a report, one after the other.
///
/// @param first the first one, in hours since 1970
/// @param count how many
record HourRange(long first, int count) {
  static final int SECONDS = 3_600;

  /// Returns the hours from the first to the last time, without the first ones if there are too
  /// many.
  static HourRange of(long firstSecond, long lastSecond) {
    if (firstSecond > lastSecond) {
      return new HourRange(0, 0);
    }
    long last = lastSecond / SECONDS;
    long first = Math.max(firstSecond / SECONDS, last - Report.MOST_HOURS + 1);
    return new HourRange(first, (int) (last - first + 1));
  }

  /// Returns the place of an hour, -1 if it isn't among them.
  int indexOf(long hour) {
    long index = hour - first;
    return 0 <= index && index < count ? (int) index : -1;
  }

  /// Returns when the hour at a place begins.
  Instant begin(int index) {
    return Instant.ofEpochSecond((first + index) * SECONDS);
  }
}
