package dev.flowbell.judge;

import dev.flowbell.classify.Door;
import dev.flowbell.record.IpAddress;

/// The stable keys of causes. The ledger keeps episodes under them, so they must not change.
final class CauseKeys {
  private CauseKeys() {}

  static String ofScan(IpAddress source) {
    return "scan|" + source;
  }

  static String ofAnswers(Door door) {
    return "answers|" + door.key();
  }

  static String ofDoor(Door door) {
    return "blocked|door|" + door.key();
  }

  static String ofPort(Door door) {
    return ofPort(portName(door));
  }

  static String ofPort(String portName) {
    return "blocked|port|" + portName;
  }

  /// Returns the name of a port and protocol, without an address.
  static String portName(Door door) {
    return door.protocol() + "|" + door.port();
  }

  static String ofRejects(IpAddress source) {
    return "rejects|" + source;
  }

  /// @param name the log group, with its owner
  static String ofLogGroup(Rule rule, String name) {
    return rule.key() + "|" + name;
  }

  static String ofQuiet(String key) {
    return "quiet|" + key;
  }
}
