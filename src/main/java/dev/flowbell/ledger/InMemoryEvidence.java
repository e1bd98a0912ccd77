package dev.flowbell.ledger;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// Evidence in the process's memory. The ledger guards it. Nothing is capped but the number of
/// items, of which the oldest are forgotten.
final class InMemoryEvidence {
  private final Map<String, MutableItem> items;
  private final Map<String, Episode> episodes;
  private final Map<String, Lease> leases = new HashMap<>();
  private final Set<String> board = new LinkedHashSet<>();
  private final Map<Long, Integer> notifications = new HashMap<>();
  private final Map<Long, List<String>> held = new TreeMap<>();

  /// @param mostItems how many items are kept
  InMemoryEvidence(int mostItems) {
    items = newBoundedMap(mostItems);
    episodes = newBoundedMap(mostItems);
  }

  /// @param isCounted whether the numbers were added before
  Map<String, EvidenceItem> add(Collection<EvidenceAddition> additions, boolean isCounted) {
    Map<String, EvidenceItem> added = new LinkedHashMap<>();
    for (EvidenceAddition addition : additions) {
      MutableItem item = items.computeIfAbsent(addition.key(), _ -> new MutableItem());
      addition
          .item()
          .sets()
          .forEach(
              (name, entries) ->
                  item.sets.computeIfAbsent(name, _ -> new HashSet<>()).addAll(entries));
      if (!isCounted) {
        addition
            .item()
            .numbers()
            .forEach((name, number) -> item.numbers.merge(name, number, Long::sum));
      }
      added.put(addition.key(), item.view());
    }
    return added;
  }

  Map<String, EvidenceItem> read(Collection<String> keys) {
    Map<String, EvidenceItem> found = new HashMap<>();
    for (String key : keys) {
      MutableItem item = items.get(key);
      if (item != null) {
        found.put(key, item.view());
      }
    }
    return found;
  }

  Map<String, Episode> episodes() {
    return episodes;
  }

  /// Gives a batch the right to send, unless another one has it.
  boolean lease(String key, Object batch, Instant now) {
    Lease lease = leases.get(key);
    if (lease != null && !lease.batch.equals(batch) && now.isBefore(lease.end)) {
      return false;
    }
    leases.put(key, new Lease(batch, now.plus(DynamoDbEvidence.LEASE)));
    return true;
  }

  void release(String key, Object batch) {
    Lease lease = leases.get(key);
    if (lease != null && lease.batch.equals(batch)) {
      leases.remove(key);
    }
  }

  Set<String> board() {
    return board;
  }

  boolean countNotification(long hour, int most) {
    int count = notifications.getOrDefault(hour, 0);
    if (count >= most) {
      return false;
    }
    notifications.put(hour, count + 1);
    return true;
  }

  void hold(long hour, String alert) {
    held.computeIfAbsent(hour, _ -> new ArrayList<>()).add(alert);
  }

  Map<Long, List<String>> takeHeld(long beforeHour) {
    Map<Long, List<String>> taken = new TreeMap<>();
    held.entrySet()
        .removeIf(
            entry -> {
              boolean isTaken = entry.getKey() < beforeHour;
              if (isTaken) {
                taken.put(entry.getKey(), entry.getValue());
              }
              return isTaken;
            });
    return taken;
  }

  private static <V> Map<String, V> newBoundedMap(int most) {
    return new LinkedHashMap<>() {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<String, V> eldest) {
        return size() > most;
      }
    };
  }

  private record Lease(Object batch, Instant end) {}

  private static final class MutableItem {
    private final Map<String, Set<String>> sets = new HashMap<>();
    private final Map<String, Long> numbers = new HashMap<>();

    /// The view is read before the next payload adds to it.
    EvidenceItem view() {
      return new EvidenceItem(sets, numbers);
    }
  }
}
