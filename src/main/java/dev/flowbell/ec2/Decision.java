package dev.flowbell.ec2;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the rules at one interface do with a flow: its network ACL and its security groups.
///
/// Inbound traffic passes the ACL first, outbound traffic the groups. Both have to let it pass.
public record Decision(NetworkInterface at, Flow flow, AclDecision acl, GroupDecision groups) {

  /// Returns whether both let the flow pass, for certain.
  public boolean passes() {
    return lets(acl.verdict()) && lets(groups.verdict());
  }

  /// Returns whether one of them drops the flow, for certain.
  public boolean isBlocked() {
    return acl.verdict() == Verdict.DENIES || groups.verdict() == Verdict.DENIES;
  }

  static boolean lets(Verdict verdict) {
    return verdict == Verdict.ALLOWS || verdict == Verdict.NOT_ASKED;
  }

  /// Returns why it is not known whether the flow passes; `null` if it is.
  public @Nullable String whyUnknown() {
    return isBlocked() || passes()
        ? null
        : acl.verdict() == Verdict.UNKNOWN ? acl.why() : groups.why();
  }

  /// Returns the ids of the groups.
  public List<String> groupIds() {
    return at.groups().stream().map(NetworkInterface.Group::id).toList();
  }
}
