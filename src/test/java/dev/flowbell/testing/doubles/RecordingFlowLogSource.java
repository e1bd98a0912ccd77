package dev.flowbell.testing.doubles;

import dev.flowbell.ec2.Ec2Exception;
import dev.flowbell.ec2.FlowLog;
import dev.flowbell.ec2.FlowLogSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A source that returns the flow logs that a test adds, records the log groups it is asked about,
/// and fails on request.
public final class RecordingFlowLogSource implements FlowLogSource {
  private final List<FlowLog> flowLogs = new ArrayList<>();
  private final List<String> asked = new ArrayList<>();
  private @Nullable Ec2Exception failure;

  /// Makes a source without flow logs.
  public RecordingFlowLogSource() {}

  /// Adds a flow log of this format.
  ///
  /// @param logFormat `null` if EC2 returns none
  /// @param logFormat `null` where EC2 says none
  public void add(String flowLogId, @Nullable String logFormat) {
    flowLogs.add(
        new FlowLog(flowLogId, null, null, null, null, null, null, null, logFormat, null, null));
  }

  /// Removes all flow logs.
  public void clear() {
    flowLogs.clear();
  }

  /// Fails from now on; `null` ends that.
  public void failWith(@Nullable Ec2Exception failure) {
    this.failure = failure;
  }

  /// Returns the log groups it was asked about, one for each request.
  public List<String> asked() {
    return List.copyOf(asked);
  }

  @Override
  public List<FlowLog> describe(String logGroup) {
    asked.add(logGroup);
    if (failure != null) {
      throw failure;
    }
    return List.copyOf(flowLogs);
  }
}
