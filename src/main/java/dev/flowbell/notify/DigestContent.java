package dev.flowbell.notify;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a notification says, without the layout of any channel: a subject, sections that describe
/// the most important alert, a line for each of some others, and next steps.
final class DigestContent {
  /// SNS refuses longer subjects. @see <a
  /// href="https://docs.aws.amazon.com/sns/latest/api/API_Publish.html">Publish</a> (read
  /// 2026-11-23: "less than 100 characters long")
  static final int MOST_SUBJECT_CHARACTERS = 99;

  private static final int MOST_OTHERS = 3;

  /// How much time before and after an alert's records the link to Logs Insights shows.
  private static final Duration INSIGHTS_MARGIN = Duration.ofMinutes(30);

  private final AlertDigest digest;
  private final List<AlertDescription> descriptions;
  private final AlertDescription first;

  DigestContent(AlertDigest digest) {
    this.digest = digest;
    this.descriptions = digest.descriptions();
    this.first = descriptions.getFirst();
  }

  /// Returns one line of at most 99 characters of printable ASCII.
  String subject() {
    int others = descriptions.size() - 1;
    String more = others > 0 ? " (+" + Words.grouped(others) + " more)" : "";
    String place = first.place() == null ? "" : " (" + first.place() + ")";
    String subject = "[Flowbell] " + headline();
    if (subject.length() + place.length() + more.length() <= MOST_SUBJECT_CHARACTERS) {
      return subject + place + more;
    }
    int room = MOST_SUBJECT_CHARACTERS - more.length();
    return (subject.length() <= room ? subject : subject.substring(0, room - 3) + "...") + more;
  }

  /// Returns the subject without Flowbell's name and without the place.
  String headline() {
    return first.headline();
  }

  /// Returns the sections that describe the most important alert: `WHAT` to `WHY`.
  List<Section> description() {
    String who = first.who();
    return List.of(
        new Section("WHAT", List.of(first.what())),
        new Section("WHO", who == null ? List.of() : List.of(who)),
        new Section("WHERE", first.where()),
        new Section("WHEN", List.of(when())),
        new Section("WHY", List.of(first.why())));
  }

  /// Returns the section that mentions some of the other alerts, a line each. It has no lines where
  /// there are none.
  Section others() {
    List<AlertDescription> others = descriptions.subList(1, descriptions.size());
    List<String> lines = new ArrayList<>();
    others.stream().limit(MOST_OTHERS).map(AlertDescription::mention).forEach(lines::add);
    if (others.size() > MOST_OTHERS) {
      lines.add("and " + Words.grouped(others.size() - MOST_OTHERS) + " more");
    }
    return new Section("ALSO", lines);
  }

  /// Returns what the reader can do, at least one step.
  List<NextStep> nextSteps() {
    List<NextStep> steps = new ArrayList<>();
    String link = insightsLink();
    if (link != null) {
      steps.add(new NextStep.Labelled("See all of it:", link));
    }
    steps.addAll(first.nextSteps());
    return steps;
  }

  /// Returns the section about the cooldown.
  Section quiet() {
    Instant since = digest.suppressedSince();
    String suppressed =
        since == null
            ? ""
            : " %s suppressed since %s."
                .formatted(Words.counted(digest.suppressed(), "alert"), Words.minute(since));
    return new Section(
        "QUIET",
        List.of(
            "The same stays quiet here until "
                + Words.dateMinute(digest.quietUntil())
                + " UTC."
                + suppressed));
  }

  /// Returns a link that shows the records of the most important alert, `null` where the log group
  /// or its Region isn't known.
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
}
