package dev.flowbell.publish;

/// Something could not be published after the SDK's own retries. The message says what was sent and
/// what was not.
public final class PublishFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// @param message what was being sent, to where, and how far it came
  public PublishFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
