package dev.flowbell.record;

import dev.flowbell.ascii.EightBytes;
import java.util.Arrays;

/// Reads lines as AWS writes them, fast.
///
/// Each field is found and read in one go, eight bytes at a time; and what a line begins with is
/// not read again where the line before began with the same: version, account and network interface
/// are those of the whole payload.
///
/// What it doesn't take to be right it leaves to [RecordParser], which reads field by field and
/// says what is wrong. So this must never be lenient, and may be as strict as it likes:
/// `LineScannerTest` holds that a line it accepts means the same to both.
final class LineScanner {
  private static final long SPACE = EightBytes.each(' ');

  private final FieldScanner fields;
  // What the last line began with, the space behind it included; nothing where that isn't known to
  // be what the record has.
  private byte[] head = new byte[128];
  private int headLength;

  LineScanner(FieldScanner fields) {
    this.fields = fields;
  }

  /// Takes it that the record has not the fields of the last line any more.
  void forget() {
    headLength = 0;
  }

  /// Reads the line `[start, end)` into `target`, whose other fields stay as they are.
  ///
  /// @param target, format the same ones as for the line before, or [#forget] was called
  /// @return whether the line is one of the format; else [#forget] has to be called
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
