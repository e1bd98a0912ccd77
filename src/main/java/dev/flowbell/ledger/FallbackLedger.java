package dev.flowbell.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// A ledger that is never unavailable. If the ledger behind it is, this one uses the process's
/// memory instead, logs that duplicates are possible, and counts a possible duplicate for each
/// publication.
public final class FallbackLedger implements Ledger {
  private final Ledger ledger;
  private final Ledger memory = InMemoryLedger.ofFunction();
  private final Consumer<String> warnings;

  /// @param ledger the ledger to use while it is available
  /// @param warnings receives a line for each failure of the ledger
  public FallbackLedger(Ledger ledger, Consumer<String> warnings) {
    this.ledger = ledger;
    this.warnings = warnings;
  }

  @Override
  public Claim claim(String batch, Instant now, Duration lease) {
    try {
      return new FallbackClaim(ledger.claim(batch, now, lease), batch, now, lease);
    } catch (LedgerUnavailableException e) {
      warn(e);
      Claim claim = memory.claim(batch, now, lease);
      return claim.isFinished() ? claim : new MemoryClaim(claim);
    }
  }

  @Override
  public ShardClaim claimShard(String shard, String last, Instant now, Duration lease) {
    try {
      return new FallbackShardClaim(
          ledger.claimShard(shard, last, now, lease),
          range -> new FallbackClaim(range.claim(), range.id(), now, lease));
    } catch (LedgerUnavailableException e) {
      warn(e);
      return new FallbackShardClaim(
          memory.claimShard(shard, last, now, lease), range -> new MemoryClaim(range.claim()));
    }
  }

  private void warn(LedgerUnavailableException e) {
    warnings.accept(e.getMessage() + "; the work goes on, duplicates are possible");
  }

  /// A claim without the ledger. Other processes may have delivered the batch.
  private static final class MemoryClaim extends ForwardingClaim {
    private final Evidence evidence;

    MemoryClaim(Claim claim) {
      super(claim);
      if (claim.possibleDuplicates() == 0) {
        claim.addPossibleDuplicates(1); // for the first request
      }
      evidence = FallbackEvidence.inMemory(claim.evidence(), () -> claim.addPossibleDuplicates(1));
    }

    @Override
    public boolean mayRepeatAny() {
      return true;
    }

    @Override
    public Evidence evidence() {
      return evidence;
    }
  }

  /// A claim of a shard, whose ranges have claims of this ledger.
  private final class FallbackShardClaim implements ShardClaim {
    private final ShardClaim shard;
    private final Function<Range, Claim> toClaim;

    FallbackShardClaim(ShardClaim shard, Function<Range, Claim> toClaim) {
      this.shard = shard;
      this.toClaim = toClaim;
    }

    @Override
    public String finished() {
      return shard.finished();
    }

    @Override
    public Set<String> recentPayloads() {
      return shard.recentPayloads();
    }

    @Override
    public @Nullable Range next() {
      Range range = shard.next();
      return range == null ? null : new Range(range.id(), range.last(), toClaim.apply(range));
    }

    @Override
    public void addPayloads(Collection<String> ids) {
      shard.addPayloads(ids);
    }

    @Override
    public void end() {
      try {
        shard.end();
      } catch (LedgerUnavailableException e) {
        warn(e);
      }
    }
  }

  /// A claim that continues when the ledger can't write.
  private final class FallbackClaim extends ForwardingClaim {
    private final String batch;
    private final Instant claimed;
    private final Duration lease;
    private final Set<String> doneSteps = new LinkedHashSet<>();
    private final Evidence evidence;

    FallbackClaim(Claim claim, String batch, Instant claimed, Duration lease) {
      super(claim);
      this.batch = batch;
      this.claimed = claimed;
      this.lease = lease;
      this.evidence =
          new FallbackEvidence(
              claim.evidence(),
              this::evidenceInMemory,
              FallbackLedger.this::warn,
              () -> addPossibleDuplicates(1));
    }

    private Evidence evidenceInMemory() {
      Claim inMemory = memory.claim(batch, claimed, lease);
      inMemory.release(); // its evidence remains usable
      return inMemory.evidence();
    }

    @Override
    public Evidence evidence() {
      return evidence;
    }

    @Override
    public boolean recordAccepted(Set<Integer> requests, long plan) {
      return attempt(() -> claim.recordAccepted(requests, plan));
    }

    /// A step that can't be recorded is recorded with the next one. If no write succeeds, the batch
    /// remains claimed, and a later invocation that repeats it counts a possible duplicate.
    @Override
    public void recordDone(Collection<String> steps) {
      doneSteps.addAll(steps);
      attempt(() -> claim.recordDone(doneSteps));
    }

    @Override
    public void finish(Collection<String> steps) {
      doneSteps.addAll(steps);
      attempt(() -> claim.finish(doneSteps));
    }

    @Override
    public void addPossibleDuplicates(int publications) {
      attempt(() -> claim.addPossibleDuplicates(publications));
    }

    @Override
    public void release() {
      attempt(claim::release);
    }

    /// @return whether it was written
    private boolean attempt(Runnable write) {
      try {
        write.run();
        return true;
      } catch (LedgerUnavailableException e) {
        warn(e);
        return false;
      }
    }
  }
}
