package dev.flowbell.backtest;

import dev.flowbell.judge.AlertPolicy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What to try.
///
/// @param policy the settings as they are
/// @param quiet the setting `QUIET` as it is written
/// @param changes what to compare with; `null` for those that are usual
/// @param target the most mails a day, `null` for none
public record Plan(
    AlertPolicy policy, String quiet, @Nullable List<Change> changes, @Nullable Double target) {

  /// Makes a plan.
  ///
  /// @param compare the changes as the user writes them, empty for those that are usual
  /// @throws IllegalArgumentException naming what is wrong with them
  public static Plan of(
      AlertPolicy policy, String quiet, List<String> compare, @Nullable Double target) {
    return new Plan(
        policy, quiet, compare.isEmpty() ? null : Grid.parse(compare, quiet, policy), target);
  }

  /// Returns this plan without any comparison or advice.
  public Plan alone() {
    return new Plan(policy, quiet, List.of(), target);
  }

  boolean isAlone() {
    return changes != null && changes.isEmpty();
  }

  /// Returns the policy with which payloads are read, so that all that any trial wants to know is
  /// read.
  public AlertPolicy readingPolicy() {
    return Grid.mostSensitive(policy, changes == null ? Grid.lower(policy) : changes);
  }

  List<Change> changesFor(Trial now) {
    return changes == null ? Grid.usual(policy, now) : changes;
  }
}
