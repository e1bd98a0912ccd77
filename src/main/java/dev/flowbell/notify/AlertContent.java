package dev.flowbell.notify;

import dev.flowbell.classify.Door;
import dev.flowbell.classify.KnownPort;
import dev.flowbell.classify.Suspect.Place;
import dev.flowbell.judge.Alert;
import dev.flowbell.judge.Count;
import dev.flowbell.judge.Rule;
import dev.flowbell.judge.Thresholds;
import dev.flowbell.record.IpAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What one alert says, before it becomes text, chat or JSON.
///
/// It claims only what evidence shows: that attempts were rejected, or that nothing answered. What
/// a source may have reached before it was noticed is not known, and the content says so.
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
    return subjectOf(context.severityWords(alert.severity(), isTest()), headline(), context);
  }

  /// Returns a subject that fits. What got through stands at the end of a verdict, so the Region is
  /// left out before anything of the verdict is.
  static String subjectOf(String severity, String headline, NotificationContext context) {
    String subject = "";
    for (String environment : context.environments()) {
      subject =
          "[Flowbell %s] %s%s"
              .formatted(severity, environment.isEmpty() ? "" : environment + ": ", headline);
      if (subject.length() <= MOST_SUBJECT_CHARACTERS) {
        return subject;
      }
    }
    return subject.substring(0, MOST_SUBJECT_CHARACTERS - 3) + "...";
  }

  /// Returns whether the alert is about the records of `doctor --send-test`.
  boolean isTest() {
    return AlertJson.isTest(alert);
  }

  /// Returns the severity, in capital letters; a test says that it is one.
  String severity() {
    return context.severityWords(alert.severity(), isTest());
  }

  /// Returns the verdict in few words. `25+` means at least 25.
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
                  shortNumber(rejects.records()),
                  rejects.host() == null ? "" : " at " + rejects.host());
      case Alert.LogGroup group ->
          (group.rule() == Rule.UNREADABLE_RECORDS
                  ? "can't read flow log records of "
                  : "AWS skipped flow log records of ")
              + SafeText.of(group.logGroup());
    };
  }

  private static String headline(Alert.Scan scan) {
    Door only = scan.onlyPort();
    String target;
    if (scan.onlyHost() != null) {
      target =
          only == null
              ? shortNumber(scan.ports()) + " ports of " + scan.onlyHost()
              : named(new Door(scan.onlyHost(), only.protocol(), only.port()));
    } else {
      target =
          "%s at %s hosts"
              .formatted(
                  only == null ? shortNumber(scan.ports()) + " ports" : portWords(only),
                  shortNumber(scan.hosts()));
    }
    String tries = (scan.isInside() ? "tries " : "scans ") + target;
    String who = who(scan.source(), scan.isInside());
    if (!scan.gotThrough().isEmpty()) {
      // First, because a long subject is cut at its end.
      return "%s GOT THROUGH to %s, tries %s"
          .formatted(
              who,
              named(scan.gotThrough().getFirst()),
              scan.onlyHost() == null
                  ? shortNumber(scan.hosts()) + " hosts"
                  : shortNumber(scan.ports()) + " ports");
    }
    return who + " " + tries + (scan.isUnanswered() ? ", no answer seen" : ", rejected");
  }

  private static String headline(Alert.BlockedConnection blocked) {
    return "%s can't reach %s"
        .formatted(
            blocked.source() == null
                ? shortNumber(blocked.sources()) + " hosts"
                : blocked.source().toString(),
            blocked.isPort()
                ? "%s at %s hosts"
                    .formatted(portWords(blocked.door()), shortNumber(blocked.doors()))
                : named(blocked.door()));
  }

  /// Returns the verdict in a sentence or two.
  List<String> verdict() {
    List<String> lines = new ArrayList<>();
    if (isTest()) {
      lines.add(
          "THIS IS A TEST by \"flowbell doctor --send-test\". Nothing happened: the records are"
              + " made up.");
    }
    switch (alert) {
      case Alert.Scan scan -> addVerdict(scan, lines);
      case Alert.BlockedConnection blocked -> addVerdict(blocked, lines);
      case Alert.AnswersDropped dropped -> addVerdict(dropped, lines);
      case Alert.Rejects rejects ->
          lines.add(
              "%s, %s, was rejected %s times within an hour%s."
                  .formatted(
                      rejects.isInside() ? "A host of yours" : "A source outside",
                      rejects.source(),
                      number(rejects.records()),
                      rejects.host() == null
                          ? ", on " + counted(rejects.hosts(), "host")
                          : ", at " + rejects.host()));
      case Alert.LogGroup group -> addVerdict(group, lines);
    }
    return lines;
  }

  private static void addVerdict(Alert.Scan scan, List<String> lines) {
    lines.add(
        "%s, %s, is scanning: it tried %s."
            .formatted(
                scan.isInside() ? "A host INSIDE your networks" : "A source outside",
                scan.source(),
                targets(scan)));
    if (!scan.gotThrough().isEmpty()) {
      lines.add(
          "It GOT THROUGH: it exchanged accepted traffic with "
              + names(scan.gotThrough().stream().map(AlertContent::named).toList())
              + ".");
      lines.add("What it reached before Flowbell noticed it is not known.");
    } else if (scan.isUnanswered()) {
      lines.add(
          "Its handshakes were let out, and no answer was seen. Whether it reached anything is not"
              + " known.");
    } else {
      lines.add("These attempts were rejected. Whether it reached anything else is not known.");
    }
  }

  private static void addVerdict(Alert.BlockedConnection blocked, List<String> lines) {
    lines.add(
        "%s can't reach %s, again and again."
            .formatted(
                blocked.source() == null
                    ? capitalized(number(blocked.sources())) + " hosts of yours"
                    : blocked.source().toString(),
                blocked.isPort()
                    ? "%s on %s hosts".formatted(portWords(blocked.door()), number(blocked.doors()))
                    : named(blocked.door())));
    if (blocked.isUnanswered()) {
      lines.add("No record says that a rule rejects it. Nothing answers the handshakes.");
    } else if (blocked.isEgress()) {
      lines.add(
          "The source's own side rejects it: an outbound rule of its security group or network"
              + " ACL.");
    } else {
      lines.add(
          "A security group or network ACL rejects it, most likely inbound at the destination.");
    }
  }

  private static void addVerdict(Alert.AnswersDropped dropped, List<String> lines) {
    lines.add(
        "%s answers its clients, and the answers are rejected: clients see a timeout."
            .formatted(named(dropped.door())));
    lines.add(
        dropped.isRequestAccepted()
            ? "The requests were accepted, so a network ACL does it: security groups keep state."
            : "A network ACL does it, or the requests took another way (asymmetric routing).");
  }

  private static void addVerdict(Alert.LogGroup group, List<String> lines) {
    if (group.rule() == Rule.UNREADABLE_RECORDS) {
      lines.add(
          "Flowbell can't read %s lines of this log group%s."
              .formatted(
                  number(group.records()),
                  group.causes().isEmpty() ? "" : ": " + names(group.causes())));
      lines.add("What they say is in no metric and in no notification.");
    } else {
      lines.add(
          "AWS skipped %s of records (log-status SKIPDATA): counts are too low for that time."
              .formatted(counted(group.records(), "window")));
    }
  }

  /// Returns the facts, by label.
  List<Section> facts() {
    List<Section> facts = new ArrayList<>();
    switch (alert) {
      case Alert.Scan scan -> {
        add("WHO", whoLine(scan.source(), scan.isInside(), scan.maskedBy()), facts);
        add("TRIED", targets(scan) + ": " + examples(scan), facts);
        add("SEEN", place(scan.place(), scan.interfaces()), facts);
      }
      case Alert.BlockedConnection blocked -> {
        add(
            "WHO",
            blocked.source() == null
                ? sources("sources", blocked.sources(), blocked.exampleSources())
                : whoLine(blocked.source(), true, blocked.maskedBy()),
            facts);
        add(
            "TRIED",
            blocked.isPort()
                ? names(blocked.examples().stream().map(AlertContent::named).toList())
                : named(blocked.door()),
            facts);
        add("SEEN", place(blocked.place(), blocked.interfaces()), facts);
      }
      case Alert.AnswersDropped dropped -> {
        add("SERVER", named(dropped.door()), facts);
        add("WHO", sources("clients", dropped.clients(), dropped.exampleClients()), facts);
        add(
            "LOST",
            "%s answers, in %s minutes"
                .formatted(number(dropped.answers()), number(dropped.minutes())),
            facts);
        add("SEEN", place(dropped.place(), dropped.interfaces()), facts);
      }
      case Alert.Rejects rejects -> {
        add("WHO", whoLine(rejects.source(), rejects.isInside(), rejects.maskedBy()), facts);
        add("TRIED", names(rejects.examples().stream().map(AlertContent::named).toList()), facts);
        add("SEEN", place(rejects.place(), Count.NONE), facts);
      }
      case Alert.LogGroup group ->
          add(
              "SEEN",
              group.interfaceId() == null ? "" : "at " + SafeText.of(group.interfaceId()),
              facts);
    }
    add("SINCE", since(), facts);
    add("WHERE", where(), facts);
    return facts;
  }

  private static void add(String label, String line, List<Section> facts) {
    if (!line.isEmpty()) {
      facts.add(new Section(label, List.of(line)));
    }
  }

  /// Returns what a source tried: `at least 25 hosts on port 445 (smb)`.
  private static String targets(Alert.Scan scan) {
    Door only = scan.onlyPort();
    if (scan.onlyHost() != null) {
      return only == null
          ? counted(scan.ports(), "port") + " of " + scan.onlyHost()
          : named(new Door(scan.onlyHost(), only.protocol(), only.port()));
    }
    return only == null
        ? counted(scan.hosts(), "host") + " and " + counted(scan.ports(), "port")
        : counted(scan.hosts(), "host")
            + (only.port() == Door.NO_PORT ? " by " : " on ")
            + portWords(only);
  }

  private static String examples(Alert.Scan scan) {
    Stream<String> examples =
        scan.examples().stream()
            .map(
                door -> {
                  if (scan.onlyPort() != null) {
                    return door.address().toString();
                  }
                  return scan.onlyHost() == null ? named(door) : portWords(door);
                });
    return names(examples.distinct().toList());
  }

  private static String sources(String words, Count count, List<IpAddress> examples) {
    return "%s %s: %s"
        .formatted(
            number(count), words, names(examples.stream().map(IpAddress::toString).toList()));
  }

  private String since() {
    Duration length = Duration.between(alert.since(), alert.until());
    return Words.dateMinute(alert.since())
        + " UTC"
        + (length.isPositive() ? ", for " + Words.span(length) : "")
        + minutes()
        + switch (alert.occasion()) {
          case NEW -> "";
          case STILL -> "; it still goes on, a day or more after the last notification";
          case GROWN -> "; ten times as many hosts as the threshold, since the last notification";
          case GOT_THROUGH -> "; it got through after the last notification";
        };
  }

  private String minutes() {
    Count minutes =
        switch (alert) {
          case Alert.Scan scan -> scan.minutes();
          case Alert.BlockedConnection blocked -> blocked.minutes();
          default -> Count.NONE;
        };
    return minutes.value() <= 1 ? "" : ", in " + number(minutes) + " different minutes";
  }

  /// Returns the stack, account, Region and log group.
  private String where() {
    return Stream.of(
            context.stack() == null ? "" : "stack " + SafeText.of(context.stack()),
            context.account().isEmpty() ? "" : "account " + SafeText.of(context.account()),
            context.region() == null ? "" : SafeText.of(context.region()),
            context.logGroup().isEmpty() ? "" : "log group " + SafeText.of(context.logGroup()))
        .filter(text -> !text.isEmpty())
        .collect(Collectors.joining(", "));
  }

  /// Returns what the reader can do, the most urgent first.
  List<NextStep> nextSteps() {
    List<NextStep> steps = new ArrayList<>();
    if (isTest()) {
      addSentence("Nothing to do: metrics and notifications work.", steps);
      return steps;
    }
    switch (alert) {
      case Alert.Scan scan -> addSteps(scan, steps);
      case Alert.BlockedConnection blocked -> addSteps(blocked, steps);
      case Alert.AnswersDropped dropped -> addSteps(dropped, steps);
      case Alert.Rejects rejects -> {
        if (rejects.isInside()) {
          addSentence(
              "Ask the owner of %s what it tries to reach.".formatted(rejects.source()), steps);
          addWhoseHost(rejects.source(), steps);
        } else {
          addSentence(
              "Nothing needs to be opened. If this host need not be public, take it off the"
                  + " internet.",
              steps);
        }
      }
      case Alert.LogGroup group -> addSteps(group, steps);
    }
    return steps;
  }

  private static void addSentence(String sentence, List<NextStep> steps) {
    steps.add(new NextStep.Sentence(sentence));
  }

  private static void addWhoseHost(IpAddress address, List<NextStep> steps) {
    steps.add(
        new NextStep.Labelled(
            "Whose host:",
            "aws ec2 describe-network-interfaces --filters Name="
                + (address.isIpv4()
                    ? "addresses.private-ip-address"
                    : "ipv6-addresses.ipv6-address")
                + ",Values="
                + address));
  }

  private static void addSteps(Alert.Scan scan, List<NextStep> steps) {
    if (scan.isInside()) {
      addSentence(
          "Look at %s now: what runs there, and who is logged in? Isolate it if nobody can tell."
              .formatted(scan.source()),
          steps);
      if (!scan.gotThrough().isEmpty()) {
        addSentence(
            "Look also at %s, which the source reached."
                .formatted(
                    names(
                        scan.gotThrough().stream()
                            .map(door -> door.address().toString())
                            .distinct()
                            .toList())),
            steps);
      }
      addWhoseHost(scan.source(), steps);
    } else if (scan.gotThrough().isEmpty()) {
      addSentence("Nothing needs to be opened. Close what need not be public.", steps);
    } else {
      addSentence(
          "Should %s be open to the internet? If not, close it and look at the host."
              .formatted(named(scan.gotThrough().getFirst())),
          steps);
    }
  }

  private static void addSteps(Alert.BlockedConnection blocked, List<NextStep> steps) {
    Door door = blocked.door();
    String what =
        door.port() == Door.NO_PORT && Door.nameOf(door.protocol()).isEmpty()
            ? "it"
            : portWords(door);
    String to = blocked.isPort() ? "the destinations" : door.address().toString();
    String source = blocked.source() == null ? "its clients" : blocked.source().toString();
    if (blocked.isUnanswered()) {
      addSentence(
          "Is %s up? Then look at its security group, network ACL and route."
              .formatted(blocked.isPort() ? "the service" : to),
          steps);
    } else if (blocked.isEgress()) {
      addSentence(
          "If it should connect, allow %s outbound to %s in the group and ACL of %s."
              .formatted(what, to, source),
          steps);
    } else {
      addSentence(
          "If it should connect, allow %s inbound from %s in the group and ACL of %s."
              .formatted(
                  what, blocked.maskedBy() == null ? source : blocked.maskedBy().toString(), to),
          steps);
      String interfaceId = blocked.place().interfaceId();
      if (interfaceId != null) {
        addSentence(
            "If %s is the source's own interface, allow it outbound there."
                .formatted(SafeText.of(interfaceId)),
            steps);
      }
    }
    addSentence("If it worked before, look in CloudTrail for what changed at that time.", steps);
    addRules(blocked.place(), steps);
  }

  private static void addSteps(Alert.AnswersDropped dropped, List<NextStep> steps) {
    String what =
        dropped.door().port() == Door.NO_PORT
            ? Door.nameOf(dropped.door().protocol())
            : "ports 1024-65535";
    addSentence(
        dropped.isEgress()
            ? "Allow %s outbound in the network ACL of the server's subnet.".formatted(what)
            : ("Allow %s in the network ACL that the answers pass: outbound at the server's subnet,"
                    + " or inbound at the clients'.")
                .formatted(what),
        steps);
    if (!dropped.isRequestAccepted()) {
      addSentence("Do requests and answers take the same route? Look at the route tables.", steps);
    }
    addAcl(dropped.place(), steps);
  }

  private static void addSteps(Alert.LogGroup group, List<NextStep> steps) {
    if (group.rule() == Rule.UNREADABLE_RECORDS) {
      addSentence("Set LOG_FORMAT to the LogFormat of the flow logs that deliver here.", steps);
      steps.add(
          new NextStep.Labelled(
              "Which format:",
              "aws ec2 describe-flow-logs --query 'FlowLogs[].[LogGroupName,LogFormat]'"));
    } else {
      addSentence("Nothing to fix: AWS lost these records. Other logs may cover that time.", steps);
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
    addAcl(place, steps);
  }

  private static void addAcl(Place place, List<NextStep> steps) {
    String subnetId = place.subnetId();
    if (subnetId != null && SafeText.isId(subnetId, "subnet-")) {
      steps.add(
          new NextStep.Labelled(
              "Its ACL:",
              "aws ec2 describe-network-acls --filters Name=association.subnet-id,Values="
                  + subnetId));
    }
  }

  /// Returns why it rang, how to hear less of it, and when it is sent again.
  List<Section> closing() {
    List<Section> closing = new ArrayList<>();
    closing.add(new Section("WHY", List.of(why() + ".")));
    if (!isTest()) {
      closing.add(
          new Section(
              "LESS",
              List.of(
                  hasGotThrough()
                      ? "Raise the threshold. QUIET does not hide what got through."
                      : "If this is expected: QUIET=\"" + quiet() + "\", or a higher threshold.")));
      closing.add(
          new Section(
              "AGAIN",
              List.of(
                  "Not before "
                      + Words.dateMinute(alert.until().plus(QUIET))
                      + " UTC while it goes on"
                      + (alert instanceof Alert.Scan && !hasGotThrough()
                          ? ", unless something gets through"
                          : "")
                      + ". After an hour's silence it counts as new.")));
    }
    return closing;
  }

  private boolean hasGotThrough() {
    return alert instanceof Alert.Scan scan && !scan.gotThrough().isEmpty();
  }

  private String why() {
    return switch (alert) {
      case Alert.Scan scan ->
          scan.isInside()
              ? reached(
                  "%s, within an hour",
                  new Limit("%s ports of one host", Thresholds.Name.SCAN_PORTS),
                  new Limit("%s hosts", Thresholds.Name.SCAN_HOSTS))
              : reached(
                  "%s within an hour",
                  new Limit("%s ports of one host", Thresholds.Name.OUTSIDE_SCAN_PORTS));
      case Alert.BlockedConnection _ ->
          reached(
              "within half an hour, the same door blocked %s",
              new Limit(
                  "in %s different minutes (or 2 windows of ten minutes)",
                  Thresholds.Name.BLOCKED_MINUTES),
              new Limit("%s times", Thresholds.Name.BLOCKED_RECORDS),
              new Limit("for %s sources", Thresholds.Name.BLOCKED_SOURCES));
      case Alert.AnswersDropped _ ->
          reached(
              "%s within an hour, in two different minutes or more",
              new Limit("%s rejected answers", Thresholds.Name.DROPPED_ANSWERS));
      case Alert.Rejects _ ->
          reached("%s within an hour", new Limit("%s rejected attempts", Thresholds.Name.REJECTS));
      case Alert.LogGroup group ->
          group.rule() == Rule.UNREADABLE_RECORDS
              ? reached(
                  "%s within an hour",
                  new Limit("%s unreadable records", Thresholds.Name.UNREADABLE_RECORDS))
              : reached(
                  "%s within an hour",
                  new Limit("%s skipped windows", Thresholds.Name.SKIPPED_WINDOWS));
    };
  }

  /// Names the thresholds of a rule that are not switched off, and the setting.
  private String reached(String words, Limit... limits) {
    List<String> parts = new ArrayList<>();
    List<String> settings = new ArrayList<>();
    for (Limit limit : limits) {
      int value = context.thresholds().values().getOrDefault(limit.name, 0);
      if (value > 0) {
        String part = limit.words.formatted(Words.grouped(value));
        parts.add(value == 1 && part.endsWith("s") ? part.substring(0, part.length() - 1) : part);
        settings.add(limit.name.key() + "=" + value);
      }
    }
    return capitalized(words.formatted(String.join(", or ", parts)))
        + " (ALERT_THRESHOLDS="
        + String.join(",", settings)
        + ")";
  }

  private record Limit(String words, Thresholds.Name name) {}

  /// Returns an entry of the setting `QUIET` that covers this alert.
  private String quiet() {
    return switch (alert) {
      case Alert.Scan scan -> block(scan.source()) + " scan";
      case Alert.BlockedConnection blocked -> {
        boolean isBySource = blocked.isPort() && blocked.source() != null;
        yield (isBySource
                ? block(Objects.requireNonNull(blocked.source()))
                : blocked.isPort()
                    ? (blocked.door().address().isIpv4() ? "0.0.0.0/0" : "::/0")
                    : block(blocked.door().address()))
            + (blocked.door().port() == Door.NO_PORT ? "" : " " + blocked.door().port())
            + " blocked-connection";
      }
      case Alert.AnswersDropped dropped ->
          block(dropped.door().address())
              + (dropped.door().port() == Door.NO_PORT ? "" : " " + dropped.door().port())
              + " answers-dropped";
      case Alert.Rejects rejects -> block(rejects.source()) + " rejects";
      case Alert.LogGroup group -> "0.0.0.0/0 " + group.rule().key();
    };
  }

  private static String block(IpAddress address) {
    return address + (address.isIpv4() ? "/32" : "/128");
  }

  /// Returns a link that shows the records, `null` where the log group or the Region is not known.
  @Nullable String link() {
    String region = context.region();
    if (region == null || !InsightsLink.isRegion(region) || context.logGroup().isEmpty()) {
      return null;
    }
    return InsightsLink.of(
        region,
        context.logGroup(),
        query(),
        alert.since().minus(LINK_MARGIN),
        alert.until().plus(LINK_MARGIN));
  }

  /// Accepted records matter where something got through, or where nothing was rejected.
  private String query() {
    IpAddress address = aboutAddress();
    boolean isAboutAccepted =
        switch (alert) {
          case Alert.Scan scan -> !scan.gotThrough().isEmpty() || scan.isUnanswered();
          case Alert.BlockedConnection blocked -> blocked.isUnanswered();
          case Alert.AnswersDropped _ -> true;
          case Alert.Rejects _, Alert.LogGroup _ -> false;
        };
    return isAboutAccepted && address != null
        ? InsightsLink.queryForAll(address)
        : InsightsLink.queryFor(address);
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
        + (isInside ? " (inside)" : " (outside)")
        + (maskedBy == null
            ? ""
            : ", behind the NAT device %s: rules see that address".formatted(maskedBy));
  }

  /// Returns `1 port`, `at least 25 hosts`.
  private static String counted(Count count, String singular) {
    return number(count) + " " + singular + (count.value() == 1 ? "" : "s");
  }

  /// Returns `25`, or `at least 25` where there may be more.
  private static String number(Count count) {
    return (count.isAtLeast() ? "at least " : "") + Words.grouped(count.value());
  }

  /// Returns `25`, or `25+` where there may be more.
  private static String shortNumber(Count count) {
    return Words.grouped(count.value()) + (count.isAtLeast() ? "+" : "");
  }

  private static String capitalized(String text) {
    return text.substring(0, 1).toUpperCase(Locale.ROOT) + text.substring(1);
  }

  private static String place(Place place, Count interfaces) {
    String here =
        Stream.of(place.interfaceId(), place.instanceId(), place.subnetId(), place.vpcId())
            .filter(Objects::nonNull)
            .map(SafeText::of)
            .collect(Collectors.joining(", "));
    if (here.isEmpty()) {
      return "";
    }
    return interfaces.value() <= 1
        ? "at " + here
        : number(interfaces) + " interfaces, last at " + here;
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
