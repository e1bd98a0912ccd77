package dev.flowbell.notify;

import dev.flowbell.ec2.AclDecision;
import dev.flowbell.ec2.Blocker;
import dev.flowbell.ec2.Decision;
import dev.flowbell.ec2.Flow;
import dev.flowbell.ec2.GroupDecision;
import dev.flowbell.ec2.NetworkAcl;
import dev.flowbell.ec2.NetworkInterface;
import dev.flowbell.ec2.SecurityGroup;
import dev.flowbell.ec2.SecurityGroup.Peer;
import dev.flowbell.ec2.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Says what blocks a flow, for people. Names and descriptions are their owners' texts, and are
/// made harmless.
public final class BlockerWords {
  private BlockerWords() {}

  /// Returns what blocks it, in a sentence or two.
  public static List<String> sentences(Blocker blocker) {
    Decision decision = blocker.decision();
    List<String> sentences = new ArrayList<>();
    switch (blocker.kind()) {
      case NETWORK_ACL -> sentences.add(aclSentence(known(decision), blocker.why()));
      case SECURITY_GROUP -> sentences.add(groupSentence(known(decision)));
      case BOTH -> {
        sentences.add(aclSentence(known(decision), blocker.why()));
        sentences.add(groupSentence(known(decision)));
      }
      case BLOCK_PUBLIC_ACCESS ->
          sentences.add("VPC Block Public Access rejects it: the record says so.");
      case ENCRYPTION_CONTROLS ->
          sentences.add("The VPC's encryption controls reject it: the record says so.");
      case LATE_PACKETS ->
          sentences.add(
              "No rule: these are packets of a connection that was closed, or that the groups no"
                  + " longer track.");
      case UNTRACKED_ANSWER ->
          sentences.add(
              "The groups don't know the request to this answer: it did not pass this interface"
                  + " (asymmetric routing), or they forgot it.");
      case ALLOWED_NOW -> sentences.add("The rules of now let it pass. Were they changed since?");
      case UNKNOWN -> sentences.add("Which rule blocks it is not known: " + blocker.why() + ".");
    }
    return sentences;
  }

  /// Returns what drops a flow for certain, a sentence each.
  public static List<String> sentences(Decision decision) {
    List<String> sentences = new ArrayList<>();
    if (decision.acl().verdict() == Verdict.DENIES) {
      sentences.add(aclSentence(decision, ""));
    }
    if (decision.groups().verdict() == Verdict.DENIES) {
      sentences.add(groupSentence(decision));
    }
    return sentences;
  }

  /// Returns the commands of the AWS CLI that would open it, for people to judge; empty where no
  /// rule is known that blocks it.
  ///
  /// @param region `null` for the CLI's own
  public static List<String> commands(Blocker blocker, @Nullable String region) {
    return new Ec2Commands(region).allow(blocker);
  }

  /// Returns the commands of the AWS CLI that would open what drops a flow for certain.
  ///
  /// @param region `null` for the CLI's own
  public static List<String> commands(Decision decision, @Nullable String region) {
    return new Ec2Commands(region).allow(decision);
  }

  private static Decision known(@Nullable Decision decision) {
    if (decision == null) {
      throw new IllegalArgumentException("expected a decision of rules, got none");
    }
    return decision;
  }

  /// Returns `Network ACL acl-0a1b (db), rule 90 denies tcp 5432 inbound from 10.0.0.0/16.`
  private static String aclSentence(Decision decision, String why) {
    AclDecision acl = decision.acl();
    Flow flow = decision.flow();
    if (acl.acl() == null) {
      return "A network ACL, because the groups let it pass: " + why + ".";
    }
    String name = aclName(acl.acl());
    NetworkAcl.Entry entry = acl.entry();
    if (acl.verdict() == Verdict.UNKNOWN || entry == null) {
      return "%s: the groups let it pass; %s.".formatted(Words.capitalized(name), why);
    }
    return entry.isLast()
        ? "%s has no rule that allows %s %s %s."
            .formatted(
                Words.capitalized(name), flow.traffic(), flow.direction().words(), flow.fromOrTo())
        : "%s, rule %d denies %s %s %s %s."
            .formatted(
                Words.capitalized(name),
                entry.number(),
                entry.traffic().words(),
                flow.direction().words(),
                flow.direction().fromOrTo(),
                entry.block());
  }

  /// Returns `No rule of sg-0a1b (db) allows tcp 5432 inbound from 10.0.3.17.`
  private static String groupSentence(Decision decision) {
    Flow flow = decision.flow();
    if (decision.groups().verdict() == Verdict.UNKNOWN) {
      return "The security groups, because the network ACL lets it pass: "
          + decision.groups().why()
          + ".";
    }
    return "No rule of %s allows %s %s %s."
        .formatted(
            Words.and(decision.at().groups().stream().map(BlockerWords::groupName).toList()),
            flow.traffic(),
            flow.direction().words(),
            flow.fromOrTo());
  }

  /// Returns what the reader needs besides: the interfaces of both sides, the rule that comes
  /// closest, and the time of the rules.
  public static List<String> details(Blocker blocker) {
    List<String> details = new ArrayList<>();
    Decision decision = blocker.decision();
    if (decision != null) {
      String closest = closest(decision);
      if (!closest.isEmpty()) {
        details.add(closest);
      }
    }
    if (blocker.own() != null) {
      details.add(
          "Rules of %s UTC at %s%s."
              .formatted(
                  Words.dateMinute(blocker.lookedAt()),
                  partyName(blocker.own()),
                  blocker.remote() == null || decision == null
                      ? ""
                      : ", %s %s"
                          .formatted(
                              decision.flow().direction().fromOrTo(),
                              partyName(blocker.remote()))));
    }
    return details;
  }

  /// Returns `Closest: sg-0a1b allows tcp 5432 from 10.0.2.0/24; this is from 10.0.3.17.`, empty
  /// where no rule comes close, or where the groups aren't it.
  public static String closest(Decision decision) {
    GroupDecision.Step miss =
        decision.groups().verdict() == Verdict.DENIES
            ? decision.groups().nearestMiss(decision.flow())
            : null;
    return miss == null
        ? ""
        : "Closest: %s allows %s %s %s; this is %s %s."
            .formatted(
                miss.group().id(),
                miss.rule().traffic().words(),
                decision.flow().direction().fromOrTo(),
                peerName(miss.rule().peer()),
                decision.flow().traffic(),
                decision.flow().fromOrTo());
  }

  /// Returns `10.0.2.0/24`, `members of sg-0a1b`, `pl-0a1b`.
  public static String peerName(Peer peer) {
    return switch (peer) {
      case Peer.Block block -> block.block().toString();
      case Peer.Group group -> "members of " + group.groupId();
      case Peer.PrefixListId list -> list.id();
    };
  }

  /// Returns `network ACL acl-0a1b (db)`.
  public static String aclName(NetworkAcl acl) {
    return "network ACL " + acl.id() + inBrackets(acl.name(), acl.isDefault() ? "default" : "");
  }

  /// Returns `sg-0a1b (db)`.
  public static String groupName(SecurityGroup group) {
    return group.id() + inBrackets(group.name(), "");
  }

  private static String groupName(NetworkInterface.Group group) {
    return group.id() + inBrackets(group.name(), "");
  }

  /// Returns `eni-0a1b (instance i-0c2d, web-1)`, `eni-0a1b (ELB app/web/50dc6c495c0c9188)`.
  public static String partyName(Blocker.Party party) {
    NetworkInterface at = party.networkInterface();
    if (at.instanceId() != null) {
      return "%s (instance %s%s)"
          .formatted(
              at.id(),
              at.instanceId(),
              party.instanceName().isEmpty() ? "" : ", " + SafeText.words(party.instanceName()));
    }
    return at.id()
        + inBrackets(
            at.description().isEmpty() ? at.name() : at.description(),
            at.type().equals("interface") ? "" : at.type());
  }

  private static String inBrackets(String name, String otherwise) {
    String words = name.isBlank() ? otherwise : name;
    return words.isEmpty() ? "" : " (" + SafeText.words(words) + ")";
  }
}
