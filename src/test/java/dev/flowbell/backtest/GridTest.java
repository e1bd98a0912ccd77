package dev.flowbell.backtest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.judge.AlertPolicy;
import dev.flowbell.judge.Quiet;
import dev.flowbell.judge.Thresholds;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GridTest {
  private static final Trial NOTHING = new Trial(List.of(), List.of());

  /// What the setting has to be, with what the user has set already.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      nullValues = "-",
      textBlock =
          """
          ``                      | scan-hosts=50  | ALERT_THRESHOLDS | scan-hosts=50
          rejects=0               | scan-hosts= 50 | ALERT_THRESHOLDS | scan-hosts=50,rejects=0
          scan-hosts=60,rejects=7 | SCAN_HOSTS=50  | ALERT_THRESHOLDS | scan-hosts=50,rejects=7
          scan-hosts=60           | scan-hosts=25  | ALERT_THRESHOLDS | scan-ports=15,scan-hosts=25,outside-scan-ports=100,blocked-minutes=5,blocked-records=100,blocked-sources=10,dropped-answers=10,rejects=1000,unreadable-records=5,skipped-windows=1
          ``                      | alert-mail-limit=3 | ALERT_MAIL_LIMIT | 3
          ``                      | quiet=10.0.0.5/32 22 | QUIET | 10.0.9.9/32 scan; 10.0.0.5/32 22
          """)
  void parse_settingValue(String thresholds, String text, String setting, String value) {
    AlertPolicy policy = new AlertPolicy(Thresholds.parse(thresholds), Quiet.NOTHING, 10);

    Change change = Grid.parse(List.of(text), "10.0.9.9/32 scan", policy).getFirst();

    assertThat(change.setting()).isEqualTo(setting);
    assertThat(change.settingValue()).isEqualTo(value);
  }

  /// Where nothing rang, only less can change anything. What is off stays off.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          rejects=0 | scan-ports=8 scan-hosts=13 outside-scan-ports=50 blocked-minutes=3 blocked-records=50 blocked-sources=5 dropped-answers=5 unreadable-records=3
          scan-ports=1,scan-hosts=2,rejects=3 | scan-hosts=1 outside-scan-ports=50 blocked-minutes=3 blocked-records=50 blocked-sources=5 dropped-answers=5 rejects=2 unreadable-records=3
          """)
  void usual_nothingRang(String thresholds, String changes) {
    AlertPolicy policy = new AlertPolicy(Thresholds.parse(thresholds), Quiet.NOTHING, 10);

    assertThat(
            Grid.usual(policy, NOTHING).stream()
                .map(Change::words)
                .collect(Collectors.joining(" ")))
        .isEqualTo(changes);
  }

  /// Only what makes sources scan matters for what is read; 0 is above everything.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          scan-hosts=60 | scan-hosts=50,70  | scan-hosts=50
          scan-hosts=60 | scan-hosts=70,0   | scan-hosts=60
          scan-hosts=0  | scan-hosts=70,80  | scan-hosts=70
          scan-hosts=0  | scan-ports=3      | scan-ports=3,scan-hosts=0
          rejects=9     | rejects=3         | rejects=9
          """)
  void mostSensitive(String thresholds, String compare, String expected) {
    AlertPolicy policy = new AlertPolicy(Thresholds.parse(thresholds), Quiet.NOTHING, 10);

    assertThat(Grid.mostSensitive(policy, Grid.parse(List.of(compare), "", policy)).thresholds())
        .isEqualTo(Thresholds.parse(expected));
  }
}
