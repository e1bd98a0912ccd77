package dev.flowbell.pipeline;

import dev.flowbell.judge.Judgement;
import dev.flowbell.notify.AlertMessage;
import dev.flowbell.publish.FailedEvent;
import dev.flowbell.summary.FlowSummary;
import java.util.ArrayList;
import java.util.List;

/// What one payload says, as the steps of a delivery publish it, and what they sent.
final class Findings {
  static final long NO_DIGEST = Long.MIN_VALUE;

  private final FlowSummary summary;
  private final Judgement judgement;
  private final long digestBeforeHour;
  private final List<FailedEvent> failed;
  private final List<AlertMessage> sent = new ArrayList<>();
  private int alertsSent;

  /// Creates findings of which nothing was sent yet.
  ///
  /// @param summary the payload's counts, with the function's own metrics
  /// @param judgement the alerts to send
  /// @param digestBeforeHour alerts that hours before this one held back are due; [#NO_DIGEST] if
  ///   there are none
  Findings(FlowSummary summary, Judgement judgement, long digestBeforeHour) {
    this(summary, judgement, digestBeforeHour, List.of());
  }

  /// Creates findings of a batch with payloads that can't be read.
  Findings(
      FlowSummary summary, Judgement judgement, long digestBeforeHour, List<FailedEvent> failed) {
    this.summary = summary;
    this.judgement = judgement;
    this.digestBeforeHour = digestBeforeHour;
    this.failed = failed;
  }

  FlowSummary summary() {
    return summary;
  }

  Judgement judgement() {
    return judgement;
  }

  boolean hasDueDigest() {
    return digestBeforeHour != NO_DIGEST;
  }

  long digestBeforeHour() {
    return digestBeforeHour;
  }

  /// Returns the payloads that can't be read.
  List<FailedEvent> failed() {
    return failed;
  }

  /// Notes a notification that was accepted.
  void addSent(AlertMessage message) {
    sent.add(message);
    alertsSent += message.alerts().size();
  }

  /// Returns the notifications that were accepted.
  List<AlertMessage> sent() {
    return sent;
  }

  /// Returns how many alerts they hold.
  int alertsSent() {
    return alertsSent;
  }
}
