package dev.flowbell.notify;

import dev.flowbell.judge.Alert;
import dev.flowbell.judge.Count;
import dev.flowbell.judge.Rule;
import dev.flowbell.judge.Thresholds;
import java.util.List;

/// What the notification of a log group says: Flowbell can't read it, or AWS skipped records.
final class LogGroupContent extends AlertContent {
  private final Alert.LogGroup group;

  LogGroupContent(Alert.LogGroup group, NotificationContext context) {
    super(group, context, Background.NONE);
    this.group = group;
  }

  private boolean isUnreadable() {
    return group.rule() == Rule.UNREADABLE_RECORDS;
  }

  @Override
  String headline() {
    return (isUnreadable() ? "can't read flow log records of " : "AWS skipped flow log records of ")
        + SafeText.of(group.logGroup());
  }

  @Override
  List<String> sentences() {
    return isUnreadable()
        ? List.of(
            "Flowbell can't read %s lines of this log group%s."
                .formatted(
                    Words.number(group.records()),
                    group.causes().isEmpty() ? "" : ": " + Words.names(group.causes())),
            "What they say is in no metric and in no notification.")
        : List.of(
            "AWS skipped %s of records (log-status SKIPDATA): counts are too low for that time."
                .formatted(Words.counted(group.records(), "window")));
  }

  @Override
  List<Section> ownFacts() {
    String interfaceId = group.interfaceId();
    return List.of(section("SEEN", interfaceId == null ? "" : SafeText.of(interfaceId)));
  }

  @Override
  Count minutes() {
    return Count.NONE;
  }

  @Override
  List<NextStep> ownSteps() {
    return isUnreadable()
        ? List.of(
            sentence("Set LOG_FORMAT to the LogFormat of the flow logs that deliver here."),
            new NextStep.Labelled("Which format:", commands().flowLogFormats()))
        : List.of(
            sentence("Nothing to fix: AWS lost these records. Other logs may cover that time."));
  }

  @Override
  String period() {
    return "Within an hour";
  }

  @Override
  List<Limit> limits() {
    return List.of(
        isUnreadable()
            ? new Limit(
                "%s unreadable records", Thresholds.Name.UNREADABLE_RECORDS, group.records())
            : new Limit("%s skipped windows", Thresholds.Name.SKIPPED_WINDOWS, group.records()));
  }

  @Override
  String quietEntry() {
    return "0.0.0.0/0 " + group.rule().key();
  }

  @Override
  String query() {
    return InsightsLink.queryFor(null);
  }
}
