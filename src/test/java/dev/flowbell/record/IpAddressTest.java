package dev.flowbell.record;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.testing.twin.NaiveTwin;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {
  /// @see <a href="https://www.rfc-editor.org/rfc/rfc4291#section-2.2">RFC 4291, text
  ///   representation of addresses</a>
  /// @see <a href="https://www.rfc-editor.org/rfc/rfc5952#section-4">RFC 5952, recommended text</a>
  @ParameterizedTest
  @CsvSource({
    "10.0.1.5, 10.0.1.5, 0, ffff0a000105",
    "0.0.0.0, 0.0.0.0, 0, ffff00000000",
    "255.255.255.255, 255.255.255.255, 0, ffffffffffff",
    "1.23.100.249, 1.23.100.249, 0, ffff011764f9",
    "::ffff:10.0.1.5, 10.0.1.5, 0, ffff0a000105",
    "::FFFF:a00:105, 10.0.1.5, 0, ffff0a000105",
    "0:0:0:0:0:ffff:10.0.1.5, 10.0.1.5, 0, ffff0a000105",
    "0000:0000:0000:0000:0000:ffff:0a00:0105, 10.0.1.5, 0, ffff0a000105",
    "::10.0.1.5, ::a00:105, 0, a000105",
    "::fffe:10.0.1.5, ::fffe:a00:105, 0, fffe0a000105",
    "1::ffff:10.0.1.5, 1::ffff:a00:105, 1000000000000, ffff0a000105",
    "0:0:0:1:0:ffff:a00:105, ::1:0:ffff:a00:105, 1, ffff0a000105",
    "::1:ffff:a00:105, ::1:ffff:a00:105, 0, 1ffff0a000105",
    "::, ::, 0, 0",
    "::1, ::1, 0, 1",
    "1::, 1::, 1000000000000, 0",
    "0:0:0:0:0:0:0:0, ::, 0, 0",
    "2001:DB8:0:0:8:800:200C:417A, 2001:db8::8:800:200c:417a, 20010db800000000, 8:800:200c:417a",
    "2001:0db8:0000:0000:0008:0800:200c:417a, 2001:db8::8:800:200c:417a, 20010db800000000,"
        + " 8:800:200c:417a",
    "FF01::101, ff01::101, ff01000000000000, 101",
    "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1, 20010db800000001, 1:1:1:1",
    "2001:0:0:1:0:0:0:1, 2001:0:0:1::1, 2001000000000001, 1",
    "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1, 20010db800000000, 1:0:0:1",
    "1:2:3:4:5:6:7::, 1:2:3:4:5:6:7:0, 1000200030004, 5:6:7:0",
    "::2:3:4:5:6:7:8, 0:2:3:4:5:6:7:8, 200030004, 5:6:7:8",
    "1:2:3::5:6:7:8, 1:2:3:0:5:6:7:8, 1000200030000, 5:6:7:8",
    "1:2:3:4::6:7:8, 1:2:3:4:0:6:7:8, 1000200030004, 0:6:7:8",
    "1:2:3:4::8, 1:2:3:4::8, 1000200030004, 8",
    "1:2:3:4:5::8, 1:2:3:4:5::8, 1000200030004, 5:0:0:8",
    "1:2:3::, 1:2:3::, 1000200030000, 0",
    "1:2:3:4::, 1:2:3:4::, 1000200030004, 0",
    "1:2:3:4:5::, 1:2:3:4:5::, 1000200030004, 5:0:0:0",
    "1:2:3:4:5:6:1.2.3.4, 1:2:3:4:5:6:102:304, 1000200030004, 5:6:102:304",
    "1:2:3:4:5::1.2.3.4, 1:2:3:4:5:0:102:304, 1000200030004, 5:0:102:304",
    "fe80::0A, fe80::a, fe80000000000000, a",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff,"
        + " ffffffffffffffff, ffff:ffff:ffff:ffff",
    "abcd:ef01:2345:6789:ABCD:EF01:2345:6789, abcd:ef01:2345:6789:abcd:ef01:2345:6789,"
        + " abcdef0123456789, abcd:ef01:2345:6789"
  })
  void find_everySpelling(String text, String canonical, String high, String low) {
    IpAddress address = IpAddress.find(text);

    assertThat(address).isEqualTo(new IpAddress(hex(high), hex(low)));
    assertThat(address).hasToString(canonical);
    assertThat(IpAddress.find(canonical)).isEqualTo(address);
  }

  private static long hex(String groups) {
    long bits = 0;
    for (String group : groups.split(":", -1)) {
      bits = bits << 16 | Long.parseUnsignedLong(group, 16);
    }
    return bits;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "a",
        "167772165",
        ".",
        "1.",
        "10.0.0",
        "10.0.0.",
        "10.0.0.256",
        "10.0.0.999",
        "10.0.0.1000",
        "256.0.0.1",
        "10.0.0.01",
        "10.0.0.00",
        "010.0.0.1",
        "10..0.1",
        ".10.0.0.1",
        "10.0.0.1.",
        "1.2.3.4.5",
        "10.0.0.1/32",
        "10.0.0.1:80",
        "10.0.-0.1",
        "10.0.0.+1",
        "10,0.0.1",
        "10.0.0.a",
        "0x7f.0.0.1",
        "/.0.0.1",
        "localhost",
        "example.com",
        ":",
        ":::",
        "::::",
        ":1",
        "1:",
        ":1::",
        "1:2:",
        "1::2::3",
        "1:::2",
        "12345::",
        "::12345",
        "00001::",
        "::g",
        "::1%eth0",
        "fe80::1%1",
        "[::1]",
        "::1/128",
        "::-1",
        "::+1",
        ":: 1",
        "1:2:3:4:5:6:7",
        "1:2:3:4:5:6:7:",
        ":2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8:",
        "1:2:3:4:5:6:7:8::",
        "::1:2:3:4:5:6:7:8",
        "1:2:3:4::5:6:7:8",
        "1:2:3:4:5:6:7::8:9",
        "::1.2.3",
        "::01.2.3.4",
        "::1.2.3.256",
        "::1.2.3.4.5",
        "::1.2.3.4:5",
        "::a.2.3.4",
        "::.1.2.3",
        "1.2.3.4::",
        "1:2:3:4:5:1.2.3.4",
        "1:2:3:4:5:6:7:1.2.3.4",
        "1:2:3:4:5:6::1.2.3.4",
        "::1:2:3:4:5:6:7.8.9.10",
        "١.2.3.4",
        "::١",
        "::é"
      })
  void find_noAddress(String text) {
    assertThat(IpAddress.find(text)).isNull();
  }

  /// Java reads every literal of RFC 4291, and others, such as zones.
  @Test
  void find_asJavaReadsLiterals() throws UnknownHostException {
    for (int seed = 0; seed < 20_000; seed++) {
      String text = randomSpelling(new Random(seed));
      ByteBuffer expected = ByteBuffer.wrap(InetAddress.ofLiteral(text).getAddress());
      IpAddress address = IpAddress.find(text);

      assertThat(address)
          .as("seed %d: %s", seed, text)
          .isEqualTo(
              expected.remaining() == 4
                  ? new IpAddress(0, 0xffff_0000_0000L | (expected.getInt(0) & 0xffff_ffffL))
                  : new IpAddress(expected.getLong(0), expected.getLong(8)));
      assertThat(address).as("seed %d", seed).hasToString(NaiveTwin.canonicalAddress(text));
    }
  }

  private static String randomSpelling(Random random) {
    String quad = random.ints(4, 0, 256).mapToObj(Integer::toString).reduce("", IpAddressTest::dot);
    if (random.nextInt(5) == 0) {
      return quad;
    }
    List<String> groups = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      int group = random.nextInt(3) == 0 ? random.nextInt(0x10000) : random.nextInt(2);
      String text = random.nextBoolean() ? "%x".formatted(group) : "%04X".formatted(group);
      groups.add(text);
    }
    if (random.nextInt(4) == 0) {
      groups.subList(6, 8).clear();
      groups.add(quad);
    }
    if (random.nextInt(4) == 0) {
      for (int i = 0; i < 6; i++) {
        groups.set(i, i < 5 ? "0" : "ffff");
      }
    }
    if (random.nextInt(3) == 0) {
      return String.join(":", groups);
    }
    // Some of these are not addresses. Both readers must agree about each text.
    int most = groups.size() == 8 ? 8 : 6;
    int start = random.nextInt(most);
    int end = random.nextInt(start + 1, most + 1);
    return String.join(":", groups.subList(0, start))
        + "::"
        + String.join(":", groups.subList(end, groups.size()));
  }

  private static String dot(String left, String right) {
    return left.isEmpty() ? right : left + "." + right;
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.1.5, true",
    "::ffff:10.0.1.5, true",
    "::10.0.1.5, false",
    "::fffe:10.0.1.5, false",
    "::1:ffff:a00:105, false",
    "1::ffff:a00:105, false",
    "::, false"
  })
  void isIpv4_mappedOnesOnly(String text, boolean expected) {
    assertThat(IpAddress.find(text).isIpv4()).isEqualTo(expected);
  }

  @Test
  void compareTo_byBitsUnsigned() {
    List<IpAddress> sorted =
        List.of(
            IpAddress.find("::"),
            IpAddress.find("9.255.255.255"),
            IpAddress.find("10.0.0.1"),
            IpAddress.find("200.0.0.1"),
            IpAddress.find("::8000:0:0:0"),
            IpAddress.find("2001:db8::1"),
            IpAddress.find("2001:db8::8000:0:0:1"),
            IpAddress.find("fe80::1"));

    for (int i = 0; i < sorted.size(); i++) {
      for (int j = 0; j < sorted.size(); j++) {
        assertThat(Integer.signum(sorted.get(i).compareTo(sorted.get(j))))
            .as("%s, %s", sorted.get(i), sorted.get(j))
            .isEqualTo(Integer.compare(i, j));
      }
    }
  }
}
