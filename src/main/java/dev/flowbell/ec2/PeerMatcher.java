package dev.flowbell.ec2;

import dev.flowbell.ec2.SecurityGroup.Peer;
import dev.flowbell.record.AddressBlock;
import dev.flowbell.record.AddressBlocks;
import dev.flowbell.record.IpAddress;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Tells whether an address belongs to the peer of a security group's rule.
///
/// @param at the interface whose groups are asked
/// @param prefixLists by id; a list that is missing could not be looked up
/// @param remotes the interfaces that have the address, in any VPC of the account and Region
/// @param whyNoRemotes why they could not be looked up; `null` if they were
/// @see <a
///   href="https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html#security-group-referencing">Security
///   group referencing</a>
record PeerMatcher(
    NetworkInterface at,
    Map<String, PrefixList> prefixLists,
    List<NetworkInterface> remotes,
    @Nullable String whyNoRemotes) {

  /// The addresses that a group's members can have besides IPv6 ones: rules match private addresses
  /// alone.
  private static final AddressBlocks PRIVATE =
      AddressBlocks.parse("10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,198.18.0.0/15");

  Match match(Peer peer, IpAddress address) {
    return switch (peer) {
      case Peer.Block(AddressBlock block) -> Match.of(block, address);
      case Peer.PrefixListId(String id) -> matchList(id, address);
      case Peer.Group group -> matchGroup(group, address);
    };
  }

  private Match matchList(String id, IpAddress address) {
    PrefixList list = prefixLists.get(id);
    if (list == null) {
      return Match.maybe(id + ", which could not be looked up");
    }
    // Its owner chose the name.
    String words = list.name().matches("[A-Za-z0-9._-]+") ? id + " (" + list.name() + ")" : id;
    return list.contains(address)
        ? Match.yes(words)
        : Match.no("%s, which doesn't have %s".formatted(words, address));
  }

  private Match matchGroup(Peer.Group group, IpAddress address) {
    String id = group.groupId();
    if (group.peeringStatus() != null && !group.peeringStatus().equals("active")) {
      return Match.no("%s, whose peering is %s".formatted(id, group.peeringStatus()));
    }
    if (whyNoRemotes != null) {
      return Match.maybe(
          "%s; whose address %s is could not be looked up: %s"
              .formatted(id, address, whyNoRemotes));
    }
    String vpcId = group.vpcId() == null ? at.vpcId() : group.vpcId();
    List<NetworkInterface> there =
        remotes.stream().filter(each -> each.vpcId().equals(vpcId)).toList();
    for (NetworkInterface each : there) {
      if (each.isIn(id)) {
        return Match.yes("%s, in which %s is".formatted(id, each.id()));
      }
    }
    if (!there.isEmpty()) {
      return Match.no("%s, in which %s (%s) is not".formatted(id, there.getFirst().id(), address));
    }
    NetworkInterface near =
        remotes.stream().filter(each -> each.vpcId().equals(at.vpcId())).findFirst().orElse(null);
    if (near != null) {
      // The VPC's own addresses are no peer's: blocks of peered VPCs don't overlap.
      return Match.no(
          "%s of %s; %s is %s of %s".formatted(id, vpcId, address, near.id(), near.vpcId()));
    }
    if (address.isIpv4() && !PRIVATE.contains(address) && remotes.isEmpty()) {
      return Match.no("%s: a group stands for private addresses, not %s".formatted(id, address));
    }
    return group.ownerId().isEmpty() || group.ownerId().equals(at.ownerId())
        ? Match.maybe(
            "%s; no interface of %s has %s of its own, unless in a delegated prefix"
                .formatted(id, vpcId, address))
        : Match.maybe("%s is of account %s, which can't be seen".formatted(id, group.ownerId()));
  }
}
