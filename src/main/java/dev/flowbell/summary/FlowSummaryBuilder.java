package dev.flowbell.summary;

import dev.flowbell.classify.Classification;
import dev.flowbell.classify.Classifier;
import dev.flowbell.classify.HandshakeTracker;
import dev.flowbell.record.FlowField;
import dev.flowbell.record.FlowRecord;
import dev.flowbell.record.IpAddress;
import dev.flowbell.record.ParseFault;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Sums the records of one payload up. Not safe for use by several threads at once.
public final class FlowSummaryBuilder {
  /// The sources kept apart: as many as there can be records in what Lambda carries, 1 MB.
  static final int MOST_SOURCES = 25_000;

  /// The distinct ports and hosts kept, of all sources together.
  static final int MOST_PORTS_AND_HOSTS = 250_000;

  /// The minutes kept of all series together: those of a day's file, with some series more.
  static final int MOST_MINUTES = 10_000;

  private static final int TOP_PORTS = 10;
  private static final Metric[] METRICS = Metric.values();

  private final LogOrigin origin;
  private final Room minutes = new Room(MOST_MINUTES);
  private final SeriesCounts totals = new SeriesCounts(MetricSeries.TOTAL, minutes);
  private final List<DimensionSet> dimensionSets;
  // Marks a handshake with the counts that it adds to when it gets no answer.
  private final HandshakeTracker<List<MetricCounts>> handshakes = new HandshakeTracker<>();
  private final Map<ParseFault, Long> faults = new EnumMap<>(ParseFault.class);
  private final Map<SourceKey, SourceTally> sources = new HashMap<>();
  private final Room portsAndHosts = new Room(MOST_PORTS_AND_HOSTS);
  private final Tally<TransportPort> ports = new Tally<>();
  private long sourcesLeftOut;
  private long firstSeconds = Long.MAX_VALUE;
  private long lastSeconds = FlowRecord.ABSENT;
  private @Nullable String skippedAt;

  /// @param dimensionSets the series to keep besides the totals
  /// @param seriesBudget how many series, in a payload, dimensions may make; what comes after goes
  ///   to [MetricSeries#OTHER]
  public FlowSummaryBuilder(
      LogOrigin origin, List<List<MetricDimension>> dimensionSets, int seriesBudget) {
    this.origin = origin;
    Room budget = new Room(seriesBudget);
    this.dimensionSets =
        dimensionSets.stream()
            .map(set -> new DimensionSet(set, origin.logGroup(), budget, minutes))
            .toList();
  }

  /// Counts a readable record. Nothing of it is kept: it may be used again.
  public void add(FlowRecord record) {
    int classes = Classifier.classify(record);
    long minute = minuteOf(record);
    // A list, because dimensions count a record several times; of one without them.
    List<MetricCounts> counts = countsOf(record, minute);
    for (MetricCounts count : counts) {
      count(record, classes, count);
    }
    handshakes.add(record, classes, counts);
    if (record.startSeconds() != FlowRecord.ABSENT) {
      firstSeconds = Math.min(firstSeconds, record.startSeconds());
    }
    lastSeconds = Math.max(lastSeconds, record.endSeconds());
    if (record.isSkipData() && skippedAt == null) {
      skippedAt = record.text(FlowField.INTERFACE_ID);
    }
    if (Classification.REJECT.isIn(classes)) {
      addToSource(record, classes);
    }
  }

  /// Counts a line that could not be read.
  public void addUnreadable(ParseFault fault) {
    faults.merge(fault, 1L, Long::sum);
  }

  /// Returns the summary of what was added.
  ///
  /// @param fields which fields the records could have
  /// @param arrival when the payload came
  public FlowSummary build(Set<FlowField> fields, Instant arrival) {
    for (List<MetricCounts> counts : handshakes.findUnanswered()) {
      for (MetricCounts count : counts) {
        count.increment(Metric.UNANSWERED_HANDSHAKES);
        count.increment(Metric.SYN_ONLY_FLOWS);
      }
    }
    Instant last = toInstant(lastSeconds);
    Map<Metric, Long> sums = sumTotals(arrival, last);
    return new FlowSummary(
        origin,
        arrival,
        sums,
        toPoints(sums, fields, arrival, last),
        faults,
        fields,
        sources.values().stream()
            .map(SourceTally::toActivity)
            .sorted(
                Comparator.comparingLong(SourceActivity::rejects)
                    .reversed()
                    .thenComparing(SourceActivity::source))
            .toList(),
        sourcesLeftOut,
        ports.top(TOP_PORTS),
        firstSeconds == Long.MAX_VALUE ? null : Instant.ofEpochSecond(firstSeconds),
        last,
        skippedAt);
  }

  private static long minuteOf(FlowRecord record) {
    long seconds =
        record.endSeconds() != FlowRecord.ABSENT ? record.endSeconds() : record.startSeconds();
    return seconds == FlowRecord.ABSENT ? SeriesCounts.NO_MINUTE : seconds / Minutes.SECONDS;
  }

  private List<MetricCounts> countsOf(FlowRecord record, long minute) {
    MetricCounts total = totals.at(minute);
    if (dimensionSets.isEmpty()) {
      return List.of(total);
    }
    List<MetricCounts> counts = new ArrayList<>(1 + dimensionSets.size());
    counts.add(total);
    for (DimensionSet set : dimensionSets) {
      SeriesCounts series = set.find(record);
      if (series != null) {
        counts.add(series.at(minute));
      }
    }
    return counts;
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

  /// Rejected records are the few that Flowbell is about: strings and keys are made for them alone.
  private void addToSource(FlowRecord record, int classes) {
    if (record.destinationPort() != FlowRecord.ABSENT) {
      ports.add(new TransportPort((int) record.protocol(), (int) record.destinationPort()));
    }
    IpAddress source = record.address(record.originalSource());
    if (source == null) {
      return;
    }
    SourceKey key = new SourceKey(source, record.text(FlowField.INTERFACE_ID));
    SourceTally tally = sources.get(key);
    if (tally == null) {
      if (sources.size() == MOST_SOURCES) {
        sourcesLeftOut++;
        return;
      }
      tally = new SourceTally(source, record);
      sources.put(key, tally);
    }
    tally.add(record, classes, portsAndHosts);
  }

  private Map<Metric, Long> sumTotals(Instant arrival, @Nullable Instant last) {
    Map<Metric, Long> sums = new EnumMap<>(Metric.class);
    for (Metric metric : METRICS) {
      long sum = 0;
      for (MetricCounts count : totals.byMinute().values()) {
        sum = Sums.plus(sum, count.get(metric));
      }
      sums.put(metric, sum);
    }
    sums.put(Metric.UNREADABLE_RECORDS, faults.values().stream().mapToLong(Long::longValue).sum());
    sums.put(
        Metric.OVER_BOUNDS,
        sourcesLeftOut + portsAndHosts.refusals() + minutes.refusals() + handshakes.untracked());
    if (last == null) {
      sums.remove(Metric.DELIVERY_LAG);
    } else {
      sums.put(Metric.DELIVERY_LAG, Math.max(0, arrival.getEpochSecond() - last.getEpochSecond()));
    }
    return sums;
  }

  private List<MetricPoint> toPoints(
      Map<Metric, Long> sums, Set<FlowField> fields, Instant arrival, @Nullable Instant last) {
    List<MetricPoint> points = new ArrayList<>();
    totals
        .byMinute()
        .forEach(
            (minute, count) ->
                points.add(
                    new MetricPoint(
                        MetricSeries.TOTAL,
                        toMinute(minute, arrival),
                        valuesOf(count, fields, true))));
    Map<Metric, Long> ofPayload = new EnumMap<>(Metric.class);
    long lines =
        sums.getOrDefault(Metric.RECORDS, 0L) + sums.getOrDefault(Metric.UNREADABLE_RECORDS, 0L);
    if (lines > 0) {
      ofPayload.put(Metric.UNREADABLE_RECORDS, sums.getOrDefault(Metric.UNREADABLE_RECORDS, 0L));
    }
    Long lag = sums.get(Metric.DELIVERY_LAG);
    if (lag != null) {
      ofPayload.put(Metric.DELIVERY_LAG, lag);
    }
    long overBounds = sums.getOrDefault(Metric.OVER_BOUNDS, 0L);
    if (overBounds > 0) {
      ofPayload.put(Metric.OVER_BOUNDS, overBounds);
    }
    if (!ofPayload.isEmpty()) {
      points.add(
          new MetricPoint(
              MetricSeries.TOTAL, Minutes.of(last == null ? arrival : last), ofPayload));
    }
    for (DimensionSet set : dimensionSets) {
      List<SeriesCounts> all = new ArrayList<>(set.all());
      if (set.other() != null) {
        all.add(set.other());
      }
      for (SeriesCounts series : all) {
        series
            .byMinute()
            .forEach(
                (minute, count) ->
                    points.add(
                        new MetricPoint(
                            series.series(),
                            toMinute(minute, arrival),
                            valuesOf(count, fields, false))));
      }
    }
    return points;
  }

  private static Map<Metric, Long> valuesOf(
      MetricCounts count, Set<FlowField> fields, boolean isWithZeros) {
    Map<Metric, Long> values = new EnumMap<>(Metric.class);
    for (Metric metric : METRICS) {
      long value = count.get(metric);
      boolean isZeroToTell =
          isWithZeros && metric.origin() == Metric.Origin.RECORDS && metric.canOccurIn(fields);
      if (value != 0 || isZeroToTell) {
        values.put(metric, value);
      }
    }
    return values;
  }

  private static Instant toMinute(long unixMinute, Instant arrival) {
    return unixMinute == SeriesCounts.NO_MINUTE
        ? Minutes.of(arrival)
        : Instant.ofEpochSecond(unixMinute * Minutes.SECONDS);
  }

  private static @Nullable Instant toInstant(long seconds) {
    return seconds == FlowRecord.ABSENT ? null : Instant.ofEpochSecond(seconds);
  }

  private record SourceKey(IpAddress source, @Nullable String interfaceId) {}
}
