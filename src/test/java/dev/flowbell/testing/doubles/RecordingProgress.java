package dev.flowbell.testing.doubles;

import dev.flowbell.publish.MetricProgress;
import dev.flowbell.publish.PublishFailedException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// A ledger's view of one report: keeps the parts that are recorded, and counts those that are sent
/// and not recorded.
public final class RecordingProgress implements MetricProgress {
  private final Set<Integer> accepted;
  private final long acceptedPlan;
  private final boolean wasInterrupted;
  private final List<Integer> recorded = new CopyOnWriteArrayList<>();
  private final AtomicInteger attempts = new AtomicInteger();
  private final AtomicInteger mostSentUnrecorded = new AtomicInteger();
  private final Duration longestAnswer;
  private volatile boolean isLate;
  private volatile boolean isRecording = true;

  /// Creates the progress of a first invocation.
  public RecordingProgress() {
    this(Set.of(), false);
  }

  /// Creates the progress of a first invocation.
  ///
  /// @param longestAnswer how long to wait for an answer
  public RecordingProgress(Duration longestAnswer) {
    this(Set.of(), NO_PLAN, false, longestAnswer);
  }

  /// Creates the progress of a later invocation.
  ///
  /// @param accepted the parts that earlier invocations recorded
  /// @param wasInterrupted whether the last of them was killed or timed out
  public RecordingProgress(Set<Integer> accepted, boolean wasInterrupted) {
    this(accepted, NO_PLAN, wasInterrupted, NONE.longestAnswer());
  }

  /// Creates the progress of a later invocation, that was not interrupted.
  ///
  /// @param acceptedPlan the plan that the parts belong to
  public RecordingProgress(Set<Integer> accepted, long acceptedPlan) {
    this(accepted, acceptedPlan, false, NONE.longestAnswer());
  }

  private RecordingProgress(
      Set<Integer> accepted, long acceptedPlan, boolean wasInterrupted, Duration longestAnswer) {
    this.accepted = accepted;
    this.acceptedPlan = acceptedPlan;
    this.wasInterrupted = wasInterrupted;
    this.longestAnswer = longestAnswer;
  }

  /// Fails each later request, because there is no time for it.
  public void leaveNoTime() {
    isLate = true;
  }

  /// Returns the parts that were recorded, in that order.
  public List<Integer> recorded() {
    return recorded;
  }

  /// Returns how many requests were sent, retries included.
  public int attempts() {
    return attempts.get();
  }

  /// Returns the most parts that were sent and not recorded at any time.
  public int mostSentUnrecorded() {
    return mostSentUnrecorded.get();
  }

  /// Records no later parts, as if the ledger were unavailable.
  public void recordNothing() {
    isRecording = false;
  }

  @Override
  public Set<Integer> accepted() {
    return accepted;
  }

  @Override
  public long acceptedPlan() {
    return acceptedPlan;
  }

  @Override
  public int mostUnrecorded() {
    return wasInterrupted ? MOST_UNRECORDED : 0;
  }

  @Override
  public void ensureTimeForOnlyRequest() {
    countAttempt();
  }

  @Override
  public void ensureTimeForOneOfSeveral() {
    countAttempt();
  }

  @Override
  public Duration longestAnswer() {
    return longestAnswer;
  }

  @Override
  public boolean recordAccepted(Set<Integer> parts, long plan) {
    if (isRecording) {
      recorded.addAll(parts);
    }
    return isRecording;
  }

  private void countAttempt() {
    if (isLate) {
      throw new PublishFailedException("not begun");
    }
    mostSentUnrecorded.accumulateAndGet(attempts.incrementAndGet() - recorded.size(), Math::max);
  }
}
