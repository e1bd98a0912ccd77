package dev.flowbell.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.lambda.NumberedPayloads.Kind;
import dev.flowbell.lambda.NumberedPayloads.Payload;
import dev.flowbell.testing.Json;
import dev.flowbell.testing.emulator.AwsEndpoint;
import dev.flowbell.testing.emulator.AwsEndpointExtension;
import dev.flowbell.testing.emulator.LedgerTable;
import dev.flowbell.testing.emulator.NotificationQueue;
import dev.flowbell.testing.emulator.PublishedMetrics;
import dev.flowbell.testing.mapping.DataStream;
import dev.flowbell.testing.mapping.StreamMapping;
import dev.flowbell.testing.mapping.StreamMapping.Settings;
import dev.flowbell.testing.mapping.VirtualClock;
import dev.flowbell.testing.network.FaultProxy.Call;
import dev.flowbell.testing.network.FaultProxy.Fault;
import dev.flowbell.testing.process.KillableFunction;
import dev.flowbell.testing.process.RuntimeApi.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/// The function as a process of its own, killed at each request that a batch of several payloads
/// makes: just before it gets through, and when it was accepted but no answer came back. The
/// mapping sends the same batch again, its halves, or more records: everything counts once, but for
/// what `PossibleDuplicates` says.
@ExtendWith(AwsEndpointExtension.class)
@EnabledOnOs(value = OS.LINUX, disabledReason = "the runtime client is made for Lambda's Linux")
final class StreamKillIT {
  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  /// What the batch holds.
  private static final Kind[] KINDS = {
    Kind.QUIET, Kind.SCAN, Kind.POISON, Kind.CONTROL_MESSAGE, Kind.QUIET
  };

  private final AwsEndpoint aws;
  private final String name;
  private final LedgerTable table;
  private final NotificationQueue notifications;
  private final NotificationQueue failures;
  private final VirtualClock clock = new VirtualClock(Instant.now());
  private final NumberedPayloads generator = new NumberedPayloads();
  @TempDir private Path folder;

  StreamKillIT(AwsEndpoint aws) {
    this.aws = aws;
    name = aws.uniqueName("flowbell-stream-kill");
    table = LedgerTable.make(aws);
    notifications = NotificationQueue.make(aws, name);
    failures = NotificationQueue.make(aws, name + "-failed");
  }

  /// What the mapping sends after a kill.
  private enum Then {
    THE_SAME,
    HALVES,
    /// The same records, and some that came since, as one batch.
    MORE
  }

  /// A batch whose function is killed.
  private final class Case {
    private final int step;
    private final boolean isAccepted;
    private final Then then;
    private final DataStream stream;
    private final StreamMapping mapping;
    private final List<Payload> payloads = new ArrayList<>();
    private long possibleDuplicates;
    private @Nullable KillableFunction function;

    /// @param step which of the requests the process ends with
    /// @param isAccepted whether that request still gets through
    Case(int step, boolean isAccepted, Then then) {
      this.step = step;
      this.isAccepted = isAccepted;
      this.then = then;
      stream =
          new DataStream(
              "%s-%d-%s".formatted(name, step, isAccepted),
              1,
              Duration.ofHours(24),
              clock,
              new Random(step));
      mapping =
          new StreamMapping(
              stream,
              clock,
              Settings.DEFAULTS.withBisect(then == Then.HALVES),
              this::invoke,
              discarded -> {
                throw new AssertionError("discarded: " + discarded);
              });
      put(KINDS);
    }

    private void put(Kind... kinds) {
      for (Kind kind : kinds) {
        Payload payload = generator.next(kind);
        payloads.add(payload);
        stream.put(payload.content().partitionKey(), payload.content().data());
      }
    }

    private String invoke(String event) throws InterruptedException {
      Answer answer = function == null ? null : function.invoke(event);
      if (answer == null) {
        throw new IllegalStateException("killed");
      }
      assertThat(answer.kind()).as(this + ": " + answer.body()).isEqualTo("response");
      possibleDuplicates +=
          (long) Json.parseObject(answer.body()).getOrDefault("PossibleDuplicates", 0L);
      return answer.body();
    }

    private Fault faultOf(int request, KillableFunction killed) {
      if (request != step) {
        return Fault.NONE;
      }
      return isAccepted ? new Fault.CutAfter(killed::kill) : new Fault.CutBefore(killed::kill);
    }

    /// Sends the batch to a process that is killed.
    void kill() throws IOException {
      try (KillableFunction killed = startFunction()) {
        AtomicInteger requests = new AtomicInteger();
        killed.proxy().use(_ -> faultOf(requests.getAndIncrement(), killed));
        function = killed;
        assertThat(mapping.poll()).isTrue();
        assertThat(killed.proxy().calls()).as(toString()).hasSize(step + 1);
      }
    }

    /// Sends the rest to another process.
    void resume(KillableFunction other) {
      function = other;
      if (then == Then.MORE) {
        put(Kind.QUIET);
        mapping.restart(Map.of());
      }
      mapping.run();
    }

    /// Whether an operation's first request was accepted, and nothing after it.
    private boolean leavesUnrecorded(String operation, List<String> operations) {
      int last = isAccepted ? step : step - 1;
      return last == operations.indexOf(operation);
    }

    /// @param records the counted records, by minute
    /// @param told all notifications
    /// @param failed all messages in the failure queue
    void check(
        List<String> operations,
        Map<Instant, Double> records,
        List<String> told,
        List<String> failed) {
      int again = 0;
      for (Payload each : payloads) {
        for (Instant minute : each.minutes()) {
          double times = records.getOrDefault(minute, 0.0) / each.recordsOfMinute();
          // What came since was in no request before.
          boolean isRepeated =
              leavesUnrecorded("PutMetricData", operations)
                  && payloads.indexOf(each) < KINDS.length;
          assertThat(times).as("%s %s", this, each.kind()).isEqualTo(isRepeated ? 2.0 : 1.0);
          again = Math.max(again, (int) times - 1);
        }
        String source = each.source();
        if (source != null) {
          long count = told.stream().filter(text -> text.contains(source)).count();
          assertThat(count)
              .as("%s %s", this, source)
              .isEqualTo(leavesUnrecorded("Publish", operations) ? 2 : 1);
          again += (int) count - 1;
        }
        if (each.kind() == Kind.POISON) {
          String event = each.content().toSubscriptionEvent();
          assertThat(failed.stream().filter(text -> text.contains(event)).count())
              .as("%s in the failure queue", this)
              .isEqualTo(leavesUnrecorded("SendMessage", operations) ? 2 : 1);
        }
      }
      assertThat(possibleDuplicates).as(toString()).isGreaterThanOrEqualTo(again);
      boolean isWhole = (step == 0 && !isAccepted) || (step == operations.size() - 1 && isAccepted);
      if (isWhole) {
        assertThat(possibleDuplicates).as(toString()).isZero();
      }
    }

    @Override
    public String toString() {
      return "request %d, %s, then %s".formatted(step, isAccepted ? "accepted" : "lost", then);
    }
  }

  @Test
  void killedAtEachRequest() throws Exception {
    List<String> operations = findOperations();
    assertThat(operations).contains("BatchGetItem", "PutMetricData", "Publish", "SendMessage");
    List<Case> cases = new ArrayList<>();
    for (int step = 0; step < operations.size(); step++) {
      for (boolean isAccepted : new boolean[] {false, true}) {
        cases.add(new Case(step, isAccepted, Then.values()[cases.size() % Then.values().length]));
      }
    }

    KillCases.forEach(cases, Case::kill);
    table.endLeases();
    try (KillableFunction function = startFunction()) {
      for (Case each : cases) {
        each.resume(function);
      }
    }

    Map<Instant, Double> records =
        new PublishedMetrics(aws, name).sums("Records", Instant.now().minus(Duration.ofDays(14)));
    List<String> told = notifications.drain();
    List<String> failed = failures.drain();
    for (Case each : cases) {
      each.check(operations, records, told, failed);
    }
    System.out.printf(
        "%d kills at %s: %d possible duplicates%n",
        cases.size(), operations, cases.stream().mapToLong(each -> each.possibleDuplicates).sum());
  }

  /// Returns the requests that such a batch makes where nothing happens.
  private List<String> findOperations() throws Exception {
    try (KillableFunction function = startFunction()) {
      Case uncut = new Case(-1, true, Then.THE_SAME);
      uncut.resume(function);
      return function.proxy().calls().stream().map(Call::operation).toList();
    }
  }

  private KillableFunction startFunction() throws IOException {
    Map<String, String> environment = new HashMap<>(aws.environment());
    environment.put("METRIC_NAMESPACE", name);
    environment.put("ALERT_TOPIC_ARN", notifications.topicArn());
    environment.put("ALERT_MAIL_LIMIT", "1000");
    environment.put("LEDGER_TABLE", table.name());
    environment.put("FAILURE_QUEUE_URL", failures.queueUrl());
    return KillableFunction.start(aws.uri(), TIMEOUT, environment, folder);
  }
}
