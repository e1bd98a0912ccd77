package dev.flowbell.ec2;

import dev.flowbell.aws.XmlElement;
import dev.flowbell.record.AddressBlock;
import dev.flowbell.record.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.xml.stream.XMLStreamException;

/// Reads the items of EC2's answers.
///
/// An item without its id, or with a number or an address that isn't one, is refused: a rule that
/// was read wrongly would explain the wrong thing.
final class Ec2Items {

  /// The protocols that security groups have names for.
  private static final Map<String, Integer> PROTOCOLS =
      Map.of(
          "icmp", Protocol.ICMP,
          "tcp", Protocol.TCP,
          "udp", Protocol.UDP,
          "icmpv6", Protocol.ICMP_V6);

  /// The protocols whose rules have ports, or types and codes. A rule for another protocol is for
  /// all of its traffic, whatever range it has.
  ///
  /// @see <a
  ///   href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html">IpPermission</a>
  /// @see <a
  ///   href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html">CreateNetworkAclEntry</a>
  private static final Set<Integer> WITH_RANGE =
      Set.of(Protocol.ICMP, Protocol.TCP, Protocol.UDP, Protocol.ICMP_V6);

  private static final String BLOCK = "an address block such as 10.0.0.0/8 or fe80::/10";

  private Ec2Items() {}

  static FlowLog flowLog(XmlElement item) throws XMLStreamException {
    return new FlowLog(
        item.requireText("flowLogId"),
        item.findText("resourceId"),
        item.findText("flowLogStatus"),
        item.findText("deliverLogsStatus"),
        item.findText("deliverLogsErrorMessage"),
        item.findText("deliverLogsPermissionArn"),
        item.findText("logDestinationType"),
        item.findText("logGroupName"),
        item.findText("logFormat"),
        item.findText("maxAggregationInterval") == null
            ? null
            : number(item, "maxAggregationInterval", "seconds", 0),
        item.findText("trafficType"));
  }

  static NetworkInterface networkInterface(XmlElement item) throws XMLStreamException {
    List<IpAddress> addresses = new ArrayList<>();
    List<IpAddress> publicAddresses = new ArrayList<>();
    for (XmlElement each : item.items("privateIpAddressesSet")) {
      addresses.add(address(each, "privateIpAddress"));
      XmlElement association = each.find("association");
      if (association != null && association.findText("publicIp") != null) {
        publicAddresses.add(address(association, "publicIp"));
      }
    }
    for (XmlElement each : item.items("ipv6AddressesSet")) {
      addresses.add(address(each, "ipv6Address"));
    }
    List<AddressBlock> prefixes = new ArrayList<>();
    for (XmlElement each : item.items("ipv4PrefixSet")) {
      prefixes.add(block(each, "ipv4Prefix"));
    }
    for (XmlElement each : item.items("ipv6PrefixSet")) {
      prefixes.add(block(each, "ipv6Prefix"));
    }
    List<NetworkInterface.Group> groups = new ArrayList<>();
    for (XmlElement each : item.items("groupSet")) {
      groups.add(new NetworkInterface.Group(each.requireText("groupId"), each.text("groupName")));
    }
    XmlElement attachment = item.find("attachment");
    return new NetworkInterface(
        item.requireText("networkInterfaceId"),
        item.requireText("vpcId"),
        item.requireText("subnetId"),
        item.text("ownerId"),
        item.text("interfaceType"),
        item.text("description"),
        name(item),
        attachment == null ? null : attachment.findText("instanceId"),
        addresses,
        prefixes,
        publicAddresses,
        groups);
  }

  static SecurityGroup securityGroup(XmlElement item) throws XMLStreamException {
    return new SecurityGroup(
        item.requireText("groupId"),
        item.text("groupName"),
        item.text("vpcId"),
        item.text("ownerId"),
        rules(item.items("ipPermissions")),
        rules(item.items("ipPermissionsEgress")));
  }

  /// Returns one rule for each peer.
  private static List<SecurityGroup.Rule> rules(List<XmlElement> permissions)
      throws XMLStreamException {
    List<SecurityGroup.Rule> rules = new ArrayList<>();
    for (XmlElement permission : permissions) {
      RuleTraffic traffic =
          traffic(
              protocol(permission, "ipProtocol"),
              number(permission, "fromPort", RuleTraffic.ALL),
              number(permission, "toPort", RuleTraffic.ALL));
      for (XmlElement each : permission.items("ipRanges")) {
        rules.add(rule(traffic, new SecurityGroup.Peer.Block(block(each, "cidrIp")), each));
      }
      for (XmlElement each : permission.items("ipv6Ranges")) {
        rules.add(rule(traffic, new SecurityGroup.Peer.Block(block(each, "cidrIpv6")), each));
      }
      for (XmlElement each : permission.items("groups")) {
        rules.add(rule(traffic, group(each), each));
      }
      for (XmlElement each : permission.items("prefixListIds")) {
        String id = each.requireText("prefixListId");
        rules.add(rule(traffic, new SecurityGroup.Peer.PrefixListId(id), each));
      }
    }
    return rules;
  }

  private static SecurityGroup.Rule rule(
      RuleTraffic traffic, SecurityGroup.Peer peer, XmlElement item) {
    return new SecurityGroup.Rule(traffic, peer, item.text("description"));
  }

  private static SecurityGroup.Peer.Group group(XmlElement item) throws XMLStreamException {
    return new SecurityGroup.Peer.Group(
        item.requireText("groupId"),
        item.text("userId"),
        item.findText("vpcId"),
        item.findText("vpcPeeringConnectionId"),
        item.findText("peeringStatus"));
  }

  static NetworkAcl networkAcl(XmlElement item) throws XMLStreamException {
    List<NetworkAcl.Entry> entries = new ArrayList<>();
    for (XmlElement each : item.items("entrySet")) {
      entries.add(entry(each));
    }
    return new NetworkAcl(
        item.requireText("networkAclId"),
        name(item),
        item.text("vpcId"),
        item.text("default").equals("true"),
        entries);
  }

  private static NetworkAcl.Entry entry(XmlElement item) throws XMLStreamException {
    item.requireText("ruleNumber");
    return new NetworkAcl.Entry(
        number(item, "ruleNumber", 0),
        isOneOf(item, "ruleAction", "allow", "deny"),
        isOneOf(item, "egress", "true", "false") ? Direction.EGRESS : Direction.INGRESS,
        entryTraffic(item),
        block(item, item.find("ipv6CidrBlock") == null ? "cidrBlock" : "ipv6CidrBlock"));
  }

  private static RuleTraffic entryTraffic(XmlElement item) throws XMLStreamException {
    int protocol = protocol(item, "protocol");
    boolean isIcmp = Protocol.isIcmp(protocol);
    XmlElement range = item.find(isIcmp ? "icmpTypeCode" : "portRange");
    return range == null
        ? traffic(protocol, RuleTraffic.ALL, RuleTraffic.ALL)
        : traffic(
            protocol,
            number(range, isIcmp ? "type" : "from", RuleTraffic.ALL),
            number(range, isIcmp ? "code" : "to", RuleTraffic.ALL));
  }

  static Subnet subnet(XmlElement item) throws XMLStreamException {
    List<AddressBlock> blocks = new ArrayList<>();
    if (item.findText("cidrBlock") != null) { // a subnet can have IPv6 alone
      blocks.add(block(item, "cidrBlock"));
    }
    blocks.addAll(associated(item, "ipv6CidrBlockAssociationSet", "ipv6CidrBlock"));
    return new Subnet(item.requireText("subnetId"), blocks);
  }

  static Vpc vpc(XmlElement item) throws XMLStreamException {
    List<AddressBlock> blocks = associated(item, "cidrBlockAssociationSet", "cidrBlock");
    blocks.addAll(associated(item, "ipv6CidrBlockAssociationSet", "ipv6CidrBlock"));
    return new Vpc(item.requireText("vpcId"), blocks);
  }

  /// Returns the blocks of a set that are associated now, and not those that come or go.
  private static List<AddressBlock> associated(XmlElement item, String set, String name)
      throws XMLStreamException {
    List<AddressBlock> blocks = new ArrayList<>();
    for (XmlElement each : item.items(set)) {
      XmlElement state = each.find(name + "State");
      if (state != null && state.text("state").equals("associated")) {
        blocks.add(block(each, name));
      }
    }
    return blocks;
  }

  /// Reads a prefix list, which has no entries yet.
  static PrefixList prefixList(XmlElement item) throws XMLStreamException {
    return new PrefixList(
        item.requireText("prefixListId"),
        item.text("prefixListName"),
        version(item), // AWS's own lists have none
        List.of());
  }

  static AddressBlock prefixListEntry(XmlElement item) throws XMLStreamException {
    return block(item, "cidr");
  }

  /// Returns a resource's id and the value of one of its tags.
  static Map.Entry<String, String> tag(XmlElement item) throws XMLStreamException {
    return Map.entry(item.requireText("resourceId"), item.text("value"));
  }

  private static String name(XmlElement item) {
    for (XmlElement tag : item.items("tagSet")) {
      if (tag.text("key").equals("Name")) {
        return tag.text("value");
      }
    }
    return "";
  }

  private static RuleTraffic traffic(int protocol, int from, int to) {
    return WITH_RANGE.contains(protocol)
        ? new RuleTraffic(protocol, from, to)
        : new RuleTraffic(protocol, RuleTraffic.ALL, RuleTraffic.ALL);
  }

  private static int protocol(XmlElement item, String name) throws XMLStreamException {
    String text = item.requireText(name);
    Integer named = PROTOCOLS.get(text);
    if (named != null) {
      return named;
    }
    String expected = "tcp, udp, icmp, icmpv6, -1 or 0-255";
    int number = number(item, name, expected, 0);
    if (number < RuleTraffic.ALL || number > 255) {
      throw item.malformed(name, expected);
    }
    return number;
  }

  private static boolean isOneOf(XmlElement item, String name, String yes, String no)
      throws XMLStreamException {
    String text = item.requireText(name);
    if (!text.equals(yes) && !text.equals(no)) {
      throw item.malformed(name, yes + " or " + no);
    }
    return text.equals(yes);
  }

  private static int number(XmlElement item, String name, int absent) throws XMLStreamException {
    return number(item, name, "a number", absent);
  }

  private static int number(XmlElement item, String name, String expected, int absent)
      throws XMLStreamException {
    String text = item.findText(name);
    try {
      return text == null ? absent : Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw item.malformed(name, expected);
    }
  }

  private static long version(XmlElement item) throws XMLStreamException {
    String text = item.findText("version");
    try {
      return text == null ? 0 : Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw item.malformed("version", "a number");
    }
  }

  private static IpAddress address(XmlElement item, String name) throws XMLStreamException {
    IpAddress address = IpAddress.find(item.requireText(name));
    if (address == null) {
      throw item.malformed(name, "an IP address");
    }
    return address;
  }

  /// EC2 clears the bits behind the prefix of what users type. If it ever doesn't, it still means
  /// the block.
  private static AddressBlock block(XmlElement item, String name) throws XMLStreamException {
    try {
      return AddressBlock.parseMasked(item.requireText(name));
    } catch (IllegalArgumentException e) {
      throw item.malformed(name, BLOCK);
    }
  }
}
