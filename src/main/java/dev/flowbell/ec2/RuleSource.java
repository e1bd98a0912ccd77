package dev.flowbell.ec2;

import dev.flowbell.record.IpAddress;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A source of what decides whether traffic passes: EC2, or a test's substitute. Each method asks
/// about this account and Region alone, reads all pages, and throws [Ec2Exception] where EC2 can't
/// be reached, refuses, or answers with what can't be read.
public interface RuleSource {
  /// Returns a network interface, `null` where there is none with this id.
  @Nullable NetworkInterface networkInterface(String id);

  /// Returns the network interfaces that have an address, in any VPC. Addresses of delegated
  /// prefixes are not found.
  List<NetworkInterface> networkInterfacesAt(IpAddress address);

  /// Returns security groups. Those that there are not are left out.
  List<SecurityGroup> securityGroups(Collection<String> ids);

  /// Returns the network ACL of a subnet, `null` where EC2 names none.
  @Nullable NetworkAcl networkAclOf(String subnetId);

  /// Returns a subnet, `null` where there is none with this id.
  @Nullable Subnet subnet(String id);

  /// Returns a prefix list with its entries, `null` where there is none with this id.
  @Nullable PrefixList prefixList(String id);

  /// Returns all VPCs.
  List<Vpc> vpcs();

  /// Returns the tags `Name` of resources such as instances, by id. Those without one are left out.
  Map<String, String> names(Collection<String> ids);
}
