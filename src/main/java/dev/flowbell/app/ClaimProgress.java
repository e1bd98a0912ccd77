package dev.flowbell.app;

import dev.flowbell.ledger.Claim;
import dev.flowbell.ledger.DynamoDbLedger;
import dev.flowbell.publish.AwsClients;
import dev.flowbell.publish.MetricProgress;
import dev.flowbell.publish.PublishFailedException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Notes in a claim how far the metrics' requests have come, and lets none begin that Lambda might
/// cut off.
///
/// @param claim `null` where what is published is no batch's
record ClaimProgress(@Nullable Claim claim, TimeLimit limit) implements MetricProgress {
  /// A request, and noting it.
  static final Duration LONGEST_STEP = AwsClients.LONGEST_CALL.plus(DynamoDbLedger.LONGEST_CALL);

  @Override
  public int taken() {
    return claim == null ? 0 : claim.requestsSent();
  }

  @Override
  public void beforeRequest() {
    Duration remaining = limit.remaining();
    if (remaining.compareTo(LONGEST_STEP) < 0) {
      throw new PublishFailedException(
          "not begun: it may take %d ms, and the invocation ends in %d ms (give the function a longer timeout)"
              .formatted(LONGEST_STEP.toMillis(), remaining.toMillis()));
    }
  }

  @Override
  public void taken(int requests) {
    if (claim != null) {
      claim.noteSent(requests);
    }
  }
}
