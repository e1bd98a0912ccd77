package dev.flowbell.ledger;

/// The ledger could not be read or written. The message names the table and what failed.
public final class LedgerUnavailableException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LedgerUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }

  LedgerUnavailableException(String message) {
    super(message);
  }
}
