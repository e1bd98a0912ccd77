package dev.flowbell.pipeline;

import dev.flowbell.classify.Suspect;
import dev.flowbell.ec2.Direction;
import dev.flowbell.ec2.Protocol;
import dev.flowbell.ec2.Rejection;
import dev.flowbell.judge.Alert;
import dev.flowbell.record.IpAddress;
import org.jspecify.annotations.Nullable;

/// Turns records that were classified into rejections, about which EC2 can be asked.
///
/// Rules see `srcaddr`. That is the NAT device's address where the original source is another one.
public final class Rejections {
  /// A rejection at an interface that there is not.
  static final Rejection PRIMING =
      new Rejection(
          "eni-00000000000000000",
          Direction.INGRESS,
          Protocol.TCP,
          new IpAddress(0, 0xffff_0a00_0001L),
          new IpAddress(0, 0xffff_0a00_0002L),
          443,
          Rejection.Kind.REQUEST,
          null);

  private Rejections() {}

  /// Returns the rejection that a record shows, `null` where it has no destination address.
  public static @Nullable Rejection of(Suspect suspect) {
    return of(suspect, kindOf(suspect));
  }

  /// Returns the rejection that an alert is about. The alert may know more than the record: other
  /// payloads have shown it.
  ///
  /// @return `null` where the record has no destination address
  static @Nullable Rejection of(Alert alert, Suspect sample) {
    boolean isAnswered =
        alert instanceof Alert.AnswersDropped dropped && dropped.isRequestAccepted();
    return of(sample, isAnswered ? Rejection.Kind.ANSWER : kindOf(sample));
  }

  private static @Nullable Rejection of(Suspect suspect, Rejection.Kind kind) {
    IpAddress target = suspect.target();
    return target == null
        ? null
        : new Rejection(
            suspect.place().interfaceId(),
            suspect.isEgress() ? Direction.EGRESS : null, // else ingress, or not in the record
            suspect.protocol(),
            suspect.maskedBy() == null ? suspect.source() : suspect.maskedBy(),
            target,
            suspect.port(),
            kind,
            suspect.place().rejectReason(),
            suspect.maskedBy() == null ? null : suspect.source());
  }

  private static Rejection.Kind kindOf(Suspect suspect) {
    return kindOf(suspect.kind(), suspect.isRequestAccepted());
  }

  /// Returns what a suspect is to EC2's rules.
  ///
  /// @param isRequestAccepted whether the request to an answer was accepted
  public static Rejection.Kind kindOf(Suspect.Kind kind, boolean isRequestAccepted) {
    return switch (kind) {
      case ATTEMPT, ATTEMPT_OR_ANSWER, NOT_UNICAST -> Rejection.Kind.REQUEST;
      case UNANSWERED -> Rejection.Kind.UNANSWERED;
      case STRAY -> Rejection.Kind.LATE_PACKETS;
      case ANSWER ->
          isRequestAccepted ? Rejection.Kind.ANSWER : Rejection.Kind.ANSWER_TO_UNSEEN_REQUEST;
    };
  }
}
