package dev.flowbell.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flowbell.input.CreatedObject;
import dev.flowbell.input.LambdaEvent.QueueMessage;
import dev.flowbell.input.ObjectNotifications;
import dev.flowbell.input.QueueEvents;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FailedPayloadTest {
  private static final String NO_PAYLOAD =
      "expected requestPayload with awslogs.data, awslogs.data itself, or a notification of S3, got"
          + " another object";

  private static final String SENT =
      "{\"Records\": [], \"awslogs\": {\"x\": {}, \"data\": \"H4sI\\u0041+/=\", \"y\": 1} }";

  /// Has the data, and nothing else.
  private static final String EVENT = "{\"awslogs\":{\"data\":\"H4sIA+/=\"}}";

  /// As Lambda writes them;
  /// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html read
  /// 2026-11-23, with a payload of CloudWatch Logs.
  private static final String RECORD =
      """
      {
        "version": "1.0",
        "timestamp": "2026-11-23T08:10:12.123Z",
        "requestContext": {
          "requestId": "e4b46cbf-b738-xmpl-8880-a18cdf61200e",
          "functionArn": "arn:aws:lambda:eu-west-1:123456789012:function:flowbell:live",
          "condition": "RetriesExhausted",
          "approximateInvokeCount": 3
        },
        "requestPayload": %s,
        "responseContext": {"statusCode": 200, "executedVersion": "4", "functionError": "Unhandled"},
        "responsePayload": {
          "errorMessage": "metrics: NOT done, é",
          "errorType": "dev.flowbell.pipeline.PayloadFailedException",
          "stackTrace": ["a", {"b": 1}]
        }
      }
      """
          .formatted(SENT);

  private static final List<CreatedObject> FILES =
      List.of(
          new CreatedObject("b", "a +.gz", "v", "0a", 5),
          new CreatedObject("b", "ü\"\\", null, "0b", 6));

  /// Has the names of the files, and no queue.
  private static final String FILE_EVENT =
      QueueEvents.toJson(new QueueMessage("redrive", "", ObjectNotifications.toBody(FILES)));

  private static final FailedPayload PAYLOAD =
      new FailedPayload(
          EVENT,
          "arn:aws:lambda:eu-west-1:123456789012:function:flowbell:live",
          "metrics: NOT done, é",
          3);

  @Test
  void parse_recordOfADestination() {
    assertThat(FailedPayload.parse(RECORD)).isEqualTo(PAYLOAD);
  }

  @Test
  void parse_bareEvent() {
    assertThat(FailedPayload.parse(" " + SENT + "\n"))
        .isEqualTo(new FailedPayload(EVENT, null, null, 0));
  }

  @Test
  void parse_recordThatSaysLittle() {
    assertThat(
            FailedPayload.parse(
                "{\"responsePayload\":null,\"requestContext\":[],\"requestPayload\":"
                    + SENT
                    + ",\"unknown\":[[]]}"))
        .isEqualTo(new FailedPayload(EVENT, null, null, 0));
  }

  /// Two files, in one message of each form.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "%s",
        "{\"Type\":\"Notification\",\"Message\":\"%2$s\"}",
        "{\"Records\":[{\"messageId\":\"1\",\"body\":\"%2$s\",\"eventSource\":\"aws:sqs\"}]}",
        "{\"requestPayload\":{\"Records\":[{\"messageId\":\"1\",\"body\":\"%2$s\",\"eventSource\":\"aws:sqs\"}]}}",
        "{\"Messages\":[{\"Body\":\"%2$s\"}]}",
      })
  void parse_namesOfFiles(String message) {
    String body = ObjectNotifications.toBody(FILES);

    assertThat(FailedPayload.parse(message.formatted(body, body.replace("\"", "\\\""))))
        .isEqualTo(new FailedPayload(FILE_EVENT, null, null, 0));
  }

  @Test
  void parse_namesOfFilesFromEventBridge() {
    assertThat(
            FailedPayload.parse(
                """
                {"detail-type":"Object Created","source":"aws.s3","own":"passed on by nobody",
                 "detail":{"bucket":{"name":"b"},
                   "object":{"key":"a +.gz","size":5,"etag":"0a","version-id":"v"}}}
                """))
        .isEqualTo(
            new FailedPayload(
                QueueEvents.toJson(
                    new QueueMessage(
                        "redrive",
                        "",
                        ObjectNotifications.toBody(
                            List.of(new CreatedObject("b", "a +.gz", "v", "0a", 5))))),
                null,
                null,
                0));
  }

  @Test
  void parse_recordWithNamesOfFiles() {
    String body = ObjectNotifications.toBody(FILES).replace("\"", "\\\"");

    assertThat(
            FailedPayload.parse(
                RECORD.replace(
                    SENT,
                    "{\"Records\":[{\"messageId\":\"1\",\"body\":\"%s\",\"eventSource\":\"aws:sqs\"}], \"x\": 1}"
                        .formatted(body))))
        .isEqualTo(
            new FailedPayload(FILE_EVENT, PAYLOAD.functionArn(), PAYLOAD.error(), PAYLOAD.tries()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"Records\":[]} | expected a notification of S3 that names files, got one that names"
            + " none",
        "{\"Records\":[1]} | expected a notification of S3 about objects, got a record whose"
            + " eventSource is not aws:s3",
        "{\"Message\":\"a\"} | expected a notification of S3 about objects, got other JSON",
        "{\"requestPayload\":{\"Records\":[{\"messageId\":\"1\",\"body\":\"a\",\"eventSource\":\"aws:sqs\"}]}}"
            + " | S3 notification: not JSON at byte 0",
      })
  void parse_noNamesOfFiles(String message, String error) {
    assertThatThrownBy(() -> FailedPayload.parse(message))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(error);
  }

  @Test
  void parseAll_namesOfFilesBehindAnother() {
    String body = ObjectNotifications.toBody(FILES);

    assertThat(FailedPayload.parseAll(" " + body + SENT + body))
        .extracting(FailedPayload::event)
        .containsExactly(FILE_EVENT, EVENT, FILE_EVENT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"batchItemFailures\":[{\"itemIdentifier\":\"redrive\"}]} | true",
        "{\"batchItemFailures\":[]} | false",
        "{\"Records\":1} | false",
        "text | false",
        "`` | false",
      })
  void isReturned(String answer, boolean expected) {
    assertThat(FailedPayload.isReturned(answer)).isEqualTo(expected);
  }

  @Test
  void parseAll_onesBehindAnother() {
    assertThat(FailedPayload.parseAll(RECORD + SENT + "\n" + SENT))
        .containsExactly(
            PAYLOAD,
            new FailedPayload(EVENT, null, null, 0),
            new FailedPayload(EVENT, null, null, 0));
    assertThat(FailedPayload.parseAll("")).isEmpty();
  }

  @Test
  void parseAll_whatReceiveMessagePrints() {
    String quoted = SENT.replace("\\", "\\\\").replace("\"", "\\\"");

    assertThat(
            FailedPayload.parseAll(
                "{\"Messages\": [{\"MessageId\": \"1\", \"Body\": \"%s\"}, {\"Body\": \"%s\", \"Attributes\": {}}]}"
                    .formatted(quoted, quoted)))
        .isEqualTo(
            List.of(
                new FailedPayload(EVENT, null, null, 0), new FailedPayload(EVENT, null, null, 0)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "hello|not JSON at character 0",
        "{\"awslogs\":|not JSON at character 11",
        "[]|expected JSON objects, got another value",
        "{}|" + NO_PAYLOAD,
        "{\"awslogs\":1}|" + NO_PAYLOAD,
        "{\"awslogs\":{\"data\":1}}|" + NO_PAYLOAD,
        "{\"awslogs\":{\"data\":\"x\\u0022}\"}}|awslogs.data: expected Base64, got other text",
        "{\"requestPayload\":{\"Records\":[]}}|expected a notification of S3 that names files, got"
            + " one that names none",
        "{\"requestPayload\":\"text\"}|" + NO_PAYLOAD,
        "{\"Messages\":[]}|expected one failed payload, got 0",
        "``|expected one failed payload, got 0"
      })
  void parse_refuses(String message, String why) {
    assertThatThrownBy(() -> FailedPayload.parse(message))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(why);
  }

  @Test
  void parse_nestedDeep() {
    assertThatThrownBy(() -> FailedPayload.parse("{\"a\":".repeat(100_000)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("not JSON at character ");
  }
}
