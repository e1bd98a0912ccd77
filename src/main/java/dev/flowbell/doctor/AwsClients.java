package dev.flowbell.doctor;

import dev.flowbell.ec2.DescribeFlowLogsClient;
import dev.flowbell.ec2.FlowLogSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudformation.CloudFormationClient;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.lambda.LambdaClient;
import software.amazon.awssdk.services.sns.SnsClient;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/// The AWS services that are asked. Whoever has this closes it.
public record AwsClients(
    CloudFormationClient cloudFormation,
    CloudWatchClient cloudWatch,
    CloudWatchLogsClient logs,
    FlowLogSource flowLogs,
    IamClient iam,
    LambdaClient lambda,
    SnsClient sns,
    SqsClient sqs)
    implements AutoCloseable {

  /// Makes clients that find credentials where the SDK looks for them.
  ///
  /// @param region `null` for the one that the SDK finds
  /// @throws CannotAskException where there is no Region
  public static AwsClients open(@Nullable String region) throws CannotAskException {
    try {
      return new AwsClients(
          in(region, CloudFormationClient.builder()).build(),
          in(region, CloudWatchClient.builder()).build(),
          in(region, CloudWatchLogsClient.builder()).build(),
          region == null
              ? DescribeFlowLogsClient.create()
              : DescribeFlowLogsClient.create(Region.of(region)),
          in(region, IamClient.builder()).build(),
          in(region, LambdaClient.builder()).build(),
          in(region, SnsClient.builder()).build(),
          in(region, SqsClient.builder()).build());
    } catch (SdkClientException e) {
      throw new CannotAskException(AwsErrors.wordsOf(e), e);
    }
  }

  private static <B extends AwsClientBuilder<B, ?>> B in(@Nullable String region, B builder) {
    return region == null ? builder : builder.region(Region.of(region));
  }

  @Override
  public void close() {
    List.<SdkAutoCloseable>of(cloudFormation, cloudWatch, logs, iam, lambda, sns, sqs)
        .forEach(SdkAutoCloseable::close);
    if (flowLogs instanceof DescribeFlowLogsClient client) {
      client.close();
    }
  }
}
