package dev.flowbell.ec2;

import dev.flowbell.ec2.NetworkAcl.Entry;
import dev.flowbell.record.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/// Makes random VPCs and flows, whose rules and addresses meet often.
///
/// There are `vpc-1` with three subnets, and `vpc-2` with one, peered. `eni-1` to `eni-5` are in
/// the first, `eni-6` and `eni-7` in the second.
final class RandomVpc {
  private static final String[] TRAFFIC = {
    "all",
    "tcp/443",
    "tcp/400-500",
    "tcp/0-65535",
    "tcp/all",
    "tcp/1024-65535",
    "tcp/1024-32767",
    "tcp/32768-65535",
    "tcp/50000-50010",
    "udp/53",
    "udp/1024-65535",
    "udp/all",
    "icmp/all",
    "icmp/8",
    "icmp/3.4",
    "icmpv6/all",
    "icmpv6/128",
    "47/all"
  };
  private static final String[] BLOCKS = {
    "0.0.0.0/0",
    "0.0.0.0/0",
    "::/0",
    "::/0",
    "10.0.0.0/8",
    "10.0.0.0/16",
    "10.0.1.0/24",
    "10.0.2.0/24",
    "10.0.2.12/32",
    "10.1.0.0/16",
    "203.0.113.0/24",
    "192.0.2.0/24",
    "2001:db8:1::/48",
    "2001:db8:1:2::/64"
  };
  private static final String[] PEERS = {
    "sg-1",
    "sg-2",
    "sg-3",
    "pl-1",
    "pl-2",
    "sg-5 vpc=vpc-2 peering=active",
    "sg-5 vpc=vpc-2 peering=deleted"
  };
  private static final String[] STRANGERS = {
    "203.0.113.12", "198.51.100.9", "10.0.2.99", "192.168.1.1", "2001:db8:ffff::1"
  };
  private static final String[] FLOWS = {
    "6/443", "6/443", "6/450", "6/22", "6/50005", "17/53", "17/443", "1/0", "58/0", "47/0"
  };

  private final Random random;
  private final VpcModel model = new VpcModel();

  RandomVpc(Random random) {
    this.random = random;
    for (int i = 1; i <= 4; i++) {
      String id = "subnet-" + i;
      model.subnet(
          id,
          i < 4 ? "10.0.%d.0/24".formatted(i) : "10.1.1.0/24",
          "2001:db8:1:%d::/64".formatted(i));
      model.acl("acl-" + i, id, entries());
    }
    for (int i = 1; i <= 6; i++) {
      List<String> rules = new ArrayList<>();
      for (int n = random.nextInt(7); n > 0; n--) {
        rules.add(rule());
      }
      for (String usual : new String[] {"in all 0.0.0.0/0", "out all 0.0.0.0/0", "in all ::/0"}) {
        if (random.nextInt(3) == 0) {
          rules.add(usual);
        }
      }
      model.group("sg-" + i, rules.toArray(String[]::new));
    }
    model.prefixList("pl-1", "offices", 3, "203.0.113.0/28", "2001:db8:ffff::/48");
    model.prefixList("pl-2", "inside", 5, "10.0.2.0/25", "10.1.1.0/24");
    for (int i = 1; i <= 7; i++) {
      boolean isPeer = i > 5;
      int subnet = isPeer ? 4 : 1 + random.nextInt(3);
      Set<String> groups = new TreeSet<>();
      for (int n = random.nextInt(10) == 0 ? 0 : 1 + random.nextInt(2); n > 0; n--) {
        groups.add("sg-" + (isPeer ? 5 + random.nextInt(2) : 1 + random.nextInt(4)));
      }
      model.add(
          VpcModel.at("eni-" + i)
              .vpc(isPeer ? "vpc-2" : VpcModel.VPC)
              .subnet("subnet-" + subnet)
              .addresses(
                  (isPeer ? "10.1.1." : "10.0.%d.".formatted(subnet)) + (10 + i),
                  "2001:db8:1:%d::%d".formatted(subnet, 10 + i))
              .groups(groups.toArray(String[]::new)));
    }
  }

  VpcModel model() {
    return model;
  }

  /// Returns a rule of a security group.
  String rule() {
    return "%s %s %s"
        .formatted(
            random.nextBoolean() ? "in" : "out",
            pick(TRAFFIC),
            random.nextInt(3) == 0 ? pick(PEERS) : pick(BLOCKS));
  }

  private String[] entries() {
    List<String> entries = new ArrayList<>();
    Set<Integer> numbers = new TreeSet<>();
    for (int n = random.nextInt(9); n > 0; n--) {
      int number = 1 + random.nextInt(90);
      if (numbers.add(number)) {
        entries.add(
            "%d %s %s %s %s"
                .formatted(
                    number,
                    random.nextBoolean() ? "in" : "out",
                    random.nextInt(3) == 0 ? "deny" : "allow",
                    random.nextInt(3) == 0 ? "all" : pick(TRAFFIC),
                    pick(BLOCKS)));
      }
    }
    if (random.nextInt(3) > 0) {
      entries.addAll(List.of(VpcModel.DEFAULT_ENTRIES));
    }
    return entries.toArray(String[]::new);
  }

  /// A flow at an interface.
  ///
  /// @param port 0 without ports, as in records
  record Flow(
      NetworkInterface at,
      Direction direction,
      int protocol,
      IpAddress own,
      IpAddress remote,
      int port) {
    boolean isIcmp() {
      return protocol == 1 || protocol == 58;
    }

    boolean hasPorts() {
      return protocol == 6 || protocol == 17;
    }

    IpAddress source() {
      return direction == Direction.INGRESS ? remote : own;
    }

    IpAddress destination() {
      return direction == Direction.INGRESS ? own : remote;
    }

    Rejection rejection(Rejection.Kind kind) {
      return new Rejection(at.id(), direction, protocol, source(), destination(), port, kind, null);
    }
  }

  /// Returns a flow at an interface of `vpc-1`.
  Flow flow() {
    NetworkInterface own =
        Objects.requireNonNull(model.networkInterface("eni-" + (1 + random.nextInt(5))));
    IpAddress remote;
    do {
      remote =
          random.nextInt(3) == 0
              ? VpcModel.address(pick(STRANGERS))
              : Objects.requireNonNull(model.networkInterface("eni-" + (1 + random.nextInt(7))))
                  .addresses()
                  .get(random.nextInt(2));
    } while (own.has(remote));
    String[] flow = pick(FLOWS).split("/", 2);
    return new Flow(
        own,
        random.nextBoolean() ? Direction.INGRESS : Direction.EGRESS,
        Integer.parseInt(flow[0]),
        own.addresses().get(remote.isIpv4() ? 0 : 1),
        remote,
        Integer.parseInt(flow[1]));
  }

  /// Returns the ACL that a flow passes at its interface.
  NetworkAcl aclOf(Flow flow) {
    return Objects.requireNonNull(model.networkAclOf(flow.at.subnetId()));
  }

  /// Replaces the entries of an interface's ACL.
  void replace(Flow flow, List<Entry> entries) {
    NetworkAcl acl = aclOf(flow);
    model.acl(
        flow.at.subnetId(),
        new NetworkAcl(acl.id(), acl.name(), acl.vpcId(), acl.isDefault(), entries));
  }

  private String pick(String[] from) {
    return from[random.nextInt(from.length)];
  }
}
