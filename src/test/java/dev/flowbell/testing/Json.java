package dev.flowbell.testing;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/// Reads JSON into maps, lists, strings, longs, doubles, booleans and `null`, to compare whole
/// values. Refuses repeated keys, and text after the value.
public final class Json {
  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private Json() {}

  /// Reads one object.
  public static Map<String, @Nullable Object> parseObject(String text) {
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      parser.nextToken();
      Map<String, @Nullable Object> object = object(parse(parser));
      JsonToken after = parser.nextToken();
      if (after != null) {
        throw new AssertionError("expected nothing after the object, got " + after);
      }
      return object;
    }
  }

  /// Returns the object at a key of an object.
  public static Map<String, @Nullable Object> objectAt(
      Map<String, @Nullable Object> object, String key) {
    return object(object.get(key));
  }

  /// Returns the list of objects at a key of an object.
  public static List<Map<String, @Nullable Object>> objectsAt(
      Map<String, @Nullable Object> object, String key) {
    List<Map<String, @Nullable Object>> objects = new ArrayList<>();
    for (Object each : (List<?>) object.get(key)) {
      objects.add(object(each));
    }
    return objects;
  }

  private static Map<String, @Nullable Object> object(@Nullable Object value) {
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    ((Map<?, ?>) value).forEach((key, each) -> object.put((String) key, each));
    return object;
  }

  private static @Nullable Object parse(JsonParser parser) {
    return switch (parser.currentToken()) {
      case START_OBJECT -> {
        Map<String, @Nullable Object> object = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          String key = parser.currentName();
          parser.nextToken();
          object.put(key, parse(parser));
        }
        yield object;
      }
      case START_ARRAY -> {
        List<@Nullable Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          list.add(parse(parser));
        }
        yield list;
      }
      case VALUE_STRING -> parser.getString();
      case VALUE_NUMBER_INT -> parser.getLongValue();
      case VALUE_NUMBER_FLOAT -> parser.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_NULL -> null;
      case NOT_AVAILABLE, END_OBJECT, END_ARRAY, PROPERTY_NAME, VALUE_EMBEDDED_OBJECT ->
          throw new AssertionError("expected a value, got " + parser.currentToken());
    };
  }
}
