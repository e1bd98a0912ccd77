package dev.flowbell.ec2;

/// Protocols as EC2's rules name them.
///
/// @see <a
///   href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html">IpPermission</a>
///   (`ipProtocol`)
public final class Protocol {
  /// TCP's number.
  public static final int TCP = 6;

  /// ICMP's number.
  public static final int ICMP = 1;

  /// UDP's number.
  public static final int UDP = 17;

  /// ICMP's number for IPv6.
  public static final int ICMP_V6 = 58;

  private Protocol() {}

  /// Returns `tcp`, `udp`, `icmp`, `icmpv6`, else `protocol 47`.
  public static String nameOf(int number) {
    return switch (number) {
      case ICMP -> "icmp";
      case TCP -> "tcp";
      case UDP -> "udp";
      case ICMP_V6 -> "icmpv6";
      default -> "protocol " + number;
    };
  }

  /// Returns whether rules have ports for a protocol. EC2 opens all ports of other protocols.
  public static boolean hasPorts(int number) {
    return number == TCP || number == UDP;
  }

  /// Returns whether rules have a type and a code for a protocol.
  public static boolean isIcmp(int number) {
    return number == ICMP || number == ICMP_V6;
  }
}
