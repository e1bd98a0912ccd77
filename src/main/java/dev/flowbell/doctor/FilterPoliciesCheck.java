package dev.flowbell.doctor;

import dev.flowbell.judge.Rule;
import dev.flowbell.judge.Severity;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sns.model.NotFoundException;
import software.amazon.awssdk.services.sns.model.Subscription;

/// Checks that no subscription's filter policy leaves out everything, and that alarms reach
/// somebody.
///
/// A policy on attributes leaves out alarms, because they have none. A policy on the message's body
/// is not judged: the body depends on the subscriber's protocol.
///
/// @see <a href="https://docs.aws.amazon.com/sns/latest/dg/sns-message-filtering.html">SNS: message
///   filtering</a>
final class FilterPoliciesCheck implements Check {
  @Override
  public String name() {
    return "filter policies";
  }

  @Override
  public List<String> actions() {
    return List.of("sns:ListSubscriptionsByTopic", "sns:GetSubscriptionAttributes");
  }

  @Override
  public List<Finding> examine(Deployment deployment) {
    SnsClient sns = deployment.aws().sns();
    String topicArn = deployment.id(Deployment.TOPIC);
    List<Subscription> confirmed;
    try {
      confirmed =
          sns
              .listSubscriptionsByTopicPaginator(ask -> ask.topicArn(topicArn))
              .subscriptions()
              .stream()
              .filter(subscription -> subscription.subscriptionArn().startsWith("arn:"))
              .toList();
    } catch (NotFoundException _) {
      return List.of(Finding.skipped(name(), "nothing to ask about", "see topic: there is none"));
    }
    List<Finding> findings = new ArrayList<>();
    boolean doAlarmsReach = false;
    for (Subscription subscription : confirmed) {
      Map<String, String> attributes =
          sns.getSubscriptionAttributes(ask -> ask.subscriptionArn(subscription.subscriptionArn()))
              .attributes();
      JsonValue policy = JsonValue.parse(attributes.getOrDefault("FilterPolicy", "{}"));
      boolean isOnBody = "MessageBody".equals(attributes.get("FilterPolicyScope"));
      doAlarmsReach |= isOnBody || doesPassAlarms(policy);
      String excluding = isOnBody ? null : excludingKey(policy, deployment);
      if (excluding != null) {
        findings.add(
            Finding.warning(
                name(),
                "%s gets no notification: none has the %s that it filters by"
                    .formatted(words(subscription), excluding),
                "the command removes the filter policy; docs/alerts.md lists the attributes",
                remove(subscription, deployment)));
      }
    }
    if (!confirmed.isEmpty() && !doAlarmsReach) {
      findings.add(
          Finding.warning(
              name(),
              "no subscriber gets alarms: they have no attributes, and each subscription has a"
                  + " filter policy",
              "nobody is told when Flowbell itself fails; the command removes the first one's",
              remove(confirmed.getFirst(), deployment)));
    }
    return findings.isEmpty()
        ? List.of(Finding.ok(name(), "none leaves out everything"))
        : List.copyOf(findings);
  }

  /// Returns whether a message without attributes passes: it has what `{"exists": false}` asks for.
  private static boolean doesPassAlarms(JsonValue policy) {
    return conditionsOf(policy).values().stream()
        .allMatch(
            conditions ->
                conditions.items().stream()
                    .anyMatch(condition -> condition.at("exists").asText().equals("false")));
  }

  /// Returns a key of the policy that no notification satisfies, `null` if there is none. Only
  /// expected texts are compared, and any other condition counts as satisfied.
  private static @Nullable String excludingKey(JsonValue policy, Deployment deployment) {
    return conditionsOf(policy).entrySet().stream()
        .filter(each -> !isPossible(each.getKey(), each.getValue(), deployment))
        .map(each -> each.getKey() + " " + textsOf(each.getValue()))
        .findFirst()
        .orElse(null);
  }

  private static boolean isPossible(String key, JsonValue conditions, Deployment deployment) {
    List<String> values =
        switch (key) {
          case "severity" -> Stream.of(Severity.values()).map(Severity::key).toList();
          case "rule" -> Stream.of(Rule.values()).map(Rule::key).toList();
          case "stack" -> List.of(deployment.stackName());
          default -> null;
        };
    boolean isOfFlowbell =
        values != null
            || List.of("source", "sourceScope", "vpcId", "interfaceId", "$or").contains(key);
    return conditions.items().stream()
        .anyMatch(
            condition ->
                condition instanceof JsonValue.Text text
                    ? isOfFlowbell && (values == null || values.contains(text.text()))
                    : isOfFlowbell || condition.at("exists").asText().equals("false"));
  }

  private static Map<String, JsonValue> conditionsOf(JsonValue policy) {
    return policy instanceof JsonValue.Members members ? members.byKey() : Map.of();
  }

  private static String textsOf(JsonValue conditions) {
    return conditions.items().stream()
        .map(condition -> condition instanceof JsonValue.Text text ? text.text() : "…")
        .toList()
        .toString();
  }

  private static String words(Subscription subscription) {
    return subscription.protocol() + " " + subscription.endpoint();
  }

  private static String remove(Subscription subscription, Deployment deployment) {
    return AwsCommand.of("sns set-subscription-attributes")
        .with("subscription-arn", subscription.subscriptionArn())
        .with("attribute-name", "FilterPolicy")
        .with("attribute-value", "{}")
        .in(deployment);
  }
}
