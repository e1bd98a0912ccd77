package dev.flowbell.publish;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flowbell.aws.AwsClients;
import dev.flowbell.judge.Severity;
import dev.flowbell.notify.AlertMessage;
import dev.flowbell.notify.HttpsForm;
import dev.flowbell.testing.Json;
import dev.flowbell.testing.doubles.RecordingProgress;
import dev.flowbell.testing.generator.Reports;
import dev.flowbell.testing.network.FaultProxy;
import dev.flowbell.testing.network.FaultProxy.Fault;
import dev.flowbell.testing.network.LoopbackAws;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatch.model.CloudWatchException;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sns.model.SnsException;

/// Tests the publishers with the SDK's own clients, against an endpoint on this machine.
class PublisherTest {
  private static final String TOPIC = "arn:aws:sns:eu-west-1:123456789012:flowbell";
  private static final InstantSource CLOCK = InstantSource.fixed(Reports.ARRIVAL);

  private static final AlertMessage MESSAGE =
      new AlertMessage(
          "[Flowbell] a subject",
          "a text\n",
          "{\"schema\":\"x\"}",
          "{\"version\":\"1.0\"}",
          Severity.LOW,
          List.of("{\"rule\":\"x\"}"),
          Reports.ARRIVAL,
          Map.of("severity", List.of("low")),
          null);

  private LoopbackAws aws;

  @BeforeEach
  void start() throws IOException {
    aws = LoopbackAws.start();
  }

  @AfterEach
  void stop() {
    aws.close();
  }

  @Test
  void cloudWatch_sends() {
    try (CloudWatchClient client = CloudWatchClient.create()) {
      new CloudWatchMetricPublisher(client, "Flowbell/Test", CLOCK)
          .publish(Reports.ofMinutes(3), MetricProgress.NONE);
    }

    assertThat(aws.metricBodies()).hasSize(1);
    assertThat(new String(aws.metricBodies().getFirst(), ISO_8859_1))
        .contains("Namespace", "Flowbell/Test", "MetricName", "Records", "Unit", "Count");
  }

  @Test
  void cloudWatch_nothingToSend() {
    try (CloudWatchClient client = CloudWatchClient.create()) {
      new CloudWatchMetricPublisher(client, "Flowbell", CLOCK)
          .publish(Reports.ofMinutes(0), MetricProgress.NONE);
    }

    assertThat(aws.metricBodies()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "400, InvalidParameterValue, The value x is wrong",
    "403, AccessDenied, not authorized to perform cloudwatch:PutMetricData",
    "429, Throttling, Rate exceeded",
    "500, InternalServiceFault, broken",
    "503, ServiceUnavailable, come back later"
  })
  void cloudWatch_refuses(int status, String code, String message) {
    int attempts = status < 500 ? 1 : 3; // a server error leaves open whether it was accepted
    for (int i = 0; i < attempts; i++) {
      aws.failCloudWatch(status, code, message);
    }

    try (CloudWatchClient client = CloudWatchClient.create()) {
      assertThatThrownBy(
              () ->
                  new CloudWatchMetricPublisher(client, "Flowbell", CLOCK)
                      .publish(Reports.ofMinutes(3), MetricProgress.NONE))
          .isInstanceOf(PublishFailedException.class)
          .hasCauseInstanceOf(CloudWatchException.class)
          .hasMessage(
              "CloudWatch PutMetricData, namespace Flowbell: 0 of 1 requests sent, then: "
                  + message
                  + " (Service: CloudWatch, Status Code: "
                  + status
                  + ", Request ID: null) (SDK Attempt Count: 1)")
          .satisfies(
              e ->
                  assertThat(((PublishFailedException) e).possibleDuplicates())
                      .isEqualTo(status >= 500 ? 1 : 0));
      assertThat(aws.metricBodies()).isEmpty();
    }
  }

  @Test
  void cloudWatch_repeatSaysSo() {
    aws.failCloudWatch(500, "InternalServiceFault", "broken");

    try (CloudWatchClient client = AwsClients.newCloudWatch()) {
      new CloudWatchMetricPublisher(client, "Flowbell", CLOCK)
          .publish(Reports.ofMinutes(3), MetricProgress.NONE);
    }

    assertThat(aws.metricBodies()).hasSize(1);
    assertThat(new String(aws.metricBodies().getFirst(), StandardCharsets.ISO_8859_1))
        .contains("PossibleDuplicates");
  }

  /// A throttled request was not accepted.
  @Test
  void cloudWatch_throttledAndSentAgain() {
    aws.failCloudWatch(400, "Throttling", "Rate exceeded");

    try (CloudWatchClient client = AwsClients.newCloudWatch()) {
      new CloudWatchMetricPublisher(client, "Flowbell", CLOCK)
          .publish(Reports.ofMinutes(3), MetricProgress.NONE);
    }

    assertThat(aws.metricBodies()).hasSize(1);
    assertThat(new String(aws.metricBodies().getFirst(), StandardCharsets.ISO_8859_1))
        .contains("Records")
        .doesNotContain("PossibleDuplicates");
  }

  @Test
  void cloudWatch_repeatIsRefused() {
    aws.failCloudWatch(500, "InternalServiceFault", "broken");
    aws.failCloudWatch(403, "AccessDenied", "not any more");

    try (CloudWatchClient client = AwsClients.newCloudWatch()) {
      assertThatThrownBy(
              () ->
                  new CloudWatchMetricPublisher(client, "Flowbell", CLOCK)
                      .publish(Reports.ofMinutes(3), MetricProgress.NONE))
          .isInstanceOf(PublishFailedException.class)
          .satisfies(
              e -> assertThat(((PublishFailedException) e).possibleDuplicates()).isEqualTo(1));
    }
  }

  /// A gateway does not know what CloudWatch does with the request.
  @Test
  void cloudWatch_gatewayTimesOut() {
    aws.failCloudWatch(504, "", "made");

    try (CloudWatchClient client = AwsClients.newCloudWatch()) {
      assertPossibleDuplicates(
          1,
          () ->
              new CloudWatchMetricPublisher(client, "Flowbell", CLOCK)
                  .publish(Reports.ofMinutes(3), MetricProgress.NONE));
    }
    assertThat(aws.metricBodies()).isEmpty();
  }

  /// Answers after which nobody knows whether CloudWatch accepted the request, which it did here.
  /// The request isn't sent again: a slow service would accept each of them.
  static Stream<Arguments> answersThatSayNothing() {
    return Stream.of(
        Arguments.of("no answer", new Fault.CutAfter(() -> {})),
        Arguments.of("empty", Fault.Change.to("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")),
        Arguments.of("cut in its status", Fault.Change.cutAfter(11)),
        Arguments.of("cut in its headers", Fault.Change.to("HTTP/1.1 200 OK\r\nDate: Sat, 28 N")),
        Arguments.of(
            "a page",
            Fault.Change.to(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html><body/></html>")),
        Arguments.of(
            "cut in its body",
            Fault.Change.to(
                "HTTP/1.1 200 OK\r\nsmithy-protocol: rpc-v2-cbor\r\nContent-Type: application/cbor"
                    + "\r\nContent-Length: 20\r\n\r\n\u00bf")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("answersThatSayNothing")
  void cloudWatch_answerSaysNothing(String answer, Fault fault) throws IOException {
    try (FaultProxy proxy = FaultProxy.start(aws.url());
        CloudWatchClient client = through(proxy, AwsClients::newCloudWatch)) {
      proxy.use(_ -> fault);

      assertPossibleDuplicates(
          1,
          () ->
              new CloudWatchMetricPublisher(client, "Flowbell", CLOCK)
                  .publish(Reports.ofMinutes(3), new RecordingProgress(Duration.ofSeconds(1))));
      assertThat(proxy.count("PutMetricData")).isEqualTo(1);
    }
  }

  @Test
  void cloudWatch_answersTooLate() throws IOException {
    cloudWatch_answerSaysNothing("late", new Fault.Delay(Duration.ofSeconds(20)));
  }

  /// The endpoint answers no request before all have arrived.
  @Test
  void cloudWatch_severalInParallel() {
    aws.holdCloudWatchUntil(3);
    RecordingProgress progress = new RecordingProgress();

    try (CloudWatchClient client = AwsClients.newCloudWatch()) {
      new CloudWatchMetricPublisher(client, "Flowbell", CLOCK)
          .publish(Reports.ofMinutes(2_500), progress);
    }

    assertThat(aws.mostAtOnce()).isEqualTo(3);
    assertThat(dataOfRequests()).containsExactlyInAnyOrder(999, 999, 502);
    assertThat(progress.recorded()).doesNotHaveDuplicates().hasSizeLessThan(3).isSubsetOf(0, 1, 2);
  }

  /// A request that is answered but not recorded counts as well.
  @Test
  void cloudWatch_atMostFourUnrecorded() {
    aws.holdCloudWatchUntil(4);
    RecordingProgress progress = new RecordingProgress();

    try (CloudWatchClient client = AwsClients.newCloudWatch()) {
      new CloudWatchMetricPublisher(client, "Flowbell", CLOCK)
          .publish(Reports.ofMinutes(11 * 999), progress);
    }

    assertThat(aws.mostAtOnce()).isEqualTo(4);
    assertThat(progress.mostSentUnrecorded()).isEqualTo(4);
    assertThat(dataOfRequests()).hasSize(11).containsOnly(999);
    assertThat(progress.recorded()).doesNotHaveDuplicates().hasSizeBetween(7, 10);
  }

  /// What the ledger does not record may be sent again by the next invocation, which counts four of
  /// them.
  @Test
  void cloudWatch_nothingCanBeRecorded() {
    RecordingProgress progress = new RecordingProgress();
    progress.recordNothing();

    try (CloudWatchClient client = AwsClients.newCloudWatch()) {
      assertThatThrownBy(
              () ->
                  new CloudWatchMetricPublisher(client, "Flowbell", CLOCK)
                      .publish(Reports.ofMinutes(11 * 999), progress))
          .isInstanceOf(PublishFailedException.class)
          .hasMessage(
              "CloudWatch PutMetricData, namespace Flowbell: 4 of 11 requests sent, then: not"
                  + " begun: 4 accepted requests could not be recorded in the ledger");
    }

    assertThat(progress.attempts()).isEqualTo(4);
    assertThat(dataOfRequests()).containsExactly(999, 999, 999, 999);
  }

  @Test
  void cloudWatch_oneOfSeveralIsRefused() {
    aws.failCloudWatchAfter(1, 400, "InvalidParameterValue", "broken");
    RecordingProgress progress = new RecordingProgress();

    try (CloudWatchClient client = AwsClients.newCloudWatch()) {
      CloudWatchMetricPublisher publisher =
          new CloudWatchMetricPublisher(client, "Flowbell", CLOCK);
      assertThatThrownBy(() -> publisher.publish(Reports.ofMinutes(2_500), progress))
          .isInstanceOf(PublishFailedException.class)
          .hasCauseInstanceOf(CloudWatchException.class)
          .hasMessage(
              "CloudWatch PutMetricData, namespace Flowbell: 2 of 3 requests sent, then: broken"
                  + " (Service: CloudWatch, Status Code: 400, Request ID: null) (SDK Attempt Count:"
                  + " 1)")
          .satisfies(e -> assertThat(((PublishFailedException) e).possibleDuplicates()).isZero());
      assertThat(progress.recorded()).hasSize(2);

      RecordingProgress next = new RecordingProgress(Set.copyOf(progress.recorded()), false);
      publisher.publish(Reports.ofMinutes(2_500), next);
      assertThat(next.attempts()).as("the refused part alone").isEqualTo(1);
    }

    assertThat(dataOfRequests()).containsExactlyInAnyOrder(999, 999, 502);
    assertThat(aws.metricBodies()).doesNotHaveDuplicates();
  }

  /// Each failed part stays unrecorded, so the parts after the first four are not sent.
  @Test
  void cloudWatch_allOfSeveralMayBeAccepted() {
    for (int i = 0; i < 4 * 3; i++) {
      aws.failCloudWatch(500, "InternalServiceFault", "broken");
    }
    RecordingProgress progress = new RecordingProgress();

    try (CloudWatchClient client = AwsClients.newCloudWatch()) {
      assertThatThrownBy(
              () ->
                  new CloudWatchMetricPublisher(client, "Flowbell", CLOCK)
                      .publish(Reports.ofMinutes(6 * 999), progress))
          .hasMessageStartingWith(
              "CloudWatch PutMetricData, namespace Flowbell: 0 of 6 requests sent, then: broken")
          .satisfies(
              e -> assertThat(((PublishFailedException) e).possibleDuplicates()).isEqualTo(4))
          .satisfies(e -> assertThat(e.getSuppressed()).hasSize(3));
    }

    assertThat(aws.metricBodies()).isEmpty();
    assertThat(progress.recorded()).isEmpty();
  }

  @Test
  void cloudWatch_interrupted() throws Exception {
    aws.holdCloudWatchUntil(3);
    RecordingProgress progress = new RecordingProgress();
    AtomicBoolean isStillInterrupted = new AtomicBoolean();
    Thread thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  Thread.currentThread().interrupt();
                  try (CloudWatchClient client = AwsClients.newCloudWatch()) {
                    new CloudWatchMetricPublisher(client, "Flowbell", CLOCK)
                        .publish(Reports.ofMinutes(2_500), progress);
                  }
                  isStillInterrupted.set(Thread.currentThread().isInterrupted());
                });
    thread.join();

    assertThat(isStillInterrupted).isTrue();
    assertThat(dataOfRequests()).containsExactlyInAnyOrder(999, 999, 502);
  }

  /// Returns how many data of `Records` each request had.
  private List<Integer> dataOfRequests() {
    return aws.metricBodies().stream()
        .map(body -> new String(body, ISO_8859_1).split("Records", -1).length - 1)
        .toList();
  }

  @Test
  void cloudWatch_notThere() {
    try (CloudWatchClient client = CloudWatchClient.create()) {
      aws.close();

      assertThatThrownBy(
              () ->
                  new CloudWatchMetricPublisher(client, "Flowbell", CLOCK)
                      .publish(Reports.ofMinutes(3), MetricProgress.NONE))
          .isInstanceOf(PublishFailedException.class)
          .hasCauseInstanceOf(SdkClientException.class)
          .hasMessageStartingWith(
              "CloudWatch PutMetricData, namespace Flowbell: 0 of 1 requests sent, then: ");
    }
  }

  @Test
  void sns_sends() {
    try (SnsClient client = SnsClient.create()) {
      new SnsAlertPublisher(client, TOPIC, HttpsForm.CHAT).publish(MESSAGE);
    }

    assertThat(aws.notifications()).hasSize(1);
    Map<String, String> sent = aws.notifications().getFirst();
    assertThat(sent)
        .containsEntry("Action", "Publish")
        .containsEntry("TopicArn", TOPIC)
        .containsEntry("Subject", "[Flowbell] a subject")
        .containsEntry("MessageStructure", "json")
        .containsEntry("MessageAttributes.entry.1.Name", "severity")
        .containsEntry("MessageAttributes.entry.1.Value.DataType", "String")
        .containsEntry("MessageAttributes.entry.1.Value.StringValue", "low");
    assertThat(Json.parseObject(sent.get("Message")))
        .containsEntry("default", "a text\n")
        .containsEntry("https", "{\"version\":\"1.0\"}");
  }

  @ParameterizedTest
  @CsvSource({
    "400, InvalidParameter, Invalid parameter: Subject",
    "403, AuthorizationError, User is not authorized to perform: SNS:Publish",
    "404, NotFound, Topic does not exist",
    "500, InternalError, broken",
    "503, ServiceUnavailable, come back later"
  })
  void sns_refuses(int status, String code, String message) {
    aws.failSns(status, code, message);

    try (SnsClient client = SnsClient.create()) {
      assertThatThrownBy(
              () -> new SnsAlertPublisher(client, TOPIC, HttpsForm.JSON).publish(MESSAGE))
          .isInstanceOf(PublishFailedException.class)
          .hasCauseInstanceOf(SnsException.class)
          .hasMessage(
              "SNS Publish, topic arn:aws:sns:eu-west-1:123456789012:flowbell: notification not"
                  + " sent: "
                  + message
                  + " (Service: Sns, Status Code: "
                  + status
                  + ", Request ID: d74b8436-ae13-5ab4-a9ff-ce54dfea72a0) (SDK Attempt Count: 1)");
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("answersThatSayNothing")
  void sns_answerSaysNothing(String answer, Fault fault) throws IOException {
    try (FaultProxy proxy = FaultProxy.start(aws.url());
        SnsClient client = through(proxy, AwsClients::newSns)) {
      proxy.use(_ -> fault);

      assertPossibleDuplicates(
          1, () -> new SnsAlertPublisher(client, TOPIC, HttpsForm.JSON).publish(MESSAGE));
      assertThat(proxy.count("Publish")).isEqualTo(1);
    }
  }

  /// All but the end of the XML, which has the message's id; and nothing says that this is not all.
  @Test
  void sns_answerIsCutWithoutALength() throws IOException {
    sns_answerSaysNothing("cut", Fault.Change.cutWithoutLength(30));
  }

  private static <T> T through(FaultProxy proxy, Supplier<T> client) {
    System.setProperty("aws.endpointUrl", proxy.uri().toString()); // until the endpoint is closed
    return client.get();
  }

  private static void assertPossibleDuplicates(int expected, ThrowingCallable publish) {
    assertThatThrownBy(publish)
        .isInstanceOfSatisfying(
            PublishFailedException.class,
            e -> assertThat(e.possibleDuplicates()).isEqualTo(expected));
  }

  @Test
  void console_showsWhatWouldBeSent() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ConsolePublisher publisher =
        new ConsolePublisher(new PrintStream(out, true, StandardCharsets.UTF_8), CLOCK);

    publisher.publish(Reports.ofMinutes(1_001), MetricProgress.NONE);
    publisher.publish(Reports.ofMinutes(3), MetricProgress.NONE);
    publisher.publish(MESSAGE);

    assertThat(publisher.metricRequests()).isEqualTo(3);
    assertThat(publisher.metricData()).isEqualTo(1_004);
    assertThat(out.toString(StandardCharsets.UTF_8).lines())
        .containsExactly(
            "-".repeat(78), "Subject: [Flowbell] a subject", "", "a text", "-".repeat(78));
    assertThat(aws.metricBodies()).isEmpty();
    assertThat(aws.notifications()).isEmpty();
  }
}
