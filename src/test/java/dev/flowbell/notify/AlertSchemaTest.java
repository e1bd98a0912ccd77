package dev.flowbell.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.classify.AddressScope;
import dev.flowbell.judge.Alert;
import dev.flowbell.judge.Rule;
import dev.flowbell.judge.Severity;
import dev.flowbell.judge.Thresholds;
import dev.flowbell.record.TrafficType;
import dev.flowbell.testing.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Compares notifications' JSON with `docs/alert.schema.json`. A key that the schema doesn't name
/// is an error here: every new key must be described.
class AlertSchemaTest {
  private static final Path SCHEMA = Path.of("docs", "alert.schema.json");

  @Test
  void schema_eachKind() throws IOException {
    for (Map.Entry<String, Alert> each : SampleAlerts.all().entrySet()) {
      assertThat(errorsOf(AlertMessage.of(each.getValue(), SampleAlerts.CONTEXT)))
          .as(each.getKey())
          .isEmpty();
    }
  }

  @Test
  void schema_nothingKnown() throws IOException {
    NotificationContext context =
        new NotificationContext(null, null, "", "", Thresholds.DEFAULT, TrafficType.ALL);
    for (Map.Entry<String, Alert> each : SampleAlerts.all().entrySet()) {
      assertThat(errorsOf(AlertMessage.of(each.getValue(), context))).as(each.getKey()).isEmpty();
    }
  }

  @Test
  void schema_sourceOfEachScope() throws IOException {
    for (String source :
        List.of(
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.1.1",
            "224.0.0.1",
            "240.0.0.1",
            "8.8.8.8",
            "2001:db8::7")) {
      assertThat(
              errorsOf(AlertMessage.of(SampleAlerts.rejects(source, false), SampleAlerts.CONTEXT)))
          .as(source)
          .isEmpty();
    }
  }

  @Test
  void schema_digest() throws IOException {
    List<String> held =
        SampleAlerts.all().values().stream()
            .map(alert -> AlertMessage.of(alert, SampleAlerts.CONTEXT).toHeld())
            .toList();

    assertThat(
            errorsOf(
                AlertMessage.digest(SampleAlerts.SINCE, held, List.of(), SampleAlerts.CONTEXT)))
        .isEmpty();
  }

  /// Shows that this test can fail.
  @Test
  void schema_refusesOtherThings() throws IOException {
    String json =
        """
        {"schema": "flowbell-alert-1", "severity": "dire", "subject": "", "region": 7, "more": 1,
         "alerts": [{"minutes": -1}]}
        """;

    assertThat(errorsIn(Json.parseObject(json)))
        .contains(
            "$: stack missing",
            "$: account missing",
            "$: logGroup missing",
            "$: insights missing",
            "$.schema: flowbell-alert-1 is not flowbell-alert-2",
            "$.severity: dire is none of [low, medium, high]",
            "$.subject: shorter than 1",
            "$.subject:  does not match ^[ -~]+$",
            "$.region: 7 is no [string, null]",
            "$.more: not in the schema",
            "$.alerts[0]: rule missing",
            "$.alerts[0].minutes: below 0")
        .hasSize(37);
  }

  @Test
  void schema_namesEveryRuleSeverityAndScope() throws IOException {
    Map<String, @Nullable Object> definitions =
        Json.objectAt(Json.parseObject(Files.readString(SCHEMA)), "$defs");
    Map<String, @Nullable Object> alert =
        Json.objectAt(Json.objectAt(definitions, "alert"), "properties");

    assertThat(Json.objectAt(alert, "rule").get("enum"))
        .isEqualTo(Arrays.stream(Rule.values()).map(Rule::key).toList());
    assertThat(Json.objectAt(definitions, "severity").get("enum"))
        .isEqualTo(Arrays.stream(Severity.values()).map(Severity::key).toList());
    assertThat(Json.objectAt(alert, "occasion").get("enum"))
        .isEqualTo(
            Arrays.stream(Alert.Occasion.values())
                .map(each -> each.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                .toList());
    assertThat(alert.keySet())
        .containsExactlyElementsOf(
            Json.objectsAt(
                    Json.parseObject(
                        AlertMessage.of(
                                SampleAlerts.rejects("8.8.8.8", false), SampleAlerts.CONTEXT)
                            .json()),
                    "alerts")
                .getFirst()
                .keySet());
    List<@Nullable String> scopes = new ArrayList<>();
    Arrays.stream(AddressScope.values()).map(AddressScope::key).forEach(scopes::add);
    scopes.add(null);
    assertThat(Json.objectAt(alert, "sourceScope").get("enum")).isEqualTo(scopes);
  }

  private static List<String> errorsOf(AlertMessage message) throws IOException {
    return errorsIn(Json.parseObject(message.json()));
  }

  private static List<String> errorsIn(Map<String, @Nullable Object> json) throws IOException {
    Validator validator = new Validator(Json.parseObject(Files.readString(SCHEMA)));
    validator.check("$", json, validator.root);
    return validator.errors;
  }

  /// Validates with the keywords of JSON Schema that the file uses. Any other keyword is an error.
  ///
  /// @see <a href="https://json-schema.org/draft/2020-12/json-schema-validation">JSON Schema
  ///   validation</a>
  private static final class Validator {
    private final Map<String, @Nullable Object> root;
    private final List<String> errors = new ArrayList<>();

    Validator(Map<String, @Nullable Object> root) {
      this.root = root;
    }

    void check(String at, @Nullable Object value, Map<String, @Nullable Object> schema) {
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
                !(value instanceof Long number) || number >= (Long) operand,
                at,
                "below " + operand);
        case "maximum" ->
            expect(
                !(value instanceof Long number) || number <= (Long) operand,
                at,
                "above " + operand);
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
        case "$schema",
            "$id",
            "$defs",
            "title",
            "description",
            "format" -> {} // these check nothing
        default -> throw new AssertionError("unknown keyword: " + keyword + " in " + schema);
      }
    }

    private void checkRequired(String at, @Nullable Object value, List<?> keys) {
      for (Object key : keys) {
        expect(((Map<?, ?>) value).containsKey(key), at, key + " missing");
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
      Validator other = new Validator(root);
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
}
