package dev.flowbell.ledger;

import dev.flowbell.aws.AwsService;
import dev.flowbell.aws.HttpClients;
import dev.flowbell.aws.ResponseTooLargeException;
import dev.flowbell.aws.SignedEndpoint;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.retries.api.AcquireInitialTokenRequest;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.retries.api.RecordSuccessRequest;
import software.amazon.awssdk.retries.api.RefreshRetryTokenRequest;
import software.amazon.awssdk.retries.api.RefreshRetryTokenResponse;
import software.amazon.awssdk.retries.api.RetryToken;
import software.amazon.awssdk.retries.api.TokenAcquisitionFailedException;
import tools.jackson.core.JacksonException;

/// DynamoDB's endpoint: sends operations as JSON and retries them. See `docs/RATIONALE.md` for why
/// this is not the SDK's DynamoDB module.
///
/// A call without an answer is retried, so an operation must have the same result when repeated. An
/// answer that isn't DynamoDB's, such as a proxy's page or one that was cut short, is none.
///
/// @see <a
///   href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html">Error
///   handling with DynamoDB</a>
final class DynamoDbEndpoint {
  /// The longest time that a call takes with its retries: the last attempt begins before
  /// [#LAST_ATTEMPT].
  static final Duration LONGEST_CALL = Duration.ofSeconds(5);

  private static final Duration LAST_ATTEMPT =
      LONGEST_CALL.minus(HttpClients.LONGEST_LEDGER_ATTEMPT);

  private static final int MOST_ATTEMPTS = 3;

  /// The member of an error that has its name.
  private static final String ERROR_TYPE = "__type";

  /// The client errors that may pass within seconds, as every server error may.
  private static final Set<String> PASSING =
      Set.of(
          "ProvisionedThroughputExceededException",
          "RequestLimitExceeded",
          "ThrottlingException",
          "TransactionConflictException",
          "TransactionInProgressException");

  private final SignedEndpoint endpoint;
  private final StandardRetryStrategy retries =
      StandardRetryStrategy.builder()
          .maxAttempts(MOST_ATTEMPTS)
          .retryOnException(DynamoDbEndpoint::isRetryable)
          .treatAsThrottling(failure -> failure instanceof DynamoDbRefusal)
          .backoffStrategy(
              BackoffStrategy.exponentialDelay(Duration.ofMillis(25), Duration.ofMillis(250)))
          .throttlingBackoffStrategy(
              BackoffStrategy.exponentialDelay(Duration.ofMillis(100), Duration.ofMillis(500)))
          .build();

  /// @param http one of the ledger's, or [#LONGEST_CALL] does not hold; remains the caller's to
  ///   close
  DynamoDbEndpoint(SdkHttpClient http) {
    endpoint =
        new SignedEndpoint(
            AwsService.DYNAMODB,
            SignedEndpoint.defaultRegion(),
            SignedEndpoint.defaultCredentials(),
            http);
  }

  /// Calls an operation.
  ///
  /// @param members which members every response to this operation has
  /// @return the response
  /// @throws DynamoDbRefusal if DynamoDB returns an error
  /// @throws IOException if it returns nothing, or nothing readable
  Map<String, Object> call(String operation, Map<String, Object> request, String... members)
      throws DynamoDbRefusal, IOException {
    byte[] body = DynamoDbJson.write(request);
    long begin = System.nanoTime();
    RetryToken token =
        retries.acquireInitialToken(AcquireInitialTokenRequest.create("dynamodb")).token();
    while (true) {
      try {
        Map<String, Object> response = attempt(operation, body, members);
        retries.recordSuccess(RecordSuccessRequest.create(token));
        return response;
      } catch (IOException e) {
        token = awaitRetry(token, e, begin);
      } catch (DynamoDbRefusal e) {
        token = awaitRetry(token, e, begin);
      }
    }
  }

  private Map<String, Object> attempt(String operation, byte[] body, String... members)
      throws DynamoDbRefusal, IOException {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", "application/x-amz-json-1.0");
    headers.put("X-Amz-Target", "DynamoDB_20120810." + operation);
    SignedEndpoint.Response response = endpoint.post(headers, body);
    if (response.isSuccessful()) {
      return read(response, members);
    }
    Map<String, Object> error = read(response, ERROR_TYPE);
    String type = String.valueOf(error.get(ERROR_TYPE));
    throw new DynamoDbRefusal(response.status(), type.substring(type.indexOf('#') + 1), error);
  }

  private static Map<String, Object> read(SignedEndpoint.Response response, String... members)
      throws IOException {
    try {
      Map<String, Object> json = DynamoDbJson.read(response.body());
      if (json.keySet().containsAll(List.of(members))) {
        return json;
      }
    } catch (JacksonException _) {
      // the same exception as for other JSON than DynamoDB's
    }
    throw new IOException(
        "expected JSON with %s, got %s".formatted(List.of(members), response.describe()));
  }

  private <E extends Exception> RetryToken awaitRetry(RetryToken token, E failure, long begin)
      throws E {
    try {
      RefreshRetryTokenResponse refreshed =
          retries.refreshRetryToken(
              RefreshRetryTokenRequest.builder().token(token).failure(failure).build());
      Duration nextAttempt = Duration.ofNanos(System.nanoTime() - begin).plus(refreshed.delay());
      if (nextAttempt.compareTo(LAST_ATTEMPT) > 0) {
        throw failure;
      }
      Thread.sleep(refreshed.delay());
      return refreshed.token();
    } catch (TokenAcquisitionFailedException _) { // not retryable, or no attempts left
      throw failure;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw failure;
    }
  }

  private static boolean isRetryable(Throwable failure) {
    return switch (failure) {
      case DynamoDbRefusal refusal -> refusal.status() >= 500 || PASSING.contains(refusal.code());
      case ResponseTooLargeException _ -> false;
      case IOException e -> !(e.getCause() instanceof SdkException);
      default -> false;
    };
  }
}
