package dev.flowbell.ledger;

import java.time.Duration;
import java.time.Instant;

/// Remembers what was done, so that a payload that comes again is neither counted nor told again.
///
/// Lambda retries a failed invocation, and CloudWatch Logs may deliver a batch twice without any
/// failure.
///
/// @see <a
///   href="https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html">How
///   Lambda handles errors and retries with asynchronous invocation</a>
public interface Ledger {
  /// Begins or goes on with a batch, for one run alone.
  ///
  /// @param batch what is the same for the same log events
  /// @param lease how long the claim holds where the run neither finishes nor fails in order: until
  ///   it is surely over
  /// @throws BatchClaimedException where another run holds it
  /// @throws LedgerUnavailableException where that can't be known
  Claim claim(String batch, Instant now, Duration lease);
}
