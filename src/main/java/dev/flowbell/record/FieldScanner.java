package dev.flowbell.record;

import dev.flowbell.ascii.EightBytes;

/// Reads values of fields fast: it finds a value's end and reads it at once, eight bytes at a time,
/// and caches addresses.
///
/// It leaves every value that it does not recognize to [RecordParser#readField]. It must never be
/// lenient, see [LineScanner].
final class FieldScanner {
  /// How many bytes after a line this can read: a field's eight bytes, and eight more for a long
  /// number.
  static final int PADDING_BYTES = 2 * Long.BYTES;

  /// The result for a value that is left to [RecordParser].
  static final int NOT_READ = -1;

  private static final long[] POWERS_OF_TEN = {
    1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000
  };

  private static final long ACCEPT = EightBytes.of("ACCEPT");
  private static final long REJECT = EightBytes.of("REJECT");
  private static final long OK = EightBytes.of("OK");
  private static final long NODATA = EightBytes.of("NODATA");
  private static final long SKIPDATA = EightBytes.of("SKIPDATA");

  /// The length of `255.255.255.255`.
  private static final int MOST_IPV4_BYTES = 15;

  /// The cache has 2^11 addresses. Most payloads have a few hundred.
  private static final int ADDRESS_BITS = 13;

  /// 2^64 divided by the golden ratio. The highest bits of a product with it depend on all bits of
  /// the other factor.
  private static final long SPREAD = 0x9e37_79b9_7f4a_7c15L;

  // A cache of IPv4 addresses, by hash: two longs of text, and the low half of the address. A text
  // always means the same address, so entries never become invalid.
  private final long[] addresses = new long[3 << ADDRESS_BITS];

  /// Reads the value that begins at `start`, and sets it.
  ///
  /// @param end the end of the line, at least [#PADDING_BYTES] before the end of the buffer. A
  ///   number can be read past it
  /// @param terminator the character that ends a value, from [EightBytes#each]. It is checked only
  ///   for a text or an absent value: these end at it, or at the end of the line
  /// @return the end of the value, or [#NOT_READ]
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
        return NOT_READ; // 16 digits or more, perhaps above 2^63
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

  /// Reads an address. One that is as short as an IPv4 address is looked up in the cache.
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
    // The length distinguishes "10.0.0.1" from the same text with a zero byte after it.
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
