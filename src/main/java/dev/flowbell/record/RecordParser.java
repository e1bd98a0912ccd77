package dev.flowbell.record;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Reads flow log records, one line at a time: text in one of the given formats, or a JSON object.
/// Not thread-safe.
///
/// @see <a href="https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html">Flow log
///   records</a>
@SuppressWarnings("ReferenceEquality") // compares with the instance of the last line
public final class RecordParser {
  /// A time after this many Unix seconds (the year 2106) is in milliseconds, which some log
  /// shippers write.
  private static final long LAST_SECOND = 1L << 32;

  private final List<RecordFormat> formats;

  /// The formats whose number of fields no other format has. A line with that many fields can have
  /// only this format.
  private final Set<RecordFormat> ofTheirOwnSize;

  private final FieldScanner fieldScanner = new FieldScanner();
  private final LineScanner scanner = new LineScanner(fieldScanner);
  private final JsonRecordReader json = new JsonRecordReader(this, fieldScanner);
  private final Set<FlowField> fieldsSeen = EnumSet.noneOf(FlowField.class);
  private @Nullable RecordFormat lastFormat;
  private @Nullable FlowRecord lastTarget;
  private @Nullable RecordFormat lastFormatSeen;
  // Whether the last line's format is the only one with its number of fields. If so, the scanner
  // tries it for the next line.
  private boolean isScannable;

  /// Creates a parser.
  ///
  /// @param formats the formats that lines can have, at least one. If several fit a line and give
  ///   different values, the line's fault is [ParseFault#AMBIGUOUS_FORMAT]
  public RecordParser(List<RecordFormat> formats) {
    if (formats.isEmpty()) {
      throw new IllegalArgumentException("formats: expected one at least, got none");
    }
    this.formats = List.copyOf(new LinkedHashSet<>(formats));
    this.ofTheirOwnSize =
        this.formats.stream()
            .filter(one -> this.formats.stream().filter(f -> f.size() == one.size()).count() == 1)
            .collect(Collectors.toSet());
  }

  /// Returns the fields of the formats that the records so far had, and the fields that were
  /// present in JSON records. A metric that needs any other field is 0.
  public Set<FlowField> fieldsSeen() {
    return EnumSet.copyOf(fieldsSeen);
  }

  /// Clears the fields seen, for the next payload.
  public void reset() {
    fieldsSeen.clear();
    lastFormatSeen = null;
  }

  /// Returns whether a line is a header line, which is neither a record nor a fault.
  public boolean isHeader(byte[] buffer, int start, int end) {
    return RecordFormat.findHeader(buffer, start, Slices.trimmedEnd(buffer, start, end)) != null;
  }

  /// Reads one flow log line into `target`, replacing its contents.
  ///
  /// A text line has the fields of its format in their order, separated by one space. `-` means
  /// absent. A line whose first character is `{` is JSON. White space at the end is ignored.
  /// `start` and `end` are Unix seconds; above 2^32 they are milliseconds, and are divided by 1000.
  ///
  /// @return `null` when read, else the fault; `target` is then unspecified
  public @Nullable ParseFault parse(byte[] buffer, int start, int end, FlowRecord target) {
    int lineEnd = Slices.trimmedEnd(buffer, start, end);
    int lineStart = Slices.trimmedStart(buffer, start, lineEnd);
    if (lineStart < lineEnd && buffer[lineStart] == '{') {
      setLast(null, null);
      return json.read(buffer, lineStart, lineEnd, target, fieldsSeen);
    }
    if (isScannable && target == lastTarget && lastFormat != null) {
      if (scanner.read(lastFormat, buffer, start, lineEnd, target)) {
        addFieldsSeen(lastFormat);
        return null;
      }
      scanner.forget();
    }
    ParseFault fault =
        formats.size() == 1
            ? parseAs(formats.getFirst(), buffer, start, lineEnd, target)
            : parseAsOneOfSeveral(buffer, start, lineEnd, target);
    if (fault == null && lastFormat != null) {
      addFieldsSeen(lastFormat);
    }
    return fault;
  }

  private void addFieldsSeen(RecordFormat format) {
    if (format != lastFormatSeen) {
      fieldsSeen.addAll(format.fields());
      lastFormatSeen = format;
    }
  }

  private @Nullable ParseFault parseAs(
      RecordFormat format, byte[] buffer, int start, int end, FlowRecord target) {
    if (format != lastFormat || target != lastTarget) {
      // Each line of a format sets the same fields, so the others are cleared only once.
      target.clear(buffer);
      setLast(format, target);
    }
    target.setLine(buffer, start);
    int columns = format.size();
    int position = start;
    for (int i = 0; i < columns; i++) {
      int fieldEnd = Slices.indexOfSpace(buffer, position, end);
      boolean isLastOfLine = fieldEnd == end;
      if (isLastOfLine != (i == columns - 1) || fieldEnd == position) {
        return ParseFault.WRONG_FIELD_COUNT;
      }
      ParseFault fault = readField(format.column(i), position, fieldEnd, buffer, target);
      if (fault != null) {
        return isCount(columns, buffer, start, end) ? fault : ParseFault.WRONG_FIELD_COUNT;
      }
      position = fieldEnd + 1;
    }
    return null;
  }

  private @Nullable ParseFault parseAsOneOfSeveral(
      byte[] buffer, int start, int end, FlowRecord target) {
    List<RecordFormat> fitting = new ArrayList<>(formats.size());
    ParseFault firstFault = null;
    for (RecordFormat format : formats) {
      ParseFault fault = parseAs(format, buffer, start, end, target);
      if (fault == null) {
        fitting.add(format);
      } else if (firstFault == null || firstFault == ParseFault.WRONG_FIELD_COUNT) {
        firstFault = fault;
      }
    }
    if (fitting.isEmpty()) {
      return firstFault;
    }
    if (fitting.size() > 1) {
      List<RecordFormat> typical =
          fitting.stream().filter(format -> isTypical(format, buffer, start, end)).toList();
      fitting = typical.isEmpty() ? fitting : typical;
    }
    if (fitting.getFirst() != lastFormat) {
      parseAs(fitting.getFirst(), buffer, start, end, target);
    }
    for (RecordFormat other : fitting.subList(1, fitting.size())) {
      FlowRecord otherReading =
          new FlowRecord(); // allocated only if two formats fit, which is rare
      parseAs(other, buffer, start, end, otherReading);
      if (!otherReading.agreesWith(target)) {
        return ParseFault.AMBIGUOUS_FORMAT;
      }
    }
    // All readings agree, and target has the first one.
    setLast(fitting.getFirst(), target);
    return null;
  }

  private void setLast(@Nullable RecordFormat format, @Nullable FlowRecord target) {
    lastFormat = format;
    lastTarget = target;
    isScannable = format != null && ofTheirOwnSize.contains(format);
    scanner.forget();
  }

  private static boolean isTypical(RecordFormat format, byte[] buffer, int start, int end) {
    int position = start;
    for (int i = 0; i < format.size(); i++) {
      int fieldEnd = Slices.indexOfSpace(buffer, position, end);
      if (!isAbsent(buffer, position, fieldEnd)
          && !format.column(i).isTypical(buffer, position, fieldEnd)) {
        return false;
      }
      position = fieldEnd + 1;
    }
    return true;
  }

  /// Reads a field's value from `[start, end)` into `target`.
  ///
  /// @return `null` when read, else the fault
  @Nullable ParseFault readField(
      FlowField field, int start, int end, byte[] buffer, FlowRecord target) {
    if (isAbsent(buffer, start, end)) {
      target.setAbsent(field);
      return null;
    }
    target.setText(field, start, end);
    return switch (field.kind()) {
      case TEXT -> null;
      case ADDRESS -> target.setAddress(field, start, end) ? null : ParseFault.NOT_AN_ADDRESS;
      case ACTION -> readAction(field, start, end, buffer, target);
      case LOG_STATUS -> readLogStatus(field, start, end, buffer, target);
      case DECIMAL -> readDecimal(field, null, start, end, buffer, target);
      case PORT -> readDecimal(field, ParseFault.PORT_OUT_OF_RANGE, start, end, buffer, target);
      case PROTOCOL ->
          readDecimal(field, ParseFault.PROTOCOL_OUT_OF_RANGE, start, end, buffer, target);
      case TCP_FLAGS ->
          readDecimal(field, ParseFault.TCP_FLAGS_OUT_OF_RANGE, start, end, buffer, target);
    };
  }

  private static @Nullable ParseFault readDecimal(
      FlowField field,
      @Nullable ParseFault tooLarge,
      int start,
      int end,
      byte[] buffer,
      FlowRecord target) {
    long value = 0;
    if (start == end) {
      return ParseFault.NOT_A_DECIMAL; // "" in JSON
    }
    for (int i = start; i < end; i++) {
      int digit = buffer[i] - '0';
      if (digit < 0 || digit > 9 || value > (Long.MAX_VALUE - digit) / 10) {
        return ParseFault.NOT_A_DECIMAL;
      }
      value = value * 10 + digit;
    }
    if (value > field.kind().most()) {
      return tooLarge;
    }
    target.setNumber(field, toSeconds(field, value));
    return null;
  }

  /// Returns a field's number, converted to seconds if it is a time in milliseconds.
  static long toSeconds(FlowField field, long value) {
    boolean isMilliseconds =
        value > LAST_SECOND && (field == FlowField.START || field == FlowField.END);
    return isMilliseconds ? value / 1000 : value;
  }

  private static @Nullable ParseFault readAction(
      FlowField field, int start, int end, byte[] buffer, FlowRecord target) {
    if (Slices.equals("ACCEPT", buffer, start, end)) {
      target.setNumber(field, FlowRecord.ACCEPT);
    } else if (Slices.equals("REJECT", buffer, start, end)) {
      target.setNumber(field, FlowRecord.REJECT);
    } else {
      return ParseFault.UNKNOWN_ACTION;
    }
    return null;
  }

  private static @Nullable ParseFault readLogStatus(
      FlowField field, int start, int end, byte[] buffer, FlowRecord target) {
    if (Slices.equals("OK", buffer, start, end)) {
      target.setNumber(field, FlowRecord.OK);
    } else if (Slices.equals("NODATA", buffer, start, end)) {
      target.setNumber(field, FlowRecord.NODATA);
    } else if (Slices.equals("SKIPDATA", buffer, start, end)) {
      target.setNumber(field, FlowRecord.SKIPDATA);
    } else {
      return ParseFault.UNKNOWN_LOG_STATUS;
    }
    return null;
  }

  private static boolean isAbsent(byte[] buffer, int start, int end) {
    return end - start == 1 && buffer[start] == '-';
  }

  /// Returns whether the line has this many fields, none of them empty. A wrong number of fields
  /// takes precedence over the fault of a field.
  private static boolean isCount(int columns, byte[] buffer, int start, int end) {
    int count = 0;
    for (int position = start; position <= end; count++) {
      int fieldEnd = Slices.indexOfSpace(buffer, position, end);
      if (fieldEnd == position) {
        return false;
      }
      position = fieldEnd + 1;
    }
    return count == columns;
  }
}
