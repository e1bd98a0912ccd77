package dev.flowbell.notify;

import dev.flowbell.judge.Alert;
import java.io.StringWriter;
import java.util.stream.Collectors;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;

/// A digest as a custom notification of Amazon Q Developer in chat applications.
///
/// @see <a href="https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html">Custom
///   notifications</a>
final class DigestChat {
  private DigestChat() {}

  static String toJson(AlertDigest digest, DigestText text) {
    StringWriter written = new StringWriter(1_024);
    Alert first = digest.alerts().getFirst();
    try (JsonGenerator json =
        DigestJson.FACTORY.createGenerator(ObjectWriteContext.empty(), written)) {
      json.writeStartObject();
      json.writeStringProperty("version", "1.0");
      json.writeStringProperty("source", "custom");
      json.writeObjectPropertyStart("content");
      json.writeStringProperty("textType", "client-markdown");
      json.writeStringProperty("title", text.subject());
      json.writeStringProperty(
          "description",
          text.story().stream()
              .map(line -> line.replaceFirst("^([A-Z]+) +", "*$1* "))
              .collect(Collectors.joining("\n")));
      json.writeArrayPropertyStart("nextSteps");
      for (String step : text.nextSteps()) {
        json.writeString(step.strip().replaceAll(" {2,}", " "));
      }
      json.writeEndArray();
      json.writeArrayPropertyStart("keywords");
      json.writeString("flowbell");
      json.writeString(digest.severity().words());
      json.writeString(first.rule().words());
      json.writeEndArray();
      json.writeEndObject();
      json.writeObjectPropertyStart("metadata");
      // One thread for one source at one interface: what comes after the cooldown joins it.
      json.writeStringProperty(
          "threadId",
          Plain.name(first.cooldownKey(digest.summary().origin().logGroup()).replace('|', '/')));
      json.writeStringProperty("summary", text.headline());
      json.writeStringProperty("eventType", first.rule().words());
      json.writeEndObject();
      json.writeEndObject();
    }
    return written.toString();
  }
}
