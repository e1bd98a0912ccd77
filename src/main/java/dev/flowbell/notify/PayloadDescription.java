package dev.flowbell.notify;

import dev.flowbell.judge.PayloadAlert;
import dev.flowbell.record.ParseFault;
import dev.flowbell.summary.FlowSummary;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Describes an alert about a payload as a whole.
///
/// @param summary the payload's summary
record PayloadDescription(PayloadAlert alert, FlowSummary summary) implements AlertDescription {
  @Override
  public String headline() {
    return switch (alert.rule()) {
      case UNREADABLE_RECORDS -> Words.counted(alert.flows(), "unreadable flow log record");
      case SKIPPED_WINDOWS -> Words.counted(alert.flows(), "flow log window") + " skipped by AWS";
    };
  }

  @Override
  public @Nullable String place() {
    String interfaceId = alert.interfaceId();
    return interfaceId == null ? null : SafeText.id(interfaceId);
  }

  @Override
  public String what() {
    return switch (alert.rule()) {
      case UNREADABLE_RECORDS -> headline() + ": " + causes();
      case SKIPPED_WINDOWS -> headline() + " (log-status SKIPDATA)";
    };
  }

  private String causes() {
    return summary.faults().entrySet().stream()
        .map(fault -> Words.grouped(fault.getValue()) + " " + words(fault.getKey()))
        .collect(Collectors.joining(", "));
  }

  private static String words(ParseFault fault) {
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
            ? SafeText.name(summary.origin().name())
            : "log group " + SafeText.name(logGroup);
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
    return switch (alert.rule()) {
      case UNREADABLE_RECORDS ->
          "What these lines say is not counted: most often LOG_FORMAT differs from the flow log's.";
      case SKIPPED_WINDOWS ->
          "AWS could not keep all records, by its own account: counts are too low for that time.";
    };
  }

  @Override
  public List<NextStep> nextSteps() {
    return switch (alert.rule()) {
      case UNREADABLE_RECORDS ->
          List.of(
              new NextStep.Labelled(
                  "Which format?",
                  "aws ec2 describe-flow-logs --query 'FlowLogs[].[LogGroupName,LogFormat]'"),
              new NextStep.Sentence(
                  "Make LOG_FORMAT the same as LogFormat of the flow logs that deliver here."));
      case SKIPPED_WINDOWS ->
          List.of(
              new NextStep.Sentence(
                  "Nothing to mend here; check by other means what else happened at that time."));
    };
  }

  @Override
  public String insightsQuery() {
    return InsightsLink.queryFor(null);
  }
}
