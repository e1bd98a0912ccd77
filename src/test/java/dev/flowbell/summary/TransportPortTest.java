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
}
