package dev.flowbell.doctor;

import dev.flowbell.ec2.FlowLog;
import dev.flowbell.record.RecordFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Checks that a flow log delivers to the log group.
///
/// @see <a
///   href="https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-troubleshooting.html">Troubleshoot
///   VPC Flow Logs</a>
final class FlowLogCheck implements Check {
  @Override
  public String name() {
    return "flow log";
  }

  @Override
  public List<String> actions() {
    return List.of("ec2:DescribeFlowLogs");
  }

  @Override
  public boolean appliesTo(Deployment deployment) {
    return deployment.usesLogGroup();
  }

  @Override
  public List<Finding> examine(Deployment deployment) {
    List<FlowLog> flowLogs = deployment.flowLogs();
    return flowLogs.isEmpty()
        ? List.of(none(deployment))
        : flowLogs.stream().map(flowLog -> finding(flowLog, deployment)).toList();
  }

  private Finding none(Deployment deployment) {
    String watched = deployment.parameter("WatchedResourceId");
    String resource = watched.equals("none") ? "" : watched;
    String role = deployment.findId(Deployment.FLOW_LOG_ROLE);
    return Finding.problem(
        name(),
        "no flow log delivers to " + deployment.logGroupName(),
        "nothing is recorded"
            + (resource.isEmpty() ? "; name your VPC in the command" : "")
            + (resource.isEmpty() || role == null ? AwsCommand.KEEP : ""),
        resource.isEmpty() || role == null
            ? AwsCommand.redeploy(
                deployment, "WatchedResourceId", resource.isEmpty() ? "VPC_ID" : resource)
            : CreateFlowLog.of(
                resource,
                trafficTypeOf(deployment),
                "arn:%s:iam::%s:role/%s"
                    .formatted(deployment.partition(), deployment.account(), role),
                formatOf(deployment),
                deployment));
  }

  private static String trafficTypeOf(Deployment deployment) {
    String type = deployment.parameter("TrafficType");
    return type.isEmpty() ? "ALL" : type;
  }

  private static String formatOf(Deployment deployment) {
    String format = deployment.parameter("LogFormat");
    return format.startsWith("$") ? format : RecordFormat.FLOWBELL.toString();
  }

  private Finding finding(FlowLog flowLog, Deployment deployment) {
    String seen = "%s of %s".formatted(flowLog.flowLogId(), flowLog.resourceId());
    if (!"ACTIVE".equals(flowLog.flowLogStatus())) {
      return Finding.problem(
          name(),
          seen + " is " + flowLog.flowLogStatus(),
          "only an ACTIVE flow log records; create a new one in its place",
          CreateFlowLog.delete(flowLog, deployment));
    }
    String error = flowLog.deliverLogsErrorMessage();
    if (error != null || "FAILED".equals(flowLog.deliverLogsStatus())) {
      return Finding.problem(
          name(),
          "%s does not deliver: %s".formatted(seen, error == null ? "FAILED" : error),
          wordsOf(error),
          mendOf(error, deployment));
    }
    if (flowLog.deliverLogsStatus() == null) {
      return Finding.warning(
          name(),
          seen + " is ACTIVE and has delivered nothing yet",
          "the first records take 10 to 15 minutes from its creation",
          null);
    }
    return Finding.ok(name(), seen + " is ACTIVE and delivers");
  }

  private static String wordsOf(@Nullable String error) {
    return switch (error) {
      case "Access error" ->
          "its role may not write to the log group, or can't be assumed: see flow log role";
      case "Rate limited" ->
          "CloudWatch Logs throttles it, or the account has as many log groups as it may;"
              + " interfaces are omitted meanwhile. Request a higher quota";
      case "Unknown error" ->
          "an error inside AWS. If it persists: delete the flow log, create it again, contact"
              + " AWS Support";
      case null, default -> "records are lost until it delivers again";
    };
  }

  private static @Nullable String mendOf(@Nullable String error, Deployment deployment) {
    return "Rate limited".equals(error)
        ? AwsCommand.of("service-quotas list-service-quotas")
            .with("service-code", "logs")
            .in(deployment)
        : null;
  }
}
