package dev.flowbell.judge;

import static dev.flowbell.judge.PayloadRule.SKIPPED_WINDOWS;
import static dev.flowbell.judge.PayloadRule.UNREADABLE_RECORDS;
import static dev.flowbell.judge.Severity.HIGH;
import static dev.flowbell.judge.Severity.LOW;
import static dev.flowbell.judge.Severity.MEDIUM;
import static dev.flowbell.judge.SourceRule.BLOCKED_HANDSHAKES;
import static dev.flowbell.judge.SourceRule.HOST_SWEEP;
import static dev.flowbell.judge.SourceRule.NAT_MASKED_REJECTS;
import static dev.flowbell.judge.SourceRule.PORT_SCAN;
import static dev.flowbell.judge.SourceRule.REJECTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.flowbell.metric.Metric;
import dev.flowbell.record.ParseFault;
import dev.flowbell.summary.FlowSummary;
import dev.flowbell.summary.SourceActivity;
import dev.flowbell.testing.generator.ActivityBuilder;
import dev.flowbell.testing.generator.Summaries;
import dev.flowbell.testing.generator.SummaryBuilder;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

class AlertRuleTest {
  /// Each rule with an activity below a threshold of 7, one that reaches it, and the flows then.
  static final List<Arguments> SOURCE_RULES =
      List.of(
          Arguments.of(
              PORT_SCAN,
              new ActivityBuilder("198.51.100.7").rejects(31).probedPorts(6).build(),
              new ActivityBuilder("198.51.100.7").rejects(31).probedPorts(7).build(),
              31),
          Arguments.of(
              HOST_SWEEP,
              new ActivityBuilder("198.51.100.7").rejects(32).probedHosts(6).build(),
              new ActivityBuilder("198.51.100.7").rejects(32).probedHosts(7).build(),
              32),
          Arguments.of(
              BLOCKED_HANDSHAKES,
              new ActivityBuilder("198.51.100.7").rejects(33).blockedHandshakes(6).build(),
              new ActivityBuilder("198.51.100.7").rejects(33).blockedHandshakes(7).build(),
              7),
          Arguments.of(
              NAT_MASKED_REJECTS,
              new ActivityBuilder("198.51.100.7").rejects(34).natMaskedRejects(6).build(),
              new ActivityBuilder("198.51.100.7").rejects(34).natMaskedRejects(7).build(),
              7),
          Arguments.of(
              REJECTS,
              new ActivityBuilder("198.51.100.7").rejects(6).build(),
              new ActivityBuilder("198.51.100.7").rejects(7).build(),
              7));

  @ParameterizedTest
  @FieldSource("SOURCE_RULES")
  void evaluate_source(SourceRule rule, SourceActivity below, SourceActivity at, long flows) {
    assertThat(rule.evaluate(Summaries.ofSources(below), 7)).isEmpty();
    assertThat(rule.evaluate(Summaries.ofSources(at), 6))
        .extracting(Alert::count, Alert::threshold)
        .containsExactly(tuple(7L, 6L));
    assertThat(rule.evaluate(Summaries.ofSources(below, at, at), 7))
        .hasSize(2)
        .allSatisfy(
            alert -> {
              assertThat(alert.rule()).isEqualTo(rule);
              assertThat(alert.count()).isEqualTo(7);
              assertThat(alert.threshold()).isEqualTo(7);
              assertThat(alert.flows()).isEqualTo(flows);
              assertThat(alert.interfaceId()).isNull();
              assertThat(alert.activity()).isSameAs(at);
            });
  }

  @Test
  void evaluate_interfaceOfSource() {
    SourceActivity activity =
        new ActivityBuilder("198.51.100.7").rejects(9).interfaceId("eni-0a1b2c3d").build();

    assertThat(REJECTS.evaluate(Summaries.ofSources(activity), 8))
        .containsExactly(new SourceAlert(REJECTS, LOW, 9, 8, 9, activity));
  }

  /// Tries sources of each scope of addresses.
  @ParameterizedTest
  @CsvSource({
    "PORT_SCAN, MEDIUM, HIGH",
    "HOST_SWEEP, MEDIUM, HIGH",
    "BLOCKED_HANDSHAKES, LOW, MEDIUM",
    "NAT_MASKED_REJECTS, MEDIUM, MEDIUM",
    "REJECTS, LOW, MEDIUM"
  })
  void evaluate_severity(SourceRule rule, Severity outside, Severity inside) {
    for (String source : List.of("198.51.100.7", "2600:1f00::7", "224.0.0.1", "0.0.0.0")) {
      assertThat(severity(rule, source)).as(source).isEqualTo(outside);
    }
    for (String source :
        List.of("10.0.0.7", "192.168.3.4", "fd12::7", "100.64.1.2", "169.254.0.7", "127.0.0.1")) {
      assertThat(severity(rule, source)).as(source).isEqualTo(inside);
    }
  }

  private static Severity severity(SourceRule rule, String source) {
    SourceActivity activity =
        new ActivityBuilder(source)
            .rejects(5)
            .blockedHandshakes(4)
            .natMaskedRejects(3)
            .probedPorts(2)
            .probedHosts(6)
            .build();
    return rule.evaluate(Summaries.ofSources(activity), 1).getFirst().severity();
  }

  @Test
  void evaluate_unreadableRecords() {
    FlowSummary summary = summary(Metric.UNREADABLE_RECORDS, 5, "eni-of-a-skipped-window");

    assertThat(UNREADABLE_RECORDS.evaluate(summary, 6)).isEmpty();
    assertThat(UNREADABLE_RECORDS.evaluate(summary, 5))
        .containsExactly(new PayloadAlert(UNREADABLE_RECORDS, MEDIUM, 5, 5, null));
    assertThat(UNREADABLE_RECORDS.evaluate(summary, 2))
        .containsExactly(new PayloadAlert(UNREADABLE_RECORDS, MEDIUM, 5, 2, null));
  }

  @Test
  void evaluate_skippedWindows() {
    FlowSummary summary = summary(Metric.SKIPPED_WINDOWS, 3, "eni-0a1b2c3d");

    assertThat(SKIPPED_WINDOWS.evaluate(summary, 4)).isEmpty();
    assertThat(SKIPPED_WINDOWS.evaluate(summary, 3))
        .containsExactly(new PayloadAlert(SKIPPED_WINDOWS, LOW, 3, 3, "eni-0a1b2c3d"));
    assertThat(SKIPPED_WINDOWS.evaluate(summary(Metric.SKIPPED_WINDOWS, 1, null), 1))
        .containsExactly(new PayloadAlert(SKIPPED_WINDOWS, LOW, 1, 1, null));
  }

  @Test
  void evaluate_nothing() {
    for (AlertRule rule : AlertRule.all()) {
      assertThat(rule.evaluate(Summaries.ofSources(), 1)).as(rule.key()).isEmpty();
    }
  }

  /// Subscribers filter by the keys, and users set the settings: neither may change.
  @Test
  void all_keysSettingsAndDefaults() {
    assertThat(AlertRule.all())
        .extracting(rule -> rule, AlertRule::key, AlertRule::setting, AlertRule::defaultThreshold)
        .containsExactly(
            tuple(PORT_SCAN, "port-scan", "ALERT_PROBED_PORTS", 10L),
            tuple(HOST_SWEEP, "host-sweep", "ALERT_PROBED_HOSTS", 10L),
            tuple(BLOCKED_HANDSHAKES, "blocked-handshakes", "ALERT_BLOCKED_HANDSHAKES", 20L),
            tuple(NAT_MASKED_REJECTS, "nat-masked-rejects", "ALERT_NAT_MASKED_REJECTS", 10L),
            tuple(REJECTS, "rejects", "ALERT_REJECTS", 100L),
            tuple(UNREADABLE_RECORDS, "unreadable-records", "ALERT_UNREADABLE_RECORDS", 5L),
            tuple(SKIPPED_WINDOWS, "skipped-windows", "ALERT_SKIPPED_WINDOWS", 1L));
    assertThat(AlertRule.all()).extracting(AlertRule::counted).noneMatch(String::isBlank);
  }

  @Test
  void severities_ascend() {
    assertThat(Severity.values()).containsExactly(LOW, MEDIUM, HIGH);
    assertThat(Severity.values())
        .extracting(Severity::key)
        .containsExactly("low", "medium", "high");
  }

  private static FlowSummary summary(Metric metric, long total, @Nullable String skippedAt) {
    return new SummaryBuilder()
        .total(metric, total)
        .fault(ParseFault.BROKEN_JSON, 1)
        .skippedAt(skippedAt)
        .build();
  }
}
