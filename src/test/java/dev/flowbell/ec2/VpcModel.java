package dev.flowbell.ec2;

import static java.util.stream.Collectors.toCollection;

import dev.flowbell.ec2.NetworkAcl.Entry;
import dev.flowbell.ec2.SecurityGroup.Peer;
import dev.flowbell.ec2.SecurityGroup.Rule;
import dev.flowbell.record.AddressBlock;
import dev.flowbell.record.IpAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// VPCs in memory: what EC2 would describe. Rules are written as consoles show them.
///
/// ```
/// new VpcModel()
///     .subnet("subnet-web", "10.0.1.0/24")
///     .acl("acl-web", "subnet-web", "100 in allow tcp/443 0.0.0.0/0", "100 out deny all ::/0")
///     .group("sg-web", "in tcp/443 0.0.0.0/0", "in tcp/22 sg-bastion", "out all 0.0.0.0/0")
///     .host("eni-web", "subnet-web", "10.0.1.10", "sg-web")
/// ```
///
/// Traffic is `all`, `tcp/443`, `udp/8000-8080`, `tcp/all`, `icmp/all`, `icmp/8` (type), `icmp/3.4`
/// (type and code), `icmpv6/128`, or `47/all` (a protocol's number). A group as peer can have
/// `vpc=`, `owner=` and `peering=` behind it.
final class VpcModel implements RuleSource {
  static final String VPC = "vpc-1";
  static final String ACCOUNT = "111111111111";

  /// The entries of the default network ACL.
  ///
  /// @see <a
  ///   href="https://docs.aws.amazon.com/vpc/latest/userguide/default-network-acl.html">Default
  ///   network ACL for a VPC</a>
  static final String[] DEFAULT_ENTRIES = {
    "100 in allow all 0.0.0.0/0",
    "101 in allow all ::/0",
    "100 out allow all 0.0.0.0/0",
    "101 out allow all ::/0"
  };

  private static final int LAST_OF_IPV4 = 32_767;
  private static final int LAST_OF_IPV6 = 32_768;

  private final Map<String, NetworkInterface> interfaces = new LinkedHashMap<>();
  private final Map<String, SecurityGroup> groups = new LinkedHashMap<>();
  private final Map<String, Subnet> subnets = new LinkedHashMap<>();
  private final Map<String, NetworkAcl> aclsBySubnet = new LinkedHashMap<>();
  private final Map<String, PrefixList> prefixLists = new LinkedHashMap<>();
  private final Map<String, Vpc> vpcs = new LinkedHashMap<>();
  private final Map<String, String> names = new LinkedHashMap<>();
  private final Set<String> refused = new HashSet<>();
  private final Collection<String> asked = new ConcurrentLinkedQueue<>();

  /// Adds a subnet.
  VpcModel subnet(String id, String... blocks) {
    subnets.put(id, new Subnet(id, blocks(blocks)));
    return this;
  }

  /// Adds a subnet's ACL. Its last entries, which nobody can remove, are added.
  VpcModel acl(String id, String subnetId, String... entries) {
    List<Entry> all = Stream.of(entries).map(VpcModel::entry).collect(toCollection(ArrayList::new));
    for (Direction direction : Direction.values()) {
      all.add(lastEntry(LAST_OF_IPV4, direction, "0.0.0.0/0"));
      all.add(lastEntry(LAST_OF_IPV6, direction, "::/0"));
    }
    return acl(subnetId, new NetworkAcl(id, "", VPC, false, all));
  }

  /// Adds a subnet's ACL as it is.
  VpcModel acl(String subnetId, NetworkAcl acl) {
    aclsBySubnet.put(subnetId, acl);
    return this;
  }

  /// Adds a security group.
  VpcModel group(String id, String... rules) {
    List<Rule> inbound = new ArrayList<>();
    List<Rule> outbound = new ArrayList<>();
    for (String rule : rules) {
      (direction(rule.split(" ", -1)[0]) == Direction.INGRESS ? inbound : outbound).add(rule(rule));
    }
    return group(new SecurityGroup(id, id + "-name", VPC, ACCOUNT, inbound, outbound));
  }

  /// Adds a security group as it is.
  VpcModel group(SecurityGroup group) {
    groups.put(group.id(), group);
    return this;
  }

  /// Adds an interface of the account in [#VPC].
  VpcModel host(String id, String subnetId, String addresses, String... groupIds) {
    return add(at(id).subnet(subnetId).addresses(addresses.split(" ", -1)).groups(groupIds));
  }

  /// Adds an interface, or replaces it.
  VpcModel add(Interface networkInterface) {
    NetworkInterface built = networkInterface.build();
    interfaces.put(built.id(), built);
    return this;
  }

  /// Adds a prefix list.
  VpcModel prefixList(String id, String name, long version, String... blocks) {
    prefixLists.put(id, new PrefixList(id, name, version, blocks(blocks)));
    return this;
  }

  /// Adds a VPC.
  VpcModel vpc(String id, String... blocks) {
    vpcs.put(id, new Vpc(id, blocks(blocks)));
    return this;
  }

  /// Gives a resource a tag `Name`.
  VpcModel name(String id, String name) {
    names.put(id, name);
    return this;
  }

  /// Deletes an interface.
  VpcModel delete(String interfaceId) {
    interfaces.remove(interfaceId);
    return this;
  }

  /// Lets a method fail from now on, because a permission is missing.
  ///
  /// @param methods such as `networkAclOf`
  VpcModel refuse(String... methods) {
    refused.addAll(List.of(methods));
    return this;
  }

  /// Lets a method answer again.
  VpcModel permit(String method) {
    refused.remove(method);
    return this;
  }

  /// Begins an interface of the account in [#VPC].
  static Interface at(String id) {
    return new Interface(id);
  }

  /// Reads `100 in allow tcp/443 10.0.0.0/8`.
  static Entry entry(String text) {
    String[] words = text.split(" ", -1);
    return new Entry(
        Integer.parseInt(words[0]),
        switch (words[2]) {
          case "allow" -> true;
          case "deny" -> false;
          default -> throw new IllegalArgumentException("expected allow or deny, got " + text);
        },
        direction(words[1]),
        traffic(words[3]),
        AddressBlock.parse(words[4]));
  }

  /// Reads `in tcp/443 10.0.0.0/8`, its direction aside.
  static Rule rule(String text) {
    String[] words = text.split(" ", -1);
    return new Rule(traffic(words[1]), peer(words), "");
  }

  static RuleTraffic traffic(String text) {
    if (text.equals("all")) {
      return RuleTraffic.EVERYTHING;
    }
    String[] parts = text.split("/", 2);
    int protocol =
        switch (parts[0]) {
          case "icmp" -> 1;
          case "tcp" -> 6;
          case "udp" -> 17;
          case "icmpv6" -> 58;
          default -> Integer.parseInt(parts[0]);
        };
    if (parts[1].equals("all")) {
      return new RuleTraffic(protocol, RuleTraffic.ALL, RuleTraffic.ALL);
    }
    boolean isIcmp = protocol == 1 || protocol == 58;
    String[] range = parts[1].split(isIcmp ? "\\." : "-", 2);
    int from = Integer.parseInt(range[0]);
    int to = range.length == 2 ? Integer.parseInt(range[1]) : isIcmp ? RuleTraffic.ALL : from;
    return new RuleTraffic(protocol, from, to);
  }

  static Direction direction(String word) {
    return switch (word) {
      case "in" -> Direction.INGRESS;
      case "out" -> Direction.EGRESS;
      default -> throw new IllegalArgumentException("expected in or out, got " + word);
    };
  }

  static IpAddress address(String text) {
    return Objects.requireNonNull(IpAddress.find(text), text);
  }

  private static Peer peer(String[] words) {
    String peer = words[2];
    if (peer.startsWith("pl-")) {
      return new Peer.PrefixListId(peer);
    }
    if (!peer.startsWith("sg-")) {
      return new Peer.Block(AddressBlock.parse(peer));
    }
    Map<String, String> more = new HashMap<>();
    for (int i = 3; i < words.length; i++) {
      String[] pair = words[i].split("=", 2);
      more.put(pair[0], pair[1]);
    }
    String status = more.get("peering");
    return new Peer.Group(
        peer,
        more.getOrDefault("owner", ACCOUNT),
        more.get("vpc"),
        status == null ? null : "pcx-1",
        status);
  }

  private static Entry lastEntry(int number, Direction direction, String block) {
    return new Entry(number, false, direction, RuleTraffic.EVERYTHING, AddressBlock.parse(block));
  }

  private static List<AddressBlock> blocks(String... blocks) {
    return Stream.of(blocks).map(AddressBlock::parse).toList();
  }

  /// All that there is, for a reader that asks in its own way.
  Collection<NetworkInterface> interfaces() {
    return interfaces.values();
  }

  /// Returns how often each method was called.
  Map<String, Integer> calls() {
    Map<String, Integer> calls = new TreeMap<>();
    asked.forEach(method -> calls.merge(method, 1, Integer::sum));
    return calls;
  }

  @Override
  public @Nullable NetworkInterface networkInterface(String id) {
    answer("networkInterface", Ec2Operation.DESCRIBE_NETWORK_INTERFACES);
    return interfaces.get(id);
  }

  @Override
  public List<NetworkInterface> networkInterfacesAt(IpAddress address) {
    answer("networkInterfacesAt", Ec2Operation.DESCRIBE_NETWORK_INTERFACES);
    return interfaces.values().stream().filter(each -> each.addresses().contains(address)).toList();
  }

  @Override
  public List<SecurityGroup> securityGroups(Collection<String> ids) {
    answer("securityGroups", Ec2Operation.DESCRIBE_SECURITY_GROUPS);
    return groups.values().stream().filter(group -> ids.contains(group.id())).toList();
  }

  @Override
  public @Nullable NetworkAcl networkAclOf(String subnetId) {
    answer("networkAclOf", Ec2Operation.DESCRIBE_NETWORK_ACLS);
    return aclsBySubnet.get(subnetId);
  }

  @Override
  public @Nullable Subnet subnet(String id) {
    answer("subnet", Ec2Operation.DESCRIBE_SUBNETS);
    return subnets.get(id);
  }

  @Override
  public @Nullable PrefixList prefixList(String id) {
    answer("prefixList", Ec2Operation.DESCRIBE_MANAGED_PREFIX_LISTS);
    return prefixLists.get(id);
  }

  @Override
  public List<Vpc> vpcs() {
    answer("vpcs", Ec2Operation.DESCRIBE_VPCS);
    return List.copyOf(vpcs.values());
  }

  @Override
  public Map<String, String> names(Collection<String> ids) {
    answer("names", Ec2Operation.DESCRIBE_TAGS);
    Map<String, String> found = new HashMap<>(names);
    found.keySet().retainAll(ids);
    return found;
  }

  private void answer(String method, Ec2Operation operation) {
    asked.add(method);
    if (refused.contains(method)) {
      throw new Ec2Exception(
          operation, operation.action() + " of the test", "UnauthorizedOperation", null);
    }
  }

  /// An interface that is being described.
  static final class Interface {
    private final String id;
    private String vpcId = VPC;
    private String subnetId = "subnet-1";
    private String ownerId = ACCOUNT;
    private String type = "interface";
    private String description = "";
    private String name = "";
    private @Nullable String instanceId;
    private List<IpAddress> addresses = List.of();
    private List<AddressBlock> prefixes = List.of();
    private List<IpAddress> publicAddresses = List.of();
    private List<NetworkInterface.Group> groups = List.of();

    private Interface(String id) {
      this.id = id;
    }

    Interface vpc(String id) {
      vpcId = id;
      return this;
    }

    Interface subnet(String id) {
      subnetId = id;
      return this;
    }

    Interface owner(String account) {
      ownerId = account;
      return this;
    }

    Interface type(String type) {
      this.type = type;
      return this;
    }

    Interface description(String description) {
      this.description = description;
      return this;
    }

    Interface name(String name) {
      this.name = name;
      return this;
    }

    Interface instance(String id) {
      instanceId = id;
      return this;
    }

    Interface addresses(String... addresses) {
      this.addresses = Stream.of(addresses).map(VpcModel::address).toList();
      return this;
    }

    Interface prefixes(String... blocks) {
      prefixes = blocks(blocks);
      return this;
    }

    Interface publicAddresses(String... addresses) {
      publicAddresses = Stream.of(addresses).map(VpcModel::address).toList();
      return this;
    }

    Interface groups(String... ids) {
      groups = Stream.of(ids).map(id -> new NetworkInterface.Group(id, id + "-name")).toList();
      return this;
    }

    private NetworkInterface build() {
      return new NetworkInterface(
          id,
          vpcId,
          subnetId,
          ownerId,
          type,
          description,
          name,
          instanceId,
          addresses,
          prefixes,
          publicAddresses,
          groups);
    }
  }
}
