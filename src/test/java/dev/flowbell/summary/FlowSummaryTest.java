package dev.flowbell.summary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flowbell.classify.Door;
import dev.flowbell.metric.Metric;
import dev.flowbell.metric.MetricDimension;
import dev.flowbell.metric.MetricPoint;
import dev.flowbell.metric.MetricReport;
import dev.flowbell.metric.MetricSeries;
import dev.flowbell.record.FlowField;
import dev.flowbell.record.IpAddress;
import dev.flowbell.record.ParseFault;
import dev.flowbell.record.TrafficType;
import dev.flowbell.testing.generator.Reports;
import dev.flowbell.testing.generator.Summaries;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FlowSummaryTest {
  private static final Instant ARRIVAL = Instant.parse("2026-11-22T10:20:37Z");
  private static final MetricPoint POINT =
      new MetricPoint(
          MetricSeries.TOTAL, Instant.parse("2026-11-22T10:14:00Z"), Map.of(Metric.RECORDS, 3L));

  private static final PayloadEvidence EVIDENCE =
      new PayloadEvidence(
          List.of(),
          List.of(
              new OpenedFlow(
                  new IpAddress(0, 7), Door.of(new IpAddress(0, 8), 6, 22), 29_922_374, 9)));

  private static final LogGroupProblem PROBLEM =
      new LogGroupProblem(
          new LogOrigin("123456789010", "/vpc/flow-logs", "eni-0a1b2c3d-all"),
          Map.of(ParseFault.NOT_A_DECIMAL, 2L),
          1,
          "eni-0a1b2c3d");

  @Test
  void total_zeroWhereItIsAbsent() {
    FlowSummary summary = summary(Map.of(Metric.RECORDS, 3L));

    assertThat(summary.total(Metric.RECORDS)).isEqualTo(3);
    assertThat(summary.total(Metric.DELIVERY_LAG)).isEqualTo(0);
  }

  @Test
  void withFunctionMetrics_atTheMinuteOfArrival() {
    FlowSummary summary = summary(Map.of(Metric.RECORDS, 3L, Metric.ALERTS_SENT, 1L));

    assertThat(
            summary.withFunctionMetrics(
                Map.of(Metric.ALERTS_SENT, 2L, Metric.ALERTS_SUPPRESSED, 0L)))
        .isEqualTo(
            new FlowSummary(
                summary.origin(),
                ARRIVAL,
                Map.of(Metric.RECORDS, 3L, Metric.ALERTS_SENT, 3L),
                List.of(
                    POINT,
                    new MetricPoint(
                        MetricSeries.TOTAL,
                        Instant.parse("2026-11-22T10:20:00Z"),
                        Map.of(Metric.ALERTS_SENT, 2L))),
                summary.fields(),
                EVIDENCE,
                summary.first(),
                summary.last(),
                summary.problems()));
  }

  @Test
  void withFunctionMetrics_zerosAreLeftOut() {
    FlowSummary summary = summary(Map.of(Metric.RECORDS, 3L));

    assertThat(summary.withFunctionMetrics(Map.of(Metric.ALERTS_SENT, 0L))).isEqualTo(summary);
    assertThat(summary.withFunctionMetrics(Map.of())).isEqualTo(summary);
  }

  /// The report has them as a number, and not among its points.
  @Test
  void withFunctionMetrics_possibleDuplicatesAreNoPoint() {
    FlowSummary summary =
        summary(Map.of(Metric.RECORDS, 3L))
            .withFunctionMetrics(Map.of(Metric.POSSIBLE_DUPLICATES, 2L));

    assertThat(summary.total(Metric.POSSIBLE_DUPLICATES)).isEqualTo(2);
    assertThat(summary.points()).containsExactly(POINT);
    assertThat(summary.toReport())
        .isEqualTo(Reports.withPossibleDuplicates(MetricReport.of(ARRIVAL, List.of(POINT)), 2));
  }

  @Test
  void empty_asABuilderWithoutRecords() {
    LogOrigin origin = new LogOrigin("123456789010", "/vpc/flow-logs", "eni-0a1b2c3d-all");

    assertThat(FlowSummary.empty(origin, ARRIVAL))
        .isEqualTo(
            new FlowSummaryBuilder(origin, List.of(), 10, Summaries.INSIDE, TrafficType.ALL)
                .build(Set.of(), ARRIVAL));
  }

  @Test
  void new_copiesOfCollections() {
    Map<Metric, Long> totals = new EnumMap<>(Map.of(Metric.RECORDS, 3L));
    List<MetricPoint> points = new ArrayList<>(List.of(POINT));
    FlowSummary summary =
        new FlowSummary(
            new LogOrigin("", "", ""),
            ARRIVAL,
            totals,
            points,
            Set.of(),
            PayloadEvidence.NOTHING,
            null,
            null,
            List.of());
    totals.clear();
    points.clear();

    assertThat(summary.totals()).isEqualTo(Map.of(Metric.RECORDS, 3L));
    assertThat(summary.points()).containsExactly(POINT);
    assertThatThrownBy(() -> summary.totals().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void metricPoint_copyOfValues() {
    Map<Metric, Long> values = new EnumMap<>(Map.of(Metric.RECORDS, 3L));
    MetricPoint point = new MetricPoint(MetricSeries.TOTAL, ARRIVAL, values);
    values.clear();

    assertThat(point.values()).isEqualTo(Map.of(Metric.RECORDS, 3L));
    assertThatThrownBy(() -> point.values().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void metricSeries_copyOfDimensionsInTheirOrder() {
    Map<MetricDimension, String> dimensions = new LinkedHashMap<>();
    dimensions.put(MetricDimension.REGION, "eu-west-1");
    dimensions.put(MetricDimension.VPC_ID, "vpc-abcd1234");
    MetricSeries series = new MetricSeries(dimensions);
    dimensions.clear();

    assertThat(series.dimensions())
        .containsExactly(
            Map.entry(MetricDimension.REGION, "eu-west-1"),
            Map.entry(MetricDimension.VPC_ID, "vpc-abcd1234"));
    assertThatThrownBy(() -> series.dimensions().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  private static FlowSummary summary(Map<Metric, Long> totals) {
    return new FlowSummary(
        new LogOrigin("123456789010", "/vpc/flow-logs", "eni-0a1b2c3d-all"),
        ARRIVAL,
        totals,
        List.of(POINT),
        Set.of(FlowField.ACTION),
        EVIDENCE,
        Instant.parse("2026-11-22T10:14:05Z"),
        Instant.parse("2026-11-22T10:15:03Z"),
        List.of(PROBLEM));
  }
}
