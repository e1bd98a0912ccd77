package dev.flowbell.doctor;

import dev.flowbell.settings.InvalidSettingsException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.TableDescription;
import software.amazon.awssdk.services.dynamodb.model.TableStatus;
import software.amazon.awssdk.services.dynamodb.model.TimeToLiveDescription;
import software.amazon.awssdk.services.dynamodb.model.TimeToLiveStatus;

/// Checks that the ledger's table exists, can be used, and deletes what has expired.
///
/// @see <a
///   href="https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/TTL.html">DynamoDB:
///   time to live</a>
final class LedgerCheck implements Check {
  private static final String KEY = "id";
  private static final String EXPIRY = "expires";

  private static final String WITHOUT =
      "a repeated payload is counted twice, and alerts see one payload at a time";

  @Override
  public String name() {
    return "ledger";
  }

  @Override
  public List<String> actions() {
    return List.of(
        "dynamodb:DescribeTable", "dynamodb:DescribeTimeToLive", "lambda:GetFunctionConfiguration");
  }

  @Override
  public List<Finding> examine(Deployment deployment) {
    String tableName;
    try {
      tableName = deployment.settings().ledgerTable();
    } catch (InvalidSettingsException _) {
      return List.of(Finding.skipped(name(), "its table is not known", "see settings"));
    }
    if (tableName == null) {
      return List.of(
          Finding.warning(
              name(), "the function has none (LEDGER_TABLE)", WITHOUT, drift(deployment)));
    }
    DynamoDbClient dynamoDb = deployment.aws().dynamoDb();
    TableDescription table;
    try {
      table = dynamoDb.describeTable(ask -> ask.tableName(tableName)).table();
    } catch (ResourceNotFoundException _) {
      return List.of(
          Finding.problem(
              name(), "there is no table " + tableName, WITHOUT, create(tableName, deployment)));
    }
    if (table.tableStatus() != TableStatus.ACTIVE && table.tableStatus() != TableStatus.UPDATING) {
      return List.of(
          Finding.problem(
              name(),
              "%s is %s".formatted(tableName, table.tableStatusAsString()),
              WITHOUT,
              AwsCommand.of("dynamodb describe-table")
                  .with("table-name", tableName)
                  .with("query", "Table.[TableStatus,SSEDescription,ArchivalSummary]")
                  .in(deployment)));
    }
    if (!hasKey(table)) {
      return List.of(
          Finding.problem(
              name(),
              "%s has another key than %s, a string".formatted(tableName, KEY),
              "the function can't use it, and a table's key can't be changed: " + WITHOUT,
              drift(deployment)));
    }
    TimeToLiveDescription expiry =
        dynamoDb.describeTimeToLive(ask -> ask.tableName(tableName)).timeToLiveDescription();
    return List.of(expiry(tableName, expiry, deployment));
  }

  private static boolean hasKey(TableDescription table) {
    return table
            .keySchema()
            .equals(
                List.of(
                    KeySchemaElement.builder().attributeName(KEY).keyType(KeyType.HASH).build()))
        && table.attributeDefinitions().stream()
            .anyMatch(
                each ->
                    each.attributeName().equals(KEY)
                        && each.attributeType() == ScalarAttributeType.S);
  }

  private Finding expiry(
      String tableName, @Nullable TimeToLiveDescription expiry, Deployment deployment) {
    if (expiry == null
        || (expiry.timeToLiveStatus() != TimeToLiveStatus.ENABLED
            && expiry.timeToLiveStatus() != TimeToLiveStatus.ENABLING)) {
      return Finding.warning(
          name(),
          tableName + " keeps items forever",
          "the cost grows, and addresses stay longer than two days",
          timeToLive(tableName, true, EXPIRY, deployment));
    }
    if (!EXPIRY.equals(expiry.attributeName())) {
      return Finding.warning(
          name(),
          "%s expires items by %s, expected %s"
              .formatted(tableName, expiry.attributeName(), EXPIRY),
          "items stay forever. DynamoDB takes up to an hour to switch it off: run doctor again"
              + " then, to switch it on",
          timeToLive(tableName, false, expiry.attributeName(), deployment));
    }
    return Finding.ok(name(), tableName + " is ACTIVE, and items expire");
  }

  private static String drift(Deployment deployment) {
    return AwsCommand.of("cloudformation detect-stack-drift")
        .with("stack-name", deployment.stackName())
        .in(deployment);
  }

  /// Returns the commands that make the table of the template.
  private static String create(String tableName, Deployment deployment) {
    return String.join(
        " && ",
        AwsCommand.of("dynamodb create-table")
            .with("table-name", tableName)
            .with("billing-mode", "PAY_PER_REQUEST")
            .with("attribute-definitions", "AttributeName=%s,AttributeType=S".formatted(KEY))
            .with("key-schema", "AttributeName=%s,KeyType=HASH".formatted(KEY))
            .in(deployment),
        AwsCommand.of("dynamodb wait table-exists").with("table-name", tableName).in(deployment),
        timeToLive(tableName, true, EXPIRY, deployment));
  }

  private static String timeToLive(
      String tableName, boolean isOn, String attribute, Deployment deployment) {
    return AwsCommand.of("dynamodb update-time-to-live")
        .with("table-name", tableName)
        .with(
            "time-to-live-specification", "Enabled=%s,AttributeName=%s".formatted(isOn, attribute))
        .in(deployment);
  }
}
