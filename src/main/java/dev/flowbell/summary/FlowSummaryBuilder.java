package dev.flowbell.summary;

import dev.flowbell.classify.Classification;
import dev.flowbell.classify.Classifier;
import dev.flowbell.classify.FlowPairs;
import dev.flowbell.classify.HandshakeTracker;
import dev.flowbell.classify.Suspect;
import dev.flowbell.classify.SuspectRecord;
import dev.flowbell.metric.Metric;
import dev.flowbell.metric.MetricCounts;
import dev.flowbell.metric.MetricDimension;
import dev.flowbell.metric.MetricPoint;
import dev.flowbell.metric.MetricSeries;
import dev.flowbell.metric.MetricTable;
import dev.flowbell.metric.Minutes;
import dev.flowbell.record.AddressBlocks;
import dev.flowbell.record.FlowField;
import dev.flowbell.record.FlowRecord;
import dev.flowbell.record.IpAddress;
import dev.flowbell.record.ParseFault;
import dev.flowbell.record.TrafficType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Sums up the records of one payload, or of several that are one batch. [#next] begins another
/// payload of the batch, [#reset] another batch. Not thread-safe.
///
/// Flows are paired, and handshakes answered, within one payload: the sums of a batch are those of
/// its payloads. Evidence, series and minutes are those of the whole batch.
///
/// Its memory is bounded: suspects, handshakes, series and minutes. A record beyond a bound still
/// counts in the totals, and in [Metric#OVER_BOUNDS] too.
///
/// If accepted records are not to be read, those that arrive nevertheless count in [Metric#RECORDS]
/// alone: with some of them and not all, handshakes would seem to lack an answer.
public final class FlowSummaryBuilder {
  /// AWS introduced flow logs on 2015-06-10. An earlier time is damaged, and says nothing about the
  /// others.
  private static final long FIRST_FLOW_LOG = Instant.parse("2015-06-10T00:00:00Z").getEpochSecond();

  /// The metrics that have one value for the whole payload.
  private static final Set<Metric> PAYLOAD_METRICS =
      Set.of(Metric.UNREADABLE_RECORDS, Metric.OVER_BOUNDS, Metric.DELIVERY_LAG);

  private final MetricTable metrics;
  private final TrafficType traffic;
  // The mark of a handshake is the counts that it adds to if it stays unanswered.
  private final HandshakeTracker<List<MetricCounts>> handshakes;
  private final FlowPairs<List<MetricCounts>> pairs;
  private final PayloadEvidenceBuilder evidence;
  private Set<IpAddress> watched = Set.of();
  private final List<LogGroupProblem> problems = new ArrayList<>();
  private LogOrigin origin;
  private LogOrigin common = LogOrigin.UNKNOWN;
  private final Map<ParseFault, Long> faultsOfPayload = new EnumMap<>(ParseFault.class);
  private long skippedWindows;
  private long overBounds;
  private long firstSeconds;
  private long lastSeconds;
  private @Nullable String skippedAt;

  /// Creates a builder for a payload.
  ///
  /// @param dimensionSets the series to count besides the totals
  /// @param seriesBudget the most series that dimensions can add to a payload; what exceeds it
  ///   counts in the series [MetricSeries#OTHER]
  /// @param inside the networks whose hosts are the user's own
  /// @param traffic the traffic that is read
  public FlowSummaryBuilder(
      LogOrigin origin,
      List<List<MetricDimension>> dimensionSets,
      int seriesBudget,
      AddressBlocks inside,
      TrafficType traffic) {
    this(origin, dimensionSets, seriesBudget, inside, traffic, SummaryBounds.ofProcess());
  }

  FlowSummaryBuilder(
      LogOrigin origin,
      List<List<MetricDimension>> dimensionSets,
      int seriesBudget,
      AddressBlocks inside,
      TrafficType traffic,
      SummaryBounds bounds) {
    this.metrics = new MetricTable(dimensionSets, seriesBudget, traffic);
    this.traffic = traffic;
    this.handshakes =
        new HandshakeTracker<>(bounds.handshakes(), FlowSummaryBuilder::countUnanswered);
    this.pairs = new FlowPairs<>(inside, bounds.pairedRecords());
    this.evidence = new PayloadEvidenceBuilder(bounds.groups());
    this.origin = origin;
    reset(origin);
  }

  /// Watches sources: what they get through is part of the evidence, even if the payload shows no
  /// attempt of theirs. [#reset] ends this.
  public void watch(Set<IpAddress> sources) {
    watched = Set.copyOf(sources);
  }

  /// Begins the next payload of the same batch.
  public void next(LogOrigin newOrigin) {
    endPayload();
    common = common.inCommonWith(newOrigin);
    begin(newOrigin);
  }

  private void begin(LogOrigin newOrigin) {
    origin = newOrigin;
    metrics.begin(origin.logGroup(), origin.owner());
    pairs.begin(origin.owner());
    skippedWindows = 0;
    skippedAt = null;
  }

  /// Clears the builder for the next payload or batch.
  public void reset(LogOrigin newOrigin) {
    metrics.reset();
    handshakes.reset();
    faultsOfPayload.clear();
    problems.clear();
    pairs.reset();
    common = newOrigin;
    begin(newOrigin);
    evidence.reset();
    watched = Set.of();
    overBounds = 0;
    firstSeconds = Long.MAX_VALUE;
    lastSeconds = FlowRecord.ABSENT;
  }

  /// Counts a readable record. The caller can reuse it afterwards.
  public void add(FlowRecord record) {
    int classes = Classifier.classify(record);
    long minute = MetricTable.minuteOf(record);
    List<MetricCounts> counts = metrics.countsOf(record, minute);
    boolean isRead = traffic.hasAccepted() || !record.isAccept();
    boolean isWithinBounds = true;
    for (int i = 0; i < counts.size(); i++) {
      MetricCounts count = counts.get(i);
      if (isRead) {
        count(record, classes, count);
      } else {
        count.increment(Metric.RECORDS);
      }
      isWithinBounds &= count.unixMinute() == minute;
    }
    isWithinBounds &= !isRead || handshakes.add(record, classes, minute, counts);
    if (record.startSeconds() >= FIRST_FLOW_LOG) {
      firstSeconds = Math.min(firstSeconds, record.startSeconds());
    }
    lastSeconds = Math.max(lastSeconds, record.endSeconds());
    if (record.isSkipData()) {
      skippedWindows++;
      skippedAt = skippedAt == null ? record.text(FlowField.INTERFACE_ID) : skippedAt;
    }
    if (isRead && !record.isNoData() && !record.isSkipData()) {
      pairs.add(record, classes, minute, counts);
      if (pairs.isFull()) {
        resolvePairs();
      }
    }
    overBounds += isWithinBounds ? 0 : 1;
  }

  /// Counts an unreadable record.
  public void addUnreadable(ParseFault fault) {
    faultsOfPayload.merge(fault, 1L, Long::sum);
  }

  /// Returns the summary of all records added.
  ///
  /// @param fields the fields of the records' formats
  /// @param arrival when the payload arrived
  public FlowSummary build(Set<FlowField> fields, Instant arrival) {
    endPayload();
    Instant last = lastSeconds == FlowRecord.ABSENT ? null : Instant.ofEpochSecond(lastSeconds);
    Map<Metric, Long> totals = toTotals(fields, arrival, last);
    return new FlowSummary(
        common,
        arrival,
        totals,
        toPoints(totals, fields, arrival, last),
        fields,
        evidence.build(),
        firstSeconds == Long.MAX_VALUE ? null : Instant.ofEpochSecond(firstSeconds),
        last,
        problems);
  }

  private void endPayload() {
    handshakes.resolve();
    resolvePairs();
    if (!faultsOfPayload.isEmpty() || skippedWindows > 0) {
      addProblem(new LogGroupProblem(origin, faultsOfPayload, skippedWindows, skippedAt));
      faultsOfPayload.clear();
    }
  }

  private void addProblem(LogGroupProblem problem) {
    for (int i = 0; i < problems.size(); i++) {
      if (problems.get(i).origin().isSameGroup(problem.origin())) {
        problems.set(i, problems.get(i).plus(problem));
        return;
      }
    }
    problems.add(problem);
  }

  private static void count(FlowRecord record, int classes, MetricCounts count) {
    count.increment(Metric.RECORDS);
    if (record.isNoData()) {
      count.increment(Metric.NO_DATA_WINDOWS);
      return;
    }
    if (record.isSkipData()) {
      count.increment(Metric.SKIPPED_WINDOWS);
      return;
    }
    if (record.isAccept()) {
      count.increment(Metric.ACCEPTED_FLOWS);
    }
    count.add(Metric.TRANSIT_GATEWAY_PACKETS_LOST, record.packetsLost());
    boolean isMasked = Classification.NAT_MASKED.isIn(classes);
    if (isMasked) {
      count.increment(Metric.NAT_MASKED_FLOWS);
    }
    if (!Classification.REJECT.isIn(classes)) {
      return;
    }
    count.increment(Metric.REJECTED_FLOWS);
    count.add(Metric.REJECTED_BYTES, record.bytes());
    count.add(Metric.REJECTED_PACKETS, record.packets());
    if (isMasked) {
      count.increment(Metric.NAT_MASKED_REJECTS);
    }
    if (Classification.STRAY.isIn(classes)) {
      count.increment(Metric.STRAY_REJECTS);
    }
    if (Classification.SYN_ONLY.isIn(classes)) {
      count.increment(Metric.BLOCKED_HANDSHAKES);
      count.increment(Metric.SYN_ONLY_FLOWS);
    }
  }

  private static void countUnanswered(List<MetricCounts> counts) {
    for (MetricCounts count : counts) {
      count.increment(Metric.UNANSWERED_HANDSHAKES);
      count.increment(Metric.SYN_ONLY_FLOWS);
    }
  }

  private void resolvePairs() {
    pairs.resolve(this::addSuspect, watched, evidence::addOpened);
  }

  private void addSuspect(SuspectRecord suspect, List<MetricCounts> counts) {
    if (suspect.kind() == Suspect.Kind.ANSWER) {
      for (MetricCounts count : counts) {
        count.increment(Metric.REJECTED_ANSWERS);
      }
    }
    if (suspect.hasSource()) {
      evidence.add(suspect);
    }
  }

  private Map<Metric, Long> toTotals(
      Set<FlowField> fields, Instant arrival, @Nullable Instant last) {
    Map<Metric, Long> totals = metrics.sums();
    if (!traffic.hasAccepted()) {
      totals.keySet().removeIf(metric -> !metric.isKnownFrom(fields, traffic));
    }
    totals.put(
        Metric.UNREADABLE_RECORDS,
        problems.stream().mapToLong(LogGroupProblem::unreadableRecords).sum());
    totals.put(Metric.OVER_BOUNDS, overBounds + evidence.leftOut());
    if (last == null) {
      totals.remove(Metric.DELIVERY_LAG);
    } else {
      totals.put(
          Metric.DELIVERY_LAG, Math.max(0, arrival.getEpochSecond() - last.getEpochSecond()));
    }
    return totals;
  }

  private List<MetricPoint> toPoints(
      Map<Metric, Long> totals, Set<FlowField> fields, Instant arrival, @Nullable Instant last) {
    List<MetricPoint> points = metrics.totalPoints(fields, arrival);
    Map<Metric, Long> ofPayload = toPayloadValues(totals);
    if (!ofPayload.isEmpty()) {
      points.add(
          new MetricPoint(
              MetricSeries.TOTAL, Minutes.of(last == null ? arrival : last), ofPayload));
    }
    points.addAll(metrics.dimensionPoints(fields, arrival));
    return points;
  }

  /// Returns the values to publish of the metrics that have one value for the whole payload.
  private static Map<Metric, Long> toPayloadValues(Map<Metric, Long> totals) {
    Map<Metric, Long> values = new EnumMap<>(totals);
    values.keySet().retainAll(PAYLOAD_METRICS);
    boolean hasLines =
        totals.getOrDefault(Metric.RECORDS, 0L) > 0
            || totals.getOrDefault(Metric.UNREADABLE_RECORDS, 0L) > 0;
    if (!hasLines) {
      values.remove(Metric.UNREADABLE_RECORDS);
    }
    values.remove(Metric.OVER_BOUNDS, 0L);
    return values;
  }
}
