package dev.flowbell.ledger;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Whether an alert may be sent, and until when alerts with the same key are suppressed.
///
/// @param isStarted whether the alert may be sent: the cooldown started with this batch
/// @param until when the cooldown ends
/// @param suppressed if the alert may be sent, how many alerts the last cooldown suppressed
/// @param since if the alert may be sent, when the last one was sent; `null` if `suppressed` is 0
public record Cooldown(boolean isStarted, Instant until, long suppressed, @Nullable Instant since) {
  /// Returns a cooldown that started with this batch.
  static Cooldown started(Instant until, long suppressed, Instant lastSent) {
    return new Cooldown(true, until, suppressed, suppressed == 0 ? null : lastSent);
  }

  /// Returns a cooldown that started with an earlier batch: the alert is suppressed.
  static Cooldown running(Instant until) {
    return new Cooldown(false, until, 0, null);
  }
}
