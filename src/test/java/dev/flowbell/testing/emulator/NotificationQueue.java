package dev.flowbell.testing.emulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/// A topic for notifications, and a queue that gets all of them.
public record NotificationQueue(AwsEndpoint aws, String topicArn, String queueUrl) {
  /// Makes topic and queue with one name.
  public static NotificationQueue make(AwsEndpoint aws, String name) {
    String topicArn = aws.sns().createTopic(topic -> topic.name(name)).topicArn();
    String queueUrl = aws.sqs().createQueue(queue -> queue.queueName(name)).queueUrl();
    String queueArn =
        aws.sqs()
            .getQueueAttributes(
                request -> request.queueUrl(queueUrl).attributeNames(QueueAttributeName.QUEUE_ARN))
            .attributes()
            .get(QueueAttributeName.QUEUE_ARN);
    aws.sns()
        .subscribe(
            subscription ->
                subscription
                    .topicArn(topicArn)
                    .protocol("sqs")
                    .endpoint(queueArn)
                    .attributes(Map.of("RawMessageDelivery", "true")));
    return new NotificationQueue(aws, topicArn, queueUrl);
  }

  /// Returns all notifications in the queue as JSON, and deletes them.
  public List<String> drain() {
    List<String> bodies = new ArrayList<>();
    while (true) {
      List<Message> messages =
          aws.sqs()
              .receiveMessage(
                  request -> request.queueUrl(queueUrl).maxNumberOfMessages(10).waitTimeSeconds(2))
              .messages();
      if (messages.isEmpty()) {
        return bodies;
      }
      for (Message message : messages) {
        bodies.add(message.body());
        aws.sqs()
            .deleteMessage(
                request -> request.queueUrl(queueUrl).receiptHandle(message.receiptHandle()));
      }
    }
  }
}
