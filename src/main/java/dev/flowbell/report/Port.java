package dev.flowbell.report;

import dev.flowbell.classify.Door;

/// A port of a protocol, at any host.
///
/// @param protocol the IANA protocol number, -1 where the record has none
/// @param number -1 for a protocol without ports, or a record without one
public record Port(int protocol, int number) implements Comparable<Port> {
  @Override
  public int compareTo(Port other) {
    int byNumber = Integer.compare(number, other.number);
    return byNumber != 0 ? byNumber : Integer.compare(protocol, other.protocol);
  }

  /// Returns `22/tcp`, `53/udp`, `ping`.
  @Override
  public String toString() {
    String name = Door.nameOf(protocol);
    return number < 0
        ? name.isEmpty() ? "no port" : name
        : number + (protocol < 0 ? "" : "/" + (name.isEmpty() ? "tcp" : name));
  }
}
