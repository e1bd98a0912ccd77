package dev.flowbell.summary;

import java.util.Comparator;

/// A port of a transport protocol.
///
/// @param protocol the IANA protocol number, or -1 where the record has none
/// @param number 0 to 65535
public record TransportPort(int protocol, int number) implements Comparable<TransportPort> {
  private static final int TCP = 6;
  private static final int UDP = 17;

  private static final Comparator<TransportPort> BY_NUMBER =
      Comparator.comparingInt(TransportPort::number).thenComparingInt(TransportPort::protocol);

  /// Returns the port with a record's numbers.
  static TransportPort of(long protocol, long number) {
    return new TransportPort((int) protocol, (int) number);
  }

  /// Orders by number, then by protocol.
  @Override
  public int compareTo(TransportPort other) {
    return BY_NUMBER.compare(this, other);
  }

  /// Returns `22/tcp`, `53/udp`, `0/protocol-1`, or `22` where the protocol is absent.
  @Override
  public String toString() {
    return switch (protocol) {
      case TCP -> number + "/tcp";
      case UDP -> number + "/udp";
      case -1 -> String.valueOf(number);
      default -> number + "/protocol-" + protocol;
    };
  }
}
