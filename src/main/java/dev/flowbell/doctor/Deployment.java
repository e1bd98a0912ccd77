package dev.flowbell.doctor;

import dev.flowbell.ec2.FlowLog;
import dev.flowbell.record.InvalidFormatException;
import dev.flowbell.record.RecordFormat;
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
import software.amazon.awssdk.services.lambda.model.GetFunctionConfigurationResponse;

/// A stack made of Flowbell's template: what it is made of, and what several checks need of that,
/// asked for once.
///
/// The logical ids are those of `template.yaml`.
public final class Deployment {
  static final String FUNCTION = "Function";
  static final String LOG_GROUP = "FlowLogGroup";
  static final String FLOW_LOG_ROLE = "FlowLogRole";
  static final String FUNCTION_LOG_GROUP = "FunctionLogGroup";
  static final String SUBSCRIPTION_FILTER = "SubscriptionFilter";
  static final String FAILURE_QUEUE = "FailureQueue";
  static final String TOPIC = "NotificationTopic";

  /// The alias that is subscribed to the log group.
  static final String ALIAS = "live";

  private final Stack stack;
  private final Map<String, StackResourceSummary> resources;
  private final AwsClients aws;
  private final FunctionSettings.Reader settingsReader;
  private final String[] arn;
  private @Nullable GetFunctionConfigurationResponse live;
  private @Nullable List<FlowLog> flowLogs;

  private Deployment(
      Stack stack,
      Map<String, StackResourceSummary> resources,
      AwsClients aws,
      FunctionSettings.Reader settingsReader) {
    this.stack = stack;
    this.resources = resources;
    this.aws = aws;
    this.settingsReader = settingsReader;
    // arn:aws:cloudformation:eu-west-1:123456789012:stack/name/id
    this.arn = stack.stackId().split(":", 6);
  }

  /// Looks a stack up.
  ///
  /// @throws CannotAskException where there is none of this name, or AWS doesn't answer
  public static Deployment find(
      String stackName, AwsClients aws, FunctionSettings.Reader settingsReader)
      throws CannotAskException {
    try {
      Stack stack =
          aws.cloudFormation().describeStacks(ask -> ask.stackName(stackName)).stacks().getFirst();
      Map<String, StackResourceSummary> resources = new LinkedHashMap<>();
      aws.cloudFormation()
          .listStackResourcesPaginator(ask -> ask.stackName(stackName))
          .stackResourceSummaries()
          .forEach(resource -> resources.put(resource.logicalResourceId(), resource));
      return new Deployment(stack, resources, aws, settingsReader);
    } catch (AwsServiceException e) {
      throw new CannotAskException(AwsErrors.wordsOf(e), e);
    } catch (SdkClientException e) {
      throw new CannotAskException(AwsErrors.wordsOf(e), e);
    }
  }

  AwsClients aws() {
    return aws;
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

  /// Returns what AWS calls a resource of the stack, `null` where the stack has none.
  @Nullable String findId(String logicalId) {
    StackResourceSummary resource = resources.get(logicalId);
    return resource == null ? null : resource.physicalResourceId();
  }

  /// Returns what AWS calls a resource of the stack.
  ///
  /// @throws MissingResourceException where the stack has none
  String id(String logicalId) {
    String id = findId(logicalId);
    if (id == null) {
      throw new MissingResourceException(logicalId);
    }
    return id;
  }

  /// Returns what AWS calls the stack's resources of some types.
  List<String> idsOf(String... types) {
    Set<String> wanted = Set.of(types);
    return resources.values().stream()
        .filter(resource -> wanted.contains(resource.resourceType()))
        .filter(resource -> resource.physicalResourceId() != null)
        .map(StackResourceSummary::physicalResourceId)
        .toList();
  }

  /// Returns a parameter's value, `""` where the stack has no such parameter.
  String parameter(String name) {
    return stack.parameters().stream()
        .filter(parameter -> parameter.parameterKey().equals(name))
        .map(Parameter::parameterValue)
        .findFirst()
        .orElse("");
  }

  /// Returns the log group that flow logs deliver to: the stack's own, or the one it was told.
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

  /// Returns the log group's ARN as a subscription's invocations and IAM policies name it: with
  /// `:*` at its end.
  String logGroupArn() {
    return "arn:%s:logs:%s:%s:log-group:%s:*"
        .formatted(partition(), region(), account(), logGroupName());
  }

  String functionArn() {
    return "arn:%s:lambda:%s:%s:function:%s"
        .formatted(partition(), region(), account(), id(FUNCTION));
  }

  String aliasArn() {
    return functionArn() + ":" + ALIAS;
  }

  /// Returns the configuration of the version that runs: that of the alias.
  GetFunctionConfigurationResponse live() {
    if (live == null) {
      live =
          aws.lambda()
              .getFunctionConfiguration(ask -> ask.functionName(id(FUNCTION)).qualifier(ALIAS));
    }
    return live;
  }

  /// Returns the settings of the version that runs.
  ///
  /// @throws IllegalArgumentException naming every wrong one, a line each
  FunctionSettings settings() {
    return settingsReader.read(
        live().environment() == null ? Map.of() : live().environment().variables());
  }

  /// Returns the flow logs that deliver to the log group.
  List<FlowLog> flowLogs() {
    if (flowLogs == null) {
      flowLogs = aws.flowLogs().describe(logGroupName());
    }
    return flowLogs;
  }

  /// Returns the formats by which the function reads: where it asks EC2, those of the flow logs, if
  /// that knows any.
  ///
  /// @throws IllegalArgumentException where its settings are wrong
  List<RecordFormat> formats() {
    FunctionSettings settings = settings();
    List<RecordFormat> asked =
        settings.isFormatAutomatic()
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
      return Stream.empty(); // has a field that is newer than this program
    }
  }
}
