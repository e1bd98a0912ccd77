package dev.flowbell.doctor;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;

/// Reads attributes of an SQS queue.
final class QueueAttributes {
  static final String ACTION = "sqs:GetQueueAttributes";

  private QueueAttributes() {}

  /// Returns attributes of a queue, `null` if there is no such queue.
  static @Nullable Map<QueueAttributeName, String> find(
      String queueUrl, Deployment deployment, QueueAttributeName... names) {
    try {
      return deployment
          .aws()
          .sqs()
          .getQueueAttributes(ask -> ask.queueUrl(queueUrl).attributeNames(names))
          .attributes();
    } catch (QueueDoesNotExistException _) {
      return null;
    }
  }
}
