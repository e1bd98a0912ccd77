package dev.flowbell.notify;

import dev.flowbell.classify.Suspect.Place;
import dev.flowbell.ec2.Blocker;
import dev.flowbell.ec2.Decision;
import dev.flowbell.ec2.Flow;
import dev.flowbell.ec2.GroupDecision;
import dev.flowbell.ec2.NetworkAcl;
import dev.flowbell.ec2.Protocol;
import dev.flowbell.ec2.Verdict;
import dev.flowbell.record.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Commands of the AWS CLI that a reader can copy. They name the Region, where it is known: in
/// another Region, the CLI prints an empty list and no error.
///
/// An id of a record is in a command only if it has the form of an id.
final class Ec2Commands {
  private final String regionOption;

  Ec2Commands(@Nullable String region) {
    regionOption = region == null || !InsightsLink.isRegion(region) ? "" : " --region " + region;
  }

  /// Returns a command that finds the network interfaces of addresses of one family; others than
  /// that of the first address are left out.
  String interfacesOf(List<IpAddress> addresses) {
    boolean isIpv4 = addresses.getFirst().isIpv4();
    return describe("network-interfaces")
        + " --filters Name="
        + (isIpv4 ? "addresses.private-ip-address" : "ipv6-addresses.ipv6-address")
        + ",Values="
        + addresses.stream()
            .filter(address -> address.isIpv4() == isIpv4)
            .limit(Words.MOST_NAMES)
            .map(IpAddress::toString)
            .collect(Collectors.joining(","));
  }

  /// Returns a command that shows an interface's address and groups, `null` without its id.
  @Nullable String interfaceAt(Place place) {
    return SafeText.isId(place.interfaceId(), "eni-")
        ? describe("network-interfaces") + " --network-interface-ids " + place.interfaceId()
        : null;
  }

  /// Returns a command that shows the network ACL of a subnet, `null` without its id.
  @Nullable String aclAt(Place place) {
    return SafeText.isId(place.subnetId(), "subnet-")
        ? describe("network-acls")
            + " --filters Name=association.subnet-id,Values="
            + place.subnetId()
        : null;
  }

  /// Returns a command that lists the formats of all flow logs.
  String flowLogFormats() {
    return describe("flow-logs") + " --query 'FlowLogs[].[LogGroupName,LogFormat]'";
  }

  /// Returns the commands that would let a flow pass: one for the network ACL, one for a group, as
  /// far as these block it. A group's rule holds for all its interfaces, an ACL's for all its
  /// subnets: they are for people to judge.
  List<String> allow(Blocker blocker) {
    Decision decision = blocker.decision();
    return decision == null
        ? List.of()
        : switch (blocker.kind()) {
          case NETWORK_ACL -> allow(decision, blocker.isAnswer(), true, false);
          case SECURITY_GROUP ->
              allow(decision, blocker.isAnswer(), false, isGroupCertain(decision));
          case BOTH -> allow(decision, blocker.isAnswer(), true, true);
          case BLOCK_PUBLIC_ACCESS,
              ENCRYPTION_CONTROLS,
              LATE_PACKETS,
              UNTRACKED_ANSWER,
              ALLOWED_NOW,
              UNKNOWN ->
              List.of();
        };
  }

  /// Returns the commands that would let a flow pass what drops it for certain.
  List<String> allow(Decision decision) {
    return allow(
        decision,
        false,
        decision.acl().verdict() == Verdict.DENIES,
        decision.groups().verdict() == Verdict.DENIES);
  }

  private List<String> allow(Decision decision, boolean isAnswer, boolean isAcl, boolean isGroup) {
    Flow flow = decision.flow();
    if (flow.protocol() < 0 || (Protocol.hasPorts(flow.protocol()) && flow.ports() == null)) {
      return List.of(); // EC2 would refuse them
    }
    List<String> commands = new ArrayList<>();
    String inAcl = isAcl ? allowInAcl(decision, isAnswer) : null;
    if (inAcl != null) {
      commands.add(inAcl);
    }
    if (isGroup) {
      commands.add(allowInGroup(decision));
    }
    return commands;
  }

  /// Where a rule of a group may fit, a command would be guessed.
  private static boolean isGroupCertain(Decision decision) {
    return decision.groups().verdict() == Verdict.DENIES;
  }

  /// An answer goes to a port that the client chose: all of these are opened.
  private static Flow.@Nullable Ports portsOf(Flow flow, boolean isAnswer) {
    Flow.Ports ports = flow.ports();
    return isAnswer && ports != null && ports.first() >= Flow.EPHEMERAL.first()
        ? Flow.EPHEMERAL
        : ports;
  }

  private @Nullable String allowInAcl(Decision decision, boolean isAnswer) {
    NetworkAcl acl = decision.acl().acl();
    NetworkAcl.Entry entry = decision.acl().entry();
    Flow flow = decision.flow();
    int number = acl == null || entry == null ? 0 : acl.freeNumberBefore(entry);
    if (acl == null || number == 0) {
      return null;
    }
    Flow.Ports ports = portsOf(flow, isAnswer);
    boolean isPing = Protocol.isIcmp(flow.protocol());
    return "aws ec2 create-network-acl-entry%s --network-acl-id %s --%s --rule-number %d --protocol %d%s --%s %s --rule-action allow"
        .formatted(
            regionOption,
            acl.id(),
            flow.direction().key(),
            number,
            flow.protocol(),
            isPing
                ? " --icmp-type-code Code=-1,Type=-1"
                : ports == null
                    ? ""
                    : " --port-range From=%d,To=%d".formatted(ports.first(), ports.last()),
            flow.remote().isIpv4() ? "cidr-block" : "ipv6-cidr-block",
            AlertContent.block(flow.remote()));
  }

  private String allowInGroup(Decision decision) {
    Flow flow = decision.flow();
    GroupDecision.Step closest = decision.groups().nearestMiss(flow);
    String groupId = closest == null ? decision.groupIds().getFirst() : closest.group().id();
    String command =
        "aws ec2 authorize-security-group-%s%s --group-id %s"
            .formatted(flow.direction().key(), regionOption, groupId);
    String protocol = Protocol.nameOf(flow.protocol());
    protocol = protocol.substring(protocol.lastIndexOf(' ') + 1); // "protocol 47"
    Flow.Ports ports = flow.ports();
    if (flow.remote().isIpv4()) {
      return "%s --protocol %s%s --cidr %s/32"
          .formatted(
              command,
              protocol,
              ports != null
                  ? " --port " + ports.words()
                  : protocol.equals("icmp") ? " --port -1" : "",
              flow.remote());
    }
    String range =
        ports != null
            ? "FromPort=%d,ToPort=%d,".formatted(ports.first(), ports.last())
            : protocol.equals("icmpv6") ? "FromPort=-1,ToPort=-1," : "";
    return "%s --ip-permissions 'IpProtocol=%s,%sIpv6Ranges=[{CidrIpv6=%s/128}]'"
        .formatted(command, protocol, range, flow.remote());
  }

  private String describe(String what) {
    return "aws ec2 describe-" + what + regionOption;
  }
}
