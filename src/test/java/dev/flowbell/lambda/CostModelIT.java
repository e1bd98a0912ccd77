package dev.flowbell.lambda;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.lambda.CostModel.Source;
import dev.flowbell.testing.doubles.RecordingContext;
import dev.flowbell.testing.emulator.AwsEndpoint;
import dev.flowbell.testing.emulator.AwsEndpointExtension;
import dev.flowbell.testing.emulator.LedgerTable;
import dev.flowbell.testing.emulator.NotificationQueue;
import dev.flowbell.testing.generator.PayloadGenerator.LogEvent;
import dev.flowbell.testing.generator.PayloadGenerator.SubscriptionMessage;
import dev.flowbell.testing.network.FaultProxy;
import dev.flowbell.testing.network.FaultProxy.Call;
import dev.flowbell.testing.process.Invocation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Holds the cost model, and what the documentation says of it, against the calls that a day of
/// traffic makes.
@ExtendWith(AwsEndpointExtension.class)
final class CostModelIT {
  /// A payload every five minutes.
  private static final int PAYLOADS = 288;

  private static final int RECORDS = 20;

  /// Each scan is in two payloads: of the second, nothing is sent.
  private static final int SCANS = 4;

  private static final double MINUTES = 43_800; // of a month

  private static final double FILES_AT_A_TIME = 2;

  /// From so many interfaces on, a stream and a bucket are cheaper.
  private static final int STREAM_FROM = 22;

  private static final int BUCKET_FROM = 1;

  private final AwsEndpoint aws;
  private final String name;
  private final Instant now = Instant.now().truncatedTo(ChronoUnit.HOURS);

  CostModelIT(AwsEndpoint aws) {
    this.aws = aws;
    name = aws.uniqueName("flowbell-costs");
  }

  @Test
  void aDayOfASubscription() throws Exception {
    List<String> events = new ArrayList<>();
    for (int i = 0; i < PAYLOADS; i++) {
      events.add(message(i, SCANS).toEvent());
    }

    assertCalls(
        events,
        new CostModel(
            Source.SUBSCRIPTION, PAYLOADS, PAYLOADS, PAYLOADS * RECORDS, SCANS, SCANS, 0));
  }

  /// A batch has the payloads of two hours. The first one has a scan.
  @Test
  void aDayOfAStream() throws Exception {
    int payloads = 24;
    List<String> events = new ArrayList<>();
    for (int first = 0; first < PAYLOADS; first += payloads) {
      List<String> records = new ArrayList<>();
      for (int i = first; i < first + payloads; i++) {
        records.add(
            """
            {"eventSource":"aws:kinesis","eventSourceARN":"arn:aws:kinesis:eu-west-1:1:stream/%s",
            "eventID":"shardId-0:%2$d","kinesis":{"sequenceNumber":"%2$d","data":"%3$s"}}
            """
                .formatted(name, i + 1, message(i, 1).toData()));
      }
      events.add("{\"Records\":[%s]}".formatted(String.join(",", records)));
    }

    assertCalls(
        events, new CostModel(Source.STREAM, PAYLOADS, events.size(), PAYLOADS * RECORDS, 1, 0, 0));
  }

  /// Invokes the function with events, and compares its calls with the model's.
  private void assertCalls(List<String> events, CostModel model) throws Exception {
    NotificationQueue queue = NotificationQueue.make(aws, name);
    Map<String, String> environment = new HashMap<>(aws.environment());
    environment.put("METRIC_NAMESPACE", name);
    environment.put("ALERT_TOPIC_ARN", queue.topicArn());
    environment.put("LEDGER_TABLE", LedgerTable.make(aws).name());
    try (FaultProxy proxy = FaultProxy.start(aws.uri())) {
      FlowLogsHandler handler = aws.through(proxy.uri(), () -> new FlowLogsHandler(environment));
      for (String event : events) {
        Invocation.of(handler, event, new RecordingContext());
      }

      Map<String, Double> calls = new TreeMap<>();
      proxy.calls().stream()
          .collect(groupingBy(Call::operation, counting()))
          .forEach((operation, count) -> calls.put(operation, count.doubleValue()));
      Map<String, Double> expected = model.calls();
      double boardReads = calls.get("BatchGetItem") - expected.get("BatchGetItem");
      assertThat(boardReads).as("once a minute").isBetween(1.0, 10.0);
      expected.merge("BatchGetItem", boardReads, Double::sum);
      assertThat(calls).isEqualTo(expected);
    }
  }

  /// One payload of each interface a minute, and one scan a month.
  private static CostModel month(Source source, int interfaces) {
    double payloads = interfaces * MINUTES;
    double units =
        switch (source) {
          case SUBSCRIPTION -> payloads;
          case STREAM -> MINUTES; // the batching window
          case BUCKET -> FILES_AT_A_TIME * MINUTES / 5;
        };
    return new CostModel(
        source, payloads, units, payloads * RECORDS, interfaces, interfaces, MINUTES);
  }

  @Test
  void documentation() throws Exception {
    List<String> rows = new ArrayList<>();
    for (int interfaces : List.of(10, 100, 1_000)) {
      String number = String.format("%,d", interfaces);
      for (Source source : Source.values()) {
        rows.add(
            month(source, interfaces)
                .toRow(number + " | " + source.name().toLowerCase(Locale.ROOT)));
      }
      rows.add(month(Source.SUBSCRIPTION, interfaces).toComparedRow(number));
    }

    assertThat(Files.readAllLines(Path.of("docs", "costs.md"))).containsAll(rows);
  }

  /// What the documentation says of when to change the source.
  @Test
  void whichIsCheapest() {
    assertThat(month(Source.STREAM, 1_000).flowbell()).isLessThanOrEqualTo(40);
    assertThat(month(Source.BUCKET, 1_000).flowbell()).isLessThanOrEqualTo(15);
    assertThat(month(Source.SUBSCRIPTION, 10).flowbell())
        .isLessThan(month(Source.STREAM, 10).flowbell());
    assertThat(firstCheaperThanSubscription(Source.STREAM)).isEqualTo(STREAM_FROM);
    assertThat(firstCheaperThanSubscription(Source.BUCKET)).isEqualTo(BUCKET_FROM);
  }

  private static int firstCheaperThanSubscription(Source source) {
    int interfaces = 1;
    while (month(source, interfaces).flowbell()
        >= month(Source.SUBSCRIPTION, interfaces).flowbell()) {
      interfaces++;
    }
    return interfaces;
  }

  private SubscriptionMessage message(int payload, int scans) {
    int scan = payload / 2;
    boolean isScan = scan < scans;
    Instant end = now.minus(Duration.ofMinutes(5L * (PAYLOADS - payload)));
    List<LogEvent> events = new ArrayList<>();
    for (int i = 0; i < RECORDS; i++) {
      String record =
          isScan
              ? "2 123456789010 eni-0a1b2c3d 10.0.9.%d 10.0.2.98 40001 %d 6 1 60 %d %d REJECT OK"
                  .formatted(scan, i + 1, end.getEpochSecond(), end.getEpochSecond())
              : "2 123456789010 eni-0a1b2c3d 10.0.1.5 10.0.2.98 %d 443 6 10 840 %d %d ACCEPT OK"
                  .formatted(40_000 + i, end.getEpochSecond(), end.getEpochSecond());
      events.add(new LogEvent(payload + "-" + i, end.toEpochMilli(), record));
    }
    return SubscriptionMessage.ofEvents("eni-0a1b2c3d", events);
  }
}
