package dev.flowbell.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A ledger that lasts as long as the process, for local runs and where no table is set.
///
/// Lambda runs several processes side by side and ends them at will, so that this one is only the
/// first line of defence there. It keeps the latest entries and forgets the oldest.
public final class InMemoryLedger implements Ledger {
  private static final int MOST_ENTRIES = 100_000;

  private final Map<String, Batch> batches = newBoundedMap();
  private final Map<String, Told> cooldowns = newBoundedMap();

  /// Makes an empty ledger.
  public InMemoryLedger() {}

  @Override
  public synchronized Claim claim(String batch, Instant now, Duration lease) {
    Batch entry = batches.computeIfAbsent(batch, _ -> new Batch(now));
    Instant held = Claim.isDone(entry.closed) ? null : entry.leaseEnd;
    if (held != null && now.isBefore(held)) {
      throw new BatchClaimedException(batch, held);
    }
    entry.leaseEnd = now.plus(lease);
    return new Run(entry, held != null);
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

  /// What is known of a batch.
  private static final class Batch {
    private final Instant arrival;
    private final Set<Step> closed = EnumSet.noneOf(Step.class);
    private final Map<String, Cooldown> answers = new LinkedHashMap<>();
    private @Nullable Instant leaseEnd; // null where no run has it in hand
    private final Set<Integer> takenRequests = new TreeSet<>();
    private int doubts;

    Batch(Instant arrival) {
      this.arrival = arrival;
    }
  }

  /// When something was told last, and how often it was kept back since.
  private static final class Told {
    private final Instant time;
    private final Instant quietUntil;
    private long keptBack;

    Told(Instant time, Instant quietUntil) {
      this.time = time;
      this.quietUntil = quietUntil;
    }
  }

  /// A claim whose entry every later one shares.
  private final class Run implements Claim {
    private final Batch batch;
    private final Set<Integer> takenRequests;
    private final boolean isAfterCut;
    private int doubts;

    Run(Batch batch, boolean isAfterCut) {
      this.batch = batch;
      this.takenRequests = Set.copyOf(batch.takenRequests);
      this.isAfterCut = isAfterCut;
      this.doubts = batch.doubts + (isAfterCut ? 1 : 0);
    }

    @Override
    public Instant arrival() {
      return batch.arrival;
    }

    @Override
    public Set<Step> open() {
      synchronized (InMemoryLedger.this) {
        Set<Step> open = EnumSet.allOf(Step.class);
        open.removeAll(batch.closed);
        return open;
      }
    }

    @Override
    public Set<Integer> takenRequests() {
      return takenRequests;
    }

    @Override
    public boolean isAfterCut() {
      return isAfterCut;
    }

    @Override
    public int doubts() {
      return doubts;
    }

    @Override
    public Map<String, Cooldown> startCooldowns(
        Collection<String> keys, Instant now, Duration length) {
      Map<String, Cooldown> answers = new LinkedHashMap<>();
      synchronized (InMemoryLedger.this) {
        for (String key : keys) {
          answers.put(key, batch.answers.computeIfAbsent(key, _ -> answer(key, now, length)));
        }
      }
      return answers;
    }

    private Cooldown answer(String key, Instant now, Duration length) {
      Told last = cooldowns.get(key);
      if (last != null && now.isBefore(last.quietUntil)) {
        last.keptBack++;
        return Cooldown.keptBack(last.quietUntil);
      }
      cooldowns.remove(key); // so that the map keeps it among the latest
      cooldowns.put(key, new Told(now, now.plus(length)));
      return last == null
          ? Cooldown.started(now.plus(length), 0, now)
          : Cooldown.started(now.plus(length), last.keptBack, last.time);
    }

    @Override
    public void noteTaken(Set<Integer> requests) {
      synchronized (InMemoryLedger.this) {
        batch.takenRequests.addAll(requests);
      }
    }

    @Override
    public void close(Collection<Step> steps) {
      synchronized (InMemoryLedger.this) {
        batch.closed.addAll(steps);
        batch.doubts = doubts;
      }
    }

    @Override
    public void addDoubts(int publications) {
      synchronized (InMemoryLedger.this) {
        doubts += publications;
        batch.doubts = doubts;
      }
    }

    @Override
    public void settleDoubts() {
      doubts = 0;
    }

    @Override
    public void release() {
      synchronized (InMemoryLedger.this) {
        batch.doubts = doubts;
        batch.leaseEnd = null;
      }
    }
  }
}
