package dev.flowbell.ledger;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A batch's item in the ledger table.
///
/// @param arrival when the batch first arrived
/// @param leaseEnd when the claim ends; [Instant#EPOCH] after a release, `null` if the batch is
///   finished
/// @param doneSteps the names of the steps that are done, unknown ones included
/// @param acceptedRequests the numbers of the metrics step's accepted requests
/// @param possibleDuplicates how many publications may have been accepted without being recorded
/// @param cooldowns the batch's cooldowns by key
record BatchItem(
    Instant arrival,
    @Nullable Instant leaseEnd,
    Set<String> doneSteps,
    Set<Integer> acceptedRequests,
    int possibleDuplicates,
    Map<String, Cooldown> cooldowns) {

  /// Returns a batch that has no item yet.
  static BatchItem newBatch(Instant arrival) {
    return new BatchItem(arrival, Instant.EPOCH, Set.of(), Set.of(), 0, Map.of());
  }

  /// Returns the batch that an item of the table holds.
  static BatchItem from(Map<String, Object> item) {
    Set<Integer> acceptedRequests = new TreeSet<>();
    DynamoDbJson.readNumbers(item, LedgerAttributes.TAKEN)
        .forEach(number -> acceptedRequests.add(Integer.valueOf(number)));
    return new BatchItem(
        DynamoDbJson.readInstant(item, LedgerAttributes.ARRIVAL),
        item.containsKey(LedgerAttributes.LEASE_END)
            ? DynamoDbJson.readInstant(item, LedgerAttributes.LEASE_END)
            : null,
        new LinkedHashSet<>(DynamoDbJson.readStrings(item, LedgerAttributes.CLOSED)),
        acceptedRequests,
        (int) DynamoDbJson.readNumber(item, LedgerAttributes.DOUBTS, 0),
        readCooldowns(item));
  }

  boolean isFinished() {
    return leaseEnd == null;
  }

  /// Returns whether the last claim was neither finished nor released.
  boolean isHeld() {
    return leaseEnd != null && !leaseEnd.equals(Instant.EPOCH);
  }

  /// Returns the value of [LedgerAttributes#COOLDOWNS].
  static Map<String, Object> toAttribute(Map<String, Cooldown> cooldowns) {
    Map<String, Object> byKey = new LinkedHashMap<>();
    cooldowns.forEach((key, cooldown) -> byKey.put(key, toAttribute(cooldown)));
    return DynamoDbJson.map(byKey);
  }

  private static Map<String, Object> toAttribute(Cooldown cooldown) {
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put(LedgerAttributes.IS_STARTED, DynamoDbJson.bool(cooldown.isStarted()));
    attributes.put(LedgerAttributes.UNTIL, DynamoDbJson.milliseconds(cooldown.until()));
    attributes.put(LedgerAttributes.SUPPRESSED, DynamoDbJson.number(cooldown.suppressed()));
    if (cooldown.since() != null) {
      attributes.put(LedgerAttributes.SINCE, DynamoDbJson.milliseconds(cooldown.since()));
    }
    return DynamoDbJson.map(attributes);
  }

  private static Map<String, Cooldown> readCooldowns(Map<String, Object> item) {
    Map<String, Cooldown> cooldowns = new LinkedHashMap<>();
    Map<String, Object> texts = DynamoDbJson.readMap(item, LedgerAttributes.ANSWERS);
    for (String key : texts.keySet()) {
      cooldowns.put(key, parseCooldown(DynamoDbJson.readString(texts, key)));
    }
    Map<String, Object> maps = DynamoDbJson.readMap(item, LedgerAttributes.COOLDOWNS);
    for (String key : maps.keySet()) {
      cooldowns.put(key, readCooldown(DynamoDbJson.readMap(maps, key)));
    }
    return cooldowns;
  }

  private static Cooldown readCooldown(Map<String, Object> attributes) {
    Instant until = DynamoDbJson.readInstant(attributes, LedgerAttributes.UNTIL);
    return DynamoDbJson.readBoolean(attributes, LedgerAttributes.IS_STARTED)
        ? Cooldown.started(
            until,
            DynamoDbJson.readNumber(attributes, LedgerAttributes.SUPPRESSED, 0),
            DynamoDbJson.readInstant(attributes, LedgerAttributes.SINCE))
        : Cooldown.running(until);
  }

  /// Reads a text of [LedgerAttributes#ANSWERS].
  private static Cooldown parseCooldown(String text) {
    String[] parts = text.split(" ", -1);
    Instant until = Instant.ofEpochMilli(Long.parseLong(parts[1]));
    return Boolean.parseBoolean(parts[0])
        ? Cooldown.started(
            until, Long.parseLong(parts[2]), Instant.ofEpochMilli(Long.parseLong(parts[3])))
        : Cooldown.running(until);
  }
}
