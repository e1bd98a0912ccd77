package dev.flowbell.input;

import dev.flowbell.input.LambdaEvent.QueueMessage;
import java.io.StringWriter;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Writes the Lambda event of a message, as Lambda makes it for a queue. [LambdaEventReader] reads
/// it.
///
/// @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html">Using Lambda with
///   Amazon SQS</a>
public final class QueueEvents {
  private QueueEvents() {}

  /// Returns the event as JSON.
  public static String toJson(QueueMessage message) {
    StringWriter event = new StringWriter();
    try (JsonGenerator json =
        new JsonFactory().createGenerator(ObjectWriteContext.empty(), event)) {
      json.writeStartObject();
      json.writeArrayPropertyStart("Records");
      json.writeStartObject();
      json.writeStringProperty("messageId", message.messageId());
      json.writeStringProperty("body", message.body());
      json.writeStringProperty("eventSource", "aws:sqs");
      json.writeStringProperty("eventSourceARN", message.queueArn());
      json.writeEndObject();
      json.writeEndArray();
      json.writeEndObject();
    }
    return event.toString();
  }
}
