package dev.flowbell.lambda;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
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

  private final AwsEndpoint aws;
  private final String name;
  private final Instant now = Instant.now().truncatedTo(ChronoUnit.MINUTES);

  CostModelIT(AwsEndpoint aws) {
    this.aws = aws;
    name = aws.uniqueName("flowbell-costs");
  }

  @Test
  void aDay() throws Exception {
    NotificationQueue queue = NotificationQueue.make(aws, name);
    Map<String, String> environment = new HashMap<>(aws.environment());
    environment.put("METRIC_NAMESPACE", name);
    environment.put("ALERT_TOPIC_ARN", queue.topicArn());
    environment.put("LEDGER_TABLE", LedgerTable.make(aws).name());
    try (FaultProxy proxy = FaultProxy.start(aws.uri())) {
      FlowLogsHandler handler = aws.through(proxy.uri(), () -> new FlowLogsHandler(environment));
      for (int i = 0; i < PAYLOADS; i++) {
        Invocation.of(handler, event(i), new RecordingContext());
      }

      Map<String, Double> calls = new TreeMap<>();
      proxy.calls().stream()
          .collect(groupingBy(Call::operation, counting()))
          .forEach((operation, count) -> calls.put(operation, count.doubleValue()));
      CostModel model = new CostModel(PAYLOADS, PAYLOADS * RECORDS, SCANS, SCANS, 0);
      Map<String, Double> expected = model.calls();
      double boardReads = calls.get("BatchGetItem") - expected.get("BatchGetItem");
      assertThat(boardReads).as("once a minute").isBetween(1.0, 10.0);
      expected.merge("BatchGetItem", boardReads, Double::sum);
      assertThat(calls).isEqualTo(expected);
    }
  }

  @Test
  void documentation() throws Exception {
    List<String> rows =
        Stream.of(10, 100, 1_000)
            .map(
                interfaces -> {
                  double payloads = interfaces * 43_800.0; // one a minute
                  return new CostModel(payloads, payloads * RECORDS, interfaces, interfaces, 43_800)
                      .toRow(String.format("%,d", interfaces));
                })
            .toList();

    assertThat(Files.readAllLines(Path.of("docs", "costs.md"))).containsAll(rows);
  }

  private String event(int payload) {
    int scan = payload / 2;
    boolean isScan = scan < SCANS;
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
    return SubscriptionMessage.ofEvents("eni-0a1b2c3d", events).toEvent();
  }
}
