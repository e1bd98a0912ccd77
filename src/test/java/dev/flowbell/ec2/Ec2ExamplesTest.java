package dev.flowbell.ec2;

import static dev.flowbell.ec2.Ec2Operation.DESCRIBE_MANAGED_PREFIX_LISTS;
import static dev.flowbell.ec2.Ec2Operation.DESCRIBE_NETWORK_ACLS;
import static dev.flowbell.ec2.Ec2Operation.DESCRIBE_NETWORK_INTERFACES;
import static dev.flowbell.ec2.Ec2Operation.DESCRIBE_SECURITY_GROUPS;
import static dev.flowbell.ec2.Ec2Operation.DESCRIBE_SUBNETS;
import static dev.flowbell.ec2.Ec2Operation.DESCRIBE_TAGS;
import static dev.flowbell.ec2.Ec2Operation.DESCRIBE_VPCS;
import static dev.flowbell.ec2.Ec2Operation.GET_MANAGED_PREFIX_LIST_ENTRIES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.ec2.NetworkAcl.Entry;
import dev.flowbell.ec2.SecurityGroup.Peer;
import dev.flowbell.ec2.SecurityGroup.Rule;
import dev.flowbell.record.AddressBlock;
import dev.flowbell.record.IpAddress;
import dev.flowbell.testing.network.LoopbackAws;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Reads the examples of AWS's API reference, looked up on 2026-11-28. They are shortened: elements
/// that nothing here reads are left out but for one or two, and so are items that repeat another.
/// Elements that the examples lack have tests of their own, which say so.
///
/// @see <a
///   href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Operations.html">Actions</a>:
///   each has a page, such as `API_DescribeNetworkInterfaces.html`, with its examples
class Ec2ExamplesTest {
  private LoopbackAws aws;
  private Ec2Client client;

  @BeforeEach
  void start() throws IOException {
    aws = LoopbackAws.start();
    client = Ec2Client.create();
  }

  @AfterEach
  void stop() {
    client.close();
    aws.close();
  }

  @Test
  void networkInterfaces() {
    aws.ec2()
        .answerOnce(
            DESCRIBE_NETWORK_INTERFACES,
            200,
            """
            <DescribeNetworkInterfacesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
              <requestId>fc45294c-006b-457b-bab9-012f5b3b0e40</requestId>
              <networkInterfaceSet>
                <item>
                  <networkInterfaceId>eni-0f62d866</networkInterfaceId>
                  <subnetId>subnet-c53c87ac</subnetId>
                  <vpcId>vpc-cc3c87a5</vpcId>
                  <description/>
                  <ownerId>053230519467</ownerId>
                  <privateIpAddress>10.0.0.146</privateIpAddress>
                  <groupSet>
                    <item>
                      <groupId>sg-3f4b5653</groupId>
                      <groupName>default</groupName>
                    </item>
                  </groupSet>
                  <attachment>
                    <attachmentId>eni-attach-6537fc0c</attachmentId>
                    <instanceId>i-1234567890abcdef0</instanceId>
                  </attachment>
                  <tagSet/>
                  <privateIpAddressesSet>
                    <item>
                      <privateIpAddress>10.0.0.146</privateIpAddress>
                      <primary>true</primary>
                    </item>
                    <item>
                      <privateIpAddress>10.0.0.148</privateIpAddress>
                      <primary>false</primary>
                    </item>
                  </privateIpAddressesSet>
                  <ipv6AddressesSet/>
                </item>
                <item>
                  <networkInterfaceId>eni-a66ed5cf</networkInterfaceId>
                  <subnetId>subnet-cd8a35a4</subnetId>
                  <vpcId>vpc-f28a359b</vpcId>
                  <description>Primary network interface</description>
                  <ownerId>053230519467</ownerId>
                  <groupSet>
                    <item>
                      <groupId>sg-a2a0b2ce</groupId>
                      <groupName>quick-start-1</groupName>
                    </item>
                  </groupSet>
                  <attachment>
                    <instanceId>i-0598c7d356eba48d7</instanceId>
                  </attachment>
                  <privateIpAddressesSet>
                    <item>
                      <privateIpAddress>10.0.1.233</privateIpAddress>
                    </item>
                  </privateIpAddressesSet>
                  <ipv6AddressesSet>
                    <item>
                      <ipv6Address>2001:db8:1234:1a00::123</ipv6Address>
                    </item>
                    <item>
                      <ipv6Address>2001:db8:1234:1a00::456</ipv6Address>
                    </item>
                  </ipv6AddressesSet>
                </item>
              </networkInterfaceSet>
            </DescribeNetworkInterfacesResponse>
            """);

    assertThat(client.networkInterfacesAt(address("10.0.0.146")))
        .containsExactly(
            new NetworkInterface(
                "eni-0f62d866",
                "vpc-cc3c87a5",
                "subnet-c53c87ac",
                "053230519467",
                "",
                "",
                "",
                "i-1234567890abcdef0",
                List.of(address("10.0.0.146"), address("10.0.0.148")),
                List.of(),
                List.of(),
                List.of(new NetworkInterface.Group("sg-3f4b5653", "default"))),
            new NetworkInterface(
                "eni-a66ed5cf",
                "vpc-f28a359b",
                "subnet-cd8a35a4",
                "053230519467",
                "",
                "Primary network interface",
                "",
                "i-0598c7d356eba48d7",
                List.of(
                    address("10.0.1.233"),
                    address("2001:db8:1234:1a00::123"),
                    address("2001:db8:1234:1a00::456")),
                List.of(),
                List.of(),
                List.of(new NetworkInterface.Group("sg-a2a0b2ce", "quick-start-1"))));
  }

  /// Made by hand, of the elements of `NetworkInterface` that the example lacks.
  ///
  /// @see <a
  ///   href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html">NetworkInterface</a>
  @Test
  void networkInterface_whatTheExampleLacks() {
    aws.ec2()
        .answerOnce(
            DESCRIBE_NETWORK_INTERFACES,
            200,
            """
            <DescribeNetworkInterfacesResponse>
              <networkInterfaceSet>
                <item>
                  <networkInterfaceId>eni-1</networkInterfaceId>
                  <subnetId>subnet-1</subnetId>
                  <vpcId>vpc-1</vpcId>
                  <description>AWS Lambda VPC ENI-&lt;a &amp; b&gt;</description>
                  <ownerId>111122223333</ownerId>
                  <attachment>
                    <attachmentId>ela-attach-1</attachmentId>
                    <instanceOwnerId>amazon-aws</instanceOwnerId>
                  </attachment>
                  <tagSet>
                    <item><key>name</key><value>not this</value></item>
                    <item><key>Name</key><value>web</value></item>
                  </tagSet>
                  <privateIpAddressesSet>
                    <item>
                      <association><publicIp>203.0.113.5</publicIp></association>
                      <privateIpAddress>10.0.0.5</privateIpAddress>
                    </item>
                    <item>
                      <association><carrierIp>203.0.113.6</carrierIp></association>
                      <privateIpAddress>10.0.0.6</privateIpAddress>
                    </item>
                  </privateIpAddressesSet>
                  <ipv4PrefixSet>
                    <item><ipv4Prefix>10.0.0.16/28</ipv4Prefix></item>
                  </ipv4PrefixSet>
                  <ipv6PrefixSet>
                    <item><ipv6Prefix>2001:db8:0:1:2::/80</ipv6Prefix></item>
                  </ipv6PrefixSet>
                  <interfaceType>lambda</interfaceType>
                </item>
              </networkInterfaceSet>
            </DescribeNetworkInterfacesResponse>
            """);

    assertThat(client.networkInterface("eni-1"))
        .isEqualTo(
            new NetworkInterface(
                "eni-1",
                "vpc-1",
                "subnet-1",
                "111122223333",
                "lambda",
                "AWS Lambda VPC ENI-<a & b>",
                "web",
                null,
                List.of(address("10.0.0.5"), address("10.0.0.6")),
                List.of(block("10.0.0.16/28"), block("2001:db8:0:1:2::/80")),
                List.of(address("203.0.113.5")),
                List.of()));
  }

  /// Examples 1, 3 and 4 of AWS's page in one answer.
  @Test
  void securityGroups() {
    aws.ec2()
        .answerOnce(
            DESCRIBE_SECURITY_GROUPS,
            200,
            """
            <DescribeSecurityGroupsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
              <requestId>edb7c570-be05-4192-bd1b-example</requestId>
              <securityGroupInfo>
                <item>
                  <ownerId>123456789012</ownerId>
                  <groupId>sg-1a2b3c4d</groupId>
                  <groupName>MySecurityGroup</groupName>
                  <groupDescription>MySecurityGroup</groupDescription>
                  <vpcId>vpc-81326ae4</vpcId>
                  <ipPermissions>
                    <item>
                      <ipProtocol>tcp</ipProtocol>
                      <fromPort>22</fromPort>
                      <toPort>22</toPort>
                      <groups/>
                      <ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item></ipRanges>
                      <prefixListIds/>
                    </item>
                    <item>
                      <ipProtocol>icmp</ipProtocol>
                      <fromPort>-1</fromPort>
                      <toPort>-1</toPort>
                      <groups>
                        <item>
                          <securityGroupRuleId>sgr-abcdefghi01234560</securityGroupRuleId>
                          <userId>111222333444</userId>
                          <groupId>sg-11aa22bb</groupId>
                          <vpcId>vpc-dd326ab8</vpcId>
                          <vpcPeeringConnectionId>pcx-11223344</vpcPeeringConnectionId>
                          <peeringStatus>active</peeringStatus>
                        </item>
                      </groups>
                      <ipRanges/>
                      <prefixListIds/>
                    </item>
                  </ipPermissions>
                  <ipPermissionsEgress>
                    <item>
                      <ipProtocol>-1</ipProtocol>
                      <groups/>
                      <ipRanges><item><cidrIp>0.0.0.0/0</cidrIp></item></ipRanges>
                      <ipv6Ranges><item><cidrIpv6>::/0</cidrIpv6></item></ipv6Ranges>
                      <prefixListIds/>
                    </item>
                  </ipPermissionsEgress>
                </item>
                <item>
                  <ownerId>123456789012</ownerId>
                  <groupId>sg-bcc24bcd</groupId>
                  <groupName>default</groupName>
                  <groupDescription>default VPC security group</groupDescription>
                  <vpcId>vpc-a33cbfda</vpcId>
                  <ipPermissions>
                    <item>
                      <ipProtocol>-1</ipProtocol>
                      <groups>
                        <item><userId>123456789012</userId><groupId>sg-bcc24bcd</groupId></item>
                      </groups>
                    </item>
                    <item>
                      <ipProtocol>tcp</ipProtocol>
                      <fromPort>3389</fromPort>
                      <toPort>3389</toPort>
                      <ipRanges>
                        <item>
                          <cidrIp>203.0.113.0/24</cidrIp>
                          <description>RDP access from B network</description>
                        </item>
                      </ipRanges>
                    </item>
                  </ipPermissions>
                  <ipPermissionsEgress/>
                </item>
              </securityGroupInfo>
            </DescribeSecurityGroupsResponse>
            """);

    assertThat(client.securityGroups(List.of("sg-1a2b3c4d", "sg-bcc24bcd")))
        .containsExactly(
            new SecurityGroup(
                "sg-1a2b3c4d",
                "MySecurityGroup",
                "vpc-81326ae4",
                "123456789012",
                List.of(
                    new Rule(new RuleTraffic(6, 22, 22), peer("0.0.0.0/0"), ""),
                    new Rule(
                        new RuleTraffic(1, -1, -1),
                        new Peer.Group(
                            "sg-11aa22bb",
                            "111222333444",
                            "vpc-dd326ab8",
                            "pcx-11223344",
                            "active"),
                        "")),
                List.of(
                    new Rule(RuleTraffic.EVERYTHING, peer("0.0.0.0/0"), ""),
                    new Rule(RuleTraffic.EVERYTHING, peer("::/0"), ""))),
            new SecurityGroup(
                "sg-bcc24bcd",
                "default",
                "vpc-a33cbfda",
                "123456789012",
                List.of(
                    new Rule(
                        RuleTraffic.EVERYTHING,
                        new Peer.Group("sg-bcc24bcd", "123456789012", null, null, null),
                        ""),
                    new Rule(
                        new RuleTraffic(6, 3389, 3389),
                        peer("203.0.113.0/24"),
                        "RDP access from B network")),
                List.of()));
  }

  /// Made by hand: each kind of protocol, and peers of one permission. Ports of a protocol without
  /// them don't count, says AWS.
  ///
  /// @see <a
  ///   href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html">IpPermission</a>
  @Test
  void securityGroups_whatTheExamplesLack() {
    aws.ec2()
        .answerOnce(
            DESCRIBE_SECURITY_GROUPS,
            200,
            """
            <DescribeSecurityGroupsResponse><securityGroupInfo><item>
              <groupId>sg-1</groupId>
              <ipPermissions>
                <item>
                  <ipProtocol>udp</ipProtocol><fromPort>0</fromPort><toPort>65535</toPort>
                  <ipRanges><item><cidrIp>10.1.2.3/16</cidrIp></item></ipRanges>
                  <ipv6Ranges><item><cidrIpv6>2001:DB8::1/64</cidrIpv6></item></ipv6Ranges>
                  <prefixListIds><item>
                    <description>edge</description><prefixListId>pl-1</prefixListId>
                  </item></prefixListIds>
                </item>
                <item>
                  <ipProtocol>icmpv6</ipProtocol><fromPort>128</fromPort><toPort>0</toPort>
                  <ipv6Ranges><item><cidrIpv6>::/0</cidrIpv6></item></ipv6Ranges>
                </item>
                <item>
                  <ipProtocol>50</ipProtocol><fromPort>0</fromPort><toPort>0</toPort>
                  <ipRanges><item><cidrIp>192.0.2.1/32</cidrIp></item></ipRanges>
                </item>
                <item>
                  <ipProtocol>-1</ipProtocol><fromPort>1</fromPort><toPort>2</toPort>
                  <ipRanges><item><cidrIp>192.0.2.2/32</cidrIp></item></ipRanges>
                </item>
              </ipPermissions>
            </item></securityGroupInfo></DescribeSecurityGroupsResponse>
            """);

    assertThat(client.securityGroups(List.of("sg-1")))
        .containsExactly(
            new SecurityGroup(
                "sg-1",
                "",
                "",
                "",
                List.of(
                    new Rule(new RuleTraffic(17, 0, 65_535), peer("10.1.0.0/16"), ""),
                    new Rule(new RuleTraffic(17, 0, 65_535), peer("2001:db8::/64"), ""),
                    new Rule(new RuleTraffic(17, 0, 65_535), new Peer.PrefixListId("pl-1"), "edge"),
                    new Rule(new RuleTraffic(58, 128, 0), peer("::/0"), ""),
                    new Rule(new RuleTraffic(50, -1, -1), peer("192.0.2.1/32"), ""),
                    new Rule(RuleTraffic.EVERYTHING, peer("192.0.2.2/32"), "")),
                List.of()));
  }

  @Test
  void networkAcl() {
    aws.ec2()
        .answerOnce(
            DESCRIBE_NETWORK_ACLS,
            200,
            """
            <DescribeNetworkAclsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
              <requestId>be8171a0-2b2a-4a02-8b13-9c3436f2f02d</requestId>
              <networkAclSet>
                <item>
                  <networkAclId>acl-0ea1f54ca7EXAMPLE</networkAclId>
                  <vpcId>vpc-06e4ab6c6cEXAMPLE</vpcId>
                  <ownerId>111122223333</ownerId>
                  <default>true</default>
                  <entrySet>
                    <item>
                      <ruleNumber>100</ruleNumber>
                      <protocol>-1</protocol>
                      <ruleAction>allow</ruleAction>
                      <egress>true</egress>
                      <cidrBlock>0.0.0.0/0</cidrBlock>
                    </item>
                    <item>
                      <ruleNumber>32767</ruleNumber>
                      <protocol>-1</protocol>
                      <ruleAction>deny</ruleAction>
                      <egress>false</egress>
                      <cidrBlock>0.0.0.0/0</cidrBlock>
                    </item>
                  </entrySet>
                  <associationSet>
                    <item>
                      <networkAclAssociationId>aclassoc-0c1679dc41EXAMPLE</networkAclAssociationId>
                      <networkAclId>acl-0ea1f54ca7EXAMPLE</networkAclId>
                      <subnetId>subnet-0931fc2fa5EXAMPLE</subnetId>
                    </item>
                  </associationSet>
                  <tagSet/>
                </item>
              </networkAclSet>
            </DescribeNetworkAclsResponse>
            """);

    assertThat(client.networkAclOf("subnet-0931fc2fa5EXAMPLE"))
        .isEqualTo(
            new NetworkAcl(
                "acl-0ea1f54ca7EXAMPLE",
                "",
                "vpc-06e4ab6c6cEXAMPLE",
                true,
                List.of(
                    new Entry(
                        100, true, Direction.EGRESS, RuleTraffic.EVERYTHING, block("0.0.0.0/0")),
                    new Entry(
                        32_767,
                        false,
                        Direction.INGRESS,
                        RuleTraffic.EVERYTHING,
                        block("0.0.0.0/0")))));
  }

  /// Made by hand, of the elements of `NetworkAclEntry` that the example lacks.
  ///
  /// @see <a
  ///   href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkAclEntry.html">NetworkAclEntry</a>
  @Test
  void networkAcl_whatTheExampleLacks() {
    aws.ec2()
        .answerOnce(
            DESCRIBE_NETWORK_ACLS,
            200,
            """
            <DescribeNetworkAclsResponse><networkAclSet><item>
              <networkAclId>acl-1</networkAclId><vpcId>vpc-1</vpcId><default>false</default>
              <entrySet>
                <item>
                  <ruleNumber>110</ruleNumber><protocol>6</protocol><ruleAction>allow</ruleAction>
                  <egress>true</egress><cidrBlock>10.0.0.0/8</cidrBlock>
                  <portRange><from>49152</from><to>65535</to></portRange>
                </item>
                <item>
                  <ruleNumber>111</ruleNumber><protocol>1</protocol><ruleAction>deny</ruleAction>
                  <egress>false</egress><cidrBlock>10.0.0.0/8</cidrBlock>
                  <icmpTypeCode><code>4</code><type>3</type></icmpTypeCode>
                </item>
                <item>
                  <ruleNumber>112</ruleNumber><protocol>58</protocol><ruleAction>allow</ruleAction>
                  <egress>false</egress><ipv6CidrBlock>fe80::/10</ipv6CidrBlock>
                  <icmpTypeCode><code>-1</code><type>135</type></icmpTypeCode>
                </item>
                <item>
                  <ruleNumber>113</ruleNumber><protocol>47</protocol><ruleAction>allow</ruleAction>
                  <egress>false</egress><cidrBlock>10.0.0.0/8</cidrBlock>
                  <portRange><from>1</from><to>2</to></portRange>
                </item>
                <item>
                  <ruleNumber>114</ruleNumber><protocol>17</protocol><ruleAction>allow</ruleAction>
                  <egress>false</egress><cidrBlock>10.0.0.0/8</cidrBlock>
                </item>
              </entrySet>
              <tagSet><item><key>Name</key><value>private</value></item></tagSet>
            </item></networkAclSet></DescribeNetworkAclsResponse>
            """);

    AddressBlock ten = block("10.0.0.0/8");
    assertThat(client.networkAclOf("subnet-1"))
        .isEqualTo(
            new NetworkAcl(
                "acl-1",
                "private",
                "vpc-1",
                false,
                List.of(
                    new Entry(110, true, Direction.EGRESS, new RuleTraffic(6, 49_152, 65_535), ten),
                    new Entry(111, false, Direction.INGRESS, new RuleTraffic(1, 3, 4), ten),
                    new Entry(
                        112,
                        true,
                        Direction.INGRESS,
                        new RuleTraffic(58, 135, -1),
                        block("fe80::/10")),
                    new Entry(113, true, Direction.INGRESS, new RuleTraffic(47, -1, -1), ten),
                    new Entry(114, true, Direction.INGRESS, new RuleTraffic(17, -1, -1), ten))));
  }

  /// The second block is made by hand: one that goes is none.
  @Test
  void subnet() {
    aws.ec2()
        .answerOnce(
            DESCRIBE_SUBNETS,
            200,
            """
            <DescribeSubnetsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
              <requestId>1927e20c-0ed0-4a02-a6d7-d955fbd2d13c</requestId>
              <subnetSet>
                <item>
                  <subnetId>subnet-02bf4c428bf44ebce</subnetId>
                  <vpcId>vpc-07e8ffd50fEXAMPLE</vpcId>
                  <cidrBlock>10.0.0.0/24</cidrBlock>
                  <ipv6CidrBlockAssociationSet>
                    <item>
                      <ipv6CidrBlock>2600:1f16:115:200::/64</ipv6CidrBlock>
                      <associationId>subnet-cidr-assoc-002afb9f3cEXAMPLE</associationId>
                      <ipv6CidrBlockState><state>associated</state></ipv6CidrBlockState>
                    </item>
                    <item>
                      <ipv6CidrBlock>2600:1f16:115:201::/64</ipv6CidrBlock>
                      <ipv6CidrBlockState><state>disassociating</state></ipv6CidrBlockState>
                    </item>
                  </ipv6CidrBlockAssociationSet>
                </item>
              </subnetSet>
            </DescribeSubnetsResponse>
            """);

    assertThat(client.subnet("subnet-02bf4c428bf44ebce"))
        .isEqualTo(
            new Subnet(
                "subnet-02bf4c428bf44ebce",
                List.of(block("10.0.0.0/24"), block("2600:1f16:115:200::/64"))));
  }

  /// The other blocks of the second VPC are made by hand.
  @Test
  void vpcs() {
    aws.ec2()
        .answerOnce(
            DESCRIBE_VPCS,
            200,
            """
            <DescribeVpcsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
              <requestId>8b67ac77-886c-4027-8f0e-d351f7fc9971</requestId>
              <vpcSet>
                <item>
                  <vpcId>vpc-081ec835f3EXAMPLE</vpcId>
                  <ownerId>111122223333</ownerId>
                  <state>available</state>
                  <cidrBlock>10.0.1.0/24</cidrBlock>
                  <cidrBlockAssociationSet>
                    <item>
                      <cidrBlock>10.0.1.0/24</cidrBlock>
                      <associationId>vpc-cidr-assoc-043f572c17EXAMPLE</associationId>
                      <cidrBlockState><state>associated</state></cidrBlockState>
                    </item>
                  </cidrBlockAssociationSet>
                  <tagSet><item><key>Name</key><value>MyVPC</value></item></tagSet>
                </item>
                <item>
                  <vpcId>vpc-0ee975135dEXAMPLE</vpcId>
                  <cidrBlock>10.0.0.0/16</cidrBlock>
                  <cidrBlockAssociationSet>
                    <item>
                      <cidrBlock>10.0.0.0/16</cidrBlock>
                      <cidrBlockState><state>associated</state></cidrBlockState>
                    </item>
                    <item>
                      <cidrBlock>10.1.0.0/16</cidrBlock>
                      <cidrBlockState><state>disassociated</state></cidrBlockState>
                    </item>
                  </cidrBlockAssociationSet>
                  <ipv6CidrBlockAssociationSet>
                    <item>
                      <ipv6CidrBlock>2001:db8::/56</ipv6CidrBlock>
                      <ipv6CidrBlockState><state>associated</state></ipv6CidrBlockState>
                    </item>
                    <item>
                      <ipv6CidrBlock>2001:db8:1::/56</ipv6CidrBlock>
                      <ipv6CidrBlockState><state>associating</state></ipv6CidrBlockState>
                    </item>
                  </ipv6CidrBlockAssociationSet>
                </item>
              </vpcSet>
            </DescribeVpcsResponse>
            """);

    assertThat(client.vpcs())
        .containsExactly(
            new Vpc("vpc-081ec835f3EXAMPLE", List.of(block("10.0.1.0/24"))),
            new Vpc(
                "vpc-0ee975135dEXAMPLE", List.of(block("10.0.0.0/16"), block("2001:db8::/56"))));
  }

  @Test
  void prefixList() {
    aws.ec2()
        .answerOnce(
            DESCRIBE_MANAGED_PREFIX_LISTS,
            200,
            """
            <DescribeManagedPrefixListsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
              <requestId>ace27020-4268-4c9c-a8d3-example</requestId>
              <prefixListSet>
                <item>
                  <addressFamily>IPv4</addressFamily>
                  <maxEntries>10</maxEntries>
                  <ownerId>123456789012</ownerId>
                  <prefixListId>pl-0123123123123aabb</prefixListId>
                  <prefixListName>tgw-attachments</prefixListName>
                  <state>create-complete</state>
                  <version>1</version>
                </item>
              </prefixListSet>
            </DescribeManagedPrefixListsResponse>
            """)
        .answerOnce(
            GET_MANAGED_PREFIX_LIST_ENTRIES,
            200,
            """
            <GetManagedPrefixListEntriesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
              <requestId>39a3c79f-846f-4382-a592-example</requestId>
              <entrySet>
                <item>
                  <cidr>10.0.0.0/16</cidr>
                  <description>vpc-a</description>
                </item>
                <item>
                  <cidr>10.2.0.0/16</cidr>
                  <description>NY office</description>
                </item>
              </entrySet>
            </GetManagedPrefixListEntriesResponse>
            """);

    assertThat(client.prefixList("pl-0123123123123aabb"))
        .isEqualTo(
            new PrefixList(
                "pl-0123123123123aabb",
                "tgw-attachments",
                1,
                List.of(block("10.0.0.0/16"), block("10.2.0.0/16"))));
  }

  /// The start of AWS's example has `xmlns="…"/">` and is no XML; here it is. The key is `Name`
  /// here, and was `stack` there: the request asks for no other.
  @Test
  void names() {
    aws.ec2()
        .answerOnce(
            DESCRIBE_TAGS,
            200,
            """
            <DescribeTagsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
               <requestId>7a62c49f-347e-4fc4-9331-6e8eEXAMPLE</requestId>
               <tagSet>
                  <item>
                     <resourceId>ami-1a2b3c4d</resourceId>
                     <resourceType>image</resourceType>
                     <key>Name</key>
                     <value/>
                  </item>
                  <item>
                     <resourceId>i-1234567890abcdef0</resourceId>
                     <resourceType>instance</resourceType>
                     <key>Name</key>
                     <value>Production</value>
                  </item>
                  <item>
                     <resourceId>i-0598c7d356eba48d7</resourceId>
                     <resourceType>instance</resourceType>
                     <key>Name</key>
                     <value>Test</value>
                  </item>
               </tagSet>
            </DescribeTagsResponse>
            """);

    assertThat(client.names(List.of("ami-1a2b3c4d", "i-1234567890abcdef0", "i-0598c7d356eba48d7")))
        .isEqualTo(Map.of("i-1234567890abcdef0", "Production", "i-0598c7d356eba48d7", "Test"));
  }

  private static Peer peer(String cidr) {
    return new Peer.Block(block(cidr));
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
