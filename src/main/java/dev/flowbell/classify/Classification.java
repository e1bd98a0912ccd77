package dev.flowbell.classify;

/// What a readable record with traffic in it is evidence of. Several can hold for one record; these
/// are the definitions, and there are no others.
///
/// TCP means that the record's `protocol` is there and is 6. A record whose `log-status` is NODATA
/// or SKIPDATA is evidence of nothing.
///
/// @see <a href="https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html">Flow log
///   records</a>
@SuppressWarnings("EnumOrdinal") // a bit for each class
public enum Classification {
  /// `action` is REJECT: a security group or a network ACL stopped the traffic.
  REJECT,

  /// A rejected TCP record whose flags are there and lack SYN: late packets of a closed connection,
  /// not an attempt to open one. Always together with [#REJECT].
  STRAY,

  /// TCP, `tcp-flags` is 2, and
  /// - either `action` is REJECT: a *blocked handshake*;
  /// - or `action` is ACCEPT, `bytes` and `packets` are there with `bytes` ≤ `packets` × 60 (IPv6:
  ///   × 80), and no record of the same payload has the reverse 5-tuple with SYN and ACK among its
  ///   flags: an *unanswered handshake*. The last part is known at the payload's end only: until
  ///   [HandshakeTracker] has seen all of it, an accepted record of this class is a candidate.
  ///
  /// The bound on bytes is that of packets without payload: an IPv4 header of 20 bytes (IPv6: 40)
  /// and a TCP header with options of up to 40. Without it, every client side of a long connection
  /// would count: ACK and PSH are never recorded, so `tcp-flags` is 2 there too.
  ///
  /// Where the format has no `tcp-flags` (as the default format has not) no record is of this
  /// class.
  SYN_ONLY,

  /// `srcaddr` and `pkt-srcaddr` are both there and different addresses: a NAT device, or another
  /// thing that forwards, stands between the original source, `pkt-srcaddr`, and the interface.
  NAT_MASKED;

  /// Returns this class's bit in a set of them, see [Classifier#classify].
  public int bit() {
    return 1 << ordinal();
  }

  /// Returns whether a set of classes, as [Classifier#classify] returns it, has this one.
  public boolean isIn(int classes) {
    return (classes & bit()) != 0;
  }
}
