package dev.flowbell.alert;

import dev.flowbell.classify.AddressScope;
import dev.flowbell.record.IpAddress;
import dev.flowbell.summary.Counted;
import dev.flowbell.summary.FlowSummary;
import dev.flowbell.summary.SourceActivity;
import dev.flowbell.summary.TransportPort;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A digest in words, for people: a subject that is enough to decide whether to get up, and a text
/// that says of the most important finding what, who, where, when, why and what next, and of the
/// others a line each.
final class DigestText {
  /// The console refuses longer subjects. @see <a
  /// href="https://docs.aws.amazon.com/sns/latest/api/API_Publish.html">Publish</a> (read
  /// 2026-11-23: "less than 100 characters long")
  static final int MOST_SUBJECT_CHARACTERS = 99;

  private static final int OTHER_FINDINGS_TOLD = 3;
  private static final int PORTS_TOLD = 3;
  private static final String INDENT = " ".repeat(7);
  private static final int TCP = 6;
  private static final int UDP = 17;

  private static final DateTimeFormatter DATE_TIME = utc("uuuu-MM-dd HH:mm:ss");
  private static final DateTimeFormatter TIME = utc("HH:mm:ss");
  private static final DateTimeFormatter MINUTE = utc("HH:mm");
  private static final DateTimeFormatter DATE_MINUTE = utc("uuuu-MM-dd HH:mm");

  private final AlertDigest digest;
  private final FlowSummary summary;
  private final List<List<Alert>> findings;
  private final List<Alert> headline;

  DigestText(AlertDigest digest) {
    this.digest = digest;
    this.summary = digest.summary();
    this.findings = digest.findings();
    this.headline = findings.getFirst();
  }

  /// Returns one line of at most 99 characters of printable ASCII.
  String subject() {
    String more = findings.size() > 1 ? " (+%d more)".formatted(findings.size() - 1) : "";
    String subject = "[Flowbell] " + headlineWords();
    String where = headlinePlace();
    if (subject.length() + where.length() + more.length() <= MOST_SUBJECT_CHARACTERS) {
      return subject + where + more;
    }
    int room = MOST_SUBJECT_CHARACTERS - more.length();
    return (subject.length() <= room ? subject : subject.substring(0, room - 3) + "...") + more;
  }

  /// Returns the subject without the name in front.
  String headlineWords() {
    Alert alert = headline.getFirst();
    SourceActivity activity = alert.activity();
    return activity == null ? payloadWords(alert) : sourceWords(activity);
  }

  /// Returns the lines of the text, joined.
  String body() {
    return Stream.of(
            story(),
            line("ALSO", others()),
            line("NEXT", nextSteps()),
            line("QUIET", List.of(quiet())))
        .flatMap(List::stream)
        .collect(Collectors.joining("\n", "", "\n"));
  }

  /// Returns what, who, where, when and why, a line or two each, without what to do next.
  List<String> story() {
    Alert alert = headline.getFirst();
    SourceActivity activity = alert.activity();
    List<String> lines = new ArrayList<>();
    if (activity == null) {
      lines.addAll(line("WHAT", List.of(payloadWords(alert) + payloadDetail(alert))));
      lines.addAll(line("WHERE", List.of(payloadPlace(alert))));
      lines.addAll(line("WHEN", List.of(when(summary.first(), summary.last()))));
    } else {
      lines.addAll(line("WHAT", List.of(what(activity))));
      lines.addAll(line("WHO", List.of(who(activity))));
      lines.addAll(line("WHERE", where(activity)));
      lines.addAll(line("WHEN", List.of(when(activity.first(), activity.last()))));
    }
    lines.addAll(line("WHY", List.of(why())));
    return lines;
  }

  /// Returns what the reader can do, one step a line.
  List<String> nextSteps() {
    List<String> steps = new ArrayList<>();
    SourceActivity activity = headline.getFirst().activity();
    String link = insightsLink();
    if (link != null) {
      steps.add("See all of it:   " + link);
    }
    if (activity == null) {
      steps.addAll(payloadSteps());
      return steps;
    }
    if (Plain.isId(activity.interfaceId(), "eni-")) {
      steps.add(
          "What blocks it:  aws ec2 describe-network-interfaces --network-interface-ids "
              + activity.interfaceId()
              + " --query 'NetworkInterfaces[].[Groups,SubnetId]'");
    }
    if (Plain.isId(activity.subnetId(), "subnet-")) {
      steps.add(
          "                 aws ec2 describe-network-acls --filters"
              + " Name=association.subnet-id,Values="
              + activity.subnetId());
    }
    String target =
        activity.topHosts().isEmpty()
            ? "the destination"
            : activity.topHosts().getFirst().value().toString();
    steps.add(
        "Should it pass?  Open "
            + target
            + (activity.maskedBy() == null
                ? " to " + activity.source() + "."
                : " to the original source %s, not to %s."
                    .formatted(activity.source(), activity.maskedBy())));
    return steps;
  }

  /// Returns a link that shows the headline's records, `null` where there is no log group to look
  /// in or its Region isn't known.
  @Nullable String insightsLink() {
    if (digest.region() == null || summary.origin().logGroup().isEmpty()) {
      return null;
    }
    SourceActivity activity = headline.getFirst().activity();
    Instant first = activity == null ? summary.first() : activity.first();
    Instant last = activity == null ? summary.last() : activity.last();
    Duration margin = Duration.ofMinutes(30);
    return InsightsLink.of(
        digest.region(),
        summary.origin().logGroup(),
        InsightsLink.queryFor(activity == null ? null : activity.source()),
        (first == null ? summary.arrival() : first).minus(margin),
        (last == null ? summary.arrival() : last).plus(margin));
  }

  String quiet() {
    String suppressed =
        digest.suppressed() == 0 || digest.suppressedSince() == null
            ? ""
            : " %s suppressed since %s."
                .formatted(
                    counted(digest.suppressed(), "alert"), MINUTE.format(digest.suppressedSince()));
    return "The same stays quiet here until "
        + DATE_MINUTE.format(digest.quietUntil())
        + " UTC."
        + suppressed;
  }

  // One source.

  private static String sourceWords(SourceActivity activity) {
    boolean isHandshakes = activity.blockedHandshakes() * 2 >= activity.rejects();
    String what =
        isHandshakes
            ? counted(activity.blockedHandshakes(), "blocked handshake")
            : counted(activity.rejects(), "rejected flow");
    int hosts = activity.probedHosts();
    String target =
        activity.topHosts().isEmpty()
            ? ""
            : hosts > 1
                ? " -> " + hosts + " hosts"
                : " -> " + activity.topHosts().getFirst().value();
    return what + ": " + activity.source() + target + portCount(activity);
  }

  private static String portCount(SourceActivity activity) {
    if (activity.topPorts().isEmpty()) {
      return "";
    }
    return activity.probedPorts() > 1
        ? ", " + activity.probedPorts() + " ports"
        : ", port " + portWords(activity.topPorts().getFirst().value());
  }

  private String headlinePlace() {
    SourceActivity activity = headline.getFirst().activity();
    String place =
        activity == null
            ? headline.getFirst().interfaceId()
            : activity.instanceId() != null ? activity.instanceId() : activity.interfaceId();
    return place == null ? "" : " (" + Plain.id(place) + ")";
  }

  private static String what(SourceActivity activity) {
    Instant first = activity.first();
    Instant last = activity.last();
    String within =
        first == null || last == null || !last.isAfter(first)
            ? ""
            : " within " + words(Duration.between(first, last));
    long others = activity.rejects() - activity.blockedHandshakes();
    StringBuilder what = new StringBuilder();
    if (activity.blockedHandshakes() > 0) {
      what.append(counted(activity.blockedHandshakes(), "TCP handshake"))
          .append(" blocked")
          .append(within)
          .append(" (action REJECT, SYN only)");
      if (others > 0) {
        what.append(", ").append(counted(others, "other flow")).append(" rejected");
      }
    } else {
      what.append(counted(activity.rejects(), "flow"))
          .append(" rejected")
          .append(within)
          .append(" (action REJECT)");
    }
    if (activity.strays() > 0) {
      what.append(", ")
          .append(grouped(activity.strays()))
          .append(" of them late packets of closed connections");
    }
    if (activity.bytes() > 0) {
      what.append(", ").append(counted(activity.bytes(), "byte")).append(" dropped");
    }
    return what.toString();
  }

  private static String who(SourceActivity activity) {
    StringBuilder who =
        new StringBuilder()
            .append(activity.source())
            .append(" (")
            .append(AddressScope.of(activity.source()).words());
    if (activity.service() != null) {
      who.append(", AWS ").append(Plain.id(activity.service()));
    }
    who.append(')');
    if (activity.maskedBy() != null) {
      who.append(", seen by the interface as ")
          .append(activity.maskedBy())
          .append(": hidden behind a NAT");
    }
    return who.toString();
  }

  private static List<String> where(SourceActivity activity) {
    List<String> lines = new ArrayList<>();
    if (!activity.topHosts().isEmpty()) {
      IpAddress host = activity.topHosts().getFirst().value();
      int more = Math.max(activity.probedHosts(), activity.topHosts().size()) - 1;
      lines.add(host + (more > 0 ? " and " + counted(more, "more host") : "") + ports(activity));
    }
    String place =
        Stream.of(
                place(activity.interfaceId(), activity.instanceId()),
                plainOrNull(activity.subnetId()),
                plainOrNull(activity.vpcId()),
                plainOrNull(activity.flowDirection()))
            .filter(Objects::nonNull)
            .collect(Collectors.joining(", "));
    if (!place.isEmpty()) {
      lines.add(place);
    }
    if (activity.rejectReason() != null) {
      lines.add("rejected for the reason " + Plain.id(activity.rejectReason()));
    }
    return lines.isEmpty() ? List.of("the records don't say") : lines;
  }

  private static String ports(SourceActivity activity) {
    List<Counted<TransportPort>> top = activity.topPorts();
    if (top.isEmpty()) {
      return "";
    }
    int distinct = Math.max(activity.probedPorts(), top.size());
    String told =
        top.stream()
            .limit(PORTS_TOLD)
            .map(port -> portWords(port.value()) + " (" + grouped(port.count()) + ")")
            .collect(Collectors.joining(", "));
    int more = distinct - Math.min(PORTS_TOLD, top.size());
    return (distinct > 1 ? " ports " : " port ") + told + (more > 0 ? ", " + more + " more" : "");
  }

  private static String portWords(TransportPort port) {
    String service = ServiceName.of(port.number());
    String protocol =
        switch (port.protocol()) {
          case TCP, -1 -> "";
          case UDP -> "/udp";
          default -> "/protocol " + port.protocol();
        };
    return port.number() + protocol + (service.isEmpty() ? "" : " " + service);
  }

  private static @Nullable String place(@Nullable String interfaceId, @Nullable String instanceId) {
    if (interfaceId == null) {
      return plainOrNull(instanceId);
    }
    return Plain.id(interfaceId) + (instanceId == null ? "" : " on " + Plain.id(instanceId));
  }

  private static @Nullable String plainOrNull(@Nullable String id) {
    return id == null ? null : Plain.id(id);
  }

  // The payload as a whole.

  private static String payloadWords(Alert alert) {
    return switch (alert.rule()) {
      case UNREADABLE_RECORDS -> counted(alert.flows(), "unreadable flow log record");
      case SKIPPED_WINDOWS -> counted(alert.flows(), "flow log window") + " skipped by AWS";
      case PORT_SCAN, HOST_SWEEP, BLOCKED_HANDSHAKES, NAT_MASKED_REJECTS, REJECTS ->
          throw new IllegalStateException(alert.rule() + ": expected an alert about a source");
    };
  }

  private String payloadDetail(Alert alert) {
    if (alert.rule() != AlertRule.UNREADABLE_RECORDS) {
      return " (log-status SKIPDATA)";
    }
    return summary.faults().entrySet().stream()
        .map(
            fault ->
                grouped(fault.getValue())
                    + " "
                    + fault.getKey().name().toLowerCase(Locale.ROOT).replace('_', ' '))
        .collect(Collectors.joining(", ", ": ", ""));
  }

  private String payloadPlace(Alert alert) {
    String from =
        summary.origin().logGroup().isEmpty()
            ? Plain.name(summary.origin().name())
            : "log group " + Plain.name(summary.origin().logGroup());
    return alert.interfaceId() == null ? from : Plain.id(alert.interfaceId()) + ", " + from;
  }

  private List<String> payloadSteps() {
    return switch (headline.getFirst().rule()) {
      case UNREADABLE_RECORDS ->
          List.of(
              "Which format?    aws ec2 describe-flow-logs --query"
                  + " 'FlowLogs[].[LogGroupName,LogFormat]'",
              "Make LOG_FORMAT the same as LogFormat of the flow logs that deliver here.");
      case SKIPPED_WINDOWS ->
          List.of("Nothing to mend here; check by other means what else happened at that time.");
      case PORT_SCAN, HOST_SWEEP, BLOCKED_HANDSHAKES, NAT_MASKED_REJECTS, REJECTS -> List.of();
    };
  }

  // Both.

  private String when(@Nullable Instant first, @Nullable Instant last) {
    if (last == null) {
      return "the records don't say; arrived " + DATE_TIME.format(summary.arrival()) + " UTC";
    }
    String span =
        first == null || !last.isAfter(first)
            ? DATE_TIME.format(last)
            : DATE_TIME.format(first) + "-" + endOf(first, last);
    Duration late = Duration.between(last, summary.arrival());
    return span
        + " UTC"
        + (late.isNegative() || late.isZero()
            ? ""
            : "; told " + words(late) + " later (flow logs are delivered late)");
  }

  private static String endOf(Instant first, Instant last) {
    boolean isSameDay =
        first
            .atOffset(ZoneOffset.UTC)
            .toLocalDate()
            .equals(last.atOffset(ZoneOffset.UTC).toLocalDate());
    return (isSameDay ? TIME : DATE_TIME).format(last);
  }

  private String why() {
    Alert alert = headline.getFirst();
    SourceActivity activity = alert.activity();
    String inside =
        activity != null && AddressScope.of(activity.source()).isInside()
            ? " It comes from inside: a host of yours, perhaps no longer yours alone."
            : "";
    String dropped = " A security group or network ACL dropped it; nothing got through.";
    return switch (alert.rule()) {
      case PORT_SCAN ->
          "%s from one source: a port scan.".formatted(counted(alert.count(), "port"))
              + dropped
              + inside;
      case HOST_SWEEP ->
          "%s tried by one source: a sweep.".formatted(counted(alert.count(), "address"))
              + dropped
              + inside;
      case BLOCKED_HANDSHAKES ->
          "The same source is blocked again and again: "
              + (inside.isEmpty()
                  ? "it is looking for a way in, or lacks a rule that lets it in."
                  : "something of yours can't connect, a rule is missing or has changed.")
              + dropped;
      case NAT_MASKED_REJECTS ->
          "The interface saw %s; rules and blocks that name it miss the original source."
              .formatted(activity == null ? "another address" : activity.maskedBy());
      case REJECTS -> "One source, many rejections." + dropped;
      case UNREADABLE_RECORDS ->
          "What these lines say is not counted: most often LOG_FORMAT differs from the flow log's.";
      case SKIPPED_WINDOWS ->
          "AWS could not keep all records, by its own account: counts are too low for that time.";
    };
  }

  private List<String> others() {
    List<String> lines = new ArrayList<>();
    for (List<Alert> finding : findings.subList(1, findings.size())) {
      if (lines.size() == OTHER_FINDINGS_TOLD) {
        lines.add("and " + (findings.size() - 1 - OTHER_FINDINGS_TOLD) + " more");
        break;
      }
      Alert alert = finding.getFirst();
      SourceActivity activity = alert.activity();
      lines.add(
          activity == null
              ? payloadWords(alert)
              : sourceWords(activity)
                  + (activity.maskedBy() == null ? "" : ", masked by " + activity.maskedBy()));
    }
    return lines;
  }

  private static List<String> line(String label, List<String> texts) {
    List<String> lines = new ArrayList<>();
    for (String text : texts) {
      String margin =
          lines.isEmpty() ? label + " ".repeat(INDENT.length() - label.length()) : INDENT;
      lines.add(margin + text);
    }
    return lines;
  }

  private static String counted(long count, String singular) {
    String plural = singular.endsWith("ss") ? singular + "es" : singular + "s";
    return grouped(count) + " " + (count == 1 ? singular : plural);
  }

  private static String grouped(long count) {
    return String.format(Locale.ROOT, "%,d", count);
  }

  private static String words(Duration span) {
    long seconds = span.toSeconds();
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3_600) {
      return seconds / 60 + " min" + (seconds % 60 == 0 ? "" : " " + seconds % 60 + " s");
    }
    if (seconds < 86_400) {
      return seconds / 3_600
          + " h"
          + (seconds / 60 % 60 == 0 ? "" : " " + seconds / 60 % 60 + " min");
    }
    return seconds / 86_400
        + " d"
        + (seconds / 3_600 % 24 == 0 ? "" : " " + seconds / 3_600 % 24 + " h");
  }

  private static DateTimeFormatter utc(String pattern) {
    return DateTimeFormatter.ofPattern(pattern, Locale.ROOT).withZone(ZoneOffset.UTC);
  }
}
