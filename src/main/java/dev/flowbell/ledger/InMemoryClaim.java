package dev.flowbell.ledger;

import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A claim in memory.
final class InMemoryClaim implements Claim {
  private final InMemoryLedger ledger;
  private final InMemoryLedger.Batch batch;
  private final Set<Integer> acceptedRequests;
  private final long acceptedPlan;
  private final boolean wasInterrupted;
  private final Instant claimed;
  private final @Nullable Runnable endOfRange;
  private final long claimedNanoseconds = System.nanoTime();
  private int possibleDuplicates;
  private int leftOut;

  /// @param ledger guards the batch
  /// @param endOfRange finishes records of a shard; `null` for a batch
  InMemoryClaim(
      InMemoryLedger ledger,
      InMemoryLedger.Batch batch,
      boolean wasInterrupted,
      Instant claimed,
      @Nullable Runnable endOfRange) {
    this.endOfRange = endOfRange;
    this.claimed = claimed;
    this.ledger = ledger;
    this.batch = batch;
    this.acceptedRequests = Set.copyOf(batch.acceptedRequests);
    this.acceptedPlan = batch.acceptedPlan;
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
  public long acceptedPlan() {
    return acceptedPlan;
  }

  @Override
  public boolean wasInterrupted() {
    return wasInterrupted;
  }

  @Override
  public boolean mayRepeatAny() {
    return false;
  }

  @Override
  public int possibleDuplicates() {
    return possibleDuplicates;
  }

  @Override
  public boolean recordAccepted(Set<Integer> requests, long plan) {
    synchronized (ledger) {
      if (batch.acceptedPlan != plan) {
        batch.acceptedRequests.clear();
        batch.acceptedPlan = plan;
      }
      batch.acceptedRequests.addAll(requests);
      return true;
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
      if (endOfRange == null) {
        batch.leaseEnd = null;
      } else {
        endOfRange.run();
      }
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
    boolean staysInterrupted = wasInterrupted && possibleDuplicates > 0;
    synchronized (ledger) {
      batch.possibleDuplicates = possibleDuplicates - (staysInterrupted ? 1 : 0);
      batch.leaseEnd = staysInterrupted ? BatchItem.INTERRUPTED : null;
    }
  }

  @Override
  public Evidence evidence() {
    return new ClaimEvidence();
  }

  /// The ledger's evidence, as this claim sees it.
  private final class ClaimEvidence implements Evidence {
    private final InMemoryEvidence evidence = ledger.evidence();
    private EvidenceBounds bounds = EvidenceBounds.OF_PAYLOAD;

    @Override
    public boolean isBounded() {
      return ledger.isBounded();
    }

    @Override
    public Map<String, EvidenceItem> add(Collection<EvidenceAddition> additions) {
      synchronized (ledger) {
        Map<String, EvidenceItem> added = evidence.add(additions, batch.isEvidenceCounted);
        batch.isEvidenceCounted |=
            additions.stream().anyMatch(each -> !each.item().numbers().isEmpty());
        return added;
      }
    }

    @Override
    public Map<String, EvidenceItem> read(Collection<String> keys) {
      synchronized (ledger) {
        return evidence.read(keys);
      }
    }

    @Override
    public void widenTo(int payloads) {
      bounds = EvidenceBounds.of(payloads);
    }

    @Override
    public int mostEpisodes() {
      return bounds.episodes();
    }

    @Override
    public Map<String, Episode> episodes(Collection<String> keys) {
      if (isBounded()) {
        Evidence.checkSize(keys, mostEpisodes());
      }
      synchronized (ledger) {
        Map<String, Episode> found = new LinkedHashMap<>();
        for (String key : keys) {
          Episode episode = evidence.findEpisode(key);
          if (episode != null) {
            found.put(key, episode);
          }
        }
        return found;
      }
    }

    @Override
    public boolean lease(String key, @Nullable Episode known) {
      synchronized (ledger) {
        return isSameSent(evidence.findEpisode(key), known) && evidence.lease(key, batch, now());
      }
    }

    @Override
    public void recordSent(String key, Episode episode) {
      synchronized (ledger) {
        evidence.release(key, batch);
        evidence.putEpisode(key, episode);
      }
    }

    @Override
    public void release(String key) {
      synchronized (ledger) {
        evidence.release(key, batch);
      }
    }

    @Override
    public void extend(String key, Episode episode) {
      synchronized (ledger) {
        if (evidence.findEpisode(key) != null) {
          evidence.putEpisode(key, episode);
        }
      }
    }

    @Override
    public Set<String> board() {
      synchronized (ledger) {
        return Set.copyOf(evidence.board());
      }
    }

    @Override
    public void post(Set<String> entries) {
      synchronized (ledger) {
        evidence.post(entries);
        leftOut += evidence.takeLeftOut();
      }
    }

    @Override
    public void remove(Set<String> entries) {
      synchronized (ledger) {
        evidence.board().removeAll(entries);
      }
    }

    @Override
    public boolean countNotification(long hour, int most) {
      synchronized (ledger) {
        return evidence.countNotification(hour, most);
      }
    }

    @Override
    public void hold(long hour, String alert) {
      synchronized (ledger) {
        evidence.hold(hour, alert);
        leftOut += evidence.takeLeftOut();
      }
    }

    @Override
    public Map<Long, List<String>> takeHeld(long beforeHour) {
      synchronized (ledger) {
        return evidence.takeHeld(beforeHour);
      }
    }

    @Override
    public int leftOut() {
      return leftOut;
    }

    private Instant now() {
      return claimed.plusNanos(System.nanoTime() - claimedNanoseconds);
    }

    /// Other payloads extend an episode meanwhile, so its first and last flow time may differ.
    private static boolean isSameSent(@Nullable Episode one, @Nullable Episode other) {
      if (one == null || other == null) {
        return one == null && other == null;
      }
      return one.sentAt().equals(other.sentAt())
          && one.rank() == other.rank()
          && one.isGrown() == other.isGrown()
          && one.hasGotThrough() == other.hasGotThrough();
    }
  }
}
