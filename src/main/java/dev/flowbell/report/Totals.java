package dev.flowbell.report;

import dev.flowbell.metric.Sums;

/// The sums of all records. A rejected record that is noise is one of `strays`, `answers` and
/// `notUnicast`, the first that fits in the order answers, strays, notUnicast; the others are
/// attempts.
///
/// @param records readable records, windows without data included
/// @param accepted, rejected flows by action
/// @param rejectedPackets, rejectedBytes of rejected flows
/// @param handshakes rejected TCP records with SYN alone
/// @param strays rejected TCP records without SYN: late packets of closed connections
/// @param answers rejected records that answer somebody: with SYN and ACK; or, without flags, from
///   a service's port to an ephemeral one
/// @param notUnicast rejected records to a multicast or broadcast address
/// @param masked rejected records whose source hid behind a NAT device
public record Totals(
    long records,
    long accepted,
    long rejected,
    long rejectedPackets,
    long rejectedBytes,
    long handshakes,
    long strays,
    long answers,
    long notUnicast,
    long masked) {
  /// The sums of no records.
  static final Totals NONE = new Totals(0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  /// Returns the sums of both.
  Totals plus(Totals more) {
    return new Totals(
        records + more.records,
        accepted + more.accepted,
        rejected + more.rejected,
        Sums.plus(rejectedPackets, more.rejectedPackets),
        Sums.plus(rejectedBytes, more.rejectedBytes),
        handshakes + more.handshakes,
        strays + more.strays,
        answers + more.answers,
        notUnicast + more.notUnicast,
        masked + more.masked);
  }

  /// Returns the rejected records that are noise.
  public long noise() {
    return strays + answers + notUnicast;
  }
}
