package dev.flowbell.ec2;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What blocked a flow, as far as it can be known.
///
/// EC2 shows the rules of now. So whatever is said of a record of the past holds if nothing was
/// changed since.
///
/// @param decision what the rules do with the flow now; `null` where they weren't asked, or could
///   not be
/// @param isAnswer whether the decision is about an answer, to a port that its client chose
/// @param own the interface whose rules were asked
/// @param remote the other side
/// @param why why it is not known, for [Kind#UNKNOWN]; else what could not be known besides, or
///   empty. It has no words that others chose, such as names
/// @param failures why EC2 could not be asked, or not about all
/// @param lookedAt when EC2 was asked
public record Blocker(
    Kind kind,
    @Nullable Decision decision,
    boolean isAnswer,
    @Nullable Party own,
    @Nullable Party remote,
    String why,
    List<Ec2Exception> failures,
    Instant lookedAt) {

  /// Creates one with a copy of the list.
  public Blocker {
    failures = List.copyOf(failures);
  }

  /// What it was.
  public enum Kind {
    /// An entry of a network ACL denies it.
    NETWORK_ACL("network-acl"),
    /// No rule of the security groups allows it.
    SECURITY_GROUP("security-group"),
    /// Both: each of them has to be mended.
    BOTH("network-acl-and-security-group"),
    /// VPC Block Public Access, as the record says.
    BLOCK_PUBLIC_ACCESS("block-public-access"),
    /// Encryption controls of the VPC, as the record says.
    ENCRYPTION_CONTROLS("encryption-controls"),
    /// No rule: packets of a connection that was closed, or that the group no longer tracks.
    LATE_PACKETS("late-packets"),
    /// An answer to a request that the group doesn't know: it didn't pass this interface, or the
    /// group forgot it.
    UNTRACKED_ANSWER("untracked-answer"),
    /// The rules of now let it pass.
    ALLOWED_NOW("allowed-now"),
    /// It can't be known.
    UNKNOWN("unknown");

    private final String key;

    Kind(String key) {
      this.key = key;
    }

    /// Returns the stable name, such as `network-acl`: JSON has it.
    public String key() {
      return key;
    }
  }

  /// One side of a flow, where it is an interface of this account and Region.
  ///
  /// @param instanceName the tag `Name` of its instance; empty without one
  public record Party(NetworkInterface networkInterface, String instanceName) {}

  /// Returns that it is not known.
  public static Blocker notKnown(String why, Instant lookedAt) {
    return new Blocker(Kind.UNKNOWN, null, false, null, null, why, List.of(), lookedAt);
  }

  static Blocker notKnown(Ec2Exception e, Instant lookedAt) {
    return new Blocker(Kind.UNKNOWN, null, false, null, null, e.reason(), List.of(e), lookedAt);
  }

  static Blocker saidByRecord(Kind kind, Instant lookedAt) {
    return new Blocker(kind, null, false, null, null, "", List.of(), lookedAt);
  }
}
