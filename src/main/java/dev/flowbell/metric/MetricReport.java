package dev.flowbell.metric;

import java.time.Instant;
import java.util.List;

/// The metric values of one payload, by series and minute: all that publishing needs.
///
/// @param arrival when the payload arrived
/// @param points the values, never of [Metric#POSSIBLE_DUPLICATES]
/// @param possibleDuplicates how many requests were sent again, although an earlier one may have
///   been accepted. It is not among the points, because it differs between the invocations for one
///   payload and must not change which point is in which request
public record MetricReport(Instant arrival, List<MetricPoint> points, long possibleDuplicates) {
  /// Creates a report with a copy of the points.
  ///
  /// @throws IllegalArgumentException where a point has a value of [Metric#POSSIBLE_DUPLICATES]
  public MetricReport {
    points = List.copyOf(points);
    for (MetricPoint point : points) {
      if (point.values().containsKey(Metric.POSSIBLE_DUPLICATES)) {
        throw new IllegalArgumentException(
            "expected points without PossibleDuplicates, got " + point);
      }
    }
  }

  /// Returns a report of points, without possible duplicates.
  public static MetricReport of(Instant arrival, List<MetricPoint> points) {
    return new MetricReport(arrival, points, 0);
  }

  /// Returns a report of possible duplicates alone.
  public static MetricReport ofPossibleDuplicates(Instant arrival, long count) {
    return new MetricReport(arrival, List.of(), count);
  }
}
