package dev.flowbell.pipeline;

import dev.flowbell.classify.Suspect;
import dev.flowbell.ec2.Blocker;
import dev.flowbell.judge.Announcement;
import dev.flowbell.ledger.Claim;
import dev.flowbell.ledger.Evidence;
import dev.flowbell.metric.Metric;
import dev.flowbell.notify.AlertMessage;
import dev.flowbell.notify.NotificationContext;
import dev.flowbell.publish.AlertPublisher;
import dev.flowbell.publish.PublishFailedException;
import dev.flowbell.summary.FlowSummary;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Publishes the notifications of a payload's alerts: one for each cause, at most as many an hour
/// as the policy says, and one digest for the rest.
///
/// An alert counts as sent once its notification was accepted. Until then this invocation holds the
/// right to send it for a short time only, so that a notification that is never accepted suppresses
/// no other.
final class AlertsStep implements DeliveryStep {
  private static final String NAME = "ALERTS";

  /// Begins the board's entry for an hour whose digest is to be sent.
  static final String DIGEST = "digest ";

  /// Begins the board's entry for an hour that holds alerts. Those that the setting `QUIET` holds
  /// back wait for a digest, and are no reason to send one.
  private static final String HELD = "held ";

  private final AlertPublisher publisher;
  private final MetricsStep metrics;
  private final NotificationContext context;
  private final int mostNotifications;
  private final @Nullable Explanations explanations;

  /// Creates the step.
  ///
  /// @param metrics publishes how many alerts were sent
  /// @param context what notifications have in common
  /// @param mostNotifications the most an hour
  /// @param explanations say what blocks an alert's flow; `null` where nobody is to be asked
  AlertsStep(
      AlertPublisher publisher,
      MetricsStep metrics,
      NotificationContext context,
      int mostNotifications,
      @Nullable Explanations explanations) {
    this.publisher = publisher;
    this.metrics = metrics;
    this.context = context;
    this.mostNotifications = mostNotifications;
    this.explanations = explanations;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean isNeeded(Findings findings) {
    return !findings.judgement().announcements().isEmpty()
        || !findings.judgement().newlyQuiet().isEmpty()
        || findings.hasDueDigest();
  }

  @Override
  public void publish(Findings findings, Claim claim, TimeLimit limit) {
    Evidence evidence = claim.evidence();
    NotificationContext here =
        context.of(findings.summary().origin().owner(), findings.summary().origin().logGroup());
    List<PublishFailedException> failures = new ArrayList<>();
    Explanations.OfPayload why = explanations == null ? null : explanations.begin(limit);
    for (Announcement announcement : findings.judgement().announcements()) {
      if (evidence.lease(announcement.alert().key(), announcement.known())) {
        reportPossibleDuplicates(findings, claim, limit);
        try {
          send(announcement, contextOf(announcement, here), findings, evidence, why, limit);
          evidence.recordSent(announcement.alert().key(), announcement.after());
        } catch (PublishFailedException e) {
          evidence.release(announcement.alert().key());
          failures.add(e);
        }
      }
    }
    findings
        .judgement()
        .newlyQuiet()
        .forEach(each -> holdQuiet(each, contextOf(each, here), evidence));
    if (findings.hasDueDigest()) {
      sendDigests(findings.digestBeforeHour(), here, findings, evidence, limit);
    }
    try {
      reportSent(findings, limit);
    } catch (PublishFailedException _) {
      // The notifications were accepted: a retry would find nothing to send, and nothing to count.
    }
    if (!failures.isEmpty()) {
      throw combined(failures);
    }
  }

  /// Returns the context with the account and Region of the interface that shows the cause: one
  /// function may read the flow logs of many.
  private static NotificationContext contextOf(
      Announcement announcement, NotificationContext here) {
    Suspect sample = announcement.sample();
    return sample == null ? here : here.at(sample.place().account(), sample.place().region());
  }

  /// Reports that the notification may be a repeat, where the ledger is unavailable. If that fails,
  /// the notification matters more.
  private void reportPossibleDuplicates(Findings findings, Claim claim, TimeLimit limit) {
    try {
      metrics.reportPossibleDuplicates(findings, claim, limit);
    } catch (PublishFailedException _) {
      // What is not reported remains in the claim.
    }
  }

  private void send(
      Announcement announcement,
      NotificationContext here,
      Findings findings,
      Evidence evidence,
      Explanations.@Nullable OfPayload why,
      TimeLimit limit) {
    long hour = hourOf(announcement.alert().until());
    if (evidence.countNotification(hour, mostNotifications)) {
      Blocker blocker = why == null ? null : why.find(announcement);
      publish(AlertMessage.of(announcement, here, blocker), findings, limit);
    } else {
      evidence.hold(hour, AlertMessage.of(announcement, here, null).toHeld());
      evidence.post(Set.of(HELD + hour, DIGEST + hour));
    }
  }

  private static void holdQuiet(
      Announcement announcement, NotificationContext here, Evidence evidence) {
    String key = announcement.quietKey();
    if (evidence.lease(key, announcement.known())) {
      long hour = hourOf(announcement.alert().until());
      evidence.hold(
          hour, AlertMessage.of(announcement.alert(), here).toQuiet(announcement.prefixList()));
      evidence.post(Set.of(HELD + hour));
      evidence.recordSent(key, announcement.after());
    }
  }

  /// Sends what earlier hours held back, one digest for each hour. The first one names all that was
  /// quiet. What is not accepted is held again.
  private void sendDigests(
      long beforeHour,
      NotificationContext here,
      Findings findings,
      Evidence evidence,
      TimeLimit limit) {
    Map<Long, List<String>> held = evidence.takeHeld(beforeHour);
    List<String> quiet =
        held.values().stream().flatMap(List::stream).filter(AlertMessage::isQuiet).toList();
    Set<Long> sent = new HashSet<>();
    try {
      for (Map.Entry<Long, List<String>> hour : held.entrySet()) {
        List<String> alerts =
            hour.getValue().stream().filter(each -> !AlertMessage.isQuiet(each)).toList();
        if (!alerts.isEmpty()) {
          Instant begin = Instant.ofEpochSecond(hour.getKey() * 3_600);
          List<String> quietToName = sent.isEmpty() ? quiet : List.of();
          publish(AlertMessage.digest(begin, alerts, quietToName, here), findings, limit);
          sent.add(hour.getKey());
        }
      }
    } finally {
      held.forEach((hour, alerts) -> close(hour, alerts, sent, evidence));
      removeEmpty(beforeHour, evidence);
    }
  }

  private static void close(long hour, List<String> held, Set<Long> sent, Evidence evidence) {
    boolean isSent =
        sent.contains(hour) || (!sent.isEmpty() && held.stream().allMatch(AlertMessage::isQuiet));
    if (isSent) {
      evidence.remove(Set.of(HELD + hour, DIGEST + hour));
    } else {
      held.forEach(alert -> evidence.hold(hour, alert));
    }
  }

  /// Removes the entries of hours that hold nothing: an invocation was killed before it did.
  private static void removeEmpty(long beforeHour, Evidence evidence) {
    Set<String> board = evidence.board();
    Set<String> empty = new HashSet<>();
    for (String entry : board) {
      if (entry.startsWith(DIGEST)) {
        String hour = entry.substring(DIGEST.length());
        if (Long.parseLong(hour) < beforeHour && !board.contains(HELD + hour)) {
          empty.add(entry);
        }
      }
    }
    if (!empty.isEmpty()) {
      evidence.remove(empty);
    }
  }

  private void publish(AlertMessage message, Findings findings, TimeLimit limit) {
    new ClaimProgress(null, limit).ensureTimeForOnlyRequest();
    publisher.publish(message);
    findings.addSent(message);
  }

  private void reportSent(Findings findings, TimeLimit limit) {
    if (findings.alertsSent() > 0) {
      metrics.publish(
          FlowSummary.empty(findings.summary().origin(), findings.summary().arrival())
              .withFunctionMetrics(Map.of(Metric.ALERTS_SENT, (long) findings.alertsSent()))
              .toReport(),
          null,
          limit);
    }
  }

  static long hourOf(Instant time) {
    return Math.floorDiv(time.getEpochSecond(), 3_600);
  }

  private static PublishFailedException combined(List<PublishFailedException> failures) {
    PublishFailedException first = failures.getFirst();
    PublishFailedException combined =
        new PublishFailedException(
            String.valueOf(first.getMessage()),
            first.getCause(),
            failures.stream().mapToInt(PublishFailedException::possibleDuplicates).sum());
    failures.stream().skip(1).forEach(combined::addSuppressed);
    return combined;
  }
}
