package dev.flowbell.metric;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// The dimension values of a series. The totals have none.
///
/// @param dimensions the values by dimension, in the order of the setting
public record MetricSeries(Map<MetricDimension, String> dimensions) {
  /// The dimension value that replaces all values beyond the series budget.
  public static final String OTHER = "Other";

  /// The series without dimensions.
  public static final MetricSeries TOTAL = new MetricSeries(Map.of());

  /// Creates a series with a copy of the values.
  public MetricSeries {
    dimensions = Collections.unmodifiableMap(new LinkedHashMap<>(dimensions));
  }
}
