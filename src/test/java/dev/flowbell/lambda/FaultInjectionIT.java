package dev.flowbell.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flowbell.pipeline.PayloadFailedException;
import dev.flowbell.testing.doubles.RecordingContext;
import dev.flowbell.testing.emulator.AwsEndpoint;
import dev.flowbell.testing.emulator.AwsEndpointExtension;
import dev.flowbell.testing.emulator.LedgerTable;
import dev.flowbell.testing.emulator.NotificationQueue;
import dev.flowbell.testing.emulator.PublishedMetrics;
import dev.flowbell.testing.generator.PayloadGenerator.LogEvent;
import dev.flowbell.testing.generator.PayloadGenerator.SubscriptionMessage;
import dev.flowbell.testing.network.FaultProxy;
import dev.flowbell.testing.network.FaultProxy.Call;
import dev.flowbell.testing.network.FaultProxy.Fault;
import dev.flowbell.testing.process.Invocation;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// What the function does when AWS doesn't answer as it should: the SDK's real clients, a real
/// endpoint, and harm done on the way between them. Each payload is brought again as Lambda would
/// bring it, and must be counted and told once.
@ExtendWith(AwsEndpointExtension.class)
final class FaultInjectionIT {
  private static final int QUIET = 3;
  private static final int SCAN = 20;

  private final AwsEndpoint aws;
  private final String name;
  private final LedgerTable table;
  private final NotificationQueue queue;
  private final PublishedMetrics metrics;
  private final RecordingContext context = new RecordingContext();
  private final Instant minute =
      Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofMinutes(6));
  private FaultProxy proxy;
  private FlowLogsHandler handler;

  FaultInjectionIT(AwsEndpoint aws) {
    this.aws = aws;
    name = aws.uniqueName("flowbell-faults");
    table = LedgerTable.make(aws);
    queue = NotificationQueue.make(aws, name);
    metrics = new PublishedMetrics(aws, name);
  }

  @BeforeEach
  void start() throws Exception {
    proxy = FaultProxy.start(aws.uri());
    handler = newHandler(queue.topicArn());
  }

  @AfterEach
  void stop() throws Exception {
    proxy.close();
  }

  @Test
  void nothingToTell_takesTwoWritesAndOneRequest() { // and a read of the board, once a minute
    handle(QUIET);

    assertThat(proxy.calls())
        .extracting(Call::operation)
        .containsExactly("UpdateItem", "BatchGetItem", "PutMetricData", "UpdateItem");
  }

  @Test
  void ledgerDown_theWorkGoesOn() {
    proxy.use(only("dynamodb", new Fault.CutBefore(() -> {})));

    Map<String, Long> counts = handle(SCAN);

    assertThat(counts).containsEntry("AlertsSent", 1L).containsEntry("PossibleDuplicates", 1L);
    assertCounted(SCAN, 2); // one for the metrics, one for the notification
    assertThat(queue.drain()).hasSize(1);
    assertThat(context.lines())
        .filteredOn(line -> line.contains("duplicates are possible"))
        .hasSize(1)
        .first()
        .asString()
        .startsWith("ledger: DynamoDB UpdateItem, table " + table.name() + ": ");

    // The process remembers what the table could not.
    assertThat(handle(SCAN)).isEqualTo(Map.of("DuplicateBatches", 1L));
  }

  /// Another process delivered the payload before.
  @Test
  void ledgerDown_eachRepeatSaysSo() {
    String event = eventOfMinutes(150);
    Invocation.of(handler, event, context);
    handle(SCAN);
    assertThat(metrics.total("PossibleDuplicates")).isZero();
    proxy.forget();
    proxy.use(only("dynamodb", new Fault.CutBefore(() -> {})));

    FlowLogsHandler other = newHandler(queue.topicArn());
    Invocation.of(other, event, context);
    Invocation.of(other, event(SCAN), context);

    assertThat(queue.drain()).hasSize(2);
    // Two requests of the first payload; one and the notification of the second.
    assertThat(metrics.total("PossibleDuplicates")).isEqualTo(4);
  }

  /// The notes fail, and the process ends. What the next one sends again is no more than it says.
  @Test
  void ledgerRecordsNoRequest_noMoreThanFourAreSent() {
    AtomicBoolean isDown = new AtomicBoolean();
    proxy.use(
        call -> {
          if (call.operation().equals("PutMetricData")) {
            isDown.set(true);
          }
          return isDown.get() && call.service().equals("dynamodb")
              ? new Fault.Answer(400, "AccessDeniedException", "no more")
              : Fault.NONE;
        });
    String event = eventOfMinutes(600);

    assertThatThrownBy(() -> Invocation.of(handler, event, context))
        .isInstanceOf(PayloadFailedException.class)
        .hasMessageContaining("4 of 5 requests sent, then: not begun: ");
    assertThat(proxy.count("PutMetricData")).isEqualTo(4);
  }

  @Test
  void ledgerThrottles_nobodyNotices() {
    AtomicInteger first = new AtomicInteger();
    proxy.use(
        call ->
            call.service().equals("dynamodb") && first.getAndIncrement() % 2 == 0
                ? new Fault.Answer(400, "ThrottlingException", "Rate exceeded")
                : Fault.NONE);

    assertThat(handle(SCAN)).doesNotContainKey("PossibleDuplicates");
    assertThat(context.lines()).noneMatch(line -> line.contains("duplicates"));
    assertCounted(SCAN, 0);
  }

  @Test
  void ledgerCannotBeToldAtTheEnd_theNextRunSaysSo() {
    AtomicInteger writes = new AtomicInteger();
    proxy.use(
        call ->
            call.operation().equals("UpdateItem") && writes.getAndIncrement() > 0
                ? new Fault.Answer(400, "AccessDeniedException", "no more")
                : Fault.NONE);

    assertThat(handle(QUIET)).containsEntry("Records", 3L);
    assertThat(context.lines())
        .anyMatch(line -> line.endsWith("the work goes on, duplicates are possible"));
  }

  @Test
  void cloudWatchDown_alertsGoOut() {
    proxy.use(only("monitoring", new Fault.CutBefore(() -> {})));

    assertThatThrownBy(() -> handle(SCAN))
        .isInstanceOf(PayloadFailedException.class)
        .hasMessageStartingWith(
            "metrics: NOT done, CloudWatch PutMetricData, namespace %s: 0 of 1 requests sent, then: "
                .formatted(name))
        .hasMessageEndingWith("; alerts: done");
    assertThat(queue.drain()).hasSize(1);

    proxy.use(_ -> Fault.NONE);
    // Nobody knows how far the requests came that were cut.
    assertThat(handle(SCAN)).containsEntry("PossibleDuplicates", 1L);
    assertCounted(SCAN, 1);
    assertThat(queue.drain()).isEmpty();
    assertThat(handle(SCAN)).isEqualTo(Map.of("DuplicateBatches", 1L));
  }

  @Test
  void cloudWatchRefuses_isExactlyOnce() {
    proxy.use(
        only("monitoring", new Fault.Answer(403, "AccessDenied", "no cloudwatch:PutMetricData")));

    assertThatThrownBy(() -> handle(SCAN))
        .isInstanceOf(PayloadFailedException.class)
        .hasMessageContaining("no cloudwatch:PutMetricData")
        .hasMessageEndingWith("; alerts: done");
    assertThat(proxy.count("PutMetricData")).isEqualTo(2); // that the alert was sent, too

    proxy.use(_ -> Fault.NONE);
    // The payload's own alert was sent, and is not suppressed.
    assertThat(handle(SCAN))
        .doesNotContainKeys("AlertsSuppressed", "PossibleDuplicates", "AlertsSent");
    assertCounted(SCAN, 0);
    assertThat(queue.drain()).hasSize(1);
  }

  @Test
  void cloudWatchThrottles_isTriedAgain() {
    AtomicInteger count = new AtomicInteger();
    proxy.use(
        call ->
            call.operation().equals("PutMetricData") && count.getAndIncrement() < 2
                ? new Fault.Answer(400, "Throttling", "Rate exceeded")
                : Fault.NONE);

    assertThat(handle(QUIET)).doesNotContainKey("PossibleDuplicates");
    assertThat(proxy.count("PutMetricData")).isEqualTo(3);
    assertCounted(QUIET, 0);
  }

  /// Answers to a request that was accepted. Neither the function, the SDK nor the JDK sends it
  /// again in the same invocation; the next one does, and says so.
  static Stream<Arguments> answersThatSayNothing() {
    return Stream.of(
        Arguments.of("none", new Fault.CutAfter(() -> {})),
        Arguments.of("cut in its status", Fault.Change.cutAfter(11)),
        Arguments.of("cut in its headers", Fault.Change.cutAfter(18)),
        Arguments.of("empty", Fault.Change.to("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")),
        Arguments.of(
            "a page",
            Fault.Change.to(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><body/></html>")),
        Arguments.of("late", Fault.LATE),
        Arguments.of("bytes that trickle", new Fault.Trickle(Duration.ofMillis(200))));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("answersThatSayNothing")
  void cloudWatchAnswersNothing_theNextInvocationSaysSo(String answer, Fault fault) {
    context.setRemaining(Duration.ofSeconds(26));
    proxy.use(only("monitoring", fault));

    assertThatThrownBy(() -> handle(QUIET)).isInstanceOf(PayloadFailedException.class);
    assertThat(proxy.count("PutMetricData")).isEqualTo(1);

    proxy.use(_ -> Fault.NONE);
    assertThat(handle(QUIET)).containsEntry("PossibleDuplicates", 1L);
    assertThat(proxy.count("PutMetricData")).isEqualTo(2);
    assertThat(metrics.sums("Records", minute)).containsEntry(minute, 6.0);
    assertThat(metrics.total("PossibleDuplicates")).isEqualTo(1);
  }

  /// What was accepted is counted once, although the answer takes longer than a call of SNS may.
  @Test
  void cloudWatchAnswersLate_isAwaited() {
    proxy.use(only("monitoring", new Fault.Delay(Duration.ofSeconds(10))));

    assertThat(handle(QUIET)).doesNotContainKey("PossibleDuplicates");

    assertThat(proxy.count("PutMetricData")).isEqualTo(1);
    assertCounted(QUIET, 0);
  }

  /// While CloudWatch is slow, each invocation sends one copy, and the last says how many.
  @Test
  void cloudWatchIsSlow_inEveryInvocation() {
    context.setRemaining(Duration.ofSeconds(26));
    proxy.use(only("monitoring", Fault.LATE));
    for (int i = 0; i < 2; i++) {
      assertThatThrownBy(() -> handle(QUIET)).isInstanceOf(PayloadFailedException.class);
    }

    proxy.use(_ -> Fault.NONE);
    assertThat(handle(QUIET)).containsEntry("PossibleDuplicates", 2L);
    assertThat(proxy.count("PutMetricData")).isEqualTo(3);
  }

  @Test
  void secondOfTwoRequestsFails_theFirstIsNotRepeated() {
    AtomicInteger count = new AtomicInteger();
    proxy.use(
        call ->
            call.operation().equals("PutMetricData") && count.getAndIncrement() == 1
                ? new Fault.Answer(400, "InvalidParameterValue", "made")
                : Fault.NONE);
    String event = eventOfMinutes(150);

    assertThatThrownBy(() -> Invocation.of(handler, event, context))
        .isInstanceOf(PayloadFailedException.class)
        .hasMessageContaining("1 of 2 requests sent, then: made");
    // Another process, and later: the ledger knows, and how requests are cut doesn't depend on it.
    Invocation.of(newHandler(queue.topicArn()), event, context);

    assertThat(proxy.count("PutMetricData")).isEqualTo(3);
    Map<Instant, Double> records = metrics.sums("Records", minute.minus(Duration.ofHours(4)));
    assertThat(records).hasSize(150);
    assertThat(records.values()).containsOnly(1.0);
    assertThat(metrics.total("PossibleDuplicates")).isZero();
  }

  @Test
  void snsDown_metricsAreCounted() {
    proxy.use(only("sns", new Fault.CutBefore(() -> {})));

    assertThatThrownBy(() -> handle(SCAN))
        .isInstanceOf(PayloadFailedException.class)
        .hasMessageStartingWith("metrics: done; alerts: NOT done, SNS Publish, topic ");
    assertThat(proxy.count("Publish")).as("not repeated unseen").isEqualTo(1);
    assertCounted(SCAN, 0);

    proxy.use(_ -> Fault.NONE);
    handle(SCAN);
    assertCounted(SCAN, 1);
    assertThat(queue.drain()).hasSize(1);
    assertThat(metrics.total("AlertsSent")).isEqualTo(1);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("answersThatSayNothing")
  void snsAnswersNothing_theNextInvocationSaysSo(String answer, Fault fault) {
    proxy.use(only("sns", fault));

    assertThatThrownBy(() -> handle(SCAN))
        .hasMessageStartingWith("metrics: done; alerts: NOT done, SNS Publish, topic ");
    assertThat(proxy.count("Publish")).isEqualTo(1);

    proxy.use(_ -> Fault.NONE);
    handle(SCAN);
    assertThat(queue.drain()).hasSize(2);
    assertCounted(SCAN, 1);
  }

  @Test
  void ledgerAnswersNothing_isAskedAgain() {
    AtomicInteger count = new AtomicInteger();
    proxy.use(
        call ->
            call.service().equals("dynamodb") && count.getAndIncrement() == 0
                ? Fault.Change.to("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                : Fault.NONE);

    // The claim was made: whether by this invocation or one that was killed isn't known.
    assertThat(handle(SCAN)).containsEntry("PossibleDuplicates", 1L);
    assertThat(queue.drain()).hasSize(1);
    assertCounted(SCAN, 1);
  }

  /// Another invocation has the batch, and the answer that says so is cut in its headers.
  @Test
  void ledgerRefusesAndIsCut_nothingIsPublished() {
    proxy.use(
        call -> {
          if (call.operation().equals("Publish")) {
            proxy.refuse(true);
          }
          return Fault.NONE;
        });
    assertThatThrownBy(() -> handle(SCAN)).isInstanceOf(PayloadFailedException.class);
    proxy.refuse(false);
    proxy.forget();
    proxy.use(call -> proxy.calls().size() == 1 ? Fault.Change.cutAfter(40) : Fault.NONE);

    assertThatThrownBy(() -> Invocation.of(newHandler(queue.topicArn()), event(SCAN), context))
        .hasMessageContaining("another run has claimed it until");
    assertThat(proxy.count("PutMetricData")).isZero();
    assertThat(proxy.count("Publish")).isZero();
  }

  @Test
  void ledgerTrickles_theWorkGoesOn() {
    proxy.use(only("dynamodb", new Fault.Trickle(Duration.ofMillis(100))));

    assertThat(handle(QUIET)).containsEntry("PossibleDuplicates", 1L);
    assertThat(context.lines())
        .anyMatch(line -> line.contains(": no complete response within 3000 ms; the work goes on"));
    assertCounted(QUIET, 1);
  }

  @Test
  void ec2Trickles_theStartGoesOn() {
    proxy.use(only("ec2", new Fault.Trickle(Duration.ofMillis(100))));

    FlowLogsHandler auto =
        newHandler(queue.topicArn(), Map.of("LOG_FORMAT", "auto", "LOG_GROUP", "flows"));

    assertThat(Invocation.of(auto, event(QUIET), context)).containsEntry("Records", 3L);
    assertThat(context.lines())
        .anyMatch(
            line ->
                line.startsWith("LOG_FORMAT auto: ")
                    && line.contains("no complete response within 5000 ms"));
  }

  @Test
  void snsThrottles_isTriedAgain() {
    AtomicInteger count = new AtomicInteger();
    proxy.use(
        call ->
            call.operation().equals("Publish") && count.getAndIncrement() == 0
                ? new Fault.Answer(429, "Throttled", "Rate exceeded")
                : Fault.NONE);

    handle(SCAN);

    assertThat(queue.drain()).hasSize(1);
    assertCounted(SCAN, 0);
  }

  /// A notification that was never accepted silences no later one.
  @Test
  void snsRefuses_theNextPayloadTells() {
    proxy.use(only("sns", new Fault.Answer(403, "AuthorizationError", "not authorized")));
    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> handle(SCAN)).hasMessageContaining("alerts: NOT done, SNS Publish");
    }

    proxy.use(_ -> Fault.NONE);
    for (int more = 1; more <= 5; more++) {
      handle(SCAN + more);
    }
    assertThat(queue.drain()).hasSize(1);
    assertThat(metrics.total("AlertsSent")).isEqualTo(1);
    assertThat(metrics.total("AlertsSuppressed")).isEqualTo(4);
    assertThat(metrics.total("PossibleDuplicates")).isZero();
  }

  @Test
  void topicDeleted_thePayloadFails() {
    aws.sns().deleteTopic(request -> request.topicArn(queue.topicArn()));

    for (int i = 0; i < 3; i++) {
      assertThatThrownBy(() -> handle(SCAN))
          .isInstanceOf(PayloadFailedException.class)
          .hasMessageContaining("alerts: NOT done, SNS Publish, topic " + queue.topicArn())
          .hasMessageContaining("Status Code: 404");
    }
    assertCounted(SCAN, 0);

    // From the failure queue, when there is a topic again.
    NotificationQueue other = NotificationQueue.make(aws, aws.uniqueName("flowbell-other"));
    Invocation.of(newHandler(other.topicArn()), event(SCAN), context);
    assertThat(other.drain()).hasSize(1);
    assertCounted(SCAN, 0);
  }

  @Test
  void everythingGoneInTheMiddle_andBack() {
    proxy.use(
        call -> {
          if (call.operation().equals("Publish")) {
            proxy.refuse(true);
          }
          return Fault.NONE;
        });

    assertThatThrownBy(() -> handle(SCAN))
        .isInstanceOf(PayloadFailedException.class)
        .hasMessageStartingWith("metrics: done; alerts: NOT done, ");
    assertThat(context.lines()).anyMatch(line -> line.contains("duplicates are possible"));

    proxy.use(_ -> Fault.NONE);
    proxy.refuse(false);
    // The claim could not be given back. Lambda's first try may come before it ends.
    assertThatThrownBy(() -> handle(SCAN)).hasMessageContaining("another run has claimed it until");
    assertCounted(SCAN, 0);
  }

  /// While one of several requests is noted, another may be taken, which is noted then.
  @Test
  void littleTimeLeft_forSeveralRequests() {
    context.setRemaining(Duration.ofMillis(17_999));
    String event = eventOfMinutes(150);

    assertThatThrownBy(() -> Invocation.of(handler, event, context))
        .hasMessageContaining(
            "0 of 2 requests sent, then: not begun: it may take 18000 ms, and the invocation ends"
                + " in 17999 ms");
    assertThat(proxy.count("PutMetricData")).isZero();

    context.setRemaining(Duration.ofSeconds(18));
    assertThat(Invocation.of(handler, event, context)).doesNotContainKey("PossibleDuplicates");
    assertThat(proxy.count("PutMetricData")).isEqualTo(2);
  }

  @Test
  void littleTimeLeft_nothingBegins() {
    context.setRemaining(Duration.ofMillis(12_999));

    assertThatThrownBy(() -> handle(SCAN))
        .isInstanceOf(PayloadFailedException.class)
        .hasMessage(
            "metrics: NOT done, CloudWatch PutMetricData, namespace %s: 0 of 1 requests sent, then: not begun: it may take 13000 ms, and the invocation ends in 12999 ms (give the function a longer timeout); alerts: NOT done, not begun: it may take 13000 ms, and the invocation ends in 12999 ms (give the function a longer timeout)"
                .formatted(name));
    assertThat(proxy.count("PutMetricData")).isZero();
    assertThat(proxy.count("Publish")).isZero();

    context.setRemaining(Duration.ofMinutes(1));
    assertThat(handle(SCAN)).doesNotContainKey("PossibleDuplicates");
    assertCounted(SCAN, 0);
    assertThat(queue.drain()).hasSize(1);
  }

  @Test
  void timeRunsOutBetweenTheSteps_theRetryFinishes() {
    proxy.use(
        call -> {
          if (call.operation().equals("PutMetricData")) {
            context.setRemaining(Duration.ofSeconds(5));
          }
          return Fault.NONE;
        });

    assertThatThrownBy(() -> handle(SCAN))
        .hasMessageStartingWith("metrics: done; alerts: NOT done, not begun: ");

    context.setRemaining(Duration.ofMinutes(1));
    handle(SCAN);
    assertCounted(SCAN, 0);
    assertThat(queue.drain()).hasSize(1);
  }

  private void assertCounted(int records, int possibleDuplicates) {
    assertThat(metrics.sums("Records", minute)).containsEntry(minute, (double) records);
    assertThat(metrics.total("PossibleDuplicates")).isEqualTo(possibleDuplicates);
  }

  private static Function<Call, Fault> only(String service, Fault fault) {
    return call -> call.service().equals(service) ? fault : Fault.NONE;
  }

  private Map<String, Long> handle(int ports) {
    return Invocation.of(handler, event(ports), context);
  }

  private FlowLogsHandler newHandler(String topicArn) {
    return newHandler(topicArn, Map.of());
  }

  private FlowLogsHandler newHandler(String topicArn, Map<String, String> settings) {
    Map<String, String> environment = new HashMap<>(aws.environment());
    environment.putAll(settings);
    environment.put("METRIC_NAMESPACE", name);
    environment.put("ALERT_TOPIC_ARN", topicArn);
    environment.put("LEDGER_TABLE", table.name());
    return aws.through(proxy.uri(), () -> new FlowLogsHandler(environment));
  }

  private String event(int ports) {
    List<LogEvent> events = new ArrayList<>();
    for (int port = 1; port <= ports; port++) {
      events.add(event(port, minute, ports == QUIET ? "ACCEPT" : "REJECT"));
    }
    return toEvent(events);
  }

  /// A flow in each of so many minutes that the counts take two requests.
  private String eventOfMinutes(int minutes) {
    List<LogEvent> events = new ArrayList<>();
    for (int i = 0; i < minutes; i++) {
      events.add(event(i + 1, minute.minus(Duration.ofMinutes(i)), "ACCEPT"));
    }
    return toEvent(events);
  }

  private static LogEvent event(int port, Instant end, String action) {
    return new LogEvent(
        "event-" + port,
        end.toEpochMilli(),
        "2 123456789010 eni-0a1b2c3d 10.0.1.5 10.0.2.98 40001 %d 6 1 60 %d %d %s OK"
            .formatted(port, end.getEpochSecond(), end.getEpochSecond(), action));
  }

  private String toEvent(List<LogEvent> events) {
    return SubscriptionMessage.ofEvents("eni-0a1b2c3d", events).toEvent();
  }
}
