package dev.flowbell.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flowbell.metric.Metric;
import dev.flowbell.metric.MetricDimension;
import dev.flowbell.metric.MetricPoint;
import dev.flowbell.metric.MetricSeries;
import dev.flowbell.record.FlowRecord;
import dev.flowbell.record.RecordParser;
import dev.flowbell.summary.FlowSummary;
import dev.flowbell.summary.FlowSummaryBuilder;
import dev.flowbell.summary.LogOrigin;
import dev.flowbell.testing.Json;
import dev.flowbell.testing.doubles.RecordingProgress;
import dev.flowbell.testing.generator.PayloadGenerator;
import dev.flowbell.testing.generator.PayloadGenerator.GeneratedPayload;
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
  private static final Instant NOW = Instant.parse("2026-11-22T10:19:13Z");
  private static final Instant MINUTE = Instant.parse("2026-11-22T10:14:00Z");
  private static final String NAMESPACE = "Flowbell/Test";
  private static final LogOrigin ORIGIN = new LogOrigin("123456789010", "/vpc", "eni-1-all");

  /// What CloudWatch Logs took from a log event until it took a megabyte.
  private static final int MOST_BYTES = 256 * 1_024;

  @Test
  void publish_wholeLines() {
    MetricSeries rejects =
        series(Map.of(MetricDimension.VPC_ID, "vpc \"1\"", MetricDimension.REJECT_REASON, "BPA"));

    assertThat(
            print(
                summary(
                    new MetricPoint(
                        MetricSeries.TOTAL,
                        MINUTE,
                        Map.of(Metric.RECORDS, 470L, Metric.REJECTED_BYTES, 25_753L)),
                    new MetricPoint(
                        MetricSeries.TOTAL,
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
    assertThat(print(summary())).isEmpty();
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
            summary(
                new MetricPoint(MetricSeries.TOTAL, MINUTE, Map.of(Metric.RECORDS, 1L)),
                new MetricPoint(
                    MetricSeries.TOTAL, MINUTE.plusSeconds(60), Map.of(Metric.RECORDS, 2L))),
            MetricProgress.NONE);

    assertThat(writes).hasSize(2).allMatch(line -> line.indexOf('\n') == line.length() - 1);
  }

  /// Minutes that were taken as they are when the payload first came, and at a later try are both
  /// too old.
  @Test
  void publish_minutesThatFallTogetherAreAddedUp() {
    FlowSummary summary =
        summary(
            new MetricPoint(MetricSeries.TOTAL, MINUTE, Map.of(Metric.RECORDS, 3L)),
            new MetricPoint(
                MetricSeries.TOTAL, MINUTE.plusSeconds(60), Map.of(Metric.RECORDS, 4L)));
    Instant later = Instant.parse("2026-12-06T10:19:13Z");

    assertThat(print(summary, later))
        .isEqualTo(
            """
            {"_aws":{"Timestamp":1795342860000,"CloudWatchMetrics":[{"Namespace":"Flowbell/Test","Dimensions":[[]],"Metrics":[{"Name":"Records","Unit":"Count"}]}]},"Records":7}
            """);
  }

  /// The function's sink was changed between two tries of a payload.
  @Test
  void publish_whatRequestsTookIsNotPrinted() {
    MetricPoint[] points = new MetricPoint[MetricRequests.MOST_DATA + 2];
    for (int i = 0; i < points.length; i++) {
      points[i] =
          new MetricPoint(
              MetricSeries.TOTAL, MINUTE.minusSeconds(60L * i), Map.of(Metric.RECORDS, 1L + i));
    }
    ByteArrayOutputStream printed = new ByteArrayOutputStream();

    RecordingProgress progress = new RecordingProgress(Set.of(0), false);
    publisher(new PrintStream(printed, false, UTF_8), NOW).publish(summary(points), progress);

    assertThat(printed.toString(UTF_8).lines().map(line -> Json.parseObject(line).get("Records")))
        .containsExactly(1_000L, 1_001L);
    assertThat(progress.noted()).as("lines are no requests").isEmpty();
  }

  @Test
  void publish_noTimeLeft() {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    EmbeddedMetricPublisher publisher = publisher(new PrintStream(printed, false, UTF_8), NOW);
    FlowSummary summary =
        summary(new MetricPoint(MetricSeries.TOTAL, MINUTE, Map.of(Metric.RECORDS, 3L)));
    RecordingProgress late = new RecordingProgress();
    late.leaveNoTime();

    assertThatThrownBy(() -> publisher.publish(summary, late))
        .isInstanceOf(PublishFailedException.class)
        .hasMessage("not begun");
    assertThat(printed.toString(UTF_8)).isEmpty();
  }

  /// Every metric and every dimension, as long as they get.
  @Test
  void publish_longestLineIsWithinTheFormatsLimits() {
    Map<Metric, Long> values = new EnumMap<>(Metric.class);
    for (Metric metric : Metric.values()) {
      values.put(metric, Long.MAX_VALUE);
    }
    values.remove(Metric.POSSIBLE_DUPLICATES); // which has a line of its own
    Map<MetricDimension, String> dimensions = new EnumMap<>(MetricDimension.class);
    for (MetricDimension dimension : MetricDimension.values()) {
      dimensions.put(dimension, "\"".repeat(2 * MetricRequests.MOST_DIMENSION_CHARACTERS));
    }
    ByteArrayOutputStream printed = new ByteArrayOutputStream();

    new EmbeddedMetricPublisher(
            new PrintStream(printed, false, UTF_8), "n".repeat(255), InstantSource.fixed(NOW))
        .publish(summary(new MetricPoint(series(dimensions), MINUTE, values)), MetricProgress.NONE);

    assertThat(printed.size()).isLessThan(MOST_BYTES);
    assertThat(Metric.values()).hasSizeLessThanOrEqualTo(100);
    assertThat(MetricDimension.values()).hasSizeLessThanOrEqualTo(30);
    Map<String, @Nullable Object> line = Json.parseObject(printed.toString(UTF_8));
    assertThat(line).hasSize(1 + values.size() + MetricDimension.values().length);
    assertThat(line).containsEntry("RejectedBytes", Long.MAX_VALUE);
  }

  /// What CloudWatch Logs reads out of the lines is what `PutMetricData` would have sent.
  @Test
  void publish_asTheApiWouldHaveIt() {
    int series = 0;
    for (int seed = 0; seed < 100; seed++) {
      FlowSummary summary = generate(seed);
      Map<Series, Double> sent = sumsOf(MetricRequests.of(summary, NAMESPACE, NOW));
      Map<Series, Double> printed = sumsOf(print(summary));

      assertThat(printed).as("payload of seed %d", seed).isEqualTo(sent);
      series += sent.size();
    }
    assertThat(series).as("of all payloads").isGreaterThan(10_000);
  }

  private static FlowSummary generate(int seed) {
    GeneratedPayload payload = PayloadGenerator.generate(new Random(seed));
    RecordParser parser = new RecordParser(payload.recordFormats());
    FlowSummaryBuilder builder =
        new FlowSummaryBuilder(
            ORIGIN, MetricDimension.parseSets("InterfaceId,VpcId+FlowDirection,LogGroup"), 20);
    FlowRecord record = new FlowRecord();
    for (String message : payload.messages()) {
      byte[] line = message.getBytes(UTF_8);
      if (parser.parse(line, 0, line.length, record) == null) {
        builder.add(record);
      }
    }
    return builder.build(parser.fieldsSeen(), NOW);
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

  /// Reads lines as the format's specification has it, and knows nothing else of Flowbell.
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

  private static FlowSummary summary(MetricPoint... points) {
    return Summaries.ofPoints(ORIGIN, NOW, List.of(points));
  }

  private static String print(FlowSummary summary) {
    return print(summary, NOW);
  }

  private static String print(FlowSummary summary, Instant now) {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    publisher(new PrintStream(printed, false, UTF_8), now).publish(summary, MetricProgress.NONE);
    return printed.toString(UTF_8);
  }

  private static EmbeddedMetricPublisher publisher(PrintStream out, Instant now) {
    return new EmbeddedMetricPublisher(out, NAMESPACE, InstantSource.fixed(now));
  }

  private record Series(
      String namespace, String metric, Map<String, String> dimensions, Instant time, String unit) {}
}
