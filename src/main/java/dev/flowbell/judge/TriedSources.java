package dev.flowbell.judge;

import dev.flowbell.classify.Door;
import dev.flowbell.classify.KnownPort;
import dev.flowbell.classify.Suspect;
import dev.flowbell.ledger.Episode;
import dev.flowbell.ledger.EvidenceAddition;
import dev.flowbell.ledger.EvidenceItem;
import dev.flowbell.record.IpAddress;
import dev.flowbell.summary.OpenedFlow;
import dev.flowbell.summary.SuspectGroup;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// The sources of one payload's attempts, with all that is remembered of them.
///
/// An attempt at a door that is known to be blocked is evidence of a scan all the same: otherwise a
/// sweep could hide behind an outage. But a client of such a door tries it every minute, and two
/// tries an hour say all about it. So more of them are not written.
final class TriedSources {
  /// For each payload, tries of so many sources that try only blocked doors are looked up, where
  /// that costs something. The minute decides which, so that each gets its turn.
  private static final int MOST_AT_BLOCKED_DOORS = 8;

  private final PayloadView payload;
  private final int mostAtBlockedDoors;
  private final EvidenceStore store;
  private final Causes causes;
  private final SourceEvidence nothing = SourceEvidence.nothing();
  private final Set<IpAddress> scanning = new HashSet<>();
  private Map<IpAddress, SourceEvidence> remembered = Map.of();

  TriedSources(PayloadView payload, Judging judging) {
    this.payload = payload;
    this.mostAtBlockedDoors = MOST_AT_BLOCKED_DOORS * judging.payloads();
    this.store = judging.store();
    this.causes = judging.causes();
  }

  /// Returns all sources with attempts.
  Collection<PayloadView.Source> all() {
    return payload.sources().values();
  }

  SourceEvidence evidenceOf(IpAddress source) {
    return remembered.getOrDefault(source, nothing);
  }

  boolean isScanning(IpAddress source) {
    return scanning.contains(source);
  }

  void addScanning(IpAddress source) {
    scanning.add(source);
  }

  /// Returns whether the attempts at a door are explained by a connection that is known to be
  /// blocked.
  boolean isBlocked(Door door, Instant earliest, Instant latest) {
    return causes.rings(CauseKeys.ofDoor(door), earliest, latest)
        || causes.rings(CauseKeys.ofPort(door), earliest, latest);
  }

  /// Adds the evidence of sources, those with the most doors first.
  ///
  /// @param first is added before
  void add(List<EvidenceAddition> first) {
    List<EvidenceAddition> additions = new ArrayList<>(first);
    Set<PayloadView.Source> toRead = new HashSet<>();
    List<PayloadView.Source> atBlockedDoors = new ArrayList<>();
    List<PayloadView.Source> byDoors = new ArrayList<>(all());
    byDoors.sort(Comparator.comparingInt(source -> -source.doors().size()));
    for (PayloadView.Source source : byDoors) {
      String key = source.scanKey();
      Episode episode = causes.find(key);
      boolean rings = causes.rings(key, source.earliest(), source.latest());
      if (rings) {
        causes.touch(key, source.earliest(), source.latest());
        scanning.add(source.address());
      }
      boolean isStillGrowing = rings && source.isInside() && episode != null && !episode.isGrown();
      if (!source.isWorthKeeping() && store.isBounded()) {
        continue;
      }
      if (rings && !isStillGrowing) {
        toRead.add(source);
      } else if (source.isInside() && hasOnlyBlockedDoors(source)) {
        atBlockedDoors.add(source);
      } else {
        toRead.add(source);
        additions.addAll(additionsOf(source, nothing));
      }
    }
    addAtBlockedDoors(atBlockedDoors, additions, toRead);
    addOpened(additions);
    Map<String, EvidenceItem> added = store.add(additions);
    Map<IpAddress, Set<Long>> hours = new LinkedHashMap<>();
    for (PayloadView.Source source : all()) {
      if (toRead.contains(source)) {
        hours.put(source.address(), Hours.of(source.minutes()));
      }
    }
    remembered = store.readSources(hours, added);
  }

  private boolean hasOnlyBlockedDoors(PayloadView.Source source) {
    return source.attempts().stream().allMatch(this::isAtBlockedDoor);
  }

  private boolean isAtBlockedDoor(SuspectGroup group) {
    Instant time = Hours.timeOf(payload.minuteOf(group));
    return isBlocked(PayloadView.doorOf(group), time, time);
  }

  private void addAtBlockedDoors(
      List<PayloadView.Source> sources,
      List<EvidenceAddition> additions,
      Set<PayloadView.Source> toRead) {
    List<PayloadView.Source> chosen = sources;
    if (store.isBounded() && sources.size() > mostAtBlockedDoors) {
      chosen = new ArrayList<>();
      long turn = Math.floorDiv(payload.now().getEpochSecond(), 60L) * mostAtBlockedDoors;
      for (int i = 0; i < mostAtBlockedDoors; i++) {
        chosen.add(sources.get((int) Math.floorMod(turn + i, (long) sources.size())));
      }
    }
    Map<IpAddress, Set<Long>> hours = new LinkedHashMap<>();
    chosen.forEach(source -> hours.put(source.address(), Hours.of(source.minutes())));
    Map<IpAddress, SourceEvidence> known = store.readSourcesOf(hours);
    for (PayloadView.Source source : chosen) {
      List<EvidenceAddition> missing =
          additionsOf(source, known.getOrDefault(source.address(), nothing));
      if (!missing.isEmpty()) {
        additions.addAll(missing);
        toRead.add(source);
      }
    }
  }

  /// @param known what is remembered; may be nothing
  private List<EvidenceAddition> additionsOf(PayloadView.Source source, SourceEvidence known) {
    Map<Long, Addition> byHour = new TreeMap<>();
    for (SuspectGroup group : source.attempts()) {
      Suspect suspect = group.suspect();
      Door door = PayloadView.doorOf(group);
      long minute = payload.minuteOf(group);
      boolean isBlocked = source.isInside() && isAtBlockedDoor(group);
      if (isBlocked && saysAll(known, door, minute)) {
        continue;
      }
      Addition addition = byHour.computeIfAbsent(Hours.of(minute), _ -> new Addition());
      boolean isUndecided = suspect.kind() == Suspect.Kind.ATTEMPT_OR_ANSWER;
      addition.add(
          SourceEvidence.TRIES,
          Entries.ofTry(
              door,
              source.isInside() ? minute : Math.floorDiv(minute, Hours.TEN) * Hours.TEN,
              isUndecided ? suspect.sourcePort() : -1));
      group
          .interfaceIds()
          .forEach(each -> addition.add(SourceEvidence.INTERFACES, Entries.ofText(each)));
      if (suspect.maskedBy() != null) {
        addition.add(SourceEvidence.MASKED_BY, Entries.ofAddress(suspect.maskedBy()));
      }
      if (suspect.isRejected() && !isBlocked) {
        addition.count(
            SourceEvidence.recordsName(Math.floorDiv(minute, Hours.TEN), door), group.records());
      }
    }
    List<EvidenceAddition> additions = new ArrayList<>();
    byHour.forEach(
        (hour, addition) ->
            additions.add(addition.toItem(SourceEvidence.KIND, source.address().toString(), hour)));
    return additions;
  }

  /// Returns whether the tries of an hour show all that [ScanFinder] wants of a door: that it was
  /// tried, and for an unusual port, that it was tried again.
  private static boolean saysAll(SourceEvidence known, Door door, long minute) {
    long hour = Hours.of(minute);
    long tries =
        known.minutesAt(door).stream().filter(each -> Hours.of(each) == hour).limit(2).count();
    return tries >= (KnownPort.isTriedFirst(door.port()) ? 1 : 2);
  }

  private void addOpened(List<EvidenceAddition> additions) {
    payload
        .opened()
        .forEach(
            (address, flows) -> {
              Map<Long, Addition> byHour = new TreeMap<>();
              Targets targets = new Targets(doorsOf(address, flows));
              for (OpenedFlow flow : flows) {
                if (targets.contain(flow.door())) {
                  byHour
                      .computeIfAbsent(
                          Hours.of(payload.minuteOf(flow.minute())), _ -> new Addition())
                      .add(SourceEvidence.GOT_THROUGH, Entries.ofDoor(flow.door()));
                }
              }
              byHour.forEach(
                  (hour, addition) ->
                      additions.add(
                          addition.toItem(SourceEvidence.KIND, address.toString(), hour)));
            });
  }

  /// Returns the doors that a source tried, in this payload or about the time of these flows.
  private Set<Door> doorsOf(IpAddress address, List<OpenedFlow> flows) {
    Set<Door> doors = new HashSet<>();
    PayloadView.Source source = payload.sources().get(address);
    if (source != null) {
      source.attempts().forEach(group -> doors.add(PayloadView.doorOf(group)));
    }
    Set<Long> hours = new TreeSet<>();
    flows.forEach(flow -> hours.add(Hours.of(payload.minuteOf(flow.minute()))));
    Episode episode = causes.find(CauseKeys.ofScan(address));
    if (episode != null) {
      hours.add(Hours.of(episode.first()));
    }
    store.readSource(address, hours).tries().forEach(each -> doors.add(each.door()));
    return doors;
  }

  /// The hosts that a source scans, and the ports that it sweeps.
  private static final class Targets {
    private final Set<IpAddress> hosts = new HashSet<>();
    private final Set<Port> ports = new HashSet<>();

    Targets(Set<Door> tried) {
      for (Door door : tried) {
        hosts.add(door.address());
        if (door.port() != Door.NO_PORT) {
          ports.add(new Port(door.protocol(), door.port()));
        }
      }
    }

    boolean contain(Door reached) {
      return hosts.contains(reached.address())
          || ports.contains(new Port(reached.protocol(), reached.port()));
    }

    private record Port(int protocol, int number) {}
  }
}
