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
import dev.flowbell.testing.network.FaultProxy;
import dev.flowbell.testing.network.FaultProxy.Fault;
import dev.flowbell.testing.process.KillableFunction;
import dev.flowbell.testing.process.PrintedMetrics;
import dev.flowbell.testing.process.RuntimeApi.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The function as a process of its own, under Lambda's runtime client, killed and invoked again,
/// as Lambda does: it must count and notify everything once. Where it can't know that it did, it
/// may do it twice, and must say so in `PossibleDuplicates`.
///
/// It is killed at each boundary between its steps: just before a request gets through, and when
/// the request was accepted but no answer came back. And it is killed at random moments, twice for
/// each payload. Its metrics are requests to CloudWatch or lines of its log.
///
/// `-Dflowbell.kills=252 -Dflowbell.randomKills=120` kills more often than every run does.
@ExtendWith(AwsEndpointExtension.class)
@EnabledOnOs(value = OS.LINUX, disabledReason = "the runtime client is made for Lambda's Linux")
final class KillIT {
  /// What the function believes to have: enough for each step, and soon over.
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /// A claim's lease, and a second for the clock.
  private static final Duration LONGEST_LEASE = TIMEOUT.plusSeconds(3);

  private static final Duration AMPLE_TIMEOUT = Duration.ofSeconds(60);

  private static final int LARGE_MINUTES = 150;

  private static final int RANDOM_KILLS_OF_PAYLOAD = 2;
  private static final long SEED = 20_261_128;

  /// Where metrics go.
  private enum Sink {
    CLOUDWATCH,
    EMF
  }

  /// Of what sort a payload is.
  private enum Kind {
    QUIET,
    SCAN,
    LARGE;

    /// Returns what it makes the function ask for, in this order; a large one's `PutMetricData` go
    /// side by side, and the first is recorded while the other is under way.
    List<String> operations() {
      return switch (this) {
        case QUIET -> List.of("UpdateItem", "BatchGetItem", "PutMetricData", "UpdateItem");
        case SCAN ->
            List.of(
                "UpdateItem", // the claim
                "BatchGetItem", // the board
                "BatchGetItem", // what was sent of these causes
                "UpdateItem", // evidence
                "BatchGetItem", // the hours beside it
                "PutMetricData",
                "UpdateItem", // the metrics are done
                "UpdateItem", // the board
                "UpdateItem", // the lease
                "UpdateItem", // the hour's notifications
                "Publish",
                "UpdateItem", // sent
                "PutMetricData", // AlertsSent
                "UpdateItem"); // the end
        case LARGE ->
            List.of(
                "UpdateItem",
                "BatchGetItem",
                "PutMetricData",
                "PutMetricData",
                "UpdateItem",
                "UpdateItem");
      };
    }

    /// Returns the same where metrics are printed. Lines are no requests, and are recorded once, at
    /// their end.
    List<String> operationsWithoutMetrics() {
      return this == LARGE
          ? QUIET.operationsWithoutMetrics()
          : operations().stream().filter(each -> !each.equals("PutMetricData")).toList();
    }
  }

  /// Where the process ends.
  ///
  /// @param step which of the requests
  /// @param isAccepted whether that request still gets through
  private record Boundary(Sink sink, Kind kind, int step, boolean isAccepted) {
    /// Every boundary there is.
    static List<Boundary> all() {
      return Stream.of(Sink.values())
          .flatMap(sink -> Stream.of(Kind.values()).flatMap(kind -> all(sink, kind)))
          .toList();
    }

    private static Stream<Boundary> all(Sink sink, Kind kind) {
      int steps = new Boundary(sink, kind, 0, false).operations().size();
      return Stream.iterate(0, step -> step < steps, step -> step + 1)
          .flatMap(
              step ->
                  Stream.of(
                      new Boundary(sink, kind, step, false), new Boundary(sink, kind, step, true)));
    }

    List<String> operations() {
      return sink == Sink.EMF ? kind.operationsWithoutMetrics() : kind.operations();
    }

    String operation() {
      return operations().get(step);
    }

    /// Which of the requests with its operation it is, from 0.
    long occurrence() {
      return operations().subList(0, step).stream().filter(operation()::equals).count();
    }

    /// Whether an operation's first request was accepted, and that couldn't be recorded.
    private boolean leavesUnrecorded(String operation) {
      int last = isAccepted ? step : step - 1; // the last request that got through
      return last >= 0 && last == operations().indexOf(operation);
    }

    /// Whether the payload's metrics were published, and that couldn't be recorded. Lines are
    /// printed before the request that would have been `PutMetricData`'s next.
    boolean leavesMetricsUnrecorded() {
      return sink == Sink.EMF
          ? step == kind.operations().indexOf("PutMetricData") && !isAccepted
          : leavesUnrecorded("PutMetricData");
    }

    boolean leavesNotificationUnrecorded() {
      return leavesUnrecorded("Publish");
    }

    /// Whether either part of a large payload's metrics may have been accepted, and neither is
    /// recorded.
    boolean leavesSeveralUnrecorded() {
      boolean isRecorded =
          sink == Sink.EMF ? isAfterEverything() : step > 4 || (step == 4 && isAccepted);
      return kind == Kind.LARGE && !isBeforeTheClaim() && !isRecorded;
    }

    /// Whether any of a large payload's requests may have been accepted, one of them without being
    /// recorded.
    boolean mayCountTwice() {
      return sink == Sink.CLOUDWATCH && kind == Kind.LARGE && step > 1 && !isAfterEverything();
    }

    /// Which `PutMetricData` of a large payload takes long, so that the boundary is where it is
    /// said to be: the one that isn't it, or the second; -1 for none, where both get through.
    int delayed() {
      if (kind != Kind.LARGE || (step == 4 && !isAccepted)) {
        return -1;
      }
      return operation().equals("PutMetricData") && occurrence() == 1 ? 0 : 1;
    }

    boolean isBeforeTheClaim() {
      return step == 0 && !isAccepted;
    }

    boolean isAfterEverything() {
      return step == operations().size() - 1 && isAccepted;
    }
  }

  /// One payload. It has minutes of its own, so that its counts can be told from the others'.
  private record Payload(int number, Sink sink, Kind kind, List<Instant> minutes) {
    int records() {
      return switch (kind) {
        case QUIET -> 3 + number % 5; // too few to alert
        case SCAN -> 20 + number % 5;
        case LARGE -> LARGE_MINUTES;
      };
    }

    /// A source inside, so that each payload is a cause of its own.
    String source() {
      return "10.1.%d.%d".formatted(100 + number / 100, 100 + number % 100);
    }

    String event() {
      String networkInterface = "eni-%08d".formatted(number);
      List<LogEvent> events = new ArrayList<>();
      for (int i = 0; i < records(); i++) {
        long end = minutes.get(i % minutes.size()).getEpochSecond();
        events.add(
            new LogEvent(
                "%d-%d".formatted(number, i),
                end * 1_000,
                "2 123456789010 %s %s 10.0.2.98 40001 %d 6 1 60 %d %d %s OK"
                    .formatted(
                        networkInterface,
                        source(),
                        i + 1,
                        end,
                        end,
                        kind == Kind.SCAN ? "REJECT" : "ACCEPT")));
      }
      return SubscriptionMessage.ofEvents(networkInterface, events).toEvent();
    }

    /// Returns how often each minute was counted.
    List<Double> timesCounted(Map<Instant, Double> records) {
      double once = (double) records() / minutes.size();
      return minutes.stream().map(minute -> records.getOrDefault(minute, 0.0) / once).toList();
    }

    long notifications(List<String> all) {
      return all.stream().filter(text -> text.contains(source())).count();
    }
  }

  /// A payload that is killed at a boundary.
  private record Case(Payload payload, Boundary boundary) {
    String name() {
      return payload.number() + " " + boundary;
    }
  }

  /// A payload that is killed at random moments.
  ///
  /// @param namespace of its metrics alone
  /// @param delays from the begin of an invocation until its end
  private record RandomCase(Payload payload, String namespace, List<Duration> delays) {
    String name() {
      return "%d %s %s killed after %s"
          .formatted(payload.number(), payload.sink(), payload.kind(), delays);
    }
  }

  private final AwsEndpoint aws;
  private final String name;
  private final LedgerTable table;
  private final NotificationQueue queue;
  private final Random random = new Random(SEED);
  private final Instant firstMinute =
      Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofDays(12));
  private Instant nextMinute = firstMinute;
  // The board forgets scans that are a day older than others: those of all payloads are close.
  private Instant nextLargeMinute = firstMinute.plus(Duration.ofDays(1));
  private int payloads;
  @TempDir private Path folder;

  KillIT(AwsEndpoint aws) {
    this.aws = aws;
    name = aws.uniqueName("flowbell-kill");
    table = LedgerTable.make(aws);
    queue = NotificationQueue.make(aws, name);
  }

  @Test
  void killedAndInvokedAgain() throws Exception {
    List<Case> cases = cases(Integer.getInteger("flowbell.kills", Boundary.all().size()));
    List<RandomCase> randomCases = randomCases(Integer.getInteger("flowbell.randomKills", 12));
    assertThat(nextLargeMinute).as("so many kills need more minutes").isBefore(Instant.now());

    KillCases.forEach(randomCases, each -> killAfter(each, each.delays().getFirst()));
    Instant leaseEnd = Instant.now().plus(LONGEST_LEASE);
    KillCases.forEach(cases, this::kill);
    sleepUntil(leaseEnd);
    KillCases.forEach(randomCases, each -> killAfter(each, each.delays().getLast()));
    Thread.sleep(LONGEST_LEASE);
    List<Map<String, Object>> results = invokeAgain(cases);
    KillCases.forEach(randomCases, this::invokeAgain);

    List<String> notifications = queue.drain();
    for (Sink sink : Sink.values()) {
      check(sink, cases, results, notifications);
    }
    for (RandomCase each : randomCases) {
      check(each, notifications);
    }
  }

  private void check(
      Sink sink, List<Case> cases, List<Map<String, Object>> results, List<String> notifications)
      throws IOException {
    Map<Instant, Double> records = sums(sink, name, "Records");
    int kills = 0;
    long possibleDuplicates = 0;
    for (int i = 0; i < cases.size(); i++) {
      Case each = cases.get(i);
      Boundary boundary = each.boundary();
      if (boundary.sink() != sink) {
        continue;
      }
      kills++;
      long possible = (long) results.get(i).getOrDefault("PossibleDuplicates", 0L);
      boolean isWhole = boundary.isBeforeTheClaim() || boundary.isAfterEverything();
      assertThat(possible).as(each.name()).isEqualTo(isWhole ? 0 : 1);
      // What one of two parts may double it reports itself.
      possibleDuplicates += possible + (boundary.leavesSeveralUnrecorded() ? 1 : 0);
      assertThat(results.get(i).containsKey("DuplicateBatches"))
          .as(each.name())
          .isEqualTo(boundary.isAfterEverything());

      List<Double> times = each.payload().timesCounted(records);
      if (boundary.mayCountTwice()) {
        assertThat(times).as(each.name()).isSubsetOf(1.0, 2.0);
      } else {
        assertThat(times)
            .as(each.name())
            .containsOnly(boundary.leavesMetricsUnrecorded() ? 2.0 : 1.0);
      }
      if (boundary.kind() == Kind.SCAN) {
        assertThat(each.payload().notifications(notifications))
            .as(each.name())
            .isEqualTo(boundary.leavesNotificationUnrecorded() ? 2 : 1);
      }
    }
    assertThat(total(sink, name, "PossibleDuplicates")).isEqualTo(possibleDuplicates);
    System.out.printf(
        "%s: %d kills, %d possible duplicates, every one of them counted; all else exact%n",
        sink, kills, possibleDuplicates);
  }

  /// Where the kill was isn't known, so only bounds are.
  private void check(RandomCase random, List<String> notifications) throws IOException {
    Payload payload = random.payload();
    List<Double> times = payload.timesCounted(sums(payload.sink(), random.namespace(), "Records"));
    long notified = payload.notifications(notifications);
    long possible = total(payload.sink(), random.namespace(), "PossibleDuplicates");
    System.out.printf(
        "%s: counted %s times, notified %d times, %d possible duplicates%n",
        random.name(), times.stream().distinct().toList(), notified, possible);

    assertThat(times).as(random.name()).isSubsetOf(1.0, 2.0, 3.0);
    long parts = payload.kind() == Kind.LARGE ? 2 : 1;
    assertThat(possible).as(random.name()).isBetween(0L, RANDOM_KILLS_OF_PAYLOAD * parts);
    long expected = payload.kind() == Kind.SCAN ? 1 : 0;
    assertThat(notified).as(random.name()).isGreaterThanOrEqualTo(expected);
    assertThat(repeated(payload, times) + notified - expected)
        .as(random.name())
        .isBetween(0L, possible);
  }

  /// Returns how many requests or sets of lines were counted that repeat others.
  private static long repeated(Payload payload, List<Double> times) {
    // A large payload's first minute is in its first request, and the last one in its second.
    return payload.sink() == Sink.CLOUDWATCH && payload.kind() == Kind.LARGE
        ? Math.round(times.getFirst() + times.getLast()) - 2
        : Math.round(Collections.max(times)) - 1;
  }

  private long total(Sink sink, String namespace, String metric) throws IOException {
    return Math.round(
        sums(sink, namespace, metric).values().stream().mapToDouble(Double::doubleValue).sum());
  }

  private Map<Instant, Double> sums(Sink sink, String namespace, String metric) throws IOException {
    return switch (sink) {
      case CLOUDWATCH -> new PublishedMetrics(aws, namespace).sums(metric, firstMinute);
      case EMF -> new PrintedMetrics(folder, namespace).sums(metric);
    };
  }

  /// Starts the function, and kills it when it comes to the boundary.
  private void kill(Case each) throws Exception {
    Boundary boundary = each.boundary();
    try (KillableFunction function = startFunction(boundary.sink(), name, TIMEOUT)) {
      function.proxy().use(killAt(boundary, function));
      assertThat(function.invoke(each.payload().event())).as(each.name()).isNull();
      if (boundary.kind() != Kind.LARGE) {
        assertThat(function.proxy().calls())
            .as(each.name())
            .extracting(FaultProxy.Call::operation)
            .containsExactlyElementsOf(boundary.operations().subList(0, boundary.step() + 1));
      }
    }
  }

  private static Function<FaultProxy.Call, Fault> killAt(
      Boundary boundary, KillableFunction function) {
    Map<String, AtomicInteger> counts = new ConcurrentHashMap<>();
    return call -> {
      int occurrence =
          counts.computeIfAbsent(call.operation(), _ -> new AtomicInteger()).getAndIncrement();
      if (call.operation().equals(boundary.operation()) && occurrence == boundary.occurrence()) {
        return boundary.isAccepted()
            ? new Fault.CutAfter(function::kill)
            : new Fault.CutBefore(function::kill);
      }
      boolean isDelayed =
          call.operation().equals("PutMetricData") && occurrence == boundary.delayed();
      return isDelayed ? new Fault.Delay(Duration.ofMillis(500)) : Fault.NONE;
    };
  }

  /// Starts the function, and kills it so long after its invocation began. It may have answered.
  private void killAfter(RandomCase each, Duration delay) throws Exception {
    Payload payload = each.payload();
    try (KillableFunction function = startFunction(payload.sink(), each.namespace(), TIMEOUT)) {
      Answer answer = function.invokeAndKill(payload.event(), delay);
      if (answer != null) {
        assertThat(answer.kind()).as(each.name() + ": " + answer.body()).isEqualTo("response");
      }
    }
  }

  private List<Map<String, Object>> invokeAgain(List<Case> cases) throws Exception {
    try (KillableFunction cloudWatch = startFunction(Sink.CLOUDWATCH, name, AMPLE_TIMEOUT);
        KillableFunction emf = startFunction(Sink.EMF, name, AMPLE_TIMEOUT)) {
      List<Map<String, Object>> results = new ArrayList<>();
      for (Case each : cases) {
        KillableFunction function = each.boundary().sink() == Sink.EMF ? emf : cloudWatch;
        results.add(resultOf(function, each.payload(), each.name()));
      }
      return results;
    }
  }

  private void invokeAgain(RandomCase each) throws Exception {
    try (KillableFunction function =
        startFunction(each.payload().sink(), each.namespace(), AMPLE_TIMEOUT)) {
      resultOf(function, each.payload(), each.name());
    }
  }

  private static Map<String, Object> resultOf(
      KillableFunction function, Payload payload, String what) throws Exception {
    Answer answer = Objects.requireNonNull(function.invoke(payload.event()));
    assertThat(answer.kind()).as(what + ": " + answer.body()).isEqualTo("response");
    return Json.parseObject(answer.body());
  }

  private KillableFunction startFunction(Sink sink, String namespace, Duration timeout)
      throws IOException {
    Map<String, String> environment = new HashMap<>(aws.environment());
    environment.put("METRIC_SINK", sink.name().toLowerCase(Locale.ROOT));
    environment.put("METRIC_NAMESPACE", namespace);
    environment.put("ALERT_TOPIC_ARN", queue.topicArn());
    environment.put("ALERT_MAIL_LIMIT", "1000");
    environment.put("LEDGER_TABLE", table.name());
    return KillableFunction.start(aws.uri(), timeout, environment, folder);
  }

  private List<Case> cases(int kills) {
    List<Boundary> boundaries = Boundary.all();
    List<Case> cases = new ArrayList<>();
    for (int i = 0; i < kills; i++) {
      Boundary boundary = boundaries.get(i % boundaries.size());
      cases.add(new Case(newPayload(boundary.sink(), boundary.kind()), boundary));
    }
    return cases;
  }

  /// Each sink and kind in turn. The delays are within the time that the first uncut invocation of
  /// the same sink and kind takes.
  private List<RandomCase> randomCases(int kills) throws Exception {
    Map<String, Duration> uncut = new HashMap<>();
    List<RandomCase> cases = new ArrayList<>();
    for (int i = 0; i < kills / RANDOM_KILLS_OF_PAYLOAD; i++) {
      Sink sink = Sink.values()[i % Sink.values().length];
      Kind kind = Kind.values()[i / Sink.values().length % Kind.values().length];
      String way = sink + " " + kind;
      if (!uncut.containsKey(way)) {
        uncut.put(way, timeUncut(newPayload(sink, kind)));
      }
      List<Duration> delays = new ArrayList<>();
      for (int j = 0; j < RANDOM_KILLS_OF_PAYLOAD; j++) {
        delays.add(Duration.ofMillis(random.nextLong(uncut.get(way).toMillis())));
      }
      Payload payload = newPayload(sink, kind);
      cases.add(new RandomCase(payload, name + "-" + payload.number(), delays));
    }
    return cases;
  }

  private Duration timeUncut(Payload payload) throws Exception {
    try (KillableFunction function =
        startFunction(payload.sink(), name + "-uncut", AMPLE_TIMEOUT)) {
      function.awaitStart();
      long begin = System.nanoTime();
      resultOf(function, payload, "uncut");
      return Duration.ofNanos(System.nanoTime() - begin);
    }
  }

  private Payload newPayload(Sink sink, Kind kind) {
    List<Instant> minutes = new ArrayList<>();
    if (kind == Kind.LARGE) {
      for (int i = 0; i < LARGE_MINUTES; i++) {
        minutes.add(nextLargeMinute);
        nextLargeMinute = nextLargeMinute.plusSeconds(60);
      }
    } else {
      minutes.add(nextMinute);
      nextMinute = nextMinute.plusSeconds(60);
    }
    return new Payload(payloads++, sink, kind, minutes);
  }

  private static void sleepUntil(Instant time) throws InterruptedException {
    Thread.sleep(Duration.between(Instant.now(), time)); // not at all, if that is negative
  }
}
