package dev.flowbell.judge;

import java.util.Locale;

/// How much an alert matters to the person on call, lowest first.
public enum Severity {
  /// To be read some time: noise from the internet that was dropped, windows that AWS skipped.
  LOW,
  /// To be looked at today: something of one's own is blocked, or Flowbell can't read its input.
  MEDIUM,
  /// Worth getting up for: a host inside tries doors.
  HIGH;

  /// Returns the name in lower case, as notifications have it.
  public String words() {
    return name().toLowerCase(Locale.ROOT);
  }
}
