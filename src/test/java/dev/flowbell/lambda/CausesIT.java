package dev.flowbell.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.testing.Json;
import dev.flowbell.testing.emulator.AwsEndpoint;
import dev.flowbell.testing.emulator.AwsEndpointExtension;
import dev.flowbell.testing.emulator.LedgerTable;
import dev.flowbell.testing.emulator.NotificationQueue;
import dev.flowbell.testing.emulator.PublishedMetrics;
import dev.flowbell.testing.generator.PayloadGenerator.LogEvent;
import dev.flowbell.testing.generator.PayloadGenerator.SubscriptionMessage;
import dev.flowbell.testing.network.FaultProxy.Call;
import dev.flowbell.testing.network.FaultProxy.Fault;
import dev.flowbell.testing.process.KillableFunction;
import dev.flowbell.testing.process.RuntimeApi.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// Causes that only many payloads together show, judged by eight processes of the function at once
/// that share nothing but the ledger's table: one notification for each cause.
///
/// A payload has what one network interface logs in one minute. It is delivered one to three times,
/// in any order; some processes are killed at a request, and their payloads invoked again, as
/// Lambda does.
@ExtendWith(AwsEndpointExtension.class)
@EnabledOnOs(value = OS.LINUX, disabledReason = "the runtime client is made for Lambda's Linux")
final class CausesIT {
  private static final int PROCESSES = 8;
  private static final int MOST_DELIVERIES = 3;

  /// How long the causes go on, in minutes.
  private static final int LENGTH = 30;

  private static final int CLIENTS = 40;
  private static final int SWEPT_HOSTS = 200;

  /// What the function believes to have: enough for each step, and soon over.
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /// The lease of a claim or of a notification, and a second for the clock.
  private static final Duration LONGEST_LEASE = TIMEOUT.plusSeconds(3);

  private static final String FORMAT =
      "interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action"
          + " tcp-flags flow-direction log-status";

  private final AwsEndpoint aws;
  private final String name;
  private final LedgerTable table;
  private final NotificationQueue queue;
  private final PublishedMetrics metrics;
  private final Instant first =
      Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofMinutes(2 * LENGTH));

  /// What is invoked again a minute later: it failed, its process was killed, or another one had
  /// the claim.
  private final Queue<String> again = new ConcurrentLinkedQueue<>();

  /// How often SNS accepted a notification and the process was killed before it could note that.
  private final AtomicInteger inDoubt = new AtomicInteger();

  private final AtomicInteger kills = new AtomicInteger();

  /// When the last process was killed, on the JVM's clock.
  private final AtomicLong lastKill = new AtomicLong();

  private final Queue<KillableFunction> started = new ConcurrentLinkedQueue<>();

  /// The processes that wait for the next delivery.
  private final Queue<KillableFunction> idle = new ConcurrentLinkedQueue<>();

  @TempDir private Path folder;

  CausesIT(AwsEndpoint aws) {
    this.aws = aws;
    name = aws.uniqueName("flowbell-causes");
    table = LedgerTable.make(aws);
    queue = NotificationQueue.make(aws, name);
    metrics = new PublishedMetrics(aws, name);
  }

  @AfterEach
  void endProcesses() throws IOException {
    for (KillableFunction each : started) {
      each.close();
    }
  }

  @Test
  void oneNotificationForEachCause() throws Exception {
    Random random = new Random(1);
    Traffic outage = new Traffic(first);
    outage.addOutage("10.1", random);
    deliver(
        outage.deliveries(random),
        new Kill("UpdateItem", 200, true),
        new Kill("PutMetricData", 50, false),
        new Kill("Publish", 0, false));
    Traffic sweep = new Traffic(first);
    sweep.addSweep("10.2", "10.2.3.17");
    deliver(
        sweep.deliveries(random),
        new Kill("UpdateItem", 60, false),
        new Kill("Publish", 0, true),
        new Kill("PutMetricData", 70, true));
    // The intruder is one of the clients.
    Traffic both = new Traffic(first);
    both.addOutage("10.3", random);
    both.addSweep("10.3", "10.3.1.7");
    deliver(
        both.deliveries(random),
        new Kill("Publish", 0, false),
        new Kill("BatchGetItem", 90, true),
        new Kill("UpdateItem", 120, false));

    assertThat(kills).hasValue(9);
    Duration sinceLastKill = Duration.ofNanos(System.nanoTime() - lastKill.get());
    Thread.sleep(LONGEST_LEASE.minus(sinceLastKill)); // not at all if it is negative
    int invokedAgain = again.size();
    for (int i = 0; i < MOST_DELIVERIES && !again.isEmpty(); i++) {
      deliver(takeAgain());
    }
    assertThat(again).isEmpty();

    List<String> notifications = queue.drain().stream().flatMap(CausesIT::causesOf).toList();
    assertThat(notifications.stream().distinct())
        .containsExactlyInAnyOrder(
            "blocked-connection blocked|door|10.1.6.30|6|5432",
            "scan scan|10.2.3.17",
            "blocked-connection blocked|door|10.3.6.30|6|5432",
            "scan scan|10.3.1.7");
    assertThat(notifications).as("%s", notifications).hasSize(4 + inDoubt.get());
    assertThat(metrics.total("PossibleDuplicates")).isGreaterThanOrEqualTo(inDoubt.get());
    System.out.printf(
        "4 causes in %d notifications, %d of them in doubt; %d kills; %d payloads invoked again%n",
        notifications.size(), inDoubt.get(), kills.get(), invokedAgain);
  }

  private List<String> takeAgain() {
    List<String> taken = new ArrayList<>();
    for (String event = again.poll(); event != null; event = again.poll()) {
      if (!taken.contains(event)) { // at the same time they would claim each other's payload
        taken.add(event);
      }
    }
    return taken;
  }

  private static Stream<String> causesOf(String notification) {
    List<?> alerts = (List<?>) Json.parseObject(notification).get("alerts");
    return alerts.stream()
        .map(alert -> (Map<?, ?>) alert)
        .map(alert -> alert.get("rule") + " " + alert.get("key"));
  }

  // Delivery.

  /// Where a process is killed.
  ///
  /// @param occurrence which request of this operation, of all processes, from 0
  /// @param isTaken whether the request still gets through
  private record Kill(String operation, int occurrence, boolean isTaken) {}

  /// Gives all processes one payload after another, until there is none.
  private void deliver(List<String> deliveries, Kill... planned) throws Exception {
    Queue<String> waiting = new ConcurrentLinkedQueue<>(deliveries);
    Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();
    List<Future<?>> running = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(PROCESSES)) {
      for (int i = 0; i < PROCESSES; i++) {
        running.add(
            threads.submit(
                () -> {
                  while (!waiting.isEmpty()) {
                    useProcess(waiting, counts, List.of(planned));
                  }
                  return null;
                }));
      }
      for (Future<?> each : running) {
        each.get();
      }
    }
  }

  /// Uses one process until it is killed, or nothing waits.
  private void useProcess(
      Queue<String> waiting, Map<String, AtomicInteger> counts, List<Kill> planned)
      throws Exception {
    KillableFunction function = idle.poll();
    if (function == null) {
      function = KillableFunction.start(aws.uri(), TIMEOUT, environment(), folder);
      started.add(function);
    }
    KillableFunction used = function;
    used.proxy().use(call -> faultAt(call, counts, planned, used));
    for (String event = waiting.poll(); event != null; event = waiting.poll()) {
      Answer answer = used.invoke(event);
      if (answer == null) {
        again.add(event);
        return;
      }
      if (answer.kind().equals("error")) {
        // On a busy machine too little time may be left for a step.
        assertThat(answer.body()).containsPattern("BatchClaimed|PayloadFailed");
        again.add(event);
      }
    }
    idle.add(used);
  }

  private Fault faultAt(
      Call call, Map<String, AtomicInteger> counts, List<Kill> planned, KillableFunction function) {
    int occurrence =
        counts.computeIfAbsent(call.operation(), _ -> new AtomicInteger()).getAndIncrement();
    for (Kill kill : planned) {
      if (kill.operation().equals(call.operation()) && kill.occurrence() == occurrence) {
        kills.incrementAndGet();
        lastKill.set(System.nanoTime());
        List<Call> calls = function.proxy().calls(); // this one is the last
        int lastTaken = calls.size() - (kill.isTaken() ? 1 : 2);
        if (lastTaken >= 0 && calls.get(lastTaken).operation().equals("Publish")) {
          inDoubt.incrementAndGet();
        }
        return kill.isTaken()
            ? new Fault.CutAfter(function::kill)
            : new Fault.CutBefore(function::kill);
      }
    }
    return Fault.NONE;
  }

  private Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>(aws.environment());
    environment.put("LOG_FORMAT", FORMAT);
    environment.put("METRIC_NAMESPACE", name);
    environment.put("ALERT_TOPIC_ARN", queue.topicArn());
    environment.put("LEDGER_TABLE", table.name());
    return environment;
  }

  // Traffic.

  /// The records of many network interfaces.
  private static final class Traffic {
    private final Instant first;

    /// By network interface and minute.
    private final Map<String, List<LogEvent>> payloads = new LinkedHashMap<>();

    Traffic(Instant first) {
      this.first = first;
    }

    /// Clients can't reach their database since its security group changed. Each tries in about one
    /// minute of six, and has answers of another server all the time.
    void addOutage(String network, Random random) {
      String database = network + ".6.30";
      String healthy = network + ".6.40";
      for (int minute = 0; minute < LENGTH; minute++) {
        for (int i = 1; i <= CLIENTS; i++) {
          if (random.nextInt(6) == 0) {
            String client = network + ".1." + i;
            int port = 40_000 + minute * 100 + i;
            addBlocked(minute, client, database, port, 5432);
            add(minute, client, client, healthy, port, 443, "ACCEPT 3 egress");
            add(minute, client, healthy, client, 443, port, "ACCEPT 19 ingress");
          }
        }
      }
    }

    /// An intruder tries one port of all hosts, each once.
    void addSweep(String network, String intruder) {
      for (int i = 0; i < SWEPT_HOSTS; i++) {
        addBlocked(i * LENGTH / SWEPT_HOSTS, intruder, network + ".9." + (i + 1), 51_000 + i, 445);
      }
    }

    /// The source may send, and the target's security group rejects it.
    private void addBlocked(int minute, String source, String target, int sourcePort, int port) {
      add(minute, source, source, target, sourcePort, port, "ACCEPT 2 egress");
      add(minute, target, source, target, sourcePort, port, "REJECT 2 ingress");
    }

    /// @param at the host whose interface logs it
    /// @param outcome action, flags and direction
    private void add(
        int minute,
        String at,
        String source,
        String target,
        int sourcePort,
        int port,
        String outcome) {
      List<LogEvent> events =
          payloads.computeIfAbsent("eni-" + at + " " + minute, _ -> new ArrayList<>());
      Instant start = first.plus(Duration.ofMinutes(minute));
      boolean isOpening = outcome.contains(" 2 ");
      String[] parts = outcome.split(" ", -1);
      events.add(
          new LogEvent(
              at + "-" + minute + "-" + events.size(),
              start.toEpochMilli(),
              "eni-%s %s %s %d %d 6 %d %d %d %d %s %s %s OK"
                  .formatted(
                      at,
                      source,
                      target,
                      sourcePort,
                      port,
                      isOpening ? 3 : 12,
                      isOpening ? 180 : 4_321,
                      start.getEpochSecond(),
                      start.getEpochSecond() + 59,
                      parts[0],
                      parts[1],
                      parts[2])));
    }

    /// Returns each payload one to three times, in any order.
    List<String> deliveries(Random random) {
      List<String> deliveries = new ArrayList<>();
      payloads.forEach(
          (key, events) -> {
            String interfaceId = key.substring(0, key.indexOf(' '));
            deliveries.addAll(
                Collections.nCopies(
                    1 + random.nextInt(MOST_DELIVERIES),
                    SubscriptionMessage.ofEvents(interfaceId, events).toEvent()));
          });
      Collections.shuffle(deliveries, random);
      return deliveries;
    }
  }
}
