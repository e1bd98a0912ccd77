package dev.flowbell.ledger;

import java.time.Instant;
import java.util.Collection;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A claim of a shard, of which [ShardRanges] knows the ranges. Where they are recorded is each
/// ledger's own.
abstract sealed class RangedShardClaim implements ShardClaim
    permits DynamoDbShardClaim, InMemoryShardClaim {
  final String shard;
  final Instant now;
  final ShardRanges ranges;

  /// @param last the sequence number of the batch's last record
  /// @param before the shard as the claim found it
  RangedShardClaim(String shard, String last, Instant now, ShardItem before) {
    this.shard = shard;
    this.now = now;
    this.ranges = new ShardRanges(before, last);
  }

  /// Returns the claim of the current range.
  ///
  /// @param end the sequence number of its last record
  /// @param ofRange what was done of it before
  abstract Claim claimRange(String end, BatchItem ofRange);

  @Override
  public final String finished() {
    return ranges.finished();
  }

  @Override
  public final Set<String> recentPayloads() {
    return ranges.known();
  }

  @Override
  public final @Nullable Range next() {
    String end = ranges.next();
    return end == null
        ? null
        : new Range(ranges.idOf(shard), end, claimRange(end, ranges.toBatch(now)));
  }

  @Override
  public final void addPayloads(Collection<String> ids) {
    ranges.addPayloads(ids);
  }
}
