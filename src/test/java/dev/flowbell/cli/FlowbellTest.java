package dev.flowbell.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.settings.Setting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FlowbellTest {
  @ParameterizedTest
  @ValueSource(strings = {"--help", "-h", "help"})
  void run_help(String option) {
    CommandRun run = CommandRun.of(option);

    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .startsWith("Usage: flowbell [-hV] [COMMAND]\n")
        .contains("  backtest    Says what Flowbell would have mailed")
        .contains("  doctor      Checks what silently breaks")
        .contains("  filter      Prints the CloudWatch Logs filter pattern")
        .contains("  redrive     Sends payloads that failed")
        .contains("  replay      Reads files and says what they hold")
        .contains("  completion  Prints a script");
    assertThat(run.err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"replay --help", "help replay"})
  void run_helpOfCommand(String arguments) {
    CommandRun run = CommandRun.of(arguments.split(" "));

    assertThat(run.exitCode()).isZero();
    assertThat(run.out()).startsWith("Usage: flowbell replay ").contains("${srcaddr} ${dstaddr}");
    for (Setting setting : Setting.OPTIONS) {
      assertThat(run.out()).contains(setting.option() + "=" + setting.label().charAt(0));
    }
    assertThat(run.err()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--version", "-V"})
  void run_version(String option) {
    assertThat(CommandRun.of(option)).isEqualTo(new CommandRun(0, "flowbell unpackaged\n", ""));
  }

  @Test
  void run_noCommand() {
    assertThat(CommandRun.of())
        .isEqualTo(
            new CommandRun(
                2,
                "",
                "flowbell: expected a command: backtest, doctor, filter, redrive, replay, report,"
                    + " why, completion, help (see flowbell help)\n"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          rewind         | expected a command: backtest, doctor, filter, redrive, replay, report, why, completion, help, got "rewind"; did you mean report or redrive?
          redrve flowbell | expected a command: backtest, doctor, filter, redrive, replay, report, why, completion, help, got "redrve"; did you mean redrive or report?
          help redrve    | Unknown subcommand 'redrve'.
          doctor --send flowbell | Unknown option: '--send'; did you mean --send-test?
          replay s3:///AWSLogs/ | s3:///AWSLogs/: expected s3://BUCKET/PREFIX
          replay s3://arn:aws:s3:::bucket | s3://arn:aws:s3:::bucket: expected s3://BUCKET/PREFIX
          doctor         | Missing required parameter: 'STACK'
          doctor a b     | Unmatched argument at index 2: 'b'
          doctor --timeout-seconds 0 flowbell | --timeout-seconds: expected a whole number from 1 to 3600, got "0"
          doctor --timeout-seconds 1h flowbell | Invalid value for option '--timeout-seconds': '1h' is not an int
          doctor --output xml flowbell | Invalid value for option '--output': expected one of [TEXT, JSON] (case-insensitive) but was 'xml'
          backtest       | Missing required parameter: 'PATH'
          backtest --target 1 file | --target: expected mails-per-day=NUMBER, got "1"
          backtest --target mails-per-day=-1 file | --target: expected mails-per-day=NUMBER, got "mails-per-day=-1"
          backtest --target mails-per-day=NaN file | --target: expected mails-per-day=NUMBER, got "mails-per-day=NaN"
          backtest --compare scan-host=50 file | --compare: expected a setting out of scan-ports, scan-hosts, outside-scan-ports, blocked-minutes, blocked-records, blocked-sources, dropped-answers, rejects, unreadable-records, skipped-windows, alert-mail-limit, quiet, got "scan-host"
          backtest --compare scan-hosts=50,many file | --compare: scan-hosts: expected whole numbers from 0 to 1000000, got "many"
          backtest --compare scan-hosts file | --compare: scan-hosts: expected whole numbers from 0 to 1000000, got ""
          backtest --compare alert-mail-limit=0 file | --compare: alert-mail-limit: expected whole numbers from 1 to 1000, got "0"
          backtest --compare quiet=10.0.0.1 file | --compare: quiet: expected an address block such as 10.0.0.0/8 or fe80::/10, got "10.0.0.1"
          backtest --compare quiet= file | --compare: quiet: expected an entry such as 10.0.9.7/32 scan
          backtest --log-format auto file | --log-format: expected formats such as ${srcaddr} ${dstaddr}, got "auto": only the function asks EC2; a file's header line needs no option
          backtest --alert-mail-limit=0 --quiet all file | --quiet: expected an address block such as 10.0.0.0/8 or fe80::/10, got "all"; --alert-mail-limit: expected a whole number from 1 to 1000, got "0"
          backtest --list --output json file | --output json has all mails: expected neither --list nor --mail
          replay         | Missing required parameter: 'FILE'
          replay -x file | Unknown option: '-x'
          replay --loud file | Unknown option: '--loud'; did you mean --log-format?
          replay --output xml file | Invalid value for option '--output': expected one of [TEXT, JSON] (case-insensitive) but was 'xml'
          replay file --topic-arn | Missing required parameter for option '--topic-arn' (ARN)
          replay --alert-thresholds rejects=ten file | --alert-thresholds: rejects: expected a whole number from 0 to 1000000, got "ten"
          replay --series-budget=-1 file | --series-budget: expected a whole number from 0 to 10000, got "-1"
          replay --https-form xml --namespace AWS/X file | --namespace: expected 1 to 255 letters, digits and .-_/#: without AWS/ in front, got "AWS/X"; --https-form: expected json or chat, got "xml"
          replay --dimensions Vpc file | --dimensions: expected dimensions out of VpcId, SubnetId, InterfaceId, AccountId, Region, AzId, FlowDirection, RejectReason, LogGroup, got "Vpc"
          replay --log-format srcaddr;srcadr file | --log-format: format 2, field 1 (character 1): expected a flow log field such as ${srcaddr}, got "srcadr"
          """)
  void run_wrongArguments(String arguments, String message) {
    assertThat(CommandRun.of(arguments.split(" ")))
        .isEqualTo(new CommandRun(2, "", "flowbell: " + message + "\n"));
  }
}
