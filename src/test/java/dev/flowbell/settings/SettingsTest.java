package dev.flowbell.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flowbell.judge.AlertPolicy;
import dev.flowbell.judge.AlertRule;
import dev.flowbell.judge.PayloadRule;
import dev.flowbell.judge.SourceRule;
import dev.flowbell.metric.MetricDimension;
import dev.flowbell.notify.HttpsForm;
import dev.flowbell.record.RecordFormat;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
  private static final Settings DEFAULTS =
      new Settings(
          List.of(RecordFormat.DEFAULT, RecordFormat.FLOWBELL),
          false,
          null,
          33_554_432,
          MetricSink.CLOUDWATCH,
          "Flowbell",
          List.of(),
          100,
          AlertPolicy.defaults(),
          null,
          HttpsForm.JSON,
          null);

  @Test
  void fromEnvironment_nothingSet() {
    assertThat(Settings.fromEnvironment(Map.of())).isEqualTo(DEFAULTS);
    assertThat(Settings.fromEnvironment(Map.of("PATH", "/bin", "log_format", "x")))
        .isEqualTo(DEFAULTS);
  }

  /// As the parameters of a template come that nobody filled in.
  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t\n"})
  void fromEnvironment_blank(String blank) {
    Map<String, String> environment = new HashMap<>();
    for (Setting setting : Setting.ALL) {
      environment.put(setting.name(), blank);
    }

    assertThat(Settings.fromEnvironment(environment)).isEqualTo(DEFAULTS);
  }

  @Test
  void fromEnvironment_defaultTexts() {
    Map<String, String> environment = new HashMap<>();
    for (Setting setting : Setting.ALL) {
      environment.put(setting.name(), setting.defaultText());
    }

    assertThat(Settings.fromEnvironment(environment)).isEqualTo(DEFAULTS);
  }

  @Test
  void fromEnvironment_everythingSet() {
    Map<String, String> environment = new HashMap<>();
    environment.put("LOG_FORMAT", " ${srcaddr} ${action};action bytes ");
    environment.put("LOG_GROUP", " /vpc/flow-logs ");
    environment.put("MAX_INFLATED_BYTES", "1048576");
    environment.put("METRIC_SINK", " emf ");
    environment.put("METRIC_NAMESPACE", " Net/Flow_1 ");
    environment.put("METRIC_DIMENSIONS", "VpcId, InterfaceId+RejectReason");
    environment.put("METRIC_SERIES_BUDGET", "7");
    environment.put("ALERT_TOPIC_ARN", "arn:aws:sns:eu-west-1:123456789012:flowbell");
    environment.put("ALERT_HTTPS_FORM", "chat");
    environment.put("ALERT_COOLDOWN_SECONDS", "90");
    environment.put("ALERT_PROBED_PORTS", "11");
    environment.put("ALERT_PROBED_HOSTS", "12");
    environment.put("ALERT_BLOCKED_HANDSHAKES", "13");
    environment.put("ALERT_NAT_MASKED_REJECTS", "14");
    environment.put("ALERT_REJECTS", "15");
    environment.put("ALERT_UNREADABLE_RECORDS", "16");
    environment.put("ALERT_SKIPPED_WINDOWS", "0");
    environment.put("LEDGER_TABLE", " flowbell-Ledger_1.x ");
    assertThat(environment).hasSameSizeAs(Setting.ALL);

    assertThat(Settings.fromEnvironment(environment))
        .isEqualTo(
            new Settings(
                List.of(
                    RecordFormat.parse("${srcaddr} ${action}"),
                    RecordFormat.parse("${action} ${bytes}")),
                false,
                "/vpc/flow-logs",
                1_048_576,
                MetricSink.EMF,
                "Net/Flow_1",
                List.of(
                    List.of(MetricDimension.VPC_ID),
                    List.of(MetricDimension.INTERFACE_ID, MetricDimension.REJECT_REASON)),
                7,
                new AlertPolicy(
                    Map.of(
                        SourceRule.PORT_SCAN, 11L,
                        SourceRule.HOST_SWEEP, 12L,
                        SourceRule.BLOCKED_HANDSHAKES, 13L,
                        SourceRule.NAT_MASKED_REJECTS, 14L,
                        SourceRule.REJECTS, 15L,
                        PayloadRule.UNREADABLE_RECORDS, 16L,
                        PayloadRule.SKIPPED_WINDOWS, 0L),
                    Duration.ofSeconds(90)),
                "arn:aws:sns:eu-west-1:123456789012:flowbell",
                HttpsForm.CHAT,
                "flowbell-Ledger_1.x"));
  }

  /// Until EC2 has answered, lines are read as without a setting.
  @Test
  void fromEnvironment_autoLogFormat() {
    Settings settings = Settings.fromEnvironment(Map.of("LOG_FORMAT", " auto "));

    assertThat(settings.isLogFormatAuto()).isTrue();
    assertThat(settings.formats()).isEqualTo(DEFAULTS.formats());
    assertThat(settings.logGroup()).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          LOG_GROUP              | /aws/vpc.flow_logs-1#a
          MAX_INFLATED_BYTES     | 1
          MAX_INFLATED_BYTES     | 2147483647
          METRIC_SINK            | cloudwatch
          METRIC_SINK            | emf
          METRIC_NAMESPACE       | a
          METRIC_NAMESPACE       | AWS
          METRIC_NAMESPACE       | a.b-c_d/e#f:g h1
          METRIC_SERIES_BUDGET   | 0
          METRIC_SERIES_BUDGET   | 10000
          METRIC_DIMENSIONS      | VpcId,SubnetId,InterfaceId,AccountId,Region,AzId,FlowDirection,RejectReason,LogGroup
          ALERT_TOPIC_ARN        | arn:aws-cn:sns:cn-north-1:123456789012:a-B_9
          ALERT_TOPIC_ARN        | arn:aws-us-gov:sns:us-gov-west-1:123456789012:x.fifo
          ALERT_HTTPS_FORM       | json
          ALERT_COOLDOWN_SECONDS | 0
          ALERT_COOLDOWN_SECONDS | 604800
          ALERT_REJECTS          | 2147483647
          """)
  void fromEnvironment_rightValue(String name, String value) {
    assertThat(Settings.fromEnvironment(Map.of(name, value))).isNotNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          LOG_FORMAT             | srcaddr dstadr  | field 2 (character 9): expected a flow log field such as ${srcaddr}, got "dstadr"
          LOG_FORMAT             | ${srcaddr       | field 1 (character 1): expected a flow log field such as ${srcaddr}, got "${srcaddr"
          LOG_FORMAT             | srcaddr srcaddr | field 2 (character 9): expected each field once, got srcaddr again after field 1
          LOG_FORMAT             | srcaddr;        | format 2, field 1 (character 1): expected field names such as ${srcaddr} ${dstaddr}, got none
          LOG_FORMAT             | AUTO            | field 1 (character 1): expected a flow log field such as ${srcaddr}, got "AUTO"
          LOG_FORMAT             | auto;srcaddr    | format 1, field 1 (character 1): expected a flow log field such as ${srcaddr}, got "auto"
          LOG_GROUP              | a:b             | expected a log group's name: 1 to 512 letters, digits and .-_/#, got "a:b"
          MAX_INFLATED_BYTES     | 0               | expected a whole number from 1 to 2147483647, got "0"
          MAX_INFLATED_BYTES     | 2147483648      | expected a whole number from 1 to 2147483647, got "2147483648"
          MAX_INFLATED_BYTES     | 64MiB           | expected a whole number from 1 to 2147483647, got "64MiB"
          METRIC_SINK            | EMF             | expected cloudwatch or emf, got "EMF"
          METRIC_NAMESPACE       | AWS/Flow        | expected 1 to 255 letters, digits and .-_/#: without AWS/ in front, got "AWS/Flow"
          METRIC_NAMESPACE       | :a              | expected 1 to 255 letters, digits and .-_/#: without AWS/ in front, got ":a"
          METRIC_NAMESPACE       | fléche          | expected 1 to 255 letters, digits and .-_/#: without AWS/ in front, got "fléche"
          METRIC_DIMENSIONS      | vpcid           | expected dimensions out of VpcId, SubnetId, InterfaceId, AccountId, Region, AzId, FlowDirection, RejectReason, LogGroup, got "vpcid"
          METRIC_DIMENSIONS      | VpcId,VpcId     | expected each series once, got "VpcId,VpcId"
          METRIC_DIMENSIONS      | VpcId+VpcId     | expected each dimension once, got "VpcId+VpcId"
          METRIC_SERIES_BUDGET   | -1              | expected a whole number from 0 to 10000, got "-1"
          METRIC_SERIES_BUDGET   | 10001           | expected a whole number from 0 to 10000, got "10001"
          ALERT_TOPIC_ARN        | flowbell        | expected an SNS topic's ARN such as arn:aws:sns:eu-west-1:123456789012:flowbell, got "flowbell"
          ALERT_TOPIC_ARN        | arn:aws:sqs:eu-west-1:123456789012:x | expected an SNS topic's ARN such as arn:aws:sns:eu-west-1:123456789012:flowbell, got "arn:aws:sqs:eu-west-1:123456789012:x"
          ALERT_HTTPS_FORM       | JSON            | expected json or chat, got "JSON"
          ALERT_COOLDOWN_SECONDS | 604801          | expected a whole number from 0 to 604800, got "604801"
          ALERT_COOLDOWN_SECONDS | 1h              | expected a whole number from 0 to 604800, got "1h"
          """)
  void fromEnvironment_wrongValue(String name, String value, String error) {
    assertThatThrownBy(() -> Settings.fromEnvironment(Map.of(name, value)))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessage(name + ": " + error);
  }

  @ParameterizedTest
  @MethodSource("dev.flowbell.judge.AlertRule#all")
  void fromEnvironment_wrongThreshold(AlertRule rule) {
    for (String value : List.of("ten", "-1", "1.5", "2147483648", "99999999999999999999")) {
      assertThatThrownBy(() -> Settings.fromEnvironment(Map.of(rule.setting(), value)))
          .isInstanceOf(InvalidSettingsException.class)
          .hasMessage(
              rule.setting()
                  + ": expected a positive integer, or 0 for never, got \""
                  + value
                  + "\"");
    }
  }

  @Test
  void fromEnvironment_everyErrorAtOnce() {
    Map<String, String> environment =
        Map.of(
            "ALERT_REJECTS", "ten",
            "LOG_FORMAT", "x;srcaddr;y",
            "ALERT_HTTPS_FORM", "xml",
            "MAX_INFLATED_BYTES", "-5");

    assertThatThrownBy(() -> Settings.fromEnvironment(environment))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessage(
            """
            LOG_FORMAT: format 1, field 1 (character 1): expected a flow log field such as ${srcaddr}, got "x"
            LOG_FORMAT: format 3, field 1 (character 1): expected a flow log field such as ${srcaddr}, got "y"
            MAX_INFLATED_BYTES: expected a whole number from 1 to 2147483647, got "-5"
            ALERT_REJECTS: expected a positive integer, or 0 for never, got "ten"
            ALERT_HTTPS_FORM: expected json or chat, got "xml\"\
            """);
  }

  @Test
  void fromEnvironment_longValueIsShortened() {
    assertThatThrownBy(() -> Settings.fromEnvironment(Map.of("ALERT_HTTPS_FORM", "x".repeat(61))))
        .hasMessage("ALERT_HTTPS_FORM: expected json or chat, got \"" + "x".repeat(60) + "...\"");
    assertThatThrownBy(() -> Settings.fromEnvironment(Map.of("METRIC_NAMESPACE", "x".repeat(256))))
        .hasMessage(
            "METRIC_NAMESPACE: expected 1 to 255 letters, digits and .-_/#: without AWS/ in front,"
                + " got \""
                + "x".repeat(60)
                + "...\"");
  }

  @Test
  void parse_errorsNameTheOption() {
    assertThatThrownBy(() -> Settings.parse(Map.of("ALERT_PROBED_PORTS", "few"), Setting::option))
        .hasMessage(
            "--alert-probed-ports: expected a positive integer, or 0 for never, got \"few\"");
  }

  @Test
  void withoutAlerts_changesNothingElse() {
    Settings settings =
        Settings.fromEnvironment(
            Map.of(
                "LOG_FORMAT", "auto",
                "LOG_GROUP", "flows",
                "METRIC_SINK", "emf",
                "METRIC_NAMESPACE", "Other",
                "ALERT_COOLDOWN_SECONDS", "7"));

    assertThat(settings.withoutAlerts())
        .isEqualTo(
            new Settings(
                settings.formats(),
                true,
                "flows",
                33_554_432,
                MetricSink.EMF,
                "Other",
                List.of(),
                100,
                new AlertPolicy(Map.of(), Duration.ofSeconds(7)),
                null,
                HttpsForm.JSON,
                null));
  }

  @Test
  void settings_haveNamesOfTheirOwn() {
    assertThat(Setting.ALL).hasSize(18);
    assertThat(Setting.ALL).extracting(Setting::name).doesNotHaveDuplicates();
    assertThat(Setting.OPTIONS).hasSize(16).isSubsetOf(Setting.ALL);
    assertThat(Setting.OPTIONS)
        .extracting(Setting::option)
        .doesNotHaveDuplicates()
        .allMatch(option -> option.startsWith("--"));
  }
}
