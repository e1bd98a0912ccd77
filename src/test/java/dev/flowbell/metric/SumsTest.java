package dev.flowbell.metric;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SumsTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0, 0",
    "7, 5, 12",
    "7, -1, 7", // absent
    "9223372036854775800, 7, 9223372036854775807",
    "9223372036854775800, 8, 9223372036854775807",
    "9223372036854775807, 9223372036854775807, 9223372036854775807",
    "9223372036854775807, -1, 9223372036854775807",
    "0, 9223372036854775807, 9223372036854775807"
  })
  void plus_stopsAtTheMost(long sum, long count, long expected) {
    assertThat(Sums.plus(sum, count)).isEqualTo(expected);
  }
}
