package dev.flowbell.input;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazonaws.services.lambda.runtime.events.CloudWatchLogsEvent;
import com.amazonaws.services.lambda.runtime.events.KinesisEvent;
import com.amazonaws.services.lambda.runtime.events.SQSEvent;
import com.amazonaws.services.lambda.runtime.serialization.events.LambdaEventSerializers;
import dev.flowbell.input.LambdaEvent.QueueMessage;
import dev.flowbell.input.LambdaEvent.StreamRecord;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LambdaEventReaderTest {
  /// As in AWS's documentation, with a key that has no meaning here.
  private static final String STREAM =
      """
      {"Records":[{"kinesis":{"kinesisSchemaVersion":"1.0","partitionKey":"1",
      "sequenceNumber":"49590338271490256608559692538361571095921575989136588898",
      "data":"SGVsbG8=","approximateArrivalTimestamp":1545084650.987},"eventSource":"aws:kinesis",
      "eventVersion":"1.0",
      "eventID":"shardId-000000000006:49590338271490256608559692538361571095921575989136588898",
      "eventName":"aws:kinesis:record",
      "invokeIdentityArn":"arn:aws:iam::123456789012:role/lambda-role","awsRegion":"us-east-2",
      "eventSourceARN":"arn:aws:kinesis:us-east-2:123456789012:stream/lambda-stream"}]}
      """;

  private static final String QUEUE =
      """
      {"Records":[{"messageId":"059f36b4-87a3-44ab-83d2-661975830a7d","receiptHandle":"AQEBwJnK",
      "body":"Test \\"message\\".","attributes":{"ApproximateReceiveCount":"1"},
      "messageAttributes":{},"md5OfBody":"e4e68fb7bd0e697a0ae8f1bb342846b3",
      "eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:us-east-2:123456789012:my-queue",
      "awsRegion":"us-east-2"}]}
      """;

  private final LambdaEventReader reader = new LambdaEventReader();

  /// Lambda's own serialization is the slow twin.
  @TestFactory
  Stream<DynamicTest> read_subscriptionAsLambdaDoes() throws IOException {
    List<Path> samples;
    try (Stream<Path> files = Files.list(Path.of("events"))) {
      samples =
          files
              .filter(file -> file.toString().endsWith(".json"))
              .filter(file -> !file.endsWith("subscription-message.json")) // no Lambda event
              .sorted()
              .toList();
    }
    assertThat(samples).hasSizeGreaterThanOrEqualTo(6);
    return samples.stream()
        .map(
            sample ->
                DynamicTest.dynamicTest(
                    sample.getFileName().toString(),
                    () -> {
                      LambdaEvent event = read(Files.readString(sample));
                      assertThat(event)
                          .isEqualTo(subscriptionAsLambdaDoes(Files.readString(sample)));
                      assertThat(((LambdaEvent.Subscription) event).data()).startsWith("H4sI");
                    }));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"awslogs\":{}}",
        "{\"awslogs\":null}",
        "{\"awslogs\":{\"data\":null}}",
        "{\"awslogs\":{\"data\":\"\"}}",
        "{\"awslogs\":{\"other\":[{}],\"data\":\"H4sI\"},\"more\":{\"data\":\"no\"}}",
        "{\"first\":{\"awslogs\":{\"data\":\"no\"}},\"awslogs\":{\"data\":\"yes\"}}",
      })
  void read_otherKeysAsLambdaDoes(String json) throws IOException {
    assertThat(read(json)).isEqualTo(subscriptionAsLambdaDoes(json));
  }

  /// Lambda's serialization refuses these. Such an event names no payload.
  @ParameterizedTest
  @ValueSource(strings = {"{\"awslogs\":[]}", "{\"awslogs\":{\"data\":{}}}"})
  void read_otherTypes(String json) throws IOException {
    assertThat(read(json)).isEqualTo(new LambdaEvent.Subscription(null));
  }

  @Test
  void read_streamAsLambdaDoes() throws IOException {
    LambdaEvent event = read(STREAM);

    assertThat(event)
        .isEqualTo(
            new LambdaEvent.Stream(
                List.of(
                    new StreamRecord(
                        "arn:aws:kinesis:us-east-2:123456789012:stream/lambda-stream",
                        "shardId-000000000006",
                        "49590338271490256608559692538361571095921575989136588898",
                        "SGVsbG8="))));
    KinesisEvent.KinesisEventRecord record =
        fromJson(KinesisEvent.class, STREAM).getRecords().getFirst();
    StreamRecord read = ((LambdaEvent.Stream) event).records().getFirst();
    assertThat(read.streamArn()).isEqualTo(record.getEventSourceARN());
    assertThat(read.shardId() + ":" + read.sequenceNumber()).isEqualTo(record.getEventID());
    assertThat(Base64.getDecoder().decode(read.data()))
        .isEqualTo(record.getKinesis().getData().array());
  }

  @Test
  void read_queueAsLambdaDoes() throws IOException {
    SQSEvent.SQSMessage message = fromJson(SQSEvent.class, QUEUE).getRecords().getFirst();

    assertThat(read(QUEUE))
        .isEqualTo(
            new LambdaEvent.Queue(
                List.of(
                    new QueueMessage(
                        message.getMessageId(), message.getEventSourceArn(), message.getBody()))));
    assertThat(message.getBody()).isEqualTo("Test \"message\".");
  }

  /// What other services send.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}                                                             | no keys
          []                                                             | no JSON object
          1                                                              | no JSON object
          {"Records":[]}                                                 | no records
          {"Records":{}}                                                 | Records that are no list
          {"Records":[{}]}                                               | records of no source
          {"Records":[1]}                                                | records of no source
          {"Records":[{"eventSource":"aws:s3","s3":{}}]}                 | records of aws:s3
          {"Records":[{"EventSource":"aws:sns","Sns":{}}]}               | records of aws:sns
          {"Records":[{"eventSource":"aws:dynamodb"}]}                   | records of aws:dynamodb
          {"version":"0","detail-type":"Object Created","source":"aws.s3"} | one of EventBridge itself; it goes through a queue
          {"Service":"Amazon S3","Event":"s3:TestEvent"}                 | the key Service
          {"resource":"/","path":"/"}                                    | the key resource
          {"Records":[{"eventSource":"aws:kinesis"}]}                    | a record without eventID
          {"Records":[{"eventSource":"aws:kinesis","eventID":"s:1"}]}    | a record without sequenceNumber
          {"Records":[{"eventSource":"aws:kinesis","eventID":"s","kinesis":{"sequenceNumber":"1"}}]} | a Kinesis record whose eventID or sequenceNumber is s
          {"Records":[{"eventSource":"aws:kinesis","eventID":"s:x","kinesis":{"sequenceNumber":"x"}}]} | a Kinesis record whose eventID or sequenceNumber is s:x
          {"Records":[{"eventSource":"aws:sqs","body":"x"}]}             | a record without messageId
          {"Records":[{"eventSource":"x\\ny"}]}                          | records of x?y
          """)
  void read_anotherKind(String json, String found) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(UndecodableEventException.class)
        .hasMessage(
            "event: expected one of a CloudWatch Logs subscription (awslogs), a Kinesis stream"
                + " (aws:kinesis) or an SQS queue (aws:sqs), got "
                + found);
  }

  @Test
  void read_longKind() {
    assertThatThrownBy(() -> read("{\"%s\":1}".formatted("k".repeat(1_000))))
        .hasMessageEndingWith("got the key " + "k".repeat(40) + "...");
  }

  @Test
  void read_bothSources() {
    String both =
        "{\"Records\":["
            + STREAM.strip().replace("{\"Records\":[", "").replaceAll("]}$", "")
            + ","
            + QUEUE.strip().replace("{\"Records\":[", "");
    assertThatThrownBy(() -> read(both))
        .hasMessageEndingWith("got records of both aws:kinesis and aws:sqs");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"awslogs":{"data":           | event: JSON ended early after 19 bytes
          {"awslogs":{"data":"H4sI"}    | event: JSON ended early after 26 bytes
          {"awslogs":{"data":"H4sI"},x} | event: not JSON at byte 27
          {"Records":[{                 | event: JSON ended early after 13 bytes
          """)
  void read_brokenJson(String json, String message) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(UndecodableEventException.class)
        .hasMessage(message);
  }

  private LambdaEvent read(String json) throws IOException {
    return reader.read(new ByteArrayInputStream(json.getBytes(UTF_8)));
  }

  private static LambdaEvent subscriptionAsLambdaDoes(String json) {
    CloudWatchLogsEvent event = fromJson(CloudWatchLogsEvent.class, json);
    return new LambdaEvent.Subscription(
        event.getAwsLogs() == null ? null : event.getAwsLogs().getData());
  }

  private static <T> T fromJson(Class<T> type, String json) {
    return LambdaEventSerializers.serializerFor(type, LambdaEventReaderTest.class.getClassLoader())
        .fromJson(json);
  }
}
