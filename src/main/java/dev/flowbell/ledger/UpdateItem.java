package dev.flowbell.ledger;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// An update of one item: changes of attributes, and the condition under which they are made.
///
/// The expressions have placeholders for attribute names: many words are reserved.
///
/// @see <a
///   href="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateItem.html">UpdateItem</a>
final class UpdateItem {
  private final String id;
  private final List<String> sets = new ArrayList<>();
  private final List<String> removes = new ArrayList<>();
  private final List<String> adds = new ArrayList<>();
  private final List<String> deletes = new ArrayList<>();
  private final Map<String, String> names = new LinkedHashMap<>(); // placeholders by attribute
  private final Map<String, Object> values = new LinkedHashMap<>();
  private String condition = "";

  /// A condition on one attribute of the item before the update.
  sealed interface Condition {
    /// The item has the attribute.
    record Exists(String attribute) implements Condition {}

    /// The item does not have the attribute.
    record Absent(String attribute) implements Condition {}

    /// The attribute has this value.
    record Equal(String attribute, Map<String, Object> value) implements Condition {}

    /// The attribute is a number and at most this one.
    record AtMost(String attribute, Map<String, Object> number) implements Condition {}

    /// The attribute is a number and less than this one.
    record Less(String attribute, Map<String, Object> number) implements Condition {}

    /// The attribute is a number and greater than this one.
    record Greater(String attribute, Map<String, Object> number) implements Condition {}

    /// The attribute is a set with fewer entries than this.
    record Smaller(String attribute, int size) implements Condition {}

    /// One of the conditions holds.
    record Any(List<Condition> conditions) implements Condition {}
  }

  /// @param id the partition key's value
  UpdateItem(String id) {
    this.id = id;
  }

  /// Sets an attribute.
  UpdateItem set(String attribute, Map<String, Object> value) {
    sets.add(nameOf(attribute) + " = " + placeholder(value));
    return this;
  }

  /// Sets an attribute that the item does not have yet.
  UpdateItem setIfAbsent(String attribute, Map<String, Object> value) {
    sets.add("%1$s = if_not_exists(%1$s, %2$s)".formatted(nameOf(attribute), placeholder(value)));
    return this;
  }

  /// Removes an attribute.
  UpdateItem remove(String attribute) {
    removes.add(nameOf(attribute));
    return this;
  }

  /// Adds to a number or a set. An absent attribute counts as 0, or as the empty set.
  UpdateItem add(String attribute, Map<String, Object> value) {
    adds.add(nameOf(attribute) + " " + placeholder(value));
    return this;
  }

  /// Removes entries from a set.
  UpdateItem delete(String attribute, Map<String, Object> value) {
    deletes.add(nameOf(attribute) + " " + placeholder(value));
    return this;
  }

  /// Makes the update conditional: all of the conditions must hold.
  UpdateItem onlyIf(Condition... all) {
    return onlyIf(List.of(all));
  }

  /// Makes the update conditional: all of the conditions must hold.
  UpdateItem onlyIf(Collection<Condition> all) {
    return onlyIf(all, " AND ");
  }

  /// Makes the update conditional: one of the conditions must hold.
  UpdateItem onlyIfAny(Condition... any) {
    return onlyIf(List.of(any), " OR ");
  }

  private UpdateItem onlyIf(Collection<Condition> conditions, String operator) {
    condition = toExpression(conditions, operator);
    return this;
  }

  private String toExpression(Collection<Condition> conditions, String operator) {
    return conditions.stream().map(this::toExpression).collect(Collectors.joining(operator));
  }

  private String toExpression(Condition each) {
    return switch (each) {
      case Condition.Exists(String attribute) -> "attribute_exists(" + nameOf(attribute) + ")";
      case Condition.Absent(String attribute) -> "attribute_not_exists(" + nameOf(attribute) + ")";
      case Condition.Equal(String attribute, Map<String, Object> value) ->
          nameOf(attribute) + " = " + placeholder(value);
      case Condition.AtMost(String attribute, Map<String, Object> number) ->
          nameOf(attribute) + " <= " + placeholder(number);
      case Condition.Less(String attribute, Map<String, Object> number) ->
          nameOf(attribute) + " < " + placeholder(number);
      case Condition.Greater(String attribute, Map<String, Object> number) ->
          nameOf(attribute) + " > " + placeholder(number);
      case Condition.Smaller(String attribute, int size) ->
          "size(" + nameOf(attribute) + ") < " + placeholder(DynamoDbJson.number(size));
      case Condition.Any(List<Condition> conditions) ->
          "(" + toExpression(conditions, " OR ") + ")";
    };
  }

  private String nameOf(String attribute) {
    return names.computeIfAbsent(attribute, _ -> "#n" + names.size());
  }

  private String placeholder(Map<String, Object> value) {
    String name = ":v" + values.size();
    values.put(name, value);
    return name;
  }

  /// Returns the update as `UpdateItem`'s request, or as an `Update` of `TransactWriteItems`.
  Map<String, Object> toRequest(String table) {
    Map<String, Object> request = new LinkedHashMap<>();
    request.put("TableName", table);
    request.put("Key", Map.of(LedgerAttributes.ID, DynamoDbJson.string(id)));
    request.put(
        "UpdateExpression",
        Stream.of(
                clause("SET ", sets),
                clause("REMOVE ", removes),
                clause("ADD ", adds),
                clause("DELETE ", deletes))
            .filter(clause -> !clause.isEmpty())
            .collect(Collectors.joining(" ")));
    if (!condition.isEmpty()) {
      request.put("ConditionExpression", condition);
    }
    Map<String, Object> attributes = new LinkedHashMap<>();
    names.forEach((attribute, name) -> attributes.put(name, attribute));
    request.put("ExpressionAttributeNames", attributes);
    if (!values.isEmpty()) {
      request.put("ExpressionAttributeValues", values);
    }
    return request;
  }

  private static String clause(String keyword, List<String> actions) {
    return actions.isEmpty() ? "" : keyword + String.join(", ", actions);
  }
}
