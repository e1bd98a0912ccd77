package dev.flowbell.testing.doubles;

import dev.flowbell.aws.OperatorClients;
import dev.flowbell.doctor.DoctorClients;
import dev.flowbell.ec2.Ec2Exception;
import dev.flowbell.ec2.Ec2Operation;
import dev.flowbell.ec2.FlowLog;
import dev.flowbell.ec2.FlowLogSource;
import dev.flowbell.record.RecordFormat;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;
import software.amazon.awssdk.services.cloudformation.CloudFormationServiceClientConfiguration;
import software.amazon.awssdk.services.cloudformation.model.CloudFormationException;
import software.amazon.awssdk.services.cloudformation.model.DescribeStacksRequest;
import software.amazon.awssdk.services.cloudformation.model.DescribeStacksResponse;
import software.amazon.awssdk.services.cloudformation.model.ListStackResourcesRequest;
import software.amazon.awssdk.services.cloudformation.model.ListStackResourcesResponse;
import software.amazon.awssdk.services.cloudformation.model.Parameter;
import software.amazon.awssdk.services.cloudformation.model.Stack;
import software.amazon.awssdk.services.cloudformation.model.StackResourceSummary;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatch.model.CompositeAlarm;
import software.amazon.awssdk.services.cloudwatch.model.DescribeAlarmsRequest;
import software.amazon.awssdk.services.cloudwatch.model.DescribeAlarmsResponse;
import software.amazon.awssdk.services.cloudwatch.model.GetMetricDataRequest;
import software.amazon.awssdk.services.cloudwatch.model.GetMetricDataResponse;
import software.amazon.awssdk.services.cloudwatch.model.MetricAlarm;
import software.amazon.awssdk.services.cloudwatch.model.MetricDataResult;
import software.amazon.awssdk.services.cloudwatch.model.StateValue;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.cloudwatchlogs.model.AccountPolicy;
import software.amazon.awssdk.services.cloudwatchlogs.model.CreateLogStreamRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.CreateLogStreamResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.DescribeAccountPoliciesRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.DescribeAccountPoliciesResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.DescribeDestinationsRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.DescribeDestinationsResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.DescribeLogGroupsRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.DescribeLogGroupsResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.DescribeLogStreamsRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.DescribeLogStreamsResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.DescribeSubscriptionFiltersRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.DescribeSubscriptionFiltersResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.Destination;
import software.amazon.awssdk.services.cloudwatchlogs.model.FilterLogEventsRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.FilterLogEventsResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.FilteredLogEvent;
import software.amazon.awssdk.services.cloudwatchlogs.model.GetDataProtectionPolicyRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.GetDataProtectionPolicyResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.GetLogEventsRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.GetLogEventsResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.LogGroup;
import software.amazon.awssdk.services.cloudwatchlogs.model.LogStream;
import software.amazon.awssdk.services.cloudwatchlogs.model.OutputLogEvent;
import software.amazon.awssdk.services.cloudwatchlogs.model.PolicyType;
import software.amazon.awssdk.services.cloudwatchlogs.model.PutLogEventsRequest;
import software.amazon.awssdk.services.cloudwatchlogs.model.PutLogEventsResponse;
import software.amazon.awssdk.services.cloudwatchlogs.model.ResourceAlreadyExistsException;
import software.amazon.awssdk.services.cloudwatchlogs.model.SubscriptionFilter;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeTableResponse;
import software.amazon.awssdk.services.dynamodb.model.DescribeTimeToLiveRequest;
import software.amazon.awssdk.services.dynamodb.model.DescribeTimeToLiveResponse;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;
import software.amazon.awssdk.services.dynamodb.model.TableStatus;
import software.amazon.awssdk.services.dynamodb.model.TimeToLiveStatus;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.AttachedPolicy;
import software.amazon.awssdk.services.iam.model.GetPolicyRequest;
import software.amazon.awssdk.services.iam.model.GetPolicyResponse;
import software.amazon.awssdk.services.iam.model.GetPolicyVersionRequest;
import software.amazon.awssdk.services.iam.model.GetPolicyVersionResponse;
import software.amazon.awssdk.services.iam.model.GetRolePolicyRequest;
import software.amazon.awssdk.services.iam.model.GetRolePolicyResponse;
import software.amazon.awssdk.services.iam.model.GetRoleRequest;
import software.amazon.awssdk.services.iam.model.GetRoleResponse;
import software.amazon.awssdk.services.iam.model.ListAttachedRolePoliciesRequest;
import software.amazon.awssdk.services.iam.model.ListAttachedRolePoliciesResponse;
import software.amazon.awssdk.services.iam.model.ListRolePoliciesRequest;
import software.amazon.awssdk.services.iam.model.ListRolePoliciesResponse;
import software.amazon.awssdk.services.iam.model.NoSuchEntityException;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.kms.model.DescribeKeyRequest;
import software.amazon.awssdk.services.kms.model.DescribeKeyResponse;
import software.amazon.awssdk.services.kms.model.GetKeyPolicyRequest;
import software.amazon.awssdk.services.kms.model.GetKeyPolicyResponse;
import software.amazon.awssdk.services.kms.model.KeyManagerType;
import software.amazon.awssdk.services.kms.model.KeyState;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.lambda.model.FunctionConfiguration;
import software.amazon.awssdk.services.lambda.model.GetEventSourceMappingRequest;
import software.amazon.awssdk.services.lambda.model.GetEventSourceMappingResponse;
import software.amazon.awssdk.services.lambda.model.GetFunctionConcurrencyRequest;
import software.amazon.awssdk.services.lambda.model.GetFunctionConcurrencyResponse;
import software.amazon.awssdk.services.lambda.model.GetFunctionConfigurationRequest;
import software.amazon.awssdk.services.lambda.model.GetFunctionConfigurationResponse;
import software.amazon.awssdk.services.lambda.model.GetFunctionEventInvokeConfigRequest;
import software.amazon.awssdk.services.lambda.model.GetFunctionEventInvokeConfigResponse;
import software.amazon.awssdk.services.lambda.model.LastUpdateStatus;
import software.amazon.awssdk.services.lambda.model.ListVersionsByFunctionRequest;
import software.amazon.awssdk.services.lambda.model.ListVersionsByFunctionResponse;
import software.amazon.awssdk.services.lambda.model.ResourceNotFoundException;
import software.amazon.awssdk.services.lambda.model.State;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sns.model.GetSubscriptionAttributesRequest;
import software.amazon.awssdk.services.sns.model.GetSubscriptionAttributesResponse;
import software.amazon.awssdk.services.sns.model.GetTopicAttributesRequest;
import software.amazon.awssdk.services.sns.model.GetTopicAttributesResponse;
import software.amazon.awssdk.services.sns.model.ListSubscriptionsByTopicRequest;
import software.amazon.awssdk.services.sns.model.ListSubscriptionsByTopicResponse;
import software.amazon.awssdk.services.sns.model.NotFoundException;
import software.amazon.awssdk.services.sns.model.Subscription;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.GetQueueAttributesRequest;
import software.amazon.awssdk.services.sqs.model.GetQueueAttributesResponse;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;

/// An AWS account with a healthy Flowbell stack. It answers the doctor's requests in the SDK's
/// types, and keeps the IAM actions that were used. A test breaks one part of it.
///
/// It doesn't check AWS's rules: the integration tests do.
public final class FakeAccount {
  public static final String ACCOUNT = "123456789012";
  public static final String GROUP = "/flowbell/flowbell/flow-logs";
  public static final String FUNCTION_ARN =
      "arn:aws:lambda:eu-west-1:123456789012:function:flowbell";
  public static final String TOPIC_ARN =
      "arn:aws:sns:eu-west-1:123456789012:flowbell-notifications";
  public static final String QUEUE_URL =
      "https://sqs.eu-west-1.amazonaws.com/123456789012/flowbell-failures";
  public static final String QUEUE_ARN = "arn:aws:sqs:eu-west-1:123456789012:flowbell-failures";
  public static final String FILE_QUEUE_URL =
      "https://sqs.eu-west-1.amazonaws.com/123456789012/flowbell-FileQueue-1";
  public static final String STREAM_ARN =
      "arn:aws:kinesis:eu-west-1:123456789012:stream/flowbell-Stream-1";
  public static final Instant NOW = Instant.parse("2026-11-23T07:00:30Z");

  private static final String TRUST =
      """
      {"Version":"2012-10-17","Statement":[{"Effect":"Allow",\
      "Principal":{"Service":"vpc-flow-logs.amazonaws.com"},"Action":"sts:AssumeRole",\
      "Condition":{"StringEquals":{"aws:SourceAccount":"123456789012"},\
      "ArnLike":{"aws:SourceArn":"arn:aws:ec2:eu-west-1:123456789012:vpc-flow-log/*"}}}]}\
      """;

  private static final String WRITE =
      """
      {"Version":"2012-10-17","Statement":[{"Effect":"Allow",\
      "Action":["logs:CreateLogStream","logs:PutLogEvents","logs:DescribeLogStreams"],\
      "Resource":"arn:aws:logs:eu-west-1:123456789012:log-group:/flowbell/flowbell/flow-logs:*"},\
      {"Effect":"Allow","Action":"logs:DescribeLogGroups","Resource":"*"}]}\
      """;

  private static final String STREAM_TRUST =
      """
      {"Version":"2012-10-17","Statement":[{"Effect":"Allow",\
      "Principal":{"Service":"logs.amazonaws.com"},"Action":"sts:AssumeRole",\
      "Condition":{"StringLike":{"aws:SourceArn":"arn:aws:logs:eu-west-1:123456789012:*"}}}]}\
      """;

  private static final String WRITE_STREAM =
      """
      {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kinesis:PutRecord",\
      "Resource":"arn:aws:kinesis:eu-west-1:123456789012:stream/flowbell-Stream-1"}]}\
      """;

  private static final String READ_STREAM =
      """
      {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["kinesis:DescribeStream",\
      "kinesis:DescribeStreamSummary","kinesis:GetRecords","kinesis:GetShardIterator",\
      "kinesis:ListShards"],\
      "Resource":"arn:aws:kinesis:eu-west-1:123456789012:stream/flowbell-Stream-1"}]}\
      """;

  private static final String READ_FILES =
      """
      {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sqs:DeleteMessage",\
      "sqs:GetQueueAttributes","sqs:ReceiveMessage"],\
      "Resource":"arn:aws:sqs:eu-west-1:123456789012:flowbell-FileQueue-1"},\
      {"Effect":"Allow","Action":["s3:GetObject","s3:GetObjectVersion"],\
      "Resource":"arn:aws:s3:::flowbell-flowlogbucket-1/*"},\
      {"Effect":"Allow","Action":"s3:ListBucket",\
      "Resource":"arn:aws:s3:::flowbell-flowlogbucket-1"}]}\
      """;

  private static final String FUNCTION_TRUST =
      """
      {"Version":"2012-10-17","Statement":[{"Effect":"Allow",\
      "Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}\
      """;

  /// The policies of the template's role, by name.
  private static final Map<String, String> FUNCTION_POLICIES =
      Map.of(
          "write-log",
          """
          {"Version":"2012-10-17","Statement":[{"Effect":"Allow",\
          "Action":["logs:CreateLogStream","logs:PutLogEvents"],\
          "Resource":"arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/flowbell:*"}]}\
          """,
          "publish-metrics",
          """
          {"Version":"2012-10-17","Statement":[{"Effect":"Allow",\
          "Action":["cloudwatch:PutMetricData"],"Resource":"*",\
          "Condition":{"StringEquals":{"cloudwatch:namespace":"Flowbell"}}}]}\
          """,
          "publish-notifications",
          """
          {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sns:Publish"],\
          "Resource":"arn:aws:sns:eu-west-1:123456789012:flowbell-notifications"},\
          {"Effect":"Allow","Action":["kms:Decrypt","kms:GenerateDataKey*"],\
          "Resource":"arn:aws:kms:eu-west-1:123456789012:key/1234abcd-12ab"}]}\
          """,
          "keep-ledger",
          """
          {"Version":"2012-10-17","Statement":[{"Effect":"Allow",\
          "Action":["dynamodb:BatchGetItem","dynamodb:UpdateItem"],\
          "Resource":"arn:aws:dynamodb:eu-west-1:123456789012:table/flowbell-ledger"}]}\
          """,
          "send-to-failure-queue",
          """
          {"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["sqs:SendMessage"],\
          "Resource":"arn:aws:sqs:eu-west-1:123456789012:flowbell-failures"}]}\
          """,
          "read-flow-log-formats",
          """
          {"Version":"2012-10-17","Statement":[{"Effect":"Allow",\
          "Action":["ec2:DescribeFlowLogs"],"Resource":"*",\
          "Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}}]}\
          """,
          "read-network-rules",
          """
          {"Version":"2012-10-17","Statement":[{"Effect":"Allow",\
          "Action":["ec2:DescribeManagedPrefixLists",\
          "ec2:DescribeNetworkAcls",\
          "ec2:DescribeNetworkInterfaces",\
          "ec2:DescribeSecurityGroups",\
          "ec2:DescribeSubnets",\
          "ec2:DescribeTags",\
          "ec2:GetManagedPrefixListEntries"],"Resource":"*",\
          "Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}}]}\
          """,
          "read-prefix-lists",
          """
          {"Version":"2012-10-17","Statement":[{"Effect":"Allow",\
          "Action":["ec2:DescribeManagedPrefixLists",\
          "ec2:GetManagedPrefixListEntries"],"Resource":"*",\
          "Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}}]}\
          """,
          "read-vpcs",
          """
          {"Version":"2012-10-17","Statement":[{"Effect":"Allow",\
          "Action":["ec2:DescribeVpcs"],"Resource":"*",\
          "Condition":{"StringEquals":{"aws:RequestedRegion":"eu-west-1"}}}]}\
          """);

  private static final String PERMISSION =
      """
      {"Version":"2012-10-17","Id":"default","Statement":[{"Sid":"x","Effect":"Allow",\
      "Principal":{"Service":"logs.amazonaws.com"},"Action":"lambda:InvokeFunction",\
      "Resource":"arn:aws:lambda:eu-west-1:123456789012:function:flowbell:live",\
      "Condition":{"StringEquals":{"AWS:SourceAccount":"123456789012"},"ArnLike":{"AWS:SourceArn":\
      "arn:aws:logs:eu-west-1:123456789012:log-group:/flowbell/flowbell/flow-logs:*"}}}]}\
      """;

  private static final String RECORD =
      "5 123456789012 vpc-0123456789abcdef0 subnet-1234abcd - eni-1235b8ca123456789 10.0.1.5"
          + " 10.0.0.220 39812 80 6 8 568 1418530010 1418530070 ACCEPT OK 2 IPv4 10.0.1.5"
          + " 203.0.113.5 eu-west-1 euw1-az1 ingress - -";

  private static final String KEY_POLICY =
      """
      {"Version":"2012-10-17","Statement":[{"Sid":"Account","Effect":"Allow",\
      "Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"kms:*","Resource":"*"},\
      {"Sid":"AlarmsPublish","Effect":"Allow","Principal":{"Service":"cloudwatch.amazonaws.com"},\
      "Action":["kms:Decrypt","kms:GenerateDataKey*"],"Resource":"*",\
      "Condition":{"StringEquals":{"aws:SourceAccount":"123456789012"}}}]}\
      """;

  private static final Map<String, String> ENVIRONMENT =
      Map.of("ALERT_TOPIC_ARN", TOPIC_ARN, "LEDGER_TABLE", "flowbell-ledger");

  // The parts that a test may break.

  public String stackStatus = "CREATE_COMPLETE";
  public final Map<String, String> parameters =
      new LinkedHashMap<>(
          Map.of(
              "WatchedResourceId", "vpc-0123456789abcdef0",
              "ExistingLogGroupName", "",
              "LogRetentionDays", "14",
              "LogFormat", "flowbell",
              "FilterPattern", "",
              "Email", "ops@example.com"));
  public final Map<String, StackResourceSummary> resources = new LinkedHashMap<>();
  public List<FlowLog> flowLogs =
      List.of(
          new FlowLog(
              "fl-0123456789abcdef0",
              "vpc-0123456789abcdef0",
              "ACTIVE",
              "SUCCESS",
              null,
              "arn:aws:iam::123456789012:role/flowbell-FlowLogRole-1",
              "cloud-watch-logs",
              GROUP,
              RecordFormat.FLOWBELL.toString(),
              60,
              "ALL"));
  public @Nullable String trustPolicy = TRUST;
  public List<String> inlinePolicies = List.of(WRITE);
  public List<String> managedPolicies = List.of();
  public @Nullable String functionTrust = FUNCTION_TRUST;
  public @Nullable String streamTrust = STREAM_TRUST;
  public String streamPolicy = WRITE_STREAM;
  public final Map<String, String> functionPolicies = new LinkedHashMap<>(FUNCTION_POLICIES);
  public List<LogGroup> logGroups =
      List.of(
          LogGroup.builder().logGroupName(GROUP + "-old").build(),
          LogGroup.builder().logGroupName(GROUP).retentionInDays(30).build());
  public final Map<String, List<OutputLogEvent>> streams = new LinkedHashMap<>();
  public List<SubscriptionFilter> subscriptionFilters = List.of(filter(FUNCTION_ARN + ":live", ""));
  public @Nullable String dataProtectionPolicy;
  public final Map<PolicyType, AccountPolicy> accountPolicies = new LinkedHashMap<>();
  public @Nullable String functionPolicy = PERMISSION;
  public UnaryOperator<GetFunctionConfigurationResponse.Builder> live = builder -> builder;
  public @Nullable Integer reservedConcurrency;
  public @Nullable GetFunctionEventInvokeConfigResponse invokeConfig = invokeConfig(QUEUE_ARN, 2);
  public List<FunctionConfiguration> versions =
      List.of(version("$LATEST", "code-1", Map.of()), version("7", "code-1", Map.of()));
  public final Map<String, String> environment = new LinkedHashMap<>(ENVIRONMENT);
  public @Nullable UnaryOperator<TableDescription.Builder> table = table -> table;
  public TimeToLiveStatus timeToLive = TimeToLiveStatus.ENABLED;
  public String expiryAttribute = "expires";
  public @Nullable Map<String, String> topicAttributes = Map.of("KmsMasterKeyId", "1234abcd-12ab");
  public @Nullable KeyState keyState = KeyState.ENABLED;
  public KeyManagerType keyManager = KeyManagerType.CUSTOMER;
  public String keyPolicy = KEY_POLICY;
  public List<Subscription> subscriptions =
      List.of(subscription("email", "ops@example.com", TOPIC_ARN + ":1"));

  /// The attributes of subscriptions, by ARN.
  public final Map<String, Map<String, String>> subscriptionAttributes = new LinkedHashMap<>();

  public List<MetricAlarm> alarms =
      List.of(alarm("flowbell-no-records", alarm -> alarm), childAlarm("flowbell-rejected-flows"));
  public List<CompositeAlarm> compositeAlarms =
      List.of(
          CompositeAlarm.builder()
              .alarmName("flowbell-traffic")
              .actionsEnabled(true)
              .alarmActions(TOPIC_ARN)
              .alarmRule("ALARM(\"flowbell-rejected-flows\")")
              .stateValue(StateValue.OK)
              .build());
  public @Nullable Map<QueueAttributeName, String> queueAttributes = queue(0, 0);
  public @Nullable Map<QueueAttributeName, String> fileQueueAttributes =
      Map.of(
          QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
          "2",
          QueueAttributeName.POLICY,
          """
          {"Statement":[{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},\
          "Action":"sqs:SendMessage"}]}\
          """,
          QueueAttributeName.REDRIVE_POLICY,
          "{\"deadLetterTargetArn\":\"%s\",\"maxReceiveCount\":5}".formatted(QUEUE_ARN));
  public @Nullable UnaryOperator<GetEventSourceMappingResponse.Builder> mapping =
      mapping -> mapping;
  public List<Destination> destinations =
      List.of(
          Destination.builder()
              .destinationName("flowbell")
              .targetArn(STREAM_ARN)
              .accessPolicy("{\"aws:PrincipalOrgID\": \"o-a1b2c3d4e5\"}")
              .build());
  public List<String> functionLog = List.of();

  /// The sums for `GetMetricData`, by metric and first minute asked for.
  public MetricSums metricSums = (_, _) -> 0;

  private final Map<String, AwsServiceException> failures = new LinkedHashMap<>();
  private final Set<String> actions = new TreeSet<>();
  private final Map<String, byte[]> files = new LinkedHashMap<>();
  private final List<PutLogEventsRequest> put = new ArrayList<>();

  /// Sets a metric's sum from a minute on.
  @FunctionalInterface
  public interface MetricSums {
    double sum(String metricName, Instant from);
  }

  /// Makes a healthy account, as `arn:aws:…:eu-west-1:123456789012:…flowbell`.
  public FakeAccount() {
    resource("FlowLog", "AWS::EC2::FlowLog", "fl-0123456789abcdef0");
    resource("FlowLogRole", "AWS::IAM::Role", "flowbell-FlowLogRole-1");
    resource("FlowLogGroup", "AWS::Logs::LogGroup", GROUP);
    resource("Function", "AWS::Lambda::Function", "flowbell");
    resource("FunctionAliaslive", "AWS::Lambda::Alias", FUNCTION_ARN + ":live");
    resource("FunctionLogGroup", "AWS::Logs::LogGroup", "/aws/lambda/flowbell");
    resource("SubscriptionFilter", "AWS::Logs::SubscriptionFilter", "flowbell");
    resource("FailureQueue", "AWS::SQS::Queue", QUEUE_URL);
    resource("NotificationTopic", "AWS::SNS::Topic", TOPIC_ARN);
    resource("NotificationKey", "AWS::KMS::Key", "1234abcd-12ab");
    resource("NoRecordsAlarm", "AWS::CloudWatch::Alarm", "flowbell-no-records");
    resource("RejectedFlowsAlarm", "AWS::CloudWatch::Alarm", "flowbell-rejected-flows");
    resource("TrafficAlarm", "AWS::CloudWatch::CompositeAlarm", "flowbell-traffic");
    streams.put("eni-1", events(Duration.ofMinutes(4), RECORD, RECORD));
  }

  /// Lets the log group's records reach the function through a stream, as those of an organization.
  public FakeAccount readsStream() {
    parameters.put("Source", "stream");
    parameters.put("OrganizationId", "o-a1b2c3d4e5");
    resource("Stream", "AWS::Kinesis::Stream", "flowbell-Stream-1");
    resource("StreamWriterRole", "AWS::IAM::Role", "flowbell-StreamWriterRole-1");
    resource("StreamMapping", "AWS::Lambda::EventSourceMapping", "mapping-of-stream");
    resource("LogDestination", "AWS::Logs::Destination", "flowbell");
    functionPolicies.put("read-stream", READ_STREAM);
    subscriptionFilters = List.of(filter(STREAM_ARN, ""));
    return this;
  }

  /// Lets flow logs come from a bucket, and not from the log group.
  public FakeAccount readsFiles() {
    parameters.put("Source", "bucket");
    List.of("FlowLogRole", "FlowLogGroup", "SubscriptionFilter").forEach(resources::remove);
    resource("FlowLogBucket", "AWS::S3::Bucket", "flowbell-flowlogbucket-1");
    resource("FileRule", "AWS::Events::Rule", "flowbell-FileRule-1");
    resource("FileQueue", "AWS::SQS::Queue", FILE_QUEUE_URL);
    resource("FileMapping", "AWS::Lambda::EventSourceMapping", "mapping-of-files");
    functionPolicies.put("read-files", READ_FILES);
    metricSums = (metricName, _) -> metricName.equals("MatchedEvents") ? 12 : 0;
    return this;
  }

  public void resource(String logicalId, String type, String physicalId) {
    resources.put(
        logicalId,
        StackResourceSummary.builder()
            .logicalResourceId(logicalId)
            .resourceType(type)
            .physicalResourceId(physicalId)
            .build());
  }

  /// Refuses every request that needs an IAM action, in IAM's words.
  public void deny(String action) {
    fail(
        action,
        403,
        "AccessDeniedException",
        "User: arn:aws:iam::123456789012:user/ops is not authorized to perform: %s on resource: *"
            .formatted(action));
  }

  /// Answers every request that needs an IAM action with an error.
  public void fail(String action, int status, String code, String message) {
    failures.put(
        action,
        CloudFormationException.builder()
            .statusCode(status)
            .awsErrorDetails(
                AwsErrorDetails.builder().errorCode(code).errorMessage(message).build())
            .build());
  }

  /// Returns the IAM actions used so far, in alphabetical order.
  public Set<String> actions() {
    return actions;
  }

  /// Returns the content of the files written to buckets, by `BUCKET/KEY`.
  public Map<String, byte[]> files() {
    return files;
  }

  /// Returns the events written to log groups.
  public List<PutLogEventsRequest> put() {
    return put;
  }

  /// Returns clients for this account.
  public DoctorClients clients() {
    return new DoctorClients(
        new OperatorClients(
            new CloudFormation(),
            new CloudWatch(),
            new Logs(),
            new DynamoDb(),
            new Iam(),
            new Kms(),
            new Lambda(),
            new Sns(),
            new Sqs()),
        new Ec2(),
        (bucket, key, content) -> {
          actions.add("s3:PutObject");
          files.put(bucket + "/" + key, content);
        });
  }

  public static SubscriptionFilter filter(String destinationArn, String pattern) {
    return SubscriptionFilter.builder()
        .filterName("flowbell")
        .destinationArn(destinationArn)
        .filterPattern(pattern)
        .build();
  }

  /// Adds an account policy.
  ///
  /// @param criteria `null` for all log groups
  public void accountPolicy(PolicyType type, String document, @Nullable String criteria) {
    accountPolicies.put(
        type,
        AccountPolicy.builder()
            .policyName("everywhere")
            .policyDocument(document)
            .selectionCriteria(criteria)
            .build());
  }

  /// Returns a data protection policy that audits and masks what an identifier matches.
  public static String masking(String identifier) {
    return """
    {"Name":"n","Version":"2021-06-01","Statement":[{"Sid":"audit","DataIdentifier":["%1$s"],\
    "Operation":{"Audit":{"FindingsDestination":{}}}},{"Sid":"redact","DataIdentifier":["%1$s"],\
    "Operation":{"Deidentify":{"MaskConfig":{}}}}]}\
    """
        .formatted(identifier);
  }

  public static Subscription subscription(String protocol, String endpoint, String arn) {
    return Subscription.builder()
        .protocol(protocol)
        .endpoint(endpoint)
        .subscriptionArn(arn)
        .build();
  }

  public static FunctionConfiguration version(
      String version, String code, Map<String, String> added) {
    Map<String, String> variables = new LinkedHashMap<>(ENVIRONMENT);
    variables.putAll(added);
    return FunctionConfiguration.builder()
        .version(version)
        .codeSha256(code)
        .environment(environment -> environment.variables(variables))
        .build();
  }

  /// Returns an alarm that publishes to the topic, and is OK.
  public static MetricAlarm alarm(String name, UnaryOperator<MetricAlarm.Builder> change) {
    return change
        .apply(
            MetricAlarm.builder()
                .alarmName(name)
                .actionsEnabled(true)
                .alarmActions(TOPIC_ARN)
                .stateValue(StateValue.OK)
                .treatMissingData("notBreaching"))
        .build();
  }

  /// Returns an alarm that a composite alarm notifies for.
  public static MetricAlarm childAlarm(String name) {
    return alarm(name, alarm -> alarm.alarmActions(List.of()));
  }

  public static GetFunctionEventInvokeConfigResponse invokeConfig(
      @Nullable String destinationArn, int retries) {
    return GetFunctionEventInvokeConfigResponse.builder()
        .maximumRetryAttempts(retries)
        .destinationConfig(
            config -> config.onFailure(failure -> failure.destination(destinationArn)))
        .build();
  }

  public static Map<QueueAttributeName, String> queue(int visible, int inFlight) {
    return Map.of(
        QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
        String.valueOf(visible),
        QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE,
        String.valueOf(inFlight));
  }

  public static AttributeDefinition attribute(String name, ScalarAttributeType type) {
    return AttributeDefinition.builder().attributeName(name).attributeType(type).build();
  }

  public static KeySchemaElement key(String name, KeyType type) {
    return KeySchemaElement.builder().attributeName(name).keyType(type).build();
  }

  /// Returns events that were ingested so long ago.
  public static List<OutputLogEvent> events(Duration age, String... messages) {
    List<OutputLogEvent> events = new ArrayList<>();
    for (String message : messages) {
      events.add(
          OutputLogEvent.builder()
              .message(message)
              .ingestionTime(NOW.minus(age).toEpochMilli())
              .build());
    }
    return events;
  }

  private void ask(String action) {
    actions.add(action);
    AwsServiceException failure = failures.get(action);
    if (failure != null) {
      throw failure;
    }
  }

  private static String encoded(String policy) {
    return URLEncoder.encode(policy, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private final class CloudFormation implements CloudFormationClient {
    @Override
    public CloudFormationServiceClientConfiguration serviceClientConfiguration() {
      return CloudFormationServiceClientConfiguration.builder().region(Region.EU_WEST_1).build();
    }

    @Override
    public DescribeStacksResponse describeStacks(DescribeStacksRequest request) {
      ask("cloudformation:DescribeStacks");
      Stack stack =
          Stack.builder()
              .stackName("flowbell")
              .stackId("arn:aws:cloudformation:eu-west-1:123456789012:stack/flowbell/0a1b")
              .stackStatus(stackStatus)
              .parameters(
                  parameters.entrySet().stream()
                      .map(
                          each ->
                              Parameter.builder()
                                  .parameterKey(each.getKey())
                                  .parameterValue(each.getValue())
                                  .build())
                      .toList())
              .build();
      return DescribeStacksResponse.builder().stacks(stack).build();
    }

    @Override
    public ListStackResourcesResponse listStackResources(ListStackResourcesRequest request) {
      ask("cloudformation:ListStackResources");
      return ListStackResourcesResponse.builder()
          .stackResourceSummaries(resources.values())
          .build();
    }

    @Override
    public String serviceName() {
      return SERVICE_NAME;
    }

    @Override
    public void close() {}
  }

  private final class CloudWatch implements CloudWatchClient {
    @Override
    public DescribeAlarmsResponse describeAlarms(DescribeAlarmsRequest request) {
      ask("cloudwatch:DescribeAlarms");
      return DescribeAlarmsResponse.builder()
          .metricAlarms(
              alarms.stream()
                  .filter(alarm -> request.alarmNames().contains(alarm.alarmName()))
                  .toList())
          .compositeAlarms(
              compositeAlarms.stream()
                  .filter(alarm -> request.alarmNames().contains(alarm.alarmName()))
                  .toList())
          .build();
    }

    @Override
    public GetMetricDataResponse getMetricData(GetMetricDataRequest request) {
      ask("cloudwatch:GetMetricData");
      String metricName = request.metricDataQueries().getFirst().metricStat().metric().metricName();
      return GetMetricDataResponse.builder()
          .metricDataResults(
              MetricDataResult.builder()
                  .values(metricSums.sum(metricName, request.startTime()))
                  .build())
          .build();
    }

    @Override
    public String serviceName() {
      return SERVICE_NAME;
    }

    @Override
    public void close() {}
  }

  private final class Logs implements CloudWatchLogsClient {
    @Override
    public DescribeDestinationsResponse describeDestinations(DescribeDestinationsRequest request) {
      ask("logs:DescribeDestinations");
      return DescribeDestinationsResponse.builder().destinations(destinations).build();
    }

    @Override
    public DescribeLogGroupsResponse describeLogGroups(DescribeLogGroupsRequest request) {
      ask("logs:DescribeLogGroups");
      return DescribeLogGroupsResponse.builder().logGroups(logGroups).build();
    }

    @Override
    public DescribeLogStreamsResponse describeLogStreams(DescribeLogStreamsRequest request) {
      ask("logs:DescribeLogStreams");
      return DescribeLogStreamsResponse.builder()
          .logStreams(
              streams.keySet().stream()
                  .map(name -> LogStream.builder().logStreamName(name).build())
                  .toList())
          .build();
    }

    @Override
    public GetLogEventsResponse getLogEvents(GetLogEventsRequest request) {
      ask("logs:GetLogEvents");
      return GetLogEventsResponse.builder().events(streams.get(request.logStreamName())).build();
    }

    @Override
    public DescribeSubscriptionFiltersResponse describeSubscriptionFilters(
        DescribeSubscriptionFiltersRequest request) {
      ask("logs:DescribeSubscriptionFilters");
      return DescribeSubscriptionFiltersResponse.builder()
          .subscriptionFilters(subscriptionFilters)
          .build();
    }

    @Override
    public GetDataProtectionPolicyResponse getDataProtectionPolicy(
        GetDataProtectionPolicyRequest request) {
      ask("logs:GetDataProtectionPolicy");
      return GetDataProtectionPolicyResponse.builder().policyDocument(dataProtectionPolicy).build();
    }

    @Override
    public DescribeAccountPoliciesResponse describeAccountPolicies(
        DescribeAccountPoliciesRequest request) {
      ask("logs:DescribeAccountPolicies");
      AccountPolicy policy = accountPolicies.get(request.policyType());
      return DescribeAccountPoliciesResponse.builder()
          .accountPolicies(policy == null ? List.of() : List.of(policy))
          .build();
    }

    @Override
    public CreateLogStreamResponse createLogStream(CreateLogStreamRequest request) {
      ask("logs:CreateLogStream");
      if (streams.containsKey(request.logStreamName())) {
        throw ResourceAlreadyExistsException.builder().build();
      }
      streams.put(request.logStreamName(), List.of());
      return CreateLogStreamResponse.builder().build();
    }

    @Override
    public PutLogEventsResponse putLogEvents(PutLogEventsRequest request) {
      ask("logs:PutLogEvents");
      put.add(request);
      return PutLogEventsResponse.builder().build();
    }

    @Override
    public FilterLogEventsResponse filterLogEvents(FilterLogEventsRequest request) {
      ask("logs:FilterLogEvents");
      return FilterLogEventsResponse.builder()
          .events(
              functionLog.stream()
                  .map(message -> FilteredLogEvent.builder().message(message).build())
                  .toList())
          .build();
    }

    @Override
    public String serviceName() {
      return SERVICE_NAME;
    }

    @Override
    public void close() {}
  }

  private final class Ec2 implements FlowLogSource {
    @Override
    public List<FlowLog> describe(String logGroup) {
      try {
        ask("ec2:DescribeFlowLogs");
      } catch (AwsServiceException e) {
        throw new Ec2Exception(
            Ec2Operation.DESCRIBE_FLOW_LOGS,
            e.awsErrorDetails().errorMessage(),
            e.awsErrorDetails().errorCode(),
            e);
      }
      return flowLogs;
    }
  }

  private final class DynamoDb implements DynamoDbClient {
    @Override
    public DescribeTableResponse describeTable(DescribeTableRequest request) {
      ask("dynamodb:DescribeTable");
      if (table == null) {
        throw software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException.builder()
            .build();
      }
      return DescribeTableResponse.builder()
          .table(
              table
                  .apply(
                      TableDescription.builder()
                          .tableStatus(TableStatus.ACTIVE)
                          .attributeDefinitions(attribute("id", ScalarAttributeType.S))
                          .keySchema(key("id", KeyType.HASH)))
                  .build())
          .build();
    }

    @Override
    public DescribeTimeToLiveResponse describeTimeToLive(DescribeTimeToLiveRequest request) {
      ask("dynamodb:DescribeTimeToLive");
      return DescribeTimeToLiveResponse.builder()
          .timeToLiveDescription(
              each -> each.timeToLiveStatus(timeToLive).attributeName(expiryAttribute))
          .build();
    }

    @Override
    public String serviceName() {
      return SERVICE_NAME;
    }

    @Override
    public void close() {}
  }

  private final class Iam implements IamClient {
    @Override
    public GetRoleResponse getRole(GetRoleRequest request) {
      ask("iam:GetRole");
      String trust =
          isFunctions(request.roleName())
              ? functionTrust
              : isStreams(request.roleName()) ? streamTrust : trustPolicy;
      if (trust == null) {
        throw NoSuchEntityException.builder().build();
      }
      return GetRoleResponse.builder()
          .role(role -> role.assumeRolePolicyDocument(encoded(trust)))
          .build();
    }

    @Override
    public ListRolePoliciesResponse listRolePolicies(ListRolePoliciesRequest request) {
      ask("iam:ListRolePolicies");
      List<String> names = new ArrayList<>();
      if (isFunctions(request.roleName())) {
        names.addAll(functionPolicies.keySet());
      } else if (isStreams(request.roleName())) {
        names.add("write-stream");
      } else {
        for (int i = 0; i < inlinePolicies.size(); i++) {
          names.add(String.valueOf(i));
        }
      }
      return ListRolePoliciesResponse.builder().policyNames(names).isTruncated(false).build();
    }

    @Override
    public GetRolePolicyResponse getRolePolicy(GetRolePolicyRequest request) {
      ask("iam:GetRolePolicy");
      return GetRolePolicyResponse.builder()
          .policyDocument(
              encoded(
                  isFunctions(request.roleName())
                      ? functionPolicies.get(request.policyName())
                      : isStreams(request.roleName())
                          ? streamPolicy
                          : inlinePolicies.get(Integer.parseInt(request.policyName()))))
          .build();
    }

    private static boolean isStreams(String roleName) {
      return roleName.equals("flowbell-StreamWriterRole-1");
    }

    private static boolean isFunctions(String roleName) {
      return roleName.equals("flowbell-FunctionRole-1");
    }

    @Override
    public ListAttachedRolePoliciesResponse listAttachedRolePolicies(
        ListAttachedRolePoliciesRequest request) {
      ask("iam:ListAttachedRolePolicies");
      List<AttachedPolicy> attached = new ArrayList<>();
      for (int i = 0; i < managedPolicies.size(); i++) {
        attached.add(AttachedPolicy.builder().policyArn(String.valueOf(i)).build());
      }
      return ListAttachedRolePoliciesResponse.builder()
          .attachedPolicies(attached)
          .isTruncated(false)
          .build();
    }

    @Override
    public GetPolicyResponse getPolicy(GetPolicyRequest request) {
      ask("iam:GetPolicy");
      return GetPolicyResponse.builder().policy(policy -> policy.defaultVersionId("v3")).build();
    }

    @Override
    public GetPolicyVersionResponse getPolicyVersion(GetPolicyVersionRequest request) {
      ask("iam:GetPolicyVersion");
      if (!request.versionId().equals("v3")) {
        throw NoSuchEntityException.builder().build();
      }
      String document = managedPolicies.get(Integer.parseInt(request.policyArn()));
      return GetPolicyVersionResponse.builder()
          .policyVersion(version -> version.document(encoded(document)))
          .build();
    }

    @Override
    public String serviceName() {
      return SERVICE_NAME;
    }

    @Override
    public void close() {}
  }

  private final class Kms implements KmsClient {
    @Override
    public DescribeKeyResponse describeKey(DescribeKeyRequest request) {
      ask("kms:DescribeKey");
      if (keyState == null) {
        throw software.amazon.awssdk.services.kms.model.NotFoundException.builder().build();
      }
      String keyId = request.keyId().substring(request.keyId().lastIndexOf('/') + 1);
      return DescribeKeyResponse.builder()
          .keyMetadata(
              key ->
                  key.keyId(keyId)
                      .arn("arn:aws:kms:eu-west-1:123456789012:key/" + keyId)
                      .keyManager(keyManager)
                      .keyState(keyState))
          .build();
    }

    @Override
    public GetKeyPolicyResponse getKeyPolicy(GetKeyPolicyRequest request) {
      ask("kms:GetKeyPolicy");
      return GetKeyPolicyResponse.builder().policy(keyPolicy).build();
    }

    @Override
    public String serviceName() {
      return SERVICE_NAME;
    }

    @Override
    public void close() {}
  }

  private final class Lambda implements LambdaClient {
    @Override
    public GetEventSourceMappingResponse getEventSourceMapping(
        GetEventSourceMappingRequest request) {
      ask("lambda:GetEventSourceMapping");
      if (mapping == null) {
        throw ResourceNotFoundException.builder().build();
      }
      return mapping
          .apply(
              GetEventSourceMappingResponse.builder()
                  .uuid(request.uuid())
                  .functionArn(FUNCTION_ARN + ":live")
                  .state("Enabled")
                  .lastProcessingResult("OK"))
          .build();
    }

    @Override
    public GetFunctionConfigurationResponse getFunctionConfiguration(
        GetFunctionConfigurationRequest request) {
      ask("lambda:GetFunctionConfiguration");
      if (!"live".equals(request.qualifier())) {
        throw ResourceNotFoundException.builder().build();
      }
      return live.apply(
              GetFunctionConfigurationResponse.builder()
                  .functionName(request.functionName())
                  .role("arn:aws:iam::123456789012:role/flowbell-FunctionRole-1")
                  .version("7")
                  .codeSha256("code-1")
                  .state(State.ACTIVE)
                  .lastUpdateStatus(LastUpdateStatus.SUCCESSFUL)
                  .environment(each -> each.variables(environment)))
          .build();
    }

    @Override
    public GetFunctionConcurrencyResponse getFunctionConcurrency(
        GetFunctionConcurrencyRequest request) {
      ask("lambda:GetFunctionConcurrency");
      return GetFunctionConcurrencyResponse.builder()
          .reservedConcurrentExecutions(reservedConcurrency)
          .build();
    }

    @Override
    public GetFunctionEventInvokeConfigResponse getFunctionEventInvokeConfig(
        GetFunctionEventInvokeConfigRequest request) {
      ask("lambda:GetFunctionEventInvokeConfig");
      if (invokeConfig == null || !"live".equals(request.qualifier())) {
        throw ResourceNotFoundException.builder().build();
      }
      return invokeConfig;
    }

    @Override
    public ListVersionsByFunctionResponse listVersionsByFunction(
        ListVersionsByFunctionRequest request) {
      ask("lambda:ListVersionsByFunction");
      return ListVersionsByFunctionResponse.builder().versions(versions).build();
    }

    @Override
    public software.amazon.awssdk.services.lambda.model.GetPolicyResponse getPolicy(
        software.amazon.awssdk.services.lambda.model.GetPolicyRequest request) {
      ask("lambda:GetPolicy");
      if (functionPolicy == null) {
        throw ResourceNotFoundException.builder().build();
      }
      return software.amazon.awssdk.services.lambda.model.GetPolicyResponse.builder()
          .policy(functionPolicy)
          .build();
    }

    @Override
    public String serviceName() {
      return SERVICE_NAME;
    }

    @Override
    public void close() {}
  }

  private final class Sns implements SnsClient {
    @Override
    public GetTopicAttributesResponse getTopicAttributes(GetTopicAttributesRequest request) {
      ask("sns:GetTopicAttributes");
      if (topicAttributes == null) {
        throw NotFoundException.builder().build();
      }
      return GetTopicAttributesResponse.builder().attributes(topicAttributes).build();
    }

    @Override
    public ListSubscriptionsByTopicResponse listSubscriptionsByTopic(
        ListSubscriptionsByTopicRequest request) {
      ask("sns:ListSubscriptionsByTopic");
      if (topicAttributes == null) {
        throw NotFoundException.builder().build();
      }
      return ListSubscriptionsByTopicResponse.builder().subscriptions(subscriptions).build();
    }

    @Override
    public GetSubscriptionAttributesResponse getSubscriptionAttributes(
        GetSubscriptionAttributesRequest request) {
      ask("sns:GetSubscriptionAttributes");
      return GetSubscriptionAttributesResponse.builder()
          .attributes(subscriptionAttributes.getOrDefault(request.subscriptionArn(), Map.of()))
          .build();
    }

    @Override
    public String serviceName() {
      return SERVICE_NAME;
    }

    @Override
    public void close() {}
  }

  private final class Sqs implements SqsClient {
    @Override
    public GetQueueAttributesResponse getQueueAttributes(GetQueueAttributesRequest request) {
      ask("sqs:GetQueueAttributes");
      Map<QueueAttributeName, String> attributes =
          FILE_QUEUE_URL.equals(request.queueUrl()) ? fileQueueAttributes : queueAttributes;
      if (attributes == null) {
        throw QueueDoesNotExistException.builder().build();
      }
      return GetQueueAttributesResponse.builder().attributes(attributes).build();
    }

    @Override
    public String serviceName() {
      return SERVICE_NAME;
    }

    @Override
    public void close() {}
  }
}
