package dev.flowbell.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.classify.Door;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          2026-11-22T10:14:05Z | 2026-11-22T10:14:59Z | 2026-11-22 10:14 UTC
          2026-11-22T10:14:05Z | 2026-11-22T10:15:03Z | \
          2026-11-22, first 10:14 UTC, last 10:15 UTC when this was sent
          2026-11-22T23:50:00Z | 2026-11-23T00:10:00Z | \
          first 2026-11-22 23:50 UTC, last 2026-11-23 00:10 UTC when this was sent
          """)
  void firstToLast(Instant first, Instant last, String expected) {
    assertThat(Words.firstToLast(first, last)).isEqualTo(expected);
  }

  @Test
  void and_oneTwoThree() {
    assertThat(List.of(List.<String>of(), List.of("a"), List.of("a", "b"), List.of("a", "b", "c")))
        .extracting(Words::and)
        .containsExactly("", "a", "a and b", "a, b and c");
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.2, 6, 445, '10.0.0.2:445 (smb)', 445 (smb), tcp 445",
    "10.0.0.2, 17, 53, '10.0.0.2:53/udp (dns)', 53/udp (dns), udp 53",
    "10.0.0.2, 132, 9, '10.0.0.2:9/sctp', 9/sctp, sctp 9",
    "10.0.0.2, -1, 445, '10.0.0.2:445 (smb)', 445 (smb), port 445",
    "10.0.0.2, -1, -1, '10.0.0.2', '', it",
    "10.0.0.2, 1, -1, '10.0.0.2 (ping)', ping, icmp",
    "2001:db8::2, 58, -1, '2001:db8::2 (ping)', ping, icmpv6",
    "2001:db8::2, 6, 22, '[2001:db8::2]:22 (ssh)', 22 (ssh), tcp 22",
    "10.0.0.2, 47, -1, '10.0.0.2 (gre)', gre, gre",
    "10.0.0.2, 99, -1, '10.0.0.2 (protocol 99)', protocol 99, protocol 99"
  })
  void door(
      String address, int protocol, int port, String named, String portNumber, String traffic) {
    Door door = new Door(SampleAlerts.address(address), protocol, port);

    assertThat(DoorWords.named(door)).isEqualTo(named);
    assertThat(DoorWords.portNumber(door)).isEqualTo(portNumber);
    assertThat(DoorWords.traffic(door)).isEqualTo(traffic);
  }
}
