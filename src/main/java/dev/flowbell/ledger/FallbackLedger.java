package dev.flowbell.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/// A ledger that is never unavailable: where the one behind it is, the process's own memory stands
/// in, and that duplicates are possible is said, and counted as a doubt where nothing else would.
public final class FallbackLedger implements Ledger {
  private final Ledger ledger;
  private final Ledger memory = new InMemoryLedger();
  private final Consumer<String> warnings;

  /// @param warnings takes each failure of the ledger, as a line for the log
  public FallbackLedger(Ledger ledger, Consumer<String> warnings) {
    this.ledger = ledger;
    this.warnings = warnings;
  }

  @Override
  public Claim claim(String batch, Instant now, Duration lease) {
    try {
      return new Fallback(ledger.claim(batch, now, lease), batch, now, lease);
    } catch (LedgerUnavailableException e) {
      warn(e);
      Claim claim = memory.claim(batch, now, lease);
      if (!claim.open().isEmpty()) {
        claim.addDoubts(1);
      }
      return claim;
    }
  }

  private void warn(LedgerUnavailableException e) {
    warnings.accept(e.getMessage() + "; the work goes on, duplicates are possible");
  }

  /// A claim that goes on when what is to be noted can't be.
  private final class Fallback implements Claim {
    private final Claim claim;
    private final String batch;
    private final Instant claimed;
    private final Duration lease;
    private final Set<Step> closed = EnumSet.noneOf(Step.class);

    Fallback(Claim claim, String batch, Instant claimed, Duration lease) {
      this.claim = claim;
      this.batch = batch;
      this.claimed = claimed;
      this.lease = lease;
    }

    @Override
    public Instant arrival() {
      return claim.arrival();
    }

    @Override
    public Set<Step> open() {
      return claim.open();
    }

    @Override
    public Set<Integer> takenRequests() {
      return claim.takenRequests();
    }

    @Override
    public boolean isAfterCut() {
      return claim.isAfterCut();
    }

    @Override
    public int doubts() {
      return claim.doubts();
    }

    @Override
    public Map<String, Cooldown> startCooldowns(
        Collection<String> keys, Instant now, Duration length) {
      try {
        return claim.startCooldowns(keys, now, length);
      } catch (LedgerUnavailableException e) {
        warn(e);
        addDoubts(1);
        return rememberedCooldowns(keys, now, length);
      }
    }

    private Map<String, Cooldown> rememberedCooldowns(
        Collection<String> keys, Instant now, Duration length) {
      Claim remembered = memory.claim(batch, claimed, lease);
      try {
        return remembered.startCooldowns(keys, now, length);
      } finally {
        remembered.release();
      }
    }

    @Override
    public void noteTaken(Set<Integer> requests) {
      attempt(() -> claim.noteTaken(requests));
    }

    /// What could not be noted is noted with the next step. Where it never can be, the claim stays
    /// open, and counts as a doubt should the batch come again.
    @Override
    public void close(Collection<Step> steps) {
      closed.addAll(steps);
      attempt(() -> claim.close(closed));
    }

    @Override
    public void addDoubts(int publications) {
      attempt(() -> claim.addDoubts(publications));
    }

    @Override
    public void settleDoubts() {
      claim.settleDoubts();
    }

    @Override
    public void release() {
      attempt(claim::release);
    }

    private void attempt(Runnable note) {
      try {
        note.run();
      } catch (LedgerUnavailableException e) {
        warn(e);
      }
    }
  }
}
