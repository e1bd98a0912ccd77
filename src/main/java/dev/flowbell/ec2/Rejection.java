package dev.flowbell.ec2;

import dev.flowbell.record.IpAddress;
import org.jspecify.annotations.Nullable;

/// A rejected flow, as one record shows it: what blocked it is asked.
///
/// @param interfaceId the interface that logged it; `null` where the record doesn't say
/// @param direction at the interface; `null` where the record doesn't say
/// @param protocol the IANA number, -1 where absent
/// @param source, destination `srcaddr` and `dstaddr`, as the interface sees them
/// @param port the destination port, -1 where absent
/// @param kind what the record shows besides
/// @param reason the field `reject-reason`; `null` where absent
/// @param originalSource `pkt-srcaddr`, where a NAT device's address hides it; else `null`
public record Rejection(
    @Nullable String interfaceId,
    @Nullable Direction direction,
    int protocol,
    IpAddress source,
    IpAddress destination,
    int port,
    Kind kind,
    @Nullable String reason,
    @Nullable IpAddress originalSource) {

  /// Creates a rejection whose source is the original one.
  public Rejection(
      @Nullable String interfaceId,
      @Nullable Direction direction,
      int protocol,
      IpAddress source,
      IpAddress destination,
      int port,
      Kind kind,
      @Nullable String reason) {
    this(interfaceId, direction, protocol, source, destination, port, kind, reason, null);
  }

  /// What a record shows besides addresses and ports.
  public enum Kind {
    /// A request, as far as is known.
    REQUEST,

    /// An answer to a request that was accepted at the same interface. Security groups keep state,
    /// so they let it pass.
    ///
    /// @see <a
    ///   href="https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-records-examples.html#flow-log-example-security-groups">Security
    ///   group and network ACL rules</a>
    ANSWER,

    /// An answer by its TCP flags or its source port, to a request that no record shows.
    ANSWER_TO_UNSEEN_REQUEST,

    /// TCP without SYN: packets of a connection that was closed, or that the group no longer
    /// tracks.
    LATE_PACKETS,

    /// Not rejected: a request that was let out and that nobody answered. The other side's rules
    /// are asked.
    UNANSWERED;

    boolean isAnswer() {
      return this == ANSWER || this == ANSWER_TO_UNSEEN_REQUEST;
    }
  }

  /// Returns whether it is an answer.
  public boolean isAnswer() {
    return kind.isAnswer();
  }

  /// Returns the same with another port.
  public Rejection withPort(int newPort) {
    return new Rejection(
        interfaceId,
        direction,
        protocol,
        source,
        destination,
        newPort,
        kind,
        reason,
        originalSource);
  }

  /// Returns the same as another interface logged it.
  public Rejection at(@Nullable String newInterfaceId, @Nullable String newReason) {
    return new Rejection(
        newInterfaceId,
        direction,
        protocol,
        source,
        destination,
        port,
        kind,
        newReason,
        originalSource);
  }
}
