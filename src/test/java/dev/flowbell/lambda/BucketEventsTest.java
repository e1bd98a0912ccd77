package dev.flowbell.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flowbell.aws.HttpClients;
import dev.flowbell.input.CreatedObject;
import dev.flowbell.input.LambdaEvent.QueueMessage;
import dev.flowbell.input.ObjectNotifications;
import dev.flowbell.input.QueueEvents;
import dev.flowbell.input.SubscriptionDecoder;
import dev.flowbell.input.UndecodableEventException;
import dev.flowbell.metric.Metric;
import dev.flowbell.pipeline.Invocation;
import dev.flowbell.pipeline.PayloadFailedException;
import dev.flowbell.pipeline.Pipeline;
import dev.flowbell.pipeline.TimeLimit;
import dev.flowbell.pipeline.Wiring;
import dev.flowbell.publish.FailureQueue;
import dev.flowbell.s3.S3Client;
import dev.flowbell.settings.Settings;
import dev.flowbell.summary.FlowSummary;
import dev.flowbell.summary.LogOrigin;
import dev.flowbell.testing.Json;
import dev.flowbell.testing.doubles.RecordingContext;
import dev.flowbell.testing.generator.PayloadGenerator.SubscriptionMessage;
import dev.flowbell.testing.network.LoopbackAws;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/// The messages of a queue and their files, against an S3 and a CloudWatch on this machine.
class BucketEventsTest {
  private static final String QUEUE = "arn:aws:sqs:eu-west-1:123456789012:flow-log-files";
  private static final String FUNCTION =
      "arn:aws:lambda:eu-west-1:123456789012:function:flowbell:live";
  private static final String FAILURES =
      "https://sqs.eu-west-1.amazonaws.com/123456789012/failures";
  private static final String BUCKET = "flow-logs";
  private static final String KEY =
      "AWSLogs/aws-account-id=123456789012/aws-service=vpcflowlogs/a b+c.log.gz";
  private static final String URI = "s3://flow-logs/" + KEY;
  private static final String HEADER =
      "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start"
          + " end action log-status\n";
  private static final String RECORD =
      "2 123456789012 eni-0a1b2c3d 198.51.100.7 10.0.2.98 40001 22 6 1 60 1795342446 1795342450"
          + " REJECT OK\n";

  private final RecordingContext context = new RecordingContext();
  private final List<FlowSummary> delivered = new ArrayList<>();
  private LoopbackAws aws;
  private HttpClients clients;
  private S3Client s3;
  private BucketEvents events;

  @BeforeEach
  void start() throws IOException {
    aws = LoopbackAws.start();
    clients = HttpClients.open();
    s3 = S3Client.create();
    events = newEvents(new FailureQueue(FAILURES, clients.publishing(), InstantSource.system()));
  }

  @AfterEach
  void stop() {
    s3.close();
    clients.close();
    aws.close();
  }

  @Test
  void handle_file() throws IOException {
    QueueMessage message = put(KEY, gzip(HEADER + RECORD.repeat(3) + "unreadable\n"));

    assertThat(handle(message)).isEmpty();

    assertThat(delivered)
        .singleElement()
        .satisfies(
            summary -> {
              assertThat(summary.origin()).isEqualTo(new LogOrigin("123456789012", "", URI));
              assertThat(summary.total(Metric.RECORDS)).isEqualTo(3);
              assertThat(summary.total(Metric.REJECTED_FLOWS)).isEqualTo(3);
              assertThat(summary.total(Metric.UNREADABLE_RECORDS)).isEqualTo(1);
            });
    assertThat(aws.metricBodies()).hasSize(1);
    assertThat(aws.sentMessages()).isEmpty();
    assertThat(context.lines()).isEmpty();
  }

  /// AWS names the fields in any order, and adds new ones over the years.
  @Test
  void handle_otherFields() throws IOException {
    handle(
        put(
            KEY,
            gzip(
                """
                new-field action srcaddr dstaddr dstport start end
                x REJECT 198.51.100.7 10.0.2.98 22 1795342446 1795342450
                """)));

    assertThat(delivered)
        .singleElement()
        .returns(1L, summary -> summary.total(Metric.REJECTED_FLOWS));
    assertThat(context.lines())
        .containsExactly("field new-field is read over: no version known has it");
  }

  /// While a change of source is under way, a log group and a bucket get the same traffic, which
  /// counts once. What lacks `end` can't be divided.
  @ParameterizedTest
  @CsvSource({"bucket, 1, 2", "log-groups, 2, 1"})
  void handle_whileTheSourceChanges(String source, long ofFile, long ofLogGroup)
      throws IOException {
    Pipeline pipeline = newPipeline(Map.of("SOURCE_CHANGE", "2026-11-22T10:15Z " + source));
    List<String> lines =
        List.of(
            recordWithEnd("1795342499"),
            recordWithEnd("1795342498"),
            recordWithEnd("1795342500"), // 10:15
            recordWithEnd("-"));

    handle(new BucketEvents(pipeline, s3, null), put(KEY, gzip(HEADER + String.join("", lines))));
    delivered.add(
        pipeline
            .process(
                new SubscriptionDecoder(1 << 20).decode(SubscriptionMessage.of(lines).toData()),
                TimeLimit.NONE)
            .summary());

    assertThat(delivered)
        .extracting(summary -> summary.total(Metric.REJECTED_FLOWS))
        .containsExactly(ofFile + 1, ofLogGroup + 1);
  }

  @Test
  void handle_sameFileTwice() throws IOException {
    QueueMessage message = put(KEY, gzip(HEADER + RECORD));
    handle(message);

    assertThat(handle(message)).isEmpty();
    assertThat(delivered)
        .last()
        .returns(1L, summary -> summary.total(Metric.DUPLICATE_BATCHES))
        .returns(0L, summary -> summary.total(Metric.RECORDS));
    assertThat(aws.s3().requests()).hasSize(1);
  }

  /// The file is replaced before it is read. Its successor has a message of its own.
  @Test
  void handle_fileWrittenAgain() throws IOException {
    QueueMessage message = put(KEY, gzip(HEADER + RECORD));
    QueueMessage next = put(KEY, gzip(HEADER + RECORD.repeat(2)));

    assertThat(handle(message, next)).isEmpty();
    assertThat(delivered).singleElement().returns(2L, each -> each.total(Metric.RECORDS));
    assertThat(context.lines())
        .containsExactly(
            URI
                + ": S3 refused it: status 412, PreconditionFailed: At least one of the"
                + " pre-conditions failed; the newer file has a message of its own");
  }

  @Test
  void handle_nothingToRead() {
    assertThat(
            handle(
                new QueueMessage("1", QUEUE, "{\"Event\":\"s3:TestEvent\"}"),
                messageOf("2", new CreatedObject(BUCKET, "AWSLogs/", null, "d41d", 0))))
        .isEmpty();
    assertThat(delivered).isEmpty();
    assertThat(aws.sentMessages()).isEmpty();
    assertThat(aws.s3().requests()).isEmpty();
  }

  static Stream<Arguments> unreadable() throws IOException {
    byte[] gzip = gzip(HEADER + RECORD);
    byte[] damaged = gzip.clone();
    damaged[damaged.length - 6] ^= 1;
    String expected = ": expected a flow log file as gzipped text, got ";
    return Stream.of(
        Arguments.of(new byte[0], expected + "an empty file"),
        Arguments.of(
            "PAR1 and so on".getBytes(UTF_8),
            expected
                + "Parquet, which the function does not read: set the flow log's file format to"
                + " text, and read this file with flowbell replay"),
        Arguments.of(
            (HEADER + RECORD).getBytes(UTF_8), ": not gzip: expected the bytes 1f 8b at byte 0"),
        Arguments.of(new byte[] {0x1f}, ": gzip ended early after 1 bytes"),
        Arguments.of(
            Arrays.copyOf(gzip, gzip.length - 9),
            ": gzip ended early after " + (gzip.length - 9) + " bytes"),
        Arguments.of(damaged, ": gzip is damaged: its checksum differs from its content's"),
        Arguments.of(gzip(RECORD), expected + "one whose first line does not name the fields"),
        Arguments.of(gzip(""), expected + "one whose first line does not name the fields"),
        Arguments.of(
            gzip("{\"a\":1}\n"), expected + "one whose first line does not name the fields"),
        Arguments.of(
            gzip("x".repeat(3 << 20)), expected + "one whose first line does not name the fields"));
  }

  /// The other message of the batch is not affected.
  @ParameterizedTest
  @MethodSource("unreadable")
  void handle_unreadableFile(byte[] content, String why) throws IOException {
    QueueMessage message = put(KEY, content);
    QueueMessage other = put("other.log.gz", gzip(HEADER + RECORD));

    assertThat(handle(message, other)).isEmpty();

    assertSent(message, URI + why);
    assertThat(context.lines()).containsExactly("sent to the failure queue: " + URI + why);
    assertThat(delivered).singleElement().returns(1L, each -> each.total(Metric.RECORDS));
  }

  @Test
  void handle_unreadableFile_thatIsMended() throws IOException {
    handle(put(KEY, "text".getBytes(UTF_8)));

    assertThat(handle(put(KEY, gzip(HEADER + RECORD)))).isEmpty();
    assertThat(delivered).singleElement().returns(1L, each -> each.total(Metric.RECORDS));
  }

  @Test
  void handle_fileDeletedSince() throws IOException {
    QueueMessage message = put(KEY, gzip(HEADER));
    aws.s3().delete(BUCKET, KEY);

    assertThat(handle(message)).isEmpty();
    assertSent(
        message,
        URI
            + ": S3 refused it: status 404, NoSuchKey: The specified key does not exist.; it was"
            + " deleted since");
  }

  @Test
  void handle_noNotification() {
    QueueMessage message = new QueueMessage("1", QUEUE, "text");

    assertThat(handle(message)).isEmpty();
    assertSent(message, "S3 notification: not JSON at byte 0");
  }

  @Test
  void handle_failureQueueFails() throws IOException {
    aws.refuseMessages(3);
    QueueMessage message = put(KEY, new byte[0]);

    assertThat(handle(message)).containsExactly(message.messageId());
    assertThat(context.lines())
        .containsExactly(
            "returned to the queue: "
                + URI
                + ": expected a flow log file as gzipped text, got an empty file; SQS SendMessage,"
                + " queue "
                + FAILURES
                + ": not sent, application/x-amz-json-1.0, 2 bytes (status 500): {}");
  }

  @Test
  void handle_withoutFailureQueue() throws IOException {
    QueueMessage message = put(KEY, new byte[0]);

    assertThat(handle(newEvents(null), message)).containsExactly(message.messageId());
  }

  @Test
  void handle_accessDenied() throws IOException {
    QueueMessage message = put(KEY, gzip(HEADER + RECORD));
    QueueMessage other = put("other.log.gz", gzip(HEADER + RECORD));
    aws.s3().fail(403, "AccessDenied", "Access Denied");

    assertThat(handle(message, other)).containsExactly(message.messageId());
    assertThat(aws.sentMessages()).isEmpty();
    assertThat(context.lines())
        .singleElement()
        .asString()
        .startsWith("returned to the queue: " + URI + ": S3 refused it: status 403, AccessDenied");

    assertThat(handle(message)).isEmpty();
    assertThat(delivered).hasSize(2).last().returns(1L, each -> each.total(Metric.RECORDS));
  }

  /// Nothing of the first part is counted.
  @Test
  void handle_connectionBreaks() throws IOException {
    QueueMessage message = put(KEY, gzip(HEADER + RECORD.repeat(1_000)));
    aws.s3().cutAfter(100);

    assertThat(handle(message)).containsExactly(message.messageId());
    assertThat(aws.metricBodies()).isEmpty();
    assertThat(handle(message)).isEmpty();
    assertThat(delivered).singleElement().returns(1_000L, each -> each.total(Metric.RECORDS));
  }

  @Test
  void handle_publishingFails() throws IOException {
    QueueMessage message = put(KEY, gzip(HEADER + RECORD));
    QueueMessage other = put("other.log.gz", gzip(HEADER + RECORD));
    aws.failCloudWatch(400, "AccessDenied", "no");

    assertThat(handle(message, other)).containsExactly(message.messageId());
    assertThat(handle(message)).isEmpty();
    assertThat(aws.metricBodies()).hasSize(2);
    assertThat(delivered).hasSize(2);
  }

  /// A message of several files: each is tried, and only the faults that pass are repeated.
  @Test
  void handle_severalFiles() throws IOException {
    CreatedObject broken = object("broken.gz", new byte[0]);
    CreatedObject refused = object("refused.gz", gzip(HEADER));
    CreatedObject good = object("good.gz", gzip(HEADER + RECORD));
    QueueMessage message = messageOf("1", refused, broken, good);
    aws.s3().fail(403, "AccessDenied", "Access Denied");

    assertThat(handle(message)).containsExactly("1");
    assertThat(delivered).hasSize(1);
    assertThat(aws.sentMessages()).isEmpty();

    assertThat(handle(message)).isEmpty();
    assertThat(aws.sentMessages()).hasSize(1);
    assertThat(delivered.stream().mapToLong(each -> each.total(Metric.RECORDS)).sum()).isEqualTo(1);
  }

  @Test
  void handle_timeIsOver() throws IOException {
    QueueMessage first = put("1.gz", gzip(HEADER + RECORD));
    QueueMessage second = put("2.gz", gzip(HEADER + RECORD));
    Iterator<Integer> seconds = Stream.concat(Stream.of(30), Stream.generate(() -> 29)).iterator();
    TimeLimit limit = () -> Duration.ofSeconds(seconds.next());

    assertThat(handle(events, limit, first, second)).containsExactly(second.messageId());
    assertThat(delivered).hasSize(1);
    assertThat(context.lines())
        .containsExactly("1 of 2 messages returned to the queue: less than 30 s left");
  }

  /// A line without an end is given up in time, and never held.
  @Test
  void handle_inflatesForLong() throws IOException {
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bomb)) {
      out.write(HEADER.getBytes(UTF_8));
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 32; i++) {
        out.write(zeros);
      }
    }
    QueueMessage message = put(KEY, bomb.toByteArray());
    Iterator<Integer> seconds =
        Stream.concat(Stream.of(60, 60, 60, 60), Stream.generate(() -> 19)).iterator();
    TimeLimit limit = () -> Duration.ofSeconds(seconds.next());

    assertThat(handle(events, limit, message)).containsExactly(message.messageId());
    assertThat(context.lines())
        .containsExactly(
            "returned to the queue: "
                + URI
                + ": not read to its end 20 s before the function's timeout; nothing of it was"
                + " counted");
    assertThat(handle(message)).isEmpty();
    assertThat(delivered)
        .singleElement()
        .returns(1L, each -> each.total(Metric.UNREADABLE_RECORDS));
  }

  /// `redrive` waits for the answer.
  @Test
  void handle_fromAnOperator() throws IOException {
    QueueMessage unreadable = new QueueMessage("1", "", put(KEY, new byte[0]).body());
    QueueMessage good = new QueueMessage("2", "", put("good.gz", gzip(HEADER + RECORD)).body());

    assertThatThrownBy(() -> handle(unreadable))
        .isInstanceOf(UndecodableEventException.class)
        .hasMessage(URI + ": expected a flow log file as gzipped text, got an empty file");
    assertThat(aws.sentMessages()).isEmpty();

    aws.s3().fail(403, "AccessDenied", "Access Denied");
    assertThatThrownBy(() -> handle(good))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("s3://flow-logs/good.gz: S3 refused it: status 403, AccessDenied");

    aws.failCloudWatch(400, "AccessDenied", "no");
    assertThatThrownBy(() -> handle(good)).isInstanceOf(PayloadFailedException.class);
    assertThat(handle(good)).isEmpty();
  }

  @Test
  void write() {
    ByteArrayOutputStream none = new ByteArrayOutputStream();
    ByteArrayOutputStream some = new ByteArrayOutputStream();

    BucketEvents.write(List.of(), none);
    BucketEvents.write(List.of("a", "b\""), some);

    assertThat(none.toString(UTF_8)).isEqualTo("{\"batchItemFailures\":[]}");
    assertThat(some.toString(UTF_8))
        .isEqualTo(
            "{\"batchItemFailures\":[{\"itemIdentifier\":\"a\"},{\"itemIdentifier\":\"b\\\"\"}]}");
  }

  private BucketEvents newEvents(@Nullable FailureQueue failures) {
    return new BucketEvents(newPipeline(Map.of()), s3, failures);
  }

  private Pipeline newPipeline(Map<String, String> environment) {
    return new Wiring(Settings.fromEnvironment(environment), "eu-west-1", clients)
        .newFunction(System.out, context.lines()::add);
  }

  private List<String> handle(QueueMessage... messages) {
    return handle(events, messages);
  }

  private List<String> handle(BucketEvents handler, QueueMessage... messages) {
    return handle(handler, TimeLimit.NONE, messages);
  }

  private List<String> handle(BucketEvents handler, TimeLimit limit, QueueMessage... messages) {
    return handler.handle(
        List.of(messages),
        new Invocation("request", FUNCTION, limit),
        context.getLogger(),
        outcome -> delivered.add(outcome.summary()));
  }

  /// The failure queue has the message alone, in the form that Lambda writes.
  private void assertSent(QueueMessage message, String why) {
    assertThat(aws.sentMessages())
        .singleElement()
        .satisfies(
            sent -> {
              Map<String, @Nullable Object> failed = Json.parseObject(sent);
              assertThat(failed)
                  .containsEntry("requestPayload", Json.parseObject(QueueEvents.toJson(message)))
                  .containsEntry("origin", message.messageId());
              assertThat(Json.objectAt(failed, "requestContext"))
                  .containsEntry("requestId", "request")
                  .containsEntry("functionArn", FUNCTION);
              assertThat(Json.objectAt(failed, "responsePayload"))
                  .containsEntry("errorMessage", why)
                  .containsEntry("errorType", UndecodableEventException.class.getName());
            });
  }

  private static String recordWithEnd(String end) {
    return RECORD.replace("1795342450", end);
  }

  private QueueMessage put(String key, byte[] content) {
    return messageOf("id of " + key, object(key, content));
  }

  private CreatedObject object(String key, byte[] content) {
    return new CreatedObject(BUCKET, key, null, aws.s3().put(BUCKET, key, content), content.length);
  }

  private static QueueMessage messageOf(String id, CreatedObject... objects) {
    return new QueueMessage(id, QUEUE, ObjectNotifications.toBody(List.of(objects)));
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(text.getBytes(UTF_8));
    }
    return bytes.toByteArray();
  }
}
