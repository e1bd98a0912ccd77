package dev.flowbell.aws;

import java.time.Duration;
import software.amazon.awssdk.core.client.config.ClientOverrideConfiguration;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.services.cloudwatch.CloudWatchClient;
import software.amazon.awssdk.services.sns.SnsClient;

/// The SDK's clients as publishing needs them: calls end in time, and what may have been taken is
/// not sent again behind our back. Region, credentials and endpoint are the SDK's to find.
public final class AwsClients {
  /// The most that a call takes, its retries included.
  public static final Duration LONGEST_CALL = Duration.ofSeconds(8);

  private static final Duration LONGEST_ATTEMPT = Duration.ofSeconds(4);
  private static final Duration LONGEST_CONNECT = Duration.ofSeconds(1);
  private static final int MOST_ATTEMPTS = 3;

  private AwsClients() {}

  /// Makes a client for `PutMetricData`; whoever asks closes it.
  public static CloudWatchClient newCloudWatch() {
    return newCloudWatch(newHttpClient());
  }

  /// Makes the same over another HTTP client.
  public static CloudWatchClient newCloudWatch(SdkHttpClient http) {
    return CloudWatchClient.builder()
        .httpClient(http)
        .overrideConfiguration(newConfiguration())
        .build();
  }

  /// Makes a client for `Publish`; whoever asks closes it.
  public static SnsClient newSns() {
    return newSns(newHttpClient());
  }

  /// Makes the same over another HTTP client.
  public static SnsClient newSns(SdkHttpClient http) {
    return SnsClient.builder().httpClient(http).overrideConfiguration(newConfiguration()).build();
  }

  private static ClientOverrideConfiguration newConfiguration() {
    return ClientOverrideConfiguration.builder()
        .apiCallTimeout(LONGEST_CALL)
        .apiCallAttemptTimeout(LONGEST_ATTEMPT)
        .retryStrategy(
            StandardRetryStrategy.builder()
                .useClientDefaults(false) // they would retry what is in doubt
                .maxAttempts(MOST_ATTEMPTS)
                .retryOnException(Refusals::isPassing)
                .treatAsThrottling(Refusals::isPassing)
                .throttlingBackoffStrategy(
                    BackoffStrategy.exponentialDelay(Duration.ofMillis(200), Duration.ofSeconds(1)))
                .build())
        .build();
  }

  /// Makes an HTTP client for either or both; whoever asks closes it. Clients that share one share
  /// its TLS sessions, and the time that it takes to make one.
  public static SdkHttpClient newHttpClient() {
    return UrlConnectionHttpClient.builder()
        .connectionTimeout(LONGEST_CONNECT)
        .socketTimeout(LONGEST_ATTEMPT)
        .build();
  }
}
