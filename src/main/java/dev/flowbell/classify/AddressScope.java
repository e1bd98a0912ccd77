package dev.flowbell.classify;

import dev.flowbell.record.AddressBlock;
import dev.flowbell.record.IpAddress;
import java.util.Arrays;
import java.util.List;

/// How far an address reaches. It shows whether a source is inside your own networks.
///
/// @see <a
///   href="https://www.iana.org/assignments/iana-ipv4-special-registry/iana-ipv4-special-registry.xhtml">IANA
///   IPv4 special-purpose addresses</a>
/// @see <a
///   href="https://www.iana.org/assignments/iana-ipv6-special-registry/iana-ipv6-special-registry.xhtml">IANA
///   IPv6 special-purpose addresses</a>
public enum AddressScope {
  /// Addresses of private networks, such as a VPC's: RFC 1918, and RFC 4193 for IPv6.
  PRIVATE("private", "private", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7"),
  /// Addresses behind a carrier's NAT, RFC 6598. VPCs can have them, and EKS can give them to pods.
  SHARED("shared", "shared, carrier NAT or pods", "100.64.0.0/10"),
  /// The host itself.
  LOOPBACK("loopback", "loopback", "127.0.0.0/8", "::1/128"),
  /// The same link only, such as AWS's time, name and metadata services.
  LINK_LOCAL("link-local", "link-local", "169.254.0.0/16", "fe80::/10"),
  /// Many hosts at once.
  MULTICAST("multicast", "multicast", "224.0.0.0/4", "ff00::/8"),
  /// No host: unspecified, reserved and broadcast addresses.
  RESERVED("reserved", "reserved", "0.0.0.0/8", "240.0.0.0/4", "::/128"),
  /// Every other address: the internet.
  PUBLIC("public", "public");

  private final String key;
  private final String words;
  private final List<AddressBlock> blocks;

  AddressScope(String key, String words, String... blocks) {
    this.key = key;
    this.words = words;
    this.blocks = Arrays.stream(blocks).map(AddressBlock::parse).toList();
  }

  /// Returns the scope of an address.
  public static AddressScope of(IpAddress address) {
    for (AddressScope scope : values()) {
      for (AddressBlock block : scope.blocks) {
        if (block.contains(address)) {
          return scope;
        }
      }
    }
    return PUBLIC;
  }

  /// Returns whether an address of this scope is inside your own networks.
  public boolean isInside() {
    return this == PRIVATE || this == SHARED || this == LINK_LOCAL || this == LOOPBACK;
  }

  /// Returns the stable name, such as `link-local`: JSON and tables have it.
  public String key() {
    return key;
  }

  /// Returns the scope as a notification's text describes it, in lower case.
  public String words() {
    return words;
  }
}
