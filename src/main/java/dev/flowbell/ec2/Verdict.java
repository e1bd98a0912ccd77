package dev.flowbell.ec2;

/// What a network ACL, or the security groups of an interface, do with a flow.
public enum Verdict {
  /// They let it pass.
  ALLOWS,
  /// They drop it.
  DENIES,
  /// It doesn't pass them.
  NOT_ASKED,
  /// What is known doesn't decide it.
  UNKNOWN
}
