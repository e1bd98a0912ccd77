package dev.flowbell.judge;

import dev.flowbell.classify.Door;
import dev.flowbell.classify.Suspect.Place;
import dev.flowbell.judge.Alert.Occasion;
import dev.flowbell.judge.Entries.Try;
import dev.flowbell.ledger.Episode;
import dev.flowbell.ledger.Evidence;
import dev.flowbell.record.IpAddress;
import dev.flowbell.summary.OpenedFlow;
import dev.flowbell.summary.SuspectGroup;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// [Rule#SCAN]: sources that scan, and what gets through to what they scan. [ScanFinder] says what
/// a scan is.
///
/// A source that may scan, but has doors that wait, has an entry on the board until its time has
/// come: `pending ADDRESS MINUTE`. A source that scans has one too: `scan ADDRESS HOUR`.
final class ScanRule {
  /// So many sources that waited are judged with each payload, for the price.
  private static final int MOST_PENDING = 4;

  /// In minutes. The board has one entry for all doors whose time comes in the same step.
  private static final long PENDING_STEP = 5;

  private static final String PENDING = "pending";
  private static final String SCANNING = "scan";

  private final Judging judging;
  private final Evidence evidence;
  private final ScanFinder finder;

  ScanRule(Judging judging, Evidence evidence) {
    this.judging = judging;
    this.evidence = evidence;
    this.finder = new ScanFinder(judging.thresholds());
  }

  /// Returns the sources that scan, as far as the board says.
  static Set<IpAddress> scanningSources(Evidence evidence) {
    Set<IpAddress> scanning = new HashSet<>();
    for (String entry : evidence.board()) {
      String[] parts = entry.split(" ", -1);
      IpAddress address = parts[0].equals(SCANNING) ? IpAddress.find(parts[1]) : null;
      if (address != null) {
        scanning.add(address);
      }
    }
    return scanning;
  }

  /// Judges the sources of a payload.
  ///
  /// @param nowMinute the newest flow time that is known
  void judge(TriedSources sources, long nowMinute) {
    for (PayloadView.Source source : sources.all()) {
      judge(source, sources, nowMinute);
    }
  }

  private void judge(PayloadView.Source source, TriedSources sources, long nowMinute) {
    IpAddress address = source.address();
    boolean rings = judging.causes().rings(source.scanKey(), source.earliest(), source.latest());
    Sighting sighting =
        look(
            address,
            source.isInside(),
            sources.evidenceOf(address),
            source.minutes(),
            source.attempts(),
            rings,
            nowMinute);
    if (sighting.found().isScan() || rings) {
      sources.addScanning(address);
      announce(sighting, sighting.found().isScan());
    }
    Long due = sighting.found().dueMinute();
    if (source.isInside() && due != null && !rings) {
      postPending(address, due);
    }
  }

  /// Looks for a scan. Where the past could show that it is none, one more hour of it is read.
  private Sighting look(
      IpAddress address,
      boolean isInside,
      SourceEvidence known,
      NavigableSet<Long> minutes,
      List<SuspectGroup> attempts,
      boolean rings,
      long nowMinute) {
    ScanFinder.Result found =
        known.mostTries() < finder.leastTries(isInside)
            ? ScanFinder.Result.NOTHING
            : finder.find(known.tries(), isInside, minutes, nowMinute);
    SourceEvidence all = known;
    if (found.dependsOnPast() && !rings) {
      Set<Long> hours = Hours.of(minutes);
      hours.add(Hours.of(minutes.first()) - 1);
      all = judging.store().readSource(address, hours);
      found = finder.find(all.tries(), true, minutes, nowMinute);
    }
    return new Sighting(
        address,
        isInside,
        all,
        found,
        attempts,
        Hours.timeOf(minutes.first()),
        Hours.timeOf(minutes.last()));
  }

  private void postPending(IpAddress address, long dueMinute) {
    long step = Math.ceilDiv(dueMinute, PENDING_STEP) * PENDING_STEP;
    evidence.post(Set.of(String.join(" ", PENDING, address.toString(), String.valueOf(step))));
  }

  /// Judges sources whose time has come.
  ///
  /// @param sources those of the payload; `null` at the end, when all of them are judged
  void judgePending(@Nullable TriedSources sources, long nowMinute) {
    Set<String> done = new HashSet<>();
    for (String entry : evidence.board()) {
      String[] parts = entry.split(" ", -1);
      if (!parts[0].equals(PENDING) || Long.parseLong(parts[2]) > nowMinute) {
        continue;
      }
      if (sources != null && done.size() == MOST_PENDING * judging.payloads()) {
        break; // the next payload looks at the others
      }
      done.add(entry);
      IpAddress address = IpAddress.find(parts[1]);
      if (address != null) {
        judgePending(address, Long.parseLong(parts[2]), sources, nowMinute);
      }
    }
    if (!done.isEmpty()) {
      evidence.remove(done);
    }
  }

  private void judgePending(
      IpAddress address, long dueMinute, @Nullable TriedSources sources, long nowMinute) {
    NavigableSet<Long> minutes = new TreeSet<>();
    for (long minute = dueMinute - ScanFinder.PATIENCE_MINUTES - PENDING_STEP;
        minute <= dueMinute;
        minute++) {
      minutes.add(minute);
    }
    SourceEvidence known = judging.store().readSource(address, Hours.of(minutes));
    boolean rings =
        judging
            .causes()
            .rings(
                CauseKeys.ofScan(address),
                Hours.timeOf(minutes.first()),
                Hours.timeOf(minutes.last()));
    if (rings) {
      return;
    }
    Sighting sighting = look(address, true, known, minutes, List.of(), false, nowMinute);
    Long due = sighting.found().dueMinute();
    if (sighting.found().isScan()) {
      if (sources != null) {
        sources.addScanning(address);
      }
      announce(sighting, true);
    } else if (due != null && due > nowMinute) {
      postPending(address, due);
    }
  }

  /// Sources that scan may get something through in payloads without attempts of theirs.
  void judgeOpened(PayloadView payload) {
    for (Map.Entry<IpAddress, List<OpenedFlow>> opened : payload.opened().entrySet()) {
      IpAddress address = opened.getKey();
      if (payload.sources().containsKey(address)) {
        continue; // judged with its attempts
      }
      NavigableSet<Long> minutes = new TreeSet<>();
      opened.getValue().forEach(flow -> minutes.add(payload.minuteOf(flow.minute())));
      Instant earliest = Hours.timeOf(minutes.first());
      Instant latest = Hours.timeOf(minutes.last());
      Episode episode = judging.causes().find(CauseKeys.ofScan(address));
      if (episode == null || !episode.covers(earliest, latest)) {
        continue;
      }
      Set<Long> hours = Hours.of(minutes);
      hours.add(Hours.of(episode.first()));
      SourceEvidence known = judging.store().readSource(address, hours);
      if (!known.gotThrough().isEmpty()) {
        ScanFinder.Result found =
            new ScanFinder.Result(true, episode.isGrown(), false, known.tries(), null);
        boolean isInside = episode.rank() == Severity.HIGH.rank();
        announce(new Sighting(address, isInside, known, found, List.of(), earliest, latest), false);
      }
    }
  }

  /// @param isScan whether this payload shows a scan; else only a cause that is known goes on
  private void announce(Sighting sighting, boolean isScan) {
    String key = sighting.key();
    Occasion occasion =
        judging
            .causes()
            .occasionFor(
                key,
                sighting.severity().rank(),
                sighting.found().isGrown(),
                sighting.hasGotThrough(),
                sighting.earliest(),
                sighting.latest());
    boolean isFirst = occasion == Occasion.NEW || occasion == Occasion.STILL;
    if (occasion == null || (isFirst && !isScan) || judging.announcements().contains(key)) {
      return;
    }
    judging
        .announcements()
        .add(
            occasion,
            sighting.found().isGrown(),
            sighting.hasGotThrough(),
            PayloadView.sampleOf(sighting.attempts()),
            sighting::toAlert);
    long hour = Hours.of(sighting.latest());
    evidence.post(Set.of(SCANNING + " " + sighting.address() + " " + hour));
  }

  /// A source that may scan.
  ///
  /// @param attempts those of the payload; may be empty
  /// @param earliest, latest the times that are judged
  private record Sighting(
      IpAddress address,
      boolean isInside,
      SourceEvidence known,
      ScanFinder.Result found,
      List<SuspectGroup> attempts,
      Instant earliest,
      Instant latest) {
    String key() {
      return CauseKeys.ofScan(address);
    }

    boolean hasGotThrough() {
      return !known.gotThrough().isEmpty();
    }

    Severity severity() {
      return isInside ? Severity.HIGH : hasGotThrough() ? Severity.MEDIUM : Severity.LOW;
    }

    Alert.Scan toAlert(Occasion occasion) {
      Collection<Try> tries = found.tries().isEmpty() ? known.tries() : found.tries();
      Set<IpAddress> hosts = new TreeSet<>();
      Set<String> ports = new HashSet<>();
      NavigableSet<Long> minutes = new TreeSet<>();
      Set<Door> doors = new TreeSet<>();
      for (Try each : tries) {
        doors.add(each.door());
        minutes.add(each.minute());
      }
      attempts.forEach(group -> doors.add(PayloadView.doorOf(group)));
      for (Door door : doors) {
        hosts.add(door.address());
        ports.add(CauseKeys.portName(door));
      }
      Instant since = minutes.isEmpty() ? earliest : Hours.timeOf(minutes.first());
      return new Alert.Scan(
          severity(),
          key(),
          occasion,
          address,
          isInside,
          known.maskedBy(),
          Count.atLeast(hosts.size()),
          Count.atLeast(ports.size()),
          Count.atLeast(Math.max(1, known.interfaces().size())),
          Count.atLeast(Math.max(1, minutes.size())),
          hosts.size() == 1 ? hosts.iterator().next() : null,
          ports.size() == 1 ? doors.iterator().next() : null,
          doors.stream().limit(Alert.MOST_EXAMPLES).toList(),
          known.gotThrough().stream().sorted().limit(Alert.MOST_EXAMPLES).toList(),
          !known.hasRejects() && attempts.stream().noneMatch(group -> group.suspect().isRejected()),
          !attempts.isEmpty() && attempts.stream().allMatch(group -> group.suspect().isEgress()),
          attempts.isEmpty() ? placeOf(known) : PayloadView.placeOf(attempts),
          Hours.since(since, earliest, isInside),
          latest);
    }

    private static Place placeOf(SourceEvidence known) {
      String interfaceId = known.interfaces().stream().sorted().findFirst().orElse(null);
      return new Place(interfaceId, null, null, null, null, null);
    }
  }
}
