package dev.flowbell.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.flowbell.summary.SourceActivity;
import dev.flowbell.testing.generator.ActivityBuilder;
import dev.flowbell.testing.generator.Summaries;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AlertPolicyTest {
  @Test
  void defaults_everyRuleForAnHour() {
    assertThat(AlertPolicy.defaults())
        .isEqualTo(
            new AlertPolicy(
                Map.of(
                    SourceRule.PORT_SCAN, 10L,
                    SourceRule.HOST_SWEEP, 10L,
                    SourceRule.BLOCKED_HANDSHAKES, 20L,
                    SourceRule.NAT_MASKED_REJECTS, 10L,
                    SourceRule.REJECTS, 100L,
                    PayloadRule.UNREADABLE_RECORDS, 5L,
                    PayloadRule.SKIPPED_WINDOWS, 1L),
                Duration.ofHours(1)));
  }

  @Test
  void evaluate_mostImportantFirst() {
    // The loud source has no ports: no scan. A source inside is more severe, with fewer rejects.
    SourceActivity loud =
        new ActivityBuilder("198.51.100.7").rejects(400).blockedHandshakes(300).build();
    SourceActivity inside =
        new ActivityBuilder("10.0.0.9").rejects(50).blockedHandshakes(40).probedPorts(12).build();
    SourceActivity scanner =
        new ActivityBuilder("203.0.113.9").rejects(60).probedPorts(10).probedHosts(11).build();

    assertThat(AlertPolicy.defaults().evaluate(Summaries.ofSources(loud, inside, scanner)))
        .extracting(
            Alert::severity,
            Alert::flows,
            Alert::rule,
            alert -> ((SourceAlert) alert).activity().source() + "")
        .containsExactly(
            tuple(Severity.HIGH, 50L, SourceRule.PORT_SCAN, "10.0.0.9"),
            tuple(Severity.MEDIUM, 60L, SourceRule.PORT_SCAN, "203.0.113.9"),
            tuple(Severity.MEDIUM, 60L, SourceRule.HOST_SWEEP, "203.0.113.9"),
            tuple(Severity.MEDIUM, 40L, SourceRule.BLOCKED_HANDSHAKES, "10.0.0.9"),
            tuple(Severity.LOW, 400L, SourceRule.REJECTS, "198.51.100.7"),
            tuple(Severity.LOW, 300L, SourceRule.BLOCKED_HANDSHAKES, "198.51.100.7"));
  }

  @Test
  void evaluate_ruleOff() {
    SourceActivity everything =
        new ActivityBuilder("10.0.0.9")
            .rejects(1_000)
            .blockedHandshakes(900)
            .natMaskedRejects(800)
            .probedPorts(700)
            .probedHosts(600)
            .build();
    for (AlertRule off :
        List.of(
            SourceRule.PORT_SCAN,
            SourceRule.HOST_SWEEP,
            SourceRule.BLOCKED_HANDSHAKES,
            SourceRule.NAT_MASKED_REJECTS,
            SourceRule.REJECTS)) {
      Map<AlertRule, Long> thresholds = new HashMap<>(AlertPolicy.defaults().thresholds());
      thresholds.put(off, 0L);

      assertThat(
              new AlertPolicy(thresholds, Duration.ZERO).evaluate(Summaries.ofSources(everything)))
          .hasSize(4)
          .extracting(Alert::rule)
          .doesNotContain(off);
    }
  }

  @Test
  void evaluate_ruleAbsent() {
    assertThat(
            new AlertPolicy(Map.of(SourceRule.REJECTS, 3L), Duration.ZERO)
                .evaluate(
                    Summaries.ofSources(
                        new ActivityBuilder("10.0.0.9").rejects(3).probedPorts(50).build())))
        .extracting(Alert::rule)
        .containsExactly(SourceRule.REJECTS);
  }

  @Test
  void thresholds_areCopied() {
    Map<AlertRule, Long> thresholds = new HashMap<>(Map.of(SourceRule.REJECTS, 3L));
    AlertPolicy policy = new AlertPolicy(thresholds, Duration.ZERO);

    thresholds.put(SourceRule.PORT_SCAN, 4L);

    assertThat(policy.thresholds()).isEqualTo(Map.of(SourceRule.REJECTS, 3L));
  }

  @Test
  void cooldownKey_ruleSourceInterface() {
    SourceActivity activity =
        new ActivityBuilder("2001:db8::7").interfaceId("eni-0a1b2c3d").build();

    assertThat(
            new SourceAlert(SourceRule.PORT_SCAN, Severity.LOW, 3, 2, 4, activity)
                .cooldownKey("/vpc/flow-logs"))
        .isEqualTo("port-scan|2001:db8::7|eni-0a1b2c3d|/vpc/flow-logs");
    assertThat(
            new PayloadAlert(PayloadRule.UNREADABLE_RECORDS, Severity.LOW, 3, 2, null)
                .cooldownKey("group"))
        .isEqualTo("unreadable-records|||group");
  }
}
