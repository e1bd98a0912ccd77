package dev.flowbell.summary;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Counts how often each of several things came.
///
/// @param <T> the things; their natural order decides between equal counts, so that the same
///   records always make the same summary
final class Tally<T extends Comparable<T>> {
  private final Map<T, long[]> counts = new HashMap<>();

  /// Returns whether the thing was counted before.
  boolean has(T thing) {
    return counts.containsKey(thing);
  }

  void add(T thing) {
    counts.computeIfAbsent(thing, _ -> new long[1])[0]++;
  }

  int distinct() {
    return counts.size();
  }

  /// Returns the things that came most often, the most frequent first.
  List<Counted<T>> top(int most) {
    Collection<Map.Entry<T, long[]>> entries = counts.entrySet();
    return entries.stream()
        .map(entry -> new Counted<>(entry.getKey(), entry.getValue()[0]))
        .sorted(
            Comparator.<Counted<T>>comparingLong(Counted::count)
                .reversed()
                .thenComparing(Counted::value))
        .limit(most)
        .toList();
  }
}
