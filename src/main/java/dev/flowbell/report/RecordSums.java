package dev.flowbell.report;

import dev.flowbell.classify.Classification;
import dev.flowbell.classify.Classifier;
import dev.flowbell.classify.RecordKind;
import dev.flowbell.classify.Suspect.Kind;
import dev.flowbell.metric.Sums;
import dev.flowbell.record.FlowField;
import dev.flowbell.record.FlowRecord;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;

/// Where one thread adds the records that it reads. Not safe for use by several.
public final class RecordSums {
  /// AWS's longer aggregation interval.
  static final int SLOT_SECONDS = 600;

  private static final int MOST_CELLS = 1 << 20;
  private static final byte[] EGRESS = "egress".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NO_TEXT = {};

  private final TrafficSums sums;
  private final FlowTimes times;

  /// Accepted flows by hour.
  final TupleSums acceptedByHour = new TupleSums(1, 1, MOST_CELLS);

  /// Rejects by port and hour; -1 is the hour of a record without a possible time.
  final TupleSums portHours = new TupleSums(2, 1, MOST_CELLS);

  /// The times with records, in slots since [FlowTimes#FIRST_SECOND].
  final BitSet slots = new BitSet();

  private final LastName interfaceName;
  private final LastName accountName;
  private long[] rejectsByAccount = new long[16];
  private long records;
  private long accepted;
  private long rejected;
  private long rejectedPackets;
  private long rejectedBytes;
  private long handshakes;
  private long strays;
  private long answers;
  private long notUnicast;
  private long masked;
  private long noDataWindows;
  private long skippedWindows;
  private long first = Long.MAX_VALUE;
  private long last = FlowRecord.ABSENT;

  RecordSums(TrafficSums sums) {
    this.sums = sums;
    times = sums.times();
    interfaceName = new LastName(FlowField.INTERFACE_ID, sums.interfaces());
    accountName = new LastName(FlowField.ACCOUNT_ID, sums.accounts());
  }

  /// Adds a readable record. The caller can reuse it afterwards.
  public void add(FlowRecord record) {
    records++;
    addTimes(record);
    if (record.isNoData()) {
      noDataWindows++;
    } else if (record.isSkipData()) {
      skippedWindows++;
    } else if (record.isReject()) {
      addRejected(record);
    } else if (record.isAccept()) {
      addAccepted(record);
    }
  }

  private void addTimes(FlowRecord record) {
    long start = record.startSeconds();
    long end = record.endSeconds();
    if (times.isPossible(start)) {
      first = Math.min(first, start);
      slots.set((int) ((start - FlowTimes.FIRST_SECOND) / SLOT_SECONDS));
    }
    if (times.isPossible(end)) {
      last = Math.max(last, end);
      slots.set((int) ((end - FlowTimes.FIRST_SECOND) / SLOT_SECONDS));
    }
  }

  private void addAccepted(FlowRecord record) {
    accepted++;
    if (times.isPossible(record.endSeconds())) {
      int hour = acceptedByHour.add(record.endSeconds() / HourRange.SECONDS);
      if (hour >= 0) {
        acceptedByHour.plus(hour, 0, 1);
      }
    }
    if (RecordKind.isOpenedWithPayload(record, Classifier.classify(record))) {
      FlowField source = record.originalSource();
      long high = record.addressHigh(source);
      long low = record.addressLow(source);
      sums.shareOf(high, low).addAccepted(record, high, low);
    }
  }

  private void addRejected(FlowRecord record) {
    int classes = Classifier.classify(record);
    Kind kind = RecordKind.ofRejected(record, classes);
    boolean isHandshake = Classification.SYN_ONLY.isIn(classes);
    boolean isMasked = Classification.NAT_MASKED.isIn(classes);
    rejected++;
    rejectedPackets = Sums.plus(rejectedPackets, record.packets());
    rejectedBytes = Sums.plus(rejectedBytes, record.bytes());
    handshakes += isHandshake ? 1 : 0;
    strays += kind == Kind.STRAY ? 1 : 0;
    answers += kind == Kind.ANSWER ? 1 : 0;
    notUnicast += kind == Kind.NOT_UNICAST ? 1 : 0;
    masked += isMasked ? 1 : 0;
    addPort(record);
    addAccount(record);
    FlowField source = record.originalSource();
    if (record.has(source)) {
      sums.shareOf(record.addressHigh(source), record.addressLow(source))
          .addRejected(
              record,
              kind,
              record.isText(FlowField.FLOW_DIRECTION, EGRESS),
              isMasked,
              isHandshake,
              interfaceName.numberIn(record));
    }
  }

  private void addPort(FlowRecord record) {
    if (record.has(FlowField.DSTADDR)) {
      boolean hasHour = times.isPossible(record.endSeconds());
      int cell =
          portHours.add(
              SourceShare.packPort(record), hasHour ? record.endSeconds() / HourRange.SECONDS : -1);
      if (cell >= 0) {
        portHours.plus(cell, 0, 1);
      }
    }
  }

  private void addAccount(FlowRecord record) {
    int account = accountName.numberIn(record);
    if (account == Names.NONE) {
      return;
    }
    if (account >= rejectsByAccount.length) {
      rejectsByAccount = Arrays.copyOf(rejectsByAccount, account * 2);
    }
    rejectsByAccount[account]++;
  }

  Totals totals() {
    return new Totals(
        records,
        accepted,
        rejected,
        rejectedPackets,
        rejectedBytes,
        handshakes,
        strays,
        answers,
        notUnicast,
        masked);
  }

  /// Returns the rejects by account. An account is the number of its name.
  long[] rejectsByAccount() {
    return rejectsByAccount;
  }

  long noDataWindows() {
    return noDataWindows;
  }

  long skippedWindows() {
    return skippedWindows;
  }

  /// Returns the earliest start in Unix seconds, `Long.MAX_VALUE` without one.
  long first() {
    return first;
  }

  /// Returns the latest end in Unix seconds, [FlowRecord#ABSENT] without one.
  long last() {
    return last;
  }

  /// The number of a field's name. Most records have the name of the one before.
  private static final class LastName {
    private final FlowField field;
    private final Names names;
    private byte[] bytes = NO_TEXT;
    private int number = Names.NONE;

    LastName(FlowField field, Names names) {
      this.field = field;
      this.names = names;
    }

    int numberIn(FlowRecord record) {
      if (!record.has(field)) {
        return Names.NONE;
      }
      if (number == Names.NONE || !record.isText(field, bytes)) {
        String name = record.text(field);
        bytes = name == null ? NO_TEXT : name.getBytes(StandardCharsets.UTF_8);
        number = name == null ? Names.NONE : names.numberOf(name);
      }
      return number;
    }
  }
}
