package dev.flowbell.classify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TupleTableTest {
  /// Few values, so that tuples are repeated, and several rounds, so that a cleared table is
  /// reused.
  @Test
  void add_asAMap() {
    Random random = new Random(3);
    TupleTable table = new TupleTable(3, 1_000_000);
    for (int values : new int[] {2, 10, 100, 3, 40}) {
      table.clear();
      Map<List<Long>, Integer> numbers = new HashMap<>();
      List<List<Long>> tuples = new ArrayList<>();
      for (int i = 0; i < 50_000; i++) {
        List<Long> tuple =
            List.of(
                (long) random.nextInt(values),
                (long) random.nextInt(values) << 32,
                -(long) random.nextInt(values));
        assertThat(number(table, tuple, false)).isEqualTo(numbers.getOrDefault(tuple, -1));
        int number = number(table, tuple, true);
        if (numbers.putIfAbsent(tuple, tuples.size()) == null) {
          tuples.add(tuple);
        }
        assertThat(number).isEqualTo(numbers.get(tuple));
      }
      assertThat(table.size()).isEqualTo(tuples.size());
      for (int i = 0; i < tuples.size(); i++) {
        assertThat(List.of(table.get(i, 0), table.get(i, 1), table.get(i, 2)))
            .isEqualTo(tuples.get(i));
      }
    }
  }

  @Test
  void add_pastTheMost() {
    TupleTable table = new TupleTable(1, 2);

    assertThat(List.of(add(table, 7), add(table, 8), add(table, 9), add(table, 8)))
        .isEqualTo(List.of(0, 1, -1, 1));
    table.clear();
    assertThat(List.of(add(table, 9), add(table, 7))).isEqualTo(List.of(0, 1));
    assertThat(table.size()).isEqualTo(2);
  }

  private static int add(TupleTable table, long value) {
    table.set(0, value);
    return table.add();
  }

  private static int number(TupleTable table, List<Long> tuple, boolean isToAdd) {
    for (int i = 0; i < tuple.size(); i++) {
      table.set(i, tuple.get(i));
    }
    return isToAdd ? table.add() : table.find();
  }
}
