package dev.flowbell.ec2;

import dev.flowbell.ec2.Blocker.Party;
import dev.flowbell.record.AddressBlocks;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What EC2 told of the rules at an interface, for one flow.
///
/// @param acl `null` where it is not known
/// @param whyNoAcl why EC2 did not tell; `null` if it did
/// @param subnet `null` where it is not known
/// @param whyNoSubnet why EC2 did not tell; `null` if it did
/// @param whyNoGroups why EC2 did not tell the groups; `null` if it did
/// @param names the tags `Name` of instances, by id
/// @param failures why EC2 told nothing of a part
record Look(
    NetworkInterface own,
    Flow flow,
    @Nullable NetworkAcl acl,
    @Nullable String whyNoAcl,
    @Nullable Subnet subnet,
    @Nullable String whyNoSubnet,
    List<SecurityGroup> groups,
    @Nullable String whyNoGroups,
    PeerMatcher peers,
    Map<String, String> names,
    List<Ec2Exception> failures) {

  private static final AddressBlocks AWS_SERVICES =
      AddressBlocks.parse("169.254.0.0/16,fd00:ec2::/32");

  private static final String AWS_OWN = "no rule filters AWS's own services at such addresses";

  /// Decides about a flow that is a request.
  Decision decide() {
    return new Decision(own, flow, askAcl(), askGroups());
  }

  /// Decides about a flow that answers what the groups let pass.
  Decision decideOnAnswer() {
    return new Decision(
        own,
        flow,
        askAcl(),
        GroupDecision.notAsked(
            groups, "the answer to what groups let pass passes too, because they keep state"));
  }

  private AclDecision askAcl() {
    if (isAwsOwn()) {
      return new AclDecision(Verdict.NOT_ASKED, acl, null, List.of(), AWS_OWN);
    }
    if (acl != null) {
      AclDecision decision = AclDecision.of(acl, subnet, flow);
      // What the ACL allows passes in any case. What it denies passes within the subnet.
      return subnet == null && decision.verdict() == Verdict.DENIES && !isRemoteInOtherSubnet()
          ? decision.butUnknown(
              "whether %s is in %s can't be known: %s"
                  .formatted(
                      flow.remote(),
                      own.subnetId(),
                      whyNoSubnet != null ? whyNoSubnet : "EC2 described no such subnet"))
          : decision;
    }
    return AclDecision.notKnown(
        whyNoAcl != null
            ? whyNoAcl
            : "EC2 named no network ACL of %s; it may be another account's"
                .formatted(own.subnetId()));
  }

  private boolean isRemoteInOtherSubnet() {
    NetworkInterface remote = remoteInterface();
    return remote != null
        && remote.vpcId().equals(own.vpcId())
        && !remote.subnetId().equals(own.subnetId());
  }

  /// @see <a href="https://docs.aws.amazon.com/vpc/latest/userguide/vpc-network-acls.html">Network
  ///   ACLs</a>: they and security groups don't filter Amazon's DNS, DHCP, instance metadata, task
  ///   metadata and time
  private boolean isAwsOwn() {
    return AWS_SERVICES.contains(flow.remote());
  }

  private GroupDecision askGroups() {
    if (isAwsOwn()) {
      return GroupDecision.notAsked(groups, AWS_OWN);
    }
    if (own.groups().isEmpty()) {
      return GroupDecision.notAsked(List.of(), own.id() + " has no security group");
    }
    if (whyNoGroups != null) {
      return GroupDecision.notKnown(whyNoGroups);
    }
    if (groups.size() < own.groups().size()) {
      return GroupDecision.notKnown(
          "EC2 described %d of the %d security groups of %s"
              .formatted(groups.size(), own.groups().size(), own.id()));
    }
    return GroupDecision.of(groups, flow, peers);
  }

  Party ownParty() {
    return partyOf(own);
  }

  /// Returns the other side, `null` where it is no interface of this account and Region, or where
  /// it is not known which one.
  @Nullable Party remoteParty() {
    NetworkInterface remote = remoteInterface();
    return remote == null ? null : partyOf(remote);
  }

  /// In another VPC the same address may be another host's: only one of the own VPC is it.
  @Nullable NetworkInterface remoteInterface() {
    List<NetworkInterface> near =
        peers.remotes().stream().filter(each -> each.vpcId().equals(own.vpcId())).toList();
    return near.size() == 1 ? near.getFirst() : null;
  }

  private Party partyOf(NetworkInterface each) {
    String instanceId = each.instanceId();
    return new Party(each, instanceId == null ? "" : names.getOrDefault(instanceId, ""));
  }
}
