package dev.flowbell.record;

/// The traffic whose records are read, with the names of `CreateFlowLogs`.
///
/// @see <a
///   href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFlowLogs.html">CreateFlowLogs</a>
///   (`TrafficType`)
public enum TrafficType {
  /// Accepted and rejected traffic.
  ALL,
  /// Rejected traffic. Nothing is known of accepted traffic: where no record of it is seen, there
  /// may have been some.
  REJECT;

  /// Returns whether accepted records are read.
  public boolean hasAccepted() {
    return this == ALL;
  }
}
