package dev.flowbell.doctor;

import dev.flowbell.ec2.FlowLog;
import dev.flowbell.record.FlowField;
import dev.flowbell.record.InvalidFormatException;
import dev.flowbell.record.RecordFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/// Checks that flow logs record rejected traffic, once, with the fields that Flowbell needs.
///
/// @see <a href="https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html">Flow log
///   records</a>
final class RecordedTrafficCheck implements Check {
  private static final String STACKS_OWN = "FlowLog";

  @Override
  public String name() {
    return "recorded traffic";
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
    List<FlowLog> active =
        deployment.flowLogs().stream()
            .filter(flowLog -> "ACTIVE".equals(flowLog.flowLogStatus()))
            .toList();
    if (active.isEmpty()) {
      return List.of(
          Finding.skipped(name(), "nothing to ask about", "see flow log: none is ACTIVE"));
    }
    List<Finding> findings = new ArrayList<>();
    rejects(active, findings, deployment);
    told(active, findings, deployment);
    active.forEach(flowLog -> fields(flowLog, findings, deployment));
    twice(active, findings, deployment);
    return findings.isEmpty()
        ? List.of(Finding.ok(name(), "rejects, once, with the fields that are needed"))
        : findings;
  }

  /// The function can't see whether accepted flows are missing or not recorded.
  private void told(List<FlowLog> flowLogs, List<Finding> findings, Deployment deployment) {
    boolean isRejectedOnly =
        flowLogs.stream().allMatch(flowLog -> "REJECT".equals(flowLog.trafficType()));
    if (isRejectedOnly && !isTold(deployment)) {
      findings.add(
          Finding.warning(
              name(),
              "the flow logs record rejected traffic only, and the function isn't told",
              "AcceptedFlows and UnansweredHandshakes are published as 0, and are not known"
                  + AwsCommand.KEEP,
              AwsCommand.redeploy(deployment, "OnlyRejected", "true")));
    }
  }

  /// Returns whether the template gives the function TRAFFIC_TYPE=REJECT.
  private static boolean isTold(Deployment deployment) {
    return deployment.parameter("OnlyRejected").equals("true")
        || (deployment.parameter("TrafficType").equals("REJECT")
            && deployment.findId(STACKS_OWN) != null
            && deployment.parameter("ExistingLogGroupName").isEmpty());
  }

  /// A flow log of accepted traffic may stand beside one of rejected traffic.
  private void rejects(List<FlowLog> flowLogs, List<Finding> findings, Deployment deployment) {
    for (FlowLog flowLog : flowLogs) {
      boolean isComplemented =
          flowLogs.stream()
              .anyMatch(
                  other ->
                      isOfSameResource(flowLog, other) && !"ACCEPT".equals(other.trafficType()));
      if ("ACCEPT".equals(flowLog.trafficType()) && !isComplemented) {
        findings.add(
            Finding.problem(
                name(),
                "%s of %s records accepted traffic only"
                    .formatted(flowLog.flowLogId(), flowLog.resourceId()),
                "no rejected flow is ever counted" + keep(flowLog, deployment),
                isStacksOwn(flowLog, deployment)
                    ? AwsCommand.redeploy(deployment, "TrafficType", "ALL")
                    : CreateFlowLog.beside(flowLog, "REJECT", deployment)));
      }
    }
  }

  private void fields(FlowLog flowLog, List<Finding> findings, Deployment deployment) {
    Set<FlowField> fields;
    try {
      fields =
          flowLog.logFormat() == null
              ? RecordFormat.DEFAULT.fields()
              : RecordFormat.parse(flowLog.logFormat()).fields();
    } catch (InvalidFormatException _) {
      return; // it has a field that is newer than this program
    }
    List<String> lacking =
        Stream.of(FlowField.ACTION, FlowField.TCP_FLAGS, FlowField.PKT_SRCADDR)
            .filter(field -> !fields.contains(field))
            .map(FlowField::awsName)
            .toList();
    if (lacking.isEmpty()) {
      return;
    }
    String seen =
        "%s of %s lacks %s"
            .formatted(flowLog.flowLogId(), flowLog.resourceId(), String.join(", ", lacking));
    String mend =
        isStacksOwn(flowLog, deployment)
            ? AwsCommand.redeploy(deployment, "LogFormat", "flowbell")
            : CreateFlowLog.inFlowbellsFormat(flowLog, deployment);
    findings.add(
        fields.contains(FlowField.ACTION)
            ? Finding.warning(
                name(),
                seen,
                "without tcp-flags, handshakes are not known; without pkt-srcaddr, the sources"
                    + " behind a NAT device are not"
                    + keep(flowLog, deployment),
                mend)
            : Finding.problem(
                name(),
                seen,
                "without action, rejects are not known from accepted flows"
                    + keep(flowLog, deployment),
                mend));
  }

  private void twice(List<FlowLog> flowLogs, List<Finding> findings, Deployment deployment) {
    for (int i = 0; i < flowLogs.size(); i++) {
      for (int j = i + 1; j < flowLogs.size(); j++) {
        FlowLog one = flowLogs.get(i);
        FlowLog other = flowLogs.get(j);
        if (isOfSameResource(one, other) && overlap(one, other)) {
          findings.add(
              Finding.problem(
                  name(),
                  "%s and %s both record %s"
                      .formatted(one.flowLogId(), other.flowLogId(), one.resourceId()),
                  "each flow is counted twice",
                  CreateFlowLog.delete(isStacksOwn(other, deployment) ? one : other, deployment)));
        } else if (overlap(one, other)) {
          perhapsTwice(one, other, findings, deployment);
        }
      }
    }
  }

  /// A flow log of a VPC records its subnets and network interfaces too. Whose they are is not
  /// asked here: the mend asks.
  private void perhapsTwice(
      FlowLog one, FlowLog other, List<Finding> findings, Deployment deployment) {
    String resource = other.resourceId();
    if (one.resourceId() == null || resource == null) {
      return;
    }
    int difference = sizeOf(one.resourceId()) - sizeOf(resource);
    if (difference < 0) {
      perhapsTwice(other, one, findings, deployment);
    } else if (difference > 0
        && isOfTransitGateway(one.resourceId()) == isOfTransitGateway(resource)) {
      findings.add(
          Finding.warning(
              name(),
              "%s records %s, and %s records %s"
                  .formatted(one.flowLogId(), one.resourceId(), other.flowLogId(), resource),
              "each flow of %1$s is counted twice if %1$s is in %2$s: the command shows what it is"
                      .formatted(resource, one.resourceId())
                  + " in. If so, delete one of the two flow logs",
              containersOf(resource, deployment)));
    }
  }

  /// Returns a number that is higher for a kind of resource that contains others.
  private static int sizeOf(String resourceId) {
    return resourceId.startsWith("vpc-") || isTransitGateway(resourceId)
        ? 2
        : resourceId.startsWith("subnet-") ? 1 : 0;
  }

  private static boolean isTransitGateway(String resourceId) {
    return resourceId.startsWith("tgw-") && !resourceId.startsWith("tgw-attach-");
  }

  private static boolean isOfTransitGateway(String resourceId) {
    return resourceId.startsWith("tgw-");
  }

  private static String containersOf(String resourceId, Deployment deployment) {
    if (resourceId.startsWith("subnet-")) {
      return AwsCommand.of("ec2 describe-subnets")
          .with("subnet-ids", resourceId)
          .with("query", "Subnets[].VpcId")
          .in(deployment);
    }
    if (resourceId.startsWith("tgw-attach-")) {
      return AwsCommand.of("ec2 describe-transit-gateway-attachments")
          .with("transit-gateway-attachment-ids", resourceId)
          .with("query", "TransitGatewayAttachments[].TransitGatewayId")
          .in(deployment);
    }
    return AwsCommand.of("ec2 describe-network-interfaces")
        .with("network-interface-ids", resourceId)
        .with("query", "NetworkInterfaces[].[VpcId,SubnetId]")
        .in(deployment);
  }

  private static boolean isOfSameResource(FlowLog one, FlowLog other) {
    return one.resourceId() != null && one.resourceId().equals(other.resourceId());
  }

  private static boolean overlap(FlowLog one, FlowLog other) {
    String traffic = String.valueOf(one.trafficType());
    return traffic.equals("ALL")
        || "ALL".equals(other.trafficType())
        || traffic.equals(other.trafficType());
  }

  private static String keep(FlowLog flowLog, Deployment deployment) {
    return isStacksOwn(flowLog, deployment) ? AwsCommand.KEEP : "";
  }

  private static boolean isStacksOwn(FlowLog flowLog, Deployment deployment) {
    return flowLog.flowLogId().equals(deployment.findId(STACKS_OWN));
  }
}
