package dev.flowbell.ec2;

import dev.flowbell.ec2.NetworkAcl.Entry;
import dev.flowbell.ec2.SecurityGroup.Peer;
import dev.flowbell.ec2.SecurityGroup.Rule;
import dev.flowbell.record.AddressBlock;
import dev.flowbell.record.IpAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/// The naive twin of the decision: sends one packet after the other through ACLs and groups, as
/// AWS's pages say in prose, and knows everything of its VPCs.
///
/// It has no "perhaps": a packet has a port, an ICMP type and an interface, and it passes or not.
///
/// @see <a href="https://docs.aws.amazon.com/vpc/latest/userguide/nacl-basics.html">Network ACL
///   basics</a>
/// @see <a
///   href="https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html">Security
///   group rules</a>
/// @see <a
///   href="https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html">Connection
///   tracking</a>
final class NaiveVpc {
  /// A packet.
  ///
  /// @param sourcePort, destinationPort -1 without ports
  /// @param type, code of ICMP; -1 for other protocols
  record Packet(
      int protocol,
      IpAddress source,
      int sourcePort,
      IpAddress destination,
      int destinationPort,
      int type,
      int code) {
    /// Returns the packet that answers this one.
    Packet answer(int type) {
      return new Packet(
          protocol,
          /* source= */ destination,
          /* sourcePort= */ destinationPort,
          /* destination= */ source,
          /* destinationPort= */ sourcePort,
          type,
          code);
    }
  }

  /// What dropped a packet.
  enum Dropper {
    ACL,
    GROUP
  }

  /// A connection that a group tracks at an interface: protocol, addresses and ports.
  private record Connection(
      String interfaceId,
      int protocol,
      IpAddress source,
      int sourcePort,
      IpAddress destination,
      int destinationPort) {}

  private final VpcModel model;
  private final Set<Connection> connections = new HashSet<>();

  NaiveVpc(VpcModel model) {
    this.model = model;
  }

  /// Returns what would drop a packet at an interface: none, one, or both of them. What the groups
  /// let pass is tracked from now on.
  Set<Dropper> droppersOf(Packet packet, NetworkInterface at, Direction direction) {
    Set<Dropper> droppers = new HashSet<>();
    if (!passesAcl(packet, at, direction)) {
      droppers.add(Dropper.ACL);
    }
    if (!passesGroups(packet, at, direction)) {
      droppers.add(Dropper.GROUP);
    }
    return droppers;
  }

  /// "We evaluate the network ACL rules when traffic enters and leaves the subnet, not as it is
  /// routed within a subnet." "Rules are evaluated starting with the lowest numbered rule. As soon
  /// as a rule matches traffic, it's applied."
  private boolean passesAcl(Packet packet, NetworkInterface at, Direction direction) {
    IpAddress remote = remote(packet, direction);
    Subnet subnet = Objects.requireNonNull(model.subnet(at.subnetId()));
    for (AddressBlock block : subnet.blocks()) {
      if (holds(block, remote)) {
        return true;
      }
    }
    List<Entry> left =
        new ArrayList<>(Objects.requireNonNull(model.networkAclOf(at.subnetId())).entries());
    while (!left.isEmpty()) {
      Entry lowest = left.getFirst();
      for (Entry entry : left) {
        if (entry.number() < lowest.number()) {
          lowest = entry;
        }
      }
      left.remove(lowest);
      if (lowest.direction() == direction
          && isAbout(lowest.traffic(), packet)
          && holds(lowest.block(), remote)) {
        return lowest.isAllow();
      }
    }
    return false;
  }

  /// "Responses to inbound traffic are allowed to flow out of the instance regardless of outbound
  /// security group rules, and vice versa." Rules of all groups count together.
  private boolean passesGroups(Packet packet, NetworkInterface at, Direction direction) {
    if (at.groups().isEmpty() || connections.contains(connection(packet.answer(-1), at))) {
      return true;
    }
    for (NetworkInterface.Group membership : at.groups()) {
      SecurityGroup group = model.securityGroups(List.of(membership.id())).getFirst();
      List<Rule> rules = direction == Direction.INGRESS ? group.inbound() : group.outbound();
      for (Rule rule : rules) {
        if (isAbout(rule.traffic(), packet) && isPeer(rule.peer(), remote(packet, direction), at)) {
          connections.add(connection(packet, at));
          return true;
        }
      }
    }
    return false;
  }

  private static Connection connection(Packet packet, NetworkInterface at) {
    return new Connection(
        at.id(),
        packet.protocol,
        packet.source,
        packet.sourcePort,
        packet.destination,
        packet.destinationPort);
  }

  private static IpAddress remote(Packet packet, Direction direction) {
    return direction == Direction.INGRESS ? packet.source : packet.destination;
  }

  /// "-1 or a protocol number other than tcp, udp, icmp, or icmpv6 allows traffic on all ports,
  /// regardless of any port range you specify."
  private static boolean isAbout(RuleTraffic traffic, Packet packet) {
    if (traffic.protocol() == -1) {
      return true;
    }
    if (traffic.protocol() != packet.protocol) {
      return false;
    }
    return switch (packet.protocol) {
      case 1, 58 ->
          (traffic.from() == -1 || traffic.from() == packet.type)
              && (traffic.from() == -1 || traffic.to() == -1 || traffic.to() == packet.code);
      case 6, 17 ->
          traffic.from() == -1
              || (packet.destinationPort >= traffic.from()
                  && packet.destinationPort <= traffic.to());
      default -> true;
    };
  }

  /// "Traffic is allowed based on the private IP addresses of the resources that are associated
  /// with the source security group."
  private boolean isPeer(Peer peer, IpAddress address, NetworkInterface at) {
    return switch (peer) {
      case Peer.Block block -> holds(block.block(), address);
      case Peer.PrefixListId list -> isInList(list.id(), address);
      case Peer.Group group -> isOfMember(group, address, at);
    };
  }

  private boolean isInList(String id, IpAddress address) {
    for (AddressBlock block : Objects.requireNonNull(model.prefixList(id)).blocks()) {
      if (holds(block, address)) {
        return true;
      }
    }
    return false;
  }

  private boolean isOfMember(Peer.Group group, IpAddress address, NetworkInterface at) {
    if (group.peeringStatus() != null && !group.peeringStatus().equals("active")) {
      return false;
    }
    String vpcId = group.vpcId() != null ? group.vpcId() : at.vpcId();
    for (NetworkInterface each : model.interfaces()) {
      if (each.vpcId().equals(vpcId) && each.addresses().contains(address)) {
        for (NetworkInterface.Group membership : each.groups()) {
          if (membership.id().equals(group.groupId())) {
            return true;
          }
        }
      }
    }
    return false;
  }

  /// Compares bit by bit. Addresses of different families have nothing in common.
  private static boolean holds(AddressBlock block, IpAddress address) {
    String[] parts = block.toString().split("/", 2);
    byte[] network = bytes(parts[0]);
    byte[] other = bytes(address.toString());
    if (network.length != other.length) {
      return false;
    }
    for (int bit = 0; bit < Integer.parseInt(parts[1]); bit++) {
      int mask = 0x80 >> bit % 8;
      if ((network[bit / 8] & mask) != (other[bit / 8] & mask)) {
        return false;
      }
    }
    return true;
  }

  private static byte[] bytes(String address) {
    try {
      // An address is not looked up.
      return InetAddress.getByName(address).getAddress();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(address, e);
    }
  }
}
