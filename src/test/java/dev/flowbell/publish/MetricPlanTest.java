package dev.flowbell.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.metric.Metric;
import dev.flowbell.metric.MetricDimension;
import dev.flowbell.metric.MetricPoint;
import dev.flowbell.metric.MetricReport;
import dev.flowbell.metric.MetricSeries;
import dev.flowbell.testing.doubles.RecordingProgress;
import dev.flowbell.testing.generator.Reports;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetricPlanTest {
  private static final Instant NOW = Reports.ARRIVAL;
  private static final Instant MINUTE = Reports.MINUTE;

  @Test
  void of_noPoints() {
    assertThat(of()).isEmpty();
    assertThat(of(Reports.total(MINUTE, Map.of()))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"998, '[998]'", "999, '[999]'", "1000, '[999, 1]'", "2500, '[999, 999, 502]'"})
  void of_splitByCount(int values, String sizes) {
    List<MetricPart> parts = MetricPlan.of(Reports.ofMinutes(values), NOW).parts();

    assertThat(parts.stream().map(MetricPart::size).toList().toString()).isEqualTo(sizes);
    assertThat(parts.stream().map(MetricPart::number))
        .containsExactly(Stream.iterate(0, i -> i + 1).limit(parts.size()).toArray(Integer[]::new));
    assertThat(parts.stream().flatMap(part -> part.points().stream()))
        .extracting(MetricPart.Point::minute)
        .doesNotHaveDuplicates()
        .hasSize(values);
  }

  /// The part ends within a point.
  @Test
  void of_splitPoint() {
    MetricPoint[] points =
        Reports.ofMinutes(MetricPlan.MOST_VALUES).points().toArray(MetricPoint[]::new);
    Instant minute = MINUTE.plusSeconds(60);
    points[MetricPlan.MOST_VALUES - 1] =
        Reports.total(
            minute,
            Map.of(Metric.RECORDS, 3L, Metric.CONTROL_MESSAGES, 2L, Metric.DELIVERY_LAG, 250L));

    List<MetricPart> parts = of(points);

    assertThat(parts).extracting(MetricPart::size).containsExactly(999, 2);
    assertThat(parts.get(0).points().getLast())
        .isEqualTo(new MetricPart.Point(MetricSeries.TOTAL, minute, Map.of(Metric.RECORDS, 3L)));
    assertThat(parts.get(1).points())
        .containsExactly(
            new MetricPart.Point(
                MetricSeries.TOTAL,
                minute,
                Map.of(Metric.CONTROL_MESSAGES, 2L, Metric.DELIVERY_LAG, 250L)));
  }

  @Test
  void of_splitByBytes() {
    // 1,000 of these would be 3 MB as query parameters.
    List<MetricPoint> points = new ArrayList<>();
    for (int i = 0; i < 800; i++) {
      String value = String.format(Locale.ROOT, "%04d", i) + "x".repeat(1_020);
      points.add(
          new MetricPoint(
              new MetricSeries(Map.of(MetricDimension.LOG_GROUP, value)),
              MINUTE,
              Map.of(Metric.RECORDS, (long) i)));
    }

    List<MetricPart> parts = of(points.toArray(MetricPoint[]::new));

    assertThat(parts.stream().map(MetricPart::size)).containsExactly(256, 256, 256, 32);
    assertThat(parts)
        .allSatisfy(
            part ->
                assertThat(
                        part.points().stream()
                            .mapToInt(point -> MetricPlan.bytesOf(Metric.RECORDS, point.series()))
                            .sum())
                    .isLessThanOrEqualTo(MetricPlan.MOST_BYTES));
    assertThat(
            parts.stream()
                .flatMap(part -> part.points().stream())
                .flatMap(point -> point.values().values().stream()))
        .containsExactlyElementsOf(
            points.stream().map(point -> point.values().get(Metric.RECORDS)).toList());
  }

  /// The query protocol needs the most bytes of the protocols that the SDK can use.
  @Test
  void bytesOf_isNoLessThanQueryParameters() {
    Map<MetricDimension, String> dimensions = new LinkedHashMap<>();
    dimensions.put(MetricDimension.REJECT_REASON, "é/".repeat(50));
    dimensions.put(MetricDimension.FLOW_DIRECTION, "ingress");
    String query =
        """
        &MetricData.member.1000.MetricName=UnansweredHandshakes\
        &MetricData.member.1000.Dimensions.member.1.Name=RejectReason\
        &MetricData.member.1000.Dimensions.member.1.Value=%s\
        &MetricData.member.1000.Dimensions.member.2.Name=FlowDirection\
        &MetricData.member.1000.Dimensions.member.2.Value=ingress\
        &MetricData.member.1000.Timestamp=2026-11-22T10%%3A14%%3A00Z\
        &MetricData.member.1000.Value=9.2E18&MetricData.member.1000.Unit=Count\
        """
            .formatted("%3F%2F".repeat(50));

    assertThat(MetricPlan.bytesOf(Metric.UNANSWERED_HANDSHAKES, new MetricSeries(dimensions)))
        .isGreaterThan(query.length());
  }

  /// "Time stamps must be no more than two weeks before the current date and no more than 2 hours
  /// after": one minute within either bound, because the request takes time.
  @ParameterizedTest
  @CsvSource({
    "2026-11-08T10:21:00Z, 2026-11-08T10:21:00Z",
    "2026-11-08T10:20:00Z, 2026-11-08T10:21:00Z",
    "1970-01-01T00:00:00Z, 2026-11-08T10:21:00Z",
    "2026-11-22T12:18:00Z, 2026-11-22T12:18:00Z",
    "2026-11-22T12:19:00Z, 2026-11-22T12:18:00Z",
    "2106-02-07T06:28:00Z, 2026-11-22T12:18:00Z"
  })
  void of_timesMovedIntoBounds(Instant minute, Instant moved) {
    assertThat(of(Reports.total(minute, Map.of(Metric.RECORDS, 3L))).getFirst().points())
        .containsExactly(
            new MetricPart.Point(MetricSeries.TOTAL, moved, Map.of(Metric.RECORDS, 3L)));
    assertThat(moved).isBetween(NOW.minus(MetricPlan.OLDEST), NOW.plus(MetricPlan.NEWEST));
  }

  @Test
  void of_pointsMovedTogetherAreAddedUp() {
    MetricSeries ofVpc = new MetricSeries(Map.of(MetricDimension.VPC_ID, "vpc-abcd1234"));
    Instant old = Instant.parse("2026-01-01T00:00:00Z");
    Instant moved = Instant.parse("2026-11-08T10:21:00Z");

    List<MetricPart> parts =
        of(
            Reports.total(old, Map.of(Metric.RECORDS, 3L, Metric.REJECTED_BYTES, Long.MAX_VALUE)),
            new MetricPoint(ofVpc, old, Map.of(Metric.RECORDS, 2L)),
            Reports.total(
                old.plusSeconds(60), Map.of(Metric.RECORDS, 4L, Metric.REJECTED_BYTES, 1L)));

    assertThat(parts.getFirst().points())
        .containsExactly(
            new MetricPart.Point(
                MetricSeries.TOTAL,
                moved,
                Map.of(Metric.RECORDS, 7L, Metric.REJECTED_BYTES, Long.MAX_VALUE)),
            new MetricPart.Point(ofVpc, moved, Map.of(Metric.RECORDS, 2L)));
  }

  /// The ledger records part numbers, so a value must not change its part between versions: values
  /// are in the order in which the points first have them.
  @Test
  void of_addedUpValuesStayInTheirOrder() {
    List<MetricPart> parts =
        of(
            Reports.total(MINUTE, Map.of(Metric.DELIVERY_LAG, 250L)),
            Reports.total(MINUTE, Map.of(Metric.CONTROL_MESSAGES, 2L, Metric.RECORDS, 3L)));

    assertThat(parts.getFirst().points().getFirst().values().keySet())
        .containsExactly(Metric.DELIVERY_LAG, Metric.RECORDS, Metric.CONTROL_MESSAGES);
  }

  @ParameterizedTest
  @CsvSource({
    "vpc-abcd1234, vpc-abcd1234",
    "/vpc/flow logs, /vpc/flow?logs",
    "é🔔, ???",
    "'', ?",
    "' ', ?",
    "'a\tb\u007f', a?b?",
    ":start, :start",
    "~!, ~!"
  })
  void of_dimensionValue(String value, String sent) {
    assertThat(seriesOf(value)).isEqualTo(Map.of(MetricDimension.LOG_GROUP, sent));
  }

  @Test
  void of_dimensionValueShortened() {
    assertThat(seriesOf("x".repeat(10_000)))
        .isEqualTo(Map.of(MetricDimension.LOG_GROUP, "x".repeat(1_024)));
  }

  private static Map<MetricDimension, String> seriesOf(String logGroup) {
    return of(new MetricPoint(
            new MetricSeries(Map.of(MetricDimension.LOG_GROUP, logGroup)),
            MINUTE,
            Map.of(Metric.RECORDS, 3L)))
        .getFirst()
        .points()
        .getFirst()
        .series()
        .dimensions();
  }

  /// The parts that an invocation sends, each with its possible duplicates. An interrupted
  /// invocation had sent up to four unrecorded parts: those with the lowest numbers.
  @ParameterizedTest
  @CsvSource({
    "1, '', false, 0, 0:0",
    "1, '', true, 1, 0:1",
    "6, '', false, 0, 0:0 1:0 2:0 3:0 4:0 5:0",
    "6, '', true, 1, 0:1 1:1 2:1 3:1 4:0 5:0",
    "6, 1 3, true, 1, 0:1 2:1 4:1 5:1",
    "6, 0 1 2 3 5, true, 2, 4:2",
    "6, 0, false, 3, 1:3 2:0 3:0 4:0 5:0",
    "2, 0 1, false, 0, ''",
    "2, 0 1, false, 2, 2:2",
    "0, '', true, 1, 0:1"
  })
  void open_parts(
      int parts, String accepted, boolean wasInterrupted, long possibleDuplicates, String open) {
    Set<Integer> before =
        Arrays.stream(accepted.split(" ", -1))
            .filter(number -> !number.isEmpty())
            .map(Integer::valueOf)
            .collect(Collectors.toSet());
    MetricReport report =
        Reports.withPossibleDuplicates(
            Reports.ofMinutes(Math.max(0, parts * MetricPlan.MOST_VALUES - 5)), possibleDuplicates);

    assertThat(
            doubtsOf(
                MetricPlan.of(report, NOW).open(new RecordingProgress(before, wasInterrupted))))
        .isEqualTo(open);
  }

  /// Numbers of another plan mean nothing: all parts are sent, and each one that was accepted may
  /// be contained in them.
  @Test
  void open_acceptedPartsOfAnotherPlan() {
    MetricReport report =
        Reports.withPossibleDuplicates(Reports.ofMinutes(3 * MetricPlan.MOST_VALUES), 1);
    MetricPlan plan = MetricPlan.of(report, NOW);

    assertThat(doubtsOf(plan.open(new RecordingProgress(Set.of(0, 2), plan.id()))))
        .isEqualTo("1:1");
    assertThat(doubtsOf(plan.open(new RecordingProgress(Set.of(0, 2), plan.id() + 1))))
        .isEqualTo("0:3 1:0 2:0");
  }

  private static String doubtsOf(List<MetricPart> parts) {
    return parts.stream()
        .map(part -> part.number() + ":" + part.possibleDuplicates())
        .collect(Collectors.joining(" "));
  }

  @Test
  void id_isThatOfTheSameValuesInTheSameParts() {
    List<MetricPoint> points = Reports.ofMinutes(1_500).points();
    MetricPoint own =
        new MetricPoint(
            MetricSeries.TOTAL,
            points.getFirst().minute(),
            Map.of(Metric.ALERTS_SUPPRESSED, 3L, Metric.OVER_BOUNDS, 1L));
    List<MetricPoint> withOwn = new ArrayList<>(points);
    withOwn.add(own);
    MetricPlan plan = MetricPlan.of(report(points), NOW);

    MetricPlan same = MetricPlan.of(report(withOwn), NOW);
    assertThat(same.id()).isEqualTo(plan.id());
    assertThat(same.parts().getFirst()).isEqualTo(plan.parts().getFirst());
    assertThat(MetricPlan.of(report(points), NOW.plus(Duration.ofDays(20))).id())
        .isEqualTo(plan.id());
    assertThat(MetricPlan.of(report(points.subList(1, points.size())), NOW).id())
        .isNotEqualTo(plan.id());
  }

  private static MetricReport report(List<MetricPoint> points) {
    return Reports.of(points.toArray(MetricPoint[]::new));
  }

  @Test
  void of_possibleDuplicatesChangeNothing() {
    MetricReport report = Reports.ofMinutes(2 * MetricPlan.MOST_VALUES);

    assertThat(MetricPlan.of(Reports.withPossibleDuplicates(report, 5), NOW).parts())
        .isEqualTo(MetricPlan.of(report, NOW).parts())
        .hasSize(2);
  }

  private static List<MetricPart> of(MetricPoint... points) {
    return MetricPlan.of(Reports.of(points), NOW).parts();
  }
}
