package dev.flowbell.judge;

import dev.flowbell.ledger.EvidenceItem;
import dev.flowbell.record.IpAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What is remembered of one door at which sources inside are blocked.
final class DoorEvidence {
  static final String SOURCES = "src";
  static final String MINUTES = "min";

  private final Set<IpAddress> sources = new HashSet<>();
  private final TreeMap<Long, Set<IpAddress>> sourcesByMinute = new TreeMap<>();
  private final NavigableSet<Long> minutes = new TreeSet<>();
  private final Set<String> interfaces = new HashSet<>();

  DoorEvidence(List<String> keys, Map<String, EvidenceItem> items) {
    Hours.forEach(
        keys,
        items,
        (hour, item) -> {
          for (String entry : item.set(SOURCES)) {
            IpAddress source = Entries.toSource(entry);
            sources.add(source);
            sourcesByMinute
                .computeIfAbsent(Entries.toSourceMinute(entry, hour), _ -> new HashSet<>())
                .add(source);
          }
          item.set(MINUTES).forEach(entry -> minutes.add(Entries.toMinute(entry, hour)));
          interfaces.addAll(item.set(SourceEvidence.INTERFACES));
        });
  }

  /// Returns whether, in half an hour that has a touched minute, so many sources are blocked in so
  /// many minutes.
  boolean isBlockedForMany(int leastSources, int leastMinutes, NavigableSet<Long> touched) {
    if (sources.size() < leastSources) {
      return false;
    }
    for (long start : minutes) {
      Long inWindow = touched.ceiling(start);
      if (inWindow == null || inWindow >= start + Hours.HALF) {
        continue;
      }
      Set<IpAddress> here = new HashSet<>();
      sourcesByMinute.subMap(start, start + Hours.HALF).values().forEach(here::addAll);
      if (here.size() >= leastSources
          && minutes.subSet(start, start + Hours.HALF).size() >= leastMinutes) {
        return true;
      }
    }
    return false;
  }

  /// Returns who was blocked.
  Set<IpAddress> sources() {
    return sources;
  }

  /// Returns when.
  NavigableSet<Long> minutes() {
    return minutes;
  }

  /// Returns at which network interfaces.
  Set<String> interfaces() {
    return interfaces;
  }
}
