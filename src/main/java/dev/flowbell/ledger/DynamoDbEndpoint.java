package dev.flowbell.ledger;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.awscore.endpoint.AwsClientEndpointProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.profiles.ProfileFile;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.regions.providers.DefaultAwsRegionProviderChain;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.retries.api.AcquireInitialTokenRequest;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.retries.api.RecordSuccessRequest;
import software.amazon.awssdk.retries.api.RefreshRetryTokenRequest;
import software.amazon.awssdk.retries.api.RefreshRetryTokenResponse;
import software.amazon.awssdk.retries.api.RetryToken;
import software.amazon.awssdk.retries.api.TokenAcquisitionFailedException;
import tools.jackson.core.JacksonException;

/// DynamoDB's JSON protocol over the SDK's own signer, credentials, endpoints, retries and HTTP
/// client; see `docs/RATIONALE.md` for why not its module for DynamoDB.
///
/// Calls must be such that a repeat changes nothing: one without an answer is tried again.
///
/// @see <a
///   href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html">Error
///   handling with DynamoDB</a>
final class DynamoDbEndpoint {
  /// The most that a call may take: an attempt that begins before [#LAST_ATTEMPT], and what it may
  /// take.
  static final Duration LONGEST_CALL = Duration.ofSeconds(5);

  private static final Duration LONGEST_CONNECT = Duration.ofSeconds(1);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);
  private static final Duration LAST_ATTEMPT =
      LONGEST_CALL.minus(LONGEST_CONNECT).minus(LONGEST_WAIT);

  private static final int MOST_ATTEMPTS = 3;

  /// Client errors that pass by themselves, beside every server error.
  private static final Set<String> PASSING =
      Set.of(
          "ProvisionedThroughputExceededException",
          "RequestLimitExceeded",
          "ThrottlingException",
          "TransactionInProgressException");

  private final Region region = DefaultAwsRegionProviderChain.builder().build().getRegion();
  private final URI endpoint =
      AwsClientEndpointProvider.builder()
          .serviceEndpointOverrideEnvironmentVariable("AWS_ENDPOINT_URL_DYNAMODB")
          .serviceEndpointOverrideSystemProperty("aws.endpointUrlDynamoDb")
          .serviceProfileProperty("dynamodb")
          .serviceEndpointPrefix("dynamodb")
          .defaultProtocol("https")
          .profileFile(ProfileFile::defaultProfileFile)
          .region(region)
          .build()
          .clientEndpoint();
  private final AwsCredentialsProvider credentials = DefaultCredentialsProvider.builder().build();
  private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();
  private final SdkHttpClient http;
  private final StandardRetryStrategy retries =
      StandardRetryStrategy.builder()
          .maxAttempts(MOST_ATTEMPTS)
          .retryOnException(DynamoDbEndpoint::isWorthARetry)
          .treatAsThrottling(failure -> failure instanceof DynamoDbRefusal)
          .backoffStrategy(
              BackoffStrategy.exponentialDelay(Duration.ofMillis(25), Duration.ofMillis(250)))
          .throttlingBackoffStrategy(
              BackoffStrategy.exponentialDelay(Duration.ofMillis(100), Duration.ofMillis(500)))
          .build();

  DynamoDbEndpoint(SdkHttpClient http) {
    this.http = http;
  }

  static SdkHttpClient newHttpClient() {
    return UrlConnectionHttpClient.builder()
        .connectionTimeout(LONGEST_CONNECT)
        .socketTimeout(LONGEST_WAIT)
        .build();
  }

  /// Calls an operation.
  ///
  /// @return the response
  /// @throws DynamoDbRefusal where DynamoDB says no
  /// @throws IOException where it says nothing, or nothing that can be read
  Map<String, Object> call(String operation, Map<String, Object> request)
      throws DynamoDbRefusal, IOException {
    byte[] body = DynamoDbJson.write(request);
    long begin = System.nanoTime();
    RetryToken token =
        retries.acquireInitialToken(AcquireInitialTokenRequest.create("dynamodb")).token();
    while (true) {
      try {
        Map<String, Object> response = attempt(operation, body);
        retries.recordSuccess(RecordSuccessRequest.create(token));
        return response;
      } catch (IOException e) {
        token = awaitRetry(token, e, begin);
      } catch (DynamoDbRefusal e) {
        token = awaitRetry(token, e, begin);
      }
    }
  }

  private Map<String, Object> attempt(String operation, byte[] body)
      throws DynamoDbRefusal, IOException {
    HttpExecuteResponse response = http.prepareRequest(sign(operation, body)).call();
    byte[] answer = new byte[0];
    if (response.responseBody().isPresent()) {
      try (AbortableInputStream stream = response.responseBody().get()) {
        answer = stream.readAllBytes();
      }
    }
    Map<String, Object> json;
    try {
      json = DynamoDbJson.read(answer);
    } catch (JacksonException e) {
      json = Map.of(); // a gateway's error page
    }
    int status = response.httpResponse().statusCode();
    if (!response.httpResponse().isSuccessful()) {
      String type = String.valueOf(DynamoDbJson.text(json, "__type"));
      throw new DynamoDbRefusal(status, type.substring(type.indexOf('#') + 1), json);
    }
    return json;
  }

  private HttpExecuteRequest sign(String operation, byte[] body) throws IOException {
    SdkHttpRequest unsigned =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.POST)
            .uri(endpoint)
            .encodedPath("/")
            .putHeader("Content-Type", "application/x-amz-json-1.0")
            .putHeader("Content-Length", String.valueOf(body.length))
            .putHeader("X-Amz-Target", "DynamoDB_20120810." + operation)
            .build();
    ContentStreamProvider content = ContentStreamProvider.fromByteArrayUnsafe(body);
    try {
      AwsCredentialsIdentity identity = credentials.resolveCredentials();
      SignedRequest signed =
          signer.sign(
              request ->
                  request
                      .identity(identity)
                      .request(unsigned)
                      .payload(content)
                      .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "dynamodb")
                      .putProperty(AwsV4HttpSigner.REGION_NAME, region.id()));
      return HttpExecuteRequest.builder()
          .request(signed.request())
          .contentStreamProvider(signed.payload().orElse(content))
          .build();
    } catch (SdkException e) { // no credentials
      throw new IOException(e.getMessage(), e);
    }
  }

  private <E extends Exception> RetryToken awaitRetry(RetryToken token, E failure, long begin)
      throws E {
    if (System.nanoTime() - begin > LAST_ATTEMPT.toNanos()) {
      throw failure;
    }
    try {
      RefreshRetryTokenResponse refreshed =
          retries.refreshRetryToken(
              RefreshRetryTokenRequest.builder().token(token).failure(failure).build());
      Thread.sleep(refreshed.delay());
      return refreshed.token();
    } catch (TokenAcquisitionFailedException _) { // not worth it, or tried often enough
      throw failure;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw failure;
    }
  }

  private static boolean isWorthARetry(Throwable failure) {
    return switch (failure) {
      case DynamoDbRefusal refusal -> refusal.status() >= 500 || PASSING.contains(refusal.code());
      case IOException e -> !(e.getCause() instanceof SdkException);
      default -> false;
    };
  }
}
