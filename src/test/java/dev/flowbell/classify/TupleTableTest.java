package dev.flowbell.classify;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
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

  /// What was set is found behind it, and the table grows on.
  @Test
  void retain_asAMap() {
    TupleTable table = new TupleTable(1, 1, 1_000_000);
    for (int i = 0; i < 1_000; i++) {
      add(table, 7L * i);
      table.setSum(i, 0, i);
    }
    List<Integer> asked = new ArrayList<>();
    table.set(0, 7L * 998);
    table.retain(
        number -> {
          asked.add(number);
          return table.get(number, 0) % 3 == 0 && table.sum(number, 0) >= 500;
        });

    assertThat(asked).isEqualTo(IntStream.range(0, 1_000).boxed().toList());
    assertThat(table.size()).isEqualTo(167);
    assertThat(table.find()).isEqualTo(-1);
    for (int i = 0; i < 167; i++) {
      table.set(0, 7L * (501 + 3 * i));
      assertThat(table.find()).isEqualTo(i);
      assertThat(table.sum(i, 0)).isEqualTo(501 + 3 * i);
    }
    table.set(0, 7L * 501);
    table.retain(number -> number == 0);
    assertThat(table.find()).isEqualTo(0);
    for (int i = 1; i < 1_000; i++) {
      assertThat(add(table, i)).isEqualTo(i);
      assertThat(table.sum(i, 0)).isEqualTo(0);
    }
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
