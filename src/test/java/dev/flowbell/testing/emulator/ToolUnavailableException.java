package dev.flowbell.testing.emulator;

/// Thrown when a tool that tests need is unavailable on this machine; the message names the tool
/// and the cause.
public final class ToolUnavailableException extends Exception {
  private static final long serialVersionUID = 1L;

  ToolUnavailableException(String message) {
    super(message);
  }

  ToolUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
