package dev.flowbell.testing.mapping;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;

/// A Kinesis data stream in memory.
///
/// A record's shard is where the MD5 hash of its partition key falls. Sequence numbers have 56
/// decimal digits, and grow within a shard, with gaps. A shard that is split or merged takes no
/// more records; its children are new, and number on from higher numbers.
///
/// @see <a href="https://docs.aws.amazon.com/streams/latest/dev/key-concepts.html">Amazon Kinesis
///   Data Streams terminology and concepts</a>
public final class DataStream {
  private static final BigInteger HASHES = BigInteger.ONE.shiftLeft(128);

  /// Its largest gap, so that numbers differ in many digits.
  private static final long MOST_GAP = 1L << 60;

  private final String name;
  private final Duration retention;
  private final VirtualClock clock;
  private final RandomGenerator random;
  private final Map<String, Shard> shards = new LinkedHashMap<>();

  /// A record of a stream.
  ///
  /// @param sequenceNumber 56 decimal digits, so that texts compare as the numbers do
  /// @param data base64 of what the producer wrote
  public record StreamRecord(
      String shardId, String sequenceNumber, String partitionKey, Instant arrival, String data) {}

  /// A shard. Its hashes are `[firstHash, endHash)`.
  private static final class Shard {
    private final String id;
    private final List<String> parents;
    private final BigInteger firstHash;
    private final BigInteger endHash;
    private final List<StreamRecord> records = new ArrayList<>();
    private BigInteger lastNumber;
    private boolean isClosed;

    Shard(
        String id,
        List<String> parents,
        BigInteger firstHash,
        BigInteger endHash,
        BigInteger lastNumber) {
      this.id = id;
      this.parents = parents;
      this.firstHash = firstHash;
      this.endHash = endHash;
      this.lastNumber = lastNumber;
    }

    boolean takes(BigInteger hash) {
      return !isClosed && hash.compareTo(firstHash) >= 0 && hash.compareTo(endHash) < 0;
    }
  }

  /// Creates a stream.
  ///
  /// @param shards how many, of the same size
  /// @param retention how long a record can be read; Kinesis keeps it 24 hours by default
  /// @param random makes the gaps between sequence numbers
  public DataStream(
      String name, int shards, Duration retention, VirtualClock clock, RandomGenerator random) {
    this.name = name;
    this.retention = retention;
    this.clock = clock;
    this.random = random;
    for (int i = 0; i < shards; i++) {
      open(List.of(), part(HASHES, i, shards), part(HASHES, i + 1, shards));
    }
  }

  private static BigInteger part(BigInteger whole, int part, int parts) {
    return whole.multiply(BigInteger.valueOf(part)).divide(BigInteger.valueOf(parts));
  }

  /// Returns the stream's ARN.
  public String arn() {
    return "arn:aws:kinesis:eu-west-1:123456789012:stream/" + name;
  }

  /// Writes a record, as `PutRecord` does. A producer that gets no answer may write it twice.
  public StreamRecord put(String partitionKey, byte[] data) {
    BigInteger hash = new BigInteger(1, md5(partitionKey));
    Shard shard =
        shards.values().stream().filter(each -> each.takes(hash)).findFirst().orElseThrow();
    shard.lastNumber = shard.lastNumber.add(BigInteger.valueOf(random.nextLong(1, MOST_GAP)));
    StreamRecord record =
        new StreamRecord(
            shard.id,
            shard.lastNumber.toString(),
            partitionKey,
            clock.instant(),
            Base64.getEncoder().encodeToString(data));
    shard.records.add(record);
    return record;
  }

  /// Splits a shard in two of the same size, as `SplitShard` does.
  public void split(String shardId) {
    Shard parent = close(shardId);
    BigInteger middle = parent.firstHash.add(parent.endHash).shiftRight(1);
    open(List.of(shardId), parent.firstHash, middle);
    open(List.of(shardId), middle, parent.endHash);
  }

  /// Merges two shards that are side by side, as `MergeShards` does.
  ///
  /// @param lowerId the shard with the lower hashes
  public void merge(String lowerId, String upperId) {
    if (!shard(lowerId).endHash.equals(shard(upperId).firstHash)) {
      throw new IllegalArgumentException(lowerId + " and " + upperId + " are not side by side");
    }
    Shard lower = close(lowerId);
    Shard upper = close(upperId);
    open(List.of(lowerId, upperId), lower.firstHash, upper.endHash);
  }

  private void open(List<String> parents, BigInteger firstHash, BigInteger endHash) {
    String id = "shardId-%012d".formatted(shards.size());
    // 56 digits: 49, the shard's number, the time of its creation, and 29 that count.
    BigInteger first =
        new BigInteger("49%012d%013d".formatted(shards.size(), clock.millis()))
            .multiply(BigInteger.TEN.pow(29));
    shards.put(id, new Shard(id, List.copyOf(parents), firstHash, endHash, first));
  }

  private Shard close(String shardId) {
    Shard shard = shard(shardId);
    if (shard.isClosed) {
      throw new IllegalArgumentException(shardId + " was split or merged before");
    }
    shard.isClosed = true;
    return shard;
  }

  private Shard shard(String shardId) {
    Shard shard = shards.get(shardId);
    if (shard == null) {
      throw new IllegalArgumentException("no shard " + shardId + " in " + shards.keySet());
    }
    return shard;
  }

  /// Returns the ids of all shards, parents before their children.
  public List<String> shardIds() {
    return List.copyOf(shards.keySet());
  }

  /// Returns the ids of the shards that take records, by their hashes.
  public List<String> openShardIds() {
    return shards.values().stream()
        .filter(each -> !each.isClosed)
        .sorted((one, other) -> one.firstHash.compareTo(other.firstHash))
        .map(each -> each.id)
        .toList();
  }

  /// Returns the shards that a shard was split or merged from.
  List<String> parents(String shardId) {
    return shard(shardId).parents;
  }

  boolean isClosed(String shardId) {
    return shard(shardId).isClosed;
  }

  /// Returns a shard's records behind a sequence number that are still kept, in their order.
  ///
  /// @param after empty for all
  List<StreamRecord> read(String shardId, String after) {
    return shard(shardId).records.stream()
        .filter(each -> each.sequenceNumber().compareTo(after) > 0)
        .filter(each -> !isExpired(each))
        .toList();
  }

  /// Returns whether a record can't be read any more.
  boolean isExpired(StreamRecord record) {
    return !record.arrival().plus(retention).isAfter(clock.instant());
  }

  private static byte[] md5(String text) {
    try {
      return MessageDigest.getInstance("MD5").digest(text.getBytes(UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }
}
