package dev.flowbell.notify;

import dev.flowbell.judge.Alert;
import dev.flowbell.judge.AlertRule;
import dev.flowbell.summary.FlowSummary;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What is wrong with a payload itself: Flowbell can't read it, or AWS left something out.
record PayloadStory(Alert alert, FlowSummary summary) implements Story {
  @Override
  public String headline() {
    return isUnreadable()
        ? Words.counted(alert.flows(), "unreadable flow log record")
        : Words.counted(alert.flows(), "flow log window") + " skipped by AWS";
  }

  @Override
  public @Nullable String place() {
    return alert.interfaceId() == null ? null : Plain.id(alert.interfaceId());
  }

  @Override
  public String what() {
    return headline() + (isUnreadable() ? ": " + causes() : " (log-status SKIPDATA)");
  }

  private String causes() {
    return summary.faults().entrySet().stream()
        .map(fault -> Words.grouped(fault.getValue()) + " " + words(fault.getKey()))
        .collect(Collectors.joining(", "));
  }

  private static String words(Enum<?> fault) {
    return fault.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }

  @Override
  public @Nullable String who() {
    return null;
  }

  @Override
  public List<String> where() {
    String logGroup = summary.origin().logGroup();
    String from =
        logGroup.isEmpty()
            ? Plain.name(summary.origin().name())
            : "log group " + Plain.name(logGroup);
    String place = place();
    return List.of(place == null ? from : place + ", " + from);
  }

  @Override
  public @Nullable Instant first() {
    return summary.first();
  }

  @Override
  public @Nullable Instant last() {
    return summary.last();
  }

  @Override
  public String why() {
    return isUnreadable()
        ? "What these lines say is not counted: most often LOG_FORMAT differs from the flow log's."
        : "AWS could not keep all records, by its own account: counts are too low for that time.";
  }

  @Override
  public List<String> nextSteps() {
    return isUnreadable()
        ? List.of(
            "Which format?    aws ec2 describe-flow-logs --query"
                + " 'FlowLogs[].[LogGroupName,LogFormat]'",
            "Make LOG_FORMAT the same as LogFormat of the flow logs that deliver here.")
        : List.of("Nothing to mend here; check by other means what else happened at that time.");
  }

  @Override
  public String insightsQuery() {
    return InsightsLink.queryFor(null);
  }

  private boolean isUnreadable() {
    return alert.rule() == AlertRule.UNREADABLE_RECORDS;
  }
}
