package dev.flowbell.pipeline;

import dev.flowbell.ec2.Ec2Exception;
import dev.flowbell.ec2.FlowLog;
import dev.flowbell.ec2.FlowLogSource;
import dev.flowbell.record.InvalidFormatException;
import dev.flowbell.record.RecordFormat;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The formats of the flow logs that deliver to a log group, as EC2 describes them.
///
/// EC2 is asked when a log group is first read, and again when a line fits no format. Known formats
/// are kept, because lines of a deleted flow log arrive for some minutes more. Where EC2 gives no
/// format, lines are read in the formats known so far, or in the default ones. A warning says so
/// once for each log group, and no payload fails.
///
/// Not safe for use by several threads.
public final class FlowLogFormats implements LineFormats {
  /// Unreadable payloads must not cause a call each. The first records of a new flow log take
  /// minutes to arrive, so that its format is found in time.
  private static final Duration LEAST_INTERVAL = Duration.ofMinutes(1);

  /// A function is subscribed to a few log groups. More can only come from direct invocations.
  private static final int MOST_LOG_GROUPS = 100;

  /// The most formats of a log group. A line is tried in each of them.
  private static final int MOST_FORMATS = 100;

  private final FlowLogSource ec2;
  private final List<RecordFormat> fallback;
  private final InstantSource clock;
  private final Consumer<String> warnings;
  private final Map<String, LogGroup> logGroups = new HashMap<>();

  /// Creates formats.
  ///
  /// @param fallback the formats for lines while EC2 has given none
  /// @param warnings receives a line where EC2 gives no format
  public FlowLogFormats(
      FlowLogSource ec2,
      List<RecordFormat> fallback,
      InstantSource clock,
      Consumer<String> warnings) {
    this.ec2 = ec2;
    this.fallback = fallback;
    this.clock = clock;
    this.warnings = warnings;
  }

  /// Asks EC2 at the function's start, before any line arrives.
  ///
  /// The first payload may ask again: with SnapStart, the start can be days ago, before there was a
  /// flow log.
  public void prepare(String logGroup) {
    ask(logGroup, logGroup(logGroup));
  }

  @Override
  public List<RecordFormat> of(String logGroup) {
    if (logGroup.isEmpty()) {
      return fallback;
    }
    LogGroup known = logGroup(logGroup);
    if (known.found.isEmpty() && known.asked == null) {
      refresh(logGroup);
    }
    return known.formats();
  }

  @Override
  public boolean refresh(String logGroup) {
    if (logGroup.isEmpty()) {
      return false;
    }
    LogGroup known = logGroup(logGroup);
    Instant now = clock.instant();
    if (known.asked != null && now.isBefore(known.asked.plus(LEAST_INTERVAL))) {
      return false;
    }
    known.asked = now;
    return ask(logGroup, known);
  }

  private LogGroup logGroup(String name) {
    if (!logGroups.containsKey(name) && logGroups.size() == MOST_LOG_GROUPS) {
      logGroups.clear(); // EC2 is asked again
    }
    return logGroups.computeIfAbsent(name, _ -> new LogGroup());
  }

  private boolean ask(String name, LogGroup known) {
    List<FlowLog> flowLogs;
    try {
      flowLogs = ec2.describe(name);
    } catch (Ec2Exception e) {
      String why =
          e.isUnauthorized() ? "the function's role needs " + e.iamAction() + ": " : "EC2 failed: ";
      known.warnOnce("failed", why + e.getMessage());
      return false;
    }
    if (flowLogs.isEmpty()) {
      known.warnOnce(
          "none", "no flow log of this account and region delivers into log group " + name);
      return false;
    }
    return known.learn(flowLogs);
  }

  /// What is known of one log group.
  private final class LogGroup {
    private final Set<RecordFormat> found = new LinkedHashSet<>();
    private final Set<String> warned = new HashSet<>();

    /// When a payload last caused a call to EC2.
    private @Nullable Instant asked;

    List<RecordFormat> formats() {
      return found.isEmpty() ? fallback : List.copyOf(found);
    }

    /// Adds formats.
    ///
    /// @return whether there is a new one
    boolean learn(List<FlowLog> flowLogs) {
      boolean isChanged = false;
      for (FlowLog flowLog : flowLogs) {
        RecordFormat format = findFormat(flowLog);
        if (format != null && found.size() < MOST_FORMATS) {
          isChanged |= found.add(format);
        }
      }
      return isChanged;
    }

    /// Returns the format of a flow log, `null` where it has fields that this version does not
    /// know. A warning then names it.
    private @Nullable RecordFormat findFormat(FlowLog flowLog) {
      if (flowLog.logFormat() == null) {
        return RecordFormat.DEFAULT;
      }
      try {
        return RecordFormat.parse(flowLog.logFormat());
      } catch (InvalidFormatException e) {
        if (warned.size() < MOST_FORMATS && warned.add(flowLog.logFormat())) {
          warnings.accept(
              "LOG_FORMAT auto: the lines of flow log "
                  + flowLog.flowLogId()
                  + " can't be read (said once): "
                  + e.getMessage());
        }
        return null;
      }
    }

    private void warnOnce(String what, String why) {
      if (asked != null && warned.add(what)) { // not at start-up, when nothing was read
        warnings.accept(
            "LOG_FORMAT auto: lines are read in %s (said once): %s"
                .formatted(
                    found.isEmpty()
                        ? "AWS's default format or that of Flowbell's template"
                        : "the formats known before",
                    why));
      }
    }
  }
}
