package dev.flowbell.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.metric.Metric;
import dev.flowbell.metric.MetricDimension;
import dev.flowbell.metric.MetricPoint;
import dev.flowbell.metric.MetricReport;
import dev.flowbell.metric.MetricSeries;
import dev.flowbell.testing.generator.Reports;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.cloudwatch.model.Dimension;
import software.amazon.awssdk.services.cloudwatch.model.MetricDatum;
import software.amazon.awssdk.services.cloudwatch.model.PutMetricDataRequest;
import software.amazon.awssdk.services.cloudwatch.model.StandardUnit;

class MetricRequestTest {
  private static final Instant MINUTE = Reports.MINUTE;

  @Test
  void of_wholeRequest() {
    Map<MetricDimension, String> dimensions = new LinkedHashMap<>();
    dimensions.put(MetricDimension.VPC_ID, "vpc-abcd1234");
    dimensions.put(MetricDimension.REJECT_REASON, "BPA");

    List<PutMetricDataRequest> requests =
        of(
            Reports.of(
                Reports.total(MINUTE, Map.of(Metric.RECORDS, 470L, Metric.REJECTED_BYTES, 25_753L)),
                Reports.total(MINUTE.plusSeconds(60), Map.of(Metric.DELIVERY_LAG, 250L)),
                new MetricPoint(
                    new MetricSeries(dimensions), MINUTE, Map.of(Metric.REJECTED_FLOWS, 0L))));

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

  /// The largest `long` is 2^63 - 1, and the nearest double is 2^63.
  @Test
  void of_valueIsADouble() {
    assertThat(
            of(Reports.of(Reports.total(MINUTE, Map.of(Metric.REJECTED_BYTES, Long.MAX_VALUE))))
                .getFirst()
                .metricData())
        .containsExactly(datum("RejectedBytes", MINUTE, 0x1p63, StandardUnit.BYTES));
  }

  @Test
  void of_possibleDuplicatesAreOneDatum() {
    MetricPart part =
        MetricPlan.of(
                Reports.withPossibleDuplicates(Reports.ofMinutes(MetricPlan.MOST_VALUES), 2),
                Reports.ARRIVAL)
            .open(MetricProgress.NONE)
            .getFirst();
    Instant minute = Instant.parse("2026-11-22T10:19:00Z");

    assertThat(MetricRequest.of(part, "Flowbell/Test", Reports.ARRIVAL).metricData())
        .hasSize(1_000)
        .endsWith(datum("PossibleDuplicates", minute, 2, StandardUnit.COUNT));
    assertThat(
            MetricRequest.of(part.withPossibleDuplicates(3), "Flowbell/Test", Reports.ARRIVAL)
                .metricData())
        .hasSize(1_000)
        .endsWith(datum("PossibleDuplicates", minute, 3, StandardUnit.COUNT));
  }

  private static List<PutMetricDataRequest> of(MetricReport report) {
    return MetricPlan.of(report, Reports.ARRIVAL).parts().stream()
        .map(part -> MetricRequest.of(part, "Flowbell/Test", Reports.ARRIVAL))
        .toList();
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
