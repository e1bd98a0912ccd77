package dev.flowbell.report;

import dev.flowbell.classify.Door;
import dev.flowbell.record.FlowField;
import dev.flowbell.record.IpAddress;
import dev.flowbell.report.Report.NamedSum;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.json.JsonFactory;

/// A report as one JSON object; `docs/report.schema.json` describes it. What the records' fields
/// can't show is `null`, never 0.
public final class ReportJson {
  private static final JsonFactory FACTORY =
      JsonFactory.builder().disable(StreamWriteFeature.AUTO_CLOSE_TARGET).build();

  private static final String SCHEMA = "flowbell-report-1";

  private final Report report;
  private final Coverage coverage;

  /// Creates the JSON of a report.
  public ReportJson(Report report) {
    this.report = report;
    this.coverage = report.coverage();
  }

  /// Prints the object and a line break.
  public void print(PrintStream out) {
    try (JsonGenerator json = FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      json.writeStringProperty("schema", SCHEMA);
      writeOrigin(json);
      writeCoverage(json);
      writeTotals(json);
      writeList("hours", report.hours(), this::write, json);
      writeList("sources", report.sources(), this::write, json);
      writeList("targets", report.targets(), ReportJson::write, json);
      writeList("ports", report.ports(), ReportJson::write, json);
      writeList("natDevices", report.natDevices(), ReportJson::write, json);
      writeNamed("interfaces", "interface", report.interfaces(), json);
      writeNamed("accounts", "account", report.accounts(), json);
      writeOthers(json);
      writeList("notifications", report.alerts(), ReportJson::write, json);
      json.writeEndObject();
    }
    out.println();
  }

  private void writeOrigin(JsonGenerator json) {
    Origin origin = report.origin();
    json.writeObjectPropertyStart("origin");
    json.writeStringProperty("version", origin.version());
    writeStrings("commandLine", origin.commandLine(), json);
    json.writeStringProperty("selection", origin.selection());
    json.writeStringProperty("madeAt", origin.madeAt().toString());
    writeText("digest", origin.digest(), json);
    json.writeEndObject();
  }

  private void writeCoverage(JsonGenerator json) {
    json.writeObjectPropertyStart("coverage");
    json.writeNumberProperty("inputs", coverage.inputs());
    writeStrings("unread", coverage.unread(), json);
    json.writeBooleanProperty("isInterrupted", coverage.isInterrupted());
    json.writeObjectPropertyStart("unreadableRecords");
    coverage.faults().forEach((fault, count) -> json.writeNumberProperty(fault.name(), count));
    json.writeEndObject();
    writeStrings("unknownFields", List.copyOf(coverage.unknownFields()), json);
    writeStrings(
        "fields", coverage.fields().stream().sorted().map(FlowField::awsName).toList(), json);
    writeTime("first", coverage.first(), json);
    writeTime("last", coverage.last(), json);
    writeList(
        "gaps",
        coverage.gaps(),
        (gap, each) -> {
          writeTime("from", gap.from(), each);
          writeTime("until", gap.until(), each);
        },
        json);
    writeCount("noDataWindows", coverage.noDataWindows(), FlowField.LOG_STATUS, json);
    writeCount("skippedWindows", coverage.skippedWindows(), FlowField.LOG_STATUS, json);
    json.writeEndObject();
  }

  private void writeTotals(JsonGenerator json) {
    Totals totals = report.totals();
    json.writeObjectPropertyStart("totals");
    json.writeNumberProperty("records", totals.records());
    writeAccepted("accepted", totals.accepted(), json);
    writeCount("rejected", totals.rejected(), FlowField.ACTION, json);
    writeCount("rejectedPackets", totals.rejectedPackets(), FlowField.PACKETS, json);
    writeCount("rejectedBytes", totals.rejectedBytes(), FlowField.BYTES, json);
    writeCount("handshakes", totals.handshakes(), FlowField.TCP_FLAGS, json);
    writeCount("strays", totals.strays(), FlowField.TCP_FLAGS, json);
    json.writeNumberProperty("answers", totals.answers());
    writeCount("notUnicast", totals.notUnicast(), FlowField.DSTADDR, json);
    writeCount("masked", totals.masked(), FlowField.PKT_SRCADDR, json);
    json.writeEndObject();
  }

  private void write(Hour hour, JsonGenerator json) {
    writeTime("begin", hour.begin(), json);
    writeAccepted("accepted", hour.accepted(), json);
    json.writeNumberProperty("inside", hour.inside());
    json.writeNumberProperty("outside", hour.outside());
    json.writeNumberProperty("noise", hour.noise());
  }

  private void write(Source source, JsonGenerator json) {
    json.writeStringProperty("source", source.address().toString());
    json.writeBooleanProperty("isInside", source.isInside());
    json.writeStringProperty("sourceScope", source.scope().key());
    json.writeStringProperty("manner", source.manner().name().toLowerCase(Locale.ROOT));
    json.writeNumberProperty("rejects", source.rejects());
    json.writeNumberProperty("noise", source.noise());
    writeCount("handshakes", source.handshakes(), FlowField.TCP_FLAGS, json);
    writeCount("hosts", source.hosts(), FlowField.DSTADDR, json);
    writeCount("ports", source.ports(), FlowField.DSTPORT, json);
    writeCount("interfaces", source.interfaces(), FlowField.INTERFACE_ID, json);
    writeTime("first", source.first(), json);
    writeTime("last", source.last(), json);
    writeStrings("maskedBy", source.maskedBy().stream().map(IpAddress::toString).toList(), json);
    json.writeName("gotThrough");
    if (!coverage.hasAccepted()) {
      json.writeNull(); // nobody could look
      return;
    }
    json.writeStartObject();
    json.writeNumberProperty("flows", source.accepted().flows());
    json.writeNumberProperty("bytes", source.accepted().bytes());
    json.writeNumberProperty("doors", source.accepted().doorCount());
    writeList(
        "largest",
        source.accepted().doors(),
        (sum, each) -> {
          write(sum.door(), each);
          each.writeNumberProperty("flows", sum.flows());
          each.writeNumberProperty("bytes", sum.bytes());
        },
        json);
    json.writeEndObject();
  }

  private static void write(Target target, JsonGenerator json) {
    write(target.door(), json);
    json.writeNumberProperty("rejects", target.rejects());
    json.writeNumberProperty("sources", target.sources());
  }

  private static void write(PortRow row, JsonGenerator json) {
    writeNumber("port", row.port().number(), json);
    writeNumber("protocol", row.port().protocol(), json);
    json.writeNumberProperty("rejects", row.rejects());
    json.writeNumberProperty("sources", row.sources());
  }

  private static void write(NatDevice device, JsonGenerator json) {
    json.writeStringProperty("address", device.address().toString());
    json.writeNumberProperty("rejects", device.rejects());
    json.writeNumberProperty("sources", device.sourceCount());
    writeList(
        "largest",
        device.sources(),
        (behind, each) -> {
          each.writeStringProperty("source", behind.source().toString());
          each.writeNumberProperty("rejects", behind.rejects());
        },
        json);
  }

  private static void write(Told told, JsonGenerator json) {
    writeTime("at", told.at(), json);
    json.writeStringProperty("severity", told.severity().toLowerCase(Locale.ROOT));
    json.writeStringProperty("subject", told.subject());
    if (told.blockedBy() == null) {
      json.writeNullProperty("blockedBy");
    } else {
      json.writeStringProperty("blockedBy", told.blockedBy());
    }
  }

  private static void write(Door door, JsonGenerator json) {
    json.writeStringProperty("destination", door.address().toString());
    writeNumber("port", door.port(), json);
    writeNumber("protocol", door.protocol(), json);
  }

  private void writeOthers(JsonGenerator json) {
    Report.Others others = report.others();
    json.writeObjectPropertyStart("rejectsOfOthers");
    json.writeNumberProperty("sources", others.sources());
    json.writeNumberProperty("targets", others.targets());
    json.writeNumberProperty("ports", others.ports());
    json.writeNumberProperty("natDevices", others.natDevices());
    json.writeNumberProperty("interfaces", others.interfaces());
    json.writeNumberProperty("accounts", others.accounts());
    json.writeEndObject();
  }

  private static void writeNamed(String name, String key, List<NamedSum> sums, JsonGenerator json) {
    writeList(
        name,
        sums,
        (sum, each) -> {
          each.writeStringProperty(key, sum.name());
          each.writeNumberProperty("rejects", sum.rejects());
        },
        json);
  }

  private static <T> void writeList(
      String name, List<T> values, BiConsumer<T, JsonGenerator> properties, JsonGenerator json) {
    json.writeArrayPropertyStart(name);
    for (T value : values) {
      json.writeStartObject();
      properties.accept(value, json);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void writeStrings(String name, List<String> values, JsonGenerator json) {
    json.writeArrayPropertyStart(name);
    values.forEach(json::writeString);
    json.writeEndArray();
  }

  /// Writes a count that needs a field.
  private void writeCount(String name, long count, FlowField field, JsonGenerator json) {
    if (coverage.canShow(field)) {
      json.writeNumberProperty(name, count);
    } else {
      json.writeNullProperty(name);
    }
  }

  private void writeAccepted(String name, long count, JsonGenerator json) {
    if (coverage.hasAccepted()) {
      json.writeNumberProperty(name, count);
    } else {
      json.writeNullProperty(name);
    }
  }

  private static void writeNumber(String name, int number, JsonGenerator json) {
    if (number < 0) {
      json.writeNullProperty(name);
    } else {
      json.writeNumberProperty(name, number);
    }
  }

  private static void writeText(String name, @Nullable String text, JsonGenerator json) {
    if (text == null) {
      json.writeNullProperty(name);
    } else {
      json.writeStringProperty(name, text);
    }
  }

  private static void writeTime(String name, @Nullable Instant time, JsonGenerator json) {
    writeText(name, time == null ? null : time.toString(), json);
  }
}
