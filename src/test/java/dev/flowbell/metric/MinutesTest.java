package dev.flowbell.metric;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MinutesTest {
  @ParameterizedTest
  @CsvSource({
    "2026-11-22T10:14:00Z, 2026-11-22T10:14:00Z",
    "2026-11-22T10:14:59.999Z, 2026-11-22T10:14:00Z",
    "2026-11-22T10:15:00Z, 2026-11-22T10:15:00Z",
    "1969-12-31T23:59:59Z, 1969-12-31T23:59:00Z"
  })
  void of_wholeMinute(Instant time, Instant expected) {
    assertThat(Minutes.of(time)).isEqualTo(expected);
  }
}
