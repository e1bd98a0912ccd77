package dev.flowbell.notify;

import dev.flowbell.classify.Door;
import dev.flowbell.classify.KnownPort;

/// Formats doors, ports and the traffic that a rule would allow, for people.
final class DoorWords {
  private DoorWords() {}

  /// Returns `10.0.0.11:5432 (postgresql)`.
  static String named(Door door) {
    return door + service(door);
  }

  /// Returns `port 445 (smb)`, `port 53/udp (dns)`, `ping`.
  static String port(Door door) {
    return door.port() == Door.NO_PORT ? portNumber(door) : "port " + portNumber(door);
  }

  /// Returns `445 (smb)`, `53/udp (dns)`, `ping`.
  static String portNumber(Door door) {
    String protocol = Door.nameOf(door.protocol());
    return door.port() == Door.NO_PORT
        ? protocol
        : door.port() + (protocol.isEmpty() ? "" : "/" + protocol) + service(door);
  }

  /// Returns what a rule's entry has, `tcp 5432`, `udp 53`, `icmp`, `protocol 47`.
  static String traffic(Door door) {
    if (door.isPing()) {
      return door.address().isIpv4() ? "icmp" : "icmpv6";
    }
    String name = Door.nameOf(door.protocol());
    if (door.port() == Door.NO_PORT) {
      return name.isEmpty() ? "it" : name;
    }
    String unnamed = door.protocol() < 0 ? "port" : "tcp";
    return (name.isEmpty() ? unnamed : name) + " " + door.port();
  }

  private static String service(Door door) {
    String service = door.port() == Door.NO_PORT ? "" : KnownPort.nameOf(door.port());
    return service.isEmpty() ? "" : " (" + service + ")";
  }
}
