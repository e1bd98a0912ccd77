package dev.flowbell.pipeline;

import dev.flowbell.input.LogBatch;
import dev.flowbell.judge.Judge;
import dev.flowbell.judge.Judgement;
import dev.flowbell.ledger.Claim;
import dev.flowbell.ledger.Ledger;
import dev.flowbell.metric.Metric;
import dev.flowbell.record.RecordFormat;
import dev.flowbell.settings.Settings;
import dev.flowbell.summary.FlowSummary;
import dev.flowbell.summary.LogOrigin;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Takes payloads through all stages: their records are read and summed up, judged, and the result
/// is delivered. [Wiring] creates one for Lambda and for the command line. Not safe for use by
/// several threads.
public final class Pipeline {
  /// The most by which the clocks of two Lambda machines may differ, with margin. A claim must not
  /// end before the invocation that made it.
  private static final Duration CLOCK_DIFFERENCE = Duration.ofSeconds(2);

  private final Settings settings;
  private final LineFormats formats;
  private final Ledger ledger;
  private final Judge judge;
  private final Delivery delivery;
  private final InstantSource clock;
  // One reader for all batches, so that its tables are allocated once.
  private @Nullable PayloadReader reader;

  /// Creates a pipeline.
  ///
  /// @param formats the formats that the lines of batches may have
  Pipeline(
      Settings settings,
      LineFormats formats,
      Ledger ledger,
      Delivery delivery,
      InstantSource clock) {
    this.settings = settings;
    this.formats = formats;
    this.ledger = ledger;
    this.judge = new Judge(settings.alertPolicy());
    this.delivery = delivery;
    this.clock = clock;
  }

  /// Delivers a batch, as far as the ledger does not say that it was delivered.
  ///
  /// @throws dev.flowbell.ledger.BatchClaimedException where another invocation has the batch
  /// @throws PayloadFailedException where something could not be published
  public Outcome process(LogBatch batch, TimeLimit limit) {
    if (batch.type() == LogBatch.Type.CONTROL_MESSAGE) {
      return count(Metric.CONTROL_MESSAGES, originOf(batch), limit);
    }
    Claim claim = claim(batch.id() == null ? newId() : batch.id(), limit);
    if (claim.isFinished()) {
      return count(Metric.DUPLICATE_BATCHES, originOf(batch), limit);
    }
    if (!delivery.hasOpenSteps(claim)) {
      claim.release(); // the open step is another version's
      return count(Metric.DUPLICATE_BATCHES, originOf(batch), limit);
    }
    PayloadReader read = read(batch);
    if (read.hasMisfits() && formats.refresh(batch.logGroup())) {
      read = read(batch); // from the start: nothing of the first reading was used
    }
    return deliver(read.summarize(claim.arrival()), claim, limit);
  }

  /// Begins a payload of lines that are no batch, such as a file's. Pass it to [#process] when its
  /// lines are read.
  public PayloadReader begin(LogOrigin origin) {
    return new PayloadReader(origin, settings, settings.formats());
  }

  /// Delivers a payload of lines. Its repetition can't be detected.
  ///
  /// @throws PayloadFailedException where something could not be published
  public Outcome process(PayloadReader lines) {
    Claim claim = claim(newId(), TimeLimit.NONE);
    return deliver(lines.summarize(claim.arrival()), claim, TimeLimit.NONE);
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

  private Claim claim(String id, TimeLimit limit) {
    return ledger.claim(id, clock.instant(), limit.remaining().plus(CLOCK_DIFFERENCE));
  }

  /// Publishes one of the function's own metrics, for a payload without records of its own.
  private Outcome count(Metric metric, LogOrigin origin, TimeLimit limit) {
    FlowSummary summary =
        FlowSummary.empty(origin, clock.instant()).withFunctionMetrics(Map.of(metric, 1L));
    delivery.run(summary.toReport(), limit);
    return new Outcome(summary, List.of());
  }

  private Outcome deliver(FlowSummary counted, Claim claim, TimeLimit limit) {
    Judgement judgement = judge.judge(counted, claim, clock.instant());
    FlowSummary summary =
        counted.withFunctionMetrics(
            Map.of(
                Metric.ALERTS_SENT,
                (long) judgement.sent().size(),
                Metric.ALERTS_SUPPRESSED,
                judgement.suppressed(),
                Metric.POSSIBLE_DUPLICATES,
                (long) claim.possibleDuplicates()));
    delivery.run(new Findings(summary, judgement), claim, limit);
    return new Outcome(summary, judgement.sent());
  }

  private static String newId() {
    return UUID.randomUUID().toString();
  }
}
