package dev.flowbell.report;

import dev.flowbell.record.AddressBlocks;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/// What many records say of blocked traffic, in sums. Nothing depends on the order of the records,
/// nor on how they are spread over files, payloads and threads.
///
/// Memory is bounded, see [Report.Others].
public final class TrafficSums {
  /// More than threads, so that two of them seldom want the same one.
  private static final int SHARES = 64;

  private final AddressBlocks inside;
  private final FlowTimes times;
  private final Names interfaces = new Names();
  private final Names accounts = new Names();
  private final List<SourceShare> shares;
  private final List<RecordSums> parts = new ArrayList<>();

  /// Creates empty sums.
  ///
  /// @param inside the networks whose hosts are the user's own
  /// @param now later times of records are damaged
  /// @param hasSamples whether to keep some records of each source
  public TrafficSums(AddressBlocks inside, Instant now, boolean hasSamples) {
    this.inside = inside;
    times = FlowTimes.before(now);
    shares =
        IntStream.range(0, SHARES)
            .mapToObj(_ -> new SourceShare(SHARES, times, hasSamples))
            .toList();
  }

  /// Returns where one thread adds its records.
  public synchronized RecordSums newPart() {
    RecordSums part = new RecordSums(this);
    parts.add(part);
    return part;
  }

  /// Returns the share that has a source.
  SourceShare shareOf(long high, long low) {
    long hash = (high ^ low * 31) * 0x9e37_79b9_7f4a_7c15L;
    return shares.get((int) (hash >>> 58)); // the highest bits depend on all others
  }

  /// Returns the names of network interfaces.
  Names interfaces() {
    return interfaces;
  }

  Names accounts() {
    return accounts;
  }

  FlowTimes times() {
    return times;
  }

  AddressBlocks inside() {
    return inside;
  }

  List<SourceShare> shares() {
    return shares;
  }

  /// Returns the parts. No thread adds to them any more.
  synchronized List<RecordSums> parts() {
    return List.copyOf(parts);
  }
}
