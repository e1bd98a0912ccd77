package dev.flowbell.ledger;

import dev.flowbell.ledger.InMemoryShardClaim.Shard;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A ledger in the process's memory, for the command line and for a function without a table.
///
/// Lambda runs several processes side by side and ends them at any time, so there it prevents only
/// some duplicates. It keeps the newest entries and forgets the oldest.
public final class InMemoryLedger implements Ledger {
  private static final int MOST_BATCHES_OF_COMMAND_LINE = 100_000;

  /// A batch takes about half a kilobyte.
  private static final int MOST_BATCHES_OF_FUNCTION = 10_000;

  /// A shard takes up to a hundred kilobytes, for the ids of recent payloads.
  private static final int MOST_SHARDS = 100;

  /// A million items of evidence, for the days of flow logs that somebody replays.
  private static final int MOST_ITEMS_OF_COMMAND_LINE = 1_000_000;

  /// What a function of 256 MB has room for besides the largest payload.
  private static final int MOST_ITEMS_OF_FUNCTION = 10_000;

  private final Map<String, Batch> batches;
  private final Map<String, Shard> shards = InMemoryEvidence.newBoundedMap(MOST_SHARDS);
  private final InMemoryEvidence evidence;
  private final boolean isBounded;

  /// Makes an empty ledger for the command line, which remembers all evidence.
  public InMemoryLedger() {
    this(MOST_BATCHES_OF_COMMAND_LINE, MOST_ITEMS_OF_COMMAND_LINE, false);
  }

  private InMemoryLedger(int mostBatches, int mostItems, boolean isBounded) {
    this.batches = InMemoryEvidence.newBoundedMap(mostBatches);
    this.evidence = new InMemoryEvidence(mostItems, isBounded);
    this.isBounded = isBounded;
  }

  /// Makes an empty ledger for a function. Its evidence has bounds like those that it has in a
  /// table, so that it takes a few megabytes at most, whatever payloads hold.
  public static InMemoryLedger ofFunction() {
    return new InMemoryLedger(MOST_BATCHES_OF_FUNCTION, MOST_ITEMS_OF_FUNCTION, true);
  }

  @Override
  public synchronized Claim claim(String batch, Instant now, Duration lease) {
    Batch entry = batches.computeIfAbsent(batch, _ -> new Batch(now));
    boolean wasInterrupted = false;
    if (!entry.isFinished) {
      if (entry.leaseEnd != null && now.isBefore(entry.leaseEnd)) {
        throw new BatchClaimedException(batch, entry.leaseEnd);
      }
      wasInterrupted = entry.leaseEnd != null;
      entry.leaseEnd = now.plus(lease);
    }
    return new InMemoryClaim(this, entry, wasInterrupted, now, null);
  }

  @Override
  public synchronized ShardClaim claimShard(
      String shard, String last, Instant now, Duration lease) {
    Shard entry = shards.computeIfAbsent(shard, _ -> new Shard());
    Instant leaseEnd = entry.leaseEnd();
    if (leaseEnd != null && now.isBefore(leaseEnd)) {
      throw new BatchClaimedException(shard, leaseEnd);
    }
    ShardClaim claim = new InMemoryShardClaim(this, shard, entry, last, now);
    entry.hold(now.plus(lease), last);
    return claim;
  }

  InMemoryEvidence evidence() {
    return evidence;
  }

  boolean isBounded() {
    return isBounded;
  }

  /// A batch's entry, which all its claims share. The ledger guards it.
  static final class Batch {
    final Instant arrival;
    final Set<String> doneSteps = new LinkedHashSet<>();
    final Set<Integer> acceptedRequests = new TreeSet<>();
    long acceptedPlan;
    boolean isFinished;
    boolean isEvidenceCounted;
    @Nullable Instant leaseEnd; // null after a release
    int possibleDuplicates;

    Batch(Instant arrival) {
      this.arrival = arrival;
    }
  }
}
