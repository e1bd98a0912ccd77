package dev.flowbell.settings;

import dev.flowbell.judge.AlertPolicy;
import dev.flowbell.judge.AlertRule;
import dev.flowbell.record.RecordFormat;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/// One thing that users can set: an environment variable of the function, and an option of the
/// command line.
///
/// To add one, add it to [#ALL] and read it in [Settings].
///
/// @param name the environment variable
/// @param option the command line's option; empty where the command line has no use for it
/// @param defaultText what holds where it isn't set; empty for nothing
/// @param label what its values are, for help texts
/// @param description one sentence
public record Setting(
    String name, String option, String defaultText, String label, String description) {
  public static final Setting LOG_FORMAT =
      new Setting(
          "LOG_FORMAT",
          "--log-format",
          RecordFormat.DEFAULT + ";" + RecordFormat.FLOWBELL,
          "FORMAT[;FORMAT...]",
          "The flow logs' formats, as AWS writes them, ${srcaddr} ${dstaddr}, or bare names;"
              + " several with a semicolon between.");

  /// The value of [#LOG_FORMAT] that lets the function ask EC2.
  static final String LOG_FORMAT_AUTO = "auto";

  static final Setting LOG_GROUP =
      new Setting(
          "LOG_GROUP",
          "",
          "",
          "NAME",
          "The log group whose flow logs' formats are asked for at start-up.");
  static final Setting MAX_INFLATED_BYTES =
      new Setting(
          "MAX_INFLATED_BYTES",
          "--max-inflated-bytes",
          "33554432",
          "BYTES",
          "The most that a payload may inflate to.");
  static final Setting METRIC_SINK =
      new Setting(
          "METRIC_SINK",
          "", // standard output is the command line's report
          "cloudwatch",
          "cloudwatch|emf",
          "Whether metrics are sent to CloudWatch, or written to the function's log for CloudWatch"
              + " to find.");
  static final Setting METRIC_NAMESPACE =
      new Setting(
          "METRIC_NAMESPACE",
          "--namespace",
          "Flowbell",
          "NAME",
          "The namespace that metrics go to in CloudWatch.");
  static final Setting METRIC_DIMENSIONS =
      new Setting(
          "METRIC_DIMENSIONS",
          "--dimensions",
          "",
          "NAME[,NAME...]",
          "Series to publish besides the totals: VpcId, SubnetId, InterfaceId, AccountId, Region,"
              + " AzId, FlowDirection, RejectReason, LogGroup; + joins several into one.");
  static final Setting METRIC_SERIES_BUDGET =
      new Setting(
          "METRIC_SERIES_BUDGET",
          "--series-budget",
          "100",
          "COUNT",
          "The most series that dimensions may make in a payload; the rest goes to Other.");
  static final Setting ALERT_TOPIC_ARN =
      new Setting(
          "ALERT_TOPIC_ARN",
          "--topic-arn",
          "",
          "ARN",
          "The SNS topic for notifications; without one there are none.");
  static final Setting ALERT_HTTPS_FORM =
      new Setting(
          "ALERT_HTTPS_FORM",
          "--https-form",
          "json",
          "json|chat",
          "What HTTPS subscribers of the topic get: JSON, or a message for Amazon Q Developer in"
              + " chat applications.");
  static final Setting ALERT_COOLDOWN_SECONDS =
      new Setting(
          "ALERT_COOLDOWN_SECONDS",
          "--cooldown-seconds",
          String.valueOf(AlertPolicy.DEFAULT_COOLDOWN.toSeconds()),
          "SECONDS",
          "How long the same rule, source and interface stay quiet once told.");

  static final Setting LEDGER_TABLE =
      new Setting(
          "LEDGER_TABLE",
          "--ledger-table",
          "",
          "NAME",
          "The DynamoDB table that remembers what was published; without one the process's memory"
              + " does.");

  public static final List<Setting> ALL = all();

  /// Those that the command line has options for.
  public static final List<Setting> OPTIONS =
      ALL.stream().filter(setting -> !setting.option().isEmpty()).toList();

  private static List<Setting> all() {
    List<Setting> all = new ArrayList<>();
    Collections.addAll(
        all,
        LOG_FORMAT,
        LOG_GROUP,
        MAX_INFLATED_BYTES,
        METRIC_SINK,
        METRIC_NAMESPACE,
        METRIC_DIMENSIONS,
        METRIC_SERIES_BUDGET,
        ALERT_TOPIC_ARN,
        ALERT_HTTPS_FORM,
        ALERT_COOLDOWN_SECONDS,
        LEDGER_TABLE);
    for (AlertRule rule : AlertRule.all()) {
      all.add(threshold(rule));
    }
    return List.copyOf(all);
  }

  /// Returns the setting for a rule's threshold.
  static Setting threshold(AlertRule rule) {
    return new Setting(
        rule.setting(),
        "--" + rule.setting().toLowerCase(Locale.ROOT).replace('_', '-'),
        String.valueOf(rule.defaultThreshold()),
        "COUNT",
        "Alert at this many " + rule.counted() + "; 0 for never.");
  }
}
