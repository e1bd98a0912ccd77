package dev.flowbell.publish;

import dev.flowbell.notify.AlertMessage;
import dev.flowbell.summary.FlowSummary;
import java.io.PrintStream;
import java.time.InstantSource;
import software.amazon.awssdk.services.cloudwatch.model.PutMetricDataRequest;

/// Shows what would be published, and publishes nothing: for local runs.
public final class ConsolePublisher implements MetricPublisher, AlertPublisher {
  private static final String RULE = "-".repeat(78);

  private final PrintStream out;
  private final String namespace;
  private final InstantSource clock;
  private long metricRequests;
  private long metricData;

  /// @param out stays the caller's to close
  public ConsolePublisher(PrintStream out, String namespace, InstantSource clock) {
    this.out = out;
    this.namespace = namespace;
    this.clock = clock;
  }

  /// Builds the very requests that would go to CloudWatch, and counts them.
  @Override
  public void publish(FlowSummary summary, MetricProgress progress) {
    for (PutMetricDataRequest request : MetricRequests.of(summary, namespace, clock.instant())) {
      metricRequests++;
      metricData += request.metricData().size();
    }
  }

  /// Prints the notification as its e-mail arrives.
  @Override
  public void publish(AlertMessage message) {
    out.println(RULE);
    out.println("Subject: " + message.subject());
    out.println();
    out.print(message.text());
    out.println(RULE);
  }

  /// Returns how many `PutMetricData` requests there would have been.
  public long metricRequests() {
    return metricRequests;
  }

  /// Returns how many metric data these would have carried.
  public long metricData() {
    return metricData;
  }
}
