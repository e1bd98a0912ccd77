package dev.flowbell.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.metric.Metric;
import dev.flowbell.metric.MetricDimension;
import dev.flowbell.metric.MetricPoint;
import dev.flowbell.metric.MetricSeries;
import dev.flowbell.summary.FlowSummary;
import dev.flowbell.summary.LogOrigin;
import dev.flowbell.testing.doubles.RecordingProgress;
import dev.flowbell.testing.generator.Summaries;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
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
import software.amazon.awssdk.services.cloudwatch.model.Dimension;
import software.amazon.awssdk.services.cloudwatch.model.MetricDatum;
import software.amazon.awssdk.services.cloudwatch.model.PutMetricDataRequest;
import software.amazon.awssdk.services.cloudwatch.model.StandardUnit;

class MetricRequestsTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:19:13Z");
  private static final Instant MINUTE = Instant.parse("2026-11-22T10:14:00Z");

  @Test
  void of_wholeRequest() {
    Map<MetricDimension, String> dimensions = new LinkedHashMap<>();
    dimensions.put(MetricDimension.VPC_ID, "vpc-abcd1234");
    dimensions.put(MetricDimension.REJECT_REASON, "BPA");

    List<PutMetricDataRequest> requests =
        of(
            new MetricPoint(
                MetricSeries.TOTAL,
                MINUTE,
                Map.of(Metric.RECORDS, 470L, Metric.REJECTED_BYTES, 25_753L)),
            new MetricPoint(
                MetricSeries.TOTAL, MINUTE.plusSeconds(60), Map.of(Metric.DELIVERY_LAG, 250L)),
            new MetricPoint(
                new MetricSeries(dimensions), MINUTE, Map.of(Metric.REJECTED_FLOWS, 0L)));

    assertThat(requests)
        .containsExactly(
            PutMetricDataRequest.builder()
                .namespace("Flowbell/Test")
                .metricData(
                    datum("Records", MINUTE, 470, StandardUnit.COUNT),
                    datum("RejectedBytes", MINUTE, 25_753, StandardUnit.BYTES),
                    datum("DeliveryLag", MINUTE.plusSeconds(60), 250, StandardUnit.SECONDS),
                    datum(
                        "RejectedFlows",
                        MINUTE,
                        0,
                        StandardUnit.COUNT,
                        dimension("VpcId", "vpc-abcd1234"),
                        dimension("RejectReason", "BPA")))
                .build());
  }

  @Test
  void of_noPoints() {
    assertThat(of()).isEmpty();
    assertThat(of(new MetricPoint(MetricSeries.TOTAL, MINUTE, Map.of()))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"998, '[998]'", "999, '[999]'", "1000, '[999, 1]'", "2500, '[999, 999, 502]'"})
  void of_splitByCount(int points, String sizes) {
    List<PutMetricDataRequest> requests = of(minutes(points));

    assertThat(requests.stream().map(request -> request.metricData().size()).toList().toString())
        .isEqualTo(sizes);
    assertThat(requests.stream().flatMap(request -> request.metricData().stream()))
        .extracting(MetricDatum::timestamp)
        .doesNotHaveDuplicates()
        .hasSize(points);
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

    List<PutMetricDataRequest> requests = of(points.toArray(MetricPoint[]::new));

    assertThat(requests.stream().map(request -> request.metricData().size()))
        .containsExactly(256, 256, 256, 32);
    assertThat(requests)
        .allSatisfy(
            request ->
                assertThat(request.metricData().stream().mapToInt(MetricRequests::bytesOf).sum())
                    .isLessThanOrEqualTo(MetricRequests.MOST_BYTES));
    assertThat(
            requests.stream()
                .flatMap(request -> request.metricData().stream())
                .map(MetricDatum::value))
        .containsExactlyElementsOf(
            points.stream().map(point -> (double) point.values().get(Metric.RECORDS)).toList());
  }

  /// More than any of the protocols that the SDK speaks makes of it.
  @Test
  void bytesOf_isNoLessThanQueryParameters() {
    MetricDatum datum =
        datum(
            "UnansweredHandshakes",
            MINUTE,
            9.2e18,
            StandardUnit.COUNT,
            dimension("RejectReason", "é/".repeat(50)),
            dimension("FlowDirection", "ingress"));
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

    assertThat(MetricRequests.bytesOf(datum)).isGreaterThan(query.length());
  }

  /// "Time stamps must be no more than two weeks before the current date and no more than 2 hours
  /// after": a minute inside of either, as the request takes time.
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
    List<PutMetricDataRequest> requests =
        of(new MetricPoint(MetricSeries.TOTAL, minute, Map.of(Metric.RECORDS, 3L)));

    assertThat(requests.getFirst().metricData())
        .containsExactly(datum("Records", moved, 3, StandardUnit.COUNT));
    assertThat(moved).isBetween(NOW.minus(MetricRequests.OLDEST), NOW.plus(MetricRequests.NEWEST));
  }

  @Test
  void of_pointsMovedTogetherAreAddedUp() {
    MetricSeries ofVpc = new MetricSeries(Map.of(MetricDimension.VPC_ID, "vpc-abcd1234"));
    Instant old = Instant.parse("2026-01-01T00:00:00Z");
    Instant moved = Instant.parse("2026-11-08T10:21:00Z");

    List<PutMetricDataRequest> requests =
        of(
            new MetricPoint(
                MetricSeries.TOTAL,
                old,
                Map.of(Metric.RECORDS, 3L, Metric.REJECTED_BYTES, Long.MAX_VALUE)),
            new MetricPoint(ofVpc, old, Map.of(Metric.RECORDS, 2L)),
            new MetricPoint(
                MetricSeries.TOTAL,
                old.plusSeconds(60),
                Map.of(Metric.RECORDS, 4L, Metric.REJECTED_BYTES, 1L)));

    assertThat(requests.getFirst().metricData())
        .containsExactly(
            datum("Records", moved, 7, StandardUnit.COUNT),
            datum("RejectedBytes", moved, 0x1p63, StandardUnit.BYTES),
            datum("Records", moved, 2, StandardUnit.COUNT, dimension("VpcId", "vpc-abcd1234")));
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
    List<PutMetricDataRequest> requests =
        of(
            new MetricPoint(
                new MetricSeries(Map.of(MetricDimension.LOG_GROUP, value)),
                MINUTE,
                Map.of(Metric.RECORDS, 3L)));

    assertThat(requests.getFirst().metricData().getFirst().dimensions())
        .containsExactly(dimension("LogGroup", sent));
  }

  @Test
  void of_dimensionValueShortened() {
    List<PutMetricDataRequest> requests =
        of(
            new MetricPoint(
                new MetricSeries(Map.of(MetricDimension.LOG_GROUP, "x".repeat(10_000))),
                MINUTE,
                Map.of(Metric.RECORDS, 3L)));

    assertThat(requests.getFirst().metricData().getFirst().dimensions())
        .containsExactly(dimension("LogGroup", "x".repeat(1_024)));
  }

  /// Which requests a run sends, and what each tells of possible duplicates: a run that was cut off
  /// had four under way at most, the lowest of those that weren't noted.
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
  void open_requests(
      int requests, String taken, boolean isAfterCut, long possibleDuplicates, String expected) {
    Set<Integer> before =
        Stream.of(taken.split(" ", -1))
            .filter(number -> !number.isEmpty())
            .map(Integer::valueOf)
            .collect(Collectors.toSet());
    FlowSummary summary =
        summary(minutes(Math.max(0, requests * MetricRequests.MOST_DATA - 5)))
            .withDoings(Map.of(Metric.POSSIBLE_DUPLICATES, possibleDuplicates));

    assertThat(
            MetricRequests.open(
                    summary, "Flowbell/Test", NOW, new RecordingProgress(before, isAfterCut))
                .stream()
                .map(request -> request.number() + ":" + request.possibleDuplicates())
                .collect(Collectors.joining(" ")))
        .isEqualTo(expected);
  }

  @Test
  void of_possibleDuplicatesChangeNothing() {
    MetricPoint[] points = minutes(2 * MetricRequests.MOST_DATA);
    points[7] =
        new MetricPoint(
            MetricSeries.TOTAL,
            NOW.truncatedTo(ChronoUnit.MINUTES),
            Map.of(Metric.ALERTS_SENT, 1L));
    FlowSummary summary = summary(points);

    assertThat(of(summary.withDoings(Map.of(Metric.POSSIBLE_DUPLICATES, 5L))))
        .isEqualTo(of(summary))
        .hasSize(2);
  }

  @Test
  void toSend_tellsOfDuplicatesInOneDatum() {
    FlowSummary summary =
        summary(minutes(MetricRequests.MOST_DATA))
            .withDoings(Map.of(Metric.POSSIBLE_DUPLICATES, 2L));
    MetricRequest request =
        MetricRequests.open(summary, "Flowbell/Test", NOW, MetricProgress.NONE).getFirst();
    Instant minute = Instant.parse("2026-11-22T10:19:00Z");

    assertThat(request.toSend(false, NOW).metricData())
        .hasSize(1_000)
        .endsWith(datum("PossibleDuplicates", minute, 2, StandardUnit.COUNT));
    assertThat(request.toSend(true, NOW).metricData())
        .hasSize(1_000)
        .endsWith(datum("PossibleDuplicates", minute, 3, StandardUnit.COUNT));
  }

  private static MetricPoint[] minutes(int count) {
    MetricPoint[] points = new MetricPoint[count];
    for (int i = 0; i < count; i++) {
      points[i] =
          new MetricPoint(
              MetricSeries.TOTAL, MINUTE.minusSeconds(60L * i), Map.of(Metric.RECORDS, 1L + i));
    }
    return points;
  }

  private static List<PutMetricDataRequest> of(MetricPoint... points) {
    return of(summary(points));
  }

  private static List<PutMetricDataRequest> of(FlowSummary summary) {
    return MetricRequests.of(summary, "Flowbell/Test", NOW);
  }

  private static FlowSummary summary(MetricPoint... points) {
    return Summaries.ofPoints(new LogOrigin("", "", "file"), NOW, List.of(points));
  }

  private static MetricDatum datum(
      String name, Instant minute, double value, StandardUnit unit, Dimension... dimensions) {
    return MetricDatum.builder()
        .metricName(name)
        .dimensions(dimensions)
        .timestamp(minute)
        .value(value)
        .unit(unit)
        .build();
  }

  private static Dimension dimension(String name, String value) {
    return Dimension.builder().name(name).value(value).build();
  }
}
