package dev.flowbell.cli;

import dev.flowbell.backtest.Backtest;
import dev.flowbell.backtest.Change;
import dev.flowbell.backtest.Comparison;
import dev.flowbell.backtest.Difference;
import dev.flowbell.backtest.Mail;
import dev.flowbell.backtest.SilentRejects;
import dev.flowbell.backtest.Span;
import dev.flowbell.backtest.Trial;
import dev.flowbell.judge.Alert;
import dev.flowbell.judge.Rule;
import dev.flowbell.judge.Severity;
import dev.flowbell.judge.Thresholds;
import dev.flowbell.notify.AlertWords;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/// A backtest's report as text. All times are UTC.
final class BacktestText {
  private static final int MOST_CAUSES = 10;
  private static final int MOST_NAMES = 5;
  private static final int MOST_DAYS = 31;
  private static final int MOST_GAPS = 3;
  private static final int WIDEST_BAR = 40;

  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT).withZone(ZoneOffset.UTC);

  private final Backtest backtest;
  private final BacktestSettings settings;
  private final String selection;
  private final PrintStream out;

  /// Creates a report.
  ///
  /// @param selection which records were read, as the command line says it; empty for all
  BacktestText(Backtest backtest, BacktestSettings settings, String selection, PrintStream out) {
    this.backtest = backtest;
    this.settings = settings;
    this.selection = selection;
    this.out = out;
  }

  /// Prints one line for each mail.
  static void printList(List<Mail> mails, PrintStream out) {
    int number = 0;
    for (Mail mail : mails) {
      out.printf(
          "%4d  %s  %-6s  %s%n",
          ++number, minute(mail.at()), words(mail.message().severity()), mail.message().subject());
    }
  }

  /// Prints the report.
  void print() {
    printHead();
    printTimes();
    printRules();
    printCauses();
    printHeld();
    printSilent();
    printComparisons();
    printAdvice();
  }

  private void printHead() {
    Span span = backtest.span();
    out.printf(
        Locale.ROOT,
        "%s to %s UTC: %s, %s%n",
        minute(span.first()),
        minute(span.last()),
        length(span),
        counted(backtest.records(), "record"));
    out.println(gapWords(span));
    if (!selection.isEmpty()) {
      out.println("Only " + plain(selection));
    }
    Map<String, String> changed = settings.changed();
    String from = settings.stack() == null ? "" : " of stack " + plain(settings.stack());
    out.println(
        changed.isEmpty()
            ? "Settings" + from + ": the defaults"
            : "Settings" + from + " that differ from the defaults:");
    changed.forEach((name, value) -> out.println("  " + name + " " + plain(value)));
    Trial now = backtest.now();
    String verdict =
        now.mails().isEmpty()
            ? "No mail at all."
            : "%s mails a day%s: %s, %s."
                .formatted(
                    perDay(now),
                    span.steps() < Span.STEPS_OF_DAY ? ", if it went on like that" : "",
                    counted(now.mails().size(), "mail"),
                    severities(now));
    String target =
        backtest.target() == null
            ? ""
            : (backtest.isAboveTarget() ? " ABOVE" : " Not above")
                + " the target of "
                + number(backtest.target())
                + " a day.";
    out.printf("%n%s%s%n", verdict, target);
  }

  private static String length(Span span) {
    return span.steps() < 2 * Span.STEPS_OF_DAY
        ? String.format(Locale.ROOT, "%.1f hours", span.steps() / 6.0)
        : String.format(Locale.ROOT, "%.1f days", (double) span.steps() / Span.STEPS_OF_DAY);
  }

  private static String gapWords(Span span) {
    if (span.gaps().isEmpty()) {
      return "No gaps.";
    }
    List<String> longest =
        span.gaps().stream()
            .sorted(Comparator.comparing(BacktestText::lengthOf).reversed())
            .limit(MOST_GAPS)
            .map(BacktestText::words)
            .toList();
    return String.format(
        Locale.ROOT,
        "GAPS without any record, %.0f %% of the time: %s%s. They are left out of mails a day.",
        Math.max(1, span.gapShare() * 100),
        String.join(", ", longest),
        span.gaps().size() > MOST_GAPS
            ? " and %d more".formatted(span.gaps().size() - MOST_GAPS)
            : "");
  }

  /// Returns the longest gap in words.
  static String longestOf(List<Span.Gap> gaps) {
    return gaps.stream()
        .max(Comparator.comparing(BacktestText::lengthOf))
        .map(BacktestText::words)
        .orElse("");
  }

  private static Duration lengthOf(Span.Gap gap) {
    return Duration.between(gap.from(), gap.until());
  }

  private static String words(Span.Gap gap) {
    Duration length = lengthOf(gap);
    return "%s (%d h %02d min)"
        .formatted(minute(gap.from()), length.toHours(), length.toMinutesPart());
  }

  private void printTimes() {
    List<Mail> mails = backtest.now().mails();
    if (mails.isEmpty()) {
      return;
    }
    Map<LocalDate, Integer> byDay = new LinkedHashMap<>();
    LocalDate last = dayOf(backtest.span().last());
    for (LocalDate day = dayOf(backtest.span().first());
        !day.isAfter(last);
        day = day.plusDays(1)) {
      byDay.put(day, 0);
    }
    int[] byHour = new int[24];
    for (Mail mail : mails) {
      byDay.merge(dayOf(mail.at()), 1, Integer::sum);
      byHour[mail.at().atOffset(ZoneOffset.UTC).getHour()]++;
    }
    out.printf("%nMAILS BY DAY%n");
    int most = byDay.values().stream().mapToInt(Integer::intValue).max().orElse(1);
    byDay.entrySet().stream()
        .filter(day -> byDay.size() <= MOST_DAYS || day.getValue() > 0)
        .forEach(
            day ->
                out.println(
                    "  %s %s %5s  %s"
                        .formatted(
                            day.getKey()
                                .getDayOfWeek()
                                .getDisplayName(TextStyle.SHORT, Locale.ROOT),
                            day.getKey(),
                            zeroAsDot(day.getValue()),
                            "#"
                                .repeat(
                                    Math.ceilDiv(
                                        day.getValue() * Math.min(WIDEST_BAR, most), most)))
                        .stripTrailing()));
    out.printf("%nMAILS BY HOUR OF DAY (UTC)%n ");
    for (int hour = 0; hour < byHour.length; hour++) {
      out.printf(" %02d", hour);
    }
    out.print("\n ");
    for (int count : byHour) {
      out.printf(" %2s", count == 0 ? "." : String.valueOf(count));
    }
    out.println();
  }

  private void printRules() {
    if (backtest.now().mails().isEmpty()) {
      return;
    }
    out.printf("%nMAILS BY RULE%n");
    String row = "  %-22s %6s %6s %6s %6s%n";
    out.printf(row, "rule", "mails", "HIGH", "MEDIUM", "LOW");
    for (Rule rule : Rule.values()) {
      printRule(
          row,
          rule.key(),
          backtest.now().mails().stream()
              .filter(mail -> !mail.message().isDigest())
              .filter(mail -> mail.alerts().getFirst().rule() == rule)
              .toList());
    }
    printRule(
        row,
        "digest",
        backtest.now().mails().stream().filter(mail -> mail.message().isDigest()).toList());
  }

  private void printRule(String row, String name, List<Mail> mails) {
    if (!mails.isEmpty()) {
      Trial trial = new Trial(mails, List.of());
      out.printf(
          row,
          name,
          mails.size(),
          zeroAsDot(trial.count(Severity.HIGH)),
          zeroAsDot(trial.count(Severity.MEDIUM)),
          zeroAsDot(trial.count(Severity.LOW)));
    }
  }

  private void printCauses() {
    List<Trial.Cause> causes = backtest.now().causes();
    if (causes.isEmpty()) {
      return;
    }
    out.printf("%nLOUDEST CAUSES%n");
    for (Trial.Cause cause : causes.subList(0, Math.min(MOST_CAUSES, causes.size()))) {
      out.printf(
          "  %-9s %-6s %s%n",
          counted(cause.mails(), "mail"), words(cause.severity()), headline(cause.alert()));
      out.printf(
          "      %s to %s%s; for QUIET: %s%n",
          minute(cause.alert().since()),
          minute(cause.last()),
          cause.episodes() == 1 ? "" : ", " + counted(cause.episodes(), "episode"),
          plain(AlertWords.quietEntry(cause.alert())));
    }
    if (causes.size() > MOST_CAUSES) {
      out.printf("  and %s%n", counted(causes.size() - MOST_CAUSES, "more cause"));
    }
  }

  private void printHeld() {
    Trial now = backtest.now();
    out.printf("%nHELD BACK%n");
    List<Alert> held = now.held();
    out.println(
        held.isEmpty()
            ? "  By ALERT_MAIL_LIMIT: nothing"
            : "  By ALERT_MAIL_LIMIT: %s, named in %s"
                .formatted(counted(held.size(), "alert"), counted(now.digests(), "digest")));
    Map<String, List<Alert>> quieted = new LinkedHashMap<>();
    now.quieted()
        .forEach(each -> quieted.computeIfAbsent(each.key(), _ -> new ArrayList<>()).add(each));
    out.println(
        "  By QUIET: " + (quieted.isEmpty() ? "nothing" : counted(quieted.size(), "cause")));
    quieted.values().stream()
        .limit(MOST_CAUSES)
        .forEach(
            alerts ->
                out.printf(
                    "    %-6s %s, %s%n",
                    words(alerts.getFirst().severity()),
                    headline(alerts.getFirst()),
                    minute(alerts.getFirst().until())));
    if (quieted.size() > MOST_CAUSES) {
      out.printf("    and %s%n", counted(quieted.size() - MOST_CAUSES, "more cause"));
    }
  }

  private void printSilent() {
    if (backtest.silent().isEmpty()) {
      return;
    }
    out.printf("%nBIG, AND NEVER RANG%n");
    for (SilentRejects each : backtest.silent()) {
      String plus = each.isAtLeast() ? "+" : "";
      String where =
          each.kind() == SilentRejects.Kind.INSIDE
              ? "to %s, from %s%s"
                  .formatted(each.who(), counted(each.sources(), "host"), plus + " inside")
              : "from %s to %s%s, %s%s"
                  .formatted(
                      each.who(),
                      counted(each.hosts(), "host"),
                      plus,
                      counted(each.ports(), "port"),
                      plus);
      out.printf(Locale.ROOT, "  %,9d rejects %s%n", each.records(), where);
      out.printf("            %s%n", whyOf(each));
    }
  }

  private String whyOf(SilentRejects each) {
    String busiest = String.format(Locale.ROOT, "%,d in the busiest hour", each.busiestHour());
    return switch (each.kind()) {
      case INSIDE ->
          "Inside, %s. Rings for one host in %s or at %s, and for %s at once."
              .formatted(
                  busiest,
                  limit(Thresholds.Name.BLOCKED_MINUTES, "minute"),
                  limit(Thresholds.Name.BLOCKED_RECORDS, "record"),
                  limit(Thresholds.Name.BLOCKED_SOURCES, "host"));
      case OUTSIDE ->
          "Outside, %s. Rings at %s or %s of one host in an hour."
              .formatted(
                  busiest,
                  limit(Thresholds.Name.OUTSIDE_SCAN_PORTS, "port"),
                  limit(Thresholds.Name.REJECTS, "record"));
      case ANSWERS -> "Answers, %s. They ring only for a server inside.".formatted(busiest);
      case LATE_PACKETS -> "Late packets of closed connections never ring.";
      case BROADCAST -> "What goes to broadcast and multicast addresses never rings.";
    };
  }

  private String limit(Thresholds.Name name, String what) {
    int value = backtest.policy().thresholds().values().getOrDefault(name, 0);
    return value == 0 ? "no number of " + what + "s" : counted(value, what);
  }

  private void printComparisons() {
    List<Comparison> comparisons = backtest.comparisons();
    if (comparisons.isEmpty()) {
      return;
    }
    out.printf("%nWITH ONE SETTING CHANGED%n");
    printRow("setting", "a day", "mails", "HIGH", "MEDIUM", "LOW", "compared with now");
    printComparison("as it is", backtest.now(), "");
    List<String> same = new ArrayList<>();
    for (Comparison each : comparisons) {
      boolean isSame =
          each.difference().isNone()
              && each.trial().mails().size() == backtest.now().mails().size();
      if (isSame) {
        same.add(words(each.change()));
      } else {
        printComparison(words(each.change()), each.trial(), inShort(each.difference()));
      }
    }
    if (!same.isEmpty()) {
      printWrapped("  No difference: " + String.join(", ", same), "    ");
    }
    printNames("Lost", Difference::lost);
    printNames("Only in a digest", Difference::late);
    printNames("Added", Difference::gained);
  }

  private void printComparison(String name, Trial trial, String difference) {
    printRow(
        name,
        perDay(trial),
        zeroAsDot(trial.mails().size()),
        zeroAsDot(trial.count(Severity.HIGH)),
        zeroAsDot(trial.count(Severity.MEDIUM)),
        zeroAsDot(trial.count(Severity.LOW)),
        difference);
  }

  private void printRow(Object... cells) {
    out.println(
        String.format(Locale.ROOT, "  %-24s %6s %6s %5s %6s %5s  %s", cells).stripTrailing());
  }

  private static String inShort(Difference difference) {
    List<String> parts = new ArrayList<>();
    if (!difference.lost().isEmpty()) {
      parts.add("loses " + bySeverity(difference.lost()));
    }
    if (!difference.late().isEmpty()) {
      parts.add(bySeverity(difference.late()) + " only in a digest");
    }
    if (!difference.gained().isEmpty()) {
      parts.add("adds " + bySeverity(difference.gained()));
    }
    return parts.isEmpty() ? "the same causes" : String.join("; ", parts);
  }

  private static String bySeverity(List<Trial.Episode> episodes) {
    return List.of(Severity.HIGH, Severity.MEDIUM, Severity.LOW).stream()
        .filter(severity -> countOf(severity, episodes) > 0)
        .map(severity -> countOf(severity, episodes) + " " + words(severity))
        .collect(Collectors.joining(", "));
  }

  private static long countOf(Severity severity, List<Trial.Episode> episodes) {
    return episodes.stream().filter(each -> each.severity() == severity).count();
  }

  /// Prints which causes differ, once for all changes with the same ones.
  private void printNames(String what, Function<Difference, List<Trial.Episode>> episodesOf) {
    Map<List<Trial.Episode>, List<String>> changes = new LinkedHashMap<>();
    for (Comparison each : backtest.comparisons()) {
      changes
          .computeIfAbsent(episodesOf.apply(each.difference()), _ -> new ArrayList<>())
          .add(words(each.change()));
    }
    changes.forEach(
        (episodes, names) ->
            printNames("  " + what + " with " + String.join(", ", names), episodes));
  }

  private void printNames(String title, List<Trial.Episode> episodes) {
    if (episodes.isEmpty()) {
      return;
    }
    out.println(title + ":");
    Map<String, List<Trial.Episode>> byKey = new LinkedHashMap<>();
    episodes.stream()
        .sorted(Comparator.comparing(Trial.Episode::severity).reversed())
        .forEach(
            each -> byKey.computeIfAbsent(each.alert().key(), _ -> new ArrayList<>()).add(each));
    byKey.values().stream()
        .limit(MOST_NAMES)
        .forEach(
            ofCause ->
                out.printf(
                    "    %-6s %s, %s%s%n",
                    words(ofCause.getFirst().severity()),
                    headline(ofCause.getFirst().alert()),
                    minute(ofCause.getFirst().alert().until()),
                    ofCause.size() == 1 ? "" : " and %d more times".formatted(ofCause.size() - 1)));
    if (byKey.size() > MOST_NAMES) {
      out.printf(
          "    and %s, see --output json%n", counted(byKey.size() - MOST_NAMES, "more cause"));
    }
  }

  private void printAdvice() {
    Backtest.Advice advice = backtest.advice();
    if (advice == null || backtest.target() == null) {
      return;
    }
    out.printf("%nTO STAY AT %s A DAY, WITHOUT LOSING A HIGH%n", number(backtest.target()));
    Comparison change = advice.change();
    Comparison quiet = advice.quiet();
    if (change != null) {
      out.printf("  Set %s: %s mails a day.%n", words(change.change()), perDay(change.trial()));
      printLost(change);
    }
    if (quiet != null) {
      out.printf(
          "  %s you know these causes and expect them, add them to QUIET: %s mails a day.%n",
          change == null ? "If" : "Or, if", perDay(quiet.trial()));
      printLost(quiet);
    }
    if (change == null && quiet == null) {
      Trial.Cause loudest = advice.loudest();
      out.println("  No single change that was tried does that, and no few entries of QUIET.");
      out.printf(
          "  The loudest cause, with %s: %s %s%n",
          counted(loudest.mails(), "mail"), words(loudest.severity()), headline(loudest.alert()));
      out.println("  If you know it and expect it, this silences it:");
      printSetting("QUIET", entryAdded(plain(AlertWords.quietEntry(loudest.alert()))));
    }
  }

  private void printLost(Comparison comparison) {
    Difference difference = comparison.difference();
    if (difference.lost().isEmpty() && difference.late().isEmpty()) {
      out.println("  It loses nothing.");
    }
    printNames("  It loses", difference.lost());
    printNames("  It puts into a digest", difference.late());
    printSetting(comparison.change().setting(), plain(comparison.change().settingValue()));
  }

  private String entryAdded(String entry) {
    return settings.quiet().isEmpty() ? entry : plain(settings.quiet()) + "; " + entry;
  }

  private void printSetting(String name, String value) {
    out.printf(
        "  to try:  flowbell backtest ... %s '%s'%n", BacktestSettings.optionOf(name), value);
    out.printf(
        "  to keep: sam deploy --parameter-overrides '%s=\"%s\"'%n",
        BacktestSettings.parameterOf(name), value);
  }

  private void printWrapped(String text, String margin) {
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ", -1)) {
      if (line.length() + word.length() > 90) {
        out.println(line.toString().stripTrailing());
        line = new StringBuilder(margin);
      }
      line.append(word).append(' ');
    }
    out.println(line.toString().stripTrailing());
  }

  private String severities(Trial trial) {
    String words =
        List.of(Severity.HIGH, Severity.MEDIUM, Severity.LOW).stream()
            .filter(severity -> trial.count(severity) > 0)
            .map(severity -> trial.count(severity) + " " + words(severity))
            .collect(Collectors.joining(", "));
    return trial.count(Severity.HIGH) == 0 ? words + ", no HIGH" : words;
  }

  private String perDay(Trial trial) {
    double perDay = backtest.mailsADay(trial);
    return perDay == 0
        ? "0"
        : String.format(
            Locale.ROOT, perDay >= 100 ? "%,.0f" : perDay >= 1 ? "%.1f" : "%.2f", perDay);
  }

  private static String number(double number) {
    return number == Math.rint(number)
        ? String.format(Locale.ROOT, "%,.0f", number)
        : String.valueOf(number);
  }

  private static String words(Change change) {
    return plain(change.words());
  }

  private static String words(Severity severity) {
    return severity.key().toUpperCase(Locale.ROOT);
  }

  private static String headline(Alert alert) {
    return plain(AlertWords.headline(alert));
  }

  private static String zeroAsDot(long count) {
    return count == 0 ? "." : String.valueOf(count);
  }

  /// Replaces characters that a terminal could take for a command.
  private static String plain(String text) {
    return text.replaceAll("[^\\x20-\\x7e]", "?");
  }

  private static LocalDate dayOf(Instant time) {
    return time.atOffset(ZoneOffset.UTC).toLocalDate();
  }

  /// Returns `2026-11-22 10:14`.
  static String minute(Instant time) {
    return MINUTE.format(time);
  }

  private static String counted(long count, String singular) {
    return String.format(Locale.ROOT, "%,d %s%s", count, singular, count == 1 ? "" : "s");
  }
}
