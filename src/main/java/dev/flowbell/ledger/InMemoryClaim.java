package dev.flowbell.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// A claim in memory.
final class InMemoryClaim implements Claim {
  private final InMemoryLedger ledger;
  private final InMemoryLedger.Batch batch;
  private final Set<Integer> acceptedRequests;
  private final boolean wasInterrupted;
  private int possibleDuplicates;

  /// @param ledger guards the batch
  InMemoryClaim(InMemoryLedger ledger, InMemoryLedger.Batch batch, boolean wasInterrupted) {
    this.ledger = ledger;
    this.batch = batch;
    this.acceptedRequests = Set.copyOf(batch.acceptedRequests);
    this.wasInterrupted = wasInterrupted;
    this.possibleDuplicates = batch.possibleDuplicates + (wasInterrupted ? 1 : 0);
  }

  @Override
  public Instant arrival() {
    return batch.arrival;
  }

  @Override
  public boolean isFinished() {
    synchronized (ledger) {
      return batch.isFinished;
    }
  }

  @Override
  public Set<String> doneSteps() {
    synchronized (ledger) {
      return Set.copyOf(batch.doneSteps);
    }
  }

  @Override
  public Set<Integer> acceptedRequests() {
    return acceptedRequests;
  }

  @Override
  public boolean wasInterrupted() {
    return wasInterrupted;
  }

  @Override
  public int possibleDuplicates() {
    return possibleDuplicates;
  }

  @Override
  public Map<String, Cooldown> startCooldowns(
      Collection<String> keys, Instant now, Duration length) {
    Map<String, Cooldown> result = new LinkedHashMap<>();
    synchronized (ledger) {
      for (String key : keys) {
        result.put(
            key, batch.cooldowns.computeIfAbsent(key, _ -> ledger.startCooldown(key, now, length)));
      }
    }
    return result;
  }

  @Override
  public void recordAccepted(Set<Integer> requests) {
    synchronized (ledger) {
      batch.acceptedRequests.addAll(requests);
    }
  }

  @Override
  public void recordDone(Collection<String> steps) {
    synchronized (ledger) {
      batch.doneSteps.addAll(steps);
      batch.possibleDuplicates = possibleDuplicates;
    }
  }

  @Override
  public void finish(Collection<String> steps) {
    synchronized (ledger) {
      recordDone(steps);
      batch.isFinished = true;
      batch.leaseEnd = null;
    }
  }

  @Override
  public void addPossibleDuplicates(int publications) {
    synchronized (ledger) {
      possibleDuplicates += publications;
      batch.possibleDuplicates = possibleDuplicates;
    }
  }

  @Override
  public void clearPossibleDuplicates() {
    possibleDuplicates = 0;
  }

  @Override
  public void release() {
    synchronized (ledger) {
      batch.possibleDuplicates = possibleDuplicates;
      batch.leaseEnd = null;
    }
  }
}
