package dev.flowbell.testing.emulator;

/// Says why an emulator can't be had on this machine; the message names the emulator.
public final class EmulatorUnavailableException extends Exception {
  private static final long serialVersionUID = 1L;

  EmulatorUnavailableException(String message) {
    super(message);
  }

  EmulatorUnavailableException(String message, Throwable cause) {
    super(message, cause);
  }
}
