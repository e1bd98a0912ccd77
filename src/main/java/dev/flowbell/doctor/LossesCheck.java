package dev.flowbell.doctor;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.cloudwatch.model.Dimension;

/// Checks what AWS's own metrics say was lost during the last day, between the log group and the
/// failure queue.
///
/// @see <a
///   href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Monitoring-CloudWatch-Metrics.html">Monitoring
///   with CloudWatch metrics</a>
/// @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html">Types
///   of metrics for Lambda functions</a>
final class LossesCheck implements Check {
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration HOUR = Duration.ofHours(1);

  private final InstantSource clock;

  LossesCheck(InstantSource clock) {
    this.clock = clock;
  }

  @Override
  public String name() {
    return "losses";
  }

  @Override
  public List<String> actions() {
    return List.of(CloudWatchMetric.ACTION);
  }

  @Override
  public List<Finding> examine(Deployment deployment) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MINUTES);
    List<Finding> findings = new ArrayList<>();
    for (Loss loss : lossesOf(deployment)) {
      double sum = loss.metric.values("Sum", HOUR, now.minus(DAY), now, deployment).sum();
      if (sum > 0) {
        findings.add(
            Finding.problem(
                name(),
                "%s was %,.0f in the last day".formatted(loss.metric.name(), sum),
                loss.why,
                hours(loss.metric, now, deployment)));
      }
    }
    return findings.isEmpty()
        ? List.of(Finding.ok(name(), "none in the last day, say AWS's metrics"))
        : findings;
  }

  private static List<Loss> lossesOf(Deployment deployment) {
    List<Loss> losses = new ArrayList<>();
    if (deployment.usesLogGroup() && !deployment.isStreamSubscribed()) {
      losses.addAll(lossesOfDelivery(deployment));
    }
    if (deployment.has(Deployment.STREAM_MAPPING)) {
      String arn = deployment.streamArn();
      losses.add(
          new Loss(
              CloudWatchMetric.of(
                  "AWS/Kinesis",
                  "WriteProvisionedThroughputExceeded",
                  "StreamName",
                  arn.substring(arn.indexOf('/') + 1)),
              "the stream's shards were full: payloads waited, and are lost after a day. Raise"
                  + " StreamShards. The command shows the hours"));
    }
    losses.addAll(lossesOfFunction(deployment));
    return losses;
  }

  private static List<Loss> lossesOfDelivery(Deployment deployment) {
    List<Dimension> delivery =
        List.of(
            CloudWatchMetric.dimension("LogGroupName", deployment.logGroupName()),
            CloudWatchMetric.dimension("DestinationType", "Lambda"),
            CloudWatchMetric.dimension(
                "FilterName", deployment.id(Deployment.SUBSCRIPTION_FILTER)));
    return List.of(
        new Loss(
            new CloudWatchMetric("AWS/Logs", "DeliveryErrors", delivery),
            "the function refused batches of records, which are lost: see subscription and"
                + " permission. The command shows the hours"),
        new Loss(
            new CloudWatchMetric("AWS/Logs", "DeliveryThrottling", delivery),
            "batches of records waited, and are lost after a day: raise the account's concurrency"
                + " limit. The command shows the hours"));
  }

  private static List<Loss> lossesOfFunction(Deployment deployment) {
    String function = deployment.id(Deployment.FUNCTION);
    return List.of(
        new Loss(
            CloudWatchMetric.of("AWS/Lambda", "AsyncEventsDropped", "FunctionName", function),
            "payloads were given up without being processed: see function. The command shows the"
                + " hours"),
        new Loss(
            CloudWatchMetric.of(
                "AWS/Lambda", "DestinationDeliveryFailures", "FunctionName", function),
            "payloads that failed didn't reach the failure queue: see failed invocations; a payload"
                + " may be too large for SQS. The command shows the hours"));
  }

  private static String hours(CloudWatchMetric metric, Instant now, Deployment deployment) {
    return AwsCommand.of("cloudwatch get-metric-statistics")
            .with("namespace", metric.namespace())
            .with("metric-name", metric.name())
            .with("statistics", "Sum")
            .with("period", String.valueOf(HOUR.toSeconds()))
            .with("start-time", now.minus(DAY).toString())
            .with("end-time", now.toString())
            .in(deployment)
        + " --dimensions "
        + metric.dimensions().stream()
            .map(each -> "Name=%s,Value=%s".formatted(each.name(), each.value()))
            .collect(Collectors.joining(" "));
  }

  /// A metric that counts what was lost.
  private record Loss(CloudWatchMetric metric, String why) {}
}
