package dev.flowbell.testing.generator;

import dev.flowbell.metric.Metric;
import dev.flowbell.record.ParseFault;
import dev.flowbell.summary.FlowSummary;
import dev.flowbell.summary.SourceActivity;
import dev.flowbell.testing.twin.NaiveTwin;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/// Converts Flowbell's counts to the form in which [NaiveTwin] counts.
public final class Tallies {
  private Tallies() {}

  /// Returns the counts of a summary.
  public static NaiveTwin.Tally of(FlowSummary summary) {
    Map<String, Long> metrics = new LinkedHashMap<>();
    for (Metric metric : Metric.values()) {
      if (metric.origin() != Metric.Origin.FUNCTION) {
        metrics.put(metric.awsName(), summary.total(metric));
      }
    }
    Map<String, Long> faults = new TreeMap<>();
    for (Map.Entry<ParseFault, Long> fault : summary.faults().entrySet()) {
      faults.put(fault.getKey().name(), fault.getValue());
    }
    Map<String, Long> rejects = new TreeMap<>();
    Map<String, Long> blocked = new TreeMap<>();
    for (SourceActivity source : summary.sources()) {
      String address = source.source().toString();
      rejects.merge(address, source.rejects(), Long::sum);
      if (source.blockedHandshakes() > 0) {
        blocked.merge(address, source.blockedHandshakes(), Long::sum);
      }
    }
    return new NaiveTwin.Tally(metrics, faults, rejects, blocked);
  }
}
