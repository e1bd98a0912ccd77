package dev.flowbell.classify;

import dev.flowbell.record.FlowField;
import dev.flowbell.record.FlowRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Finds the unanswered handshakes of one payload. The answer can be before or after the SYN.
///
/// It is not guaranteed that both directions of a connection are in the same payload. An answer in
/// the next payload is not found. Unanswered handshakes are therefore a metric and not an alert.
///
/// Memory is bounded: one entry for each accepted SYN without data, and one for each connection
/// with a SYN-ACK.
///
/// @param <T> the type of the caller's mark for a handshake
public final class HandshakeTracker<T> {
  /// The most entries of each kind, which take 5 MB. A Lambda event has at most 25,000 records.
  /// Only a large file, or a payload made to do harm, reaches the bound.
  static final int MOST_ENTRIES = 100_000;

  // The parts of a connection's tuple. An absent part has a value too, so both directions match in
  // a
  // format without ports.
  private static final int SOURCE_HIGH = 0;
  private static final int SOURCE_LOW = 1;
  private static final int DESTINATION_HIGH = 2;
  private static final int DESTINATION_LOW = 3;
  private static final int PORTS_AND_PROTOCOL = 4;
  private static final int PLACES = 5;

  private final int mostEntries;
  // The connections whose server sent a SYN-ACK, as the server's records have them.
  private final TupleTable answered;
  // The tuples of connections whose client sent only SYNs, in a row, as the server's records would
  // have them, and the caller's mark of each.
  private long[] opened = new long[16 * PLACES];
  private final List<T> marks = new ArrayList<>();

  /// Creates a tracker for one payload.
  public HandshakeTracker() {
    this(MOST_ENTRIES);
  }

  HandshakeTracker(int mostEntries) {
    this.mostEntries = mostEntries;
    answered = new TupleTable(PLACES, mostEntries);
  }

  /// Clears the tracker for the next payload.
  public void reset() {
    answered.clear();
    marks.clear();
  }

  /// Adds a readable record.
  ///
  /// @param classes its classes, from [Classifier#classify]
  /// @param mark returned by [#findUnanswered] if the record is an unanswered handshake
  /// @return whether it is within the bound; else it is not added
  public boolean add(FlowRecord record, int classes, T mark) {
    if (Classification.SYN_ONLY.isIn(classes) && record.isAccept()) {
      return addOpened(record, mark);
    }
    return !isAnswer(record) || addAnswered(record);
  }

  /// Returns the marks of all unanswered handshakes.
  public List<T> findUnanswered() {
    List<T> unanswered = new ArrayList<>();
    for (int i = 0; i < marks.size(); i++) {
      for (int place = 0; place < PLACES; place++) {
        answered.set(place, opened[i * PLACES + place]);
      }
      if (answered.find() < 0) {
        unanswered.add(marks.get(i));
      }
    }
    return unanswered;
  }

  private boolean addOpened(FlowRecord record, T mark) {
    if (marks.size() == mostEntries) {
      return false;
    }
    int at = marks.size() * PLACES;
    if (at == opened.length) {
      opened = Arrays.copyOf(opened, at * 2);
    }
    opened[at + SOURCE_HIGH] = record.addressHigh(FlowField.DSTADDR);
    opened[at + SOURCE_LOW] = record.addressLow(FlowField.DSTADDR);
    opened[at + DESTINATION_HIGH] = record.addressHigh(FlowField.SRCADDR);
    opened[at + DESTINATION_LOW] = record.addressLow(FlowField.SRCADDR);
    opened[at + PORTS_AND_PROTOCOL] =
        pack(record.destinationPort(), record.sourcePort(), record.protocol());
    marks.add(mark);
    return true;
  }

  private boolean addAnswered(FlowRecord record) {
    answered.set(SOURCE_HIGH, record.addressHigh(FlowField.SRCADDR));
    answered.set(SOURCE_LOW, record.addressLow(FlowField.SRCADDR));
    answered.set(DESTINATION_HIGH, record.addressHigh(FlowField.DSTADDR));
    answered.set(DESTINATION_LOW, record.addressLow(FlowField.DSTADDR));
    answered.set(
        PORTS_AND_PROTOCOL, pack(record.sourcePort(), record.destinationPort(), record.protocol()));
    return answered.add() >= 0;
  }

  /// Packs three numbers from -1 to 65535, each plus 1, into 20 bits each.
  private static long pack(long onePort, long otherPort, long protocol) {
    return ((onePort + 1) << 40) | ((otherPort + 1) << 20) | (protocol + 1);
  }

  private static boolean isAnswer(FlowRecord record) {
    long flags = record.tcpFlags();
    return flags != FlowRecord.ABSENT
        && (flags & Classifier.SYN_ACK) == Classifier.SYN_ACK
        && record.isAccept()
        && !record.isNoData()
        && !record.isSkipData();
  }
}
