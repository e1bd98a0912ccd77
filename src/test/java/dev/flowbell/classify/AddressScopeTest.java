package dev.flowbell.classify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.record.IpAddress;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressScopeTest {
  /// The first and the last address of each block, and their neighbours.
  ///
  /// @see <a
  ///   href="https://www.iana.org/assignments/iana-ipv4-special-registry/iana-ipv4-special-registry.xhtml">IANA
  ///   IPv4 special-purpose addresses</a>
  @ParameterizedTest
  @CsvSource({
    "0.0.0.0, RESERVED",
    "0.255.255.255, RESERVED",
    "1.0.0.0, PUBLIC",
    "9.255.255.255, PUBLIC",
    "10.0.0.0, PRIVATE",
    "10.255.255.255, PRIVATE",
    "11.0.0.0, PUBLIC",
    "100.63.255.255, PUBLIC",
    "100.64.0.0, SHARED",
    "100.127.255.255, SHARED",
    "100.128.0.0, PUBLIC",
    "126.255.255.255, PUBLIC",
    "127.0.0.1, LOOPBACK",
    "127.255.255.255, LOOPBACK",
    "128.0.0.0, PUBLIC",
    "169.253.255.255, PUBLIC",
    "169.254.169.254, LINK_LOCAL",
    "169.255.0.0, PUBLIC",
    "172.15.255.255, PUBLIC",
    "172.16.0.0, PRIVATE",
    "172.31.255.255, PRIVATE",
    "172.32.0.0, PUBLIC",
    "192.167.255.255, PUBLIC",
    "192.168.0.0, PRIVATE",
    "192.168.255.255, PRIVATE",
    "192.169.0.0, PUBLIC",
    "198.51.100.7, PUBLIC", // reserved for documentation, RFC 5737; public here
    "223.255.255.255, PUBLIC",
    "224.0.0.0, MULTICAST",
    "239.255.255.255, MULTICAST",
    "240.0.0.0, RESERVED",
    "255.255.255.255, RESERVED",
    "::ffff:10.0.1.5, PRIVATE",
    "::, RESERVED",
    "::1, LOOPBACK",
    "::2, PUBLIC",
    "2001:db8::1, PUBLIC",
    "fbff::1, PUBLIC",
    "fc00::, PRIVATE",
    "fdff:ffff::1, PRIVATE",
    "fe00::1, PUBLIC",
    "fe80::1, LINK_LOCAL",
    "febf::1, LINK_LOCAL",
    "fec0::1, PUBLIC",
    "feff::1, PUBLIC",
    "ff02::1, MULTICAST"
  })
  void of_edgesOfBlocks(String address, AddressScope expected) {
    assertThat(AddressScope.of(IpAddress.find(address))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "PRIVATE, true, private, private",
    "SHARED, true, shared, 'shared, carrier NAT or pods'",
    "LOOPBACK, true, loopback, loopback",
    "LINK_LOCAL, true, link-local, link-local",
    "MULTICAST, false, multicast, multicast",
    "RESERVED, false, reserved, reserved",
    "PUBLIC, false, public, public"
  })
  void isInside_keyAndWords(AddressScope scope, boolean isInside, String key, String words) {
    assertThat(scope.isInside()).isEqualTo(isInside);
    assertThat(scope.key()).isEqualTo(key);
    assertThat(scope.words()).isEqualTo(words);
  }
}
