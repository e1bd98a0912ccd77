package dev.flowbell.publish;

import dev.flowbell.aws.AwsClients;
import dev.flowbell.aws.ClientErrors;
import dev.flowbell.aws.HttpClients;
import dev.flowbell.aws.Refusals;
import dev.flowbell.notify.AlertMessage;
import dev.flowbell.notify.HttpsForm;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.sns.SnsClient;

/// Publishes notifications to an SNS topic.
public final class SnsAlertPublisher implements AlertPublisher {
  private final SnsClient client;
  private final String topicArn;
  private final HttpsForm httpsForm;

  /// Creates a publisher.
  ///
  /// @param clients the caller closes them
  public static SnsAlertPublisher create(
      HttpClients clients, String topicArn, HttpsForm httpsForm) {
    return new SnsAlertPublisher(AwsClients.newSns(clients.publishing()), topicArn, httpsForm);
  }

  /// Creates a publisher.
  ///
  /// @param client does not retry requests that may have been accepted: a late notification is
  ///   better than a second one. The caller closes it
  public SnsAlertPublisher(SnsClient client, String topicArn, HttpsForm httpsForm) {
    this.client = client;
    this.topicArn = topicArn;
    this.httpsForm = httpsForm;
  }

  @Override
  public void publish(AlertMessage message) {
    try {
      client.publish(NotificationRequest.of(message, topicArn, httpsForm));
    } catch (SdkException e) {
      throw new PublishFailedException(
          "SNS Publish, topic %s: notification not sent: %s"
              .formatted(topicArn, ClientErrors.messageOf(e)),
          e,
          Refusals.isCertain(e) ? 0 : 1);
    }
  }
}
