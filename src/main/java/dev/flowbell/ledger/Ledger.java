package dev.flowbell.ledger;

import java.time.Duration;
import java.time.Instant;

/// Remembers which steps of which batches are done, what was seen and what was sent, so that a
/// repeated batch is not counted or notified again.
///
/// Lambda retries a failed invocation, and CloudWatch Logs may deliver a batch twice without a
/// failure.
///
/// @see <a
///   href="https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html">How
///   Lambda handles errors and retries with asynchronous invocation</a>
public interface Ledger {
  /// Claims a batch for one invocation.
  ///
  /// @param batch the batch id, the same each time that the same log events arrive
  /// @param lease when the claim ends if it is neither finished nor released; longer than the
  ///   invocation can last
  /// @throws BatchClaimedException if another invocation holds the claim
  /// @throws LedgerUnavailableException if the ledger can't be read or written
  Claim claim(String batch, Instant now, Duration lease);

  /// Claims a shard of a Kinesis data stream for one invocation.
  ///
  /// @param shard the stream and the shard, the same for all batches of the shard
  /// @param last the sequence number of the batch's last record
  /// @param lease when the claim ends if it is neither finished nor released; longer than the
  ///   invocation can last
  /// @throws BatchClaimedException if another invocation holds the claim
  /// @throws LedgerUnavailableException if the ledger can't be read or written
  ShardClaim claimShard(String shard, String last, Instant now, Duration lease);
}
