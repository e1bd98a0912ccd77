package dev.flowbell.judge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.classify.Door;
import dev.flowbell.judge.Entries.Answer;
import dev.flowbell.judge.Entries.Try;
import dev.flowbell.record.IpAddress;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EntriesTest {
  private static final long HOUR = 494_503;

  @ParameterizedTest
  @CsvSource({
    "10.0.0.11, 6, 5432, 0, -1",
    "255.255.255.255, 17, 65535, 59, 32767",
    "0.0.0.0, -1, 0, 7, 0",
    "10.0.0.2, 1, -1, 13, -1",
    "2001:db8::1, 6, 443, 31, 11211",
    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, 58, -1, 59, -1"
  })
  void roundTrips(String text, int protocol, int port, int minute, int sourcePort) {
    IpAddress address = Objects.requireNonNull(IpAddress.find(text));
    Door door = new Door(address, protocol, port);
    long time = HOUR * 60 + minute;

    assertThat(Entries.toAddress(Entries.ofAddress(address))).isEqualTo(address);
    assertThat(Entries.toDoor(Entries.ofDoor(door))).isEqualTo(door);
    assertThat(Entries.toTry(Entries.ofTry(door, time, sourcePort), HOUR))
        .isEqualTo(new Try(door, time, sourcePort));
    assertThat(Entries.toAnswer(Entries.ofAnswer(address, Math.max(0, port), time), HOUR))
        .isEqualTo(new Answer(address, Math.max(0, port), time));
    assertThat(Entries.toMinute(Entries.ofMinute(time), HOUR)).isEqualTo(time);
    assertThat(Entries.ofTry(door, time, sourcePort).chars()).allMatch(c -> c < 256);
    assertThat(Entries.ofTry(door, time, -1)).hasSize(address.isIpv4() ? 8 : 20);
  }
}
