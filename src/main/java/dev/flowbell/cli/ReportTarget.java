package dev.flowbell.cli;

import dev.flowbell.input.LineTarget;
import dev.flowbell.input.LogBatch;
import dev.flowbell.record.FlowField;
import dev.flowbell.record.FlowRecord;
import dev.flowbell.record.ParseFault;
import dev.flowbell.record.RecordFormat;
import dev.flowbell.record.RecordParser;
import dev.flowbell.report.RecordSums;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;

/// Adds the records of files to the sums of a report, on one thread. Nothing is judged.
final class ReportTarget implements InputTarget, LineTarget {
  /// The files of a folder have the same format, or a few.
  private static final int MOST_PARSERS = 8;

  private final Map<List<RecordFormat>, RecordParser> parsers = new HashMap<>();
  private final List<RecordFormat> formats;
  private final Predicate<FlowRecord> selection;
  private final RecordSums sums;
  private final Set<String> batchIds;
  private final FlowRecord record = new FlowRecord();
  private final Map<ParseFault, Long> faults = new EnumMap<>(ParseFault.class);
  private final Set<FlowField> fields = EnumSet.noneOf(FlowField.class);
  private final Set<String> unknownFields = new TreeSet<>();
  private RecordParser parser;
  private Map<ParseFault, Long> faultsOfFile = new EnumMap<>(ParseFault.class);
  private Map<ParseFault, Long> withoutRecord = Map.of();
  private boolean hasRecord;

  /// Creates a target.
  ///
  /// @param formats the formats that lines may have
  /// @param selection tells of each record whether it is read
  /// @param batchIds of the batches that were read, on any thread; safe for use by several
  ReportTarget(
      List<RecordFormat> formats,
      Predicate<FlowRecord> selection,
      RecordSums sums,
      Set<String> batchIds) {
    this.formats = formats;
    this.selection = selection;
    this.sums = sums;
    this.batchIds = batchIds;
    parser = parserOf(formats);
  }

  /// Returns the lines that are no record, by cause.
  Map<ParseFault, Long> faults() {
    return faults;
  }

  /// Returns the fields that the records' formats have.
  Set<FlowField> fields() {
    return fields;
  }

  /// Returns the names of columns that were read over.
  Set<String> unknownFields() {
    return unknownFields;
  }

  @Override
  public Map<ParseFault, Long> takeLinesWithoutRecord() {
    Map<ParseFault, Long> lines = withoutRecord;
    withoutRecord = Map.of();
    return lines;
  }

  /// A batch that was read already isn't read again: deliveries and exports overlap.
  @Override
  public void addBatch(LogBatch batch) {
    boolean isKnown = batch.id() != null && !batchIds.add(batch.id());
    if (isKnown || batch.type() == LogBatch.Type.CONTROL_MESSAGE) {
      return;
    }
    begin();
    for (int i = 0; i < batch.size(); i++) {
      addLine(batch.bytes(), batch.start(i), batch.end(i));
    }
    end();
  }

  @Override
  public LineTarget beginFile(String name) {
    begin();
    return this;
  }

  @Override
  public void endFile(boolean isWhole) {
    if (isWhole && !hasRecord) { // else its fault is named
      withoutRecord = faultsOfFile;
    }
    end();
  }

  private void begin() {
    parser = parserOf(formats);
    faultsOfFile = new EnumMap<>(ParseFault.class);
    hasRecord = false;
  }

  private void end() {
    fields.addAll(parser.fieldsSeen());
    faultsOfFile.forEach((fault, count) -> faults.merge(fault, count, Long::sum));
  }

  @Override
  public void addUnknownField(String name) {
    unknownFields.add(name);
  }

  @Override
  public void useFormat(RecordFormat format) {
    fields.addAll(parser.fieldsSeen());
    parser = parserOf(List.of(format));
  }

  /// Takes the same parser for the same formats: it remembers addresses.
  private RecordParser parserOf(List<RecordFormat> wanted) {
    if (parsers.size() == MOST_PARSERS) {
      parsers.clear();
    }
    RecordParser known = parsers.computeIfAbsent(wanted, RecordParser::new);
    known.reset();
    return known;
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
    hasRecord = true;
    if (selection.test(record)) {
      sums.add(record);
    }
  }

  @Override
  public void addLine(byte[] buffer, int start, int end) {
    if (parser.isHeader(buffer, start, end)) {
      return;
    }
    ParseFault fault = parser.parse(buffer, start, end, record);
    if (fault != null) {
      faultsOfFile.merge(fault, 1L, Long::sum);
    } else {
      add();
    }
  }

  @Override
  public void addOverlongLine() {
    faultsOfFile.merge(ParseFault.WRONG_FIELD_COUNT, 1L, Long::sum);
  }
}
