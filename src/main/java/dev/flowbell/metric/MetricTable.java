package dev.flowbell.metric;

import dev.flowbell.record.FlowField;
import dev.flowbell.record.FlowRecord;
import dev.flowbell.record.TrafficType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Counts the metrics of one payload, by series and minute. [#reset] prepares it for the next one.
///
/// Memory is bounded: at most `seriesBudget` series by dimension, and at most [#MOST_MINUTES]
/// minutes over all series. What exceeds the first counts in the series `Other`. What exceeds the
/// second counts in the minute of arrival.
public final class MetricTable {
  /// The most minutes that are kept, over all series. A payload's records cover one hour at most.
  public static final int MOST_MINUTES = 10_000;

  private static final Metric[] METRICS = Metric.values();

  private final List<List<MetricDimension>> dimensions;
  private final int seriesBudget;
  private final TrafficType traffic;
  private SeriesCounts totals = new SeriesCounts(MetricSeries.TOTAL, new Budget(MOST_MINUTES));
  private List<DimensionSet> dimensionSets = List.of();

  /// Creates a table. Call [#reset] before the first record.
  ///
  /// @param dimensions the series to keep besides the totals
  /// @param seriesBudget the most series that dimensions can add to a payload
  /// @param traffic the traffic that is read
  public MetricTable(
      List<List<MetricDimension>> dimensions, int seriesBudget, TrafficType traffic) {
    this.dimensions = dimensions;
    this.seriesBudget = seriesBudget;
    this.traffic = traffic;
  }

  /// Begins a payload: its records get its log group and owner where a dimension needs them.
  ///
  /// @param logGroup the payload's log group, or an empty string
  /// @param owner the AWS account ID of the log group, or an empty string
  public void begin(String logGroup, String owner) {
    dimensionSets.forEach(set -> set.begin(logGroup, owner));
  }

  /// Clears the table for the next payload or batch. [#begin] follows.
  public void reset() {
    Budget minutes = new Budget(MOST_MINUTES);
    Budget series = new Budget(seriesBudget);
    totals = new SeriesCounts(MetricSeries.TOTAL, minutes);
    dimensionSets = new ArrayList<>();
    for (List<MetricDimension> set : dimensions) {
      dimensionSets.add(new DimensionSet(set, series, minutes));
    }
  }

  /// Returns the minute in which a record counts: that of its `end`, else of its `start`.
  ///
  /// @return minutes since 1970, or [MetricCounts#NO_MINUTE]
  public static long minuteOf(FlowRecord record) {
    long seconds =
        record.endSeconds() != FlowRecord.ABSENT ? record.endSeconds() : record.startSeconds();
    return seconds == FlowRecord.ABSENT ? MetricCounts.NO_MINUTE : seconds / Minutes.SECONDS;
  }

  /// Returns the counts that a record adds to: the totals first, then one for each dimension set.
  ///
  /// @param minute the record's, from [#minuteOf]
  public List<MetricCounts> countsOf(FlowRecord record, long minute) {
    MetricCounts total = totals.at(minute);
    if (dimensionSets.isEmpty()) {
      return total.asList();
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

  /// Returns the total of every metric, 0 where nothing was counted.
  public Map<Metric, Long> sums() {
    Map<Metric, Long> sums = new EnumMap<>(Metric.class);
    for (Metric metric : METRICS) {
      long sum = 0;
      for (MetricCounts count : totals.byMinute().values()) {
        sum = Sums.plus(sum, count.get(metric));
      }
      sums.put(metric, sum);
    }
    return sums;
  }

  /// Returns the points of the totals, the earliest minute first. Metrics that the records show are
  /// present as 0 too, so that an alarm sees data.
  ///
  /// @param fields the fields of the records' formats
  /// @param arrival when the payload arrived; its minute holds the records without a time
  public List<MetricPoint> totalPoints(Set<FlowField> fields, Instant arrival) {
    List<MetricPoint> points = new ArrayList<>();
    addPoints(totals, fields, arrival, points);
    return points;
  }

  /// Returns the points of the dimensions' series. Counts of 0 are absent.
  ///
  /// @param fields the fields of the records' formats
  /// @param arrival when the payload arrived; its minute holds the records without a time
  public List<MetricPoint> dimensionPoints(Set<FlowField> fields, Instant arrival) {
    List<MetricPoint> points = new ArrayList<>();
    for (DimensionSet set : dimensionSets) {
      for (SeriesCounts series : set.all()) {
        addPoints(series, fields, arrival, points);
      }
      SeriesCounts other = set.other();
      if (other != null) {
        addPoints(other, fields, arrival, points);
      }
    }
    return points;
  }

  private void addPoints(
      SeriesCounts series, Set<FlowField> fields, Instant arrival, List<MetricPoint> target) {
    boolean hasZeros = series.series().equals(MetricSeries.TOTAL);
    series
        .byMinute()
        .forEach(
            (minute, count) ->
                target.add(
                    new MetricPoint(
                        series.series(),
                        toMinute(minute, arrival),
                        valuesOf(count, fields, hasZeros))));
  }

  private Map<Metric, Long> valuesOf(MetricCounts count, Set<FlowField> fields, boolean hasZeros) {
    Map<Metric, Long> values = new EnumMap<>(Metric.class);
    for (Metric metric : METRICS) {
      long value = count.get(metric);
      boolean isPublished = value != 0 || (hasZeros && metric.origin() == Metric.Origin.RECORDS);
      if (isPublished && metric.isKnownFrom(fields, traffic)) {
        values.put(metric, value);
      }
    }
    return values;
  }

  private static Instant toMinute(long unixMinute, Instant arrival) {
    return unixMinute == MetricCounts.NO_MINUTE
        ? Minutes.of(arrival)
        : Instant.ofEpochSecond(unixMinute * Minutes.SECONDS);
  }
}
