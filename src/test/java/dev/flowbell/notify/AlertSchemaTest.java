package dev.flowbell.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.classify.AddressScope;
import dev.flowbell.judge.Alert;
import dev.flowbell.judge.Rule;
import dev.flowbell.judge.Severity;
import dev.flowbell.judge.Thresholds;
import dev.flowbell.record.TrafficType;
import dev.flowbell.testing.Json;
import dev.flowbell.testing.JsonSchema;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
        .hasSize(39);
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
    return JsonSchema.read(SCHEMA).errorsIn(json);
  }
}
