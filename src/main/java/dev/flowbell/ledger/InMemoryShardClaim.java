package dev.flowbell.ledger;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A claim of a shard in memory.
final class InMemoryShardClaim extends RangedShardClaim {
  private final InMemoryLedger ledger;
  private final Shard entry;

  /// @param ledger guards the entry
  /// @param last the sequence number of the batch's last record
  InMemoryShardClaim(InMemoryLedger ledger, String shard, Shard entry, String last, Instant now) {
    super(shard, last, now, entry.toItem());
    this.ledger = ledger;
    this.entry = entry;
  }

  @Override
  Claim claimRange(String end, BatchItem ofRange) {
    synchronized (ledger) {
      entry.begin(end, ofRange);
      return new InMemoryClaim(ledger, entry.current, ofRange.isHeld(), now, this::finish);
    }
  }

  private void finish() {
    ranges.finish();
    entry.finish(ranges);
  }

  @Override
  public void end() {
    synchronized (ledger) {
      entry.end(ranges);
    }
  }

  /// A shard's entry, which all its claims share. The ledger guards it.
  static final class Shard {
    private String finished = "";
    private final Map<String, String> doneTo = new LinkedHashMap<>();
    private String countedTo = "";
    private List<String> recent = List.of();
    private String begunTo = "";
    private String currentTo = ""; // of a part of what was begun, or of all of it
    private @Nullable Instant wasHeld; // before the claim
    private InMemoryLedger.Batch current = new InMemoryLedger.Batch(Instant.EPOCH);

    /// Returns when the claim ends that is held, `null` if none is.
    @Nullable Instant leaseEnd() {
      return current.leaseEnd;
    }

    /// Returns the entry as a table would have it.
    ShardItem toItem() {
      Map<String, String> steps = new LinkedHashMap<>(doneTo);
      current.doneSteps.forEach(step -> raise(steps, step, currentTo));
      Instant leaseEnd = current.leaseEnd;
      return new ShardItem(
          finished,
          steps,
          current.isEvidenceCounted ? larger(countedTo, currentTo) : countedTo,
          recent,
          begunTo,
          new BatchItem(
              current.arrival,
              leaseEnd == null ? Instant.EPOCH : leaseEnd,
              Set.of(),
              Set.copyOf(current.acceptedRequests),
              current.acceptedPlan,
              current.possibleDuplicates,
              false));
    }

    /// Holds the entry for a claim, which begins a range unless one was begun.
    ///
    /// @param last the last record of the claim's batch
    void hold(Instant until, String last) {
      wasHeld = current.leaseEnd;
      current.leaseEnd = until;
      begunTo = begunTo.isEmpty() ? last : begunTo;
    }

    private void begin(String to, BatchItem item) {
      Instant leaseEnd = current.leaseEnd;
      keep();
      currentTo = to;
      current = new InMemoryLedger.Batch(item.arrival());
      current.leaseEnd = leaseEnd;
      current.doneSteps.addAll(item.doneSteps());
      current.acceptedRequests.addAll(item.acceptedRequests());
      current.acceptedPlan = item.acceptedPlan();
      current.possibleDuplicates = item.possibleDuplicates();
      current.isEvidenceCounted = item.isCounted();
    }

    /// Keeps what was done of a range that is not finished, and may be longer than the next one.
    private void keep() {
      current.doneSteps.forEach(step -> raise(doneTo, step, currentTo));
      countedTo = current.isEvidenceCounted ? larger(countedTo, currentTo) : countedTo;
    }

    private void finish(ShardRanges ranges) {
      finished = ranges.finished();
      doneTo.values().removeIf(to -> ShardClaim.compare(to, finished) <= 0);
      countedTo = ShardClaim.compare(countedTo, finished) <= 0 ? "" : countedTo;
      recent = ranges.recent();
      Instant leaseEnd = ranges.isFollowed() ? current.leaseEnd : null;
      begunTo = ranges.restTo();
      currentTo = "";
      current = new InMemoryLedger.Batch(current.arrival);
      current.leaseEnd = leaseEnd;
      current.possibleDuplicates = ranges.begunTo().isEmpty() ? 0 : ranges.inheritedDuplicates();
    }

    /// What the claim found begun stays as it was.
    private void end(ShardRanges ranges) {
      begunTo = ranges.begunTo();
      current.leaseEnd = begunTo.isEmpty() ? null : wasHeld;
    }

    private static void raise(Map<String, String> steps, String step, String to) {
      steps.merge(step, to, Shard::larger);
    }

    private static String larger(String one, String other) {
      return ShardClaim.compare(one, other) > 0 ? one : other;
    }
  }
}
