package dev.flowbell.backtest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpanTest {
  private static final Instant MIDNIGHT = Instant.parse("2026-11-22T00:00:00Z");

  /// Steps are counted from midnight. A record of ten minutes that ends late leaves one step empty.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0 1 2 3     | 4 |
          0 1 3 4     | 5 |
          0 1 4 5     | 6 | 00:20-00:40
          0 3 4 20    | 21 | 00:10-00:30 00:50-03:20
          1 2         | 2 |
          7           | 1 |
          """)
  void of_gaps(String seen, long steps, String gaps) {
    Span span = spanOf(seen);

    assertThat(span.steps()).isEqualTo(steps);
    assertThat(
            span.gaps().stream()
                .map(gap -> timeOf(gap.from()) + "-" + timeOf(gap.until()))
                .collect(Collectors.joining(" ")))
        .isEqualTo(gaps == null ? "" : gaps);
  }

  /// A damaged time of one record is no gap before the others.
  @Test
  void of_stepsOutside() {
    TreeSet<Long> seen = new TreeSet<>(List.of(0L, stepOf(0), stepOf(1), stepOf(1) + 1_000_000));

    assertThat(Span.of(MIDNIGHT, MIDNIGHT.plusSeconds(1_199), seen))
        .isEqualTo(new Span(MIDNIGHT, MIDNIGHT.plusSeconds(1_199), 2, List.of()));
  }

  @Test
  void days_withoutGaps() {
    Span span = spanOf("0 1 38 143");

    assertThat(span.steps()).isEqualTo(Span.STEPS_OF_DAY);
    assertThat(span.days()).isCloseTo(4.0 / 144, within(1e-9));
    assertThat(span.gapShare()).isCloseTo(140.0 / 144, within(1e-9));
  }

  private static Span spanOf(String seen) {
    TreeSet<Long> steps =
        Arrays.stream(seen.strip().split(" ", -1))
            .map(step -> stepOf(Integer.parseInt(step)))
            .collect(Collectors.toCollection(TreeSet::new));
    Instant first = Instant.ofEpochSecond(steps.first() * 600 + 3);
    Instant last = Instant.ofEpochSecond(steps.last() * 600 + 590);
    return Span.of(first, last, steps);
  }

  private static long stepOf(int step) {
    return Span.stepOf(MIDNIGHT.plus(Duration.ofMinutes(step * 10L)));
  }

  private static String timeOf(Instant time) {
    return time.toString().substring(11, 16);
  }
}
