package dev.flowbell.pipeline;

import dev.flowbell.judge.Judgement;
import dev.flowbell.ledger.Claim;
import dev.flowbell.notify.AlertDigest;
import dev.flowbell.notify.AlertMessage;
import dev.flowbell.publish.AlertPublisher;
import org.jspecify.annotations.Nullable;

/// Publishes the notification of a payload's alerts.
final class AlertsStep implements DeliveryStep {
  private static final String NAME = "ALERTS";

  private final AlertPublisher publisher;
  private final @Nullable String region;

  /// Creates the step.
  ///
  /// @param region the Region whose console notifications link to, `null` for no links
  AlertsStep(AlertPublisher publisher, @Nullable String region) {
    this.publisher = publisher;
    this.region = region;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean isNeeded(Findings findings) {
    return !findings.judgement().sent().isEmpty();
  }

  @Override
  public void publish(Findings findings, Claim claim, TimeLimit limit) {
    new ClaimProgress(null, limit).ensureTimeForOnlyRequest();
    Judgement judgement = findings.judgement();
    publisher.publish(
        AlertMessage.of(
            new AlertDigest(
                judgement.sent(),
                findings.summary(),
                region,
                judgement.quietUntil(),
                judgement.suppressedBefore(),
                judgement.suppressedSince())));
  }
}
