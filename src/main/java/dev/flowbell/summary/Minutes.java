package dev.flowbell.summary;

import java.time.Instant;

/// Metrics are kept by the minute, the finest that flow logs have.
final class Minutes {
  static final int SECONDS = 60;

  private Minutes() {}

  /// Returns the minute that a time is in.
  static Instant of(Instant time) {
    return Instant.ofEpochSecond(Math.floorDiv(time.getEpochSecond(), SECONDS) * SECONDS);
  }
}
