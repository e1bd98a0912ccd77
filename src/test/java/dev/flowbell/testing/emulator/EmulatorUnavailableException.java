package dev.flowbell.testing.emulator;

/// Thrown when an emulator is unavailable on this machine; the message names the emulator and the
/// cause.
public final class EmulatorUnavailableException extends Exception {
  private static final long serialVersionUID = 1L;

  EmulatorUnavailableException(String message) {
    super(message);
  }

  EmulatorUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
