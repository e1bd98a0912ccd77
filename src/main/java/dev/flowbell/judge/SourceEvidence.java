package dev.flowbell.judge;

import dev.flowbell.classify.Door;
import dev.flowbell.classify.FlowPairs;
import dev.flowbell.judge.Entries.Try;
import dev.flowbell.ledger.EvidenceItem;
import dev.flowbell.record.IpAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What is remembered of one source, over up to three hours or more.
final class SourceEvidence {
  /// The kind of its items' keys.
  static final String KIND = "src";

  static final String TRIES = "tries";
  static final String INTERFACES = "if";
  static final String MASKED_BY = "nat";
  static final String GOT_THROUGH = "got";
  private static final String RECORDS = "n";

  /// Nothing is remembered.
  static final SourceEvidence NOTHING = new SourceEvidence(List.of(), Map.of());

  private final List<Try> tries = new ArrayList<>();
  private final Set<String> interfaces = new HashSet<>();
  private final Set<Door> gotThrough = new HashSet<>();
  private final Map<Long, Map<Door, Long>> recordsByTen = new HashMap<>();
  private @Nullable IpAddress maskedBy;

  SourceEvidence(Collection<String> keys, Map<String, EvidenceItem> items) {
    List<Try> all = new ArrayList<>();
    Hours.forEach(
        keys,
        items,
        (hour, item) -> {
          item.set(TRIES).forEach(entry -> all.add(Entries.toTry(entry, hour)));
          interfaces.addAll(item.set(INTERFACES));
          for (String entry : item.set(MASKED_BY)) {
            maskedBy = Entries.toAddress(entry);
          }
          item.set(GOT_THROUGH).forEach(entry -> gotThrough.add(Entries.toDoor(entry)));
          item.numbers().forEach(this::addNumber);
        });
    addWithoutAnswers(all);
  }

  /// Returns the name of the number of rejected records at a door in ten minutes.
  static String recordsName(long ten, Door door) {
    return RECORDS + ten + "|" + Entries.ofDoor(door);
  }

  private void addNumber(String name, long number) {
    int bar = name.indexOf('|');
    long ten = Long.parseLong(name, RECORDS.length(), bar, 10);
    recordsByTen
        .computeIfAbsent(ten, _ -> new HashMap<>())
        .merge(Entries.toDoor(name.substring(bar + 1)), number, Long::sum);
  }

  /// A source port that reaches five ports or more is a service's: these are its answers.
  private void addWithoutAnswers(List<Try> all) {
    Map<String, Set<Integer>> portsBySourcePort = new HashMap<>();
    for (Try each : all) {
      if (each.sourcePort() >= 0) {
        portsBySourcePort
            .computeIfAbsent(serviceOf(each), _ -> new HashSet<>())
            .add(each.door().port());
      }
    }
    for (Try each : all) {
      boolean isAnswer =
          each.sourcePort() >= 0
              && portsBySourcePort.getOrDefault(serviceOf(each), Set.of()).size()
                  >= FlowPairs.PORTS_OF_SERVICE;
      if (!isAnswer) {
        tries.add(each);
      }
    }
  }

  private static String serviceOf(Try each) {
    return each.sourcePort() + "|" + each.door().protocol();
  }

  List<Try> tries() {
    return tries;
  }

  /// Returns the doors it tried.
  Set<Door> doors() {
    Set<Door> doors = new HashSet<>();
    tries.forEach(each -> doors.add(each.door()));
    return doors;
  }

  Set<String> interfaces() {
    return interfaces;
  }

  Set<Door> gotThrough() {
    return gotThrough;
  }

  /// Returns whether any attempt was rejected. Otherwise nothing answered them.
  boolean hasRejects() {
    return !recordsByTen.isEmpty();
  }

  @Nullable IpAddress maskedBy() {
    return maskedBy;
  }

  /// Returns the minutes in which the source tried a door.
  NavigableSet<Long> minutesAt(Door door) {
    NavigableSet<Long> minutes = new TreeSet<>();
    for (Try each : tries) {
      if (each.door().equals(door)) {
        minutes.add(each.minute());
      }
    }
    return minutes;
  }

  /// Returns how many records were rejected at each door, in `[firstTen, lastTen]`.
  Map<Door, Long> recordsByDoor(long firstTen, long lastTen) {
    Map<Door, Long> sums = new HashMap<>();
    recordsByTen.forEach(
        (ten, byDoor) -> {
          if (ten >= firstTen && ten <= lastTen) {
            byDoor.forEach((door, records) -> sums.merge(door, records, Long::sum));
          }
        });
    return sums;
  }
}
