package dev.flowbell.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.Set;

/// Remembers what was done, so that a payload that comes again is neither counted nor told again.
///
/// Lambda retries a failed invocation, and CloudWatch Logs may deliver a batch twice without any
/// failure.
///
/// @see <a
///   href="https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html">How
///   Lambda handles errors and retries with asynchronous invocation</a>
public interface Ledger {
  /// Begins or goes on with a batch.
  ///
  /// @param batch what is the same for the same log events
  /// @return the steps that are still to be done: all for a new batch, none for one that is done
  Set<Step> claim(String batch);

  /// Notes that a step of a batch was done.
  void close(String batch, Step step);

  /// Asks whether something may be told, and if so, starts the time for which it may not.
  ///
  /// @param key what is to be told: rule, original source, interface
  /// @param batch who asks; a batch that is tried again gets the answer that it got before, or a
  ///   notification that failed would be lost
  /// @param length how long the same key is quiet once told; zero for not at all
  Cooldown startCooldown(String key, String batch, Instant now, Duration length);
}
