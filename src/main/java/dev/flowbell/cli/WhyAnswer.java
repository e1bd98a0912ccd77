package dev.flowbell.cli;

import dev.flowbell.ec2.Blocker;
import dev.flowbell.ec2.Rejection;

/// What blocks one of the flows that `flowbell why` read.
///
/// @param records how many records show the flow, at least 1
record WhyAnswer(Rejection rejection, long records, Blocker blocker) {
  /// Returns `blocked`, `allowed` or `unknown`, as JSON has it.
  String verdict() {
    return switch (blocker.kind()) {
      case NETWORK_ACL,
          SECURITY_GROUP,
          BOTH,
          BLOCK_PUBLIC_ACCESS,
          ENCRYPTION_CONTROLS,
          LATE_PACKETS,
          UNTRACKED_ANSWER ->
          "blocked";
      case ALLOWED_NOW -> "allowed";
      case UNKNOWN -> "unknown";
    };
  }
}
