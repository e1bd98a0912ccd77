package dev.flowbell.ledger;

import dev.flowbell.ledger.UpdateItem.Condition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/// A claim in a DynamoDB table. It knows the batch's item as it read and wrote it.
final class DynamoDbClaim implements Claim {
  /// The most attempts of a transaction. Batches that change the same cooldown at the same time
  /// succeed one after another.
  private static final int MOST_ATTEMPTS = 6;

  private static final long SHORTEST_PAUSE_MILLISECONDS = 20;

  private static final String CANCELED = "TransactionCanceledException";

  private final DynamoDbTable table;
  private final String batch;
  private final String runner;
  private final BatchItem before;
  private final Set<String> doneSteps;
  private final Map<String, Cooldown> cooldowns;
  private boolean isFinished;
  private int possibleDuplicates;

  /// @param runner the claim's id in the item
  /// @param before the batch as the claim found it
  DynamoDbClaim(DynamoDbTable table, String batch, String runner, BatchItem before) {
    this.table = table;
    this.batch = batch;
    this.runner = runner;
    this.before = before;
    doneSteps = new LinkedHashSet<>(before.doneSteps());
    cooldowns = new LinkedHashMap<>(before.cooldowns());
    isFinished = before.isFinished();
    possibleDuplicates = before.possibleDuplicates() + (before.isHeld() ? 1 : 0);
  }

  @Override
  public Instant arrival() {
    return before.arrival();
  }

  @Override
  public boolean isFinished() {
    return isFinished;
  }

  @Override
  public Set<String> doneSteps() {
    return Collections.unmodifiableSet(doneSteps);
  }

  @Override
  public Set<Integer> acceptedRequests() {
    return before.acceptedRequests();
  }

  /// A claim that ended with its lease belongs to an invocation that was killed. Or it is this very
  /// claim, if its first request succeeded and the answer was lost: then whether an invocation was
  /// killed is not known.
  @Override
  public boolean wasInterrupted() {
    return before.isHeld();
  }

  @Override
  public int possibleDuplicates() {
    return possibleDuplicates;
  }

  @Override
  public Map<String, Cooldown> startCooldowns(
      Collection<String> keys, Instant now, Duration length) {
    Set<String> unknown = new LinkedHashSet<>(keys);
    unknown.removeAll(cooldowns.keySet());
    if (unknown.size() > MOST_KEYS) {
      throw new IllegalArgumentException(
          "keys: expected at most %d, got %d".formatted(MOST_KEYS, unknown.size()));
    }
    if (length.isZero()) {
      unknown.forEach(key -> cooldowns.put(key, Cooldown.started(now, 0, now)));
    } else if (!unknown.isEmpty()) {
      decide(unknown, now, length);
    }
    Map<String, Cooldown> result = new LinkedHashMap<>();
    keys.forEach(key -> result.put(key, cooldowns.get(key)));
    return result;
  }

  /// Reads the cooldowns' items, decides, and writes the decisions if the items are still the same.
  /// The same transaction records the decisions in the batch's item.
  private void decide(Set<String> keys, Instant now, Duration length) {
    for (int attempt = 1; ; attempt++) {
      // With this token, DynamoDB makes a transaction once that it receives twice within ten
      // minutes.
      String token = UUID.randomUUID().toString();
      try {
        Map<String, Map<String, Object>> items =
            table.read(keys.stream().map(LedgerAttributes::cooldownId).toList());
        Map<String, Cooldown> decided = new LinkedHashMap<>(cooldowns);
        List<UpdateItem> updates = new ArrayList<>();
        for (String key : keys) {
          String id = LedgerAttributes.cooldownId(key);
          Map<String, Object> item = items.get(id);
          if (item == null) {
            decided.put(key, Cooldown.started(now.plus(length), 0, now));
            updates.add(
                start(id, CooldownItem.start(now, length))
                    .onlyIf(new Condition.Absent(LedgerAttributes.ID)));
            continue;
          }
          CooldownItem last = CooldownItem.from(item);
          if (last.isRunning(now)) {
            decided.put(key, Cooldown.running(last.quietUntil()));
            updates.add(suppressOne(id, last));
          } else {
            decided.put(key, Cooldown.started(now.plus(length), last.suppressed(), last.sent()));
            updates.add(
                start(id, CooldownItem.start(now, length))
                    .onlyIf(
                        new Condition.Equal(
                            LedgerAttributes.TOLD, DynamoDbJson.milliseconds(last.sent())),
                        new Condition.Equal(
                            LedgerAttributes.KEPT_BACK, DynamoDbJson.number(last.suppressed()))));
          }
        }
        updates.add(
            newUpdate()
                .set(LedgerAttributes.COOLDOWNS, BatchItem.toAttribute(decided))
                .onlyIf(isHeldByThis()));
        table.updateAll(updates, token);
        cooldowns.putAll(decided);
        return;
      } catch (DynamoDbRefusal e) {
        if (!e.code().equals(CANCELED) || attempt == MOST_ATTEMPTS) {
          throw table.unavailable("cooldowns", e);
        }
        refuseIfClaimed(e);
        pause(attempt);
      }
    }
  }

  private static UpdateItem suppressOne(String id, CooldownItem last) {
    return new UpdateItem(id)
        .add(LedgerAttributes.KEPT_BACK, DynamoDbJson.number(1))
        .onlyIf(new Condition.Equal(LedgerAttributes.TOLD, DynamoDbJson.milliseconds(last.sent())));
  }

  private static UpdateItem start(String id, CooldownItem started) {
    return new UpdateItem(id)
        .set(LedgerAttributes.TOLD, DynamoDbJson.milliseconds(started.sent()))
        .set(LedgerAttributes.QUIET_UNTIL, DynamoDbJson.milliseconds(started.quietUntil()))
        .set(LedgerAttributes.KEPT_BACK, DynamoDbJson.number(started.suppressed()))
        .set(
            LedgerAttributes.EXPIRES,
            DynamoDbJson.seconds(started.quietUntil().plus(DynamoDbLedger.KEPT)));
  }

  /// Throws an exception if the condition of the transaction's last update failed. That is the
  /// batch's: this claim's lease ended, and another invocation has claimed the batch.
  private void refuseIfClaimed(DynamoDbRefusal canceled) {
    List<Map<String, Object>> reasons =
        DynamoDbJson.objects(canceled.body(), "CancellationReasons");
    if (!reasons.isEmpty() && "ConditionalCheckFailed".equals(reasons.getLast().get("Code"))) {
      throw new BatchClaimedException(batch);
    }
  }

  private void pause(int attempt) {
    long longest = SHORTEST_PAUSE_MILLISECONDS << attempt;
    try {
      Thread.sleep(SHORTEST_PAUSE_MILLISECONDS + ThreadLocalRandom.current().nextLong(longest));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw table.unavailable("cooldowns", e);
    }
  }

  @Override
  public void recordAccepted(Set<Integer> requests) {
    write(
        newUpdate()
            .add(LedgerAttributes.TAKEN, DynamoDbJson.numberSet(requests))
            .onlyIf(isHeldByThis()));
  }

  /// The steps are recorded even if another invocation has claimed the batch since: they are done.
  @Override
  public void recordDone(Collection<String> steps) {
    doneSteps.addAll(steps);
    write(recordingDoneSteps());
  }

  @Override
  public void finish(Collection<String> steps) {
    doneSteps.addAll(steps);
    isFinished = true;
    write(recordingDoneSteps().remove(LedgerAttributes.LEASE_END).remove(LedgerAttributes.RUNNER));
  }

  /// Returns an update that records all done steps, those of a write that failed before included.
  private UpdateItem recordingDoneSteps() {
    UpdateItem update =
        newUpdate()
            .set(LedgerAttributes.DOUBTS, DynamoDbJson.number(possibleDuplicates))
            .onlyIf(new Condition.Exists(LedgerAttributes.ID));
    return doneSteps.isEmpty() // DynamoDB has no empty sets
        ? update
        : update.add(LedgerAttributes.CLOSED, DynamoDbJson.stringSet(doneSteps));
  }

  @Override
  public void addPossibleDuplicates(int publications) {
    possibleDuplicates += publications;
    write(
        newUpdate()
            .set(LedgerAttributes.DOUBTS, DynamoDbJson.number(possibleDuplicates))
            .onlyIf(isHeldByThis()));
  }

  @Override
  public void clearPossibleDuplicates() {
    possibleDuplicates = 0;
  }

  @Override
  public void release() {
    write(
        newUpdate()
            .set(LedgerAttributes.LEASE_END, DynamoDbJson.milliseconds(Instant.EPOCH))
            .set(LedgerAttributes.DOUBTS, DynamoDbJson.number(possibleDuplicates))
            .onlyIf(isHeldByThis()));
  }

  private UpdateItem newUpdate() {
    return new UpdateItem(LedgerAttributes.batchId(batch));
  }

  private Condition isHeldByThis() {
    return new Condition.Equal(LedgerAttributes.RUNNER, DynamoDbJson.string(runner));
  }

  /// Writes to the batch's item. If the condition fails, the item is another invocation's or
  /// expired, and there is nothing to record.
  private void write(UpdateItem update) {
    try {
      table.update(update);
    } catch (DynamoDbRefusal e) {
      if (!e.code().equals(DynamoDbLedger.CONDITION_FAILED)) {
        throw table.unavailable("UpdateItem", e);
      }
    }
  }

  @Override
  public Evidence evidence() {
    throw new UnsupportedOperationException();
  }
}
