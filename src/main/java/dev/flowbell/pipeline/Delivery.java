package dev.flowbell.pipeline;

import dev.flowbell.ledger.Claim;
import dev.flowbell.metric.MetricReport;
import dev.flowbell.publish.PublishFailedException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;

/// Publishes what payloads say, step by step. Each step is done once for a batch: the ledger
/// records it, and a repeated invocation skips it.
final class Delivery {
  private final MetricsStep metrics;
  private final List<DeliveryStep> steps = new ArrayList<>();
  private final Consumer<String> warnings;

  /// Creates a delivery.
  ///
  /// @param metrics runs first
  /// @param others run after it, in this order
  /// @param warnings receives what the log should say, a line each
  Delivery(MetricsStep metrics, List<? extends DeliveryStep> others, Consumer<String> warnings) {
    this.metrics = metrics;
    this.warnings = warnings;
    steps.add(metrics);
    steps.addAll(others);
  }

  /// Returns whether payloads that can't be read are kept in a failure queue.
  boolean keepsFailures() {
    return steps.stream().anyMatch(step -> step instanceof FailuresStep);
  }

  /// Returns whether the batch has a step that this version knows and that is not done. Another
  /// version may have recorded steps that this one does not know.
  boolean hasOpenSteps(Claim claim) {
    return steps.stream().anyMatch(step -> !claim.doneSteps().contains(step.name()));
  }

  /// Runs every step that is needed and not done yet, even where another step fails: metrics are
  /// useful without a notification, and a notification without metrics.
  ///
  /// A step is recorded as soon as it is done. Steps without anything to publish are recorded along
  /// with the first one that is done, so that they cost no call.
  ///
  /// @throws PayloadFailedException where a step failed; the message says which steps are done
  void run(Findings findings, Claim claim, TimeLimit limit) {
    Set<String> open = new HashSet<>();
    Set<String> unrecorded = new HashSet<>();
    List<DeliveryStep> needed = new ArrayList<>();
    for (DeliveryStep step : steps) {
      if (claim.doneSteps().contains(step.name())) {
        continue;
      }
      if (step.isNeeded(findings)) {
        open.add(step.name());
        needed.add(step);
      } else {
        unrecorded.add(step.name());
      }
    }
    if (needed.isEmpty()) { // a repeat, which finds nothing more to send
      reportRepeat(findings, claim, limit);
      claim.finish(unrecorded);
      return;
    }
    List<String> results = new ArrayList<>();
    List<PublishFailedException> failures = new ArrayList<>();
    for (DeliveryStep step : needed) {
      try {
        if (step != metrics) {
          metrics.reportPossibleDuplicates(findings, claim, limit);
        }
        step.publish(findings, claim, limit);
        open.remove(step.name());
        unrecorded.add(step.name());
        if (open.isEmpty()) {
          claim.finish(unrecorded);
        } else {
          claim.recordDone(unrecorded);
        }
        unrecorded.clear();
        results.add(toText(step) + ": done");
      } catch (PublishFailedException e) {
        results.add(toText(step) + ": NOT done, " + e.getMessage());
        failures.add(e);
        if (e.possibleDuplicates() > 0) {
          claim.addPossibleDuplicates(e.possibleDuplicates());
        }
      }
    }
    if (!failures.isEmpty()) {
      claim.release();
      throw new PayloadFailedException(String.join("; ", results), failures);
    }
  }

  /// Runs every step but the metrics', for a payload that has none.
  ///
  /// @throws PayloadFailedException where a step failed
  void runAlerts(Findings findings, Claim claim, TimeLimit limit) {
    claim.recordDone(Set.of(metrics.name()));
    run(findings, claim, limit);
  }

  /// Publishes one of the function's own metrics, for a payload that needs nothing else. If that
  /// fails, it is logged: the payload is finished, and a repeat might count it again.
  void report(MetricReport report, TimeLimit limit) {
    try {
      metrics.publish(report, null, limit);
    } catch (PublishFailedException e) {
      warnings.accept("not counted: " + e.getMessage());
    }
  }

  /// Reports possible duplicates of an earlier invocation, as the only thing that is published.
  private void reportRepeat(Findings findings, Claim claim, TimeLimit limit) {
    try {
      metrics.reportPossibleDuplicates(findings, claim, limit);
    } catch (PublishFailedException e) {
      claim.release();
      throw new PayloadFailedException(
          toText(metrics) + ": NOT done, " + e.getMessage(), List.of(e));
    }
  }

  private static String toText(DeliveryStep step) {
    return step.name().toLowerCase(Locale.ROOT);
  }
}
