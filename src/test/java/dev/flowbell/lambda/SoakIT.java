package dev.flowbell.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.testing.doubles.RecordingContext;
import dev.flowbell.testing.emulator.AwsEndpoint;
import dev.flowbell.testing.emulator.AwsEndpointExtension;
import dev.flowbell.testing.emulator.LedgerTable;
import dev.flowbell.testing.emulator.PublishedMetrics;
import dev.flowbell.testing.generator.PayloadGenerator.LogEvent;
import dev.flowbell.testing.generator.PayloadGenerator.SubscriptionMessage;
import dev.flowbell.testing.process.Invocation;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/// Sends many payloads through one execution environment: by hand, `-Dflowbell.soak=100000`.
@ExtendWith(AwsEndpointExtension.class)
@EnabledIfSystemProperty(
    named = "flowbell.soak",
    matches = "[1-9][0-9]+",
    disabledReason = "takes long; -Dflowbell.soak=100000 runs it")
final class SoakIT {
  private static final int ROUNDS = 10;
  private static final int RECORDS = 7;
  private static final long MEBIBYTE = 1 << 20;

  /// What a process may still grow by after its first tenth.
  private static final long MOST_GROWTH = 8 * MEBIBYTE;

  private final AwsEndpoint aws;
  private final String name;
  private final LedgerTable table;
  private final Instant first =
      Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofHours(2));

  SoakIT(AwsEndpoint aws) {
    this.aws = aws;
    name = aws.uniqueName("flowbell-soak");
    table = LedgerTable.make(aws);
  }

  @Test
  void manyPayloads() {
    int payloads = Integer.getInteger("flowbell.soak") / ROUNDS * ROUNDS;
    Map<String, String> environment = new HashMap<>(aws.environment());
    environment.put("METRIC_NAMESPACE", name);
    environment.put("LEDGER_TABLE", table.name());
    FlowLogsHandler handler = new FlowLogsHandler(environment);
    Map<Instant, Double> expected = new HashMap<>();
    List<Long> heap = new ArrayList<>();
    long begin = System.nanoTime();
    for (int i = 0; i < payloads; i++) {
      Instant minute = first.plus(Duration.ofMinutes(i % 100));
      expected.merge(minute, (double) RECORDS, Double::sum);
      Invocation.of(handler, event(i, minute), new RecordingContext());
      if ((i + 1) % (payloads / ROUNDS) == 0) {
        System.gc();
        heap.add(ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
      }
    }
    double seconds = (System.nanoTime() - begin) / 1e9;

    PublishedMetrics metrics = new PublishedMetrics(aws, name);
    Map<Instant, Double> surplus = new HashMap<>();
    metrics
        .sums("Records", first)
        .forEach((minute, sum) -> surplus.put(minute, sum - expected.getOrDefault(minute, 0.0)));
    double doubts =
        metrics.sums("PossibleDuplicates", first).values().stream()
            .mapToDouble(Double::doubleValue)
            .sum();
    System.out.printf(
        "%d payloads in %.0f s, %.1f ms each; heap in MiB after each tenth: %s;"
            + " %.0f possible duplicates%n",
        payloads,
        seconds,
        seconds * 1_000 / payloads,
        heap.stream().map(bytes -> bytes / MEBIBYTE).toList(),
        doubts);
    assertThat(surplus.keySet()).isEqualTo(expected.keySet());
    // Nothing is lost, and what came twice was said to: a call may time out on a busy machine.
    assertThat(surplus.values()).allMatch(more -> more >= 0);
    assertThat(surplus.values().stream().mapToDouble(Double::doubleValue).sum())
        .isLessThanOrEqualTo(RECORDS * doubts);
    assertThat(heap.getLast() - heap.getFirst()).isLessThan(MOST_GROWTH);
  }

  private static String event(int number, Instant minute) {
    List<LogEvent> events = new ArrayList<>();
    for (int i = 0; i < RECORDS; i++) {
      events.add(
          new LogEvent(
              number + "-" + i,
              minute.toEpochMilli(),
              "2 123456789010 eni-0a1b2c3d 198.51.100.7 10.0.2.98 40001 %d 6 1 60 %d %d REJECT OK"
                  .formatted(i + 1, minute.getEpochSecond(), minute.getEpochSecond())));
    }
    return SubscriptionMessage.ofEvents("eni-0a1b2c3d", events).toEvent();
  }
}
