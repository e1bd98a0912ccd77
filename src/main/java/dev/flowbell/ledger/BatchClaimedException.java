package dev.flowbell.ledger;

import java.time.Instant;

/// Another run has the batch in hand, so that this one gives way. Lambda tries again later: by then
/// the other one is done, or its claim has ended.
public final class BatchClaimedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  BatchClaimedException(String batch, Instant until) {
    super(
        "batch %s: another run has claimed it until %s at the latest; nothing was sent"
            .formatted(batch, until));
  }

  /// For a run that took longer than its lease.
  BatchClaimedException(String batch) {
    super(
        "batch %s: another run took it over when this one's lease had ended; this one sent nothing"
            .formatted(batch));
  }
}
