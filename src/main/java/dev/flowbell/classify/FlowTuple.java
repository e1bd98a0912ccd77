package dev.flowbell.classify;

import dev.flowbell.record.FlowField;
import dev.flowbell.record.FlowRecord;

/// A record's 5-tuple in five longs: source and destination address, two longs each, then source
/// port, destination port and protocol in one. An absent part has a value too, so that both
/// directions match in a format without ports.
final class FlowTuple {
  /// How many longs a tuple has.
  static final int LONGS = 5;

  /// The long with the ports and the protocol. It is below 2^60: three numbers of 20 bits.
  static final int PORTS = 4;

  private static final int TWENTY_BITS = 0xfffff;

  private FlowTuple() {}

  /// Writes a record's tuple to `[at, at + LONGS)` of the target.
  static void write(FlowRecord record, long[] target, int at) {
    target[at] = record.addressHigh(FlowField.SRCADDR);
    target[at + 1] = record.addressLow(FlowField.SRCADDR);
    target[at + 2] = record.addressHigh(FlowField.DSTADDR);
    target[at + 3] = record.addressLow(FlowField.DSTADDR);
    target[at + PORTS] = pack(record.sourcePort(), record.destinationPort(), record.protocol());
  }

  /// Makes a tuple the one to look up.
  static void set(TupleTable table, long[] tuples, int at) {
    for (int i = 0; i < LONGS; i++) {
      table.set(i, tuples[at + i]);
    }
  }

  /// Makes the reverse of a tuple the one to look up.
  static void setReverse(TupleTable table, long[] tuples, int at) {
    table.set(0, tuples[at + 2]);
    table.set(1, tuples[at + 3]);
    table.set(2, tuples[at]);
    table.set(3, tuples[at + 1]);
    long ports = tuples[at + PORTS];
    table.set(PORTS, pack(destinationPort(ports), sourcePort(ports), protocol(ports)));
  }

  /// Each is -1 to 65535, and so fits 20 bits once 1 is added.
  static long pack(long sourcePort, long destinationPort, long protocol) {
    return ((sourcePort + 1) << 40) | ((destinationPort + 1) << 20) | (protocol + 1);
  }

  static int sourcePort(long ports) {
    return (int) (ports >>> 40 & TWENTY_BITS) - 1;
  }

  static int destinationPort(long ports) {
    return (int) (ports >>> 20 & TWENTY_BITS) - 1;
  }

  static int protocol(long ports) {
    return (int) (ports & TWENTY_BITS) - 1;
  }
}
