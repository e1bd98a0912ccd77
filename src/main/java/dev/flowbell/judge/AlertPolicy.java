package dev.flowbell.judge;

import dev.flowbell.summary.FlowSummary;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// What is worth telling, and how often.
///
/// @param thresholds by rule, what it takes; 0 switches a rule off, and so does its absence
/// @param cooldown how long the same rule, source and interface stay quiet once told
public record AlertPolicy(Map<AlertRule, Long> thresholds, Duration cooldown) {
  /// How long an alert stays quiet unless told otherwise.
  public static final Duration DEFAULT_COOLDOWN = Duration.ofHours(1);

  private static final Comparator<Alert> MOST_IMPORTANT_FIRST =
      Comparator.comparing(Alert::severity)
          .thenComparingLong(Alert::flows)
          .reversed()
          .thenComparing(Alert::rule);

  /// Makes a policy of a copy of these thresholds.
  public AlertPolicy {
    thresholds = Map.copyOf(thresholds);
  }

  /// Returns the policy that holds unless told otherwise.
  public static AlertPolicy defaults() {
    Map<AlertRule, Long> thresholds = new EnumMap<>(AlertRule.class);
    for (AlertRule rule : AlertRule.values()) {
      thresholds.put(rule, rule.defaultThreshold());
    }
    return new AlertPolicy(thresholds, DEFAULT_COOLDOWN);
  }

  /// Returns what is worth telling in a payload, the most important first.
  public List<Alert> evaluate(FlowSummary summary) {
    return Arrays.stream(AlertRule.values())
        .filter(rule -> thresholds.getOrDefault(rule, 0L) > 0)
        .flatMap(rule -> rule.evaluate(summary, thresholds.getOrDefault(rule, 0L)).stream())
        .sorted(MOST_IMPORTANT_FIRST)
        .toList();
  }
}
