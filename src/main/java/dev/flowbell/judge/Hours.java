package dev.flowbell.judge;

import dev.flowbell.ledger.EvidenceItem;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/// Evidence is kept by the hour of flow time: one item for each key and hour.
final class Hours {
  static final long MINUTES = 60;
  static final long HALF = 30;

  /// In minutes: the step of what is kept of sources outside, and AWS's longer interval.
  static final long TEN = 10;

  /// How long evidence is kept. Payloads that are this late count for themselves.
  private static final Duration KEPT = Duration.ofHours(26);

  private Hours() {}

  static long of(long minute) {
    return Math.floorDiv(minute, MINUTES);
  }

  static long of(Instant time) {
    return Math.floorDiv(time.getEpochSecond(), 3_600);
  }

  static String key(String kind, String name, long hour) {
    return "ev#" + kind + "#" + name + "#" + hour;
  }

  /// Returns the keys of an hour, the one before, and the one behind.
  static List<String> around(String kind, String name, Collection<Long> hours) {
    List<String> keys = new ArrayList<>();
    hours.stream()
        .flatMap(hour -> List.of(hour - 1, hour, hour + 1).stream())
        .distinct()
        .sorted()
        .forEach(hour -> keys.add(key(kind, name, hour)));
    return keys;
  }

  static Instant expiryOf(long hour) {
    return Instant.ofEpochSecond(hour * 3_600).plus(KEPT);
  }

  static Instant timeOf(long minute) {
    return Instant.ofEpochSecond(minute * 60);
  }

  /// Passes each item on with its hour.
  static void forEach(
      Collection<String> keys,
      Map<String, EvidenceItem> items,
      BiConsumer<Long, EvidenceItem> use) {
    for (String key : keys) {
      EvidenceItem item = items.get(key);
      if (item != null) {
        use.accept(Long.valueOf(key.substring(key.lastIndexOf('#') + 1)), item);
      }
    }
  }
}
