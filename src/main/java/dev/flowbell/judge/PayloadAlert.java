package dev.flowbell.judge;

import org.jspecify.annotations.Nullable;

/// An alert about a payload as a whole.
///
/// @param count how many records the rule counted; the alert is about these
/// @param interfaceId the network interface, `null` where it isn't known or the rule names none
public record PayloadAlert(
    PayloadRule rule, Severity severity, long count, long threshold, @Nullable String interfaceId)
    implements Alert {
  @Override
  public long flows() {
    return count;
  }

  /// The part for the source is empty.
  @Override
  public String cooldownKey(String logGroup) {
    return String.join("|", rule.key(), "", interfaceId == null ? "" : interfaceId, logGroup);
  }
}
