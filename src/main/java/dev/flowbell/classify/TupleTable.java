package dev.flowbell.classify;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/// Numbers tuples of longs in the order in which they first come: 0, 1, 2 and so on, up to a bound.
///
/// A hash table with open addressing, in arrays of primitives: a tuple costs its longs and two to
/// four ints, no object, and a table that is cleared and filled again costs nothing but time. Where
/// the tuples of one payload may be chosen by whoever sends traffic, each table mixes in a number
/// of its own, so that nobody can choose them all for one slot.
///
/// To look a tuple up, [#set] each of its places and call [#find] or [#add].
public final class TupleTable {
  /// Beyond this many slots a cleared table lets its arrays go: one payload in a million needs
  /// them.
  private static final int MOST_SLOTS_KEPT = 1 << 16;

  private static final int FIRST_SLOTS = 64;

  /// An odd number whose bits look random: 2^64 divided by the golden ratio. Multiplying by it
  /// spreads each bit over all that are higher.
  private static final long SPREAD = 0x9e37_79b9_7f4a_7c15L;

  private final int width;
  private final int mostTuples;
  private final long seed = RandomGenerator.getDefault().nextLong();
  // One tuple behind another; behind the last one, that which is being looked up.
  private long[] places;
  // Each a tuple's number + 1, or 0 for none.
  private int[] slots;
  private int size;

  /// @param width how many longs a tuple has
  /// @param mostTuples how many are numbered
  public TupleTable(int width, int mostTuples) {
    this.width = width;
    this.mostTuples = mostTuples;
    places = new long[FIRST_SLOTS / 2 * width];
    slots = new int[FIRST_SLOTS];
  }

  /// Returns how many tuples there are.
  public int size() {
    return size;
  }

  /// Returns one of a tuple's longs.
  public long get(int number, int place) {
    return places[number * width + place];
  }

  /// Sets one of the longs of the tuple to look up.
  public void set(int place, long value) {
    places[size * width + place] = value;
  }

  /// Returns the number of the tuple that was set, or -1 where it isn't there.
  public int find() {
    return slots[findSlot()] - 1;
  }

  /// Returns the number of the tuple that was set, a new one where it wasn't there, or -1 where
  /// there is no room for it.
  public int add() {
    int slot = findSlot();
    if (slots[slot] != 0) {
      return slots[slot] - 1;
    }
    if (size == mostTuples) {
      return -1;
    }
    slots[slot] = ++size;
    if (size == slots.length / 2) {
      grow();
    }
    return size - 1;
  }

  /// Forgets all tuples.
  public void clear() {
    if (slots.length > MOST_SLOTS_KEPT) {
      places = new long[FIRST_SLOTS / 2 * width];
      slots = new int[FIRST_SLOTS];
    } else if (size > 0) {
      Arrays.fill(slots, 0);
    }
    size = 0;
  }

  /// Returns the slot of the tuple that was set, or the free one where it belongs. There always is
  /// one, since half of them at least are free.
  private int findSlot() {
    int slot = slotOf(size);
    while (slots[slot] != 0 && !isSame(slots[slot] - 1)) {
      slot = (slot + 1) & (slots.length - 1);
    }
    return slot;
  }

  private int slotOf(int number) {
    long hash = seed;
    for (int i = number * width; i < (number + 1) * width; i++) {
      hash = (hash ^ places[i]) * SPREAD;
      hash ^= hash >>> 32;
    }
    return (int) hash & (slots.length - 1);
  }

  private boolean isSame(int number) {
    for (int i = 0; i < width; i++) {
      if (places[number * width + i] != places[size * width + i]) {
        return false;
      }
    }
    return true;
  }

  private void grow() {
    places = Arrays.copyOf(places, places.length * 2);
    slots = new int[slots.length * 2];
    for (int number = 0; number < size; number++) {
      int slot = slotOf(number);
      while (slots[slot] != 0) {
        slot = (slot + 1) & (slots.length - 1);
      }
      slots[slot] = number + 1;
    }
  }
}
