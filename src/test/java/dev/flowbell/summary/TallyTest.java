package dev.flowbell.summary;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class TallyTest {
  private final Tally<String> tally = new Tally<>();

  @Test
  void top_nothingCounted() {
    assertThat(tally.top(3)).isEmpty();
    assertThat(tally.distinct()).isEqualTo(0);
  }

  @Test
  void top_mostFrequentFirstThenByOrder() {
    List.of("b", "c", "a", "c", "d", "c", "d", "e", "e").forEach(tally::add);

    assertThat(tally.top(4))
        .containsExactly(
            new Counted<>("c", 3),
            new Counted<>("d", 2),
            new Counted<>("e", 2),
            new Counted<>("a", 1));
    assertThat(tally.top(9)).hasSize(5).endsWith(new Counted<>("b", 1));
    assertThat(tally.top(0)).isEmpty();
    assertThat(tally.distinct()).isEqualTo(5);
  }

  @Test
  void has_whatWasCounted() {
    tally.add("a");

    assertThat(tally.has("a")).isTrue();
    assertThat(tally.has("b")).isFalse();
  }
}
