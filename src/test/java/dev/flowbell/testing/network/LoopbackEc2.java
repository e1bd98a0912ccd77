package dev.flowbell.testing.network;

import dev.flowbell.ec2.Direction;
import dev.flowbell.ec2.Ec2Operation;
import dev.flowbell.ec2.NetworkAcl;
import dev.flowbell.ec2.NetworkInterface;
import dev.flowbell.ec2.PrefixList;
import dev.flowbell.ec2.RuleTraffic;
import dev.flowbell.ec2.SecurityGroup;
import dev.flowbell.ec2.SecurityGroup.Peer;
import dev.flowbell.ec2.Subnet;
import dev.flowbell.ec2.Vpc;
import dev.flowbell.record.AddressBlock;
import dev.flowbell.record.IpAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The EC2 of [LoopbackAws]: a small VPC that tests fill, and that answers as EC2 does.
///
/// ```java
/// try (LoopbackAws aws = LoopbackAws.start();
///     Ec2Client client = Ec2Client.create()) {
///   aws.ec2()
///       .addVpc("vpc-1", "10.0.0.0/16")
///       .addSubnet("subnet-1", "vpc-1", "10.0.1.0/24")
///       .addAcl("acl-1", "subnet-1", "100 allow in tcp 443 0.0.0.0/0", "100 allow out all 0.0.0.0/0")
///       .addGroup("sg-1", "in tcp 443 10.0.0.0/8", "in udp 53 sg-2", "out all 0.0.0.0/0")
///       .addInterface("eni-1", "subnet-1", "10.0.1.5", "sg-1")
///       .name("eni-1", "web")
///       .pageSize(1)
///       .fail(Ec2Operation.DESCRIBE_TAGS, 403, "UnauthorizedOperation");
///   assertThat(client.networkInterface("eni-1").name()).isEqualTo("web");
///   assertThat(aws.ec2().count(Ec2Operation.DESCRIBE_NETWORK_INTERFACES)).isEqualTo(1);
/// }
/// ```
///
/// What the short forms can't say, the values of `dev.flowbell.ec2` can: each has an `add`. Of the
/// filters, it knows those that Flowbell uses, and refuses others. Requests without ids come in
/// pages, if a page size is set; without one, an answer has all items.
public final class LoopbackEc2 {
  private static final String ACCOUNT = "123456789012";
  private static final int FIRST_IPV6_LAST_NUMBER = 32_768;

  private static final Map<String, Integer> PROTOCOLS =
      Map.of("all", RuleTraffic.ALL, "icmp", 1, "tcp", 6, "udp", 17, "icmpv6", 58);

  private final Map<String, Vpc> vpcs = new LinkedHashMap<>();
  private final Map<String, Subnet> subnets = new LinkedHashMap<>();
  private final Map<String, String> vpcOfSubnet = new LinkedHashMap<>();
  private final Map<String, NetworkAcl> acls = new LinkedHashMap<>();
  private final Map<String, String> aclOfSubnet = new LinkedHashMap<>();
  private final Map<String, SecurityGroup> groups = new LinkedHashMap<>();
  private final Map<String, NetworkInterface> interfaces = new LinkedHashMap<>();
  private final Map<String, PrefixList> prefixLists = new LinkedHashMap<>();
  private final Map<String, String> names = new LinkedHashMap<>();

  private final Map<Ec2Operation, Answer> failures = new EnumMap<>(Ec2Operation.class);
  private final Map<Ec2Operation, Queue<Answer>> nextAnswers = new EnumMap<>(Ec2Operation.class);
  private final Map<Ec2Operation, Duration> delays = new EnumMap<>(Ec2Operation.class);
  private final Map<Ec2Operation, Integer> counts = new EnumMap<>(Ec2Operation.class);
  private int pageSize = Integer.MAX_VALUE;

  /// An answer to one request.
  record Answer(int status, String body) {}

  LoopbackEc2() {}

  // What there is

  /// Adds a VPC.
  public synchronized LoopbackEc2 add(Vpc vpc) {
    vpcs.put(vpc.id(), vpc);
    return this;
  }

  /// Adds a VPC.
  public LoopbackEc2 addVpc(String id, String... blocks) {
    return add(new Vpc(id, blocks(blocks)));
  }

  /// Adds a subnet.
  public synchronized LoopbackEc2 add(Subnet subnet, String vpcId) {
    subnets.put(subnet.id(), subnet);
    vpcOfSubnet.put(subnet.id(), vpcId);
    return this;
  }

  /// Adds a subnet.
  public LoopbackEc2 addSubnet(String id, String vpcId, String... blocks) {
    return add(new Subnet(id, blocks(blocks)), vpcId);
  }

  /// Adds a network ACL of these subnets, or replaces the one with its id.
  public synchronized LoopbackEc2 add(NetworkAcl acl, String... subnetIds) {
    acls.put(acl.id(), acl);
    for (String subnetId : subnetIds) {
      aclOfSubnet.put(subnetId, acl.id());
    }
    return this;
  }

  /// Adds the network ACL of a subnet. It gets the last entries, which deny the rest: `*`.
  ///
  /// @param entries such as `100 allow in tcp 1024-65535 0.0.0.0/0` or `90 deny out all ::/0`; the
  ///   traffic is that of [#addGroup]
  public synchronized LoopbackEc2 addAcl(String id, String subnetId, String... entries) {
    List<NetworkAcl.Entry> all = new ArrayList<>();
    for (String entry : entries) {
      String[] words = entry.split(" ", 4);
      all.add(
          new NetworkAcl.Entry(
              Integer.parseInt(words[0]),
              is(words[1], "allow", "deny"),
              direction(words[2]),
              traffic(words[3]),
              AddressBlock.parse(peer(words[3]))));
    }
    for (Direction direction : Direction.values()) {
      all.add(last(FIRST_IPV6_LAST_NUMBER - 1, direction, "0.0.0.0/0"));
      all.add(last(FIRST_IPV6_LAST_NUMBER, direction, "::/0"));
    }
    return add(new NetworkAcl(id, "", vpcOf(subnetId), false, all), subnetId);
  }

  private static NetworkAcl.Entry last(int number, Direction direction, String block) {
    return new NetworkAcl.Entry(
        number, false, direction, RuleTraffic.EVERYTHING, AddressBlock.parse(block));
  }

  /// Adds a security group, or replaces the one with its id.
  public synchronized LoopbackEc2 add(SecurityGroup group) {
    groups.put(group.id(), group);
    return this;
  }

  /// Adds a security group of the VPC that was added first, or replaces the one with its id. Its
  /// name is its id without `sg-`.
  ///
  /// @param rules `in` or `out`; then the traffic: `all`, or `tcp`, `udp`, `icmp`, `icmpv6` or a
  ///   number with `443`, `1024-65535` or `all` (for ICMP a type, `8`, or a type and a code,
  ///   `3-4`); then the peer: a block, `sg-…` or `pl-…`
  public LoopbackEc2 addGroup(String id, String... rules) {
    List<SecurityGroup.Rule> inbound = new ArrayList<>();
    List<SecurityGroup.Rule> outbound = new ArrayList<>();
    for (String rule : rules) {
      String[] words = rule.split(" ", 2);
      String peer = peer(words[1]);
      (direction(words[0]) == Direction.INGRESS ? inbound : outbound)
          .add(
              new SecurityGroup.Rule(
                  traffic(words[1]),
                  peer.startsWith("sg-")
                      ? new Peer.Group(peer, ACCOUNT, null, null, null)
                      : peer.startsWith("pl-")
                          ? new Peer.PrefixListId(peer)
                          : new Peer.Block(AddressBlock.parse(peer)),
                  ""));
    }
    return add(
        new SecurityGroup(
            id, id.substring("sg-".length()), firstVpc(), ACCOUNT, inbound, outbound));
  }

  /// Adds a network interface, or replaces the one with its id.
  public synchronized LoopbackEc2 add(NetworkInterface networkInterface) {
    interfaces.put(networkInterface.id(), networkInterface);
    return this;
  }

  /// Adds a network interface with one address in a subnet, of the instance with the id `i-` and
  /// what follows `eni-`.
  public synchronized LoopbackEc2 addInterface(
      String id, String subnetId, String address, String... groupIds) {
    return add(
        new NetworkInterface(
            id,
            vpcOf(subnetId),
            subnetId,
            ACCOUNT,
            "interface",
            "",
            "",
            id.replaceFirst("^eni-", "i-"),
            List.of(address(address)),
            List.of(),
            List.of(),
            Stream.of(groupIds)
                .map(each -> new NetworkInterface.Group(each, each.substring("sg-".length())))
                .toList()));
  }

  /// Adds a prefix list. Version 0 is an AWS-managed one.
  public synchronized LoopbackEc2 add(PrefixList list) {
    prefixLists.put(list.id(), list);
    return this;
  }

  /// Adds a prefix list of version 1. Its name is its id without `pl-`.
  public LoopbackEc2 addPrefixList(String id, String... blocks) {
    return add(new PrefixList(id, id.substring("pl-".length()), 1, blocks(blocks)));
  }

  /// Sets the tag `Name` of any resource, such as an instance.
  public synchronized LoopbackEc2 name(String id, String name) {
    names.put(id, name);
    return this;
  }

  // How it answers

  /// Answers in pages of so many items.
  public synchronized LoopbackEc2 pageSize(int items) {
    pageSize = items;
    return this;
  }

  /// Refuses an operation from now on.
  ///
  /// @param code such as `UnauthorizedOperation` or `RequestLimitExceeded`
  public synchronized LoopbackEc2 fail(Ec2Operation operation, int status, String code) {
    failures.put(operation, error(status, code, "as the test asked"));
    return this;
  }

  /// Refuses every operation from now on.
  public LoopbackEc2 failAll(int status, String code) {
    for (Ec2Operation operation : Ec2Operation.values()) {
      fail(operation, status, code);
    }
    return this;
  }

  /// Refuses one request for an operation; each call is for one request.
  public LoopbackEc2 failOnce(Ec2Operation operation, int status, String code, String message) {
    Answer error = error(status, code, message);
    return answerOnce(operation, error.status, error.body);
  }

  /// Answers one request for an operation with this; each call is for one request.
  public synchronized LoopbackEc2 answerOnce(Ec2Operation operation, int status, String body) {
    nextAnswers.computeIfAbsent(operation, _ -> new ArrayDeque<>()).add(new Answer(status, body));
    return this;
  }

  /// Answers an operation only after a while, from now on.
  public synchronized LoopbackEc2 delay(Ec2Operation operation, Duration length) {
    delays.put(operation, length);
    return this;
  }

  /// Answers well from now on: forgets failures, delays and prepared answers.
  public synchronized LoopbackEc2 recover() {
    failures.clear();
    delays.clear();
    nextAnswers.clear();
    return this;
  }

  // What was asked

  /// Returns the number of requests for an operation, also of those that were refused.
  public synchronized int count(Ec2Operation operation) {
    return counts.getOrDefault(operation, 0);
  }

  /// Returns the number of requests by operation, without those that had none.
  public synchronized Map<Ec2Operation, Integer> counts() {
    return new EnumMap<>(counts);
  }

  /// Returns the number of all requests.
  public synchronized int count() {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }

  /// Returns whether a form is a request to EC2.
  static boolean isEc2(String form) {
    return form.startsWith("Action=") && form.contains("&Version=2016-11-15");
  }

  /// Answers a request.
  Answer answer(Map<String, String> parameters) {
    Ec2Operation operation =
        Stream.of(Ec2Operation.values())
            .filter(each -> each.action().equals(parameters.get("Action")))
            .findFirst()
            .orElse(null);
    if (operation == null) {
      return error(
          400, "InvalidAction", "The action " + parameters.get("Action") + " is not valid");
    }
    Duration delay = recordCall(operation);
    try {
      Thread.sleep(delay);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    return answer(operation, parameters);
  }

  private synchronized Duration recordCall(Ec2Operation operation) {
    counts.merge(operation, 1, Integer::sum);
    return delays.getOrDefault(operation, Duration.ZERO);
  }

  private synchronized Answer answer(Ec2Operation operation, Map<String, String> parameters) {
    Answer prepared = nextAnswers.getOrDefault(operation, new ArrayDeque<>()).poll();
    if (prepared != null) {
      return prepared;
    }
    if (failures.containsKey(operation)) {
      return failures.get(operation);
    }
    try {
      return page(operation, parameters, items(operation, new Request(parameters)));
    } catch (RefusedException e) {
      return error(400, e.code, String.valueOf(e.getMessage()));
    }
  }

  private Answer page(Ec2Operation operation, Map<String, String> parameters, List<String> items) {
    boolean hasIds = parameters.keySet().stream().anyMatch(name -> name.matches("\\w+Id\\.\\d+"));
    int start = Integer.parseInt(parameters.getOrDefault("NextToken", "token-0").substring(6));
    int end = hasIds ? items.size() : (int) Math.min(items.size(), (long) start + pageSize);
    String set =
        switch (operation) {
          case DESCRIBE_FLOW_LOGS -> "flowLogSet";
          case DESCRIBE_NETWORK_INTERFACES -> "networkInterfaceSet";
          case DESCRIBE_SECURITY_GROUPS -> "securityGroupInfo";
          case DESCRIBE_NETWORK_ACLS -> "networkAclSet";
          case DESCRIBE_SUBNETS -> "subnetSet";
          case DESCRIBE_MANAGED_PREFIX_LISTS -> "prefixListSet";
          case GET_MANAGED_PREFIX_LIST_ENTRIES -> "entrySet";
          case DESCRIBE_VPCS -> "vpcSet";
          case DESCRIBE_TAGS -> "tagSet";
        };
    return new Answer(
        200,
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <%1$sResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
            <requestId>ea966190-f9aa-478e-9ede-example</requestId>
            <%2$s>%3$s</%2$s>%4$s
        </%1$sResponse>
        """
            .formatted(
                operation.action(),
                set,
                items.subList(start, end).stream()
                    .map(item -> element("item", item))
                    .collect(Collectors.joining()),
                end < items.size() ? text("nextToken", "token-" + end) : ""));
  }

  private List<String> items(Ec2Operation operation, Request request) throws RefusedException {
    List<String> items =
        switch (operation) {
          case DESCRIBE_FLOW_LOGS -> {
            request.filter("log-group-name");
            yield List.of();
          }
          case DESCRIBE_NETWORK_INTERFACES -> {
            Collection<NetworkInterface> some =
                request.byId(interfaces, "NetworkInterfaceId", "eni-", "InvalidNetworkInterfaceID");
            List<IpAddress> at =
                Stream.of("addresses.private-ip-address", "ipv6-addresses.ipv6-address")
                    .flatMap(name -> request.filter(name).stream())
                    .map(LoopbackEc2::address)
                    .toList();
            yield some.stream()
                .filter(each -> at.isEmpty() || !Collections.disjoint(each.addresses(), at))
                .map(this::toXml)
                .toList();
          }
          case DESCRIBE_SECURITY_GROUPS -> {
            Collection<SecurityGroup> some = request.byId(groups, "GroupId", "sg-", "InvalidGroup");
            List<String> ids = request.filter("group-id");
            yield some.stream()
                .filter(each -> ids.isEmpty() || ids.contains(each.id()))
                .map(LoopbackEc2::toXml)
                .toList();
          }
          case DESCRIBE_NETWORK_ACLS -> {
            List<String> of = request.filter("association.subnet-id");
            yield acls.values().stream()
                .filter(
                    each ->
                        of.isEmpty()
                            || of.stream()
                                .anyMatch(subnet -> each.id().equals(aclOfSubnet.get(subnet))))
                .map(this::toXml)
                .toList();
          }
          case DESCRIBE_SUBNETS ->
              request.byId(subnets, "SubnetId", "subnet-", "InvalidSubnetID").stream()
                  .map(this::toXml)
                  .toList();
          case DESCRIBE_MANAGED_PREFIX_LISTS ->
              request.byId(prefixLists, "PrefixListId", "pl-", "InvalidPrefixListID").stream()
                  .map(LoopbackEc2::toXml)
                  .toList();
          case GET_MANAGED_PREFIX_LIST_ENTRIES ->
              request.theOne(prefixLists, "PrefixListId", "InvalidPrefixListID").blocks().stream()
                  .map(block -> text("cidr", cidr(block)))
                  .toList();
          case DESCRIBE_VPCS ->
              request.byId(vpcs, "VpcId", "vpc-", "InvalidVpcID").stream()
                  .map(LoopbackEc2::toXml)
                  .toList();
          case DESCRIBE_TAGS -> {
            List<String> ids = request.filter("resource-id");
            List<String> keys = request.filter("key");
            yield allNames().entrySet().stream()
                .filter(each -> ids.isEmpty() || ids.contains(each.getKey()))
                .filter(_ -> keys.isEmpty() || keys.contains("Name"))
                .map(
                    each ->
                        text("resourceId", each.getKey())
                            + text("key", "Name")
                            + text("value", each.getValue()))
                .toList();
          }
        };
    request.ensureAllRead();
    return items;
  }

  /// A refusal of EC2.
  private static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String code;

    RefusedException(String code, String message) {
      super(message);
      this.code = code;
    }
  }

  /// The parameters of a request. A test fails that sends one that nothing here reads.
  private static final class Request {
    private final Map<String, String> rest;

    Request(Map<String, String> parameters) {
      rest = new TreeMap<>(parameters);
      rest.keySet().removeAll(List.of("Action", "Version", "NextToken"));
    }

    /// Takes the parameters `name.1`, `name.2` and so on.
    List<String> list(String name) {
      return IntStream.iterate(1, number -> rest.containsKey(name + "." + number), n -> n + 1)
          .boxed()
          .toList()
          .stream()
          .map(number -> String.valueOf(rest.remove(name + "." + number)))
          .toList();
    }

    /// Takes the values of a filter, none where the request doesn't have it.
    List<String> filter(String name) {
      for (int number = 1; number < 10; number++) {
        String filter = "Filter." + number;
        if (name.equals(rest.get(filter + ".Name"))) {
          rest.remove(filter + ".Name");
          return list(filter + ".Value");
        }
      }
      return List.of();
    }

    /// Returns what has the ids that the request names, or all.
    <T> Collection<T> byId(Map<String, T> all, String name, String prefix, String code)
        throws RefusedException {
      List<String> ids = list(name);
      for (String id : ids) {
        if (!id.matches(prefix + "[0-9A-Za-z-]+")) {
          throw new RefusedException(code + ".Malformed", "Invalid id: \"%s\"".formatted(id));
        }
        if (!all.containsKey(id)) {
          throw new RefusedException(
              code + ".NotFound", "The %s '%s' does not exist".formatted(name, id));
        }
      }
      return ids.isEmpty() ? all.values() : ids.stream().map(all::get).toList();
    }

    /// Returns what has the one id that the request names.
    <T> T theOne(Map<String, T> all, String name, String code) throws RefusedException {
      String id = String.valueOf(rest.remove(name));
      if (!all.containsKey(id)) {
        throw new RefusedException(
            code + ".NotFound", "The %s '%s' does not exist".formatted(name, id));
      }
      return all.get(id);
    }

    void ensureAllRead() throws RefusedException {
      if (!rest.isEmpty()) {
        throw new RefusedException("InvalidParameterValue", rest + " is not known here");
      }
    }
  }

  // As XML

  private String toXml(NetworkInterface one) {
    StringBuilder privateAddresses = new StringBuilder();
    StringBuilder ipv6Addresses = new StringBuilder();
    int publicOnes = 0;
    for (IpAddress address : one.addresses()) {
      if (address.isIpv4()) {
        String association =
            publicOnes < one.publicAddresses().size()
                ? element("association", text("publicIp", one.publicAddresses().get(publicOnes++)))
                : "";
        privateAddresses.append(element("item", text("privateIpAddress", address) + association));
      } else {
        ipv6Addresses.append(element("item", text("ipv6Address", address)));
      }
    }
    return text("networkInterfaceId", one.id())
        + text("subnetId", one.subnetId())
        + text("vpcId", one.vpcId())
        + text("description", one.description())
        + text("ownerId", one.ownerId())
        + text("status", "in-use")
        + element(
            "groupSet",
            one.groups().stream()
                .map(
                    group ->
                        element(
                            "item", text("groupId", group.id()) + text("groupName", group.name())))
                .collect(Collectors.joining()))
        + (one.instanceId() == null
            ? ""
            : element("attachment", text("instanceId", one.instanceId())))
        + tagSet(one.id(), one.name())
        + element("privateIpAddressesSet", privateAddresses)
        + element("ipv6AddressesSet", ipv6Addresses)
        + blockSet("ipv4PrefixSet", "ipv4Prefix", one.prefixes(), true, false)
        + blockSet("ipv6PrefixSet", "ipv6Prefix", one.prefixes(), false, false)
        + text("interfaceType", one.type());
  }

  private static String toXml(SecurityGroup group) {
    return text("ownerId", group.ownerId())
        + text("groupId", group.id())
        + text("groupName", group.name())
        + text("groupDescription", "made by a test")
        + text("vpcId", group.vpcId())
        + element("ipPermissions", permissions(group.inbound()))
        + element("ipPermissionsEgress", permissions(group.outbound()));
  }

  /// Joins the rules of the same traffic, as EC2 does.
  private static String permissions(List<SecurityGroup.Rule> rules) {
    Map<RuleTraffic, List<SecurityGroup.Rule>> byTraffic = new LinkedHashMap<>();
    for (SecurityGroup.Rule rule : rules) {
      byTraffic.computeIfAbsent(rule.traffic(), _ -> new ArrayList<>()).add(rule);
    }
    StringBuilder xml = new StringBuilder();
    byTraffic.forEach((traffic, some) -> xml.append(element("item", permission(traffic, some))));
    return xml.toString();
  }

  private static String permission(RuleTraffic traffic, List<SecurityGroup.Rule> rules) {
    StringBuilder ranges = new StringBuilder();
    StringBuilder ipv6Ranges = new StringBuilder();
    StringBuilder groups = new StringBuilder();
    StringBuilder lists = new StringBuilder();
    for (SecurityGroup.Rule rule : rules) {
      String description = optional("description", rule.description());
      switch (rule.peer()) {
        case Peer.Block(AddressBlock block) -> {
          boolean isIpv4 = block.network().isIpv4();
          (isIpv4 ? ranges : ipv6Ranges)
              .append(
                  element("item", text(isIpv4 ? "cidrIp" : "cidrIpv6", cidr(block)) + description));
        }
        case Peer.Group group ->
            groups.append(
                element(
                    "item",
                    text("userId", group.ownerId())
                        + text("groupId", group.groupId())
                        + optional("vpcId", group.vpcId())
                        + optional("vpcPeeringConnectionId", group.peeringId())
                        + optional("peeringStatus", group.peeringStatus())
                        + description));
        case Peer.PrefixListId(String id) ->
            lists.append(element("item", text("prefixListId", id) + description));
      }
    }
    boolean hasRange = List.of(1, 6, 17, 58).contains(traffic.protocol());
    return text("ipProtocol", protocolName(traffic.protocol()))
        + (hasRange ? text("fromPort", traffic.from()) + text("toPort", traffic.to()) : "")
        + element("groups", groups)
        + element("ipRanges", ranges)
        + element("ipv6Ranges", ipv6Ranges)
        + element("prefixListIds", lists);
  }

  private static String protocolName(int protocol) {
    return PROTOCOLS.entrySet().stream()
        .filter(each -> each.getValue() == protocol && protocol != RuleTraffic.ALL)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(String.valueOf(protocol));
  }

  private String toXml(NetworkAcl acl) {
    return text("networkAclId", acl.id())
        + text("vpcId", acl.vpcId())
        + text("ownerId", ACCOUNT)
        + text("default", acl.isDefault())
        + element(
            "entrySet",
            acl.entries().stream()
                .map(entry -> element("item", toXml(entry)))
                .collect(Collectors.joining()))
        + element(
            "associationSet",
            aclOfSubnet.entrySet().stream()
                .filter(each -> each.getValue().equals(acl.id()))
                .map(
                    each ->
                        element(
                            "item",
                            text("networkAclId", acl.id()) + text("subnetId", each.getKey())))
                .collect(Collectors.joining()))
        + tagSet(acl.id(), acl.name());
  }

  private static String toXml(NetworkAcl.Entry entry) {
    RuleTraffic traffic = entry.traffic();
    String range =
        switch (traffic.protocol()) {
          case 1, 58 ->
              element("icmpTypeCode", text("code", traffic.to()) + text("type", traffic.from()));
          case 6, 17 ->
              traffic.from() == RuleTraffic.ALL
                  ? ""
                  : element("portRange", text("from", traffic.from()) + text("to", traffic.to()));
          default -> "";
        };
    return text("ruleNumber", entry.number())
        + text("protocol", traffic.protocol())
        + text("ruleAction", entry.isAllow() ? "allow" : "deny")
        + text("egress", entry.direction() == Direction.EGRESS)
        + text(
            entry.block().network().isIpv4() ? "cidrBlock" : "ipv6CidrBlock", cidr(entry.block()))
        + range;
  }

  private String toXml(Subnet subnet) {
    return text("subnetId", subnet.id())
        + text("state", "available")
        + text("ownerId", ACCOUNT)
        + text("vpcId", vpcOf(subnet.id()))
        + subnet.blocks().stream()
            .filter(block -> block.network().isIpv4())
            .map(block -> text("cidrBlock", cidr(block)))
            .collect(Collectors.joining())
        + blockSet("ipv6CidrBlockAssociationSet", "ipv6CidrBlock", subnet.blocks(), false, true);
  }

  private static String toXml(Vpc vpc) {
    return text("vpcId", vpc.id())
        + text("ownerId", ACCOUNT)
        + text("state", "available")
        + blockSet("cidrBlockAssociationSet", "cidrBlock", vpc.blocks(), true, true)
        + blockSet("ipv6CidrBlockAssociationSet", "ipv6CidrBlock", vpc.blocks(), false, true);
  }

  private static String toXml(PrefixList list) {
    return text("ownerId", list.version() == 0 ? "AWS" : ACCOUNT)
        + text("prefixListId", list.id())
        + text("prefixListName", list.name())
        + text("state", "create-complete")
        + (list.version() == 0 ? "" : text("version", list.version()));
  }

  private static String blockSet(
      String set, String name, List<AddressBlock> blocks, boolean isIpv4, boolean hasState) {
    return element(
        set,
        blocks.stream()
            .filter(block -> block.network().isIpv4() == isIpv4)
            .map(
                block ->
                    element(
                        "item",
                        text(name, cidr(block))
                            + (hasState
                                ? element(name + "State", text("state", "associated"))
                                : "")))
            .collect(Collectors.joining()));
  }

  private String tagSet(String id, String name) {
    String tag = names.getOrDefault(id, name);
    return element(
        "tagSet", tag.isEmpty() ? "" : element("item", text("key", "Name") + text("value", tag)));
  }

  private Map<String, String> allNames() {
    Map<String, String> all = new LinkedHashMap<>();
    interfaces.values().forEach(each -> all.put(each.id(), each.name()));
    acls.values().forEach(each -> all.put(each.id(), each.name()));
    all.putAll(names);
    all.values().removeIf(String::isEmpty);
    return all;
  }

  /// Returns an element with elements.
  private static String element(String name, CharSequence content) {
    return "<" + name + ">" + content + "</" + name + ">";
  }

  /// Returns an element with a text.
  private static String text(String name, Object text) {
    return element(name, escape(String.valueOf(text)));
  }

  private static String optional(String name, @Nullable String text) {
    return text == null || text.isEmpty() ? "" : text(name, text);
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static Answer error(int status, String code, String message) {
    return new Answer(
        status,
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <Response><Errors><Error><Code>%s</Code><Message>%s</Message></Error></Errors>\
        <RequestID>ea966190-f9aa-478e-9ede-example</RequestID></Response>\
        """
            .formatted(code, escape(message)));
  }

  // The short forms

  private static RuleTraffic traffic(String words) {
    String[] parts = words.split(" ", -1);
    Integer named = PROTOCOLS.get(parts[0]);
    int protocol = named == null ? Integer.parseInt(parts[0]) : named;
    if (parts.length == 2 || parts[1].equals("all")) {
      return new RuleTraffic(protocol, RuleTraffic.ALL, RuleTraffic.ALL);
    }
    String[] range = parts[1].split("-", -1);
    int from = Integer.parseInt(range[0]);
    boolean isIcmp = protocol == 1 || protocol == 58;
    int one = isIcmp ? RuleTraffic.ALL : from;
    return new RuleTraffic(protocol, from, range.length == 1 ? one : Integer.parseInt(range[1]));
  }

  private static String peer(String words) {
    return words.substring(words.lastIndexOf(' ') + 1);
  }

  private static Direction direction(String word) {
    return is(word, "in", "out") ? Direction.INGRESS : Direction.EGRESS;
  }

  private static boolean is(String word, String yes, String no) {
    if (!word.equals(yes) && !word.equals(no)) {
      throw new IllegalArgumentException("expected %s or %s, got \"%s\"".formatted(yes, no, word));
    }
    return word.equals(yes);
  }

  private static IpAddress address(String text) {
    IpAddress address = IpAddress.find(text);
    if (address == null) {
      throw new IllegalArgumentException("expected an IP address, got \"" + text + "\"");
    }
    return address;
  }

  private static List<AddressBlock> blocks(String... cidrs) {
    return Arrays.stream(cidrs).map(AddressBlock::parse).toList();
  }

  private static String cidr(AddressBlock block) {
    int length = block.network().isIpv4() ? block.prefixLength() - 96 : block.prefixLength();
    return block.network() + "/" + length;
  }

  private synchronized String firstVpc() {
    return vpcs.isEmpty() ? "vpc-1" : vpcs.keySet().iterator().next();
  }

  private synchronized String vpcOf(String subnetId) {
    return vpcOfSubnet.getOrDefault(subnetId, firstVpc());
  }
}
