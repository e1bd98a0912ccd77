package dev.flowbell.notify;

import dev.flowbell.ec2.Blocker;
import dev.flowbell.judge.Alert;
import dev.flowbell.judge.Count;
import dev.flowbell.judge.Thresholds;
import java.util.ArrayList;
import java.util.List;

/// What the notification of a source that is rejected very often says.
final class RejectsContent extends AlertContent {
  private final Alert.Rejects rejects;

  RejectsContent(Alert.Rejects rejects, NotificationContext context, Background background) {
    super(rejects, context, background);
    this.rejects = rejects;
  }

  @Override
  String headline() {
    return "%s was rejected %s times%s"
        .formatted(
            who(rejects.source(), rejects.isInside()),
            Words.shortNumber(rejects.records()),
            rejects.host() == null ? "" : " at " + rejects.host());
  }

  @Override
  List<String> sentences() {
    return List.of(
        "%s was rejected: %s within an hour%s."
            .formatted(
                rejects.isInside() ? "A host of yours" : "A source outside",
                Words.counted(rejects.records(), "record"),
                rejects.host() == null ? ", on " + Words.counted(rejects.hosts(), "host") : ""),
        notKnownToReach("anything else"));
  }

  @Override
  List<Section> ownFacts() {
    return List.of(
        whoSection(rejects.source(), rejects.isInside(), rejects.maskedBy()),
        section("TRIED", Words.names(rejects.examples().stream().map(DoorWords::named).toList())),
        seen(
            rejects.place(),
            Count.NONE,
            rejects.isInside() ? ownOrOfTried(rejects.maskedBy()) : ""));
  }

  /// Nobody opens it, so the verdict doesn't begin with the rule.
  @Override
  List<String> whyBlocked(Blocker known) {
    return whyOneIsBlocked(known);
  }

  @Override
  Count minutes() {
    return Count.NONE;
  }

  @Override
  List<NextStep> ownSteps() {
    if (!rejects.isInside()) {
      return nothingToDo(rejects.source(), rejects.host());
    }
    List<NextStep> steps = new ArrayList<>();
    steps.add(sentence("Ask the owner of %s what it tries to reach.".formatted(rejects.source())));
    steps.addAll(whoseHost("Whose host:", commands().interfacesOf(List.of(rejects.source()))));
    return steps;
  }

  @Override
  String period() {
    return "Within an hour";
  }

  @Override
  List<Limit> limits() {
    return List.of(new Limit("%s rejected records", Thresholds.Name.REJECTS, rejects.records()));
  }

  @Override
  String quietEntry() {
    return block(rejects.source()) + " rejects";
  }

  /// The question is what else the source reached, so accepted records are in it.
  @Override
  String query() {
    return InsightsLink.queryForAll(rejects.source());
  }
}
