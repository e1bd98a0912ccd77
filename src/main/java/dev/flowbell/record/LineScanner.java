package dev.flowbell.record;

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
  /// How far behind a line this may look: a field's eight bytes, and eight more for a long number.
  private static final int PADDING_BYTES = 2 * Long.BYTES;

  private static final int NOT_READ = -1;

  private static final long[] POWERS_OF_TEN = {
    1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000
  };

  private static final long ACCEPT = EightBytes.of("ACCEPT");
  private static final long REJECT = EightBytes.of("REJECT");
  private static final long OK = EightBytes.of("OK");
  private static final long NODATA = EightBytes.of("NODATA");
  private static final long SKIPDATA = EightBytes.of("SKIPDATA");

  /// As long as `255.255.255.255`.
  private static final int MOST_IPV4_BYTES = 15;

  /// A payload's addresses are some hundred: one's own, and those of its peers.
  private static final int ADDRESS_BITS = 9;

  /// 2^64 divided by the golden ratio: the highest bits of a product depend on all of the other's.
  private static final long SPREAD = 0x9e37_79b9_7f4a_7c15L;

  // The IPv4 addresses read last, by hash: a text in two longs, and the low half of what it means.
  // The same text always means the same: nothing here is ever out of date.
  private final long[] addresses = new long[3 << ADDRESS_BITS];
  // What the last line began with, the space behind it included; nothing where that isn't known to
  // be what the record has.
  private byte[] head = new byte[128];
  private int headLength;

  /// Takes it that the record has not the fields of the last line any more.
  void forget() {
    headLength = 0;
  }

  /// Reads the line `[start, end)` into `target`, whose other fields stay as they are.
  ///
  /// @param target, format the same ones as for the line before, or [#forget] was called
  /// @return whether the line is one of the format; else [#forget] has to be called
  boolean read(RecordFormat format, byte[] buffer, int start, int end, FlowRecord target) {
    if (end > buffer.length - PADDING_BYTES) {
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
      int fieldEnd = readField(format.column(column), buffer, position, end, target);
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

  /// Reads the field that begins at `start`, and sets it.
  ///
  /// @param end of the line; a number may seem to go on behind it
  /// @return where the field ends, or [#NOT_READ]
  private int readField(FlowField field, byte[] buffer, int start, int end, FlowRecord target) {
    long bytes = EightBytes.get(buffer, start);
    if (buffer[start] == '-' && (start + 1 == end || buffer[start + 1] == ' ')) {
      target.setAbsent(field);
      return start + 1;
    }
    int fieldEnd =
        switch (field.kind()) {
          case TEXT -> endOfWord(bytes, buffer, start, end);
          case ADDRESS -> readAddress(field, bytes, buffer, start, end, target);
          case ACTION -> readAction(field, bytes, start, target);
          case LOG_STATUS -> readLogStatus(field, bytes, start, target);
          case DECIMAL, PORT, PROTOCOL, TCP_FLAGS ->
              readDecimal(field, bytes, buffer, start, target);
        };
    target.setText(field, start, fieldEnd);
    return fieldEnd;
  }

  private static int endOfWord(long firstBytes, byte[] buffer, int start, int end) {
    int count = EightBytes.countToSpace(firstBytes);
    int position = start + count;
    while (count == Long.BYTES && position < end) {
      count = EightBytes.countToSpace(EightBytes.get(buffer, position));
      position += count;
    }
    return Math.min(position, end);
  }

  private static int readDecimal(
      FlowField field, long bytes, byte[] buffer, int start, FlowRecord target) {
    int count = EightBytes.countDigits(bytes);
    if (count == 0) {
      return NOT_READ;
    }
    long value = EightBytes.toDecimal(bytes, count);
    int fieldEnd = start + count;
    if (count == Long.BYTES) {
      long more = EightBytes.get(buffer, fieldEnd);
      int moreCount = EightBytes.countDigits(more);
      if (moreCount == Long.BYTES) {
        return NOT_READ; // 16 digits: 2^63 is near
      }
      if (moreCount > 0) {
        value = value * POWERS_OF_TEN[moreCount] + EightBytes.toDecimal(more, moreCount);
        fieldEnd += moreCount;
      }
    }
    if (value > field.kind().most()) {
      return NOT_READ;
    }
    target.setNumber(field, RecordParser.toSeconds(field, value));
    return fieldEnd;
  }

  /// Reads an address that is as short as an IPv4 address from memory, where it was read before.
  private int readAddress(
      FlowField field, long bytes, byte[] buffer, int start, int end, FlowRecord target) {
    int count = EightBytes.countToSpace(bytes);
    long more = 0;
    if (count == Long.BYTES) {
      more = EightBytes.get(buffer, start + count);
      int moreCount = EightBytes.countToSpace(more);
      count += moreCount;
      more = moreCount == 0 ? 0 : EightBytes.first(more, moreCount);
    } else if (count > 0) {
      bytes = EightBytes.first(bytes, count);
    }
    int fieldEnd = start + count;
    if (count > MOST_IPV4_BYTES || fieldEnd > end) {
      return readOtherAddress(field, buffer, start, end, target);
    }
    // Its length makes "10.0.0.1" another text than "10.0.0.1" with a zero byte behind it.
    more |= (long) count << (7 * Byte.SIZE);
    int place = 3 * (int) (((bytes ^ (more * 31)) * SPREAD) >>> (Long.SIZE - ADDRESS_BITS));
    if (addresses[place] == bytes && addresses[place + 1] == more) {
      target.setIpv4(field, addresses[place + 2]);
      return fieldEnd;
    }
    if (!target.setAddress(field, start, fieldEnd)) {
      return NOT_READ;
    }
    if (IpAddress.isIpv4(target.addressHigh(field), target.addressLow(field))) {
      addresses[place] = bytes;
      addresses[place + 1] = more;
      addresses[place + 2] = target.addressLow(field);
    }
    return fieldEnd;
  }

  private static int readOtherAddress(
      FlowField field, byte[] buffer, int start, int end, FlowRecord target) {
    int fieldEnd = endOfWord(EightBytes.get(buffer, start), buffer, start, end);
    return target.setAddress(field, start, fieldEnd) ? fieldEnd : NOT_READ;
  }

  private static int readAction(FlowField field, long bytes, int start, FlowRecord target) {
    long word = EightBytes.first(bytes, 6);
    if (word != ACCEPT && word != REJECT) {
      return NOT_READ;
    }
    target.setNumber(field, word == ACCEPT ? FlowRecord.ACCEPT : FlowRecord.REJECT);
    return start + 6;
  }

  private static int readLogStatus(FlowField field, long bytes, int start, FlowRecord target) {
    if (EightBytes.first(bytes, 2) == OK) {
      target.setNumber(field, FlowRecord.OK);
      return start + 2;
    }
    if (EightBytes.first(bytes, 6) == NODATA) {
      target.setNumber(field, FlowRecord.NODATA);
      return start + 6;
    }
    if (bytes == SKIPDATA) {
      target.setNumber(field, FlowRecord.SKIPDATA);
      return start + 8;
    }
    return NOT_READ;
  }
}
