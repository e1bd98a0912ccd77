package dev.flowbell.pipeline;

import dev.flowbell.input.LineTarget;
import dev.flowbell.record.AddressBlocks;
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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// Reads the lines of one payload, or of several that are one batch, and sums them up. [#next]
/// begins another payload of the batch, [#reset] another batch.
public final class PayloadReader implements LineTarget {
  /// The selection of whoever selects nothing.
  static final Predicate<FlowRecord> EVERY_RECORD = _ -> true;

  private Predicate<FlowRecord> selection;
  private final FlowSummaryBuilder summary;
  private final FlowRecord record = new FlowRecord();
  private final Set<FlowField> fieldsOfEarlierFormats = EnumSet.noneOf(FlowField.class);
  private List<RecordFormat> formats;
  private RecordParser parser;
  private String logGroup;
  private final Set<String> misfits = new LinkedHashSet<>();

  /// Creates a reader.
  ///
  /// @param formats the formats that lines may have
  public PayloadReader(LogOrigin origin, Settings settings, List<RecordFormat> formats) {
    this(origin, settings, settings.insideNetworks(), formats, EVERY_RECORD);
  }

  /// Creates a reader of some records.
  ///
  /// @param inside the networks of the user's own hosts
  /// @param formats the formats that lines may have
  /// @param selection tells of each record whether it is read; the others are as if they weren't
  ///   there
  PayloadReader(
      LogOrigin origin,
      Settings settings,
      AddressBlocks inside,
      List<RecordFormat> formats,
      Predicate<FlowRecord> selection) {
    this.selection = selection;
    summary =
        new FlowSummaryBuilder(
            origin,
            settings.dimensionSets(),
            settings.seriesBudget(),
            inside,
            settings.trafficType());
    this.formats = formats;
    parser = new RecordParser(formats);
    logGroup = origin.logGroup();
  }

  /// Begins the next payload of the same batch.
  void next(LogOrigin origin, List<RecordFormat> newFormats) {
    summary.next(origin);
    logGroup = origin.logGroup();
    if (!newFormats.equals(formats)) {
      fieldsOfEarlierFormats.addAll(parser.fieldsSeen());
      formats = newFormats;
      parser = new RecordParser(newFormats);
    }
  }

  /// Clears the reader for the next payload or batch.
  public void reset(LogOrigin origin, List<RecordFormat> newFormats) {
    summary.reset(origin);
    fieldsOfEarlierFormats.clear();
    logGroup = origin.logGroup();
    misfits.clear();
    if (newFormats.equals(formats)) {
      parser.reset();
    } else {
      formats = newFormats;
      parser = new RecordParser(newFormats);
    }
  }

  /// Reads only some of the records from now on.
  ///
  /// @param newSelection tells of each record whether it is read
  void select(Predicate<FlowRecord> newSelection) {
    selection = newSelection;
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
  public boolean addRecord(byte[] buffer, int start, int end) {
    if (parser.isHeader(buffer, start, end) || parser.parse(buffer, start, end, record) != null) {
      return false;
    }
    add();
    return true;
  }

  private void add() {
    if (selection.test(record)) {
      summary.add(record);
    }
  }

  @Override
  public void addLine(byte[] buffer, int start, int end) {
    if (parser.isHeader(buffer, start, end)) {
      return;
    }
    ParseFault fault = parser.parse(buffer, start, end, record);
    if (fault == null) {
      add();
    } else {
      summary.addUnreadable(fault);
      if (fault != ParseFault.BROKEN_JSON) { // no format could read it
        misfits.add(logGroup);
      }
    }
  }

  /// Returns the log groups with a line that fitted no format.
  Set<String> misfits() {
    return misfits;
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
