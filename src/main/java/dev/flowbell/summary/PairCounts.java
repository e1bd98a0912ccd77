package dev.flowbell.summary;

import dev.flowbell.classify.TupleTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// Counts how often each port, or each host, occurs for each source. Ports and hosts are called
/// items here, and consist of two longs. Sources are called owners, and have numbers.
///
/// One table holds the items of all owners. Most sources have one or two ports, so a table for each
/// owner would be mostly empty.
final class PairCounts {
  /// Converts two longs to a port or an address.
  interface Item<T> {
    T of(long high, long low);
  }

  private static final int NONE = -1;

  private final TupleTable pairs;
  // Indexed by the number of the pair.
  private int[] counts = new int[32];
  private int[] probes = new int[32];
  // The pair of the same owner that was added before it.
  private int[] earlier = new int[32];
  // Indexed by owner, the pair that was added last.
  private int[] latest = new int[32];
  private int owners;

  /// Creates counts without owners.
  ///
  /// @param mostPairs the most pairs of an owner and an item
  PairCounts(int mostPairs) {
    pairs = new TupleTable(3, mostPairs);
  }

  /// Clears the counts for the next payload.
  void reset() {
    pairs.clear();
    owners = 0;
  }

  /// Adds an owner. Owners get the numbers 0, 1, 2 and so on.
  void addOwner() {
    latest = grownTo(owners, latest);
    latest[owners++] = NONE;
  }

  /// Counts an item.
  ///
  /// @param isProbe whether the record is an attempt to reach it
  /// @return whether it is within the bound
  boolean add(int owner, long high, long low, boolean isProbe) {
    pairs.set(0, owner);
    pairs.set(1, high);
    pairs.set(2, low);
    int before = pairs.size();
    int pair = pairs.add();
    if (pair < 0) {
      return false;
    }
    if (pair == before) {
      counts = grownTo(pair, counts);
      probes = grownTo(pair, probes);
      earlier = grownTo(pair, earlier);
      counts[pair] = 0;
      probes[pair] = 0;
      earlier[pair] = latest[owner];
      latest[owner] = pair;
    }
    counts[pair]++;
    probes[pair] += isProbe ? 1 : 0;
    return true;
  }

  /// Returns how many different items an owner tried to reach.
  int probed(int owner) {
    int probed = 0;
    for (int pair = latest[owner]; pair != NONE; pair = earlier[pair]) {
      probed += probes[pair] > 0 ? 1 : 0;
    }
    return probed;
  }

  /// Returns the most frequent items of an owner, the most frequent first. Items with equal counts
  /// are in their natural order, so the same records always give the same summary.
  <T extends Comparable<T>> List<Counted<T>> top(int owner, int most, Item<T> item) {
    List<Counted<T>> all = new ArrayList<>();
    for (int pair = latest[owner]; pair != NONE; pair = earlier[pair]) {
      all.add(new Counted<>(item.of(pairs.get(pair, 1), pairs.get(pair, 2)), counts[pair]));
    }
    if (all.size() > 1) {
      all.sort(
          Comparator.<Counted<T>>comparingLong(Counted::count)
              .reversed()
              .thenComparing(Counted::value));
    }
    return List.copyOf(all.subList(0, Math.min(most, all.size())));
  }

  private static int[] grownTo(int index, int[] array) {
    return index < array.length ? array : Arrays.copyOf(array, array.length * 2);
  }
}
