package dev.flowbell.judge;

import dev.flowbell.summary.SourceActivity;
import org.jspecify.annotations.Nullable;

/// An alert about one source at one network interface.
///
/// @param flows how many of the source's rejected records it is about
/// @param activity what the source had rejected there
public record SourceAlert(
    SourceRule rule,
    Severity severity,
    long count,
    long threshold,
    long flows,
    SourceActivity activity)
    implements Alert {
  @Override
  public @Nullable String interfaceId() {
    return activity.interfaceId();
  }

  @Override
  public String cooldownKey(String logGroup) {
    String interfaceId = interfaceId();
    return String.join(
        "|",
        rule.key(),
        activity.source().toString(),
        interfaceId == null ? "" : interfaceId,
        logGroup);
  }
}
