package dev.flowbell.pipeline;

import dev.flowbell.ec2.DescribeFlowLogsException;
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

/// The formats of the flow logs that deliver into a log group, asked from EC2.
///
/// They are asked for when a log group is first read, and again when its lines stop fitting.
/// Formats once known stay: lines of a deleted flow log still come for some minutes. Where EC2 says
/// nothing useful, lines are read as before, at first by the formats that need no setting; that is
/// said once for each log group, and fails nothing.
///
/// Not safe for use by several threads at once.
public final class FlowLogFormats implements LineFormats {
  /// Payloads full of garbage must not turn into as many questions. A flow log's first records take
  /// minutes to arrive, so that a new format is found in time.
  private static final Duration LEAST_INTERVAL = Duration.ofMinutes(1);

  /// A function is subscribed to a handful of log groups; only who may invoke it could name more.
  private static final int MOST_LOG_GROUPS = 100;

  /// A line is tried in each of them.
  private static final int MOST_FORMATS = 100;

  private final FlowLogSource ec2;
  private final List<RecordFormat> fallback;
  private final InstantSource clock;
  private final Consumer<String> warnings;
  private final Map<String, LogGroup> logGroups = new HashMap<>();

  /// @param fallback what lines are read by while no format is known
  /// @param warnings gets what is worth saying, a line each
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

  /// Asks before there is any line, at the function's start.
  ///
  /// This doesn't count as asked a short while ago: with SnapStart, the start may be days back, and
  /// before there was any flow log. What is asked in vain, the first payload asks again.
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
      logGroups.clear(); // they are asked for again
    }
    return logGroups.computeIfAbsent(name, _ -> new LogGroup());
  }

  private boolean ask(String name, LogGroup known) {
    List<FlowLog> flowLogs;
    try {
      flowLogs = ec2.describe(name);
    } catch (DescribeFlowLogsException e) {
      String why =
          e.isUnauthorized() ? "the function's role needs ec2:DescribeFlowLogs: " : "EC2 failed: ";
      known.sayOnce("failed", why + e.getMessage());
      return false;
    }
    if (flowLogs.isEmpty()) {
      known.sayOnce(
          "none", "no flow log of this account and region delivers into log group " + name);
      return false;
    }
    return known.learn(flowLogs);
  }

  /// What is known of one log group.
  private final class LogGroup {
    private final Set<RecordFormat> found = new LinkedHashSet<>();
    private final Set<String> said = new HashSet<>();

    /// When EC2 was last asked because of a payload.
    private @Nullable Instant asked;

    List<RecordFormat> formats() {
      return found.isEmpty() ? fallback : List.copyOf(found);
    }

    /// @return whether that makes a difference
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

    /// Returns `null` where a flow log has fields that this version doesn't know. That it says so,
    /// and leaves the others alone, is all that can be done.
    private @Nullable RecordFormat findFormat(FlowLog flowLog) {
      if (flowLog.logFormat() == null) {
        return RecordFormat.DEFAULT;
      }
      try {
        return RecordFormat.parse(flowLog.logFormat());
      } catch (InvalidFormatException e) {
        if (said.size() < MOST_FORMATS && said.add(flowLog.logFormat())) {
          warnings.accept(
              "LOG_FORMAT auto: the lines of flow log "
                  + flowLog.flowLogId()
                  + " can't be read (said once): "
                  + e.getMessage());
        }
        return null;
      }
    }

    private void sayOnce(String what, String why) {
      if (asked != null && said.add(what)) { // not at start-up, when nothing is read yet
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
