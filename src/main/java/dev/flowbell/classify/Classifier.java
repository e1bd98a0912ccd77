package dev.flowbell.classify;

import dev.flowbell.record.FlowField;
import dev.flowbell.record.FlowRecord;

/// Finds the [Classification]s of a record.
public final class Classifier {
  /// The TCP flag that opens a connection.
  public static final int SYN = 2;

  /// The TCP flags that answer an opening.
  static final int SYN_ACK = 18;

  // The largest packet without data: an IP header, and a TCP header with options.
  private static final long MOST_BYTES_IPV4 = 60;
  private static final long MOST_BYTES_IPV6 = 80;

  private Classifier() {}

  /// Classifies a readable record.
  ///
  /// @return the [Classification#bit]s of its classes, 0 for none. They are bits, because a set
  ///   object for each record would take most of the time that a payload needs
  public static int classify(FlowRecord record) {
    if (record.isNoData() || record.isSkipData()) {
      return 0;
    }
    int classes = 0;
    boolean isTcp = record.protocol() == FlowRecord.TCP;
    long flags = record.tcpFlags();
    if (record.isReject()) {
      classes |= Classification.REJECT.bit();
      if (isTcp && flags == SYN) {
        classes |= Classification.SYN_ONLY.bit();
      } else if (isTcp && flags != FlowRecord.ABSENT && (flags & SYN) == 0) {
        classes |= Classification.STRAY.bit();
      }
    } else if (isTcp && flags == SYN && record.isAccept() && isWithoutPayload(record)) {
      classes |= Classification.SYN_ONLY.bit();
    }
    if (record.isDifferentAddress(FlowField.SRCADDR, FlowField.PKT_SRCADDR)) {
      classes |= Classification.NAT_MASKED.bit();
    }
    return classes;
  }

  private static boolean isWithoutPayload(FlowRecord record) {
    long packets = record.packets();
    long bytes = record.bytes();
    if (packets == FlowRecord.ABSENT || bytes == FlowRecord.ABSENT) {
      return false;
    }
    FlowField address = record.has(FlowField.SRCADDR) ? FlowField.SRCADDR : FlowField.DSTADDR;
    long most = record.isIpv6(address) ? MOST_BYTES_IPV6 : MOST_BYTES_IPV4;
    // bytes <= packets * most, without overflow
    return bytes / most < packets || (bytes / most == packets && bytes % most == 0);
  }
}
