package dev.flowbell.ec2;

import org.jspecify.annotations.Nullable;

/// A flow log as EC2 describes it: the resource it monitors, the destination of its records, and
/// whether they are delivered. A field is `null` if EC2 omits it, for example the error message
/// while records are delivered.
///
/// @param flowLogId `fl-…`
/// @param resourceId the VPC, subnet, network interface or transit gateway that it monitors
/// @param flowLogStatus `ACTIVE`
/// @param deliverLogsStatus `SUCCESS` or `FAILED`
/// @param deliverLogsErrorMessage `Access error`, `Rate limited` or `Unknown error`
/// @param deliverLogsPermissionArn the role that delivers to CloudWatch Logs
/// @param logDestinationType `cloud-watch-logs`, `s3` or `kinesis-data-firehose`
/// @param logGroupName the log group in CloudWatch Logs that records are delivered to
/// @param logFormat the fields, such as `${srcaddr} ${dstaddr}`; `null` means AWS's default format
/// @param maxAggregationIntervalSeconds the aggregation interval, 60 or 600
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
