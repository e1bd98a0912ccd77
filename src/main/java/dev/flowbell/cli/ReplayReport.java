package dev.flowbell.cli;

import dev.flowbell.metric.Metric;
import dev.flowbell.metric.MetricPoint;
import dev.flowbell.metric.MetricSeries;
import dev.flowbell.metric.Sums;
import dev.flowbell.notify.AlertMessage;
import dev.flowbell.pipeline.JsonOutput;
import dev.flowbell.pipeline.Outcome;
import dev.flowbell.record.FlowField;
import dev.flowbell.record.IpAddress;
import dev.flowbell.record.ParseFault;
import dev.flowbell.record.TrafficType;
import dev.flowbell.report.Hour;
import dev.flowbell.report.Inputs;
import dev.flowbell.report.PortRow;
import dev.flowbell.report.Report;
import dev.flowbell.report.Report.NamedSum;
import dev.flowbell.report.Source;
import dev.flowbell.report.Target;
import dev.flowbell.summary.FlowSummary;
import dev.flowbell.summary.SuspectGroup;
import java.io.PrintStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// What a replay came to: the metrics and notifications of its payloads, and what was rejected,
/// over all records.
final class ReplayReport {
  private final TrafficType traffic;
  private final String selection;
  private long payloads;
  private final Map<Metric, Long> totals = new EnumMap<>(Metric.class);
  private final Map<ParseFault, Long> faults = new EnumMap<>(ParseFault.class);
  private final Set<FlowField> fields = EnumSet.noneOf(FlowField.class);
  private final List<AlertMessage> notifications = new ArrayList<>();
  // As payloads show them, which pair requests and answers. A report counts records by themselves.
  private final Map<IpAddress, Long> attempts = new HashMap<>();
  private @Nullable Report rejected;
  private final Map<MetricSeries, Map<Metric, Long>> series = new LinkedHashMap<>();
  private final Set<String> unknownFields = new TreeSet<>();
  private @Nullable Instant first;
  private @Nullable Instant last;

  /// Creates a report without payloads.
  ///
  /// @param traffic the traffic that is read
  /// @param selection which records are read, as the command line says it; empty for all
  ReplayReport(TrafficType traffic, String selection) {
    this.traffic = traffic;
    this.selection = selection;
  }

  void add(Outcome outcome) {
    payloads++;
    addAlerts(outcome);
    FlowSummary summary = outcome.summary();
    summary.faults().forEach((fault, count) -> faults.merge(fault, count, Sums::plus));
    fields.addAll(summary.fields());
    for (SuspectGroup group : summary.evidence().suspects()) {
      if (group.suspect().isRejected() && group.suspect().isAttempt()) {
        attempts.merge(group.suspect().source(), group.records(), Sums::plus);
      }
    }
    for (MetricPoint point : summary.points()) {
      if (!point.series().equals(MetricSeries.TOTAL)) {
        Map<Metric, Long> sums =
            series.computeIfAbsent(point.series(), _ -> new EnumMap<>(Metric.class));
        point.values().forEach((metric, count) -> sums.merge(metric, count, Sums::plus));
      }
    }
    Instant start = summary.first();
    if (start != null && (first == null || start.isBefore(first))) {
      first = start;
    }
    Instant end = summary.last();
    if (end != null && (last == null || end.isAfter(last))) {
      last = end;
    }
  }

  /// Adds the name of a column that was read over.
  void addUnknownField(String name) {
    unknownFields.add(name);
  }

  /// Returns the names of columns that were read over, in order.
  Set<String> unknownFields() {
    return unknownFields;
  }

  /// Adds what was sent when nothing more was to be read.
  void addAlerts(Outcome outcome) {
    outcome.summary().totals().forEach((metric, count) -> totals.merge(metric, count, Sums::plus));
    notifications.addAll(outcome.sent());
  }

  /// Returns what became of the inputs.
  Inputs inputs(InputReader reader, boolean isInterrupted) {
    return new Inputs(reader.read(), reader.faults(), faults, unknownFields, fields, isInterrupted);
  }

  /// Sets what was rejected, when all records are read.
  void setRejected(Report newRejected) {
    rejected = newRejected;
  }

  /// Returns which records were read, as the command line says it; empty for all.
  String selection() {
    return selection;
  }

  /// Returns what was rejected.
  Report rejected() {
    return Objects.requireNonNull(rejected, "setRejected comes first");
  }

  long payloads() {
    return payloads;
  }

  long total(Metric metric) {
    return totals.getOrDefault(metric, 0L);
  }

  /// Returns whether the records that were read can show a metric at all.
  boolean canShow(Metric metric) {
    return metric.isKnownFrom(fieldsOrAll(), traffic);
  }

  /// Without a record, nothing is known of the fields.
  private Set<FlowField> fieldsOrAll() {
    return total(Metric.RECORDS) == 0 ? EnumSet.allOf(FlowField.class) : fields;
  }

  /// Returns why a metric can't be shown: `no tcp-flags`.
  String whyAbsent(Metric metric) {
    Set<FlowField> missing = metric.missingIn(fieldsOrAll());
    return missing.isEmpty()
        ? "no accepted records read"
        : "no "
            + missing.stream().map(FlowField::awsName).sorted().collect(Collectors.joining(", "));
  }

  Map<ParseFault, Long> faults() {
    return faults;
  }

  List<AlertMessage> notifications() {
    return notifications;
  }

  @Nullable Instant first() {
    return first;
  }

  @Nullable Instant last() {
    return last;
  }

  /// Returns the rejected sources, the most rejected first.
  List<Source> sources() {
    return rejected().sources().stream()
        .sorted(Comparator.comparingLong(Source::rejects).reversed().thenComparing(Source::address))
        .toList();
  }

  /// Returns how many rejected records of a source are attempts.
  long attempts(Source source) {
    return attempts.getOrDefault(source.address(), 0L);
  }

  /// Returns the sums of the series by dimension, those with the most records first.
  List<Map.Entry<MetricSeries, Map<Metric, Long>>> series() {
    return series.entrySet().stream()
        .sorted(Comparator.comparingLong(each -> -each.getValue().getOrDefault(Metric.RECORDS, 0L)))
        .toList();
  }

  /// Prints the report as one JSON object. What the records can't show is `null`.
  void printJson(PrintStream out) {
    try (JsonGenerator json = JsonOutput.to(out)) {
      json.writeStartObject();
      json.writeNumberProperty("payloads", payloads);
      writeTime("first", first, json);
      writeTime("last", last, json);
      json.writeStringProperty("selection", selection);
      json.writeObjectPropertyStart("metrics");
      for (Metric metric : Metric.values()) {
        if (canShow(metric)) {
          json.writeNumberProperty(metric.awsName(), total(metric));
        } else {
          json.writeNullProperty(metric.awsName());
        }
      }
      json.writeEndObject();
      json.writeArrayPropertyStart("absent");
      for (Metric metric : Metric.values()) {
        if (!canShow(metric)) {
          json.writeString(metric.awsName());
        }
      }
      json.writeEndArray();
      json.writeArrayPropertyStart("unknownFields");
      unknownFields.forEach(json::writeString);
      json.writeEndArray();
      json.writeObjectPropertyStart("faults");
      faults.forEach((fault, count) -> json.writeNumberProperty(fault.name(), count));
      json.writeEndObject();
      writeNotifications(json);
      writeRejected(json);
      json.writeEndObject();
    }
    out.println();
  }

  private void writeNotifications(JsonGenerator json) {
    json.writeArrayPropertyStart("notifications");
    for (AlertMessage message : notifications) {
      json.writeStartObject();
      json.writeStringProperty("severity", message.severity().key());
      json.writeStringProperty("subject", message.subject());
      json.writeStringProperty("text", message.text());
      json.writeArrayPropertyStart("alerts");
      message.alerts().forEach(json::writeRawValue);
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void writeRejected(JsonGenerator json) {
    json.writeArrayPropertyStart("sources");
    for (Source source : sources()) {
      json.writeStartObject();
      json.writeStringProperty("source", source.address().toString());
      json.writeStringProperty("sourceScope", source.scope().key());
      if (source.maskedBy().isEmpty()) {
        json.writeNullProperty("maskedBy");
      } else {
        json.writeStringProperty("maskedBy", source.maskedBy().getFirst().toString());
      }
      json.writeNumberProperty("rejects", source.rejects());
      json.writeNumberProperty("attempts", attempts(source));
      json.writeNumberProperty("hosts", source.hosts());
      json.writeNumberProperty("ports", source.ports());
      json.writeNumberProperty("interfaces", source.interfaces());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayPropertyStart("doors");
    for (Target target : rejected().targets()) {
      json.writeStartObject();
      json.writeStringProperty("destination", target.door().address().toString());
      writePort(target.door().port(), target.door().protocol(), json);
      json.writeNumberProperty("rejects", target.rejects());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayPropertyStart("ports");
    for (PortRow port : rejected().ports()) {
      json.writeStartObject();
      writePort(port.port().number(), port.port().protocol(), json);
      json.writeNumberProperty("rejects", port.rejects());
      json.writeEndObject();
    }
    json.writeEndArray();
    writeSums("interfaces", "interface", rejected().interfaces(), json);
    writeSums("accounts", "account", rejected().accounts(), json);
    writeSums(
        "hours",
        "hour",
        rejected().hours().stream()
            .filter(hour -> hour.rejected() > 0)
            .map(hour -> new NamedSum(hour.begin().toString(), hour.rejected()))
            .toList(),
        json);
    Report.Others others = rejected().others();
    json.writeObjectPropertyStart("rejectsOfOthers");
    json.writeNumberProperty("sources", others.sources());
    json.writeNumberProperty("doors", others.targets());
    json.writeNumberProperty("ports", others.ports());
    json.writeNumberProperty("interfaces", others.interfaces());
    json.writeNumberProperty("accounts", others.accounts());
    json.writeNumberProperty(
        "hours",
        rejected().totals().rejected()
            - rejected().hours().stream().mapToLong(Hour::rejected).sum());
    json.writeEndObject();
  }

  private static void writeSums(
      String name, String keyName, List<NamedSum> sums, JsonGenerator json) {
    json.writeArrayPropertyStart(name);
    for (NamedSum sum : sums) {
      json.writeStartObject();
      json.writeStringProperty(keyName, sum.name());
      json.writeNumberProperty("rejects", sum.rejects());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void writePort(int port, int protocol, JsonGenerator json) {
    if (port < 0) {
      json.writeNullProperty("port");
    } else {
      json.writeNumberProperty("port", port);
    }
    if (protocol < 0) {
      json.writeNullProperty("protocol");
    } else {
      json.writeNumberProperty("protocol", protocol);
    }
  }

  private static void writeTime(String key, @Nullable Instant time, JsonGenerator json) {
    if (time == null) {
      json.writeNullProperty(key);
    } else {
      json.writeStringProperty(key, time.toString());
    }
  }
}
