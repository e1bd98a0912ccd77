package dev.flowbell.ec2;

import java.util.List;

/// A source of flow log descriptions: EC2, or a test's substitute.
@FunctionalInterface
public interface FlowLogSource {
  /// Returns the flow logs that deliver to a log group of this account and Region, in no particular
  /// order.
  ///
  /// @param logGroup the log group's name
  /// @throws Ec2Exception if EC2 can't be reached or refuses the request
  List<FlowLog> describe(String logGroup);
}
