package dev.flowbell.summary;

import dev.flowbell.metric.Metric;
import dev.flowbell.metric.MetricPoint;
import dev.flowbell.metric.MetricSeries;
import dev.flowbell.metric.Minutes;
import dev.flowbell.record.FlowField;
import dev.flowbell.record.ParseFault;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What one payload comes to.
///
/// @param origin where its records come from
/// @param arrival when it came
/// @param totals every metric, summed over the payload; 0 where nothing was counted. Not there is
///   [Metric#DELIVERY_LAG] where no record has an `end`
/// @param points what to publish: the totals by minute, then the series of the chosen dimensions
/// @param faults how many lines were unreadable, by cause
/// @param fields which fields the records could have
/// @param sources who was rejected, the most rejected first
/// @param sourcesLeftOut rejected records of sources that there was no room to keep apart
/// @param topPorts the destination ports that were rejected most often
/// @param first when the first window began, `null` where records have no times
/// @param last when the last window ended
/// @param skippedAt the network interface of a skipped window, the first of several
public record FlowSummary(
    LogOrigin origin,
    Instant arrival,
    Map<Metric, Long> totals,
    List<MetricPoint> points,
    Map<ParseFault, Long> faults,
    Set<FlowField> fields,
    List<SourceActivity> sources,
    long sourcesLeftOut,
    List<Counted<TransportPort>> topPorts,
    @Nullable Instant first,
    @Nullable Instant last,
    @Nullable String skippedAt) {

  /// Makes a summary of copies of these collections.
  public FlowSummary {
    totals = copyOf(Metric.class, totals);
    points = List.copyOf(points);
    faults = copyOf(ParseFault.class, faults);
    fields = Set.copyOf(fields);
    sources = List.copyOf(sources);
    topPorts = List.copyOf(topPorts);
  }

  /// Returns the total of a metric, 0 where it isn't there.
  public long total(Metric metric) {
    return totals.getOrDefault(metric, 0L);
  }

  /// Returns this summary with some of the function's own doings added, as counts at the minute of
  /// arrival. Counts of 0 are left out.
  public FlowSummary withDoings(Map<Metric, Long> doings) {
    Map<Metric, Long> counted = new EnumMap<>(Metric.class);
    Map<Metric, Long> newTotals = new EnumMap<>(Metric.class);
    newTotals.putAll(totals);
    doings.forEach(
        (metric, count) -> {
          if (count != 0) {
            counted.put(metric, count);
            newTotals.merge(metric, count, Long::sum);
          }
        });
    List<MetricPoint> newPoints = new ArrayList<>(points);
    if (!counted.isEmpty()) {
      newPoints.add(new MetricPoint(MetricSeries.TOTAL, Minutes.of(arrival), counted));
    }
    return new FlowSummary(
        origin,
        arrival,
        newTotals,
        newPoints,
        faults,
        fields,
        sources,
        sourcesLeftOut,
        topPorts,
        first,
        last,
        skippedAt);
  }

  private static <K extends Enum<K>> Map<K, Long> copyOf(Class<K> type, Map<K, Long> map) {
    Map<K, Long> copy = new EnumMap<>(type);
    copy.putAll(map);
    return Collections.unmodifiableMap(copy);
  }
}
