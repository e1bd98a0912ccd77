package dev.flowbell.ledger;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The items of evidence that this process wrote or read last, so that it does not write what an
/// item holds already. For several threads.
final class EvidenceCache {
  /// More than what one claim writes and reads, see [EvidenceBounds].
  static final int MOST_ITEMS = 4_000;

  /// An entry takes about 100 bytes of memory.
  static final int MOST_ENTRIES = 50_000;

  private final Map<String, EvidenceItem> items = new LinkedHashMap<>(16, 0.75f, true);
  private int entries;

  synchronized @Nullable EvidenceItem find(String key) {
    return items.get(key);
  }

  /// Keeps an item. The items that were not used for the longest time are forgotten.
  synchronized void put(String key, EvidenceItem item) {
    remove(key);
    items.put(key, item);
    entries += sizeOf(item);
    while (items.size() > MOST_ITEMS || (entries > MOST_ENTRIES && items.size() > 1)) {
      remove(items.keySet().iterator().next());
    }
  }

  private void remove(String key) {
    EvidenceItem removed = items.remove(key);
    if (removed != null) {
      entries -= sizeOf(removed);
    }
  }

  private static int sizeOf(EvidenceItem item) {
    return item.numbers().size() + item.sets().values().stream().mapToInt(Set::size).sum();
  }
}
