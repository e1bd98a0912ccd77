package dev.flowbell.doctor;

import dev.flowbell.record.FlowRecord;
import dev.flowbell.record.ParseFault;
import dev.flowbell.record.RecordFormat;
import dev.flowbell.record.RecordParser;
import dev.flowbell.settings.InvalidSettingsException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.cloudwatchlogs.model.LogStream;
import software.amazon.awssdk.services.cloudwatchlogs.model.OrderBy;
import software.amazon.awssdk.services.cloudwatchlogs.model.OutputLogEvent;
import software.amazon.awssdk.services.cloudwatchlogs.model.ResourceNotFoundException;

/// Checks that records arrive and that the function can read them.
///
/// A log stream's `lastEventTimestamp` "typically updates in less than an hour", so it only decides
/// which streams to read first. The age is that of the newest event's ingestion.
///
/// @see <a
///   href="https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogStream.html">LogStream</a>
final class RecordsCheck implements Check {
  /// The age up to which the newest record is new. An interface without traffic logs NODATA, so
  /// even a quiet network has records this new.
  private static final Duration NEW = Duration.ofMinutes(60);

  private static final int MOST_STREAMS = 10;
  private static final int MOST_EVENTS = 50;

  private final InstantSource clock;

  RecordsCheck(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public String name() {
    return "records";
  }

  @Override
  public List<String> actions() {
    return List.of(
        "logs:DescribeLogStreams",
        "logs:GetLogEvents",
        "lambda:GetFunctionConfiguration",
        "ec2:DescribeFlowLogs");
  }

  @Override
  public boolean appliesTo(Deployment deployment) {
    return deployment.usesLogGroup();
  }

  @Override
  public List<Finding> examine(Deployment deployment) {
    List<OutputLogEvent> newest;
    try {
      newest = newestEvents(deployment.aws().logs(), deployment.logGroupName());
    } catch (ResourceNotFoundException _) {
      newest = List.of(); // LogGroupCheck reports that there is no log group
    }
    if (newest.isEmpty()) {
      return List.of(
          Finding.warning(
              name(),
              "none in " + deployment.logGroupName() + " yet",
              "the first take 10 to 15 minutes from the flow log's creation; after that, see flow"
                  + " log and flow log role",
              null));
    }
    Duration age = Duration.between(arrivalOf(newest), clock.instant());
    if (age.compareTo(NEW) > 0) {
      return List.of(
          Finding.problem(
              name(),
              "the newest came %s ago".formatted(words(age)),
              "without traffic there are NODATA records: the flow log no longer"
                  + " delivers, or its interfaces are gone",
              null));
    }
    return List.of(readable(newest, words(age), deployment));
  }

  private List<OutputLogEvent> newestEvents(CloudWatchLogsClient logs, String groupName) {
    List<OutputLogEvent> newest = List.of();
    List<LogStream> streams =
        logs.describeLogStreams(
                ask ->
                    ask.logGroupName(groupName)
                        .orderBy(OrderBy.LAST_EVENT_TIME)
                        .descending(true)
                        .limit(MOST_STREAMS))
            .logStreams();
    for (LogStream stream : streams) {
      if (stream.logStreamName().equals(SendTest.STREAM)) {
        continue;
      }
      List<OutputLogEvent> events =
          logs.getLogEvents(
                  ask ->
                      ask.logGroupName(groupName)
                          .logStreamName(stream.logStreamName())
                          .startFromHead(false)
                          .limit(MOST_EVENTS))
              .events();
      if (events.isEmpty()) {
        continue;
      }
      if (newest.isEmpty() || arrivalOf(events).isAfter(arrivalOf(newest))) {
        newest = events;
      }
      if (arrivalOf(newest).isAfter(clock.instant().minus(NEW))) {
        break;
      }
    }
    return newest;
  }

  private static Instant arrivalOf(List<OutputLogEvent> events) {
    return Instant.ofEpochMilli(
        events.stream().mapToLong(OutputLogEvent::ingestionTime).max().orElseThrow());
  }

  private Finding readable(List<OutputLogEvent> events, String age, Deployment deployment) {
    List<RecordFormat> formats;
    try {
      formats = deployment.formats();
    } catch (InvalidSettingsException _) {
      return Finding.skipped(
          name(), "the newest came %s ago".formatted(age), "can't be read: see settings");
    }
    RecordParser parser = new RecordParser(formats);
    FlowRecord record = new FlowRecord();
    Map<ParseFault, Long> faults = new EnumMap<>(ParseFault.class);
    for (OutputLogEvent event : events) {
      byte[] line = event.message().getBytes(StandardCharsets.UTF_8);
      ParseFault fault = parser.parse(line, 0, line.length, record);
      if (fault != null) {
        faults.merge(fault, 1L, Long::sum);
      }
    }
    long unreadable = faults.values().stream().mapToLong(Long::longValue).sum();
    String seen = "the newest came %s ago; the function ".formatted(age);
    if (unreadable == 0) {
      return Finding.ok(name(), seen + "can read the last %d".formatted(events.size()));
    }
    seen += "can't read %d of the last %d: %s".formatted(unreadable, events.size(), words(faults));
    boolean isAuto = deployment.settings().isLogFormatAuto();
    String mend = isAuto ? null : AwsCommand.redeploy(deployment, "LogFormat", "auto");
    String keep = isAuto ? "" : AwsCommand.KEEP;
    return 2 * unreadable >= events.size()
        ? Finding.problem(
            name(),
            seen,
            "its LOG_FORMAT is not the flow log's format: these records are not counted" + keep,
            mend)
        : Finding.warning(
            name(),
            seen,
            "another source writes into the log group, or a second flow log" + keep,
            mend);
  }

  private static String words(Map<ParseFault, Long> faults) {
    return faults.entrySet().stream()
        .map(fault -> fault.getKey() + " " + fault.getValue())
        .collect(Collectors.joining(", "));
  }

  private static String words(Duration age) {
    long minutes = Math.max(0, age.toMinutes());
    return minutes < 120
        ? minutes + " min"
        : minutes < 48 * 60 ? minutes / 60 + " h" : minutes / (24 * 60) + " days";
  }
}
