package dev.flowbell.judge;

import dev.flowbell.classify.Door;
import dev.flowbell.classify.FlowPairs;
import dev.flowbell.judge.Entries.Try;
import dev.flowbell.ledger.EvidenceItem;
import dev.flowbell.record.IpAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What is remembered of one source, over up to three hours or more.
///
/// Of most sources, so little is remembered that its amount says enough: [#mostTries] and
/// [#records]. So the entries are read once a rule asks for them, before more evidence is added.
final class SourceEvidence {
  /// The kind of its items' keys.
  static final String KIND = "src";

  static final String TRIES = "tries";
  static final String INTERFACES = "if";
  static final String MASKED_BY = "nat";
  static final String GOT_THROUGH = "got";
  private static final String RECORDS = "n";

  private final List<HourItem> items = new ArrayList<>();
  private final int mostTries;
  private final long records;
  // These three are null until a rule asks for them.
  private @Nullable List<Try> tries;
  private @Nullable Map<Door, NavigableSet<Long>> minutesByDoor;
  private @Nullable Map<Long, Map<Door, Long>> recordsByTen;

  SourceEvidence(Collection<String> keys, Map<String, EvidenceItem> itemsByKey) {
    Hours.forEach(keys, itemsByKey, (hour, item) -> items.add(new HourItem(hour, item)));
    int triesOfAll = 0;
    long recordsOfAll = 0;
    for (HourItem each : items) {
      triesOfAll += each.item.set(TRIES).size();
      for (long number : each.item.numbers().values()) {
        recordsOfAll += number;
      }
    }
    mostTries = triesOfAll;
    records = recordsOfAll;
  }

  /// Returns evidence of which nothing is remembered.
  static SourceEvidence nothing() {
    return new SourceEvidence(List.of(), Map.of());
  }

  private record HourItem(long hour, EvidenceItem item) {}

  /// Returns the name of the number of rejected records at a door in ten minutes.
  static String recordsName(long ten, Door door) {
    return RECORDS + ten + "|" + Entries.ofDoor(door);
  }

  /// Returns how many tries there are at most: some of them may be answers.
  int mostTries() {
    return mostTries;
  }

  /// Returns how many records were rejected.
  long records() {
    return records;
  }

  List<Try> tries() {
    if (tries == null) {
      List<Try> all = new ArrayList<>(mostTries);
      for (HourItem each : items) {
        each.item.set(TRIES).forEach(entry -> all.add(Entries.toTry(entry, each.hour)));
      }
      tries = withoutAnswers(all);
    }
    return tries;
  }

  /// A source port that reaches five ports or more is a service's: these are its answers.
  private static List<Try> withoutAnswers(List<Try> all) {
    Map<String, Set<Integer>> portsBySourcePort = new HashMap<>();
    for (Try each : all) {
      if (each.sourcePort() >= 0) {
        portsBySourcePort
            .computeIfAbsent(serviceOf(each), _ -> new HashSet<>())
            .add(each.door().port());
      }
    }
    List<Try> tries = new ArrayList<>(all.size());
    for (Try each : all) {
      boolean isAnswer =
          each.sourcePort() >= 0
              && portsBySourcePort.getOrDefault(serviceOf(each), Set.of()).size()
                  >= FlowPairs.PORTS_OF_SERVICE;
      if (!isAnswer) {
        tries.add(each);
      }
    }
    return tries;
  }

  private static String serviceOf(Try each) {
    return each.sourcePort() + "|" + each.door().protocol();
  }

  private Map<Door, NavigableSet<Long>> minutesByDoor() {
    if (minutesByDoor == null) {
      Map<Door, NavigableSet<Long>> minutes = new HashMap<>();
      for (Try each : tries()) {
        minutes.computeIfAbsent(each.door(), _ -> new TreeSet<>()).add(each.minute());
      }
      minutesByDoor = minutes;
    }
    return minutesByDoor;
  }

  /// Returns the doors it tried.
  Set<Door> doors() {
    return minutesByDoor().keySet();
  }

  /// Returns the minutes in which the source tried a door.
  NavigableSet<Long> minutesAt(Door door) {
    return minutesByDoor().getOrDefault(door, Collections.emptyNavigableSet());
  }

  Set<String> interfaces() {
    Set<String> interfaces = new HashSet<>();
    items.forEach(each -> interfaces.addAll(each.item.set(INTERFACES)));
    return interfaces;
  }

  Set<Door> gotThrough() {
    Set<Door> doors = new HashSet<>();
    for (HourItem each : items) {
      each.item.set(GOT_THROUGH).forEach(entry -> doors.add(Entries.toDoor(entry)));
    }
    return doors;
  }

  /// Returns whether any attempt was rejected. Otherwise nothing answered them.
  boolean hasRejects() {
    return items.stream().anyMatch(each -> !each.item.numbers().isEmpty());
  }

  @Nullable IpAddress maskedBy() {
    IpAddress maskedBy = null;
    for (HourItem each : items) {
      for (String entry : each.item.set(MASKED_BY)) {
        maskedBy = Entries.toAddress(entry);
      }
    }
    return maskedBy;
  }

  /// Returns how many records were rejected at each door, in `[firstTen, lastTen]`.
  Map<Door, Long> recordsByDoor(long firstTen, long lastTen) {
    Map<Door, Long> sums = new HashMap<>();
    recordsByTen()
        .forEach(
            (ten, byDoor) -> {
              if (ten >= firstTen && ten <= lastTen) {
                byDoor.forEach((door, number) -> sums.merge(door, number, Long::sum));
              }
            });
    return sums;
  }

  private Map<Long, Map<Door, Long>> recordsByTen() {
    if (recordsByTen == null) {
      Map<Long, Map<Door, Long>> byTen = new HashMap<>();
      for (HourItem each : items) {
        each.item
            .numbers()
            .forEach(
                (name, number) -> {
                  int bar = name.indexOf('|');
                  long ten = Long.parseLong(name, RECORDS.length(), bar, 10);
                  byTen
                      .computeIfAbsent(ten, _ -> new HashMap<>())
                      .merge(Entries.toDoor(name.substring(bar + 1)), number, Long::sum);
                });
      }
      recordsByTen = byTen;
    }
    return recordsByTen;
  }
}
