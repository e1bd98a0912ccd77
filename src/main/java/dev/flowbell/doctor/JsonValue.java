package dev.flowbell.doctor;

import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// A JSON document of a policy that is not an IAM policy.
sealed interface JsonValue {
  /// An object; its keys keep their order.
  record Members(Map<String, JsonValue> byKey) implements JsonValue {}

  /// An array.
  record Items(List<JsonValue> values) implements JsonValue {}

  /// A string, or the text of a number, `true`, `false` or `null`.
  record Text(String text) implements JsonValue {}

  /// Reads a document.
  ///
  /// @return an empty object if the text is not JSON
  static JsonValue parse(String json) {
    try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), json)) {
      parser.nextToken();
      return read(parser);
    } catch (JacksonException _) {
      return new Members(Map.of());
    }
  }

  /// Returns a document with one object of texts: `{"key":{…}}`.
  static String write(String key, Map<String, String> texts) {
    StringWriter written = new StringWriter();
    try (JsonGenerator json =
        new JsonFactory().createGenerator(ObjectWriteContext.empty(), written)) {
      json.writeStartObject();
      json.writeObjectPropertyStart(key);
      texts.forEach(json::writeStringProperty);
      json.writeEndObject();
      json.writeEndObject();
    }
    return written.toString();
  }

  private static JsonValue read(JsonParser parser) {
    if (parser.currentToken() == JsonToken.START_OBJECT) {
      Map<String, JsonValue> byKey = new LinkedHashMap<>();
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String key = parser.currentName();
        parser.nextToken();
        byKey.put(key, read(parser));
      }
      return new Members(byKey);
    }
    if (parser.currentToken() == JsonToken.START_ARRAY) {
      List<JsonValue> values = new ArrayList<>();
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        values.add(read(parser));
      }
      return new Items(values);
    }
    return new Text(String.valueOf(parser.getString()));
  }

  /// Returns an object's value, an empty object if there is none.
  default JsonValue at(String key) {
    JsonValue none = new Members(Map.of());
    return this instanceof Members members ? members.byKey.getOrDefault(key, none) : none;
  }

  /// Returns whether an object has a key.
  default boolean has(String key) {
    return this instanceof Members members && members.byKey.containsKey(key);
  }

  /// Returns an array's values; of anything else, a list of itself.
  default List<JsonValue> items() {
    return this instanceof Items items ? items.values : List.of(this);
  }

  /// Returns the text, `""` of an object or array.
  default String asText() {
    return this instanceof Text text ? text.text : "";
  }
}
