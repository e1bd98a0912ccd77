package dev.flowbell.testing.doubles;

import dev.flowbell.publish.MetricProgress;
import dev.flowbell.publish.PublishFailedException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// What a ledger knows of a report's requests. It keeps what is recorded, and counts the requests
/// under way: begun and not recorded.
public final class RecordingProgress implements MetricProgress {
  private final Set<Integer> taken;
  private final boolean isAfterCut;
  private final List<Integer> noted = new CopyOnWriteArrayList<>();
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger mostUnderWay = new AtomicInteger();
  private volatile boolean isLate;

  /// Makes the progress of a first invocation.
  public RecordingProgress() {
    this(Set.of(), false);
  }

  /// @param taken the requests that earlier invocations recorded
  /// @param isAfterCut whether the last of these invocations was killed
  public RecordingProgress(Set<Integer> taken, boolean isAfterCut) {
    this.taken = taken;
    this.isAfterCut = isAfterCut;
  }

  /// Lets no request begin from now on.
  public void leaveNoTime() {
    isLate = true;
  }

  /// Returns the recorded requests, in order.
  public List<Integer> noted() {
    return noted;
  }

  /// Returns how often requests were sent, repetitions included.
  public int begun() {
    return begun.get();
  }

  /// Returns the most requests that were under way at once.
  public int mostUnderWay() {
    return mostUnderWay.get();
  }

  @Override
  public Set<Integer> taken() {
    return taken;
  }

  @Override
  public boolean isAfterCut() {
    return isAfterCut;
  }

  @Override
  public void beforeRequest(boolean isAlone) {
    if (isLate) {
      throw new PublishFailedException("not begun");
    }
    mostUnderWay.accumulateAndGet(begun.incrementAndGet() - noted.size(), Math::max);
  }

  @Override
  public void note(Set<Integer> requests) {
    noted.addAll(requests);
  }
}
