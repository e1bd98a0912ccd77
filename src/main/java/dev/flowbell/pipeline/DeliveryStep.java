package dev.flowbell.pipeline;

import dev.flowbell.ledger.Claim;

/// One step of a delivery: what one publisher does for a payload. To add a channel, write a step
/// and add it in [Wiring].
interface DeliveryStep {
  /// Returns the name under which the ledger records the step, in upper case. It must not change:
  /// entries of other versions have it.
  String name();

  /// Returns whether the payload has anything for this step to publish.
  boolean isNeeded(Findings findings);

  /// Publishes.
  ///
  /// @param claim the invocation's claim on the payload's batch
  /// @throws dev.flowbell.publish.PublishFailedException where it could not be published
  void publish(Findings findings, Claim claim, TimeLimit limit);
}
