package dev.flowbell.ec2;

import dev.flowbell.ec2.SecurityGroup.Peer;
import dev.flowbell.ec2.SecurityGroup.Rule;
import dev.flowbell.record.AddressBlock;
import dev.flowbell.record.IpAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What the security groups of an interface do with a flow, and the rules that were asked.
///
/// @param groups the groups, whose rules count together
/// @param allowing the rule that allows it; `null` if none does for certain
/// @param steps the rules that were asked, with why each fits or not
/// @param why why there is no verdict, or none was asked; else empty
/// @see <a
///   href="https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html">Security
///   group rules</a>
public record GroupDecision(
    Verdict verdict,
    List<SecurityGroup> groups,
    @Nullable Step allowing,
    List<Step> steps,
    String why) {

  /// Creates a decision with copies of the lists.
  public GroupDecision {
    groups = List.copyOf(groups);
    steps = List.copyOf(steps);
  }

  /// A rule that was asked.
  ///
  /// @param traffic whether protocol and port fit
  /// @param peer whether the address fits
  public record Step(SecurityGroup group, Rule rule, Match traffic, Match peer) {
    /// Returns whether the rule fits.
    public Match match() {
      return traffic.and(peer);
    }

    /// Returns how much of the flow the rule fits, to find the one that comes closest. A rule for
    /// the same traffic from near addresses comes before one for other ports.
    private int closeness(IpAddress remote) {
      if (!traffic.isNo()) {
        return 1_000
            + (rule.peer() instanceof Peer.Block(AddressBlock block)
                ? commonBits(block.network(), remote)
                : 0);
      }
      return peer.isNo() ? 0 : 500;
    }

    private static int commonBits(IpAddress one, IpAddress other) {
      int high = Long.numberOfLeadingZeros(one.high() ^ other.high());
      return high < 64 ? high : 64 + Long.numberOfLeadingZeros(one.low() ^ other.low());
    }
  }

  /// Asks groups about a flow. They only allow, and their rules count together.
  ///
  /// @param remotes tells which peers hold the other side
  static GroupDecision of(List<SecurityGroup> groups, Flow flow, PeerMatcher remotes) {
    List<Step> steps = new ArrayList<>();
    for (SecurityGroup group : groups) {
      for (Rule rule : group.rules(flow.direction())) {
        Step step =
            new Step(
                group, rule, rule.traffic().match(flow), remotes.match(rule.peer(), flow.remote()));
        steps.add(step);
        if (step.match().isYes()) {
          return new GroupDecision(Verdict.ALLOWS, groups, step, steps, "");
        }
      }
    }
    Step open = steps.stream().filter(step -> !step.match().isNo()).findFirst().orElse(null);
    return open == null
        ? new GroupDecision(Verdict.DENIES, groups, null, steps, "")
        : new GroupDecision(
            Verdict.UNKNOWN,
            groups,
            null,
            steps,
            "whether a rule of %s fits can't be known: %s"
                .formatted(open.group.id(), open.match().why()));
  }

  static GroupDecision notAsked(List<SecurityGroup> groups, String why) {
    return new GroupDecision(Verdict.NOT_ASKED, groups, null, List.of(), why);
  }

  static GroupDecision notKnown(String why) {
    return new GroupDecision(Verdict.UNKNOWN, List.of(), null, List.of(), why);
  }

  /// Returns the rule that comes closest to allowing a flow, `null` where none comes close.
  public @Nullable Step nearestMiss(Flow flow) {
    return closestFirst(flow).stream()
        .filter(step -> !step.match().isYes() && step.closeness(flow.remote()) > 0)
        .findFirst()
        .orElse(null);
  }

  /// Returns the rules that were asked, the one that fits most first.
  public List<Step> closestFirst(Flow flow) {
    return steps.stream()
        .sorted(
            Comparator.comparing((Step step) -> step.match().answer())
                .thenComparing(
                    Comparator.comparingInt((Step step) -> step.closeness(flow.remote()))
                        .reversed()))
        .toList();
  }
}
