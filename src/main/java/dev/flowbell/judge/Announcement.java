package dev.flowbell.judge;

import dev.flowbell.ledger.Episode;
import org.jspecify.annotations.Nullable;

/// An alert to send, and what the ledger remembers of its cause.
///
/// @param known the episode that the decision to send is based on, `null` for none
/// @param after the episode once the alert was sent
public record Announcement(Alert alert, @Nullable Episode known, Episode after) {
  /// Returns the key under which the ledger keeps that the alert was not sent because of the
  /// setting `QUIET`.
  public String quietKey() {
    return CauseKeys.ofQuiet(alert.key());
  }
}
