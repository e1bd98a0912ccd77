package dev.flowbell.cli;

import dev.flowbell.aws.AwsClients;
import dev.flowbell.metric.MetricReport;
import dev.flowbell.notify.AlertMessage;
import dev.flowbell.publish.AlertPublisher;
import dev.flowbell.publish.CloudWatchMetricPublisher;
import dev.flowbell.publish.ConsolePublisher;
import dev.flowbell.publish.MetricProgress;
import dev.flowbell.publish.MetricPublisher;
import dev.flowbell.publish.SnsAlertPublisher;
import dev.flowbell.settings.Settings;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.sns.SnsClient;

/// Shows what is published, and publishes it to AWS if asked to.
final class ReplayPublisher implements MetricPublisher, AlertPublisher, AutoCloseable {
  private final ConsolePublisher console;
  private final @Nullable CloudWatchClient cloudWatch;
  private final @Nullable MetricPublisher metrics;
  private final @Nullable SnsClient sns;
  private final @Nullable AlertPublisher alerts;

  private ReplayPublisher(
      ConsolePublisher console, Settings settings, boolean isPublishing, InstantSource clock) {
    this.console = console;
    cloudWatch = isPublishing ? AwsClients.newCloudWatch() : null;
    metrics =
        cloudWatch == null
            ? null
            : new CloudWatchMetricPublisher(cloudWatch, settings.namespace(), clock);
    sns = isPublishing && settings.topicArn() != null ? AwsClients.newSns() : null;
    alerts =
        sns == null || settings.topicArn() == null
            ? null
            : new SnsAlertPublisher(sns, settings.topicArn(), settings.httpsForm());
  }

  /// @param isPublishing whether to send to AWS; notifications only where there is a topic
  static ReplayPublisher open(
      ConsolePublisher console, Settings settings, boolean isPublishing, InstantSource clock) {
    return new ReplayPublisher(console, settings, isPublishing, clock);
  }

  @Override
  public void publish(MetricReport report, MetricProgress progress) {
    console.publish(report, progress);
    if (metrics != null) {
      metrics.publish(report, progress);
    }
  }

  @Override
  public void publish(AlertMessage message) {
    console.publish(message);
    if (alerts != null) {
      alerts.publish(message);
    }
  }

  @Override
  public void close() {
    if (cloudWatch != null) {
      cloudWatch.close();
    }
    if (sns != null) {
      sns.close();
    }
  }
}
