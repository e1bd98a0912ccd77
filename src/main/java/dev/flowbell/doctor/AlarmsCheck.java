package dev.flowbell.doctor;

import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.cloudwatch.model.AlarmType;
import software.amazon.awssdk.services.cloudwatch.model.CompositeAlarm;
import software.amazon.awssdk.services.cloudwatch.model.DescribeAlarmsResponse;
import software.amazon.awssdk.services.cloudwatch.model.MetricAlarm;
import software.amazon.awssdk.services.cloudwatch.model.StateValue;

/// Checks that the stack's alarms exist, that each notifies someone, and that none is in ALARM
/// state.
final class AlarmsCheck implements Check {
  @Override
  public String name() {
    return "alarms";
  }

  @Override
  public List<String> actions() {
    return List.of("cloudwatch:DescribeAlarms");
  }

  @Override
  public List<Finding> examine(Deployment deployment) {
    List<String> names =
        deployment.idsOf("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm");
    if (names.isEmpty()) {
      return List.of(
          Finding.warning(
              name(),
              "the stack has none",
              "no notification is sent when Flowbell itself fails",
              null));
    }
    DescribeAlarmsResponse described =
        deployment
            .aws()
            .cloudWatch()
            .describeAlarms(
                ask ->
                    ask.alarmNames(names)
                        .alarmTypes(AlarmType.METRIC_ALARM, AlarmType.COMPOSITE_ALARM));
    List<Alarm> alarms = new ArrayList<>();
    described.compositeAlarms().forEach(alarm -> alarms.add(Alarm.of(alarm)));
    described.metricAlarms().forEach(alarm -> alarms.add(Alarm.of(alarm)));
    List<Finding> findings = new ArrayList<>();
    missing(names, alarms, findings, deployment);
    mute(alarms, findings, deployment);
    ringing(alarms, findings, deployment);
    if (findings.isEmpty()) {
      findings.add(Finding.ok(name(), "%d, none in ALARM state".formatted(alarms.size())));
    }
    return findings;
  }

  private void missing(
      List<String> names, List<Alarm> alarms, List<Finding> findings, Deployment deployment) {
    List<String> missing =
        names.stream()
            .filter(name -> alarms.stream().noneMatch(alarm -> alarm.name.equals(name)))
            .toList();
    if (!missing.isEmpty()) {
      findings.add(
          Finding.problem(
              name(),
              "missing: " + String.join(", ", missing),
              "it was removed outside the stack",
              AwsCommand.of("cloudformation detect-stack-drift")
                  .with("stack-name", deployment.stackName())
                  .in(deployment)));
    }
  }

  /// Finds alarms that notify nobody. An alarm without an action may be part of a composite alarm
  /// that has one.
  private void mute(List<Alarm> alarms, List<Finding> findings, Deployment deployment) {
    List<String> disabled =
        alarms.stream()
            .filter(alarm -> alarm.hasActions && !alarm.isEnabled)
            .map(Alarm::name)
            .toList();
    if (!disabled.isEmpty()) {
      findings.add(
          Finding.problem(
              name(),
              "actions are disabled: " + String.join(", ", disabled),
              "their state changes notify nobody",
              "aws cloudwatch enable-alarm-actions --alarm-names %s --region %s"
                  .formatted(String.join(" ", disabled), deployment.region())));
    }
    List<String> mute =
        alarms.stream()
            .filter(
                alarm ->
                    !alarm.hasActions
                        && alarms.stream()
                            .noneMatch(other -> other.hasActions && other.includes(alarm)))
            .map(Alarm::name)
            .toList();
    if (!mute.isEmpty()) {
      findings.add(
          Finding.problem(
              name(),
              "no action, and no composite alarm that has one: " + String.join(", ", mute),
              "their state changes notify nobody",
              AwsCommand.of("cloudformation detect-stack-drift")
                  .with("stack-name", deployment.stackName())
                  .in(deployment)));
    }
  }

  private void ringing(List<Alarm> alarms, List<Finding> findings, Deployment deployment) {
    for (Alarm alarm : alarms) {
      if (alarm.state == StateValue.ALARM) {
        findings.add(
            Finding.warning(
                name(),
                alarm.name + " is in ALARM state",
                alarm.isComposite()
                    ? "until it is OK again it sends nothing, even if another of its alarms rings;"
                        + " its history shows since when"
                    : "its history shows since when",
                AwsCommand.of("cloudwatch describe-alarm-history")
                    .with("alarm-name", alarm.name)
                    .with("alarm-types", alarm.isComposite() ? "CompositeAlarm" : "MetricAlarm")
                    .with("history-item-type", "StateUpdate")
                    .in(deployment)));
      }
    }
    List<String> undecided =
        alarms.stream()
            .filter(alarm -> alarm.state == StateValue.INSUFFICIENT_DATA && !alarm.isPatient)
            .map(Alarm::name)
            .toList();
    if (!undecided.isEmpty()) {
      findings.add(
          Finding.warning(
              name(),
              "has no data yet: " + String.join(", ", undecided),
              "normal in the first minutes after a deployment; later, its metric is missing",
              null));
    }
  }

  /// A metric alarm or a composite alarm.
  ///
  /// @param isPatient whether missing data keep the state as it is, so that an alarm on a rare
  ///   event stays without data
  /// @param rule the rule of a composite alarm; empty for a metric alarm
  private record Alarm(
      String name,
      boolean isEnabled,
      boolean hasActions,
      StateValue state,
      boolean isPatient,
      String rule) {

    static Alarm of(MetricAlarm alarm) {
      return new Alarm(
          alarm.alarmName(),
          Boolean.TRUE.equals(alarm.actionsEnabled()),
          !alarm.alarmActions().isEmpty(),
          alarm.stateValue(),
          "ignore".equals(alarm.treatMissingData()),
          "");
    }

    static Alarm of(CompositeAlarm alarm) {
      return new Alarm(
          alarm.alarmName(),
          Boolean.TRUE.equals(alarm.actionsEnabled()),
          !alarm.alarmActions().isEmpty(),
          alarm.stateValue(),
          false,
          alarm.alarmRule() == null ? "" : alarm.alarmRule());
    }

    boolean isComposite() {
      return !rule.isEmpty();
    }

    /// Returns whether the rule names another alarm. Names may have quotes: `ALARM("name") OR
    /// ALARM(name)`.
    boolean includes(Alarm other) {
      return rule.contains("(" + other.name + ")") || rule.contains("(\"" + other.name + "\")");
    }
  }
}
