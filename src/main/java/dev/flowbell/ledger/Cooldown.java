package dev.flowbell.ledger;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Whether something may be told now.
///
/// @param isStarted whether it may: a new cooldown began with this, or this batch began it before
/// @param until when the cooldown that holds now ends
/// @param suppressed where it may be told, how often it was kept back in the cooldown before
/// @param since where it may be told, when it was told before; `null` where `suppressed` is 0
public record Cooldown(boolean isStarted, Instant until, long suppressed, @Nullable Instant since) {
  static Cooldown started(Instant until, long suppressed, Instant toldBefore) {
    return new Cooldown(true, until, suppressed, suppressed == 0 ? null : toldBefore);
  }

  static Cooldown keptBack(Instant until) {
    return new Cooldown(false, until, 0, null);
  }
}
