package dev.flowbell.ec2;

import dev.flowbell.record.AddressBlock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A security group as EC2 describes it. Its rules only allow, and what none of them allows is
/// rejected.
///
/// @param id `sg-…`
/// @param ownerId the account of its owner
/// @param inbound, outbound the rules, one for each peer: EC2 joins those of the same traffic
/// @see <a
///   href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroup.html">SecurityGroup</a>
public record SecurityGroup(
    String id, String name, String vpcId, String ownerId, List<Rule> inbound, List<Rule> outbound) {

  /// Creates a group with copies of the lists.
  public SecurityGroup {
    inbound = List.copyOf(inbound);
    outbound = List.copyOf(outbound);
  }

  /// Returns the rules of a direction.
  List<Rule> rules(Direction direction) {
    return direction == Direction.INGRESS ? inbound : outbound;
  }

  /// A rule, which allows traffic.
  ///
  /// @param peer the other side: the source of inbound traffic, the destination of outbound traffic
  /// @param description what its author wrote; may be empty
  public record Rule(RuleTraffic traffic, Peer peer, String description) {}

  /// The other side of a rule.
  public sealed interface Peer {
    /// Addresses.
    record Block(AddressBlock block) implements Peer {}

    /// The interfaces of a security group. It matches their private addresses alone.
    ///
    /// @param groupId `sg-…`
    /// @param ownerId the account of its owner
    /// @param vpcId its VPC, where that is another one; else `null`
    /// @param peeringId the peering connection to its VPC, where there is one; else `null`
    /// @param peeringStatus `active`, `deleted` and so on; `null` without peering
    record Group(
        String groupId,
        String ownerId,
        @Nullable String vpcId,
        @Nullable String peeringId,
        @Nullable String peeringStatus)
        implements Peer {}

    /// The addresses of a prefix list, `pl-…`.
    record PrefixListId(String id) implements Peer {}
  }
}
