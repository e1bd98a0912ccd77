package dev.flowbell.stack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.input.LambdaEvent;
import dev.flowbell.input.LambdaEvent.QueueMessage;
import dev.flowbell.input.LambdaEventReader;
import dev.flowbell.input.ObjectNotifications;
import dev.flowbell.testing.Json;
import dev.flowbell.testing.emulator.DeployedStack;
import dev.flowbell.testing.network.FaultProxy;
import dev.flowbell.testing.network.FaultProxy.Fault;
import dev.flowbell.testing.process.ToolRun;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.EventSourceMappingConfiguration;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/// Denies the function of a deployed stack a file for a while, and lets the stack's own queue, its
/// redrive policy and its event source mapping repeat it. Every record counts once.
///
/// The emulator's mapping deletes what the function doesn't return, and its queue counts receipts
/// and moves messages, as on AWS. It knows no batching window, and takes a response that AWS would
/// refuse, such as one with another id, for success.
final class BucketIT extends StackScenario {
  private static final Fault DENIED = new Fault.Answer(403, "AccessDenied", "Access Denied");

  @TempDir private static Path folder;
  private static @Nullable DeployedStack stack;

  /// Between the function and S3.
  private static @Nullable FaultProxy s3;

  private String bucket;
  private EventSourceMappingConfiguration mapping;
  private String queueUrl;
  private String failureQueueUrl;

  /// The invocations of other tests.
  private int earlier;

  /// What the mapping gave the function, and what that returned.
  ///
  /// @param files by name
  private record Batch(List<String> files, List<String> returned) {}

  @BeforeAll
  static void deploy() throws Exception {
    stack = DeployedStack.deploy(folder, "Email=none", "Source=bucket");
    s3 = FaultProxy.start(stack.uri());
    stack.startFunction(Map.of("AWS_ENDPOINT_URL_S3", s3.uri().toString()));
  }

  @AfterAll
  static void close() throws IOException {
    if (stack != null) {
      stack.close();
    }
    if (s3 != null) {
      s3.close();
    }
  }

  @BeforeEach
  void find() {
    bucket = stack.output("BucketName");
    failureQueueUrl = stack.output("FailureQueueUrl");
    try (LambdaClient lambda = stack.client(LambdaClient.builder());
        SqsClient sqs = stack.client(SqsClient.builder())) {
      assertThat(lambda.listEventSourceMappings().eventSourceMappings()).hasSize(1);
      mapping = lambda.listEventSourceMappings().eventSourceMappings().getFirst();
      String name = mapping.eventSourceArn().replaceAll(".*:", "");
      queueUrl = sqs.getQueueUrl(request -> request.queueName(name)).queueUrl();
    }
    earlier = stack.invocations().size();
  }

  @Override
  DeployedStack stack() {
    return stack;
  }

  @Test
  void deniedFile_endsInTheFailureQueueAndIsRedriven() throws Exception {
    double records = sum("Records");
    double duplicates = sum("DuplicateBatches");
    hideFor(Duration.ofSeconds(3));
    s3.use(_ -> DENIED);

    put(bucket, FOLDER + "denied.log.gz", file());
    await(
        () -> batches().size() == 5 && waiting(failureQueueUrl) == 1,
        () -> batches() + ", in the failure queue: " + waiting(failureQueueUrl));
    assertThat(batches())
        .as("received five times, and no more")
        .isEqualTo(
            Collections.nCopies(5, new Batch(List.of("denied.log.gz"), List.of("denied.log.gz"))));
    assertThat(waiting(queueUrl)).isZero();
    String notification = peekIntoFailures();

    ToolRun early = redrive();
    assertThat(early.exitCode()).isEqualTo(1);
    assertThat(early.output()).contains("  LEFT: ").contains("denied.log.gz: S3 refused it");
    assertThat(waiting(failureQueueUrl)).isEqualTo(1);
    assertThat(sum("Records")).isEqualTo(records);

    s3.use(_ -> Fault.NONE);
    ToolRun run = redrive().orFail();
    assertThat(run.output())
        .matches(
            """
            [0-9a-f-]{36}  went through: \\{"batchItemFailures": ?\\[]}
            1 went through, 0 left\\.
            """);
    assertThat(waiting(failureQueueUrl)).isZero();
    assertThat(sum("Records")).isEqualTo(records + RECORDS);

    send(notification); // a queue may deliver it once more
    awaitMetric("DuplicateBatches", duplicates + 1);
    assertThat(sum("Records")).isEqualTo(records + RECORDS);
  }

  /// The template's mapping has batches of one message. People may set more.
  @Test
  void deniedFile_ofABatchIsRepeatedAlone() throws Exception {
    double records = sum("Records");
    hideFor(Duration.ofSeconds(15));
    AtomicBoolean isDenied = new AtomicBoolean(true);
    s3.use(
        call ->
            call.path().endsWith("b.log.gz") && isDenied.getAndSet(false) ? DENIED : Fault.NONE);
    updateMapping(10, false);
    for (String name : List.of("a", "b", "c", "d")) {
      put(bucket, FOLDER + name + ".log.gz", file());
    }
    await(() -> waiting(queueUrl) == 4, () -> waiting(queueUrl) + " messages, expected 4");

    updateMapping(10, true);
    await(() -> waiting(queueUrl) == 0, () -> waiting(queueUrl) + " messages, expected none");
    assertThat(batches())
        .containsExactly(
            new Batch(List.of("a.log.gz", "b.log.gz", "c.log.gz", "d.log.gz"), List.of("b.log.gz")),
            new Batch(List.of("b.log.gz"), List.of()));
    assertThat(waiting(failureQueueUrl)).isZero();
    assertThat(sum("Records")).isEqualTo(records + 4 * RECORDS);
    updateMapping(mapping.batchSize(), true);
  }

  /// Its records ended before those of the other tests.
  @Test
  void doctor_sendsATestThroughTheBucket() throws Exception {
    s3.use(_ -> Fault.NONE);

    ToolRun run =
        stack.flowbell("doctor", DeployedStack.NAME, "--send-test", "--timeout-seconds", "60");

    assertThat(run.output())
        .containsPattern(
            "OK +test: metric +100 rejected flows from [0-9.]+ raised RejectedFlows at .* after")
        .containsPattern("OK +test: notification +AlertsSent rose by 1 ");
  }

  /// Sets how long the queue hides a received message. The template's half an hour is for files
  /// that take minutes; the tests wait for its end.
  private void hideFor(Duration length) {
    try (SqsClient sqs = stack.client(SqsClient.builder())) {
      sqs.setQueueAttributes(
          request ->
              request
                  .queueUrl(queueUrl)
                  .attributes(
                      Map.of(
                          QueueAttributeName.VISIBILITY_TIMEOUT,
                          String.valueOf(length.toSeconds()))));
    }
  }

  private void updateMapping(int batchSize, boolean isEnabled) {
    try (LambdaClient lambda = stack.client(LambdaClient.builder())) {
      lambda.updateEventSourceMapping(
          request -> request.uuid(mapping.uuid()).batchSize(batchSize).enabled(isEnabled));
    }
  }

  private void send(String body) {
    try (SqsClient sqs = stack.client(SqsClient.builder())) {
      sqs.sendMessage(request -> request.queueUrl(queueUrl).messageBody(body));
    }
  }

  /// Returns the body of the message in the failure queue, which stays there.
  private String peekIntoFailures() {
    try (SqsClient sqs = stack.client(SqsClient.builder())) {
      return sqs.receiveMessage(request -> request.queueUrl(failureQueueUrl).visibilityTimeout(0))
          .messages()
          .getFirst()
          .body();
    }
  }

  private static ToolRun redrive() throws IOException {
    return stack.flowbell("redrive", DeployedStack.NAME);
  }

  /// Returns the batches of this test. A redriven message comes from no queue, and is none.
  private List<Batch> batches() {
    List<Batch> batches = new ArrayList<>();
    List<DeployedStack.Invocation> invocations = stack.invocations();
    for (DeployedStack.Invocation each : invocations.subList(earlier, invocations.size())) {
      Map<String, String> files = new LinkedHashMap<>();
      for (QueueMessage message : messages(each.event())) {
        if (!message.queueArn().isEmpty()) {
          String key = new ObjectNotifications().read(message.body()).getFirst().key();
          files.put(message.messageId(), key.replaceAll(".*/", ""));
        }
      }
      if (!files.isEmpty()) {
        batches.add(
            new Batch(
                List.copyOf(files.values()),
                Json.objectsAt(Json.parseObject(each.answer().body()), "batchItemFailures").stream()
                    .map(failure -> files.get((String) failure.get("itemIdentifier")))
                    .toList()));
      }
    }
    return batches;
  }

  private static List<QueueMessage> messages(String event) {
    try {
      return ((LambdaEvent.Queue)
              new LambdaEventReader().read(new ByteArrayInputStream(event.getBytes(UTF_8))))
          .messages();
    } catch (IOException e) {
      throw new AssertionError(e); // a stream in memory
    }
  }
}
