package dev.flowbell.notify;

import dev.flowbell.classify.Door;
import dev.flowbell.classify.KnownPort;
import dev.flowbell.classify.Suspect.Place;
import dev.flowbell.judge.Alert;
import dev.flowbell.judge.Alert.Occasion;
import dev.flowbell.judge.Count;
import dev.flowbell.judge.Rule;
import dev.flowbell.judge.Thresholds;
import dev.flowbell.record.IpAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What one alert says, before it becomes text, chat or JSON.
///
/// It claims only what evidence shows: that attempts were rejected, or that nothing answered. What a
/// source may have reached before it was noticed is not known, and the content says so.
final class AlertContent {
  /// SNS refuses longer subjects.
  ///
  /// @see <a href="https://docs.aws.amazon.com/sns/latest/api/API_Publish.html">Publish</a> (read
  ///   2026-11-23: "less than 100 characters long")
  static final int MOST_SUBJECT_CHARACTERS = 99;

  private static final int MOST_NAMES = 4;
  private static final Duration LINK_MARGIN = Duration.ofMinutes(30);
  private static final Duration QUIET = Duration.ofDays(1);

  private final Alert alert;
  private final NotificationContext context;

  AlertContent(Alert alert, NotificationContext context) {
    this.alert = alert;
    this.context = context;
  }

  /// Returns one line of printable ASCII, at most 99 characters: severity, environment, verdict.
  String subject() {
    String environment = context.environment();
    String subject =
        "[Flowbell "
            + alert.severity().key().toUpperCase(Locale.ROOT)
            + "] "
            + (environment.isEmpty() ? "" : environment + ": ")
            + headline();
    return subject.length() <= MOST_SUBJECT_CHARACTERS
        ? subject
        : subject.substring(0, MOST_SUBJECT_CHARACTERS - 3) + "...";
  }

  /// Returns the verdict in few words.
  String headline() {
    return switch (alert) {
      case Alert.Scan scan -> headline(scan);
      case Alert.BlockedConnection blocked -> headline(blocked);
      case Alert.AnswersDropped dropped ->
          "answers of %s are dropped%s"
              .formatted(
                  named(dropped.door()),
                  dropped.isRequestAccepted() ? " by a network ACL" : ": network ACL or routing");
      case Alert.Rejects rejects ->
          "%s was rejected %s times%s"
              .formatted(
                  who(rejects.source(), rejects.isInside()),
                  number(rejects.records()),
                  rejects.host() == null ? "" : " at " + rejects.host());
      case Alert.LogGroup group -> headline(group);
    };
  }

  private static String headline(Alert.Scan scan) {
    String target = target(scan);
    String end;
    if (!scan.gotThrough().isEmpty()) {
      end = ", got through to " + named(scan.gotThrough().getFirst());
    } else if (scan.isUnanswered()) {
      end = ", no answer seen";
    } else {
      end = ", rejected";
    }
    return who(scan.source(), scan.isInside())
        + (scan.isInside() ? " tries " : " scans ")
        + target
        + end;
  }

  private static String target(Alert.Scan scan) {
    Door only = scan.onlyPort();
    if (scan.onlyHost() != null) {
      return only == null
          ? number(scan.ports()) + " ports of " + scan.onlyHost()
          : named(new Door(scan.onlyHost(), only.protocol(), only.port()));
    }
    return (only == null ? number(scan.ports()) + " ports" : portWords(only))
        + " at "
        + number(scan.hosts())
        + " hosts";
  }

  private static String headline(Alert.BlockedConnection blocked) {
    String who =
        blocked.source() != null
            ? blocked.source().toString()
            : number(blocked.sources()) + " hosts";
    if (blocked.isPort()) {
      return "%s can't reach %s at %s hosts"
          .formatted(who, portWords(blocked.door()), number(blocked.doors()));
    }
    return "%s can't reach %s".formatted(who, named(blocked.door()));
  }

  private static String headline(Alert.LogGroup group) {
    return group.rule() == Rule.UNREADABLE_RECORDS
        ? "can't read flow log records of " + SafeText.name(group.logGroup())
        : "AWS skipped flow log records of " + SafeText.name(group.logGroup());
  }

  /// Returns the verdict in a sentence or two.
  List<String> verdict() {
    return switch (alert) {
      case Alert.Scan scan -> verdict(scan);
      case Alert.BlockedConnection blocked -> verdict(blocked);
      case Alert.AnswersDropped dropped -> verdict(dropped);
      case Alert.Rejects rejects ->
          List.of(
              "%s had %s attempts rejected within an hour, %s."
                  .formatted(
                      rejects.source(), number(rejects.records()), spread(rejects.hosts(), rejects.ports())));
      case Alert.LogGroup group -> verdict(group);
    };
  }

  private static List<String> verdict(Alert.Scan scan) {
    List<String> lines = new ArrayList<>();
    lines.add(
        scan.isInside()
            ? "INSIDE: a host of yours, %s, tries %s.".formatted(scan.source(), target(scan))
            : "OUTSIDE: %s tries %s.".formatted(scan.source(), target(scan)));
    if (!scan.gotThrough().isEmpty()) {
      lines.add(
          "It got through: accepted traffic to "
              + names(scan.gotThrough().stream().map(AlertContent::named).toList())
              + ".");
      lines.add("What it reached before that is not known here.");
    } else {
      lines.add(
          scan.isUnanswered()
              ? "Its handshakes were accepted at its own interface, and no answer was seen."
              : "These attempts were rejected. What else it may have reached is not known here.");
    }
    return lines;
  }

  private static List<String> verdict(Alert.BlockedConnection blocked) {
    String who =
        blocked.source() != null
            ? blocked.source().toString()
            : number(blocked.sources()) + " hosts of yours";
    String what =
        blocked.isPort()
            ? "%s at %s hosts".formatted(portWords(blocked.door()), number(blocked.doors()))
            : named(blocked.door());
    List<String> lines = new ArrayList<>();
    lines.add("%s can't reach %s, again and again.".formatted(who, what));
    if (blocked.isUnanswered()) {
      lines.add("Nothing is rejected where records are kept: the handshakes get no answer.");
    } else if (blocked.isEgress()) {
      lines.add("Its own side drops it: an outbound rule of its security group or network ACL.");
    } else {
      lines.add("A security group or network ACL at the destination rejects it.");
    }
    return lines;
  }

  private static List<String> verdict(Alert.AnswersDropped dropped) {
    List<String> lines = new ArrayList<>();
    lines.add(
        "%s gets requests, and its answers are rejected: clients see a timeout."
            .formatted(named(dropped.door())));
    lines.add(
        dropped.isRequestAccepted()
            ? "The request was accepted, so it is a network ACL: security groups keep state."
            : "It is a network ACL, or the request took another way (asymmetric routing).");
    return lines;
  }

  private static List<String> verdict(Alert.LogGroup group) {
    return group.rule() == Rule.UNREADABLE_RECORDS
        ? List.of(
            "%s lines could not be read%s."
                .formatted(
                    number(group.records()),
                    group.causes().isEmpty() ? "" : ": " + names(group.causes())),
            "What they say is not counted, and nobody is notified of it.")
        : List.of(
            "AWS skipped records (log-status SKIPDATA): counts are too low for that time.");
  }

  /// Returns the facts, by label.
  List<Section> facts() {
    List<Section> facts = new ArrayList<>();
    switch (alert) {
      case Alert.Scan scan -> {
        facts.add(new Section("WHO", List.of(whoLine(scan.source(), scan.isInside(), scan.maskedBy()))));
        facts.add(
            new Section(
                "WHERE",
                lines(
                    spread(scan.hosts(), scan.ports())
                        + ": "
                        + names(scan.examples().stream().map(AlertContent::named).toList()),
                    place(scan.place(), scan.interfaces()))));
      }
      case Alert.BlockedConnection blocked -> {
        facts.add(
            new Section(
                "WHO",
                List.of(
                    blocked.source() != null
                        ? whoLine(blocked.source(), true, blocked.maskedBy())
                        : number(blocked.sources())
                            + " sources: "
                            + names(
                                blocked.exampleSources().stream()
                                    .map(IpAddress::toString)
                                    .toList()))));
        facts.add(
            new Section(
                "WHERE",
                lines(
                    blocked.isPort()
                        ? names(blocked.examples().stream().map(AlertContent::named).toList())
                        : named(blocked.door()),
                    place(blocked.place(), blocked.interfaces()))));
      }
      case Alert.AnswersDropped dropped -> {
        facts.add(
            new Section(
                "WHO",
                List.of(
                    number(dropped.clients())
                        + " clients: "
                        + names(
                            dropped.exampleClients().stream().map(IpAddress::toString).toList()))));
        facts.add(
            new Section(
                "WHERE",
                lines(
                    "server " + named(dropped.door()) + ", " + number(dropped.answers()) + " answers",
                    place(dropped.place(), dropped.interfaces()))));
      }
      case Alert.Rejects rejects -> {
        facts.add(
            new Section(
                "WHO", List.of(whoLine(rejects.source(), rejects.isInside(), rejects.maskedBy()))));
        facts.add(
            new Section(
                "WHERE",
                lines(
                    names(rejects.examples().stream().map(AlertContent::named).toList()),
                    place(rejects.place(), Count.NONE))));
      }
      case Alert.LogGroup group ->
          facts.add(
              new Section(
                  "WHERE",
                  lines(
                      SafeText.name(group.logGroup()),
                      group.interfaceId() == null ? "" : SafeText.id(group.interfaceId()))));
    }
    facts.add(new Section("SINCE", List.of(since())));
    return facts;
  }

  private String since() {
    Duration length = Duration.between(alert.since(), alert.until());
    return Words.dateMinute(alert.since())
        + " UTC"
        + (length.isPositive() ? ", seen for " + Words.span(length) : "")
        + switch (alert.occasion()) {
          case NEW -> "";
          case STILL -> "; it goes on since the notification before, a day ago";
          case GROWN -> "; it has grown since the notification before";
          case GOT_THROUGH -> "; got through since the notification before";
        };
  }

  /// Returns what the reader can do, the most urgent first.
  List<NextStep> nextSteps() {
    List<NextStep> steps = new ArrayList<>();
    switch (alert) {
      case Alert.Scan scan -> addSteps(scan, steps);
      case Alert.BlockedConnection blocked -> addSteps(blocked, steps);
      case Alert.AnswersDropped dropped -> addSteps(dropped, steps);
      case Alert.Rejects rejects ->
          steps.add(
              new NextStep.Sentence(
                  rejects.isInside()
                      ? "Ask the owner of %s what it tries to reach.".formatted(rejects.source())
                      : "Nothing to do if the host should be reachable from outside; else close it."));
      case Alert.LogGroup group -> addSteps(group, steps);
    }
    return steps;
  }

  private static void addSteps(Alert.Scan scan, List<NextStep> steps) {
    if (scan.isInside()) {
      steps.add(
          new NextStep.Sentence(
              "Look at %s now: who is logged in, what runs. Isolate it if nobody can explain it."
                  .formatted(scan.source())));
      steps.add(
          new NextStep.Labelled(
              "Whose host:",
              "aws ec2 describe-network-interfaces --filters Name=addresses."
                  + "private-ip-address,Values="
                  + scan.source()));
      if (!scan.gotThrough().isEmpty()) {
        steps.add(
            new NextStep.Sentence(
                "Look at %s too: it let the source in."
                    .formatted(scan.gotThrough().getFirst().address())));
      }
    } else if (scan.gotThrough().isEmpty()) {
      steps.add(new NextStep.Sentence("Nothing to open. Close what need not be public."));
    } else {
      steps.add(
          new NextStep.Sentence(
              "Should %s be reachable from the internet? If not, close it and look at the host."
                  .formatted(named(scan.gotThrough().getFirst()))));
    }
  }

  private static void addSteps(Alert.BlockedConnection blocked, List<NextStep> steps) {
    String to = blocked.isPort() ? portWords(blocked.door()) : named(blocked.door());
    String from = blocked.source() == null ? "its clients" : blocked.source().toString();
    if (blocked.isUnanswered()) {
      steps.add(
          new NextStep.Sentence(
              "Is the destination up? Then look at its security group, network ACL and route."));
    } else if (blocked.isEgress()) {
      steps.add(
          new NextStep.Sentence(
              "If it should connect: open outbound %s for %s.".formatted(to, from)));
    } else {
      steps.add(
          new NextStep.Sentence(
              "If it should connect: let %s in to %s (inbound, at the destination)."
                  .formatted(from, to)));
    }
    steps.add(new NextStep.Sentence("What changed there shortly before? See CloudTrail."));
    addRules(blocked.place(), steps);
  }

  private static void addSteps(Alert.AnswersDropped dropped, List<NextStep> steps) {
    steps.add(
        new NextStep.Sentence(
            (dropped.isEgress()
                    ? "Allow outbound ports 1024-65535 in the network ACL of the server's subnet"
                    : "Allow ports 1024-65535 in the network ACL that the answers pass")
                + "."));
    addRules(dropped.place(), steps);
  }

  private void addSteps(Alert.LogGroup group, List<NextStep> steps) {
    if (group.rule() == Rule.UNREADABLE_RECORDS) {
      steps.add(
          new NextStep.Sentence("Make LOG_FORMAT the LogFormat of the flow logs that deliver here."));
      steps.add(
          new NextStep.Labelled(
              "Which format:",
              "aws ec2 describe-flow-logs --query 'FlowLogs[].[LogGroupName,LogFormat]'"));
    } else {
      steps.add(
          new NextStep.Sentence("Nothing to fix here. Look elsewhere what happened at that time."));
    }
  }

  private static void addRules(Place place, List<NextStep> steps) {
    String interfaceId = place.interfaceId();
    if (interfaceId != null && SafeText.isId(interfaceId, "eni-")) {
      steps.add(
          new NextStep.Labelled(
              "Its groups:",
              "aws ec2 describe-network-interfaces --network-interface-ids " + interfaceId));
    }
    String subnetId = place.subnetId();
    if (subnetId != null && SafeText.isId(subnetId, "subnet-")) {
      steps.add(
          new NextStep.Labelled(
              "Its ACL:",
              "aws ec2 describe-network-acls --filters Name=association.subnet-id,Values="
                  + subnetId));
    }
  }

  /// Returns why it rang, and how to hear less of it.
  List<Section> closing() {
    return List.of(
        new Section("RANG", List.of(threshold() + ".")),
        new Section("LESS", List.of("QUIET=\"" + quiet() + "\", or a higher threshold.")),
        new Section(
            "QUIET",
            List.of(
                "Until "
                    + Words.dateMinute(alert.until().plus(QUIET))
                    + " UTC while it goes on; at once when it comes back after an hour's silence.")));
  }

  private String threshold() {
    return switch (alert) {
      case Alert.Scan scan ->
          scan.isInside()
              ? at("%s ports of one host, or %s hosts, within an hour", Thresholds.Name.SCAN_PORTS, Thresholds.Name.SCAN_HOSTS)
              : at("%s ports of one host within an hour", Thresholds.Name.OUTSIDE_SCAN_PORTS);
      case Alert.BlockedConnection _ ->
          at(
              "the same door in %s minutes of half an hour, or %s times",
              Thresholds.Name.BLOCKED_MINUTES, Thresholds.Name.BLOCKED_RECORDS);
      case Alert.AnswersDropped _ ->
          at("%s answers in two minutes or more", Thresholds.Name.DROPPED_ANSWERS);
      case Alert.Rejects _ -> at("%s rejected attempts within an hour", Thresholds.Name.REJECTS);
      case Alert.LogGroup group ->
          group.rule() == Rule.UNREADABLE_RECORDS
              ? at("%s unreadable records within an hour", Thresholds.Name.UNREADABLE_RECORDS)
              : at("%s skipped windows within an hour", Thresholds.Name.SKIPPED_WINDOWS);
    };
  }

  private String at(String words, Thresholds.Name... names) {
    List<String> settings =
        Stream.of(names).map(name -> name.key() + "=" + context.thresholds().values().get(name)).toList();
    return words.formatted(
            Stream.of(names).map(name -> context.thresholds().values().get(name)).toArray())
        + " (ALERT_THRESHOLDS "
        + String.join(",", settings)
        + ")";
  }

  private String quiet() {
    return switch (alert) {
      case Alert.Scan scan -> scan.source() + block(scan.source()) + " scan";
      case Alert.BlockedConnection blocked ->
          (blocked.isPort() && blocked.source() != null
                  ? blocked.source() + block(blocked.source())
                  : blocked.door().address() + block(blocked.door().address()))
              + (blocked.door().port() == Door.NO_PORT ? "" : " " + blocked.door().port())
              + " blocked-connection";
      case Alert.AnswersDropped dropped ->
          dropped.door().address() + block(dropped.door().address()) + " answers-dropped";
      case Alert.Rejects rejects -> rejects.source() + block(rejects.source()) + " rejects";
      case Alert.LogGroup group -> "0.0.0.0/0 " + group.rule().key();
    };
  }

  private static String block(IpAddress address) {
    return address.isIpv4() ? "/32" : "/128";
  }

  /// Returns a link that shows the records, `null` where the log group or the Region is not known.
  @Nullable String link() {
    if (context.region() == null || context.logGroup().isEmpty()) {
      return null;
    }
    return InsightsLink.of(
        context.region(),
        context.logGroup(),
        InsightsLink.queryFor(aboutAddress()),
        alert.since().minus(LINK_MARGIN),
        alert.until().plus(LINK_MARGIN));
  }

  private @Nullable IpAddress aboutAddress() {
    return switch (alert) {
      case Alert.Scan scan -> scan.source();
      case Alert.BlockedConnection blocked ->
          blocked.source() != null ? blocked.source() : blocked.door().address();
      case Alert.AnswersDropped dropped -> dropped.door().address();
      case Alert.Rejects rejects -> rejects.source();
      case Alert.LogGroup _ -> null;
    };
  }

  // Words.

  private static String who(IpAddress source, boolean isInside) {
    return (isInside ? "INSIDE " : "") + source;
  }

  private static String whoLine(IpAddress source, boolean isInside, @Nullable IpAddress maskedBy) {
    return source
        + (isInside ? " (INSIDE)" : " (outside)")
        + (maskedBy == null
            ? ""
            : ", behind the NAT device "
                + maskedBy
                + ", which is what the interface and its rules see");
  }

  private static String spread(Count hosts, Count ports) {
    return plural(hosts, "host") + ", " + plural(ports, "port");
  }

  private static String plural(Count count, String singular) {
    return number(count) + " " + (count.value() == 1 && !count.isAtLeast() ? singular : singular + "s");
  }

  /// Returns `25`, or `25+` where there may be more.
  private static String number(Count count) {
    return Words.grouped(count.value()) + (count.isAtLeast() ? "+" : "");
  }

  private static String place(Place place, Count interfaces) {
    String first =
        Stream.of(place.interfaceId(), place.instanceId(), place.subnetId(), place.vpcId())
            .filter(Objects::nonNull)
            .map(SafeText::id)
            .collect(Collectors.joining(", "));
    return first.isEmpty() || interfaces.value() <= 1
        ? first
        : "seen at " + number(interfaces) + " interfaces, last at " + first;
  }

  private static List<String> lines(String... lines) {
    return Stream.of(lines).filter(line -> !line.isEmpty()).toList();
  }

  private static String names(List<String> all) {
    int more = all.size() - MOST_NAMES;
    return String.join(", ", all.subList(0, Math.min(MOST_NAMES, all.size())))
        + (more > 0 ? " and others" : "");
  }

  /// Returns `10.0.0.11:5432 (postgresql)`.
  static String named(Door door) {
    String service = serviceOf(door);
    return door + (service.isEmpty() ? "" : " (" + service + ")");
  }

  private static String portWords(Door door) {
    String name = Door.nameOf(door.protocol());
    if (door.port() == Door.NO_PORT) {
      return name;
    }
    String service = serviceOf(door);
    return "port "
        + door.port()
        + (name.isEmpty() ? "" : "/" + name)
        + (service.isEmpty() ? "" : " (" + service + ")");
  }

  private static String serviceOf(Door door) {
    return door.port() == Door.NO_PORT ? "" : KnownPort.nameOf(door.port());
  }
}
