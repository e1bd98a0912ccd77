package dev.flowbell.judge;

import dev.flowbell.classify.Door;
import dev.flowbell.classify.Suspect;
import dev.flowbell.classify.Suspect.Place;
import dev.flowbell.metric.MetricCounts;
import dev.flowbell.record.IpAddress;
import dev.flowbell.summary.FlowSummary;
import dev.flowbell.summary.OpenedFlow;
import dev.flowbell.summary.SuspectGroup;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// One payload as the rules look at it: attempts by source and by door, answers by server.
final class PayloadView {
  private static final Place NOWHERE = new Place(null, null, null, null, null, null);

  private static final int DOORS_WORTH_KEEPING = 2;
  private static final int RECORDS_WORTH_KEEPING = 10;

  private final long arrivalMinute;
  private final Instant now;
  private final Map<IpAddress, Source> sources = new LinkedHashMap<>();
  private final Map<Door, List<SuspectGroup>> answers = new LinkedHashMap<>();
  private final Map<IpAddress, List<OpenedFlow>> opened = new LinkedHashMap<>();

  PayloadView(FlowSummary summary) {
    arrivalMinute = Math.floorDiv(summary.arrival().getEpochSecond(), 60L);
    now = summary.last() == null ? summary.arrival() : summary.last();
    for (SuspectGroup group : summary.evidence().suspects()) {
      Suspect suspect = group.suspect();
      if (suspect.isAttempt() && suspect.target() != null) {
        sources.computeIfAbsent(suspect.source(), Source::new).add(group);
      }
      if (suspect.isDroppedAnswer() && suspect.isInside() && suspect.target() != null) {
        answers
            .computeIfAbsent(
                Door.of(suspect.source(), suspect.protocol(), suspect.sourcePort()),
                _ -> new ArrayList<>())
            .add(group);
      }
    }
    for (OpenedFlow flow : summary.evidence().opened()) {
      opened.computeIfAbsent(flow.source(), _ -> new ArrayList<>()).add(flow);
    }
  }

  /// Returns the payload's newest flow time.
  Instant now() {
    return now;
  }

  Map<IpAddress, Source> sources() {
    return sources;
  }

  /// Leaves out the sources that are not worth keeping, so that nothing is asked about them.
  ///
  /// @param watched the sources that scan: what they go on with counts
  void forgetWeather(Set<IpAddress> watched) {
    sources
        .values()
        .removeIf(source -> !source.isWorthKeeping() && !watched.contains(source.address()));
  }

  /// Returns rejected answers by the server's door.
  Map<Door, List<SuspectGroup>> answers() {
    return answers;
  }

  Map<IpAddress, List<OpenedFlow>> opened() {
    return opened;
  }

  long minuteOf(SuspectGroup group) {
    return minuteOf(group.suspect().minute());
  }

  long minuteOf(long minute) {
    return minute == MetricCounts.NO_MINUTE ? arrivalMinute : minute;
  }

  NavigableSet<Long> minutesOf(Collection<SuspectGroup> groups) {
    NavigableSet<Long> minutes = new TreeSet<>();
    groups.forEach(group -> minutes.add(minuteOf(group)));
    return minutes;
  }

  /// Returns the one of these records that says most about what blocks it, `null` if there are
  /// none. An egress record shows whose interface it is, and a rejected one that it is blocked.
  static @Nullable Suspect sampleOf(List<SuspectGroup> groups) {
    Suspect sample = null;
    for (SuspectGroup group : groups) {
      Suspect each = group.suspect();
      if (each.isRejected() && each.isEgress()) {
        return each;
      }
      if (sample == null || (each.isRejected() && !sample.isRejected())) {
        sample = each;
      }
    }
    return sample;
  }

  /// Returns where the sample of these records was logged.
  static Place placeOf(List<SuspectGroup> groups) {
    Suspect sample = sampleOf(groups);
    return sample == null ? NOWHERE : sample.place();
  }

  static Door doorOf(SuspectGroup group) {
    Suspect suspect = group.suspect();
    IpAddress target = suspect.target();
    if (target == null) {
      throw new IllegalArgumentException("expected a suspect with a target, got " + suspect);
    }
    return Door.of(target, suspect.protocol(), suspect.port());
  }

  /// One source's attempts.
  final class Source {
    private final IpAddress address;
    private final String scanKey;
    private final String rejectsKey;
    private final List<SuspectGroup> attempts = new ArrayList<>();
    private final Set<Door> doors = new HashSet<>();
    private final NavigableSet<Long> minutes = new TreeSet<>();
    private long firstMinute = Long.MAX_VALUE;
    private long lastMinute = Long.MIN_VALUE;
    private boolean isInside;

    Source(IpAddress address) {
      this.address = address;
      scanKey = CauseKeys.ofScan(address);
      rejectsKey = CauseKeys.ofRejects(address);
    }

    private void add(SuspectGroup group) {
      attempts.add(group);
      doors.add(doorOf(group));
      long minute = minuteOf(group);
      minutes.add(minute);
      firstMinute = Math.min(firstMinute, minute);
      lastMinute = Math.max(lastMinute, minute);
      isInside |= group.suspect().isInside();
    }

    IpAddress address() {
      return address;
    }

    /// Returns the key of the cause that it scans. Each rule asks for it.
    String scanKey() {
      return scanKey;
    }

    /// Returns the key of the cause that it is rejected very often.
    String rejectsKey() {
      return rejectsKey;
    }

    boolean isInside() {
      return isInside;
    }

    /// Returns the doors it tried.
    Set<Door> doors() {
      return doors;
    }

    List<SuspectGroup> attempts() {
      return attempts;
    }

    /// Returns whether what it tried is worth keeping where that costs something: it is inside, or
    /// it tries one host more than the internet tries every address.
    boolean isWorthKeeping() {
      if (isInside) {
        return true;
      }
      Map<IpAddress, Set<Door>> doorsByHost = new HashMap<>();
      Map<IpAddress, Long> recordsByHost = new HashMap<>();
      for (SuspectGroup group : attempts) {
        Door door = doorOf(group);
        doorsByHost.computeIfAbsent(door.address(), _ -> new HashSet<>()).add(door);
        recordsByHost.merge(door.address(), group.records(), Long::sum);
      }
      return doorsByHost.values().stream().anyMatch(each -> each.size() >= DOORS_WORTH_KEEPING)
          || recordsByHost.values().stream().anyMatch(each -> each >= RECORDS_WORTH_KEEPING);
    }

    NavigableSet<Long> minutes() {
      return minutes;
    }

    Instant earliest() {
      return Hours.timeOf(firstMinute);
    }

    Instant latest() {
      return Hours.timeOf(lastMinute);
    }
  }
}
