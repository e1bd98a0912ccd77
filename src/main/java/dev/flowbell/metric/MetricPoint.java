package dev.flowbell.metric;

import java.time.Instant;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/// What one series comes to in one minute.
///
/// @param minute a whole minute, that of the flows' `end`
/// @param values by metric; a metric that isn't there isn't to be published
public record MetricPoint(MetricSeries series, Instant minute, Map<Metric, Long> values) {
  /// Makes a point of a copy of these values.
  public MetricPoint {
    Map<Metric, Long> copy = new EnumMap<>(Metric.class);
    copy.putAll(values);
    values = Collections.unmodifiableMap(copy);
  }
}
