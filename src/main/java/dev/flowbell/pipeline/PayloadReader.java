package dev.flowbell.pipeline;

import dev.flowbell.input.LineTarget;
import dev.flowbell.record.FlowField;
import dev.flowbell.record.FlowRecord;
import dev.flowbell.record.IpAddress;
import dev.flowbell.record.ParseFault;
import dev.flowbell.record.RecordFormat;
import dev.flowbell.record.RecordParser;
import dev.flowbell.settings.Settings;
import dev.flowbell.summary.FlowSummary;
import dev.flowbell.summary.FlowSummaryBuilder;
import dev.flowbell.summary.LogOrigin;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/// Reads the lines of one payload and sums them up. [#reset] prepares it for the next payload.
public final class PayloadReader implements LineTarget {
  private final FlowSummaryBuilder summary;
  private final FlowRecord record = new FlowRecord();
  private final Set<FlowField> fieldsOfEarlierFormats = EnumSet.noneOf(FlowField.class);
  private List<RecordFormat> formats;
  private RecordParser parser;
  private boolean hasMisfits;

  /// Creates a reader.
  ///
  /// @param formats the formats that lines may have
  public PayloadReader(LogOrigin origin, Settings settings, List<RecordFormat> formats) {
    summary =
        new FlowSummaryBuilder(
            origin,
            settings.dimensionSets(),
            settings.seriesBudget(),
            settings.insideNetworks(),
            settings.trafficType());
    this.formats = formats;
    parser = new RecordParser(formats);
  }

  /// Clears the reader for the next payload.
  public void reset(LogOrigin origin, List<RecordFormat> newFormats) {
    summary.reset(origin);
    fieldsOfEarlierFormats.clear();
    hasMisfits = false;
    if (newFormats.equals(formats)) {
      parser.reset();
    } else {
      formats = newFormats;
      parser = new RecordParser(newFormats);
    }
  }

  /// Watches sources, see [FlowSummaryBuilder#watch].
  void watch(Set<IpAddress> sources) {
    summary.watch(sources);
  }

  @Override
  public void useFormat(RecordFormat format) {
    fieldsOfEarlierFormats.addAll(parser.fieldsSeen());
    formats = List.of(format);
    parser = new RecordParser(formats);
  }

  @Override
  public void addLine(byte[] buffer, int start, int end) {
    if (parser.isHeader(buffer, start, end)) {
      return;
    }
    ParseFault fault = parser.parse(buffer, start, end, record);
    if (fault == null) {
      summary.add(record);
    } else {
      summary.addUnreadable(fault);
      hasMisfits |= fault != ParseFault.BROKEN_JSON; // no format could read it
    }
  }

  /// Returns whether a line fitted no format.
  boolean hasMisfits() {
    return hasMisfits;
  }

  @Override
  public void addOverlongLine() {
    summary.addUnreadable(ParseFault.WRONG_FIELD_COUNT);
  }

  /// Returns the summary of the lines.
  ///
  /// @param arrival when the payload came
  public FlowSummary summarize(Instant arrival) {
    Set<FlowField> fields = parser.fieldsSeen();
    fields.addAll(fieldsOfEarlierFormats);
    record.release(); // the next payload needs the memory
    return summary.build(fields, arrival);
  }
}
