package dev.flowbell.ec2;

import static dev.flowbell.ec2.Ec2Operation.DESCRIBE_MANAGED_PREFIX_LISTS;
import static dev.flowbell.ec2.Ec2Operation.DESCRIBE_NETWORK_INTERFACES;
import static dev.flowbell.ec2.Ec2Operation.DESCRIBE_SECURITY_GROUPS;
import static dev.flowbell.ec2.Ec2Operation.DESCRIBE_SUBNETS;
import static dev.flowbell.ec2.Ec2Operation.DESCRIBE_TAGS;
import static dev.flowbell.ec2.Ec2Operation.DESCRIBE_VPCS;
import static dev.flowbell.ec2.Ec2Operation.GET_MANAGED_PREFIX_LIST_ENTRIES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flowbell.ec2.Ec2Client.TimeLimits;
import dev.flowbell.ec2.NetworkAcl.Entry;
import dev.flowbell.ec2.SecurityGroup.Peer;
import dev.flowbell.ec2.SecurityGroup.Rule;
import dev.flowbell.record.AddressBlock;
import dev.flowbell.record.IpAddress;
import dev.flowbell.testing.network.FaultProxy;
import dev.flowbell.testing.network.FaultProxy.Fault;
import dev.flowbell.testing.network.LoopbackAws;
import dev.flowbell.testing.network.LoopbackAws.Ec2Request;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;

/// Tests what the client asks about rules, with an endpoint on this machine.
class Ec2RulesTest {
  private static final String VERSION = "&Version=2016-11-15";

  private LoopbackAws aws;
  private Ec2Client client;

  @BeforeEach
  void start() throws IOException {
    aws = LoopbackAws.start();
    client = client(Duration.ofSeconds(30));
  }

  @AfterEach
  void stop() {
    client.close();
    aws.close();
  }

  @Test
  void requests() {
    aws.ec2().addPrefixList("pl-1", "10.0.0.0/8");

    client.networkInterface("eni-1");
    client.networkInterfacesAt(address("10.0.0.5"));
    client.networkInterfacesAt(address("2001:DB8::5"));
    client.securityGroups(List.of("sg-1", "sg-2", "sg-1"));
    client.networkAclOf("subnet-1");
    client.subnet("subnet-1");
    client.prefixList("pl-1");
    client.vpcs();
    client.names(List.of("i-1", "i-2"));

    assertThat(forms())
        .containsExactly(
            "Action=DescribeNetworkInterfaces" + VERSION + "&NetworkInterfaceId.1=eni-1",
            "Action=DescribeNetworkInterfaces"
                + VERSION
                + "&Filter.1.Name=addresses.private-ip-address&Filter.1.Value.1=10.0.0.5",
            "Action=DescribeNetworkInterfaces"
                + VERSION
                + "&Filter.1.Name=ipv6-addresses.ipv6-address&Filter.1.Value.1=2001%3Adb8%3A%3A5",
            "Action=DescribeSecurityGroups"
                + VERSION
                + "&Filter.1.Name=group-id&Filter.1.Value.1=sg-1&Filter.1.Value.2=sg-2",
            "Action=DescribeNetworkAcls"
                + VERSION
                + "&Filter.1.Name=association.subnet-id&Filter.1.Value.1=subnet-1",
            "Action=DescribeSubnets" + VERSION + "&SubnetId.1=subnet-1",
            "Action=DescribeManagedPrefixLists" + VERSION + "&PrefixListId.1=pl-1",
            "Action=GetManagedPrefixListEntries" + VERSION + "&PrefixListId=pl-1",
            "Action=DescribeVpcs" + VERSION,
            "Action=DescribeTags"
                + VERSION
                + "&Filter.1.Name=resource-id&Filter.1.Value.1=i-1&Filter.1.Value.2=i-2"
                + "&Filter.2.Name=key&Filter.2.Value.1=Name");
  }

  /// A filter without values would find everything, and so would a wildcard. A record that somebody
  /// else wrote can have any text as an id.
  @Test
  void requests_noIds() {
    assertThat(client.securityGroups(List.of())).isEmpty();
    assertThat(client.securityGroups(List.of("*", "sg-?", ""))).isEmpty();
    assertThat(client.networkAclOf("*")).isNull();
    assertThat(client.names(List.of("i-*", " "))).isEmpty();

    assertThat(forms()).isEmpty();
  }

  @Test
  void requests_manyIds() {
    List<String> ids = IntStream.rangeClosed(1, 401).mapToObj(i -> "i-" + i).toList();
    ids.forEach(id -> aws.ec2().name(id, "host " + id));

    Map<String, String> names = client.names(ids);

    assertThat(names)
        .hasSize(401)
        .containsEntry("i-1", "host i-1")
        .containsEntry("i-401", "host i-401");
    assertThat(forms())
        .extracting(form -> form.split("Filter.1.Value", -1).length - 1)
        .containsExactly(200, 200, 1);
  }

  /// Every value that the model of a VPC can have comes back the same.
  @Test
  void vpc_asItIs() {
    NetworkInterface web =
        new NetworkInterface(
            "eni-web",
            "vpc-1",
            "subnet-1",
            "111122223333",
            "network_load_balancer",
            "ELB net/web/50dc6c495c0c9188",
            "<web> & \"co\"",
            null,
            List.of(address("10.0.1.5"), address("2001:db8::5")),
            List.of(block("10.0.1.16/28"), block("2001:db8:0:1:2::/80")),
            List.of(address("203.0.113.5")),
            List.of(new NetworkInterface.Group("sg-web", "web servers")));
    SecurityGroup group =
        new SecurityGroup(
            "sg-web",
            "web servers",
            "vpc-1",
            "111122223333",
            List.of(
                new Rule(new RuleTraffic(6, 443, 444), new Peer.Block(block("0.0.0.0/0")), "all"),
                new Rule(new RuleTraffic(6, 443, 444), new Peer.Block(block("::/0")), ""),
                new Rule(
                    new RuleTraffic(6, 443, 444),
                    new Peer.Group("sg-2", "444455556666", "vpc-2", "pcx-1", "deleted"),
                    "peer"),
                new Rule(new RuleTraffic(6, 443, 444), new Peer.PrefixListId("pl-1"), ""),
                new Rule(new RuleTraffic(1, 8, -1), new Peer.Block(block("10.0.0.0/8")), "")),
            List.of(
                new Rule(new RuleTraffic(47, -1, -1), new Peer.Block(block("10.0.0.0/8")), ""),
                new Rule(RuleTraffic.EVERYTHING, new Peer.Block(block("10.0.0.1/32")), "")));
    NetworkAcl acl =
        new NetworkAcl(
            "acl-1",
            "outer",
            "vpc-1",
            true,
            List.of(
                new Entry(
                    90, false, Direction.EGRESS, new RuleTraffic(17, 53, 54), block("10.0.0.0/8")),
                new Entry(91, true, Direction.INGRESS, new RuleTraffic(1, 3, 4), block("::/0")),
                new Entry(
                    32_768, false, Direction.INGRESS, RuleTraffic.EVERYTHING, block("::/0"))));
    Subnet subnet = new Subnet("subnet-1", List.of(block("10.0.1.0/24"), block("2001:db8::/64")));
    PrefixList list = new PrefixList("pl-1", "com.amazonaws.s3", 0, List.of(block("10.9.0.0/16")));
    Vpc vpc = new Vpc("vpc-1", List.of(block("10.0.0.0/16"), block("2001:db8::/56")));
    aws.ec2().add(vpc).add(subnet, "vpc-1").add(acl, "subnet-1").add(group).add(web).add(list);

    assertThat(client.networkInterface("eni-web")).isEqualTo(web);
    assertThat(client.networkInterfacesAt(address("10.0.1.5"))).containsExactly(web);
    assertThat(client.networkInterfacesAt(address("2001:db8::5"))).containsExactly(web);
    assertThat(client.networkInterfacesAt(address("10.0.1.17"))).isEmpty();
    assertThat(client.securityGroups(List.of("sg-none", "sg-web"))).containsExactly(group);
    assertThat(client.networkAclOf("subnet-1")).isEqualTo(acl);
    assertThat(client.networkAclOf("subnet-2")).isNull();
    assertThat(client.subnet("subnet-1")).isEqualTo(subnet);
    assertThat(client.prefixList("pl-1")).isEqualTo(list);
    assertThat(client.vpcs()).containsExactly(vpc);
    assertThat(client.names(List.of("eni-web", "acl-1", "i-1")))
        .isEqualTo(Map.of("eni-web", "<web> & \"co\"", "acl-1", "outer"));
  }

  @Test
  void absent() {
    assertThat(client.networkInterface("eni-1")).isNull();
    assertThat(client.subnet("subnet-1")).isNull();
    assertThat(client.prefixList("pl-1")).isNull();
    assertThat(client.networkAclOf("subnet-1")).isNull();
    assertThat(client.securityGroups(List.of("sg-1"))).isEmpty();
    assertThat(client.vpcs()).isEmpty();

    aws.ec2()
        .addPrefixList("pl-1", "10.0.0.0/8")
        .failOnce(
            GET_MANAGED_PREFIX_LIST_ENTRIES, 400, "InvalidPrefixListId.NotFound", "deleted since");
    assertThat(client.prefixList("pl-1")).isNull();
  }

  @Test
  void malformedId() {
    assertFails(
        () -> client.networkInterface("eth0"),
        "EC2 DescribeNetworkInterfaces, network interface eth0:"
            + " status 400, InvalidNetworkInterfaceID.Malformed: Invalid id: \"eth0\"");
  }

  @Test
  void pages() {
    aws.ec2()
        .pageSize(2)
        .addPrefixList("pl-1", "10.1.0.0/16", "10.2.0.0/16", "10.3.0.0/16", "10.4.0.0/16")
        .addVpc("vpc-1")
        .addVpc("vpc-2")
        .addVpc("vpc-3");

    assertThat(client.vpcs()).extracting(Vpc::id).containsExactly("vpc-1", "vpc-2", "vpc-3");
    assertThat(client.prefixList("pl-1"))
        .isEqualTo(
            new PrefixList(
                "pl-1",
                "1",
                1,
                List.of(
                    block("10.1.0.0/16"),
                    block("10.2.0.0/16"),
                    block("10.3.0.0/16"),
                    block("10.4.0.0/16"))));
    assertThat(aws.ec2().counts())
        .isEqualTo(
            Map.of(
                DESCRIBE_VPCS, 2,
                DESCRIBE_MANAGED_PREFIX_LISTS, 1,
                GET_MANAGED_PREFIX_LIST_ENTRIES, 2));
    assertThat(forms().get(1)).isEqualTo("Action=DescribeVpcs" + VERSION + "&NextToken=token-2");
  }

  @Test
  void throttled() {
    aws.ec2()
        .addVpc("vpc-1")
        .failOnce(DESCRIBE_VPCS, 503, "RequestLimitExceeded", "Request limit exceeded.")
        .failOnce(DESCRIBE_VPCS, 500, "InternalError", "later");

    assertThat(client.vpcs()).extracting(Vpc::id).containsExactly("vpc-1");
    assertThat(aws.ec2().count()).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({
    "503, RequestLimitExceeded, 3, false, true",
    "400, Throttling, 3, false, true",
    "500, InternalError, 3, false, false",
    "403, UnauthorizedOperation, 1, true, false",
    "400, InvalidParameterValue, 1, false, false"
  })
  void refused(int status, String code, int requests, boolean isUnauthorized, boolean isThrottled) {
    aws.ec2().failAll(status, code);

    assertThatThrownBy(() -> client.securityGroups(List.of("sg-1", "sg-2", "sg-3", "sg-4")))
        .isInstanceOfSatisfying(
            Ec2Exception.class,
            e -> {
              assertThat(e.isUnauthorized()).isEqualTo(isUnauthorized);
              assertThat(e.isThrottled()).isEqualTo(isThrottled);
              assertThat(e.iamAction()).isEqualTo("ec2:DescribeSecurityGroups");
            })
        .hasMessage(
            "EC2 DescribeSecurityGroups, security groups sg-1, sg-2, sg-3 and 1 more: status "
                + status
                + ", "
                + code
                + ": as the test asked");
    assertThat(aws.ec2().counts()).isEqualTo(Map.of(DESCRIBE_SECURITY_GROUPS, requests));
  }

  @Test
  void refused_recovers() {
    aws.ec2().addVpc("vpc-1").fail(DESCRIBE_VPCS, 403, "UnauthorizedOperation");
    assertFails(
        client::vpcs,
        "EC2 DescribeVpcs, all VPCs: status 403, UnauthorizedOperation: as the test asked");

    aws.ec2().recover();
    assertThat(client.vpcs()).extracting(Vpc::id).containsExactly("vpc-1");
  }

  @Test
  void late() {
    aws.ec2().delay(DESCRIBE_TAGS, Duration.ofSeconds(2));

    try (Ec2Client hasty = client(Duration.ofMillis(200))) {
      assertFails(
          () -> hasty.names(List.of("i-1")),
          "EC2 DescribeTags, names of i-1: " + aws.url() + ": Read timed out");
    }
  }

  /// The limit of the whole call is that of connecting and reading, so one of 1 s and 2 s ends in 3
  /// s where each byte comes in time.
  @Test
  void quick() throws IOException {
    try (FaultProxy proxy = FaultProxy.start(aws.url())) {
      proxy.use(_ -> new Fault.Trickle(Duration.ofMillis(50)));
      System.setProperty("aws.endpointUrlEc2", proxy.uri().toString());
      try (Ec2Client quick = Ec2Client.createQuick()) {
        assertFails(
            quick::vpcs,
            "EC2 DescribeVpcs, all VPCs: " + proxy.uri() + ": no complete response within 3000 ms");
      } finally {
        System.clearProperty("aws.endpointUrlEc2");
      }
      assertThat(proxy.count("DescribeVpcs")).isEqualTo(1);
    }
    assertThat(TimeLimits.QUICK.lastRequest()).isEqualTo(Duration.ofSeconds(2));
  }

  /// With its length, the JDK notices what is cut. Without, only the XML shows it.
  @ParameterizedTest
  @CsvSource({"true, 'Premature EOF'", "false, 'expected DescribeVpcs''s XML, got: '"})
  void cut(boolean hasLength, String why) throws IOException {
    aws.ec2().addVpc("vpc-1", "10.0.0.0/16");
    try (FaultProxy proxy = FaultProxy.start(aws.url())) {
      proxy.use(_ -> hasLength ? Fault.Change.cutAfter(400) : Fault.Change.cutWithoutLength(60));
      System.setProperty("aws.endpointUrlEc2", proxy.uri().toString());
      try (Ec2Client cut = client(Duration.ofSeconds(30))) {
        assertThatThrownBy(cut::vpcs)
            .isInstanceOf(Ec2Exception.class)
            .hasMessageStartingWith("EC2 DescribeVpcs, all VPCs: ")
            .hasMessageContaining(why);
      } finally {
        System.clearProperty("aws.endpointUrlEc2");
      }
    }
  }

  /// Each row is a success that isn't one.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          DESCRIBE_VPCS                   | <html/>                                                        | expected DescribeVpcsResponse, got html
          DESCRIBE_VPCS                   | <DescribeVpcsResponse/>                                        | expected a vpcSet
          DESCRIBE_VPCS                   | <DescribeVpcsResponse><vpcSet/></DescribeVpcsResponse><a/>     | ParseError at [row,col]:[1,56] Message: The markup in the document following the root element must be well-formed.
          DESCRIBE_VPCS                   | <DescribeVpcsResponse><vpcSet><item><vpcId>vpc-1</vpcId></item><item/></vpcSet></DescribeVpcsResponse> | vpcSet/item[2]: expected a vpcId in each item
          DESCRIBE_VPCS                   | <DescribeVpcsResponse><vpcSet><item><cidrBlockAssociationSet><item><cidrBlock>10.0.0.0</cidrBlock><cidrBlockState><state>associated</state></cidrBlockState></item></cidrBlockAssociationSet></item></vpcSet></DescribeVpcsResponse> | vpcSet/item[1]/cidrBlockAssociationSet/item[1]/cidrBlock: expected an address block such as 10.0.0.0/8 or fe80::/10, got "10.0.0.0"
          DESCRIBE_SUBNETS                | <DescribeSubnetsResponse><subnetSet><item><cidrBlock>10.0.0.0/8</cidrBlock></item></subnetSet></DescribeSubnetsResponse> | subnetSet/item[1]: expected a subnetId in each item
          DESCRIBE_SUBNETS                | <DescribeSubnetsResponse><subnetSet><item><cidrBlock>10.0.0.0/33</cidrBlock></item></subnetSet></DescribeSubnetsResponse> | subnetSet/item[1]/cidrBlock: expected an address block such as 10.0.0.0/8 or fe80::/10, got "10.0.0.0/33"
          DESCRIBE_NETWORK_INTERFACES     | <DescribeNetworkInterfacesResponse><networkInterfaceSet><item><networkInterfaceId>eni-1</networkInterfaceId><subnetId>s</subnetId></item></networkInterfaceSet></DescribeNetworkInterfacesResponse> | networkInterfaceSet/item[1]: expected a vpcId in each item
          DESCRIBE_NETWORK_INTERFACES     | <DescribeNetworkInterfacesResponse><networkInterfaceSet><item><privateIpAddressesSet><item><privateIpAddress>10.0.0.256</privateIpAddress></item></privateIpAddressesSet></item></networkInterfaceSet></DescribeNetworkInterfacesResponse> | networkInterfaceSet/item[1]/privateIpAddressesSet/item[1]/privateIpAddress: expected an IP address, got "10.0.0.256"
          DESCRIBE_NETWORK_INTERFACES     | <DescribeNetworkInterfacesResponse><networkInterfaceSet><item><ipv6AddressesSet><item/></ipv6AddressesSet></item></networkInterfaceSet></DescribeNetworkInterfacesResponse> | networkInterfaceSet/item[1]/ipv6AddressesSet/item[1]: expected an ipv6Address in each item
          DESCRIBE_SECURITY_GROUPS        | <DescribeSecurityGroupsResponse><securityGroupInfo><item><groupId>sg-1</groupId><ipPermissions><item><ipProtocol>sctp</ipProtocol></item></ipPermissions></item></securityGroupInfo></DescribeSecurityGroupsResponse> | securityGroupInfo/item[1]/ipPermissions/item[1]/ipProtocol: expected tcp, udp, icmp, icmpv6, -1 or 0-255, got "sctp"
          DESCRIBE_SECURITY_GROUPS        | <DescribeSecurityGroupsResponse><securityGroupInfo><item><groupId>sg-1</groupId><ipPermissions><item/></ipPermissions></item></securityGroupInfo></DescribeSecurityGroupsResponse> | securityGroupInfo/item[1]/ipPermissions/item[1]: expected an ipProtocol in each item
          DESCRIBE_SECURITY_GROUPS        | <DescribeSecurityGroupsResponse><securityGroupInfo><item><groupId>sg-1</groupId><ipPermissionsEgress><item><ipProtocol>6</ipProtocol><fromPort>ssh</fromPort></item></ipPermissionsEgress></item></securityGroupInfo></DescribeSecurityGroupsResponse> | securityGroupInfo/item[1]/ipPermissionsEgress/item[1]/fromPort: expected a number, got "ssh"
          DESCRIBE_SECURITY_GROUPS        | <DescribeSecurityGroupsResponse><securityGroupInfo><item><groupId>sg-1</groupId><ipPermissions><item><ipProtocol>-2</ipProtocol></item></ipPermissions></item></securityGroupInfo></DescribeSecurityGroupsResponse> | securityGroupInfo/item[1]/ipPermissions/item[1]/ipProtocol: expected tcp, udp, icmp, icmpv6, -1 or 0-255, got "-2"
          DESCRIBE_SECURITY_GROUPS        | <DescribeSecurityGroupsResponse><securityGroupInfo><item><groupId>sg-1</groupId><ipPermissions><item><ipProtocol>256</ipProtocol></item></ipPermissions></item></securityGroupInfo></DescribeSecurityGroupsResponse> | securityGroupInfo/item[1]/ipPermissions/item[1]/ipProtocol: expected tcp, udp, icmp, icmpv6, -1 or 0-255, got "256"
          DESCRIBE_NETWORK_ACLS           | <DescribeNetworkAclsResponse><networkAclSet><item><entrySet><item/></entrySet></item></networkAclSet></DescribeNetworkAclsResponse> | networkAclSet/item[1]/entrySet/item[1]: expected a ruleNumber in each item
          DESCRIBE_NETWORK_ACLS           | <DescribeNetworkAclsResponse><networkAclSet><item><entrySet><item><ruleNumber>1</ruleNumber><ruleAction>Allow</ruleAction></item></entrySet></item></networkAclSet></DescribeNetworkAclsResponse> | networkAclSet/item[1]/entrySet/item[1]/ruleAction: expected allow or deny, got "Allow"
          DESCRIBE_NETWORK_ACLS           | <DescribeNetworkAclsResponse><networkAclSet><item><entrySet><item><ruleNumber>1</ruleNumber><ruleAction>deny</ruleAction></item></entrySet></item></networkAclSet></DescribeNetworkAclsResponse> | networkAclSet/item[1]/entrySet/item[1]: expected an egress in each item
          DESCRIBE_NETWORK_ACLS           | <DescribeNetworkAclsResponse><networkAclSet><item><entrySet><item><ruleNumber>1</ruleNumber><ruleAction>deny</ruleAction><egress>true</egress><protocol>6</protocol><portRange><from>1</from><to>1.5</to></portRange></item></entrySet></item></networkAclSet></DescribeNetworkAclsResponse> | networkAclSet/item[1]/entrySet/item[1]/portRange/to: expected a number, got "1.5"
          DESCRIBE_MANAGED_PREFIX_LISTS   | <DescribeManagedPrefixListsResponse><prefixListSet><item><prefixListId>pl-1</prefixListId><version>new</version></item></prefixListSet></DescribeManagedPrefixListsResponse> | prefixListSet/item[1]/version: expected a number, got "new"
          GET_MANAGED_PREFIX_LIST_ENTRIES | <GetManagedPrefixListEntriesResponse><entrySet><item><cidr>10.0.0.0/a</cidr></item></entrySet></GetManagedPrefixListEntriesResponse> | entrySet/item[1]/cidr: expected an address block such as 10.0.0.0/8 or fe80::/10, got "10.0.0.0/a"
          DESCRIBE_TAGS                   | <DescribeTagsResponse><tagSet><item><value>web</value></item></tagSet></DescribeTagsResponse> | tagSet/item[1]: expected a resourceId in each item
          """)
  void brokenAnswer(Ec2Operation operation, String xml, String why) {
    aws.ec2().addPrefixList("pl-1").answerOnce(operation, 200, xml);

    assertThatThrownBy(() -> ask(operation))
        .isInstanceOf(Ec2Exception.class)
        .hasMessage(
            "EC2 %1$s, %2$s: expected %1$s's XML, got: %3$s"
                .formatted(operation.action(), asked(operation), why));
  }

  @ParameterizedTest
  @EnumSource(names = "DESCRIBE_FLOW_LOGS", mode = EnumSource.Mode.EXCLUDE)
  void unauthorized_namesThePermission(Ec2Operation operation) {
    aws.ec2().addPrefixList("pl-1").fail(operation, 403, "UnauthorizedOperation");

    assertThatThrownBy(() -> ask(operation))
        .isInstanceOfSatisfying(
            Ec2Exception.class,
            e -> {
              assertThat(e.isUnauthorized()).isTrue();
              assertThat(e.iamAction()).isEqualTo("ec2:" + operation.action());
            })
        .hasMessage(
            "EC2 %s, %s: status 403, UnauthorizedOperation: as the test asked"
                .formatted(operation.action(), asked(operation)));
  }

  private void ask(Ec2Operation operation) {
    switch (operation) {
      case DESCRIBE_FLOW_LOGS -> client.describe("flows");
      case DESCRIBE_NETWORK_INTERFACES -> client.networkInterface("eni-1");
      case DESCRIBE_SECURITY_GROUPS -> client.securityGroups(List.of("sg-1"));
      case DESCRIBE_NETWORK_ACLS -> client.networkAclOf("subnet-1");
      case DESCRIBE_SUBNETS -> client.subnet("subnet-1");
      case DESCRIBE_MANAGED_PREFIX_LISTS, GET_MANAGED_PREFIX_LIST_ENTRIES ->
          client.prefixList("pl-1");
      case DESCRIBE_VPCS -> client.vpcs();
      case DESCRIBE_TAGS -> client.names(List.of("i-1"));
    }
  }

  private static String asked(Ec2Operation operation) {
    return switch (operation) {
      case DESCRIBE_FLOW_LOGS -> "log group flows";
      case DESCRIBE_NETWORK_INTERFACES -> "network interface eni-1";
      case DESCRIBE_SECURITY_GROUPS -> "security groups sg-1";
      case DESCRIBE_NETWORK_ACLS -> "network ACL of subnet subnet-1";
      case DESCRIBE_SUBNETS -> "subnet subnet-1";
      case DESCRIBE_MANAGED_PREFIX_LISTS -> "prefix list pl-1";
      case GET_MANAGED_PREFIX_LIST_ENTRIES -> "entries of prefix list pl-1";
      case DESCRIBE_VPCS -> "all VPCs";
      case DESCRIBE_TAGS -> "names of i-1";
    };
  }

  private static void assertFails(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(Ec2Exception.class).hasMessage(message);
  }

  private List<String> forms() {
    return aws.ec2Requests().stream().map(Ec2Request::form).toList();
  }

  private static Ec2Client client(Duration longestRead) {
    return new Ec2Client(
        Region.EU_WEST_1,
        StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIDEXAMPLE", "a-secret")),
        new TimeLimits(Duration.ofSeconds(30), longestRead, Duration.ofSeconds(30)));
  }

  private static AddressBlock block(String cidr) {
    return AddressBlock.parse(cidr);
  }

  private static IpAddress address(String text) {
    IpAddress address = IpAddress.find(text);
    assertThat(address).isNotNull();
    return address;
  }
}
