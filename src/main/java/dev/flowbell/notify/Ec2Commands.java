package dev.flowbell.notify;

import dev.flowbell.classify.Suspect.Place;
import dev.flowbell.record.IpAddress;
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

  private String describe(String what) {
    return "aws ec2 describe-" + what + regionOption;
  }
}
