package dev.flowbell.judge;

import dev.flowbell.ledger.EvidenceItem;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
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

  /// Returns the hours of minutes, in a set that can be added to.
  static Set<Long> of(Collection<Long> minutes) {
    Set<Long> hours = new TreeSet<>();
    minutes.forEach(minute -> hours.add(of((long) minute)));
    return hours;
  }

  static String key(String kind, String name, long hour) {
    return "ev#" + kind + "#" + name + "#" + hour;
  }

  /// Returns the keys of an hour, the one before, and the one behind.
  static List<String> around(String kind, String name, Collection<Long> hours) {
    NavigableSet<Long> all = new TreeSet<>();
    for (long hour : hours) {
      all.add(hour - 1);
      all.add(hour);
      all.add(hour + 1);
    }
    List<String> keys = new ArrayList<>(all.size());
    for (long hour : all) {
      keys.add(key(kind, name, hour));
    }
    return keys;
  }

  static Instant expiryOf(long hour) {
    return Instant.ofEpochSecond(hour * 3_600).plus(KEPT);
  }

  static Instant timeOf(long minute) {
    return Instant.ofEpochSecond(minute * 60);
  }

  /// Returns when a cause began. For a source outside, remembered times are the first minutes of
  /// ten: the payload's own times are more exact.
  static Instant since(Instant remembered, Instant earliest, boolean isInside) {
    boolean isSameTen = !isInside && earliest.isBefore(remembered.plusSeconds(TEN * 60));
    return isSameTen || remembered.isAfter(earliest) ? earliest : remembered;
  }

  /// Returns the first minutes of the ten minutes that these are in.
  static NavigableSet<Long> toTens(Collection<Long> minutes) {
    NavigableSet<Long> tens = new TreeSet<>();
    minutes.forEach(minute -> tens.add(Math.floorDiv(minute, TEN) * TEN));
    return tens;
  }

  /// Returns the most minutes of half an hour that has one of the touched minutes.
  static int mostInHalfHour(NavigableSet<Long> minutes, NavigableSet<Long> touched) {
    int most = 0;
    for (long start : minutes) {
      Long inWindow = touched.ceiling(start);
      if (inWindow != null && inWindow < start + HALF) {
        most = Math.max(most, minutes.subSet(start, start + HALF).size());
      }
    }
    return most;
  }

  /// Passes each item on with its hour.
  static void forEach(
      Collection<String> keys,
      Map<String, EvidenceItem> items,
      BiConsumer<Long, EvidenceItem> use) {
    for (String key : keys) {
      EvidenceItem item = items.get(key);
      if (item != null) {
        use.accept(Long.parseLong(key, key.lastIndexOf('#') + 1, key.length(), 10), item);
      }
    }
  }
}
