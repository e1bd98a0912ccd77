package dev.flowbell.record;

import dev.flowbell.ascii.EightBytes;

/// Reads values of fields, fast: eight bytes at a time, where one ends and what it says in one go,
/// and an address that was there before from memory.
///
/// What it doesn't take to be right it leaves to [RecordParser#readField]: it must never be
/// lenient, see [LineScanner].
final class FieldScanner {
  /// How far behind a line this may look: a field's eight bytes, and eight more for a long number.
  static final int PADDING_BYTES = 2 * Long.BYTES;

  static final int NOT_READ = -1;

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
  private static final int ADDRESS_BITS = 11;

  /// 2^64 divided by the golden ratio: the highest bits of a product depend on all of the other's.
  private static final long SPREAD = 0x9e37_79b9_7f4a_7c15L;

  // The IPv4 addresses read last, by hash: a text in two longs, and the low half of what it means.
  // The same text always means the same: nothing here is ever out of date.
  private final long[] addresses = new long[3 << ADDRESS_BITS];

  /// Reads the field that begins at `start`, and sets it.
  ///
  /// @param end of the line, [#PADDING_BYTES] or more before the buffer's; a number may seem to go
  ///   on behind it
  /// @param terminator what ends a value, as [EightBytes#each] has it. Only a text or an absent
  ///   value is known to be followed by it, or by the line's end
  /// @return where the field ends, or [#NOT_READ]
  int read(FlowField field, byte[] buffer, int start, int end, long terminator, FlowRecord target) {
    long bytes = EightBytes.get(buffer, start);
    if (buffer[start] == '-' && (start + 1 == end || buffer[start + 1] == (byte) terminator)) {
      target.setAbsent(field);
      return start + 1;
    }
    int fieldEnd =
        switch (field.kind()) {
          case TEXT -> endOfText(bytes, buffer, start, end, terminator);
          case ADDRESS -> readAddress(field, bytes, buffer, start, end, terminator, target);
          case ACTION -> readAction(field, bytes, start, target);
          case LOG_STATUS -> readLogStatus(field, bytes, start, target);
          case DECIMAL, PORT, PROTOCOL, TCP_FLAGS ->
              readDecimal(field, bytes, buffer, start, target);
        };
    target.setText(field, start, fieldEnd);
    return fieldEnd;
  }

  private static int endOfText(
      long firstBytes, byte[] buffer, int start, int end, long terminator) {
    int count = EightBytes.countTo(terminator, firstBytes);
    int position = start;
    while (count == Long.BYTES && position + count < end) {
      position += Long.BYTES;
      count = EightBytes.countTo(terminator, EightBytes.get(buffer, position));
    }
    return Math.min(position + count, end);
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
      FlowField field,
      long bytes,
      byte[] buffer,
      int start,
      int end,
      long terminator,
      FlowRecord target) {
    int count = EightBytes.countTo(terminator, bytes);
    long more = 0;
    if (count == Long.BYTES) {
      more = EightBytes.get(buffer, start + count);
      int moreCount = EightBytes.countTo(terminator, more);
      count += moreCount;
      more = moreCount == 0 ? 0 : EightBytes.first(more, moreCount);
    } else if (count > 0) {
      bytes = EightBytes.first(bytes, count);
    }
    int fieldEnd = start + count;
    if (count > MOST_IPV4_BYTES || fieldEnd > end) {
      return readOtherAddress(field, buffer, start, end, terminator, target);
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
      FlowField field, byte[] buffer, int start, int end, long terminator, FlowRecord target) {
    int fieldEnd = endOfText(EightBytes.get(buffer, start), buffer, start, end, terminator);
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
