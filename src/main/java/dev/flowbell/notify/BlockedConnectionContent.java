package dev.flowbell.notify;

import dev.flowbell.classify.Door;
import dev.flowbell.ec2.Blocker;
import dev.flowbell.ec2.Blocker.Kind;
import dev.flowbell.ec2.Decision;
import dev.flowbell.ec2.Direction;
import dev.flowbell.judge.Alert;
import dev.flowbell.judge.Count;
import dev.flowbell.judge.Thresholds;
import dev.flowbell.record.IpAddress;
import java.util.ArrayList;
import java.util.List;

/// What the notification of a blocked connection says. Its advice depends on whose interface
/// rejects: an inbound rule is missing at the destination, or an outbound rule at the source.
final class BlockedConnectionContent extends AlertContent {
  private final Alert.BlockedConnection blocked;

  BlockedConnectionContent(
      Alert.BlockedConnection blocked, NotificationContext context, Background background) {
    super(blocked, context, background);
    this.blocked = blocked;
  }

  @Override
  String headline() {
    return "%s can't reach %s"
        .formatted(
            blocked.source() == null
                ? Words.shortNumber(blocked.sources()) + " hosts"
                : blocked.source().toString(),
            blocked.isPort()
                ? "%s at %s hosts"
                    .formatted(DoorWords.port(blocked.door()), Words.shortNumber(blocked.doors()))
                : DoorWords.named(blocked.door()));
  }

  @Override
  List<String> sentences() {
    List<String> sentences = new ArrayList<>();
    sentences.add(
        (blocked.source() == null ? "Hosts of yours can't" : "A host of yours can't")
            + " connect, again and again.");
    Blocker blocker = blocker();
    if (blocked.isUnanswered()) {
      sentences.add("No record says that a rule rejects it, and no answer was seen.");
      if (blocker != null) {
        sentences.addAll(atDestination(blocker));
      }
      return sentences;
    }
    if (blocker == null || blocker.kind() == Kind.UNKNOWN) {
      sentences.add(
          blocked.isEgress()
              ? "The source's own side rejects it: an outbound rule of its security group or"
                  + " network ACL."
              : "A security group or network ACL rejects it, most likely inbound at the"
                  + " destination.");
    }
    if (blocker != null) {
      sentences.addAll(BlockerWords.sentences(blocker));
    }
    return sentences;
  }

  /// Nothing was rejected, so the rules at the destination were asked.
  private static List<String> atDestination(Blocker blocker) {
    if (blocker.kind() == Kind.ALLOWED_NOW) {
      return List.of("The rules of now at the destination let it in.");
    }
    List<String> sentences = new ArrayList<>(BlockerWords.sentences(blocker));
    sentences.set(0, "At the destination: " + sentences.getFirst());
    return sentences;
  }

  @Override
  List<Section> ownFacts() {
    IpAddress source = blocked.source();
    return List.of(
        source == null
            ? section("WHO", addresses("sources", blocked.sources(), blocked.exampleSources()))
            : whoSection(source, true, blocked.maskedBy()),
        section("TRIED", targets()),
        seen(blocked.place(), blocked.interfaces(), owner()));
  }

  private String targets() {
    return blocked.isPort()
        ? "%s %s %s: %s"
            .formatted(
                Words.counted(blocked.doors(), "host"),
                blocked.door().port() == Door.NO_PORT ? "by" : "on",
                DoorWords.port(blocked.door()),
                Words.names(
                    blocked.examples().stream().map(door -> door.address().toString()).toList()))
        : DoorWords.named(blocked.door());
  }

  private String owner() {
    IpAddress source = blocked.source();
    Decision decision = blocker() == null ? null : blocker().decision();
    if (decision != null
        && !blocked.isUnanswered()
        && decision.flow().direction() == Direction.INGRESS) {
      return "the destination's";
    }
    if (!blocked.isEgress() && decision == null) {
      return "the source's or destination's";
    }
    return source == null ? "one source's own" : ownInterfaceOf(source, blocked.maskedBy());
  }

  @Override
  Count minutes() {
    return blocked.minutes();
  }

  @Override
  List<NextStep> ownSteps() {
    List<NextStep> steps = new ArrayList<>();
    List<NextStep> open =
        stepsToOpen(
            "If it should connect, this lets " + (hasMany() ? "one of them" : "it") + " in");
    String noRule = stepWithoutRule();
    if (!open.isEmpty()) {
      steps.addAll(open);
      if (blocker() != null && !blocker().isAnswer() && blocker().kind() != Kind.SECURITY_GROUP) {
        steps.add(sentence("A network ACL keeps no state: it has to let the answers out too."));
      }
    } else if (noRule != null && !blocked.isUnanswered()) {
      steps.add(sentence(noRule));
    } else if (blocked.isUnanswered()) {
      addUnanswered(steps);
    } else if (blocked.isEgress()) {
      addEgress(steps);
    } else {
      addEitherSide(steps);
    }
    steps.add(whatChanged("what changed"));
    return steps;
  }

  private boolean hasMany() {
    return blocked.isPort() || blocked.source() == null;
  }

  private void addUnanswered(List<NextStep> steps) {
    IpAddress destination = blocked.door().address();
    steps.add(
        sentence(
            "Is %s up, and does it listen? If so, look at its groups, its ACL and the routes:"
                .formatted(destination)));
    steps.addAll(whoseHost("Its groups:", commands().interfacesOf(List.of(destination))));
  }

  private void addEgress(List<NextStep> steps) {
    String interfaceCommand = commands().interfaceAt(blocked.place());
    if (interfaceCommand != null) {
      steps.add(sentence("Read the outbound rules of the interface's groups and ACL:"));
      steps.add(new NextStep.Labelled("Its groups:", interfaceCommand));
    }
    addAcl(steps);
    steps.add(
        sentence(
            "If it should connect, allow %s where group or ACL lacks it."
                .formatted(outboundTraffic())));
  }

  private void addEitherSide(List<NextStep> steps) {
    String destination = blocked.isPort() ? "a server" : blocked.door().address().toString();
    String source = blocked.source() == null ? "a client" : blocked.source().toString();
    String interfaceCommand = commands().interfaceAt(blocked.place());
    String side = interfaceCommand == null ? "At %s:" : "If it is %s's:";
    if (interfaceCommand == null) {
      steps.add(sentence("If it should connect, look at the groups and ACLs of both sides."));
    } else {
      steps.add(
          sentence(
              "If it should connect, see whose interface it is (PrivateIpAddress), and its"
                  + " groups:"));
      steps.add(new NextStep.Labelled("", interfaceCommand));
    }
    addAcl(steps);
    String allow = side + " allow %s where group or ACL lacks it.";
    steps.add(sentence(allow.formatted(destination, inboundTraffic())));
    steps.add(sentence(allow.formatted(source, outboundTraffic())));
  }

  private String inboundTraffic() {
    String from =
        blocked.maskedBy() != null
            ? block(blocked.maskedBy()) // the rules see this address
            : blocked.source() != null ? block(blocked.source()) : "its clients";
    return DoorWords.traffic(blocked.door()) + " inbound from " + from;
  }

  private String outboundTraffic() {
    return DoorWords.traffic(blocked.door())
        + " outbound to "
        + (blocked.isPort() ? "those hosts" : block(blocked.door().address()));
  }

  private void addAcl(List<NextStep> steps) {
    String command = commands().aclAt(blocked.place());
    if (command != null) {
      steps.add(new NextStep.Labelled("Its ACL:", command));
    }
  }

  @Override
  String period() {
    return "Within half an hour";
  }

  /// The alert has the minutes of all sources, and the records of one payload. So a threshold of
  /// these is left out only where it can't be the one.
  @Override
  List<Limit> limits() {
    Count unknown = new Count(Long.MAX_VALUE, true);
    return List.of(
        new Limit(
            "blocked in %s minutes (or 2 windows of ten)",
            Thresholds.Name.BLOCKED_MINUTES, blocked.minutes().value() < 2 ? Count.NONE : unknown),
        new Limit(
            "%s rejected records",
            Thresholds.Name.BLOCKED_RECORDS, blocked.isUnanswered() ? Count.NONE : unknown),
        new Limit("%s sources", Thresholds.Name.BLOCKED_SOURCES, blocked.sources()));
  }

  @Override
  String quietEntry() {
    IpAddress source = blocked.source();
    Door door = blocked.door();
    String quietBlock =
        !blocked.isPort()
            ? block(door.address())
            : source != null ? block(source) : door.address().isIpv4() ? "0.0.0.0/0" : "::/0";
    return quietBlock
        + (door.port() == Door.NO_PORT ? "" : " " + door.port())
        + " blocked-connection";
  }

  @Override
  String query() {
    IpAddress about = blocked.source() != null ? blocked.source() : blocked.door().address();
    return blocked.isUnanswered() ? InsightsLink.queryForAll(about) : InsightsLink.queryFor(about);
  }
}
