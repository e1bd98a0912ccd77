package dev.flowbell.metric;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// Names one time series of each metric: the values of its dimensions, none for the totals.
///
/// @param dimensions by dimension, in the order that the setting has them
public record MetricSeries(Map<MetricDimension, String> dimensions) {
  /// What stands for all the values that the budget for series has no room for.
  public static final String OTHER = "Other";

  /// The series without dimensions.
  public static final MetricSeries TOTAL = new MetricSeries(Map.of());

  /// Makes a series of a copy of these values.
  public MetricSeries {
    dimensions = Collections.unmodifiableMap(new LinkedHashMap<>(dimensions));
  }
}
