package dev.flowbell.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ThresholdsTest {
  @Test
  void parse_defaults() {
    assertThat(Thresholds.parse(" "))
        .isEqualTo(Thresholds.DEFAULT)
        .hasToString(
            "scan-ports=15,scan-hosts=25,outside-scan-ports=100,blocked-minutes=5,"
                + "blocked-records=100,blocked-sources=10,dropped-answers=10,rejects=1000,"
                + "unreadable-records=5,skipped-windows=1");
  }

  @Test
  void parse_some() {
    Thresholds thresholds = Thresholds.parse(" scan-ports = 7 , rejects=0");

    assertThat(thresholds.get(Thresholds.Name.SCAN_PORTS)).isEqualTo(7);
    assertThat(thresholds.get(Thresholds.Name.SCAN_HOSTS)).isEqualTo(25);
    assertThat(thresholds.get(Thresholds.Name.REJECTS)).isEqualTo(Integer.MAX_VALUE);
    assertThat(Thresholds.parse(thresholds.toString())).isEqualTo(thresholds);
  }

  @Test
  void parse_namesEveryError() {
    assertThatThrownBy(
            () -> Thresholds.parse("scan-ports=ten,hosts=3,rejects=1,rejects=2,skipped-windows"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "scan-ports: expected a whole number from 0 to 1000000, got \"ten\"; expected"
                + " thresholds out of scan-ports, scan-hosts, outside-scan-ports, blocked-minutes,"
                + " blocked-records, blocked-sources, dropped-answers, rejects, unreadable-records,"
                + " skipped-windows, got \"hosts\"; rejects: expected once, got it again;"
                + " skipped-windows: expected a whole number from 0 to 1000000, got \"\"");
  }
}
