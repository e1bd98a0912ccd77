package dev.flowbell.ledger;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import software.amazon.awssdk.http.SdkHttpClient;

/// The ledger's table in DynamoDB, with the operations that the ledger needs.
///
/// Its methods throw [LedgerUnavailableException] if DynamoDB can't be reached, and
/// [DynamoDbRefusal] if it returns an error.
final class DynamoDbTable {
  /// The most items that one call reads.
  ///
  /// @see <a
  ///   href="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html">BatchGetItem</a>
  ///   (read 2026-11-23)
  static final int MOST_READS = 100;

  private static final int MOST_READ_ATTEMPTS = 4;
  private static final long SHORTEST_PAUSE_MILLISECONDS = 20;

  private final String name;
  private final DynamoDbEndpoint endpoint;

  DynamoDbTable(String name, SdkHttpClient http) {
    this.name = name;
    this.endpoint = new DynamoDbEndpoint(http);
  }

  /// Updates an item.
  void update(UpdateItem update) throws DynamoDbRefusal {
    call("UpdateItem", update.toRequest(name));
  }

  /// Updates an item, and returns it as it was before.
  ///
  /// @return the item's attributes, empty if there was no item
  /// @throws DynamoDbRefusal if the condition fails; its body then has the item as `Item`
  Map<String, Object> updateAndReturnOld(UpdateItem update) throws DynamoDbRefusal {
    Map<String, Object> request = update.toRequest(name);
    request.put("ReturnValues", "ALL_OLD");
    request.put("ReturnValuesOnConditionCheckFailure", "ALL_OLD");
    return DynamoDbJson.object(call("UpdateItem", request), "Attributes");
  }

  /// Updates an item, and returns it as it is afterwards.
  ///
  /// @throws DynamoDbRefusal if the condition fails; its body then has the item as `Item`
  Map<String, Object> updateAndReturnNew(UpdateItem update) throws DynamoDbRefusal {
    Map<String, Object> request = update.toRequest(name);
    request.put("ReturnValues", "ALL_NEW");
    request.put("ReturnValuesOnConditionCheckFailure", "ALL_OLD");
    return DynamoDbJson.object(call("UpdateItem", request, "Attributes"), "Attributes");
  }

  /// Makes all of the updates, or none.
  ///
  /// @param token the same for a repeat of the same updates, which DynamoDB then makes once
  void updateAll(List<UpdateItem> updates, String token) throws DynamoDbRefusal {
    List<Map<String, Object>> writes = new ArrayList<>();
    updates.forEach(update -> writes.add(Map.of("Update", update.toRequest(name))));
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("TransactItems", writes);
    request.put("ClientRequestToken", token);
    call("TransactWriteItems", request);
  }

  /// Reads items by their ids, each as all writes before have left it.
  ///
  /// @param ids [#MOST_READS] at most
  /// @return the items that exist, by id
  Map<String, Map<String, Object>> read(Collection<String> ids) throws DynamoDbRefusal {
    List<Map<String, Object>> keys = new ArrayList<>();
    ids.forEach(id -> keys.add(Map.of(LedgerAttributes.ID, DynamoDbJson.string(id))));
    Map<String, Object> reads = new LinkedHashMap<>();
    reads.put("Keys", keys);
    reads.put("ConsistentRead", true);
    Map<String, Object> requestItems = Map.of(name, reads);
    Map<String, Map<String, Object>> items = new LinkedHashMap<>();
    for (int attempt = 1; ; attempt++) {
      Map<String, Object> response =
          call("BatchGetItem", Map.of("RequestItems", requestItems), "Responses");
      for (Map<String, Object> item :
          DynamoDbJson.objects(DynamoDbJson.object(response, "Responses"), name)) {
        items.put(DynamoDbJson.readString(item, LedgerAttributes.ID), item);
      }
      requestItems = DynamoDbJson.object(response, "UnprocessedKeys");
      if (requestItems.isEmpty()) {
        return items;
      }
      if (attempt == MOST_READ_ATTEMPTS) {
        throw new LedgerUnavailableException(
            "ledger: DynamoDB BatchGetItem, table %s: not all of %d keys were read"
                .formatted(name, ids.size()));
      }
      pause("BatchGetItem", attempt);
    }
  }

  /// Waits before another attempt, each time up to twice as long.
  void pause(String operation, int attempt) {
    long longest = SHORTEST_PAUSE_MILLISECONDS << attempt;
    try {
      Thread.sleep(SHORTEST_PAUSE_MILLISECONDS + ThreadLocalRandom.current().nextLong(longest));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unavailable(operation, e);
    }
  }

  /// Returns the exception for an operation that failed.
  LedgerUnavailableException unavailable(String operation, Exception cause) {
    return new LedgerUnavailableException(
        "ledger: DynamoDB %s, table %s: %s".formatted(operation, name, cause.getMessage()), cause);
  }

  private Map<String, Object> call(String operation, Map<String, Object> request, String... members)
      throws DynamoDbRefusal {
    try {
      return endpoint.call(operation, request, members);
    } catch (IOException e) {
      throw unavailable(operation, e);
    }
  }
}
