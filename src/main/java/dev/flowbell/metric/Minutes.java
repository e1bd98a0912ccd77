package dev.flowbell.metric;

import java.time.Instant;

/// Metrics are kept by the minute, the finest that flow logs have.
public final class Minutes {
  /// How many seconds a minute has.
  static final int SECONDS = 60;

  private Minutes() {}

  /// Returns the minute that a time is in.
  public static Instant of(Instant time) {
    return Instant.ofEpochSecond(Math.floorDiv(time.getEpochSecond(), SECONDS) * SECONDS);
  }
}
