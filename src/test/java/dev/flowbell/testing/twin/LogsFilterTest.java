package dev.flowbell.testing.twin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LogsFilterTest {
  /// The events and patterns of AWS's page, and what it says of them (read 2026-11-28).
  ///
  /// @see <a
  ///   href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html">Filter
  ///   pattern syntax</a>
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      quoteCharacter = '~',
      textBlock =
          """
          ERROR                  ; [ERROR] A fatal exception has occurred                ; true
          ERROR                  ; Exiting with ERRORCODE: -1                            ; true
          ERROR -Exiting         ; [ERROR] A fatal exception has occurred                ; true
          ERROR -Exiting         ; Exiting with ERRORCODE: -1                            ; false
          ERROR Exception        ; [ERROR] Caught IllegalArgumentException               ; true
          ERROR Exception        ; ERROR message                                         ; false
          ?ERROR ?WARN           ; ERROR message                                         ; true
          ?ERROR ?WARN           ; WARN message                                          ; true
          ?ERROR ?WARN           ; error message                                         ; false
          [w1=ERROR, w2]         ; ERROR 09/25/2014 12:00:02 Failed to process request   ; true
          [w1=ERROR, w2]         ; WARNING 09/25/2014 12:00:02 Invalid user request      ; false
          [w1=ERROR || w1=WARNING, w2]  ; WARNING 09/25/2014 12:00:02 Invalid user request ; true
          [w1!=ERROR && w1!=WARNING, w2]; WARNING 09/25/2014 12:00:02 Invalid user request ; false
          [w1!=ERROR && w1!=WARNING, w2]; INFO 09/25/2014 12:00:00 GET /service/resource/67 1200 ; true
          [ip, user, username, timestamp, request, status_code = 4*, bytes] ; 127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534 ; true
          [ip, user, username, timestamp, request, status_code = 4* && status_code != 404, bytes] ; 127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534 ; false
          [..., status_code = 4*, bytes] ; 127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534 ; true
          [ip, ..., status_code = 5*, bytes] ; 127.0.0.1 Prod frank [10/Oct/2000:13:25:15 -0700] "GET /index.html HTTP/1.0" 404 1534 ; false
          [ip, user, ...]        ; 127.0.0.1                                             ; false
          """)
  void matches_examplesOfThePage(String pattern, String event, boolean isMatch) {
    assertThat(new LogsFilter(pattern).matches(event)).isEqualTo(isMatch);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[log-status]",
        "[a != -, b]",
        "[a, , b]",
        "[..., a, ...]",
        "[a = B || b]x = [C]",
        "?A B"
      })
  void constructor_notOfThePage(String pattern) {
    assertThatThrownBy(() -> new LogsFilter(pattern)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void constructor_tooLong() {
    assertThat(new LogsFilter("x".repeat(1024)).matches("x")).isFalse();
    assertThatThrownBy(() -> new LogsFilter("x".repeat(1025)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
