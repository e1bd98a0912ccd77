package dev.flowbell.notify;

import dev.flowbell.judge.Alert;
import dev.flowbell.judge.Severity;
import dev.flowbell.summary.FlowSummary;
import dev.flowbell.summary.SourceActivity;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// All that one payload has to tell, as one notification says it.
///
/// @param alerts at least one, the most important first
/// @param region the Region whose console and CLI the reader is sent to, `null` where it isn't
///   known
/// @param quietUntil until when the same alerts won't be told again
/// @param suppressed how many alerts of these rules, sources and interfaces the last cooldown kept
///   back
/// @param suppressedSince since when, `null` where `suppressed` is 0
public record AlertDigest(
    List<Alert> alerts,
    FlowSummary summary,
    @Nullable String region,
    Instant quietUntil,
    long suppressed,
    @Nullable Instant suppressedSince) {

  /// Makes a digest of a copy of these alerts.
  public AlertDigest {
    alerts = List.copyOf(alerts);
    if (alerts.isEmpty()) {
      throw new IllegalArgumentException("alerts: expected one at least, got none");
    }
  }

  /// Returns the highest severity of the alerts.
  Severity severity() {
    return alerts.stream().map(Alert::severity).max(Comparator.naturalOrder()).orElseThrow();
  }

  /// Returns what the alerts tell, the most important first. The alerts of one source at one
  /// interface are one story, told by the most important of them.
  List<Story> stories() {
    Map<Object, Story> stories = new LinkedHashMap<>();
    for (Alert alert : alerts) {
      SourceActivity activity = alert.activity();
      if (activity == null) {
        stories.putIfAbsent(alert.rule(), new PayloadStory(alert, summary));
      } else {
        stories.putIfAbsent(activity, new SourceStory(alert, activity));
      }
    }
    return List.copyOf(stories.values());
  }
}
