package dev.flowbell.pipeline;

import dev.flowbell.metric.Metric;
import dev.flowbell.summary.FlowSummary;
import java.io.OutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.core.JsonGenerator;

/// A summary's totals, by metric name.
public final class Totals {
  private Totals() {}

  /// Returns the totals that are not 0, in the order of `docs/metrics.md`.
  public static Map<String, Long> nonZero(FlowSummary summary) {
    Map<String, Long> totals = new LinkedHashMap<>();
    for (Metric metric : Metric.values()) {
      if (summary.total(metric) != 0) {
        totals.put(metric.awsName(), summary.total(metric));
      }
    }
    return totals;
  }

  /// Writes totals as a JSON object. The stream stays open.
  public static void write(Map<String, Long> totals, OutputStream out) {
    try (JsonGenerator json = JsonOutput.to(out)) {
      json.writeStartObject();
      totals.forEach(json::writeNumberProperty);
      json.writeEndObject();
    }
  }
}
