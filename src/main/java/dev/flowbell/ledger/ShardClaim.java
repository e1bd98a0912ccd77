package dev.flowbell.ledger;

import java.util.Collection;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One invocation's right to deliver the records of a shard of a Kinesis data stream, in their
/// order. For one thread.
///
/// The ledger has one row for each shard. It says up to which record the shard is delivered, and
/// what was done of the range of records that comes next. So a record counts once, however Lambda
/// cuts the shard into batches: a retry, a batch that was split in two, or one that overlaps
/// another.
///
/// Each range has a [Claim], which works as that of a batch. Its steps are those of all its
/// records. If an invocation before has begun a range and not ended it, that range comes first, as
/// far as this batch has its records; what is behind it is a range of its own.
public interface ShardClaim {
  /// The most ids of payloads that a shard's row keeps: those of one to two minutes of 1,000
  /// network interfaces. Each takes 8 bytes.
  int MOST_RECENT = 2_048;

  /// Returns the sequence number up to which all records were delivered before this claim. It is
  /// empty where none were.
  String finished();

  /// Returns the ids of the payloads that were delivered last, at most [#MOST_RECENT] and those of
  /// this claim's ranges that are finished. A producer that gets no answer may have put a payload
  /// into the stream twice.
  Set<String> recentPayloads();

  /// Returns the next range to deliver, `null` if there is none. The range before must be finished.
  @Nullable Range next();

  /// Notes the ids of payloads of the current range. They are recent once it is finished.
  void addPayloads(Collection<String> ids);

  /// Ends a claim that has no range to deliver.
  void end();

  /// Records of a shard.
  ///
  /// @param id the same for all invocations that deliver records of a range that was begun once
  /// @param last the sequence number of the last record
  /// @param claim finishing it records that all records up to the last one are delivered
  record Range(String id, String last, Claim claim) {}

  /// Compares sequence numbers, which are decimal digits. An empty one is less than any.
  ///
  /// @see <a
  ///   href="https://docs.aws.amazon.com/streams/latest/dev/key-concepts.html#sequence-number">Sequence
  ///   number</a>
  static int compare(String one, String other) {
    String digits = withoutZeros(one);
    String others = withoutZeros(other);
    return digits.length() == others.length()
        ? digits.compareTo(others)
        : Integer.compare(digits.length(), others.length());
  }

  private static String withoutZeros(String number) {
    int start = 0;
    while (start < number.length() - 1 && number.charAt(start) == '0') {
      start++;
    }
    return number.substring(start);
  }
}
