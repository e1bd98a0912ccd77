package dev.flowbell.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flowbell.judge.AlertPolicy;
import dev.flowbell.judge.Quiet;
import dev.flowbell.judge.Rule;
import dev.flowbell.judge.Thresholds;
import dev.flowbell.metric.MetricDimension;
import dev.flowbell.notify.HttpsForm;
import dev.flowbell.record.AddressBlock;
import dev.flowbell.record.AddressBlocks;
import dev.flowbell.record.RecordFormat;
import dev.flowbell.record.TrafficType;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
  private static final Settings DEFAULTS =
      new Settings(
          List.of(RecordFormat.DEFAULT, RecordFormat.FLOWBELL, RecordFormat.TRANSIT_GATEWAY),
          false,
          null,
          TrafficType.ALL,
          33_554_432,
          MetricSink.CLOUDWATCH,
          "Flowbell",
          List.of(),
          100,
          new AlertPolicy(Thresholds.DEFAULT, Quiet.NOTHING, 10),
          AddressBlocks.parse(
              "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,169.254.0.0/16,"
                  + "fc00::/7,fe80::/10"),
          false,
          false,
          null,
          null,
          HttpsForm.JSON,
          null,
          null,
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
    environment.put("TRAFFIC_TYPE", " REJECT ");
    environment.put("MAX_INFLATED_BYTES", "1048576");
    environment.put("METRIC_SINK", " emf ");
    environment.put("METRIC_NAMESPACE", " Net/Flow_1 ");
    environment.put("METRIC_DIMENSIONS", "VpcId, InterfaceId+RejectReason");
    environment.put("METRIC_SERIES_BUDGET", "7");
    environment.put("ALERT_TOPIC_ARN", "arn:aws:sns:eu-west-1:123456789012:flowbell");
    environment.put("ALERT_HTTPS_FORM", "chat");
    environment.put("ALERT_THRESHOLDS", " scan-ports=20, rejects=0 ");
    environment.put("ALERT_MAIL_LIMIT", "3");
    environment.put("QUIET", "198.51.100.0/24; 10.0.0.5/32 445 scan until=2026-12-31");
    environment.put("INSIDE_NETWORKS", "10.0.0.0/8, 2001:db8:0:1::/64");
    environment.put("EXPLAIN_BLOCKS", " true ");
    environment.put("STACK_NAME", " prod-1 ");
    environment.put("LEDGER_TABLE", " flowbell-Ledger_1.x ");
    environment.put(
        "FAILURE_QUEUE_URL", "https://sqs.eu-west-1.amazonaws.com/123456789012/failures");
    environment.put("SOURCE_CHANGE", " 2026-12-01T10:00Z bucket ");
    assertThat(environment).hasSameSizeAs(Setting.ALL);

    assertThat(Settings.fromEnvironment(environment))
        .isEqualTo(
            new Settings(
                List.of(
                    RecordFormat.parse("${srcaddr} ${action}"),
                    RecordFormat.parse("${action} ${bytes}")),
                false,
                "/vpc/flow-logs",
                TrafficType.REJECT,
                1_048_576,
                MetricSink.EMF,
                "Net/Flow_1",
                List.of(
                    List.of(MetricDimension.VPC_ID),
                    List.of(MetricDimension.INTERFACE_ID, MetricDimension.REJECT_REASON)),
                7,
                new AlertPolicy(
                    Thresholds.parse("rejects=0,scan-ports=20"),
                    new Quiet(
                        List.of(
                            new Quiet.Entry(
                                AddressBlock.parse("198.51.100.0/24"), null, null, null),
                            new Quiet.Entry(
                                AddressBlock.parse("10.0.0.5/32"),
                                445,
                                Rule.SCAN,
                                Instant.parse("2027-01-01T00:00:00Z")))),
                    3),
                new AddressBlocks(
                    List.of(
                        AddressBlock.parse("10.0.0.0/8"), AddressBlock.parse("2001:db8:0:1::/64"))),
                false,
                true,
                "prod-1",
                "arn:aws:sns:eu-west-1:123456789012:flowbell",
                HttpsForm.CHAT,
                "flowbell-Ledger_1.x",
                "https://sqs.eu-west-1.amazonaws.com/123456789012/failures",
                new SourceChange(Instant.parse("2026-12-01T10:00:00Z"), true)));
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
          TRAFFIC_TYPE           | ALL
          TRAFFIC_TYPE           | REJECT
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
          ALERT_THRESHOLDS       | scan-hosts=0
          ALERT_THRESHOLDS       | skipped-windows=1000000
          ALERT_THRESHOLDS       | scan-ports=1,scan-hosts=2,outside-scan-ports=3,blocked-minutes=4,blocked-records=5,blocked-sources=6,dropped-answers=7,rejects=8,unreadable-records=9,skipped-windows=10
          ALERT_MAIL_LIMIT       | 1
          ALERT_MAIL_LIMIT       | 1000
          QUIET                  | 0.0.0.0/0 skipped-windows
          QUIET                  | 2001:db8::/32 65535 blocked-connection until=2026-12-31T08:00:00Z;10.0.0.0/8 0
          INSIDE_NETWORKS        | 0.0.0.0/0,::/0
          STACK_NAME             | a
          SOURCE_CHANGE          | 2026-12-01T10:00:00Z bucket
          SOURCE_CHANGE          | 2026-12-01T11:00+01:00 log-groups
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
          TRAFFIC_TYPE           | ACCEPT          | expected ALL or REJECT, got "ACCEPT"
          TRAFFIC_TYPE           | reject          | expected ALL or REJECT, got "reject"
          MAX_INFLATED_BYTES     | 0               | expected a whole number from 1 to 2147483647, got "0"
          MAX_INFLATED_BYTES     | 2147483648      | expected a whole number from 1 to 2147483647, got "2147483648"
          MAX_INFLATED_BYTES     | 64MiB           | expected a whole number from 1 to 2147483647, got "64MiB"
          METRIC_SINK            | EMF             | expected cloudwatch or emf, got "EMF"
          METRIC_NAMESPACE       | AWS/Flow        | expected 1 to 255 letters, digits and .-_/#: without AWS/ in front, got "AWS/Flow"
          METRIC_NAMESPACE       | :a              | expected 1 to 255 letters, digits and .-_/#: without AWS/ in front, got ":a"
          METRIC_NAMESPACE       | fléche          | expected 1 to 255 letters, digits and .-_/#: without AWS/ in front, got "fléche"
          METRIC_DIMENSIONS      | vpcid           | expected dimensions out of VpcId, SubnetId, InterfaceId, AccountId, Region, AzId, FlowDirection, RejectReason, LogGroup, got "vpcid"
          METRIC_DIMENSIONS      | VpcId,VpcId     | expected each series once, whatever the order of its dimensions, got "VpcId,VpcId"
          METRIC_DIMENSIONS      | VpcId+AzId,AzId+VpcId | expected each series once, whatever the order of its dimensions, got "VpcId+AzId,AzId+VpcId"
          METRIC_DIMENSIONS      | VpcId+VpcId     | expected each dimension once, got "VpcId+VpcId"
          METRIC_SERIES_BUDGET   | -1              | expected a whole number from 0 to 10000, got "-1"
          METRIC_SERIES_BUDGET   | 10001           | expected a whole number from 0 to 10000, got "10001"
          ALERT_TOPIC_ARN        | flowbell        | expected an SNS topic's ARN such as arn:aws:sns:eu-west-1:123456789012:flowbell, got "flowbell"
          ALERT_TOPIC_ARN        | arn:aws:sqs:eu-west-1:123456789012:x | expected an SNS topic's ARN such as arn:aws:sns:eu-west-1:123456789012:flowbell, got "arn:aws:sqs:eu-west-1:123456789012:x"
          ALERT_HTTPS_FORM       | JSON            | expected json or chat, got "JSON"
          ALERT_THRESHOLDS       | port-scan=3 | expected thresholds out of scan-ports, scan-hosts, outside-scan-ports, blocked-minutes, blocked-records, blocked-sources, dropped-answers, rejects, unreadable-records, skipped-windows, got "port-scan"
          ALERT_THRESHOLDS       | rejects | rejects: expected a whole number from 0 to 1000000, got ""
          ALERT_THRESHOLDS       | rejects=ten | rejects: expected a whole number from 0 to 1000000, got "ten"
          ALERT_THRESHOLDS       | rejects=-1 | rejects: expected a whole number from 0 to 1000000, got "-1"
          ALERT_THRESHOLDS       | rejects=1.5 | rejects: expected a whole number from 0 to 1000000, got "1.5"
          ALERT_THRESHOLDS       | rejects=1000001 | rejects: expected a whole number from 0 to 1000000, got "1000001"
          ALERT_THRESHOLDS       | rejects=99999999999 | rejects: expected a whole number from 0 to 1000000, got "99999999999"
          ALERT_THRESHOLDS       | rejects=1,rejects=2 | rejects: expected once, got it again
          ALERT_THRESHOLDS       | rejects=1, | expected thresholds out of scan-ports, scan-hosts, outside-scan-ports, blocked-minutes, blocked-records, blocked-sources, dropped-answers, rejects, unreadable-records, skipped-windows, got ""
          ALERT_THRESHOLDS       | scan-ports=x,rejects=y | scan-ports: expected a whole number from 0 to 1000000, got "x"; rejects: expected a whole number from 0 to 1000000, got "y"
          ALERT_MAIL_LIMIT       | 0 | expected a whole number from 1 to 1000, got "0"
          ALERT_MAIL_LIMIT       | 1001 | expected a whole number from 1 to 1000, got "1001"
          SOURCE_CHANGE          | 2026-12-01T10:00Z | expected a time and the source from then on, as in 2026-12-01T10:00Z bucket, got "2026-12-01T10:00Z"
          SOURCE_CHANGE          | 2026-12-01T10:00 bucket | expected a time and the source from then on, as in 2026-12-01T10:00Z bucket, got "2026-12-01T10:00 bucket"
          SOURCE_CHANGE          | 2026-12-01T10:00Z file | expected a time and the source from then on, as in 2026-12-01T10:00Z bucket, got "2026-12-01T10:00Z file"
          QUIET                  | 10.0.0.1 | expected an address block such as 10.0.0.0/8 or fe80::/10, got "10.0.0.1"
          QUIET                  | 10.0.0.1/8 | expected an address block such as 10.0.0.0/8 or fe80::/10, got "10.0.0.1/8"
          QUIET                  | 10.0.0.0/8; | entry 2, expected an address block such as 10.0.0.0/8 or fe80::/10, got ""
          QUIET                  | 10.0.0.0/8 65536 | expected a port, a rule such as scan, or until=2026-12-31, got "65536"
          QUIET                  | 10.0.0.0/8 port-scan | expected a port, a rule such as scan, or until=2026-12-31, got "port-scan"
          QUIET                  | 10.0.0.0/8 until=soon | until: expected a day such as 2026-12-31, got "soon"
          QUIET                  | pl-63a5400 | expected a prefix list's id such as pl-63a5400a, got "pl-63a5400"
          QUIET                  | x;10.0.0.0/8;y | entry 1, expected an address block such as 10.0.0.0/8 or fe80::/10, got "x"; entry 3, expected an address block such as 10.0.0.0/8 or fe80::/10, got "y"
          INSIDE_NETWORKS        | 10.0.0.0/33 | expected an address block such as 10.0.0.0/8 or fe80::/10, got "10.0.0.0/33"
          INSIDE_NETWORKS        | 10.0.0.0/8, | expected an address block such as 10.0.0.0/8 or fe80::/10, got ""
          INSIDE_NETWORKS        | Auto | expected an address block such as 10.0.0.0/8 or fe80::/10, got "Auto"
          EXPLAIN_BLOCKS         | yes | expected true or false, got "yes"
          STACK_NAME             | 1prod | expected a stack's name: 1 to 128 letters, digits and hyphens, got "1prod"
          """)
  void fromEnvironment_wrongValue(String name, String value, String error) {
    assertThatThrownBy(() -> Settings.fromEnvironment(Map.of(name, value)))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessage(name + ": " + error);
  }

  @Test
  void fromEnvironment_everyErrorAtOnce() {
    Map<String, String> environment =
        Map.of(
            "ALERT_THRESHOLDS", "rejects=ten",
            "LOG_FORMAT", "x;srcaddr;y",
            "ALERT_HTTPS_FORM", "xml",
            "ALERT_MAIL_LIMIT", "many",
            "QUIET", "here",
            "INSIDE_NETWORKS", "there",
            "STACK_NAME", "my stack",
            "MAX_INFLATED_BYTES", "-5");

    assertThatThrownBy(() -> Settings.fromEnvironment(environment))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessage(
            """
            LOG_FORMAT: format 1, field 1 (character 1): expected a flow log field such as ${srcaddr}, got "x"
            LOG_FORMAT: format 3, field 1 (character 1): expected a flow log field such as ${srcaddr}, got "y"
            MAX_INFLATED_BYTES: expected a whole number from 1 to 2147483647, got "-5"
            ALERT_THRESHOLDS: rejects: expected a whole number from 0 to 1000000, got "ten"
            QUIET: expected an address block such as 10.0.0.0/8 or fe80::/10, got "here"
            ALERT_MAIL_LIMIT: expected a whole number from 1 to 1000, got "many"
            INSIDE_NETWORKS: expected an address block such as 10.0.0.0/8 or fe80::/10, got "there"
            STACK_NAME: expected a stack's name: 1 to 128 letters, digits and hyphens, got "my stack"
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
    assertThatThrownBy(() -> Settings.parse(Map.of("ALERT_MAIL_LIMIT", "few"), Setting::option))
        .hasMessage("--alert-mail-limit: expected a whole number from 1 to 1000, got \"few\"");
  }

  @Test
  void settings_haveNamesOfTheirOwn() {
    assertThat(Setting.ALL).hasSize(19);
    assertThat(Setting.ALL).extracting(Setting::name).doesNotHaveDuplicates();
    assertThat(Setting.OPTIONS).hasSize(13).isSubsetOf(Setting.ALL);
    assertThat(Setting.OPTIONS)
        .extracting(Setting::option)
        .doesNotHaveDuplicates()
        .allMatch(option -> option.startsWith("--"));
  }
}
