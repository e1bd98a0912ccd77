package dev.flowbell.testing.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flowbell.ec2.Direction;
import dev.flowbell.ec2.Ec2Client;
import dev.flowbell.ec2.Ec2Exception;
import dev.flowbell.ec2.Ec2Operation;
import dev.flowbell.ec2.NetworkAcl;
import dev.flowbell.ec2.NetworkAcl.Entry;
import dev.flowbell.ec2.NetworkInterface;
import dev.flowbell.ec2.RuleTraffic;
import dev.flowbell.ec2.SecurityGroup;
import dev.flowbell.ec2.SecurityGroup.Peer;
import dev.flowbell.ec2.SecurityGroup.Rule;
import dev.flowbell.record.AddressBlock;
import dev.flowbell.record.IpAddress;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Tests the short forms that fill the VPC. `Ec2RulesTest` tests its answers.
class LoopbackEc2Test {
  private static final AddressBlock ALL = AddressBlock.parse("0.0.0.0/0");
  private static final AddressBlock ALL_IPV6 = AddressBlock.parse("::/0");

  @Test
  void shortForms() throws IOException {
    try (LoopbackAws aws = LoopbackAws.start();
        Ec2Client client = Ec2Client.create()) {
      aws.ec2()
          .addVpc("vpc-9", "10.0.0.0/16")
          .addSubnet("subnet-1", "vpc-9", "10.0.1.0/24")
          .addAcl("acl-1", "subnet-1", "100 allow in tcp 443 0.0.0.0/0", "90 deny out all ::/0")
          .addGroup("sg-web", "in tcp 443-444 sg-2", "in icmp 8 pl-1", "out 50 0.0.0.0/0")
          .addInterface("eni-1", "subnet-1", "10.0.1.5", "sg-web")
          .name("eni-1", "web")
          .pageSize(1)
          .fail(Ec2Operation.DESCRIBE_TAGS, 403, "UnauthorizedOperation");

      assertThat(client.networkInterface("eni-1"))
          .isEqualTo(
              new NetworkInterface(
                  "eni-1",
                  "vpc-9",
                  "subnet-1",
                  "123456789012",
                  "interface",
                  "",
                  "web",
                  "i-1",
                  List.of(new IpAddress(0, 0xffff_0a00_0105L)),
                  List.of(),
                  List.of(),
                  List.of(new NetworkInterface.Group("sg-web", "web"))));
      assertThat(client.securityGroups(List.of("sg-web")))
          .containsExactly(
              new SecurityGroup(
                  "sg-web",
                  "web",
                  "vpc-9",
                  "123456789012",
                  List.of(
                      new Rule(
                          new RuleTraffic(6, 443, 444),
                          new Peer.Group("sg-2", "123456789012", null, null, null),
                          ""),
                      new Rule(new RuleTraffic(1, 8, -1), new Peer.PrefixListId("pl-1"), "")),
                  List.of(new Rule(new RuleTraffic(50, -1, -1), new Peer.Block(ALL), ""))));
      assertThat(client.networkAclOf("subnet-1"))
          .isEqualTo(
              new NetworkAcl(
                  "acl-1",
                  "",
                  "vpc-9",
                  false,
                  List.of(
                      new Entry(100, true, Direction.INGRESS, new RuleTraffic(6, 443, 443), ALL),
                      new Entry(90, false, Direction.EGRESS, RuleTraffic.EVERYTHING, ALL_IPV6),
                      new Entry(32_767, false, Direction.INGRESS, RuleTraffic.EVERYTHING, ALL),
                      new Entry(32_768, false, Direction.INGRESS, RuleTraffic.EVERYTHING, ALL_IPV6),
                      new Entry(32_767, false, Direction.EGRESS, RuleTraffic.EVERYTHING, ALL),
                      new Entry(
                          32_768, false, Direction.EGRESS, RuleTraffic.EVERYTHING, ALL_IPV6))));
      assertThatThrownBy(() -> client.names(List.of("eni-1"))).isInstanceOf(Ec2Exception.class);
      assertThat(aws.ec2().count(Ec2Operation.DESCRIBE_NETWORK_INTERFACES)).isEqualTo(1);
      assertThat(aws.ec2().count()).isEqualTo(4);
    }
  }
}
