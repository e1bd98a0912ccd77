package dev.flowbell.classify;

import dev.flowbell.classify.Suspect.Kind;
import dev.flowbell.record.FlowField;
import dev.flowbell.record.FlowRecord;

/// What a record shows by itself, without the other records of its payload.
public final class RecordKind {
  static final int FIRST_UNPRIVILEGED_PORT = 1_024;

  private static final int UDP = 17;

  private RecordKind() {}

  /// Returns what a rejected record is, as far as it shows by itself: [Kind#ANSWER], [Kind#STRAY],
  /// [Kind#NOT_UNICAST] or [Kind#ATTEMPT]. [FlowPairs] knows more answers, from the other records
  /// of a payload.
  ///
  /// @param classes what [Classifier#classify] returned for it
  public static Kind ofRejected(FlowRecord record, int classes) {
    if (isAnswer(record)) {
      return Kind.ANSWER;
    }
    if (Classification.STRAY.isIn(classes)) {
      return Kind.STRAY;
    }
    boolean isUnicast =
        !record.has(FlowField.DSTADDR)
            || isUnicast(
                record.addressHigh(FlowField.DSTADDR),
                record.addressLow(FlowField.DSTADDR),
                record.protocol());
    return isUnicast ? Kind.ATTEMPT : Kind.NOT_UNICAST;
  }

  /// Flags show an answer. Without them, or over UDP, it goes from a service's port to another one.
  private static boolean isAnswer(FlowRecord record) {
    long flags = record.tcpFlags();
    boolean isTcp = record.protocol() == FlowRecord.TCP;
    if (isTcp && flags != FlowRecord.ABSENT) {
      return (flags & Classifier.SYN_ACK) == Classifier.SYN_ACK;
    }
    long port = record.sourcePort();
    return (isTcp || record.protocol() == UDP)
        && port >= 0
        && (port < FIRST_UNPRIVILEGED_PORT || KnownPort.isNamed((int) port))
        && record.destinationPort() >= FIRST_UNPRIVILEGED_PORT;
  }

  /// Returns whether an address is one host's. Broadcast is 255.255.255.255, and UDP to an address
  /// that ends in .255.
  static boolean isUnicast(long high, long low, long protocol) {
    boolean isIpv4 = high == 0 && low >>> 32 == 0xffffL;
    if (!isIpv4) {
      return high >>> 56 != 0xff; // ff00::/8
    }
    long address = low & 0xffff_ffffL;
    boolean isMulticast = address >>> 28 == 0xe; // 224.0.0.0/4
    boolean isBroadcast = address == 0xffff_ffffL || (protocol == UDP && (address & 0xff) == 0xff);
    return !isMulticast && !isBroadcast;
  }

  /// Returns whether an accepted flow has payload, and was opened by its source. Flags show who
  /// opened a connection: SYN without ACK. Where a record shows no SYN, the side with the lower
  /// port, below the ephemeral ones, is the server.
  ///
  /// @param classes what [Classifier#classify] returned for the record
  public static boolean isOpenedWithPayload(FlowRecord record, int classes) {
    if (Classification.SYN_ONLY.isIn(classes)
        || !hasPayload(record)
        || !record.has(FlowField.DSTADDR)
        || !record.has(record.originalSource())) {
      return false;
    }
    long flags = record.tcpFlags();
    boolean isTcp = record.protocol() == FlowRecord.TCP;
    if (isTcp && flags != FlowRecord.ABSENT && (flags & Classifier.SYN) != 0) {
      return (flags & Classifier.SYN_ACK) == Classifier.SYN;
    }
    return record.destinationPort() >= 0
        && record.sourcePort() >= FIRST_UNPRIVILEGED_PORT
        && record.destinationPort() < FlowPairs.FIRST_EPHEMERAL_PORT
        && record.destinationPort() < record.sourcePort();
  }

  private static boolean hasPayload(FlowRecord record) {
    long packets = record.packets();
    // bytes > packets * most, without overflow
    return packets > 0
        && (record.isIpv6(FlowField.SRCADDR)
            ? packets <= Long.MAX_VALUE / 80 && record.bytes() > packets * 80
            : packets <= Long.MAX_VALUE / 60 && record.bytes() > packets * 60);
  }
}
