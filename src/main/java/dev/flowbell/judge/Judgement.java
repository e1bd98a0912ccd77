package dev.flowbell.judge;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is to be sent of one payload.
///
/// @param sent the alerts to send, the most important first; empty for no notification
/// @param suppressed how many other alerts a cooldown suppresses
/// @param quietUntil until when the sent alerts are suppressed from now on
/// @param suppressedBefore how many alerts like the sent ones were suppressed since they were last
///   sent
/// @param suppressedSince when that was, `null` where `suppressedBefore` is 0
public record Judgement(
    List<Alert> sent,
    long suppressed,
    Instant quietUntil,
    long suppressedBefore,
    @Nullable Instant suppressedSince) {
  /// Nothing was found.
  static final Judgement NOTHING = new Judgement(List.of(), 0, Instant.EPOCH, 0, null);

  /// Creates a judgement with a copy of these alerts.
  public Judgement {
    sent = List.copyOf(sent);
  }
}
