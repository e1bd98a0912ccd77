package dev.flowbell.publish;

import org.jspecify.annotations.Nullable;

/// Something could not be published. The message says what was sent and what was not.
public final class PublishFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int possibleDuplicates;

  /// Creates an exception for requests that failed.
  ///
  /// @param message what was sent, to where, and how many requests succeeded
  /// @param possibleDuplicates how many failed requests may have been accepted nevertheless
  public PublishFailedException(String message, @Nullable Throwable cause, int possibleDuplicates) {
    super(message, cause);
    this.possibleDuplicates = possibleDuplicates;
  }

  /// Creates an exception for a request that was not sent.
  ///
  /// @param message what was not sent, and why not
  public PublishFailedException(String message) {
    super(message);
    possibleDuplicates = 0;
  }

  /// Returns how many failed requests may have been accepted nevertheless, because AWS did not
  /// answer, or with a server error, or with nothing that says so. Sending them again may publish
  /// them twice.
  public int possibleDuplicates() {
    return possibleDuplicates;
  }
}
