package dev.flowbell.pipeline;

import java.time.Duration;

/// How much longer the work may take.
@FunctionalInterface
public interface TimeLimit {
  /// For work that nobody cuts off. A minute at each look is enough for any step.
  TimeLimit NONE = () -> Duration.ofMinutes(1);

  Duration remaining();
}
