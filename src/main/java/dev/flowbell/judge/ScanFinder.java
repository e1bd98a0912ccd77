package dev.flowbell.judge;

import dev.flowbell.classify.Door;
import dev.flowbell.classify.KnownPort;
import dev.flowbell.judge.Entries.Try;
import dev.flowbell.record.IpAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// Finds whether the tries of one source are a scan.
///
/// A source inside scans when it tries many ports of one host, or many hosts, within an hour. For
/// the hosts, a door at a port that intruders try first counts at once. Any other door counts only
/// after fifteen minutes of flow time: if it was not tried again in them, nor in the hour before.
/// What is tried again and again is a broken connection.
///
/// A source outside scans when it tries many ports of one host within an hour, in steps of ten
/// minutes.
final class ScanFinder {
  /// So many times the hosts of the threshold are worth a second notification.
  private static final int GROWN = 10;

  /// An unusual door waits so long to see whether it is tried again.
  static final long PATIENCE_MINUTES = 15;

  private final Thresholds thresholds;

  ScanFinder(Thresholds thresholds) {
    this.thresholds = thresholds;
  }

  /// What the rule found.
  ///
  /// @param dependsOnPast whether it is a scan unless older tries show that doors were tried before
  /// @param tries those of the hour that shows most
  /// @param dueMinute when to look again, if waiting doors would make a scan then; else `null`
  record Result(
      boolean isScan,
      boolean isGrown,
      boolean dependsOnPast,
      List<Try> tries,
      @Nullable Long dueMinute) {
    static final Result NOTHING = new Result(false, false, false, List.of(), null);
  }

  /// Returns the least tries that can be a scan, or the waiting doors of one.
  int leastTries(boolean isInside) {
    return isInside
        ? Math.min(
            thresholds.get(Thresholds.Name.SCAN_PORTS), thresholds.get(Thresholds.Name.SCAN_HOSTS))
        : thresholds.get(Thresholds.Name.OUTSIDE_SCAN_PORTS);
  }

  /// Looks at all hours that have one of these minutes.
  ///
  /// @param nowMinute the newest flow time that is known
  Result find(Collection<Try> all, boolean isInside, Collection<Long> minutes, long nowMinute) {
    if (all.isEmpty() || minutes.isEmpty()) {
      return Result.NOTHING;
    }
    if (!isInside && mostPorts(all) < thresholds.get(Thresholds.Name.OUTSIDE_SCAN_PORTS)) {
      return Result.NOTHING; // no hour has more ports than all of them
    }
    NavigableSet<Long> sorted = new TreeSet<>(minutes);
    TreeMap<Long, List<Try>> byMinute = new TreeMap<>();
    all.forEach(each -> byMinute.computeIfAbsent(each.minute(), _ -> new ArrayList<>()).add(each));
    Map<Door, NavigableSet<Long>> minutesOfDoors = new HashMap<>();
    if (isInside) {
      all.forEach(
          each ->
              minutesOfDoors.computeIfAbsent(each.door(), _ -> new TreeSet<>()).add(each.minute()));
    }
    long length = isInside ? Hours.MINUTES : Hours.MINUTES - Hours.TEN + 1;
    Result best = Result.NOTHING;
    for (long start : byMinute.navigableKeySet()) {
      long end = start + length;
      Long inWindow = sorted.ceiling(isInside ? start : start / Hours.TEN * Hours.TEN);
      boolean isTouched = inWindow != null && inWindow < start + Hours.MINUTES;
      if (!isTouched) {
        continue;
      }
      List<Try> window = new ArrayList<>();
      byMinute.subMap(start, end).values().forEach(window::addAll);
      Result result =
          isInside
              ? applyInside(window, minutesOfDoors, nowMinute)
              : new Result(
                  mostPorts(window) >= thresholds.get(Thresholds.Name.OUTSIDE_SCAN_PORTS),
                  false,
                  false,
                  window,
                  null);
      best = better(best, result);
    }
    return best;
  }

  private static Result better(Result one, Result other) {
    if (one.isScan != other.isScan) {
      return one.isScan ? one : other;
    }
    if (one.isGrown != other.isGrown) {
      return one.isGrown ? one : other;
    }
    if (one.dependsOnPast != other.dependsOnPast) {
      return one.dependsOnPast ? other : one;
    }
    if (!one.isScan) {
      return other.dueMinute != null && (one.dueMinute == null || other.dueMinute < one.dueMinute)
          ? other
          : one;
    }
    return other.tries.size() > one.tries.size() ? other : one;
  }

  private Result applyInside(
      List<Try> window, Map<Door, NavigableSet<Long>> minutesOfDoors, long nowMinute) {
    int mostHosts = thresholds.get(Thresholds.Name.SCAN_HOSTS);
    Set<IpAddress> triedFirst = new HashSet<>();
    Set<IpAddress> counting = new HashSet<>();
    Map<IpAddress, Long> waiting = new HashMap<>();
    for (Try each : window) {
      Door door = each.door();
      if (KnownPort.isTriedFirst(door.port())) {
        triedFirst.add(door.address());
        counting.add(door.address());
      } else if (isTriedOnce(each.minute(), Objects.requireNonNull(minutesOfDoors.get(door)))) {
        if (nowMinute - each.minute() >= PATIENCE_MINUTES) {
          counting.add(door.address());
        } else {
          waiting.merge(door.address(), each.minute(), Math::min);
        }
      }
    }
    boolean isCertain =
        triedFirst.size() >= mostHosts
            || mostPorts(window) >= thresholds.get(Thresholds.Name.SCAN_PORTS);
    boolean isScan = isCertain || counting.size() >= mostHosts;
    waiting.keySet().removeAll(counting);
    Long due = null;
    if (!isScan && counting.size() + waiting.size() >= mostHosts) {
      due =
          waiting.values().stream()
                  .sorted(Comparator.naturalOrder())
                  .skip(mostHosts - counting.size() - 1L)
                  .findFirst()
                  .orElseThrow()
              + PATIENCE_MINUTES;
    }
    boolean isGrown =
        isScan && mostHosts != Integer.MAX_VALUE && counting.size() >= (long) GROWN * mostHosts;
    return new Result(isScan, isGrown, isScan && !isCertain, window, due);
  }

  /// Returns whether a door was tried in this minute, and neither in the hour before nor in the
  /// fifteen minutes behind. Later tries don't matter: otherwise it would depend on the order of
  /// payloads whether they are seen in time.
  private static boolean isTriedOnce(long minute, NavigableSet<Long> minutes) {
    Long before = minutes.lower(minute);
    Long behind = minutes.higher(minute);
    return (before == null || minute - before > Hours.MINUTES)
        && (behind == null || behind - minute > PATIENCE_MINUTES);
  }

  /// Returns the most ports of one host.
  private static int mostPorts(Collection<Try> window) {
    Map<IpAddress, Set<Door>> doors = new HashMap<>();
    int most = 0;
    for (Try each : window) {
      if (each.door().port() != Door.NO_PORT) {
        Set<Door> ofHost = doors.computeIfAbsent(each.door().address(), _ -> new HashSet<>());
        ofHost.add(each.door());
        most = Math.max(most, ofHost.size());
      }
    }
    return most;
  }
}
