package dev.flowbell.classify;

import dev.flowbell.record.IpAddress;
import java.util.Comparator;

/// What an attempt aims at: a destination address, a protocol, and a port where the protocol has
/// ports. ICMP has one door for each address, called ping.
///
/// @param protocol the IANA protocol number, -1 where the record has none
/// @param port 0 to 65535, or [#NO_PORT]
public record Door(IpAddress address, int protocol, int port) implements Comparable<Door> {
  /// The port of a protocol without ports.
  public static final int NO_PORT = -1;

  private static final int ICMP = 1;
  private static final int TCP = 6;
  private static final int UDP = 17;
  private static final int ICMP_V6 = 58;
  private static final int SCTP = 132;

  private static final Comparator<Door> ORDER =
      Comparator.comparing(Door::address)
          .thenComparingInt(Door::protocol)
          .thenComparingInt(Door::port);

  /// Returns the door of a record's destination.
  ///
  /// @param port the record's destination port; ignored for protocols without ports
  public static Door of(IpAddress address, int protocol, int port) {
    return new Door(address, protocol, hasPorts(protocol) ? port : NO_PORT);
  }

  /// Returns whether a protocol has ports. A record without a protocol is taken to have them.
  public static boolean hasPorts(int protocol) {
    return protocol == TCP || protocol == UDP || protocol == SCTP || protocol < 0;
  }

  /// Returns whether this is the door of ICMP.
  public boolean isPing() {
    return protocol == ICMP || protocol == ICMP_V6;
  }

  /// Returns the stable text that keys of the ledger hold, `10.0.0.11|6|5432`.
  public String key() {
    return address + "|" + protocol + "|" + port;
  }

  /// Returns the name of a protocol other than TCP, `udp`, `ping`, `protocol 47`; empty for TCP.
  public static String nameOf(int protocol) {
    return switch (protocol) {
      case TCP, -1 -> "";
      case UDP -> "udp";
      case SCTP -> "sctp";
      case ICMP, ICMP_V6 -> "ping";
      case 4 -> "ip-in-ip";
      case 41 -> "ipv6-in-ip";
      case 47 -> "gre";
      case 50 -> "esp";
      case 51 -> "ah";
      default -> "protocol " + protocol;
    };
  }

  @Override
  public int compareTo(Door other) {
    return ORDER.compare(this, other);
  }

  /// Returns `10.0.0.11:5432`, `[2001:db8::1]:443`, `10.0.0.2:53/udp`, `10.0.0.2 (ping)`.
  @Override
  public String toString() {
    String name = nameOf(protocol);
    if (port == NO_PORT) {
      return address + (name.isEmpty() ? "" : " (" + name + ")");
    }
    String host = address.isIpv4() ? address.toString() : "[" + address + "]";
    return host + ":" + port + (name.isEmpty() ? "" : "/" + name);
  }
}
