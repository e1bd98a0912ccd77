package dev.flowbell.report;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/// The hours of a report, from left to right.
///
/// @param left where the first hour begins
/// @param width of all hours
record HourAxis(Report report, double left, double width) {
  private static final int MOST_GAPS = 200;

  /// Returns how many hours there are.
  int hours() {
    return report.hours().size();
  }

  /// Returns when the hour at a place begins.
  Instant begin(int hour) {
    return report.hours().get(hour).begin();
  }

  /// Returns where a time is; earlier and later ones are at the ends.
  double x(Instant time) {
    double seconds = Duration.between(begin(0), time).toSeconds();
    double share = seconds / ((double) hours() * HourRange.SECONDS);
    return left + width * Math.clamp(share, 0, 1);
  }

  /// Returns where the hour at a place begins; at the number of hours, where the last one ends.
  double x(int hour) {
    return left + width * Math.min(hour, hours()) / hours();
  }

  /// Returns the gaps in these hours, the first ones if there are many.
  List<Coverage.Gap> gaps() {
    return report.coverage().gaps().stream()
        .filter(gap -> gap.until().isAfter(begin(0)))
        .limit(MOST_GAPS)
        .toList();
  }
}
