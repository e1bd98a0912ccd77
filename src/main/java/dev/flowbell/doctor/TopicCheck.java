package dev.flowbell.doctor;

import dev.flowbell.settings.InvalidSettingsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sns.model.NotFoundException;

/// Checks that the topic exists and that its policy lets the function and alarms publish to it.
final class TopicCheck implements Check {
  /// A condition key of the policy that SNS gives a topic. That one lets the account's alarms
  /// publish.
  private static final String SNS_DEFAULT = "\"AWS:SourceOwner\"";

  private static final String ALARMS = "cloudwatch.amazonaws.com";

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
      String policy =
          deployment
              .aws()
              .sns()
              .getTopicAttributes(ask -> ask.topicArn(topicArn))
              .attributes()
              .get("Policy");
      findings.add(Finding.ok(name(), topicArn));
      policy(topicArn, policy, findings, deployment);
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
              "alarms reach it, notifications do not. After the command, run doctor again: the"
                  + " alias has to run the change",
              AwsCommand.of("lambda update-function-configuration")
                  .with("function-name", deployment.id(Deployment.FUNCTION))
                  .with("environment", environmentWith(topicArn, deployment))
                  .in(deployment)));
    }
    return findings;
  }

  /// Alarms need the topic's policy. The function has a permission of its own.
  private void policy(
      String topicArn, @Nullable String policy, List<Finding> findings, Deployment deployment) {
    if (policy == null
        || policy.contains(SNS_DEFAULT)
        || PolicyDocument.parse(policy)
            .allowsService(
                ALARMS, "sns:Publish", Map.of("aws:sourceaccount", deployment.account()))) {
      return;
    }
    findings.add(
        Finding.problem(
            name(),
            "its policy does not let alarms publish to " + topicArn,
            "alarms notify nobody, and report no error",
            AwsCommand.of("sns set-topic-attributes")
                .with("topic-arn", topicArn)
                .with("attribute-name", "Policy")
                .with("attribute-value", policyOf(topicArn, deployment))
                .in(deployment)));
  }

  /// Returns the policy that the template gives the topic.
  private static String policyOf(String topicArn, Deployment deployment) {
    return """
    {"Version":"2012-10-17","Statement":[{"Sid":"AlarmsPublish","Effect":"Allow",\
    "Principal":{"Service":"%1$s"},"Action":"sns:Publish","Resource":"%2$s",\
    "Condition":{"StringEquals":{"aws:SourceAccount":"%3$s"}}},\
    {"Sid":"TlsOnly","Effect":"Deny","Principal":"*","Action":"sns:Publish","Resource":"%2$s",\
    "Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}\
    """
        .formatted(ALARMS, topicArn, deployment.account());
  }

  /// Returns the function's variables in JSON, with this topic: the request replaces all of them.
  private static String environmentWith(String topicArn, Deployment deployment) {
    Map<String, String> variables = new TreeMap<>();
    if (deployment.live().environment() != null) {
      variables.putAll(deployment.live().environment().variables());
    }
    variables.put("ALERT_TOPIC_ARN", topicArn);
    return JsonValue.write("Variables", variables);
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
