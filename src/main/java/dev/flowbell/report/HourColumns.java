package dev.flowbell.report;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/// The hours of a report in at most so many columns: each column has the same number of hours, but
/// for the last one.
final class HourColumns {
  private final Report report;
  private final int hoursEach;

  /// Creates columns.
  ///
  /// @param mostColumns how many fit
  HourColumns(Report report, int mostColumns) {
    this.report = report;
    int hours = report.hours().size();
    hoursEach = Math.max(1, (hours + mostColumns - 1) / mostColumns);
  }

  /// Returns how many hours a column has.
  int hoursEach() {
    return hoursEach;
  }

  /// Returns how many columns there are.
  int size() {
    return (report.hours().size() + hoursEach - 1) / hoursEach;
  }

  /// Returns when a column begins.
  Instant begin(int column) {
    return report.hours().get(column * hoursEach).begin();
  }

  /// Returns the sums of a column's hours, as an hour.
  Hour sum(int column) {
    long accepted = 0;
    long inside = 0;
    long outside = 0;
    long noise = 0;
    for (Hour hour : hoursOf(column)) {
      accepted += hour.accepted();
      inside += hour.inside();
      outside += hour.outside();
      noise += hour.noise();
    }
    return new Hour(begin(column), accepted, inside, outside, noise);
  }

  /// Returns whether a column has no record at all, not even of an interval without data.
  boolean isGap(int column) {
    Instant begin = begin(column);
    Instant end = begin.plusSeconds((long) hoursOf(column).size() * HourRange.SECONDS);
    return report.coverage().gaps().stream()
        .anyMatch(gap -> !gap.from().isAfter(begin) && !gap.until().isBefore(end));
  }

  /// Returns the sums of counts by hour, such as those of a source.
  List<Long> sums(List<Long> byHour) {
    List<Long> sums = new ArrayList<>();
    for (int hour = 0; hour < byHour.size(); hour += hoursEach) {
      int end = Math.min(byHour.size(), hour + hoursEach);
      sums.add(byHour.subList(hour, end).stream().mapToLong(Long::longValue).sum());
    }
    return sums;
  }

  private List<Hour> hoursOf(int column) {
    int first = column * hoursEach;
    return report.hours().subList(first, Math.min(report.hours().size(), first + hoursEach));
  }
}
