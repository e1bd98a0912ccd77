package dev.flowbell.doctor;

import dev.flowbell.settings.InvalidSettingsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.sns.model.NotFoundException;

/// Checks that the topic exists and that the function and alarms can publish to it.
///
/// @see <a
///   href="https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services">SNS:
///   key management, event sources that AWS services are</a>
final class TopicCheck implements Check {
  /// The AWS managed key. Its policy does not allow CloudWatch alarms, and can't be changed.
  private static final String AWS_MANAGED_KEY = "alias/aws/sns";

  @Override
  public String name() {
    return "topic";
  }

  @Override
  public List<String> actions() {
    return List.of("sns:GetTopicAttributes", "lambda:GetFunctionConfiguration");
  }

  @Override
  public List<Finding> examine(Deployment deployment) {
    String topicArn = deployment.id(Deployment.TOPIC);
    List<Finding> findings = new ArrayList<>();
    try {
      Map<String, String> attributes =
          deployment.aws().sns().getTopicAttributes(ask -> ask.topicArn(topicArn)).attributes();
      findings.add(encryption(topicArn, attributes.getOrDefault("KmsMasterKeyId", ""), deployment));
    } catch (NotFoundException _) {
      findings.add(
          Finding.problem(
              name(),
              "there is no topic " + topicArn,
              "neither alarms nor notifications reach anybody",
              AwsCommand.of("sns create-topic")
                  .with("name", topicArn.substring(topicArn.lastIndexOf(':') + 1))
                  .in(deployment)));
    }
    if (!topicArn.equals(topicOf(deployment))) {
      findings.add(
          Finding.warning(
              name(),
              "the function does not publish to it (ALERT_TOPIC_ARN)",
              "alarms reach it, notifications do not",
              AwsCommand.redeploy(deployment)));
    }
    return findings;
  }

  private Finding encryption(String topicArn, String key, Deployment deployment) {
    if (key.endsWith(AWS_MANAGED_KEY)) {
      return Finding.problem(
          name(),
          "%s is encrypted under %s".formatted(topicArn, AWS_MANAGED_KEY),
          "alarms can't publish to it, and report no error",
          AwsCommand.redeploy(deployment, "CustomerKey", "true"));
    }
    return Finding.ok(
        name(),
        topicArn
            + (key.isEmpty() ? ", not encrypted" : ", encrypted under a customer managed key"));
  }

  private static String topicOf(Deployment deployment) {
    try {
      String topicArn = deployment.settings().topicArn();
      return topicArn == null ? "" : topicArn;
    } catch (InvalidSettingsException _) {
      return deployment.id(Deployment.TOPIC); // SettingsCheck reports what is wrong
    }
  }
}
