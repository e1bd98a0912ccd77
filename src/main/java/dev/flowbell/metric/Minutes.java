package dev.flowbell.metric;

import java.time.Instant;

/// Rounds times to minutes. A minute is the shortest aggregation interval of flow logs.
public final class Minutes {
  /// The seconds of a minute.
  static final int SECONDS = 60;

  private Minutes() {}

  /// Returns the start of the minute that a time is in.
  public static Instant of(Instant time) {
    return Instant.ofEpochSecond(Math.floorDiv(time.getEpochSecond(), SECONDS) * SECONDS);
  }
}
