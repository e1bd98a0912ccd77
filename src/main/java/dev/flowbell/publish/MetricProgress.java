package dev.flowbell.publish;

import dev.flowbell.aws.AwsClients;
import java.time.Duration;
import java.util.Set;

/// Which parts of a report were accepted, and whether there is time to send another one. A part has
/// the same number, from 0, in each invocation for the payload.
public interface MetricProgress {
  /// The most parts that are sent, but not recorded as accepted, at any time.
  int MOST_UNRECORDED = 4;

  /// No plan is recorded.
  long NO_PLAN = 0;

  /// The progress of a report that is published once: nothing is recorded, and time is unlimited.
  MetricProgress NONE =
      new MetricProgress() {
        @Override
        public Set<Integer> accepted() {
          return Set.of();
        }

        @Override
        public long acceptedPlan() {
          return NO_PLAN;
        }

        @Override
        public int mostUnrecorded() {
          return 0;
        }

        @Override
        public void ensureTimeForOnlyRequest() {}

        @Override
        public void ensureTimeForOneOfSeveral() {}

        @Override
        public Duration longestAnswer() {
          return AwsClients.LONGEST_ANSWER;
        }

        @Override
        public boolean recordAccepted(Set<Integer> parts, long plan) {
          return true;
        }
      };

  /// Returns the parts that earlier invocations recorded as accepted. They are not sent again.
  Set<Integer> accepted();

  /// Returns the plan that the numbers of [#accepted] belong to, [#NO_PLAN] where it is not
  /// recorded.
  long acceptedPlan();

  /// Returns how many open parts may have been accepted without being recorded: none,
  /// [#MOST_UNRECORDED] if the invocation before this one was killed or timed out, or all if
  /// nothing is known of it.
  int mostUnrecorded();

  /// Checks that there is time for a request, if no other is sent. Called before each attempt.
  ///
  /// @throws PublishFailedException where there is not
  void ensureTimeForOnlyRequest();

  /// Checks that there is time for one of several requests, which may have to wait while others are
  /// recorded. Called before each attempt, by the thread that sends it.
  ///
  /// @throws PublishFailedException where there is not
  void ensureTimeForOneOfSeveral();

  /// Returns how long to wait for the answer to a request, retries included. A request that was
  /// given up may have been accepted, so the wait is as long as the time that is left allows.
  Duration longestAnswer();

  /// Records parts as accepted. Called only while others are open, by the publishing thread.
  ///
  /// @param plan what the parts' numbers mean
  /// @return whether they are recorded
  boolean recordAccepted(Set<Integer> parts, long plan);
}
