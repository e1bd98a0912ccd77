package dev.flowbell.testing.doubles;

import dev.flowbell.publish.MetricProgress;
import dev.flowbell.publish.PublishFailedException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/// What a ledger would know of a summary's requests; keeps what is noted, and counts what is under
/// way: begun, and not noted.
public final class RecordingProgress implements MetricProgress {
  private final Set<Integer> taken;
  private final boolean isAfterCut;
  private final List<Integer> noted = new CopyOnWriteArrayList<>();
  private final AtomicInteger begun = new AtomicInteger();
  private final AtomicInteger mostUnderWay = new AtomicInteger();
  private volatile boolean isLate;

  /// Makes one for a first run.
  public RecordingProgress() {
    this(Set.of(), false);
  }

  /// @param taken what runs before noted
  /// @param isAfterCut whether the last of them was cut off
  public RecordingProgress(Set<Integer> taken, boolean isAfterCut) {
    this.taken = taken;
    this.isAfterCut = isAfterCut;
  }

  /// Lets no request begin, from now on.
  public void leaveNoTime() {
    isLate = true;
  }

  /// Returns the requests that were noted, in that order.
  public List<Integer> noted() {
    return noted;
  }

  /// Returns how often a request was sent, its repetitions counted.
  public int begun() {
    return begun.get();
  }

  /// Returns how many were under way at once, at most.
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
