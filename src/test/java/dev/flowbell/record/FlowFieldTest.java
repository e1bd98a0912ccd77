package dev.flowbell.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.testing.twin.NaiveTwin;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FlowFieldTest {
  /// The naive twin's list was copied from AWS's page independently.
  @Test
  void values_allThatAwsHas() {
    assertThat(Arrays.stream(FlowField.values()).map(FlowField::awsName).toList())
        .isEqualTo(NaiveTwin.FIELDS);
  }

  /// @see <a href="https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html">Flow log
  ///   records</a>, read 2026-11
  @ParameterizedTest
  @CsvSource({
    "2, version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes"
        + " start end action log-status",
    "3, vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr",
    "4, region az-id sublocation-type sublocation-id",
    "5, pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path",
    "6, resource-type tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id"
        + " tgw-src-vpc-id tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni"
        + " tgw-dst-eni tgw-src-az-id tgw-dst-az-id tgw-pair-attachment-id packets-lost-no-route"
        + " packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired",
    "7, ecs-cluster-arn ecs-cluster-name ecs-container-instance-arn ecs-container-instance-id"
        + " ecs-container-id ecs-second-container-id ecs-service-name ecs-task-definition-arn"
        + " ecs-task-arn ecs-task-id",
    "8, reject-reason",
    "9, resource-id",
    "10, encryption-status",
    "11, instance-tag instance-tag-2 interface-tag interface-tag-2 asg-tag asg-tag-2"
        + " interface-type next-hop-interface-id next-hop-subnet-id next-hop-az-id next-hop-vpc-id"
        + " next-hop-interface-type"
  })
  void version_asAwsIntroducedThem(int version, String names) {
    assertThat(
            Arrays.stream(FlowField.values())
                .filter(field -> field.version() == version)
                .map(FlowField::awsName)
                .collect(joining(" ")))
        .isEqualTo(names);
  }

  @ParameterizedTest
  @CsvSource({
    "DECIMAL, version packets bytes start end traffic-path packets-lost-no-route"
        + " packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired"
        + " encryption-status",
    "PORT, srcport dstport",
    "PROTOCOL, protocol",
    "TCP_FLAGS, tcp-flags",
    "ADDRESS, srcaddr dstaddr pkt-srcaddr pkt-dstaddr",
    "ACTION, action",
    "LOG_STATUS, log-status"
  })
  void kind_ofOtherFieldsThanText(FieldKind kind, String names) {
    assertThat(
            Arrays.stream(FlowField.values())
                .filter(field -> field.kind() == kind)
                .map(FlowField::awsName)
                .collect(joining(" ")))
        .isEqualTo(names);
  }

  /// Two readings of a line are compared by these fields: all that metrics, dimensions and
  /// notifications use.
  @Test
  void isRead_fieldsThatFlowbellUses() {
    Set<String> read = new TreeSet<>();
    for (FlowField field : FlowField.values()) {
      if (field.isRead()) {
        read.add(field.awsName());
      }
    }
    assertThat(read)
        .isEqualTo(
            new TreeSet<>(
                NaiveTwin.format(
                    "account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes"
                        + " start end action log-status vpc-id subnet-id instance-id tcp-flags type"
                        + " pkt-srcaddr pkt-dstaddr region az-id pkt-src-aws-service flow-direction"
                        + " reject-reason packets-lost-no-route packets-lost-blackhole"
                        + " packets-lost-mtu-exceeded packets-lost-ttl-expired instance-tag"
                        + " interface-tag asg-tag interface-type")));
  }

  @ParameterizedTest
  @EnumSource
  void findByAwsName_ownName(FlowField field) {
    assertThat(FlowField.findByAwsName(field.awsName())).isEqualTo(field);
  }

  @ParameterizedTest
  @CsvSource({"srcAddr", "SRCADDR", "src-addr", "pkt_srcaddr", "''", "' srcaddr'"})
  void findByAwsName_anyOtherSpelling(String name) {
    assertThat(FlowField.findByAwsName(name)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "pkt-srcaddr, PKT_SRCADDR",
    "pktSrcAddr, PKT_SRCADDR",
    "pkt_src_addr, PKT_SRCADDR",
    "pkt_srcaddr, PKT_SRCADDR",
    "PKT-SRCADDR, PKT_SRCADDR",
    "accountId, ACCOUNT_ID",
    "dstPort, DSTPORT",
    "logStatus, LOG_STATUS",
    "log_status, LOG_STATUS",
    "instance-tag-2, INSTANCE_TAG_2",
    "instanceTag2, INSTANCE_TAG_2",
    "_bytes-, BYTES"
  })
  void findByKey_everySpelling(String key, FlowField field) {
    assertThat(FlowField.findByKey(key)).isEqualTo(field);
  }

  @ParameterizedTest
  @CsvSource({"src", "srcaddr2", "pkt.srcaddr", "pkt srcaddr", "@timestamp", "''", "-"})
  void findByKey_unknown(String key) {
    assertThat(FlowField.findByKey(key)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "INTERFACE_ID, eni-0a1b2c3d, true",
    "INTERFACE_ID, eni-, true",
    "INTERFACE_ID, eni, false",
    "INTERFACE_ID, xeni-0a1b2c3d, false",
    "VPC_ID, vpc-abcd1234, true",
    "VPC_ID, subnet-1234abcd, false",
    "SUBNET_ID, subnet-1234abcd, true",
    "SUBNET_ID, vpc-abcd1234, false",
    "INSTANCE_ID, i-0987654321, true",
    "INSTANCE_ID, eni-0a1b2c3d, false",
    "TYPE, IPv4, true",
    "TYPE, IPv6, true",
    "TYPE, EFA, true",
    "TYPE, IPv4|IPv6, false",
    "TYPE, ipv4, false",
    "FLOW_DIRECTION, ingress, true",
    "FLOW_DIRECTION, egress, true",
    "FLOW_DIRECTION, gress, false",
    "REGION, anything, true"
  })
  void isTypical_asAwsWritesThem(FlowField field, String value, boolean expected) {
    byte[] buffer = ("-" + value + "-").getBytes(UTF_8);
    assertThat(field.isTypical(buffer, 1, buffer.length - 1)).isEqualTo(expected);
  }
}
