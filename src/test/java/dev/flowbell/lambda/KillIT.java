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
import dev.flowbell.testing.process.RuntimeApi.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The function as a process of its own, under Lambda's runtime client, killed at each boundary
/// between its steps: just before a request gets through, and when it was taken but no answer came
/// back. Invoked again, as Lambda does, it must count and tell everything once. Where it can't know
/// that it did, it may do it twice, and must say so.
///
/// `-Dflowbell.kills=210` kills more often than every run does.
@ExtendWith(AwsEndpointExtension.class)
@EnabledOnOs(value = OS.LINUX, disabledReason = "the runtime client is made for Lambda's Linux")
final class KillIT {
  /// What the function believes to have: enough for each step, and soon over.
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /// A claim's lease, and a second for the clock.
  private static final Duration LONGEST_LEASE = TIMEOUT.plusSeconds(3);

  private static final int LARGE_MINUTES = 150;

  /// Of what sort a payload is.
  private enum Kind {
    QUIET,
    SCAN,
    LARGE;

    /// Returns what it makes the function ask for, in this order; a large one's `PutMetricData` go
    /// side by side, and the first is noted while the other is under way.
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
  }

  /// Where the process ends.
  ///
  /// @param step which of the kind's requests
  /// @param isTaken whether that request still gets through
  private record Boundary(Kind kind, int step, boolean isTaken) {
    /// Every boundary there is.
    static List<Boundary> all() {
      return Stream.of(Kind.values())
          .flatMap(
              kind ->
                  Stream.iterate(0, step -> step < kind.operations().size(), step -> step + 1)
                      .flatMap(
                          step ->
                              Stream.of(
                                  new Boundary(kind, step, false), new Boundary(kind, step, true))))
          .toList();
    }

    /// Whether an operation was taken, and that it was couldn't be noted.
    boolean leavesInDoubt(String operation) {
      int last = isTaken ? step : step - 1; // the last request that got through
      return last >= 0 && last == kind.operations().indexOf(operation);
    }

    String operation() {
      return kind.operations().get(step);
    }

    /// Which of the requests with its operation it is, from 0.
    long occurrence() {
      return kind.operations().subList(0, step).stream().filter(operation()::equals).count();
    }

    /// Whether several requests may have been taken that nobody noted.
    boolean leavesSeveralInDoubt() {
      boolean isNoted = step > 4 || (step == 4 && isTaken);
      return kind == Kind.LARGE && !isBeforeTheClaim() && !isNoted;
    }

    /// Which `PutMetricData` of a large payload takes long, so that the boundary is where it is
    /// said to be: the one that isn't it, or the second; -1 for none, where both get through.
    int delayed() {
      if (kind != Kind.LARGE || (step == 4 && !isTaken)) {
        return -1;
      }
      return operation().equals("PutMetricData") && occurrence() == 1 ? 0 : 1;
    }

    boolean isBeforeTheClaim() {
      return step == 0 && !isTaken;
    }

    boolean isAfterEverything() {
      return step == kind.operations().size() - 1 && isTaken;
    }
  }

  /// One payload, killed once.
  private record Case(int number, Boundary boundary, List<Instant> minutes, String event) {}

  private final AwsEndpoint aws;
  private final String name;
  private final LedgerTable table;
  private final NotificationQueue queue;
  private final PublishedMetrics metrics;
  @TempDir private Path folder;

  KillIT(AwsEndpoint aws) {
    this.aws = aws;
    name = aws.uniqueName("flowbell-kill");
    table = LedgerTable.make(aws);
    queue = NotificationQueue.make(aws, name);
    metrics = new PublishedMetrics(aws, name);
  }

  @Test
  void killedAndInvokedAgain() throws Exception {
    List<Case> cases = cases(Integer.getInteger("flowbell.kills", Boundary.all().size()));
    for (Case each : cases) {
      kill(each);
    }
    Thread.sleep(LONGEST_LEASE);
    List<Map<String, Object>> results = invokeAgain(cases);

    Map<Instant, Double> records = metrics.sums("Records", cases.getFirst().minutes().getFirst());
    List<String> notifications = queue.drain();
    long possibleDuplicates = 0;
    for (int i = 0; i < cases.size(); i++) {
      Case each = cases.get(i);
      String what = each.number() + " " + each.boundary();
      long possible = (long) results.get(i).getOrDefault("PossibleDuplicates", 0L);
      possibleDuplicates += possible;
      boolean isWhole = each.boundary().isBeforeTheClaim() || each.boundary().isAfterEverything();
      assertThat(possible).as(what).isEqualTo(isWhole ? 0 : 1);
      // What one of two requests may double it tells itself.
      possibleDuplicates += each.boundary().leavesSeveralInDoubt() ? 1 : 0;
      assertThat(results.get(i).containsKey("DuplicateBatches"))
          .as(what)
          .isEqualTo(each.boundary().isAfterEverything());

      double counted =
          each.minutes().stream().mapToDouble(minute -> records.getOrDefault(minute, 0.0)).sum();
      double expected = recordsOf(each.number(), each.boundary().kind());
      if (each.boundary().kind() == Kind.LARGE && each.boundary().step() > 0 && !isWhole) {
        assertThat(counted).as(what).isBetween(expected, 2 * expected);
      } else if (each.boundary().leavesInDoubt("PutMetricData")) {
        assertThat(counted).as(what).isBetween(expected + 1, 2 * expected);
      } else {
        assertThat(counted).as(what).isEqualTo(expected);
      }
      if (each.boundary().kind() == Kind.SCAN) {
        assertThat(notifications)
            .as(what)
            .filteredOn(text -> text.contains(sourceOf(each.number())))
            .hasSize(each.boundary().leavesInDoubt("Publish") ? 2 : 1);
      }
    }
    assertThat(metrics.total("PossibleDuplicates")).isEqualTo(possibleDuplicates);
    System.out.printf(
        "%d kills: %d possible duplicates, every one of them counted; all else exact%n",
        cases.size(), possibleDuplicates);
  }

  /// Starts the function, and kills it when it comes to the boundary.
  private void kill(Case each) throws Exception {
    try (KillableFunction function = startFunction(TIMEOUT)) {
      function.proxy().use(killAt(each.boundary(), function));
      assertThat(function.invoke(each.event())).as(each.number() + " " + each.boundary()).isNull();
      if (each.boundary().kind() != Kind.LARGE) {
        assertThat(function.proxy().calls())
            .extracting(FaultProxy.Call::operation)
            .containsExactlyElementsOf(
                each.boundary().kind().operations().subList(0, each.boundary().step() + 1));
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
        return boundary.isTaken()
            ? new Fault.CutAfter(function::kill)
            : new Fault.CutBefore(function::kill);
      }
      boolean isDelayed =
          call.operation().equals("PutMetricData") && occurrence == boundary.delayed();
      return isDelayed ? new Fault.Delay(Duration.ofMillis(500)) : Fault.NONE;
    };
  }

  private List<Map<String, Object>> invokeAgain(List<Case> cases) throws Exception {
    try (KillableFunction function = startFunction(Duration.ofSeconds(60))) {
      List<Map<String, Object>> results = new ArrayList<>();
      for (Case each : cases) {
        Answer answer = Objects.requireNonNull(function.invoke(each.event()));
        assertThat(answer.kind())
            .as(each.number() + " " + each.boundary() + ": " + answer.body())
            .isEqualTo("response");
        results.add(Json.parseObject(answer.body()));
      }
      return results;
    }
  }

  private KillableFunction startFunction(Duration timeout) throws IOException {
    Map<String, String> environment = new HashMap<>(aws.environment());
    environment.put("METRIC_NAMESPACE", name);
    environment.put("ALERT_TOPIC_ARN", queue.topicArn());
    environment.put("ALERT_MAIL_LIMIT", "1000");
    environment.put("LEDGER_TABLE", table.name());
    return KillableFunction.start(aws.uri(), timeout, environment, folder);
  }

  /// Each case has minutes of its own, so that its counts can be told from the others'.
  private static List<Case> cases(int count) {
    List<Boundary> boundaries = Boundary.all();
    Instant minute = Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofDays(12));
    List<Case> cases = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Boundary boundary = boundaries.get(i % boundaries.size());
      List<Instant> minutes = new ArrayList<>();
      for (int j = 0; j < (boundary.kind() == Kind.LARGE ? LARGE_MINUTES : 1); j++) {
        minutes.add(minute);
        minute = minute.plusSeconds(60);
      }
      cases.add(new Case(i, boundary, minutes, event(i, boundary.kind(), minutes)));
    }
    return cases;
  }

  private static int recordsOf(int number, Kind kind) {
    return switch (kind) {
      case QUIET -> 3 + number % 5; // too few to alert
      case SCAN -> 20 + number % 5;
      case LARGE -> LARGE_MINUTES;
    };
  }

  private static String event(int number, Kind kind, List<Instant> minutes) {
    List<LogEvent> events = new ArrayList<>();
    for (int i = 0; i < recordsOf(number, kind); i++) {
      long end = minutes.get(i % minutes.size()).getEpochSecond();
      events.add(
          new LogEvent(
              "%d-%d".formatted(number, i),
              end * 1_000,
              "2 123456789010 %s %s 10.0.2.98 40001 %d 6 1 60 %d %d %s OK"
                  .formatted(
                      interfaceOf(number),
                      sourceOf(number),
                      i + 1,
                      end,
                      end,
                      kind == Kind.SCAN ? "REJECT" : "ACCEPT")));
    }
    return SubscriptionMessage.ofEvents(interfaceOf(number), events).toEvent();
  }

  /// A source inside, so that each case is a cause of its own.
  private static String sourceOf(int number) {
    return "10.1.%d.%d".formatted(100 + number / 100, 100 + number % 100);
  }

  private static String interfaceOf(int number) {
    return "eni-%08d".formatted(number);
  }
}
