package dev.flowbell.publish;

/// Something could not be published after all retries. The message says what was sent and what was
/// not.
public final class PublishFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean isInDoubt;

  /// @param message what was being sent, to where, and how far it came
  /// @param isInDoubt whether it may have been taken all the same
  public PublishFailedException(String message, Throwable cause, boolean isInDoubt) {
    super(message, cause);
    this.isInDoubt = isInDoubt;
  }

  /// @param message what was not sent, and why not
  public PublishFailedException(String message) {
    super(message);
    isInDoubt = false;
  }

  /// Returns whether it may have been taken all the same: no answer came, or one that leaves it
  /// open.
  public boolean isInDoubt() {
    return isInDoubt;
  }
}
