package dev.flowbell.cli;

import dev.flowbell.judge.Alert;
import dev.flowbell.metric.Metric;
import dev.flowbell.metric.MetricPoint;
import dev.flowbell.metric.MetricSeries;
import dev.flowbell.metric.Sums;
import dev.flowbell.notify.AlertJson;
import dev.flowbell.pipeline.JsonOutput;
import dev.flowbell.pipeline.Outcome;
import dev.flowbell.record.IpAddress;
import dev.flowbell.record.ParseFault;
import dev.flowbell.summary.Counted;
import dev.flowbell.summary.FlowSummary;
import dev.flowbell.summary.SourceActivity;
import dev.flowbell.summary.TransportPort;
import java.io.PrintStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// The sums of all payloads of a replay.
final class ReplayReport {
  private long payloads;
  private final Map<Metric, Long> totals = new EnumMap<>(Metric.class);
  private final Map<ParseFault, Long> faults = new EnumMap<>(ParseFault.class);
  private final List<Alert> alerts = new ArrayList<>();
  private final Map<SourceKey, Source> sources = new HashMap<>();
  private final Map<TransportPort, Long> ports = new TreeMap<>();
  private final Map<MetricSeries, Map<Metric, Long>> series = new LinkedHashMap<>();
  private long sourcesLeftOut;
  private @Nullable Instant first;
  private @Nullable Instant last;

  void add(Outcome outcome) {
    FlowSummary summary = outcome.summary();
    payloads++;
    summary.totals().forEach((metric, count) -> totals.merge(metric, count, Sums::plus));
    summary.faults().forEach((fault, count) -> faults.merge(fault, count, Sums::plus));
    alerts.addAll(outcome.sent());
    for (SourceActivity activity : summary.sources()) {
      sources
          .computeIfAbsent(
              new SourceKey(activity.source(), activity.interfaceId()), _ -> new Source(activity))
          .add(activity);
    }
    for (Counted<TransportPort> port : summary.topPorts()) {
      ports.merge(port.value(), port.count(), Sums::plus);
    }
    for (MetricPoint point : summary.points()) {
      if (!point.series().equals(MetricSeries.TOTAL)) {
        addTo(series.computeIfAbsent(point.series(), _ -> new EnumMap<>(Metric.class)), point);
      }
    }
    sourcesLeftOut += summary.sourcesLeftOut();
    Instant start = summary.first();
    if (start != null && (first == null || start.isBefore(first))) {
      first = start;
    }
    Instant end = summary.last();
    if (end != null && (last == null || end.isAfter(last))) {
      last = end;
    }
  }

  private static void addTo(Map<Metric, Long> sums, MetricPoint point) {
    point.values().forEach((metric, count) -> sums.merge(metric, count, Sums::plus));
  }

  long payloads() {
    return payloads;
  }

  long total(Metric metric) {
    return totals.getOrDefault(metric, 0L);
  }

  Map<ParseFault, Long> faults() {
    return faults;
  }

  List<Alert> alerts() {
    return alerts;
  }

  @Nullable Instant first() {
    return first;
  }

  @Nullable Instant last() {
    return last;
  }

  /// Returns the rejected sources, the most rejected first.
  List<Source> sources() {
    return sources.values().stream()
        .sorted(
            Comparator.comparingLong(Source::rejects)
                .reversed()
                .thenComparing(source -> source.activity().source()))
        .toList();
  }

  /// Returns the sums of the series by dimension, those with the most records first.
  List<Map.Entry<MetricSeries, Map<Metric, Long>>> series() {
    return series.entrySet().stream()
        .sorted(Comparator.comparingLong(each -> -each.getValue().getOrDefault(Metric.RECORDS, 0L)))
        .toList();
  }

  /// Returns how many rejected records count for no source, because a payload had too many sources.
  long sourcesLeftOut() {
    return sourcesLeftOut;
  }

  /// Returns the destination ports that were rejected most often. The counts are exact for one
  /// payload, and approximate for several, which list only their most frequent ports.
  List<Counted<TransportPort>> topPorts(int most) {
    return ports.entrySet().stream()
        .map(port -> new Counted<>(port.getKey(), port.getValue()))
        .sorted(Comparator.<Counted<TransportPort>>comparingLong(Counted::count).reversed())
        .limit(most)
        .toList();
  }

  /// Prints the report as one JSON object with every metric.
  void printJson(PrintStream out) {
    try (JsonGenerator json = JsonOutput.to(out)) {
      json.writeStartObject();
      json.writeNumberProperty("payloads", payloads);
      json.writeObjectPropertyStart("metrics");
      for (Metric metric : Metric.values()) {
        json.writeNumberProperty(metric.awsName(), total(metric));
      }
      json.writeEndObject();
      json.writeObjectPropertyStart("faults");
      faults.forEach((fault, count) -> json.writeNumberProperty(fault.name(), count));
      json.writeEndObject();
      json.writeArrayPropertyStart("alerts");
      alerts.forEach(alert -> AlertJson.write(alert, json));
      json.writeEndArray();
      json.writeEndObject();
    }
    out.println();
  }

  private record SourceKey(IpAddress source, @Nullable String interfaceId) {}

  /// One source at one network interface, over all payloads.
  static final class Source {
    private final SourceActivity activity;
    private long rejects;
    private long blockedHandshakes;
    private int mostPorts;
    private @Nullable IpAddress maskedBy;

    private Source(SourceActivity activity) {
      this.activity = activity;
    }

    private void add(SourceActivity more) {
      rejects += more.rejects();
      blockedHandshakes += more.blockedHandshakes();
      mostPorts = Math.max(mostPorts, more.probedPorts());
      maskedBy = maskedBy == null ? more.maskedBy() : maskedBy;
    }

    /// Returns its activity in the first payload that shows it.
    SourceActivity activity() {
      return activity;
    }

    long rejects() {
      return rejects;
    }

    long blockedHandshakes() {
      return blockedHandshakes;
    }

    /// Returns the first address that masked it, `null` where it was never masked.
    @Nullable IpAddress maskedBy() {
      return maskedBy;
    }

    /// Returns the most ports that it tried in one payload.
    int mostPorts() {
      return mostPorts;
    }
  }
}
