package dev.flowbell.pipeline;

import dev.flowbell.input.LogBatch;
import dev.flowbell.judge.Alert;
import dev.flowbell.ledger.BatchClaimedException;
import dev.flowbell.ledger.Claim;
import dev.flowbell.ledger.Cooldown;
import dev.flowbell.ledger.Ledger;
import dev.flowbell.ledger.Step;
import dev.flowbell.metric.Metric;
import dev.flowbell.metric.MetricReport;
import dev.flowbell.notify.AlertDigest;
import dev.flowbell.notify.AlertMessage;
import dev.flowbell.publish.AlertPublisher;
import dev.flowbell.publish.MetricPublisher;
import dev.flowbell.publish.PublishFailedException;
import dev.flowbell.record.RecordFormat;
import dev.flowbell.settings.Settings;
import dev.flowbell.summary.FlowSummary;
import dev.flowbell.summary.LogOrigin;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// One payload's way: records are read and summed up, what is worth telling is found, and both are
/// published, each once. The same for Lambda and for the command line. Not safe for use by several
/// threads at once.
public final class Pipeline {
  /// By how much the clocks of two of Lambda's machines may differ, with much to spare: a claim
  /// must not end before the run that made it.
  private static final Duration CLOCK_DIFFERENCE = Duration.ofSeconds(2);

  private final Settings settings;
  private final LineFormats formats;
  private final @Nullable String region;
  private final Ledger ledger;
  private final MetricPublisher metricPublisher;
  private final AlertPublisher alertPublisher;
  private final InstantSource clock;
  // Reads one batch after another, so that its tables need not be made anew for each.
  private @Nullable PayloadReader reader;

  /// @param formats what the lines of batches may look like
  /// @param region whose console notifications link to, `null` for no links
  public Pipeline(
      Settings settings,
      LineFormats formats,
      @Nullable String region,
      Ledger ledger,
      MetricPublisher metricPublisher,
      AlertPublisher alertPublisher,
      InstantSource clock) {
    this.settings = settings;
    this.formats = formats;
    this.region = region;
    this.ledger = ledger;
    this.metricPublisher = metricPublisher;
    this.alertPublisher = alertPublisher;
    this.clock = clock;
  }

  /// Does all of a batch's work that isn't done yet.
  ///
  /// @throws BatchClaimedException where another run has the batch in hand
  /// @throws PayloadFailedException where something could not be published
  public Outcome process(LogBatch batch, TimeLimit limit) {
    if (batch.type() == LogBatch.Type.CONTROL_MESSAGE) {
      return publishOnly(Metric.CONTROL_MESSAGES, originOf(batch), limit);
    }
    Claim claim = claim(batch.id() == null ? newId() : batch.id(), limit);
    if (claim.open().isEmpty()) {
      return publishOnly(Metric.DUPLICATE_BATCHES, originOf(batch), limit);
    }
    PayloadReader read = read(batch);
    if (read.hasMisfits() && formats.refresh(batch.logGroup())) {
      read = read(batch); // as a whole: of the first reading nothing has left this method
    }
    return publish(read.summarize(claim.arrival()), claim, limit);
  }

  private PayloadReader read(LogBatch batch) {
    List<RecordFormat> lineFormats = formats.of(batch.logGroup());
    if (reader == null) {
      reader = new PayloadReader(originOf(batch), settings, lineFormats);
    } else {
      reader.reset(originOf(batch), lineFormats);
    }
    for (int i = 0; i < batch.size(); i++) {
      reader.addLine(batch.bytes(), batch.start(i), batch.end(i));
    }
    return reader;
  }

  private static LogOrigin originOf(LogBatch batch) {
    return new LogOrigin(batch.owner(), batch.logGroup(), batch.logStream());
  }

  /// Does the work of a payload whose lines are no batch's: a file's. It can't be known again.
  ///
  /// @throws PayloadFailedException where something could not be published
  public Outcome process(PayloadReader reader) {
    Claim claim = claim(newId(), TimeLimit.NONE);
    return publish(reader.summarize(claim.arrival()), claim, TimeLimit.NONE);
  }

  private Claim claim(String id, TimeLimit limit) {
    return ledger.claim(id, clock.instant(), limit.remaining().plus(CLOCK_DIFFERENCE));
  }

  private Outcome publishOnly(Metric metric, LogOrigin origin, TimeLimit limit) {
    FlowSummary summary =
        FlowSummary.empty(origin, clock.instant()).withFunctionMetrics(Map.of(metric, 1L));
    runSteps(
        List.of(
            new Work(
                "metrics",
                () -> metricPublisher.publish(summary.toReport(), new ClaimProgress(null, limit)))),
        null);
    return new Outcome(summary, List.of());
  }

  private Outcome publish(FlowSummary counted, Claim claim, TimeLimit limit) {
    List<Alert> found = settings.alertPolicy().evaluate(counted);
    List<Alert> told = new ArrayList<>();
    List<Cooldown> cooldowns = new ArrayList<>();
    Map<String, Cooldown> answers = askForCooldowns(found, counted.origin().logGroup(), claim);
    for (Alert alert : found) {
      Cooldown cooldown = answers.get(alert.cooldownKey(counted.origin().logGroup()));
      if (cooldown != null && cooldown.isStarted()) {
        told.add(alert);
        cooldowns.add(cooldown);
      }
    }
    FlowSummary summary =
        counted.withFunctionMetrics(
            Map.of(
                Metric.ALERTS_SENT,
                (long) told.size(),
                Metric.ALERTS_SUPPRESSED,
                (long) found.size() - told.size(),
                Metric.POSSIBLE_DUPLICATES,
                (long) claim.doubts()));
    Set<Step> open = claim.open();
    boolean hasNews = open.contains(Step.ALERTS) && !told.isEmpty();
    List<Work> works = new ArrayList<>();
    if (open.contains(Step.METRICS)) {
      works.add(
          new Work(
              "metrics",
              () -> {
                metricPublisher.publish(summary.toReport(), new ClaimProgress(claim, limit));
                claim.settleDoubts();
                // Where there is nothing to tell, one write closes both.
                claim.close(hasNews ? EnumSet.of(Step.METRICS) : open);
              }));
    }
    if (hasNews) {
      works.add(
          new Work(
              "alerts",
              () -> {
                if (!open.contains(Step.METRICS)) {
                  publishDoubts(claim, limit);
                }
                new ClaimProgress(null, limit).ensureTimeForOnlyRequest();
                alertPublisher.publish(AlertMessage.of(toDigest(told, cooldowns, summary)));
                claim.close(EnumSet.of(Step.ALERTS));
              }));
    }
    if (works.isEmpty()) { // a retry with other settings: nothing is told any more
      claim.close(open);
    }
    runSteps(works, claim);
    return new Outcome(summary, List.copyOf(told));
  }

  private Map<String, Cooldown> askForCooldowns(List<Alert> found, String logGroup, Claim claim) {
    return found.isEmpty()
        ? Map.of()
        : claim.startCooldowns(
            found.stream()
                .limit(Claim.MOST_KEYS) // the most important; the rest count as suppressed
                .map(alert -> alert.cooldownKey(logGroup))
                .toList(),
            clock.instant(),
            settings.alertPolicy().cooldown());
  }

  /// Says that the notification that follows may be a repeat, before it goes out.
  private void publishDoubts(Claim claim, TimeLimit limit) {
    if (claim.doubts() > 0) {
      metricPublisher.publish(
          MetricReport.ofPossibleDuplicates(clock.instant(), claim.doubts()),
          new ClaimProgress(null, limit));
      claim.settleDoubts();
    }
  }

  private AlertDigest toDigest(List<Alert> told, List<Cooldown> cooldowns, FlowSummary summary) {
    return new AlertDigest(
        told,
        summary,
        region,
        cooldowns.stream().map(Cooldown::until).max(Comparator.naturalOrder()).orElseThrow(),
        cooldowns.stream().mapToLong(Cooldown::suppressed).sum(),
        cooldowns.stream()
            .map(Cooldown::since)
            .filter(Objects::nonNull)
            .min(Comparator.naturalOrder())
            .orElse(null));
  }

  /// Tries every step, whether or not another failed: metrics are worth having without the
  /// notification, and the other way round.
  private static void runSteps(List<Work> works, @Nullable Claim claim) {
    List<String> results = new ArrayList<>();
    List<PublishFailedException> failures = new ArrayList<>();
    for (Work work : works) {
      try {
        work.task.run();
        results.add(work.name + ": done");
      } catch (PublishFailedException e) {
        results.add(work.name + ": NOT done, " + e.getMessage());
        failures.add(e);
        if (claim != null && e.possibleDuplicates() > 0) {
          claim.addDoubts(e.possibleDuplicates());
        }
      }
    }
    if (!failures.isEmpty()) {
      if (claim != null) {
        claim.release();
      }
      throw new PayloadFailedException(String.join("; ", results), failures);
    }
  }

  private static String newId() {
    return UUID.randomUUID().toString();
  }

  /// A step and what it takes.
  private record Work(String name, Runnable task) {}
}
