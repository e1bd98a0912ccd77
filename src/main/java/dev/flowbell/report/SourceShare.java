package dev.flowbell.report;

import dev.flowbell.classify.Door;
import dev.flowbell.classify.Suspect.Kind;
import dev.flowbell.classify.TupleTable;
import dev.flowbell.record.FlowField;
import dev.flowbell.record.FlowRecord;
import dev.flowbell.record.IpAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The sums of a part of the sources. All records of a source are in the same share, so that
/// several threads seldom wait for each other.
///
/// The tables are read when nothing is added any more. A source's number, in its own table, is the
/// high half of the first long of the other tables' tuples.
final class SourceShare {
  // The sums of a source.
  static final int REJECTS = 0;
  static final int NOISE = 1;
  static final int HANDSHAKES = 2;
  static final int EGRESS = 3;
  static final int FIRST = 4;
  static final int LAST = 5;
  private static final int SOURCE_SUMS = 6;

  // The sums of a source's accepted flows at a door.
  static final int FLOWS = 0;
  static final int BYTES = 1;

  /// Rejects and noise, or flows and bytes.
  private static final int TWO = 2;

  // The most rows of all shares together.
  private static final int MOST_SOURCES = 1 << 19;
  private static final int MOST_PLACES = 1 << 22;
  private static final int MOST_ACCEPTED = 1 << 20;
  private static final int MOST_CELLS = 1 << 21;

  /// Samples are for people to look at.
  private static final int MOST_SOURCES_WITH_SAMPLES = 1 << 14;

  private static final int MOST_SAMPLES = 3;

  private static final long IPV4_HIGH_HALF = 0xffffL;
  private static final long LOW_HALF = 0xffff_ffffL;

  private final FlowTimes times;
  private final int mostSourcesWithSamples;

  /// The sums of each source.
  final TupleSums sources;

  /// The rejects and the noise of a source at a host, port and network interface.
  final TupleSums places;

  /// The accepted flows of a source at a host and port, and their bytes.
  final TupleSums accepted;

  /// The rejects and the noise of a source in an hour.
  final TupleSums sourceHours;

  /// The rejects of a source behind a NAT device.
  final TupleSums natSources;

  // The numbers of IPv6 hosts. An IPv4 host is its own number.
  private final TupleTable ipv6Hosts;
  private final Map<Integer, TreeMap<String, Long>> samples = new HashMap<>();

  /// Creates an empty share.
  ///
  /// @param shares how many shares there are
  /// @param hasSamples whether to keep samples
  SourceShare(int shares, FlowTimes times, boolean hasSamples) {
    this.times = times;
    mostSourcesWithSamples = hasSamples ? MOST_SOURCES_WITH_SAMPLES / shares : 0;
    sources = new TupleSums(2, SOURCE_SUMS, MOST_SOURCES / shares);
    places = new TupleSums(2, TWO, MOST_PLACES / shares);
    accepted = new TupleSums(2, TWO, MOST_ACCEPTED / shares);
    sourceHours = new TupleSums(1, TWO, MOST_CELLS / shares);
    natSources = new TupleSums(3, 1, MOST_CELLS / shares);
    ipv6Hosts = new TupleTable(2, MOST_PLACES / shares);
  }

  /// Adds an accepted flow with payload that its source opened.
  synchronized void addAccepted(FlowRecord record, long high, long low) {
    int source = sources.add(high, low);
    long host = source < 0 ? -1 : hostOf(record);
    int row = host < 0 ? -1 : accepted.add((long) source << 32 | host, portOf(record));
    if (row >= 0) {
      accepted.plus(row, FLOWS, 1);
      accepted.plus(row, BYTES, record.bytes());
    }
  }

  /// Adds a rejected record.
  ///
  /// @param interfaceName the number of its network interface's name, or [Names#NONE]
  synchronized void addRejected(
      FlowRecord record,
      Kind kind,
      boolean isEgress,
      boolean isMasked,
      boolean isHandshake,
      int interfaceName) {
    FlowField original = record.originalSource();
    int source = sources.add(record.addressHigh(original), record.addressLow(original));
    if (source < 0) {
      return;
    }
    int noise = kind == Kind.ATTEMPT ? 0 : 1;
    sources.plus(source, REJECTS, 1);
    sources.plus(source, NOISE, noise);
    sources.plus(source, HANDSHAKES, isHandshake ? 1 : 0);
    sources.plus(source, EGRESS, isEgress ? 1 : 0);
    addTimes(record, source, noise);
    addPlace(record, source, noise, interfaceName);
    if (isMasked) {
      int nat =
          natSources.add(
              (long) source << 32,
              record.addressHigh(FlowField.SRCADDR),
              record.addressLow(FlowField.SRCADDR));
      if (nat >= 0) {
        natSources.plus(nat, 0, 1);
      }
    }
    if (mostSourcesWithSamples > 0) {
      addSample(record, source);
    }
  }

  private void addTimes(FlowRecord record, int source, int noise) {
    long start = record.startSeconds();
    long end = record.endSeconds();
    if (times.isPossible(start)) {
      long first = sources.sum(source, FIRST);
      sources.set(source, FIRST, first == 0 ? start : Math.min(first, start));
    }
    if (times.isPossible(end)) {
      sources.set(source, LAST, Math.max(sources.sum(source, LAST), end));
      int cell = sourceHours.add((long) source << 32 | end / HourRange.SECONDS);
      if (cell >= 0) {
        sourceHours.plus(cell, REJECTS, 1);
        sourceHours.plus(cell, NOISE, noise);
      }
    }
  }

  private void addPlace(FlowRecord record, int source, int noise, int interfaceName) {
    long host = record.has(FlowField.DSTADDR) ? hostOf(record) : -1;
    if (host < 0) {
      return;
    }
    long portAndInterface = (long) (interfaceName + 1) << 32 | portOf(record);
    int row = places.add((long) source << 32 | host, portAndInterface);
    if (row >= 0) {
      places.plus(row, REJECTS, 1);
      places.plus(row, NOISE, noise);
    }
  }

  /// Returns the number of the destination, -1 where there is no room for it.
  private long hostOf(FlowRecord record) {
    long high = record.addressHigh(FlowField.DSTADDR);
    long low = record.addressLow(FlowField.DSTADDR);
    if (high == 0 && low >>> 32 == IPV4_HIGH_HALF) {
      return low & LOW_HALF;
    }
    ipv6Hosts.set(0, high);
    ipv6Hosts.set(1, low);
    return ipv6Hosts.add();
  }

  /// Keeps the earliest records of each source: which ones depends on nothing but the records.
  private void addSample(FlowRecord record, int source) {
    TreeMap<String, Long> kept = samples.get(source);
    if (kept == null) {
      if (samples.size() == mostSourcesWithSamples) {
        return;
      }
      kept = new TreeMap<>();
      samples.put(source, kept);
    }
    long start = record.startSeconds();
    if (kept.size() == MOST_SAMPLES && start > kept.lastEntry().getValue()) {
      return;
    }
    kept.put(Samples.keyOf(record), start);
    if (kept.size() > MOST_SAMPLES) {
      kept.pollLastEntry();
    }
  }

  // A port takes 18 bits, a protocol 9, and 1 says whether the host is IPv6.
  private static final int PORT_BITS = 18;
  private static final int PROTOCOL_BITS = 9;
  static final int PORT_NUMBER_BITS = PORT_BITS + PROTOCOL_BITS;
  private static final long IPV6 = 1L << PORT_NUMBER_BITS;

  /// Packs port and protocol, each plus one, and whether the destination is IPv6.
  private static long portOf(FlowRecord record) {
    return packPort(record) | (record.isIpv6(FlowField.DSTADDR) ? IPV6 : 0);
  }

  /// Packs port and protocol, each plus one.
  static long packPort(FlowRecord record) {
    long protocol = record.protocol();
    long port = Door.hasPorts((int) protocol) ? record.destinationPort() : Door.NO_PORT;
    return (protocol + 1) << PORT_BITS | (port + 1);
  }

  /// Returns the port that was packed.
  static Port toPort(long packed) {
    return new Port(
        (int) (packed >>> PORT_BITS & (1 << PROTOCOL_BITS) - 1) - 1,
        (int) (packed & (1 << PORT_BITS) - 1) - 1);
  }

  /// Returns a number of a row's host and port, among those of this share: the same number, the
  /// same door. The numbers of a host's doors differ in their low [#PORT_NUMBER_BITS] bits.
  static long doorNumber(TupleSums rows, int row) {
    long host =
        (rows.tuple(row, 0) & LOW_HALF) | (rows.tuple(row, 1) & IPV6) << (32 - PORT_NUMBER_BITS);
    return host << PORT_NUMBER_BITS | portNumber(rows, row);
  }

  /// Returns a number of a row's port and protocol: the same number, the same port.
  static long portNumber(TupleSums rows, int row) {
    return rows.tuple(row, 1) & (IPV6 - 1);
  }

  /// Returns the number of the name of a row's network interface, or [Names#NONE].
  static int interfaceName(TupleSums rows, int row) {
    return (int) (rows.tuple(row, 1) >>> 32) - 1;
  }

  /// Returns the hour of a row of [#sourceHours], in hours since 1970.
  static long hourOf(TupleSums rows, int row) {
    return rows.tuple(row, 0) & LOW_HALF;
  }

  /// Returns the host of a row.
  IpAddress hostOf(TupleSums rows, int row) {
    int number = (int) rows.tuple(row, 0);
    return (rows.tuple(row, 1) & IPV6) == 0
        ? new IpAddress(0, IPV4_HIGH_HALF << 32 | (number & LOW_HALF))
        : new IpAddress(ipv6Hosts.get(number, 0), ipv6Hosts.get(number, 1));
  }

  /// Returns the door of a row.
  Door doorOf(TupleSums rows, int row) {
    Port port = toPort(portNumber(rows, row));
    return new Door(hostOf(rows, row), port.protocol(), port.number());
  }

  /// Returns the samples of a source, the earliest first.
  List<String> samples(int source) {
    TreeMap<String, Long> kept = samples.get(source);
    return kept == null ? List.of() : kept.keySet().stream().map(Samples::textOf).toList();
  }
}
