package dev.flowbell.ledger;

import java.time.Instant;

/// Another invocation has claimed the batch, so this one fails. Lambda retries later. By then the
/// other invocation is done, or its claim has ended.
public final class BatchClaimedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// @param until when the other claim ends at the latest
  BatchClaimedException(String batch, Instant until) {
    super(
        "batch %s: another run has claimed it until %s at the latest; nothing was sent"
            .formatted(batch, until));
  }

  /// For an invocation that took longer than its lease.
  BatchClaimedException(String batch) {
    super(
        "batch %s: another run took it over when this one's lease had ended; this one sent nothing"
            .formatted(batch));
  }
}
