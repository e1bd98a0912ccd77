package dev.flowbell.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A ledger that lasts as long as the process, for local runs and where no table is set.
///
/// Lambda runs several processes side by side and ends them at will, so that this one is only the
/// first line of defence there. It keeps the latest entries and forgets the oldest.
public final class InMemoryLedger implements Ledger {
  private static final int MOST_ENTRIES = 100_000;

  private final Map<String, EnumSet<Step>> openSteps = newBoundedMap();
  private final Map<String, Entry> cooldowns = newBoundedMap();

  /// Makes an empty ledger.
  public InMemoryLedger() {}

  @Override
  public synchronized Set<Step> claim(String batch) {
    return EnumSet.copyOf(openSteps.computeIfAbsent(batch, _ -> EnumSet.allOf(Step.class)));
  }

  @Override
  public synchronized void close(String batch, Step step) {
    EnumSet<Step> open = openSteps.get(batch);
    if (open != null) {
      open.remove(step);
    }
  }

  @Override
  public synchronized Cooldown startCooldown(
      String key, String batch, Instant now, Duration length) {
    Entry entry = cooldowns.get(key);
    if (entry != null && entry.batch.equals(batch)) {
      return entry.toStarted();
    }
    if (entry != null && now.isBefore(entry.until)) {
      if (!batch.equals(entry.lastSuppressed)) { // else it is tried again, and was counted
        entry.lastSuppressed = batch;
        entry.suppressed++;
      }
      return new Cooldown(false, entry.until, 0, null);
    }
    Entry next = new Entry(batch, now, now.plus(length));
    if (entry != null && entry.suppressed > 0) {
      next.suppressedBefore = entry.suppressed;
      next.toldBefore = entry.start;
    }
    cooldowns.remove(key); // so that the map keeps it among the latest
    cooldowns.put(key, next);
    return next.toStarted();
  }

  private static <V> Map<String, V> newBoundedMap() {
    return new LinkedHashMap<>() {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
        return size() > MOST_ENTRIES;
      }
    };
  }

  private static final class Entry {
    private final String batch;
    private final Instant start;
    private final Instant until;
    private long suppressed;
    private @Nullable String lastSuppressed;
    private long suppressedBefore;
    private Instant toldBefore;

    Entry(String batch, Instant start, Instant until) {
      this.batch = batch;
      this.start = start;
      this.until = until;
      this.toldBefore = start;
    }

    Cooldown toStarted() {
      return new Cooldown(true, until, suppressedBefore, suppressedBefore == 0 ? null : toldBefore);
    }
  }
}
