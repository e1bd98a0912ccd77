package dev.flowbell.record;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// An IPv4 or IPv6 address as 128 bits, so that two spellings of one address are equal.
///
/// An IPv4 address is stored as its IPv4-mapped IPv6 address (`::ffff:10.0.0.1`), and printed as
/// IPv4 again. No method queries a name server.
///
/// @param high the first 64 bits in network order
/// @param low the last 64 bits
/// @see <a href="https://www.rfc-editor.org/rfc/rfc4291#section-2.2">RFC 4291, text representation
///   of addresses</a>
public record IpAddress(long high, long low) implements Comparable<IpAddress> {
  private static final long MAPPED = 0xffffL;
  private static final int GROUPS = 8;

  /// Reads an address.
  ///
  /// An IPv4 address is four decimals without leading zeros, because some programs read these as
  /// octal. An IPv6 address can have every spelling of RFC 4291, but no zone.
  ///
  /// @return `null` where the text is not an address
  public static @Nullable IpAddress find(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    long[] highs = new long[1];
    long[] lows = new long[1];
    return find(bytes, 0, bytes.length, highs, lows, 0) ? new IpAddress(highs[0], lows[0]) : null;
  }

  /// Reads `[start, end)` into `highs[index]` and `lows[index]`.
  ///
  /// @return whether it is an address; else the elements at `index` are unspecified
  static boolean find(byte[] buffer, int start, int end, long[] highs, long[] lows, int index) {
    for (int i = start; i < end; i++) {
      byte b = buffer[i];
      if (b == '.') {
        long bits = findIpv4(buffer, start, end);
        highs[index] = 0;
        lows[index] = MAPPED << 32 | bits;
        return bits >= 0;
      }
      if (b == ':') {
        return findIpv6(buffer, start, end, highs, lows, index);
      }
    }
    return false;
  }

  /// Returns whether this is an IPv4 address.
  public boolean isIpv4() {
    return isIpv4(high, low);
  }

  static boolean isIpv4(long high, long low) {
    return high == 0 && low >>> 32 == MAPPED;
  }

  /// Orders by the bits. IPv4 addresses are together in this order.
  @Override
  public int compareTo(IpAddress other) {
    int byHigh = Long.compareUnsigned(high, other.high);
    return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
  }

  /// Returns the address in dotted decimal or, for IPv6, as RFC 5952 recommends: lower case,
  /// without leading zeros, the first longest run of zero groups as `::`.
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(39);
    if (isIpv4()) {
      for (int shift = 24; shift >= 0; shift -= 8) {
        text.append(low >>> shift & 0xff).append(shift == 0 ? "" : ".");
      }
      return text.toString();
    }
    int zerosStart = -1;
    int zerosLength = 1; // RFC 5952 does not shorten a single zero group
    for (int i = 0; i < GROUPS; i++) {
      int length = 0;
      while (i + length < GROUPS && group(i + length) == 0) {
        length++;
      }
      if (length > zerosLength) {
        zerosStart = i;
        zerosLength = length;
      }
      i += length;
    }
    for (int i = 0; i < GROUPS; i++) {
      if (i == zerosStart) {
        text.append("::");
        i += zerosLength - 1;
        continue;
      }
      if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
        text.append(':');
      }
      text.append(Integer.toHexString(group(i)));
    }
    return text.toString();
  }

  private int group(int index) {
    long half = index < 4 ? high : low;
    return (int) (half >>> (48 - (index & 3) * 16) & 0xffff);
  }

  /// Returns the 32 bits of an IPv4 address, or -1 where the text is not one.
  private static long findIpv4(byte[] buffer, int start, int end) {
    long bits = 0;
    int position = start;
    for (int part = 0; part < 4; part++) {
      int value = 0;
      int digits = 0;
      while (position < end && isDigit(buffer[position])) {
        value = value * 10 + buffer[position++] - '0';
        if (++digits > 3) {
          return -1;
        }
      }
      boolean hasLeadingZero = digits > 1 && buffer[position - digits] == '0';
      if (digits == 0 || hasLeadingZero || value > 255) {
        return -1;
      }
      bits = bits << 8 | value;
      if (part < 3 && (position >= end || buffer[position++] != '.')) {
        return -1;
      }
    }
    return position == end ? bits : -1;
  }

  /// Reads an IPv6 address. Each group is shifted into the 128 bits `high` and `low`. At `::`, the
  /// bits so far move to `gapHigh` and `gapLow`, and are shifted to the left at the end.
  private static boolean findIpv6(
      byte[] buffer, int start, int end, long[] highs, long[] lows, int index) {
    long high = 0;
    long low = 0;
    int groups = 0;
    long gapHigh = 0;
    long gapLow = 0;
    int gapAt = -1;
    int position = start;
    if (end - start >= 2 && buffer[start] == ':') {
      if (buffer[start + 1] != ':') {
        return false; // ":1::"
      }
      position = start + 2;
      gapAt = 0;
    }
    while (position < end) {
      int value = 0;
      int digits = 0;
      int groupStart = position;
      while (position < end) {
        int digit = Character.digit(buffer[position], 16);
        if (digit < 0) {
          break;
        }
        value = value << 4 | digit;
        position++;
        if (++digits > 4) {
          return false;
        }
      }
      if (position < end && buffer[position] == '.') { // "::ffff:10.0.0.1"
        long bits = findIpv4(buffer, groupStart, end);
        if (bits < 0 || groups > 6) {
          return false;
        }
        high = high << 32 | low >>> 32;
        low = low << 32 | bits;
        groups += 2;
        position = end;
        break;
      }
      if (digits == 0 || groups == GROUPS) {
        return false;
      }
      high = high << 16 | low >>> 48;
      low = low << 16 | value;
      groups++;
      if (position == end) {
        break;
      }
      if (buffer[position++] != ':' || position == end) {
        return false; // "1::2%eth0", "1:2:"
      }
      if (buffer[position] == ':') {
        if (gapAt >= 0) {
          return false; // "1::2::3"
        }
        gapAt = groups;
        gapHigh = high;
        gapLow = low;
        high = 0;
        low = 0;
        position++;
      }
    }
    if (gapAt < 0) {
      highs[index] = high;
      lows[index] = low;
      return groups == GROUPS;
    }
    if (groups == GROUPS) {
      return false; // "::" must replace at least one group
    }
    int shift = (GROUPS - gapAt) * 16;
    highs[index] = high | shiftedHigh(gapHigh, gapLow, shift);
    lows[index] = low | (shift >= 64 ? 0 : gapLow << shift);
    return true;
  }

  private static long shiftedHigh(long high, long low, int shift) {
    if (shift >= 128) {
      return 0;
    }
    if (shift >= 64) {
      return low << (shift - 64);
    }
    return high << shift | low >>> (64 - shift);
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }
}
