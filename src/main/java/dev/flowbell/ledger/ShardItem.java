package dev.flowbell.ledger;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A shard's item in the ledger table.
///
/// @param finished the sequence number of the last record that is delivered, empty where none is
/// @param doneTo by step, up to which record it is done, for steps that are ahead of `finished`
/// @param countedTo up to which record the records' numbers were added to the evidence, empty where
///   that is no further than `finished`
/// @param recent the ids of the payloads that were delivered last, the oldest first
/// @param begunTo the last record of a range that was begun and not finished, empty if there is
///   none
/// @param begun what else is recorded of that range
record ShardItem(
    String finished,
    Map<String, String> doneTo,
    String countedTo,
    List<String> recent,
    String begunTo,
    BatchItem begun) {
  /// Stands between a step and the record up to which it is done.
  private static final char TO = '@';

  /// Returns the shard that an item of the table holds. An empty item is a new shard's.
  static ShardItem from(Map<String, Object> item) {
    Map<String, String> doneTo = new LinkedHashMap<>();
    for (String entry : DynamoDbJson.readStrings(item, LedgerAttributes.CLOSED)) {
      int at = entry.indexOf(TO);
      doneTo.merge(
          entry.substring(0, at),
          entry.substring(at + 1),
          (one, other) -> ShardClaim.compare(one, other) > 0 ? one : other);
    }
    return new ShardItem(
        DynamoDbJson.readString(item, LedgerAttributes.FINISHED),
        doneTo,
        DynamoDbJson.readString(item, LedgerAttributes.COUNTED),
        toIds(DynamoDbJson.readBinary(item, LedgerAttributes.RECENT)),
        DynamoDbJson.readString(item, LedgerAttributes.TO),
        BatchItem.from(item));
  }

  /// Returns the entry that says up to which record a step is done.
  static String toEntry(String step, String to) {
    return step + TO + to;
  }

  /// Returns the beginnings of ids as bytes, 8 for each.
  ///
  /// @param ids 16 hex digits or more
  static byte[] toBytes(List<String> ids) {
    ByteBuffer bytes = ByteBuffer.allocate(ids.size() * Long.BYTES);
    ids.forEach(id -> bytes.putLong(HexFormat.fromHexDigitsToLong(id, 0, Long.BYTES * 2)));
    return bytes.array();
  }

  private static List<String> toIds(byte[] bytes) {
    List<String> ids = new ArrayList<>();
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.remaining() >= Long.BYTES) {
      ids.add(HexFormat.of().toHexDigits(buffer.getLong()));
    }
    return ids;
  }
}
