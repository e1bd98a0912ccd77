package dev.flowbell.classify;

import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntPredicate;

/// Assigns numbers to tuples of longs, in the order of their first occurrence: 0, 1, 2 and so on,
/// up to a bound.
///
/// It is a hash table with open addressing, in arrays of primitives. A tuple takes its longs and
/// two to four ints, and no object. A cleared table is filled again without allocation. Senders of
/// traffic choose the tuples, so each table adds a random seed to its hashes: nobody can choose
/// tuples that all have the same slot.
///
/// To look a tuple up, [#set] each of its places and call [#find] or [#add].
///
/// A tuple can have sums, which lie beside it: whoever looks it up has them in the processor's
/// cache too.
public final class TupleTable {
  /// A table with more slots drops its arrays when it is cleared, because few payloads need them.
  private static final int MOST_SLOTS_KEPT = 1 << 16;

  private static final int FIRST_SLOTS = 64;

  /// An odd number with random-looking bits: 2^64 divided by the golden ratio. Multiplication by it
  /// spreads each bit over all higher bits.
  private static final long SPREAD = 0x9e37_79b9_7f4a_7c15L;

  private final int width;
  private final int rowWidth;
  private final int mostTuples;
  private final long seed = ThreadLocalRandom.current().nextLong();
  // The tuples in a row, each with its sums, and after the last one the tuple to look up.
  private long[] places;
  // The number of the slot's tuple + 1, or 0 for a free slot.
  private int[] slots;
  private int size;

  /// Creates an empty table.
  ///
  /// @param width how many longs a tuple has
  /// @param mostTuples the most tuples that get a number
  public TupleTable(int width, int mostTuples) {
    this(width, 0, mostTuples);
  }

  /// Creates an empty table.
  ///
  /// @param width how many longs a tuple has
  /// @param sums how many sums a tuple has
  /// @param mostTuples the most tuples that get a number
  public TupleTable(int width, int sums, int mostTuples) {
    this.width = width;
    this.rowWidth = width + sums;
    this.mostTuples = mostTuples;
    places = new long[FIRST_SLOTS / 2 * rowWidth];
    slots = new int[FIRST_SLOTS];
  }

  /// Returns the number of tuples.
  public int size() {
    return size;
  }

  /// Returns one long of a tuple.
  public long get(int number, int place) {
    return places[number * rowWidth + place];
  }

  /// Returns a sum of a tuple, 0 for a new one.
  public long sum(int number, int which) {
    return places[number * rowWidth + width + which];
  }

  /// Sets a sum of a tuple.
  public void setSum(int number, int which, long value) {
    places[number * rowWidth + width + which] = value;
  }

  /// Sets one long of the tuple to look up.
  public void set(int place, long value) {
    places[size * rowWidth + place] = value;
  }

  /// Returns the number of the tuple that was set, or -1 where it is absent.
  public int find() {
    return slots[findSlot()] - 1;
  }

  /// Adds the tuple that was set, unless it is present.
  ///
  /// @return its number, or -1 where it is beyond the bound
  public int add() {
    int slot = findSlot();
    if (slots[slot] != 0) {
      return slots[slot] - 1;
    }
    if (size == mostTuples) {
      return -1;
    }
    slots[slot] = ++size;
    Arrays.fill(places, size * rowWidth - rowWidth + width, size * rowWidth, 0);
    if (size == slots.length / 2) {
      grow();
    }
    return size - 1;
  }

  /// Removes all tuples.
  public void clear() {
    if (slots.length > MOST_SLOTS_KEPT) {
      places = new long[FIRST_SLOTS / 2 * rowWidth];
      slots = new int[FIRST_SLOTS];
    } else if (size > 0) {
      Arrays.fill(slots, 0);
    }
    size = 0;
  }

  /// Keeps some of the tuples and removes the others. Those that are kept get new numbers, in the
  /// same order. The tuple that was set remains set.
  ///
  /// @param isKept is asked once for each number, in order; the tuple can be read
  public void retain(IntPredicate isKept) {
    int kept = 0;
    for (int number = 0; number < size; number++) {
      if (isKept.test(number)) {
        System.arraycopy(places, number * rowWidth, places, kept * rowWidth, rowWidth);
        kept++;
      }
    }
    System.arraycopy(places, size * rowWidth, places, kept * rowWidth, width);
    size = kept;
    Arrays.fill(slots, 0);
    fillSlots();
  }

  /// Returns the slot of the tuple that was set, or a free slot for it. At least half of the slots
  /// are free.
  private int findSlot() {
    int slot = slotOf(size);
    while (slots[slot] != 0 && !isSame(slots[slot] - 1)) {
      slot = (slot + 1) & (slots.length - 1);
    }
    return slot;
  }

  private int slotOf(int number) {
    long hash = seed;
    int start = number * rowWidth;
    for (int i = start; i < start + width; i++) {
      hash = (hash ^ places[i]) * SPREAD;
      hash ^= hash >>> 32;
    }
    return (int) hash & (slots.length - 1);
  }

  /// Compares the last long first: where it has ports, it differs most.
  private boolean isSame(int number) {
    for (int i = width - 1; i >= 0; i--) {
      if (places[number * rowWidth + i] != places[size * rowWidth + i]) {
        return false;
      }
    }
    return true;
  }

  private void grow() {
    places = Arrays.copyOf(places, places.length * 2);
    slots = new int[slots.length * 2];
    fillSlots();
  }

  private void fillSlots() {
    for (int number = 0; number < size; number++) {
      int slot = slotOf(number);
      while (slots[slot] != 0) {
        slot = (slot + 1) & (slots.length - 1);
      }
      slots[slot] = number + 1;
    }
  }
}
