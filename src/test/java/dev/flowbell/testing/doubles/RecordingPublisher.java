package dev.flowbell.testing.doubles;

import dev.flowbell.metric.MetricReport;
import dev.flowbell.notify.AlertMessage;
import dev.flowbell.publish.AlertPublisher;
import dev.flowbell.publish.MetricProgress;
import dev.flowbell.publish.MetricPublisher;
import dev.flowbell.publish.PublishFailedException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/// Keeps what is published. Fails when a test asks for it.
public final class RecordingPublisher implements MetricPublisher, AlertPublisher {
  private final List<MetricReport> reports = new ArrayList<>();
  private final List<AlertMessage> messages = new ArrayList<>();
  private int metricFailures;
  private int alertFailures;
  private int possibleDuplicates;

  /// Creates a publisher that never fails.
  public RecordingPublisher() {}

  /// Makes each later failure one of a request that may have been accepted.
  public void leaveInDoubt() {
    possibleDuplicates = 1;
  }

  /// Fails for this many of the next reports.
  public void failMetrics(int times) {
    metricFailures = times;
  }

  /// Fails for this many of the next notifications.
  public void failAlerts(int times) {
    alertFailures = times;
  }

  @Override
  public void publish(MetricReport report, MetricProgress progress) {
    progress.ensureTimeForOnlyRequest();
    if (metricFailures > 0) {
      metricFailures--;
      throw new PublishFailedException(
          "metrics refused", new IOException("made for a test"), possibleDuplicates);
    }
    reports.add(report);
  }

  @Override
  public void publish(AlertMessage message) {
    if (alertFailures > 0) {
      alertFailures--;
      throw new PublishFailedException(
          "alerts refused", new IOException("made for a test"), possibleDuplicates);
    }
    messages.add(message);
  }

  /// Returns the reports published so far.
  public List<MetricReport> reports() {
    return List.copyOf(reports);
  }

  /// Returns the notifications published so far.
  public List<AlertMessage> messages() {
    return List.copyOf(messages);
  }
}
