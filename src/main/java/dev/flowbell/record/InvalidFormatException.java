package dev.flowbell.record;

/// A text is not a flow log format. The message says at which field and character, what was found
/// and what was expected.
public final class InvalidFormatException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  InvalidFormatException(String message) {
    super(message);
  }
}
