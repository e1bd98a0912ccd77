package dev.flowbell.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.judge.Severity;
import dev.flowbell.notify.AlertMessage;
import dev.flowbell.notify.HttpsForm;
import dev.flowbell.testing.Json;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.sns.model.MessageAttributeValue;
import software.amazon.awssdk.services.sns.model.PublishRequest;

class NotificationRequestTest {
  private static final String TOPIC = "arn:aws:sns:eu-west-1:123456789012:flowbell";

  @Test
  void of_formForEachProtocol() {
    PublishRequest request = NotificationRequest.of(message("the text\n"), TOPIC, HttpsForm.JSON);

    assertThat(request.topicArn()).isEqualTo(TOPIC);
    assertThat(request.subject()).isEqualTo("the subject");
    assertThat(request.messageStructure()).isEqualTo("json");
    assertThat(Json.parseObject(request.message()))
        .isEqualTo(
            Map.of(
                "default", "the text\n",
                "email", "the text\n",
                "email-json", "{\"a\":\"é \\\"1\\\"\"}",
                "sms", "the subject",
                "sqs", "{\"a\":\"é \\\"1\\\"\"}",
                "lambda", "{\"a\":\"é \\\"1\\\"\"}",
                "firehose", "{\"a\":\"é \\\"1\\\"\"}",
                "http", "{\"a\":\"é \\\"1\\\"\"}",
                "https", "{\"a\":\"é \\\"1\\\"\"}"));
  }

  @Test
  void of_chatOverHttps() {
    PublishRequest request = NotificationRequest.of(message("the text\n"), TOPIC, HttpsForm.CHAT);

    assertThat(Json.parseObject(request.message()))
        .containsEntry("https", "{\"version\":\"1.0\"}")
        .containsEntry("http", "{\"a\":\"é \\\"1\\\"\"}")
        .containsEntry("sqs", "{\"a\":\"é \\\"1\\\"\"}");
  }

  /// A filter policy matches a `String.Array` by any of its values.
  ///
  /// @see <a href="https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html">Message
  ///   attributes</a>
  @Test
  void of_attributes() {
    assertThat(NotificationRequest.of(message("x"), TOPIC, HttpsForm.JSON).messageAttributes())
        .isEqualTo(
            Map.of(
                "severity", attribute("String", "medium"),
                "rule", attribute("String.Array", "[\"scan\",\"rejects\"]"),
                "interfaceId", attribute("String.Array", "[\"eni-?\\\"\"]")));
  }

  @Test
  void of_withinTheBound() {
    // The request has the text twice, as `default` and as `email`.
    String text = "x".repeat(130_000);
    PublishRequest request = NotificationRequest.of(message(text), TOPIC, HttpsForm.JSON);

    assertThat(Json.parseObject(request.message())).hasSize(9).containsEntry("email", text);
    assertThat(bytesOf(request)).isLessThanOrEqualTo(NotificationRequest.MOST_BYTES);
  }

  @Test
  void of_pastTheBoundTextAlone() {
    String text = "x".repeat(131_072);
    PublishRequest request = NotificationRequest.of(message(text), TOPIC, HttpsForm.JSON);

    assertThat(Json.parseObject(request.message())).isEqualTo(Map.of("default", text));
    assertThat(request.subject()).isEqualTo("the subject");
    assertThat(request.messageAttributes()).hasSize(3);
    assertThat(bytesOf(request)).isLessThanOrEqualTo(NotificationRequest.MOST_BYTES);
  }

  /// The bound is of bytes, after JSON's escapes.
  @Test
  void of_boundIsOfBytes() {
    assertThat(
            Json.parseObject(
                NotificationRequest.of(message("\n".repeat(66_000)), TOPIC, HttpsForm.JSON)
                    .message()))
        .hasSize(1);
    assertThat(
            Json.parseObject(
                NotificationRequest.of(message("é".repeat(66_000)), TOPIC, HttpsForm.JSON)
                    .message()))
        .hasSize(1);
  }

  private static int bytesOf(PublishRequest request) {
    int bytes = request.message().getBytes(UTF_8).length;
    for (Map.Entry<String, MessageAttributeValue> attribute :
        request.messageAttributes().entrySet()) {
      bytes += attribute.getKey().length();
      bytes += attribute.getValue().dataType().length();
      bytes += attribute.getValue().stringValue().getBytes(UTF_8).length;
    }
    return bytes;
  }

  private static AlertMessage message(String text) {
    Map<String, List<String>> attributes = new LinkedHashMap<>();
    attributes.put("severity", List.of("medium"));
    attributes.put("rule", List.of("scan", "rejects"));
    attributes.put("interfaceId", List.of("eni-?\""));
    return new AlertMessage(
        "the subject",
        text,
        "{\"a\":\"é \\\"1\\\"\"}",
        "{\"version\":\"1.0\"}",
        Severity.MEDIUM,
        List.of("{\"a\":2}"),
        Instant.EPOCH,
        attributes,
        null);
  }

  private static MessageAttributeValue attribute(String type, String value) {
    return MessageAttributeValue.builder().dataType(type).stringValue(value).build();
  }
}
