package dev.flowbell.pipeline;

import dev.flowbell.ledger.Claim;
import dev.flowbell.publish.FailedEvent;
import dev.flowbell.publish.FailureQueue;
import java.util.function.Consumer;

/// Sends the payloads of a batch that can't be read to the failure queue, so that the batch goes
/// on.
final class FailuresStep implements DeliveryStep {
  private static final String NAME = "FAILURES";

  private final FailureQueue queue;
  private final Consumer<String> warnings;

  /// @param warnings receives a line for each payload
  FailuresStep(FailureQueue queue, Consumer<String> warnings) {
    this.queue = queue;
    this.warnings = warnings;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean isNeeded(Findings findings) {
    return !findings.failed().isEmpty();
  }

  @Override
  public void publish(Findings findings, Claim claim, TimeLimit limit) {
    for (FailedEvent event : findings.failed()) {
      new ClaimProgress(null, limit).ensureTimeForOnlyRequest();
      queue.send(event);
      warnings.accept("to the failure queue: " + event.error().getMessage());
    }
  }
}
