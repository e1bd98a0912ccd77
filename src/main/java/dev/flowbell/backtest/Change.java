package dev.flowbell.backtest;

import dev.flowbell.judge.AlertPolicy;
import dev.flowbell.judge.Quiet;
import dev.flowbell.judge.Thresholds;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/// Another value of one setting, to try.
///
/// @param name what is changed: a threshold's name, `alert-mail-limit` or `quiet`
/// @param value its value; for `quiet`, the entries that are added
/// @param policy the settings' policy with it
/// @param setting the environment variable that has to be set
/// @param settingValue the whole value of that variable
public record Change(
    String name, String value, AlertPolicy policy, String setting, String settingValue) {
  static final String MAIL_LIMIT = "alert-mail-limit";
  static final String QUIET = "quiet";

  /// Returns another value of a threshold; 0 switches it off.
  static Change ofThreshold(Thresholds.Name name, int value, AlertPolicy policy) {
    Map<Thresholds.Name, Integer> values = new EnumMap<>(Thresholds.Name.class);
    values.putAll(policy.thresholds().values());
    values.put(name, value);
    Thresholds thresholds = new Thresholds(values);
    return new Change(
        name.key(),
        String.valueOf(value),
        new AlertPolicy(thresholds, policy.quiet(), policy.mostNotifications()),
        "ALERT_THRESHOLDS",
        toSetting(thresholds));
  }

  /// Returns the setting's value: what differs from the defaults, or all if nothing does.
  private static String toSetting(Thresholds thresholds) {
    String others =
        List.of(Thresholds.Name.values()).stream()
            .filter(each -> !valueOf(each, thresholds).equals(valueOf(each, Thresholds.DEFAULT)))
            .map(each -> each.key() + "=" + valueOf(each, thresholds))
            .collect(Collectors.joining(","));
    return others.isEmpty() ? thresholds.toString() : others;
  }

  private static Integer valueOf(Thresholds.Name name, Thresholds thresholds) {
    return thresholds.values().getOrDefault(name, 0);
  }

  /// Returns another limit of notifications an hour.
  static Change ofMailLimit(int value, AlertPolicy policy) {
    return new Change(
        MAIL_LIMIT,
        String.valueOf(value),
        new AlertPolicy(policy.thresholds(), policy.quiet(), value),
        "ALERT_MAIL_LIMIT",
        String.valueOf(value));
  }

  /// Returns entries to add to the setting `QUIET`.
  ///
  /// @param quiet the setting as it is
  /// @throws IllegalArgumentException if the entries can't be read
  static Change ofQuiet(String entries, String quiet, AlertPolicy policy) {
    List<Quiet.Entry> all = new ArrayList<>(policy.quiet().entries());
    all.addAll(Quiet.parse(entries).entries());
    return new Change(
        QUIET,
        entries,
        new AlertPolicy(policy.thresholds(), new Quiet(all), policy.mostNotifications()),
        "QUIET",
        quiet.isBlank() ? entries : quiet.strip() + "; " + entries);
  }

  /// Returns `scan-hosts=50`, `quiet 10.0.9.7/32 scan`.
  public String words() {
    return name.equals(QUIET) ? name + " " + value : name + "=" + value;
  }
}
