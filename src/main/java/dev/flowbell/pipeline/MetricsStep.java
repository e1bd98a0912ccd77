package dev.flowbell.pipeline;

import dev.flowbell.ledger.Claim;
import dev.flowbell.metric.MetricReport;
import dev.flowbell.publish.MetricPublisher;
import org.jspecify.annotations.Nullable;

/// Publishes a payload's metrics. Every payload has some.
final class MetricsStep implements DeliveryStep {
  static final String NAME = "METRICS";

  private final MetricPublisher publisher;

  MetricsStep(MetricPublisher publisher) {
    this.publisher = publisher;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean isNeeded(Findings findings) {
    return true;
  }

  @Override
  public void publish(Findings findings, Claim claim, TimeLimit limit) {
    publish(findings.summary().toReport(), claim, limit);
    claim.clearPossibleDuplicates();
  }

  /// Reports that what follows may be a repeat, where the metrics were published before: an earlier
  /// invocation was interrupted then, or the ledger is unavailable. In other cases the metrics' own
  /// report says so.
  void reportPossibleDuplicates(Findings findings, Claim claim, TimeLimit limit) {
    if (claim.possibleDuplicates() > 0 && claim.doneSteps().contains(NAME)) {
      publish(
          MetricReport.ofPossibleDuplicates(
              findings.summary().arrival(), claim.possibleDuplicates()),
          null,
          limit);
      claim.clearPossibleDuplicates();
    }
  }

  /// Publishes a report.
  ///
  /// @param claim `null` where the report belongs to no batch
  void publish(MetricReport report, @Nullable Claim claim, TimeLimit limit) {
    publisher.publish(report, new ClaimProgress(claim, limit));
  }
}
