package dev.flowbell.app;

import dev.flowbell.alert.Alert;
import dev.flowbell.alert.AlertDigest;
import dev.flowbell.alert.AlertMessage;
import dev.flowbell.input.LogBatch;
import dev.flowbell.ledger.Cooldown;
import dev.flowbell.ledger.Ledger;
import dev.flowbell.ledger.Step;
import dev.flowbell.publish.AlertPublisher;
import dev.flowbell.publish.MetricPublisher;
import dev.flowbell.publish.PublishFailedException;
import dev.flowbell.summary.FlowSummary;
import dev.flowbell.summary.LogOrigin;
import dev.flowbell.summary.Metric;
import java.time.Instant;
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
/// published, each once. The same for Lambda and for the command line.
final class Pipeline {
  private final Settings settings;
  private final LineFormats formats;
  private final @Nullable String region;
  private final Ledger ledger;
  private final MetricPublisher metricPublisher;
  private final AlertPublisher alertPublisher;
  private final InstantSource clock;

  /// @param formats what the lines of batches may look like
  /// @param region whose console notifications link to, `null` for no links
  Pipeline(
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
  /// @throws PayloadFailedException where something could not be published
  Outcome process(LogBatch batch) {
    if (batch.type() == LogBatch.Type.CONTROL_MESSAGE) {
      return publishOnly(Metric.CONTROL_MESSAGES, batch);
    }
    String id = batch.id() == null ? newId() : batch.id();
    Set<Step> open = ledger.claim(id);
    if (open.isEmpty()) {
      return publishOnly(Metric.DUPLICATE_BATCHES, batch);
    }
    PayloadReader reader = read(batch);
    if (reader.hasMisfits() && formats.refresh(batch.logGroup())) {
      reader = read(batch); // as a whole: of the first reading nothing has left this method
    }
    return publish(reader.summarize(clock.instant()), id, open);
  }

  private PayloadReader read(LogBatch batch) {
    PayloadReader reader =
        new PayloadReader(originOf(batch), settings, formats.of(batch.logGroup()));
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
  Outcome process(PayloadReader reader) {
    return publish(reader.summarize(clock.instant()), newId(), EnumSet.allOf(Step.class));
  }

  private Outcome publishOnly(Metric doing, LogBatch batch) {
    PayloadReader nothingRead = new PayloadReader(originOf(batch), settings, settings.formats());
    FlowSummary summary = nothingRead.summarize(clock.instant()).withDoings(Map.of(doing, 1L));
    runSteps(List.of(new Work("metrics", () -> metricPublisher.publish(summary))));
    return new Outcome(summary, List.of());
  }

  private Outcome publish(FlowSummary counted, String id, Set<Step> open) {
    Instant now = counted.arrival();
    List<Alert> told = new ArrayList<>();
    List<Cooldown> cooldowns = new ArrayList<>();
    List<Alert> found = settings.alertPolicy().evaluate(counted);
    for (Alert alert : found) {
      Cooldown cooldown =
          ledger.startCooldown(
              alert.cooldownKey(counted.origin().logGroup()),
              id,
              now,
              settings.alertPolicy().cooldown());
      if (cooldown.isStarted()) {
        told.add(alert);
        cooldowns.add(cooldown);
      }
    }
    FlowSummary summary =
        counted.withDoings(
            Map.of(
                Metric.ALERTS_SENT,
                (long) told.size(),
                Metric.ALERTS_SUPPRESSED,
                (long) found.size() - told.size()));
    List<Work> works = new ArrayList<>();
    if (open.contains(Step.METRICS)) {
      works.add(
          new Work(
              "metrics",
              () -> {
                metricPublisher.publish(summary);
                ledger.close(id, Step.METRICS);
              }));
    }
    if (open.contains(Step.ALERTS)) {
      works.add(
          new Work(
              "alerts",
              () -> {
                if (!told.isEmpty()) {
                  alertPublisher.publish(AlertMessage.of(toDigest(told, cooldowns, summary)));
                }
                ledger.close(id, Step.ALERTS);
              }));
    }
    runSteps(works);
    return new Outcome(summary, List.copyOf(told));
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
  private static void runSteps(List<Work> works) {
    List<String> results = new ArrayList<>();
    List<PublishFailedException> failures = new ArrayList<>();
    for (Work work : works) {
      try {
        work.task.run();
        results.add(work.name + ": done");
      } catch (PublishFailedException e) {
        results.add(work.name + ": NOT done, " + e.getMessage());
        failures.add(e);
      }
    }
    if (!failures.isEmpty()) {
      throw new PayloadFailedException(String.join("; ", results), failures);
    }
  }

  private static String newId() {
    return UUID.randomUUID().toString();
  }

  private record Work(String name, Runnable task) {}
}
