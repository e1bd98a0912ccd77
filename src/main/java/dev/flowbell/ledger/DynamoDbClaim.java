package dev.flowbell.ledger;

import dev.flowbell.ledger.UpdateItem.Condition;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A claim in a DynamoDB table. It knows the item of the batch, or of the shard whose records are
/// the batch, as it read and wrote it.
final class DynamoDbClaim implements Claim {
  private final DynamoDbTable table;
  private final String item;
  private final String runner;
  private final BatchItem before;
  private final Set<String> doneSteps;
  private final DynamoDbEvidence evidence;
  private final @Nullable ShardRange range;
  private boolean isFinished;
  private int possibleDuplicates;
  private boolean isPlanRecorded;

  /// Records of a shard.
  ///
  /// @param last the sequence number of the last one
  /// @param finish returns the update that finishes them
  record ShardRange(String last, Supplier<UpdateItem> finish) {}

  /// @param item the partition key's value
  /// @param runner the claim's id in the item
  /// @param before the batch as the claim found it
  /// @param evidence the evidence as this claim sees it
  /// @param range the records of a shard that it is about; `null` for a batch
  DynamoDbClaim(
      DynamoDbTable table,
      String item,
      String runner,
      BatchItem before,
      DynamoDbEvidence evidence,
      @Nullable ShardRange range) {
    this.table = table;
    this.item = item;
    this.runner = runner;
    this.before = before;
    this.evidence = evidence;
    this.range = range;
    doneSteps = new LinkedHashSet<>(before.doneSteps());
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

  @Override
  public long acceptedPlan() {
    return before.acceptedPlan();
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
  public boolean mayRepeatAny() {
    return false;
  }

  @Override
  public boolean recordAccepted(Set<Integer> requests, long plan) {
    UpdateItem update =
        newUpdate().set(LedgerAttributes.PLAN, DynamoDbJson.number(plan)).onlyIf(isHeldByThis());
    boolean isSamePlan =
        isPlanRecorded || before.acceptedPlan() == plan || before.acceptedPlan() == 0;
    write(
        isSamePlan
            ? update.add(LedgerAttributes.TAKEN, DynamoDbJson.numberSet(requests))
            : update.set(LedgerAttributes.TAKEN, DynamoDbJson.numberSet(requests)));
    isPlanRecorded = true;
    return true;
  }

  /// The steps of a batch are recorded even if another invocation has claimed it since: they are
  /// done. A shard's item may be about another range then.
  @Override
  public void recordDone(Collection<String> steps) {
    doneSteps.addAll(steps);
    write(recordingDoneSteps());
  }

  @Override
  public void finish(Collection<String> steps) {
    doneSteps.addAll(steps);
    isFinished = true;
    try {
      evidence.flush(true);
    } finally {
      write(
          range == null
              ? recordingDoneSteps()
                  .remove(LedgerAttributes.LEASE_END)
                  .remove(LedgerAttributes.RUNNER)
              : range.finish().get().onlyIf(isHeldByThis()));
    }
  }

  /// Returns an update that records all done steps, those of a write that failed before included.
  private UpdateItem recordingDoneSteps() {
    UpdateItem update =
        newUpdate()
            .set(LedgerAttributes.DOUBTS, DynamoDbJson.number(possibleDuplicates))
            .onlyIf(range == null ? new Condition.Exists(LedgerAttributes.ID) : isHeldByThis());
    return doneSteps.isEmpty() // DynamoDB has no empty sets
        ? update
        : update.add(LedgerAttributes.CLOSED, DynamoDbJson.stringSet(toEntries(doneSteps)));
  }

  private Collection<String> toEntries(Set<String> steps) {
    return range == null
        ? steps
        : steps.stream().map(step -> ShardItem.toEntry(step, range.last())).toList();
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
    boolean staysInterrupted = wasInterrupted() && possibleDuplicates > 0;
    try {
      evidence.flush(false);
    } finally {
      write(
          newUpdate()
              .set(
                  LedgerAttributes.LEASE_END,
                  DynamoDbJson.milliseconds(
                      staysInterrupted ? BatchItem.INTERRUPTED : Instant.EPOCH))
              .set(
                  LedgerAttributes.DOUBTS,
                  DynamoDbJson.number(possibleDuplicates - (staysInterrupted ? 1 : 0)))
              .onlyIf(isHeldByThis()));
    }
  }

  private UpdateItem newUpdate() {
    return new UpdateItem(item);
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
    return evidence;
  }
}
