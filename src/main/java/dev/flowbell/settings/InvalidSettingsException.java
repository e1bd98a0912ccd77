package dev.flowbell.settings;

import java.util.List;

/// Settings that can't be worked with. The message names every wrong one, with the value found and
/// what was expected, a line each.
public final class InvalidSettingsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  InvalidSettingsException(List<String> errors) {
    super(String.join("\n", errors));
  }
}
