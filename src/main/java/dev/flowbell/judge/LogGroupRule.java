package dev.flowbell.judge;

import dev.flowbell.judge.Alert.Occasion;
import dev.flowbell.ledger.EvidenceItem;
import dev.flowbell.summary.FlowSummary;
import dev.flowbell.summary.LogGroupProblem;
import dev.flowbell.summary.LogOrigin;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// [Rule#UNREADABLE_RECORDS] and [Rule#SKIPPED_WINDOWS]: log groups that Flowbell can't read, or
/// whose records AWS skipped.
final class LogGroupRule {
  private static final String KIND = "group";

  private final Judging judging;
  private final FlowSummary summary;
  private final Instant time;

  /// @param time the payload's newest flow time
  LogGroupRule(Judging judging, FlowSummary summary, Instant time) {
    this.judging = judging;
    this.summary = summary;
    this.time = time;
  }

  /// Announces what is wrong with log groups.
  void judge() {
    for (LogGroupProblem problem : summary.problems()) {
      judge(
          problem,
          Rule.UNREADABLE_RECORDS,
          Severity.MEDIUM,
          problem.unreadableRecords(),
          Thresholds.Name.UNREADABLE_RECORDS);
      judge(
          problem,
          Rule.SKIPPED_WINDOWS,
          Severity.LOW,
          problem.skippedWindows(),
          Thresholds.Name.SKIPPED_WINDOWS);
    }
  }

  private void judge(
      LogGroupProblem problem,
      Rule rule,
      Severity severity,
      long records,
      Thresholds.Name threshold) {
    int least = judging.thresholds().get(threshold);
    if (records == 0 || least == Integer.MAX_VALUE) {
      return;
    }
    String name = nameOf(problem.origin());
    String key = CauseKeys.ofLogGroup(rule, name);
    if (judging.causes().rings(key, time, time)) {
      judging.causes().touch(key, time, time);
      return;
    }
    int known = add(rule, name, (int) Math.min(records, least));
    if (known >= least) {
      judging
          .announcements()
          .add(
              judging.causes().occasionFor(key, severity.rank(), false, false, time, time),
              null,
              occasion ->
                  toAlert(problem, rule, severity, key, occasion, Math.max(records, known)));
    }
  }

  /// Accounts may have log groups of the same name.
  private static String nameOf(LogOrigin origin) {
    return origin.owner().isEmpty() ? origin.logGroup() : origin.owner() + ":" + origin.logGroup();
  }

  /// Adds records to what is remembered of a log group.
  ///
  /// @return how many are remembered, at least
  private int add(Rule rule, String name, int records) {
    Addition addition = new Addition();
    for (int i = 0; i < records; i++) {
      addition.add(
          rule.key(),
          Entries.ofText(judging.payloadId()) + (char) (i & 0xff) + (char) (i >>> 8 & 0xff));
    }
    long hour = Hours.of(time);
    List<String> keys = Hours.around(KIND, name, Set.of(hour));
    Map<String, EvidenceItem> items =
        judging
            .store()
            .read(List.of(keys), judging.store().add(List.of(addition.toItem(KIND, name, hour))));
    Set<String> known = new HashSet<>();
    Hours.forEach(keys, items, (_, item) -> known.addAll(item.set(rule.key())));
    return known.size();
  }

  private Alert.LogGroup toAlert(
      LogGroupProblem problem,
      Rule rule,
      Severity severity,
      String key,
      Occasion occasion,
      long records) {
    // A batch of several accounts: the notification names no other one.
    boolean isOfSeveral = summary.origin().owner().isEmpty();
    String name = isOfSeveral ? nameOf(problem.origin()) : problem.origin().logGroup();
    List<String> causes =
        rule == Rule.UNREADABLE_RECORDS
            ? problem.faults().keySet().stream()
                .map(fault -> fault.name().toLowerCase(Locale.ROOT).replace('_', ' '))
                .toList()
            : List.of();
    return new Alert.LogGroup(
        rule,
        severity,
        key,
        occasion,
        name.isEmpty() ? problem.origin().name() : name,
        Count.atLeast(records),
        causes,
        problem.skippedAt(),
        time,
        time);
  }
}
