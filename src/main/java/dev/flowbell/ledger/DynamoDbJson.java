package dev.flowbell.ledger;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.exc.StreamReadException;
import tools.jackson.core.json.JsonFactory;

/// Reads and writes DynamoDB's JSON, as maps, lists, strings and Booleans. Numbers are strings
/// there.
///
/// @see <a
///   href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.LowLevelAPI.html">DynamoDB
///   low-level API</a>
final class DynamoDbJson {
  private static final JsonFactory JSON = new JsonFactory();

  private DynamoDbJson() {}

  /// Writes a request.
  static byte[] write(Map<String, Object> request) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1_024);
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
      write(request, json);
    }
    return bytes.toByteArray();
  }

  /// Reads a response.
  ///
  /// @throws JacksonException if it is not one JSON object
  static Map<String, Object> read(byte[] response) {
    try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), response)) {
      if (json.nextToken() == JsonToken.START_OBJECT) {
        Map<String, Object> object = readObject(json);
        if (json.nextToken() == null) {
          return object;
        }
      }
      throw new StreamReadException(json, "expected one JSON object");
    }
  }

  /// Returns an attribute value of type string.
  static Map<String, Object> string(String text) {
    return Map.of("S", text);
  }

  /// Returns an attribute value of type number.
  static Map<String, Object> number(long number) {
    return Map.of("N", Long.toString(number));
  }

  /// Returns an attribute value of type number: milliseconds since 1970.
  static Map<String, Object> milliseconds(Instant time) {
    return number(time.toEpochMilli());
  }

  /// Returns an attribute value of type number: seconds since 1970.
  static Map<String, Object> seconds(Instant time) {
    return number(time.getEpochSecond());
  }

  /// Returns an attribute value of type Boolean.
  static Map<String, Object> bool(boolean truth) {
    return Map.of("BOOL", truth);
  }

  /// Returns an attribute value of type binary.
  static Map<String, Object> binary(byte[] bytes) {
    return Map.of("B", Base64.getEncoder().encodeToString(bytes));
  }

  /// Returns an attribute value of type string set, which must not be empty.
  static Map<String, Object> stringSet(Collection<String> texts) {
    return Map.of("SS", texts);
  }

  /// Returns an attribute value of type number set, which must not be empty.
  static Map<String, Object> numberSet(Collection<Integer> numbers) {
    return Map.of("NS", numbers.stream().map(String::valueOf).toList());
  }

  /// Returns an attribute value of type binary set, which must not be empty.
  ///
  /// @param entries a character of 0 to 255 for each byte
  static Map<String, Object> binarySet(Collection<String> entries) {
    return Map.of(
        "BS",
        entries.stream()
            .map(entry -> Base64.getEncoder().encodeToString(entry.getBytes(ISO_8859_1)))
            .toList());
  }

  /// Returns the string that an attribute holds, `""` if it holds none.
  static String readString(Map<String, Object> item, String attribute) {
    String text = text(object(item, attribute), "S");
    return text == null ? "" : text;
  }

  /// Returns the number that an attribute holds.
  static long readNumber(Map<String, Object> item, String attribute, long otherwise) {
    String digits = text(object(item, attribute), "N");
    return digits == null ? otherwise : Long.parseLong(digits);
  }

  /// Returns the time that an attribute holds in milliseconds since 1970, 1970 if it holds none.
  static Instant readInstant(Map<String, Object> item, String attribute) {
    return Instant.ofEpochMilli(readNumber(item, attribute, 0));
  }

  /// Returns whether an attribute holds the Boolean `true`.
  static boolean readBoolean(Map<String, Object> item, String attribute) {
    return Boolean.TRUE.equals(object(item, attribute).get("BOOL"));
  }

  /// Returns the bytes that an attribute holds, none if it holds none.
  static byte[] readBinary(Map<String, Object> item, String attribute) {
    String base64 = text(object(item, attribute), "B");
    return base64 == null ? new byte[0] : Base64.getDecoder().decode(base64);
  }

  /// Returns the string set that an attribute holds, empty if it holds none.
  static List<String> readStrings(Map<String, Object> item, String attribute) {
    return texts(object(item, attribute), "SS");
  }

  /// Returns the number set that an attribute holds, empty if it holds none.
  static List<String> readNumbers(Map<String, Object> item, String attribute) {
    return texts(object(item, attribute), "NS");
  }

  /// Returns the binary set that an attribute holds, empty if it holds none.
  ///
  /// @return a character of 0 to 255 for each byte
  static Set<String> readBinaries(Map<String, Object> item, String attribute) {
    Set<String> entries = new HashSet<>();
    for (String base64 : texts(object(item, attribute), "BS")) {
      entries.add(new String(Base64.getDecoder().decode(base64), ISO_8859_1));
    }
    return entries;
  }

  /// Returns the object of this name, empty if there is none.
  static Map<String, Object> object(Map<String, Object> parent, String name) {
    return asObject(parent.get(name));
  }

  /// Returns the objects in the array of this name, empty if there is none.
  static List<Map<String, Object>> objects(Map<String, Object> parent, String name) {
    return array(parent, name).stream().map(DynamoDbJson::asObject).toList();
  }

  /// Returns the string of this name, `null` if there is none.
  static @Nullable String text(Map<String, Object> parent, String name) {
    return parent.get(name) instanceof String text ? text : null;
  }

  private static List<String> texts(Map<String, Object> parent, String name) {
    return array(parent, name).stream().map(String::valueOf).toList();
  }

  private static List<?> array(Map<String, Object> parent, String name) {
    return parent.get(name) instanceof List<?> list ? list : List.of();
  }

  @SuppressWarnings("unchecked") // every object that readObject makes has these types
  private static Map<String, Object> asObject(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? (Map<String, Object>) map : Map.of();
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
