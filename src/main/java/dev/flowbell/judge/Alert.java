package dev.flowbell.judge;

import dev.flowbell.summary.SourceActivity;
import org.jspecify.annotations.Nullable;

/// One thing in one payload that a rule found worth telling.
///
/// @param count what the rule counted, at least `threshold`
/// @param flows how many records it is about
/// @param interfaceId the network interface, `null` where it isn't known or not about one
/// @param activity what the source did, `null` where the alert isn't about a source
public record Alert(
    AlertRule rule,
    Severity severity,
    long count,
    long threshold,
    long flows,
    @Nullable String interfaceId,
    @Nullable SourceActivity activity) {

  /// Returns what a cooldown is kept for: rule, original source and interface.
  ///
  /// @param logGroup keeps log groups apart where there is neither source nor interface
  public String cooldownKey(String logGroup) {
    return String.join(
        "|",
        rule.words(),
        activity == null ? "" : activity.source().toString(),
        interfaceId == null ? "" : interfaceId,
        logGroup);
  }
}
