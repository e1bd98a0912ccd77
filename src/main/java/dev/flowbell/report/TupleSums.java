package dev.flowbell.report;

import dev.flowbell.classify.TupleTable;
import dev.flowbell.metric.Sums;

/// Sums by a tuple of longs, for a bounded number of tuples. All is in arrays of primitives.
final class TupleSums {
  private final TupleTable tuples;

  /// Creates an empty table.
  ///
  /// @param longs how many longs a tuple has
  /// @param sums how many sums each tuple has
  /// @param mostTuples the most tuples that have sums
  TupleSums(int longs, int sums, int mostTuples) {
    tuples = new TupleTable(longs, sums, mostTuples);
  }

  /// Returns the number of a tuple of one long, or -1 where it is beyond the bound.
  int add(long tuple) {
    tuples.set(0, tuple);
    return tuples.add();
  }

  /// Returns the number of a tuple of two longs, or -1 where it is beyond the bound.
  int add(long first, long second) {
    tuples.set(0, first);
    tuples.set(1, second);
    return tuples.add();
  }

  /// Returns the number of a tuple of three longs, or -1 where it is beyond the bound.
  int add(long first, long second, long third) {
    tuples.set(0, first);
    tuples.set(1, second);
    tuples.set(2, third);
    return tuples.add();
  }

  /// Returns the number of a tuple of one long, or -1 where it is absent.
  int find(long tuple) {
    tuples.set(0, tuple);
    return tuples.find();
  }

  /// Removes all tuples.
  void clear() {
    tuples.clear();
  }

  int size() {
    return tuples.size();
  }

  /// Returns one long of a tuple.
  long tuple(int number, int place) {
    return tuples.get(number, place);
  }

  long sum(int number, int which) {
    return tuples.sum(number, which);
  }

  void set(int number, int which, long value) {
    tuples.setSum(number, which, value);
  }

  /// Adds a count, at most to `Long.MAX_VALUE`.
  void plus(int number, int which, long count) {
    tuples.setSum(number, which, Sums.plus(tuples.sum(number, which), count));
  }
}
