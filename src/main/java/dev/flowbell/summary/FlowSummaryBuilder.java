package dev.flowbell.summary;

import dev.flowbell.classify.Classification;
import dev.flowbell.classify.Classifier;
import dev.flowbell.classify.HandshakeTracker;
import dev.flowbell.classify.TupleTable;
import dev.flowbell.metric.Metric;
import dev.flowbell.metric.MetricCounts;
import dev.flowbell.metric.MetricDimension;
import dev.flowbell.metric.MetricPoint;
import dev.flowbell.metric.MetricSeries;
import dev.flowbell.metric.MetricTable;
import dev.flowbell.metric.Minutes;
import dev.flowbell.record.FlowField;
import dev.flowbell.record.FlowRecord;
import dev.flowbell.record.IpAddress;
import dev.flowbell.record.ParseFault;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Sums up the records of one payload. [#reset] prepares it for the next one. Not thread-safe.
///
/// Its memory is bounded: sources, their ports and hosts, handshakes, series and minutes. A record
/// beyond a bound still counts in the totals, and in [Metric#OVER_BOUNDS] too.
public final class FlowSummaryBuilder {
  /// The most sources. No Lambda event has more records: it has up to 1 MB of compressed data.
  static final int MOST_SOURCES = 25_000;

  /// The most different ports, over all sources, and the most different hosts.
  static final int MOST_PORTS = 100_000;

  private static final int TOP_PORTS = 10;

  /// The metrics that have one value for the whole payload.
  private static final Set<Metric> PAYLOAD_METRICS =
      Set.of(Metric.UNREADABLE_RECORDS, Metric.OVER_BOUNDS, Metric.DELIVERY_LAG);

  /// The owner, in [PairCounts], of the ports of all sources together.
  private static final int NO_SOURCE = 0;

  private final MetricTable metrics;
  // The mark of a handshake is the counts that it adds to if it stays unanswered.
  private final HandshakeTracker<List<MetricCounts>> handshakes = new HandshakeTracker<>();
  private final Map<ParseFault, Long> faults = new EnumMap<>(ParseFault.class);
  // A source's tuple is the number of a network interface and an address. Its number is that of
  // its tally.
  private final TupleTable sources = new TupleTable(3, MOST_SOURCES);
  private final List<SourceTally> tallies = new ArrayList<>();
  private final PairCounts portsOfSources = new PairCounts(MOST_PORTS);
  private final PairCounts hostsOfSources = new PairCounts(MOST_PORTS);
  private final PairCounts ports = new PairCounts(MOST_PORTS);
  private final InterfaceNumbers interfaces = new InterfaceNumbers(MOST_SOURCES);
  private LogOrigin origin;
  private long sourcesLeftOut;
  private long overBounds;
  private long firstSeconds;
  private long lastSeconds;
  private @Nullable String skippedAt;

  /// Creates a builder for a payload.
  ///
  /// @param dimensionSets the series to count besides the totals
  /// @param seriesBudget the most series that dimensions can add to a payload; what exceeds it
  ///   counts in the series [MetricSeries#OTHER]
  public FlowSummaryBuilder(
      LogOrigin origin, List<List<MetricDimension>> dimensionSets, int seriesBudget) {
    this.metrics = new MetricTable(dimensionSets, seriesBudget);
    reset(origin);
  }

  /// Clears the builder for the next payload.
  public void reset(LogOrigin newOrigin) {
    origin = newOrigin;
    metrics.reset(origin.logGroup());
    handshakes.reset();
    faults.clear();
    sources.clear();
    tallies.clear();
    portsOfSources.reset();
    hostsOfSources.reset();
    ports.reset();
    ports.addOwner();
    interfaces.reset();
    sourcesLeftOut = 0;
    overBounds = 0;
    firstSeconds = Long.MAX_VALUE;
    lastSeconds = FlowRecord.ABSENT;
    skippedAt = null;
  }

  /// Counts a readable record. The caller can reuse it afterwards.
  public void add(FlowRecord record) {
    int classes = Classifier.classify(record);
    long minute = MetricTable.minuteOf(record);
    List<MetricCounts> counts = metrics.countsOf(record, minute);
    boolean isWithinBounds = true;
    for (int i = 0; i < counts.size(); i++) {
      MetricCounts count = counts.get(i);
      count(record, classes, count);
      isWithinBounds &= count.unixMinute() == minute;
    }
    isWithinBounds &= handshakes.add(record, classes, counts);
    if (record.startSeconds() != FlowRecord.ABSENT) {
      firstSeconds = Math.min(firstSeconds, record.startSeconds());
    }
    lastSeconds = Math.max(lastSeconds, record.endSeconds());
    if (record.isSkipData() && skippedAt == null) {
      skippedAt = record.text(FlowField.INTERFACE_ID);
    }
    if (Classification.REJECT.isIn(classes)) {
      isWithinBounds &= addToSource(record, classes);
    }
    overBounds += isWithinBounds ? 0 : 1;
  }

  /// Counts an unreadable record.
  public void addUnreadable(ParseFault fault) {
    faults.merge(fault, 1L, Long::sum);
  }

  /// Returns the summary of all records added.
  ///
  /// @param fields the fields of the records' formats
  /// @param arrival when the payload arrived
  public FlowSummary build(Set<FlowField> fields, Instant arrival) {
    for (List<MetricCounts> counts : handshakes.findUnanswered()) {
      for (MetricCounts count : counts) {
        count.increment(Metric.UNANSWERED_HANDSHAKES);
        count.increment(Metric.SYN_ONLY_FLOWS);
      }
    }
    Instant last = lastSeconds == FlowRecord.ABSENT ? null : Instant.ofEpochSecond(lastSeconds);
    Map<Metric, Long> totals = toTotals(arrival, last);
    return new FlowSummary(
        origin,
        arrival,
        totals,
        toPoints(totals, fields, arrival, last),
        faults,
        fields,
        toActivities(),
        sourcesLeftOut,
        ports.top(NO_SOURCE, TOP_PORTS, TransportPort::of),
        firstSeconds == Long.MAX_VALUE ? null : Instant.ofEpochSecond(firstSeconds),
        last,
        skippedAt);
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

  /// Adds a rejected record to its source. Only rejected records allocate objects: few are.
  ///
  /// @return whether its source, its port and its host are within the bounds
  private boolean addToSource(FlowRecord record, int classes) {
    boolean isWithinBounds =
        record.destinationPort() == FlowRecord.ABSENT
            || ports.add(NO_SOURCE, record.protocol(), record.destinationPort(), false);
    FlowField source = record.originalSource();
    if (!record.has(source)) {
      return isWithinBounds;
    }
    sources.set(0, interfaces.add(record));
    sources.set(1, record.addressHigh(source));
    sources.set(2, record.addressLow(source));
    int number = sources.add();
    if (number < 0) {
      sourcesLeftOut++;
      return false;
    }
    if (number == tallies.size()) {
      tallies.add(newTally(number, source, record));
    }
    return tallies.get(number).add(record, classes, portsOfSources, hostsOfSources)
        && isWithinBounds;
  }

  private SourceTally newTally(int number, FlowField source, FlowRecord record) {
    portsOfSources.addOwner();
    hostsOfSources.addOwner();
    IpAddress address = new IpAddress(record.addressHigh(source), record.addressLow(source));
    return new SourceTally(number, address, interfaces.last(), record);
  }

  private List<SourceActivity> toActivities() {
    List<SourceActivity> activities = new ArrayList<>(tallies.size());
    for (SourceTally tally : tallies) {
      activities.add(tally.toActivity(portsOfSources, hostsOfSources));
    }
    activities.sort(
        Comparator.comparingLong(SourceActivity::rejects)
            .reversed()
            .thenComparing(SourceActivity::source));
    return activities;
  }

  private Map<Metric, Long> toTotals(Instant arrival, @Nullable Instant last) {
    Map<Metric, Long> totals = metrics.sums();
    totals.put(
        Metric.UNREADABLE_RECORDS, faults.values().stream().mapToLong(Long::longValue).sum());
    totals.put(Metric.OVER_BOUNDS, overBounds);
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
