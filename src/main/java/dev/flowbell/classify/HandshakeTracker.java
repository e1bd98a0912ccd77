package dev.flowbell.classify;

import dev.flowbell.record.FlowField;
import dev.flowbell.record.FlowRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// Pairs the handshakes of one payload: which accepted SYNs got an answer, in whatever order the
/// two records stand.
///
/// Both directions of a connection may share a payload, which is not guaranteed: an answer in the
/// next payload is not seen. That is why unanswered handshakes are a metric and no alert.
///
/// Holds an entry for each accepted SYN without data and each SYN-ACK, up to a bound.
///
/// @param <T> what the caller wants back for a handshake that got no answer
public final class HandshakeTracker<T> {
  /// The entries kept of each kind. A payload that Lambda can carry holds 25,000 records at most;
  /// only a file replayed as one payload comes near, or one that is made to fill the memory.
  static final int MOST_ENTRIES = 200_000;

  private final int mostEntries;
  private final List<Pending<T>> pending = new ArrayList<>();
  private final Set<Connection> answered = new HashSet<>();
  private long untracked;

  /// Makes a tracker for one payload.
  public HandshakeTracker() {
    this(MOST_ENTRIES);
  }

  HandshakeTracker(int mostEntries) {
    this.mostEntries = mostEntries;
  }

  /// Takes note of a readable record.
  ///
  /// @param classes what [Classifier#classify] said of it
  /// @param mark returned by [#findUnanswered] if this is a handshake that gets no answer
  public void add(FlowRecord record, int classes, T mark) {
    if (Classification.SYN_ONLY.isIn(classes) && record.isAccept()) {
      if (pending.size() < mostEntries) {
        pending.add(new Pending<>(Connection.from(record).reversed(), mark));
      } else {
        untracked++;
      }
    } else if (isAnswer(record)) {
      if (answered.size() < mostEntries) {
        answered.add(Connection.from(record));
      } else {
        untracked++;
      }
    }
  }

  /// Returns the marks of the accepted SYNs that no record of the payload answers, one for each.
  public List<T> findUnanswered() {
    return pending.stream()
        .filter(syn -> !answered.contains(syn.answer))
        .map(Pending::mark)
        .toList();
  }

  /// Returns how many records were past the bound, so that nothing is known of their handshakes.
  public long untracked() {
    return untracked;
  }

  private static boolean isAnswer(FlowRecord record) {
    long flags = record.tcpFlags();
    return flags != FlowRecord.ABSENT
        && (flags & Classifier.SYN_ACK) == Classifier.SYN_ACK
        && !record.isNoData()
        && !record.isSkipData();
  }

  private record Pending<T>(Connection answer, T mark) {}

  /// A 5-tuple. What a record doesn't have is a value of its own, so that both directions still
  /// find each other in a format without ports.
  private record Connection(
      long sourceHigh,
      long sourceLow,
      long destinationHigh,
      long destinationLow,
      long sourcePort,
      long destinationPort,
      long protocol) {

    static Connection from(FlowRecord record) {
      return new Connection(
          record.addressHigh(FlowField.SRCADDR),
          record.addressLow(FlowField.SRCADDR),
          record.addressHigh(FlowField.DSTADDR),
          record.addressLow(FlowField.DSTADDR),
          record.sourcePort(),
          record.destinationPort(),
          record.protocol());
    }

    Connection reversed() {
      return new Connection(
          destinationHigh,
          destinationLow,
          sourceHigh,
          sourceLow,
          destinationPort,
          sourcePort,
          protocol);
    }
  }
}
