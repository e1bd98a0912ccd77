package dev.flowbell.summary;

import java.util.Comparator;

/// A port of a transport protocol.
///
/// @param protocol the IANA protocol number, or -1 where the record has none
/// @param number 0 to 65535
public record TransportPort(int protocol, int number) implements Comparable<TransportPort> {
  private static final Comparator<TransportPort> BY_NUMBER =
      Comparator.comparingInt(TransportPort::number).thenComparingInt(TransportPort::protocol);

  /// Orders by number, then by protocol.
  @Override
  public int compareTo(TransportPort other) {
    return BY_NUMBER.compare(this, other);
  }
}
