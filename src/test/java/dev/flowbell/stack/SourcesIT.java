package dev.flowbell.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.testing.emulator.DeployedStack;
import dev.flowbell.testing.generator.PayloadGenerator.LogEvent;
import dev.flowbell.testing.generator.PayloadGenerator.SubscriptionMessage;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.cloudwatchlogs.model.InputLogEvent;
import software.amazon.awssdk.services.cloudwatchlogs.model.SubscriptionFilter;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.EventSourceMappingConfiguration;
import software.amazon.awssdk.services.sqs.SqsClient;

/// Changes the source of a deployed stack, from one to the next, as `docs/operations.md` says, with
/// records under way in each. Every record counts once.
///
/// The emulator does not deliver log events to a stream: the test puts them into it, as CloudWatch
/// Logs would, whenever the subscription leads there.
final class SourcesIT extends StackScenario {
  @TempDir private static Path folder;
  private static @Nullable DeployedStack stack;

  private final HttpClient http = HttpClient.newHttpClient();

  @BeforeAll
  static void deploy() throws Exception {
    stack = DeployedStack.deploy(folder, "Email=none");
  }

  @AfterAll
  static void close() {
    if (stack != null) {
      stack.close();
    }
  }

  @Override
  DeployedStack stack() {
    return stack;
  }

  @Test
  void changesOfSource_countEveryRecordOnce() throws Exception {
    putLogEvents();
    awaitRecords(1);

    deployAgain("Source=stream", "AlsoRead=none");
    assertThat(subscriptionFilters())
        .as("one filter, which leads to the stream")
        .singleElement()
        .satisfies(
            filter -> assertThat(filter.destinationArn()).isEqualTo(stack.output("StreamArn")));
    List<String> batch = List.of(payload(), payload(), payload());
    putIntoStream(batch);
    awaitRecords(4);
    putIntoStream(batch.subList(1, 2)); // the producer repeats one
    awaitMetric("DuplicateBatches", 1);

    // Back, while the stream has records that nobody has read.
    setMappingsEnabled(false);
    putIntoStream(List.of(payload(), payload()));
    deployAgain("Source=subscription", "AlsoRead=stream");
    setMappingsEnabled(true);
    assertThat(subscriptionFilters())
        .singleElement()
        .satisfies(filter -> assertThat(filter.destinationArn()).contains(":function:"));
    putLogEvents();
    awaitRecords(7);

    // Both get the same traffic, before the change and after it.
    String changeTime = minute.toString().replace(":00Z", "Z");
    deployAgain("Source=bucket", "AlsoRead=subscription", "BucketFrom=" + changeTime);
    String bucket = stack.output("BucketName");
    putIntoBoth(bucket);
    awaitRecords(9);
    deployAgain("AlsoRead=none");
    put(bucket, FOLDER + "a b+c.log.gz", file());
    awaitRecords(10);
    put(bucket, FOLDER + "cut.log.gz", cut(file()));
    awaitFailure();
    deployAgain(
        "Source=subscription", "AlsoRead=bucket", "BucketUntil=" + changeTime, "BucketFrom=\"\"");
    putIntoBoth(bucket);
    awaitRecords(12); // of the cut file nothing

    Thread.sleep(3_000); // what is delivered twice would be counted by now
    assertThat(sum("Records")).isEqualTo((payloads - 1) * (double) RECORDS);
    assertThat(sum("PossibleDuplicates")).isZero();
  }

  // What brings records.

  /// Puts the same records into the log group and the bucket: some that end before the minute, and
  /// as many that don't.
  private void putIntoBoth(String bucket) throws IOException, InterruptedException {
    List<String> lines = new ArrayList<>(lines(minute.minusSeconds(1)));
    lines.addAll(lines(minute));
    putLogEvents(lines);
    put(bucket, FOLDER + "both-%d.log.gz".formatted(payloads), file(lines));
  }

  private void putLogEvents() {
    putLogEvents(lines());
  }

  private void putLogEvents(List<String> lines) {
    try (CloudWatchLogsClient logs = stack.client(CloudWatchLogsClient.builder())) {
      String stream = "eni-%d-all".formatted(payloads);
      String group = stack.output("LogGroupName");
      logs.createLogStream(request -> request.logGroupName(group).logStreamName(stream));
      long now = System.currentTimeMillis();
      logs.putLogEvents(
          request ->
              request
                  .logGroupName(group)
                  .logStreamName(stream)
                  .logEvents(
                      lines.stream()
                          .map(line -> InputLogEvent.builder().timestamp(now).message(line).build())
                          .toList()));
    }
  }

  /// Returns the base64 of a payload as CloudWatch Logs writes it into a stream.
  private String payload() {
    List<LogEvent> events = new ArrayList<>();
    for (String line : lines()) {
      events.add(new LogEvent(payloads + "-" + events.size(), minute.toEpochMilli(), line));
    }
    return SubscriptionMessage.ofEvents("eni-" + payloads, events).toData();
  }

  private static byte[] cut(byte[] file) {
    return Arrays.copyOf(file, file.length / 2);
  }

  private void putIntoStream(List<String> records) throws IOException, InterruptedException {
    String name = stack.output("StreamArn").replaceAll(".*:stream/", "");
    for (String data : records) {
      HttpResponse<String> response =
          http.send(
              HttpRequest.newBuilder(stack.uri())
                  .header("Content-Type", "application/x-amz-json-1.1")
                  .header("X-Amz-Target", "Kinesis_20131202.PutRecord")
                  .POST(
                      HttpRequest.BodyPublishers.ofString(
                          "{\"StreamName\":\"%s\",\"PartitionKey\":\"1\",\"Data\":\"%s\"}"
                              .formatted(name, data)))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(response.body()).contains("SequenceNumber");
    }
  }

  // The stack.

  private static void deployAgain(String... parameters) throws IOException {
    stack.deployAgain(parameters).orFail();
    stack.startFunction();
  }

  private static List<SubscriptionFilter> subscriptionFilters() {
    try (CloudWatchLogsClient logs = stack.client(CloudWatchLogsClient.builder())) {
      return logs.describeSubscriptionFilters(
              request -> request.logGroupName(stack.output("LogGroupName")))
          .subscriptionFilters();
    }
  }

  private static void setMappingsEnabled(boolean isEnabled) {
    try (LambdaClient lambda = stack.client(LambdaClient.builder())) {
      for (EventSourceMappingConfiguration mapping :
          lambda.listEventSourceMappings().eventSourceMappings()) {
        lambda.updateEventSourceMapping(request -> request.uuid(mapping.uuid()).enabled(isEnabled));
      }
    }
  }

  // What comes of it.

  private void awaitRecords(int payloadsSoFar) {
    awaitMetric("Records", payloadsSoFar * (double) RECORDS);
  }

  private void awaitFailure() {
    String queue = stack.output("FailureQueueUrl");
    await(() -> waiting(queue) == 1, () -> "no message in the failure queue");
    try (SqsClient sqs = stack.client(SqsClient.builder())) {
      assertThat(
              sqs.receiveMessage(request -> request.queueUrl(queue)).messages().getFirst().body())
          .contains("cut.log.gz")
          .contains("gzip");
    }
  }
}
