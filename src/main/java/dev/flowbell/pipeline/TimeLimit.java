package dev.flowbell.pipeline;

import java.time.Duration;

/// The time that is left for a payload.
@FunctionalInterface
public interface TimeLimit {
  /// No limit: a minute is always left, enough for any step.
  TimeLimit NONE = () -> Duration.ofMinutes(1);

  /// Returns the time that is left.
  Duration remaining();
}
