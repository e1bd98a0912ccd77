package dev.flowbell.testing.generator;

import dev.flowbell.metric.Metric;
import dev.flowbell.record.ParseFault;
import dev.flowbell.summary.FlowSummary;
import dev.flowbell.summary.SuspectGroup;
import dev.flowbell.testing.twin.NaiveTwin;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/// Converts Flowbell's counts to the form of [NaiveTwin].
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
    Map<String, Long> suspects = new TreeMap<>();
    for (SuspectGroup group : summary.evidence().suspects()) {
      suspects.merge(
          group.suspect().source() + " " + group.suspect().kind(), group.records(), Long::sum);
    }
    return new NaiveTwin.Tally(metrics, faults, suspects);
  }
}
