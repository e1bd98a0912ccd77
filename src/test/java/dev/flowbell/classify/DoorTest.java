package dev.flowbell.classify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.record.IpAddress;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DoorTest {
  @ParameterizedTest
  @CsvSource({
    "10.0.0.11, 6, 5432, 10.0.0.11:5432, 10.0.0.11|6|5432",
    "2001:db8::1, 6, 443, [2001:db8::1]:443, 2001:db8::1|6|443",
    "10.0.0.2, 17, 53, 10.0.0.2:53/udp, 10.0.0.2|17|53",
    "10.0.0.2, 132, 2905, 10.0.0.2:2905/sctp, 10.0.0.2|132|2905",
    "10.0.0.2, -1, 22, 10.0.0.2:22, 10.0.0.2|-1|22",
    // without ports
    "10.0.0.2, 1, 0, 10.0.0.2 (ping), 10.0.0.2|1|-1",
    "2001:db8::1, 58, 0, 2001:db8::1 (ping), 2001:db8::1|58|-1",
    "10.0.0.2, 47, 0, 10.0.0.2 (gre), 10.0.0.2|47|-1",
    "10.0.0.2, 112, 7, 10.0.0.2 (protocol 112), 10.0.0.2|112|-1",
    // an absent port
    "10.0.0.2, 6, -1, 10.0.0.2, 10.0.0.2|6|-1",
    "10.0.0.2, 17, -1, 10.0.0.2 (udp), 10.0.0.2|17|-1"
  })
  void of_textAndKey(String address, int protocol, int port, String text, String key) {
    Door door = door(address, protocol, port);

    assertThat(door).hasToString(text);
    assertThat(door.key()).isEqualTo(key);
  }

  /// ICMP's type and code are in no port: all pings of an address have one door.
  @Test
  void of_onePingForEachAddress() {
    assertThat(door("10.0.0.2", 1, 0)).isEqualTo(door("10.0.0.2", 1, 8));
    assertThat(door("10.0.0.2", 1, 0).isPing()).isTrue();
    assertThat(door("2001:db8::1", 58, 0).isPing()).isTrue();
    assertThat(door("10.0.0.2", 17, 0).isPing()).isFalse();
  }

  @Test
  void compareTo_addressThenProtocolThenPort() {
    List<Door> ascending =
        List.of(
            door("9.255.255.255", 17, 53),
            door("10.0.0.2", 6, 80),
            door("10.0.0.2", 6, 443),
            door("10.0.0.2", 17, 53),
            door("10.0.0.3", 1, 0));

    assertThat(Stream.of(4, 2, 0, 3, 1).map(ascending::get).sorted()).isEqualTo(ascending);
  }

  private static Door door(String address, int protocol, int port) {
    return Door.of(Objects.requireNonNull(IpAddress.find(address)), protocol, port);
  }
}
