package dev.flowbell.classify;

import dev.flowbell.classify.Suspect.Kind;
import dev.flowbell.classify.Suspect.Place;
import dev.flowbell.record.FlowRecord;
import dev.flowbell.record.IpAddress;
import org.jspecify.annotations.Nullable;

/// One record that is a suspect, as [FlowPairs] passes it on. It has the parts of a [Suspect].
///
/// It is reused for the next record, because many records of a payload become one group of
/// suspects: only a group needs objects.
public final class SuspectRecord {
  /// How many longs [#setKey] sets.
  public static final int KEY = 9;

  // What CandidateRows reads.
  boolean hasSource;
  long sourceHigh;
  long sourceLow;
  boolean isMasked;
  long maskedHigh;
  long maskedLow;
  boolean isInside;
  boolean isEgress;
  boolean hasTarget;
  long targetHigh;
  long targetLow;
  int protocol;
  int sourcePort;
  int port;
  long minute;
  boolean isLongWindow;
  Place place = Place.UNKNOWN;
  long packets;
  long bytes;
  long flags;
  boolean isReject;
  boolean isStray;

  // What FlowPairs finds out.
  Kind kind = Kind.ATTEMPT;
  boolean isDroppedAnswer;
  boolean isRequestAccepted;

  // Most groups of a payload have the same target.
  private @Nullable IpAddress lastTarget;

  SuspectRecord() {}

  /// Returns what the record is.
  public Kind kind() {
    return kind;
  }

  /// Returns whether the record has a source address. Without one it is no [Suspect].
  public boolean hasSource() {
    return hasSource;
  }

  /// Returns the source port, -1 where absent.
  public int sourcePort() {
    return sourcePort;
  }

  /// Returns where the record was logged.
  public Place place() {
    return place;
  }

  /// Returns the packets, -1 where absent.
  public long packets() {
    return packets;
  }

  /// Returns the bytes, -1 where absent.
  public long bytes() {
    return bytes;
  }

  /// Returns the source's address, half of it.
  public long sourceHigh() {
    return sourceHigh;
  }

  /// Returns the other half of the source's address.
  public long sourceLow() {
    return sourceLow;
  }

  /// Returns whether the source is inside.
  public boolean isInside() {
    return isInside;
  }

  /// Returns whether it can ring anything: it is an attempt, or a dropped answer.
  public boolean isTelling() {
    return hasTarget && (kind.isAttempt() || isDroppedAnswer);
  }

  /// Makes a tuple the one to look up. Records have the same tuple if they are equal but for their
  /// counts and places. Its first two longs are the source.
  ///
  /// @param table of tuples of [#KEY] longs
  /// @param keptSourcePort instead of the record's own
  @SuppressWarnings("EnumOrdinal") // the tuple is never stored
  public void setKey(TupleTable table, int keptSourcePort) {
    table.set(0, sourceHigh);
    table.set(1, sourceLow);
    table.set(2, isMasked ? maskedHigh : 0);
    table.set(3, isMasked ? maskedLow : 0);
    table.set(4, hasTarget ? targetHigh : 0);
    table.set(5, hasTarget ? targetLow : 0);
    table.set(6, FlowTuple.pack(keptSourcePort, port, protocol));
    table.set(7, minute);
    long bits = kind.ordinal();
    bits = bits << 1 | (isMasked ? 1 : 0);
    bits = bits << 1 | (isInside ? 1 : 0);
    bits = bits << 1 | (isEgress ? 1 : 0);
    bits = bits << 1 | (hasTarget ? 1 : 0);
    bits = bits << 1 | (isLongWindow ? 1 : 0);
    bits = bits << 1 | (isDroppedAnswer ? 1 : 0);
    bits = bits << 1 | (isRequestAccepted ? 1 : 0);
    table.set(8, bits);
  }

  /// Returns the suspect, with these instead of the record's own.
  public Suspect toSuspect(int newSourcePort, long newPackets, long newBytes) {
    return new Suspect(
        kind,
        new IpAddress(sourceHigh, sourceLow),
        isMasked ? new IpAddress(maskedHigh, maskedLow) : null,
        isInside,
        isEgress,
        hasTarget ? target() : null,
        protocol,
        newSourcePort,
        port,
        minute,
        isLongWindow,
        isDroppedAnswer,
        isRequestAccepted,
        place,
        newPackets,
        newBytes);
  }

  private IpAddress target() {
    IpAddress target = lastTarget;
    if (target == null || target.high() != targetHigh || target.low() != targetLow) {
      target = new IpAddress(targetHigh, targetLow);
      lastTarget = target;
    }
    return target;
  }

  boolean hasBothPorts() {
    return sourcePort >= 0 && port >= 0;
  }

  boolean isSynAck() {
    return protocol == FlowRecord.TCP
        && flags != FlowRecord.ABSENT
        && (flags & Classifier.SYN_ACK) == Classifier.SYN_ACK;
  }
}
