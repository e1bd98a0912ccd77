package dev.flowbell.pipeline;

import dev.flowbell.judge.Judgement;
import dev.flowbell.notify.AlertMessage;
import dev.flowbell.summary.FlowSummary;
import java.util.ArrayList;
import java.util.List;

/// What one payload says, as the steps of a delivery publish it, and what they sent.
final class Findings {
  private final FlowSummary summary;
  private final Judgement judgement;
  private final boolean hasDueDigest;
  private final List<AlertMessage> sent = new ArrayList<>();
  private int alertsSent;

  /// Creates findings of which nothing was sent yet.
  ///
  /// @param summary the payload's counts, with the function's own metrics
  /// @param judgement the alerts to send
  /// @param hasDueDigest whether alerts of an hour before are held
  Findings(FlowSummary summary, Judgement judgement, boolean hasDueDigest) {
    this.summary = summary;
    this.judgement = judgement;
    this.hasDueDigest = hasDueDigest;
  }

  FlowSummary summary() {
    return summary;
  }

  Judgement judgement() {
    return judgement;
  }

  boolean hasDueDigest() {
    return hasDueDigest;
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
