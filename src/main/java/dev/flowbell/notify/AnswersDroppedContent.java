package dev.flowbell.notify;

import dev.flowbell.classify.Door;
import dev.flowbell.judge.Alert;
import dev.flowbell.judge.Count;
import dev.flowbell.judge.Thresholds;
import java.util.ArrayList;
import java.util.List;

/// What the notification of a server whose answers are rejected says.
final class AnswersDroppedContent extends AlertContent {
  private final Alert.AnswersDropped dropped;

  AnswersDroppedContent(
      Alert.AnswersDropped dropped, NotificationContext context, Background background) {
    super(dropped, context, background);
    this.dropped = dropped;
  }

  @Override
  String headline() {
    return "answers of %s are dropped%s"
        .formatted(
            DoorWords.named(dropped.door()),
            dropped.isRequestAccepted() ? " by a network ACL" : ": network ACL or routing");
  }

  @Override
  List<String> sentences() {
    List<String> sentences = new ArrayList<>();
    sentences.add("A server of yours answers its clients, and the answers are rejected.");
    sentences.add(
        dropped.isRequestAccepted()
            ? "The requests were accepted. Security groups keep state, so it is a network ACL."
            : "A network ACL drops them, or the requests took another way (asymmetric routing).");
    if (!dropped.isRequestAccepted() && !isAcceptedRead()) {
      sentences.add(
          "Whether the requests were accepted is not known, as accepted records are not read.");
    }
    if (blocker() != null) {
      sentences.addAll(BlockerWords.sentences(blocker()));
    }
    return sentences;
  }

  @Override
  List<Section> ownFacts() {
    return List.of(
        section("SERVER", DoorWords.named(dropped.door())),
        section("WHO", addresses("clients", dropped.clients(), dropped.exampleClients())),
        section("LOST", Words.counted(dropped.answers(), "answer")),
        seen(
            dropped.place(),
            dropped.interfaces(),
            dropped.isEgress() ? "the server's own" : "the server's or a client's"));
  }

  @Override
  Count minutes() {
    return dropped.minutes();
  }

  @Override
  List<NextStep> ownSteps() {
    List<NextStep> steps =
        new ArrayList<>(
            stepsToOpen(
                "If not meant so, this lets those "
                    + (dropped.isEgress() ? "to one client" : "of this server")
                    + " pass"));
    String noRule = stepWithoutRule();
    if (noRule != null) {
      steps.add(sentence(noRule));
    }
    if (!steps.isEmpty()) {
      steps.add(whatChanged("changes of this ACL"));
      return steps;
    }
    steps.add(
        sentence(
            dropped.isEgress()
                ? "Read the ACL's outbound rules in order: a deny, or no allow, for these clients?"
                : "Read its rules (outbound at the server, inbound at a client) in order: a deny,"
                    + " or no allow?"));
    String command = commands().aclAt(dropped.place());
    String interfaceCommand = commands().interfaceAt(dropped.place());
    if (command != null) {
      steps.add(new NextStep.Labelled("The ACL:", command));
    } else if (interfaceCommand != null) {
      steps.add(new NextStep.Labelled("Its subnet:", interfaceCommand));
    }
    steps.add(
        sentence(
            "If not meant so, allow %s %s, numbered below any deny."
                .formatted(
                    answers(), dropped.isEgress() ? "outbound to them" : "in that direction")));
    if (!dropped.isRequestAccepted()) {
      steps.add(sentence("Do requests and answers take the same route? Look at the route tables."));
    }
    steps.add(whatChanged("changes of this ACL"));
    return steps;
  }

  /// Clients' ports are ephemeral.
  private String answers() {
    Door door = dropped.door();
    return DoorWords.traffic(
            door.port() == Door.NO_PORT ? door : new Door(door.address(), door.protocol(), 1024))
        + (door.port() == Door.NO_PORT ? "" : "-65535");
  }

  @Override
  String period() {
    return "Within an hour, in two minutes or more";
  }

  @Override
  List<Limit> limits() {
    return List.of(
        new Limit("%s rejected answers", Thresholds.Name.DROPPED_ANSWERS, dropped.answers()));
  }

  @Override
  String quietEntry() {
    Door door = dropped.door();
    return block(door.address())
        + (door.port() == Door.NO_PORT ? "" : " " + door.port())
        + " answers-dropped";
  }

  @Override
  String query() {
    return InsightsLink.queryFor(dropped.door().address());
  }
}
