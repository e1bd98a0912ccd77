package dev.flowbell.classify;

import dev.flowbell.record.FlowRecord;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;

/// Finds the unanswered handshakes of one payload. The answer can be before or after the SYN.
///
/// It is not guaranteed that both directions of a connection are in the same payload. An answer in
/// the next payload is not found. Unanswered handshakes are therefore a metric and not an alert.
///
/// Memory is bounded: one entry for each accepted SYN without data, and one for each connection
/// with a SYN-ACK. A large file may have more. Once either bound is reached, what is long past
/// leaves: handshakes [#PATIENCE_MINUTES] or more before the record that finds no room are decided,
/// and answers twice as old are forgotten. The two records of a connection have the same
/// aggregation interval, of ten minutes at most, and a file's records are in the order of time but
/// for minutes: what leaves has been seen whole. Below the bounds nothing leaves, and the order
/// does not matter.
///
/// @param <T> the type of the caller's mark for a handshake
public final class HandshakeTracker<T> {
  /// A handshake's answer has come by then: the longest aggregation interval, and five minutes for
  /// records that are not in order.
  static final long PATIENCE_MINUTES = 15;

  /// Looking for what can leave reads every entry. So it is done once for so many new ones: this
  /// part of the bound.
  private static final int PART_BETWEEN_LOOKS = 16;

  private static final int OPENED_ROW = FlowTuple.LONGS + 1;
  private static final int MINUTE = FlowTuple.LONGS;

  private final int mostEntries;
  private final Consumer<T> unanswered;
  // The connections whose server sent a SYN-ACK, as the server's records have them, and the last
  // minute of each.
  private final TupleTable answered;
  // The tuples of connections whose client sent only SYNs, as the client's records have them, and
  // their minutes, in rows; and the caller's mark of each.
  private long[] opened = new long[16 * OPENED_ROW];
  private final List<T> marks = new ArrayList<>();
  private final long[] answer = new long[FlowTuple.LONGS];
  private long sinceLastLook;
  private long oldestMinute = Long.MAX_VALUE;

  /// Creates a tracker for one payload.
  ///
  /// @param mostEntries the most entries of each kind
  /// @param unanswered receives the mark of each handshake that is found to be unanswered
  public HandshakeTracker(int mostEntries, Consumer<T> unanswered) {
    this.mostEntries = mostEntries;
    this.unanswered = unanswered;
    answered = new TupleTable(FlowTuple.LONGS, 1, mostEntries);
  }

  /// Clears the tracker for the next payload.
  public void reset() {
    answered.clear();
    marks.clear();
    sinceLastLook = 0;
    oldestMinute = Long.MAX_VALUE;
  }

  /// Adds a readable record.
  ///
  /// @param classes its classes, from [Classifier#classify]
  /// @param minute its minute, in minutes since 1970
  /// @param mark passed on if the record is an unanswered handshake
  /// @return whether it is within the bound; else it is not added
  public boolean add(FlowRecord record, int classes, long minute, T mark) {
    if (Classification.SYN_ONLY.isIn(classes) && record.isAccept()) {
      return addOpened(record, minute, mark);
    }
    return !isAnswer(record) || addAnswered(record, minute);
  }

  /// Decides all handshakes, and forgets all records.
  public void resolve() {
    decide(Long.MAX_VALUE);
    reset();
  }

  /// Decides the handshakes up to a minute, and keeps the others.
  private void decide(long lastMinute) {
    int kept = 0;
    for (int i = 0; i < marks.size(); i++) {
      int at = i * OPENED_ROW;
      if (opened[at + MINUTE] > lastMinute) {
        System.arraycopy(opened, at, opened, kept * OPENED_ROW, OPENED_ROW);
        marks.set(kept++, marks.get(i));
        oldestMinute = Math.min(oldestMinute, opened[at + MINUTE]);
        continue;
      }
      FlowTuple.setReverse(answered, opened, at);
      if (answered.find() < 0) {
        unanswered.accept(marks.get(i));
      }
    }
    marks.subList(kept, marks.size()).clear();
  }

  private boolean addOpened(FlowRecord record, long minute, T mark) {
    sinceLastLook++;
    if (marks.size() == mostEntries) {
      forget(minute);
    }
    if (marks.size() == mostEntries) {
      return false;
    }
    int at = marks.size() * OPENED_ROW;
    if (at == opened.length) {
      opened = Arrays.copyOf(opened, at * 2);
    }
    FlowTuple.write(record, opened, at);
    opened[at + MINUTE] = minute;
    marks.add(mark);
    oldestMinute = Math.min(oldestMinute, minute);
    return true;
  }

  private boolean addAnswered(FlowRecord record, long minute) {
    sinceLastLook++;
    FlowTuple.write(record, answer, 0);
    FlowTuple.set(answered, answer, 0);
    int number = answered.add();
    if (number < 0) {
      forget(minute);
      FlowTuple.set(answered, answer, 0);
      number = answered.add();
    }
    if (number < 0) {
      return false;
    }
    answered.setSum(number, 0, Math.max(minute, answered.sum(number, 0)));
    oldestMinute = Math.min(oldestMinute, minute);
    return true;
  }

  /// Lets leave what is long past.
  ///
  /// @param now the minute of a record; one without a time can't tell what is past
  private void forget(long now) {
    boolean isDue = now >= 0 && sinceLastLook >= mostEntries / PART_BETWEEN_LOOKS;
    if (isDue && oldestMinute <= now - PATIENCE_MINUTES) {
      sinceLastLook = 0;
      oldestMinute = Long.MAX_VALUE;
      decide(now - PATIENCE_MINUTES);
      answered.retain(
          number -> {
            long minute = answered.sum(number, 0);
            boolean stays = minute > now - 2 * PATIENCE_MINUTES;
            oldestMinute = stays ? Math.min(oldestMinute, minute) : oldestMinute;
            return stays;
          });
    }
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
