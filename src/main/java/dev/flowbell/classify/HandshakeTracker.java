package dev.flowbell.classify;

import dev.flowbell.record.FlowField;
import dev.flowbell.record.FlowRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// Pairs the handshakes of one payload: which accepted SYNs got an answer, in whatever order the
/// two records stand.
///
/// Both directions of a connection may share a payload, which is not guaranteed: an answer in the
/// next payload is not seen. That is why unanswered handshakes are a metric and no alert.
///
/// Holds an entry for each accepted SYN without data and for each connection with a SYN-ACK, up to
/// a bound.
///
/// @param <T> what the caller wants back for a handshake that got no answer
public final class HandshakeTracker<T> {
  /// The entries kept of each kind, 5 MB of each. A payload that Lambda can carry holds 25,000
  /// records at most; only a file replayed as one payload, or one made to do harm, comes near.
  static final int MOST_ENTRIES = 100_000;

  // A connection's places: what a record doesn't have is a value of its own, so that both
  // directions still find each other in a format without ports.
  private static final int SOURCE_HIGH = 0;
  private static final int SOURCE_LOW = 1;
  private static final int DESTINATION_HIGH = 2;
  private static final int DESTINATION_LOW = 3;
  private static final int PORTS_AND_PROTOCOL = 4;
  private static final int PLACES = 5;

  private final int mostEntries;
  // The connections whose server sent a SYN-ACK, as its records have them.
  private final TupleTable answered;
  // The connections whose client sent nothing but SYNs, one behind another, as a record of the
  // server would have them; and the caller's mark of each.
  private long[] opened = new long[16 * PLACES];
  private final List<T> marks = new ArrayList<>();

  /// Makes a tracker for one payload.
  public HandshakeTracker() {
    this(MOST_ENTRIES);
  }

  HandshakeTracker(int mostEntries) {
    this.mostEntries = mostEntries;
    answered = new TupleTable(PLACES, mostEntries);
  }

  /// Forgets what it saw: another payload begins.
  public void reset() {
    answered.clear();
    marks.clear();
  }

  /// Takes note of a readable record.
  ///
  /// @param classes what [Classifier#classify] said of it
  /// @param mark returned by [#findUnanswered] if this is a handshake that gets no answer
  /// @return false where this would be past the bound, so that nothing is known of its handshake
  public boolean add(FlowRecord record, int classes, T mark) {
    if (Classification.SYN_ONLY.isIn(classes) && record.isAccept()) {
      return addOpened(record, mark);
    }
    return !isAnswer(record) || addAnswered(record);
  }

  /// Returns the marks of the accepted SYNs that no record of the payload answers, one for each.
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

  /// Each is -1 to 65535, and so has room in 20 bits once it is above 0.
  private static long pack(long onePort, long otherPort, long protocol) {
    return ((onePort + 1) << 40) | ((otherPort + 1) << 20) | (protocol + 1);
  }

  private static boolean isAnswer(FlowRecord record) {
    long flags = record.tcpFlags();
    return flags != FlowRecord.ABSENT
        && (flags & Classifier.SYN_ACK) == Classifier.SYN_ACK
        && !record.isNoData()
        && !record.isSkipData();
  }
}
