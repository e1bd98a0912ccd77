package dev.flowbell.ledger;

/// The names of the ledger table's attributes.
///
/// Items live for 15 days, and other versions of Flowbell read and write them too. So a stored name
/// must not change, and a new meaning needs a new name.
final class LedgerAttributes {
  /// The partition key: `batch#…` or `cooldown#…`.
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

  /// Of a batch: the names of the steps that are done.
  static final String CLOSED = "closed";

  /// Of a batch: the numbers of the metrics step's accepted requests.
  static final String TAKEN = "taken";

  /// Of a batch: the number of possible duplicates.
  static final String DOUBTS = "doubts";

  /// Of a batch: its cooldowns by key, maps with the attributes [#IS_STARTED], [#UNTIL],
  /// [#SUPPRESSED] and [#SINCE].
  static final String COOLDOWNS = "cooldowns";

  /// Of a batch: its cooldowns as versions before 2026-11-27 wrote them, texts by key such as `true
  /// 1795342450123 0 0`: whether it started, until when, how many were suppressed, and since when.
  ///
  /// This version reads it and does not write it. After a rollback, an older version finds none of
  /// a newer batch's cooldowns, and starts or reads them anew.
  static final String ANSWERS = "answers";

  /// Of a batch's cooldown: whether it started with the batch.
  static final String IS_STARTED = "isStarted";

  /// Of a batch's cooldown: when it ends, in milliseconds since 1970.
  static final String UNTIL = "until";

  /// Of a batch's cooldown: how many alerts the last one suppressed.
  static final String SUPPRESSED = "suppressed";

  /// Of a batch's cooldown: when the last alert was sent, in milliseconds since 1970; absent if
  /// none was suppressed.
  static final String SINCE = "since";

  /// Of a cooldown: when the last alert was sent, in milliseconds since 1970.
  static final String TOLD = "told";

  /// Of a cooldown: when it ends, in milliseconds since 1970.
  static final String QUIET_UNTIL = "quietUntil";

  /// Of a cooldown: how many alerts were suppressed since.
  static final String KEPT_BACK = "keptBack";

  private LedgerAttributes() {}

  /// Returns the partition key's value for a batch.
  static String batchId(String batch) {
    return "batch#" + batch;
  }

  /// Returns the partition key's value for a cooldown.
  static String cooldownId(String key) {
    return "cooldown#" + key;
  }
}
