package dev.flowbell.publish;

import dev.flowbell.metric.MetricReport;

/// Publishes the metrics of a payload.
public interface MetricPublisher {
  /// Publishes the parts of a report that were not accepted before.
  ///
  /// @throws PublishFailedException where a part was not published; the message says how many were
  void publish(MetricReport report, MetricProgress progress);
}
