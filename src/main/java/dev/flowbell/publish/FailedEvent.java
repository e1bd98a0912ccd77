package dev.flowbell.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// An event that the function can't read, for the failure queue. It has the form in which Lambda
/// puts an event there that failed three times, so that `flowbell redrive` treats both alike.
///
/// @param event the event's JSON, `{"awslogs":{"data":"…"}}` or `{"Records":[…]}`
/// @param origin where the event comes from: shard and sequence number, or message id
/// @param error why it can't be read
/// @param requestId the id of the invocation
/// @param functionArn the function's ARN, with its alias
/// @see <a
///   href="https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html">Capturing
///   records of Lambda asynchronous invocations</a>
public record FailedEvent(
    String event, String origin, RuntimeException error, String requestId, String functionArn) {
  private static final JsonFactory JSON = new JsonFactory();

  /// Returns the message.
  ///
  /// @param longest the most bytes that a message may have; a longer event is left out, and the
  ///   message then has its origin alone
  String toMessage(Instant now, int longest) {
    String whole = toMessage(now, event);
    return whole.getBytes(UTF_8).length <= longest ? whole : toMessage(now, null);
  }

  private String toMessage(Instant now, @Nullable String payload) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(event.length() + 1_024);
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
      json.writeStartObject();
      json.writeStringProperty("version", "1.0");
      json.writeStringProperty("timestamp", now.toString());
      json.writeObjectPropertyStart("requestContext");
      json.writeStringProperty("requestId", requestId);
      json.writeStringProperty("functionArn", functionArn);
      json.writeStringProperty("condition", "Unreadable");
      json.writeNumberProperty("approximateInvokeCount", 1);
      json.writeEndObject();
      if (payload != null) {
        json.writeName("requestPayload");
        json.writeRawValue(payload);
      }
      json.writeStringProperty("origin", origin);
      json.writeObjectPropertyStart("responsePayload");
      json.writeStringProperty("errorMessage", String.valueOf(error.getMessage()));
      json.writeStringProperty("errorType", error.getClass().getName());
      json.writeEndObject();
      json.writeEndObject();
    }
    return bytes.toString(UTF_8);
  }
}
