package dev.flowbell.publish;

import dev.flowbell.summary.FlowSummary;

/// Takes the counts of a payload to where they are looked at.
public interface MetricPublisher {
  /// Publishes those points of a summary that weren't published before.
  ///
  /// @throws RuntimeException where they could not all be published; the message says how many were
  void publish(FlowSummary summary, MetricProgress progress);
}
