package dev.flowbell.testing.emulator;

import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/// A ledger's table as the template makes it, read with the SDK's own client.
///
/// @param name the table's name
public record LedgerTable(AwsEndpoint aws, String name) {
  /// Makes an empty table.
  public static LedgerTable make(AwsEndpoint aws) {
    LedgerTable table = new LedgerTable(aws, aws.uniqueName("flowbell-ledger"));
    DynamoDbClient client = aws.dynamoDb();
    client.createTable(
        request ->
            request
                .tableName(table.name)
                .billingMode(BillingMode.PAY_PER_REQUEST)
                .keySchema(
                    KeySchemaElement.builder().attributeName("id").keyType(KeyType.HASH).build())
                .attributeDefinitions(
                    AttributeDefinition.builder()
                        .attributeName("id")
                        .attributeType(ScalarAttributeType.S)
                        .build()));
    client.waiter().waitUntilTableExists(request -> request.tableName(table.name));
    return table;
  }

  /// Returns the number in an item's attribute.
  public long number(String id, String attribute) {
    return Long.parseLong(entry(id).get(attribute).n());
  }

  /// Returns an item's approximate size, counted as DynamoDB does: names and values.
  public int bytesOf(String id) {
    return entry(id).entrySet().stream()
        .mapToInt(each -> each.getKey().length() + each.getValue().toString().length())
        .sum();
  }

  private Map<String, AttributeValue> entry(String id) {
    return aws.dynamoDb()
        .getItem(
            request ->
                request
                    .tableName(name)
                    .consistentRead(true)
                    .key(Map.of("id", AttributeValue.fromS(id))))
        .item();
  }
}
