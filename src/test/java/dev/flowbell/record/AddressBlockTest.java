package dev.flowbell.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressBlockTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.0.0.0, 104",
    "0.0.0.0/0, 0.0.0.0, 96",
    "10.0.1.5/32, 10.0.1.5, 128",
    "fe80::/10, fe80::, 10",
    "::/0, ::, 0",
    "::1/128, ::1, 128",
    "2001:db8:0:1::/64, 2001:db8:0:1::, 64",
    "2001:db8::8000:0:0:0/65, 2001:db8::8000:0:0:0, 65"
  })
  void parse_blocks(String cidr, String network, int prefixLength) {
    assertThat(AddressBlock.parse(cidr))
        .isEqualTo(new AddressBlock(IpAddress.find(network), prefixLength));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "/8",
        "10.0.0.0",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/8/8",
        "10.0.0.0/a",
        "10.0.0.0/ 8",
        "10.0.0/8",
        "10.0.0.1/8",
        "::/129",
        "::1/127",
        "fe80::1/64",
        "fec0::/9",
        "::1:0:0:0:0/64x"
      })
  void parse_refusal(String cidr) {
    assertThatThrownBy(() -> AddressBlock.parse(cidr))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "expected an address block such as 10.0.0.0/8 or fe80::/10, got \"" + cidr + "\"");
  }

  @ParameterizedTest
  @CsvSource({
    "10.1.2.3/8, 10.0.0.0/8",
    "10.0.0.0/8, 10.0.0.0/8",
    "203.0.113.7/0, 0.0.0.0/0",
    "10.0.1.5/32, 10.0.1.5/32",
    "2001:db8::1/64, 2001:db8::/64",
    "::1/0, ::/0"
  })
  void parseMasked_clearsTheBitsAfterThePrefix(String cidr, String block) {
    assertThat(AddressBlock.parseMasked(cidr)).isEqualTo(AddressBlock.parse(block));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "10.0.0.0", "10.0.0.0/33", "10.0.0/8", "sg-1/8"})
  void parseMasked_refusal(String cidr) {
    assertThatThrownBy(() -> AddressBlock.parseMasked(cidr))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "expected an address block such as 10.0.0.0/8 or fe80::/10, got \"" + cidr + "\"");
  }

  @ParameterizedTest
  @CsvSource({
    "::/0, ::1, true",
    "::/96, ::1, true",
    "0.0.0.0/0, 10.0.0.1, true",
    "0.0.0.0/0, ::1, false",
    "10.0.0.0/8, 10.0.0.0, true",
    "10.0.0.0/8, 10.255.255.255, true",
    "10.0.0.0/8, 9.255.255.255, false",
    "10.0.0.0/8, 11.0.0.0, false",
    "10.0.0.0/8, ::a00:105, false",
    "10.0.0.0/8, ::ffff:10.0.0.1, true",
    "172.16.0.0/12, 172.31.255.255, true",
    "172.16.0.0/12, 172.32.0.0, false",
    "10.0.1.5/32, 10.0.1.5, true",
    "10.0.1.5/32, 10.0.1.4, false",
    "0.0.0.0/0, 255.255.255.255, true",
    "0.0.0.0/0, ::, false",
    "::/0, 255.255.255.255, false",
    "::/0, ffff::, true",
    "fe80::/10, febf:ffff::1, true",
    "fe80::/10, fec0::, false",
    "2001:db8:0:1::/64, 2001:db8:0:1:ffff:ffff:ffff:ffff, true",
    "2001:db8:0:1::/64, 2001:db8:0:2::, false",
    "2001:db8:0:1::/65, 2001:db8:0:1:7fff:ffff:ffff:ffff, true",
    "2001:db8:0:1::/65, 2001:db8:0:1:8000::, false",
    "::1/128, ::1, true",
    "::1/128, ::, false"
  })
  void contains_addresses(String cidr, String address, boolean expected) {
    assertThat(AddressBlock.parse(cidr).contains(IpAddress.find(address))).isEqualTo(expected);
  }
}
