package dev.flowbell.backtest;

import dev.flowbell.judge.Alert;
import dev.flowbell.judge.AlertPolicy;
import dev.flowbell.judge.Severity;
import dev.flowbell.notify.AlertWords;
import dev.flowbell.pipeline.Pipeline;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What Flowbell would have sent, and what other settings would change.
///
/// @param span the time that the records cover
/// @param records how many records there are
/// @param policy the settings as they are
/// @param now what would have been sent with the settings as they are
/// @param comparisons what each change would have come to
/// @param silent many rejected records about which nothing would have been sent, the most first
/// @param target the most mails a day that are wanted, `null` for any number
/// @param advice how to get there, `null` if there is nothing to do
public record Backtest(
    Span span,
    long records,
    AlertPolicy policy,
    Trial now,
    List<Comparison> comparisons,
    List<SilentRejects> silent,
    @Nullable Double target,
    @Nullable Advice advice) {
  private static final int MOST_QUIET_ENTRIES = 5;

  /// Less time than this says nothing of a day.
  private static final double LEAST_DAYS = 1.0 / 24;

  /// Creates a backtest with copies of the lists.
  public Backtest {
    comparisons = List.copyOf(comparisons);
    silent = List.copyOf(silent);
  }

  /// How to get to the target without losing anything of high severity.
  ///
  /// @param change the change that gets there and loses least, the smallest of them; `null` if none
  ///   gets there
  /// @param quiet the fewest entries of `QUIET`, for the loudest causes, that get there; `null` if
  ///   no few do
  /// @param loudest the cause with the most mails
  public record Advice(
      @Nullable Comparison change, @Nullable Comparison quiet, Trial.Cause loudest) {}

  /// Judges payloads as a plan says.
  ///
  /// @param history has records with times
  /// @param pipelines makes a pipeline without evidence, which publishes nothing
  /// @param check is called often, and throws to end the work
  public static Backtest run(
      History history, Plan plan, Function<AlertPolicy, Pipeline> pipelines, Runnable check) {
    Span span = Objects.requireNonNull(history.span(), "records with times come before a backtest");
    Trials trials = new Trials(history.payloads(), pipelines, check);
    Trial now = trials.run(plan.policy());
    List<Comparison> comparisons = trials.compare(now, plan.changesFor(now));
    List<Alert> named =
        Stream.concat(
                now.mails().stream().flatMap(mail -> mail.alerts().stream()),
                now.quieted().stream())
            .toList();
    Backtest backtest =
        new Backtest(
            span,
            history.records(),
            plan.policy(),
            now,
            comparisons,
            history.silent(named),
            plan.target(),
            null);
    return backtest.isAboveTarget() && !plan.isAlone()
        ? backtest.withAdvice(trials, plan)
        : backtest;
  }

  private Backtest withAdvice(Trials trials, Plan plan) {
    Comparison best =
        comparisons.stream()
            .filter(this::isGood)
            .min(Comparator.comparingLong(Backtest::weightOf))
            .orElse(null);
    Advice found = new Advice(best, findQuiet(trials, plan), now.causes().getFirst());
    return new Backtest(span, records, policy, now, comparisons, silent, target, found);
  }

  /// Tries entries of `QUIET` for the loudest cause, the two loudest, and so on, as soon as these
  /// have enough mails.
  private @Nullable Comparison findQuiet(Trials trials, Plan plan) {
    List<String> entries = new ArrayList<>();
    int mails = now.mails().size();
    for (Trial.Cause cause : now.causes()) {
      if (cause.severity() == Severity.HIGH) {
        continue;
      }
      if (entries.size() == MOST_QUIET_ENTRIES) {
        break;
      }
      entries.add(AlertWords.quietEntry(cause.alert()));
      mails -= cause.mails();
      if (target != null && mailsADay(mails) <= target) {
        Change change = Change.ofQuiet(String.join("; ", entries), plan.quiet(), plan.policy());
        Comparison tried = trials.compare(now, List.of(change)).getFirst();
        if (isGood(tried)) {
          return tried;
        }
      }
    }
    return null;
  }

  private boolean isGood(Comparison comparison) {
    return target != null
        && mailsADay(comparison.trial()) <= target
        && comparison.difference().keepsHigh();
  }

  /// Weighs what is lost. Of changes that lose the same, the first is the smallest.
  private static long weightOf(Comparison comparison) {
    Difference difference = comparison.difference();
    return difference.lost().stream()
            .mapToLong(each -> each.severity() == Severity.MEDIUM ? 1_000_000 : 1_000)
            .sum()
        + difference.late().size();
  }

  /// Returns how many mails a day a trial sends.
  public double mailsADay(Trial trial) {
    return mailsADay(trial.mails().size());
  }

  private double mailsADay(int mails) {
    return mails / Math.max(span.days(), LEAST_DAYS);
  }

  /// Returns whether there are more mails than wanted.
  public boolean isAboveTarget() {
    return target != null && mailsADay(now) > target;
  }
}
