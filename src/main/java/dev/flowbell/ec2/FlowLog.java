package dev.flowbell.ec2;

import org.jspecify.annotations.Nullable;

/// A flow log as EC2 describes it: what it watches, where its records go, and whether they get
/// there. EC2 leaves out what doesn't apply, such as an error message while all is well: `null`.
///
/// @param flowLogId `fl-…`
/// @param resourceId the VPC, subnet, network interface or transit gateway that is watched
/// @param flowLogStatus `ACTIVE`
/// @param deliverLogsStatus `SUCCESS` or `FAILED`
/// @param deliverLogsErrorMessage `Access error`, `Rate limited` or `Unknown error`
/// @param deliverLogsPermissionArn the role that delivers to CloudWatch Logs
/// @param logDestinationType `cloud-watch-logs`, `s3` or `kinesis-data-firehose`
/// @param logGroupName where records go in CloudWatch Logs
/// @param logFormat the fields, `${srcaddr} ${dstaddr}`; absent means AWS's default format
/// @param maxAggregationIntervalSeconds the longest time that one record sums up, 60 or 600
/// @param trafficType `ACCEPT`, `REJECT` or `ALL`
/// @see <a
///   href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_FlowLog.html">FlowLog</a>
public record FlowLog(
    String flowLogId,
    @Nullable String resourceId,
    @Nullable String flowLogStatus,
    @Nullable String deliverLogsStatus,
    @Nullable String deliverLogsErrorMessage,
    @Nullable String deliverLogsPermissionArn,
    @Nullable String logDestinationType,
    @Nullable String logGroupName,
    @Nullable String logFormat,
    @Nullable Integer maxAggregationIntervalSeconds,
    @Nullable String trafficType) {}
