package dev.flowbell.judge;

import dev.flowbell.summary.FlowSummary;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The rules' thresholds, and the cooldown between two notifications of the same alert.
///
/// @param thresholds each rule's threshold; a rule is off where it is 0 or absent
/// @param cooldown how long alerts with the same rule, source and network interface are suppressed
///   after one was sent
public record AlertPolicy(Map<AlertRule, Long> thresholds, Duration cooldown) {
  /// The cooldown that is used if the setting isn't set.
  public static final Duration DEFAULT_COOLDOWN = Duration.ofHours(1);

  private static final Comparator<Alert> MOST_IMPORTANT_FIRST =
      Comparator.comparing(Alert::severity).thenComparingLong(Alert::flows).reversed();

  /// Makes a policy of a copy of these thresholds.
  public AlertPolicy {
    thresholds = Map.copyOf(thresholds);
  }

  /// Returns the policy that is used if nothing is set.
  public static AlertPolicy defaults() {
    return new AlertPolicy(
        AlertRule.all().stream()
            .collect(Collectors.toMap(rule -> rule, AlertRule::defaultThreshold)),
        DEFAULT_COOLDOWN);
  }

  /// Returns the alerts of a payload, the most important first: by severity, then by flows, then in
  /// the order of the rules.
  public List<Alert> evaluate(FlowSummary summary) {
    // The sort is stable: it keeps the order of the rules where severity and flows are equal.
    return AlertRule.all().stream()
        .<Alert>flatMap(rule -> evaluate(rule, summary))
        .sorted(MOST_IMPORTANT_FIRST)
        .toList();
  }

  private Stream<? extends Alert> evaluate(AlertRule rule, FlowSummary summary) {
    long threshold = thresholds.getOrDefault(rule, 0L);
    return threshold > 0 ? rule.evaluate(summary, threshold).stream() : Stream.empty();
  }
}
