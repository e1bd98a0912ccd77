package dev.flowbell.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClaimProgressTest {
  /// A third of the time that is left, between the shortest and the longest wait.
  @ParameterizedTest
  @CsvSource({
    "900000, 20000",
    "60000, 20000",
    "58000, 19333",
    "30000, 10000",
    "24000, 8000",
    "13000, 8000",
    "0, 8000"
  })
  void longestAnswer_suitsTheTimeLeft(long remaining, long longest) {
    assertThat(new ClaimProgress(null, () -> Duration.ofMillis(remaining)).longestAnswer())
        .isEqualTo(Duration.ofMillis(longest));
  }
}
