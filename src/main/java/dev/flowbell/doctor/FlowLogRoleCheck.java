package dev.flowbell.doctor;

import dev.flowbell.ec2.FlowLog;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import software.amazon.awssdk.services.iam.IamClient;

/// Checks that VPC Flow Logs can assume the delivery role, and that the role may write.
///
/// @see <a href="https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html">IAM role
///   for publishing flow logs to CloudWatch Logs</a>
final class FlowLogRoleCheck implements Check {
  private static final String SERVICE = "vpc-flow-logs.amazonaws.com";

  /// The actions on the log group that delivery needs. AWS's page also names `logs:CreateLogGroup`,
  /// which only delivery to a log group that does not exist needs.
  private static final List<String> WRITE = List.of("logs:CreateLogStream", "logs:PutLogEvents");

  /// The actions on all log groups that delivery needs.
  private static final List<String> LOOK =
      List.of("logs:DescribeLogGroups", "logs:DescribeLogStreams");

  @Override
  public String name() {
    return "flow log role";
  }

  @Override
  public List<String> actions() {
    return RolePolicies.actionsWith("ec2:DescribeFlowLogs");
  }

  @Override
  public boolean appliesTo(Deployment deployment) {
    return deployment.usesLogGroup();
  }

  @Override
  public List<Finding> examine(Deployment deployment) {
    Set<String> roleNames = new LinkedHashSet<>();
    String own = deployment.findId(Deployment.FLOW_LOG_ROLE);
    if (own != null) {
      roleNames.add(own);
    }
    for (FlowLog flowLog : deployment.flowLogs()) {
      String arn = flowLog.deliverLogsPermissionArn();
      if (arn != null) {
        roleNames.add(arn.substring(arn.lastIndexOf('/') + 1));
      }
    }
    if (roleNames.isEmpty()) {
      return List.of(
          Finding.skipped(name(), "no role is known", "no flow log of this log group names one"));
    }
    return roleNames.stream().map(roleName -> examine(roleName, deployment)).toList();
  }

  private Finding examine(String roleName, Deployment deployment) {
    IamClient iam = deployment.aws().iam();
    PolicyDocument trust = RolePolicies.findTrust(roleName, iam);
    if (trust == null) {
      return Finding.problem(
          name(),
          "there is no role " + roleName,
          "the flow log can't write without it",
          AwsCommand.of("iam create-role")
              .with("role-name", roleName)
              .with("assume-role-policy-document", trustPolicy(deployment))
              .in(deployment));
    }
    if (!trust.allowsService(SERVICE, "sts:AssumeRole", factsOf(deployment))) {
      return Finding.problem(
          name(),
          "%s does not trust %s for account %s".formatted(roleName, SERVICE, deployment.account()),
          "the flow log can't assume it, and delivers nothing",
          AwsCommand.of("iam update-assume-role-policy")
              .with("role-name", roleName)
              .with("policy-document", trustPolicy(deployment))
              .in(deployment));
    }
    List<PolicyDocument> policies = RolePolicies.of(roleName, iam);
    List<String> missing =
        Stream.concat(
                WRITE.stream().filter(action -> !allows(policies, action, streamArn(deployment))),
                LOOK.stream()
                    .filter(action -> policies.stream().noneMatch(p -> p.allows(action, null))))
            .toList();
    if (!missing.isEmpty()) {
      return Finding.problem(
          name(),
          "%s lacks %s".formatted(roleName, String.join(", ", missing)),
          "the flow log can't write to " + deployment.logGroupName(),
          AwsCommand.of("iam put-role-policy")
              .with("role-name", roleName)
              .with("policy-name", "write-flow-logs")
              .with("policy-document", writePolicy(deployment))
              .in(deployment));
    }
    return Finding.ok(name(), "%s trusts %s and may write".formatted(roleName, SERVICE));
  }

  private static Map<String, String> factsOf(Deployment deployment) {
    return Map.of(
        "aws:sourceaccount",
        deployment.account(),
        "aws:sourcearn",
        "arn:%s:ec2:%s:%s:vpc-flow-log/*"
            .formatted(deployment.partition(), deployment.region(), deployment.account()));
  }

  private static boolean allows(List<PolicyDocument> policies, String action, String resource) {
    return policies.stream().anyMatch(policy -> policy.allows(action, resource));
  }

  private static String streamArn(Deployment deployment) {
    return deployment.logGroupArn().replaceFirst("\\*$", "log-stream:any");
  }

  private static String trustPolicy(Deployment deployment) {
    return """
    {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"%s"},\
    "Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceAccount":"%s"}}}]}\
    """
        .formatted(SERVICE, deployment.account());
  }

  private static String writePolicy(Deployment deployment) {
    return """
    {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["%s"],"Resource":"%s"},\
    {"Effect":"Allow","Action":["%s"],"Resource":"*"}]}\
    """
        .formatted(
            String.join("\",\"", WRITE), deployment.logGroupArn(), String.join("\",\"", LOOK));
  }
}
