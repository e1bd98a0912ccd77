package dev.flowbell.classify;

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

  private final int mostEntries;
  // The connections whose server sent a SYN-ACK, as the server's records have them.
  private final TupleTable answered;
  // The tuples of connections whose client sent only SYNs, in a row, as the client's records have
  // them, and the caller's mark of each.
  private long[] opened = new long[16 * FlowTuple.LONGS];
  private final List<T> marks = new ArrayList<>();
  private final long[] answer = new long[FlowTuple.LONGS];

  /// Creates a tracker for one payload.
  public HandshakeTracker() {
    this(MOST_ENTRIES);
  }

  HandshakeTracker(int mostEntries) {
    this.mostEntries = mostEntries;
    answered = new TupleTable(FlowTuple.LONGS, mostEntries);
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
      FlowTuple.setReverse(answered, opened, i * FlowTuple.LONGS);
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
    int at = marks.size() * FlowTuple.LONGS;
    if (at == opened.length) {
      opened = Arrays.copyOf(opened, at * 2);
    }
    FlowTuple.write(record, opened, at);
    marks.add(mark);
    return true;
  }

  private boolean addAnswered(FlowRecord record) {
    FlowTuple.write(record, answer, 0);
    FlowTuple.set(answered, answer, 0);
    return answered.add() >= 0;
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
