package dev.flowbell.aws;

import java.time.Duration;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;

/// The function's HTTP clients, with their time limits. The caller closes them.
///
/// SDK clients that share an HTTP client share its TLS sessions.
///
/// @param publishing for CloudWatch and SNS
/// @param ledger for DynamoDB; not used by a function without a table
public record HttpClients(SdkHttpClient publishing, SdkHttpClient ledger) implements AutoCloseable {
  private static final Duration LONGEST_CONNECT = Duration.ofSeconds(1);
  private static final Duration LONGEST_LEDGER_READ = Duration.ofSeconds(2);

  /// The longest time that one call of the ledger takes, without a retry.
  public static final Duration LONGEST_LEDGER_ATTEMPT = LONGEST_CONNECT.plus(LONGEST_LEDGER_READ);

  /// CloudWatch and SNS answer with less than 1 KB.
  private static final int MOST_PUBLISHING_BYTES = 1 << 20;

  /// An item takes at most 400 KB. Up to 100 are read at once, and an item of evidence takes less
  /// than 40 KB as JSON.
  private static final int MOST_LEDGER_BYTES = 4 << 20;

  /// Makes both clients. Neither opens a connection yet.
  public static HttpClients open() {
    return new HttpClients(newPublishing(), newLedger());
  }

  /// Makes a client for CloudWatch and SNS. The SDK's clients have their own, shorter time limits.
  static SdkHttpClient newPublishing() {
    return newClient(
        LONGEST_CONNECT, AwsClients.LONGEST_ANSWER.minus(LONGEST_CONNECT), MOST_PUBLISHING_BYTES);
  }

  /// Makes a client for the ledger.
  public static SdkHttpClient newLedger() {
    return newClient(LONGEST_CONNECT, LONGEST_LEDGER_READ, MOST_LEDGER_BYTES);
  }

  /// Makes a client with other limits. A call takes no longer than both times together.
  ///
  /// @param longestConnect the longest time to connect
  /// @param longestRead the longest time to wait for bytes of the response
  /// @param mostResponseBytes the largest response body to accept
  public static SdkHttpClient newClient(
      Duration longestConnect, Duration longestRead, int mostResponseBytes) {
    return new LimitedHttpClient(
        UrlConnectionHttpClient.builder()
            .connectionTimeout(longestConnect)
            .socketTimeout(longestRead)
            .build(),
        longestConnect.plus(longestRead),
        mostResponseBytes);
  }

  /// Makes a client that passes the body of a response on as a stream, of any length. The head of
  /// the response comes within both times together.
  ///
  /// @param longestConnect the longest time to connect
  /// @param longestRead the longest time to wait for bytes of the response
  public static SdkHttpClient newStreaming(Duration longestConnect, Duration longestRead) {
    return LimitedHttpClient.ofStreams(
        UrlConnectionHttpClient.builder()
            .connectionTimeout(longestConnect)
            .socketTimeout(longestRead)
            .build(),
        longestConnect.plus(longestRead));
  }

  @Override
  public void close() {
    publishing.close();
    ledger.close();
  }
}
