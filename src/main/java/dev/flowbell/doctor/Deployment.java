package dev.flowbell.doctor;

import dev.flowbell.aws.ClientErrors;
import dev.flowbell.aws.OperatorClients;
import dev.flowbell.ec2.FlowLog;
import dev.flowbell.record.InvalidFormatException;
import dev.flowbell.record.RecordFormat;
import dev.flowbell.s3.S3Exception;
import dev.flowbell.settings.InvalidSettingsException;
import dev.flowbell.settings.Settings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.cloudformation.model.Parameter;
import software.amazon.awssdk.services.cloudformation.model.Stack;
import software.amazon.awssdk.services.cloudformation.model.StackResourceSummary;
import software.amazon.awssdk.services.cloudwatchlogs.model.AccountPolicy;
import software.amazon.awssdk.services.cloudwatchlogs.model.PolicyType;
import software.amazon.awssdk.services.lambda.model.GetFunctionConfigurationResponse;
import software.amazon.awssdk.services.lambda.model.LoggingConfig;

/// A deployed stack of Flowbell's template: its resources, and answers that several checks need,
/// each requested once.
///
/// Logical ids are those of `template.yaml`.
public final class Deployment {
  static final String FUNCTION = "Function";
  static final String LOG_GROUP = "FlowLogGroup";
  static final String FLOW_LOG_ROLE = "FlowLogRole";
  static final String FUNCTION_LOG_GROUP = "FunctionLogGroup";
  static final String SUBSCRIPTION_FILTER = "SubscriptionFilter";
  static final String FAILURE_QUEUE = "FailureQueue";
  static final String STREAM = "Stream";
  static final String STREAM_ROLE = "StreamWriterRole";
  static final String STREAM_MAPPING = "StreamMapping";
  static final String DESTINATION = "LogDestination";
  static final String BUCKET = "FlowLogBucket";
  static final String FILE_RULE = "FileRule";
  static final String FILE_QUEUE = "FileQueue";
  static final String FILE_MAPPING = "FileMapping";
  static final String TOPIC = "NotificationTopic";
  static final String TOPIC_KEY = "NotificationKey";

  /// The alias that gets flow logs.
  static final String ALIAS = "live";

  private final Stack stack;
  private final Map<String, StackResourceSummary> resources;
  private final DoctorClients clients;
  private final String[] arn;
  private @Nullable GetFunctionConfigurationResponse live;
  private @Nullable List<FlowLog> flowLogs;

  private Deployment(
      Stack stack, Map<String, StackResourceSummary> resources, DoctorClients clients) {
    this.stack = stack;
    this.resources = resources;
    this.clients = clients;
    // arn:aws:cloudformation:eu-west-1:123456789012:stack/name/id
    this.arn = stack.stackId().split(":", 6);
  }

  /// Finds a stack by its name.
  ///
  /// @throws CannotAskException if there is no such stack, or AWS can't be asked
  public static Deployment find(String stackName, DoctorClients clients) throws CannotAskException {
    try {
      OperatorClients aws = clients.aws();
      Stack stack =
          aws.cloudFormation().describeStacks(ask -> ask.stackName(stackName)).stacks().getFirst();
      Map<String, StackResourceSummary> resources = new LinkedHashMap<>();
      aws.cloudFormation()
          .listStackResourcesPaginator(ask -> ask.stackName(stackName))
          .stackResourceSummaries()
          .forEach(resource -> resources.put(resource.logicalResourceId(), resource));
      return new Deployment(stack, resources, clients);
    } catch (AwsServiceException e) {
      String message = AwsErrors.messageOf(e);
      throw new CannotAskException(
          message.endsWith("does not exist")
              ? "no stack %s in %s: expected the name of a stack there, or another --region"
                  .formatted(stackName, regionOf(clients))
              : message,
          e);
    } catch (SdkClientException e) {
      throw new CannotAskException(ClientErrors.messageOf(e), e);
    }
  }

  private static String regionOf(DoctorClients clients) {
    return clients.aws().cloudFormation().serviceClientConfiguration().region().id();
  }

  OperatorClients aws() {
    return clients.aws();
  }

  Stack stack() {
    return stack;
  }

  /// Returns the stack's name.
  public String stackName() {
    return stack.stackName();
  }

  String partition() {
    return arn[1];
  }

  /// Returns the Region that the stack is in.
  public String region() {
    return arn[3];
  }

  String account() {
    return arn[4];
  }

  boolean has(String logicalId) {
    return findId(logicalId) != null;
  }

  /// Returns the physical id of a resource, `null` if the stack does not have the resource.
  @Nullable String findId(String logicalId) {
    StackResourceSummary resource = resources.get(logicalId);
    return resource == null ? null : resource.physicalResourceId();
  }

  /// Returns the physical id of a resource.
  ///
  /// @throws MissingResourceException if the stack does not have the resource
  String id(String logicalId) {
    String id = findId(logicalId);
    if (id == null) {
      throw new MissingResourceException(logicalId);
    }
    return id;
  }

  /// Returns the physical ids of the resources of some types.
  List<String> idsOf(String... types) {
    Set<String> wanted = Set.of(types);
    return resources.values().stream()
        .filter(resource -> wanted.contains(resource.resourceType()))
        .filter(resource -> resource.physicalResourceId() != null)
        .map(StackResourceSummary::physicalResourceId)
        .toList();
  }

  /// Returns CloudWatch Logs' policies of a type for the whole account.
  List<AccountPolicy> accountPolicies(PolicyType type) {
    return aws().logs().describeAccountPolicies(ask -> ask.policyType(type)).accountPolicies();
  }

  /// Returns the names of the stack's parameters, in order.
  List<String> parameterNames() {
    return stack.parameters().stream().map(Parameter::parameterKey).sorted().toList();
  }

  /// Returns a parameter's value, `""` if the stack has no such parameter.
  String parameter(String name) {
    return stack.parameters().stream()
        .filter(parameter -> parameter.parameterKey().equals(name))
        .map(Parameter::parameterValue)
        .findFirst()
        .orElse("");
  }

  /// Returns whether flow logs come from a log group, perhaps through a stream.
  boolean usesLogGroup() {
    return has(SUBSCRIPTION_FILTER) || (!has(STREAM_MAPPING) && !has(FILE_MAPPING));
  }

  /// Returns whether the log group hands its records to a stream, and not to the function.
  boolean isStreamSubscribed() {
    String source = parameter("Source");
    return has(STREAM_MAPPING)
        && (source.equals("stream")
            || (source.equals("bucket") && parameter("AlsoRead").contains("stream")));
  }

  /// Returns the ARN of the stream that the function reads: the stack's own, or the one that its
  /// parameter names.
  String streamArn() {
    String own = findId(STREAM);
    return own == null
        ? parameter("ExistingStreamArn")
        : "arn:%s:kinesis:%s:%s:stream/%s".formatted(partition(), region(), account(), own);
  }

  /// Returns the name of the bucket whose files the function reads: the stack's own, or the one
  /// that its parameter names.
  String bucketName() {
    String own = findId(BUCKET);
    return own == null ? parameter("ExistingBucketName") : own;
  }

  /// Writes an object into a bucket.
  void putObject(String bucket, String key, byte[] content) throws S3Exception {
    clients.objects().put(bucket, key, content);
  }

  /// Returns the ARN of a role of the stack.
  String roleArn(String logicalId) {
    return "arn:%s:iam::%s:role/%s".formatted(partition(), account(), id(logicalId));
  }

  /// Returns the log group that flow logs deliver to: the stack's own, or the one that its
  /// parameter names.
  String logGroupName() {
    String own = findId(LOG_GROUP);
    if (own != null) {
      return own;
    }
    String named = parameter("ExistingLogGroupName");
    if (named.isEmpty()) {
      throw new MissingResourceException(LOG_GROUP);
    }
    return named;
  }

  /// Returns the log group's ARN with `:*` at its end, as in IAM policies and as the source of a
  /// subscription's invocations.
  String logGroupArn() {
    return "arn:%s:logs:%s:%s:log-group:%s:*"
        .formatted(partition(), region(), account(), logGroupName());
  }

  String functionArn() {
    return "arn:%s:lambda:%s:%s:function:%s"
        .formatted(partition(), region(), account(), id(FUNCTION));
  }

  /// Returns the URL of the queue that keeps payloads that failed.
  ///
  /// @throws MissingResourceException if the stack does not have it
  public String failureQueueUrl() {
    return id(FAILURE_QUEUE);
  }

  String failureQueueArn() {
    return queueArn(FAILURE_QUEUE);
  }

  String queueArn(String logicalId) {
    String url = id(logicalId);
    return "arn:%s:sqs:%s:%s:%s"
        .formatted(partition(), region(), account(), url.substring(url.lastIndexOf('/') + 1));
  }

  /// Returns the ARN of the alias that gets flow logs.
  ///
  /// @throws MissingResourceException if the stack does not have the function
  public String aliasArn() {
    return functionArn() + ":" + ALIAS;
  }

  /// Returns the configuration of the version that the alias runs.
  GetFunctionConfigurationResponse live() {
    if (live == null) {
      live =
          aws()
              .lambda()
              .getFunctionConfiguration(ask -> ask.functionName(id(FUNCTION)).qualifier(ALIAS));
    }
    return live;
  }

  /// Returns the log group that the function writes its log to.
  String functionLogGroupName() {
    LoggingConfig logging = live().loggingConfig();
    return logging == null || logging.logGroup() == null
        ? "/aws/lambda/" + id(FUNCTION)
        : logging.logGroup();
  }

  /// Returns the environment of the version that the alias runs: the settings as they are written.
  ///
  /// @throws MissingResourceException if the stack does not have the function
  /// @throws CannotAskException if AWS can't be asked
  public Map<String, String> liveEnvironment() throws CannotAskException {
    try {
      return environment();
    } catch (AwsServiceException e) {
      throw new CannotAskException(AwsErrors.messageOf(e), e);
    } catch (SdkClientException e) {
      throw new CannotAskException(ClientErrors.messageOf(e), e);
    }
  }

  private Map<String, String> environment() {
    return live().environment() == null ? Map.of() : live().environment().variables();
  }

  /// Returns the settings of the version that the alias runs.
  ///
  /// @throws InvalidSettingsException if any is wrong; the message names every wrong one, a line
  ///   each
  Settings settings() {
    return Settings.fromEnvironment(environment());
  }

  /// Returns the flow logs that deliver to the log group.
  List<FlowLog> flowLogs() {
    if (flowLogs == null) {
      flowLogs = clients.flowLogs().describe(logGroupName());
    }
    return flowLogs;
  }

  /// Returns the formats that the function reads. If it asks EC2, these are the formats of the flow
  /// logs, or those of its settings when there are no flow logs.
  ///
  /// @throws InvalidSettingsException if a setting is wrong
  List<RecordFormat> formats() {
    Settings settings = settings();
    List<RecordFormat> asked =
        settings.isLogFormatAuto()
            ? flowLogs().stream().flatMap(Deployment::formatOf).distinct().toList()
            : List.of();
    return asked.isEmpty() ? settings.formats() : asked;
  }

  private static Stream<RecordFormat> formatOf(FlowLog flowLog) {
    if (flowLog.logFormat() == null) {
      return Stream.of(RecordFormat.DEFAULT);
    }
    try {
      return Stream.of(RecordFormat.parse(flowLog.logFormat()));
    } catch (InvalidFormatException _) {
      return Stream.empty(); // it has a field that is newer than this program
    }
  }
}
