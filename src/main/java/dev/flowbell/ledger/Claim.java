package dev.flowbell.ledger;

import java.time.Instant;
import java.util.Collection;
import java.util.Set;

/// One invocation's right to deliver a batch, with what earlier invocations recorded of it. For one
/// thread.
///
/// What is recorded remains when the claim ends, and the next claim of the batch returns it. The
/// methods that write throw [LedgerUnavailableException] if they can't.
public interface Claim {
  /// Returns when the batch first arrived. Each invocation counts the batch with this time, so that
  /// its metrics are the same, request by request.
  Instant arrival();

  /// Returns whether the batch is recorded as finished, by this version of Flowbell or another.
  boolean isFinished();

  /// Returns the names of the steps that are recorded as done. Another version may have recorded
  /// names that this one does not know.
  Set<String> doneSteps();

  /// Returns the numbers of the metrics step's requests that were recorded as accepted before this
  /// claim.
  Set<Integer> acceptedRequests();

  /// Returns what was passed with these numbers to [#recordAccepted], 0 where nothing was.
  long acceptedPlan();

  /// Returns whether an invocation before was killed, or could not record that it ended, and no
  /// later one has published that. Its requests may have been accepted without being recorded;
  /// [#possibleDuplicates] counts one of them.
  boolean wasInterrupted();

  /// Returns whether anything that this claim publishes may have been published before, because the
  /// ledger is unavailable. [#possibleDuplicates] counts one publication.
  boolean mayRepeatAny();

  /// Returns how many publications of earlier invocations may have been accepted without being
  /// recorded, so that this invocation may repeat them. It is one for each request that got no
  /// answer, and one for an invocation that was killed, even if it had several requests under way.
  int possibleDuplicates();

  /// Records that requests of the metrics step were accepted. Others follow.
  ///
  /// @param requests their numbers, one at least
  /// @param plan what the numbers mean, not 0; numbers that were recorded with another plan are
  ///   forgotten
  /// @return whether they are recorded; `false` where the ledger is unavailable and the work goes
  ///   on
  boolean recordAccepted(Set<Integer> requests, long plan);

  /// Records that steps are done. Others follow, so the claim continues.
  void recordDone(Collection<String> steps);

  /// Records that steps are done and that the batch is finished. The claim ends.
  void finish(Collection<String> steps);

  /// Records that publications were sent and got no answer.
  void addPossibleDuplicates(int publications);

  /// Sets the possible duplicates to zero, because they were published as a metric. The next write
  /// of this claim records it.
  void clearPossibleDuplicates();

  /// Ends the claim of an unfinished batch. The next invocation need not wait for the lease to end,
  /// and gets the same possible duplicates. If there are any, and [#wasInterrupted], it still is:
  /// the invocation may have failed before it sent a request again.
  void release();

  /// Returns what the ledger remembers across payloads.
  Evidence evidence();
}
