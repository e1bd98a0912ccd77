package dev.flowbell.doctor;

/// No question can be asked at all: there is no such stack, or nobody that AWS would answer.
public final class CannotAskException extends Exception {
  private static final long serialVersionUID = 1L;

  CannotAskException(String message, Throwable cause) {
    super(message, cause);
  }
}
