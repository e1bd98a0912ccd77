package dev.flowbell.ec2;

import dev.flowbell.ec2.Blocker.Party;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Whether a flow and its answer pass the rules of now, on both sides where both can be asked.
///
/// Routes, firewalls between, and the hosts themselves are not asked.
///
/// @param decisions about the flow and then about its answer, at each interface in the order in
///   which packets pass them
/// @param remote the other side; `null` where it is no interface of this account and Region
/// @param failures why EC2 could not be asked about all
/// @param lookedAt when EC2 was asked
public record Passage(
    List<Decision> decisions,
    Party own,
    @Nullable Party remote,
    List<Ec2Exception> failures,
    Instant lookedAt) {
  /// Creates a passage with copies of the lists.
  public Passage {
    decisions = List.copyOf(decisions);
    failures = List.copyOf(failures);
  }

  /// Returns whether something blocks it for certain.
  public boolean isBlocked() {
    return decisions.stream().anyMatch(Decision::isBlocked);
  }

  /// Returns whether all that was asked lets it pass, for certain.
  public boolean passes() {
    return decisions.stream().allMatch(Decision::passes);
  }
}
