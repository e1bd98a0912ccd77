package dev.flowbell.testing.generator;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flowbell.metric.MetricPoint;
import dev.flowbell.record.AddressBlocks;
import dev.flowbell.record.FlowRecord;
import dev.flowbell.record.ParseFault;
import dev.flowbell.record.RecordFormat;
import dev.flowbell.record.RecordParser;
import dev.flowbell.record.TrafficType;
import dev.flowbell.summary.FlowSummary;
import dev.flowbell.summary.FlowSummaryBuilder;
import dev.flowbell.summary.LogOrigin;
import java.time.Instant;
import java.util.List;

/// Makes summaries: from lines, with the real parser and builder, or from given parts.
public final class Summaries {
  /// The origin of the records in `events/port-scan.json`.
  public static final LogOrigin ORIGIN =
      new LogOrigin("123456789010", "/vpc/flow-logs", "eni-0a1b2c3d-all");

  /// 4 min 10 s after the port scan in `events/` ends.
  public static final Instant ARRIVAL = Instant.parse("2026-11-22T10:19:13Z");

  /// The default of the setting `INSIDE_NETWORKS`.
  public static final AddressBlocks INSIDE =
      AddressBlocks.parse(
          "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,169.254.0.0/16,fc00::/7,fe80::/10");

  private Summaries() {}

  /// Returns the summary of lines in AWS's default format or in Flowbell's own.
  public static FlowSummary of(LogOrigin origin, List<String> lines) {
    RecordParser parser = new RecordParser(List.of(RecordFormat.DEFAULT, RecordFormat.FLOWBELL));
    FlowSummaryBuilder builder =
        new FlowSummaryBuilder(origin, List.of(), 0, INSIDE, TrafficType.ALL);
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

  /// Returns a summary that has only these points.
  public static FlowSummary ofPoints(LogOrigin origin, Instant arrival, List<MetricPoint> points) {
    return new SummaryBuilder().origin(origin).arrival(arrival).points(points).build();
  }
}
