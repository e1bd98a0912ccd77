package dev.flowbell.classify;

/// A class of readable records with traffic, by its definition. A record can be of several classes.
///
/// TCP means that the record's `protocol` is present and 6. A record whose `log-status` is NODATA
/// or SKIPDATA is of no class.
///
/// These classes need one record alone, except for [#SYN_ONLY]. What needs the other records of the
/// payload is defined in [Suspect.Kind]: answers and attempts.
///
/// @see <a href="https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html">Flow log
///   records</a>
@SuppressWarnings("EnumOrdinal") // the number of the class's bit
public enum Classification {
  /// `action` is REJECT: a security group or network ACL dropped the traffic.
  REJECT,

  /// A rejected TCP record with flags, but without SYN: late packets of a closed connection, not an
  /// attempt to open one. Such a record is always [#REJECT] too.
  STRAY,

  /// TCP, `tcp-flags` is 2, and
  /// - either `action` is REJECT: a *blocked handshake*;
  /// - or `action` is ACCEPT, `bytes` and `packets` are present with `bytes` ≤ `packets` × 60
  ///   (IPv6: × 80), and no accepted record of the same payload has the reverse 5-tuple and flags
  ///   with SYN and ACK: an *unanswered handshake*. A rejected SYN-ACK is no answer. The last
  ///   condition is known only at the end of the payload. Until [HandshakeTracker] has all of its
  ///   records, an accepted record of this class is a candidate.
  ///
  /// The bound on bytes is that of packets without data: an IPv4 header of 20 bytes (IPv6: 40) and
  /// a TCP header with options of up to 40. Without the bound, the client's record of every long
  /// connection would count: flow logs never record ACK and PSH, so its `tcp-flags` is 2 too.
  ///
  /// No record is of this class where the format has no `tcp-flags`, such as the default format.
  SYN_ONLY,

  /// `srcaddr` and `pkt-srcaddr` are both present, and are different addresses: a NAT device, or
  /// another device that forwards, is between the source, `pkt-srcaddr`, and the interface.
  NAT_MASKED;

  /// Returns this class's bit in a set of classes, see [Classifier#classify].
  public int bit() {
    return 1 << ordinal();
  }

  /// Returns whether a set of classes from [Classifier#classify] has this class.
  public boolean isIn(int classes) {
    return (classes & bit()) != 0;
  }
}
