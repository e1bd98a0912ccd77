package dev.flowbell.judge;

import dev.flowbell.classify.Door;
import dev.flowbell.record.IpAddress;

/// The binary entries of evidence sets, a character of 0 to 255 for each byte: small, and the same
/// whenever the same thing is added.
///
/// An address has 4 bytes, or 16 for IPv6. A port has 2, a protocol 1 (255 for none), a minute of
/// an hour 1.
final class Entries {
  private static final int NO_PROTOCOL = 255;
  private static final long MAPPED = 0xffffL << 32;

  private Entries() {}

  /// One attempt at a door.
  ///
  /// @param minute minutes since 1970
  /// @param sourcePort one that may be a service's, else -1
  record Try(Door door, long minute, int sourcePort) {}

  /// One answer that was rejected.
  record Answer(IpAddress client, int port, long minute) {}

  /// Returns up to 64 characters of a text. A short one in ASCII is its own entry.
  static String ofText(String text) {
    String start = text.substring(0, Math.min(text.length(), 64));
    for (int i = 0; i < start.length(); i++) {
      if (start.charAt(i) > 0xff) {
        return lowBytesOf(start);
      }
    }
    return start;
  }

  private static String lowBytesOf(String text) {
    StringBuilder entry = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      entry.append((char) (text.charAt(i) & 0xff));
    }
    return entry.toString();
  }

  static String ofAddress(IpAddress address) {
    StringBuilder entry = new StringBuilder(16);
    append(address, entry);
    return entry.toString();
  }

  static IpAddress toAddress(String entry) {
    return addressAt(entry, entry.length() == 4 || entry.length() == 16 ? entry.length() : 4);
  }

  static String ofTry(Door door, long minute, int sourcePort) {
    StringBuilder entry = new StringBuilder(22);
    append(door, entry);
    entry.append((char) Math.floorMod(minute, 60L));
    if (sourcePort >= 0) {
      appendTwo(sourcePort, entry);
    }
    return entry.toString();
  }

  static Try toTry(String entry, long hour) {
    int length = entry.length();
    boolean isIpv4 = length == 8 || length == 10;
    int addressLength = isIpv4 ? 4 : 16;
    boolean hasSourcePort = length == addressLength + 6;
    return new Try(
        doorAt(entry, addressLength),
        hour * 60 + entry.charAt(addressLength + 3),
        hasSourcePort ? twoAt(entry, addressLength + 4) : -1);
  }

  static String ofDoor(Door door) {
    StringBuilder entry = new StringBuilder(19);
    append(door, entry);
    return entry.toString();
  }

  static Door toDoor(String entry) {
    return doorAt(entry, entry.length() - 3);
  }

  static String ofAnswer(IpAddress client, int port, long minute) {
    StringBuilder entry = new StringBuilder(19);
    append(client, entry);
    appendTwo(Math.max(0, port), entry);
    entry.append((char) Math.floorMod(minute, 60L));
    return entry.toString();
  }

  static Answer toAnswer(String entry, long hour) {
    int addressLength = entry.length() - 3;
    return new Answer(
        addressAt(entry, addressLength),
        twoAt(entry, addressLength),
        hour * 60 + entry.charAt(addressLength + 2));
  }

  static String ofSource(IpAddress source, long minute) {
    StringBuilder entry = new StringBuilder(17);
    append(source, entry);
    entry.append((char) Math.floorMod(minute, 60L));
    return entry.toString();
  }

  static IpAddress toSource(String entry) {
    return addressAt(entry, entry.length() - 1);
  }

  static long toSourceMinute(String entry, long hour) {
    return hour * 60 + entry.charAt(entry.length() - 1);
  }

  static String ofMinute(long minute) {
    return String.valueOf((char) Math.floorMod(minute, 60L));
  }

  static long toMinute(String entry, long hour) {
    return hour * 60 + entry.charAt(0);
  }

  private static void append(Door door, StringBuilder entry) {
    append(door.address(), entry);
    appendTwo(Math.max(0, door.port()), entry);
    entry.append((char) (door.protocol() < 0 ? NO_PROTOCOL : door.protocol()));
  }

  private static Door doorAt(String entry, int addressLength) {
    int protocol = entry.charAt(addressLength + 2);
    return Door.of(
        addressAt(entry, addressLength),
        protocol == NO_PROTOCOL ? -1 : protocol,
        twoAt(entry, addressLength));
  }

  private static void append(IpAddress address, StringBuilder entry) {
    if (address.isIpv4()) {
      append(address.low(), 4, entry);
    } else {
      append(address.high(), 8, entry);
      append(address.low(), 8, entry);
    }
  }

  private static void append(long bits, int bytes, StringBuilder entry) {
    for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
      entry.append((char) (bits >>> shift & 0xff));
    }
  }

  private static void appendTwo(int number, StringBuilder entry) {
    append(number, 2, entry);
  }

  private static IpAddress addressAt(String entry, int length) {
    if (length == 4) {
      return new IpAddress(0, MAPPED | bitsAt(entry, 0, 4));
    }
    return new IpAddress(bitsAt(entry, 0, 8), bitsAt(entry, 8, 8));
  }

  private static long bitsAt(String entry, int start, int bytes) {
    long bits = 0;
    for (int i = start; i < start + bytes; i++) {
      bits = bits << 8 | entry.charAt(i);
    }
    return bits;
  }

  private static int twoAt(String entry, int start) {
    return (int) bitsAt(entry, start, 2);
  }
}
