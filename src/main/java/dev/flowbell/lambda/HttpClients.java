package dev.flowbell.lambda;

import dev.flowbell.aws.AwsClients;
import dev.flowbell.ledger.DynamoDbLedger;
import dev.flowbell.settings.Settings;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.SdkHttpClient;

/// What the function's calls to AWS go through, but for questions about formats.
///
/// @param publishing for CloudWatch and SNS
/// @param ledger for DynamoDB, `null` where the function has no table
public record HttpClients(SdkHttpClient publishing, @Nullable SdkHttpClient ledger) {
  static HttpClients of(Settings settings) {
    return new HttpClients(
        AwsClients.newHttpClient(),
        settings.ledgerTable() == null ? null : DynamoDbLedger.newHttpClient());
  }
}
