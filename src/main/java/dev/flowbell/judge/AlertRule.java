package dev.flowbell.judge;

import dev.flowbell.summary.FlowSummary;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// A rule: it compares a number from a summary with a threshold.
///
/// To add a rule, add a constant to [SourceRule] or [PayloadRule]. Its setting follows from it.
public sealed interface AlertRule permits SourceRule, PayloadRule {
  /// Returns every rule, in the order in which equally important alerts are listed.
  static List<AlertRule> all() {
    return Stream.<AlertRule>concat(
            Arrays.stream(SourceRule.values()), Arrays.stream(PayloadRule.values()))
        .toList();
  }

  /// Returns the stable name, such as `port-scan`: JSON, message attributes and cooldown keys have
  /// it.
  String key();

  /// Returns the name of the setting for the threshold.
  String setting();

  /// Returns the threshold that is used if the setting isn't set.
  long defaultThreshold();

  /// Returns what is counted and compared with the threshold, in words.
  String counted();

  /// Returns the alerts that this rule finds in a payload, in the order of the summary's sources.
  ///
  /// @param threshold at least 1
  List<? extends Alert> evaluate(FlowSummary summary, long threshold);
}
