package dev.flowbell.judge;

/// A rule about a cause. Its thresholds are in [Thresholds].
///
/// Rules stand in the order in which they explain a record: it counts for the first one alone.
public enum Rule {
  /// One source tries many ports of a host, or many hosts.
  SCAN("scan"),
  /// The answers of a server inside are rejected.
  ANSWERS_DROPPED("answers-dropped"),
  /// A source inside can't connect, again and again.
  BLOCKED_CONNECTION("blocked-connection"),
  /// One source is rejected very often.
  REJECTS("rejects"),
  /// Lines can't be read.
  UNREADABLE_RECORDS("unreadable-records"),
  /// AWS skipped records.
  SKIPPED_WINDOWS("skipped-windows");

  private final String key;

  Rule(String key) {
    this.key = key;
  }

  /// Returns the stable name: JSON, message attributes and keys of the ledger have it.
  public String key() {
    return key;
  }
}
