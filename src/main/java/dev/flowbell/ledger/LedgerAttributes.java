package dev.flowbell.ledger;

/// The names of the ledger table's attributes.
///
/// Items of batches live for 15 days, and other versions of Flowbell read and write them too. So a
/// stored name must not change, and a new meaning needs a new name.
final class LedgerAttributes {
  /// The partition key: `batch#…`, `shard#…`, `ev#…` (evidence), `told#…` (a cause), `mails#…` (an
  /// hour's notifications) or `open` (the board).
  static final String ID = "id";

  /// When DynamoDB may delete the item, in seconds since 1970.
  static final String EXPIRES = "expires";

  /// Of a batch: when it first arrived, in milliseconds since 1970.
  static final String ARRIVAL = "arrival";

  /// Of a batch: when the claim ends, in milliseconds since 1970; 0 after a release. A finished
  /// batch does not have it.
  static final String LEASE_END = "leaseEnd";

  /// Of a batch: the id of the claim that is held, or was held last. A finished batch does not have
  /// it.
  static final String RUNNER = "runner";

  /// Of a batch: the names of the steps that are done. Of a shard: `NAME@NUMBER`, with the sequence
  /// number of the last record that the step is done of.
  static final String CLOSED = "closed";

  /// Of a batch: the numbers of the metrics step's accepted requests.
  static final String TAKEN = "taken";

  /// Of a batch: what the numbers in [#TAKEN] mean.
  static final String PLAN = "plan";

  /// Of a batch: the number of possible duplicates.
  static final String DOUBTS = "doubts";

  /// Of a batch: 1 if its numbers were added to the evidence. Of a shard: the sequence number of
  /// the last record whose numbers were.
  ///
  /// Versions before 2026-11-28 wrote `cooldowns` and `answers` as well, and items `cooldown#…`.
  static final String COUNTED = "counted";

  /// Of a shard: the sequence number of the last record that is delivered.
  static final String FINISHED = "finished";

  /// Of a shard: the sequence number of the last record of the range that was begun. The attributes
  /// of a batch are this range's.
  static final String TO = "to";

  /// Of a shard: the ids of the payloads that were delivered last, 8 bytes each, the oldest first.
  static final String RECENT = "recent";

  /// Of a cause: the first flow time of its episode, in milliseconds since 1970.
  static final String FIRST = "first";

  /// Of a cause: the last flow time of its episode, in milliseconds since 1970.
  static final String LAST = "last";

  /// Of a cause: the flow time at which a notification was last sent, in milliseconds since 1970.
  /// Without it, nothing was sent.
  static final String AT = "at";

  /// Of a cause: how much the last notification mattered.
  static final String RANK = "rank";

  /// Of a cause: whether a notification said that it has grown.
  static final String GROWN = "grown";

  /// Of a cause: whether a notification said what got through.
  static final String GOT = "got";

  /// Of a cause: the batch whose notification was last sent.
  static final String SENT_BY = "by";

  /// Of a cause, or of an hour's held alerts: the batch that may send a notification until
  /// [#LEASE_END].
  static final String OWNER = "owner";

  /// Of the board: its entries.
  static final String ENTRIES = "entries";

  /// Of an hour: how many notifications were counted.
  static final String COUNT = "count";

  /// Of an hour: the alerts that are held for its digest.
  static final String HELD = "held";

  /// The partition key's value for the board.
  static final String BOARD_ID = "open";

  private LedgerAttributes() {}

  /// Returns the partition key's value for a batch.
  static String batchId(String batch) {
    return "batch#" + batch;
  }

  /// Returns the partition key's value for a shard.
  static String shardId(String shard) {
    return "shard#" + shard;
  }

  /// Returns the partition key's value for a cause.
  static String causeId(String key) {
    return "told#" + key;
  }

  /// Returns the partition key's value for an hour's notifications.
  static String notificationsId(long hour) {
    return "mails#" + hour;
  }
}
