package dev.flowbell.publish;

import dev.flowbell.metric.MetricReport;
import dev.flowbell.notify.AlertMessage;
import java.io.PrintStream;
import java.time.InstantSource;

/// Prints notifications and counts metric requests, for local runs. Publishes nothing.
public final class ConsolePublisher implements MetricPublisher, AlertPublisher {
  private static final String RULE = "-".repeat(78);

  private final PrintStream out;
  private final InstantSource clock;
  private long metricRequests;
  private long metricData;

  /// Creates a publisher.
  ///
  /// @param out the caller closes it
  public ConsolePublisher(PrintStream out, InstantSource clock) {
    this.out = out;
    this.clock = clock;
  }

  /// Counts the requests that would be sent to CloudWatch, and their data.
  @Override
  public void publish(MetricReport report, MetricProgress progress) {
    for (MetricPart part : MetricPlan.of(report, clock.instant()).parts()) {
      metricRequests++;
      metricData += part.size();
    }
  }

  /// Prints the notification as subscribers get it by e-mail.
  @Override
  public void publish(AlertMessage message) {
    out.println(RULE);
    out.println("Subject: " + message.subject());
    out.println();
    out.print(message.text());
    out.println(RULE);
  }

  /// Returns how many `PutMetricData` requests would have been sent.
  public long metricRequests() {
    return metricRequests;
  }

  /// Returns how many metric data these requests would have had.
  public long metricData() {
    return metricData;
  }
}
