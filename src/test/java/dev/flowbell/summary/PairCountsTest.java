package dev.flowbell.summary;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PairCountsTest {
  private final PairCounts counts = new PairCounts(100);

  @Test
  void top_nothingCounted() {
    counts.addOwner();

    assertThat(top(0, 3)).isEmpty();
    assertThat(counts.probed(0)).isEqualTo(0);
  }

  @Test
  void top_mostFrequentFirstThenByOrder() {
    counts.addOwner();
    for (long thing : new long[] {2, 1, 3, 3, 4, 3, 4, 5, 5}) {
      counts.add(0, 0, thing, thing > 3);
    }

    assertThat(top(0, 4))
        .containsExactly(
            new Counted<>(3L, 3), new Counted<>(4L, 2), new Counted<>(5L, 2), new Counted<>(1L, 1));
    assertThat(top(0, 9)).hasSize(5).endsWith(new Counted<>(2L, 1));
    assertThat(top(0, 0)).isEmpty();
    assertThat(counts.probed(0)).isEqualTo(2);
  }

  @Test
  void top_ofEachOwner() {
    for (int owner = 0; owner < 40; owner++) {
      counts.addOwner();
      counts.add(owner, 1, owner, true);
      counts.add(owner, 2, 7, false);
    }
    counts.add(3, 1, 3, false);

    assertThat(top(3, 9)).containsExactly(new Counted<>(100L + 3, 2), new Counted<>(200L + 7, 1));
    assertThat(top(39, 9)).containsExactly(new Counted<>(100L + 39, 1), new Counted<>(200L + 7, 1));
    assertThat(counts.probed(3)).isEqualTo(1);
  }

  /// Pairs within the bound still count, and others are not added.
  @Test
  void add_pastTheMost() {
    counts.addOwner();
    List<Boolean> hadRoom = new ArrayList<>();
    for (int thing = 0; thing < 102; thing++) {
      hadRoom.add(counts.add(0, 0, thing, true));
    }

    assertThat(hadRoom.subList(0, 100)).containsOnly(true);
    assertThat(hadRoom.subList(100, 102)).containsOnly(false);
    assertThat(counts.add(0, 0, 99, true)).isTrue();
    assertThat(top(0, 1)).containsExactly(new Counted<>(99L, 2));
    assertThat(counts.probed(0)).isEqualTo(100);
  }

  @Test
  void reset_clears() {
    counts.addOwner();
    counts.add(0, 0, 7, true);
    counts.reset();
    counts.addOwner();
    counts.add(0, 0, 8, false);

    assertThat(top(0, 9)).containsExactly(new Counted<>(8L, 1));
    assertThat(counts.probed(0)).isEqualTo(0);
  }

  private List<Counted<Long>> top(int owner, int most) {
    return counts.top(owner, most, (high, low) -> 100 * high + low);
  }
}
