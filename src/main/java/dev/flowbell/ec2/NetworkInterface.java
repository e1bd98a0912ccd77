package dev.flowbell.ec2;

import dev.flowbell.record.AddressBlock;
import dev.flowbell.record.IpAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A network interface as EC2 describes it.
///
/// @param id `eni-…`
/// @param vpcId, subnetId where it is
/// @param ownerId the account of its owner
/// @param type such as `interface`, `nat_gateway` or `vpc_endpoint`; new ones are added
/// @param description what made it, such as `ELB app/web/50dc6c495c0c9188`; may be empty
/// @param name its tag `Name`; empty without one
/// @param instanceId the instance that it is attached to; `null` if there is none
/// @param addresses its private IPv4 addresses and its IPv6 addresses
/// @param prefixes blocks that are delegated to it, for example for pods
/// @param publicAddresses public IPv4 addresses that belong to its private ones; no record and no
///   rule sees them
/// @param groups its security groups; a NAT gateway has none
/// @see <a
///   href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html">NetworkInterface</a>
public record NetworkInterface(
    String id,
    String vpcId,
    String subnetId,
    String ownerId,
    String type,
    String description,
    String name,
    @Nullable String instanceId,
    List<IpAddress> addresses,
    List<AddressBlock> prefixes,
    List<IpAddress> publicAddresses,
    List<Group> groups) {

  /// Creates an interface with copies of the lists.
  public NetworkInterface {
    addresses = List.copyOf(addresses);
    prefixes = List.copyOf(prefixes);
    publicAddresses = List.copyOf(publicAddresses);
    groups = List.copyOf(groups);
  }

  /// A security group of the interface.
  ///
  /// @param id `sg-…`
  public record Group(String id, String name) {}

  /// Returns whether an address is the interface's own, delegated ones included.
  public boolean has(IpAddress address) {
    return addresses.contains(address)
        || prefixes.stream().anyMatch(each -> each.contains(address));
  }

  /// Returns whether the interface is in a security group.
  boolean isIn(String groupId) {
    return groups.stream().anyMatch(group -> group.id().equals(groupId));
  }
}
