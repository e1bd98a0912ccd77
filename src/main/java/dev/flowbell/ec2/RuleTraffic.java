package dev.flowbell.ec2;

/// The traffic that a rule is about, without its addresses.
///
/// Security groups and network ACLs describe it alike: a protocol, and a range of ports. For ICMP,
/// the range is a type and a code.
///
/// @param protocol the IANA number, [#ALL] for every protocol
/// @param from the first port, or the ICMP type; [#ALL] for all
/// @param to the last port, or the ICMP code; [#ALL] for all
/// @see <a
///   href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html">IpPermission</a>
/// @see <a
///   href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkAclEntry.html">NetworkAclEntry</a>
public record RuleTraffic(int protocol, int from, int to) {
  /// Every protocol, port, type or code.
  public static final int ALL = -1;

  /// Every traffic.
  public static final RuleTraffic EVERYTHING = new RuleTraffic(ALL, ALL, ALL);
}
