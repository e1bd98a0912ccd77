package dev.flowbell.publish;

import dev.flowbell.summary.FlowSummary;
import java.time.InstantSource;
import java.util.List;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatch.model.PutMetricDataRequest;

/// Publishes counts as CloudWatch metrics.
public final class CloudWatchMetricPublisher implements MetricPublisher {
  private final CloudWatchClient client;
  private final String namespace;
  private final InstantSource clock;

  /// @param client stays the caller's to close
  public CloudWatchMetricPublisher(CloudWatchClient client, String namespace, InstantSource clock) {
    this.client = client;
    this.namespace = namespace;
    this.clock = clock;
  }

  @Override
  public void publish(FlowSummary summary) {
    List<PutMetricDataRequest> requests = MetricRequests.of(summary, namespace, clock.instant());
    for (int i = 0; i < requests.size(); i++) {
      try {
        client.putMetricData(requests.get(i));
      } catch (SdkException e) {
        throw new PublishFailedException(
            "CloudWatch PutMetricData, namespace %s: %d of %d requests sent, then: %s"
                .formatted(namespace, i, requests.size(), e.getMessage()),
            e);
      }
    }
  }
}
