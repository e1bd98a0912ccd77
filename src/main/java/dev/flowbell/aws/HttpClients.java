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
  static final Duration LONGEST_PUBLISHING_ATTEMPT = Duration.ofSeconds(4);

  private static final Duration LONGEST_CONNECT = Duration.ofSeconds(1);
  private static final Duration LONGEST_LEDGER_READ = Duration.ofSeconds(2);

  /// The longest time that one call of the ledger takes, without a retry.
  public static final Duration LONGEST_LEDGER_ATTEMPT = LONGEST_CONNECT.plus(LONGEST_LEDGER_READ);

  /// Makes both clients. Neither opens a connection yet.
  public static HttpClients open() {
    return new HttpClients(newPublishing(), newLedger());
  }

  /// Makes a client for CloudWatch and SNS.
  static SdkHttpClient newPublishing() {
    return newClient(LONGEST_CONNECT, LONGEST_PUBLISHING_ATTEMPT);
  }

  /// Makes a client for the ledger.
  public static SdkHttpClient newLedger() {
    return newClient(LONGEST_CONNECT, LONGEST_LEDGER_READ);
  }

  /// Makes a client with other time limits.
  ///
  /// @param longestConnect the longest time to connect
  /// @param longestRead the longest time to wait for bytes of the response
  public static SdkHttpClient newClient(Duration longestConnect, Duration longestRead) {
    return UrlConnectionHttpClient.builder()
        .connectionTimeout(longestConnect)
        .socketTimeout(longestRead)
        .build();
  }

  @Override
  public void close() {
    publishing.close();
    ledger.close();
  }
}
