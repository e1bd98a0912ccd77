package dev.flowbell.ledger;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// DynamoDB's JSON as maps, lists, strings and truth values: numbers are strings there.
///
/// @see <a
///   href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html">DynamoDB
///   low-level API</a>
final class DynamoDbJson {
  private static final JsonFactory JSON = new JsonFactory();

  private DynamoDbJson() {}

  static byte[] write(Map<String, Object> request) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1_024);
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
      write(request, json);
    }
    return bytes.toByteArray();
  }

  /// Reads a response.
  ///
  /// @throws JacksonException where it isn't JSON
  static Map<String, Object> read(byte[] response) {
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), response)) {
      return json.nextToken() == JsonToken.START_OBJECT ? readObject(json) : Map.of();
    }
  }

  /// Returns an attribute value: a string.
  static Map<String, Object> s(String text) {
    return Map.of("S", text);
  }

  /// Returns an attribute value: a number.
  static Map<String, Object> n(long number) {
    return Map.of("N", Long.toString(number));
  }

  /// Returns the object of this name, or an empty one.
  @SuppressWarnings("unchecked") // every object that readObject makes has these types
  static Map<String, Object> object(Map<String, Object> parent, String name) {
    return parent.get(name) instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
  }

  /// Returns the array of this name, or an empty one.
  static List<?> array(Map<String, Object> parent, String name) {
    return parent.get(name) instanceof List<?> list ? list : List.of();
  }

  /// Returns the string of this name.
  static @Nullable String text(Map<String, Object> parent, String name) {
    return parent.get(name) instanceof String text ? text : null;
  }

  /// Returns the number that an item's attribute holds.
  static long number(Map<String, Object> item, String attribute, long otherwise) {
    String digits = text(object(item, attribute), "N");
    return digits == null ? otherwise : Long.parseLong(digits);
  }

  private static void write(Object value, JsonGenerator json) {
    switch (value) {
      case Map<?, ?> map -> {
        json.writeStartObject();
        map.forEach(
            (name, each) -> {
              json.writeName((String) name);
              write(each, json);
            });
        json.writeEndObject();
      }
      case Collection<?> list -> {
        json.writeStartArray();
        list.forEach(each -> write(each, json));
        json.writeEndArray();
      }
      case Boolean truth -> json.writeBoolean(truth);
      default -> json.writeString((String) value);
    }
  }

  private static Map<String, Object> readObject(JsonParser json) {
    Map<String, Object> object = new LinkedHashMap<>();
    while (json.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = json.currentName();
      json.nextToken();
      Object value = readValue(json);
      if (value != null) {
        object.put(name, value);
      }
    }
    return object;
  }

  private static @Nullable Object readValue(JsonParser json) {
    return switch (json.currentToken()) {
      case START_OBJECT -> readObject(json);
      case START_ARRAY -> {
        List<Object> list = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
          Object value = readValue(json);
          if (value != null) {
            list.add(value);
          }
        }
        yield list;
      }
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      case null, default -> json.getString();
    };
  }
}
