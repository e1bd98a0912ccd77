package dev.flowbell.classify;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KnownPortTest {
  @ParameterizedTest
  @CsvSource({
    "22, ssh, true",
    "23, telnet, true",
    "53, dns, false",
    "111, rpcbind, true",
    "443, https, false",
    "445, smb, true",
    "2375, docker, true",
    "3389, rdp, true",
    "5432, postgresql, true",
    "5900, vnc, true",
    "5986, winrm, true",
    "8080, http-alt, false",
    "27017, mongodb, true",
    "0, '', false",
    "-1, '', false",
    "4711, '', false",
    "65535, '', false"
  })
  void nameOf_andWhetherIntrudersTryItFirst(int port, String name, boolean isTriedFirst) {
    assertThat(KnownPort.nameOf(port)).isEqualTo(name);
    assertThat(KnownPort.isNamed(port)).isEqualTo(!name.isEmpty());
    assertThat(KnownPort.isTriedFirst(port)).isEqualTo(isTriedFirst);
  }

  /// A notification names the service that an intruder tries.
  @Test
  void isTriedFirst_onlyNamedPorts() {
    for (int port = 0; port <= 65_535; port++) {
      if (KnownPort.isTriedFirst(port)) {
        assertThat(KnownPort.isNamed(port)).as("port %d", port).isTrue();
      }
    }
  }
}
