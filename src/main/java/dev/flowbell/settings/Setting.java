package dev.flowbell.settings;

import dev.flowbell.judge.AlertPolicy;
import dev.flowbell.judge.Thresholds;
import dev.flowbell.metric.MetricDimension;
import dev.flowbell.notify.HttpsForm;
import dev.flowbell.record.RecordFormat;
import dev.flowbell.record.TrafficType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// A value that users can set: an environment variable of the function, and an option of the
/// command line.
///
/// This is the only description of a setting. [Settings] checks values with it, `replay --help`
/// prints it, and the list in `docs/settings.md` is generated from it. To add a setting, add it to
/// [#ALL] and read it in [Settings].
///
/// @param name the environment variable
/// @param option the command line's option; empty if there is none
/// @param defaultText the value of a setting that is not set; empty for none
/// @param label a placeholder for the value, for help texts
/// @param bounds the values that it may have
/// @param description one sentence
public record Setting(
    String name,
    String option,
    String defaultText,
    String label,
    Bounds bounds,
    String description) {
  private static final long MOST_COUNT = Integer.MAX_VALUE;

  /// @see <a
  ///   href="https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html">CreateLogGroup</a>
  private static final Bounds LOG_GROUP_NAMES =
      new Bounds.Name(
          "a log group's name: 1 to 512 letters, digits and .-_/#",
          Pattern.compile("[.\\-_/#A-Za-z0-9]{1,512}"));

  /// @see <a
  ///   href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#Namespace">Namespaces</a>
  private static final Bounds NAMESPACES =
      new Bounds.Name(
          "1 to 255 letters, digits and .-_/#: without AWS/ in front",
          Pattern.compile("(?!AWS/)(?!:)[0-9A-Za-z.\\-_/#: ]{1,255}"));

  private static final Bounds TOPIC_ARNS =
      new Bounds.Name(
          "an SNS topic's ARN such as arn:aws:sns:eu-west-1:123456789012:flowbell",
          Pattern.compile(
              "arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}(\\.fifo)?"));

  /// @see <a
  ///   href="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html">CreateTable</a>
  private static final Bounds TABLE_NAMES =
      new Bounds.Name(
          "a DynamoDB table's name, 3 to 255 letters, digits and ._-",
          Pattern.compile("[a-zA-Z0-9_.-]{3,255}"));

  private static final Bounds QUEUE_URLS =
      new Bounds.Name("the URL of an SQS queue", Pattern.compile("https?://\\S{1,500}"));

  /// @see <a
  ///   href="https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_CreateStack.html">CreateStack</a>
  private static final Bounds STACK_NAMES =
      new Bounds.Name(
          "a stack's name: 1 to 128 letters, digits and hyphens",
          Pattern.compile("[A-Za-z][A-Za-z0-9-]{0,127}"));

  private static final String INSIDE_DEFAULT =
      "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,169.254.0.0/16,fc00::/7,fe80::/10";

  /// The value of [#INSIDE_NETWORKS] that lets EC2 be asked.
  static final String INSIDE_AUTO = "auto";

  /// The value of [#LOG_FORMAT] that lets the function ask EC2.
  static final String LOG_FORMAT_AUTO = "auto";

  static final Setting LOG_FORMAT =
      new Setting(
          "LOG_FORMAT",
          "--log-format",
          RecordFormat.DEFAULT + ";" + RecordFormat.FLOWBELL + ";" + RecordFormat.TRANSIT_GATEWAY,
          "FORMAT[;FORMAT...]",
          new Bounds.Parsed("formats, or auto: the function asks EC2"),
          "The flow logs' formats, as AWS writes them, ${srcaddr} ${dstaddr}, or with bare names;"
              + " several are separated by semicolons.");
  static final Setting LOG_GROUP =
      new Setting(
          "LOG_GROUP",
          "",
          "",
          "NAME",
          LOG_GROUP_NAMES,
          "The log group for whose flow logs the function asks EC2 at start-up, if LOG_FORMAT is"
              + " auto.");
  static final Setting TRAFFIC_TYPE =
      new Setting(
          "TRAFFIC_TYPE",
          "--traffic-type",
          TrafficType.ALL.name(),
          "ALL|REJECT",
          new Bounds.Choice(List.of(TrafficType.ALL.name(), TrafficType.REJECT.name())),
          "The traffic whose records are read. With REJECT, metrics that need accepted records are"
              + " absent, and notifications say that these are not read.");
  static final Setting MAX_INFLATED_BYTES =
      new Setting(
          "MAX_INFLATED_BYTES",
          "--max-inflated-bytes",
          "33554432",
          "BYTES",
          Bounds.Numbers.between(1, MOST_COUNT),
          "The most bytes that a payload may inflate to.");
  static final Setting METRIC_SINK =
      new Setting(
          "METRIC_SINK",
          "", // standard output is the command line's report
          "cloudwatch",
          "cloudwatch|emf",
          Bounds.Choice.of(MetricSink.values()),
          "How metrics reach CloudWatch: PutMetricData requests (cloudwatch), or lines of the"
              + " function's log (emf).");
  static final Setting METRIC_NAMESPACE =
      new Setting(
          "METRIC_NAMESPACE",
          "--namespace",
          "Flowbell",
          "NAME",
          NAMESPACES,
          "The metrics' namespace in CloudWatch.");
  static final Setting METRIC_DIMENSIONS =
      new Setting(
          "METRIC_DIMENSIONS",
          "--dimensions",
          "",
          "NAME[,NAME...]",
          new Bounds.Parsed("names of dimensions, with commas or + between"),
          "Series to publish besides the totals: "
              + Arrays.stream(MetricDimension.values())
                  .map(MetricDimension::awsName)
                  .collect(Collectors.joining(", "))
              + "; + joins several into one.");
  static final Setting METRIC_SERIES_BUDGET =
      new Setting(
          "METRIC_SERIES_BUDGET",
          "--series-budget",
          "100",
          "COUNT",
          Bounds.Numbers.between(0, 10_000),
          "The most series that dimensions may make in a payload; the rest is added up as Other.");
  static final Setting ALERT_TOPIC_ARN =
      new Setting(
          "ALERT_TOPIC_ARN",
          "--topic-arn",
          "",
          "ARN",
          TOPIC_ARNS,
          "The SNS topic for notifications; without a topic there are none.");
  static final Setting ALERT_HTTPS_FORM =
      new Setting(
          "ALERT_HTTPS_FORM",
          "--https-form",
          "json",
          "json|chat",
          Bounds.Choice.of(HttpsForm.values()),
          "What HTTPS subscribers of the topic get: JSON, or a message for Amazon Q Developer in"
              + " chat applications.");
  static final Setting ALERT_THRESHOLDS =
      new Setting(
          "ALERT_THRESHOLDS",
          "--alert-thresholds",
          Thresholds.DEFAULT.toString(),
          "NAME=COUNT[,NAME=COUNT...]",
          new Bounds.Parsed("names of thresholds with whole numbers; 0 switches off"),
          "The numbers that alert rules compare with. What is not named keeps its default.");
  static final Setting ALERT_MAIL_LIMIT =
      new Setting(
          "ALERT_MAIL_LIMIT",
          "--alert-mail-limit",
          String.valueOf(AlertPolicy.DEFAULT_NOTIFICATIONS),
          "COUNT",
          Bounds.Numbers.between(1, 1_000),
          "The most notifications an hour. One digest names the alerts beyond.");
  static final Setting QUIET =
      new Setting(
          "QUIET",
          "--quiet",
          "",
          "CIDR|PREFIXLIST [PORT] [RULE] [until=DAY][;...]",
          new Bounds.Parsed(
              "blocks of addresses or ids of prefix lists, each with a port, a rule or an end if"
                  + " wanted"),
          "What you know already: such alerts are counted and not sent, unless something got"
              + " through.");
  static final Setting INSIDE_NETWORKS =
      new Setting(
          "INSIDE_NETWORKS",
          "--inside-networks",
          INSIDE_DEFAULT,
          "CIDR[,CIDR...]|auto",
          new Bounds.Parsed("blocks of addresses, or auto"),
          "The networks of your own hosts. Add the VPC's own IPv6 blocks, or set auto: EC2 tells"
              + " the blocks of all VPCs of the account and Region.");
  static final Setting EXPLAIN_BLOCKS =
      new Setting(
          "EXPLAIN_BLOCKS",
          "", // the commands that can have an option of their own
          "false",
          "true|false",
          new Bounds.Choice(List.of("true", "false")),
          "Whether the function asks EC2 which security group or network ACL blocks what a"
              + " notification is about.");
  static final Setting STACK_NAME =
      new Setting(
          "STACK_NAME",
          "",
          "",
          "NAME",
          STACK_NAMES,
          "The stack's name, with which the subjects of notifications begin.");
  static final Setting LEDGER_TABLE =
      new Setting(
          "LEDGER_TABLE",
          "--ledger-table",
          "",
          "NAME",
          TABLE_NAMES,
          "The ledger's DynamoDB table; without a table the ledger is in the process's memory.");
  static final Setting FAILURE_QUEUE_URL =
      new Setting(
          "FAILURE_QUEUE_URL",
          "", // the function's alone
          "",
          "URL",
          QUEUE_URLS,
          "The SQS queue for payloads of a batch that can't be read. Without it, such a payload"
              + " fails its batch.");
  static final Setting SOURCE_CHANGE =
      new Setting(
          "SOURCE_CHANGE",
          "", // the function's alone
          "",
          "TIME SOURCE",
          new Bounds.Parsed("a time and log-groups or bucket, as in 2026-12-01T10:00Z bucket"),
          "For a change between log groups and a bucket: records that end before this time count"
              + " from the source before, later ones from this source.");

  /// All settings.
  public static final List<Setting> ALL = all();

  /// The settings that are options of the command line.
  public static final List<Setting> OPTIONS =
      ALL.stream().filter(setting -> !setting.option().isEmpty()).toList();

  private static List<Setting> all() {
    List<Setting> all = new ArrayList<>();
    Collections.addAll(
        all,
        LOG_FORMAT,
        LOG_GROUP,
        TRAFFIC_TYPE,
        MAX_INFLATED_BYTES,
        METRIC_SINK,
        METRIC_NAMESPACE,
        METRIC_DIMENSIONS,
        METRIC_SERIES_BUDGET,
        ALERT_TOPIC_ARN,
        ALERT_HTTPS_FORM,
        ALERT_THRESHOLDS,
        ALERT_MAIL_LIMIT,
        QUIET,
        INSIDE_NETWORKS,
        EXPLAIN_BLOCKS,
        STACK_NAME,
        LEDGER_TABLE,
        FAILURE_QUEUE_URL,
        SOURCE_CHANGE);
    return List.copyOf(all);
  }

  /// Returns the default as people read it; empty for none.
  public String defaultWords() {
    return name.equals("LOG_FORMAT")
        ? "AWS's default formats for VPCs and transit gateways, and that of Flowbell's template"
        : defaultText;
  }
}
