package dev.flowbell.record;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads flow log records, one line at a time: text in one of the given formats, or a JSON object.
///
/// Not safe for use by several threads at once.
///
/// @see <a href="https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html">Flow log
///   records</a>
@SuppressWarnings("ReferenceEquality") // asks for the very format of the last line
public final class RecordParser {
  /// Later than this many Unix seconds (the year 2106), a time is taken for milliseconds, which
  /// some shippers write.
  private static final long LAST_SECOND = 1L << 32;

  private final List<RecordFormat> formats;
  private final JsonRecordReader json = new JsonRecordReader(this);
  private final Set<FlowField> fieldsSeen = EnumSet.noneOf(FlowField.class);
  private @Nullable RecordFormat lastFormat;
  private @Nullable FlowRecord lastTarget;
  private @Nullable RecordFormat lastFormatSeen;

  /// @param formats the formats that lines may have, at least one. Where several fit a line, so
  ///   that it could be read in more than one way, and the difference matters, it is
  ///   [ParseFault#AMBIGUOUS_FORMAT]
  public RecordParser(List<RecordFormat> formats) {
    if (formats.isEmpty()) {
      throw new IllegalArgumentException("formats: expected one at least, got none");
    }
    this.formats = List.copyOf(new LinkedHashSet<>(formats));
  }

  /// Returns the fields that the records read so far could have had: those of their formats, and
  /// for JSON those that were there. A count that needs another field can't have been anything but
  /// 0.
  public Set<FlowField> fieldsSeen() {
    return EnumSet.copyOf(fieldsSeen);
  }

  /// Returns whether a line is a header line, which is no record and no fault either.
  public boolean isHeader(byte[] buffer, int start, int end) {
    return RecordFormat.findHeader(buffer, start, Slices.trimmedEnd(buffer, start, end)) != null;
  }

  /// Reads one flow log line into `target`, replacing its contents.
  ///
  /// A text line has its format's fields in order, one space between them; a line whose first
  /// character is `{` is JSON. `-` means absent. White space at the end does not count. `start` and
  /// `end` are Unix seconds; later than 2^32 they are milliseconds and are divided by 1000.
  ///
  /// @return `null` when read, else the fault; `target` is then unspecified
  public @Nullable ParseFault parse(byte[] buffer, int start, int end, FlowRecord target) {
    int lineEnd = Slices.trimmedEnd(buffer, start, end);
    int lineStart = Slices.trimmedStart(buffer, start, lineEnd);
    if (lineStart < lineEnd && buffer[lineStart] == '{') {
      lastFormat = null;
      return json.read(buffer, lineStart, lineEnd, target, fieldsSeen);
    }
    ParseFault fault =
        formats.size() == 1
            ? parseAs(formats.getFirst(), buffer, start, lineEnd, target)
            : parseAsOneOfSeveral(buffer, start, lineEnd, target);
    if (fault == null && lastFormat != lastFormatSeen && lastFormat != null) {
      fieldsSeen.addAll(lastFormat.fields());
      lastFormatSeen = lastFormat;
    }
    return fault;
  }

  private @Nullable ParseFault parseAs(
      RecordFormat format, byte[] buffer, int start, int end, FlowRecord target) {
    if (format != lastFormat || target != lastTarget) {
      // Within one format each line sets the same fields, so that the others need clearing once.
      target.clear(buffer);
      lastFormat = format;
      lastTarget = target;
    }
    target.setBuffer(buffer);
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
      FlowRecord otherReading = new FlowRecord(); // only where two formats fit: rare
      parseAs(other, buffer, start, end, otherReading);
      if (!otherReading.agreesWith(target)) {
        return ParseFault.AMBIGUOUS_FORMAT;
      }
    }
    // The readings agree; that of the first holds.
    lastFormat = fitting.getFirst();
    lastTarget = target;
    return null;
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

  /// Reads one field's value from `[start, end)`, which is not empty.
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
      case DECIMAL -> readDecimal(field, Long.MAX_VALUE, null, start, end, buffer, target);
      case PORT ->
          readDecimal(field, 65_535, ParseFault.PORT_OUT_OF_RANGE, start, end, buffer, target);
      case PROTOCOL ->
          readDecimal(field, 255, ParseFault.PROTOCOL_OUT_OF_RANGE, start, end, buffer, target);
      case TCP_FLAGS ->
          readDecimal(field, 255, ParseFault.TCP_FLAGS_OUT_OF_RANGE, start, end, buffer, target);
    };
  }

  private static @Nullable ParseFault readDecimal(
      FlowField field,
      long most,
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
    if (value > most) {
      return tooLarge;
    }
    boolean isMilliseconds =
        value > LAST_SECOND && (field == FlowField.START || field == FlowField.END);
    target.setNumber(field, isMilliseconds ? value / 1000 : value);
    return null;
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

  /// Whether the line has this many fields, none of them empty: the first thing wrong with a line
  /// is what it is counted under, and the number of fields comes first.
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
