package dev.flowbell.ledger;

import dev.flowbell.ledger.UpdateItem.Condition;
import java.time.Instant;
import java.util.Set;

/// A claim of a shard in a DynamoDB table.
final class DynamoDbShardClaim extends RangedShardClaim {
  private final DynamoDbLedger ledger;
  private final String runner;
  private final String last;
  private final ShardItem before;

  /// @param runner the claim's id in the item
  /// @param last the sequence number of the batch's last record
  /// @param before the shard as the claim found it
  DynamoDbShardClaim(
      DynamoDbLedger ledger,
      String shard,
      String runner,
      String last,
      Instant now,
      ShardItem before) {
    super(shard, last, now, before);
    this.ledger = ledger;
    this.runner = runner;
    this.last = last;
    this.before = before;
  }

  @Override
  Claim claimRange(String end, BatchItem ofRange) {
    return ledger.newRangeClaim(shard, end, runner, ofRange, now, this::finish);
  }

  /// Returns the update that finishes the current range, and prepares the item for what follows.
  private UpdateItem finish() {
    ranges.finish();
    UpdateItem update =
        newUpdate()
            .set(LedgerAttributes.FINISHED, DynamoDbJson.string(ranges.finished()))
            .remove(LedgerAttributes.TAKEN)
            .remove(LedgerAttributes.PLAN);
    if (!ranges.recent().isEmpty()) {
      update.set(LedgerAttributes.RECENT, DynamoDbJson.binary(ShardItem.toBytes(ranges.recent())));
    }
    Set<String> steps = ranges.stepsAhead();
    if (steps.isEmpty()) {
      update.remove(LedgerAttributes.CLOSED);
    } else {
      update.set(LedgerAttributes.CLOSED, DynamoDbJson.stringSet(steps));
    }
    if (!ranges.isCountedAhead()) {
      update.remove(LedgerAttributes.COUNTED);
    }
    boolean isRestBegun = !ranges.begunTo().isEmpty();
    if (isRestBegun) {
      update.set(LedgerAttributes.DOUBTS, DynamoDbJson.number(ranges.inheritedDuplicates()));
    } else {
      update.remove(LedgerAttributes.DOUBTS);
      if (ranges.isFollowed()) {
        update
            .set(LedgerAttributes.TO, DynamoDbJson.string(last))
            .set(LedgerAttributes.ARRIVAL, DynamoDbJson.milliseconds(now));
      } else {
        update.remove(LedgerAttributes.TO).remove(LedgerAttributes.ARRIVAL);
      }
    }
    return ranges.isFollowed() ? update : unclaimed(update, isRestBegun, Instant.EPOCH);
  }

  /// Where the claim found a range that was begun, that one stays as it is.
  @Override
  public void end() {
    boolean isRestBegun = !ranges.begunTo().isEmpty();
    UpdateItem update = newUpdate();
    if (!isRestBegun) {
      update.remove(LedgerAttributes.TO).remove(LedgerAttributes.ARRIVAL);
    }
    unclaimed(update, isRestBegun, before.begun().isHeld() ? BatchItem.INTERRUPTED : Instant.EPOCH)
        .onlyIf(new Condition.Equal(LedgerAttributes.RUNNER, DynamoDbJson.string(runner)));
    try {
      ledger.table().update(update);
    } catch (DynamoDbRefusal e) {
      if (!e.code().equals(DynamoDbLedger.CONDITION_FAILED)) {
        throw ledger.table().unavailable("UpdateItem", e);
      }
    }
  }

  private static UpdateItem unclaimed(UpdateItem update, boolean isRestBegun, Instant leaseEnd) {
    update.remove(LedgerAttributes.RUNNER);
    return isRestBegun
        ? update.set(LedgerAttributes.LEASE_END, DynamoDbJson.milliseconds(leaseEnd))
        : update.remove(LedgerAttributes.LEASE_END);
  }

  private UpdateItem newUpdate() {
    return new UpdateItem(LedgerAttributes.shardId(shard));
  }
}
