package dev.flowbell.aws;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/// The wait before a request is sent again because the service throttled it or failed.
public final class RetryPause {
  private static final long FIRST_MILLISECONDS = 100;

  private RetryPause() {}

  /// Returns the wait: 100 to 200 ms after the first attempt. It doubles with each attempt, and is
  /// random so that functions that failed at the same moment retry at different times.
  ///
  /// @param attempt the attempt that failed, from 1
  public static Duration after(int attempt) {
    long milliseconds = FIRST_MILLISECONDS << (attempt - 1);
    return Duration.ofMillis(milliseconds + ThreadLocalRandom.current().nextLong(milliseconds));
  }
}
