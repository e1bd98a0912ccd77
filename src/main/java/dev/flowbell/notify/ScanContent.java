package dev.flowbell.notify;

import dev.flowbell.classify.Door;
import dev.flowbell.ec2.Blocker;
import dev.flowbell.judge.Alert;
import dev.flowbell.judge.Count;
import dev.flowbell.judge.Thresholds;
import dev.flowbell.record.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/// What the notification of a source that scans says. From inside, the source is to be looked at;
/// from outside, what let it in.
final class ScanContent extends AlertContent {
  private final Alert.Scan scan;

  ScanContent(Alert.Scan scan, NotificationContext context, Background background) {
    super(scan, context, background);
    this.scan = scan;
  }

  @Override
  boolean hasGotThrough() {
    return !scan.gotThrough().isEmpty();
  }

  @Override
  String headline() {
    String who = who(scan.source(), scan.isInside());
    if (hasGotThrough()) {
      // First, because a long subject is cut at its end.
      return "%s GOT THROUGH to %s, tries %s"
          .formatted(
              who,
              DoorWords.named(scan.gotThrough().getFirst()),
              scan.onlyHost() == null
                  ? Words.shortNumber(scan.hosts()) + " hosts"
                  : Words.shortNumber(scan.ports()) + " ports");
    }
    return who
        + " tries "
        + shortTargets()
        + (scan.isUnanswered() ? ", no answer seen" : ", rejected");
  }

  private String shortTargets() {
    Door only = scan.onlyPort();
    String ports = only == null ? Words.shortNumber(scan.ports()) + " ports" : DoorWords.port(only);
    return scan.onlyHost() == null
        ? "%s at %s hosts".formatted(ports, Words.shortNumber(scan.hosts()))
        : ports + " of " + scan.onlyHost();
  }

  @Override
  List<String> sentences() {
    String who = scan.isInside() ? "A host INSIDE your networks" : "A source outside";
    if (hasGotThrough()) {
      return List.of(
          who + " acts like a scanner.",
          "It GOT THROUGH: the rules let it pass to "
              + Words.names(scan.gotThrough().stream().map(DoorWords::named).toList())
              + ".",
          "What it reached before Flowbell noticed it is not known"
              + (link() == null ? "." : ": look for ACCEPT in its records below."));
    }
    return scan.isUnanswered()
        ? List.of(
            who + " acts like a scanner. Its handshakes were let out; no answer was seen.",
            notKnownToReach("anything"))
        : List.of(who + " acts like a scanner, and is rejected.", notKnownToReach("anything else"));
  }

  @Override
  List<Section> ownFacts() {
    return List.of(
        whoSection(scan.source(), scan.isInside(), scan.maskedBy()),
        section("TRIED", targets()),
        seen(scan.place(), scan.interfaces(), owner()));
  }

  private String owner() {
    if (!scan.isInside()) {
      return ""; // nobody isolates it
    }
    return scan.isEgress()
        ? ownInterfaceOf(scan.source(), scan.maskedBy())
        : ownOrOfTried(scan.maskedBy());
  }

  /// Returns `at least 25 hosts on port 445 (smb): 10.0.2.1, 10.0.2.2`.
  private String targets() {
    Door only = scan.onlyPort();
    IpAddress host = scan.onlyHost();
    Stream<Door> examples = scan.examples().stream();
    if (host != null) {
      return only != null
          ? DoorWords.named(new Door(host, only.protocol(), only.port()))
          : "%s of %s: %s"
              .formatted(
                  Words.counted(scan.ports(), "port"),
                  host,
                  Words.names(examples.map(DoorWords::portNumber).distinct().toList()));
    }
    return only != null
        ? "%s %s %s: %s"
            .formatted(
                Words.counted(scan.hosts(), "host"),
                only.port() == Door.NO_PORT ? "by" : "on",
                DoorWords.port(only),
                Words.names(examples.map(door -> door.address().toString()).distinct().toList()))
        : "%s and %s: %s"
            .formatted(
                Words.counted(scan.hosts(), "host"),
                Words.counted(scan.ports(), "port"),
                Words.names(examples.map(DoorWords::named).toList()));
  }

  /// Nobody opens it, so the verdict doesn't begin with the rule.
  @Override
  List<String> whyBlocked(Blocker known) {
    return whyOneIsBlocked(known);
  }

  @Override
  Count minutes() {
    return scan.minutes();
  }

  @Override
  List<NextStep> ownSteps() {
    List<IpAddress> reached = scan.gotThrough().stream().map(Door::address).distinct().toList();
    List<NextStep> steps = new ArrayList<>();
    if (scan.isInside()) {
      steps.add(
          sentence(
              "Look at %s now: what runs there, and who is logged in?".formatted(scan.source())));
      steps.addAll(whoseHost("Whose host:", commands().interfacesOf(List.of(scan.source()))));
      if (!reached.isEmpty()) {
        steps.add(
            sentence(
                "Look also at %s, to which the rules let it pass."
                    .formatted(Words.names(reached.stream().map(IpAddress::toString).toList()))));
      }
      steps.add(
          sentence(
              "If nobody can tell, isolate it: only a group without rules on its interface; keep it"
                  + " running."));
    } else if (reached.isEmpty()) {
      steps.addAll(nothingToDo(scan.source(), scan.onlyHost()));
    } else {
      steps.add(
          sentence(
              "Should %s be open to the internet? If so, nothing to do tonight."
                  .formatted(
                      Words.names(scan.gotThrough().stream().map(DoorWords::named).toList()))));
      steps.add(
          sentence(
              "If not, remove the inbound rule in its groups, then check the host for logins:"));
      steps.addAll(whoseHost("", commands().interfacesOf(reached)));
    }
    return steps;
  }

  @Override
  String period() {
    return "Within an hour";
  }

  @Override
  List<Limit> limits() {
    return scan.isInside()
        ? List.of(
            new Limit("%s ports of one host", Thresholds.Name.SCAN_PORTS, scan.ports()),
            new Limit("%s hosts", Thresholds.Name.SCAN_HOSTS, scan.hosts()))
        : List.of(
            new Limit("%s ports of one host", Thresholds.Name.OUTSIDE_SCAN_PORTS, scan.ports()));
  }

  @Override
  String quietEntry() {
    return block(scan.source()) + " scan";
  }

  /// The question is what else the source reached, so accepted records are in it.
  @Override
  String query() {
    return InsightsLink.queryForAll(scan.source());
  }
}
