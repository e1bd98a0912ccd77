package dev.flowbell.judge;

import dev.flowbell.classify.Door;
import dev.flowbell.ledger.EvidenceItem;
import dev.flowbell.record.IpAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What is remembered of one port that is blocked at several doors.
final class PortEvidence {
  static final String DOORS = "doors";

  private final Set<IpAddress> sources = new HashSet<>();
  private final Set<Door> doors = new HashSet<>();
  private final Set<String> interfaces = new HashSet<>();

  PortEvidence(List<String> keys, Map<String, EvidenceItem> items) {
    Hours.forEach(
        keys,
        items,
        (_, item) -> {
          item.set(DoorEvidence.SOURCES).forEach(entry -> sources.add(Entries.toAddress(entry)));
          item.set(DOORS).forEach(entry -> doors.add(Entries.toDoor(entry)));
          interfaces.addAll(item.set(SourceEvidence.INTERFACES));
        });
  }

  /// Returns who was blocked.
  Set<IpAddress> sources() {
    return sources;
  }

  /// Returns the doors at which anybody was blocked more than once.
  Set<Door> doors() {
    return doors;
  }

  /// Returns at which network interfaces.
  Set<String> interfaces() {
    return interfaces;
  }
}
