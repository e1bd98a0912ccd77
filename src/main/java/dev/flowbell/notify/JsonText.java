package dev.flowbell.notify;

import java.io.StringWriter;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// Writes JSON as a string, with the JSON settings of every form of a notification.
final class JsonText {
  private static final JsonFactory FACTORY = new JsonFactory();

  private JsonText() {}

  /// Returns the JSON that `content` writes.
  ///
  /// @param characters about how many characters it has
  static String write(int characters, Consumer<JsonGenerator> content) {
    StringWriter written = new StringWriter(characters);
    try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), written)) {
      content.accept(json);
    }
    return written.toString();
  }
}
