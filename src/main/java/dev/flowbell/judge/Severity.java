package dev.flowbell.judge;

/// How much an alert matters to the person on call, the lowest first.
public enum Severity {
  /// Read it when you have time: dropped noise from the internet, or windows that AWS skipped.
  LOW("low"),
  /// Look at it today: something of yours is blocked, or Flowbell can't read its input.
  MEDIUM("medium"),
  /// Act now: a host inside your networks scans others.
  HIGH("high");

  private final String key;

  Severity(String key) {
    this.key = key;
  }

  /// Returns the stable name: JSON, message attributes and chat keywords have it.
  public String key() {
    return key;
  }
}
