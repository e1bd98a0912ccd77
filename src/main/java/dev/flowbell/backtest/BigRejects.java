package dev.flowbell.backtest;

import dev.flowbell.classify.Door;
import dev.flowbell.classify.Suspect;
import dev.flowbell.judge.Alert;
import dev.flowbell.record.IpAddress;
import dev.flowbell.summary.SuspectGroup;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Rejected records by who sent them, or where to, to find what is big and never rang.
///
/// Attempts from outside are summed up by source, those from inside by door, and what never rings
/// by itself by source and kind. Memory is bounded: of too many sums the smaller half is forgotten,
/// so the numbers of those that grow again are too low.
final class BigRejects {
  private static final int MOST_SUMS = 20_000;
  private static final int MOST_NAMES = 500;

  /// Fewer rejected records in an hour are not big.
  private static final long LEAST_IN_AN_HOUR = 100;

  private static final int MOST_SHOWN = 5;

  private final Map<Key, Sum> sums = new HashMap<>();

  void add(SuspectGroup group) {
    Suspect suspect = group.suspect();
    if (!suspect.isRejected() || suspect.target() == null) {
      return;
    }
    if (sums.size() >= MOST_SUMS) {
      forgetSmaller();
    }
    sums.computeIfAbsent(Key.of(suspect), _ -> new Sum()).add(group);
  }

  private void forgetSmaller() {
    long median =
        sums.values().stream()
            .mapToLong(sum -> sum.records)
            .sorted()
            .skip(MOST_SUMS / 2)
            .findFirst()
            .orElse(0);
    sums.values().removeIf(sum -> sum.records <= median);
  }

  /// Returns the biggest that no alert explains, the biggest first.
  ///
  /// @param alerts all that was sent, or quieted
  List<SilentRejects> silent(List<Alert> alerts) {
    Set<IpAddress> named =
        alerts.stream()
            .map(BigRejects::sourceOf)
            .filter(Objects::nonNull)
            .collect(Collectors.toSet());
    return sums.entrySet().stream()
        .filter(each -> each.getValue().busiestHour() >= LEAST_IN_AN_HOUR)
        .filter(each -> !named.containsAll(each.getValue().sources))
        .filter(each -> alerts.stream().noneMatch(alert -> explains(alert, each.getKey())))
        .sorted(
            Comparator.comparingLong((Map.Entry<Key, Sum> each) -> -each.getValue().records)
                .thenComparing(each -> each.getKey().toString()))
        .limit(MOST_SHOWN)
        .map(each -> each.getValue().toSilent(each.getKey()))
        .toList();
  }

  /// Returns the source that an alert explains wholly, `null` if it is about a door.
  private static @Nullable IpAddress sourceOf(Alert alert) {
    return switch (alert) {
      case Alert.Scan scan -> scan.source();
      case Alert.Rejects rejects -> rejects.source();
      case Alert.BlockedConnection _, Alert.AnswersDropped _, Alert.LogGroup _ -> null;
    };
  }

  private static boolean explains(Alert alert, Key key) {
    return switch (alert) {
      case Alert.BlockedConnection blocked ->
          key.door != null
              && (blocked.isPort()
                  ? blocked.door().port() == key.door.port()
                      && blocked.door().protocol() == key.door.protocol()
                  : blocked.door().equals(key.door));
      case Alert.AnswersDropped dropped ->
          dropped.door().equals(key.door) || dropped.door().address().equals(key.source);
      case Alert.Scan _, Alert.Rejects _, Alert.LogGroup _ -> false;
    };
  }

  /// What a sum is about.
  ///
  /// @param source `null` for attempts from inside
  /// @param door `null` for all others
  private record Key(SilentRejects.Kind kind, @Nullable IpAddress source, @Nullable Door door) {
    static Key of(Suspect suspect) {
      SilentRejects.Kind kind =
          switch (suspect.kind()) {
            case ANSWER -> SilentRejects.Kind.ANSWERS;
            case STRAY -> SilentRejects.Kind.LATE_PACKETS;
            case NOT_UNICAST -> SilentRejects.Kind.BROADCAST;
            case ATTEMPT, ATTEMPT_OR_ANSWER, UNANSWERED ->
                suspect.isInside() ? SilentRejects.Kind.INSIDE : SilentRejects.Kind.OUTSIDE;
          };
      IpAddress target = suspect.target();
      return kind == SilentRejects.Kind.INSIDE && target != null
          ? new Key(kind, null, Door.of(target, suspect.protocol(), suspect.port()))
          : new Key(kind, suspect.source(), null);
    }
  }

  private static final class Sum {
    private long records;
    private final Map<Long, Long> byHour = new TreeMap<>();
    private final Set<IpAddress> sources = new HashSet<>();
    private final Set<IpAddress> hosts = new HashSet<>();
    private final Set<Integer> ports = new HashSet<>();

    void add(SuspectGroup group) {
      Suspect suspect = group.suspect();
      records += group.records();
      byHour.merge(Math.floorDiv(suspect.minute(), 60L), group.records(), Long::sum);
      add(suspect.source(), sources);
      add(suspect.target(), hosts);
      add(suspect.port(), ports);
    }

    private static <T> void add(@Nullable T name, Set<T> names) {
      if (name != null && names.size() < MOST_NAMES) {
        names.add(name);
      }
    }

    long busiestHour() {
      return byHour.values().stream().mapToLong(Long::longValue).max().orElse(0);
    }

    SilentRejects toSilent(Key key) {
      return new SilentRejects(
          key.kind,
          key.door == null ? String.valueOf(key.source) : key.door.toString(),
          records,
          busiestHour(),
          sources.size(),
          hosts.size(),
          ports.size(),
          Stream.of(sources, hosts, ports).anyMatch(names -> names.size() == MOST_NAMES));
    }
  }
}
