package dev.flowbell.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Validates with the keywords of JSON Schema that the file uses. Any other keyword is an error.
///
/// @see <a href="https://json-schema.org/draft/2020-12/json-schema-validation">JSON Schema
///   validation</a>
public final class JsonSchema {
  private final Map<String, @Nullable Object> root;
  private final List<String> errors = new ArrayList<>();

  private JsonSchema(Map<String, @Nullable Object> root) {
    this.root = root;
  }

  /// Reads a schema.
  public static JsonSchema read(Path file) throws IOException {
    return new JsonSchema(Json.parseObject(Files.readString(file)));
  }

  /// Returns how an object differs from what the schema says. A key that the schema doesn't name is
  /// an error too.
  public List<String> errorsIn(Map<String, @Nullable Object> json) {
    errors.clear();
    check("$", json, root);
    return List.copyOf(errors);
  }

  private void check(String at, @Nullable Object value, Map<String, @Nullable Object> schema) {
    schema.forEach((keyword, operand) -> check(at, value, schema, keyword, operand));
    if (value instanceof Map<?, ?> object) {
      checkKeys(at, object, schema);
    }
    if (value instanceof List<?> list && schema.containsKey("items")) {
      for (int i = 0; i < list.size(); i++) {
        check(at + "[" + i + "]", list.get(i), Json.objectAt(schema, "items"));
      }
    }
  }

  private void check(
      String at,
      @Nullable Object value,
      Map<String, @Nullable Object> schema,
      String keyword,
      @Nullable Object operand) {
    switch (keyword) {
      case "$ref" -> check(at, value, definition((String) operand));
      case "const" -> expect(Objects.equals(value, operand), at, value + " is not " + operand);
      case "enum" ->
          expect(((List<?>) operand).contains(value), at, value + " is none of " + operand);
      case "type" -> {
        List<?> types = operand instanceof List<?> list ? list : List.of((String) operand);
        expect(types.stream().anyMatch(type -> isOf(type, value)), at, value + " is no " + types);
      }
      case "anyOf" ->
          expect(
              ((List<?>) operand).stream().anyMatch(any -> fits(value, any)),
              at,
              value + " fits none of " + operand);
      case "pattern" ->
          expect(
              !(value instanceof String text) || text.matches(anywhere((String) operand)),
              at,
              value + " does not match " + operand);
      case "minLength" ->
          expect(
              !(value instanceof String text) || text.length() >= (Long) operand,
              at,
              "shorter than " + operand);
      case "maxLength" ->
          expect(
              !(value instanceof String text) || text.length() <= (Long) operand,
              at,
              "longer than " + operand);
      case "minimum" ->
          expect(
              !(value instanceof Long number) || number >= (Long) operand, at, "below " + operand);
      case "maximum" ->
          expect(
              !(value instanceof Long number) || number <= (Long) operand, at, "above " + operand);
      case "minItems" ->
          expect(
              !(value instanceof List<?> list) || list.size() >= (Long) operand,
              at,
              "fewer than " + operand);
      case "maxItems" ->
          expect(
              !(value instanceof List<?> list) || list.size() <= (Long) operand,
              at,
              "more than " + operand);
      case "required" -> checkRequired(at, value, (List<?>) operand);
      case "dependentRequired" ->
          ((Map<?, ?>) operand)
              .forEach(
                  (key, keys) -> {
                    if (((Map<?, ?>) value).containsKey(key)) {
                      checkRequired(at, value, (List<?>) keys);
                    }
                  });
      case "properties", "additionalProperties", "items" -> {} // see checkKeys and check
      case "$schema", "$id", "$defs", "title", "description", "format" -> {} // these check nothing
      default -> throw new AssertionError("unknown keyword: " + keyword + " in " + schema);
    }
  }

  private void checkRequired(String at, @Nullable Object value, List<?> keys) {
    for (Object key : keys) {
      expect(!(value instanceof Map<?, ?> map) || map.containsKey(key), at, key + " missing");
    }
  }

  private void checkKeys(String at, Map<?, ?> object, Map<String, @Nullable Object> schema) {
    Map<String, @Nullable Object> properties =
        schema.containsKey("properties") ? Json.objectAt(schema, "properties") : Map.of();
    boolean isDescribed =
        schema.containsKey("properties") || schema.containsKey("additionalProperties");
    for (Map.Entry<?, ?> entry : object.entrySet()) {
      String where = at + "." + entry.getKey();
      String key = (String) entry.getKey();
      if (properties.containsKey(key)) {
        check(where, entry.getValue(), Json.objectAt(properties, key));
      } else if (schema.containsKey("additionalProperties")) {
        check(where, entry.getValue(), Json.objectAt(schema, "additionalProperties"));
      } else {
        expect(!isDescribed, where, "not in the schema");
      }
    }
  }

  private boolean fits(@Nullable Object value, Object schema) {
    JsonSchema other = new JsonSchema(root);
    other.check("$", value, Json.objectAt(Map.of("schema", schema), "schema"));
    return other.errors.isEmpty();
  }

  private Map<String, @Nullable Object> definition(String reference) {
    String prefix = "#/$defs/";
    assertThat(reference).startsWith(prefix);
    return Json.objectAt(Json.objectAt(root, "$defs"), reference.substring(prefix.length()));
  }

  private static boolean isOf(Object type, @Nullable Object value) {
    return switch ((String) type) {
      case "object" -> value instanceof Map;
      case "array" -> value instanceof List;
      case "string" -> value instanceof String;
      case "boolean" -> value instanceof Boolean;
      case "integer" -> value instanceof Long;
      case "number" -> value instanceof Number;
      case "null" -> value == null;
      default -> throw new AssertionError("unknown type: " + type);
    };
  }

  private static String anywhere(String pattern) {
    return (pattern.startsWith("^") ? "" : ".*") + pattern + (pattern.endsWith("$") ? "" : ".*");
  }

  private void expect(boolean isSo, String at, String error) {
    if (!isSo) {
      errors.add(at + ": " + error);
    }
  }
}
