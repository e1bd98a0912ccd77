package dev.flowbell.testing.doubles;

import dev.flowbell.notify.AlertMessage;
import dev.flowbell.publish.AlertPublisher;
import dev.flowbell.publish.MetricProgress;
import dev.flowbell.publish.MetricPublisher;
import dev.flowbell.publish.PublishFailedException;
import dev.flowbell.summary.FlowSummary;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// A publisher that keeps what is published, and fails on request.
public final class RecordingPublisher implements MetricPublisher, AlertPublisher {
  private final List<FlowSummary> summaries = new ArrayList<>();
  private final List<AlertMessage> messages = new ArrayList<>();
  private int metricFailures;
  private int alertFailures;
  private int doubts;

  /// Makes a publisher that accepts everything.
  public RecordingPublisher() {}

  /// From now on, a failure leaves it unknown whether the request was accepted.
  public void leaveInDoubt() {
    doubts = 1;
  }

  /// Refuses this many of the next summaries.
  public void failMetrics(int times) {
    metricFailures = times;
  }

  /// Refuses this many of the next notifications.
  public void failAlerts(int times) {
    alertFailures = times;
  }

  @Override
  public void publish(FlowSummary summary, MetricProgress progress) {
    progress.beforeRequest(true);
    if (metricFailures > 0) {
      metricFailures--;
      throw new PublishFailedException(
          "metrics refused", new IOException("made for a test"), doubts);
    }
    summaries.add(summary);
  }

  @Override
  public void publish(AlertMessage message) {
    if (alertFailures > 0) {
      alertFailures--;
      throw new PublishFailedException(
          "alerts refused", new IOException("made for a test"), doubts);
    }
    messages.add(message);
  }

  /// Returns the summaries published so far.
  public List<FlowSummary> summaries() {
    return List.copyOf(summaries);
  }

  /// Returns the notifications published so far.
  public List<AlertMessage> messages() {
    return List.copyOf(messages);
  }
}
