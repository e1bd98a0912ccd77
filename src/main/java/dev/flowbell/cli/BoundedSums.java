package dev.flowbell.cli;

import dev.flowbell.metric.Sums;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Sums by key, exact for a bounded number of keys.
///
/// Keys beyond the bound are added up together. Then a key's sum is exact all the same if the key
/// came before the bound was reached; nothing is known of the others but their sum, and that none
/// of them is larger than that.
///
/// @param <K> the keys, in whose order equal sums are listed
final class BoundedSums<K extends Comparable<? super K>> {
  private final int mostKeys;
  private final Map<K, Long> sums = new HashMap<>();
  private long others;

  /// Creates sums.
  ///
  /// @param mostKeys the most keys that have a sum of their own
  BoundedSums(int mostKeys) {
    this.mostKeys = mostKeys;
  }

  /// Adds one to a key's sum.
  void add(K key) {
    if (sums.size() < mostKeys || sums.containsKey(key)) {
      sums.merge(key, 1L, Sums::plus);
    } else {
      others = Sums.plus(others, 1);
    }
  }

  /// Returns the sum of all keys without a sum of their own; 0 where every key has one.
  long others() {
    return others;
  }

  /// Returns the number of keys with a sum of their own.
  int size() {
    return sums.size();
  }

  /// Returns the keys and their sums, the largest first.
  List<Map.Entry<K, Long>> largestFirst() {
    return sums.entrySet().stream()
        .sorted(
            Map.Entry.<K, Long>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .toList();
  }

  /// Returns the keys and their sums, by key.
  List<Map.Entry<K, Long>> byKey() {
    return sums.entrySet().stream().sorted(Map.Entry.comparingByKey()).toList();
  }
}
