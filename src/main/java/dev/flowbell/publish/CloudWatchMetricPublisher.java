package dev.flowbell.publish;

import dev.flowbell.summary.FlowSummary;
import dev.flowbell.summary.Metric;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatch.model.MetricDatum;
import software.amazon.awssdk.services.cloudwatch.model.PutMetricDataRequest;

/// Publishes counts as CloudWatch metrics.
public final class CloudWatchMetricPublisher implements MetricPublisher {
  /// How often one request is sent whose answer stays out.
  private static final int MOST_ATTEMPTS = 3;

  private static final long PAUSE_MILLISECONDS = 200;

  private final CloudWatchClient client;
  private final String namespace;
  private final InstantSource clock;

  /// @param client one that doesn't repeat what is in doubt; stays the caller's to close
  public CloudWatchMetricPublisher(CloudWatchClient client, String namespace, InstantSource clock) {
    this.client = client;
    this.namespace = namespace;
    this.clock = clock;
  }

  @Override
  public void publish(FlowSummary summary, MetricProgress progress) {
    List<PutMetricDataRequest> requests = MetricRequests.of(summary, namespace, clock.instant());
    for (int i = progress.taken(); i < requests.size(); i++) {
      send(requests.get(i), i, requests.size(), progress);
      if (i + 1 < requests.size()) {
        progress.taken(i + 1);
      }
    }
  }

  /// What may have been taken is sent again with a datum more, so that whoever sees a count too
  /// high sees why.
  private void send(PutMetricDataRequest request, int before, int all, MetricProgress progress) {
    boolean isInDoubt = false;
    for (int attempt = 1; ; attempt++) {
      progress.beforeRequest();
      try {
        client.putMetricData(isInDoubt ? withPossibleDuplicate(request, clock.instant()) : request);
        return;
      } catch (SdkException e) {
        boolean isRefused = Refusals.isCertain(e);
        isInDoubt |= !isRefused;
        if (isRefused || attempt == MOST_ATTEMPTS) {
          throw new PublishFailedException(
              "CloudWatch PutMetricData, namespace %s: %d of %d requests sent, then: %s"
                  .formatted(namespace, before, all, e.getMessage()),
              e,
              isInDoubt);
        }
        pause();
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE_MILLISECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt(); // which the next call sees
    }
  }

  private static PutMetricDataRequest withPossibleDuplicate(
      PutMetricDataRequest request, Instant now) {
    List<MetricDatum> data = new ArrayList<>(request.metricData());
    data.add(MetricRequests.toDatum(Metric.POSSIBLE_DUPLICATES, 1, List.of(), now));
    return request.toBuilder().metricData(data).build();
  }
}
