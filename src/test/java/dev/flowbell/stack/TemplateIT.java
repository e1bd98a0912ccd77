package dev.flowbell.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.flowbell.judge.AlertPolicy;
import dev.flowbell.judge.Thresholds;
import dev.flowbell.metric.Metric;
import dev.flowbell.metric.MetricDimension;
import dev.flowbell.record.FilterPattern;
import dev.flowbell.record.FlowField;
import dev.flowbell.record.RecordFormat;
import dev.flowbell.settings.Setting;
import dev.flowbell.settings.Settings;
import dev.flowbell.testing.Json;
import dev.flowbell.testing.emulator.PythonEnvironment;
import dev.flowbell.testing.emulator.StackTemplate;
import dev.flowbell.testing.process.ToolRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// Tests the resources of `template.yaml` after SAM's transform. Only the text is asserted of what
/// only AWS enforces (SnapStart, key policies, IAM's denials); `DeployedStackIT` runs the rest.
class TemplateIT {
  private static final Path PROJECT = Path.of(".");
  private static final Duration LONGEST = Duration.ofMinutes(3);
  private static final String INSIDE_DEFAULT =
      "10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,169.254.0.0/16,fc00::/7,fe80::/10";
  private static final String FLOWBELL_FORMAT = RecordFormat.FLOWBELL.toString();

  private static final List<String> FEATURES =
      List.of(
          "SnapStart",
          "CustomerKey",
          "CompositeAlarms",
          "AnomalyAlarm",
          "Dashboard",
          "InsightsQueries",
          "ContributorInsights");

  /// Parameters that turn on everything that is off by default.
  private static final String[] ALL_ON = {
    "WatchedResourceId=vpc-0123456789abcdef0",
    "Email=on-call@example.com",
    "Features=" + String.join(",", FEATURES)
  };

  private static final String[] ALL_OFF = {"Features=none"};

  private static final String VPC = "WatchedResourceId=vpc-0123456789abcdef0";
  private static final String CHANGE = "2026-12-01T10:00Z";
  private static final String STREAM_ARN =
      "arn:aws:kinesis:eu-west-1:123456789012:stream/flow-logs";

  // Tools

  @Test
  void samValidate_findsNothing() throws Exception {
    ToolRun run = runOf(PythonEnvironment.SAM_CLI, "sam", "validate", "--lint").orFail();

    assertThat(run.output()).endsWith("template.yaml is a valid SAM Template\n");
  }

  @Test
  void cfnLint_findsNothing() throws Exception {
    assertThat(
            runOf(
                PythonEnvironment.SAM_CLI,
                "cfn-lint",
                "--include-checks",
                "W",
                "--",
                "template.yaml",
                "template-member.yaml"))
        .extracting(ToolRun::exitCode, ToolRun::output)
        .containsExactly(0, "");
  }

  /// Each skipped check has its reason in the template.
  @Test
  void checkov_findsNothingButWhatHasAReason() throws Exception {
    ToolRun run =
        runOf(
                PythonEnvironment.CHECKOV,
                "checkov",
                "--framework",
                "cloudformation",
                "--skip-download", // of descriptions, from the vendor's servers
                "--compact",
                "--file",
                "template.yaml",
                "template-member.yaml")
            .orFail();

    assertThat(run.output()).contains("Failed checks: 0, Skipped checks: 12");
    List<String> lines = new ArrayList<>(Files.readAllLines(PROJECT.resolve("template.yaml")));
    lines.addAll(Files.readAllLines(PROJECT.resolve("template-member.yaml")));
    assertThat(lines)
        .filteredOn(line -> line.contains("id: CKV"))
        .hasSize(12)
        .allMatch(line -> line.matches(" +- \\{id: CKV_AWS_\\d+, comment: '.{20,}'}"));
  }

  // Parameters

  @Test
  void parameters_areDescribedCheckedAndGrouped() throws Exception {
    StackTemplate template = StackTemplate.resolve();
    for (String name : template.parameters().keySet()) {
      Map<String, @Nullable Object> parameter = Json.objectAt(template.parameters(), name);
      assertThat(parameter.get("Description")).as(name).isInstanceOf(String.class);
      assertThat(parameter).as(name).containsKey("Default");
      assertThat(parameter.keySet())
          .as(name)
          .containsAnyOf("AllowedPattern", "AllowedValues", "MinValue", "MaxLength");
      if (parameter.containsKey("AllowedPattern")) {
        assertThat(parameter).as(name).containsKey("ConstraintDescription");
      }
    }
    List<Object> grouped = new ArrayList<>();
    for (Map<String, @Nullable Object> group :
        Json.objectsAt(
            Json.objectAt(template.metadata(), "AWS::CloudFormation::Interface"),
            "ParameterGroups")) {
      grouped.addAll((List<?>) group.get("Parameters"));
    }
    assertThat(grouped).containsExactlyInAnyOrderElementsOf(template.parameters().keySet());
  }

  @TestFactory
  Stream<DynamicTest> parameters_takeAndRefuse() throws Exception {
    Map<String, @Nullable Object> parameters = StackTemplate.resolve().parameters();
    return Stream.of(
            List.of("WatchedResourceId", "", true),
            List.of("WatchedResourceId", "vpc-0123456789abcdef0", true),
            List.of("WatchedResourceId", "subnet-1234abcd", true),
            List.of("WatchedResourceId", "eni-0123456789abcdef0", true),
            List.of("WatchedResourceId", "i-0123456789abcdef0", false),
            List.of("WatchedResourceId", "vpc-0123456789ABCDEF0", false),
            List.of("WatchedResourceId", "vpc-1,vpc-2", false),
            List.of("WatchedResourceId", "none", true),
            List.of("ExistingLogGroupName", "/vpc/flow-logs#1", true),
            List.of("ExistingLogGroupName", "arn:aws:logs:eu-west-1:1:log-group:x", false),
            List.of("ExistingLogGroupName", "/aws/lambda/flowbell", false), // a loop
            List.of("Source", "stream", true),
            List.of("Source", "kinesis", false),
            List.of("Source", "", false),
            List.of("AlsoRead", "", true),
            List.of("AlsoRead", "none", true),
            List.of("AlsoRead", "subscription", true),
            List.of("AlsoRead", "bucket,stream", true),
            List.of("AlsoRead", "stream,", false),
            List.of("AlsoRead", "none,stream", false),
            List.of("AlsoRead", "subscription,stream,bucket", false),
            List.of("BucketFrom", "", true),
            List.of("BucketFrom", "none", true),
            List.of("BucketFrom", "2026-12-01T10:00Z", true),
            List.of("BucketFrom", "2026-10-31T23:59Z", true),
            List.of("BucketFrom", "2026-13-01T10:00Z", false),
            List.of("BucketFrom", "2026-12-01T24:00Z", false),
            List.of("BucketFrom", "2026-12-01T10:00", false),
            List.of("BucketFrom", "2026-12-01T10:00:30Z", false),
            List.of("BucketUntil", "2026-12-01T10:00Z", true),
            List.of("BucketUntil", "2026-12-01 10:00Z", false),
            List.of("ExistingStreamArn", STREAM_ARN, true),
            List.of("ExistingStreamArn", "flow-logs", false),
            List.of("ExistingStreamArn", STREAM_ARN + "/consumer/x:1", false),
            List.of("OrganizationId", "o-a1b2c3d4e5", true),
            List.of("OrganizationId", "a1b2c3d4e5", false),
            List.of("MemberAccounts", "111111111111", true),
            List.of("MemberAccounts", "111111111111,".repeat(29) + "222222222222", true),
            List.of("MemberAccounts", "111111111111,".repeat(30) + "222222222222", false),
            List.of("MemberAccounts", "111111111111, 222222222222", false),
            List.of("ExistingBucketName", "flow-logs.example", true),
            List.of("ExistingBucketName", "arn:aws:s3:::flow-logs", false),
            List.of("BucketPrefix", "flow logs/", false),
            List.of("BucketPrefix", "AWSLogs/aws-account-id=123456789012/", true),
            List.of("BucketPrefix", "flow-logs", false), // flow-logs-2/ would be read as well
            List.of("BucketPrefix", "/flow-logs/", false),
            List.of("BucketPrefix", "a*/", false), // EventBridge's wildcard
            List.of("LogFormat", "flowbell", true),
            List.of("LogFormat", "auto", true),
            List.of("LogFormat", FLOWBELL_FORMAT, true),
            List.of("LogFormat", "srcaddr dstaddr", false),
            List.of("LogFormat", "${srcaddr}  ${dstaddr}", false),
            List.of("LogFormat", "default", false),
            List.of("Email", "on-call@example.com", true),
            List.of("Email", "on-call", false),
            List.of("Email", "none", true),
            List.of("AlarmThresholds", "2000,1,50,999999999", true),
            List.of("AlarmThresholds", "2000,1,50", false),
            List.of("AlarmThresholds", "2000,1,50,0", false),
            List.of("AlarmThresholds", "2000, 1, 50, 5", false),
            List.of("AlarmThresholds", "2000,1,50,5,", false),
            List.of("Features", "none", true),
            List.of("Features", "", false),
            List.of("Features", "none,Dashboard", false),
            List.of("Features", "Dashboard", true),
            List.of("Features", String.join(",", FEATURES), true),
            List.of("Features", "Dashboard,", false),
            List.of("Features", "Dashboard, SnapStart", false),
            List.of("Features", "Dashboards", false),
            List.of("MetricNamespace", "Team/Flowbell", true),
            List.of("MetricNamespace", ":Flowbell", false),
            List.of("MetricNamespace", "AWS/Flowbell", false),
            List.of("MetricNamespace", "", true),
            List.of("MetricNamespace", "n".repeat(51), false),
            List.of("MetricDimensions", "", true),
            List.of("MetricDimensions", "VpcId,InterfaceId+FlowDirection", true),
            List.of("MetricDimensions", everyDimension("+"), true),
            List.of("MetricDimensions", everyDimension(","), true),
            List.of("MetricDimensions", "VpcId;InterfaceId", false),
            List.of("MetricDimensions", "VpcId,", false),
            List.of("MetricDimensions", "VpcId+", false),
            List.of("MetricDimensions", "Vpc", false),
            List.of("MetricDimensions", "vpc-id", false),
            List.of("MetricDimensions", "VpcId,".repeat(33) + "VpcId", false),
            List.of("AlertThresholds", "", true),
            List.of("AlertThresholds", Thresholds.DEFAULT.toString(), true),
            List.of("AlertThresholds", "rejects=0", true),
            List.of("AlertThresholds", "rejects=0,", false),
            List.of("AlertThresholds", "rejects", false),
            List.of("AlertThresholds", "port-scan=3", false),
            List.of("AlertThresholds", "rejects=10000000", false),
            List.of("Quiet", "", true),
            List.of("Quiet", "198.51.100.0/24;2001:db8::/32 445 scan until=2026-12-31", true),
            List.of("Quiet", "10.0.0.0/8,10.1.0.0/16", false),
            List.of("Quiet", "1".repeat(561), false),
            List.of("Quiet", "pl-63a5400a scan", true),
            List.of("InsideNetworks", INSIDE_DEFAULT + ",2001:DB8::/56", true),
            List.of("InsideNetworks", "pl-63a5400a", false),
            List.of("InsideNetworks", "auto", true),
            List.of("InsideNetworks", "auto,10.0.0.0/8", false),
            List.of("InsideNetworks", "1".repeat(360), true),
            List.of("InsideNetworks", "1".repeat(361), false),
            List.of("InsideNetworks", "", false))
        .map(
            row ->
                dynamicTest(
                    row.get(0) + " " + row.get(1),
                    () ->
                        assertThat(
                                ((String) row.get(1))
                                    .matches(
                                        (String)
                                            Json.objectAt(parameters, (String) row.get(0))
                                                .get("AllowedPattern")))
                            .isEqualTo(row.get(2))));
  }

  private static String everyDimension(String separator) {
    return Arrays.stream(MetricDimension.values())
        .map(MetricDimension::awsName)
        .collect(Collectors.joining(separator));
  }

  /// `sam deploy` drops a parameter whose name is misspelled.
  @TestFactory
  Stream<DynamicTest> parameters_thatMatterMostMustBeGiven() {
    return Stream.of(
            // parameters; how the refusals begin
            List.of(List.of(), List.of("WatchedResourceId must be", "Email must be")),
            List.of(List.of("Email=a@b.example"), List.of("WatchedResourceId must be")),
            List.of(List.of("ExistingLogGroupName=/vpc"), List.of("Email must be")),
            List.of(List.of("WatchedResourceId=vpc-12345678", "Email=none"), List.of()),
            List.of(List.of("WatchedResourceId=none", "Email=none"), List.of()),
            List.of(List.of("ExistingLogGroupName=/vpc", "Email=a@b.example"), List.of()),
            List.of(
                List.of("Email=none", "Source=stream", "ExistingStreamArn=" + STREAM_ARN),
                List.of()),
            List.of(
                List.of("Email=none", "Source=stream", "OrganizationId=o-a1b2c3d4e5"), List.of()),
            List.of(
                List.of("Email=none", "Source=stream", "MemberAccounts=111111111111"), List.of()),
            List.of(List.of("Email=none", "Source=stream"), List.of("WatchedResourceId must be")),
            List.of(
                List.of("Email=none", "Source=bucket", "ExistingBucketName=flow-logs"), List.of()),
            List.of(
                List.of("Email=none", "Source=bucket", "ExistingLogGroupName=/vpc"),
                List.of("WatchedResourceId must be")),
            // What would be ignored
            List.of(
                List.of(VPC, "Email=none", "ExistingStreamArn=" + STREAM_ARN),
                List.of("Source must be")),
            List.of(
                List.of(VPC, "Email=none", "OrganizationId=o-a1b2c3d4e5", "Source=bucket"),
                List.of("Source must be")),
            List.of(
                List.of(VPC, "Email=none", "MemberAccounts=111111111111", "AlsoRead=subscription"),
                List.of("Source must be")),
            List.of(
                List.of(
                    VPC,
                    "Email=none",
                    "OrganizationId=o-a1b2c3d4e5",
                    "AlsoRead=bucket,stream",
                    "BucketUntil=none"),
                List.of()),
            List.of(
                List.of(VPC, "Email=none", "ExistingBucketName=flow-logs"),
                List.of("Source must be")),
            List.of(
                List.of(VPC, "Email=none", "BucketPrefix=flow-logs/", "Source=stream"),
                List.of("Source must be")),
            List.of(
                List.of(
                    VPC,
                    "Email=none",
                    "BucketPrefix=flow-logs/",
                    "AlsoRead=bucket",
                    "BucketUntil=" + CHANGE),
                List.of()),
            List.of(
                List.of(VPC, "Email=none", "Source=bucket", "FilterPattern=x"),
                List.of("FilterPattern must be")),
            List.of(
                List.of(VPC, "Email=none", "Source=bucket", "FilterPattern=x", "AlsoRead=bucket"),
                List.of("FilterPattern must be")),
            List.of(
                List.of(
                    VPC,
                    "Email=none",
                    "Source=bucket",
                    "FilterPattern=x",
                    "AlsoRead=subscription",
                    "BucketFrom=" + CHANGE),
                List.of()),
            // What would count twice, or not at all
            List.of(
                List.of(VPC, "Email=none", "Source=bucket", "AlsoRead=stream"),
                List.of("BucketFrom must be")),
            List.of(List.of(VPC, "Email=none", "AlsoRead=bucket"), List.of("BucketUntil must be")),
            List.of(
                List.of(VPC, "Email=none", "Source=stream", "AlsoRead=subscription,bucket"),
                List.of("BucketUntil must be")),
            List.of(
                List.of(VPC, "Email=none", "Source=stream", "AlsoRead=subscription"), List.of()),
            List.of(List.of(VPC, "Email=none", "Source=bucket", "BucketFrom=" + CHANGE), List.of()),
            List.of(
                List.of(VPC, "Email=none", "Source=stream", "BucketUntil=" + CHANGE), List.of()),
            List.of(
                List.of(VPC, "Email=none", "AlsoRead=bucket", "BucketFrom=" + CHANGE),
                List.of("BucketFrom must be", "BucketUntil must be")),
            List.of(
                List.of(
                    VPC,
                    "Email=none",
                    "Source=bucket",
                    "AlsoRead=stream",
                    "BucketFrom=" + CHANGE,
                    "BucketUntil=" + CHANGE),
                List.of("BucketUntil must be")),
            List.of(
                List.of(
                    "Email=none",
                    "Source=stream",
                    "OrganizationId=o-a1b2c3d4e5",
                    "MemberAccounts=111111111111"),
                List.of("MemberAccounts must be")))
        .map(
            row ->
                dynamicTest(
                    row.getFirst().toString(),
                    () ->
                        assertThat(
                                StackTemplate.resolveAll(
                                        List.of(
                                            row.getFirst().stream()
                                                .map(String.class::cast)
                                                .toList()))
                                    .getFirst()
                                    .refusals())
                            .extracting(refusal -> refusal.substring(0, refusal.indexOf(" be") + 3))
                            .isEqualTo(row.getLast())));
  }

  @Test
  void parameters_noneCreatesNeitherFlowLogNorMailSubscription() throws Exception {
    assertThat(StackTemplate.resolve("WatchedResourceId=none", "Email=none").resources().keySet())
        .contains("FlowLogGroup", "FlowLogRole")
        .doesNotContain("FlowLog", "NotificationEmail");
  }

  // The function

  @Test
  void function_environmentIsTheSettings() throws Exception {
    Map<String, @Nullable Object> variables = new HashMap<>(environment(StackTemplate.resolve()));
    Map<String, String> defaults = new HashMap<>();
    for (Setting setting : Setting.ALL) {
      defaults.put(setting.name(), setting.defaultText());
    }

    // It is no setting: it makes each version's configuration another one.
    assertThat(variables.remove("SETTINGS_VERSION")).isEqualTo("Settings.VersionNumber");
    assertThat(variables.keySet())
        .containsExactlyInAnyOrderElementsOf(Setting.ALL.stream().map(Setting::name).toList());
    // A setting that names a resource, or depends on one, has no default here.
    Set<String> wired =
        Set.of(
            "LOG_FORMAT",
            "LOG_GROUP",
            "ALERT_TOPIC_ARN",
            "STACK_NAME",
            "LEDGER_TABLE",
            "FAILURE_QUEUE_URL");
    defaults.put("METRIC_NAMESPACE", "Flowbell/flowbell");
    // Empty for the defaults in code: a list of ten thresholds is hard to edit in a console.
    defaults.put("ALERT_THRESHOLDS", "");
    variables.forEach(
        (name, value) -> {
          if (!wired.contains(name)) {
            assertThat(String.valueOf(value)).as(name).isEqualTo(defaults.get(name));
          }
        });
  }

  @Test
  void function_settingsAreRight() throws Exception {
    Map<String, String> variables = new HashMap<>();
    environment(StackTemplate.resolve())
        .forEach((name, value) -> variables.put(name, String.valueOf(value)));
    variables.put("ALERT_TOPIC_ARN", "arn:aws:sns:eu-west-1:123456789012:flowbell-notifications");
    variables.put(
        "FAILURE_QUEUE_URL",
        "https://sqs.eu-west-1.amazonaws.com/123456789012/flowbell-FailureQueue-1");

    Settings settings = Settings.fromEnvironment(variables);

    assertThat(settings.alertPolicy()).isEqualTo(AlertPolicy.DEFAULT);
    assertThat(settings.insideNetworks())
        .isEqualTo(Settings.fromEnvironment(Map.of()).insideNetworks());
    assertThat(settings.stackName()).isEqualTo("flowbell");
  }

  @TestFactory
  Stream<DynamicTest> function_logFormat() {
    String custom = "${srcaddr} ${dstaddr} ${action}";
    return Stream.of(
            // parameters; the flow log's format (empty: no flow log); the function's LOG_FORMAT
            List.of(List.of(), "", "auto"),
            List.of(List.of("WatchedResourceId=vpc-12345678"), FLOWBELL_FORMAT, FLOWBELL_FORMAT),
            List.of(
                List.of("WatchedResourceId=eni-12345678", "LogFormat=" + custom), custom, custom),
            List.of(
                List.of("WatchedResourceId=eni-12345678", "LogFormat=auto"),
                FLOWBELL_FORMAT,
                "auto"),
            List.of(
                List.of("WatchedResourceId=vpc-12345678", "ExistingLogGroupName=/vpc"),
                FLOWBELL_FORMAT,
                "auto"),
            List.of(List.of("ExistingLogGroupName=/vpc"), "", "auto"),
            List.of(List.of("ExistingLogGroupName=/vpc", "LogFormat=" + custom), "", custom),
            List.of(List.of(VPC, "Source=stream"), FLOWBELL_FORMAT, FLOWBELL_FORMAT),
            List.of(List.of("Source=stream", "ExistingStreamArn=" + STREAM_ARN), "", "auto"),
            // EC2 doesn't know flow logs of other accounts: the formats that need no setting.
            List.of(List.of(VPC, "Source=stream", "OrganizationId=o-a1"), FLOWBELL_FORMAT, ""),
            List.of(
                List.of("Source=stream", "MemberAccounts=111111111111", "LogFormat=" + custom),
                "",
                custom),
            // Files have a header.
            List.of(List.of(VPC, "Source=bucket"), FLOWBELL_FORMAT, FLOWBELL_FORMAT),
            List.of(List.of(VPC, "Source=bucket", "LogFormat=auto"), FLOWBELL_FORMAT, ""),
            List.of(
                List.of(VPC, "Source=bucket", "AlsoRead=subscription", "ExistingLogGroupName=/vpc"),
                FLOWBELL_FORMAT,
                "auto"))
        .map(
            row ->
                dynamicTest(
                    row.get(0).toString(),
                    () -> {
                      StackTemplate template =
                          StackTemplate.resolve(
                              ((List<?>) row.get(0))
                                  .stream().map(String.class::cast).toArray(String[]::new));
                      assertThat(environment(template)).containsEntry("LOG_FORMAT", row.get(2));
                      assertThat(
                              template.ofType("AWS::EC2::FlowLog").values().stream()
                                  .map(flowLog -> flowLog.get("LogFormat"))
                                  .findFirst()
                                  .orElse(""))
                          .isEqualTo(row.get(1));
                    }));
  }

  @Test
  void function_runsAsPublishedSnapshotOnArm() throws Exception {
    Map<String, @Nullable Object> function = StackTemplate.resolve().properties("Function");

    assertThat(function)
        .containsEntry("Runtime", "java25")
        .containsEntry("Architectures", List.of("arm64"))
        .containsEntry("SnapStart", Map.of("ApplyOn", "PublishedVersions"))
        .containsEntry(
            "LoggingConfig",
            Map.of(
                "LogFormat", "JSON",
                "ApplicationLogLevel", "INFO",
                "SystemLogLevel", "INFO",
                "LogGroup", "FunctionLogGroup"));
    assertThat(Class.forName((String) function.get("Handler")))
        .isAssignableTo(RequestStreamHandler.class);
  }

  // Updates

  /// A change of parameters.
  ///
  /// @param makesVersion whether the function's next version has another configuration
  private record Change(List<String> before, List<String> after, boolean makesVersion) {
    /// Changes one parameter of a stack that watches a VPC.
    static Change to(String assignment, boolean makesVersion) {
      String vpc = "WatchedResourceId=vpc-0123456789abcdef0";
      return new Change(List.of(vpc), List.of(vpc, assignment), makesVersion);
    }

    static Change of(List<String> before, List<String> after, boolean makesVersion) {
      return new Change(before, after, makesVersion);
    }

    Set<String> names() {
      Set<String> changed = new HashSet<>(after);
      before.forEach(changed::remove);
      return changed.stream()
          .map(assignment -> assignment.substring(0, assignment.indexOf('=')))
          .collect(Collectors.toSet());
    }
  }

  private static final List<Change> CHANGES =
      List.of(
          Change.to("WatchedResourceId=subnet-12345678", false),
          Change.to("ExistingLogGroupName=/vpc", true),
          Change.to("LogRetentionDays=90", false),
          Change.to("LogFormat=auto", true),
          Change.to("LogFormat=${srcaddr} ${dstaddr} ${action}", true),
          Change.to("TrafficType=REJECT", true),
          Change.to("AggregationIntervalSeconds=600", false),
          Change.to("OnlyRejected=true", true),
          Change.to("FilterPattern=?REJECT ?SKIPDATA", false),
          Change.to("Email=on-call@example.com", false),
          Change.to("HttpsForm=chat", true),
          Change.to("InsideNetworks=" + INSIDE_DEFAULT + ",2001:db8:9:b::/64", true),
          Change.to("AlertThresholds=scan-hosts=50", true),
          Change.to("AlertMailLimit=11", true),
          Change.to("Quiet=10.0.0.5/32 445", true),
          Change.to("ExplainBlocks=true", true),
          Change.to("AlarmThresholds=7,7,7,7", false),
          Change.to("MetricSink=emf", true),
          Change.to("MetricNamespace=Own", true),
          Change.to("MetricNamespace=Flowbell/flowbell", true), // the default in words
          Change.to("MetricDimensions=VpcId", true),
          Change.to("MetricSeriesBudget=7", true),
          Change.to("Architecture=x86_64", true),
          Change.to("Features=CustomerKey,Dashboard", true), // without SnapStart
          Change.to("MemoryMegabytes=1024", true),
          Change.to("ReservedConcurrency=7", false),
          Change.to("MaxInflatedBytes=2147483647", true),
          Change.to("Features=SnapStart", false),
          Change.to("Features=SnapStart,Dashboard,ContributorInsights", false),
          // The function asks EC2 for the formats, unless the flow log and its group are the
          // stack's.
          Change.of(
              List.of("WatchedResourceId=none"), List.of("WatchedResourceId=vpc-12345678"), true),
          Change.of(
              List.of("WatchedResourceId=vpc-12345678"), List.of("WatchedResourceId=none"), true),
          Change.of(List.of("WatchedResourceId=none"), List.of("ExistingLogGroupName=/vpc"), true),
          Change.of(List.of("ExistingLogGroupName=/vpc"), List.of("WatchedResourceId=none"), true),
          Change.of(
              List.of("ExistingLogGroupName=/vpc"), List.of("ExistingLogGroupName=/vpc-2"), true),
          Change.of(
              List.of("ExistingLogGroupName=/vpc"),
              List.of("ExistingLogGroupName=/vpc", "WatchedResourceId=vpc-12345678"),
              false),
          // Other flow logs may record accepted traffic, and the function gets that too.
          Change.of(
              List.of("ExistingLogGroupName=/vpc", "WatchedResourceId=vpc-12345678"),
              List.of(
                  "ExistingLogGroupName=/vpc",
                  "WatchedResourceId=vpc-12345678",
                  "TrafficType=REJECT"),
              false),
          Change.of(
              List.of("ExistingLogGroupName=/vpc", "LogFormat=${srcaddr} ${action}"),
              List.of("ExistingLogGroupName=/vpc", "LogFormat=${dstaddr} ${action}"),
              true),
          // From one source to another, in two steps each.
          Change.of(List.of(VPC), List.of(VPC, "Source=stream", "AlsoRead=subscription"), false),
          Change.of(
              List.of(VPC, "Source=stream", "AlsoRead=subscription"),
              List.of(VPC, "Source=stream", "AlsoRead=none"),
              false),
          Change.of(
              List.of(VPC, "Source=stream"),
              List.of(VPC, "Source=subscription", "AlsoRead=stream"),
              false),
          Change.of(
              List.of(VPC, "AlsoRead=stream"),
              List.of(VPC, "Source=subscription", "AlsoRead=none"),
              false),
          Change.of(
              List.of(VPC),
              List.of(VPC, "Source=bucket", "AlsoRead=subscription", "BucketFrom=" + CHANGE),
              true),
          Change.of(
              List.of(VPC, "Source=bucket", "AlsoRead=subscription", "BucketFrom=" + CHANGE),
              List.of(VPC, "Source=bucket", "AlsoRead=none", "BucketFrom=" + CHANGE),
              true), // no log group
          Change.of(
              List.of(VPC, "Source=bucket"),
              List.of(VPC, "Source=stream", "AlsoRead=bucket", "BucketUntil=" + CHANGE),
              true), // a log group
          Change.of(
              List.of(VPC, "Source=stream", "AlsoRead=bucket", "BucketUntil=" + CHANGE),
              List.of(VPC, "Source=stream", "AlsoRead=bucket", "BucketUntil=2026-12-01T10:30Z"),
              true), // another minute
          Change.of(
              List.of(VPC, "Source=stream", "AlsoRead=bucket", "BucketUntil=none"),
              List.of(VPC, "Source=stream", "BucketUntil=none"),
              true), // no files: a shorter timeout
          Change.of(
              List.of(VPC, "Source=stream"),
              List.of(VPC, "Source=stream", "StreamShards=4", "StreamRetentionHours=168"),
              false),
          Change.of(
              List.of(VPC, "Source=stream"),
              List.of(VPC, "Source=stream", "StreamShards=0"),
              false),
          Change.of(
              List.of(VPC, "Source=stream", "ExistingStreamArn=" + STREAM_ARN),
              List.of(VPC, "Source=stream", "ExistingStreamArn=" + STREAM_ARN + "-2"),
              false),
          Change.of(
              List.of(VPC, "Source=stream"),
              List.of(VPC, "Source=stream", "OrganizationId=o-a1b2c3d4e5"),
              true), // members' formats
          Change.of(
              List.of(VPC, "Source=stream", "MemberAccounts=111111111111"),
              List.of(VPC, "Source=stream", "MemberAccounts=111111111111,222222222222"),
              false),
          Change.of(
              List.of(VPC, "Source=bucket"),
              List.of(VPC, "Source=bucket", "ExistingBucketName=flow-logs"),
              false),
          Change.of(
              List.of(VPC, "Source=bucket"),
              List.of(VPC, "Source=bucket", "BucketPrefix=flow-logs/"),
              false));

  /// Lambda publishes no version of a function that is as it was, and CloudFormation then fails the
  /// update. A version that isn't replaced keeps the settings of before.
  @TestFactory
  Stream<DynamicTest> update_replacesTheVersionIfTheFunctionChanges() throws Exception {
    Map<List<String>, StackTemplate> templates = resolvedChanges();
    return CHANGES.stream()
        .map(
            change ->
                dynamicTest(
                    change.before() + " to " + change.after(),
                    () -> assertVersionFollows(change, templates)));
  }

  private static void assertVersionFollows(
      Change change, Map<List<String>, StackTemplate> templates) {
    StackTemplate before = templates.get(change.before());
    StackUpdate update = new StackUpdate(before, templates.get(change.after()));
    String version = before.ofType("AWS::Lambda::Version").keySet().iterator().next();

    assertThat(update.changesBesides("Function", "ReservedConcurrentExecutions"))
        .as("another configuration")
        .isEqualTo(change.makesVersion());
    assertThat(update.replaced().contains(version))
        .as("another version")
        .isEqualTo(change.makesVersion());
    assertThat(update.replaced()).doesNotContain("Function", "FunctionAliaslive");
    assertThat(update.isRetained(version)).as("the version to go back to").isTrue();
  }

  @TestFactory
  Stream<DynamicTest> update_keepsWhatHoldsData() throws Exception {
    Map<List<String>, StackTemplate> templates = resolvedChanges();
    return CHANGES.stream()
        .map(
            change ->
                dynamicTest(
                    change.before() + " to " + change.after(),
                    () -> {
                      StackTemplate before = templates.get(change.before());
                      StackUpdate update = new StackUpdate(before, templates.get(change.after()));
                      Set<String> gone = new TreeSet<>(update.removed());
                      gone.addAll(update.replaced());
                      gone.retainAll(dataHolders(before));
                      gone.removeIf(update::isRetained);
                      if (isLastStep(change)) {
                        gone.removeAll(Set.of("Stream", "FileQueue")); // they are empty by then
                      }
                      assertThat(gone).isEmpty();
                    }));
  }

  /// Returns whether a source that was also read is read no more.
  private static boolean isLastStep(Change change) {
    return change.before().stream().anyMatch(assignment -> assignment.startsWith("AlsoRead="))
        && change.after().stream()
            .allMatch(
                assignment ->
                    !assignment.startsWith("AlsoRead=") || assignment.equals("AlsoRead=none"));
  }

  /// A second filter would hand over each record twice while both exist.
  @Test
  void update_changesTheSubscriptionInPlace() throws Exception {
    StackTemplate function = StackTemplate.resolve(VPC);
    StackTemplate stream = StackTemplate.resolve(VPC, "Source=stream", "AlsoRead=subscription");

    StackUpdate update = new StackUpdate(function, stream);

    assertThat(update.replaced()).isEmpty();
    assertThat(update.removed()).containsExactly("DeliveryErrorsAlarm", "DeliveryThrottlingAlarm");
    assertThat(update.changesBesides("SubscriptionFilter", "DestinationArn", "RoleArn")).isFalse();
    assertThat(stream.properties("SubscriptionFilter"))
        .containsEntry("DestinationArn", "Stream.Arn")
        .containsEntry("RoleArn", "StreamWriterRole.Arn");
    assertThat(
            StackTemplate.resolve(VPC, "Source=bucket", "AlsoRead=stream")
                .properties("SubscriptionFilter"))
        .containsEntry("DestinationArn", "Stream.Arn");
    assertThat(
            StackTemplate.resolve(VPC, "Source=bucket", "AlsoRead=subscription")
                .properties("SubscriptionFilter"))
        .containsEntry("DestinationArn", "FunctionAliaslive");
    assertThat(StackTemplate.resolve(VPC, "Source=bucket").resources())
        .doesNotContainKeys("SubscriptionFilter", "FlowLogGroup", "FlowLogRole");
  }

  /// Neither flow log is replaced: both deliver while the change is under way, and the function
  /// leaves out what the other one has, also of what is still under way after the second step.
  @Test
  void update_bothFlowLogsDeliverUntilTheChangeIsOver() throws Exception {
    String from = "BucketFrom=" + CHANGE;
    String until = "BucketUntil=" + CHANGE;
    StackTemplate group = StackTemplate.resolve(VPC);
    StackTemplate both = StackTemplate.resolve(VPC, "Source=bucket", "AlsoRead=subscription", from);
    StackTemplate bucket = StackTemplate.resolve(VPC, "Source=bucket", from);
    StackTemplate back = StackTemplate.resolve(VPC, "Source=stream", "AlsoRead=bucket", until);
    StackTemplate stream = StackTemplate.resolve(VPC, "Source=stream", until);

    assertThat(both.properties("FlowLog")).isEqualTo(group.properties("FlowLog"));
    assertThat(both.properties("FileFlowLog")).isEqualTo(bucket.properties("FileFlowLog"));
    assertThat(back.properties("FlowLog")).isEqualTo(stream.properties("FlowLog"));
    assertThat(back.properties("FileFlowLog")).isEqualTo(bucket.properties("FileFlowLog"));
    assertThat(group.resources()).doesNotContainKey("FileFlowLog");
    assertThat(bucket.resources()).doesNotContainKey("FlowLog");
    assertThat(
            Stream.of(group, both, bucket, back, stream)
                .map(each -> environment(each).get("SOURCE_CHANGE")))
        .containsExactly(
            "",
            CHANGE + " bucket",
            CHANGE + " bucket",
            CHANGE + " log-groups",
            CHANGE + " log-groups");
  }

  @Test
  void update_tableHasEveryParameter() throws Exception {
    assertThat(CHANGES.stream().flatMap(change -> change.names().stream()).distinct())
        .containsExactlyInAnyOrderElementsOf(StackTemplate.resolve().parameters().keySet());
  }

  private static Map<List<String>, StackTemplate> resolvedChanges() throws Exception {
    List<List<String>> assignments =
        CHANGES.stream()
            .flatMap(change -> Stream.of(change.before(), change.after()))
            .distinct()
            .toList();
    List<StackTemplate> resolved = StackTemplate.resolveAll(assignments);
    Map<List<String>, StackTemplate> templates = new HashMap<>();
    for (int i = 0; i < resolved.size(); i++) {
      templates.put(assignments.get(i), resolved.get(i));
    }
    return templates;
  }

  private static Set<String> dataHolders(StackTemplate template) {
    Set<String> holders = new HashSet<>();
    for (String type :
        List.of(
            "AWS::Logs::LogGroup",
            "AWS::DynamoDB::Table",
            "AWS::SQS::Queue",
            "AWS::Kinesis::Stream",
            "AWS::S3::Bucket",
            "AWS::SNS::Topic")) { // a topic holds subscriptions of others
      holders.addAll(template.ofType(type).keySet());
    }
    return holders;
  }

  /// A stack that could not be made deletes its empty group.
  @Test
  void flowLogGroup_outlivesTheStack() throws Exception {
    assertThat(Json.objectAt(StackTemplate.resolve().resources(), "FlowLogGroup"))
        .containsEntry("DeletionPolicy", "RetainExceptOnCreate")
        .containsEntry("UpdateReplacePolicy", "Retain");
    assertThat(StackTemplate.resolve().properties("FlowLogGroup"))
        .as("a group that was kept would be in the way of one of the same name")
        .doesNotContainKey("LogGroupName");
  }

  /// Lambda allows 4 KB.
  @Test
  void function_longestSettingsFit() throws Exception {
    String everyField =
        Arrays.stream(FlowField.values())
            .map(field -> "${" + field.awsName() + "}")
            .collect(Collectors.joining(" "));
    Map<String, @Nullable Object> longest =
        environment(
            StackTemplate.resolve(
                "AWS::StackName=" + "s".repeat(128),
                "WatchedResourceId=vpc-0123456789abcdef0",
                "LogFormat=" + everyField,
                "MetricNamespace=" + "n".repeat(50),
                "MetricDimensions=" + "d".repeat(150),
                "AlertThresholds=" + Thresholds.DEFAULT,
                "Quiet=" + "1".repeat(560),
                "InsideNetworks=" + "1".repeat(360),
                "BucketUntil=" + CHANGE));
    // CloudFormation names the table and the queue, from the names of the stack and the resource.
    int references =
        "arn:aws-us-gov:sns:us-gov-west-1:123456789012:-notifications".length()
            + 128
            + "-LedgerTable-1A2B3C4D5E6F7".length()
            + 128
            + 512
            + "https://sqs.us-gov-west-1.amazonaws.com/123456789012/".length()
            + 80;

    assertThat(
            references
                + longest.entrySet().stream()
                    .mapToInt(each -> (each.getKey() + each.getValue()).length())
                    .sum())
        .isLessThan(4096);
  }

  // Order and names

  @Test
  void resources_waitForWhatTheyNeed() throws Exception {
    StackTemplate template = StackTemplate.resolve(ALL_ON);

    assertThat(dependencies(template, "SubscriptionFilter"))
        .isEqualTo(List.of("FunctionEventInvokeConfig", "SubscriptionPermission"));
    assertThat(Json.objectAt(template.resources(), "FlowLog"))
        .containsEntry("DependsOn", List.of("NotificationTopicPolicy", "SubscriptionFilter"));
    assertThat(dependencies(StackTemplate.resolve("Source=stream", VPC), "SubscriptionFilter"))
        .isEqualTo(List.of("FunctionEventInvokeConfig", "StreamMapping"));
    assertThat(dependencies(StackTemplate.resolve("Source=bucket", VPC), "FileFlowLog"))
        .isEqualTo(
            List.of(
                List.of("NotificationTopicPolicy", "FileMapping", "FileQueuePolicy"),
                "FlowLogBucketPolicy"));
  }

  /// Returns what a resource waits for besides what its properties refer to. `DependsOn` takes no
  /// condition; metadata may refer to a resource on a condition.
  private static List<Object> dependencies(StackTemplate template, String id) {
    Map<String, @Nullable Object> resource = Json.objectAt(template.resources(), id);
    List<Object> all = new ArrayList<>();
    all.add(resource.get("DependsOn"));
    all.addAll((List<?>) Json.objectAt(resource, "Metadata").get("DependsOn"));
    return all;
  }

  /// CloudFormation allows names of 128 characters, and makes the other names itself.
  @Test
  void names_fitForTheLongestStackName() throws Exception {
    StackTemplate template =
        StackTemplate.resolve(
            "AWS::StackName=" + "s".repeat(128),
            "Features=" + String.join(",", FEATURES),
            "FilterPattern=x",
            "Source=stream",
            "AlsoRead=subscription,bucket",
            "OrganizationId=o-a1b2c3d4e5");
    Map<String, Integer> limits =
        Map.ofEntries(
            Map.entry("AWS::AppConfig::Application Name", 64),
            Map.entry("AWS::AppConfig::ConfigurationProfile Name", 128),
            Map.entry("AWS::CloudWatch::Alarm AlarmName", 255),
            Map.entry("AWS::CloudWatch::CompositeAlarm AlarmName", 255),
            Map.entry("AWS::CloudWatch::Dashboard DashboardName", 255),
            // It begins with the function's name, of 64 characters at most, instead of "Function".
            Map.entry("AWS::CloudWatch::InsightRule RuleName", 128 - 64 + "Function".length()),
            Map.entry("AWS::Lambda::Alias Name", 128),
            Map.entry("AWS::Logs::Destination DestinationName", 512),
            Map.entry("AWS::Logs::LogGroup LogGroupName", 512),
            Map.entry("AWS::Logs::QueryDefinition Name", 255),
            Map.entry("AWS::Logs::SubscriptionFilter FilterName", 512),
            Map.entry("AWS::SNS::Topic TopicName", 256));
    Set<String> named = new TreeSet<>();
    for (String id : template.resources().keySet()) {
      Object type = Json.objectAt(template.resources(), id).get("Type");
      Map<String, @Nullable Object> properties = template.properties(id);
      for (String property : properties.keySet()) {
        // The other Names are of metrics, of another function, and of a display.
        if (property.endsWith("Name")
            && !List.of("MetricName", "DisplayName").contains(property)
            && template.references(id, property).isEmpty()
            && properties.get(property) instanceof String name) {
          named.add(type + " " + property);
          assertThat(name.length())
              .as(id + " " + property)
              .isLessThanOrEqualTo(limits.getOrDefault(type + " " + property, 0));
        }
      }
    }

    named.add("AWS::CloudWatch::InsightRule RuleName"); // it refers to the function
    assertThat(named).containsExactlyInAnyOrderElementsOf(limits.keySet());
    assertThat((String) template.properties("TopRejectedSourcesRule").get("RuleName"))
        .isEqualTo("Function-rejected-sources");
  }

  @TestFactory
  Stream<DynamicTest> links_openThePartitionsConsole() {
    return Stream.of(
            List.of("aws", "eu-west-1", "https://eu-west-1.console.aws.amazon.com/"),
            List.of("aws-cn", "cn-north-1", "https://cn-north-1.console.amazonaws.cn/"),
            List.of(
                "aws-us-gov",
                "us-gov-west-1",
                "https://us-gov-west-1.console.amazonaws-us-gov.com/"))
        .map(
            row ->
                dynamicTest(
                    row.get(0),
                    () -> {
                      StackTemplate template =
                          StackTemplate.resolve(
                              "AWS::Partition=" + row.get(0), "AWS::Region=" + row.get(1));
                      String all = template.outputs() + template.properties("Overview").toString();
                      assertThat(words("(https://[^/]+/)", all))
                          .hasSize(4)
                          .allMatch(row.get(2)::equals);
                    }));
  }

  /// Only the published version has a snapshot, so everything must use the alias.
  @Test
  void function_isWiredByItsAlias() throws Exception {
    StackTemplate template = StackTemplate.resolve();

    assertThat(template.properties("FunctionAliaslive"))
        .containsEntry("Name", "live")
        .containsEntry("FunctionName", "Function");
    assertThat(template.properties("SubscriptionFilter"))
        .isEqualTo(
            Map.of(
                "FilterName", "flowbell",
                "LogGroupName", "FlowLogGroup",
                "FilterPattern", "",
                "DestinationArn", "FunctionAliaslive"));
    assertThat(template.properties("SubscriptionPermission"))
        .isEqualTo(
            Map.of(
                "FunctionName", "FunctionAliaslive",
                "Action", "lambda:InvokeFunction",
                "Principal", "logs.amazonaws.com",
                "SourceAccount", "123456789012",
                "SourceArn", "arn:aws:logs:eu-west-1:123456789012:log-group:FlowLogGroup:*"));
    assertThat(template.properties("FunctionEventInvokeConfig"))
        .isEqualTo(
            Map.of(
                "FunctionName",
                "Function",
                "Qualifier",
                "live",
                "MaximumRetryAttempts",
                2L,
                "MaximumEventAgeInSeconds",
                21600L,
                "DestinationConfig",
                Map.of("OnFailure", Map.of("Destination", "FailureQueue.Arn"))));
  }

  // Permissions

  /// Two actions have no resources, by AWS's reference, and are limited by conditions.
  @Test
  void roles_nameActionsAndResources() throws Exception {
    StackTemplate template = StackTemplate.resolve(ALL_ON);
    Map<Object, Object> conditionsOfUnboundActions = new HashMap<>();
    for (Map<String, @Nullable Object> role : template.ofType("AWS::IAM::Role").values()) {
      assertThat(role).doesNotContainKey("ManagedPolicyArns");
      for (Map<String, @Nullable Object> policy : Json.objectsAt(role, "Policies")) {
        for (Map<String, @Nullable Object> statement :
            Json.objectsAt(Json.objectAt(policy, "PolicyDocument"), "Statement")) {
          assertThat(statement).containsEntry("Effect", "Allow");
          assertThat(String.valueOf(statement.get("Action"))).doesNotContain(":*");
          if ("*".equals(statement.get("Resource"))) {
            conditionsOfUnboundActions.put(statement.get("Action"), statement.get("Condition"));
          }
        }
      }
    }
    assertThat(conditionsOfUnboundActions)
        .isEqualTo(
            Map.of(
                "cloudwatch:PutMetricData",
                Map.of("StringEquals", Map.of("cloudwatch:namespace", "Flowbell/flowbell"))));
    assertThat(actionsOf(StackTemplate.resolve("ExistingLogGroupName=/vpc"), "FunctionRole"))
        .contains("ec2:DescribeFlowLogs");
    assertThat(unboundActions("ExplainBlocks=true"))
        .isEqualTo(
            Set.of(
                "ec2:DescribeManagedPrefixLists",
                "ec2:DescribeNetworkAcls",
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeSecurityGroups",
                "ec2:DescribeSubnets",
                "ec2:DescribeTags",
                "ec2:GetManagedPrefixListEntries"));
    assertThat(unboundActions("Quiet=10.0.0.5/32 445;pl-63a5400a scan"))
        .isEqualTo(Set.of("ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries"));
    assertThat(unboundActions("InsideNetworks=auto")).isEqualTo(Set.of("ec2:DescribeVpcs"));
    for (StackTemplate each :
        StackTemplate.resolveAll(
            List.of(
                List.of(VPC, "Source=stream", "OrganizationId=o-a1b2c3d4e5"),
                List.of(VPC, "Source=stream", "ExistingStreamArn=" + STREAM_ARN),
                List.of(VPC, "Source=bucket"),
                List.of(VPC, "Source=bucket", "ExistingBucketName=flow-logs")))) {
      for (String role : each.ofType("AWS::IAM::Role").keySet()) {
        assertThat(actionsOf(each, role))
            .noneMatch(action -> action.endsWith("*") && !action.equals("kms:GenerateDataKey*"));
      }
      assertThat(statements(each, "FunctionRole"))
          .filteredOn(statement -> "*".equals(statement.get("Resource")))
          .extracting(statement -> statement.get("Action"))
          .isSubsetOf("cloudwatch:PutMetricData", "ec2:DescribeFlowLogs");
    }
    assertThat(actionsOf(StackTemplate.resolve("MetricSink=emf"), "FunctionRole"))
        .as("the version before still sends requests")
        .contains("logs:PutLogEvents", "cloudwatch:PutMetricData");
  }

  /// Returns the actions on EC2 that a parameter gives the function, in its own Region alone.
  private static Set<String> unboundActions(String parameter) throws Exception {
    Set<String> actions = new TreeSet<>();
    for (Map<String, @Nullable Object> policy :
        Json.objectsAt(
            StackTemplate.resolve(parameter, "WatchedResourceId=vpc-12345678")
                .properties("FunctionRole"),
            "Policies")) {
      for (Map<String, @Nullable Object> statement :
          Json.objectsAt(Json.objectAt(policy, "PolicyDocument"), "Statement")) {
        List<?> all =
            statement.get("Action") instanceof List<?> list
                ? list
                : List.of(String.valueOf(statement.get("Action")));
        for (Object action : all) {
          if (String.valueOf(action).startsWith("ec2:")) {
            assertThat(statement)
                .containsEntry(
                    "Condition",
                    Map.of("StringEquals", Map.of("aws:RequestedRegion", "eu-west-1")));
            actions.add(String.valueOf(action));
          }
        }
      }
    }
    return actions;
  }

  @Test
  void flowLogRole_trustsFlowLogsOfThisAccountAlone() throws Exception {
    StackTemplate template = StackTemplate.resolve(ALL_ON);

    assertThat(
            Json.objectsAt(
                Json.objectAt(template.properties("FlowLogRole"), "AssumeRolePolicyDocument"),
                "Statement"))
        .containsExactly(
            Map.of(
                "Effect",
                "Allow",
                "Principal",
                Map.of("Service", "vpc-flow-logs.amazonaws.com"),
                "Action",
                "sts:AssumeRole",
                "Condition",
                Map.of(
                    "StringEquals", Map.of("aws:SourceAccount", "123456789012"),
                    "ArnLike",
                        Map.of(
                            "aws:SourceArn",
                            "arn:aws:ec2:eu-west-1:123456789012:vpc-flow-log/*"))));
    assertThat(template.properties("FlowLog"))
        .containsEntry("ResourceType", "VPC")
        .containsEntry("DeliverLogsPermissionArn", "FlowLogRole.Arn")
        .containsEntry("LogGroupName", "FlowLogGroup");
  }

  @Test
  void flowLog_resourceTypeFollowsTheId() throws Exception {
    Map<String, @Nullable Object> types = new LinkedHashMap<>();
    for (String id : List.of("vpc-12345678", "subnet-12345678", "eni-12345678")) {
      types.put(
          id,
          StackTemplate.resolve("WatchedResourceId=" + id)
              .properties("FlowLog")
              .get("ResourceType"));
    }

    assertThat(types)
        .isEqualTo(
            Map.of(
                "vpc-12345678", "VPC",
                "subnet-12345678", "Subnet",
                "eni-12345678", "NetworkInterface"));
  }

  /// With a key that CloudWatch may not use, alarms' notifications are lost.
  @Test
  void topic_takesAlarmsAndTlsAlone() throws Exception {
    StackTemplate template = StackTemplate.resolve();
    Map<String, @Nullable Object> fromHere =
        Map.of("StringEquals", Map.of("aws:SourceAccount", "123456789012"));

    assertThat(template.properties("NotificationTopic"))
        .containsEntry("KmsMasterKeyId", "NotificationKey");
    assertThat(
            Json.objectsAt(
                Json.objectAt(template.properties("NotificationKey"), "KeyPolicy"), "Statement"))
        .contains(
            Map.of(
                "Sid",
                "AlarmsPublish",
                "Effect",
                "Allow",
                "Principal",
                Map.of("Service", "cloudwatch.amazonaws.com"),
                "Action",
                List.of("kms:Decrypt", "kms:GenerateDataKey*"),
                "Resource",
                "*",
                "Condition",
                fromHere));
    assertThat(
            Json.objectsAt(
                Json.objectAt(template.properties("NotificationTopicPolicy"), "PolicyDocument"),
                "Statement"))
        .containsExactly(
            Map.of(
                "Sid", "AlarmsPublish",
                "Effect", "Allow",
                "Principal", Map.of("Service", "cloudwatch.amazonaws.com"),
                "Action", "sns:Publish",
                "Resource", "NotificationTopic",
                "Condition", fromHere),
            Map.of(
                "Sid", "TlsOnly",
                "Effect", "Deny",
                "Principal", "*",
                "Action", "sns:Publish",
                "Resource", "NotificationTopic",
                "Condition", Map.of("Bool", Map.of("aws:SecureTransport", "false"))));
    StackTemplate without = StackTemplate.resolve(ALL_OFF);
    assertThat(without.properties("NotificationTopic")).doesNotContainKey("KmsMasterKeyId");
    assertThat(actionsOf(without, "FunctionRole")).doesNotContain("kms:Decrypt");
    assertThat(actionsOf(template, "FunctionRole")).contains("kms:Decrypt");
  }

  @Test
  void failureQueue_isEncryptedAndKeepsFor14Days() throws Exception {
    assertThat(StackTemplate.resolve().properties("FailureQueue"))
        .containsEntry("SqsManagedSseEnabled", true)
        .containsEntry("MessageRetentionPeriod", Duration.ofDays(14).toSeconds());
  }

  /// It needs no recovery: items are digests, and are used for 15 days.
  @Test
  void ledgerTable_forgetsByItself() throws Exception {
    assertThat(StackTemplate.resolve().properties("LedgerTable"))
        .isEqualTo(
            Map.of(
                "BillingMode", "PAY_PER_REQUEST",
                "AttributeDefinitions",
                    List.of(Map.of("AttributeName", "id", "AttributeType", "S")),
                "KeySchema", List.of(Map.of("AttributeName", "id", "KeyType", "HASH")),
                "TimeToLiveSpecification", Map.of("AttributeName", "expires", "Enabled", true)));
  }

  @Test
  void logGroups_haveARetention() throws Exception {
    Map<String, Object> retentions = new TreeMap<>();
    StackTemplate.resolve("LogRetentionDays=90")
        .ofType("AWS::Logs::LogGroup")
        .forEach((id, group) -> retentions.put(id, group.get("RetentionInDays")));

    assertThat(retentions).isEqualTo(Map.of("FlowLogGroup", "90", "FunctionLogGroup", "90"));
    assertThat(StackTemplate.resolve("ExistingLogGroupName=/vpc").ofType("AWS::Logs::LogGroup"))
        .containsOnlyKeys("FunctionLogGroup");
  }

  // Stream, bucket and members

  /// A batch that fails is tried again as it is until it succeeds: the ledger knows what was sent.
  @Test
  void stream_isReadByTheAliasAndGivesNothingUp() throws Exception {
    StackTemplate template =
        StackTemplate.resolve(VPC, "Source=stream", "StreamShards=3", "StreamRetentionHours=72");

    assertThat(template.properties("StreamMapping"))
        .isEqualTo(
            Map.of(
                "EventSourceArn", "Stream.Arn",
                "FunctionName", "FunctionAliaslive",
                "StartingPosition", "TRIM_HORIZON",
                "BatchSize", 10_000L,
                "MaximumBatchingWindowInSeconds", 60L,
                "ParallelizationFactor", 1L,
                "BisectBatchOnFunctionError", false,
                "MaximumRecordAgeInSeconds", -1L,
                "MaximumRetryAttempts", -1L));
    assertThat(template.properties("Stream"))
        .isEqualTo(
            Map.of(
                "ShardCount",
                "3",
                "RetentionPeriodHours",
                "72",
                "StreamModeDetails",
                Map.of("StreamMode", "PROVISIONED"),
                "StreamEncryption",
                Map.of("EncryptionType", "KMS", "KeyId", "alias/aws/kinesis")));
    assertThat(StackTemplate.resolve(VPC, "Source=stream", "StreamShards=0").properties("Stream"))
        .containsEntry("StreamModeDetails", Map.of("StreamMode", "ON_DEMAND"))
        .doesNotContainKey("ShardCount");
    assertThat(statements(template, "FunctionRole"))
        .contains(
            Map.of(
                "Effect",
                "Allow",
                "Action",
                List.of(
                    "kinesis:DescribeStream",
                    "kinesis:DescribeStreamSummary",
                    "kinesis:GetRecords",
                    "kinesis:GetShardIterator",
                    "kinesis:ListShards"),
                "Resource",
                "Stream.Arn"));
    assertThat(actionsOf(StackTemplate.resolve(VPC), "FunctionRole"))
        .noneMatch(action -> action.matches("(kinesis|s3):.*|sqs:Rec.*"));
  }

  @Test
  void stream_existingOneMayHaveAKey() throws Exception {
    StackTemplate template =
        StackTemplate.resolve(VPC, "Source=stream", "ExistingStreamArn=" + STREAM_ARN);
    Map<String, Object> forTheStream =
        Map.of("StringEquals", Map.of("kms:EncryptionContext:aws:kinesis:arn", STREAM_ARN));

    assertThat(template.resources()).doesNotContainKey("Stream");
    assertThat(template.properties("StreamMapping")).containsEntry("EventSourceArn", STREAM_ARN);
    assertThat(template.properties("SubscriptionFilter"))
        .containsEntry("DestinationArn", STREAM_ARN);
    assertThat(statements(template, "FunctionRole"))
        .filteredOn(statement -> "kms:Decrypt".equals(statement.get("Action")))
        .extracting(statement -> statement.get("Condition"))
        .containsExactly(forTheStream);
    assertThat(statements(template, "StreamWriterRole"))
        .containsExactly(
            Map.of("Effect", "Allow", "Action", "kinesis:PutRecord", "Resource", STREAM_ARN),
            Map.of(
                "Effect",
                "Allow",
                "Action",
                "kms:GenerateDataKey",
                "Resource",
                "arn:aws:kms:*:*:key/*",
                "Condition",
                forTheStream));
    assertThat(
            StackTemplate.resolve("Source=stream", "ExistingStreamArn=" + STREAM_ARN).resources())
        .as("others write into it")
        .doesNotContainKeys("StreamWriterRole", "SubscriptionFilter", "FlowLogGroup");
  }

  @TestFactory
  Stream<DynamicTest> streamWriterRole_trustsCloudWatchLogsOfTheSenders() {
    return Stream.of(
            // a parameter; the sources trusted
            List.of(VPC, "arn:aws:logs:eu-west-1:123456789012:*"),
            List.of("OrganizationId=o-a1b2c3d4e5", "arn:aws:logs:eu-west-1:*:*"),
            List.of(
                "MemberAccounts=111111111111,222222222222",
                List.of(
                    "arn:*:logs:*:123456789012:*",
                    "arn:*:logs:*:111111111111:*",
                    "arn:*:logs:*:222222222222:*")))
        .map(
            row ->
                dynamicTest(
                    (String) row.getFirst(),
                    () ->
                        assertThat(
                                Json.objectsAt(
                                    Json.objectAt(
                                        StackTemplate.resolve(
                                                "Source=stream", (String) row.getFirst())
                                            .properties("StreamWriterRole"),
                                        "AssumeRolePolicyDocument"),
                                    "Statement"))
                            .containsExactly(
                                Map.of(
                                    "Effect",
                                    "Allow",
                                    "Principal",
                                    Map.of("Service", "logs.amazonaws.com"),
                                    "Action",
                                    "sts:AssumeRole",
                                    "Condition",
                                    Map.of(
                                        "StringLike", Map.of("aws:SourceArn", row.getLast()))))));
  }

  @Test
  void destination_takesTheOrganizationOrTheAccounts() throws Exception {
    String arn = "arn:aws:logs:eu-west-1:123456789012:destination:flowbell";
    StackTemplate organization =
        StackTemplate.resolve("Source=stream", "OrganizationId=o-a1b2c3d4e5");
    StackTemplate accounts =
        StackTemplate.resolve("Source=stream", "MemberAccounts=111111111111,222222222222");

    assertThat(organization.properties("LogDestination"))
        .containsEntry("DestinationName", "flowbell")
        .containsEntry("TargetArn", "Stream.Arn")
        .containsEntry("RoleArn", "StreamWriterRole.Arn");
    assertThat(destinationPolicy(organization))
        .containsExactly(
            Map.of(
                "Effect",
                "Allow",
                "Principal",
                "*",
                "Action",
                "logs:PutSubscriptionFilter",
                "Resource",
                arn,
                "Condition",
                Map.of("StringEquals", Map.of("aws:PrincipalOrgID", "o-a1b2c3d4e5"))));
    assertThat(destinationPolicy(accounts))
        .containsExactly(
            Map.of(
                "Effect",
                "Allow",
                "Principal",
                Map.of("AWS", List.of("111111111111", "222222222222")),
                "Action",
                "logs:PutSubscriptionFilter",
                "Resource",
                arn));
    assertThat(StackTemplate.resolve(VPC, "Source=stream").resources())
        .doesNotContainKey("LogDestination");
  }

  private static List<Map<String, @Nullable Object>> destinationPolicy(StackTemplate template) {
    return Json.objectsAt(
        Json.parseObject((String) template.properties("LogDestination").get("DestinationPolicy")),
        "Statement");
  }

  @Test
  void bucket_filesReachTheAliasThroughAQueue() throws Exception {
    StackTemplate template = StackTemplate.resolve(VPC, "Source=bucket", "BucketPrefix=flow-logs/");

    assertThat(template.properties("FileFlowLog"))
        .containsEntry("LogDestinationType", "s3")
        .containsEntry("LogDestination", "arn:aws:s3:::FlowLogBucket/flow-logs/")
        .containsEntry(
            "DestinationOptions",
            Map.of(
                "FileFormat",
                "plain-text",
                "HiveCompatiblePartitions",
                false,
                "PerHourPartition",
                false))
        .doesNotContainKeys("LogGroupName", "DeliverLogsPermissionArn");
    assertThat(template.properties("FlowLogBucket"))
        .containsEntry(
            "NotificationConfiguration",
            Map.of("EventBridgeConfiguration", Map.of("EventBridgeEnabled", true)));
    assertThat(template.properties("FileRule"))
        .containsEntry(
            "EventPattern",
            Map.of(
                "source",
                List.of("aws.s3"),
                "detail-type",
                List.of("Object Created"),
                "detail",
                Map.of(
                    "bucket",
                    Map.of("name", List.of("FlowLogBucket")),
                    "object",
                    Map.of(
                        "key",
                        List.of(
                            Map.of("wildcard", "flow-logs/*.log.gz"),
                            Map.of("wildcard", "flow-logs/*.parquet"))))))
        .containsEntry(
            "Targets",
            List.of(
                Map.of(
                    "Id",
                    "queue",
                    "Arn",
                    "FileQueue.Arn",
                    "DeadLetterConfig",
                    Map.of("Arn", "FailureQueue.Arn"))));
    assertThat(template.properties("FileMapping"))
        .isEqualTo(
            Map.of(
                "EventSourceArn",
                "FileQueue.Arn",
                "FunctionName",
                "FunctionAliaslive",
                "BatchSize",
                1L,
                "FunctionResponseTypes",
                List.of("ReportBatchItemFailures"),
                "ScalingConfig",
                Map.of("MaximumConcurrency", 5L)));
    long timeout = number(template.properties("Function"), "Timeout");
    assertThat(template.properties("FileQueue"))
        .isEqualTo(
            Map.of(
                "MessageRetentionPeriod",
                Duration.ofDays(14).toSeconds(),
                "VisibilityTimeout",
                6 * timeout, // Lambda's recommendation
                "SqsManagedSseEnabled",
                true,
                "RedrivePolicy",
                Map.of("deadLetterTargetArn", "FailureQueue.Arn", "maxReceiveCount", 5L)));
    for (String queue : List.of("FileQueue", "FailureQueue")) {
      assertThat(
              Json.objectsAt(
                  Json.objectAt(template.properties(queue + "Policy"), "PolicyDocument"),
                  "Statement"))
          .containsExactlyInAnyOrder(
              Map.of(
                  "Sid",
                  "RuleSends",
                  "Effect",
                  "Allow",
                  "Principal",
                  Map.of("Service", "events.amazonaws.com"),
                  "Action",
                  "sqs:SendMessage",
                  "Resource",
                  queue + ".Arn",
                  "Condition",
                  Map.of("ArnEquals", Map.of("aws:SourceArn", "FileRule.Arn"))),
              Map.of(
                  "Sid", "TlsOnly",
                  "Effect", "Deny",
                  "Principal", "*",
                  "Action", "sqs:*",
                  "Resource", queue + ".Arn",
                  "Condition", Map.of("Bool", Map.of("aws:SecureTransport", "false"))));
    }
    assertThat(statements(template, "FunctionRole"))
        .contains(
            Map.of(
                "Effect",
                "Allow",
                "Action",
                List.of("s3:GetObject", "s3:GetObjectVersion"),
                "Resource",
                "arn:aws:s3:::FlowLogBucket/flow-logs/*"),
            Map.of(
                "Effect",
                "Allow",
                "Action",
                List.of("sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"),
                "Resource",
                "FileQueue.Arn"));
    assertThat(StackTemplate.resolve(VPC).properties("Function")).containsEntry("Timeout", 60L);
  }

  @Test
  void bucket_existingOneStaysAsItIs() throws Exception {
    StackTemplate template =
        StackTemplate.resolve(VPC, "Source=bucket", "ExistingBucketName=flow-logs");

    assertThat(template.resources()).doesNotContainKeys("FlowLogBucket", "FlowLogBucketPolicy");
    assertThat(template.properties("FileFlowLog"))
        .containsEntry("LogDestination", "arn:aws:s3:::flow-logs");
    assertThat(statements(template, "FunctionRole"))
        .filteredOn(statement -> "kms:Decrypt".equals(statement.get("Action")))
        .extracting(statement -> statement.get("Condition"))
        .containsExactly(
            Map.of(
                "StringLike",
                Map.of(
                    "kms:EncryptionContext:aws:s3:arn",
                    List.of("arn:aws:s3:::flow-logs", "arn:aws:s3:::flow-logs/*"))));
  }

  /// Like a log group, it is kept. A stack that could not be made deletes its empty bucket.
  @Test
  void flowLogBucket_isPrivateAndOutlivesTheStack() throws Exception {
    StackTemplate template = StackTemplate.resolve(VPC, "Source=bucket", "LogRetentionDays=90");
    Map<String, @Nullable Object> fromHere =
        Map.of("aws:SourceArn", "arn:aws:logs:eu-west-1:123456789012:*");

    for (String id : List.of("FlowLogBucket", "FlowLogBucketPolicy")) {
      assertThat(Json.objectAt(template.resources(), id))
          .containsEntry("DeletionPolicy", "RetainExceptOnCreate")
          .containsEntry("UpdateReplacePolicy", "Retain");
    }
    assertThat(Json.objectAt(template.properties("FlowLogBucket"), "LifecycleConfiguration"))
        .isEqualTo(
            Map.of(
                "Rules",
                List.of(
                    Map.of(
                        "Id",
                        "retention",
                        "Status",
                        "Enabled",
                        "ExpirationInDays",
                        "90",
                        "AbortIncompleteMultipartUpload",
                        Map.of("DaysAfterInitiation", 1L)))));
    assertThat(
            Json.objectsAt(
                Json.objectAt(template.properties("FlowLogBucketPolicy"), "PolicyDocument"),
                "Statement"))
        .containsExactly(
            Map.of(
                "Sid",
                "FlowLogsWrite",
                "Effect",
                "Allow",
                "Principal",
                Map.of("Service", "delivery.logs.amazonaws.com"),
                "Action",
                "s3:PutObject",
                "Resource",
                "FlowLogBucket.Arn/*",
                "Condition",
                Map.of(
                    "StringEquals",
                    Map.of(
                        "aws:SourceAccount",
                        "123456789012",
                        "s3:x-amz-acl",
                        "bucket-owner-full-control"),
                    "ArnLike",
                    fromHere)),
            Map.of(
                "Sid",
                "FlowLogsCheck",
                "Effect",
                "Allow",
                "Principal",
                Map.of("Service", "delivery.logs.amazonaws.com"),
                "Action",
                "s3:GetBucketAcl",
                "Resource",
                "FlowLogBucket.Arn",
                "Condition",
                Map.of(
                    "StringEquals",
                    Map.of("aws:SourceAccount", "123456789012"),
                    "ArnLike",
                    fromHere)),
            Map.of(
                "Sid", "TlsOnly",
                "Effect", "Deny",
                "Principal", "*",
                "Action", "s3:*",
                "Resource", List.of("FlowLogBucket.Arn", "FlowLogBucket.Arn/*"),
                "Condition", Map.of("Bool", Map.of("aws:SecureTransport", "false"))));
  }

  /// StackSets take no macro.
  @Test
  void member_sendsToTheDestination() throws Exception {
    String destination = "arn:aws:logs:eu-west-1:999999999999:destination:flowbell";
    StackTemplate template =
        StackTemplate.resolveMember("DestinationArn=" + destination, VPC, "FilterPattern=?REJECT");

    assertThat(Files.readString(PROJECT.resolve("template-member.yaml")))
        .doesNotContain("Transform:", "AWS::Serverless");
    assertThat(template.resources().keySet())
        .containsExactly(
            "FlowLogGroup", "FlowLogRole", "SubscriptionRole", "SubscriptionFilter", "FlowLog");
    assertThat(template.properties("SubscriptionFilter"))
        .isEqualTo(
            Map.of(
                "FilterName", "flowbell",
                "LogGroupName", "FlowLogGroup",
                "FilterPattern", "?REJECT",
                "DestinationArn", destination,
                "RoleArn", "SubscriptionRole.Arn"));
    assertThat(statements(template, "SubscriptionRole"))
        .containsExactly(
            Map.of(
                "Effect",
                "Allow",
                "Action",
                "logs:PutLogEvents",
                "Resource",
                "arn:aws:logs:eu-west-1:123456789012:log-group:FlowLogGroup:*"));
    assertThat(template.properties("FlowLog"))
        .isEqualTo(StackTemplate.resolve(VPC).properties("FlowLog"));
    assertThat(
            StackTemplate.resolveMember(
                    "DestinationArn=" + destination, "ExistingLogGroupName=/vpc")
                .resources())
        .containsOnlyKeys("SubscriptionRole", "SubscriptionFilter");
    assertThat(StackTemplate.resolveMember("DestinationArn=" + destination).refusals()).hasSize(1);
  }

  /// A log group of a Lambda function may be that of Flowbell's, which would read its own log.
  @TestFactory
  Stream<DynamicTest> member_parametersTakeAndRefuse() throws Exception {
    Map<String, @Nullable Object> parameters = StackTemplate.resolveMember().parameters();
    Map<String, @Nullable Object> central = StackTemplate.resolve().parameters();
    for (String name :
        List.of(
            "WatchedResourceId",
            "ExistingLogGroupName",
            "LogRetentionDays",
            "TrafficType",
            "AggregationIntervalSeconds")) {
      for (String key : List.of("Type", "Default", "AllowedPattern", "AllowedValues")) {
        assertThat(Json.objectAt(parameters, name).get(key))
            .as(name + " " + key)
            .isEqualTo(Json.objectAt(central, name).get(key));
      }
    }
    return Stream.of(
            List.of("DestinationArn", "arn:aws:logs:eu-west-1:1:destination:flowbell", false),
            List.of(
                "DestinationArn", "arn:aws:logs:eu-west-1:123456789012:destination:flowbell", true),
            List.of("DestinationArn", STREAM_ARN, false),
            List.of("DestinationArn", "", false),
            List.of("ExistingLogGroupName", "/aws/lambda/flowbell", false),
            List.of("ExistingLogGroupName", "/aws/vpc-flow-logs", true),
            List.of("LogFormat", "auto", false),
            List.of("LogFormat", FLOWBELL_FORMAT, true))
        .map(
            row ->
                dynamicTest(
                    row.get(0) + " " + row.get(1),
                    () ->
                        assertThat(
                                ((String) row.get(1))
                                    .matches(
                                        (String)
                                            Json.objectAt(parameters, (String) row.get(0))
                                                .get("AllowedPattern")))
                            .isEqualTo(row.get(2))));
  }

  // Alarms

  @Test
  void alarms_lookBackAsFarAsFlowLogsAreLate() throws Exception {
    Map<String, String> shapes = new TreeMap<>();
    StackTemplate.resolve("FilterPattern=?REJECT")
        .ofType("AWS::CloudWatch::Alarm")
        .forEach(
            (id, alarm) ->
                shapes.put(
                    id,
                    "%s of %s x %s s, missing %s"
                        .formatted(
                            alarm.getOrDefault("DatapointsToAlarm", alarm.get("EvaluationPeriods")),
                            alarm.get("EvaluationPeriods"),
                            alarm.getOrDefault("Period", "own"),
                            alarm.get("TreatMissingData"))));

    assertThat(shapes)
        .isEqualTo(
            Map.ofEntries(
                Map.entry("RejectedFlowsAlarm", "1 of 4 x 300 s, missing notBreaching"),
                Map.entry("BlockedHandshakesAlarm", "1 of 4 x 300 s, missing notBreaching"),
                Map.entry("NatMaskedRejectsAlarm", "1 of 4 x 300 s, missing notBreaching"),
                Map.entry("AnswersDroppedAlarm", "3 of 6 x 300 s, missing notBreaching"),
                Map.entry("RejectedFlowsAnomalyAlarm", "2 of 4 x own s, missing notBreaching"),
                Map.entry("UnreadableRecordsAlarm", "1 of 4 x 300 s, missing notBreaching"),
                Map.entry("SkippedWindowsAlarm", "3 of 6 x 300 s, missing notBreaching"),
                Map.entry("NoRecordsAlarm", "12 of 12 x 300 s, missing breaching"),
                Map.entry("NoInvocationsAlarm", "24 of 24 x 3600 s, missing breaching"),
                Map.entry("DeliveryErrorsAlarm", "1 of 1 x 300 s, missing notBreaching"),
                Map.entry("DeliveryThrottlingAlarm", "3 of 6 x 300 s, missing notBreaching"),
                Map.entry("EventsDroppedAlarm", "1 of 1 x 300 s, missing notBreaching"),
                Map.entry("DestinationFailuresAlarm", "1 of 1 x 300 s, missing notBreaching"),
                Map.entry("NotificationsFailedAlarm", "1 of 1 x 300 s, missing notBreaching"),
                Map.entry("PossibleDuplicatesAlarm", "1 of 2 x 3600 s, missing notBreaching"),
                Map.entry("OverBoundsAlarm", "1 of 2 x 3600 s, missing notBreaching"),
                Map.entry("FunctionErrorsAlarm", "2 of 3 x 300 s, missing notBreaching"),
                Map.entry("FunctionThrottlesAlarm", "2 of 3 x 300 s, missing notBreaching"),
                Map.entry("FailureQueueAlarm", "1 of 1 x 300 s, missing ignore")));
  }

  /// Files, and batches of a stream, are later than payloads of a subscription.
  @Test
  void alarms_lookBackLongerWhereAMappingReads() throws Exception {
    for (String source : List.of("stream", "bucket")) {
      Map<String, String> longer = new TreeMap<>();
      Map<String, Map<String, @Nullable Object>> usual =
          StackTemplate.resolve(VPC).ofType("AWS::CloudWatch::Alarm");
      StackTemplate.resolve(VPC, "Source=" + source)
          .ofType("AWS::CloudWatch::Alarm")
          .forEach(
              (id, alarm) -> {
                Object before =
                    usual.containsKey(id) ? usual.get(id).get("EvaluationPeriods") : "new";
                if (!alarm.get("EvaluationPeriods").equals(before)) {
                  longer.put(id, before + " to " + alarm.get("EvaluationPeriods"));
                }
              });

      Map<String, String> expected =
          new TreeMap<>(
              Map.of(
                  "RejectedFlowsAlarm", "4 to 6",
                  "BlockedHandshakesAlarm", "4 to 6",
                  "NatMaskedRejectsAlarm", "4 to 6",
                  "AnswersDroppedAlarm", "6 to 8",
                  "RejectedFlowsAnomalyAlarm", "4 to 6",
                  "UnreadableRecordsAlarm", "4 to 6",
                  "SkippedWindowsAlarm", "6 to 8"));
      if (source.equals("stream")) {
        expected.put("StreamLateAlarm", "new to 3");
        expected.put("StreamNearExpiryAlarm", "new to 1");
        expected.put("StreamThrottledAlarm", "new to 6");
      } else {
        expected.put("FilesLateAlarm", "new to 3");
      }
      assertThat(longer).as(source).isEqualTo(expected);
    }
  }

  @TestFactory
  Stream<DynamicTest> alarms_tellOnceEach() {
    return Stream.of("none", "CompositeAlarms", "AnomalyAlarm", "CompositeAlarms,AnomalyAlarm")
        .map(
            features ->
                dynamicTest(
                    "with " + features,
                    () ->
                        assertEachTellsOnce(
                            "Features=" + features, "Source=stream", "AlsoRead=bucket")));
  }

  private static void assertEachTellsOnce(String... parameters) throws Exception {
    StackTemplate template = StackTemplate.resolve(parameters);
    Map<String, List<String>> tellers = new HashMap<>();
    template
        .ofType("AWS::CloudWatch::Alarm")
        .forEach(
            (id, alarm) -> {
              tellers.put(id, new ArrayList<>());
              // Another notification to a subscriber that fails would fail as well.
              if (!id.equals("NotificationsFailedAlarm")) {
                assertThat(alarm.get("OKActions")).as(id).isEqualTo(alarm.get("AlarmActions"));
              }
              if (List.of("NotificationTopic").equals(alarm.get("AlarmActions"))) {
                tellers.get(id).add(id);
              }
            });
    template
        .ofType("AWS::CloudWatch::CompositeAlarm")
        .forEach(
            (id, alarm) -> {
              assertThat(alarm)
                  .containsEntry("AlarmActions", List.of("NotificationTopic"))
                  .containsEntry("OKActions", List.of("NotificationTopic"));
              for (String child : words("ALARM\\(\"(\\w+)\"\\)", (String) alarm.get("AlarmRule"))) {
                tellers.get(child).add(id);
              }
            });
    assertThat(tellers).isNotEmpty().allSatisfy((_, by) -> assertThat(by).hasSize(1));
  }

  /// A composite alarm tells nothing while it rings already. So it has only what one cause rings
  /// together, and nothing that may ring for days, or from the first deployment on.
  @Test
  void compositeAlarms_muteNoOtherCause() throws Exception {
    Map<String, List<String>> parts = new TreeMap<>();
    StackTemplate.resolve()
        .ofType("AWS::CloudWatch::CompositeAlarm")
        .forEach(
            (id, alarm) ->
                parts.put(id, words("ALARM\\(\"(\\w+)\"\\)", (String) alarm.get("AlarmRule"))));

    assertThat(parts)
        .isEqualTo(
            Map.of(
                "TrafficAlarm",
                List.of(
                    "RejectedFlowsAlarm", "BlockedHandshakesAlarm", "RejectedFlowsAnomalyAlarm"),
                "HealthAlarm",
                List.of("FunctionErrorsAlarm", "FunctionThrottlesAlarm")));
  }

  @TestFactory
  Stream<DynamicTest> subscription_filterAndTrafficType() {
    String vpc = "WatchedResourceId=vpc-12345678";
    return Stream.of(
            // parameters; the filter pattern; the function's TRAFFIC_TYPE
            List.of(List.of(vpc), "", "ALL"),
            List.of(List.of(vpc, "OnlyRejected=true"), FilterPattern.TERMS, "REJECT"),
            List.of(List.of(vpc, "TrafficType=REJECT"), "", "REJECT"),
            List.of(List.of("WatchedResourceId=none", "TrafficType=REJECT"), "", "ALL"),
            List.of(List.of(vpc, "TrafficType=REJECT", "ExistingLogGroupName=/vpc"), "", "ALL"),
            List.of(
                List.of("ExistingLogGroupName=/vpc", "OnlyRejected=true"),
                FilterPattern.TERMS,
                "REJECT"),
            List.of(List.of(vpc, "OnlyRejected=true", "FilterPattern=[a, b]"), "[a, b]", "REJECT"),
            List.of(List.of(vpc, "FilterPattern=[a, b]"), "[a, b]", "ALL"))
        .map(
            row ->
                dynamicTest(
                    row.getFirst().toString(),
                    () -> {
                      StackTemplate template =
                          StackTemplate.resolve(
                              ((List<?>) row.getFirst())
                                  .stream().map(String.class::cast).toArray(String[]::new));
                      assertThat(template.properties("SubscriptionFilter"))
                          .containsEntry("FilterPattern", row.get(1));
                      assertThat(environment(template)).containsEntry("TRAFFIC_TYPE", row.get(2));
                    }));
  }

  /// With a filter, the function may read nothing for an hour: then one alarm asks the log group,
  /// and another one the function.
  @Test
  void noRecordsAlarm_asksTheLogGroupWhereAFilterMayLeaveNothing() throws Exception {
    StackTemplate filtered = StackTemplate.resolve("FilterPattern=?REJECT");

    assertThat(filtered.properties("NoRecordsAlarm"))
        .containsEntry("Namespace", "AWS/Logs")
        .containsEntry("MetricName", "IncomingLogEvents")
        .containsEntry(
            "Dimensions", List.of(Map.of("Name", "LogGroupName", "Value", "FlowLogGroup")));
    assertThat(filtered.properties("NoInvocationsAlarm"))
        .containsEntry("Namespace", "AWS/Lambda")
        .containsEntry("MetricName", "Invocations")
        .containsEntry("ComparisonOperator", "LessThanThreshold")
        .containsEntry("Dimensions", List.of(Map.of("Name", "FunctionName", "Value", "Function")));
    assertThat(StackTemplate.resolve().resources()).doesNotContainKey("NoInvocationsAlarm");
  }

  /// An alarm on a metric or a dimension that doesn't exist never rings.
  @Test
  void alarms_nameWhatAwsPublishes() throws Exception {
    String subscription = " LogGroupName=FlowLogGroup DestinationType=Lambda FilterName=flowbell";

    assertThat(metricsOfAws(StackTemplate.resolve()))
        .isEqualTo(
            Map.of(
                "FunctionErrorsAlarm", "AWS/Lambda Errors FunctionName=Function",
                "FunctionThrottlesAlarm", "AWS/Lambda Throttles FunctionName=Function",
                "EventsDroppedAlarm", "AWS/Lambda AsyncEventsDropped FunctionName=Function",
                "DestinationFailuresAlarm",
                    "AWS/Lambda DestinationDeliveryFailures FunctionName=Function",
                "FailureQueueAlarm",
                    "AWS/SQS ApproximateNumberOfMessagesVisible"
                        + " QueueName=FailureQueue.QueueName",
                "NotificationsFailedAlarm",
                    "AWS/SNS NumberOfNotificationsFailed TopicName=NotificationTopic.TopicName",
                "DeliveryErrorsAlarm", "AWS/Logs DeliveryErrors" + subscription,
                "DeliveryThrottlingAlarm", "AWS/Logs DeliveryThrottling" + subscription));
    assertThat(metricsOfAws(StackTemplate.resolve("Source=stream", "AlsoRead=bucket", VPC)))
        .isEqualTo(
            Map.of(
                "FunctionErrorsAlarm", "AWS/Lambda Errors FunctionName=Function",
                "FunctionThrottlesAlarm", "AWS/Lambda Throttles FunctionName=Function",
                "FailureQueueAlarm",
                    "AWS/SQS ApproximateNumberOfMessagesVisible"
                        + " QueueName=FailureQueue.QueueName",
                "NotificationsFailedAlarm",
                    "AWS/SNS NumberOfNotificationsFailed TopicName=NotificationTopic.TopicName",
                "StreamLateAlarm", "AWS/Lambda IteratorAge FunctionName=Function",
                "StreamNearExpiryAlarm", "AWS/Lambda IteratorAge FunctionName=Function",
                "StreamThrottledAlarm",
                    "AWS/Kinesis WriteProvisionedThroughputExceeded StreamName=Stream",
                "FilesLateAlarm",
                    "AWS/SQS ApproximateAgeOfOldestMessage QueueName=FileQueue.QueueName"));
    assertThat(
            metricsOfAws(
                StackTemplate.resolve("Source=stream", "ExistingStreamArn=" + STREAM_ARN, VPC)))
        .containsEntry(
            "StreamThrottledAlarm",
            "AWS/Kinesis WriteProvisionedThroughputExceeded StreamName=flow-logs");
  }

  /// Returns, by alarm, AWS's own metric and its dimensions.
  private static Map<String, String> metricsOfAws(StackTemplate template) {
    Map<String, String> metrics = new TreeMap<>();
    template
        .ofType("AWS::CloudWatch::Alarm")
        .forEach(
            (id, alarm) -> {
              if (String.valueOf(alarm.get("Namespace")).startsWith("AWS/")) {
                metrics.put(
                    id,
                    alarm.get("Namespace")
                        + " "
                        + alarm.get("MetricName")
                        + Json.objectsAt(alarm, "Dimensions").stream()
                            .map(each -> " " + each.get("Name") + "=" + each.get("Value"))
                            .collect(Collectors.joining()));
              }
            });
    return metrics;
  }

  // Dashboard and queries

  @Test
  void metrics_thatAlarmsAndDashboardNameArePublished() throws Exception {
    StackTemplate template = StackTemplate.resolve("MetricNamespace=Own");
    Set<String> named = new TreeSet<>();
    for (Map<String, @Nullable Object> alarm : template.ofType("AWS::CloudWatch::Alarm").values()) {
      if ("Own".equals(alarm.get("Namespace"))) {
        assertThat(alarm).containsEntry("Statistic", "Sum");
        named.add((String) alarm.get("MetricName"));
      }
      if (alarm.containsKey("Metrics")) {
        assertThat(Json.objectsAt(alarm, "Metrics").toString())
            .contains("Metric={Namespace=Own, MetricName=RejectedFlows}, Stat=Sum");
      }
    }
    assertThat(named).hasSizeGreaterThan(5);
    for (Map<String, @Nullable Object> widget : widgets(template)) {
      Map<String, @Nullable Object> properties = Json.objectAt(widget, "properties");
      if (properties.get("metrics") instanceof List<?> metrics) {
        for (Object metric : metrics) {
          if (((List<?>) metric).getFirst().equals("Own")) {
            named.add((String) ((List<?>) metric).get(1));
          }
        }
      }
    }

    assertThat(Arrays.stream(Metric.values()).map(Metric::awsName)).containsAll(named);
  }

  @Test
  void dashboard_showsEveryAlarmOnceAndFitsTogether() throws Exception {
    assertShowsEveryAlarmOnce(StackTemplate.resolve("FilterPattern=?REJECT"), 24 * 36);
    assertShowsEveryAlarmOnce(StackTemplate.resolve(VPC, "Source=stream"), 24 * 36);
    // Without a log group there are no tables.
    assertShowsEveryAlarmOnce(StackTemplate.resolve(VPC, "Source=bucket"), 24 * 27);
    assertShowsEveryAlarmOnce(
        StackTemplate.resolve("Source=stream", "OrganizationId=o-a1b2c3d4e5"), 24 * 27);
    assertShowsEveryAlarmOnce(
        StackTemplate.resolve(VPC, "Source=subscription", "AlsoRead=stream,bucket"), 24 * 36);
    assertThat(widgets(StackTemplate.resolve("Features=Dashboard")))
        .noneMatch(widget -> widget.get("type").equals("log"));
  }

  @Test
  void dashboard_showsWhatWaitsInTheSource() throws Exception {
    assertThat(StackTemplate.resolve().properties("Overview").toString())
        .doesNotContain("IteratorAge", "FileQueue");
    assertThat(StackTemplate.resolve(VPC, "Source=stream").properties("Overview").toString())
        .contains("\"AWS/Lambda\", \"IteratorAge\", \"FunctionName\", \"Function\"");
    assertThat(StackTemplate.resolve(VPC, "Source=bucket").properties("Overview").toString())
        .contains("\"QueueName\", \"FileQueue.QueueName\"", "Bucket `FlowLogBucket`");
    assertThat(
            StackTemplate.resolve("Source=stream", "ExistingStreamArn=" + STREAM_ARN)
                .properties("Overview")
                .toString())
        .contains("Stream `flow-logs`");
  }

  private static void assertShowsEveryAlarmOnce(StackTemplate template, int size) {
    List<String> shown = new ArrayList<>();
    Set<String> squares = new HashSet<>();
    for (Map<String, @Nullable Object> widget : widgets(template)) {
      if (widget.get("type").equals("alarm")) {
        ((List<?>) Json.objectAt(widget, "properties").get("alarms"))
            .forEach(each -> shown.add(((String) each).replace(".Arn", "")));
      }
      for (long x = number(widget, "x"); x < number(widget, "x") + number(widget, "width"); x++) {
        for (long y = number(widget, "y");
            y < number(widget, "y") + number(widget, "height");
            y++) {
          assertThat(squares.add(x + "," + y)).as("two widgets at %d,%d", x, y).isTrue();
          assertThat(x).isLessThan(24);
        }
      }
    }

    assertThat(shown)
        .containsExactlyInAnyOrderElementsOf(template.ofType("AWS::CloudWatch::Alarm").keySet());
    assertThat(squares).as("no holes but for the tables").hasSize(size);
  }

  @Test
  void queries_readFlowbellsFormatAndTheDefaultOne() throws Exception {
    StackTemplate template = StackTemplate.resolve();
    List<String> queries = new ArrayList<>();
    template
        .ofType("AWS::Logs::QueryDefinition")
        .forEach((_, query) -> queries.add((String) query.get("QueryString")));
    for (Map<String, @Nullable Object> widget : widgets(template)) {
      if (widget.get("type").equals("log")) {
        String query = (String) Json.objectAt(widget, "properties").get("query");
        assertThat(query).startsWith("SOURCE 'FlowLogGroup' | ");
        queries.add(query.substring("SOURCE 'FlowLogGroup' | ".length()));
      }
    }

    assertThat(queries).hasSize(6).allSatisfy(TemplateIT::assertReadsBothFormats);
  }

  /// Asserts what a query reads from a line in which each field has its own name as value, and that
  /// every other word of the query is one that the query gives, or a word of the query language.
  private static void assertReadsBothFormats(String query) {
    Map<String, String> inDefaultFormat =
        Map.of(
            "verdict", "action",
            "source_address", "srcaddr",
            "seen_address", "srcaddr",
            "target_address", "dstaddr",
            "target_port", "dstport",
            "protocol_number", "protocol",
            "interface_id", "interface-id");
    Map<String, String> inOwnFormat = new HashMap<>(inDefaultFormat);
    inOwnFormat.put("source_address", "pkt-srcaddr");
    inOwnFormat.put("flags", "tcp-flags");
    inOwnFormat.put("reject_reason", "reject-reason");
    assertThat(columns(query, RecordFormat.DEFAULT)).isEqualTo(inDefaultFormat);
    assertThat(columns(query, RecordFormat.FLOWBELL)).isEqualTo(inOwnFormat);
    assertThat(columns(query, RecordFormat.parse("${action} ${srcaddr}"))).isEmpty();

    String rest = query.replaceAll("(?m)^#.*$|/\\^.*?\\$/|'[^']*'|\"[^\"]*\"", "");
    Set<String> known = new HashSet<>(words("as (\\w+)", rest));
    known.addAll(words("\\(\\?<(\\w+)>", query));
    assertThat(known)
        .as("Logs Insights discovers these in AWS's default format")
        .doesNotContain("version", "action", "bytes", "packets", "protocol", "start", "end");
    known.addAll(
        List.of(
            "parse",
            "fields",
            "coalesce",
            "filter",
            "like",
            "stats",
            "count",
            "count_distinct",
            "min",
            "max",
            "sum",
            "strcontains",
            "as",
            "by",
            "sort",
            "desc",
            "limit",
            "display",
            "and",
            "@timestamp",
            "@message"));
    assertThat(words("(@?[a-z_][a-z_0-9]*)", rest)).isSubsetOf(known);
  }

  /// Returns what a query's `parse` and `coalesce` find in a line in which each field has its own
  /// name as value.
  private static Map<String, String> columns(String query, RecordFormat format) {
    String line = String.join(" ", words("\\$\\{([a-z0-9-]+)}", format.toString()));
    Map<String, String> parsed = new HashMap<>();
    for (String pattern : words("parse @message /(\\^.*?\\$)/", query)) {
      Matcher matcher = Pattern.compile(pattern).matcher(line);
      if (matcher.find()) {
        matcher.namedGroups().keySet().forEach(name -> parsed.put(name, matcher.group(name)));
      }
    }
    String fields = words("(?s)\\| fields (coalesce.*?reject_reason)", query).getFirst();
    Map<String, String> columns = new HashMap<>();
    Matcher definition =
        Pattern.compile("(?:coalesce\\((\\w+),\\s+(\\w+)\\)|(\\w+)) as (\\w+)").matcher(fields);
    while (definition.find()) {
      Stream.of(1, 2, 3)
          .map(definition::group)
          .filter(name -> name != null && parsed.containsKey(name))
          .findFirst()
          .ifPresent(name -> columns.put(definition.group(4), parsed.get(name)));
    }
    return columns;
  }

  @Test
  void contributorInsights_namesColumnsOfTheFormat() throws Exception {
    List<String> columns = words("\\$\\{([a-z0-9-]+)}", FLOWBELL_FORMAT);
    Map<String, Map<String, @Nullable Object>> rules =
        StackTemplate.resolve(ALL_ON).ofType("AWS::CloudWatch::InsightRule");
    Map<String, Object> keys = new TreeMap<>();
    rules.forEach(
        (id, rule) -> {
          Map<String, @Nullable Object> body = Json.parseObject((String) rule.get("RuleBody"));
          Json.objectAt(body, "Fields")
              .forEach(
                  (column, name) ->
                      assertThat(columns.get(Integer.parseInt(column) - 1)).isEqualTo(name));
          Map<String, @Nullable Object> contribution = Json.objectAt(body, "Contribution");
          assertThat(contribution)
              .containsEntry(
                  "Filters", List.of(Map.of("Match", "action", "In", List.of("REJECT"))));
          keys.put(id, contribution.get("Keys"));
        });

    assertThat(keys)
        .isEqualTo(
            Map.of(
                "TopRejectedSourcesRule", List.of("pkt-srcaddr"),
                "TopRejectedPortsRule", List.of("dstport", "protocol")));
    assertThat(FlowField.findByAwsName("pkt-srcaddr")).isEqualTo(FlowField.PKT_SRCADDR);
  }

  @Test
  void queries_areLeftOutForColumnsNobodyKnows() throws Exception {
    StackTemplate template =
        StackTemplate.resolve(
            "LogFormat=${srcaddr} ${action}", "Features=" + String.join(",", FEATURES));

    assertThat(template.ofType("AWS::Logs::QueryDefinition")).isEmpty();
    assertThat(template.ofType("AWS::CloudWatch::InsightRule")).isEmpty();
    assertThat(widgets(template))
        .noneMatch(widget -> widget.get("type").equals("log"))
        .anySatisfy(
            widget ->
                assertThat((String) Json.objectAt(widget, "properties").get("markdown"))
                    .startsWith("No tables of sources and targets here"));
  }

  @Test
  void switches_leaveOutWhatCosts() throws Exception {
    Set<String> off = StackTemplate.resolve(ALL_OFF).resources().keySet();
    Set<String> left = new TreeSet<>(StackTemplate.resolve(ALL_ON).resources().keySet());
    left.removeAll(off);
    left.removeIf(name -> name.startsWith("FunctionVersion"));

    assertThat(left)
        .containsExactly(
            "AddressQuery",
            "BlockedHandshakesQuery",
            "FlowLog",
            "HealthAlarm",
            "NatMaskedQuery",
            "NotificationEmail",
            "NotificationKey",
            "Overview",
            "RejectedFlowsAnomalyAlarm",
            "TopRejectedPortsRule",
            "TopRejectedSourcesQuery",
            "TopRejectedSourcesRule",
            "TrafficAlarm");
  }

  private static ToolRun runOf(PythonEnvironment.Tool tool, String program, String... arguments)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(PythonEnvironment.findOrMake(tool).program(program).toString());
    command.addAll(List.of(arguments));
    return ToolRun.of(
        PROJECT,
        Map.of("SAM_CLI_TELEMETRY", "0", "AWS_DEFAULT_REGION", "eu-west-1"),
        LONGEST,
        command);
  }

  private static Map<String, @Nullable Object> environment(StackTemplate template) {
    return Json.objectAt(
        Json.objectAt(template.properties("Function"), "Environment"), "Variables");
  }

  private static List<Map<String, @Nullable Object>> statements(
      StackTemplate template, String role) {
    return Json.objectsAt(template.properties(role), "Policies").stream()
        .flatMap(
            policy -> Json.objectsAt(Json.objectAt(policy, "PolicyDocument"), "Statement").stream())
        .toList();
  }

  private static Set<String> actionsOf(StackTemplate template, String role) {
    return statements(template, role).stream()
        .flatMap(
            statement ->
                statement.get("Action") instanceof List<?> actions
                    ? actions.stream()
                    : Stream.of(statement.get("Action")))
        .map(String.class::cast)
        .collect(Collectors.toSet());
  }

  private static List<Map<String, @Nullable Object>> widgets(StackTemplate template) {
    return Json.objectsAt(
        Json.parseObject((String) template.properties("Overview").get("DashboardBody")), "widgets");
  }

  private static long number(Map<String, @Nullable Object> object, String key) {
    return (Long) object.get(key);
  }

  /// Returns what the pattern's group matches.
  private static List<String> words(String pattern, String text) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map((MatchResult each) -> each.group(1))
        .toList();
  }
}
