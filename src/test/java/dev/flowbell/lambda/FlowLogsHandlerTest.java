package dev.flowbell.lambda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flowbell.input.CreatedObject;
import dev.flowbell.input.LambdaEvent.QueueMessage;
import dev.flowbell.input.ObjectNotifications;
import dev.flowbell.input.QueueEvents;
import dev.flowbell.input.UndecodableEventException;
import dev.flowbell.pipeline.PayloadFailedException;
import dev.flowbell.settings.InvalidSettingsException;
import dev.flowbell.testing.Json;
import dev.flowbell.testing.doubles.RecordingContext;
import dev.flowbell.testing.generator.PayloadGenerator;
import dev.flowbell.testing.generator.PayloadGenerator.SubscriptionMessage;
import dev.flowbell.testing.network.LoopbackAws;
import dev.flowbell.testing.process.Invocation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The function with the SDK's own clients, against an endpoint on this machine.
class FlowLogsHandlerTest {
  private static final String REJECT =
      "2 123456789010 eni-0a1b2c3d 198.51.100.7 10.0.2.98 40001 22 6 1 60 1795342446 1795342450"
          + " REJECT OK";

  private static final String TOPIC = "arn:aws:sns:eu-west-1:123456789012:flowbell";

  /// The sample scans 16 ports.
  private static final Map<String, String> ALERTING =
      Map.of("ALERT_TOPIC_ARN", TOPIC, "ALERT_THRESHOLDS", "outside-scan-ports=15");

  private final RecordingContext context = new RecordingContext();
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
  void handleRequest_portScan() throws IOException {
    Map<String, Long> counts = Invocation.of(handler(ALERTING), event("port-scan"), context);

    Map<String, Long> expected = new LinkedHashMap<>();
    expected.put("Records", 470L);
    expected.put("AcceptedFlows", 50L);
    expected.put("RejectedFlows", 420L);
    expected.put("RejectedBytes", 25_753L);
    expected.put("RejectedPackets", 425L);
    expected.put("StrayRejects", 5L);
    expected.put("SynOnlyFlows", 418L);
    expected.put("BlockedHandshakes", 412L);
    expected.put("UnansweredHandshakes", 6L);
    expected.put("NatMaskedFlows", 412L);
    expected.put("NatMaskedRejects", 412L);
    expected.put("AlertsSent", 1L);
    expected.put("DeliveryLag", counts.get("DeliveryLag"));
    assertThat(counts).containsExactlyEntriesOf(expected);
    assertThat(counts.get("DeliveryLag")).isPositive();
    assertThat(aws.metricBodies()).hasSize(2); // AlertsSent goes by itself
    assertThat(aws.notifications()).hasSize(1);
    assertThat(aws.notifications().getFirst())
        .containsEntry("TopicArn", TOPIC)
        .containsEntry(
            "Subject", "[Flowbell LOW] 198.51.100.7 tries 16+ ports of 10.0.2.98, rejected");
    assertThat(context.lines()).containsExactly("DATA_MESSAGE " + counts);
  }

  @Test
  void handleRequest_withoutTopic() throws IOException {
    Map<String, Long> counts = Invocation.of(handler(Map.of()), event("port-scan"), context);

    assertThat(counts).containsEntry("RejectedFlows", 420L).doesNotContainKey("AlertsSent");
    assertThat(aws.metricBodies()).hasSize(1);
    assertThat(aws.notifications()).isEmpty();
  }

  /// `BucketEventsTest` has what can become of the messages.
  @Test
  void handleRequest_messagesOfAQueue() throws IOException {
    byte[] file =
        PayloadGenerator.gzip(
            ("version account-id interface-id srcaddr dstaddr srcport dstport protocol packets"
                    + " bytes start end action log-status\n"
                    + REJECT)
                .getBytes(StandardCharsets.UTF_8));
    CreatedObject object =
        new CreatedObject("b", "a.log.gz", null, aws.s3().put("b", "a.log.gz", file), 0);
    String event =
        QueueEvents.toJson(
            new QueueMessage("1", "arn:x", ObjectNotifications.toBody(List.of(object))));
    FlowLogsHandler handler = handler(Map.of());
    aws.s3().fail(403, "AccessDenied", "Access Denied");

    assertThat(answer(handler, event))
        .isEqualTo("{\"batchItemFailures\":[{\"itemIdentifier\":\"1\"}]}");
    context.lines().clear();
    assertThat(answer(handler, event)).isEqualTo("{\"batchItemFailures\":[]}");

    assertThat(aws.metricBodies()).hasSize(1);
    assertThat(context.lines())
        .first()
        .asString()
        .startsWith("s3://b/a.log.gz {Records=1, RejectedFlows=1, ");
  }

  private String answer(FlowLogsHandler handler, String event) throws IOException {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    handler.handleRequest(
        new ByteArrayInputStream(event.getBytes(StandardCharsets.UTF_8)), answer, context);
    return answer.toString(StandardCharsets.UTF_8);
  }

  @Test
  void handleRequest_controlMessage() throws IOException {
    assertThat(Invocation.of(handler(Map.of()), event("control-message"), context))
        .isEqualTo(Map.of("ControlMessages", 1L));
    assertThat(context.lines()).containsExactly("CONTROL_MESSAGE {ControlMessages=1}");
  }

  @Test
  void handleRequest_sameEventTwice() throws IOException {
    FlowLogsHandler handler = handler(ALERTING);
    Invocation.of(handler, event("port-scan"), context);

    assertThat(Invocation.of(handler, event("port-scan"), context))
        .isEqualTo(Map.of("DuplicateBatches", 1L));
    assertThat(aws.metricBodies()).hasSize(3); // AlertsSent goes by itself
    assertThat(aws.notifications()).hasSize(1);
  }

  @Test
  void handleRequest_metricsInTheLog() throws IOException {
    ByteArrayOutputStream log = new ByteArrayOutputStream();
    PrintStream before = System.out;
    System.setOut(new PrintStream(log, false, StandardCharsets.UTF_8));
    try {
      FlowLogsHandler handler = handler(Map.of("METRIC_SINK", "emf", "METRIC_NAMESPACE", "Own"));
      handler.beforeCheckpoint(null); // which prints nothing
      Invocation.of(handler, event("port-scan"), context);
      Invocation.of(handler, event("port-scan"), context);
    } finally {
      System.setOut(before);
    }

    assertThat(aws.metricBodies()).isEmpty();
    List<Map<String, @Nullable Object>> lines =
        log.toString(StandardCharsets.UTF_8).lines().map(Json::parseObject).toList();
    assertThat(lines).hasSizeGreaterThan(1);
    assertThat(lines)
        .allSatisfy(
            line ->
                assertThat(Json.objectsAt(Json.objectAt(line, "_aws"), "CloudWatchMetrics"))
                    .singleElement()
                    .satisfies(
                        directive ->
                            assertThat(directive)
                                .containsEntry("Namespace", "Own")
                                .containsEntry("Dimensions", List.of(List.of()))));
    assertThat(sum(lines, "Records")).isEqualTo(470);
    assertThat(sum(lines, "RejectedFlows")).isEqualTo(420);
    assertThat(sum(lines, "RejectedBytes")).isEqualTo(25_753);
    assertThat(sum(lines, "BlockedHandshakes")).isEqualTo(412);
    assertThat(sum(lines, "DuplicateBatches")).isEqualTo(1);
  }

  /// As SnapStart has it: what was done before the snapshot is not seen in what comes after.
  @Test
  void beforeCheckpoint_leavesNoTrace() throws Exception {
    FlowLogsHandler primed = handler(ALERTING);
    primed.beforeCheckpoint(null);
    primed.afterRestore(null);
    assertThat(aws.metricBodies()).isEmpty();
    assertThat(aws.notifications()).isEmpty();

    Map<String, Long> counts = Invocation.of(primed, event("port-scan"), context);

    assertThat(counts)
        .containsEntry("Records", 470L)
        .containsEntry("AlertsSent", 1L)
        .doesNotContainKey("AlertsSuppressed");
    assertThat(aws.metricBodies()).hasSize(2); // AlertsSent goes by itself
    assertThat(aws.notifications()).hasSize(1);
    assertThat(context.lines()).containsExactly("DATA_MESSAGE " + counts);
  }

  @Test
  void handleRequest_flagsMissingIsSaidOnce() throws IOException {
    FlowLogsHandler handler = handler(Map.of());
    Invocation.of(handler, event("rejects-default-format"), context);
    Invocation.of(handler, event(List.of(REJECT)), context);

    assertThat(context.lines())
        .filteredOn(line -> line.contains("tcp-flags"))
        .containsExactly(
            "these records have no tcp-flags: no handshakes are counted (said once; the default"
                + " format has none, see docs/settings.md)");
  }

  @Test
  void handleRequest_unreadableRecords() throws IOException {
    Invocation.of(handler(Map.of()), event("damaged-lines"), context);

    assertThat(context.lines())
        .contains(
            "unreadable records: {WRONG_FIELD_COUNT=6, NOT_A_DECIMAL=2, PORT_OUT_OF_RANGE=1,"
                + " PROTOCOL_OUT_OF_RANGE=1, TCP_FLAGS_OUT_OF_RANGE=1, NOT_AN_ADDRESS=2,"
                + " UNKNOWN_ACTION=1, UNKNOWN_LOG_STATUS=1, BROKEN_JSON=1}");
  }

  /// Flow logs are the customer's data.
  @Test
  void handleRequest_logsNoAddressAndNoRecord() throws IOException {
    FlowLogsHandler handler = handler(ALERTING);
    for (String name :
        List.of(
            "port-scan",
            "nat-gateway",
            "rejects-default-format",
            "json-records",
            "damaged-lines",
            "control-message")) {
      Invocation.of(handler, event(name), context);
    }

    assertThat(context.lines()).hasSizeGreaterThanOrEqualTo(7);
    assertThat(context.lines())
        .allSatisfy(
            line ->
                assertThat(line)
                    .doesNotContainPattern("\\d+\\.\\d+\\.\\d+\\.\\d+")
                    .doesNotContainPattern("[0-9a-f]*:[0-9a-f]*:")
                    .doesNotContain("eni-", "vpc-", "subnet-", "123456789010", "REJECT "));
  }

  /// What somebody may send who invokes it by hand.
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      value = {
        "null | event: expected one of a CloudWatch Logs subscription (awslogs), a Kinesis stream"
            + " (aws:kinesis) or an SQS queue (aws:sqs), got no JSON object",
        "{} | event: expected one of a CloudWatch Logs subscription (awslogs), a Kinesis stream"
            + " (aws:kinesis) or an SQS queue (aws:sqs), got no keys",
        "[] | event: expected one of a CloudWatch Logs subscription (awslogs), a Kinesis stream"
            + " (aws:kinesis) or an SQS queue (aws:sqs), got no JSON object",
        "\"data\" | event: expected one of a CloudWatch Logs subscription (awslogs), a Kinesis"
            + " stream (aws:kinesis) or an SQS queue (aws:sqs), got no JSON object",
        "{\"data\":\"x\"} | event: expected one of a CloudWatch Logs subscription (awslogs), a"
            + " Kinesis stream (aws:kinesis) or an SQS queue (aws:sqs), got the key data",
        "{\"awslogs\":null} | awslogs.data: expected base64 of gzipped JSON, got none",
        "{\"awslogs\":\"x\"} | awslogs.data: expected base64 of gzipped JSON, got none",
        "{\"awslogs\":[{\"data\":\"x\"}]} | awslogs.data: expected base64 of gzipped JSON, got"
            + " none",
        "{\"awslogs\":{\"more\":{\"data\":\"x\"}}} | awslogs.data: expected base64 of gzipped JSON,"
            + " got none",
        "{\"awslogs\":{\"data\":7}} | awslogs.data: expected base64 of gzipped JSON, got none",
        "{\"awslogs\":{\"data\":\"\"}} | awslogs.data: expected base64 of gzipped JSON, got an"
            + " empty string",
        "{\"awslogs\":{\"data\":\"H4sIAAAA\"}} | awslogs.data: gzip ended early after 6 bytes",
        "{\"x\":[{}],\"awslogs\":{\"data\":\"no base64\"}} | awslogs.data: not base64 at character"
            + " 2",
        "`` | event: expected one of a CloudWatch Logs subscription (awslogs), a Kinesis stream"
            + " (aws:kinesis) or an SQS queue (aws:sqs), got no JSON object",
        "{\"awslogs\":{\"data\":\"H4sI | event: JSON ended early after 24 bytes",
        "neither | event: not JSON at byte 0",
      })
  void handleRequest_noEvent(String event, String message) {
    FlowLogsHandler handler = handler(Map.of());

    assertThatThrownBy(() -> Invocation.of(handler, event, context))
        .isInstanceOf(UndecodableEventException.class)
        .hasMessage(message);
    assertThat(aws.metricBodies()).isEmpty();
    assertThat(context.lines()).isEmpty();
  }

  @Test
  void handleRequest_pastTheBound() {
    assertThatThrownBy(
            () ->
                Invocation.of(
                    handler(Map.of("MAX_INFLATED_BYTES", "100")), event("port-scan"), context))
        .isInstanceOf(UndecodableEventException.class)
        .hasMessage("awslogs.data: gzip inflates past the bound of 100 bytes");
    assertThat(aws.metricBodies()).isEmpty();
  }

  /// Lambda tries again; what was done is not done again.
  @Test
  void handleRequest_onlyWhatFailedRunsAgain() throws IOException {
    FlowLogsHandler handler = handler(ALERTING);
    aws.failSns(500, "InternalError", "broken");

    assertThatThrownBy(() -> Invocation.of(handler, event("port-scan"), context))
        .isInstanceOf(PayloadFailedException.class)
        .hasMessage(
            "metrics: done; alerts: NOT done, SNS Publish, topic"
                + " arn:aws:sns:eu-west-1:123456789012:flowbell: notification not sent: broken"
                + " (Service: Sns, Status Code: 500, Request ID:"
                + " d74b8436-ae13-5ab4-a9ff-ce54dfea72a0) (SDK Attempt Count: 1)");
    assertThat(aws.metricBodies()).hasSize(1);
    assertThat(aws.notifications()).isEmpty();

    Invocation.of(handler, event("port-scan"), context);

    assertThat(aws.notifications()).hasSize(1);
    // The first one may have been taken: a 500 leaves it open.
    assertThat(aws.metricBodies()).hasSize(3); // AlertsSent goes by itself
    assertThat(new String(aws.metricBodies().get(1), StandardCharsets.ISO_8859_1))
        .contains("PossibleDuplicates")
        .doesNotContain("Records");
  }

  /// The format that nobody told is there when the first line is read.
  @Test
  void handleRequest_formatAskedForAtStartUp() {
    aws.addFlowLogs(flowLogs("${dstport} ${action} ${interface-id}"));

    FlowLogsHandler handler = handler(Map.of("LOG_FORMAT", "auto", "LOG_GROUP", "/vpc/flow-logs"));

    assertThat(aws.ec2Requests()).hasSize(1);
    assertThat(aws.ec2Requests().getFirst().form())
        .isEqualTo(
            "Action=DescribeFlowLogs&Version=2016-11-15&Filter.1.Name=log-group-name"
                + "&Filter.1.Value.1=%2Fvpc%2Fflow-logs");
    assertThat(
            Invocation.of(handler, event(List.of("22 REJECT eni-1", "23 ACCEPT eni-1")), context))
        .isEqualTo(Map.of("Records", 2L, "AcceptedFlows", 1L, "RejectedFlows", 1L));
    assertThat(aws.ec2Requests()).hasSize(1);
  }

  @Test
  void handleRequest_formatAskedForByTheFirstPayload() {
    FlowLogsHandler handler = handler(Map.of("LOG_FORMAT", "auto"));
    assertThat(aws.ec2Requests()).isEmpty();
    aws.addFlowLogs(flowLogs("${dstport} ${action} ${interface-id}"));

    assertThat(Invocation.of(handler, event(List.of("22 REJECT eni-1")), context))
        .isEqualTo(Map.of("Records", 1L, "RejectedFlows", 1L));
  }

  /// Neither start-up nor payload fails, and each environment says once why.
  @Test
  void handleRequest_formatsMayNotBeAskedFor() {
    for (int i = 0; i < 3; i++) {
      aws.failEc2(403, "UnauthorizedOperation", "You are not authorized");
    }
    FlowLogsHandler handler = handler(Map.of("LOG_FORMAT", "auto", "LOG_GROUP", "/vpc/flow-logs"));

    for (int i = 0; i < 2; i++) {
      assertThat(Invocation.of(handler, event(List.of(REJECT, "of no format " + i)), context))
          .containsEntry("Records", 1L)
          .containsEntry("UnreadableRecords", 1L);
    }

    assertThat(context.lines())
        .filteredOn(line -> line.contains("auto"))
        .containsExactly(
            "LOG_FORMAT auto: lines are read in AWS's default format or that of Flowbell's template"
                + " (said once): the function's role needs ec2:DescribeFlowLogs: EC2"
                + " DescribeFlowLogs, log group /vpc/flow-logs: status 403, UnauthorizedOperation:"
                + " You are not authorized");
  }

  /// What is worth saying is said, whatever else goes wrong.
  @Test
  void handleRequest_warnsWhereMetricsFail() {
    FlowLogsHandler handler = handler(Map.of("LOG_FORMAT", "auto"));
    aws.failCloudWatch(403, "AccessDenied", "broken");

    assertThatThrownBy(() -> Invocation.of(handler, event(List.of(REJECT)), context))
        .isInstanceOf(PayloadFailedException.class);
    assertThat(context.lines())
        .containsExactly(
            "LOG_FORMAT auto: lines are read in AWS's default format or that of Flowbell's template"
                + " (said once): no flow log of this account and region delivers into log group"
                + " /vpc/flow-logs");
  }

  @Test
  void handleRequest_formatGivenIsNotAskedFor() throws IOException {
    Invocation.of(handler(Map.of("LOG_GROUP", "/vpc/flow-logs")), event("port-scan"), context);

    assertThat(aws.ec2Requests()).isEmpty();
  }

  @Test
  void new_wrongSettings() {
    assertThatThrownBy(() -> handler(Map.of("LOG_FORMAT", "srcadr", "ALERT_MAIL_LIMIT", "1h")))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessage(
            """
            LOG_FORMAT: field 1 (character 1): expected a flow log field such as ${srcaddr}, got "srcadr"
            ALERT_MAIL_LIMIT: expected a whole number from 1 to 1000, got "1h\"\
            """);
  }

  private static long sum(List<Map<String, @Nullable Object>> lines, String metric) {
    return lines.stream()
        .filter(line -> line.containsKey(metric))
        .mapToLong(line -> (Long) line.get(metric))
        .sum();
  }

  private static FlowLogsHandler handler(Map<String, String> environment) {
    return new FlowLogsHandler(environment);
  }

  private static String event(String name) throws IOException {
    return Files.readString(Path.of("events", name + ".json"));
  }

  private static String event(List<String> lines) {
    return SubscriptionMessage.of(lines).toEvent();
  }

  private static String flowLogs(String format) {
    return """
    <DescribeFlowLogsResponse><flowLogSet><item><flowLogId>fl-1</flowLogId>\
    <logFormat>%s</logFormat></item></flowLogSet></DescribeFlowLogsResponse>\
    """
        .formatted(format);
  }
}
