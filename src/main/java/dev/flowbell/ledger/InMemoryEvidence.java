package dev.flowbell.ledger;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Evidence in the process's memory. The ledger guards it. The oldest items are forgotten.
///
/// In a function nothing grows without a bound, because the senders of records choose what is
/// added: sets, the board and the digest are capped as in a table, and all items take at most
/// [#MOST_BYTES]. On the command line only the number of items is bounded.
final class InMemoryEvidence {
  /// More than any set has room for in a table.
  static final int MOST_ENTRIES_OF_SET = 1_024;

  static final int MOST_BYTES = 8 << 20;

  /// What an entry of a hash set takes besides its characters, about.
  private static final int BYTES_OF_ENTRY = 100;

  private static final int BYTES_OF_ITEM = 500;

  /// A key can hold a log group's name. A longer one is replaced by a digest.
  private static final int MOST_KEY_CHARACTERS = 64;

  private final Map<String, MutableItem> items = new LinkedHashMap<>();
  private final Map<String, Episode> episodes;
  private final Map<String, Lease> leases;
  private final Set<String> board = new LinkedHashSet<>();
  private final Map<Long, Integer> notifications;
  private final Map<Long, List<String>> held = new TreeMap<>();
  private final int mostItems;
  private final boolean isBounded;
  private long bytes;
  private int leftOut;

  /// @param mostItems how many items are kept
  /// @param isBounded whether it has the bounds of a function
  InMemoryEvidence(int mostItems, boolean isBounded) {
    this.mostItems = mostItems;
    this.isBounded = isBounded;
    episodes = newBoundedMap(mostItems);
    leases = newBoundedMap(mostItems);
    notifications = newBoundedMap(mostItems);
  }

  /// @param isCounted whether the numbers were added before
  Map<String, EvidenceItem> add(Collection<EvidenceAddition> additions, boolean isCounted) {
    Map<String, EvidenceItem> added = new LinkedHashMap<>();
    for (EvidenceAddition addition : additions) {
      MutableItem item = itemOf(addition.key());
      long bytesBefore = item.bytes;
      addition.item().sets().forEach((name, entries) -> add(entries, name, item));
      if (!isCounted) {
        addition.item().numbers().forEach((name, number) -> add(number, name, item));
      }
      bytes += item.bytes - bytesBefore;
      added.put(addition.key(), item.view());
      forgetOldest();
    }
    return added;
  }

  private MutableItem itemOf(String key) {
    return items.computeIfAbsent(
        stored(key),
        _ -> {
          bytes += BYTES_OF_ITEM;
          return new MutableItem();
        });
  }

  private void add(Set<String> entries, String name, MutableItem item) {
    Set<String> set = item.sets.computeIfAbsent(name, _ -> new HashSet<>());
    for (String entry : entries) {
      boolean hasRoom = !isBounded || set.size() < MOST_ENTRIES_OF_SET;
      if (hasRoom && set.add(entry)) {
        item.bytes += BYTES_OF_ENTRY + entry.length();
      }
    }
  }

  private void add(long number, String name, MutableItem item) {
    if (item.numbers.containsKey(name)) {
      item.numbers.merge(name, number, Long::sum);
    } else if (!isBounded || item.numbers.size() < MOST_ENTRIES_OF_SET) {
      item.numbers.put(name, number);
      item.bytes += BYTES_OF_ENTRY + name.length();
    }
  }

  /// Keeps at least the newest item.
  private void forgetOldest() {
    Iterator<MutableItem> oldest = items.values().iterator();
    while (items.size() > 1 && (items.size() > mostItems || (isBounded && bytes > MOST_BYTES))) {
      bytes -= BYTES_OF_ITEM + oldest.next().bytes;
      oldest.remove();
    }
  }

  /// Returns how many entries of the board and alerts were left out since the last call. As in a
  /// table, entries of a full set are not counted: its number is "at least".
  int takeLeftOut() {
    int taken = leftOut;
    leftOut = 0;
    return taken;
  }

  private static String stored(String key) {
    if (key.length() <= MOST_KEY_CHARACTERS) {
      return key;
    }
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }

  Map<String, EvidenceItem> read(Collection<String> keys) {
    Map<String, EvidenceItem> found = new HashMap<>();
    for (String key : keys) {
      MutableItem item = items.get(stored(key));
      if (item != null) {
        found.put(key, item.view());
      }
    }
    return found;
  }

  @Nullable Episode findEpisode(String key) {
    return episodes.get(stored(key));
  }

  void putEpisode(String key, Episode episode) {
    episodes.put(stored(key), episode);
  }

  /// Gives a batch the right to send, unless another one has it.
  boolean lease(String key, Object batch, Instant now) {
    Lease lease = leases.get(stored(key));
    if (lease != null && !lease.batch.equals(batch) && now.isBefore(lease.end)) {
      return false;
    }
    leases.put(stored(key), new Lease(batch, now.plus(DynamoDbEvidence.LEASE)));
    return true;
  }

  void release(String key, Object batch) {
    Lease lease = leases.get(stored(key));
    if (lease != null && lease.batch.equals(batch)) {
      leases.remove(stored(key));
    }
  }

  Set<String> board() {
    return board;
  }

  void post(Set<String> entries) {
    for (String entry : entries) {
      if (isBounded && board.size() >= DynamoDbBoard.MOST_ENTRIES && !board.contains(entry)) {
        leftOut++;
      } else {
        board.add(entry);
      }
    }
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
    int size = held.values().stream().mapToInt(List::size).sum();
    if (isBounded && size >= DynamoDbEvidence.MOST_HELD) {
      leftOut++;
    } else {
      held.computeIfAbsent(hour, _ -> new ArrayList<>()).add(alert);
    }
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

  /// Returns a map that forgets its oldest entry.
  static <K, V> Map<K, V> newBoundedMap(int most) {
    return new LinkedHashMap<>() {
      private static final long serialVersionUID = 1L;

      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > most;
      }
    };
  }

  private record Lease(Object batch, Instant end) {}

  private static final class MutableItem {
    private final Map<String, Set<String>> sets = new HashMap<>();
    private final Map<String, Long> numbers = new HashMap<>();
    private long bytes;

    /// The view is read before the next payload adds to it.
    EvidenceItem view() {
      return new EvidenceItem(sets, numbers);
    }
  }
}
