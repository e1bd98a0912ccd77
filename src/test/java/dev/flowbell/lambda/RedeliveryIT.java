package dev.flowbell.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.ledger.BatchClaimedException;
import dev.flowbell.testing.doubles.RecordingContext;
import dev.flowbell.testing.emulator.AwsEndpoint;
import dev.flowbell.testing.emulator.AwsEndpointExtension;
import dev.flowbell.testing.emulator.LedgerTable;
import dev.flowbell.testing.emulator.NotificationQueue;
import dev.flowbell.testing.emulator.PublishedMetrics;
import dev.flowbell.testing.generator.PayloadGenerator.LogEvent;
import dev.flowbell.testing.generator.PayloadGenerator.SubscriptionMessage;
import dev.flowbell.testing.process.Invocation;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Many payloads, each delivered one to four times, in any order, to eight execution environments
/// at once that share nothing but the ledger's table.
///
/// `-Dflowbell.redeliveries=2000` delivers more payloads than every run does.
@ExtendWith(AwsEndpointExtension.class)
final class RedeliveryIT {
  private static final int ENVIRONMENTS = 8;
  private static final int MOST_DELIVERIES = 4;
  private static final int EVERY_SCAN = 10; // payloads

  /// How many sources inside scan, so that several payloads say so at once.
  private static final int SCANNING_SOURCES = 5;

  /// So that what a source scans is one cause.
  private static final Duration SCAN_SPREAD = Duration.ofMinutes(50);

  private static final Duration SPREAD = Duration.ofHours(2);

  private final AwsEndpoint aws;
  private final String name;
  private final LedgerTable table;
  private final NotificationQueue queue;
  private final PublishedMetrics metrics;
  private final Instant first =
      Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(SPREAD).minusSeconds(600);

  RedeliveryIT(AwsEndpoint aws) {
    this.aws = aws;
    name = aws.uniqueName("flowbell-redelivery");
    table = LedgerTable.make(aws);
    queue = NotificationQueue.make(aws, name);
    metrics = new PublishedMetrics(aws, name);
  }

  @Test
  void deliveredSeveralTimes() throws Exception {
    int payloads = Integer.getInteger("flowbell.redeliveries", 300);
    Random random = new Random(payloads);
    Map<Instant, Double> expected = new HashMap<>();
    List<String> deliveries = new ArrayList<>();
    for (int i = 0; i < payloads; i++) {
      boolean isScan = i % EVERY_SCAN == 0;
      int records = isScan ? 20 : 1 + random.nextInt(6);
      Duration spread = isScan ? SCAN_SPREAD : SPREAD;
      Instant minute = first.plus(Duration.ofMinutes(random.nextInt((int) spread.toMinutes())));
      expected.merge(minute, (double) records, Double::sum);
      deliveries.addAll(
          Collections.nCopies(1 + random.nextInt(MOST_DELIVERIES), event(i, records, minute)));
    }
    Collections.shuffle(deliveries, random);

    long givenWay = deliver(deliveries);

    assertThat(metrics.sums("RejectedFlows", first)).isEqualTo(expected);
    assertThat(metrics.total("DuplicateBatches")).isEqualTo(deliveries.size() - payloads);
    assertThat(metrics.total("PossibleDuplicates")).isZero();
    int scans = (payloads + EVERY_SCAN - 1) / EVERY_SCAN;
    assertThat(queue.drain()).hasSize(SCANNING_SOURCES);
    assertThat(metrics.total("AlertsSent")).isEqualTo(SCANNING_SOURCES);
    // Of payloads that are judged at the same time, none is suppressed.
    assertThat(metrics.total("AlertsSuppressed")).isBetween(1L, (long) scans - SCANNING_SOURCES);
    System.out.printf(
        "%d payloads in %d deliveries to %d environments: all sums exact; %d gave way and came"
            + " again%n",
        payloads, deliveries.size(), ENVIRONMENTS, givenWay);
  }

  /// Returns how often one gave way. Lambda delivers that again a minute later, this at the end of
  /// the queue.
  private long deliver(List<String> deliveries) throws Exception {
    ConcurrentLinkedQueue<String> waiting = new ConcurrentLinkedQueue<>(deliveries);
    AtomicLong givenWay = new AtomicLong();
    List<Future<?>> running = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(ENVIRONMENTS)) {
      for (int i = 0; i < ENVIRONMENTS; i++) {
        FlowLogsHandler handler = new FlowLogsHandler(environment());
        running.add(
            threads.submit(
                () -> {
                  for (String event = waiting.poll(); event != null; event = waiting.poll()) {
                    try {
                      Invocation.of(handler, event, new RecordingContext());
                    } catch (BatchClaimedException _) {
                      givenWay.incrementAndGet();
                      waiting.add(event);
                    }
                  }
                }));
      }
      for (Future<?> each : running) {
        each.get();
      }
    }
    return givenWay.get();
  }

  private Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>(aws.environment());
    environment.put("METRIC_NAMESPACE", name);
    environment.put("ALERT_TOPIC_ARN", queue.topicArn());
    environment.put("LEDGER_TABLE", table.name());
    return environment;
  }

  private static String event(int number, int records, Instant minute) {
    boolean isScan = number % EVERY_SCAN == 0;
    String interfaceId = "eni-" + (1_000 + number);
    String source = isScan ? "10.0.9." + number / EVERY_SCAN % SCANNING_SOURCES : "198.51.100.7";
    List<LogEvent> events = new ArrayList<>();
    for (int i = 0; i < records; i++) {
      events.add(
          new LogEvent(
              number + "-" + i,
              minute.toEpochMilli(),
              "2 123456789010 %s %s 10.0.2.98 40001 %d 6 1 60 %d %d REJECT OK"
                  .formatted(
                      interfaceId,
                      source,
                      i + 1,
                      minute.getEpochSecond(),
                      minute.getEpochSecond())));
    }
    return SubscriptionMessage.ofEvents(interfaceId, events).toEvent();
  }
}
