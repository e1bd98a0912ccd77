package dev.flowbell.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flowbell.metric.Metric;
import dev.flowbell.metric.MetricDimension;
import dev.flowbell.metric.MetricPoint;
import dev.flowbell.metric.MetricReport;
import dev.flowbell.metric.MetricSeries;
import dev.flowbell.record.FlowRecord;
import dev.flowbell.record.RecordParser;
import dev.flowbell.record.TrafficType;
import dev.flowbell.summary.FlowSummaryBuilder;
import dev.flowbell.summary.LogOrigin;
import dev.flowbell.testing.Json;
import dev.flowbell.testing.doubles.RecordingProgress;
import dev.flowbell.testing.generator.PayloadGenerator;
import dev.flowbell.testing.generator.PayloadGenerator.GeneratedPayload;
import dev.flowbell.testing.generator.Reports;
import dev.flowbell.testing.generator.Summaries;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.cloudwatch.model.Dimension;
import software.amazon.awssdk.services.cloudwatch.model.MetricDatum;
import software.amazon.awssdk.services.cloudwatch.model.PutMetricDataRequest;

class EmbeddedMetricPublisherTest {
  private static final Instant NOW = Reports.ARRIVAL;
  private static final Instant MINUTE = Reports.MINUTE;
  private static final String NAMESPACE = "Flowbell/Test";
  private static final LogOrigin ORIGIN = new LogOrigin("123456789010", "/vpc", "eni-1-all");

  /// The limit of a log event before CloudWatch Logs raised it to 1 MB.
  private static final int MOST_BYTES = 256 * 1_024;

  @Test
  void publish_wholeLines() {
    MetricSeries rejects =
        series(Map.of(MetricDimension.VPC_ID, "vpc \"1\"", MetricDimension.REJECT_REASON, "BPA"));

    assertThat(
            print(
                Reports.of(
                    Reports.total(
                        MINUTE, Map.of(Metric.RECORDS, 470L, Metric.REJECTED_BYTES, 25_753L)),
                    Reports.total(
                        MINUTE.plusSeconds(60),
                        Map.of(Metric.RECORDS, 2L, Metric.DELIVERY_LAG, 250L)),
                    new MetricPoint(rejects, MINUTE, Map.of(Metric.REJECTED_FLOWS, 3L)))))
        .isEqualTo(
            """
            {"_aws":{"Timestamp":1795342440000,"CloudWatchMetrics":[{"Namespace":"Flowbell/Test","Dimensions":[[]],"Metrics":[{"Name":"Records","Unit":"Count"},{"Name":"RejectedBytes","Unit":"Bytes"}]}]},"Records":470,"RejectedBytes":25753}
            {"_aws":{"Timestamp":1795342500000,"CloudWatchMetrics":[{"Namespace":"Flowbell/Test","Dimensions":[[]],"Metrics":[{"Name":"Records","Unit":"Count"},{"Name":"DeliveryLag","Unit":"Seconds"}]}]},"Records":2,"DeliveryLag":250}
            {"_aws":{"Timestamp":1795342440000,"CloudWatchMetrics":[{"Namespace":"Flowbell/Test","Dimensions":[["VpcId","RejectReason"]],"Metrics":[{"Name":"RejectedFlows","Unit":"Count"}]}]},"VpcId":"vpc?\\"1\\"","RejectReason":"BPA","RejectedFlows":3}
            """);
  }

  @Test
  void publish_noPoints() {
    assertThat(print(Reports.of())).isEmpty();
  }

  @Test
  void publish_eachLineIsOneWrite() {
    List<String> writes = new ArrayList<>();
    OutputStream recording =
        new OutputStream() {
          @Override
          public void write(int b) {
            writes.add(String.valueOf((char) b));
          }

          @Override
          public void write(byte[] bytes, int start, int length) {
            writes.add(new String(bytes, start, length, UTF_8));
          }
        };

    publisher(new PrintStream(recording, false, UTF_8), NOW)
        .publish(
            Reports.of(
                Reports.total(MINUTE, Map.of(Metric.RECORDS, 1L)),
                Reports.total(MINUTE.plusSeconds(60), Map.of(Metric.RECORDS, 2L))),
            MetricProgress.NONE);

    assertThat(writes).hasSize(2).allMatch(line -> line.indexOf('\n') == line.length() - 1);
  }

  /// CloudWatch accepts both minutes when the payload arrives, and neither when it is retried.
  @Test
  void publish_minutesMovedTogetherAreAddedUp() {
    MetricReport report =
        Reports.of(
            Reports.total(MINUTE, Map.of(Metric.RECORDS, 3L)),
            new MetricPoint(
                MetricSeries.TOTAL, MINUTE.plusSeconds(60), Map.of(Metric.RECORDS, 4L)));
    Instant later = Instant.parse("2026-12-06T10:19:13Z");

    assertThat(print(report, later))
        .isEqualTo(
            """
            {"_aws":{"Timestamp":1795342860000,"CloudWatchMetrics":[{"Namespace":"Flowbell/Test","Dimensions":[[]],"Metrics":[{"Name":"Records","Unit":"Count"}]}]},"Records":7}
            """);
  }

  /// The sink setting changed between two invocations for a payload.
  @Test
  void publish_acceptedPartsAreNotPrinted() {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();

    RecordingProgress progress = new RecordingProgress(Set.of(0), false);
    publisher(new PrintStream(printed, false, UTF_8), NOW)
        .publish(Reports.ofMinutes(MetricPlan.MOST_VALUES + 2), progress);

    assertThat(printed.toString(UTF_8).lines().map(line -> Json.parseObject(line).get("Records")))
        .containsExactly(1_000L, 1_001L);
    assertThat(progress.recorded()).as("lines are not recorded").isEmpty();
  }

  /// A kill can come after any line. What was printed until then may repeat lines of an earlier
  /// invocation, and the next one counts only what this one may have printed.
  @Test
  void publish_possibleDuplicatesComeFirst() {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    MetricReport report =
        Reports.withPossibleDuplicates(Reports.ofMinutes(MetricPlan.MOST_VALUES + 1), 3);

    publisher(new PrintStream(printed, false, UTF_8), NOW)
        .publish(report, new RecordingProgress(Set.of(), true));

    List<String> lines = printed.toString(UTF_8).lines().toList();
    assertThat(lines).hasSize(1 + MetricPlan.MOST_VALUES + 1);
    assertThat(lines.getFirst())
        .as("three of the first part, one of the second")
        .isEqualTo(
            """
            {"_aws":{"Timestamp":1795342740000,"CloudWatchMetrics":[{"Namespace":"Flowbell/Test","Dimensions":[[]],"Metrics":[{"Name":"PossibleDuplicates","Unit":"Count"}]}]},"PossibleDuplicates":4}\
            """);
  }

  @Test
  void publish_noTimeLeft() {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    EmbeddedMetricPublisher publisher = publisher(new PrintStream(printed, false, UTF_8), NOW);
    MetricReport report = Reports.of(Reports.total(MINUTE, Map.of(Metric.RECORDS, 3L)));
    RecordingProgress late = new RecordingProgress();
    late.leaveNoTime();

    assertThatThrownBy(() -> publisher.publish(report, late))
        .isInstanceOf(PublishFailedException.class)
        .hasMessage("not begun");
    assertThat(printed.toString(UTF_8)).isEmpty();
  }

  /// The line has every metric and every dimension, with the longest values.
  @Test
  void publish_longestLineIsWithinTheFormatsLimits() {
    Map<Metric, Long> values = new EnumMap<>(Metric.class);
    for (Metric metric : Metric.values()) {
      values.put(metric, Long.MAX_VALUE);
    }
    values.remove(Metric.POSSIBLE_DUPLICATES); // which is never among the points
    Map<MetricDimension, String> dimensions = new EnumMap<>(MetricDimension.class);
    for (MetricDimension dimension : MetricDimension.values()) {
      dimensions.put(dimension, "\"".repeat(2 * MetricPlan.MOST_DIMENSION_CHARACTERS));
    }
    ByteArrayOutputStream printed = new ByteArrayOutputStream();

    new EmbeddedMetricPublisher(
            new PrintStream(printed, false, UTF_8), "n".repeat(255), InstantSource.fixed(NOW))
        .publish(
            Reports.of(new MetricPoint(series(dimensions), MINUTE, values)), MetricProgress.NONE);

    assertThat(printed.size()).isLessThan(MOST_BYTES);
    assertThat(Metric.values()).hasSizeLessThanOrEqualTo(100);
    assertThat(MetricDimension.values()).hasSizeLessThanOrEqualTo(30);
    Map<String, @Nullable Object> line = Json.parseObject(printed.toString(UTF_8));
    assertThat(line).hasSize(1 + values.size() + MetricDimension.values().length);
    assertThat(line).containsEntry("RejectedBytes", Long.MAX_VALUE);
  }

  /// CloudWatch Logs extracts the same metrics as `PutMetricData` would have sent.
  @Test
  void publish_sameMetricsAsTheApi() {
    int series = 0;
    for (int seed = 0; seed < 100; seed++) {
      MetricReport report = generate(seed);
      Map<Series, Double> sent = sumsOf(requestsOf(report));
      Map<Series, Double> printed = sumsOf(print(report));

      assertThat(printed).as("payload of seed %d", seed).isEqualTo(sent);
      series += sent.size();
    }
    assertThat(series).as("of all payloads").isGreaterThan(10_000);
  }

  private static MetricReport generate(int seed) {
    GeneratedPayload payload = PayloadGenerator.generate(new Random(seed));
    RecordParser parser = new RecordParser(payload.recordFormats());
    FlowSummaryBuilder builder =
        new FlowSummaryBuilder(
            ORIGIN,
            MetricDimension.parseSets("InterfaceId,VpcId+FlowDirection,LogGroup"),
            20,
            Summaries.INSIDE,
            TrafficType.ALL);
    FlowRecord record = new FlowRecord();
    for (String message : payload.messages()) {
      byte[] line = message.getBytes(UTF_8);
      if (parser.parse(line, 0, line.length, record) == null) {
        builder.add(record);
      }
    }
    return builder.build(parser.fieldsSeen(), NOW).toReport();
  }

  private static List<PutMetricDataRequest> requestsOf(MetricReport report) {
    return MetricPlan.of(report, NOW).parts().stream()
        .map(part -> MetricRequest.of(part, NAMESPACE, NOW))
        .toList();
  }

  private static Map<Series, Double> sumsOf(List<PutMetricDataRequest> requests) {
    Map<Series, Double> sums = new HashMap<>();
    for (PutMetricDataRequest request : requests) {
      for (MetricDatum datum : request.metricData()) {
        Map<String, String> dimensions = new TreeMap<>();
        for (Dimension dimension : datum.dimensions()) {
          dimensions.put(dimension.name(), dimension.value());
        }
        sums.merge(
            new Series(
                request.namespace(),
                datum.metricName(),
                dimensions,
                datum.timestamp(),
                datum.unitAsString()),
            datum.value(),
            Double::sum);
      }
    }
    return sums;
  }

  /// Reads lines by the format's specification alone.
  private static Map<Series, Double> sumsOf(String lines) {
    Map<Series, Double> sums = new HashMap<>();
    for (String line : lines.lines().toList()) {
      Map<String, @Nullable Object> root = Json.parseObject(line);
      Map<String, @Nullable Object> metadata = Json.objectAt(root, "_aws");
      Instant time = Instant.ofEpochMilli((Long) metadata.get("Timestamp"));
      for (Map<String, @Nullable Object> directive :
          Json.objectsAt(metadata, "CloudWatchMetrics")) {
        for (Object set : (List<?>) directive.get("Dimensions")) {
          Map<String, String> dimensions = new TreeMap<>();
          for (Object name : (List<?>) set) {
            dimensions.put((String) name, (String) root.get(name));
          }
          for (Map<String, @Nullable Object> metric : Json.objectsAt(directive, "Metrics")) {
            String name = (String) metric.get("Name");
            sums.merge(
                new Series(
                    (String) directive.get("Namespace"),
                    name,
                    dimensions,
                    time,
                    (String) metric.get("Unit")),
                ((Number) root.get(name)).doubleValue(),
                Double::sum);
          }
        }
      }
    }
    return sums;
  }

  private static MetricSeries series(Map<MetricDimension, String> dimensions) {
    return new MetricSeries(new EnumMap<>(dimensions));
  }

  private static String print(MetricReport report) {
    return print(report, NOW);
  }

  private static String print(MetricReport report, Instant now) {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    publisher(new PrintStream(printed, false, UTF_8), now).publish(report, MetricProgress.NONE);
    return printed.toString(UTF_8);
  }

  private static EmbeddedMetricPublisher publisher(PrintStream out, Instant now) {
    return new EmbeddedMetricPublisher(out, NAMESPACE, InstantSource.fixed(now));
  }

  private record Series(
      String namespace, String metric, Map<String, String> dimensions, Instant time, String unit) {}
}
