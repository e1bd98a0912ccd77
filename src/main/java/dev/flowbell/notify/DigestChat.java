package dev.flowbell.notify;

import dev.flowbell.judge.Alert;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.core.JsonGenerator;

/// A notification as a custom notification of Amazon Q Developer in chat applications. Labels of
/// sections are bold; labels of next steps have no column of their own.
///
/// @see <a href="https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html">Custom
///   notifications</a>
final class DigestChat {
  /// Stands before every line of a section but the first.
  private static final String MARGIN = " ".repeat(7);

  private DigestChat() {}

  static String toJson(AlertDigest digest, DigestContent content) {
    return JsonText.write(1_024, json -> write(digest, content, json));
  }

  private static void write(AlertDigest digest, DigestContent content, JsonGenerator json) {
    Alert first = digest.alerts().getFirst();
    json.writeStartObject();
    json.writeStringProperty("version", "1.0");
    json.writeStringProperty("source", "custom");
    json.writeObjectPropertyStart("content");
    json.writeStringProperty("textType", "client-markdown");
    json.writeStringProperty("title", content.subject());
    json.writeStringProperty("description", toMarkdown(content.description()));
    json.writeArrayPropertyStart("nextSteps");
    for (NextStep step : content.nextSteps()) {
      json.writeString(toText(step));
    }
    json.writeEndArray();
    json.writeArrayPropertyStart("keywords");
    json.writeString("flowbell");
    json.writeString(digest.severity().key());
    json.writeString(first.rule().key());
    json.writeEndArray();
    json.writeEndObject();
    json.writeObjectPropertyStart("metadata");
    // One thread for one source at one interface: notifications after the cooldown join it.
    json.writeStringProperty(
        "threadId",
        SafeText.name(first.cooldownKey(digest.summary().origin().logGroup()).replace('|', '/')));
    json.writeStringProperty("summary", content.headline());
    json.writeStringProperty("eventType", first.rule().key());
    json.writeEndObject();
    json.writeEndObject();
  }

  private static String toMarkdown(List<Section> sections) {
    return sections.stream()
        .filter(section -> !section.lines().isEmpty())
        .map(section -> "*" + section.label() + "* " + String.join("\n" + MARGIN, section.lines()))
        .collect(Collectors.joining("\n"));
  }

  private static String toText(NextStep step) {
    return switch (step) {
      case NextStep.Labelled(String label, String text) ->
          label.isEmpty() ? text : label + " " + text;
      case NextStep.Sentence(String text) -> text;
    };
  }
}
