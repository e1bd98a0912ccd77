package dev.flowbell.cli;

import dev.flowbell.ec2.AclDecision;
import dev.flowbell.ec2.Blocker;
import dev.flowbell.ec2.Decision;
import dev.flowbell.ec2.Direction;
import dev.flowbell.ec2.Flow;
import dev.flowbell.ec2.GroupDecision;
import dev.flowbell.ec2.Match;
import dev.flowbell.ec2.Passage;
import dev.flowbell.ec2.Protocol;
import dev.flowbell.ec2.Rejection;
import dev.flowbell.ec2.Verdict;
import dev.flowbell.notify.BlockerWords;
import java.io.PrintStream;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// What `flowbell why` prints for people: each step of the evaluation, then one sentence.
final class WhyText {
  /// A group can have hundreds of rules. What doesn't fit is of interest if it comes close.
  private static final int MOST_RULES = 12;

  private final PrintStream out;
  private final @Nullable String region;

  /// @param region for commands; `null` for the CLI's own
  WhyText(PrintStream out, @Nullable String region) {
    this.out = out;
    this.region = region;
  }

  /// Prints whether a flow and its answer would pass.
  void print(Passage passage) {
    printParties(passage.own(), passage.remote(), passage.lookedAt());
    passage.decisions().forEach(this::print);
    out.println();
    List<String> blocked =
        passage.decisions().stream()
            .flatMap(each -> BlockerWords.sentences(each).stream())
            .toList();
    if (!blocked.isEmpty()) {
      out.println("BLOCKED: " + String.join(" ", blocked));
      for (Decision decision : passage.decisions()) {
        printLine(BlockerWords.closest(decision));
        printCommands(BlockerWords.commands(decision, region));
      }
    } else if (passage.passes()) {
      out.println(
          "ALLOWED: the rules let it pass, and its answer%s. Routes, firewalls between and the"
                  .formatted(passage.remote() == null ? "" : ", on both sides")
              + " hosts themselves were not asked.");
    } else {
      out.println("NOT KNOWN: " + String.join("; ", whysUnknown(passage)) + ".");
    }
  }

  static List<String> whysUnknown(Passage passage) {
    List<String> whys = new ArrayList<>();
    for (Decision decision : passage.decisions()) {
      String why = decision.whyUnknown();
      if (why != null) {
        whys.add(why);
      }
    }
    return whys;
  }

  /// Prints what blocks rejected flows.
  ///
  /// @param left how many more flows there are, about which nobody asked
  void print(List<WhyAnswer> answers, int left) {
    boolean isFirst = true;
    for (WhyAnswer answer : answers) {
      if (!isFirst) {
        out.println();
      }
      isFirst = false;
      print(answer);
    }
    if (left > 0) {
      out.printf(
          Locale.ROOT,
          "%nAnd %,d more flows: not asked, because each takes calls of EC2, which throttles.%n",
          left);
    }
  }

  private void print(WhyAnswer answer) {
    Rejection rejection = answer.rejection();
    Blocker blocker = answer.blocker();
    out.printf(
        Locale.ROOT,
        "%s: %s from %s%s to %s, in %,d %s%n",
        rejection.interfaceId() == null ? "Interface not known" : plain(rejection.interfaceId()),
        trafficOf(rejection),
        rejection.source(),
        rejection.originalSource() == null
            ? ""
            : " (for " + rejection.originalSource() + ", which no rule sees)",
        rejection.destination(),
        answer.records(),
        answer.records() == 1 ? "record" : "records");
    if (blocker.own() != null) {
      printParties(blocker.own(), blocker.remote(), blocker.lookedAt());
    }
    if (blocker.decision() != null) {
      print(blocker.decision());
    }
    out.println();
    out.println(wordOf(answer) + ": " + String.join(" ", BlockerWords.sentences(blocker)));
    if (blocker.decision() != null) {
      printLine(BlockerWords.closest(blocker.decision()));
    }
    printCommands(BlockerWords.commands(blocker, region));
  }

  private static String wordOf(WhyAnswer answer) {
    String verdict = answer.verdict();
    return verdict.equals("unknown") ? "NOT KNOWN" : verdict.toUpperCase(Locale.ROOT);
  }

  private static String trafficOf(Rejection rejection) {
    Flow.Ports ports = Flow.Ports.of(rejection.port());
    boolean hasPort = ports != null && Protocol.hasPorts(rejection.protocol());
    return (rejection.protocol() < 0 ? "traffic" : Protocol.nameOf(rejection.protocol()))
        + (hasPort ? " " + rejection.port() : "");
  }

  private void printParties(
      Blocker.@Nullable Party own, Blocker.@Nullable Party remote, Instant lookedAt) {
    if (own != null) {
      out.printf(
          "At %s, %s, %s%n",
          BlockerWords.partyName(own),
          own.networkInterface().subnetId(),
          own.networkInterface().vpcId());
    }
    out.println(
        "Other side: "
            + (remote == null
                ? "not an interface that this account and Region show; its rules are not asked"
                : BlockerWords.partyName(remote)));
    out.printf("Rules of %s%n", lookedAt.truncatedTo(ChronoUnit.SECONDS));
  }

  private void print(Decision decision) {
    Flow flow = decision.flow();
    out.printf(
        "%n%s at %s: %s %s%n",
        capitalized(flow.direction().words()), decision.at().id(), flow.traffic(), flow.fromOrTo());
    if (flow.direction() == Direction.INGRESS) {
      print(decision.acl());
      print(decision.groups(), flow);
    } else { // groups come first on the way out
      print(decision.groups(), flow);
      print(decision.acl());
    }
  }

  private void print(AclDecision acl) {
    out.printf(
        "  %s: %s%n",
        acl.acl() == null ? "Network ACL" : capitalized(BlockerWords.aclName(acl.acl())),
        inWords(acl.verdict(), acl.why()));
    for (AclDecision.Step step : acl.steps()) {
      out.printf(
          "    rule %-5s  %-5s  %-18s  %-18s  %s%n",
          step.entry().isLast() ? "*" : String.valueOf(step.entry().number()),
          step.entry().isAllow() ? "allow" : "deny",
          step.entry().traffic().words(),
          step.entry().block(),
          inWords(step.match()));
    }
  }

  private void print(GroupDecision groups, Flow flow) {
    out.printf(
        "  %s: %s%n",
        groups.groups().isEmpty()
            ? "Security groups"
            : "Security groups "
                + String.join(", ", groups.groups().stream().map(BlockerWords::groupName).toList()),
        inWords(groups.verdict(), groups.why()));
    List<GroupDecision.Step> shown = groups.closestFirst(flow);
    for (GroupDecision.Step step : shown.subList(0, Math.min(MOST_RULES, shown.size()))) {
      out.printf(
          "    %s  allow  %-18s  %-18s  %s%n",
          step.group().id(),
          step.rule().traffic().words(),
          BlockerWords.peerName(step.rule().peer()),
          inWords(step.match()));
    }
    if (shown.size() > MOST_RULES) {
      out.printf(Locale.ROOT, "    and %,d rules that fit less%n", shown.size() - MOST_RULES);
    }
  }

  private static String inWords(Verdict verdict, String why) {
    return switch (verdict) {
      case ALLOWS -> "lets it pass";
      case DENIES -> "drops it";
      case NOT_ASKED -> "not asked, " + why;
      case UNKNOWN -> "not known, " + why;
    };
  }

  private static String inWords(Match match) {
    return switch (match.answer()) {
      case YES -> "fits";
      case MAYBE -> "may fit: " + match.why();
      case NO -> "no: " + match.why();
    };
  }

  private void printLine(String line) {
    if (!line.isEmpty()) {
      out.println("  " + line);
    }
  }

  private void printCommands(List<String> commands) {
    if (!commands.isEmpty()) {
      out.println("  This would let it pass. It holds for the whole group or ACL; judge it first:");
      commands.forEach(command -> out.println("    " + command));
    }
  }

  private static String capitalized(String text) {
    return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
  }

  /// Replaces characters of records that a terminal could take for a command.
  private static String plain(String text) {
    return text.replaceAll("[^\\x20-\\x7e]", "?");
  }
}
