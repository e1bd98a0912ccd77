package dev.flowbell.ledger;

import dev.flowbell.aws.HttpClients;
import dev.flowbell.ledger.UpdateItem.Condition;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Supplier;
import software.amazon.awssdk.http.SdkHttpClient;

/// A ledger in a DynamoDB table, which all processes of the function share.
///
/// A batch has one item, and so has a shard of a stream. Claiming and finishing them take one small
/// write each. [DynamoDbEvidence] keeps what is remembered across batches in items of its own.
/// [LedgerAttributes] names the attributes.
public final class DynamoDbLedger implements Ledger {
  /// The longest time that one method of a [Claim] takes, except [Claim#finish] and
  /// [Claim#release], which make up to three calls.
  public static final Duration LONGEST_CALL = DynamoDbEndpoint.LONGEST_CALL;

  /// How long items are kept: as long as a failure queue can keep a payload, and one day more for a
  /// redrive.
  ///
  /// @see <a
  ///   href="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html">Amazon
  ///   SQS message quotas</a>: "Message retention … maximum of 14 days" (read 2026-11-23)
  static final Duration KEPT = Duration.ofDays(15);

  static final String CONDITION_FAILED = "ConditionalCheckFailedException";

  private final DynamoDbTable table;
  private final EvidenceCache cache = new EvidenceCache();
  private final DynamoDbBoard board;

  /// Makes a ledger with the SDK's default Region, credentials and endpoint.
  public DynamoDbLedger(String table) {
    this(table, HttpClients.newLedger());
  }

  /// Creates a ledger that uses the caller's clients.
  public DynamoDbLedger(String table, HttpClients clients) {
    this(table, clients.ledger());
  }

  /// Makes a ledger that uses an HTTP client of the caller, who closes it.
  ///
  /// @param http one of [HttpClients#ledger], or [#LONGEST_CALL] does not hold
  public DynamoDbLedger(String table, SdkHttpClient http) {
    this.table = new DynamoDbTable(table, http);
    this.board = new DynamoDbBoard(this.table);
  }

  @Override
  public Claim claim(String batch, Instant now, Duration lease) {
    String runner = UUID.randomUUID().toString();
    UpdateItem update =
        newClaimUpdate(LedgerAttributes.batchId(batch), runner, now, lease)
            // The last condition lets a retry of this very request succeed.
            .onlyIfAny(
                new Condition.Absent(LedgerAttributes.ID),
                new Condition.AtMost(LedgerAttributes.LEASE_END, DynamoDbJson.milliseconds(now)),
                new Condition.Equal(LedgerAttributes.RUNNER, DynamoDbJson.string(runner)));
    try {
      Map<String, Object> before = table.updateAndReturnOld(update);
      return newBatchClaim(
          batch, runner, before.isEmpty() ? BatchItem.newBatch(now) : BatchItem.from(before), now);
    } catch (DynamoDbRefusal e) {
      Map<String, Object> found = DynamoDbJson.object(e.body(), "Item");
      if (!e.code().equals(CONDITION_FAILED) || found.isEmpty()) {
        throw table.unavailable("UpdateItem", e);
      }
      BatchItem held = BatchItem.from(found);
      if (held.isFinished()) {
        return newBatchClaim(batch, runner, held, now);
      }
      throw new BatchClaimedException(batch, Objects.requireNonNull(held.leaseEnd()));
    }
  }

  @Override
  public ShardClaim claimShard(String shard, String last, Instant now, Duration lease) {
    String runner = UUID.randomUUID().toString();
    UpdateItem update =
        newClaimUpdate(LedgerAttributes.shardId(shard), runner, now, lease)
            .setIfAbsent(LedgerAttributes.TO, DynamoDbJson.string(last))
            .onlyIfAny(
                new Condition.Absent(LedgerAttributes.LEASE_END),
                new Condition.AtMost(LedgerAttributes.LEASE_END, DynamoDbJson.milliseconds(now)),
                new Condition.Equal(LedgerAttributes.RUNNER, DynamoDbJson.string(runner)));
    try {
      return new DynamoDbShardClaim(
          this, shard, runner, last, now, ShardItem.from(table.updateAndReturnOld(update)));
    } catch (DynamoDbRefusal e) {
      Map<String, Object> item = DynamoDbJson.object(e.body(), "Item");
      if (!e.code().equals(CONDITION_FAILED) || item.isEmpty()) {
        throw table.unavailable("UpdateItem", e);
      }
      throw new BatchClaimedException(
          shard, DynamoDbJson.readInstant(item, LedgerAttributes.LEASE_END));
    }
  }

  private static UpdateItem newClaimUpdate(String id, String runner, Instant now, Duration lease) {
    return new UpdateItem(id)
        .setIfAbsent(LedgerAttributes.ARRIVAL, DynamoDbJson.milliseconds(now))
        .set(LedgerAttributes.LEASE_END, DynamoDbJson.milliseconds(now.plus(lease)))
        .set(LedgerAttributes.RUNNER, DynamoDbJson.string(runner))
        .set(LedgerAttributes.EXPIRES, DynamoDbJson.seconds(now.plus(KEPT)));
  }

  DynamoDbTable table() {
    return table;
  }

  private Claim newBatchClaim(String batch, String runner, BatchItem before, Instant now) {
    String item = LedgerAttributes.batchId(batch);
    return new DynamoDbClaim(
        table,
        item,
        runner,
        before,
        newEvidence(item, batch, runner, DynamoDbJson.number(1), before, now),
        null);
  }

  /// Creates the claim of records of a shard.
  ///
  /// @param last the sequence number of the last one
  /// @param finish returns the update that finishes them
  Claim newRangeClaim(
      String shard,
      String last,
      String runner,
      BatchItem before,
      Instant now,
      Supplier<UpdateItem> finish) {
    String item = LedgerAttributes.shardId(shard);
    return new DynamoDbClaim(
        table,
        item,
        runner,
        before,
        newEvidence(item, shard, runner, DynamoDbJson.string(last), before, now),
        new DynamoDbClaim.ShardRange(last, finish));
  }

  private DynamoDbEvidence newEvidence(
      String item,
      String owner,
      String runner,
      Map<String, Object> countedMark,
      BatchItem before,
      Instant now) {
    long begin = System.nanoTime();
    return new DynamoDbEvidence(
        table,
        cache,
        board,
        item,
        owner,
        runner,
        countedMark,
        before.isCounted(),
        () -> now.plusNanos(System.nanoTime() - begin));
  }
}
