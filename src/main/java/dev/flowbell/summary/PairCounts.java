package dev.flowbell.summary;

import dev.flowbell.classify.TupleTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/// Counts how often each of several things came to each of several owners: ports, or hosts, of
/// sources. The things are two longs, the owners are numbered.
///
/// One table for all owners, because most of a payload's sources have a port or two: a table for
/// each would be mostly empty.
final class PairCounts {
  /// Makes of a thing's two longs what a summary has.
  interface Thing<T> {
    T of(long high, long low);
  }

  private static final int NONE = -1;

  private final TupleTable pairs;
  // By number of the pair.
  private int[] counts = new int[32];
  private int[] probes = new int[32];
  // The pair of the same owner that came before it.
  private int[] earlier = new int[32];
  // By owner, the pair that came last.
  private int[] latest = new int[32];
  private int owners;

  /// @param mostPairs how many there is room for
  PairCounts(int mostPairs) {
    pairs = new TupleTable(3, mostPairs);
  }

  void reset() {
    pairs.clear();
    owners = 0;
  }

  /// Makes room for the next owner, whose number is that of those made before.
  void addOwner() {
    latest = withRoomFor(owners, latest);
    latest[owners++] = NONE;
  }

  /// Counts a thing.
  ///
  /// @param isProbe whether to count it among those that were tried
  /// @return whether there was room for it
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
      counts = withRoomFor(pair, counts);
      probes = withRoomFor(pair, probes);
      earlier = withRoomFor(pair, earlier);
      counts[pair] = 0;
      probes[pair] = 0;
      earlier[pair] = latest[owner];
      latest[owner] = pair;
    }
    counts[pair]++;
    probes[pair] += isProbe ? 1 : 0;
    return true;
  }

  /// Returns how many different things an owner tried.
  int probed(int owner) {
    int probed = 0;
    for (int pair = latest[owner]; pair != NONE; pair = earlier[pair]) {
      probed += probes[pair] > 0 ? 1 : 0;
    }
    return probed;
  }

  /// Returns the things that came most often to an owner, the most frequent first; between equal
  /// counts their natural order decides, so that the same records always make the same summary.
  <T extends Comparable<T>> List<Counted<T>> top(int owner, int most, Thing<T> thing) {
    List<Counted<T>> all = new ArrayList<>();
    for (int pair = latest[owner]; pair != NONE; pair = earlier[pair]) {
      all.add(new Counted<>(thing.of(pairs.get(pair, 1), pairs.get(pair, 2)), counts[pair]));
    }
    if (all.size() > 1) {
      all.sort(
          Comparator.<Counted<T>>comparingLong(Counted::count)
              .reversed()
              .thenComparing(Counted::value));
    }
    return List.copyOf(all.subList(0, Math.min(most, all.size())));
  }

  private static int[] withRoomFor(int index, int[] array) {
    return index < array.length ? array : Arrays.copyOf(array, array.length * 2);
  }
}
