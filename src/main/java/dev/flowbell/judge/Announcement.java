package dev.flowbell.judge;

import dev.flowbell.classify.Suspect;
import dev.flowbell.ledger.Episode;
import org.jspecify.annotations.Nullable;

/// An alert to send, and what the ledger remembers of its cause.
///
/// @param known the episode that the decision to send is based on, `null` for none
/// @param after the episode once the alert was sent
/// @param sample one of the payload's records that show the cause; `null` where the payload has
///   none of them
/// @param prefixList the prefix list of the setting `QUIET` that holds it back, or that may have
///   done so if it could have been looked up; `null` if there is none
public record Announcement(
    Alert alert,
    @Nullable Episode known,
    Episode after,
    @Nullable Suspect sample,
    @Nullable String prefixList) {
  /// Returns the same with a prefix list.
  Announcement withPrefixList(@Nullable String list) {
    return new Announcement(alert, known, after, sample, list);
  }

  /// Returns the key under which the ledger keeps that the alert was not sent because of the
  /// setting `QUIET`.
  public String quietKey() {
    return CauseKeys.ofQuiet(alert.key());
  }
}
