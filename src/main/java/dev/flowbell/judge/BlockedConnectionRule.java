package dev.flowbell.judge;

import dev.flowbell.classify.Door;
import dev.flowbell.judge.Alert.Occasion;
import dev.flowbell.ledger.EvidenceAddition;
import dev.flowbell.ledger.EvidenceItem;
import dev.flowbell.record.IpAddress;
import dev.flowbell.summary.SuspectGroup;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// [Rule#BLOCKED_CONNECTION]: doors at which sources inside are blocked again and again, and ports
/// with five such doors or more.
final class BlockedConnectionRule {
  private static final int DOORS_OF_PORT = 5;

  /// A door with so many sources in one payload is kept before any source.
  private static final int SOURCES_OF_BUSY_DOOR = 4;

  private static final String DOOR = "door";
  private static final String PORT = "port";

  private final Judging judging;
  private final PayloadView payload;
  private final TriedSources sources;
  private final Map<Door, List<SuspectGroup>> attempts = new LinkedHashMap<>();
  private final Map<Door, DoorEvidence> doors = new LinkedHashMap<>();

  BlockedConnectionRule(Judging judging, PayloadView payload, TriedSources sources) {
    this.judging = judging;
    this.payload = payload;
    this.sources = sources;
  }

  /// Returns the evidence of doors that many sources try in this payload.
  List<EvidenceAddition> busyDoors() {
    Map<Door, List<SuspectGroup>> byDoor = new LinkedHashMap<>();
    Map<Door, Set<IpAddress>> sourcesOf = new HashMap<>();
    for (PayloadView.Source source : sources.all()) {
      if (source.isInside()) {
        for (SuspectGroup group : source.attempts()) {
          Door door = PayloadView.doorOf(group);
          byDoor.computeIfAbsent(door, _ -> new ArrayList<>()).add(group);
          sourcesOf.computeIfAbsent(door, _ -> new HashSet<>()).add(source.address());
        }
      }
    }
    List<EvidenceAddition> additions = new ArrayList<>();
    byDoor.forEach(
        (door, groups) -> {
          Instant time = Hours.timeOf(payload.minuteOf(groups.getFirst()));
          if (Objects.requireNonNull(sourcesOf.get(door)).size() >= SOURCES_OF_BUSY_DOOR
              && !sources.isBlocked(door, time, time)) {
            additions.addAll(additionsOf(door, groups));
          }
        });
    return additions;
  }

  /// Announces doors and ports that are blocked.
  ///
  /// @param answers explains attempts at servers whose answers are dropped
  void judge(AnswersDroppedRule answers) {
    collectAttempts();
    judging.causes().loadAll(attempts.keySet().stream().map(CauseKeys::ofAnswers).toList());
    attempts.entrySet().removeIf(each -> answers.explains(each.getKey(), each.getValue()));
    if (attempts.isEmpty()) {
      return;
    }
    addDoors();
    Map<String, List<Door>> blockedByPort = new LinkedHashMap<>();
    for (Door door : doors.keySet()) {
      if (isBlocked(door)) {
        blockedByPort.computeIfAbsent(CauseKeys.ofPort(door), _ -> new ArrayList<>()).add(door);
      }
    }
    Map<String, PortEvidence> ports = addPorts();
    blockedByPort.forEach(
        (key, blocked) -> {
          PortEvidence port = ports.get(key);
          if (port != null && port.doors().size() >= DOORS_OF_PORT) {
            announce(toBlocked(key, blocked.getFirst(), port));
          } else {
            blocked.forEach(door -> announce(toBlocked(door)));
          }
        });
  }

  /// Collects the attempts that no higher rule explains, and that are no answers.
  private void collectAttempts() {
    for (PayloadView.Source source : sources.all()) {
      if (!source.isInside() || sources.isScanning(source.address())) {
        continue;
      }
      Set<Door> real = sources.evidenceOf(source.address()).doors();
      for (SuspectGroup group : source.attempts()) {
        Door door = PayloadView.doorOf(group);
        Instant time = Hours.timeOf(payload.minuteOf(group));
        if (judging.causes().rings(CauseKeys.ofPort(door), time, time)) {
          judging.causes().touch(CauseKeys.ofPort(door), time, time);
        } else if (judging.causes().rings(CauseKeys.ofDoor(door), time, time)) {
          judging.causes().touch(CauseKeys.ofDoor(door), time, time);
        } else if (real.contains(door)) {
          attempts.computeIfAbsent(door, _ -> new ArrayList<>()).add(group);
        }
      }
    }
  }

  private List<SuspectGroup> attemptsAt(Door door) {
    return Objects.requireNonNull(attempts.get(door));
  }

  private void addDoors() {
    List<EvidenceAddition> additions = new ArrayList<>();
    Map<Door, List<String>> keys = new LinkedHashMap<>();
    attempts.forEach(
        (door, groups) -> {
          additions.addAll(additionsOf(door, groups));
          keys.put(door, Hours.around(DOOR, door.key(), Hours.of(payload.minutesOf(groups))));
        });
    Map<String, EvidenceItem> items =
        judging.store().read(keys.values(), judging.store().add(additions));
    keys.forEach((door, list) -> doors.put(door, new DoorEvidence(list, items)));
  }

  private List<EvidenceAddition> additionsOf(Door door, List<SuspectGroup> groups) {
    Map<Long, Addition> byHour = new TreeMap<>();
    for (SuspectGroup group : groups) {
      long minute = payload.minuteOf(group);
      Addition addition = byHour.computeIfAbsent(Hours.of(minute), _ -> new Addition());
      addition.add(DoorEvidence.SOURCES, Entries.ofSource(group.suspect().source(), minute));
      addition.add(DoorEvidence.MINUTES, Entries.ofMinute(minute));
      group
          .interfaceIds()
          .forEach(each -> addition.add(SourceEvidence.INTERFACES, Entries.ofText(each)));
    }
    List<EvidenceAddition> additions = new ArrayList<>();
    byHour.forEach((hour, addition) -> additions.add(addition.toItem(DOOR, door.key(), hour)));
    return additions;
  }

  private boolean isBlocked(Door door) {
    NavigableSet<Long> touched = payload.minutesOf(attemptsAt(door));
    boolean isLong = false;
    Set<IpAddress> here = new LinkedHashSet<>();
    for (SuspectGroup group : attemptsAt(door)) {
      isLong |= group.suspect().isLongWindow();
      here.add(group.suspect().source());
    }
    int least = judging.thresholds().get(Thresholds.Name.BLOCKED_MINUTES);
    int leastSources = judging.thresholds().get(Thresholds.Name.BLOCKED_SOURCES);
    DoorEvidence known = Objects.requireNonNull(doors.get(door));
    if (known.isBlockedForMany(leastSources, least, touched)) {
      return true;
    }
    for (IpAddress source : here) {
      SourceEvidence evidence = sources.evidenceOf(source);
      NavigableSet<Long> minutes = evidence.minutesAt(door);
      boolean isAgain =
          Hours.mostInHalfHour(minutes, touched) >= least
              || (isLong
                  && least != Integer.MAX_VALUE
                  && Hours.mostInHalfHour(Hours.toTens(minutes), Hours.toTens(touched)) >= 2);
      if (isAgain || isOften(evidence, door, touched)) {
        return true;
      }
    }
    return false;
  }

  private boolean isOften(SourceEvidence source, Door door, NavigableSet<Long> touched) {
    long least = judging.thresholds().get(Thresholds.Name.BLOCKED_RECORDS);
    if (source.records() < least) {
      return false;
    }
    for (long minute : Hours.toTens(touched)) {
      long ten = minute / Hours.TEN;
      for (long first = ten - 2; first <= ten; first++) {
        if (source.recordsByDoor(first, first + 2).getOrDefault(door, 0L) >= least) {
          return true;
        }
      }
    }
    return false;
  }

  /// Adds doors that are blocked more than once to the evidence of their ports.
  private Map<String, PortEvidence> addPorts() {
    List<EvidenceAddition> additions = new ArrayList<>();
    Map<String, Set<Long>> hours = new LinkedHashMap<>();
    doors.forEach(
        (door, known) -> {
          NavigableSet<Long> minutes = known.minutes();
          if (Hours.mostInHalfHour(minutes, minutes) < 2) {
            return;
          }
          long hour = Hours.of(minutes.last());
          Addition addition = new Addition();
          addition.add(PortEvidence.DOORS, Entries.ofDoor(door));
          known
              .sources()
              .forEach(source -> addition.add(DoorEvidence.SOURCES, Entries.ofAddress(source)));
          known.interfaces().forEach(each -> addition.add(SourceEvidence.INTERFACES, each));
          String name = CauseKeys.portName(door);
          additions.add(addition.toItem(PORT, name, hour));
          hours.computeIfAbsent(name, _ -> new TreeSet<>()).add(hour);
        });
    if (additions.isEmpty()) {
      return Map.of();
    }
    Map<String, List<String>> keys = new LinkedHashMap<>();
    hours.forEach((name, set) -> keys.put(name, Hours.around(PORT, name, set)));
    Map<String, EvidenceItem> items =
        judging.store().read(keys.values(), judging.store().add(additions));
    Map<String, PortEvidence> found = new LinkedHashMap<>();
    keys.forEach((name, list) -> found.put(CauseKeys.ofPort(name), new PortEvidence(list, items)));
    return found;
  }

  private Blocked toBlocked(Door door) {
    DoorEvidence known = Objects.requireNonNull(doors.get(door));
    return new Blocked(
        CauseKeys.ofDoor(door),
        door,
        false,
        known.sources(),
        Set.of(door),
        known.interfaces(),
        known.minutes(),
        attemptsAt(door));
  }

  private Blocked toBlocked(String key, Door first, PortEvidence port) {
    List<SuspectGroup> groups = new ArrayList<>();
    NavigableSet<Long> minutes = new TreeSet<>();
    doors.forEach(
        (door, known) -> {
          if (CauseKeys.ofPort(door).equals(key)) {
            groups.addAll(attemptsAt(door));
            minutes.addAll(known.minutes());
          }
        });
    return new Blocked(
        key, first, true, port.sources(), port.doors(), port.interfaces(), minutes, groups);
  }

  private void announce(Blocked blocked) {
    NavigableSet<Long> touched = payload.minutesOf(blocked.groups);
    Instant earliest = Hours.timeOf(touched.first());
    Instant latest = Hours.timeOf(touched.last());
    Instant since = Hours.timeOf(Math.min(blocked.minutes.first(), touched.first()));
    judging
        .announcements()
        .add(
            judging
                .causes()
                .occasionFor(blocked.key, Severity.MEDIUM.rank(), false, false, earliest, latest),
            PayloadView.sampleOf(blocked.groups),
            occasion -> blocked.toAlert(occasion, since, latest));
  }

  /// A door that is blocked, or a port that is blocked at many doors.
  ///
  /// @param door one of the doors
  /// @param groups the attempts of this payload
  private record Blocked(
      String key,
      Door door,
      boolean isPort,
      Set<IpAddress> sources,
      Set<Door> doors,
      Set<String> interfaces,
      NavigableSet<Long> minutes,
      List<SuspectGroup> groups) {
    Alert.BlockedConnection toAlert(Occasion occasion, Instant since, Instant until) {
      return new Alert.BlockedConnection(
          Severity.MEDIUM,
          key,
          occasion,
          door,
          isPort,
          sources.size() == 1 ? sources.iterator().next() : null,
          groups.stream()
              .map(group -> group.suspect().maskedBy())
              .filter(Objects::nonNull)
              .findFirst()
              .orElse(null),
          sources.stream().sorted().limit(Alert.MOST_EXAMPLES).toList(),
          Count.atLeast(sources.size()),
          isPort ? Count.atLeast(doors.size()) : Count.exactly(1),
          doors.stream().sorted().limit(Alert.MOST_EXAMPLES).toList(),
          Count.atLeast(Math.max(1, interfaces.size())),
          Count.atLeast(minutes.size()),
          Count.atLeast(groups.stream().mapToLong(SuspectGroup::records).sum()),
          groups.stream()
              .anyMatch(group -> group.suspect().isEgress() && group.suspect().isRejected()),
          groups.stream().noneMatch(group -> group.suspect().isRejected()),
          PayloadView.placeOf(groups),
          since,
          until);
    }
  }
}
