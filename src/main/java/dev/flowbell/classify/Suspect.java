package dev.flowbell.classify;

import dev.flowbell.record.IpAddress;
import org.jspecify.annotations.Nullable;

/// A record that may be an attempt: a rejected record, or an accepted SYN that was sent again.
/// [Kind] defines what it can be.
/// - A *door* is what a record aims at: destination address, protocol and port. ICMP has one door
///   for each address, called ping. See [Door].
/// - A source is *inside* if the setting `INSIDE_NETWORKS` has its address, or if the record's
///   `flow-direction` is egress: direction is stronger than the address. An IPv6 source's record at
///   its target shows no egress, so the VPC's own IPv6 networks belong in the setting.
///
/// @param source the original source: `pkt-srcaddr`, or `srcaddr` where that is absent
/// @param maskedBy `srcaddr` where it differs from the original source, else `null`
/// @param isInside whether the source is inside
/// @param isEgress whether `flow-direction` is egress
/// @param target the destination, `null` where the record has none
/// @param sourcePort, port 0 to 65535, -1 where absent
/// @param minute the flow's minute, in minutes since 1970
/// @param isLongWindow whether the record's aggregation interval is longer than 75 seconds, so of
///   ten minutes: AWS's intervals are one minute or ten
/// @param kind what it is
/// @param isDroppedAnswer whether it is an answer that a network ACL or asymmetric routing dropped:
///   its flags have SYN and ACK, or its request was accepted and no record of its own 5-tuple was
/// @param isRequestAccepted whether a record with the reverse 5-tuple was accepted in the payload
/// @param packets, bytes -1 where absent
public record Suspect(
    Kind kind,
    IpAddress source,
    @Nullable IpAddress maskedBy,
    boolean isInside,
    boolean isEgress,
    @Nullable IpAddress target,
    int protocol,
    int sourcePort,
    int port,
    long minute,
    boolean isLongWindow,
    boolean isDroppedAnswer,
    boolean isRequestAccepted,
    Place place,
    long packets,
    long bytes) {
  /// What a suspect record is. A record has the first kind that fits, in the order ANSWER, STRAY,
  /// NOT_UNICAST, attempt.
  ///
  /// An *attempt* is one of the three first kinds. The other three never are.
  ///
  /// @see <a href="https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html">Flow log
  ///   records</a>
  /// @see <a
  ///   href="https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-records-examples.html">Flow
  ///   log record examples</a>
  public enum Kind {
    /// A rejected record to a unicast address that is neither an answer nor stray.
    ATTEMPT,

    /// An attempt, unless more evidence shows that it is an answer: without TCP flags, its source
    /// port is from 1024 to 32767 and has no known name, and reaches only destination ports of 1024
    /// or above, fewer than five of them in this payload. With five or more over all evidence of
    /// the hour, it is a service's port, and the record an answer.
    ATTEMPT_OR_ANSWER,

    /// An accepted SYN of a source inside that was sent again without an answer: TCP, `tcp-flags`
    /// is 2, `packets` is at least 2, and `bytes` is a whole multiple of `packets` and a SYN's size
    /// (40, 44, 48, 52 or 60 bytes; IPv6 64, 68, 72 or 80). In the same payload, no accepted record
    /// of the reverse 5-tuple has SYN and ACK, and no record of it was rejected. A SYN with an ACK
    /// after it has another size: a healthy opening, with its answer in another payload.
    UNANSWERED,

    /// A rejected TCP record with flags, but without SYN: late packets of a closed connection.
    STRAY,

    /// A rejected record that answers a request. One of these holds:
    /// - It is TCP, and its flags have SYN and ACK.
    /// - A record of the reverse 5-tuple was accepted in the same payload.
    /// - It has no TCP flags, its source port reaches only destination ports of 1024 or above in
    ///   this payload, and its source port is a service's. That is a port below 1024, one that
    ///   [KnownPort] names, or one below 32768 that reaches five destination ports or more. Of
    ///   records, rejected ones of the same original source, source port and protocol count.
    ANSWER,

    /// A rejected record to a multicast or broadcast address that is neither an answer nor stray.
    /// Broadcast is 255.255.255.255, and UDP to an address that ends in .255.
    NOT_UNICAST;

    /// Returns whether this is an attempt, as far as one payload shows.
    boolean isAttempt() {
      return this == ATTEMPT || this == ATTEMPT_OR_ANSWER || this == UNANSWERED;
    }
  }

  /// Where a record was logged. Each is `null` where the record lacks it.
  ///
  /// @param rejectReason why AWS rejected it
  /// @param interfaceType such as `nat_gateway`
  /// @param tag the tag's value that the format asks for: of the instance, the interface or the
  ///   Auto Scaling group; percent-encoded
  /// @param account the AWS account ID of the interface, else of the log group
  /// @param region the AWS Region of the interface
  public record Place(
      @Nullable String interfaceId,
      @Nullable String instanceId,
      @Nullable String subnetId,
      @Nullable String vpcId,
      @Nullable String service,
      @Nullable String rejectReason,
      @Nullable String interfaceType,
      @Nullable String tag,
      @Nullable String account,
      @Nullable String region) {
    /// Creates a place of a format without type, tags, account and Region.
    public Place(
        @Nullable String interfaceId,
        @Nullable String instanceId,
        @Nullable String subnetId,
        @Nullable String vpcId,
        @Nullable String service,
        @Nullable String rejectReason) {
      this(interfaceId, instanceId, subnetId, vpcId, service, rejectReason, null, null, null, null);
    }

    /// The place of a record that has none of this.
    static final Place UNKNOWN = new Place(null, null, null, null, null, null);
  }

  /// Returns whether this is an attempt, as far as one payload shows.
  public boolean isAttempt() {
    return kind.isAttempt();
  }

  /// Returns whether the record was rejected.
  public boolean isRejected() {
    return kind != Kind.UNANSWERED;
  }
}
