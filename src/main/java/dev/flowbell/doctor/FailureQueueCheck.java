package dev.flowbell.doctor;

import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/// Checks that the failure queue exists and is empty.
final class FailureQueueCheck implements Check {
  /// Those of the template.
  private static final String ATTRIBUTES =
      "MessageRetentionPeriod=1209600,VisibilityTimeout=300,SqsManagedSseEnabled=true";

  @Override
  public String name() {
    return "failure queue";
  }

  @Override
  public List<String> actions() {
    return List.of(QueueAttributes.ACTION);
  }

  @Override
  public List<Finding> examine(Deployment deployment) {
    String queueUrl = deployment.id(Deployment.FAILURE_QUEUE);
    Map<QueueAttributeName, String> attributes =
        QueueAttributes.find(
            queueUrl,
            deployment,
            QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
            QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE);
    if (attributes == null) {
      return List.of(
          Finding.problem(
              name(),
              "there is no queue " + queueUrl,
              "payloads that fail are lost",
              AwsCommand.of("sqs create-queue")
                  .with("queue-name", queueUrl.substring(queueUrl.lastIndexOf('/') + 1))
                  .with("attributes", ATTRIBUTES)
                  .in(deployment)));
    }
    long waiting =
        attributes.values().stream()
            .mapToLong(Long::parseLong)
            .sum(); // those received and not deleted included
    if (waiting == 0) {
      return List.of(Finding.ok(name(), "empty"));
    }
    return List.of(
        Finding.problem(
            name(),
            "%,d payload%s wait%s"
                .formatted(waiting, waiting == 1 ? "" : "s", waiting == 1 ? "s" : ""),
            "each failed three times and was not processed; the function's log says why",
            "bin/flowbell redrive %s --region %s"
                .formatted(deployment.stackName(), deployment.region())));
  }
}
