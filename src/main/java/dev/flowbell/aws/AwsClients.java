package dev.flowbell.aws;

import java.time.Duration;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.sns.SnsClient;

/// The SDK clients that publish metrics and notifications.
///
/// A call ends within [#LONGEST_CALL], unless its request has a time limit of its own. The SDK does
/// not retry a request that the service may have accepted, and [AnswerCheck] believes no success
/// that isn't the service's. Region, credentials and endpoint are the SDK's defaults.
public final class AwsClients {
  /// The longest time that a call takes, with its retries, where nothing else is said.
  public static final Duration LONGEST_CALL = Duration.ofSeconds(8);

  /// The longest time that a call may be given. A request that is given up may be accepted later,
  /// and is then counted twice.
  public static final Duration LONGEST_ANSWER = Duration.ofSeconds(20);

  private static final int MOST_ATTEMPTS = 3;

  private AwsClients() {}

  /// Makes a client for `PutMetricData`. The caller closes it.
  public static CloudWatchClient newCloudWatch() {
    return newCloudWatch(HttpClients.newPublishing());
  }

  /// Makes a client for `PutMetricData` that uses an HTTP client of the caller.
  public static CloudWatchClient newCloudWatch(SdkHttpClient http) {
    return CloudWatchClient.builder()
        .httpClient(http)
        .overrideConfiguration(newConfiguration())
        .build();
  }

  /// Makes a client for `Publish`. The caller closes it.
  public static SnsClient newSns() {
    return newSns(HttpClients.newPublishing());
  }

  /// Makes a client for `Publish` that uses an HTTP client of the caller.
  public static SnsClient newSns(SdkHttpClient http) {
    return SnsClient.builder().httpClient(http).overrideConfiguration(newConfiguration()).build();
  }

  private static ClientOverrideConfiguration newConfiguration() {
    return ClientOverrideConfiguration.builder()
        .apiCallTimeout(LONGEST_CALL)
        .addExecutionInterceptor(new AnswerCheck())
        .retryStrategy(
            StandardRetryStrategy.builder()
                .useClientDefaults(false) // they retry a request that may have been accepted
                .maxAttempts(MOST_ATTEMPTS)
                .retryOnException(Refusals::isPassing)
                .treatAsThrottling(Refusals::isPassing)
                .throttlingBackoffStrategy(
                    BackoffStrategy.exponentialDelay(Duration.ofMillis(200), Duration.ofSeconds(1)))
                .build())
        .build();
  }
}
