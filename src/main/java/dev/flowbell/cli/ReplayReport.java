package dev.flowbell.cli;

import dev.flowbell.classify.AddressScope;
import dev.flowbell.classify.Door;
import dev.flowbell.classify.Suspect;
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
import dev.flowbell.summary.FlowSummary;
import dev.flowbell.summary.SuspectGroup;
import java.io.PrintStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// The sums of all payloads of a replay. They are exact, but for what [RejectedSums] says of its
/// bounds, and for hosts, ports and attempts of a source if [Metric#OVER_BOUNDS] is not 0.
final class ReplayReport {
  private final TrafficType traffic;
  private final RejectedSums rejected;
  private final String selection;
  private long payloads;
  private final Map<Metric, Long> totals = new EnumMap<>(Metric.class);
  private final Map<ParseFault, Long> faults = new EnumMap<>(ParseFault.class);
  private final Set<FlowField> fields = EnumSet.noneOf(FlowField.class);
  private final List<AlertMessage> notifications = new ArrayList<>();
  private final Map<IpAddress, Evidence> evidence = new HashMap<>();
  private final Map<MetricSeries, Map<Metric, Long>> series = new LinkedHashMap<>();
  private final Set<String> unknownFields = new TreeSet<>();
  private @Nullable Instant first;
  private @Nullable Instant last;

  /// Creates a report without payloads.
  ///
  /// @param traffic the traffic that is read
  /// @param rejected the sums of what is rejected, over all records
  /// @param selection which records are read, as the command line says it; empty for all
  ReplayReport(TrafficType traffic, RejectedSums rejected, String selection) {
    this.traffic = traffic;
    this.rejected = rejected;
    this.selection = selection;
  }

  void add(Outcome outcome) {
    payloads++;
    addAlerts(outcome);
    FlowSummary summary = outcome.summary();
    summary.faults().forEach((fault, count) -> faults.merge(fault, count, Sums::plus));
    fields.addAll(summary.fields());
    for (SuspectGroup group : summary.evidence().suspects()) {
      if (group.suspect().isRejected()) {
        addRejected(group);
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

  private void addRejected(SuspectGroup group) {
    evidence.computeIfAbsent(group.suspect().source(), _ -> new Evidence()).add(group);
  }

  /// Returns which records were read, as the command line says it; empty for all.
  String selection() {
    return selection;
  }

  /// Returns the sums of what was rejected.
  RejectedSums rejected() {
    return rejected;
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

  /// Returns the fields that the records' formats have.
  Set<FlowField> fields() {
    return fields;
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
    Evidence none = new Evidence();
    return rejected.sources().largestFirst().stream()
        .map(
            sum ->
                new Source(sum.getKey(), sum.getValue(), evidence.getOrDefault(sum.getKey(), none)))
        .toList();
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
      json.writeStringProperty("sourceScope", AddressScope.of(source.address()).key());
      if (source.maskedBy() == null) {
        json.writeNullProperty("maskedBy");
      } else {
        json.writeStringProperty("maskedBy", source.maskedBy().toString());
      }
      json.writeNumberProperty("rejects", source.rejects());
      json.writeNumberProperty("attempts", source.attempts());
      json.writeNumberProperty("hosts", source.hosts());
      json.writeNumberProperty("ports", source.ports());
      json.writeNumberProperty("interfaces", source.interfaces());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayPropertyStart("doors");
    for (Map.Entry<Door, Long> door : rejected.doors().largestFirst()) {
      json.writeStartObject();
      json.writeStringProperty("destination", door.getKey().address().toString());
      writePort(door.getKey().port(), door.getKey().protocol(), json);
      json.writeNumberProperty("rejects", door.getValue());
      json.writeEndObject();
    }
    json.writeEndArray();
    json.writeArrayPropertyStart("ports");
    for (Map.Entry<Port, Long> port : rejected.ports().largestFirst()) {
      json.writeStartObject();
      writePort(port.getKey().number(), port.getKey().protocol(), json);
      json.writeNumberProperty("rejects", port.getValue());
      json.writeEndObject();
    }
    json.writeEndArray();
    writeSums("interfaces", "interface", rejected.interfaces().largestFirst(), json);
    writeSums("accounts", "account", rejected.accounts().largestFirst(), json);
    writeSums("hours", "hour", rejected.hours().byKey(), json);
    json.writeObjectPropertyStart("rejectsOfOthers");
    json.writeNumberProperty("sources", rejected.sources().others());
    json.writeNumberProperty("doors", rejected.doors().others());
    json.writeNumberProperty("ports", rejected.ports().others());
    json.writeNumberProperty("interfaces", rejected.interfaces().others());
    json.writeNumberProperty("accounts", rejected.accounts().others());
    json.writeNumberProperty("hours", rejected.hours().others());
    json.writeEndObject();
  }

  private static <K> void writeSums(
      String name, String keyName, List<Map.Entry<K, Long>> sums, JsonGenerator json) {
    json.writeArrayPropertyStart(name);
    for (Map.Entry<K, Long> sum : sums) {
      json.writeStartObject();
      json.writeStringProperty(keyName, sum.getKey().toString());
      json.writeNumberProperty("rejects", sum.getValue());
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

  /// A port of a protocol, at any host.
  ///
  /// @param number -1 for a protocol without ports, or a record without one
  record Port(int protocol, int number) implements Comparable<Port> {
    @Override
    public int compareTo(Port other) {
      int byNumber = Integer.compare(number, other.number);
      return byNumber != 0 ? byNumber : Integer.compare(protocol, other.protocol);
    }

    /// Returns `22/tcp`, `53/udp`, `ping`.
    @Override
    public String toString() {
      String name = Door.nameOf(protocol);
      return number < 0
          ? name.isEmpty() ? "no port" : name
          : number + (protocol < 0 ? "" : "/" + (name.isEmpty() ? "tcp" : name));
    }
  }

  /// One rejected source, over all payloads and interfaces.
  ///
  /// @param rejects how many of its records were rejected
  record Source(IpAddress address, long rejects, Evidence evidence) {
    /// Returns how many of them are attempts.
    long attempts() {
      return evidence.attempts;
    }

    /// Returns how many hosts it tried.
    int hosts() {
      return evidence.hosts.size();
    }

    /// Returns how many ports it tried.
    int ports() {
      return evidence.ports.size();
    }

    /// Returns at how many network interfaces it was rejected.
    int interfaces() {
      return evidence.interfaces.size();
    }

    /// Returns the first address that masked it, `null` where it was never masked.
    @Nullable IpAddress maskedBy() {
      return evidence.maskedBy;
    }
  }

  /// What payloads show of a rejected source, within the bounds of each payload.
  static final class Evidence {
    private long attempts;
    private @Nullable IpAddress maskedBy;
    private final Set<IpAddress> hosts = new HashSet<>();
    private final Set<Port> ports = new HashSet<>();
    private final Set<String> interfaces = new HashSet<>();

    private void add(SuspectGroup group) {
      Suspect suspect = group.suspect();
      if (maskedBy == null) {
        maskedBy = suspect.maskedBy();
      }
      if (suspect.place().interfaceId() != null) {
        interfaces.add(suspect.place().interfaceId());
      }
      if (suspect.isAttempt()) {
        attempts = Sums.plus(attempts, group.records());
        if (suspect.target() != null) {
          hosts.add(suspect.target());
        }
        if (suspect.port() >= 0 && Door.hasPorts(suspect.protocol())) {
          ports.add(new Port(suspect.protocol(), suspect.port()));
        }
      }
    }
  }
}
