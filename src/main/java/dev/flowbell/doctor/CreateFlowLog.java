package dev.flowbell.doctor;

import dev.flowbell.ec2.FlowLog;
import dev.flowbell.record.RecordFormat;
import org.jspecify.annotations.Nullable;

/// The commands that create or replace a flow log. EC2 changes none of a flow log's properties.
///
/// @see <a
///   href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFlowLogs.html">CreateFlowLogs</a>
final class CreateFlowLog {
  private CreateFlowLog() {}

  /// Returns the command that creates a flow log which delivers to the deployment's log group.
  static String of(
      String resourceId, String trafficType, String roleArn, String format, Deployment deployment) {
    return AwsCommand.of("ec2 create-flow-logs")
        .with("resource-type", typeOf(resourceId))
        .with("resource-ids", resourceId)
        .with("traffic-type", trafficType)
        .with("max-aggregation-interval", "60")
        .with("log-group-name", deployment.logGroupName())
        .with("deliver-logs-permission-arn", roleArn)
        .with("log-format", format)
        .in(deployment);
  }

  /// Returns the command that records what another flow log leaves out, `null` if its resource or
  /// role is not known.
  static @Nullable String beside(FlowLog flowLog, String trafficType, Deployment deployment) {
    return flowLog.resourceId() == null || flowLog.deliverLogsPermissionArn() == null
        ? null
        : of(
            flowLog.resourceId(),
            trafficType,
            flowLog.deliverLogsPermissionArn(),
            flowLog.logFormat() == null ? RecordFormat.DEFAULT.toString() : flowLog.logFormat(),
            deployment);
  }

  /// Returns the commands that replace a flow log by one with Flowbell's format, `null` if its
  /// resource or role is not known. EC2 refuses a second one beside the first.
  static @Nullable String inFlowbellsFormat(FlowLog flowLog, Deployment deployment) {
    return flowLog.resourceId() == null || flowLog.deliverLogsPermissionArn() == null
        ? null
        : delete(flowLog, deployment)
            + " && "
            + of(
                flowLog.resourceId(),
                flowLog.trafficType() == null ? "ALL" : flowLog.trafficType(),
                flowLog.deliverLogsPermissionArn(),
                RecordFormat.FLOWBELL.toString(),
                deployment);
  }

  /// Returns the command that deletes a flow log. The records that it delivered stay.
  static String delete(FlowLog flowLog, Deployment deployment) {
    return AwsCommand.of("ec2 delete-flow-logs")
        .with("flow-log-ids", flowLog.flowLogId())
        .in(deployment);
  }

  private static String typeOf(String resourceId) {
    return resourceId.startsWith("vpc-")
        ? "VPC"
        : resourceId.startsWith("subnet-")
            ? "Subnet"
            : resourceId.startsWith("tgw-attach-")
                ? "TransitGatewayAttachment"
                : resourceId.startsWith("tgw-") ? "TransitGateway" : "NetworkInterface";
  }
}
