package dev.flowbell.publish;

import dev.flowbell.notify.AlertMessage;
import dev.flowbell.notify.HttpsForm;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.sns.model.MessageAttributeValue;
import software.amazon.awssdk.services.sns.model.PublishRequest;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Converts a notification to an SNS `Publish` request, with a form of the message for each
/// protocol. Sends nothing.
///
/// @see <a href="https://docs.aws.amazon.com/sns/latest/api/API_Publish.html">Publish</a> (limits
///   read 2026-11-23)
public final class NotificationRequest {
  /// "Messages must be UTF-8 encoded strings and at most 256 KB in size (262,144 bytes)",
  /// attributes included.
  static final int MOST_BYTES = 262_144;

  private static final JsonFactory JSON = new JsonFactory();

  /// What a message has besides the texts of its forms and attributes: quotes, keys, commas.
  private static final int BYTES_OF_STRUCTURE = 512;

  private NotificationRequest() {}

  /// Returns the request.
  ///
  /// E-mail gets the text, and so does every protocol without a form of its own. Queues, functions,
  /// streams and webhooks get the JSON. SMS gets the subject.
  public static PublishRequest of(AlertMessage message, String topicArn, HttpsForm httpsForm) {
    Map<String, String> forms = new LinkedHashMap<>();
    forms.put("default", message.text());
    forms.put("email", message.text());
    forms.put("email-json", message.json());
    forms.put("sms", message.subject());
    forms.put("sqs", message.json());
    forms.put("lambda", message.json());
    forms.put("firehose", message.json());
    forms.put("http", message.json());
    forms.put("https", httpsForm == HttpsForm.CHAT ? message.chat() : message.json());
    String body = toJson(forms);
    if (body.getBytes(StandardCharsets.UTF_8).length + bytesOf(message.attributes()) > MOST_BYTES) {
      // The text alone has about 20 lines, and so it fits.
      body = toJson(Map.of("default", message.text()));
    }
    return PublishRequest.builder()
        .topicArn(topicArn)
        .subject(message.subject())
        .messageStructure("json")
        .message(body)
        .messageAttributes(toAttributes(message.attributes()))
        .build();
  }

  private static String toJson(Map<String, String> forms) {
    StringWriter written = new StringWriter(8_192);
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), written)) {
      json.writeStartObject();
      forms.forEach(json::writeStringProperty);
      json.writeEndObject();
    }
    return written.toString();
  }

  /// Converts attributes. `severity` is a string, because it has one value. The others are arrays,
  /// even with one value, so that the same filter policy matches every notification.
  private static Map<String, MessageAttributeValue> toAttributes(
      Map<String, List<String>> attributes) {
    Map<String, MessageAttributeValue> values = new LinkedHashMap<>();
    attributes.forEach(
        (name, texts) ->
            values.put(
                name,
                name.equals("severity")
                    ? MessageAttributeValue.builder()
                        .dataType("String")
                        .stringValue(texts.getFirst())
                        .build()
                    : MessageAttributeValue.builder()
                        .dataType("String.Array")
                        .stringValue(toJsonArray(texts))
                        .build()));
    return values;
  }

  private static String toJsonArray(List<String> texts) {
    StringWriter written = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), written)) {
      json.writeStartArray();
      texts.forEach(json::writeString);
      json.writeEndArray();
    }
    return written.toString();
  }

  private static int bytesOf(Map<String, List<String>> attributes) {
    return BYTES_OF_STRUCTURE
        + attributes.values().stream()
            .flatMap(List::stream)
            .mapToInt(text -> text.length() + 3)
            .sum();
  }
}
