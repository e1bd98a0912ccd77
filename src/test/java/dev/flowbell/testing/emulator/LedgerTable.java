package dev.flowbell.testing.emulator;

import java.util.HashMap;
import java.util.Map;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.KeyType;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;

/// A ledger's table as the template makes it. The SDK's own client reads and writes its items.
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

  /// Returns the number that an item's attribute holds.
  public long number(String id, String attribute) {
    return Long.parseLong(attributes(id).get(attribute).n());
  }

  /// Returns an item's approximate size in bytes: that of its names and values.
  public int bytesOf(String id) {
    return attributes(id).entrySet().stream()
        .mapToInt(each -> each.getKey().length() + each.getValue().toString().length())
        .sum();
  }

  /// Lets all claims and leases end now, as time would, so that no test waits for it.
  public void endLeases() {
    AttributeValue now = AttributeValue.fromN(String.valueOf(System.currentTimeMillis()));
    aws.dynamoDb()
        .scanPaginator(request -> request.tableName(name).consistentRead(true))
        .items()
        .forEach(
            item -> {
              AttributeValue leaseEnd = item.get("leaseEnd");
              if (leaseEnd != null && Long.parseLong(leaseEnd.n()) > Long.parseLong(now.n())) {
                aws.dynamoDb()
                    .updateItem(
                        request ->
                            request
                                .tableName(name)
                                .key(Map.of("id", item.get("id")))
                                .updateExpression("SET leaseEnd = :now")
                                .expressionAttributeValues(Map.of(":now", now)));
              }
            });
  }

  /// Writes an item.
  ///
  /// @param attributes the attributes besides the id
  public void put(String id, Map<String, AttributeValue> attributes) {
    Map<String, AttributeValue> item = new HashMap<>(attributes);
    item.put("id", AttributeValue.fromS(id));
    aws.dynamoDb().putItem(request -> request.tableName(name).item(item));
  }

  /// Returns an item's attributes, empty if there is no item.
  public Map<String, AttributeValue> attributes(String id) {
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
