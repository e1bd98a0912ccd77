package dev.flowbell.doctor;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/// Checks the way of a bucket's files: EventBridge's rule, the queue, and that Lambda reads it.
///
/// @see <a
///   href="https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-event-notifications-eventbridge.html">Enabling
///   Amazon EventBridge</a>
final class FilesCheck implements Check {
  /// A flow log delivers every five minutes, also where there is no traffic.
  private static final Duration LOOK_BACK = Duration.ofHours(1);

  private final InstantSource clock;

  FilesCheck(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public String name() {
    return "files";
  }

  @Override
  public List<String> actions() {
    return List.of(
        MappingFindings.ACTION,
        "lambda:GetFunctionConfiguration",
        QueueAttributes.ACTION,
        CloudWatchMetric.ACTION);
  }

  @Override
  public boolean appliesTo(Deployment deployment) {
    return deployment.has(Deployment.FILE_MAPPING);
  }

  @Override
  public List<Finding> examine(Deployment deployment) {
    List<Finding> findings =
        MappingFindings.of(
            name(),
            Deployment.FILE_MAPPING,
            "files wait in the queue, and are forgotten after 14 days",
            deployment);
    return findings.isEmpty() ? List.of(examineQueue(deployment)) : findings;
  }

  private Finding examineQueue(Deployment deployment) {
    String url = deployment.id(Deployment.FILE_QUEUE);
    Map<QueueAttributeName, String> attributes =
        QueueAttributes.find(
            url,
            deployment,
            QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
            QueueAttributeName.POLICY,
            QueueAttributeName.REDRIVE_POLICY);
    if (attributes == null) {
      return Finding.problem(
          name(),
          "there is no queue " + url,
          "nothing tells the function of new files",
          AwsCommand.drift(deployment));
    }
    String policy = attributes.getOrDefault(QueueAttributeName.POLICY, "{}");
    if (!PolicyDocument.parse(policy)
        .allowsService("events.amazonaws.com", "sqs:SendMessage", Map.of())) {
      return Finding.problem(
          name(),
          "EventBridge may not send to " + url,
          "it tries for a day, and then puts what it has to tell into the failure queue",
          AwsCommand.drift(deployment));
    }
    if (!attributes
        .getOrDefault(QueueAttributeName.REDRIVE_POLICY, "")
        .contains('"' + deployment.failureQueueArn() + '"')) {
      return Finding.warning(
          name(),
          "the failure queue is not the dead-letter queue of " + url,
          "a file that fails again and again is forgotten after 14 days",
          AwsCommand.drift(deployment));
    }
    if (told(deployment) == 0) {
      return Finding.problem(
          name(),
          "EventBridge told of no new file of %s in the last hour"
              .formatted(deployment.bucketName()),
          "no flow log delivers there, the stack's rule is disabled, or the bucket doesn't send its"
              + " events to EventBridge. The command switches that on. It replaces all of the"
              + " bucket's notifications, so it reads them first, and adds to them (it needs jq)",
          switchOn(deployment));
    }
    return Finding.ok(
        name(),
        "%s:%s reads the new files of %s; %s wait"
            .formatted(
                deployment.id(Deployment.FUNCTION),
                Deployment.ALIAS,
                deployment.bucketName(),
                attributes.getOrDefault(QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES, "0")));
  }

  private double told(Deployment deployment) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MINUTES);
    return CloudWatchMetric.of(
            "AWS/Events", "MatchedEvents", "RuleName", deployment.id(Deployment.FILE_RULE))
        .values("Sum", LOOK_BACK, now.minus(LOOK_BACK), now, deployment)
        .sum();
  }

  /// Returns a command that puts back what the bucket has, with EventBridge added. The AWS CLI
  /// prints nothing for a bucket without notifications.
  private static String switchOn(Deployment deployment) {
    return AwsCommand.of("s3api put-bucket-notification-configuration")
            .with("bucket", deployment.bucketName())
            .in(deployment)
        + " --notification-configuration \"$("
        + AwsCommand.of("s3api get-bucket-notification-configuration")
            .with("bucket", deployment.bucketName())
            .in(deployment)
        + " | jq -s '(.[0] // {}) + {EventBridgeConfiguration: {}}')\"";
  }
}
