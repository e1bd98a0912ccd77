package dev.flowbell.notify;

import dev.flowbell.judge.Alert;
import dev.flowbell.judge.PayloadAlert;
import dev.flowbell.judge.Severity;
import dev.flowbell.judge.SourceAlert;
import dev.flowbell.summary.FlowSummary;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The alerts of one payload, and all else that their notification says.
///
/// @param alerts at least one, the most important first
/// @param region the AWS Region that links point to, `null` where it isn't known
/// @param quietUntil until when the same alerts are suppressed
/// @param suppressed how many alerts with these rules, sources and network interfaces the last
///   cooldown suppressed
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
      throw new IllegalArgumentException("alerts: expected at least one, got none");
    }
  }

  /// Returns the highest severity of the alerts.
  Severity severity() {
    return alerts.stream().map(Alert::severity).max(Comparator.naturalOrder()).orElseThrow();
  }

  /// Returns a description of each alert, the most important first. Of several alerts about one
  /// source at one network interface, only the most important is described.
  List<AlertDescription> descriptions() {
    Map<Object, AlertDescription> descriptions = new LinkedHashMap<>();
    for (Alert alert : alerts) {
      switch (alert) {
        case SourceAlert aboutSource ->
            descriptions.putIfAbsent(aboutSource.activity(), new SourceDescription(aboutSource));
        case PayloadAlert aboutPayload ->
            descriptions.putIfAbsent(
                aboutPayload.rule(), new PayloadDescription(aboutPayload, summary));
      }
    }
    return List.copyOf(descriptions.values());
  }
}
