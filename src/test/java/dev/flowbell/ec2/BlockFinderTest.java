package dev.flowbell.ec2;

import static dev.flowbell.ec2.VpcModel.DEFAULT_ENTRIES;
import static dev.flowbell.ec2.VpcModel.address;
import static dev.flowbell.ec2.VpcModel.at;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flowbell.ec2.NetworkAcl.Entry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Rules and flows with the answer that AWS's pages give. Each row names the page.
class BlockFinderTest {
  private static final String GUIDE = "https://docs.aws.amazon.com/vpc/latest/userguide/";
  private static final String EC2_GUIDE = "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/";
  private static final String API = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/";

  private static final String EXAMPLES =
      GUIDE + "flow-logs-records-examples.html#flow-log-example-security-groups";
  private static final String RECORDS = GUIDE + "flow-log-records.html";
  private static final String ACL = GUIDE + "nacl-basics.html";
  private static final String ACL_RULES = GUIDE + "nacl-rules.html";
  private static final String DEFAULT_ACL = GUIDE + "default-network-acl.html";
  private static final String CUSTOM_ACL = GUIDE + "custom-network-acl.html";
  private static final String EPHEMERAL_PORTS = CUSTOM_ACL + "#nacl-ephemeral-ports";
  private static final String CREATE_ENTRY = API + "API_CreateNetworkAclEntry.html";
  private static final String GROUPS = GUIDE + "vpc-security-groups.html";
  private static final String DEFAULT_GROUP = GUIDE + "default-security-group.html";
  private static final String GROUP_RULES = GUIDE + "security-group-rules.html";
  private static final String REFERENCING = GROUP_RULES + "#security-group-referencing";
  private static final String PERMISSION = API + "API_IpPermission.html";
  private static final String TRACKING = EC2_GUIDE + "security-group-connection-tracking.html";
  private static final String PEERING =
      "https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html";
  private static final String STALE = API + "API_DescribeStaleSecurityGroups.html";
  private static final String PREFIX_LISTS = GUIDE + "managed-prefix-lists.html";
  private static final String DELEGATED = EC2_GUIDE + "ec2-prefix-eni.html";
  private static final String NAT = GUIDE + "nat-gateway-basics.html";
  private static final String SHARED = GUIDE + "vpc-sharing-service-behavior.html";
  private static final String DESCRIBE = API + "API_DescribeNetworkInterfaces.html";

  private static final Instant NOW = Instant.parse("2026-11-28T08:00:00Z");
  private static final String OWN = "10.0.1.10";
  private static final String OWN_V6 = "2001:db8:1:1::10";
  private static final String OTHER = "10.0.2.20";
  private static final String OTHER_V6 = "2001:db8:1:2::20";
  private static final String INTERNET = "203.0.113.12";

  /// A row of the table.
  ///
  /// @param page where AWS says so
  /// @param expected all of the answer, see [#words]
  private record Row(String what, String page, VpcModel vpc, Rejection rejection, String expected) {
    @Override
    public String toString() {
      return what;
    }
  }

  static Stream<Row> rows() {
    return Stream.of(
            statefulAndStateless(),
            aclRows(),
            ephemeralPortRows(),
            trafficRows(),
            groupRows(),
            referenceRows(),
            prefixListRows(),
            sameSubnetRows(),
            nearestMissRows(),
            kindRows(),
            directionRows(),
            unansweredRows(),
            unseenRows())
        .flatMap(List::stream);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void find_saysWhatBlocked(Row row) {
    Blocker blocker = finder(row.vpc).find(row.rejection);

    assertThat(words(blocker)).as(row.page).isEqualTo(row.expected);
    assertThat(blocker.lookedAt()).isEqualTo(NOW);
  }

  private static List<Row> statefulAndStateless() {
    VpcModel ping =
        new VpcModel()
            .subnet("subnet-1", "172.31.16.0/20")
            .acl("acl-1", "subnet-1", "100 in allow icmp/all 0.0.0.0/0")
            .group("sg-1", "in icmp/all 0.0.0.0/0")
            .host("eni-1", "subnet-1", "172.31.16.139", "sg-1");
    return List.of(
        new Row(
            "AWS's ping: its answer is the ACL's",
            EXAMPLES,
            ping,
            answer(out("icmp/0", "172.31.16.139", "203.0.113.12")),
            "network-acl; acl denies by *; groups not asked: " + STATE),
        new Row(
            "AWS's ping, seen as a request: the group has no rule either",
            EXAMPLES,
            ping,
            out("icmp/0", "172.31.16.139", "203.0.113.12"),
            "network-acl-and-security-group; acl denies by *; groups deny"),
        new Row(
            "AWS's ping, where the group denies inbound ICMP",
            EXAMPLES,
            open("in tcp/22 0.0.0.0/0"),
            in("icmp/0", INTERNET, OWN),
            "security-group; acl allows by 100; groups deny, nearest sg-1: tcp 22, not icmp"),
        new Row(
            "the same answer, if the ACL permits outbound ICMP: both are accepted",
            EXAMPLES,
            open("in icmp/all 0.0.0.0/0"),
            answer(out("icmp/0", OWN, INTERNET)),
            "allowed-now; acl allows by 100; groups not asked: " + STATE),
        new Row(
            "responses leave regardless of outbound rules",
            TRACKING,
            open("in tcp/443 0.0.0.0/0"),
            answer(out("tcp/50123", OWN, INTERNET)),
            "allowed-now; acl allows by 100; groups not asked: " + STATE),
        new Row(
            "other protocols' answers are known by their addresses",
            TRACKING,
            acl("100 out allow all 0.0.0.0/0"),
            answer(in("47/0", INTERNET, OWN)),
            "network-acl; acl denies by *; groups not asked: " + STATE));
  }

  private static final String STATE =
      "the answer to what groups let pass passes too, because they keep state";

  private static List<Row> aclRows() {
    String[] published = {
      "100 in allow tcp/80 0.0.0.0/0",
      "105 in allow tcp/80 ::/0",
      "110 in allow tcp/443 0.0.0.0/0",
      "115 in allow tcp/443 ::/0",
      "120 in allow tcp/22 192.0.2.0/24",
      "130 in allow tcp/3389 192.0.2.0/24",
      "140 in allow tcp/32768-65535 0.0.0.0/0",
      "145 in allow tcp/32768-65535 ::/0",
      "100 out allow tcp/80 0.0.0.0/0",
      "120 out allow tcp/1024-65535 192.0.2.0/24",
      "140 out allow tcp/32768-65535 0.0.0.0/0"
    };
    String all = "; groups allow by sg-1: all traffic, 0.0.0.0/0";
    String allV6 = "; groups allow by sg-1: all traffic, ::/0";
    return List.of(
        new Row(
            "AWS's custom ACL: port 443 doesn't match 100, it does match 110",
            CUSTOM_ACL,
            acl(published),
            in("tcp/443", INTERNET, OWN),
            "allowed-now; acl allows by 110" + all),
        new Row(
            "AWS's custom ACL: port 139 matches no rule, the * rule denies it",
            CUSTOM_ACL,
            acl(published),
            in("tcp/139", INTERNET, OWN),
            "network-acl; acl denies by *" + all),
        new Row(
            "AWS's custom ACL: SSH from elsewhere",
            CUSTOM_ACL,
            acl(published),
            in("tcp/22", INTERNET, OWN),
            "network-acl; acl denies by *" + all),
        new Row(
            "AWS's custom ACL: a client's port below 32768 gets no answer",
            CUSTOM_ACL,
            acl(published),
            answer(out("tcp/32767", OWN, INTERNET)),
            "network-acl; acl denies by *; groups not asked: " + STATE),
        new Row(
            "AWS's custom ACL, IPv6: 105 is asked, 100 isn't",
            CUSTOM_ACL,
            acl(published),
            in("tcp/80", "2001:db8:ffff::1", OWN_V6),
            "allowed-now; acl allows by 105" + allV6),
        new Row(
            "none of the rules for IPv4 applies to IPv6",
            CUSTOM_ACL,
            acl("100 in allow all 0.0.0.0/0", "100 out allow all 0.0.0.0/0"),
            in("tcp/80", "2001:db8:ffff::1", OWN_V6),
            "network-acl; acl denies by *" + allV6),
        new Row(
            "none of the rules for IPv6 applies to IPv4",
            CUSTOM_ACL,
            acl("100 in allow all ::/0"),
            in("tcp/80", INTERNET, OWN),
            "network-acl; acl denies by *" + all),
        new Row(
            "the default ACL allows all",
            DEFAULT_ACL,
            acl(DEFAULT_ENTRIES),
            in("udp/161", INTERNET, OWN),
            "allowed-now; acl allows by 100" + all),
        new Row(
            "the default ACL allows all of IPv6",
            DEFAULT_ACL,
            acl(DEFAULT_ENTRIES),
            in("58/0", "2001:db8:ffff::1", OWN_V6),
            "allowed-now; acl allows by 101" + allV6),
        new Row(
            "a new ACL denies all",
            CUSTOM_ACL,
            acl(),
            out("tcp/443", OWN, INTERNET),
            "network-acl; acl denies by *" + all),
        new Row(
            "the lowest number that matches is applied: deny before allow",
            ACL_RULES,
            acl("110 in allow tcp/443 0.0.0.0/0", "90 in deny tcp/443 203.0.113.0/24"),
            in("tcp/443", INTERNET, OWN),
            "network-acl; acl denies by 90" + all),
        new Row(
            "the lowest number that matches is applied: allow before deny",
            ACL_RULES,
            acl("110 in deny tcp/443 203.0.113.0/24", "90 in allow tcp/443 0.0.0.0/0"),
            in("tcp/443", INTERNET, OWN),
            "allowed-now; acl allows by 90" + all),
        new Row(
            "outbound rules have numbers of their own",
            ACL_RULES,
            acl("100 in allow all 0.0.0.0/0", "100 out deny tcp/25 0.0.0.0/0"),
            out("tcp/25", OWN, INTERNET),
            "network-acl; acl denies by 100" + all),
        new Row(
            "the source's port is no entry's business",
            ACL_RULES,
            acl("100 in allow tcp/443 0.0.0.0/0"),
            in("tcp/50123", INTERNET, OWN),
            "network-acl; acl denies by *" + all),
        new Row(
            "an ACL without the last entry of a family, as in a VPC without IPv6",
            DEFAULT_ACL,
            open("in all ::/0")
                .acl(
                    "subnet-1",
                    new NetworkAcl(
                        "acl-1",
                        "",
                        VpcModel.VPC,
                        false,
                        List.of(VpcModel.entry("32767 in deny all 0.0.0.0/0")))),
            in("tcp/443", "2001:db8:ffff::1", OWN_V6),
            "network-acl; acl unknown: EC2 listed no last entry for this IP family"
                + allV6
                + "; why EC2 listed no last entry for this IP family"));
  }

  private static List<Row> ephemeralPortRows() {
    return List.of(
        new Row(
            "the ACL lacks the way back",
            EPHEMERAL_PORTS,
            acl("100 in allow tcp/443 0.0.0.0/0", "100 out allow tcp/443 0.0.0.0/0"),
            answer(out("tcp/50123", OWN, INTERNET)),
            "network-acl; acl denies by *; groups not asked: " + STATE),
        new Row(
            "the ACL lacks the way back of requests that go out",
            EPHEMERAL_PORTS,
            acl("100 in allow tcp/32768-60999 0.0.0.0/0", "100 out allow tcp/443 0.0.0.0/0"),
            answer(in("tcp/61000", INTERNET, OWN)),
            "network-acl; acl denies by *; groups not asked: " + STATE),
        new Row(
            "a denied port within a wide range",
            CUSTOM_ACL,
            acl("90 out deny tcp/50000-50200 0.0.0.0/0", "100 out allow tcp/1024-65535 0.0.0.0/0"),
            answer(out("tcp/50123", OWN, INTERNET)),
            "network-acl; acl denies by 90; groups not asked: " + STATE));
  }

  private static List<Row> trafficRows() {
    String icmpTypes = " alone; flow logs have no ICMP types";
    return List.of(
        new Row(
            "protocol -1 is all traffic, whatever its port range says",
            CREATE_ENTRY,
            acl("500 in allow all 0.0.0.0/0")
                .acl(
                    "subnet-1",
                    new NetworkAcl(
                        "acl-1",
                        "",
                        VpcModel.VPC,
                        false,
                        List.of(
                            new Entry(
                                100,
                                false,
                                Direction.INGRESS,
                                new RuleTraffic(-1, 443, 443),
                                VpcModel.entry("1 in deny all 0.0.0.0/0").block())))),
            in("udp/53", INTERNET, OWN),
            "network-acl; acl denies by 100; groups allow by sg-1: all traffic, 0.0.0.0/0"),
        new Row(
            "other protocols have no ports: GRE",
            PERMISSION,
            open("in 47/443 10.0.0.0/8"),
            in("47/0", OTHER, OWN),
            "allowed-now; acl allows by 100; groups allow by sg-1: protocol 47, 10.0.0.0/8"),
        new Row(
            "other protocols: ESP isn't GRE",
            PERMISSION,
            open("in 47/all 10.0.0.0/8"),
            in("50/0", OTHER, OWN),
            "security-group; acl allows by 100; groups deny, "
                + "nearest sg-1: protocol 47, not protocol 50"),
        new Row(
            "the first port of a range",
            PERMISSION,
            open("in tcp/8000-8080 10.0.0.0/8"),
            in("tcp/8000", OTHER, OWN),
            "allowed-now; acl allows by 100; groups allow by sg-1: tcp 8000-8080, 10.0.0.0/8"),
        new Row(
            "the last port of a range",
            PERMISSION,
            open("in tcp/8000-8080 10.0.0.0/8"),
            in("tcp/8080", OTHER, OWN),
            "allowed-now; acl allows by 100; groups allow by sg-1: tcp 8000-8080, 10.0.0.0/8"),
        new Row(
            "behind a range",
            PERMISSION,
            open("in tcp/8000-8080 10.0.0.0/8"),
            in("tcp/8081", OTHER, OWN),
            "security-group; acl allows by 100; groups deny, "
                + "nearest sg-1: tcp 8000-8080, not port 8081"),
        new Row(
            "all TCP is no UDP",
            PERMISSION,
            open("in tcp/0-65535 10.0.0.0/8"),
            in("udp/53", OTHER, OWN),
            "security-group; acl allows by 100; groups deny, "
                + "nearest sg-1: tcp all ports, not udp"),
        new Row(
            "0-65535 is every port, known or not",
            PERMISSION,
            open("in tcp/0-65535 10.0.0.0/8"),
            in("tcp/-1", OTHER, OWN),
            "allowed-now; acl allows by 100; groups allow by sg-1: tcp all ports, 10.0.0.0/8"),
        new Row(
            "-1 is every port",
            PERMISSION,
            open("in udp/all 10.0.0.0/8"),
            in("udp/65535", OTHER, OWN),
            "allowed-now; acl allows by 100; groups allow by sg-1: udp all ports, 10.0.0.0/8"),
        new Row(
            "port 0 is a port",
            PERMISSION,
            open("in udp/0 10.0.0.0/8"),
            in("udp/1", OTHER, OWN),
            "security-group; acl allows by 100; groups deny, nearest sg-1: udp 0, not port 1"),
        new Row(
            "a record without a port, and a rule for one",
            RECORDS,
            open("in tcp/443 10.0.0.0/8"),
            in("tcp/-1", OTHER, OWN),
            "security-group; acl allows by 100; groups unknown: whether a rule of sg-1 fits can't "
                + "be known: tcp 443; the flow's port is not known, "
                + "nearest sg-1: tcp 443; the flow's port is not known"),
        new Row(
            "a record without a protocol, and a rule for one",
            RECORDS,
            open("in tcp/443 10.0.0.0/8"),
            in("-1/443", OTHER, OWN),
            "security-group; acl allows by 100; groups unknown: whether a rule of sg-1 fits can't "
                + "be known: tcp 443; the flow's protocol is not known, "
                + "nearest sg-1: tcp 443; the flow's protocol is not known"),
        new Row(
            "a record without a protocol, and a rule for all",
            RECORDS,
            open("in all 10.0.0.0/8"),
            in("-1/443", OTHER, OWN),
            "allowed-now; acl allows by 100; groups allow by sg-1: all traffic, 10.0.0.0/8"),
        new Row(
            "ICMP types: the group has the type of another message, probably",
            RECORDS,
            open("in icmp/8 0.0.0.0/0"),
            in("icmp/0", INTERNET, OWN),
            "security-group; acl allows by 100; groups unknown: whether a rule of sg-1 fits can't "
                + "be known: icmp type 8"
                + icmpTypes
                + ", nearest sg-1: icmp type 8"
                + icmpTypes),
        new Row(
            "ICMP types: the ACL denies one, the group allows all",
            RECORDS,
            acl("100 in deny icmp/3.4 0.0.0.0/0", "110 in allow all 0.0.0.0/0"),
            in("icmp/0", INTERNET, OWN),
            "network-acl; acl unknown at 100: whether rule 100 fits can't be known: "
                + "icmp type 3 code 4"
                + icmpTypes
                + "; groups allow by sg-1: all traffic, 0.0.0.0/0; why whether rule 100 fits can't"
                + " be known: icmp type 3 code 4"
                + icmpTypes),
        new Row(
            "ICMP types: the ACL allows one, and all behind it",
            ACL_RULES,
            acl("100 in allow icmp/8 0.0.0.0/0", "110 in allow icmp/all 0.0.0.0/0"),
            in("icmp/0", INTERNET, OWN),
            "allowed-now; acl allows by 110; groups allow by sg-1: all traffic, 0.0.0.0/0"),
        new Row(
            "ICMPv6 without a range is all types",
            PERMISSION,
            open("in icmpv6/all ::/0"),
            in("58/0", OTHER_V6, OWN_V6),
            "allowed-now; acl allows by 101; groups allow by sg-1: icmpv6, ::/0"),
        new Row(
            "ICMP isn't ICMPv6",
            PERMISSION,
            open("in icmp/all ::/0"),
            in("58/0", OTHER_V6, OWN_V6),
            "security-group; acl allows by 101; groups deny, nearest sg-1: icmp, not icmpv6"));
  }

  private static List<Row> groupRows() {
    return List.of(
        new Row(
            "a new group has no inbound rules",
            GROUP_RULES,
            open("out all 0.0.0.0/0"),
            in("tcp/443", OTHER, OWN),
            "security-group; acl allows by 100; groups deny"),
        new Row(
            "a new group lets everything out",
            GROUP_RULES,
            open("out all 0.0.0.0/0"),
            out("tcp/443", OWN, INTERNET),
            "allowed-now; acl allows by 100; groups allow by sg-1: all traffic, 0.0.0.0/0"),
        new Row(
            "outbound traffic that no rule allows",
            GROUP_RULES,
            open("in all 0.0.0.0/0", "out tcp/443 0.0.0.0/0"),
            out("tcp/5432", OWN, OTHER),
            "security-group; acl allows by 100; groups deny, nearest sg-1: tcp 443, not port 5432"),
        new Row(
            "outbound traffic of IPv6 needs a rule of its own",
            GROUP_RULES,
            open("out all 0.0.0.0/0"),
            out("tcp/443", OWN_V6, OTHER_V6),
            "security-group; acl allows by 101; groups deny, "
                + "nearest sg-1: 0.0.0.0/0, not 2001:db8:1:2::20"),
        new Row(
            "the rules of several groups count together",
            GROUPS,
            open("in tcp/22 10.0.0.0/8")
                .group("sg-2", "in tcp/443 0.0.0.0/0")
                .host("eni-1", "subnet-1", OWN, "sg-1", "sg-2"),
            in("tcp/443", INTERNET, OWN),
            "allowed-now; acl allows by 100; groups allow by sg-2: tcp 443, 0.0.0.0/0"),
        new Row(
            "both block",
            GUIDE + "infrastructure-security.html",
            acl("90 in deny tcp/5432 10.0.2.0/24", "100 in allow all 0.0.0.0/0")
                .group("sg-1", "in tcp/443 10.0.0.0/8"),
            in("tcp/5432", OTHER, OWN),
            "network-acl-and-security-group; acl denies by 90; groups deny, "
                + "nearest sg-1: tcp 443, not port 5432"));
  }

  private static List<Row> referenceRows() {
    VpcModel self = open("in all sg-1", "out all 0.0.0.0/0");
    return List.of(
        new Row(
            "the default group lets its own members in",
            DEFAULT_GROUP,
            open("in all sg-1", "out all 0.0.0.0/0").host("eni-2", "subnet-2", OTHER, "sg-1"),
            in("tcp/5432", OTHER, OWN),
            "allowed-now; acl allows by 100; "
                + "groups allow by sg-1: all traffic, sg-1, in which eni-2 is"),
        new Row(
            "the default group lets nobody else in",
            DEFAULT_GROUP,
            open("in all sg-1").host("eni-2", "subnet-2", OTHER, "sg-2"),
            in("tcp/5432", OTHER, OWN),
            "security-group; acl allows by 100; groups deny, "
                + "nearest sg-1: sg-1, in which eni-2 (10.0.2.20) is not"),
        new Row(
            "a member, by its IPv6 address",
            REFERENCING,
            open("in tcp/443 sg-app").host("eni-2", "subnet-2", OTHER + " " + OTHER_V6, "sg-app"),
            in("tcp/443", OTHER_V6, OWN_V6),
            "allowed-now; acl allows by 101; "
                + "groups allow by sg-1: tcp 443, sg-app, in which eni-2 is"),
        new Row(
            "an outbound reference",
            REFERENCING,
            open("out tcp/5432 sg-db").host("eni-2", "subnet-2", OTHER, "sg-db"),
            out("tcp/5432", OWN, OTHER),
            "allowed-now; acl allows by 100; "
                + "groups allow by sg-1: tcp 5432, sg-db, in which eni-2 is"),
        new Row(
            "a reference adds none of the other group's rules",
            REFERENCING,
            open("in tcp/443 sg-app")
                .group("sg-app", "in all 0.0.0.0/0")
                .host("eni-2", "subnet-2", OTHER, "sg-app"),
            in("tcp/22", OTHER, OWN),
            "security-group; acl allows by 100; groups deny, nearest sg-1: tcp 443, not port 22"),
        new Row(
            "a public address is no member's private one",
            REFERENCING,
            self.add(
                at("eni-2")
                    .subnet("subnet-2")
                    .addresses(OTHER)
                    .publicAddresses(INTERNET)
                    .groups("sg-1")),
            in("tcp/443", INTERNET, OWN),
            "security-group; acl allows by 100; groups deny, "
                + "nearest sg-1: sg-1: a group stands for private addresses, not 203.0.113.12"),
        new Row(
            "a private address that no interface has: it may be in a delegated prefix",
            DELEGATED,
            open("in all sg-1"),
            in("tcp/443", OTHER, OWN),
            "security-group; acl allows by 100; groups unknown: whether a rule of sg-1 fits can't "
                + "be known: sg-1; no interface of vpc-1 has 10.0.2.20 of its own, unless in a "
                + "delegated prefix, nearest sg-1: sg-1; no interface of vpc-1 has 10.0.2.20 of "
                + "its own, unless in a delegated prefix"),
        new Row(
            "a member in a peered VPC",
            PEERING,
            open("in tcp/443 sg-peer vpc=vpc-2 peering=active")
                .add(at("eni-9").vpc("vpc-2").addresses("10.9.0.9").groups("sg-peer")),
            in("tcp/443", "10.9.0.9", OWN),
            "allowed-now; acl allows by 100; "
                + "groups allow by sg-1: tcp 443, sg-peer, in which eni-9 is"),
        new Row(
            "not a member in a peered VPC",
            PEERING,
            open("in tcp/443 sg-peer vpc=vpc-2 peering=active")
                .add(at("eni-9").vpc("vpc-2").addresses("10.9.0.9").groups("sg-other")),
            in("tcp/443", "10.9.0.9", OWN),
            "security-group; acl allows by 100; groups deny, "
                + "nearest sg-1: sg-peer, in which eni-9 (10.9.0.9) is not"),
        new Row(
            "the peering was deleted: the rule is stale",
            STALE,
            open("in tcp/443 sg-peer vpc=vpc-2 peering=deleted")
                .add(at("eni-9").vpc("vpc-2").addresses("10.9.0.9").groups("sg-peer")),
            in("tcp/443", "10.9.0.9", OWN),
            "security-group; acl allows by 100; groups deny, "
                + "nearest sg-1: sg-peer, whose peering is deleted"),
        new Row(
            "a group of another account can't be seen",
            PEERING,
            open("in tcp/443 sg-peer owner=222222222222 vpc=vpc-9 peering=active"),
            in("tcp/443", "10.9.0.9", OWN),
            "security-group; acl allows by 100; groups unknown: whether a rule of sg-1 fits can't "
                + "be known: sg-peer is of account 222222222222, which can't be seen, "
                + "nearest sg-1: sg-peer is of account 222222222222, which can't be seen"),
        new Row(
            "the same address in another VPC, and a member there",
            REFERENCING,
            open("in tcp/443 sg-app")
                .host("eni-2", "subnet-2", OTHER, "sg-other")
                .add(at("eni-9").vpc("vpc-9").addresses(OTHER).groups("sg-app")),
            in("tcp/443", OTHER, OWN),
            "security-group; acl allows by 100; groups deny, "
                + "nearest sg-1: sg-app, in which eni-2 (10.0.2.20) is not"),
        new Row(
            "an interface of this VPC is none of the peered one",
            PEERING,
            open("in tcp/443 sg-peer vpc=vpc-2 peering=active")
                .host("eni-2", "subnet-2", OTHER, "sg-other"),
            in("tcp/443", OTHER, OWN),
            "security-group; acl allows by 100; groups deny, "
                + "nearest sg-1: sg-peer of vpc-2; 10.0.2.20 is eni-2 of vpc-1"));
  }

  private static List<Row> prefixListRows() {
    return List.of(
        new Row(
            "AWS's own list: CloudFront",
            PREFIX_LISTS,
            open("in tcp/443 pl-3b927c52")
                .prefixList(
                    "pl-3b927c52",
                    "com.amazonaws.global.cloudfront.origin-facing",
                    0,
                    "130.176.0.0/17"),
            in("tcp/443", "130.176.1.1", OWN),
            "allowed-now; acl allows by 100; groups allow by sg-1: tcp 443, "
                + "pl-3b927c52 (com.amazonaws.global.cloudfront.origin-facing)"),
        new Row(
            "the user's list, without the address",
            PREFIX_LISTS,
            open("in tcp/443 pl-1").prefixList("pl-1", "offices", 7, "192.0.2.0/24"),
            in("tcp/443", INTERNET, OWN),
            "security-group; acl allows by 100; groups deny, "
                + "nearest sg-1: pl-1 (offices), which doesn't have 203.0.113.12"),
        new Row(
            "the user's list of another family",
            PREFIX_LISTS,
            open("in tcp/443 pl-1").prefixList("pl-1", "offices", 7, "::/0"),
            in("tcp/443", INTERNET, OWN),
            "security-group; acl allows by 100; groups deny, "
                + "nearest sg-1: pl-1 (offices), which doesn't have 203.0.113.12"),
        new Row(
            "a list that there isn't",
            PREFIX_LISTS,
            open("in tcp/443 pl-1"),
            in("tcp/443", INTERNET, OWN),
            "security-group; acl allows by 100; groups unknown: whether a rule of sg-1 fits can't "
                + "be known: pl-1, which could not be looked up, "
                + "nearest sg-1: pl-1, which could not be looked up"),
        new Row(
            "EC2 refuses the list, and another rule allows",
            PREFIX_LISTS,
            open("in tcp/443 pl-1", "in tcp/443 0.0.0.0/0").refuse("prefixList"),
            in("tcp/443", INTERNET, OWN),
            "allowed-now; acl allows by 100; groups allow by sg-1: tcp 443, 0.0.0.0/0"
                + "; refused ec2:DescribeManagedPrefixLists"));
  }

  private static List<Row> sameSubnetRows() {
    return List.of(
        new Row(
            "an ACL isn't asked about traffic within a subnet",
            ACL,
            acl().group("sg-1", "in tcp/443 10.0.1.0/24"),
            in("tcp/443", "10.0.1.20", OWN),
            "allowed-now; acl not asked: 10.0.1.20 is in the same subnet; "
                + "groups allow by sg-1: tcp 443, 10.0.1.0/24"),
        new Row(
            "an ACL isn't asked about IPv6 traffic within a subnet",
            ACL,
            acl().group("sg-1", "in tcp/443 10.0.1.0/24"),
            in("tcp/443", "2001:db8:1:1::20", OWN_V6),
            "security-group; acl not asked: 2001:db8:1:1::20 is in the same subnet; groups deny, "
                + "nearest sg-1: 10.0.1.0/24, not 2001:db8:1:1::20"),
        new Row(
            "the next subnet's traffic passes the ACL",
            ACL,
            acl().group("sg-1", "in tcp/443 10.0.0.0/16"),
            in("tcp/443", OTHER, OWN),
            "network-acl; acl denies by *; groups allow by sg-1: tcp 443, 10.0.0.0/16"));
  }

  private static List<Row> nearestMissRows() {
    return List.of(
        new Row(
            "the same port from near addresses comes before another port",
            GROUP_RULES,
            open(
                "in tcp/443 10.0.2.20/32",
                "in tcp/5432 192.168.0.0/16",
                "in tcp/5432 10.0.3.0/24",
                "in udp/5432 10.0.2.0/24"),
            in("tcp/5432", OTHER, OWN),
            "security-group; acl allows by 100; groups deny, "
                + "nearest sg-1: 10.0.3.0/24, not 10.0.2.20"),
        new Row(
            "another port for the address comes before nothing in common",
            GROUP_RULES,
            open("in udp/53 192.168.0.0/16", "in tcp/443 10.0.0.0/8"),
            in("tcp/5432", OTHER, OWN),
            "security-group; acl allows by 100; groups deny, nearest sg-1: tcp 443, not port 5432"),
        new Row(
            "nothing in common is no miss",
            GROUP_RULES,
            open("in udp/53 192.168.0.0/16"),
            in("tcp/5432", OTHER, OWN),
            "security-group; acl allows by 100; groups deny"),
        new Row(
            "outbound rules are no miss of inbound traffic",
            GROUP_RULES,
            open("out tcp/5432 10.0.2.0/24"),
            in("tcp/5432", OTHER, OWN),
            "security-group; acl allows by 100; groups deny"),
        new Row(
            "the near block of another group",
            GROUPS,
            open("in tcp/5432 10.128.0.0/9")
                .group("sg-2", "in tcp/5432 10.0.2.16/30")
                .host("eni-1", "subnet-1", OWN, "sg-1", "sg-2"),
            in("tcp/5432", OTHER, OWN),
            "security-group; acl allows by 100; groups deny, "
                + "nearest sg-2: 10.0.2.16/30, not 10.0.2.20"));
  }

  private static List<Row> kindRows() {
    Rejection request = in("tcp/443", INTERNET, OWN);
    return List.of(
        new Row(
            "VPC Block Public Access, as the record says",
            RECORDS,
            open("in all 0.0.0.0/0"),
            reason(request, "BPA"),
            "block-public-access"),
        new Row(
            "encryption controls, as the record says",
            RECORDS,
            open("in all 0.0.0.0/0"),
            reason(request, "EC"),
            "encryption-controls"),
        new Row(
            "a reason that is new",
            RECORDS,
            open(),
            reason(request, "XYZ"),
            "security-group; acl allows by 100; groups deny"),
        new Row(
            "late packets of a closed connection",
            TRACKING,
            open(),
            kind(in("tcp/50123", INTERNET, OWN), Rejection.Kind.LATE_PACKETS),
            "late-packets; acl allows by 100; groups deny"),
        new Row(
            "late packets, where a rule would let a request pass",
            TRACKING,
            open("in tcp/443 0.0.0.0/0"),
            kind(request, Rejection.Kind.LATE_PACKETS),
            "late-packets; acl allows by 100; groups allow by sg-1: tcp 443, 0.0.0.0/0"),
        new Row(
            "late packets that an ACL denies: it has no state",
            ACL,
            acl(),
            kind(request, Rejection.Kind.LATE_PACKETS),
            "network-acl; acl denies by *; groups allow by sg-1: all traffic, 0.0.0.0/0"),
        new Row(
            "late packets, where the ACL can't be asked: it may be either",
            TRACKING,
            open("in tcp/443 0.0.0.0/0").refuse("networkAclOf"),
            kind(request, Rejection.Kind.LATE_PACKETS),
            "unknown; acl unknown: "
                + NO_ACLS
                + "; groups allow by sg-1: tcp 443, 0.0.0.0/0; why "
                + NO_ACLS
                + "; refused ec2:DescribeNetworkAcls"),
        new Row(
            "an answer to a request that went another way",
            TRACKING,
            open("out all 0.0.0.0/0"),
            kind(in("tcp/50123", OTHER, OWN), Rejection.Kind.ANSWER_TO_UNSEEN_REQUEST),
            "untracked-answer; acl allows by 100; groups deny"),
        new Row(
            "an answer that went another way, and the ACL",
            ACL,
            acl("100 out allow all 0.0.0.0/0"),
            kind(in("tcp/50123", OTHER, OWN), Rejection.Kind.ANSWER_TO_UNSEEN_REQUEST),
            "network-acl; acl denies by *; groups allow by sg-1: all traffic, 0.0.0.0/0"),
        new Row(
            "a NAT gateway's interface has no group",
            NAT,
            acl("100 out allow all 0.0.0.0/0")
                .add(at("eni-1").subnet("subnet-1").type("nat_gateway").addresses(OWN)),
            request,
            "network-acl; acl denies by *; groups not asked: eni-1 has no security group"),
        new Row(
            "a NAT gateway's interface, and an ACL that allows",
            NAT,
            open().add(at("eni-1").subnet("subnet-1").type("nat_gateway").addresses(OWN)),
            request,
            "allowed-now; acl allows by 100; groups not asked: eni-1 has no security group"));
  }

  private static List<Row> directionRows() {
    return List.of(
        new Row(
            "no flow-direction: the destination is its own",
            RECORDS,
            open("out all 0.0.0.0/0"),
            direction(in("tcp/443", OTHER, OWN), null),
            "security-group; acl allows by 100; groups deny"),
        new Row(
            "no flow-direction: the source is its own",
            RECORDS,
            open("in all 0.0.0.0/0"),
            direction(out("tcp/443", OWN, OTHER), null),
            "security-group; acl allows by 100; groups deny"),
        new Row(
            "no flow-direction: a delegated prefix is its own",
            DELEGATED,
            open("in all 0.0.0.0/0")
                .add(
                    at("eni-1")
                        .subnet("subnet-1")
                        .addresses(OWN)
                        .prefixes("10.0.1.32/28")
                        .groups("sg-1")),
            direction(out("tcp/443", "10.0.1.35", OTHER), null),
            "security-group; acl allows by 100; groups deny"),
        new Row(
            "no flow-direction, and neither address is its own",
            RECORDS,
            open("in all 0.0.0.0/0"),
            direction(in("tcp/443", OTHER, INTERNET), null),
            "unknown; why neither 10.0.2.20 nor 203.0.113.12 is an address of eni-1, so the"
                + " direction is not known"),
        new Row(
            "no flow-direction, and both addresses are its own",
            RECORDS,
            open("in all 0.0.0.0/0").host("eni-1", "subnet-1", OWN + " 10.0.1.11", "sg-1"),
            direction(in("tcp/443", OWN, "10.0.1.11"), null),
            "unknown; why both 10.0.1.10 and 10.0.1.11 are addresses of eni-1, so the direction"
                + " is not known"),
        new Row(
            "flow-direction comes before addresses: a NAT instance forwards",
            RECORDS,
            open("in all 0.0.0.0/0"),
            out("tcp/443", "10.0.7.7", INTERNET),
            "security-group; acl allows by 100; groups deny"));
  }

  private static List<Row> unansweredRows() {
    VpcModel server = twoSubnets("in tcp/5432 10.0.9.0/24");
    Rejection request = kind(out("tcp/5432", OWN, OTHER), Rejection.Kind.UNANSWERED);
    return List.of(
        new Row(
            "the destination's group denies what was let out",
            GROUPS,
            server,
            request,
            "security-group; acl allows by 100; groups deny, "
                + "nearest sg-2: 10.0.9.0/24, not 10.0.1.10"),
        new Row(
            "the destination's rules let it pass: its host doesn't answer",
            GROUPS,
            server,
            kind(out("tcp/5432", "10.0.9.5", OTHER), Rejection.Kind.UNANSWERED),
            "allowed-now; acl allows by 100; groups allow by sg-2: tcp 5432, 10.0.9.0/24"),
        new Row(
            "nobody here has the destination",
            DESCRIBE,
            server,
            kind(out("tcp/443", OWN, INTERNET), Rejection.Kind.UNANSWERED),
            "unknown; why no interface of vpc-1 has 203.0.113.12"),
        new Row(
            "two VPCs have the destination: the own one comes first",
            DESCRIBE,
            twoSubnets("in tcp/22 10.0.0.0/8").add(at("eni-9").vpc("vpc-9").addresses(OTHER)),
            request,
            "security-group; acl allows by 100; groups deny, nearest sg-2: tcp 22, not port 5432"),
        new Row(
            "two VPCs have the destination, and the record has no interface",
            DESCRIBE,
            open("in all 0.0.0.0/0")
                .host("eni-2", "subnet-2", OTHER)
                .add(at("eni-9").vpc("vpc-9").addresses(OTHER)),
            new Rejection(
                null,
                Direction.EGRESS,
                6,
                address(OWN),
                address(OTHER),
                443,
                Rejection.Kind.UNANSWERED,
                null),
            "unknown; why the VPC of the records' interface is not known"),
        new Row(
            "what isn't known of the destination's group decides nothing: nothing was rejected",
            REFERENCING,
            twoSubnets("in tcp/5432 sg-app"),
            kind(out("tcp/5432", "10.0.3.3", OTHER), Rejection.Kind.UNANSWERED),
            "unknown; acl allows by 100; groups unknown: whether a rule of sg-2 fits can't be "
                + "known: sg-app; no interface of vpc-1 has 10.0.3.3 of its own, unless in a "
                + "delegated prefix, nearest sg-2: sg-app; no interface of vpc-1 has 10.0.3.3 of "
                + "its own, unless in a delegated prefix; why whether a rule of sg-2 fits can't be"
                + " known: sg-app; no interface of vpc-1 has 10.0.3.3 of its own, unless in a "
                + "delegated prefix"));
  }

  private static final String NO_INTERFACES =
      "the permission ec2:DescribeNetworkInterfaces is missing";

  private static final String NO_GROUPS = "the permission ec2:DescribeSecurityGroups is missing";

  private static final String NO_ACLS = "the permission ec2:DescribeNetworkAcls is missing";

  private static final String NO_SUBNETS = "the permission ec2:DescribeSubnets is missing";

  private static List<Row> unseenRows() {
    Rejection request = in("tcp/443", OTHER, OWN);
    String allows = "groups allow by sg-1: tcp 443, 10.0.0.0/8";
    return List.of(
        new Row(
            "the record has no interface-id",
            RECORDS,
            open(),
            new Rejection(
                null,
                Direction.INGRESS,
                6,
                address(OTHER),
                address(OWN),
                443,
                Rejection.Kind.REQUEST,
                null),
            "unknown; why the records have no interface-id"),
        new Row(
            "the record's interface-id is no id",
            RECORDS,
            open(),
            new Rejection(
                "eni-1; rm",
                Direction.INGRESS,
                6,
                address(OTHER),
                address(OWN),
                443,
                Rejection.Kind.REQUEST,
                null),
            "unknown; why interface-id: expected an id such as eni-0a1b2c3d, got another text"),
        new Row(
            "the interface was deleted since",
            DESCRIBE,
            open().delete("eni-1"),
            request,
            "unknown; why eni-1 is not in this account and Region, or was deleted since"),
        new Row(
            "EC2 refuses the interface",
            DESCRIBE,
            open().refuse("networkInterface"),
            request,
            "unknown; why " + NO_INTERFACES + "; refused ec2:DescribeNetworkInterfaces"),
        new Row(
            "EC2 refuses the ACL, and the group allows: it is the ACL",
            DESCRIBE,
            open("in tcp/443 10.0.0.0/8").refuse("networkAclOf"),
            request,
            "network-acl; acl unknown: "
                + NO_ACLS
                + "; "
                + allows
                + "; why "
                + NO_ACLS
                + "; refused ec2:DescribeNetworkAcls"),
        new Row(
            "EC2 refuses the ACL, and the group denies: it is the group, at least",
            DESCRIBE,
            open("in tcp/22 10.0.0.0/8").refuse("networkAclOf"),
            request,
            "security-group; acl unknown: "
                + NO_ACLS
                + "; groups deny, nearest sg-1: tcp 22, not port 443; why "
                + NO_ACLS
                + "; refused ec2:DescribeNetworkAcls"),
        new Row(
            "EC2 refuses the ACL of an answer: no group drops it",
            EXAMPLES,
            open().refuse("networkAclOf"),
            answer(request),
            "network-acl; acl unknown: "
                + NO_ACLS
                + "; groups not asked: "
                + STATE
                + "; why "
                + NO_ACLS
                + "; refused ec2:DescribeNetworkAcls"),
        new Row(
            "another account's subnet: EC2 names no ACL",
            SHARED,
            open("in tcp/22 10.0.0.0/8")
                .host("eni-1", "subnet-shared", OWN, "sg-1")
                .subnet("subnet-shared", "10.0.1.0/24"),
            request,
            "security-group; acl unknown: EC2 named no network ACL of subnet-shared; it may be "
                + "another account's; groups deny, nearest sg-1: tcp 22, not port 443; why EC2 "
                + "named no network ACL of subnet-shared; it may be another account's"),
        new Row(
            "EC2 refuses the groups, and the ACL allows",
            DESCRIBE,
            open().refuse("securityGroups"),
            request,
            "unknown; acl allows by 100; groups unknown: "
                + NO_GROUPS
                + "; why "
                + NO_GROUPS
                + "; refused ec2:DescribeSecurityGroups"),
        new Row(
            "EC2 refuses the groups, and the ACL denies",
            DESCRIBE,
            acl().refuse("securityGroups"),
            request,
            "network-acl; acl denies by *; groups unknown: "
                + NO_GROUPS
                + "; refused ec2:DescribeSecurityGroups"),
        new Row(
            "EC2 describes one of two groups",
            DESCRIBE,
            open("in tcp/22 10.0.0.0/8").host("eni-1", "subnet-1", OWN, "sg-1", "sg-gone"),
            request,
            "unknown; acl allows by 100; groups unknown: EC2 described 1 of the 2 security groups "
                + "of eni-1; why EC2 described 1 of the 2 security groups of eni-1"),
        new Row(
            "EC2 refuses the other side, and a block allows",
            DESCRIBE,
            open("in tcp/443 sg-2", "in tcp/443 10.0.0.0/8").refuse("networkInterfacesAt"),
            request,
            "allowed-now; acl allows by 100; "
                + allows
                + "; refused ec2:DescribeNetworkInterfaces"),
        new Row(
            "EC2 refuses the other side, and only a group might allow",
            DESCRIBE,
            open("in tcp/443 sg-2").refuse("networkInterfacesAt"),
            request,
            "security-group; acl allows by 100; groups unknown: whether a rule of sg-1 fits can't "
                + "be known: sg-2; whose address 10.0.2.20 is could not be looked up: "
                + NO_INTERFACES
                + ", nearest sg-1: sg-2; whose address 10.0.2.20 is could not be looked up: "
                + NO_INTERFACES
                + "; refused ec2:DescribeNetworkInterfaces"),
        new Row(
            "EC2 refuses the subnet: what the ACL allows passes in any case",
            ACL,
            open("in tcp/443 10.0.0.0/8").refuse("subnet"),
            request,
            "allowed-now; acl allows by 100; " + allows + "; refused ec2:DescribeSubnets"),
        new Row(
            "EC2 refuses the subnet: the other side may be in it, where the ACL isn't asked",
            ACL,
            acl().group("sg-1", "in tcp/22 10.0.0.0/8").refuse("subnet"),
            request,
            "security-group; acl unknown at *: whether 10.0.2.20 is in subnet-1 can't be known: "
                + NO_SUBNETS
                + "; groups deny, nearest sg-1: tcp 22, not port 443; why whether 10.0.2.20 is in "
                + "subnet-1 can't be known: "
                + NO_SUBNETS
                + "; refused ec2:DescribeSubnets"),
        new Row(
            "EC2 refuses the subnet: the other side's interface is in another one",
            ACL,
            acl()
                .group("sg-1", "in tcp/443 10.0.0.0/8")
                .host("eni-2", "subnet-2", OTHER)
                .refuse("subnet"),
            request,
            "network-acl; acl denies by *; " + allows + "; refused ec2:DescribeSubnets"),
        new Row(
            "EC2 refuses the names",
            DESCRIBE,
            open("in tcp/443 10.0.0.0/8")
                .add(at("eni-1").subnet("subnet-1").instance("i-1").addresses(OWN).groups("sg-1"))
                .refuse("names"),
            request,
            "allowed-now; acl allows by 100; " + allows),
        new Row(
            "EC2 refuses everything",
            DESCRIBE,
            open()
                .refuse(
                    "networkInterface",
                    "networkInterfacesAt",
                    "securityGroups",
                    "networkAclOf",
                    "subnet",
                    "prefixList",
                    "vpcs",
                    "names"),
            request,
            "unknown; why " + NO_INTERFACES + "; refused ec2:DescribeNetworkInterfaces"));
  }

  @Test
  void find_namesBothSides() {
    VpcModel vpc =
        open("in tcp/22 sg-lb")
            .name("i-0a1b", "web-1")
            .add(at("eni-1").subnet("subnet-1").instance("i-0a1b").addresses(OWN).groups("sg-1"))
            .add(
                at("eni-2")
                    .subnet("subnet-2")
                    .description("ELB app/web/50dc6c495c0c9188")
                    .name("lb")
                    .addresses(OTHER)
                    .groups("sg-lb"));

    Blocker blocker = finder(vpc).find(in("tcp/443", OTHER, OWN));

    assertThat(blocker.own())
        .isEqualTo(
            new Blocker.Party(Objects.requireNonNull(vpc.networkInterface("eni-1")), "web-1"));
    assertThat(blocker.remote())
        .isEqualTo(new Blocker.Party(Objects.requireNonNull(vpc.networkInterface("eni-2")), ""));
  }

  /// The port 0 that records have for protocols without ports is no port.
  @Test
  void find_showsNoPortOfIcmp() {
    Blocker blocker = finder(open()).find(in("icmp/0", INTERNET, OWN));

    assertThat(Objects.requireNonNull(blocker.decision()).flow().traffic()).isEqualTo("icmp");
  }

  @Test
  void find_asksEachThingOnce_andAgainWhenOld() {
    AtomicReference<Instant> now = new AtomicReference<>(NOW);
    VpcModel vpc = open("in tcp/22 10.0.0.0/8");
    BlockFinder finder = new BlockFinder(vpc, now::get, Duration.ofMinutes(5));

    finder.find(in("tcp/443", OTHER, OWN));
    now.set(NOW.plusSeconds(299));
    Blocker cached = finder.find(in("tcp/80", OTHER, OWN));

    assertThat(cached.lookedAt()).isEqualTo(NOW);
    assertThat(vpc.calls())
        .isEqualTo(
            Map.of(
                "networkInterface", 1,
                "networkInterfacesAt", 1,
                "networkAclOf", 1,
                "securityGroups", 1,
                "subnet", 1));

    vpc.group("sg-1", "in tcp/443 10.0.0.0/8");
    now.set(NOW.plusSeconds(300));
    Blocker again = finder.find(in("tcp/443", OTHER, OWN));

    assertThat(again.kind()).isEqualTo(Blocker.Kind.ALLOWED_NOW);
    assertThat(again.lookedAt()).isEqualTo(NOW.plusSeconds(300));
  }

  @Test
  void find_asksAgainWhatWasRefused() {
    VpcModel vpc = open("in tcp/443 10.0.0.0/8").refuse("networkAclOf");
    BlockFinder finder = finder(vpc);
    finder.find(in("tcp/443", OTHER, OWN));

    vpc.permit("networkAclOf");

    assertThat(finder.find(in("tcp/443", OTHER, OWN)).kind()).isEqualTo(Blocker.Kind.ALLOWED_NOW);
    assertThat(vpc.calls()).containsEntry("networkAclOf", 2).containsEntry("subnet", 1);
  }

  /// A flow that need not have been logged.
  private record Way(
      String what,
      String page,
      VpcModel vpc,
      Direction direction,
      String traffic,
      String remote,
      String expected) {
    @Override
    public String toString() {
      return what;
    }
  }

  static Stream<Way> ways() {
    String state = "groups not asked: " + STATE;
    String[] webAcl = {"100 in allow tcp/443 0.0.0.0/0", "100 out allow tcp/1024-65535 0.0.0.0/0"};
    return Stream.of(
        new Way(
            "in and back",
            EPHEMERAL_PORTS,
            acl(webAcl),
            Direction.INGRESS,
            "tcp/443",
            INTERNET,
            "passes; acl allows by 100; groups allow by sg-1: all traffic, 0.0.0.0/0"
                + " | acl allows by 100; "
                + state),
        new Way(
            "in, and not back",
            EPHEMERAL_PORTS,
            acl("100 in allow tcp/443 0.0.0.0/0", "100 out allow tcp/443 0.0.0.0/0"),
            Direction.INGRESS,
            "tcp/443",
            INTERNET,
            "blocked; acl allows by 100; groups allow by sg-1: all traffic, 0.0.0.0/0"
                + " | acl denies by *; "
                + state),
        new Way(
            "back for some clients: it can't be known",
            EPHEMERAL_PORTS,
            acl("100 in allow tcp/443 0.0.0.0/0", "100 out allow tcp/32768-65535 0.0.0.0/0"),
            Direction.INGRESS,
            "tcp/443",
            INTERNET,
            "unknown; acl allows by 100; groups allow by sg-1: all traffic, 0.0.0.0/0"
                + " | acl unknown at 100: whether rule 100 fits can't be known: tcp 32768-65535"
                + " alone, of ports 1024-65535; "
                + state),
        new Way(
            "back for all clients, by two entries",
            EPHEMERAL_PORTS,
            acl(
                "100 in allow tcp/443 0.0.0.0/0",
                "100 out allow tcp/32768-65535 0.0.0.0/0",
                "110 out allow tcp/1024-32767 0.0.0.0/0",
                "120 out deny tcp/all 0.0.0.0/0"),
            Direction.INGRESS,
            "tcp/443",
            INTERNET,
            "passes; acl allows by 100; groups allow by sg-1: all traffic, 0.0.0.0/0"
                + " | acl allows by 110; "
                + state),
        new Way(
            "to another interface: both sides, there and back",
            GUIDE + "infrastructure-security.html",
            twoSubnets("in tcp/5432 sg-1"),
            Direction.EGRESS,
            "tcp/5432",
            OTHER,
            "passes; acl allows by 100; groups allow by sg-1: all traffic, 0.0.0.0/0"
                + " | acl allows by 100; groups allow by sg-2: tcp 5432, sg-1, in which eni-1 is"
                + " | acl allows by 100; "
                + state
                + " | acl allows by 100; "
                + state),
        new Way(
            "to another interface, whose group denies",
            GROUP_RULES,
            twoSubnets("in tcp/443 sg-1"),
            Direction.EGRESS,
            "tcp/5432",
            OTHER,
            "blocked; acl allows by 100; groups allow by sg-1: all traffic, 0.0.0.0/0"
                + " | acl allows by 100; groups deny, nearest sg-2: tcp 443, not port 5432"
                + " | acl allows by 100; "
                + state
                + " | acl allows by 100; "
                + state),
        new Way(
            "from another interface of the same subnet",
            ACL,
            acl().host("eni-2", "subnet-1", "10.0.1.20", "sg-1"),
            Direction.INGRESS,
            "udp/53",
            "10.0.1.20",
            "passes; acl not asked: 10.0.1.10 is in the same subnet; "
                + "groups allow by sg-1: all traffic, 0.0.0.0/0"
                + " | acl not asked: 10.0.1.20 is in the same subnet; "
                + "groups allow by sg-1: all traffic, 0.0.0.0/0"
                + " | acl not asked: 10.0.1.20 is in the same subnet; "
                + state
                + " | acl not asked: 10.0.1.10 is in the same subnet; "
                + state),
        new Way(
            "ping over IPv6, whose answer needs an entry too",
            EXAMPLES,
            acl("100 in allow icmpv6/all ::/0"),
            Direction.INGRESS,
            "icmpv6/-1",
            "2001:db8:ffff::1",
            "blocked; acl allows by 100; groups allow by sg-1: all traffic, ::/0"
                + " | acl denies by *; "
                + state));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void findPassage_asksThereAndBack(Way way) {
    String[] traffic = way.traffic.split("/", 2);

    Passage passage =
        finder(way.vpc)
            .findPassage(
                "eni-1",
                way.direction,
                VpcModel.traffic(traffic[0] + "/all").protocol(),
                address(way.remote),
                Integer.parseInt(traffic[1]));

    String verdict = passage.isBlocked() ? "blocked" : passage.passes() ? "passes" : "unknown";
    assertThat(
            verdict
                + "; "
                + passage.decisions().stream().map(BlockFinderTest::words).collect(joining(" | ")))
        .as(way.page)
        .isEqualTo(way.expected);
  }

  @Test
  void findPassage_refusesWhatThereIsNot() {
    BlockFinder finder = finder(open().add(at("eni-4").addresses("10.0.1.4")));

    assertThatThrownBy(() -> finder.findPassage("eni-0", Direction.INGRESS, 6, address(OTHER), 443))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("eni-0: expected a network interface of this account and Region, found none");
    assertThatThrownBy(
            () -> finder.findPassage("eni-4", Direction.INGRESS, 6, address(OTHER_V6), 443))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "eni-4: expected an address of the same family as 2001:db8:1:2::20, got [10.0.1.4]");
  }

  /// The interface `eni-1` behind the default ACL, with the group `sg-1`.
  private static VpcModel open(String... rules) {
    return new VpcModel()
        .subnet("subnet-1", "10.0.1.0/24", "2001:db8:1:1::/64")
        .acl("acl-1", "subnet-1", DEFAULT_ENTRIES)
        .group("sg-1", rules)
        .host("eni-1", "subnet-1", OWN + " " + OWN_V6, "sg-1");
  }

  /// The interface `eni-1` behind an ACL, with a group that allows all.
  private static VpcModel acl(String... entries) {
    return open("in all 0.0.0.0/0", "in all ::/0", "out all 0.0.0.0/0", "out all ::/0")
        .acl("acl-1", "subnet-1", entries);
  }

  private static VpcModel twoSubnets(String rule) {
    return acl(DEFAULT_ENTRIES)
        .subnet("subnet-2", "10.0.2.0/24")
        .acl("acl-2", "subnet-2", DEFAULT_ENTRIES)
        .group("sg-2", rule)
        .host("eni-2", "subnet-2", OTHER, "sg-2");
  }

  private static BlockFinder finder(VpcModel vpc) {
    return new BlockFinder(vpc, InstantSource.fixed(NOW), Duration.ofMinutes(5));
  }

  private static Rejection in(String traffic, String source, String destination) {
    return request(Direction.INGRESS, traffic, source, destination);
  }

  private static Rejection out(String traffic, String source, String destination) {
    return request(Direction.EGRESS, traffic, source, destination);
  }

  private static Rejection request(
      Direction direction, String traffic, String source, String destination) {
    String[] parts = traffic.split("/", 2);
    return new Rejection(
        "eni-1",
        direction,
        VpcModel.traffic(parts[0] + "/all").protocol(),
        address(source),
        address(destination),
        Integer.parseInt(parts[1]),
        Rejection.Kind.REQUEST,
        null);
  }

  private static Rejection answer(Rejection of) {
    return kind(of, Rejection.Kind.ANSWER);
  }

  private static Rejection kind(Rejection of, Rejection.Kind kind) {
    return new Rejection(
        of.interfaceId(),
        of.direction(),
        of.protocol(),
        of.source(),
        of.destination(),
        of.port(),
        kind,
        of.reason());
  }

  private static Rejection reason(Rejection of, String reason) {
    return new Rejection(
        of.interfaceId(),
        of.direction(),
        of.protocol(),
        of.source(),
        of.destination(),
        of.port(),
        of.kind(),
        reason);
  }

  private static Rejection direction(Rejection of, @Nullable Direction direction) {
    return new Rejection(
        of.interfaceId(),
        direction,
        of.protocol(),
        of.source(),
        of.destination(),
        of.port(),
        of.kind(),
        of.reason());
  }

  /// Returns all that the answer says: what it was, what ACL and groups do and by which rule, the
  /// nearest miss, and what to know besides.
  private static String words(Blocker blocker) {
    List<String> parts = new ArrayList<>();
    parts.add(blocker.kind().key());
    if (blocker.decision() != null) {
      parts.add(words(blocker.decision()));
    }
    if (!blocker.why().isEmpty()) {
      parts.add("why " + blocker.why());
    }
    if (!blocker.failures().isEmpty()) {
      parts.add(
          "refused "
              + blocker.failures().stream().map(Ec2Exception::iamAction).collect(joining(", ")));
    }
    return String.join("; ", parts);
  }

  private static String words(Decision decision) {
    return "acl " + words(decision.acl()) + "; groups " + words(decision.groups(), decision.flow());
  }

  private static String words(AclDecision acl) {
    Entry entry = acl.entry();
    String by = entry == null ? "" : entry.isLast() ? "*" : String.valueOf(entry.number());
    return switch (acl.verdict()) {
      case ALLOWS -> "allows by " + by;
      case DENIES -> "denies by " + by;
      case NOT_ASKED -> "not asked: " + acl.why();
      case UNKNOWN -> "unknown" + (entry == null ? "" : " at " + by) + ": " + acl.why();
    };
  }

  private static String words(GroupDecision groups, Flow flow) {
    GroupDecision.Step miss = groups.nearestMiss(flow);
    String nearest =
        miss == null ? "" : ", nearest " + miss.group().id() + ": " + miss.match().why();
    return switch (groups.verdict()) {
      case ALLOWS -> "allow by " + words(Objects.requireNonNull(groups.allowing()));
      case DENIES -> "deny" + nearest;
      case NOT_ASKED -> "not asked: " + groups.why();
      case UNKNOWN -> "unknown: " + groups.why() + nearest;
    };
  }

  private static String words(GroupDecision.Step step) {
    return step.group().id() + ": " + step.match().why();
  }
}
