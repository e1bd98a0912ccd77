package dev.flowbell.app;

import dev.flowbell.summary.FlowSummary;
import dev.flowbell.summary.Metric;
import java.util.LinkedHashMap;
import java.util.Map;

/// A summary's totals by the names that CloudWatch shows.
final class Totals {
  private Totals() {}

  /// Returns the totals that aren't 0, in the order of the documentation's table.
  static Map<String, Long> nonZero(FlowSummary summary) {
    Map<String, Long> totals = new LinkedHashMap<>();
    for (Metric metric : Metric.values()) {
      if (summary.total(metric) != 0) {
        totals.put(metric.awsName(), summary.total(metric));
      }
    }
    return totals;
  }
}
