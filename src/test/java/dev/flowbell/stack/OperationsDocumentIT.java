package dev.flowbell.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.testing.Json;
import dev.flowbell.testing.emulator.PythonEnvironment;
import dev.flowbell.testing.emulator.StackTemplate;
import dev.flowbell.testing.process.ToolRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// Tests what the documents say of the stack against the template, and against SAM's own reading of
/// a command.
class OperationsDocumentIT {
  private static final Path OPERATIONS = Path.of("docs", "operations.md");
  private static final Path README = Path.of("README.md");

  /// Everything that parameters can turn on.
  private static final String[] ALL_ON = {
    "WatchedResourceId=vpc-0123456789abcdef0",
    "Email=on-call@example.com",
    "OnlyRejected=true",
    "Features=SnapStart,CustomerKey,CompositeAlarms,AnomalyAlarm,Dashboard,InsightsQueries,"
        + "ContributorInsights"
  };

  /// Every source of flow logs.
  private static final List<List<String>> SOURCES =
      List.of(
          List.of(ALL_ON),
          with("Source=stream", "OrganizationId=o-a1b2c3d4e5"),
          with("Source=bucket"));

  /// Services and features that CloudFormation's handlers know, and the stack doesn't use.
  private static final Set<String> UNUSED =
      Set.of(
          "autoscaling:DescribeTags",
          "codedeploy:CreateDeployment",
          "codedeploy:GetDeployment",
          "codedeploy:GetDeploymentConfig",
          "codedeploy:GetDeploymentGroup",
          "codedeploy:StopDeployment",
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeSecurityGroups",
          "ec2:DescribeSubnets",
          "ec2:DescribeVpcs",
          "elasticfilesystem:DescribeMountTargets",
          "firehose:TagDeliveryStream",
          "iam:CreateServiceLinkedRole",
          "iam:DeleteRolePermissionsBoundary",
          "iam:PutRolePermissionsBoundary",
          "kms:CreateGrant",
          "kms:Encrypt",
          "kms:ListAliases",
          "kms:RevokeGrant",
          "s3files:ListMountTargets",
          "s3tables:CreateNamespace",
          "s3tables:CreateTable",
          "s3tables:CreateTableBucket",
          "s3tables:GetTable",
          "s3tables:GetTableMetadataLocation",
          "s3tables:PutTableBucketPolicy",
          "s3tables:PutTableEncryption",
          "s3tables:PutTablePolicy",
          "s3tables:UpdateTableMetadataLocation");

  @Test
  void alarms_nameTheirSection() throws Exception {
    Map<String, Map<String, @Nullable Object>> alarms = new TreeMap<>();
    for (StackTemplate template : StackTemplate.resolveAll(SOURCES)) {
      alarms.putAll(template.ofType("AWS::CloudWatch::Alarm"));
      alarms.putAll(template.ofType("AWS::CloudWatch::CompositeAlarm"));
    }
    Set<String> sections = new TreeSet<>();
    alarms.forEach(
        (id, alarm) -> {
          String section = ((String) alarm.get("AlarmName")).replaceFirst("^flowbell-", "");
          assertThat((String) alarm.get("AlarmDescription"))
              .as(id)
              .endsWith(" More: docs/operations.md#" + section);
          sections.add(section);
        });

    String text = Files.readString(OPERATIONS);
    assertThat(
            matches(
                "(?m)^### (.+)$",
                text.substring(text.indexOf("## Alarms\n"), text.indexOf("## Failed payloads\n"))))
        .containsExactlyInAnyOrderElementsOf(sections);
  }

  @Test
  void features_areExplained() throws Exception {
    String text = Files.readString(OPERATIONS);
    String pattern =
        (String)
            Json.objectAt(StackTemplate.resolve().parameters(), "Features").get("AllowedPattern");

    assertThat(matches("(?m)^\\| `(\\w+)` \\|", section(text, "## Parameters\n")))
        .containsExactlyInAnyOrderElementsOf(matches("([A-Z]\\w+)", pattern));
  }

  /// SAM cuts a value at its first blank, and drops a name that it doesn't know.
  @Test
  void commands_giveTheStackWhatTheySay() throws Exception {
    List<String> commands = new ArrayList<>();
    for (Path document : List.of(README, OPERATIONS)) {
      matches(
              "(?m)^ *(sam deploy (?:.*\\\\\\n)*.*--parameter-overrides .*)$",
              Files.readString(document))
          .forEach(commands::add);
    }
    Map<String, @Nullable Object> parameters = StackTemplate.resolve().parameters();
    List<Map<String, @Nullable Object>> given = overrides(commands);

    assertThat(given).hasSizeGreaterThan(6);
    for (Map<String, @Nullable Object> overrides : given) {
      overrides.forEach(
          (name, value) -> {
            assertThat(parameters).as(commands.toString()).containsKey(name);
            assertTakes(name, Json.objectAt(parameters, name), (String) value);
          });
    }
    assertThat(given)
        .contains(
            Map.of("WatchedResourceId", "vpc-0123456789abcdef0", "Email", "on-call@example.com"),
            Map.of("LogFormat", "${srcaddr} ${dstaddr} ${action} ${log-status}"),
            Map.of("FilterPattern", "?REJECT ?SKIPDATA ?NODATA", "OnlyRejected", "true"),
            Map.of("Quiet", "198.51.100.0/24;10.0.0.5/32 445 scan until=2026-12-31"),
            Map.of("Features", "SnapStart,CustomerKey,CompositeAlarms"));
  }

  private static List<String> with(String... assignments) {
    List<String> all = new ArrayList<>(List.of(ALL_ON));
    all.addAll(List.of(assignments));
    return all;
  }

  private static void assertTakes(
      String name, Map<String, @Nullable Object> parameter, String value) {
    if (parameter.get("AllowedPattern") instanceof String pattern) {
      assertThat(value).as(name).matches(pattern);
    }
    if (parameter.get("AllowedValues") instanceof List<?> values) {
      assertThat(values.stream().map(String::valueOf)).as(name).contains(value);
    }
  }

  @Test
  void deployerPolicy_allowsWhatCloudFormationCalls() throws Exception {
    List<Pattern> allowed = patterns(_ -> true);
    Set<String> missing =
        StackTemplate.resolveAll(SOURCES).stream()
            .flatMap(template -> template.permissions().stream())
            .filter(called -> allowed.stream().noneMatch(each -> each.matcher(called).matches()))
            .collect(Collectors.toCollection(TreeSet::new));

    assertThat(missing).isEqualTo(new TreeSet<>(UNUSED));
  }

  /// AWS lets these be granted for all resources only.
  @Test
  void deployerPolicy_bindsNothingThatCannotBeBound() throws Exception {
    List<Pattern> unbound = patterns(statement -> "*".equals(statement.get("Resource")));

    assertThat(
            Stream.of(
                    "cloudwatch:PutCompositeAlarm",
                    "cloudwatch:DescribeAlarms",
                    "ec2:DescribeFlowLogs",
                    "kms:CreateKey",
                    "logs:DescribeLogGroups",
                    "logs:PutQueryDefinition")
                .filter(
                    action -> unbound.stream().noneMatch(each -> each.matcher(action).matches())))
        .isEmpty();
  }

  /// Returns the actions of the policy's statements.
  private static List<Pattern> patterns(Predicate<Map<String, @Nullable Object>> statements)
      throws IOException {
    return Json.objectsAt(
            Json.parseObject(Files.readString(Path.of("docs", "deployer-policy.json"))),
            "Statement")
        .stream()
        .filter(statements)
        .flatMap(
            statement ->
                statement.get("Action") instanceof List<?> actions
                    ? actions.stream()
                    : Stream.of(statement.get("Action")))
        .map(action -> Pattern.compile(((String) action).replace("*", ".*")))
        .toList();
  }

  private static List<Map<String, @Nullable Object>> overrides(List<String> commands)
      throws Exception {
    List<String> command = new ArrayList<>();
    command.add(
        PythonEnvironment.findOrMake(PythonEnvironment.SAM_CLI).program("python").toString());
    command.add("src/test/resources/template/overrides.py");
    command.addAll(commands);
    ToolRun run =
        ToolRun.of(Path.of("."), Map.of("SAM_CLI_TELEMETRY", "0"), Duration.ofMinutes(1), command)
            .orFail();
    return Json.objectsAt(Json.parseObject("{\"commands\": " + run.output() + "}"), "commands");
  }

  private static String section(String text, String heading) throws IOException {
    int start = text.indexOf(heading);
    assertThat(start).as(heading).isNotNegative();
    int end = text.indexOf("\n## ", start);
    return text.substring(start, end < 0 ? text.length() : end);
  }

  /// Returns what the pattern's group matches.
  private static List<String> matches(String pattern, String text) {
    return Pattern.compile(pattern).matcher(text).results().map(each -> each.group(1)).toList();
  }
}
