package dev.flowbell.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.cli.Flowbell;
import dev.flowbell.testing.doubles.RecordingContext;
import dev.flowbell.testing.emulator.AwsEndpoint;
import dev.flowbell.testing.emulator.AwsEndpointExtension;
import dev.flowbell.testing.generator.PayloadGenerator.SubscriptionMessage;
import dev.flowbell.testing.process.Invocation;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
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
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatch.model.ComparisonOperator;
import software.amazon.awssdk.services.cloudwatch.model.Dimension;
import software.amazon.awssdk.services.cloudwatch.model.MetricDataQuery;
import software.amazon.awssdk.services.cloudwatch.model.MetricDataResult;
import software.amazon.awssdk.services.cloudwatch.model.StandardUnit;
import software.amazon.awssdk.services.cloudwatch.model.StateValue;
import software.amazon.awssdk.services.cloudwatch.model.Statistic;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// Drives the function against a real AWS endpoint, and reads through AWS's own APIs what came of
/// it.
@ExtendWith(AwsEndpointExtension.class)
final class FlowLogsHandlerIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final AwsEndpoint aws;
  private final String name;
  private final Instant minute =
      Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofMinutes(6));

  FlowLogsHandlerIT(AwsEndpoint aws) {
    this.aws = aws;
    this.name = aws.uniqueName("flowbell");
  }

  @Test
  void handleRequest_publishesTotalsByMinute() {
    Map<String, Long> counts = handle(Map.of(), mixedLines());

    assertThat(counts)
        .containsEntry("Records", 4L)
        .containsEntry("RejectedFlows", 3L)
        .containsEntry("UnreadableRecords", 1L);
    Instant next = minute.plusSeconds(60);
    assertThat(sums("Records", StandardUnit.COUNT)).isEqualTo(Map.of(minute, 2.0, next, 2.0));
    assertThat(sums("RejectedFlows", StandardUnit.COUNT)).isEqualTo(Map.of(minute, 2.0, next, 1.0));
    assertThat(sums("RejectedBytes", StandardUnit.BYTES))
        .isEqualTo(Map.of(minute, 120.0, next, 60.0));
    assertThat(sums("BlockedHandshakes", StandardUnit.COUNT))
        .isEqualTo(Map.of(minute, 2.0, next, 1.0));
    assertThat(sums("NatMaskedRejects", StandardUnit.COUNT))
        .isEqualTo(Map.of(minute, 2.0, next, 0.0));
    assertThat(sums("UnreadableRecords", StandardUnit.COUNT)).isEqualTo(Map.of(next, 1.0));
    assertThat(sums("StrayRejects", StandardUnit.COUNT)).isEqualTo(Map.of(minute, 0.0, next, 0.0));
    assertThat(sums("DeliveryLag", StandardUnit.SECONDS)).containsOnlyKeys(next);
  }

  /// Apart from the totals, because MiniStack takes a question without dimensions for one about all
  /// series.
  @Test
  void handleRequest_publishesSeriesOfDimensions() {
    handle(Map.of("METRIC_DIMENSIONS", "InterfaceId,VpcId+FlowDirection"), mixedLines());

    Map<Instant, Double> expected = Map.of(minute, 2.0, minute.plusSeconds(60), 1.0);
    assertThat(sums("RejectedFlows", StandardUnit.COUNT, "InterfaceId", "eni-1"))
        .isEqualTo(expected);
    assertThat(
            sums(
                "RejectedFlows",
                StandardUnit.COUNT,
                "VpcId",
                "vpc-abcd1234",
                "FlowDirection",
                "ingress"))
        .isEqualTo(expected);
    assertThat(sums("StrayRejects", StandardUnit.COUNT, "InterfaceId", "eni-1")).isEmpty();
  }

  @Test
  void handleRequest_countsARepeatedPayloadOnce() {
    List<String> lines = List.of(rejectedSyn(minute, "eni-1", "10.0.1.5", "198.51.100.7", 22));
    FlowLogsHandler handler = new FlowLogsHandler(environment(Map.of()));
    String event = event(lines);

    Invocation.of(handler, event, new RecordingContext());
    Map<String, Long> again = Invocation.of(handler, event, new RecordingContext());

    assertThat(again).isEqualTo(Map.of("DuplicateBatches", 1L));
    assertThat(sums("Records", StandardUnit.COUNT)).isEqualTo(Map.of(minute, 1.0));
    assertThat(sums("DuplicateBatches", StandardUnit.COUNT).values()).containsExactly(1.0);
  }

  @Test
  void handleRequest_raisesAnAlarm() {
    CloudWatchClient cloudWatch = aws.cloudWatch();
    handle(Map.of(), scan("198.51.100.7", 5));

    // LocalStack evaluates an alarm when it is made, and then once in 15 periods.
    cloudWatch.putMetricAlarm(
        alarm ->
            alarm
                .alarmName(name)
                .namespace(name)
                .metricName("BlockedHandshakes")
                .statistic(Statistic.SUM)
                .period(60)
                .evaluationPeriods(15)
                .datapointsToAlarm(1)
                .threshold(3.0)
                .comparisonOperator(ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD)
                .treatMissingData("notBreaching"));

    await(
        () ->
            cloudWatch.describeAlarms(all -> all.alarmNames(name)).metricAlarms().stream()
                .filter(alarm -> alarm.stateValue() == StateValue.ALARM)
                .toList());
  }

  @Test
  void handleRequest_notifiesWhoTheFilterPolicyLets() {
    SnsClient sns = aws.sns();
    SqsClient sqs = aws.sqs();
    String topicArn = sns.createTopic(topic -> topic.name(name)).topicArn();
    String lowQueue = subscribe(sns, sqs, topicArn, "low");
    String highQueue = subscribe(sns, sqs, topicArn, "high");

    handle(Map.of("ALERT_TOPIC_ARN", topicArn), scan("198.51.100.7", 120));

    Map<String, String> notification = await(() -> receive(sqs, lowQueue)).getFirst();
    assertThat(notification)
        .containsEntry("schema", "flowbell-alert-2")
        .containsEntry("severity", "low")
        .extractingByKey("subject")
        .asString()
        .startsWith("[Flowbell LOW] ")
        .contains("198.51.100.7");
    assertThat(receive(sqs, lowQueue)).as("one notification a payload").isEmpty();
    assertThat(receive(sqs, highQueue)).as("filtered by severity").isEmpty();

    handle(Map.of("ALERT_TOPIC_ARN", topicArn), scan("10.9.9.9", 30));

    Map<String, String> fromInside = await(() -> receive(sqs, highQueue)).getFirst();
    assertThat(fromInside).containsEntry("severity", "high");
    assertThat(receive(sqs, lowQueue)).as("filtered by severity").isEmpty();
  }

  @Test
  void replay_publishesWhatTheFunctionWould(@TempDir Path folder) throws Exception {
    Path event = folder.resolve("event.json");
    Files.writeString(event, event(scan("10.9.9.9", 20)));
    SnsClient sns = aws.sns();
    SqsClient sqs = aws.sqs();
    String topicArn = sns.createTopic(topic -> topic.name(name)).topicArn();
    String queue = subscribe(sns, sqs, topicArn, "high");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();

    int exitCode =
        Flowbell.run(
            InputStream.nullInputStream(),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            "replay",
            "--publish",
            "--namespace",
            name,
            "--topic-arn",
            topicArn,
            event.toString());

    assertThat(err.toString(StandardCharsets.UTF_8)).isEmpty();
    assertThat(exitCode).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("Sent to CloudWatch: ", "1 notification sent, as sent:");
    assertThat(sums("RejectedFlows", StandardUnit.COUNT)).isEqualTo(Map.of(minute, 20.0));
    assertThat(await(() -> receive(sqs, queue)).getFirst())
        .extractingByKey("subject")
        .asString()
        .startsWith("[Flowbell HIGH] ")
        .contains("10.9.9.9");
  }

  // Records in the format that Flowbell's template asks for.

  private List<String> mixedLines() {
    return List.of(
        rejectedSyn(minute, "eni-1", "10.0.1.5", "198.51.100.7", 22),
        rejectedSyn(minute.plusSeconds(7), "eni-1", "10.0.1.5", "198.51.100.7", 23),
        rejectedSyn(minute.plusSeconds(60), "eni-1", "203.0.113.9", "203.0.113.9", 22),
        accepted(minute.plusSeconds(61), "eni-1"),
        "not a flow log record");
  }

  private List<String> scan(String source, int ports) {
    List<String> lines = new ArrayList<>();
    for (int port = 1; port <= ports; port++) {
      lines.add(rejectedSyn(minute, "eni-1", source, source, port));
    }
    return lines;
  }

  private static String rejectedSyn(
      Instant end, String interfaceId, String srcaddr, String pktSrcaddr, int port) {
    return line(end, interfaceId, srcaddr, pktSrcaddr, port, "1 60", "REJECT", 2);
  }

  private static String accepted(Instant end, String interfaceId) {
    return line(end, interfaceId, "10.0.7.7", "10.0.7.7", 443, "20 9000", "ACCEPT", 3);
  }

  private static String line(
      Instant end,
      String interfaceId,
      String srcaddr,
      String pktSrcaddr,
      int port,
      String packetsAndBytes,
      String action,
      int flags) {
    long seconds = end.getEpochSecond();
    return String.join(
        " ",
        "5 123456789012 vpc-abcd1234 subnet-1234abcd i-0987654321",
        interfaceId,
        srcaddr,
        "10.0.2.98 40001",
        String.valueOf(port),
        "6",
        packetsAndBytes,
        String.valueOf(seconds),
        String.valueOf(seconds),
        action,
        "OK",
        String.valueOf(flags),
        "IPv4",
        pktSrcaddr,
        "10.0.2.98 eu-west-1 euw1-az1 ingress - -");
  }

  // The function, and what surrounds it.

  private Map<String, Long> handle(Map<String, String> settings, List<String> lines) {
    return Invocation.of(
        new FlowLogsHandler(environment(settings)), event(lines), new RecordingContext());
  }

  private Map<String, String> environment(Map<String, String> settings) {
    Map<String, String> environment = new HashMap<>(aws.environment());
    environment.put("METRIC_NAMESPACE", name);
    environment.putAll(settings);
    return environment;
  }

  private static String event(List<String> lines) {
    return SubscriptionMessage.of(lines).toEvent();
  }

  private Map<Instant, Double> sums(String metric, StandardUnit unit, String... dimensions) {
    List<Dimension> named = new ArrayList<>();
    for (int i = 0; i < dimensions.length; i += 2) {
      named.add(Dimension.builder().name(dimensions[i]).value(dimensions[i + 1]).build());
    }
    MetricDataQuery query =
        MetricDataQuery.builder()
            .id("sums")
            .metricStat(
                stat ->
                    stat.stat("Sum")
                        .period(60)
                        .unit(unit)
                        .metric(each -> each.namespace(name).metricName(metric).dimensions(named)))
            .build();
    MetricDataResult result =
        aws.cloudWatch()
            .getMetricData(
                request ->
                    request
                        .startTime(minute.minus(Duration.ofMinutes(30)))
                        .endTime(minute.plus(Duration.ofMinutes(30)))
                        .metricDataQueries(query))
            .metricDataResults()
            .getFirst();
    Map<Instant, Double> sums = new TreeMap<>();
    for (int i = 0; i < result.timestamps().size(); i++) {
      sums.put(result.timestamps().get(i), result.values().get(i));
    }
    return sums;
  }

  private String subscribe(SnsClient sns, SqsClient sqs, String topicArn, String severity) {
    String queueUrl = sqs.createQueue(queue -> queue.queueName(name + "-" + severity)).queueUrl();
    String queueArn =
        sqs.getQueueAttributes(
                request -> request.queueUrl(queueUrl).attributeNames(QueueAttributeName.QUEUE_ARN))
            .attributes()
            .get(QueueAttributeName.QUEUE_ARN);
    sns.subscribe(
        subscription ->
            subscription
                .topicArn(topicArn)
                .protocol("sqs")
                .endpoint(queueArn)
                .attributes(
                    Map.of(
                        "FilterPolicy",
                        "{\"severity\": [\"%s\"]}".formatted(severity),
                        "RawMessageDelivery",
                        "true")));
    return queueUrl;
  }

  /// Takes what is in the queue, as the top-level texts of the JSON that SNS delivered.
  private static List<Map<String, String>> receive(SqsClient sqs, String queueUrl) {
    List<Map<String, String>> notifications = new ArrayList<>();
    for (Message message :
        sqs.receiveMessage(
                request -> request.queueUrl(queueUrl).maxNumberOfMessages(10).waitTimeSeconds(2))
            .messages()) {
      notifications.add(textsOf(message.body()));
      sqs.deleteMessage(
          request -> request.queueUrl(queueUrl).receiptHandle(message.receiptHandle()));
    }
    return notifications;
  }

  private static Map<String, String> textsOf(String json) {
    Map<String, String> texts = new HashMap<>();
    try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), json)) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
        String key = parser.currentName();
        if (parser.nextToken() == JsonToken.VALUE_STRING) {
          texts.put(key, parser.getString());
        }
        parser.skipChildren();
      }
    }
    return texts;
  }

  private static <T> List<T> await(Supplier<List<T>> attempt) {
    Instant end = Instant.now().plus(PATIENCE);
    while (true) {
      List<T> found = attempt.get();
      if (!found.isEmpty()) {
        return found;
      }
      assertThat(Instant.now()).as("nothing within " + PATIENCE).isBefore(end);
      try {
        Thread.sleep(500);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted while waiting", e);
      }
    }
  }
}
