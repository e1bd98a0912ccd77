package dev.flowbell.testing.generator;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flowbell.metric.MetricPoint;
import dev.flowbell.record.FlowRecord;
import dev.flowbell.record.ParseFault;
import dev.flowbell.record.RecordFormat;
import dev.flowbell.record.RecordParser;
import dev.flowbell.summary.FlowSummary;
import dev.flowbell.summary.FlowSummaryBuilder;
import dev.flowbell.summary.LogOrigin;
import dev.flowbell.summary.SourceActivity;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Makes summaries for alerts: from lines, with the real parser and builder, or from made sources.
public final class Summaries {
  /// The log group and stream of `events/port-scan.json`.
  public static final LogOrigin ORIGIN =
      new LogOrigin("123456789010", "/vpc/flow-logs", "eni-0a1b2c3d-all");

  /// Four minutes and ten seconds after the end of the port scan in `events/`.
  public static final Instant ARRIVAL = Instant.parse("2026-11-22T10:19:13Z");

  private Summaries() {}

  /// Sums up lines in AWS's default format or in Flowbell's own.
  public static FlowSummary of(LogOrigin origin, List<String> lines) {
    RecordParser parser = new RecordParser(List.of(RecordFormat.DEFAULT, RecordFormat.FLOWBELL));
    FlowSummaryBuilder builder = new FlowSummaryBuilder(origin, List.of(), 0);
    FlowRecord record = new FlowRecord();
    for (String line : lines) {
      byte[] bytes = line.getBytes(UTF_8);
      ParseFault fault = parser.parse(bytes, 0, bytes.length, record);
      if (fault == null) {
        builder.add(record);
      } else {
        builder.addUnreadable(fault);
      }
    }
    return builder.build(parser.fieldsSeen(), ARRIVAL);
  }

  /// Makes a summary of only these points.
  public static FlowSummary ofPoints(LogOrigin origin, Instant arrival, List<MetricPoint> points) {
    return new FlowSummary(
        origin, arrival, Map.of(), points, Map.of(), Set.of(), List.of(), 0, List.of(), null, null,
        null);
  }

  /// Makes a summary of only these sources.
  public static FlowSummary ofSources(SourceActivity... sources) {
    return new FlowSummary(
        ORIGIN,
        ARRIVAL,
        Map.of(),
        List.of(),
        Map.of(),
        Set.of(),
        List.of(sources),
        0,
        List.of(),
        null,
        null,
        null);
  }
}
