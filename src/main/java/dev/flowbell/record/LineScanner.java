package dev.flowbell.record;

import dev.flowbell.ascii.EightBytes;
import java.util.Arrays;

/// Reads lines fast, if they are as AWS writes them.
///
/// It finds and reads each field at once, eight bytes at a time. It does not read the head of a
/// line again if the line before began the same way: version, account and network interface are
/// usually the same in the whole payload.
///
/// It leaves every line that it does not recognize to [RecordParser], which reads field by field
/// and finds the fault. So it must never be lenient, but can be stricter. `LineScannerTest` checks
/// that both read the same from every line that this one accepts.
final class LineScanner {
  private static final long SPACE = EightBytes.each(' ');

  private final FieldScanner fields;
  // The head of the last line, with the space after it. Empty if the record may not have its
  // values.
  private byte[] head = new byte[128];
  private int headLength;

  LineScanner(FieldScanner fields) {
    this.fields = fields;
  }

  /// Forgets the last line: the record may not have its values any more.
  void forget() {
    headLength = 0;
  }

  /// Reads the line `[start, end)` into `target`. Fields that the format does not have stay as they
  /// are.
  ///
  /// @param format, target the same as for the line before, unless [#forget] was called
  /// @return whether the line was read; else call [#forget]
  boolean read(RecordFormat format, byte[] buffer, int start, int end, FlowRecord target) {
    if (end > buffer.length - FieldScanner.PADDING_BYTES) {
      return false;
    }
    target.setLine(buffer, start);
    int column = 0;
    int position = start;
    if (hasSameHead(buffer, start, end)) {
      column = format.headSize();
      position += headLength;
    } else {
      headLength = 0;
    }
    int columns = format.size();
    while (column < columns) {
      int fieldEnd = fields.read(format.column(column), buffer, position, end, SPACE, target);
      column++;
      boolean isLast = column == columns;
      boolean isRead = fieldEnd > position && fieldEnd <= end && (fieldEnd == end) == isLast;
      if (!isRead || (!isLast && buffer[fieldEnd] != ' ')) {
        return false;
      }
      position = fieldEnd + 1;
      if (column == format.headSize() && headLength == 0 && !isLast) {
        keepHead(buffer, start, position);
      }
    }
    return true;
  }

  private boolean hasSameHead(byte[] buffer, int start, int end) {
    if (headLength == 0 || end - start < headLength) {
      return false;
    }
    return Arrays.equals(buffer, start, start + headLength, head, 0, headLength);
  }

  private void keepHead(byte[] buffer, int start, int end) {
    headLength = end - start;
    if (headLength > head.length) {
      head = new byte[headLength];
    }
    System.arraycopy(buffer, start, head, 0, headLength);
  }
}
