package dev.flowbell.judge;

import dev.flowbell.classify.Door;
import dev.flowbell.judge.Alert.Occasion;
import dev.flowbell.record.IpAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/// [Rule#REJECTS]: sources that are rejected very often, where no other rule explains it.
final class RejectsRule {
  private final Judging judging;
  private final TriedSources sources;

  RejectsRule(Judging judging, TriedSources sources) {
    this.judging = judging;
    this.sources = sources;
  }

  /// Announces sources that are rejected very often.
  void judge() {
    sources.all().stream()
        .filter(source -> !sources.isScanning(source.address()))
        .forEach(this::judge);
  }

  private void judge(PayloadView.Source source) {
    String key = source.rejectsKey();
    if (judging.causes().rings(key, source.earliest(), source.latest())) {
      judging.causes().touch(key, source.earliest(), source.latest());
      return;
    }
    SourceEvidence known = sources.evidenceOf(source.address());
    if (known.records() < judging.thresholds().get(Thresholds.Name.REJECTS)) {
      return; // as for nearly all sources
    }
    Set<Door> tried = known.doors();
    for (long minute : Hours.toTens(source.minutes())) {
      long last = minute / Hours.TEN;
      for (long first = last - 5; first <= last; first++) {
        Map<Door, Long> byDoor = known.recordsByDoor(first, first + 5);
        if (!isOften(byDoor, source.isInside())) {
          continue; // what explains the records need not be known
        }
        byDoor.keySet().removeIf(door -> !tried.contains(door) || isExplained(door, source));
        if (isOften(byDoor, source.isInside())) {
          judging
              .announcements()
              .add(
                  judging
                      .causes()
                      .occasionFor(
                          key,
                          Severity.LOW.rank(),
                          false,
                          false,
                          source.earliest(),
                          source.latest()),
                  PayloadView.sampleOf(source.attempts()),
                  occasion -> toAlert(occasion, source, known, byDoor));
          return;
        }
      }
    }
  }

  private boolean isExplained(Door door, PayloadView.Source source) {
    return source.isInside()
        && (sources.isBlocked(door, source.earliest(), source.latest())
            || judging.announcements().contains(CauseKeys.ofDoor(door))
            || judging.announcements().contains(CauseKeys.ofPort(door)));
  }

  private boolean isOften(Map<Door, Long> byDoor, boolean isInside) {
    long least = judging.thresholds().get(Thresholds.Name.REJECTS);
    if (isInside) {
      return byDoor.values().stream().mapToLong(Long::longValue).sum() >= least;
    }
    Map<IpAddress, Long> byHost = new HashMap<>();
    byDoor.forEach((door, records) -> byHost.merge(door.address(), records, Long::sum));
    return byHost.values().stream().anyMatch(records -> records >= least);
  }

  private static Alert.Rejects toAlert(
      Occasion occasion, PayloadView.Source source, SourceEvidence known, Map<Door, Long> byDoor) {
    Set<IpAddress> hosts = new TreeSet<>();
    Set<Integer> ports = new HashSet<>();
    for (Door door : byDoor.keySet()) {
      hosts.add(door.address());
      ports.add(door.port());
    }
    NavigableSet<Long> minutes = new TreeSet<>(source.minutes());
    known.tries().forEach(each -> minutes.add(each.minute()));
    return new Alert.Rejects(
        Severity.LOW,
        source.rejectsKey(),
        occasion,
        source.address(),
        source.isInside(),
        known.maskedBy(),
        hosts.size() == 1 ? hosts.iterator().next() : null,
        Count.atLeast(hosts.size()),
        Count.atLeast(ports.size()),
        Count.atLeast(byDoor.values().stream().mapToLong(Long::longValue).sum()),
        byDoor.keySet().stream().sorted().limit(Alert.MOST_EXAMPLES).toList(),
        PayloadView.placeOf(source.attempts()),
        Hours.since(Hours.timeOf(minutes.first()), source.earliest(), source.isInside()),
        source.latest());
  }
}
