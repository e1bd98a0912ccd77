package dev.flowbell.doctor;

import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.iam.IamClient;

/// Checks that CloudWatch Logs can assume the role with which it writes into the stream, and that
/// the role may write.
final class StreamRoleCheck implements Check {
  private static final String SERVICE = "logs.amazonaws.com";

  @Override
  public String name() {
    return "stream role";
  }

  @Override
  public List<String> actions() {
    return RolePolicies.actionsWith();
  }

  @Override
  public boolean appliesTo(Deployment deployment) {
    return deployment.has(Deployment.STREAM_ROLE);
  }

  @Override
  public List<Finding> examine(Deployment deployment) {
    String roleName = deployment.id(Deployment.STREAM_ROLE);
    IamClient iam = deployment.aws().iam();
    PolicyDocument trust = RolePolicies.findTrust(roleName, iam);
    if (trust == null) {
      return List.of(
          Finding.problem(
              name(),
              "there is no role " + roleName,
              "CloudWatch Logs can't write into the stream",
              AwsCommand.drift(deployment)));
    }
    String source =
        "arn:%s:logs:%s:%s:*"
            .formatted(deployment.partition(), deployment.region(), deployment.account());
    if (!trust.allowsService(SERVICE, "sts:AssumeRole", Map.of("aws:sourcearn", source))) {
      return List.of(
          Finding.problem(
              name(),
              "%s does not trust %s for account %s"
                  .formatted(roleName, SERVICE, deployment.account()),
              "CloudWatch Logs can't assume it, and writes nothing into the stream",
              AwsCommand.drift(deployment)));
    }
    String streamArn = deployment.streamArn();
    if (RolePolicies.of(roleName, iam).stream()
        .noneMatch(policy -> policy.allows("kinesis:PutRecord", streamArn))) {
      return List.of(
          Finding.problem(
              name(),
              "%s lacks kinesis:PutRecord on %s".formatted(roleName, streamArn),
              "CloudWatch Logs writes nothing into the stream",
              AwsCommand.of("iam put-role-policy")
                  .with("role-name", roleName)
                  .with("policy-name", "write-stream")
                  .with("policy-document", writePolicy(streamArn))
                  .in(deployment)));
    }
    return List.of(Finding.ok(name(), "%s trusts %s and may write".formatted(roleName, SERVICE)));
  }

  private static String writePolicy(String streamArn) {
    return """
    {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kinesis:PutRecord",\
    "Resource":"%s"}]}\
    """
        .formatted(streamArn);
  }
}
