package dev.flowbell.classify;

import dev.flowbell.record.IpAddress;
import org.jspecify.annotations.Nullable;

/// One record that may be an attempt: it was rejected, or it is an accepted SYN that was sent again.
///
/// @param source the original source
/// @param maskedBy the address that the interface saw instead, `null` where it saw the source's own
/// @param isInside whether the source is inside: by its address, or because the record is egress
/// @param isEgress whether `flow-direction` is egress
/// @param target the destination, `null` where the record has none
/// @param sourcePort, port 0 to 65535, -1 where absent
/// @param minute the flow's minute, in minutes since 1970
/// @param isLongWindow whether the record sums up more than a minute
/// @param kind what it is
/// @param isDroppedAnswer whether it is an answer that a rule dropped: flags say SYN-ACK, or its
///   request was accepted and no other packet of its own direction
/// @param isRequestAccepted whether the payload shows that the request was accepted
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
  /// What a suspect record is.
  public enum Kind {
    /// Rejected, and neither stray nor answer, to a unicast address.
    ATTEMPT,
    /// The same, from a source port that may be a service's: only more evidence tells an attempt
    /// from an answer.
    ATTEMPT_OR_ANSWER,
    /// An accepted SYN of a source inside that was sent again, and that nothing answered.
    UNANSWERED,
    /// A late packet of a closed connection.
    STRAY,
    /// An answer to somebody's request.
    ANSWER,
    /// Rejected, to a multicast or broadcast address.
    NOT_UNICAST
  }

  /// Where a record was logged. Each is `null` where the record lacks it.
  ///
  /// @param rejectReason why AWS rejected it
  public record Place(
      @Nullable String interfaceId,
      @Nullable String instanceId,
      @Nullable String subnetId,
      @Nullable String vpcId,
      @Nullable String service,
      @Nullable String rejectReason) {}

  /// Returns whether this is an attempt, as far as one payload shows.
  public boolean isAttempt() {
    return kind == Kind.ATTEMPT || kind == Kind.ATTEMPT_OR_ANSWER || kind == Kind.UNANSWERED;
  }

  /// Returns whether the record was rejected.
  public boolean isRejected() {
    return kind != Kind.UNANSWERED;
  }
}
