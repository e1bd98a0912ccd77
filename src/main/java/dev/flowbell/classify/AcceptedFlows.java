package dev.flowbell.classify;

import dev.flowbell.classify.FlowPairs.OpenedTarget;
import dev.flowbell.record.FlowField;
import dev.flowbell.record.FlowRecord;
import dev.flowbell.record.IpAddress;
import java.util.Arrays;

/// The accepted records of one payload, in rows of longs: most records are accepted, and an object
/// for each would cost more than reading it.
final class AcceptedFlows {
  /// Longer arrays are dropped after a payload, because few payloads need them.
  private static final int MOST_ROWS_KEPT = 16_384;

  private static final int FIRST_ROWS = 64;

  // The tuple's last long has room for this bit.
  private static final long SYN_ACK = 1L << 60;

  // A flow with payload that its source opened: the original source, minute, bytes, and the start
  // of its tuple.
  private static final int OPENED_ROW = 5;
  private static final int MINUTE = 2;
  private static final int BYTES = 3;
  private static final int TUPLE = 4;

  private long[] tuples = new long[FIRST_ROWS * FlowTuple.LONGS];
  private int size;
  private long[] opened = new long[FIRST_ROWS * OPENED_ROW];
  private int openedCount;

  int size() {
    return size;
  }

  void clear() {
    size = 0;
    openedCount = 0;
    if (tuples.length > MOST_ROWS_KEPT * FlowTuple.LONGS) {
      tuples = new long[FIRST_ROWS * FlowTuple.LONGS];
      opened = new long[FIRST_ROWS * OPENED_ROW];
    }
  }

  /// Adds an accepted record.
  ///
  /// @param classes what [Classifier#classify] returned for it
  /// @param minute the record's, in minutes since 1970
  void add(FlowRecord record, int classes, long minute) {
    int at = size * FlowTuple.LONGS;
    if (at == tuples.length) {
      tuples = Arrays.copyOf(tuples, at * 2);
    }
    FlowTuple.write(record, tuples, at);
    long flags = record.tcpFlags();
    if (flags != FlowRecord.ABSENT && (flags & Classifier.SYN_ACK) == Classifier.SYN_ACK) {
      tuples[at + FlowTuple.PORTS] |= SYN_ACK;
    }
    size++;
    if (RecordKind.isOpenedWithPayload(record, classes)) {
      addOpened(record, minute, at);
    }
  }

  private void addOpened(FlowRecord record, long minute, int tuple) {
    int at = openedCount * OPENED_ROW;
    if (at == opened.length) {
      opened = Arrays.copyOf(opened, at * 2);
    }
    FlowField source = record.originalSource();
    opened[at] = record.addressHigh(source);
    opened[at + 1] = record.addressLow(source);
    opened[at + MINUTE] = minute;
    opened[at + BYTES] = record.bytes();
    opened[at + TUPLE] = tuple;
    openedCount++;
  }

  /// Makes a record's tuple the one to look up.
  void setTuple(int number, TupleTable table) {
    int at = number * FlowTuple.LONGS;
    FlowTuple.set(table, tuples, at);
    table.set(FlowTuple.PORTS, tuples[at + FlowTuple.PORTS] & ~SYN_ACK);
  }

  boolean isSynAck(int number) {
    return (tuples[number * FlowTuple.LONGS + FlowTuple.PORTS] & SYN_ACK) != 0;
  }

  /// Passes on the flows with payload that these sources opened.
  ///
  /// @param sources the high and the low half of addresses
  void passOpened(TupleTable sources, OpenedTarget target) {
    for (int at = 0; at < openedCount * OPENED_ROW; at += OPENED_ROW) {
      sources.set(0, opened[at]);
      sources.set(1, opened[at + 1]);
      if (sources.find() >= 0) {
        int tuple = (int) opened[at + TUPLE];
        long ports = tuples[tuple + FlowTuple.PORTS];
        target.add(
            new IpAddress(opened[at], opened[at + 1]),
            Door.of(
                new IpAddress(tuples[tuple + 2], tuples[tuple + 3]),
                FlowTuple.protocol(ports),
                FlowTuple.destinationPort(ports)),
            opened[at + MINUTE],
            opened[at + BYTES]);
      }
    }
  }
}
