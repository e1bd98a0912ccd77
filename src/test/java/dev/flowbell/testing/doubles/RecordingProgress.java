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
  private final boolean wasInterrupted;
  private final List<Integer> recorded = new CopyOnWriteArrayList<>();
  private final AtomicInteger attempts = new AtomicInteger();
  private final AtomicInteger mostUnrecorded = new AtomicInteger();
  private final Duration longestAnswer;
  private volatile boolean isLate;

  /// Creates the progress of a first invocation.
  public RecordingProgress() {
    this(Set.of(), false);
  }

  /// Creates the progress of a first invocation.
  ///
  /// @param longestAnswer how long to wait for an answer
  public RecordingProgress(Duration longestAnswer) {
    this(Set.of(), false, longestAnswer);
  }

  /// Creates the progress of a later invocation.
  ///
  /// @param accepted the parts that earlier invocations recorded
  /// @param wasInterrupted whether the last of them was killed or timed out
  public RecordingProgress(Set<Integer> accepted, boolean wasInterrupted) {
    this(accepted, wasInterrupted, NONE.longestAnswer());
  }

  private RecordingProgress(Set<Integer> accepted, boolean wasInterrupted, Duration longestAnswer) {
    this.accepted = accepted;
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
  public int mostUnrecorded() {
    return mostUnrecorded.get();
  }

  @Override
  public Set<Integer> accepted() {
    return accepted;
  }

  @Override
  public boolean wasInterrupted() {
    return wasInterrupted;
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
  public void recordAccepted(Set<Integer> parts) {
    recorded.addAll(parts);
  }

  private void countAttempt() {
    if (isLate) {
      throw new PublishFailedException("not begun");
    }
    mostUnrecorded.accumulateAndGet(attempts.incrementAndGet() - recorded.size(), Math::max);
  }
}
