package dev.flowbell.pipeline;

import dev.flowbell.aws.AwsClients;
import dev.flowbell.ledger.Claim;
import dev.flowbell.ledger.DynamoDbLedger;
import dev.flowbell.publish.MetricProgress;
import dev.flowbell.publish.PublishFailedException;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Records accepted parts in a claim, and checks before each request that it can end before Lambda
/// stops the invocation.
///
/// @param claim `null` where the report does not belong to a batch
record ClaimProgress(@Nullable Claim claim, TimeLimit limit) implements MetricProgress {
  /// The time that one request and its record in the ledger are given at least.
  static final Duration LONGEST_STEP = AwsClients.LONGEST_CALL.plus(DynamoDbLedger.LONGEST_CALL);

  /// The same for one of several requests, which may wait until others are recorded.
  private static final Duration LONGEST_OF_SEVERAL = LONGEST_STEP.plus(DynamoDbLedger.LONGEST_CALL);

  @Override
  public Set<Integer> accepted() {
    return claim == null ? Set.of() : claim.acceptedRequests();
  }

  @Override
  public long acceptedPlan() {
    return claim == null ? NO_PLAN : claim.acceptedPlan();
  }

  @Override
  public int mostUnrecorded() {
    if (claim == null) {
      return 0;
    }
    return claim.mayRepeatAny() ? Integer.MAX_VALUE : claim.wasInterrupted() ? MOST_UNRECORDED : 0;
  }

  @Override
  public void ensureTimeForOnlyRequest() {
    ensureTime(LONGEST_STEP);
  }

  @Override
  public void ensureTimeForOneOfSeveral() {
    ensureTime(LONGEST_OF_SEVERAL);
  }

  /// Returns a third of the time that is left, so that there is time for the other steps after an
  /// answer that does not come.
  @Override
  public Duration longestAnswer() {
    long third = limit.remaining().toMillis() / 3;
    return Duration.ofMillis(
        Math.clamp(
            third, AwsClients.LONGEST_CALL.toMillis(), AwsClients.LONGEST_ANSWER.toMillis()));
  }

  private void ensureTime(Duration longest) {
    Duration remaining = limit.remaining();
    if (remaining.compareTo(longest) < 0) {
      throw new PublishFailedException(
          "not begun: it may take %d ms, and the invocation ends in %d ms (give the function a longer timeout)"
              .formatted(longest.toMillis(), remaining.toMillis()));
    }
  }

  @Override
  public boolean recordAccepted(Set<Integer> parts, long plan) {
    return claim == null || claim.recordAccepted(parts, plan);
  }
}
