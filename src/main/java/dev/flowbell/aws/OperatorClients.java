package dev.flowbell.aws;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.kms.KmsClient;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/// The SDK clients of the commands `doctor` and `redrive`. Credentials are the SDK's defaults.
///
/// The Lambda package lacks the modules of most of these services, and so does the class path on
/// which `mvn exec:exec` runs `replay`. So neither may load this class.
public record OperatorClients(
    CloudFormationClient cloudFormation,
    CloudWatchClient cloudWatch,
    CloudWatchLogsClient logs,
    DynamoDbClient dynamoDb,
    IamClient iam,
    KmsClient kms,
    LambdaClient lambda,
    SnsClient sns,
    SqsClient sqs)
    implements AutoCloseable {

  /// Makes clients for reading what is deployed.
  ///
  /// @param region `null` for the SDK's default
  /// @throws software.amazon.awssdk.core.exception.SdkClientException if no Region is set
  public static OperatorClients open(@Nullable String region) {
    return new OperatorClients(
        in(region, CloudFormationClient.builder()).build(),
        in(region, CloudWatchClient.builder()).build(),
        in(region, CloudWatchLogsClient.builder()).build(),
        in(region, DynamoDbClient.builder()).build(),
        in(region, IamClient.builder()).build(),
        in(region, KmsClient.builder()).build(),
        in(region, LambdaClient.builder()).build(),
        in(region, SnsClient.builder()).build(),
        newSqs(region));
  }

  /// Makes a client that invokes a function and waits for its result. The caller closes it.
  ///
  /// @param region `null` for the SDK's default
  /// @param longestInvocation the longest time to wait for one invocation
  public static LambdaClient newInvoker(@Nullable String region, Duration longestInvocation) {
    return in(region, LambdaClient.builder())
        .httpClientBuilder(UrlConnectionHttpClient.builder().socketTimeout(longestInvocation))
        .overrideConfiguration(
            configuration -> configuration.apiCallAttemptTimeout(longestInvocation))
        .build();
  }

  /// Makes a client for queues. The caller closes it.
  ///
  /// @param region `null` for the SDK's default
  public static SqsClient newSqs(@Nullable String region) {
    return in(region, SqsClient.builder()).build();
  }

  private static <B extends AwsClientBuilder<B, ?>> B in(@Nullable String region, B builder) {
    return region == null ? builder : builder.region(Region.of(region));
  }

  @Override
  public void close() {
    List.<SdkAutoCloseable>of(
            cloudFormation, cloudWatch, logs, dynamoDb, iam, kms, lambda, sns, sqs)
        .forEach(SdkAutoCloseable::close);
  }
}
