package dev.flowbell.backtest;

import dev.flowbell.judge.Alert;
import dev.flowbell.judge.AlertPolicy;
import dev.flowbell.judge.Rule;
import dev.flowbell.judge.Thresholds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The changes of settings to try, each alone.
final class Grid {
  private static final int MOST_THRESHOLD = 1_000_000;
  private static final int MOST_LIMIT = 1_000;

  private Grid() {}

  /// Reads `scan-hosts=50,100`, `alert-mail-limit=3` or `quiet=10.0.9.7/32 scan`.
  ///
  /// @param quiet the setting `QUIET` as it is
  /// @throws IllegalArgumentException naming what is wrong, and what was expected
  static List<Change> parse(List<String> texts, String quiet, AlertPolicy policy) {
    List<Change> changes = new ArrayList<>();
    for (String text : texts) {
      int equals = text.indexOf('=');
      String name = (equals < 0 ? text : text.substring(0, equals)).strip();
      String key = name.toLowerCase(Locale.ROOT).replace('_', '-');
      Thresholds.Name threshold =
          Arrays.stream(Thresholds.Name.values())
              .filter(each -> each.key().equals(key))
              .findFirst()
              .orElse(null);
      if (threshold == null && !key.equals(Change.MAIL_LIMIT) && !key.equals(Change.QUIET)) {
        throw new IllegalArgumentException(
            "expected a setting out of %s, got \"%s\"".formatted(names(), name));
      }
      for (String value : (equals < 0 ? "" : text.substring(equals + 1)).split(",", -1)) {
        changes.add(toChange(threshold, key, value.strip(), quiet, policy));
      }
    }
    return changes;
  }

  private static Change toChange(
      Thresholds.@Nullable Name threshold,
      String key,
      String value,
      String quiet,
      AlertPolicy policy) {
    if (threshold != null) {
      return Change.ofThreshold(threshold, toNumber(key, value, 0, MOST_THRESHOLD), policy);
    }
    if (key.equals(Change.MAIL_LIMIT)) {
      return Change.ofMailLimit(toNumber(key, value, 1, MOST_LIMIT), policy);
    }
    if (value.isEmpty()) {
      throw new IllegalArgumentException("quiet: expected an entry such as 10.0.9.7/32 scan");
    }
    try {
      return Change.ofQuiet(value, quiet, policy);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("quiet: " + e.getMessage(), e);
    }
  }

  private static int toNumber(String key, String text, int least, int most) {
    try {
      int number = Integer.parseInt(text);
      if (least <= number && number <= most) {
        return number;
      }
    } catch (NumberFormatException _) {
      // reported below
    }
    throw new IllegalArgumentException(
        "%s: expected whole numbers from %d to %d, got \"%s\"".formatted(key, least, most, text));
  }

  private static String names() {
    return Stream.concat(
            Arrays.stream(Thresholds.Name.values()).map(Thresholds.Name::key),
            Stream.of(Change.MAIL_LIMIT, Change.QUIET))
        .collect(Collectors.joining(", "));
  }

  /// Returns half of each threshold, then twice and four times those that matter, by setting.
  ///
  /// @param now what is sent with the policy as it is
  static List<Change> usual(AlertPolicy policy, Trial now) {
    List<Change> all = new ArrayList<>(lower(policy));
    all.addAll(higher(policy, now));
    List<Change> sorted = inOrder(all);
    all.stream().filter(change -> change.name().equals(Change.MAIL_LIMIT)).forEach(sorted::add);
    return sorted;
  }

  /// Returns half of each threshold: what one would hear more.
  static List<Change> lower(AlertPolicy policy) {
    List<Change> changes = new ArrayList<>();
    policy
        .thresholds()
        .values()
        .forEach(
            (name, value) -> {
              if (value > 1) {
                changes.add(Change.ofThreshold(name, (value + 1) / 2, policy));
              }
            });
    return changes;
  }

  /// Returns twice and four times each threshold whose rule rang, and other limits of mails an hour
  /// where there were that many.
  ///
  /// @param now what is sent with the policy as it is
  private static List<Change> higher(AlertPolicy policy, Trial now) {
    Set<Thresholds.Name> reached = EnumSet.noneOf(Thresholds.Name.class);
    Stream.concat(
            now.mails().stream().flatMap(mail -> mail.alerts().stream()), now.quieted().stream())
        .forEach(alert -> reached.addAll(thresholdsOf(alert)));
    List<Change> changes = new ArrayList<>();
    policy
        .thresholds()
        .values()
        .forEach(
            (name, value) -> {
              if (value > 0 && reached.contains(name)) {
                for (int factor = 2; factor <= 4; factor += 2) {
                  int raised = (int) Math.min((long) value * factor, MOST_THRESHOLD);
                  if (raised > value) {
                    changes.add(Change.ofThreshold(name, raised, policy));
                  }
                }
              }
            });
    int limit = policy.mostNotifications();
    int fewer = Math.max(1, limit / 3);
    if (fewer < limit && mostInAnHour(now) > fewer) {
      changes.add(Change.ofMailLimit(fewer, policy));
    }
    if (now.digests() > 0 && limit < MOST_LIMIT) {
      changes.add(Change.ofMailLimit(Math.min(limit * 3, MOST_LIMIT), policy));
    }
    return changes;
  }

  /// Returns the thresholds of which an alert reached one. The others can be raised without any
  /// effect, so that needn't be tried.
  private static Set<Thresholds.Name> thresholdsOf(Alert alert) {
    return switch (alert) {
      case Alert.Scan scan ->
          scan.isInside()
              ? EnumSet.of(Thresholds.Name.SCAN_PORTS, Thresholds.Name.SCAN_HOSTS)
              : EnumSet.of(Thresholds.Name.OUTSIDE_SCAN_PORTS);
      case Alert.BlockedConnection _ ->
          EnumSet.of(
              Thresholds.Name.BLOCKED_MINUTES,
              Thresholds.Name.BLOCKED_RECORDS,
              Thresholds.Name.BLOCKED_SOURCES);
      case Alert.AnswersDropped _ -> EnumSet.of(Thresholds.Name.DROPPED_ANSWERS);
      case Alert.Rejects _ -> EnumSet.of(Thresholds.Name.REJECTS);
      case Alert.LogGroup group ->
          EnumSet.of(
              group.rule() == Rule.SKIPPED_WINDOWS
                  ? Thresholds.Name.SKIPPED_WINDOWS
                  : Thresholds.Name.UNREADABLE_RECORDS);
    };
  }

  private static long mostInAnHour(Trial trial) {
    Map<Long, Long> byHour = new HashMap<>();
    for (Mail mail : trial.mails()) {
      for (Alert alert : mail.alerts()) {
        byHour.merge(Math.floorDiv(alert.until().getEpochSecond(), 3_600L), 1L, Long::sum);
      }
    }
    return byHour.values().stream().mapToLong(Long::longValue).max().orElse(0);
  }

  /// Returns the policy under which every source scans that scans under one of these. What such
  /// sources get through has to be read.
  static AlertPolicy mostSensitive(AlertPolicy policy, List<Change> changes) {
    Map<Thresholds.Name, Integer> lowest = new EnumMap<>(Thresholds.Name.class);
    lowest.putAll(policy.thresholds().values());
    for (Change change : changes) {
      for (Thresholds.Name name :
          List.of(
              Thresholds.Name.SCAN_PORTS,
              Thresholds.Name.SCAN_HOSTS,
              Thresholds.Name.OUTSIDE_SCAN_PORTS)) {
        int value = change.policy().thresholds().values().getOrDefault(name, 0);
        lowest.merge(
            name, value, (one, other) -> one == 0 || (other != 0 && other < one) ? other : one);
      }
    }
    return new AlertPolicy(new Thresholds(lowest), policy.quiet(), policy.mostNotifications());
  }

  private static List<Change> inOrder(List<Change> changes) {
    List<Change> sorted = new ArrayList<>();
    for (Thresholds.Name name : Thresholds.Name.values()) {
      changes.stream().filter(change -> change.name().equals(name.key())).forEach(sorted::add);
    }
    return sorted;
  }
}
