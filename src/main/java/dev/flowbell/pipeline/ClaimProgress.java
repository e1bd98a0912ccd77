package dev.flowbell.pipeline;

import dev.flowbell.aws.AwsClients;
import dev.flowbell.ledger.Claim;
import dev.flowbell.ledger.DynamoDbLedger;
import dev.flowbell.publish.MetricProgress;
import dev.flowbell.publish.PublishFailedException;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Notes in a claim how far the metrics' requests have come, and lets none begin that Lambda might
/// cut off.
///
/// @param claim `null` where what is published is no batch's
record ClaimProgress(@Nullable Claim claim, TimeLimit limit) implements MetricProgress {
  /// A request, and noting it.
  static final Duration LONGEST_STEP = AwsClients.LONGEST_CALL.plus(DynamoDbLedger.LONGEST_CALL);

  /// The same for one of several, which may be taken just when others are being noted.
  private static final Duration LONGEST_OF_SEVERAL = LONGEST_STEP.plus(DynamoDbLedger.LONGEST_CALL);

  @Override
  public Set<Integer> taken() {
    return claim == null ? Set.of() : claim.acceptedRequests();
  }

  @Override
  public boolean isAfterCut() {
    return claim != null && claim.wasInterrupted();
  }

  @Override
  public void beforeRequest(boolean isAlone) {
    Duration longest = isAlone ? LONGEST_STEP : LONGEST_OF_SEVERAL;
    Duration remaining = limit.remaining();
    if (remaining.compareTo(longest) < 0) {
      throw new PublishFailedException(
          "not begun: it may take %d ms, and the invocation ends in %d ms (give the function a longer timeout)"
              .formatted(longest.toMillis(), remaining.toMillis()));
    }
  }

  @Override
  public void note(Set<Integer> taken) {
    if (claim != null) {
      claim.recordAccepted(taken);
    }
  }
}
