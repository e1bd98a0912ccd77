package dev.flowbell.summary;

import dev.flowbell.metric.Metric;
import dev.flowbell.metric.MetricPoint;
import dev.flowbell.metric.MetricReport;
import dev.flowbell.metric.MetricSeries;
import dev.flowbell.metric.Minutes;
import dev.flowbell.record.FlowField;
import dev.flowbell.record.IpAddress;
import dev.flowbell.record.ParseFault;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the records of one payload, or of several that are one batch, add up to.
///
/// @param origin where the records come from; what differs between the payloads is empty
/// @param arrival when the payload arrived
/// @param totals the total of every metric, 0 where nothing was counted. [Metric#DELIVERY_LAG] is
///   absent where no record has an `end`. Where accepted records are not read, what is not known
///   without them is absent
/// @param points the values to publish: the totals by minute, then the series by dimension. They
///   never have [Metric#POSSIBLE_DUPLICATES]
/// @param fields the fields of the records' formats
/// @param evidence what the payload shows of rejected and unanswered traffic
/// @param first the earliest `start`, `null` where records have none
/// @param last the latest `end`, `null` where records have none
/// @param problems the log groups with unreadable records or skipped intervals
public record FlowSummary(
    LogOrigin origin,
    Instant arrival,
    Map<Metric, Long> totals,
    List<MetricPoint> points,
    Set<FlowField> fields,
    PayloadEvidence evidence,
    @Nullable Instant first,
    @Nullable Instant last,
    List<LogGroupProblem> problems) {

  /// Creates a summary with copies of the collections.
  public FlowSummary {
    Map<Metric, Long> copy = new EnumMap<>(Metric.class);
    copy.putAll(totals);
    totals = Collections.unmodifiableMap(copy);
    points = List.copyOf(points);
    fields = Set.copyOf(fields);
    problems = List.copyOf(problems);
  }

  /// Returns the summary of a payload without records.
  public static FlowSummary empty(LogOrigin origin, Instant arrival) {
    Map<Metric, Long> totals = new EnumMap<>(Metric.class);
    for (Metric metric : Metric.values()) {
      totals.put(metric, 0L);
    }
    totals.remove(Metric.DELIVERY_LAG);
    return new FlowSummary(
        origin,
        arrival,
        totals,
        List.of(),
        Set.of(),
        PayloadEvidence.NOTHING,
        null,
        null,
        List.of());
  }

  /// Returns the total of a metric, 0 where it is absent.
  public long total(Metric metric) {
    return totals.getOrDefault(metric, 0L);
  }

  /// Returns how many lines were unreadable, by cause.
  public Map<ParseFault, Long> faults() {
    Map<ParseFault, Long> sum = new EnumMap<>(ParseFault.class);
    for (LogGroupProblem problem : problems) {
      problem.faults().forEach((fault, count) -> sum.merge(fault, count, Long::sum));
    }
    return sum;
  }

  /// Returns the report to publish. Its possible duplicates are the total of that metric.
  public MetricReport toReport() {
    return new MetricReport(arrival, points, total(Metric.POSSIBLE_DUPLICATES));
  }

  /// Returns this summary with values of the function's own metrics added: to the totals, and to
  /// the points at the minute of arrival. [Metric#POSSIBLE_DUPLICATES] is added to the totals
  /// alone.
  ///
  /// @param values by metric; zeros are left out
  public FlowSummary withFunctionMetrics(Map<Metric, Long> values) {
    Map<Metric, Long> newTotals = new EnumMap<>(Metric.class);
    newTotals.putAll(totals);
    Map<Metric, Long> published = new EnumMap<>(Metric.class);
    values.forEach(
        (metric, value) -> {
          if (value != 0) {
            newTotals.merge(metric, value, Long::sum);
            published.put(metric, value);
          }
        });
    published.remove(Metric.POSSIBLE_DUPLICATES);
    List<MetricPoint> newPoints = new ArrayList<>(points);
    if (!published.isEmpty()) {
      newPoints.add(new MetricPoint(MetricSeries.TOTAL, Minutes.of(arrival), published));
    }
    return new FlowSummary(
        origin, arrival, newTotals, newPoints, fields, evidence, first, last, problems);
  }

  /// Returns what this summary would be if only these sources had been watched: opened flows of
  /// others are left out, but for sources with attempts.
  public FlowSummary withOpenedOf(Set<IpAddress> watched) {
    return evidence.opened().isEmpty()
        ? this
        : new FlowSummary(
            origin,
            arrival,
            totals,
            points,
            fields,
            evidence.withOpenedOf(watched),
            first,
            last,
            problems);
  }

  /// Returns this summary without what only publishing its metrics needs, so that many of them fit
  /// into memory.
  public FlowSummary toJudge() {
    Map<Metric, Long> counted = new EnumMap<>(Metric.class);
    counted.putAll(totals);
    counted.values().removeIf(count -> count == 0);
    return new FlowSummary(
        origin, arrival, counted, List.of(), Set.of(), evidence, first, last, problems);
  }
}
