package dev.flowbell.notify;

import dev.flowbell.judge.Alert;
import dev.flowbell.judge.Severity;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import tools.jackson.core.JsonGenerator;

/// A notification as a custom notification of Amazon Q Developer in chat applications. Labels of
/// sections are bold; labels of next steps have no column of their own.
///
/// @see <a href="https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html">Custom
///   notifications</a>
final class AlertChat {
  /// Stands before every line of a section but the first.
  private static final String MARGIN = " ".repeat(7);

  private AlertChat() {}

  static String toJson(Alert alert, AlertContent content) {
    return JsonText.write(1_024, json -> write(alert, content, json));
  }

  private static void write(Alert alert, AlertContent content, JsonGenerator json) {
    json.writeStartObject();
    json.writeStringProperty("version", "1.0");
    json.writeStringProperty("source", "custom");
    json.writeObjectPropertyStart("content");
    json.writeStringProperty("textType", "client-markdown");
    json.writeStringProperty("title", content.severity() + ": " + content.headline());
    json.writeStringProperty(
        "description", String.join("\n", content.verdict()) + "\n" + toMarkdown(content.facts()));
    json.writeArrayPropertyStart("nextSteps");
    for (NextStep step : content.nextSteps()) {
      json.writeString(toText(step));
    }
    json.writeEndArray();
    json.writeArrayPropertyStart("keywords");
    json.writeString("flowbell");
    json.writeString(alert.severity().key());
    json.writeString(alert.rule().key());
    json.writeEndArray();
    json.writeEndObject();
    json.writeObjectPropertyStart("metadata");
    // One thread for one cause: later notifications of it join it.
    json.writeStringProperty("threadId", threadOf(alert));
    json.writeStringProperty("summary", content.headline());
    json.writeStringProperty("eventType", alert.rule().key());
    json.writeEndObject();
    json.writeEndObject();
  }

  private static String threadOf(Alert alert) {
    String key = alert.key().replace('|', '/');
    return switch (alert) {
      case Alert.LogGroup _ -> SafeText.of(key);
      // These keys consist of words, addresses and numbers.
      case Alert.Scan _, Alert.BlockedConnection _, Alert.AnswersDropped _, Alert.Rejects _ -> key;
    };
  }

  static String digest(Severity severity, String title, String text) {
    return JsonText.write(
        1_024,
        json -> {
          json.writeStartObject();
          json.writeStringProperty("version", "1.0");
          json.writeStringProperty("source", "custom");
          json.writeObjectPropertyStart("content");
          json.writeStringProperty("textType", "client-markdown");
          json.writeStringProperty("title", severity.key().toUpperCase(Locale.ROOT) + ": " + title);
          json.writeStringProperty("description", text);
          json.writeEndObject();
          json.writeEndObject();
        });
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
