package dev.flowbell.notify;

import dev.flowbell.classify.Suspect.Place;
import dev.flowbell.ec2.Blocker;
import dev.flowbell.judge.Alert;
import dev.flowbell.judge.Count;
import dev.flowbell.judge.Thresholds;
import dev.flowbell.record.IpAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What one alert says, before it becomes text, chat or JSON. Each kind of alert has a class that
/// fills the sections.
///
/// It claims only what evidence shows: that records were rejected, or that no answer was seen. What
/// a source may have reached before it was noticed is not known, and the content says so.
abstract sealed class AlertContent
    permits ScanContent,
        BlockedConnectionContent,
        AnswersDroppedContent,
        RejectsContent,
        LogGroupContent {
  /// SNS refuses longer subjects.
  ///
  /// @see <a href="https://docs.aws.amazon.com/sns/latest/api/API_Publish.html">Publish</a> (read
  ///   2026-11-23: "less than 100 characters long")
  static final int MOST_SUBJECT_CHARACTERS = 99;

  private static final Duration LINK_MARGIN = Duration.ofMinutes(30);
  private static final Duration AGAIN_AFTER = Duration.ofDays(1);

  private final Alert alert;
  private final NotificationContext context;
  private final Background background;

  AlertContent(Alert alert, NotificationContext context, Background background) {
    this.alert = alert;
    this.context = context;
    this.background = background;
  }

  /// Returns what an alert says.
  ///
  /// @param background what is known besides
  static AlertContent of(Alert alert, NotificationContext context, Background background) {
    return switch (alert) {
      case Alert.Scan scan -> new ScanContent(scan, context, background);
      case Alert.BlockedConnection blocked ->
          new BlockedConnectionContent(blocked, context, background);
      case Alert.AnswersDropped dropped -> new AnswersDroppedContent(dropped, context, background);
      case Alert.Rejects rejects -> new RejectsContent(rejects, context, background);
      case Alert.LogGroup group -> new LogGroupContent(group, context);
    };
  }

  // What each kind of alert says.

  /// Returns the verdict in few words, for the subject. `25+` means at least 25.
  abstract String headline();

  /// Returns the verdict in a sentence or two.
  abstract List<String> sentences();

  /// Returns who, what and where, by label.
  abstract List<Section> ownFacts();

  /// Returns in how many minutes it was seen, [Count#NONE] where that is not counted.
  abstract Count minutes();

  /// Returns what the reader can do, in the order in which to do it.
  abstract List<NextStep> ownSteps();

  /// Returns the time, in words, that the numbers of [#limits] are about.
  abstract String period();

  /// Returns the thresholds of the rule.
  abstract List<Limit> limits();

  /// Returns an entry of the setting `QUIET` that covers this alert.
  abstract String quietEntry();

  /// Returns whether the source of a scan got something through.
  boolean hasGotThrough() {
    return false;
  }

  /// Returns the query of the link.
  abstract String query();

  // What all kinds say.

  /// Returns one line of printable ASCII, at most 99 characters: severity, environment, verdict.
  final String subject() {
    return subjectOf(severity(), headline(), context);
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
  final boolean isTest() {
    return AlertJson.isTest(alert);
  }

  /// Returns the severity, in capital letters; a test says that it is one.
  final String severity() {
    return context.severityWords(alert.severity(), isTest());
  }

  /// Returns the verdict in a sentence or two; a test says first that it is one.
  final List<String> verdict() {
    List<String> lines = new ArrayList<>();
    if (isTest()) {
      lines.add(
          "THIS IS A TEST by \"flowbell doctor --send-test\". Nothing happened: the records are"
              + " made up.");
    }
    lines.addAll(sentences());
    return lines;
  }

  /// Returns the facts, by label.
  final List<Section> facts() {
    List<Section> facts = new ArrayList<>(ownFacts());
    facts.add(new Section("WHY", blocker() == null ? List.of() : whyBlocked(blocker())));
    facts.add(when());
    facts.add(section("WHERE", where()));
    facts.removeIf(section -> section.lines().isEmpty());
    return facts;
  }

  /// Returns what the reader can do, in the order in which to do it.
  final List<NextStep> nextSteps() {
    return isTest()
        ? List.of(new NextStep.Sentence("Nothing to do: metrics and notifications work."))
        : ownSteps();
  }

  /// Returns why it rang, how to hear less of it, and when it is sent again.
  final List<Section> closing() {
    List<Limit> reached = reachedLimits();
    List<Section> closing = new ArrayList<>();
    closing.add(section("RANG", whyItRang(reached)));
    if (!isTest()) {
      closing.add(
          new Section(
              "LESS", Stream.of(less(reached), lookUp()).filter(line -> !line.isEmpty()).toList()));
      closing.add(section("AGAIN", again()));
    }
    return closing;
  }

  /// Returns what blocks it. The verdict of most alerts has the rule already.
  List<String> whyBlocked(Blocker known) {
    return BlockerWords.details(known);
  }

  /// Returns what blocks one of many attempts, whose verdict doesn't have the rule.
  static List<String> whyOneIsBlocked(Blocker known) {
    List<String> lines = new ArrayList<>(BlockerWords.sentences(known));
    lines.set(0, "One of its attempts: " + lines.getFirst());
    lines.addAll(BlockerWords.details(known));
    return lines;
  }

  /// Returns what blocks it; `null` where nobody asked.
  final @Nullable Blocker blocker() {
    return background.blocker();
  }

  /// Returns what to do where it is known that no rule of a group or ACL has to be added; `null`
  /// where that isn't known.
  final @Nullable String stepWithoutRule() {
    Blocker blocker = blocker();
    return blocker == null
        ? null
        : switch (blocker.kind()) {
          case BLOCK_PUBLIC_ACCESS ->
              "If it should pass, look at the VPC's Block Public Access: its mode and exclusions.";
          case ENCRYPTION_CONTROLS ->
              "If it should pass, look at the VPC's encryption controls: their mode and"
                  + " exclusions.";
          case LATE_PACKETS ->
              "Nothing to open. Does an application keep idle connections too long?";
          case UNTRACKED_ANSWER ->
              "Do requests and answers take the same route? Look at the routes.";
          case ALLOWED_NOW -> "Does it still happen? The rules that were asked would let it pass.";
          case NETWORK_ACL, SECURITY_GROUP, BOTH, UNKNOWN -> null;
        };
  }

  /// Returns the steps that open it, empty where no rule is known that blocks it.
  ///
  /// @param what `If it should connect, this opens it`
  final List<NextStep> stepsToOpen(String what) {
    Blocker blocker = blocker();
    List<String> open = blocker == null ? List.of() : commands().allow(blocker);
    if (open.isEmpty()) {
      return List.of();
    }
    List<NextStep> steps = new ArrayList<>();
    steps.add(sentence(what + ". It holds for the whole group or ACL; judge it first:"));
    open.forEach(command -> steps.add(new NextStep.Labelled("", command)));
    return steps;
  }

  /// Returns a link that shows the records, `null` where the log group or the Region is not known.
  final @Nullable String link() {
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

  private Section when() {
    String minutes = minutes().value() <= 1 ? "" : ", in " + Words.number(minutes()) + " minutes";
    String sentAgain =
        switch (alert.occasion()) {
          case NEW -> "";
          case STILL -> "Sent again: it goes on, a day or more after the last notification.";
          case GROWN -> "Sent again: it now tries ten times as many hosts as the threshold.";
          case GOT_THROUGH -> "Sent again: it got through after the last notification.";
        };
    String when = Words.firstToLast(alert.since(), alert.until()) + minutes;
    return new Section("WHEN", sentAgain.isEmpty() ? List.of(when) : List.of(when, sentAgain));
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

  /// Returns the limits that the alert's numbers may have reached, out of those not switched off.
  private List<Limit> reachedLimits() {
    List<Limit> on = limits().stream().filter(limit -> valueOf(limit) > 0).toList();
    List<Limit> reached =
        on.stream().filter(limit -> limit.count.value() >= valueOf(limit)).toList();
    // What got through may be sent with evidence of another hour than that which rang first.
    return reached.isEmpty() ? on : reached;
  }

  private int valueOf(Limit limit) {
    return context.thresholds().values().getOrDefault(limit.name, 0);
  }

  private String whyItRang(List<Limit> limits) {
    String words =
        limits.stream()
            .map(limit -> inWords(limit, valueOf(limit)))
            .collect(Collectors.joining(", or "));
    String settings =
        limits.stream()
            .map(limit -> limit.name.key() + "=" + valueOf(limit))
            .collect(Collectors.joining(","));
    return "%s: %s (%s: %s)."
        .formatted(
            period(),
            words,
            context.stack() == null ? "ALERT_THRESHOLDS" : "AlertThresholds",
            settings);
  }

  private static String inWords(Limit limit, int value) {
    String words = limit.words.formatted(Words.grouped(value));
    return value == 1 && words.endsWith("s") ? words.substring(0, words.length() - 1) : words;
  }

  private String less(List<Limit> limits) {
    String raise = "raise " + Words.and(limits.stream().map(limit -> limit.name.key()).toList());
    String quiet = context.stack() == null ? "QUIET" : "the parameter Quiet";
    return hasGotThrough()
        ? Words.capitalized(raise)
            + ". "
            + Words.capitalized(quiet)
            + " can't hide what got through."
        : "If this is expected, add %s to %s, or %s.".formatted(quietEntry(), quiet, raise);
  }

  /// Returns that a prefix list of the setting QUIET could not be looked up, if so.
  private String lookUp() {
    return background.prefixList() == null
        ? ""
        : "QUIET may cover this: it has %s, which could not be looked up, so this was sent."
            .formatted(background.prefixList());
  }

  private String again() {
    boolean canGetThrough =
        alert instanceof Alert.Scan && !hasGotThrough() && context.traffic().hasAccepted();
    return "From %s UTC; sooner if it %sstops for an hour and comes back."
        .formatted(
            Words.dateMinute(alert.until().plus(AGAIN_AFTER)),
            canGetThrough ? "gets through, or " : "");
  }

  /// A threshold of a rule.
  ///
  /// @param words with `%s` for the threshold
  /// @param count the most that the alert may have of it
  record Limit(String words, Thresholds.Name name, Count count) {}

  // For the classes of each kind.

  final Ec2Commands commands() {
    return new Ec2Commands(context.region());
  }

  /// Returns a section of one line, or of none where the text is empty.
  static Section section(String label, String text) {
    return new Section(label, text.isEmpty() ? List.of() : List.of(text));
  }

  /// Returns where it was seen.
  ///
  /// @param interfaces at how many network interfaces
  /// @param owner whose the interface is, empty where there is nothing to say
  static Section seen(Place place, Count interfaces, String owner) {
    List<String> ids = new ArrayList<>();
    Stream.of(place.interfaceId(), place.instanceId(), place.subnetId(), place.vpcId())
        .filter(Objects::nonNull)
        .map(SafeText::of)
        .forEach(ids::add);
    String whose =
        Stream.of(owner, typeOf(place), tagOf(place))
            .filter(text -> !text.isEmpty())
            .collect(Collectors.joining(", "));
    if (!ids.isEmpty() && !whose.isEmpty()) {
      // Beside the interface's id: somebody may isolate what it names.
      ids.set(0, ids.getFirst() + " (" + whose + ")");
    }
    String here = String.join(", ", ids);
    return section(
        "SEEN",
        here.isEmpty() || interfaces.value() <= 1
            ? here
            : Words.number(interfaces) + " interfaces, such as " + here);
  }

  /// Returns what kind of interface it is, empty for a usual one.
  private static String typeOf(Place place) {
    String type = place.interfaceType();
    return type == null || type.equals("interface") ? "" : SafeText.of(type);
  }

  /// Returns the tag, empty without one. AWS encodes its value.
  ///
  /// @see <a href="https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html">Flow log
  ///   records</a> (`instance-tag`)
  private static String tagOf(Place place) {
    String tag = place.tag();
    if (tag == null) {
      return "";
    }
    try {
      return SafeText.words(URLDecoder.decode(tag.replace("+", "%2B"), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException _) { // "50%"
      return SafeText.of(tag);
    }
  }

  /// Returns whose interface egress records are of: their `srcaddr` is the interface's own address.
  ///
  /// @see <a href="https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html">Flow log
  ///   records</a> (`srcaddr`)
  static String ownInterfaceOf(IpAddress source, @Nullable IpAddress maskedBy) {
    return source + "'s own" + (maskedBy == null ? " interface" : ", or that of " + maskedBy);
  }

  /// Returns whose interface other records of a source inside may be of.
  static String ownOrOfTried(@Nullable IpAddress maskedBy) {
    return "its own, "
        + (maskedBy == null ? "" : "that of " + maskedBy + ", ")
        + "or that of a host it tried";
  }

  /// Returns `INSIDE 10.0.3.17`, `198.51.100.7`.
  static String who(IpAddress source, boolean isInside) {
    return (isInside ? "INSIDE " : "") + source;
  }

  /// Returns `10.0.3.17 (inside)`, and the device that hides it.
  static Section whoSection(IpAddress source, boolean isInside, @Nullable IpAddress maskedBy) {
    return section(
        "WHO",
        source
            + (isInside ? " (inside)" : " (outside)")
            + (maskedBy == null
                ? ""
                : ", by way of %s (NAT, gateway or node; others may use it too)"
                    .formatted(maskedBy)));
  }

  /// Returns `at least 12 clients: 10.0.1.5, 10.0.1.6`.
  static String addresses(String plural, Count count, List<IpAddress> examples) {
    return "%s %s: %s"
        .formatted(
            Words.number(count),
            plural,
            Words.names(examples.stream().map(IpAddress::toString).toList()));
  }

  /// Returns `10.0.3.17/32`.
  static String block(IpAddress address) {
    return address + (address.isIpv4() ? "/32" : "/128");
  }

  static NextStep sentence(String text) {
    return new NextStep.Sentence(text);
  }

  /// Returns a question about the network interface of an address, and what no answer means.
  static List<NextStep> whoseHost(String label, String command) {
    return List.of(
        new NextStep.Labelled(label, command),
        sentence(
            "No result: it is in another account or Region, a peered network, or on-premises."));
  }

  /// Returns whether accepted records are read, so that their absence says something.
  final boolean isAcceptedRead() {
    return context.traffic().hasAccepted();
  }

  /// Returns that it is not known what else a source reached, and where to look.
  ///
  /// @param what `anything else`
  final String notKnownToReach(String what) {
    return "Whether it reached "
        + what
        + " is not known"
        + (isAcceptedRead() ? "" : ", as accepted records are not read")
        // Without a link there are no records below.
        + (link() == null ? "." : "; its records show it if accepted traffic is logged.");
  }

  /// Returns steps for traffic from outside that the rules reject: they do what they should.
  ///
  /// @param host the host that the source tried, `null` where there are several
  final List<NextStep> nothingToDo(IpAddress source, @Nullable IpAddress host) {
    return List.of(
        sentence(
            "Nothing to do tonight%s, unless %s is yours or a partner's and should get in."
                .formatted(isAcceptedRead() ? "" : " about what is rejected", source)),
        sentence(
            "By day: if %s need not be public, take away %s."
                .formatted(
                    host == null ? "these hosts" : host,
                    host == null
                        ? "their public addresses"
                        : host.isIpv4() ? "its public address" : "its route from the internet")));
  }

  /// Returns the question for what worked before.
  final NextStep whatChanged(String what) {
    return sentence(
        "If it worked before, look in CloudTrail for %s before %s UTC."
            .formatted(what, Words.dateMinute(alert.since())));
  }
}
