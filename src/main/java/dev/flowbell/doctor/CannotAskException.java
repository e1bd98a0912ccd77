package dev.flowbell.doctor;

/// No check can run: there is no such stack, no Region, or no valid credentials.
public final class CannotAskException extends Exception {
  private static final long serialVersionUID = 1L;

  CannotAskException(String message, Throwable cause) {
    super(message, cause);
  }
}
