package dev.flowbell.classify;

import dev.flowbell.classify.Suspect.Place;
import dev.flowbell.record.AddressBlocks;
import dev.flowbell.record.FlowField;
import dev.flowbell.record.FlowRecord;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The records of one payload that may be suspects, in rows of longs, until all of the payload is
/// known.
///
/// @param <T> the caller's mark of a record
final class CandidateRows<T> {
  /// Longer arrays are dropped after a payload, because few payloads need them.
  private static final int MOST_ROWS_KEPT = 16_384;

  private static final int FIRST_ROWS = 64;

  private static final long LONGEST_SHORT_WINDOW_SECONDS = 75;

  private static final byte[] EGRESS = "egress".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NO_TEXT = {};

  /// What flow logs have as `account-id` of an interface that AWS manages.
  private static final String UNKNOWN_ACCOUNT = "unknown";

  /// The nearest to the interface's host comes first.
  private static final List<FlowField> TAGS =
      List.of(FlowField.INSTANCE_TAG, FlowField.INTERFACE_TAG, FlowField.ASG_TAG);

  // A row is the tuple, the original source, and these.
  private static final int SOURCE_HIGH = FlowTuple.LONGS;
  private static final int SOURCE_LOW = 6;
  private static final int MINUTE = 7;
  private static final int PACKETS = 8;
  private static final int BYTES = 9;
  private static final int FLAGS = 10;
  private static final int BITS = 11;
  private static final int PAIR = 12;
  private static final int ROW = 13;

  private static final long REJECT = 1;
  private static final long STRAY = 1 << 1;
  private static final long MASKED = 1 << 2;
  private static final long EGRESS_BIT = 1 << 3;
  private static final long INSIDE = 1 << 4;
  private static final long HAS_SOURCE = 1 << 5;
  private static final long HAS_TARGET = 1 << 6;
  private static final long HAS_SRCADDR = 1 << 7;
  private static final long LONG_WINDOW = 1 << 8;

  private final AddressBlocks inside;
  private long[] rows = new long[FIRST_ROWS * ROW];
  private final List<Place> places = new ArrayList<>();
  // Each place once: its texts take ten times the memory of a row.
  private final Map<Place, Place> knownPlaces = new HashMap<>();
  private final List<T> marks = new ArrayList<>();
  private byte[] lastInterface = NO_TEXT;
  private @Nullable Place lastPlace;
  private @Nullable String owner;

  CandidateRows(AddressBlocks inside) {
    this.inside = inside;
  }

  /// Begins a payload, whose log group has this owner.
  void begin(String newOwner) {
    owner = newOwner.isEmpty() ? null : newOwner;
    lastPlace = null;
  }

  int size() {
    return marks.size();
  }

  void clear() {
    if (rows.length > MOST_ROWS_KEPT * ROW) {
      rows = new long[FIRST_ROWS * ROW];
    }
    places.clear();
    marks.clear();
    lastPlace = null;
    lastInterface = NO_TEXT;
    if (knownPlaces.size() > MOST_ROWS_KEPT) {
      forgetPlaces();
    }
  }

  /// Forgets the places of records that were cleared, which the next ones are likely to share.
  void forgetPlaces() {
    knownPlaces.clear();
  }

  /// Adds a rejected record.
  void add(FlowRecord record, int classes, long minute, T mark) {
    write(record, classes, minute);
    places.add(placeOf(record));
    marks.add(mark);
  }

  /// Adds an accepted SYN that was sent again, if its source is inside and its tuple is complete.
  void addIfInside(FlowRecord record, int classes, long minute, T mark) {
    write(record, classes, minute);
    long bits = rows[size() * ROW + BITS];
    if ((bits & INSIDE) != 0 && (bits & HAS_SOURCE) != 0 && isTupleComplete(size())) {
      places.add(placeOf(record));
      marks.add(mark);
    }
  }

  /// Writes a record to the row behind the last one.
  private void write(FlowRecord record, int classes, long minute) {
    int at = size() * ROW;
    if (at == rows.length) {
      rows = Arrays.copyOf(rows, at * 2);
    }
    FlowTuple.write(record, rows, at);
    FlowField original = record.originalSource();
    long high = record.addressHigh(original);
    long low = record.addressLow(original);
    rows[at + SOURCE_HIGH] = high;
    rows[at + SOURCE_LOW] = low;
    rows[at + MINUTE] = minute;
    rows[at + PACKETS] = record.packets();
    rows[at + BYTES] = record.bytes();
    rows[at + FLAGS] = record.tcpFlags();
    boolean isEgress = record.isText(FlowField.FLOW_DIRECTION, EGRESS);
    boolean isLongWindow =
        record.startSeconds() >= 0
            && record.endSeconds() - record.startSeconds() > LONGEST_SHORT_WINDOW_SECONDS;
    rows[at + BITS] =
        (Classification.REJECT.isIn(classes) ? REJECT : 0)
            | (Classification.STRAY.isIn(classes) ? STRAY : 0)
            | (Classification.NAT_MASKED.isIn(classes) ? MASKED : 0)
            | (isEgress ? EGRESS_BIT : 0)
            | (isEgress || inside.contains(high, low) ? INSIDE : 0)
            | (record.has(original) ? HAS_SOURCE : 0)
            | (record.has(FlowField.DSTADDR) ? HAS_TARGET : 0)
            | (record.has(FlowField.SRCADDR) ? HAS_SRCADDR : 0)
            | (isLongWindow ? LONG_WINDOW : 0);
  }

  private Place placeOf(FlowRecord record) {
    Place last = lastPlace;
    if (last != null
        && last.rejectReason() == null
        && !record.has(FlowField.REJECT_REASON)
        && !record.has(FlowField.PKT_SRC_AWS_SERVICE)
        && record.isText(FlowField.INTERFACE_ID, lastInterface)) {
      return last;
    }
    Place read =
        new Place(
            record.text(FlowField.INTERFACE_ID),
            record.text(FlowField.INSTANCE_ID),
            record.text(FlowField.SUBNET_ID),
            record.text(FlowField.VPC_ID),
            record.text(FlowField.PKT_SRC_AWS_SERVICE),
            record.text(FlowField.REJECT_REASON),
            record.text(FlowField.INTERFACE_TYPE),
            tagOf(record),
            accountOf(record),
            record.text(FlowField.REGION));
    Place place = knownPlaces.computeIfAbsent(read, _ -> read);
    String interfaceId = place.interfaceId();
    boolean isShared = place.service() == null && interfaceId != null;
    lastPlace = isShared ? place : null;
    lastInterface =
        isShared && interfaceId != null ? interfaceId.getBytes(StandardCharsets.UTF_8) : NO_TEXT;
    return place;
  }

  private @Nullable String accountOf(FlowRecord record) {
    String account = record.text(FlowField.ACCOUNT_ID);
    return account == null || account.equals(UNKNOWN_ACCOUNT) ? owner : account;
  }

  private static @Nullable String tagOf(FlowRecord record) {
    for (FlowField field : TAGS) {
      String tag = record.text(field);
      if (tag != null) {
        return tag;
      }
    }
    return null;
  }

  T mark(int number) {
    return marks.get(number);
  }

  boolean isReject(int number) {
    return has(number, REJECT);
  }

  /// Returns whether the record has all parts of its 5-tuple. Without them, records of different
  /// connections would look like the two directions of one.
  boolean isTupleComplete(int number) {
    long ports = rows[number * ROW + FlowTuple.PORTS];
    return has(number, HAS_SRCADDR)
        && has(number, HAS_TARGET)
        && (!Door.hasPorts(FlowTuple.protocol(ports))
            || (FlowTuple.sourcePort(ports) >= 0 && FlowTuple.destinationPort(ports) >= 0));
  }

  private boolean has(int number, long bit) {
    return (rows[number * ROW + BITS] & bit) != 0;
  }

  /// Makes a record's tuple, or its reverse, the one to look up.
  void setTuple(int number, boolean isReverse, TupleTable table) {
    if (isReverse) {
      FlowTuple.setReverse(table, rows, number * ROW);
    } else {
      FlowTuple.set(table, rows, number * ROW);
    }
  }

  /// Keeps the numbers of a record's tuple and of the reverse one.
  void setPair(int number, int own, int reverse) {
    rows[number * ROW + PAIR] = (long) own << 32 | reverse;
  }

  int own(int number) {
    return (int) (rows[number * ROW + PAIR] >>> 32);
  }

  int reverse(int number) {
    return (int) rows[number * ROW + PAIR];
  }

  /// Reads a record.
  void read(int number, SuspectRecord target) {
    int at = number * ROW;
    target.hasSource = has(number, HAS_SOURCE);
    target.sourceHigh = rows[at + SOURCE_HIGH];
    target.sourceLow = rows[at + SOURCE_LOW];
    target.isMasked = has(number, MASKED);
    target.maskedHigh = rows[at];
    target.maskedLow = rows[at + 1];
    target.isInside = has(number, INSIDE);
    target.isEgress = has(number, EGRESS_BIT);
    target.hasTarget = has(number, HAS_TARGET);
    target.targetHigh = rows[at + 2];
    target.targetLow = rows[at + 3];
    target.protocol = FlowTuple.protocol(rows[at + FlowTuple.PORTS]);
    target.sourcePort = FlowTuple.sourcePort(rows[at + FlowTuple.PORTS]);
    target.port = FlowTuple.destinationPort(rows[at + FlowTuple.PORTS]);
    target.minute = rows[at + MINUTE];
    target.isLongWindow = has(number, LONG_WINDOW);
    target.place = places.get(number);
    target.packets = rows[at + PACKETS];
    target.bytes = rows[at + BYTES];
    target.flags = rows[at + FLAGS];
    target.isReject = has(number, REJECT);
    target.isStray = has(number, STRAY);
  }
}
