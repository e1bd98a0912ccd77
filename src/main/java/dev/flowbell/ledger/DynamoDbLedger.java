package dev.flowbell.ledger;

import dev.flowbell.aws.HttpClients;
import dev.flowbell.ledger.UpdateItem.Condition;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import software.amazon.awssdk.http.SdkHttpClient;

/// A ledger in a DynamoDB table, which all processes of the function share.
///
/// A batch has one item. Claiming and finishing it take one small write each. [DynamoDbEvidence]
/// keeps what is remembered across batches in items of its own. [LedgerAttributes] names the
/// attributes.
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
        new UpdateItem(LedgerAttributes.batchId(batch))
            .setIfAbsent(LedgerAttributes.ARRIVAL, DynamoDbJson.milliseconds(now))
            .set(LedgerAttributes.LEASE_END, DynamoDbJson.milliseconds(now.plus(lease)))
            .set(LedgerAttributes.RUNNER, DynamoDbJson.string(runner))
            .set(LedgerAttributes.EXPIRES, DynamoDbJson.seconds(now.plus(KEPT)))
            // The last condition lets a retry of this very request succeed.
            .onlyIfAny(
                new Condition.Absent(LedgerAttributes.ID),
                new Condition.AtMost(LedgerAttributes.LEASE_END, DynamoDbJson.milliseconds(now)),
                new Condition.Equal(LedgerAttributes.RUNNER, DynamoDbJson.string(runner)));
    try {
      Map<String, Object> before = table.updateAndReturnOld(update);
      return newClaim(
          batch, runner, before.isEmpty() ? BatchItem.newBatch(now) : BatchItem.from(before), now);
    } catch (DynamoDbRefusal e) {
      Map<String, Object> item = DynamoDbJson.object(e.body(), "Item");
      if (!e.code().equals(CONDITION_FAILED) || item.isEmpty()) {
        throw table.unavailable("UpdateItem", e);
      }
      BatchItem held = BatchItem.from(item);
      if (held.isFinished()) {
        return newClaim(batch, runner, held, now);
      }
      throw new BatchClaimedException(batch, Objects.requireNonNull(held.leaseEnd()));
    }
  }

  private Claim newClaim(String batch, String runner, BatchItem before, Instant now) {
    long begin = System.nanoTime();
    return new DynamoDbClaim(
        table,
        batch,
        runner,
        before,
        new DynamoDbEvidence(
            table,
            cache,
            board,
            batch,
            runner,
            before.isCounted(),
            () -> now.plusNanos(System.nanoTime() - begin)));
  }
}
