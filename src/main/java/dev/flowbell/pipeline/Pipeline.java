package dev.flowbell.pipeline;

import dev.flowbell.input.LambdaEvent.StreamRecord;
import dev.flowbell.input.LogBatch;
import dev.flowbell.input.SubscriptionDecoder;
import dev.flowbell.judge.Judge;
import dev.flowbell.judge.Judgement;
import dev.flowbell.ledger.Claim;
import dev.flowbell.ledger.Ledger;
import dev.flowbell.ledger.ShardClaim;
import dev.flowbell.metric.Metric;
import dev.flowbell.publish.FailedEvent;
import dev.flowbell.record.AddressBlocks;
import dev.flowbell.record.FlowRecord;
import dev.flowbell.record.IpAddress;
import dev.flowbell.record.RecordFormat;
import dev.flowbell.settings.Settings;
import dev.flowbell.settings.SourceChange;
import dev.flowbell.summary.FlowSummary;
import dev.flowbell.summary.LogOrigin;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Takes payloads through all stages: their records are read and summed up, judged, and the result
/// is delivered. [Wiring] creates one for Lambda and for the command line. Not safe for use by
/// several threads.
public final class Pipeline {
  /// The most by which the clocks of two Lambda machines may differ, with margin. A claim must not
  /// end before the invocation that made it.
  private static final Duration CLOCK_DIFFERENCE = Duration.ofSeconds(2);

  /// What a network interface logs in a minute, about: a file of many interfaces is judged as so
  /// many payloads.
  private static final int RECORDS_A_PAYLOAD = 20;

  private final Settings settings;
  private final Supplier<AddressBlocks> inside;
  private final LineFormats formats;
  private final Ledger ledger;
  private final @Nullable Judge judge;
  private final Delivery delivery;
  private final InstantSource clock;
  private final Predicate<FlowRecord> selection;
  private final Predicate<FlowRecord> ofLogGroups;
  private final Predicate<FlowRecord> ofFiles;
  private String fileId = "";
  private @Nullable Claim fileClaim;
  // One reader for all batches, so that its tables are allocated once.
  private @Nullable PayloadReader reader;
  private @Nullable AddressBlocks readerInside;

  /// Creates a pipeline.
  ///
  /// @param formats the formats that the lines of batches may have
  /// @param judge `null` where nobody could be notified
  Pipeline(
      Settings settings,
      LineFormats formats,
      Ledger ledger,
      @Nullable Judge judge,
      Delivery delivery,
      InstantSource clock) {
    this(
        settings,
        settings::insideNetworks,
        formats,
        ledger,
        judge,
        delivery,
        clock,
        PayloadReader.EVERY_RECORD);
  }

  /// Creates a pipeline of some records.
  ///
  /// @param inside returns the networks of the user's own hosts
  /// @param formats the formats that the lines of batches may have
  /// @param judge `null` where nobody could be notified
  /// @param selection tells of each record whether it is read; of events and files, the change of
  ///   source tells it too
  Pipeline(
      Settings settings,
      Supplier<AddressBlocks> inside,
      LineFormats formats,
      Ledger ledger,
      @Nullable Judge judge,
      Delivery delivery,
      InstantSource clock,
      Predicate<FlowRecord> selection) {
    this.settings = settings;
    this.inside = inside;
    this.formats = formats;
    this.ledger = ledger;
    this.judge = judge;
    this.delivery = delivery;
    this.clock = clock;
    this.selection = selection;
    SourceChange change = settings.sourceChange();
    ofLogGroups =
        change == null ? selection : selection.and(record -> change.includes(record, false));
    ofFiles = change == null ? selection : selection.and(record -> change.includes(record, true));
  }

  /// Delivers a batch, as far as the ledger does not say that it was delivered.
  ///
  /// @throws dev.flowbell.ledger.BatchClaimedException where another invocation has the batch
  /// @throws PayloadFailedException where something could not be published
  public Outcome process(LogBatch batch, TimeLimit limit) {
    if (batch.type() == LogBatch.Type.CONTROL_MESSAGE) {
      return count(Metric.CONTROL_MESSAGES, 1, originOf(batch), limit);
    }
    String id = batch.id() == null ? newId() : batch.id();
    Claim claim = claim(id, limit);
    if (isDelivered(claim)) {
      return count(Metric.DUPLICATE_BATCHES, 1, originOf(batch), limit);
    }
    PayloadReader read = read(batch, claim);
    if (refreshFormats(read)) {
      read = read(batch, claim); // from the start: nothing of the first reading was used
    }
    return deliver(read.summarize(claim.arrival()), id, claim, limit);
  }

  /// Delivers records of one shard of a stream, in their order: all payloads in them as one batch,
  /// or as two, where an earlier invocation ended between two of them. Records that the ledger says
  /// were delivered count as repeats.
  ///
  /// @param records one at least
  /// @param decoder unwraps the payloads
  /// @throws dev.flowbell.ledger.BatchClaimedException where another invocation has the shard
  /// @throws dev.flowbell.input.UndecodableEventException where a payload can't be read, and there
  ///   is no failure queue
  /// @throws PayloadFailedException where something could not be published
  public List<Outcome> process(
      List<StreamRecord> records, SubscriptionDecoder decoder, Invocation invocation) {
    String last = records.getLast().sequenceNumber();
    ShardClaim shard =
        ledger.claimShard(
            records.getFirst().streamArn() + "/" + records.getFirst().shardId(),
            last,
            clock.instant(),
            invocation.limit().remaining().plus(CLOCK_DIFFERENCE));
    String delivered = shard.finished();
    long repeats = records.stream().filter(each -> !isBehind(each, delivered)).count();
    List<Outcome> outcomes = new ArrayList<>();
    ShardClaim.Range range = shard.next();
    if (range == null) {
      shard.end();
      return List.of(
          count(Metric.DUPLICATE_BATCHES, repeats, LogOrigin.UNKNOWN, invocation.limit()));
    }
    StreamReader stream = new StreamReader(decoder);
    for (; range != null; range = shard.next()) {
      String begin = shard.finished();
      String end = range.last();
      List<StreamRecord> part =
          records.stream().filter(each -> isBehind(each, begin) && !isBehind(each, end)).toList();
      outcomes.add(deliver(part, repeats, stream, shard, range, invocation));
      repeats = 0;
    }
    return outcomes;
  }

  private static boolean isBehind(StreamRecord record, String sequenceNumber) {
    return ShardClaim.compare(record.sequenceNumber(), sequenceNumber) > 0;
  }

  private Outcome deliver(
      List<StreamRecord> records,
      long repeats,
      StreamReader stream,
      ShardClaim shard,
      ShardClaim.Range range,
      Invocation invocation) {
    Claim claim = range.claim();
    BatchTarget target = new BatchTarget(claim);
    StreamReader.Payloads payloads =
        stream.read(records, shard.recentPayloads(), invocation, target);
    if (target.reader != null && refreshFormats(target.reader)) {
      target = new BatchTarget(claim); // from the start: nothing of the first reading was used
      payloads = stream.read(records, shard.recentPayloads(), invocation, target);
    }
    if (!payloads.failed().isEmpty() && !delivery.keepsFailures()) {
      claim.release();
      throw payloads.failed().getFirst().error();
    }
    shard.addPayloads(payloads.payloads());
    FlowSummary summary =
        (target.reader == null
                ? FlowSummary.empty(LogOrigin.UNKNOWN, claim.arrival())
                : target.reader.summarize(claim.arrival()))
            .withFunctionMetrics(
                Map.of(
                    Metric.CONTROL_MESSAGES,
                    payloads.controlMessages(),
                    Metric.DUPLICATE_BATCHES,
                    payloads.repeats() + repeats));
    return deliver(
        summary,
        payloads.failed(),
        judge(summary, range.id(), Math.max(1, records.size()), claim),
        claim,
        invocation.limit());
  }

  /// Reads payloads into one batch.
  private final class BatchTarget implements StreamReader.Target {
    private final Claim claim;
    private @Nullable PayloadReader reader;

    BatchTarget(Claim claim) {
      this.claim = claim;
    }

    @Override
    public void read(LogBatch payload) {
      PayloadReader lines = reader;
      if (lines == null) {
        lines = resetReader(payload, claim);
        reader = lines;
      } else {
        lines.next(originOf(payload), formats.of(payload.logGroup()));
      }
      addLines(payload, lines);
    }
  }

  /// Asks for the formats of log groups with lines that fit none.
  ///
  /// @return whether there are others now
  private boolean refreshFormats(PayloadReader read) {
    boolean isAnyNew = false;
    for (String logGroup : read.misfits()) {
      isAnyNew |= formats.refresh(logGroup);
    }
    return isAnyNew;
  }

  /// Reads a file and delivers it, as far as the ledger does not say that it was delivered.
  ///
  /// @param id the same each time that the same file arrives
  /// @throws IOException where the file can't be read; nothing of it was delivered
  /// @throws dev.flowbell.ledger.BatchClaimedException where another invocation has the file
  /// @throws PayloadFailedException where something could not be published
  public Outcome process(String id, LogOrigin origin, FileSource file, TimeLimit limit)
      throws IOException {
    Claim claim = claim(id, limit);
    if (isDelivered(claim)) {
      return count(Metric.DUPLICATE_BATCHES, 1, origin, limit);
    }
    PayloadReader read = resetReader(origin, settings.formats(), ofFiles, claim);
    boolean isRead = false;
    try {
      file.readTo(read);
      isRead = true;
    } finally {
      if (!isRead) {
        claim.release();
      }
    }
    FlowSummary summary = read.summarize(claim.arrival());
    int payloads = Math.clamp(summary.total(Metric.RECORDS) / RECORDS_A_PAYLOAD, 1, 1_000);
    return deliver(summary, List.of(), judge(summary, id, payloads, claim), claim, limit);
  }

  /// Begins a payload of lines that are no batch, such as a file's. Pass it to [#process] when its
  /// lines are read.
  public PayloadReader begin(LogOrigin origin) {
    PayloadReader lines =
        new PayloadReader(origin, settings, inside.get(), settings.formats(), selection);
    fileId = newId();
    fileClaim = claim(fileId, TimeLimit.NONE);
    watch(lines, fileClaim);
    return lines;
  }

  /// Delivers a payload of lines. Its repetition can't be detected.
  ///
  /// @throws PayloadFailedException where something could not be published
  public Outcome process(PayloadReader lines) {
    Claim claim = Objects.requireNonNull(fileClaim, "begin comes before process");
    return deliver(lines.summarize(claim.arrival()), fileId, claim, TimeLimit.NONE);
  }

  /// Delivers a payload that another pipeline has read. The other one may watch more sources: what
  /// this one would not have read is left out.
  ///
  /// @throws PayloadFailedException where something could not be published
  public Outcome process(FlowSummary counted) {
    String id = newId();
    Claim claim = claim(id, TimeLimit.NONE);
    Set<IpAddress> watched = judge == null ? Set.of() : judge.watched(claim.evidence());
    return deliver(counted.withOpenedOf(watched), id, claim, TimeLimit.NONE);
  }

  private PayloadReader read(LogBatch batch, Claim claim) {
    PayloadReader lines = resetReader(batch, claim);
    addLines(batch, lines);
    return lines;
  }

  private static void addLines(LogBatch batch, PayloadReader lines) {
    for (int i = 0; i < batch.size(); i++) {
      lines.addLine(batch.bytes(), batch.start(i), batch.end(i));
    }
  }

  /// Returns the reader, cleared for a batch that begins with this payload.
  private PayloadReader resetReader(LogBatch batch, Claim claim) {
    return resetReader(originOf(batch), formats.of(batch.logGroup()), ofLogGroups, claim);
  }

  private PayloadReader resetReader(
      LogOrigin origin,
      List<RecordFormat> lineFormats,
      Predicate<FlowRecord> selected,
      Claim claim) {
    AddressBlocks networks = inside.get();
    if (reader == null || !networks.equals(readerInside)) {
      reader = new PayloadReader(origin, settings, networks, lineFormats, selected);
      readerInside = networks;
    } else {
      reader.reset(origin, lineFormats);
      reader.select(selected);
    }
    watch(reader, claim);
    return reader;
  }

  /// What sources get through that scan is evidence, whichever payload shows it.
  private void watch(PayloadReader lines, Claim claim) {
    Set<IpAddress> watched = judge == null ? Set.of() : judge.watched(claim.evidence());
    if (!watched.isEmpty()) {
      lines.watch(watched);
    }
  }

  private static LogOrigin originOf(LogBatch batch) {
    return new LogOrigin(batch.owner(), batch.logGroup(), batch.logStream());
  }

  /// Returns whether a batch was delivered. If so, its claim has ended.
  private boolean isDelivered(Claim claim) {
    if (claim.isFinished()) {
      return true;
    }
    if (delivery.hasOpenSteps(claim)) {
      return false;
    }
    claim.release(); // the open step is another version's
    return true;
  }

  private Claim claim(String id, TimeLimit limit) {
    return ledger.claim(id, clock.instant(), limit.remaining().plus(CLOCK_DIFFERENCE));
  }

  /// Publishes one of the function's own metrics, for a payload without records of its own.
  private Outcome count(Metric metric, long count, LogOrigin origin, TimeLimit limit) {
    FlowSummary summary =
        FlowSummary.empty(origin, clock.instant()).withFunctionMetrics(Map.of(metric, count));
    delivery.report(summary.toReport(), limit);
    return new Outcome(summary, Judgement.NOTHING, List.of());
  }

  private Outcome deliver(FlowSummary counted, String payloadId, Claim claim, TimeLimit limit) {
    return deliver(counted, List.of(), judge(counted, payloadId, 1, claim), claim, limit);
  }

  private Judgement judge(FlowSummary counted, String payloadId, int payloads, Claim claim) {
    return judge == null
        ? Judgement.NOTHING
        : judge.judge(counted, payloadId, payloads, claim.evidence());
  }

  private Outcome deliver(
      FlowSummary counted,
      List<FailedEvent> failed,
      Judgement judgement,
      Claim claim,
      TimeLimit limit) {
    FlowSummary summary =
        counted.withFunctionMetrics(
            Map.of(
                Metric.ALERTS_SUPPRESSED,
                judgement.suppressed(),
                Metric.ALERTS_QUIETED,
                judgement.quieted(),
                Metric.OVER_BOUNDS,
                judge == null ? 0L : claim.evidence().leftOut(),
                Metric.POSSIBLE_DUPLICATES,
                (long) claim.possibleDuplicates()));
    Findings findings =
        new Findings(
            summary,
            judgement,
            judge == null ? Findings.NO_DIGEST : dueHour(summary, claim),
            failed);
    delivery.run(findings, claim, limit);
    return new Outcome(
        summary.withFunctionMetrics(Map.of(Metric.ALERTS_SENT, (long) findings.alertsSent())),
        judgement,
        findings.sent());
  }

  /// Returns the payload's hour, where an hour before it held alerts back.
  private static long dueHour(FlowSummary summary, Claim claim) {
    long hour = AlertsStep.hourOf(summary.last() == null ? summary.arrival() : summary.last());
    return claim.evidence().board().stream()
            .filter(entry -> entry.startsWith(AlertsStep.DIGEST))
            .anyMatch(entry -> Long.parseLong(entry.substring(AlertsStep.DIGEST.length())) < hour)
        ? hour
        : Findings.NO_DIGEST;
  }

  /// Sends what still waits: sources that may scan, and alerts that are held back. For the command
  /// line, when all files were read.
  ///
  /// @throws PayloadFailedException where something could not be published
  public Outcome finish() {
    Claim claim = claim(newId(), TimeLimit.NONE);
    FlowSummary summary = FlowSummary.empty(new LogOrigin("", "", ""), clock.instant());
    if (judge == null) {
      return new Outcome(summary, Judgement.NOTHING, List.of());
    }
    Judgement judgement = judge.finish(claim.evidence());
    Findings findings = new Findings(summary, judgement, Long.MAX_VALUE);
    delivery.runAlerts(findings, claim, TimeLimit.NONE);
    return new Outcome(
        summary.withFunctionMetrics(Map.of(Metric.ALERTS_SENT, (long) findings.alertsSent())),
        judgement,
        findings.sent());
  }

  private static String newId() {
    return UUID.randomUUID().toString();
  }
}
