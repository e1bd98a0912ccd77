package dev.flowbell.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/// The ledger's entry for alerts with one key.
///
/// @param sent when the last alert was sent
/// @param quietUntil when its cooldown ends
/// @param suppressed how many alerts were suppressed since
record CooldownItem(Instant sent, Instant quietUntil, long suppressed) {
  /// Returns the entry as an item of the table holds it.
  static CooldownItem from(Map<String, Object> item) {
    return new CooldownItem(
        DynamoDbJson.readInstant(item, LedgerAttributes.TOLD),
        DynamoDbJson.readInstant(item, LedgerAttributes.QUIET_UNTIL),
        DynamoDbJson.readNumber(item, LedgerAttributes.KEPT_BACK, 0));
  }

  /// Returns the entry for an alert that is sent now.
  static CooldownItem start(Instant now, Duration length) {
    return new CooldownItem(now, now.plus(length), 0);
  }

  boolean isRunning(Instant now) {
    return now.isBefore(quietUntil);
  }

  /// Returns the entry with one more suppressed alert.
  CooldownItem suppressOne() {
    return new CooldownItem(sent, quietUntil, suppressed + 1);
  }
}
