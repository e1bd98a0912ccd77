package dev.flowbell.doctor;

import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.services.sns.model.NotFoundException;
import software.amazon.awssdk.services.sns.model.Subscription;

/// Checks that the topic has a confirmed subscriber.
final class SubscribersCheck implements Check {
  /// Stands in place of the ARN until the subscription is confirmed.
  private static final String PENDING = "PendingConfirmation";

  private static final String DELETED = "Deleted";

  @Override
  public String name() {
    return "subscribers";
  }

  @Override
  public List<String> actions() {
    return List.of("sns:ListSubscriptionsByTopic");
  }

  @Override
  public List<Finding> examine(Deployment deployment) {
    String topicArn = deployment.id(Deployment.TOPIC);
    List<Finding> findings = new ArrayList<>();
    List<String> confirmed = new ArrayList<>();
    try {
      for (Subscription subscription :
          deployment
              .aws()
              .sns()
              .listSubscriptionsByTopicPaginator(ask -> ask.topicArn(topicArn))
              .subscriptions()) {
        switch (subscription.subscriptionArn()) {
          case PENDING -> findings.add(pending(subscription, topicArn, deployment));
          case DELETED -> {} // SNS lists a deleted subscription for three more days
          default -> confirmed.add(words(subscription));
        }
      }
    } catch (NotFoundException _) {
      return List.of(Finding.skipped(name(), "nothing to ask about", "see topic: there is none"));
    }
    if (!confirmed.isEmpty()) {
      findings.add(Finding.ok(name(), String.join(", ", confirmed)));
    }
    if (findings.isEmpty()) {
      findings.add(
          Finding.problem(
              name(),
              "there is no subscriber",
              "alarms and notifications reach nobody; SNS deletes a subscription that is not"
                  + " confirmed in time",
              subscribe("email", mailOf(deployment), topicArn, deployment)));
    }
    return findings;
  }

  private Finding pending(Subscription subscription, String topicArn, Deployment deployment) {
    return Finding.problem(
        name(),
        words(subscription) + " is not confirmed",
        "receives nothing until then: open the mail \"AWS Notification - Subscription"
            + " Confirmation\" and follow its link. The command sends it again",
        subscribe(subscription.protocol(), subscription.endpoint(), topicArn, deployment));
  }

  private static String words(Subscription subscription) {
    return subscription.protocol() + " " + subscription.endpoint();
  }

  private static String mailOf(Deployment deployment) {
    String mail = deployment.parameter("Email");
    return mail.isEmpty() ? "you@example.com" : mail;
  }

  private static String subscribe(
      String protocol, String endpoint, String topicArn, Deployment deployment) {
    return AwsCommand.of("sns subscribe")
        .with("topic-arn", topicArn)
        .with("protocol", protocol)
        .with("notification-endpoint", endpoint)
        .in(deployment);
  }
}
