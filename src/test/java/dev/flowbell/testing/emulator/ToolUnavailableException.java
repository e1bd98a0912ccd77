package dev.flowbell.testing.emulator;

/// Says why a tool that tests need can't be had on this machine; the message names the tool.
public final class ToolUnavailableException extends Exception {
  private static final long serialVersionUID = 1L;

  ToolUnavailableException(String message) {
    super(message);
  }

  ToolUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
