package dev.flowbell.metric;

import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/// The metric values of one series in one minute.
///
/// @param minute a whole minute, that of the records' `end`
/// @param values by metric; an absent metric is not published
public record MetricPoint(MetricSeries series, Instant minute, Map<Metric, Long> values) {
  /// Creates a point with a copy of the values.
  public MetricPoint {
    Map<Metric, Long> copy = new EnumMap<>(Metric.class);
    copy.putAll(values);
    values = Collections.unmodifiableMap(copy);
  }
}
