package dev.flowbell.settings;

import java.util.List;

/// Thrown when a setting is wrong. The message has a line for every wrong setting: its name, the
/// value found and what was expected.
public final class InvalidSettingsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  InvalidSettingsException(List<String> errors) {
    super(String.join("\n", errors));
  }
}
