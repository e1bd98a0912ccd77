package dev.flowbell.summary;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TransportPortTest {
  @Test
  void compareTo_byNumberThenProtocol() {
    assertThat(
            Stream.of(
                    new TransportPort(17, 53),
                    new TransportPort(-1, 53),
                    new TransportPort(6, 443),
                    new TransportPort(6, 53),
                    new TransportPort(17, 22))
                .sorted())
        .containsExactly(
            new TransportPort(17, 22),
            new TransportPort(-1, 53),
            new TransportPort(6, 53),
            new TransportPort(17, 53),
            new TransportPort(6, 443));
  }

  @Test
  void toString_namesTheUsualProtocols() {
    assertThat(new TransportPort(6, 22)).hasToString("22/tcp");
    assertThat(new TransportPort(17, 53)).hasToString("53/udp");
    assertThat(new TransportPort(1, 0)).hasToString("0/protocol-1");
    assertThat(new TransportPort(-1, 443)).hasToString("443");
  }
}
