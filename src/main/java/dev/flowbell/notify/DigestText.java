package dev.flowbell.notify;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A digest in words, for people: a subject that is enough to decide whether to get up, and a text
/// that says of the most important finding what, who, where, when, why and what next, and of the
/// others a line each.
final class DigestText {
  /// SNS refuses longer subjects. @see <a
  /// href="https://docs.aws.amazon.com/sns/latest/api/API_Publish.html">Publish</a> (read
  /// 2026-11-23: "less than 100 characters long")
  static final int MOST_SUBJECT_CHARACTERS = 99;

  private static final int OTHER_FINDINGS_TOLD = 3;
  private static final int LABEL_WIDTH = 7;

  /// What stands around a finding is worth a look, too.
  private static final Duration INSIGHTS_MARGIN = Duration.ofMinutes(30);

  private final AlertDigest digest;
  private final List<Story> stories;
  private final Story first;

  DigestText(AlertDigest digest) {
    this.digest = digest;
    this.stories = digest.stories();
    this.first = stories.getFirst();
  }

  /// Returns one line of at most 99 characters of printable ASCII.
  String subject() {
    String more = stories.size() > 1 ? " (+" + Words.grouped(stories.size() - 1) + " more)" : "";
    String place = first.place() == null ? "" : " (" + first.place() + ")";
    String subject = "[Flowbell] " + headline();
    if (subject.length() + place.length() + more.length() <= MOST_SUBJECT_CHARACTERS) {
      return subject + place + more;
    }
    int room = MOST_SUBJECT_CHARACTERS - more.length();
    return (subject.length() <= room ? subject : subject.substring(0, room - 3) + "...") + more;
  }

  /// Returns the subject without the name in front and the place behind.
  String headline() {
    return first.headline();
  }

  /// Returns the whole text, of about 15 lines.
  String body() {
    return Stream.of(
            story(),
            labelled("ALSO", others()),
            labelled("NEXT", nextSteps()),
            labelled("QUIET", List.of(quiet())))
        .flatMap(List::stream)
        .collect(Collectors.joining("\n", "", "\n"));
  }

  /// Returns the lines for what, who, where, when and why, each with its label.
  List<String> story() {
    String who = first.who();
    return Stream.of(
            labelled("WHAT", List.of(first.what())),
            labelled("WHO", who == null ? List.of() : List.of(who)),
            labelled("WHERE", first.where()),
            labelled("WHEN", List.of(when())),
            labelled("WHY", List.of(first.why())))
        .flatMap(List::stream)
        .toList();
  }

  /// Returns what the reader can do, one step a line.
  List<String> nextSteps() {
    List<String> steps = new ArrayList<>();
    String link = insightsLink();
    if (link != null) {
      steps.add("See all of it:   " + link);
    }
    steps.addAll(first.nextSteps());
    return steps;
  }

  /// Returns a link that shows the records of the most important finding, `null` where there is no
  /// log group to look in or its Region isn't known.
  @Nullable String insightsLink() {
    String logGroup = digest.summary().origin().logGroup();
    if (digest.region() == null || logGroup.isEmpty()) {
      return null;
    }
    Instant arrival = digest.summary().arrival();
    return InsightsLink.of(
        digest.region(),
        logGroup,
        first.insightsQuery(),
        Objects.requireNonNullElse(first.first(), arrival).minus(INSIGHTS_MARGIN),
        Objects.requireNonNullElse(first.last(), arrival).plus(INSIGHTS_MARGIN));
  }

  private String when() {
    Instant start = first.first();
    Instant end = first.last();
    Instant arrival = digest.summary().arrival();
    if (end == null) {
      return "the records don't say; arrived " + Words.dateTime(arrival) + " UTC";
    }
    String period =
        start == null || !end.isAfter(start) ? Words.dateTime(end) : Words.period(start, end);
    return period
        + " UTC"
        + (arrival.isAfter(end)
            ? "; told "
                + Words.span(Duration.between(end, arrival))
                + " later (flow logs are delivered late)"
            : "");
  }

  private String quiet() {
    Instant since = digest.suppressedSince();
    return "The same stays quiet here until "
        + Words.dateMinute(digest.quietUntil())
        + " UTC."
        + (since == null
            ? ""
            : " %s suppressed since %s."
                .formatted(Words.counted(digest.suppressed(), "alert"), Words.minute(since)));
  }

  private List<String> others() {
    List<Story> others = stories.subList(1, stories.size());
    List<String> lines = new ArrayList<>();
    others.stream().limit(OTHER_FINDINGS_TOLD).map(Story::mention).forEach(lines::add);
    if (others.size() > OTHER_FINDINGS_TOLD) {
      lines.add("and " + Words.grouped(others.size() - OTHER_FINDINGS_TOLD) + " more");
    }
    return lines;
  }

  private static List<String> labelled(String label, List<String> texts) {
    List<String> lines = new ArrayList<>();
    for (String text : texts) {
      String margin = lines.isEmpty() ? label : "";
      lines.add(margin + " ".repeat(LABEL_WIDTH - margin.length()) + text);
    }
    return lines;
  }
}
