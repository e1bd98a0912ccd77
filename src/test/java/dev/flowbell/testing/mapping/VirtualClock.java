package dev.flowbell.testing.mapping;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/// A clock that only a test moves, so that hours of waiting take no time.
public final class VirtualClock extends Clock {
  private Instant now;

  /// Creates a clock that shows this time.
  public VirtualClock(Instant now) {
    this.now = now;
  }

  /// Lets so much time pass.
  public void advance(Duration length) {
    now = now.plus(length);
  }

  /// Lets time pass until then, none if that is past.
  void advanceTo(Instant time) {
    now = time.isAfter(now) ? time : now;
  }

  @Override
  public Instant instant() {
    return now;
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    throw new UnsupportedOperationException("always UTC");
  }
}
