package dev.flowbell.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilterCommandTest {
  private static final String LOST =
      """
      With this filter the function gets no accepted records. It then can't know
      - which handshakes stay unanswered, and how many flows are accepted;
      - what a source that scans got through to;
      - which requests were accepted: that a network ACL dropped the answers is not proven;
      - which rejected packets answer a request, where tcp-flags don't say so.
      Rejected records pass. Records of another format, and JSON, may not.
      So use it only where all flow logs of the log group have this format.
      Tell the function, so that it doesn't count what it can't know: with the template by OnlyRejected=true, otherwise by TRAFFIC_TYPE=REJECT.
      NODATA and SKIPDATA records pass: they say that flow logs arrive, and that AWS lost some.
      """;

  /// The pattern is alone on standard output.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "${srcaddr} ${pkt-srcaddr} ${action} ${log-status}",
        " srcaddr pkt-srcaddr action log-status "
      })
  void run_format(String format) {
    assertThat(CommandRun.of("filter", "--log-format", format))
        .isEqualTo(
            new CommandRun(0, "[srcaddr, pkt_srcaddr, action != ACCEPT, log_status]\n", LOST));
  }

  @Test
  void run_formatWithoutLogStatus() {
    assertThat(CommandRun.of("filter", "--log-format", "srcaddr action").err())
        .endsWith(
            "Without log-status in the format, nothing says that flow logs arrive, or that AWS lost"
                + " some.\n");
  }

  @ParameterizedTest
  @CsvSource({
    "default, '[version, account_id, interface_id, srcaddr, ', ', end, action != ACCEPT,"
        + " log_status]'",
    "flowbell, '[version, account_id, vpc_id, subnet_id, ', ', traffic_path, reject_reason]'"
  })
  void run_nameOfFormat(String name, String start, String end) {
    CommandRun run = CommandRun.of("filter", "--log-format", name);

    assertThat(run.out()).startsWith(start).endsWith(end + "\n").hasLineCount(1);
    assertThat(run).isEqualTo(new CommandRun(0, run.out(), LOST));
  }

  /// Nothing is on standard output, where `$(…)` would take it for a pattern.
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          srcaddr action;action | expected one format, got several: a pattern by fields fits lines of one format only. ?REJECT ?SKIPDATA ?NODATA fits all formats, and JSON, but also passes accepted records that have one of these words elsewhere, such as in a tag
          auto                  | expected one format, got "auto": a pattern by fields fits lines of one format only. ?REJECT ?SKIPDATA ?NODATA fits all formats, and JSON, but also passes accepted records that have one of these words elsewhere, such as in a tag
          srcaddr dstaddr       | expected a format with action, got one without: no filter can tell its rejected records from accepted ones
          srcaddr acton         | field 2 (character 9): expected a flow log field such as ${srcaddr}, got "acton"
          ` `                   | field 1 (character 1): expected field names such as ${srcaddr} ${dstaddr}, got none
          """)
  void run_noPattern(String format, String message) {
    assertThat(CommandRun.of("filter", "--log-format", format))
        .isEqualTo(new CommandRun(2, "", "flowbell: --log-format: " + message + "\n"));
  }

  /// A pattern for the wrong format passes nothing, so none is the default.
  @Test
  void run_noFormat() {
    assertThat(CommandRun.of("filter"))
        .isEqualTo(
            new CommandRun(2, "", "flowbell: Missing required option: '--log-format=FORMAT'\n"));
  }

  @Test
  void run_help() {
    CommandRun run = CommandRun.of("filter", "--help");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .startsWith("Usage: flowbell filter [-hV] --log-format=FORMAT\n")
        .contains("as AWS writes it, ${srcaddr}\n")
        .endsWith("Exit code 0: printed. 2: there is no such pattern; nothing is printed.\n");
    assertThat(run.err()).isEmpty();
  }
}
