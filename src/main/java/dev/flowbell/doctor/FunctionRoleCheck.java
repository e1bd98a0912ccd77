package dev.flowbell.doctor;

import dev.flowbell.settings.InvalidSettingsException;
import dev.flowbell.settings.MetricSink;
import dev.flowbell.settings.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.iam.IamClient;

/// Checks that Lambda can assume the function's role, and that the role allows what the function
/// calls.
///
/// @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html">
///   Lambda: execution role</a>
final class FunctionRoleCheck implements Check {
  private static final List<String> EXPLAINING =
      List.of(
          "ec2:DescribeManagedPrefixLists",
          "ec2:DescribeNetworkAcls",
          "ec2:DescribeNetworkInterfaces",
          "ec2:DescribeSecurityGroups",
          "ec2:DescribeSubnets",
          "ec2:DescribeTags",
          "ec2:GetManagedPrefixListEntries");

  private static final String SERVICE = "lambda.amazonaws.com";

  private static final String TRUST =
      """
      {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"%s"},\
      "Action":"sts:AssumeRole"}]}\
      """
          .formatted(SERVICE);

  @Override
  public String name() {
    return "function role";
  }

  @Override
  public List<String> actions() {
    return RolePolicies.actionsWith("lambda:GetFunctionConfiguration");
  }

  @Override
  public List<Finding> examine(Deployment deployment) {
    List<Need> needs;
    try {
      needs = needsOf(deployment.settings(), deployment);
    } catch (InvalidSettingsException _) {
      return List.of(
          Finding.skipped(name(), "what the function calls is not known", "see settings"));
    }
    String roleArn = deployment.live().role();
    String roleName = roleArn.substring(roleArn.lastIndexOf('/') + 1);
    IamClient iam = deployment.aws().iam();
    PolicyDocument trust = RolePolicies.findTrust(roleName, iam);
    if (trust == null) {
      return List.of(
          Finding.problem(
              name(),
              "there is no role " + roleName,
              "the function can't run without it; after the command, run doctor again",
              AwsCommand.of("iam create-role")
                  .with("role-name", roleName)
                  .with("assume-role-policy-document", TRUST)
                  .in(deployment)));
    }
    List<Finding> findings = new ArrayList<>();
    if (!trust.allowsService(SERVICE, "sts:AssumeRole", Map.of())) {
      findings.add(
          Finding.problem(
              name(),
              "%s does not trust %s".formatted(roleName, SERVICE),
              "the function can't run",
              AwsCommand.of("iam update-assume-role-policy")
                  .with("role-name", roleName)
                  .with("policy-document", TRUST)
                  .in(deployment)));
    }
    List<PolicyDocument> policies = RolePolicies.of(roleName, iam);
    for (Need need : needs) {
      List<String> missing = need.missingIn(policies);
      if (!missing.isEmpty()) {
        findings.add(
            Finding.problem(
                name(),
                "%s lacks %s".formatted(roleName, String.join(", ", missing)),
                need.why,
                AwsCommand.of("iam put-role-policy")
                    .with("role-name", roleName)
                    .with("policy-name", need.policyName)
                    .with("policy-document", need.document())
                    .in(deployment)));
      }
    }
    return findings.isEmpty()
        ? List.of(Finding.ok(name(), roleName + " allows what the function calls"))
        : findings;
  }

  /// Returns what the template's role allows, as far as the settings need it.
  private static List<Need> needsOf(Settings settings, Deployment deployment) {
    List<Need> needs = new ArrayList<>();
    boolean isEmf = settings.metricSink() == MetricSink.EMF;
    needs.add(
        new Need(
            "write-log",
            List.of("logs:CreateLogStream", "logs:PutLogEvents"),
            arn("logs", "log-group:%s:*".formatted(deployment.functionLogGroupName()), deployment),
            null,
            isEmf
                ? "its log gets nothing, and so CloudWatch gets no metrics"
                : "its log gets nothing"));
    if (!isEmf) {
      needs.add(
          new Need(
              "publish-metrics",
              List.of("cloudwatch:PutMetricData"),
              "*",
              new Condition("cloudwatch:namespace", settings.namespace()),
              "no metric is published, and invocations fail"));
    }
    if (settings.topicArn() != null) {
      List<Statement> statements = new ArrayList<>();
      statements.add(new Statement(List.of("sns:Publish"), settings.topicArn(), null));
      String keyId = deployment.findId(Deployment.TOPIC_KEY);
      if (keyId != null) {
        statements.add(
            new Statement(
                List.of("kms:Decrypt", "kms:GenerateDataKey*"),
                arn("kms", "key/" + keyId, deployment),
                null));
      }
      needs.add(
          new Need(
              "publish-notifications",
              statements,
              "no notification is sent, and invocations that have one fail"));
    }
    if (settings.ledgerTable() != null) {
      needs.add(
          new Need(
              "keep-ledger",
              List.of("dynamodb:BatchGetItem", "dynamodb:UpdateItem"),
              arn("dynamodb", "table/" + settings.ledgerTable(), deployment),
              null,
              "without the ledger, a repeated payload is counted twice, and alerts see one payload"
                  + " at a time"));
    }
    if (deployment.has(Deployment.FAILURE_QUEUE)) {
      needs.add(
          new Need(
              "send-to-failure-queue",
              List.of("sqs:SendMessage"),
              deployment.failureQueueArn(),
              null,
              "payloads that fail are lost"));
    }
    if (deployment.has(Deployment.STREAM_MAPPING)) {
      needs.add(
          new Need(
              "read-stream",
              List.of(
                  "kinesis:DescribeStream",
                  "kinesis:DescribeStreamSummary",
                  "kinesis:GetRecords",
                  "kinesis:GetShardIterator",
                  "kinesis:ListShards"),
              deployment.streamArn(),
              null,
              "Lambda can't read the stream, and payloads are lost after its retention"));
    }
    if (deployment.has(Deployment.FILE_MAPPING)) {
      String bucket = "arn:%s:s3:::%s".formatted(deployment.partition(), deployment.bucketName());
      needs.add(
          new Need(
              "read-files",
              List.of(
                  new Statement(
                      List.of("sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"),
                      deployment.queueArn(Deployment.FILE_QUEUE),
                      null),
                  new Statement(
                      List.of("s3:GetObject", "s3:GetObjectVersion"),
                      "%s/%s*".formatted(bucket, deployment.parameter("BucketPrefix")),
                      null),
                  new Statement(List.of("s3:ListBucket"), bucket, null)),
              "files aren't read, and end in the failure queue"));
    }
    Condition inRegion = new Condition("aws:RequestedRegion", deployment.region());
    if (settings.isLogFormatAuto()) {
      needs.add(
          new Need(
              "read-flow-log-formats",
              List.of("ec2:DescribeFlowLogs"),
              "*",
              inRegion,
              "the formats of flow logs are not known: records in another format than AWS's"
                  + " default and Flowbell's can't be read"));
    }
    if (settings.explainsBlocks()) {
      needs.add(
          new Need(
              "read-network-rules",
              EXPLAINING,
              "*",
              inRegion,
              "notifications don't say which rule blocks, or not all of it"));
    }
    if (settings.alertPolicy().quiet().hasPrefixLists()) {
      needs.add(
          new Need(
              "read-prefix-lists",
              List.of("ec2:DescribeManagedPrefixLists", "ec2:GetManagedPrefixListEntries"),
              "*",
              inRegion,
              "what the prefix lists of QUIET cover is sent all the same"));
    }
    if (settings.isInsideAuto()) {
      needs.add(
          new Need(
              "read-vpcs",
              List.of("ec2:DescribeVpcs"),
              "*",
              inRegion,
              "hosts with IPv6 or public addresses of VPCs count as outside"));
    }
    return needs;
  }

  private static String arn(String service, String resource, Deployment deployment) {
    return "arn:%s:%s:%s:%s:%s"
        .formatted(
            deployment.partition(), service, deployment.region(), deployment.account(), resource);
  }

  /// A condition on one key, such as `cloudwatch:namespace`.
  private record Condition(String key, String value) {}

  /// What a policy allows on one resource.
  ///
  /// @param condition `null` for none
  private record Statement(List<String> actions, String resource, @Nullable Condition condition) {

    List<String> missingIn(List<PolicyDocument> policies) {
      Map<String, String> facts =
          condition == null
              ? Map.of()
              : Map.of(condition.key.toLowerCase(Locale.ROOT), condition.value);
      return actions.stream()
          .filter(
              action ->
                  policies.stream().noneMatch(policy -> policy.allows(action, example(), facts)))
          .map(action -> action + " on " + resource)
          .toList();
    }

    /// Returns a resource that the pattern matches: of a log group, a log stream.
    private @Nullable String example() {
      return resource.equals("*") ? null : resource.replaceFirst("\\*$", "log-stream:any");
    }

    String json() {
      return """
      {"Effect":"Allow","Action":[%s],"Resource":"%s"%s}\
      """
          .formatted(
              actions.stream().map(each -> '"' + each + '"').collect(Collectors.joining(",")),
              resource,
              condition == null
                  ? ""
                  : ",\"Condition\":{\"StringEquals\":{\"%s\":\"%s\"}}"
                      .formatted(condition.key, condition.value));
    }
  }

  /// A policy that the function needs.
  ///
  /// @param policyName the name that the template gives it: an inline policy of another name would
  ///   keep CloudFormation from deleting the role
  /// @param why what happens without it
  private record Need(String policyName, List<Statement> statements, String why) {
    Need(
        String policyName,
        List<String> actions,
        String resource,
        @Nullable Condition condition,
        String why) {
      this(policyName, List.of(new Statement(actions, resource, condition)), why);
    }

    List<String> missingIn(List<PolicyDocument> policies) {
      return statements.stream()
          .flatMap(statement -> statement.missingIn(policies).stream())
          .toList();
    }

    String document() {
      return """
      {"Version":"2012-10-17","Statement":[%s]}\
      """
          .formatted(statements.stream().map(Statement::json).collect(Collectors.joining(",")));
    }
  }
}
