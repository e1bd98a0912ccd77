package dev.flowbell.ec2;

import dev.flowbell.record.IpAddress;
import org.jspecify.annotations.Nullable;

/// A flow at one network interface, with the addresses that the interface sees. Rules see the same
/// ones: `srcaddr` and `dstaddr` of a record, not `pkt-srcaddr`.
///
/// @param direction at the interface
/// @param protocol the IANA number, -1 where it is not known
/// @param ports those that packets are sent to; `null` where not known, or without ports
/// @see <a href="https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html">Flow log
///   records</a>
public record Flow(
    Direction direction,
    int protocol,
    IpAddress source,
    IpAddress destination,
    @Nullable Ports ports) {

  /// Creates a flow. Ports of a protocol without ports are left out: records have 0.
  public Flow {
    ports = Protocol.hasPorts(protocol) || protocol < 0 ? ports : null;
  }

  /// The ports of clients. Which of them a client uses depends on its operating system.
  ///
  /// @see <a
  ///   href="https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports">Ephemeral
  ///   ports</a>
  public static final Ports EPHEMERAL = new Ports(1_024, 65_535);

  /// A range of ports, both ends included.
  public record Ports(int first, int last) {
    /// Returns the range of one port, `null` for a negative one.
    public static @Nullable Ports of(int port) {
      return port < 0 ? null : new Ports(port, port);
    }

    /// Returns `5432` or `1024-65535`.
    public String words() {
      return first == last ? String.valueOf(first) : first + "-" + last;
    }
  }

  /// Returns the interface's own side.
  IpAddress own() {
    return direction == Direction.INGRESS ? destination : source;
  }

  /// Returns the other side, which rules name.
  public IpAddress remote() {
    return direction == Direction.INGRESS ? source : destination;
  }

  /// Returns the answer to this flow, to any port that a client may have.
  Flow answer() {
    return new Flow(
        direction.opposite(),
        protocol,
        /* source= */ destination,
        /* destination= */ source,
        EPHEMERAL);
  }

  /// Returns the same flow as the other side's interface sees it, if nothing between translates
  /// addresses.
  Flow atOtherEnd() {
    return new Flow(direction.opposite(), protocol, source, destination, ports);
  }

  /// Returns this flow, to other ports.
  Flow at(Ports ports) {
    return new Flow(direction, protocol, source, destination, ports);
  }

  /// Returns the traffic, as rules name it: `tcp 5432`.
  public String traffic() {
    if (protocol < 0) {
      return ports == null ? "traffic" : "port " + ports.words();
    }
    return Protocol.nameOf(protocol) + (ports == null ? "" : " " + ports.words());
  }

  /// Returns the other side as a sentence has it: `from 10.0.3.17`, `to 10.0.3.17`.
  public String fromOrTo() {
    return direction.fromOrTo() + " " + remote();
  }
}
