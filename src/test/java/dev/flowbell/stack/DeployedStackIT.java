package dev.flowbell.stack;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.testing.Json;
import dev.flowbell.testing.emulator.DeployedStack;
import dev.flowbell.testing.network.LoopbackAws;
import dev.flowbell.testing.process.ToolRun;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;
import software.amazon.awssdk.services.cloudformation.model.StackResourceSummary;
import software.amazon.awssdk.services.cloudformation.model.StackSummary;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatch.model.StateValue;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.cloudwatchlogs.model.InputLogEvent;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.GetFunctionEventInvokeConfigResponse;
import software.amazon.awssdk.services.lambda.model.InvocationType;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.Message;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/// Tests the README's `sam build` and `sam deploy`, log events into the deployed log group, and the
/// resulting metrics, alarms, notifications and messages in the failure queue.
///
/// All tests share one deployment. The last two deploy again and delete, so tests have an order.
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DeployedStackIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String[] PARAMETERS = {
    "Email=on-call@example.com",
    "AlarmThresholds=1000,10,50,50",
    "AlertThresholds=scan-ports=16",
    "ExplainBlocks=true"
  };

  /// In place of the emulator's EC2, which ignores filters of network ACLs and drops their ports.
  private static @Nullable LoopbackAws ec2;

  @TempDir private static Path folder;
  private static @Nullable DeployedStack stack;

  private final Instant minute =
      Instant.now().truncatedTo(ChronoUnit.MINUTES).minus(Duration.ofMinutes(6));

  @BeforeAll
  static void deploy() throws Exception {
    stack = DeployedStack.deploy(folder, PARAMETERS);
    ec2 = LoopbackAws.startForOthers();
    stack.startFunction(Map.of("AWS_ENDPOINT_URL_EC2", ec2.url().toString()));
  }

  @AfterAll
  static void close() {
    if (stack != null) {
      stack.close();
    }
    if (ec2 != null) {
      ec2.close();
    }
  }

  @Test
  @Order(1)
  void logEvents_becomeMetricsAlarmAndNotifications() throws Exception {
    try (SqsClient sqs = stack.client(SqsClient.builder())) {
      String observer = subscribedQueue(sqs);

      putLogEvents("eni-1-all", mixedLines());

      assertThat(
              await(
                  () -> {
                    Map<String, Double> found = sums();
                    return found.containsKey("AlertsSent") ? found : null;
                  }))
          .isEqualTo(
              new TreeMap<>(
                  Map.ofEntries(
                      Map.entry("Records", 20.0),
                      Map.entry("AcceptedFlows", 2.0),
                      Map.entry("RejectedFlows", 17.0),
                      Map.entry("RejectedBytes", 17 * 60.0),
                      Map.entry("RejectedPackets", 17.0),
                      Map.entry("StrayRejects", 1.0),
                      Map.entry("RejectedAnswers", 0.0),
                      Map.entry("SynOnlyFlows", 16.0),
                      Map.entry("BlockedHandshakes", 16.0),
                      Map.entry("UnansweredHandshakes", 0.0),
                      Map.entry("NatMaskedFlows", 16.0),
                      Map.entry("NatMaskedRejects", 16.0),
                      Map.entry("NoDataWindows", 1.0),
                      Map.entry("SkippedWindows", 0.0),
                      Map.entry("UnreadableRecords", 1.0),
                      Map.entry("AlertsSent", 1.0))));

      List<Map<String, @Nullable Object>> received = new ArrayList<>();
      Map<String, @Nullable Object> notification =
          await(() -> find(sqs, observer, received, "schema", "flowbell-alert-2"));
      assertThat(notification)
          .containsEntry("severity", "high")
          .containsEntry(
              "subject",
              "[Flowbell HIGH] flowbell us-east-1: INSIDE 10.0.9.7 tries 16+ ports of 10.0.2.98,"
                  + " rejected");
      try (CloudWatchClient cloudWatch = stack.client(CloudWatchClient.builder())) {
        await(
            () ->
                cloudWatch
                        .describeAlarms(all -> all.alarmNames("flowbell-blocked-handshakes"))
                        .metricAlarms()
                        .getFirst()
                        .stateValue()
                        .equals(StateValue.ALARM)
                    ? true
                    : null);
      }
      assertThat(
              await(
                  () -> find(sqs, observer, received, "AlarmName", "flowbell-blocked-handshakes")))
          .containsEntry("NewStateValue", "ALARM");
      assertThat(received)
          .as("one notification for one cause")
          .filteredOn(message -> message.containsKey("schema"))
          .hasSize(1);
    }
  }

  @Test
  @Order(2)
  void doctor_sendsATestThroughTheSubscription() throws Exception {
    try (DynamoDbClient dynamoDb = stack.client(DynamoDbClient.builder())) {
      // MiniStack's CloudFormation leaves out a table's time to live.
      timeToLive(dynamoDb, physicalId("LedgerTable"), true);
    }

    ToolRun run = doctor("--send-test", "--timeout-seconds", "60");

    assertThat(run.errors())
        .matches("sent 100 rejected flows from [0-9.]+, waiting .*\ncounted .*\n");
    Map<String, Map<String, @Nullable Object>> findings = findings(run);
    for (String well :
        List.of(
            "stack",
            "log group",
            "subscription",
            "permission",
            "function",
            "function role",
            "alias",
            "settings",
            "ledger",
            "topic",
            "topic key",
            "subscribers",
            "filter policies",
            "failure queue",
            "test: metric",
            "test: notification")) {
      assertThat(findings.get(well)).as(well).containsEntry("verdict", "OK");
    }
    assertThat(run.exitCode()).as("there is no flow log: MiniStack can't make any").isEqualTo(1);
    assertThat(findings.get("flow log"))
        .containsEntry("verdict", "PROBLEM")
        .containsEntry("seen", "no flow log delivers to " + logGroup());
    for (String unknown : List.of("data protection", "account policies")) {
      assertThat(findings.get(unknown))
          .as("%s: MiniStack doesn't know these operations", unknown)
          .containsEntry("verdict", "SKIPPED")
          .containsEntry("seen", "could not be asked");
    }
    assertThat((String) findings.get("records").get("seen"))
        .as("the test before put a line that is no record")
        .endsWith("the function can't read 1 of the last 21: WRONG_FIELD_COUNT 1");
    assertThat((String) findings.get("test: metric").get("seen"))
        .matches("100 rejected flows from [0-9.]+ raised RejectedFlows at .* UTC after \\d+ s");
  }

  /// Invokes the unqualified function, with the alias's configuration, because the emulator ignores
  /// destinations of an alias.
  @Test
  @Order(3)
  void corruptPayload_endsInTheFailureQueue() {
    try (LambdaClient lambda = stack.client(LambdaClient.builder());
        SqsClient sqs = stack.client(SqsClient.builder())) {
      GetFunctionEventInvokeConfigResponse configured =
          lambda.getFunctionEventInvokeConfig(
              request -> request.functionName(stack.functionName()).qualifier("live"));
      assertThat(configured.maximumRetryAttempts()).isEqualTo(2);
      lambda.putFunctionEventInvokeConfig(
          request ->
              request
                  .functionName(stack.functionName())
                  .maximumRetryAttempts(configured.maximumRetryAttempts())
                  .maximumEventAgeInSeconds(configured.maximumEventAgeInSeconds())
                  .destinationConfig(configured.destinationConfig()));
      String queueUrl = stack.output("FailureQueueUrl");

      lambda.invoke(
          request ->
              request
                  .functionName(stack.functionName())
                  .invocationType(InvocationType.EVENT)
                  .payload(
                      SdkBytes.fromUtf8String(
                          "{\"awslogs\":{\"data\":\"H4sIAAAAAAAAA0tMSgYA\"}}")));

      Message failed =
          await(
              () ->
                  sqs
                      .receiveMessage(request -> request.queueUrl(queueUrl).waitTimeSeconds(1))
                      .messages()
                      .stream()
                      .findFirst()
                      .orElse(null));
      Map<String, @Nullable Object> record = Json.parseObject(failed.body());
      assertThat(record)
          .containsEntry(
              "requestPayload", Map.of("awslogs", Map.of("data", "H4sIAAAAAAAAA0tMSgYA")));
      // The emulator wraps the function's response.
      assertThat((String) Json.objectAt(record, "responsePayload").get("errorMessage"))
          .contains(
              "\"errorMessage\":\"awslogs.data: gzip ended early after 15 bytes\","
                  + "\"errorType\":\"dev.flowbell.input.UndecodableEventException\"");
    }
  }

  /// The package that `sam deploy` uploads without a build. [ReleaseIT] knows its size.
  @Test
  @Order(1)
  void artifact_isThePackageOfARelease() throws Exception {
    ToolRun.of(
            Path.of("."),
            Map.of(),
            PATIENCE.multipliedBy(5),
            List.of(".ci/dist", "--built", "function"))
        .orFail();

    try (ZipFile zip = new ZipFile("target/dist/flowbell-function.zip");
        Stream<Path> built = Files.walk(stack.artifact())) {
      List<Path> files = built.filter(Files::isRegularFile).toList();
      assertThat(zip.stream().map(ZipEntry::getName))
          .containsExactlyInAnyOrderElementsOf(
              files.stream().map(file -> stack.artifact().relativize(file).toString()).toList());
      for (Path file : files) {
        try (InputStream packed =
            zip.getInputStream(zip.getEntry(stack.artifact().relativize(file).toString()))) {
          assertThat(file).hasBinaryContent(packed.readAllBytes());
        }
      }
    }
  }

  /// A network ACL that somebody changed keeps a host from its database.
  @Test
  @Order(4)
  void outage_isToldWithItsRule() throws Exception {
    ec2.ec2()
        .addVpc("vpc-0bb2", "10.0.0.0/16")
        .addSubnet("subnet-0db1", "vpc-0bb2", "10.0.0.0/24")
        .addAcl(
            "acl-0db1",
            "subnet-0db1",
            "90 deny in tcp 5432 10.0.0.0/16",
            "100 allow in all 0.0.0.0/0",
            "100 allow out all 0.0.0.0/0")
        .addGroup("sg-0db1", "in tcp 5432 10.0.1.0/24", "out all 0.0.0.0/0")
        .addInterface("eni-0db1", "subnet-0db1", "10.0.0.11", "sg-0db1");
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      long seconds = minute.minus(Duration.ofMinutes(i)).getEpochSecond();
      lines.add(
          "2 123456789012 eni-0db1 10.0.1.5 10.0.0.11 %d 5432 6 1 60 %d %d REJECT OK"
              .formatted(40_001 + i, seconds, seconds));
    }
    try (SqsClient sqs = stack.client(SqsClient.builder())) {
      String observer = sqs.getQueueUrl(request -> request.queueName("observer")).queueUrl();

      putLogEvents("eni-0db1-all", lines);

      List<Map<String, @Nullable Object>> received = new ArrayList<>();
      Map<String, @Nullable Object> notification =
          await(
              () ->
                  find(
                      sqs,
                      observer,
                      received,
                      "subject",
                      "[Flowbell MEDIUM] flowbell us-east-1: 10.0.1.5 can't reach 10.0.0.11:5432"
                          + " (postgresql)"));
      assertThat(Json.objectAt(Json.objectsAt(notification, "alerts").getFirst(), "blockedBy"))
          .containsEntry("kind", "network-acl")
          .containsEntry("networkAclId", "acl-0db1")
          .containsEntry("ruleNumber", 90L)
          .containsEntry(
              "text", "Network ACL acl-0db1, rule 90 denies tcp 5432 inbound from 10.0.0.0/16.");
    }
  }

  /// The queue has the message of the test before, which can't be read and stays.
  @Test
  @Order(5)
  void redrive_deletesWhatWentThrough() throws Exception {
    String queueUrl;
    try (SqsClient sqs = stack.client(SqsClient.builder())) {
      queueUrl = stack.output("FailureQueueUrl");
      sqs.purgeQueue(request -> request.queueUrl(queueUrl));
      for (String event :
          List.of(
              Files.readString(Path.of("events/nat-gateway.json")),
              "{\"awslogs\":{\"data\":\"H4sIAAAAAAAAA0tMSgYA\"}}",
              Files.readString(Path.of("events/control-message.json")))) {
        sqs.sendMessage(request -> request.queueUrl(queueUrl).messageBody(recordOf(event)));
      }
      sqs.sendMessage(request -> request.queueUrl(queueUrl).messageBody("something else"));
    }

    ToolRun look = stack.flowbell("redrive", DeployedStack.NAME, "--dry-run");
    assertThat(look.exitCode()).as(look.errors()).isZero();
    assertThat(look.output())
        .contains(" 3 tries, last error: made up\n", "  LEFT: not JSON at character 0\n")
        .endsWith("4 waiting.\n");

    ToolRun first = stack.flowbell("redrive", DeployedStack.NAME);
    assertThat(first.exitCode()).isEqualTo(1);
    assertThat(first.errors()).isEqualTo("about 4 in the queue\n");
    assertThat(first.output())
        .contains("went through: {\"Records\": 5,", "went through: {\"ControlMessages\": 1}")
        .contains("awslogs.data: gzip ended early after 15 bytes")
        .endsWith("2 went through, 2 left.\n");

    ToolRun second = stack.flowbell("redrive", DeployedStack.NAME);
    assertThat(second.errors()).isEqualTo("about 2 in the queue\n");
    assertThat(second.output()).endsWith("0 went through, 2 left.\n");
    ToolRun fromFile =
        stack.flowbell(
            "redrive",
            "--from",
            "events/nat-gateway.json",
            "--function",
            stack.functionName() + ":live");
    assertThat(fromFile.output())
        .as("counted before, and the ledger knows it")
        .contains("went through: {\"DuplicateBatches\": 1}");

    try (SqsClient sqs = stack.client(SqsClient.builder())) { // a fault for the doctor to find
      sqs.purgeQueue(request -> request.queueUrl(queueUrl));
      sqs.sendMessage(request -> request.queueUrl(queueUrl).messageBody("something else"));
    }
  }

  private static String recordOf(String event) {
    return """
    {"requestContext": {"functionArn": "arn:aws:lambda:us-east-1:000000000000:function:%s:live",
     "approximateInvokeCount": 3}, "requestPayload": %s, "responsePayload": {"errorMessage": "made up"}}
    """
        .formatted(stack.functionName(), event);
  }

  /// `mvn verify -Pit`, which runs this test, makes the bill of materials.
  @Test
  @Order(6)
  void artifact_holdsWhatItsBillOfMaterialsSays() throws Exception {
    List<String> listed =
        Json.objectsAt(
                Json.parseObject(Files.readString(Path.of("target/flowbell-bom.json"))),
                "components")
            .stream()
            .map(
                component ->
                    "%s.%s-%s.jar"
                        .formatted(
                            component.get("group"),
                            component.get("name"),
                            component.get("version")))
            .toList();

    try (Stream<Path> jars = Files.list(stack.artifact().resolve("lib"))) {
      assertThat(jars.map(jar -> jar.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(listed);
    }
  }

  /// The message in the failure queue, from the test before, is one fault; the test makes the
  /// others.
  @Test
  @Order(7)
  void doctor_saysWhatIsBroken() throws Exception {
    try (CloudWatchLogsClient logs = stack.client(CloudWatchLogsClient.builder());
        CloudWatchClient cloudWatch = stack.client(CloudWatchClient.builder());
        LambdaClient lambda = stack.client(LambdaClient.builder());
        DynamoDbClient dynamoDb = stack.client(DynamoDbClient.builder());
        IamClient iam = stack.client(IamClient.builder())) {
      String role = physicalId("FunctionRole");
      String ledger = physicalId("LedgerTable");
      String policy =
          iam.getRolePolicy(request -> request.roleName(role).policyName("keep-ledger"))
              .policyDocument();
      iam.deleteRolePolicy(request -> request.roleName(role).policyName("keep-ledger"));
      timeToLive(dynamoDb, ledger, false);
      logs.deleteSubscriptionFilter(
          request -> request.logGroupName(logGroup()).filterName(DeployedStack.NAME));
      logs.deleteRetentionPolicy(request -> request.logGroupName(logGroup()));
      cloudWatch.disableAlarmActions(request -> request.alarmNames("flowbell-no-records"));
      lambda.putFunctionConcurrency(
          request -> request.functionName(stack.functionName()).reservedConcurrentExecutions(0));
      try {
        ToolRun run = doctor();

        assertThat(run.exitCode()).isEqualTo(1);
        Map<String, Map<String, @Nullable Object>> findings = findings(run);
        assertThat(findings.get("subscription"))
            .containsEntry("verdict", "PROBLEM")
            .containsEntry("seen", logGroup() + " is not subscribed to the function")
            .containsEntry(
                "mend",
                "aws logs put-subscription-filter --log-group-name "
                    + logGroup()
                    + " --filter-name flowbell --filter-pattern '' --destination-arn"
                    + " arn:aws:lambda:us-east-1:000000000000:function:"
                    + stack.functionName()
                    + ":live --region us-east-1");
        assertThat(findings.get("log group")).containsEntry("verdict", "WARNING");
        assertThat(findings.get("function"))
            .containsEntry("verdict", "PROBLEM")
            .containsEntry(
                "seen", stack.functionName() + ", version 1 has a reserved concurrency of 0");
        assertThat(findings.get("function role"))
            .containsEntry("verdict", "PROBLEM")
            .containsEntry(
                "seen",
                "%1$s lacks dynamodb:BatchGetItem on %2$s, dynamodb:UpdateItem on %2$s"
                    .formatted(role, "arn:aws:dynamodb:us-east-1:000000000000:table/" + ledger));
        assertThat(findings.get("ledger"))
            .containsEntry("verdict", "WARNING")
            .containsEntry("seen", ledger + " keeps items forever");
        assertThat(findings.get("alarms"))
            .containsEntry("seen", "actions are disabled: flowbell-no-records");
        assertThat(findings.get("failure queue"))
            .containsEntry("verdict", "PROBLEM")
            .containsEntry("seen", "1 payload waits");
      } finally {
        logs.putSubscriptionFilter(
            request ->
                request
                    .logGroupName(logGroup())
                    .filterName(DeployedStack.NAME)
                    .filterPattern("")
                    .destinationArn(
                        "arn:aws:lambda:us-east-1:000000000000:function:"
                            + stack.functionName()
                            + ":live"));
        logs.putRetentionPolicy(request -> request.logGroupName(logGroup()).retentionInDays(30));
        cloudWatch.enableAlarmActions(request -> request.alarmNames("flowbell-no-records"));
        lambda.deleteFunctionConcurrency(request -> request.functionName(stack.functionName()));
        iam.putRolePolicy(
            request ->
                request
                    .roleName(role)
                    .policyName("keep-ledger")
                    .policyDocument(URLDecoder.decode(policy, StandardCharsets.UTF_8)));
        timeToLive(dynamoDb, ledger, true);
      }
    }
  }

  @Test
  @Order(8)
  void samDeploy_again_changesNothing() throws Exception {
    ToolRun again = stack.deployAgain(PARAMETERS).orFail();

    assertThat(again.output() + again.errors())
        .contains("No changes to deploy. Stack flowbell is up to date");
  }

  @Test
  @Order(9)
  void samDeploy_changedSettingReachesTheAlias() throws Exception {
    List<String> parameters = new ArrayList<>(List.of(PARAMETERS));
    parameters.add("AlertMailLimit=11");

    stack.deployAgain(parameters.toArray(String[]::new)).orFail();

    try (LambdaClient lambda = stack.client(LambdaClient.builder())) {
      assertThat(
              lambda
                  .getFunctionConfiguration(
                      request -> request.functionName(stack.functionName()).qualifier("live"))
                  .environment()
                  .variables())
          .containsEntry("ALERT_MAIL_LIMIT", "11");
    }
  }

  @Test
  @Order(10)
  void samDelete_leavesNothingButFlowLogs() throws Exception {
    String logGroup = logGroup();
    List<String> made;
    try (CloudFormationClient cloudFormation = stack.client(CloudFormationClient.builder())) {
      made =
          cloudFormation
              .listStackResources(request -> request.stackName(DeployedStack.NAME))
              .stackResourceSummaries()
              .stream()
              .map(StackResourceSummary::resourceType)
              .toList();
      assertThat(made).hasSizeGreaterThan(20);

      stack.delete().orFail();

      assertThat(
              cloudFormation.listStacks().stackSummaries().stream()
                  .filter(summary -> summary.stackName().equals(DeployedStack.NAME))
                  .map(StackSummary::stackStatusAsString))
          .containsOnly("DELETE_COMPLETE");
    }
    try (CloudWatchLogsClient logs = stack.client(CloudWatchLogsClient.builder());
        LambdaClient lambda = stack.client(LambdaClient.builder());
        SnsClient sns = stack.client(SnsClient.builder());
        SqsClient sqs = stack.client(SqsClient.builder());
        IamClient iam = stack.client(IamClient.builder());
        CloudWatchClient cloudWatch = stack.client(CloudWatchClient.builder())) {
      assertThat(logs.describeLogGroups().logGroups())
          .extracting(group -> group.logGroupName())
          .as("the flow logs stay")
          .containsExactly(logGroup);
      assertThat(lambda.listFunctions().functions()).isEmpty();
      assertThat(sns.listTopics().topics()).isEmpty();
      assertThat(sqs.listQueues().queueUrls()).allMatch(url -> url.endsWith("/observer"));
      assertThat(iam.listRoles().roles())
          .noneMatch(role -> role.roleName().startsWith(DeployedStack.NAME));
      assertThat(cloudWatch.describeAlarms().metricAlarms()).isEmpty();
      assertThat(cloudWatch.listDashboards(all -> {}).dashboardEntries()).isEmpty();
    }
  }

  private static String physicalId(String logicalId) {
    try (CloudFormationClient cloudFormation = stack.client(CloudFormationClient.builder())) {
      return cloudFormation
          .listStackResources(request -> request.stackName(DeployedStack.NAME))
          .stackResourceSummaries()
          .stream()
          .filter(resource -> resource.logicalResourceId().equals(logicalId))
          .map(StackResourceSummary::physicalResourceId)
          .findFirst()
          .orElseThrow();
    }
  }

  private static void timeToLive(DynamoDbClient dynamoDb, String table, boolean isOn) {
    dynamoDb.updateTimeToLive(
        request ->
            request
                .tableName(table)
                .timeToLiveSpecification(each -> each.attributeName("expires").enabled(isOn)));
  }

  private static String logGroup() {
    return stack.output("LogGroupName");
  }

  private static ToolRun doctor(String... options) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("doctor", DeployedStack.NAME, "--output", "json"));
    command.addAll(List.of(options));
    return stack.flowbell(command.toArray(String[]::new));
  }

  /// Returns the first finding of each check.
  private static Map<String, Map<String, @Nullable Object>> findings(ToolRun run) {
    Map<String, Map<String, @Nullable Object>> findings = new HashMap<>();
    for (Map<String, @Nullable Object> finding :
        Json.objectsAt(Json.parseObject(run.output()), "findings")) {
      findings.putIfAbsent((String) finding.get("check"), finding);
    }
    return findings;
  }

  /// Returns lines in the template's format: a host inside that scans through a NAT device, a stray
  /// packet, a connection, a window without traffic, and a line that is no record.
  private List<String> mixedLines() {
    List<String> lines = new ArrayList<>();
    for (int port = 1; port <= 16; port++) {
      lines.add(line("10.0.1.5", 40_001, port, "1 60", "REJECT", 2, "10.0.9.7"));
    }
    lines.add(line("203.0.113.9", 443, 50_123, "1 60", "REJECT", 0, "203.0.113.9"));
    lines.add(line("10.0.7.7", 40_002, 443, "20 9000", "ACCEPT", 3, "10.0.7.7"));
    lines.add(line("10.0.7.7", 40_003, 443, "9 4000", "ACCEPT", 2, "10.0.7.7"));
    lines.add(
        "5 123456789012 - - - eni-1 - - - - - - - %d %d - NODATA - - - - - - - - -"
            .formatted(minute.getEpochSecond(), minute.getEpochSecond()));
    lines.add("not a flow log record");
    return lines;
  }

  private String line(
      String srcaddr,
      int srcport,
      int dstport,
      String packetsAndBytes,
      String action,
      int flags,
      String pktSrcaddr) {
    long seconds = minute.getEpochSecond();
    return ("5 123456789012 vpc-abcd1234 subnet-1234abcd i-0987654321 eni-1 %s 10.0.2.98 %d %d 6 %s"
            + " %d %d %s OK %d IPv4 %s 10.0.2.98 us-east-1 use1-az1 ingress - -")
        .formatted(
            srcaddr,
            srcport,
            dstport,
            packetsAndBytes,
            seconds,
            seconds,
            action,
            flags,
            pktSrcaddr);
  }

  private static void putLogEvents(String stream, List<String> lines) {
    try (CloudWatchLogsClient logs = stack.client(CloudWatchLogsClient.builder())) {
      logs.createLogStream(request -> request.logGroupName(logGroup()).logStreamName(stream));
      long now = System.currentTimeMillis();
      logs.putLogEvents(
          request ->
              request
                  .logGroupName(logGroup())
                  .logStreamName(stream)
                  .logEvents(
                      lines.stream()
                          .map(line -> InputLogEvent.builder().timestamp(now).message(line).build())
                          .toList()));
    }
  }

  /// Returns the totals of the half hours around the lines' minute, without the delivery lag.
  private Map<String, Double> sums() {
    Map<String, Double> sums = new TreeMap<>();
    try (CloudWatchClient cloudWatch = stack.client(CloudWatchClient.builder())) {
      for (String metric :
          cloudWatch
              .listMetrics(request -> request.namespace("Flowbell/flowbell"))
              .metrics()
              .stream()
              .map(each -> each.metricName())
              .filter(name -> !name.equals("DeliveryLag"))
              .toList()) {
        cloudWatch
            .getMetricStatistics(
                request ->
                    request
                        .namespace("Flowbell/flowbell")
                        .metricName(metric)
                        .startTime(minute.minus(Duration.ofMinutes(30)))
                        .endTime(minute.plus(Duration.ofMinutes(30)))
                        .period(3600)
                        .statisticsWithStrings("Sum"))
            .datapoints()
            .forEach(point -> sums.merge(metric, point.sum(), Double::sum));
      }
    }
    return sums;
  }

  private static String subscribedQueue(SqsClient sqs) {
    String queueUrl = sqs.createQueue(queue -> queue.queueName("observer")).queueUrl();
    String queueArn =
        sqs.getQueueAttributes(
                request -> request.queueUrl(queueUrl).attributeNames(QueueAttributeName.QUEUE_ARN))
            .attributes()
            .get(QueueAttributeName.QUEUE_ARN);
    try (SnsClient sns = stack.client(SnsClient.builder())) {
      sns.subscribe(
          subscription ->
              subscription
                  .topicArn("arn:aws:sns:us-east-1:000000000000:flowbell-notifications")
                  .protocol("sqs")
                  .endpoint(queueArn)
                  .attributes(new HashMap<>(Map.of("RawMessageDelivery", "true"))));
    }
    return queueUrl;
  }

  /// Receives the messages in the queue, and looks through all that were ever received.
  ///
  /// @return the first message with the value, or `null`
  private static @Nullable Map<String, @Nullable Object> find(
      SqsClient sqs,
      String queueUrl,
      List<Map<String, @Nullable Object>> received,
      String key,
      String value) {
    for (Message message :
        sqs.receiveMessage(
                request -> request.queueUrl(queueUrl).maxNumberOfMessages(10).waitTimeSeconds(1))
            .messages()) {
      received.add(Json.parseObject(message.body()));
      sqs.deleteMessage(
          request -> request.queueUrl(queueUrl).receiptHandle(message.receiptHandle()));
    }
    return received.stream().filter(each -> value.equals(each.get(key))).findFirst().orElse(null);
  }

  private static <T> T await(Supplier<@Nullable T> attempt) {
    Instant end = Instant.now().plus(PATIENCE);
    while (true) {
      T found = attempt.get();
      if (found != null) {
        return found;
      }
      assertThat(Instant.now()).as("nothing within " + PATIENCE).isBefore(end);
      try {
        Thread.sleep(300);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted while waiting", e);
      }
    }
  }
}
