package dev.flowbell.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.flowbell.ec2.FlowLog;
import dev.flowbell.record.RecordFormat;
import dev.flowbell.testing.doubles.FakeAccount;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.services.cloudwatch.model.StateValue;
import software.amazon.awssdk.services.cloudwatchlogs.model.LogGroup;
import software.amazon.awssdk.services.cloudwatchlogs.model.LogGroupClass;
import software.amazon.awssdk.services.cloudwatchlogs.model.OutputLogEvent;
import software.amazon.awssdk.services.cloudwatchlogs.model.PolicyType;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.TableStatus;
import software.amazon.awssdk.services.dynamodb.model.TimeToLiveStatus;
import software.amazon.awssdk.services.kms.model.KeyManagerType;
import software.amazon.awssdk.services.kms.model.KeyState;
import software.amazon.awssdk.services.lambda.model.LastUpdateStatus;
import software.amazon.awssdk.services.lambda.model.SnapStartApplyOn;
import software.amazon.awssdk.services.lambda.model.SnapStartOptimizationStatus;
import software.amazon.awssdk.services.lambda.model.State;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/// Tests the checks with one row for each fault: the findings that differ from a healthy
/// deployment.
class DoctorTest {
  private static final Doctor DOCTOR = new Doctor(InstantSource.fixed(FakeAccount.NOW));

  private static final String DRIFT =
      "aws cloudformation detect-stack-drift --stack-name flowbell --region eu-west-1";

  private static final List<Finding> WELL =
      List.of(
          Finding.ok("stack", "flowbell is CREATE_COMPLETE"),
          Finding.ok(
              "flow log", "fl-0123456789abcdef0 of vpc-0123456789abcdef0 is ACTIVE and delivers"),
          Finding.ok("recorded traffic", "rejects, once, with the fields that are needed"),
          Finding.ok(
              "flow log role",
              "flowbell-FlowLogRole-1 trusts vpc-flow-logs.amazonaws.com and may write"),
          Finding.ok("log group", "/flowbell/flowbell/flow-logs keeps records for 30 days"),
          Finding.ok("data protection", "no policy masks addresses"),
          Finding.ok("records", "the newest came 4 min ago; the function can read the last 2"),
          Finding.ok("subscription", "flowbell hands every record to flowbell:live"),
          Finding.ok("account policies", "none is in the way"),
          Finding.ok("permission", "/flowbell/flowbell/flow-logs may invoke flowbell:live"),
          Finding.ok("function", "flowbell, version 7 is Active"),
          Finding.ok("function role", "flowbell-FunctionRole-1 allows what the function calls"),
          Finding.ok("alias", "live runs version 7, the newest"),
          Finding.ok("failed invocations", "tried again twice, then kept in the failure queue"),
          Finding.ok("losses", "none in the last day, say AWS's metrics"),
          Finding.ok("settings", "namespace Flowbell, record format set"),
          Finding.ok("ledger", "flowbell-ledger is ACTIVE, and items expire"),
          Finding.ok("topic", FakeAccount.TOPIC_ARN),
          Finding.ok("topic key", "1234abcd-12ab is Enabled, for alarms too"),
          Finding.ok("subscribers", "email ops@example.com"),
          Finding.ok("filter policies", "none leaves out everything"),
          Finding.ok("alarms", "3, none in ALARM state"),
          Finding.ok("failure queue", "empty"));

  @Test
  void examine_allIsWell() {
    assertThat(DOCTOR.examine(Deployments.in(new FakeAccount()))).isEqualTo(WELL);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void examine_fault(String what, Consumer<FakeAccount> fault, List<Finding> expected) {
    FakeAccount account = new FakeAccount();
    fault.accept(account);

    List<Finding> found = new ArrayList<>(DOCTOR.examine(Deployments.in(account)));
    assertThat(found.stream().map(Finding::check).distinct())
        .as("every check says something")
        .containsExactlyElementsOf(WELL.stream().map(Finding::check).toList());
    found.removeAll(WELL);
    assertThat(found).as(what).isEqualTo(expected);
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        // stack
        row(
            "the last deployment was rolled back",
            account -> account.stackStatus = "UPDATE_ROLLBACK_COMPLETE",
            Finding.warning(
                "stack",
                "flowbell is UPDATE_ROLLBACK_COMPLETE",
                "the last deployment failed and was rolled back; the one before runs",
                "aws cloudformation describe-stack-events --stack-name flowbell --query"
                    + " 'StackEvents[?ends_with(ResourceStatus, `FAILED`)]' --region eu-west-1")),
        row(
            "the rollback failed as well",
            account -> account.stackStatus = "UPDATE_ROLLBACK_FAILED",
            Finding.problem(
                "stack",
                "flowbell is UPDATE_ROLLBACK_FAILED",
                "the last deployment failed; its events say why",
                "aws cloudformation describe-stack-events --stack-name flowbell --query"
                    + " 'StackEvents[?ends_with(ResourceStatus, `FAILED`)]' --region eu-west-1")),
        row(
            "a deployment is in progress",
            account -> account.stackStatus = "UPDATE_IN_PROGRESS",
            Finding.warning(
                "stack",
                "flowbell is UPDATE_IN_PROGRESS",
                "a deployment is in progress: run doctor again when it is done",
                "aws cloudformation wait stack-update-complete --stack-name flowbell --region"
                    + " eu-west-1")),
        row(
            "a resource was never created",
            account -> account.resources.remove("FailureQueue"),
            Finding.problem(
                "stack",
                "flowbell has no FailureQueue",
                "the stack is not from Flowbell's template, or its deployment failed",
                "sam deploy --stack-name flowbell --region eu-west-1"),
            Finding.skipped(
                "failed invocations", "nothing to ask about", "the stack has no FailureQueue"),
            Finding.skipped(
                "failure queue", "nothing to ask about", "the stack has no FailureQueue")),

        // flow log
        row(
            "the flow log was removed",
            account -> account.flowLogs = List.of(),
            Finding.problem(
                "flow log",
                "no flow log delivers to /flowbell/flowbell/flow-logs",
                "nothing is recorded",
                "aws ec2 create-flow-logs --resource-type VPC --resource-ids vpc-0123456789abcdef0"
                    + " --traffic-type ALL --max-aggregation-interval 60 --log-group-name"
                    + " /flowbell/flowbell/flow-logs --deliver-logs-permission-arn"
                    + " arn:aws:iam::123456789012:role/flowbell-FlowLogRole-1 --log-format"
                    + " '${version} ${account-id} ${vpc-id} ${subnet-id} ${instance-id}"
                    + " ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol}"
                    + " ${packets} ${bytes} ${start} ${end} ${action} ${log-status} ${tcp-flags}"
                    + " ${type} ${pkt-srcaddr} ${pkt-dstaddr} ${region} ${az-id} ${flow-direction}"
                    + " ${traffic-path} ${reject-reason}' --region eu-west-1"),
            NO_TRAFFIC),
        row(
            "a flow log of the user's own is missing",
            account -> {
              account.flowLogs = List.of();
              account.resources.remove("FlowLog");
              account.resources.remove("FlowLogRole");
              account.parameters.put("WatchedResourceId", "none");
            },
            Finding.problem(
                "flow log",
                "no flow log delivers to /flowbell/flowbell/flow-logs",
                "nothing is recorded; name your VPC in the command" + KEEP,
                redeployed("WatchedResourceId", "VPC_ID")),
            NO_TRAFFIC,
            Finding.skipped(
                "flow log role", "no role is known", "no flow log of this log group names one")),
        row(
            "no flow log was ever created",
            account -> {
              account.flowLogs = List.of();
              account.resources.remove("FlowLog");
              account.resources.remove("FlowLogRole");
              account.parameters.put("WatchedResourceId", "");
            },
            Finding.problem(
                "flow log",
                "no flow log delivers to /flowbell/flowbell/flow-logs",
                "nothing is recorded; name your VPC in the command" + KEEP,
                redeployed("WatchedResourceId", "VPC_ID")),
            NO_TRAFFIC,
            Finding.skipped(
                "flow log role", "no role is known", "no flow log of this log group names one")),
        row(
            "access error",
            account -> account.flowLogs = List.of(flowLog("ACTIVE", "FAILED", "Access error")),
            Finding.problem(
                "flow log",
                "fl-1 of subnet-1 does not deliver: Access error",
                "its role may not write to the log group, or can't be assumed: see flow log role",
                null)),
        row(
            "rate limited",
            account -> account.flowLogs = List.of(flowLog("ACTIVE", "SUCCESS", "Rate limited")),
            Finding.problem(
                "flow log",
                "fl-1 of subnet-1 does not deliver: Rate limited",
                "CloudWatch Logs throttles it, or the account has as many log groups as it may;"
                    + " interfaces are omitted meanwhile. Request a higher quota",
                "aws service-quotas list-service-quotas --service-code logs --region eu-west-1")),
        row(
            "unknown error",
            account -> account.flowLogs = List.of(flowLog("ACTIVE", "FAILED", "Unknown error")),
            Finding.problem(
                "flow log",
                "fl-1 of subnet-1 does not deliver: Unknown error",
                "an error inside AWS. If it persists: delete the flow log, create it again, contact"
                    + " AWS Support",
                null)),
        row(
            "failed without an error message",
            account -> account.flowLogs = List.of(flowLog("ACTIVE", "FAILED", null)),
            Finding.problem(
                "flow log",
                "fl-1 of subnet-1 does not deliver: FAILED",
                "records are lost until it delivers again",
                null)),
        row(
            "not active",
            account -> account.flowLogs = List.of(flowLog("DELETING", "SUCCESS", null)),
            Finding.problem(
                "flow log",
                "fl-1 of subnet-1 is DELETING",
                "only an ACTIVE flow log records; create a new one in its place",
                "aws ec2 delete-flow-logs --flow-log-ids fl-1 --region eu-west-1"),
            NO_TRAFFIC),
        row(
            "just created",
            account -> account.flowLogs = List.of(flowLog("ACTIVE", null, null)),
            Finding.warning(
                "flow log",
                "fl-1 of subnet-1 is ACTIVE and has delivered nothing yet",
                "the first records take 10 to 15 minutes from its creation",
                null)),

        // recorded traffic
        row(
            "the stack's flow log records accepted traffic only",
            account ->
                account.flowLogs =
                    List.of(flowLogOfVpc("fl-0123456789abcdef0", "ACCEPT", ALL_FIELDS)),
            Finding.ok("flow log", "fl-0123456789abcdef0 of vpc-1 is ACTIVE and delivers"),
            Finding.problem(
                "recorded traffic",
                "fl-0123456789abcdef0 of vpc-1 records accepted traffic only",
                "no rejected flow is ever counted" + KEEP,
                redeployed("TrafficType", "ALL"))),
        row(
            "flow logs record rejected traffic only, and the function isn't told",
            account -> account.flowLogs = List.of(flowLogOfVpc("fl-1", "REJECT", ALL_FIELDS)),
            Finding.ok("flow log", "fl-1 of vpc-1 is ACTIVE and delivers"),
            Finding.warning(
                "recorded traffic",
                "the flow logs record rejected traffic only, and the function isn't told",
                "AcceptedFlows and UnansweredHandshakes are published as 0, and are not known"
                    + KEEP,
                redeployed("OnlyRejected", "true"))),
        row(
            "well: the stack's flow log records rejected traffic only",
            account -> {
              account.flowLogs = List.of(flowLogOfVpc("fl-1", "REJECT", ALL_FIELDS));
              account.parameters.put("TrafficType", "REJECT");
            },
            Finding.ok("flow log", "fl-1 of vpc-1 is ACTIVE and delivers")),
        row(
            "another flow log records accepted traffic only",
            account -> account.flowLogs = List.of(flowLogOfVpc("fl-1", "ACCEPT", ALL_FIELDS)),
            Finding.ok("flow log", "fl-1 of vpc-1 is ACTIVE and delivers"),
            Finding.problem(
                "recorded traffic",
                "fl-1 of vpc-1 records accepted traffic only",
                "no rejected flow is ever counted",
                createFlowLog("REJECT", ALL_FIELDS))),
        row(
            "well: two flow logs share the traffic",
            account ->
                account.flowLogs =
                    List.of(
                        flowLogOfVpc("fl-1", "ACCEPT", ALL_FIELDS),
                        flowLogOfVpc("fl-2", "REJECT", ALL_FIELDS)),
            Finding.ok("flow log", "fl-1 of vpc-1 is ACTIVE and delivers"),
            Finding.ok("flow log", "fl-2 of vpc-1 is ACTIVE and delivers")),
        row(
            "two flow logs record the same traffic",
            account ->
                account.flowLogs =
                    List.of(
                        flowLogOfVpc("fl-1", "REJECT", ALL_FIELDS),
                        flowLogOfVpc("fl-0123456789abcdef0", "ALL", ALL_FIELDS)),
            Finding.ok("flow log", "fl-1 of vpc-1 is ACTIVE and delivers"),
            Finding.ok("flow log", "fl-0123456789abcdef0 of vpc-1 is ACTIVE and delivers"),
            Finding.problem(
                "recorded traffic",
                "fl-1 and fl-0123456789abcdef0 both record vpc-1",
                "each flow is counted twice",
                "aws ec2 delete-flow-logs --flow-log-ids fl-1 --region eu-west-1")),
        row(
            "flow logs of a VPC, a subnet and an interface",
            account ->
                account.flowLogs =
                    List.of(
                        flowLogOf("fl-1", "subnet-1", "REJECT"),
                        flowLogOf("fl-2", "vpc-1", "ALL"),
                        flowLogOf("fl-3", "eni-1", "ALL")),
            delivers("fl-1 of subnet-1"),
            delivers("fl-2 of vpc-1"),
            delivers("fl-3 of eni-1"),
            perhapsTwice(
                "fl-2 records vpc-1, and fl-1 records subnet-1",
                "subnet-1",
                "vpc-1",
                "describe-subnets --subnet-ids subnet-1 --query 'Subnets[].VpcId'"),
            perhapsTwice(
                "fl-1 records subnet-1, and fl-3 records eni-1",
                "eni-1",
                "subnet-1",
                "describe-network-interfaces --network-interface-ids eni-1 --query"
                    + " 'NetworkInterfaces[].[VpcId,SubnetId]'"),
            perhapsTwice(
                "fl-2 records vpc-1, and fl-3 records eni-1",
                "eni-1",
                "vpc-1",
                "describe-network-interfaces --network-interface-ids eni-1 --query"
                    + " 'NetworkInterfaces[].[VpcId,SubnetId]'")),
        row(
            "flow logs of a transit gateway and an attachment",
            account ->
                account.flowLogs =
                    List.of(
                        flowLogOf("fl-1", "tgw-1", "ALL"),
                        flowLogOf("fl-2", "tgw-attach-1", "ALL")),
            delivers("fl-1 of tgw-1"),
            delivers("fl-2 of tgw-attach-1"),
            perhapsTwice(
                "fl-1 records tgw-1, and fl-2 records tgw-attach-1",
                "tgw-attach-1",
                "tgw-1",
                "describe-transit-gateway-attachments --transit-gateway-attachment-ids tgw-attach-1"
                    + " --query 'TransitGatewayAttachments[].TransitGatewayId'")),
        row(
            "well: flow logs of two VPCs and a transit gateway's attachment",
            account ->
                account.flowLogs =
                    List.of(
                        flowLogOf("fl-1", "vpc-1", "ALL"),
                        flowLogOf("fl-2", "vpc-2", "ALL"),
                        flowLogOf("fl-3", "tgw-attach-1", "ALL")),
            delivers("fl-1 of vpc-1"),
            delivers("fl-2 of vpc-2"),
            delivers("fl-3 of tgw-attach-1")),
        row(
            "a VPC's two flow logs, and a subnet's of rejected traffic",
            account ->
                account.flowLogs =
                    List.of(
                        flowLogOf("fl-1", "vpc-1", "ACCEPT"),
                        flowLogOf("fl-2", "vpc-1", "REJECT"),
                        flowLogOf("fl-3", "subnet-1", "REJECT")),
            delivers("fl-1 of vpc-1"),
            delivers("fl-2 of vpc-1"),
            delivers("fl-3 of subnet-1"),
            perhapsTwice(
                "fl-2 records vpc-1, and fl-3 records subnet-1",
                "subnet-1",
                "vpc-1",
                "describe-subnets --subnet-ids subnet-1 --query 'Subnets[].VpcId'")),
        row(
            "a flow log in AWS's default format",
            account -> account.flowLogs = List.of(flowLogOfVpc("fl-1", "ALL", null)),
            Finding.ok("flow log", "fl-1 of vpc-1 is ACTIVE and delivers"),
            Finding.warning(
                "recorded traffic",
                "fl-1 of vpc-1 lacks tcp-flags, pkt-srcaddr",
                "without tcp-flags, handshakes are not known; without pkt-srcaddr, the sources"
                    + " behind a NAT device are not",
                "aws ec2 delete-flow-logs --flow-log-ids fl-1 --region eu-west-1 && "
                    + createFlowLog("ALL", ALL_FIELDS))),
        row(
            "the stack's flow log has no action",
            account ->
                account.flowLogs =
                    List.of(flowLogOfVpc("fl-0123456789abcdef0", "ALL", "${srcaddr} ${tcp-flags}")),
            Finding.ok("flow log", "fl-0123456789abcdef0 of vpc-1 is ACTIVE and delivers"),
            Finding.problem(
                "recorded traffic",
                "fl-0123456789abcdef0 of vpc-1 lacks action, pkt-srcaddr",
                "without action, rejects are not known from accepted flows" + KEEP,
                redeployed("LogFormat", "flowbell"))),

        // role
        row(
            "the role was removed",
            account -> account.trustPolicy = null,
            Finding.problem(
                "flow log role",
                "there is no role flowbell-FlowLogRole-1",
                "the flow log can't write without it",
                "aws iam create-role --role-name flowbell-FlowLogRole-1"
                    + " --assume-role-policy-document '"
                    + TRUST
                    + "' --region eu-west-1")),
        row(
            "the role trusts another service",
            account ->
                account.trustPolicy =
                    account.trustPolicy.replace("vpc-flow-logs.amazonaws", "ec2.amazonaws"),
            distrust()),
        row(
            "the role trusts for another account",
            account ->
                account.trustPolicy =
                    account.trustPolicy.replace(
                        "\"aws:SourceAccount\":\"123456789012\"",
                        "\"aws:SourceAccount\":\"210987654321\""),
            distrust()),
        row(
            "the role trusts for another Region",
            account ->
                account.trustPolicy =
                    account.trustPolicy.replace("ec2:eu-west-1", "ec2:eu-north-1"),
            distrust()),
        row(
            "the role may not write",
            account -> account.inlinePolicies = List.of(),
            Finding.problem(
                "flow log role",
                "flowbell-FlowLogRole-1 lacks logs:CreateLogStream, logs:PutLogEvents,"
                    + " logs:DescribeLogGroups, logs:DescribeLogStreams",
                "the flow log can't write to /flowbell/flowbell/flow-logs",
                PUT_ROLE_POLICY)),
        row(
            "the role may write elsewhere",
            account ->
                account.inlinePolicies =
                    List.of(account.inlinePolicies.getFirst().replace("/flow-logs:", "/other:")),
            Finding.problem(
                "flow log role",
                "flowbell-FlowLogRole-1 lacks logs:CreateLogStream, logs:PutLogEvents",
                "the flow log can't write to /flowbell/flowbell/flow-logs",
                PUT_ROLE_POLICY)),
        row(
            "well: the role has a managed policy",
            account -> {
              account.inlinePolicies = List.of();
              account.managedPolicies =
                  List.of(
                      """
                      {"Statement":{"Effect":"Allow","Action":"logs:*","Resource":"*"}}\
                      """);
            }),

        // log group
        row(
            "the log group was removed",
            account -> account.logGroups = List.of(account.logGroups.getFirst()),
            Finding.problem(
                "log group",
                "there is no log group /flowbell/flowbell/flow-logs",
                "flow logs have nowhere to go, and the subscription went with it: deploy again"
                    + " when it is back",
                "aws logs create-log-group --log-group-name /flowbell/flowbell/flow-logs --region"
                    + " eu-west-1")),
        row(
            "records are kept forever",
            account ->
                account.logGroups =
                    List.of(LogGroup.builder().logGroupName(FakeAccount.GROUP).build()),
            Finding.warning(
                "log group",
                "/flowbell/flowbell/flow-logs keeps records forever",
                "the cost grows each month",
                "aws logs put-retention-policy --log-group-name /flowbell/flowbell/flow-logs"
                    + " --retention-in-days 14 --region eu-west-1")),
        row(
            "the log group can have no subscription",
            account ->
                account.logGroups =
                    List.of(
                        LogGroup.builder()
                            .logGroupName(FakeAccount.GROUP)
                            .logGroupClass(LogGroupClass.INFREQUENT_ACCESS)
                            .build()),
            Finding.problem(
                "log group",
                "/flowbell/flowbell/flow-logs is of the class INFREQUENT_ACCESS",
                "it can have no subscription, and its class can't be changed: the commands create"
                    + " another, and subscribe the function to it. A flow log that the stack did"
                    + " not create has to deliver there too"
                    + KEEP,
                "aws logs create-log-group --log-group-name /flowbell/flowbell/flow-logs-standard"
                    + " --log-group-class STANDARD --region eu-west-1 && "
                    + redeployed("ExistingLogGroupName", "/flowbell/flowbell/flow-logs-standard"))),

        // data protection
        row(
            "the log group masks addresses",
            account ->
                account.dataProtectionPolicy =
                    FakeAccount.masking("arn:aws:dataprotection::aws:data-identifier/IpAddress"),
            Finding.problem(
                "data protection",
                "the policy of /flowbell/flowbell/flow-logs masks addresses",
                "the function gets asterisks for them, and can't read the records",
                "aws logs delete-data-protection-policy --log-group-identifier"
                    + " /flowbell/flowbell/flow-logs --region eu-west-1")),
        row(
            "well: the log group only reports addresses",
            account ->
                account.dataProtectionPolicy =
                    FakeAccount.masking("arn:aws:dataprotection::aws:data-identifier/IpAddress")
                        .replace("Deidentify", "Audit")),
        row(
            "well: the log group masks something else",
            account ->
                account.dataProtectionPolicy =
                    FakeAccount.masking(
                        "arn:aws:dataprotection::aws:data-identifier/EmailAddress")),
        row(
            "the log group masks what a pattern of the user's matches",
            account -> account.dataProtectionPolicy = FakeAccount.masking("EmployeeId"),
            Finding.warning(
                "data protection",
                "the policy of /flowbell/flowbell/flow-logs masks what its own identifiers match:"
                    + " EmployeeId",
                "if they match a part of a record, the function can't read it: see records",
                "aws logs delete-data-protection-policy --log-group-identifier"
                    + " /flowbell/flowbell/flow-logs --region eu-west-1")),
        row(
            "the account masks addresses",
            account ->
                account.accountPolicy(
                    PolicyType.DATA_PROTECTION_POLICY,
                    FakeAccount.masking("arn:aws:dataprotection::aws:data-identifier/IpAddress"),
                    null),
            Finding.problem(
                "data protection",
                "the account's policy everywhere masks addresses",
                "the function gets asterisks for them, and can't read the records. The policy is"
                    + " for all log groups: the command shows it, its owner can change it",
                "aws logs describe-account-policies --policy-type DATA_PROTECTION_POLICY --region"
                    + " eu-west-1")),

        // records
        row(
            "no records yet",
            account -> {
              account.streams.clear();
              account.streams.put("flowbell-doctor", FakeAccount.events(Duration.ZERO, "a test"));
            },
            Finding.warning(
                "records",
                "none in /flowbell/flowbell/flow-logs yet",
                "the first take 10 to 15 minutes from the flow log's creation; after that, see"
                    + " flow log and flow log role",
                null)),
        row(
            "no more records arrive",
            account -> {
              account.streams.put("eni-1", FakeAccount.events(Duration.ofHours(50), "x"));
              account.streams.put("eni-2", List.of());
              account.streams.put("eni-3", FakeAccount.events(Duration.ofMinutes(150), "x"));
            },
            Finding.problem(
                "records",
                "the newest came 2 h ago",
                "without traffic there are NODATA records: the flow log no longer"
                    + " delivers, or its interfaces are gone",
                null)),
        row(
            "well: a stream that is listed later is newer",
            account -> {
              List<OutputLogEvent> fresh = account.streams.remove("eni-1");
              account.streams.put("eni-0", FakeAccount.events(Duration.ofHours(3), "x"));
              account.streams.put("eni-1", fresh);
            }),
        row(
            "records of another format",
            account ->
                account.streams.put(
                    "eni-1", FakeAccount.events(Duration.ofMinutes(59), "a b", "x")),
            Finding.problem(
                "records",
                "the newest came 59 min ago; the function can't read 2 of the last 2:"
                    + " WRONG_FIELD_COUNT 2",
                "its LOG_FORMAT is not the flow log's format: these records are not counted" + KEEP,
                redeployed("LogFormat", "auto"))),
        row(
            "an unreadable record",
            account -> {
              String record = account.streams.get("eni-1").getFirst().message();
              account.streams.put(
                  "eni-1",
                  FakeAccount.events(
                      Duration.ofMinutes(2), record, record.replace("ACCEPT", "MAYBE"), record));
            },
            Finding.warning(
                "records",
                "the newest came 2 min ago; the function can't read 1 of the last 3:"
                    + " UNKNOWN_ACTION 1",
                "another source writes into the log group, or a second flow log" + KEEP,
                redeployed("LogFormat", "auto"))),
        row(
            "well: the function asks EC2 for the flow log's format",
            account -> account.environment.put("LOG_FORMAT", "auto"),
            Finding.warning(
                "alias",
                "live runs version 7; code or settings were changed since",
                "the changes run when they are published as a version and the alias runs it:"
                    + " run doctor again after publishing",
                "aws lambda publish-version --function-name flowbell --region eu-west-1"),
            Finding.ok("settings", "namespace Flowbell, record format asked of EC2")),

        // subscription
        row(
            "no subscription",
            account -> account.subscriptionFilters = List.of(),
            Finding.problem(
                "subscription",
                "/flowbell/flowbell/flow-logs is not subscribed to the function",
                "records are not processed; a log group can have only a few subscriptions",
                PUT_SUBSCRIPTION_FILTER)),
        row(
            "the subscription was replaced",
            account ->
                account.subscriptionFilters = List.of(FakeAccount.filter("arn:aws:firehose:x", "")),
            Finding.problem(
                "subscription",
                "/flowbell/flowbell/flow-logs is not subscribed to the function; its subscriptions"
                    + " are flowbell",
                "records are not processed; a log group can have only a few subscriptions",
                PUT_SUBSCRIPTION_FILTER)),
        row(
            "the subscription goes past the alias",
            account ->
                account.subscriptionFilters =
                    List.of(FakeAccount.filter(FakeAccount.FUNCTION_ARN, "")),
            Finding.problem(
                "subscription",
                "flowbell goes to arn:aws:lambda:eu-west-1:123456789012:function:flowbell",
                "only the alias live may be invoked, and has the failure queue",
                PUT_SUBSCRIPTION_FILTER)),
        row(
            "well: a filter pattern",
            account ->
                account.subscriptionFilters =
                    List.of(FakeAccount.filter(FakeAccount.FUNCTION_ARN + ":live", "?REJECT")),
            Finding.ok("subscription", "flowbell hands what matches \"?REJECT\" to flowbell:live")),
        row(
            "the subscription applies to transformed records",
            account ->
                account.subscriptionFilters =
                    List.of(
                        FakeAccount.filter(FakeAccount.FUNCTION_ARN + ":live", "").toBuilder()
                            .applyOnTransformedLogs(true)
                            .build()),
            Finding.problem(
                "subscription",
                "flowbell applies to transformed records",
                "if the log group has a transformer, of its own or by the account's policy, the"
                    + " function gets what that makes of the records, and can't read them",
                PUT_SUBSCRIPTION_FILTER + " --no-apply-on-transformed-logs")),

        // account policies
        row(
            "the account's subscription is the function as well",
            account ->
                account.accountPolicy(
                    PolicyType.SUBSCRIPTION_FILTER_POLICY,
                    "{\"DestinationArn\":\"%s\"}".formatted(FakeAccount.FUNCTION_ARN),
                    "LogGroupName NOT IN [\"/aws/lambda/flowbell\"]"),
            Finding.problem(
                "account policies",
                "everywhere hands every log group of the account to flowbell",
                "the function gets each record twice, and lines that are no records",
                "aws logs delete-account-policy --policy-name everywhere --policy-type"
                    + " SUBSCRIPTION_FILTER_POLICY --region eu-west-1")),
        row(
            "well: the account's subscription is another function",
            account ->
                account.accountPolicy(
                    PolicyType.SUBSCRIPTION_FILTER_POLICY,
                    "{\"DestinationArn\":\"%s-2\"}".formatted(FakeAccount.FUNCTION_ARN),
                    null)),
        row("no metrics of log lines, in the account", emfWithout(null), noMetrics()),
        row(
            "no metrics of the function's log lines",
            emfWithout("LogGroupName IN [\"/x\", \"/aws/lambda/flowbell\"]"),
            noMetrics()),
        row(
            "no metrics of functions' log lines",
            emfWithout("LogGroupNamePrefix IN [\"/aws/lambda/\"]"),
            noMetrics()),
        row(
            "no metrics of other log lines than Container Insights'",
            emfWithout("LogGroupNamePrefix NOT IN [\"/aws/containerinsights\"]"),
            noMetrics()),
        row(
            "well: no metrics of another function's log lines",
            emfWithout("LogGroupName IN [\"/aws/lambda/flowbell-2\"]")),
        row(
            "well: no metrics of other log lines than functions'",
            emfWithout("LogGroupNamePrefix NOT IN [\"/x\",\"/aws/lambda/\"]")),
        row(
            "well: no metrics of log lines, but Flowbell makes requests",
            account -> account.accountPolicy(PolicyType.METRIC_EXTRACTION_POLICY, "{}", null)),

        // permission
        row("no permission", account -> account.functionPolicy = null, noPermission()),
        row(
            "permission for another log group",
            account ->
                account.functionPolicy =
                    account.functionPolicy.replace("/flow-logs:", "/flow-logs-2:"),
            noPermission()),
        row(
            "permission for another account",
            account ->
                account.functionPolicy =
                    account.functionPolicy.replace(
                        "SourceAccount\":\"123456789012", "SourceAccount\":\"210987654321"),
            noPermission()),
        row(
            "well: the Region's own principal",
            account ->
                account.functionPolicy =
                    account.functionPolicy.replace(
                        "logs.amazonaws.com", "logs.eu-west-1.amazonaws.com")),

        // function
        row(
            "the function is switched off",
            account -> account.reservedConcurrency = 0,
            Finding.problem(
                "function",
                "flowbell, version 7 has a reserved concurrency of 0",
                "the function can't run: payloads go to the failure queue at once, without a try",
                "aws lambda delete-function-concurrency --function-name flowbell --region"
                    + " eu-west-1")),
        row(
            "the function was switched off, and the stack reserves concurrency",
            account -> {
              account.reservedConcurrency = 0;
              account.parameters.put("ReservedConcurrency", "5");
            },
            Finding.problem(
                "function",
                "flowbell, version 7 has a reserved concurrency of 0",
                "the function can't run: payloads go to the failure queue at once, without a try",
                "aws lambda put-function-concurrency --function-name flowbell"
                    + " --reserved-concurrent-executions 5 --region eu-west-1")),
        row(
            "the stack switches the function off",
            account -> {
              account.reservedConcurrency = 0;
              account.parameters.put("ReservedConcurrency", "0");
            },
            Finding.problem(
                "function",
                "flowbell, version 7 has a reserved concurrency of 0",
                "the function can't run: payloads go to the failure queue at once, without a try"
                    + KEEP,
                redeployed("ReservedConcurrency", "-1"))),
        row("well: a reserved concurrency", account -> account.reservedConcurrency = 5),
        row(
            "the function isn't ready",
            account ->
                account.live =
                    function -> function.state(State.PENDING).stateReason("SnapStart goes on"),
            Finding.problem(
                "function",
                "flowbell, version 7 is Pending: SnapStart goes on",
                "it can't be invoked",
                "aws lambda wait function-active-v2 --function-name flowbell:live --region"
                    + " eu-west-1")),
        row(
            "nothing invoked the function for weeks",
            account -> account.live = function -> function.state(State.INACTIVE),
            Finding.warning(
                "function",
                "flowbell, version 7 is Inactive: nothing invoked it for weeks",
                "the next invocation wakes it, and fails; nothing else does",
                "aws lambda invoke --function-name flowbell:live --payload"
                    + " fileb://events/control-message.json --region eu-west-1 /dev/stdout")),
        row(
            "SnapStart has no snapshot",
            account ->
                account.live =
                    function ->
                        function.snapStart(
                            snapStart ->
                                snapStart
                                    .applyOn(SnapStartApplyOn.PUBLISHED_VERSIONS)
                                    .optimizationStatus(SnapStartOptimizationStatus.OFF)),
            Finding.warning(
                "function",
                "flowbell, version 7 has no snapshot, although SnapStart is on",
                "each start takes seconds; a newly published version gets a snapshot",
                "aws lambda get-function-configuration --function-name flowbell:live --query"
                    + " SnapStart --region eu-west-1")),
        row(
            "well: SnapStart has a snapshot",
            account ->
                account.live =
                    function ->
                        function.snapStart(
                            snapStart ->
                                snapStart
                                    .applyOn(SnapStartApplyOn.PUBLISHED_VERSIONS)
                                    .optimizationStatus(SnapStartOptimizationStatus.ON))),
        row(
            "the function's update failed",
            account ->
                account.live =
                    function ->
                        function
                            .lastUpdateStatus(LastUpdateStatus.FAILED)
                            .lastUpdateStatusReason("no such image"),
            Finding.problem(
                "function",
                "flowbell, version 7: the last update failed: no such image",
                "it runs the version before the update",
                "sam deploy --stack-name flowbell --region eu-west-1")),

        // function role
        row(
            "the function's role was removed",
            account -> account.functionTrust = null,
            Finding.problem(
                "function role",
                "there is no role flowbell-FunctionRole-1",
                "the function can't run without it; after the command, run doctor again",
                "aws iam create-role --role-name flowbell-FunctionRole-1"
                    + " --assume-role-policy-document '"
                    + FUNCTION_TRUST
                    + "' --region eu-west-1")),
        row(
            "the function's role trusts another service",
            account -> account.functionTrust = account.functionTrust.replace("lambda.", "ec2."),
            Finding.problem(
                "function role",
                "flowbell-FunctionRole-1 does not trust lambda.amazonaws.com",
                "the function can't run",
                "aws iam update-assume-role-policy --role-name flowbell-FunctionRole-1"
                    + " --policy-document '"
                    + FUNCTION_TRUST
                    + "' --region eu-west-1")),
        row(
            "the function may not write its log",
            account -> account.functionPolicies.remove("write-log"),
            lacks(
                "write-log",
                "logs:CreateLogStream on"
                    + " arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/flowbell:*,"
                    + " logs:PutLogEvents on"
                    + " arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/flowbell:*",
                "its log gets nothing")),
        row(
            "the function logs elsewhere",
            account ->
                account.live =
                    function -> function.loggingConfig(logging -> logging.logGroup("/other")),
            Finding.problem(
                "function role",
                "flowbell-FunctionRole-1 lacks logs:CreateLogStream on"
                    + " arn:aws:logs:eu-west-1:123456789012:log-group:/other:*, logs:PutLogEvents"
                    + " on arn:aws:logs:eu-west-1:123456789012:log-group:/other:*",
                "its log gets nothing",
                "aws iam put-role-policy --role-name flowbell-FunctionRole-1 --policy-name"
                    + " write-log --policy-document '"
                    + new FakeAccount()
                        .functionPolicies
                        .get("write-log")
                        .replace("/aws/lambda/flowbell", "/other")
                    + "' --region eu-west-1")),
        row(
            "the function may publish metrics of another namespace",
            account ->
                account.functionPolicies.compute(
                    "publish-metrics",
                    (_, policy) -> policy.replace("\"Flowbell\"", "\"Flowbell/flowbell\"")),
            lacks(
                "publish-metrics",
                "cloudwatch:PutMetricData on *",
                "no metric is published, and invocations fail")),
        row(
            "the function may publish to another topic",
            account ->
                account.functionPolicies.compute(
                    "publish-notifications", (_, policy) -> policy.replace("s\"}", "s-2\"}")),
            lacks(
                "publish-notifications",
                "sns:Publish on " + FakeAccount.TOPIC_ARN,
                "no notification is sent, and invocations that have one fail")),
        row(
            "the function may not use the topic's key",
            account ->
                account.functionPolicies.compute(
                    "publish-notifications", (_, policy) -> policy.replace("kms:D", "kms:X")),
            lacks(
                "publish-notifications",
                "kms:Decrypt on arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab",
                "no notification is sent, and invocations that have one fail")),
        row(
            "the function may not use its ledger",
            account -> account.functionPolicies.remove("keep-ledger"),
            lacks(
                "keep-ledger",
                "dynamodb:BatchGetItem on"
                    + " arn:aws:dynamodb:eu-west-1:123456789012:table/flowbell-ledger,"
                    + " dynamodb:UpdateItem on"
                    + " arn:aws:dynamodb:eu-west-1:123456789012:table/flowbell-ledger",
                "without the ledger, a repeated payload is counted twice, and alerts see one"
                    + " payload at a time")),
        row(
            "the function may not send to the failure queue",
            account -> account.functionPolicies.remove("send-to-failure-queue"),
            lacks(
                "send-to-failure-queue",
                "sqs:SendMessage on " + FakeAccount.QUEUE_ARN,
                "payloads that fail are lost")),
        row(
            "the function may not ask EC2 for formats",
            account -> {
              account.environment.put("LOG_FORMAT", "auto");
              account.versions = List.of();
              account.functionPolicies.remove("read-flow-log-formats");
            },
            lacks(
                "read-flow-log-formats",
                "ec2:DescribeFlowLogs on *",
                "the formats of flow logs are not known: records in another format than AWS's"
                    + " default and Flowbell's can't be read"),
            Finding.ok("settings", "namespace Flowbell, record format asked of EC2")),
        row(
            "the function may not ask EC2 for rules",
            account -> {
              account.environment.put("EXPLAIN_BLOCKS", "true");
              account.versions = List.of();
              account.functionPolicies.remove("read-network-rules");
              account.functionPolicies.remove("read-prefix-lists"); // has some of them
            },
            lacks(
                "read-network-rules",
                "ec2:DescribeManagedPrefixLists on *, ec2:DescribeNetworkAcls on *,"
                    + " ec2:DescribeNetworkInterfaces on *, ec2:DescribeSecurityGroups on *,"
                    + " ec2:DescribeSubnets on *, ec2:DescribeTags on *,"
                    + " ec2:GetManagedPrefixListEntries on *",
                "notifications don't say which rule blocks, or not all of it")),
        row(
            "the function may not ask EC2 for the prefix lists of QUIET",
            account -> {
              account.environment.put("QUIET", "pl-63a5400a scan");
              account.versions = List.of();
              account.functionPolicies.remove("read-prefix-lists");
              account.functionPolicies.remove("read-network-rules"); // has some of them
            },
            lacks(
                "read-prefix-lists",
                "ec2:DescribeManagedPrefixLists on *, ec2:GetManagedPrefixListEntries on *",
                "what the prefix lists of QUIET cover is sent all the same")),
        row(
            "the function may not ask EC2 for VPCs",
            account -> {
              account.environment.put("INSIDE_NETWORKS", "auto");
              account.versions = List.of();
              account.functionPolicies.remove("read-vpcs");
            },
            lacks(
                "read-vpcs",
                "ec2:DescribeVpcs on *",
                "hosts with IPv6 or public addresses of VPCs count as outside")),
        row(
            "well: with metrics in the log, PutMetricData is not needed",
            account -> {
              account.environment.put("METRIC_SINK", "emf");
              account.versions = List.of();
              account.functionPolicies.remove("publish-metrics");
            }),
        row(
            "metrics are in the log, and the function may not write it",
            account -> {
              account.environment.put("METRIC_SINK", "emf");
              account.versions = List.of();
              account.functionPolicies.remove("write-log");
            },
            lacks(
                "write-log",
                "logs:CreateLogStream on"
                    + " arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/flowbell:*,"
                    + " logs:PutLogEvents on"
                    + " arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/flowbell:*",
                "its log gets nothing, and so CloudWatch gets no metrics")),
        row(
            "well: the function has a managed policy",
            account -> {
              account.functionPolicies.clear();
              account.managedPolicies =
                  List.of(
                      "{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\"}}");
            }),

        // alias
        row(
            "the alias runs an older version",
            account ->
                account.versions =
                    List.of(
                        FakeAccount.version("$LATEST", "code-2", Map.of()),
                        FakeAccount.version("10", "code-2", Map.of()),
                        FakeAccount.version("7", "code-1", Map.of())),
            Finding.warning(
                "alias",
                "live runs version 7; the newest is 10",
                "the last deployment does not run",
                "aws lambda update-alias --function-name flowbell --name live --function-version"
                    + " 10 --region eu-west-1")),
        row(
            "new settings have no version",
            account ->
                account.versions =
                    List.of(
                        FakeAccount.version(
                            "$LATEST", "code-1", Map.of("ALERT_THRESHOLDS", "rejects=5")),
                        FakeAccount.version("7", "code-1", Map.of())),
            Finding.warning(
                "alias",
                "live runs version 7; code or settings were changed since",
                "the changes run when they are published as a version and the alias runs it:"
                    + " run doctor again after publishing",
                "aws lambda publish-version --function-name flowbell --region eu-west-1")),

        // failed invocations
        row(
            "the alias has no invoke config",
            account -> account.invokeConfig = null,
            Finding.problem(
                "failed invocations",
                "flowbell:live has no on-failure destination",
                "the failure queue gets no payload that failed",
                PUT_INVOKE_CONFIG)),
        row(
            "the invoke config has no destination",
            account -> account.invokeConfig = FakeAccount.invokeConfig(null, 2),
            Finding.problem(
                "failed invocations",
                "flowbell:live has no on-failure destination",
                "the failure queue gets no payload that failed",
                PUT_INVOKE_CONFIG)),
        row(
            "payloads that fail go elsewhere",
            account -> account.invokeConfig = FakeAccount.invokeConfig("arn:aws:sqs:x:y:z", 2),
            Finding.problem(
                "failed invocations",
                "flowbell:live sends payloads that fail to arn:aws:sqs:x:y:z",
                "the failure queue gets no payload that failed",
                PUT_INVOKE_CONFIG)),
        row(
            "payloads aren't tried again",
            account -> account.invokeConfig = FakeAccount.invokeConfig(FakeAccount.QUEUE_ARN, 0),
            Finding.warning(
                "failed invocations",
                "flowbell:live is tried again 0 times, expected 2",
                "a short failure of AWS is enough to send payloads to the failure queue",
                PUT_INVOKE_CONFIG)),

        // losses
        row(
            "CloudWatch Logs could not deliver",
            account ->
                account.metricSums = (metric, _) -> metric.equals("DeliveryErrors") ? 1234 : 0,
            Finding.problem(
                "losses",
                "DeliveryErrors was 1,234 in the last day",
                "the function refused batches of records, which are lost: see subscription and"
                    + " permission. The command shows the hours",
                "aws cloudwatch get-metric-statistics --namespace AWS/Logs --metric-name"
                    + " DeliveryErrors --statistics Sum --period 3600 --start-time"
                    + " 2026-11-22T07:00:00Z --end-time 2026-11-23T07:00:00Z --region eu-west-1"
                    + " --dimensions Name=LogGroupName,Value=/flowbell/flowbell/flow-logs"
                    + " Name=DestinationType,Value=Lambda Name=FilterName,Value=flowbell")),
        row(
            "CloudWatch Logs was throttled",
            account ->
                account.metricSums = (metric, _) -> metric.equals("DeliveryThrottling") ? 2 : 0,
            Finding.problem(
                "losses",
                "DeliveryThrottling was 2 in the last day",
                "batches of records waited, and are lost after a day: raise the account's"
                    + " concurrency limit. The command shows the hours",
                "aws cloudwatch get-metric-statistics --namespace AWS/Logs --metric-name"
                    + " DeliveryThrottling --statistics Sum --period 3600 --start-time"
                    + " 2026-11-22T07:00:00Z --end-time 2026-11-23T07:00:00Z --region eu-west-1"
                    + " --dimensions Name=LogGroupName,Value=/flowbell/flowbell/flow-logs"
                    + " Name=DestinationType,Value=Lambda Name=FilterName,Value=flowbell")),
        row(
            "Lambda dropped events",
            account ->
                account.metricSums = (metric, _) -> metric.equals("AsyncEventsDropped") ? 3 : 0,
            Finding.problem(
                "losses",
                "AsyncEventsDropped was 3 in the last day",
                "payloads were given up without being processed: see function. The command shows"
                    + " the hours",
                "aws cloudwatch get-metric-statistics --namespace AWS/Lambda --metric-name"
                    + " AsyncEventsDropped --statistics Sum --period 3600 --start-time"
                    + " 2026-11-22T07:00:00Z --end-time 2026-11-23T07:00:00Z --region eu-west-1"
                    + " --dimensions Name=FunctionName,Value=flowbell")),
        row(
            "failed payloads didn't reach the queue",
            account ->
                account.metricSums =
                    (metric, _) -> metric.equals("DestinationDeliveryFailures") ? 4 : 0,
            Finding.problem(
                "losses",
                "DestinationDeliveryFailures was 4 in the last day",
                "payloads that failed didn't reach the failure queue: see failed invocations; a"
                    + " payload may be too large for SQS. The command shows the hours",
                "aws cloudwatch get-metric-statistics --namespace AWS/Lambda --metric-name"
                    + " DestinationDeliveryFailures --statistics Sum --period 3600 --start-time"
                    + " 2026-11-22T07:00:00Z --end-time 2026-11-23T07:00:00Z --region eu-west-1"
                    + " --dimensions Name=FunctionName,Value=flowbell")),

        // ledger
        row(
            "the function has no ledger",
            account -> {
              account.environment.remove("LEDGER_TABLE");
              account.versions = List.of();
            },
            Finding.warning(
                "ledger", "the function has none (LEDGER_TABLE)", WITHOUT_LEDGER, DRIFT)),
        row(
            "the ledger's table was removed",
            account -> account.table = null,
            Finding.problem(
                "ledger",
                "there is no table flowbell-ledger",
                WITHOUT_LEDGER,
                "aws dynamodb create-table --table-name flowbell-ledger --billing-mode"
                    + " PAY_PER_REQUEST --attribute-definitions AttributeName=id,AttributeType=S"
                    + " --key-schema AttributeName=id,KeyType=HASH --region eu-west-1 && aws"
                    + " dynamodb wait table-exists --table-name flowbell-ledger --region eu-west-1"
                    + " && "
                    + timeToLive("true", "expires"))),
        row(
            "the ledger's table can't be read",
            account ->
                account.table =
                    table -> table.tableStatus(TableStatus.INACCESSIBLE_ENCRYPTION_CREDENTIALS),
            Finding.problem(
                "ledger",
                "flowbell-ledger is INACCESSIBLE_ENCRYPTION_CREDENTIALS",
                WITHOUT_LEDGER,
                "aws dynamodb describe-table --table-name flowbell-ledger --query"
                    + " 'Table.[TableStatus,SSEDescription,ArchivalSummary]' --region eu-west-1")),
        row(
            "well: the ledger's table is changed",
            account -> account.table = table -> table.tableStatus(TableStatus.UPDATING)),
        row(
            "the ledger's table has another key",
            account ->
                account.table = table -> table.keySchema(FakeAccount.key("pk", KeyType.HASH)),
            otherKey()),
        row(
            "the ledger's table has a sort key",
            account ->
                account.table =
                    table ->
                        table.keySchema(
                            FakeAccount.key("id", KeyType.HASH),
                            FakeAccount.key("sk", KeyType.RANGE)),
            otherKey()),
        row(
            "the ledger's key is a number",
            account ->
                account.table =
                    table ->
                        table.attributeDefinitions(
                            FakeAccount.attribute("id", ScalarAttributeType.N)),
            otherKey()),
        row(
            "the ledger's items don't expire",
            account -> account.timeToLive = TimeToLiveStatus.DISABLED,
            Finding.warning(
                "ledger",
                "flowbell-ledger keeps items forever",
                "the cost grows, and addresses stay longer than two days",
                timeToLive("true", "expires"))),
        row(
            "the ledger's items expire by another attribute",
            account -> account.expiryAttribute = "ttl",
            Finding.warning(
                "ledger",
                "flowbell-ledger expires items by ttl, expected expires",
                "items stay forever. DynamoDB takes up to an hour to switch it off: run doctor"
                    + " again then, to switch it on",
                timeToLive("false", "ttl"))),

        // topic
        row(
            "the topic's policy does not name alarms",
            account ->
                account.topicAttributes =
                    Map.of("KmsMasterKeyId", "1234abcd-12ab", "Policy", "{\"Statement\":[]}"),
            Finding.problem(
                "topic",
                "its policy does not let alarms publish to " + FakeAccount.TOPIC_ARN,
                "alarms notify nobody, and report no error",
                PUT_TOPIC_POLICY)),
        row(
            "well: the topic has SNS's default policy",
            account ->
                account.topicAttributes =
                    Map.of(
                        "KmsMasterKeyId",
                        "1234abcd-12ab",
                        "Policy",
                        """
                        {"Version":"2008-10-17","Statement":[{"Effect":"Allow",\
                        "Principal":{"AWS":"*"},"Action":["SNS:Subscribe","SNS:Publish"],\
                        "Resource":"arn:aws:sns:eu-west-1:123456789012:flowbell-notifications",\
                        "Condition":{"StringEquals":{"AWS:SourceOwner":"123456789012"}}}]}\
                        """)),
        row(
            "well: the topic has the policy of the mend",
            account ->
                account.topicAttributes =
                    Map.of(
                        "KmsMasterKeyId",
                        "1234abcd-12ab",
                        "Policy",
                        PUT_TOPIC_POLICY.replaceAll(".*'(.*)'.*", "$1"))),
        row(
            "the topic was removed",
            account -> account.topicAttributes = null,
            Finding.problem(
                "topic",
                "there is no topic " + FakeAccount.TOPIC_ARN,
                "neither alarms nor notifications reach anybody",
                "aws sns create-topic --name flowbell-notifications --region eu-west-1"),
            Finding.skipped("topic key", "nothing to ask about", "see topic: there is none"),
            Finding.skipped("subscribers", "nothing to ask about", "see topic: there is none"),
            Finding.skipped("filter policies", "nothing to ask about", "see topic: there is none")),

        // topic key
        row(
            "the topic is under the AWS managed key",
            account -> account.topicAttributes = Map.of("KmsMasterKeyId", "alias/aws/sns"),
            awsManagedKey("1234abcd-12ab")),
        row(
            "the topic is under the AWS managed key, by its id",
            account -> account.keyManager = KeyManagerType.AWS,
            awsManagedKey("1234abcd-12ab")),
        row(
            "the topic is under the AWS managed key, and the stack has none",
            account -> {
              account.topicAttributes = Map.of("KmsMasterKeyId", "alias/aws/sns");
              account.resources.remove("NotificationKey");
            },
            awsManagedKey("''")),
        row(
            "well: the topic isn't encrypted",
            account -> account.topicAttributes = Map.of(),
            Finding.ok("topic key", "none: the topic is not encrypted")),
        row(
            "the key is disabled",
            account -> account.keyState = KeyState.DISABLED,
            Finding.problem(
                "topic key",
                "1234abcd-12ab is Disabled",
                "neither alarms nor notifications reach anybody",
                "aws kms enable-key --key-id 1234abcd-12ab --region eu-west-1")),
        row(
            "the key is to be deleted",
            account -> account.keyState = KeyState.PENDING_DELETION,
            Finding.problem(
                "topic key",
                "1234abcd-12ab is PendingDeletion",
                "neither alarms nor notifications reach anybody",
                "aws kms cancel-key-deletion --key-id 1234abcd-12ab --region eu-west-1 && aws kms"
                    + " enable-key --key-id 1234abcd-12ab --region eu-west-1")),
        row(
            "the key has no material",
            account -> account.keyState = KeyState.PENDING_IMPORT,
            Finding.problem(
                "topic key",
                "1234abcd-12ab is PendingImport",
                "neither alarms nor notifications reach anybody",
                "aws kms describe-key --key-id 1234abcd-12ab --region eu-west-1")),
        row(
            "the key was deleted",
            account -> account.keyState = null,
            Finding.problem(
                "topic key",
                "there is no key 1234abcd-12ab",
                "neither alarms nor notifications reach anybody. The command ends the topic's"
                    + " encryption",
                setTopicKey("''"))),
        row(
            "the key's policy does not name alarms",
            account -> account.keyPolicy = account.keyPolicy.replace("cloudwatch.", "events."),
            Finding.problem(
                "topic key",
                "the policy of 1234abcd-12ab does not let alarms use it",
                "alarms notify nobody, and report no error",
                "aws kms put-key-policy --key-id 1234abcd-12ab --policy-name default --policy '"
                    + new FakeAccount().keyPolicy
                    + "' --region eu-west-1")),
        row(
            "the key's policy lets alarms of another account decrypt",
            account ->
                account.keyPolicy =
                    account.keyPolicy.replace(
                        "SourceAccount\":\"123456789012", "SourceAccount\":\"210987654321"),
            Finding.problem(
                "topic key",
                "the policy of 1234abcd-12ab does not let alarms use it",
                "alarms notify nobody, and report no error",
                "aws kms put-key-policy --key-id 1234abcd-12ab --policy-name default --policy '"
                    + new FakeAccount().keyPolicy
                    + "' --region eu-west-1")),
        row(
            "the policy of another key lets alarms only decrypt",
            account -> {
              account.topicAttributes =
                  Map.of("KmsMasterKeyId", "arn:aws:kms:eu-west-1:123456789012:key/5678ef");
              account.keyPolicy = account.keyPolicy.replace("kms:GenerateDataKey*", "kms:Encrypt");
            },
            Finding.problem(
                "topic key",
                "the policy of 5678ef does not let alarms use it",
                "alarms notify nobody, and report no error",
                setTopicKey("1234abcd-12ab"))),

        // subscribers
        row(
            "the mail isn't confirmed",
            account ->
                account.subscriptions =
                    List.of(
                        FakeAccount.subscription(
                            "email", "ops@example.com", "PendingConfirmation")),
            Finding.problem(
                "subscribers",
                "email ops@example.com is not confirmed",
                "receives nothing until then: open the mail \"AWS Notification - Subscription"
                    + " Confirmation\" and follow its link. The command sends it again",
                SUBSCRIBE)),
        row(
            "no subscriber, or a deleted subscription",
            account ->
                account.subscriptions =
                    List.of(FakeAccount.subscription("email", "ops@example.com", "Deleted")),
            Finding.problem(
                "subscribers",
                "there is no subscriber",
                "alarms and notifications reach nobody; SNS deletes a subscription that is not"
                    + " confirmed in time",
                SUBSCRIBE)),

        // filter policies
        row(
            "the only subscriber wants high ones: no alarms",
            account -> filter(account, "{\"severity\": [\"high\"]}", null),
            NO_ALARMS),
        row(
            "a severity that there is not",
            account -> filter(account, "{\"severity\": [\"HIGH\", \"critical\"]}", null),
            excluded("severity [HIGH, critical]"),
            NO_ALARMS),
        row(
            "a rule that there is not",
            account -> filter(account, "{\"severity\":[\"low\"],\"rule\":[\"port-scan\"]}", null),
            excluded("rule [port-scan]"),
            NO_ALARMS),
        row(
            "another stack's notifications",
            account -> filter(account, "{\"stack\": [\"prod\"]}", null),
            excluded("stack [prod]"),
            NO_ALARMS),
        row(
            "an attribute that there is not",
            account -> filter(account, "{\"team\": [{\"prefix\": \"net\"}, \"ops\"]}", null),
            excluded("team […, ops]"),
            NO_ALARMS),
        row(
            "well: alarms alone",
            account -> filter(account, "{\"severity\": [{\"exists\": false}]}", null)),
        row(
            "well: high ones, and alarms",
            account -> filter(account, "{\"severity\": [\"high\", {\"exists\": false}]}", null)),
        row(
            "well: a filter by the body",
            account -> filter(account, "{\"team\": [\"ops\"]}", "MessageBody")),
        row("well: an empty filter policy", account -> filter(account, "{}", "MessageAttributes")),
        row(
            "well: somebody else gets alarms",
            account -> {
              filter(account, "{\"sourceScope\": [{\"anything-but\": [\"public\"]}]}", null);
              account.subscriptions =
                  List.of(
                      FakeAccount.subscription(
                          "email", "ops@example.com", FakeAccount.TOPIC_ARN + ":1"),
                      FakeAccount.subscription("sms", "+4912345678", FakeAccount.TOPIC_ARN + ":2"));
            },
            Finding.ok("subscribers", "email ops@example.com, sms +4912345678")),

        // alarms
        row(
            "an alarm was removed",
            account -> account.alarms = List.of(account.alarms.getLast()),
            Finding.problem(
                "alarms",
                "missing: flowbell-no-records",
                "it was removed outside the stack",
                DRIFT)),
        row(
            "an alarm's actions are disabled",
            account ->
                account.alarms =
                    List.of(
                        FakeAccount.alarm(
                            "flowbell-no-records", alarm -> alarm.actionsEnabled(false)),
                        account.alarms.getLast()),
            Finding.problem(
                "alarms",
                "actions are disabled: flowbell-no-records",
                "their state changes notify nobody",
                "aws cloudwatch enable-alarm-actions --alarm-names flowbell-no-records --region"
                    + " eu-west-1")),
        row(
            "an alarm has no action",
            account ->
                account.alarms =
                    List.of(
                        FakeAccount.childAlarm("flowbell-no-records"), account.alarms.getLast()),
            Finding.problem(
                "alarms",
                "no action, and no composite alarm that has one: flowbell-no-records",
                "their state changes notify nobody",
                DRIFT)),
        row(
            "an alarm is in ALARM state",
            account ->
                account.alarms =
                    List.of(
                        FakeAccount.alarm(
                            "flowbell-no-records", alarm -> alarm.stateValue(StateValue.ALARM)),
                        account.alarms.getLast()),
            Finding.warning(
                "alarms",
                "flowbell-no-records is in ALARM state",
                "its history shows since when",
                "aws cloudwatch describe-alarm-history --alarm-name flowbell-no-records"
                    + " --alarm-types MetricAlarm --history-item-type StateUpdate --region"
                    + " eu-west-1")),
        row(
            "a composite alarm is in ALARM state",
            account ->
                account.compositeAlarms =
                    List.of(
                        account.compositeAlarms.getFirst().toBuilder()
                            .stateValue(StateValue.ALARM)
                            .build()),
            Finding.warning(
                "alarms",
                "flowbell-traffic is in ALARM state",
                "until it is OK again it sends nothing, even if another of its alarms rings; its"
                    + " history shows since when",
                "aws cloudwatch describe-alarm-history --alarm-name flowbell-traffic --alarm-types"
                    + " CompositeAlarm --history-item-type StateUpdate --region eu-west-1")),
        row(
            "an alarm has no data",
            account ->
                account.alarms =
                    List.of(
                        FakeAccount.alarm(
                            "flowbell-no-records",
                            alarm -> alarm.stateValue(StateValue.INSUFFICIENT_DATA)),
                        account.alarms.getLast()),
            Finding.warning(
                "alarms",
                "has no data yet: flowbell-no-records",
                "normal in the first minutes after a deployment; later, its metric is missing",
                null)),
        row(
            "well: an alarm that waits for data",
            account ->
                account.alarms =
                    List.of(
                        FakeAccount.alarm(
                            "flowbell-no-records",
                            alarm ->
                                alarm
                                    .stateValue(StateValue.INSUFFICIENT_DATA)
                                    .treatMissingData("ignore")),
                        account.alarms.getLast())),
        row(
            "no alarms",
            account ->
                account
                    .resources
                    .values()
                    .removeIf(each -> each.resourceType().startsWith("AWS::CloudWatch")),
            Finding.warning(
                "alarms",
                "the stack has none",
                "no notification is sent when Flowbell itself fails",
                null)),

        // failure queue
        row(
            "a payload waits",
            account -> account.queueAttributes = FakeAccount.queue(1, 0),
            waiting("1 payload waits")),
        row(
            "payloads wait, and some are being received",
            account -> account.queueAttributes = FakeAccount.queue(1200, 34),
            waiting("1,234 payloads wait")),
        row(
            "the queue was removed",
            account -> account.queueAttributes = null,
            Finding.problem(
                "failure queue",
                "there is no queue " + FakeAccount.QUEUE_URL,
                "payloads that fail are lost",
                "aws sqs create-queue --queue-name flowbell-failures --attributes"
                    + " MessageRetentionPeriod=1209600,VisibilityTimeout=300,SqsManagedSseEnabled=true"
                    + " --region eu-west-1")),

        // checks that can't run
        row(
            "account policies are not known to an emulator",
            account ->
                account.fail(
                    "logs:DescribeAccountPolicies",
                    400,
                    "InvalidOperationException",
                    "Unknown action: DescribeAccountPolicies"),
            Finding.skipped(
                "data protection",
                "could not be asked",
                "InvalidOperationException: Unknown action: DescribeAccountPolicies"),
            Finding.skipped(
                "account policies",
                "could not be asked",
                "InvalidOperationException: Unknown action: DescribeAccountPolicies")),
        row(
            "DynamoDB throttles",
            account ->
                account.fail(
                    "dynamodb:DescribeTimeToLive", 400, "ThrottlingException", "Rate exceeded"),
            Finding.skipped("ledger", "could not be asked", "ThrottlingException: Rate exceeded")),
        row(
            "a permission is missing",
            account -> account.deny("iam:GetRolePolicy"),
            Finding.skipped(
                "flow log role", "not allowed to ask", "needs the permission iam:GetRolePolicy"),
            Finding.skipped(
                "function role", "not allowed to ask", "needs the permission iam:GetRolePolicy")),
        row(
            "a refusal that doesn't name the permission",
            account -> account.fail("lambda:GetPolicy", 403, "AccessDenied", "Access Denied"),
            Finding.skipped(
                "permission", "not allowed to ask", "needs the permission lambda:GetPolicy")),
        row(
            "EC2 may not be asked",
            account ->
                account.fail("ec2:DescribeFlowLogs", 403, "UnauthorizedOperation", "You are not"),
            Finding.skipped(
                "flow log", "not allowed to ask", "needs the permission ec2:DescribeFlowLogs"),
            Finding.skipped(
                "recorded traffic",
                "not allowed to ask",
                "needs the permission ec2:DescribeFlowLogs"),
            Finding.skipped(
                "flow log role",
                "not allowed to ask",
                "needs the permission ec2:DescribeFlowLogs")),
        row(
            "EC2 can't be asked",
            account -> account.fail("ec2:DescribeFlowLogs", 503, "Unavailable", "EC2 is busy"),
            Finding.skipped("flow log", "could not be asked", "EC2 is busy"),
            Finding.skipped("recorded traffic", "could not be asked", "EC2 is busy"),
            Finding.skipped("flow log role", "could not be asked", "EC2 is busy")),
        row(
            "a service fails",
            account ->
                account.fail("cloudwatch:DescribeAlarms", 500, "InternalFailure", "try\nagain"),
            Finding.skipped("alarms", "could not be asked", "InternalFailure: try again")));
  }

  /// With wrong settings, several checks can't run.
  @Test
  void examine_wrongSettings() {
    FakeAccount account = new FakeAccount();
    account.environment.put("LOG_FORMAT", "wrong");
    account.environment.put("ALERT_THRESHOLDS", "rejects=ten");
    account.versions = List.of();

    List<Finding> found = new ArrayList<>(DOCTOR.examine(Deployments.in(account)));
    found.removeAll(WELL);

    String mend = "sam deploy --stack-name flowbell --region eu-west-1 --guided";
    assertThat(found)
        .containsExactly(
            Finding.skipped("records", "the newest came 4 min ago", "can't be read: see settings"),
            Finding.skipped(
                "function role", "what the function calls is not known", "see settings"),
            Finding.problem(
                "settings",
                "LOG_FORMAT: field 1 (character 1): expected a flow log field such as"
                    + " ${srcaddr}, got \"wrong\"",
                "the function does not start",
                mend),
            Finding.problem(
                "settings",
                "ALERT_THRESHOLDS: rejects: expected a whole number from 0 to 1000000, got \"ten\"",
                "the function does not start",
                mend),
            Finding.skipped("ledger", "its table is not known", "see settings"));
  }

  @Test
  void examine_topicOfTheFunctionIsAnother() {
    FakeAccount account = new FakeAccount();
    account.environment.put("ALERT_TOPIC_ARN", "arn:aws:sns:eu-west-1:123456789012:other");
    account.environment.put("QUIET", "10.0.0.9/32 scan");

    assertThat(DOCTOR.examine(Deployments.in(account)))
        .contains(
            Finding.warning(
                "topic",
                "the function does not publish to it (ALERT_TOPIC_ARN)",
                "alarms reach it, notifications do not. After the command, run doctor again: the"
                    + " alias has to run the change",
                "aws lambda update-function-configuration --function-name flowbell --environment"
                    + " '{\"Variables\":{\"ALERT_TOPIC_ARN\":"
                    + "\"arn:aws:sns:eu-west-1:123456789012:flowbell-notifications\","
                    + "\"LEDGER_TABLE\":\"flowbell-ledger\",\"QUIET\":\"10.0.0.9/32 scan\"}}'"
                    + " --region eu-west-1"));
  }

  /// The documentation lists the permissions that the checks need, and no others.
  @Test
  void actions_areThoseUsed() {
    FakeAccount account = new FakeAccount();
    account.managedPolicies = account.inlinePolicies;

    DOCTOR.examine(Deployments.in(account));
    DOCTOR.examine(Deployments.in(account.readsStream()));
    DOCTOR.examine(Deployments.in(account.readsFiles()));

    assertThat(DOCTOR.actions()).containsExactlyElementsOf(account.actions());
  }

  private static final List<Finding> STREAM_WELL =
      List.of(
          Finding.ok("subscription", "flowbell hands every record to " + FakeAccount.STREAM_ARN),
          Finding.ok(
              "stream role", "flowbell-StreamWriterRole-1 trusts logs.amazonaws.com and may write"),
          Finding.ok("destination", "flowbell takes what o-a1b2c3d4e5 sends"),
          Finding.ok("stream", "flowbell:live reads " + FakeAccount.STREAM_ARN));

  private static final List<Finding> FILES_WELL =
      List.of(
          Finding.ok(
              "files", "flowbell:live reads the new files of flowbell-flowlogbucket-1; 2 wait"));

  @Test
  void examine_streamIsWell() {
    List<Finding> found = DOCTOR.examine(Deployments.in(new FakeAccount().readsStream()));

    assertThat(found).filteredOn(finding -> !WELL.contains(finding)).isEqualTo(STREAM_WELL);
    assertThat(WELL)
        .filteredOn(finding -> !found.contains(finding))
        .extracting(Finding::check)
        .as("what only a function that is subscribed itself needs")
        .containsExactly("subscription", "permission");
  }

  /// There is no log group then.
  @Test
  void examine_filesAreWell() {
    List<Finding> found = DOCTOR.examine(Deployments.in(new FakeAccount().readsFiles()));

    assertThat(found).filteredOn(finding -> !WELL.contains(finding)).isEqualTo(FILES_WELL);
    assertThat(WELL)
        .filteredOn(finding -> !found.contains(finding))
        .extracting(Finding::check)
        .containsExactly(
            "flow log",
            "recorded traffic",
            "flow log role",
            "log group",
            "data protection",
            "records",
            "subscription",
            "permission");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("streamFaults")
  void examine_streamFault(String what, Consumer<FakeAccount> fault, List<Finding> expected) {
    assertThat(newFindings(new FakeAccount().readsStream(), STREAM_WELL, fault))
        .as(what)
        .isEqualTo(expected);
  }

  /// Returns what is found with a fault, and not without it.
  ///
  /// @param well what is found without it, besides [#WELL]
  private static List<Finding> newFindings(
      FakeAccount account, List<Finding> well, Consumer<FakeAccount> fault) {
    fault.accept(account);
    List<Finding> found = new ArrayList<>(DOCTOR.examine(Deployments.in(account)));
    found.removeAll(WELL);
    found.removeAll(well);
    return found;
  }

  static Stream<Arguments> streamFaults() {
    return Stream.of(
        row(
            "the mapping is gone",
            account -> account.mapping = null,
            Finding.problem(
                "stream",
                "there is no event source mapping mapping-of-stream",
                "payloads wait in the stream, and are lost after its retention",
                DRIFT)),
        row(
            "the mapping is disabled",
            account ->
                account.mapping =
                    mapping -> mapping.state("Disabled").stateTransitionReason("User action"),
            Finding.problem(
                "stream",
                "the mapping is Disabled: User action",
                "payloads wait in the stream, and are lost after its retention",
                "aws lambda update-event-source-mapping --uuid mapping-of-stream --region eu-west-1"
                    + " --enabled")),
        row(
            "the mapping invokes $LATEST",
            account -> account.mapping = mapping -> mapping.functionArn(FakeAccount.FUNCTION_ARN),
            Finding.problem(
                "stream",
                "the mapping invokes " + FakeAccount.FUNCTION_ARN,
                "only the alias live runs what was deployed",
                "aws lambda update-event-source-mapping --uuid mapping-of-stream --function-name "
                    + FakeAccount.FUNCTION_ARN
                    + ":live --region eu-west-1")),
        row(
            "the function fails",
            account ->
                account.mapping =
                    mapping -> mapping.lastProcessingResult("PROBLEM: Function call failed"),
            Finding.problem(
                "stream",
                "Lambda's last result is \"PROBLEM: Function call failed\"",
                "payloads wait in the stream, and are lost after its retention. See function role;"
                    + " if the function fails, its log says why",
                "aws logs tail /aws/lambda/flowbell --since 1h --region eu-west-1")),
        row(
            "payloads wait",
            account ->
                account.metricSums =
                    (metricName, _) -> metricName.equals("IteratorAge") ? 2_700_000 : 0,
            Finding.problem(
                "stream",
                "the oldest payload has waited 45 min",
                "the function fails, or is too slow for a shard: its log says which. If it is slow,"
                    + " raise MemoryMegabytes or StreamShards",
                "aws logs tail /aws/lambda/flowbell --since 1h --region eu-west-1")),
        row(
            "shards were full",
            account ->
                account.metricSums =
                    (metricName, _) ->
                        metricName.equals("WriteProvisionedThroughputExceeded") ? 7 : 0,
            Finding.problem(
                "losses",
                "WriteProvisionedThroughputExceeded was 7 in the last day",
                "the stream's shards were full: payloads waited, and are lost after a day. Raise"
                    + " StreamShards. The command shows the hours",
                "aws cloudwatch get-metric-statistics --namespace AWS/Kinesis --metric-name"
                    + " WriteProvisionedThroughputExceeded --statistics Sum --period 3600"
                    + " --start-time 2026-11-22T07:00:00Z --end-time 2026-11-23T07:00:00Z --region"
                    + " eu-west-1 --dimensions Name=StreamName,Value=flowbell-Stream-1")),
        row(
            "the log group still hands over to the function",
            account ->
                account.subscriptionFilters =
                    List.of(FakeAccount.filter(FakeAccount.FUNCTION_ARN + ":live", "")),
            Finding.problem(
                "subscription",
                "flowbell goes to " + FakeAccount.FUNCTION_ARN + ":live",
                "it is for the stream; CloudWatch Logs may not invoke the function",
                subscribeStream())),
        row(
            "the log group is not subscribed",
            account -> account.subscriptionFilters = List.of(),
            Finding.problem(
                "subscription",
                FakeAccount.GROUP + " is not subscribed to the stream",
                "records are not processed; a log group can have only a few subscriptions",
                subscribeStream())),
        row(
            "the stream's role is gone",
            account -> account.streamTrust = null,
            Finding.problem(
                "stream role",
                "there is no role flowbell-StreamWriterRole-1",
                "CloudWatch Logs can't write into the stream",
                DRIFT)),
        row(
            "the stream's role trusts another account",
            account ->
                account.streamTrust =
                    account.streamTrust == null
                        ? null
                        : account.streamTrust.replace("123456789012", "999999999999"),
            Finding.problem(
                "stream role",
                "flowbell-StreamWriterRole-1 does not trust logs.amazonaws.com for account"
                    + " 123456789012",
                "CloudWatch Logs can't assume it, and writes nothing into the stream",
                DRIFT)),
        row(
            "the stream's role may not write",
            account -> account.streamPolicy = "{}",
            Finding.problem(
                "stream role",
                "flowbell-StreamWriterRole-1 lacks kinesis:PutRecord on " + FakeAccount.STREAM_ARN,
                "CloudWatch Logs writes nothing into the stream",
                "aws iam put-role-policy --role-name flowbell-StreamWriterRole-1 --policy-name"
                    + " write-stream --policy-document '{\"Version\":\"2012-10-17\",\"Statement\":"
                    + "[{\"Effect\":\"Allow\",\"Action\":\"kinesis:PutRecord\",\"Resource\":\""
                    + FakeAccount.STREAM_ARN
                    + "\"}]}' --region eu-west-1")),
        row(
            "the destination is gone",
            account -> account.destinations = List.of(),
            Finding.problem(
                "destination",
                "there is no destination flowbell",
                "flow logs of other accounts don't reach the stream",
                DRIFT)),
        row(
            "the destination takes another organization's",
            account -> account.parameters.put("OrganizationId", "o-0000000000"),
            Finding.problem(
                "destination",
                "flowbell does not take what o-0000000000 sends",
                "flow logs of other accounts don't reach the stream",
                DRIFT)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("fileFaults")
  void examine_fileFault(String what, Consumer<FakeAccount> fault, List<Finding> expected) {
    assertThat(newFindings(new FakeAccount().readsFiles(), FILES_WELL, fault))
        .as(what)
        .isEqualTo(expected);
  }

  static Stream<Arguments> fileFaults() {
    return Stream.of(
        row(
            "the mapping is disabled",
            account ->
                account.mapping =
                    mapping -> mapping.state("Disabling").stateTransitionReason("User action"),
            Finding.problem(
                "files",
                "the mapping is Disabling: User action",
                "files wait in the queue, and are forgotten after 14 days",
                "aws lambda update-event-source-mapping --uuid mapping-of-files --region eu-west-1"
                    + " --enabled")),
        row(
            "the queue is gone",
            account -> account.fileQueueAttributes = null,
            Finding.problem(
                "files",
                "there is no queue " + FakeAccount.FILE_QUEUE_URL,
                "nothing tells the function of new files",
                DRIFT)),
        row(
            "EventBridge may not send",
            account -> account.fileQueueAttributes = Map.of(),
            Finding.problem(
                "files",
                "EventBridge may not send to " + FakeAccount.FILE_QUEUE_URL,
                "it tries for a day, and then puts what it has to tell into the failure queue",
                DRIFT)),
        row(
            "no dead-letter queue",
            account -> {
              Map<QueueAttributeName, String> attributes =
                  new HashMap<>(account.fileQueueAttributes);
              attributes.remove(QueueAttributeName.REDRIVE_POLICY);
              account.fileQueueAttributes = attributes;
            },
            Finding.warning(
                "files",
                "the failure queue is not the dead-letter queue of " + FakeAccount.FILE_QUEUE_URL,
                "a file that fails again and again is forgotten after 14 days",
                DRIFT)),
        row(
            "the bucket tells EventBridge nothing",
            account -> account.metricSums = (_, _) -> 0,
            Finding.problem(
                "files",
                "EventBridge told of no new file of flowbell-flowlogbucket-1 in the last hour",
                "no flow log delivers there, the stack's rule is disabled, or the bucket doesn't"
                    + " send its events to EventBridge. The command switches that on. It replaces"
                    + " all of the bucket's notifications, so it reads them first, and adds to them"
                    + " (it needs jq)",
                "aws s3api put-bucket-notification-configuration --bucket flowbell-flowlogbucket-1"
                    + " --region eu-west-1 --notification-configuration \"$(aws s3api"
                    + " get-bucket-notification-configuration --bucket flowbell-flowlogbucket-1"
                    + " --region eu-west-1 | jq -s '(.[0] // {}) + {EventBridgeConfiguration:"
                    + " {}}')\"")),
        row(
            "the function may not read files",
            account ->
                account.functionPolicies.compute(
                    "read-files",
                    (_, policy) -> String.valueOf(policy).replace("s3:ListBucket", "s3:None")),
            Finding.problem(
                "function role",
                "flowbell-FunctionRole-1 lacks s3:ListBucket on"
                    + " arn:aws:s3:::flowbell-flowlogbucket-1",
                "files aren't read, and end in the failure queue",
                "aws iam put-role-policy --role-name flowbell-FunctionRole-1 --policy-name"
                    + " read-files --policy-document '{\"Version\":\"2012-10-17\",\"Statement\":"
                    + "[{\"Effect\":\"Allow\",\"Action\":[\"sqs:DeleteMessage\","
                    + "\"sqs:GetQueueAttributes\",\"sqs:ReceiveMessage\"],\"Resource\":"
                    + "\"arn:aws:sqs:eu-west-1:123456789012:flowbell-FileQueue-1\"},"
                    + "{\"Effect\":\"Allow\",\"Action\":[\"s3:GetObject\","
                    + "\"s3:GetObjectVersion\"],\"Resource\":"
                    + "\"arn:aws:s3:::flowbell-flowlogbucket-1/*\"},"
                    + "{\"Effect\":\"Allow\",\"Action\":[\"s3:ListBucket\"],\"Resource\":"
                    + "\"arn:aws:s3:::flowbell-flowlogbucket-1\"}]}' --region eu-west-1")));
  }

  private static String subscribeStream() {
    return "aws logs put-subscription-filter --log-group-name "
        + FakeAccount.GROUP
        + " --filter-name flowbell --filter-pattern '' --destination-arn "
        + FakeAccount.STREAM_ARN
        + " --role-arn arn:aws:iam::123456789012:role/flowbell-StreamWriterRole-1 --region"
        + " eu-west-1";
  }

  @Test
  void find_noSuchStack() {
    FakeAccount account = new FakeAccount();
    account.fail(
        "cloudformation:DescribeStacks",
        400,
        "ValidationError",
        "Stack with id flowbel does not exist");

    assertThatThrownBy(() -> Deployment.find("flowbel", account.clients()))
        .isInstanceOf(CannotAskException.class)
        .hasMessage(
            "no stack flowbel in eu-west-1: expected the name of a stack there, or another"
                + " --region");
  }

  private static final String FUNCTION_TRUST = new FakeAccount().functionTrust;

  private static final String REMOVE_FILTER =
      "aws sns set-subscription-attributes --subscription-arn "
          + FakeAccount.TOPIC_ARN
          + ":1 --attribute-name FilterPolicy --attribute-value '{}' --region eu-west-1";

  private static final Finding NO_ALARMS =
      Finding.warning(
          "filter policies",
          "no subscriber gets alarms: they have no attributes, and each subscription has a filter"
              + " policy",
          "nobody is told when Flowbell itself fails; the command removes the first one's",
          REMOVE_FILTER);

  private static final String KEEP =
      ". If samconfig.toml names the parameter, change it there too, or the next sam deploy sets it"
          + " back";

  private static final String WITHOUT_LEDGER =
      "a repeated payload is counted twice, and alerts see one payload at a time";

  private static final String ALL_FIELDS = RecordFormat.FLOWBELL.toString();

  private static final Finding NO_TRAFFIC =
      Finding.skipped("recorded traffic", "nothing to ask about", "see flow log: none is ACTIVE");

  private static final String PUT_INVOKE_CONFIG =
      """
      aws lambda put-function-event-invoke-config --function-name flowbell --qualifier live \
      --maximum-retry-attempts 2 --maximum-event-age-in-seconds 21600 --destination-config \
      '{"OnFailure":{"Destination":"arn:aws:sqs:eu-west-1:123456789012:flowbell-failures"}}' \
      --region eu-west-1\
      """;

  private static final String PUT_TOPIC_POLICY =
      """
      aws sns set-topic-attributes --topic-arn \
      arn:aws:sns:eu-west-1:123456789012:flowbell-notifications --attribute-name Policy \
      --attribute-value '{"Version":"2012-10-17","Statement":[{"Sid":"AlarmsPublish",\
      "Effect":"Allow","Principal":{"Service":"cloudwatch.amazonaws.com"},"Action":"sns:Publish",\
      "Resource":"arn:aws:sns:eu-west-1:123456789012:flowbell-notifications","Condition":\
      {"StringEquals":{"aws:SourceAccount":"123456789012"}}},{"Sid":"TlsOnly","Effect":"Deny",\
      "Principal":"*","Action":"sns:Publish","Resource":\
      "arn:aws:sns:eu-west-1:123456789012:flowbell-notifications","Condition":{"Bool":\
      {"aws:SecureTransport":"false"}}}]}' --region eu-west-1\
      """;

  private static final String TRUST =
      """
      {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":\
      "vpc-flow-logs.amazonaws.com"},"Action":"sts:AssumeRole","Condition":{"StringEquals":\
      {"aws:SourceAccount":"123456789012"}}}]}\
      """;

  private static final String PUT_ROLE_POLICY =
      """
      aws iam put-role-policy --role-name flowbell-FlowLogRole-1 --policy-name write-flow-logs \
      --policy-document '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":\
      ["logs:CreateLogStream","logs:PutLogEvents"],"Resource":\
      "arn:aws:logs:eu-west-1:123456789012:log-group:/flowbell/flowbell/flow-logs:*"},\
      {"Effect":"Allow","Action":["logs:DescribeLogGroups","logs:DescribeLogStreams"],\
      "Resource":"*"}]}' --region eu-west-1\
      """;

  private static final String PUT_SUBSCRIPTION_FILTER =
      "aws logs put-subscription-filter --log-group-name /flowbell/flowbell/flow-logs"
          + " --filter-name flowbell --filter-pattern '' --destination-arn"
          + " arn:aws:lambda:eu-west-1:123456789012:function:flowbell:live --region eu-west-1";

  private static final String SUBSCRIBE =
      "aws sns subscribe --topic-arn "
          + FakeAccount.TOPIC_ARN
          + " --protocol email --notification-endpoint ops@example.com --region eu-west-1";

  /// Returns the finding for a policy of the function's role. Its mend makes what the template
  /// makes.
  private static Finding lacks(String policyName, String missing, String why) {
    return Finding.problem(
        "function role",
        "flowbell-FunctionRole-1 lacks " + missing,
        why,
        "aws iam put-role-policy --role-name flowbell-FunctionRole-1 --policy-name %s"
                .formatted(policyName)
            + " --policy-document '%s' --region eu-west-1"
                .formatted(new FakeAccount().functionPolicies.get(policyName)));
  }

  private static Finding otherKey() {
    return Finding.problem(
        "ledger",
        "flowbell-ledger has another key than id, a string",
        "the function can't use it, and a table's key can't be changed: " + WITHOUT_LEDGER,
        DRIFT);
  }

  private static String timeToLive(String isOn, String attribute) {
    return "aws dynamodb update-time-to-live --table-name flowbell-ledger"
        + " --time-to-live-specification Enabled=%s,AttributeName=%s --region eu-west-1"
            .formatted(isOn, attribute);
  }

  private static Finding awsManagedKey(String other) {
    return Finding.problem(
        "topic key",
        FakeAccount.TOPIC_ARN + " is encrypted under alias/aws/sns",
        "alarms notify nobody, and report no error"
            + (other.equals("''") ? ". The command ends the topic's encryption" : ""),
        setTopicKey(other));
  }

  private static String setTopicKey(String key) {
    return "aws sns set-topic-attributes --topic-arn %s --attribute-name KmsMasterKeyId"
            .formatted(FakeAccount.TOPIC_ARN)
        + " --attribute-value %s --region eu-west-1".formatted(key);
  }

  /// Puts metrics into the function's log, and a policy that makes none of some log groups' lines.
  private static Consumer<FakeAccount> emfWithout(@Nullable String criteria) {
    return account -> {
      account.environment.put("METRIC_SINK", "emf");
      account.versions = List.of();
      account.accountPolicy(PolicyType.METRIC_EXTRACTION_POLICY, "{}", criteria);
    };
  }

  private static Finding noMetrics() {
    return Finding.problem(
        "account policies",
        "everywhere makes no metrics of the lines in /aws/lambda/flowbell",
        "MetricSink is emf: CloudWatch has no metrics of Flowbell" + KEEP,
        redeployed("MetricSink", "cloudwatch"));
  }

  private static void filter(FakeAccount account, String policy, @Nullable String scope) {
    Map<String, String> attributes = new HashMap<>(Map.of("FilterPolicy", policy));
    if (scope != null) {
      attributes.put("FilterPolicyScope", scope);
    }
    account.subscriptionAttributes.put(FakeAccount.TOPIC_ARN + ":1", attributes);
  }

  private static Finding excluded(String key) {
    return Finding.warning(
        "filter policies",
        "email ops@example.com gets no notification: none has the %s that it filters by"
            .formatted(key),
        "the command removes the filter policy; docs/alerts.md lists the attributes",
        REMOVE_FILTER);
  }

  private static Finding distrust() {
    return Finding.problem(
        "flow log role",
        "flowbell-FlowLogRole-1 does not trust vpc-flow-logs.amazonaws.com for account"
            + " 123456789012",
        "the flow log can't assume it, and delivers nothing",
        "aws iam update-assume-role-policy --role-name flowbell-FlowLogRole-1 --policy-document '"
            + TRUST
            + "' --region eu-west-1");
  }

  private static Finding noPermission() {
    return Finding.problem(
        "permission",
        "/flowbell/flowbell/flow-logs may not invoke flowbell:live",
        "CloudWatch Logs drops the records",
        "aws lambda add-permission --function-name flowbell --qualifier live --statement-id"
            + " flow-logs --action lambda:InvokeFunction --principal logs.amazonaws.com"
            + " --source-account 123456789012 --source-arn"
            + " 'arn:aws:logs:eu-west-1:123456789012:log-group:/flowbell/flowbell/flow-logs:*'"
            + " --region eu-west-1");
  }

  private static Finding waiting(String seen) {
    return Finding.problem(
        "failure queue",
        seen,
        "each failed three times and was not processed; the function's log says why",
        "bin/flowbell redrive flowbell --region eu-west-1");
  }

  private static FlowLog flowLog(String status, String deliveryStatus, String error) {
    return new FlowLog(
        "fl-1",
        "subnet-1",
        status,
        deliveryStatus,
        error,
        null,
        null,
        null,
        ALL_FIELDS,
        null,
        "ALL");
  }

  /// Returns a flow log of `vpc-1` that delivers, by the stack's role.
  private static FlowLog flowLogOfVpc(String id, String trafficType, @Nullable String format) {
    return flowLogOf(id, "vpc-1", trafficType, format);
  }

  private static FlowLog flowLogOf(String id, String resourceId, String trafficType) {
    return flowLogOf(id, resourceId, trafficType, ALL_FIELDS);
  }

  private static FlowLog flowLogOf(
      String id, String resourceId, String trafficType, @Nullable String format) {
    return new FlowLog(
        id,
        resourceId,
        "ACTIVE",
        "SUCCESS",
        null,
        "arn:aws:iam::123456789012:role/flowbell-FlowLogRole-1",
        "cloud-watch-logs",
        FakeAccount.GROUP,
        format,
        60,
        trafficType);
  }

  private static Finding delivers(String flowLog) {
    return Finding.ok("flow log", flowLog + " is ACTIVE and delivers");
  }

  private static Finding perhapsTwice(String seen, String part, String whole, String command) {
    return Finding.warning(
        "recorded traffic",
        seen,
        "each flow of %1$s is counted twice if %1$s is in %2$s: the command shows what it is in."
                .formatted(part, whole)
            + " If so, delete one of the two flow logs",
        "aws ec2 %s --region eu-west-1".formatted(command));
  }

  private static String createFlowLog(String trafficType, String format) {
    return """
    aws ec2 create-flow-logs --resource-type VPC --resource-ids vpc-1 --traffic-type %s \
    --max-aggregation-interval 60 --log-group-name /flowbell/flowbell/flow-logs \
    --deliver-logs-permission-arn arn:aws:iam::123456789012:role/flowbell-FlowLogRole-1 \
    --log-format '%s' --region eu-west-1\
    """
        .formatted(trafficType, format);
  }

  private static Arguments row(String what, Consumer<FakeAccount> fault, Finding... expected) {
    return arguments(what, fault, List.of(expected));
  }

  /// Returns the command that gives one parameter another value, and keeps the others.
  private static String redeployed(String parameter, String value) {
    return "aws cloudformation update-stack --stack-name flowbell --use-previous-template"
        + " --capabilities CAPABILITY_IAM CAPABILITY_AUTO_EXPAND --parameters ParameterKey="
        + parameter
        + ",ParameterValue="
        + value
        + Stream.of(
                "Email",
                "ExistingLogGroupName",
                "FilterPattern",
                "LogFormat",
                "LogRetentionDays",
                "WatchedResourceId")
            .filter(other -> !other.equals(parameter))
            .map(other -> " ParameterKey=" + other + ",UsePreviousValue=true")
            .collect(Collectors.joining())
        + " --region eu-west-1";
  }
}
