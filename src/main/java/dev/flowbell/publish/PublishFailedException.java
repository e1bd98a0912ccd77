package dev.flowbell.publish;

import org.jspecify.annotations.Nullable;

/// Something could not be published after all retries. The message says what was sent and what was
/// not.
public final class PublishFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int doubts;

  /// @param message what was being sent, to where, and how far it came
  /// @param doubts how many publications may have been taken all the same
  public PublishFailedException(String message, @Nullable Throwable cause, int doubts) {
    super(message, cause);
    this.doubts = doubts;
  }

  /// @param message what was not sent, and why not
  public PublishFailedException(String message) {
    super(message);
    doubts = 0;
  }

  /// Returns how many publications may have been taken all the same: no answer came, or one that
  /// leaves it open.
  public int doubts() {
    return doubts;
  }
}
