package dev.flowbell.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressBlocksTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.0.0, true",
    "10.255.255.255, true",
    "::ffff:10.0.1.5, true",
    "9.255.255.255, false",
    "11.0.0.0, false",
    "172.31.16.139, true",
    "172.32.0.0, false",
    "2001:db8:1::7, true",
    "2001:db8:2::7, false",
    "::a00:105, false" // the IPv6 address ::10.0.1.5
  })
  void contains_anyOfTheBlocks(String address, boolean expected) {
    AddressBlocks blocks = AddressBlocks.parse("10.0.0.0/8, 172.16.0.0/12,2001:db8:1::/48");

    assertThat(blocks.contains(Objects.requireNonNull(IpAddress.find(address))))
        .isEqualTo(expected);
  }

  @Test
  void contains_wholeAddressSpaces() {
    AddressBlocks ipv4 = AddressBlocks.parse("0.0.0.0/0");
    AddressBlocks allIpv6 = AddressBlocks.parse("::/0");
    IpAddress ipv6 = Objects.requireNonNull(IpAddress.find("2001:db8::1"));
    IpAddress broadcast = Objects.requireNonNull(IpAddress.find("255.255.255.255"));

    assertThat(ipv4.contains(broadcast)).isTrue();
    assertThat(ipv4.contains(ipv6)).isFalse();
    assertThat(allIpv6.contains(broadcast)).isFalse();
    assertThat(allIpv6.contains(ipv6)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "10.0.0.0/8,", ",10.0.0.0/8", "10.0.0.0", "10.0.0.1/8", "x"})
  void parse_malformed(String text) {
    assertThatThrownBy(() -> AddressBlocks.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("expected an address block such as 10.0.0.0/8 or fe80::/10, got");
  }

  @Test
  void new_copyOfTheBlocks() {
    List<AddressBlock> blocks = new ArrayList<>(List.of(AddressBlock.parse("10.0.0.0/8")));
    AddressBlocks copy = new AddressBlocks(blocks);
    blocks.clear();

    assertThat(copy).isEqualTo(AddressBlocks.parse("10.0.0.0/8"));
  }
}
