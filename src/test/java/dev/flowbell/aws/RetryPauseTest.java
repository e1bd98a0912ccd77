package dev.flowbell.aws;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryPauseTest {
  @ParameterizedTest
  @CsvSource({"1, 100, 200", "2, 200, 400", "3, 400, 800"})
  void after_doublesAndIsRandom(int attempt, long shortest, long end) {
    Set<Duration> pauses =
        Stream.generate(() -> RetryPause.after(attempt)).limit(1_000).collect(Collectors.toSet());

    assertThat(pauses)
        .hasSizeGreaterThan(50)
        .allSatisfy(
            pause ->
                assertThat(pause)
                    .isBetween(Duration.ofMillis(shortest), Duration.ofMillis(end - 1)));
  }
}
