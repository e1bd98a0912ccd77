package dev.flowbell.ec2;

import java.util.List;

/// Whoever can say which flow logs deliver into a log group: EC2, or a test's stand-in.
@FunctionalInterface
public interface FlowLogSource {
  /// Returns the flow logs that deliver into a log group of this account and region, in no
  /// particular order.
  ///
  /// @param logGroup its name
  /// @throws DescribeFlowLogsException where nobody answers, or says no
  List<FlowLog> describe(String logGroup);
}
