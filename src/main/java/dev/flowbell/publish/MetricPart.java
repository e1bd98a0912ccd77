package dev.flowbell.publish;

import dev.flowbell.metric.Metric;
import dev.flowbell.metric.MetricSeries;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// A part of a report that fits into one `PutMetricData` request.
///
/// @param number its position among the report's parts, from 0. The ledger records it
/// @param points the values to publish
/// @param possibleDuplicates how many possible duplicates to publish with it
record MetricPart(int number, List<Point> points, long possibleDuplicates) {
  /// Returns the same part with another number of possible duplicates.
  MetricPart withPossibleDuplicates(long count) {
    return new MetricPart(number, points, count);
  }

  /// Returns how many values it has, possible duplicates not counted.
  int size() {
    return points.stream().mapToInt(point -> point.values().size()).sum();
  }

  /// Values of one series and minute that CloudWatch accepts.
  ///
  /// @param values by metric, in the order of publication
  record Point(MetricSeries series, Instant minute, Map<Metric, Long> values) {}
}
