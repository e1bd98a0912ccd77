package dev.flowbell.judge;

/// How much an alert matters to the person on call, the lowest first.
public enum Severity {
  /// Read it when you have time: dropped noise from the internet, or windows that AWS skipped.
  LOW("low", 0),
  /// Look at it today: something of yours is blocked, or Flowbell can't read its input.
  MEDIUM("medium", 1),
  /// Act now: a host inside your networks scans others.
  HIGH("high", 2);

  private final String key;
  private final int rank;

  Severity(String key, int rank) {
    this.key = key;
    this.rank = rank;
  }

  /// Returns 0 to 2. The ledger keeps it.
  public int rank() {
    return rank;
  }

  /// Returns the severity of a rank.
  public static Severity ofRank(int rank) {
    return rank >= HIGH.rank ? HIGH : rank == MEDIUM.rank ? MEDIUM : LOW;
  }

  /// Returns the stable name: JSON, message attributes and chat keywords have it.
  public String key() {
    return key;
  }
}
