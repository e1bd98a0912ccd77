package dev.flowbell.ec2;

import dev.flowbell.ec2.NetworkAcl.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What a network ACL does with a flow, and the entries that were asked.
///
/// @param acl `null` where it is not known
/// @param entry the entry that decides; `null` if none was asked. Where the verdict is unknown, the
///   first one that may decide
/// @param steps the entries that were asked, in order, with why each fits or not
/// @param why why there is no verdict, or none was asked; else empty
/// @see <a href="https://docs.aws.amazon.com/vpc/latest/userguide/nacl-basics.html">Network ACL
///   basics</a>
public record AclDecision(
    Verdict verdict,
    @Nullable NetworkAcl acl,
    @Nullable Entry entry,
    List<Step> steps,
    String why) {

  /// Creates a decision with a copy of the list.
  public AclDecision {
    steps = List.copyOf(steps);
  }

  /// An entry that was asked.
  public record Step(Entry entry, Match match) {}

  /// Asks an ACL about a flow of a subnet's interface.
  ///
  /// Entries are asked by number, and the first one that fits decides. Those of the other IP family
  /// don't count. Traffic between addresses of one subnet passes no ACL.
  ///
  /// @param subnet `null` where it is not known
  static AclDecision of(NetworkAcl acl, @Nullable Subnet subnet, Flow flow) {
    if (subnet != null && subnet.contains(flow.remote())) {
      return new AclDecision(
          Verdict.NOT_ASKED,
          acl,
          null,
          List.of(),
          "%s is in the same subnet".formatted(flow.remote()));
    }
    List<Entry> entries =
        acl.entries(flow.direction()).stream()
            .filter(entry -> entry.block().network().isIpv4() == flow.remote().isIpv4())
            .toList();
    AclDecision decision = ask(acl, entries, flow);
    return decision.verdict == Verdict.UNKNOWN
        ? askOfParts(acl, entries, flow, decision)
        : decision;
  }

  private static AclDecision ask(NetworkAcl acl, List<Entry> entries, Flow flow) {
    List<Step> steps = new ArrayList<>();
    Step open = null;
    for (Entry entry : entries) {
      Step step = new Step(entry, match(entry, flow));
      steps.add(step);
      if (step.match.isYes()) {
        return open == null || open.entry.isAllow() == entry.isAllow()
            ? decided(acl, entry, steps)
            : unknown(acl, open, steps);
      }
      if (step.match.isNo()) {
        continue;
      }
      if (open == null) {
        open = step;
      } else if (open.entry.isAllow() != entry.isAllow()) {
        return unknown(acl, open, steps);
      }
    }
    return new AclDecision(
        Verdict.UNKNOWN, acl, null, steps, "EC2 listed no last entry for this IP family");
  }

  /// Several entries may share a range of ports. If all of its parts have one verdict, so has the
  /// range; the last of the entries decides.
  private static AclDecision askOfParts(
      NetworkAcl acl, List<Entry> entries, Flow flow, AclDecision whole) {
    Flow.Ports ports = flow.ports();
    if (ports == null || ports.first() == ports.last()) {
      return whole;
    }
    TreeSet<Integer> starts = new TreeSet<>(Set.of(ports.first(), ports.last() + 1));
    for (Entry entry : entries) {
      starts.add(Math.clamp(entry.traffic().from(), ports.first(), ports.last() + 1));
      starts.add(Math.clamp(entry.traffic().to() + 1, ports.first(), ports.last() + 1));
    }
    AclDecision longest = null;
    for (int start : starts.headSet(ports.last() + 1)) {
      int end = Objects.requireNonNull(starts.higher(start)) - 1;
      AclDecision part = ask(acl, entries, flow.at(new Flow.Ports(start, end)));
      if (part.verdict == Verdict.UNKNOWN || (longest != null && longest.verdict != part.verdict)) {
        return whole;
      }
      if (longest == null || part.steps.size() > longest.steps.size()) {
        longest = part;
      }
    }
    Objects.requireNonNull(longest);
    List<Step> steps =
        longest.steps.stream().map(step -> new Step(step.entry, match(step.entry, flow))).toList();
    return new AclDecision(longest.verdict, acl, longest.entry, steps, "");
  }

  /// Returns the same decision without its verdict.
  AclDecision butUnknown(String why) {
    return new AclDecision(Verdict.UNKNOWN, acl, entry, steps, why);
  }

  private static Match match(Entry entry, Flow flow) {
    return entry.traffic().match(flow).and(Match.of(entry.block(), flow.remote()));
  }

  private static AclDecision decided(NetworkAcl acl, Entry entry, List<Step> steps) {
    return new AclDecision(
        entry.isAllow() ? Verdict.ALLOWS : Verdict.DENIES, acl, entry, steps, "");
  }

  private static AclDecision unknown(NetworkAcl acl, Step open, List<Step> steps) {
    return new AclDecision(
        Verdict.UNKNOWN,
        acl,
        open.entry,
        steps,
        "whether rule %d fits can't be known: %s".formatted(open.entry.number(), open.match.why()));
  }

  static AclDecision notKnown(String why) {
    return new AclDecision(Verdict.UNKNOWN, null, null, List.of(), why);
  }
}
