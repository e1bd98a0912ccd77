package dev.flowbell.report;

import dev.flowbell.record.FlowField;
import dev.flowbell.report.TextTable.Column;
import java.io.PrintStream;
import java.time.Instant;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/// A report for a terminal.
public final class ReportText {
  private static final int TOP = 10;
  private static final int TOP_GAPS = 3;
  private static final String BOLD = "1";
  private static final String RED = "1;31";

  private final Report report;
  private final int width;
  private final boolean isColored;

  /// Creates the text.
  ///
  /// @param width how many columns the terminal has
  /// @param isColored whether it shows colors
  public ReportText(Report report, int width, boolean isColored) {
    this.report = report;
    this.width = width;
    this.isColored = isColored;
  }

  /// Prints the text.
  public void print(PrintStream out) {
    printWrapped(Verdict.of(report), report.inside().isEmpty() ? BOLD : RED, out);
    if (report.coverage().isInterrupted()) {
      out.println(painted(RED, "INCOMPLETE: interrupted; this is what was read until then"));
    }
    printCoverage(out);
    printHours(out);
    printSources("INSIDE: WHO WAS BLOCKED", report.inside(), out);
    printSources("OUTSIDE: WHO WAS BLOCKED", report.outside(), out);
    printOthers(report.others().sources(), "sources", out);
    printUnknown(Fact.HANDSHAKES, out);
    printBlockers(out);
    printTargets(out);
    printNatDevices(out);
    printPassed(out);
    printNoise(out);
  }

  private void printCoverage(PrintStream out) {
    Coverage coverage = report.coverage();
    heading("COVERAGE", out);
    out.printf(
        "  %s read, %s",
        Words.counted(coverage.inputs(), "input"),
        Words.counted(report.totals().records(), "record"));
    Instant first = coverage.first();
    Instant last = coverage.last();
    if (first != null && last != null) {
      out.printf(
          "%n  %s to %s UTC, %s", Words.time(first), Words.time(last), Words.span(first, last));
    }
    out.println();
    if (!report.origin().selection().isEmpty()) {
      printWrapped("  Only " + Words.plain(report.origin().selection()), "", out);
    }
    if (report.origin().isRedacted()) {
      out.println("  Addresses and ids are replaced.");
    }
    printUnread(out);
    printGaps(out);
    if (coverage.skippedWindows() > 0) {
      printWrapped(
          "  "
              + Words.counted(coverage.skippedWindows(), "skipped window")
              + ": AWS left out their records",
          "",
          out);
    }
    CoverageWords.faults(coverage).forEach(line -> printWrapped("  " + line, "", out));
    List<String> unknown = CoverageWords.unknown(report);
    if (!unknown.isEmpty()) {
      printWrapped("  n/a: " + String.join("; ", unknown), "", out);
    }
  }

  private void printUnread(PrintStream out) {
    List<String> unread = report.coverage().unread();
    if (unread.isEmpty()) {
      return;
    }
    out.println("  " + painted(RED, Words.counted(unread.size(), "input") + " could not be read:"));
    unread.stream()
        .limit(TOP)
        .forEach(line -> printWrapped("    " + Words.plain(line, 500), "", out));
    printMore(unread.size(), TOP, "input", out);
  }

  private void printGaps(PrintStream out) {
    List<Coverage.Gap> gaps = report.coverage().gaps();
    for (Coverage.Gap gap : gaps.subList(0, Math.min(TOP_GAPS, gaps.size()))) {
      out.printf(
          "  no records from %s to %s, %s%n",
          Words.time(gap.from()), Words.time(gap.until()), Words.span(gap.from(), gap.until()));
    }
    printMore(gaps.size(), TOP_GAPS, "gap", out);
  }

  private void printHours(PrintStream out) {
    if (report.totals().rejected() == 0 || report.hours().isEmpty()) {
      return;
    }
    heading("REJECTS BY HOUR, from " + Words.time(report.hours().getFirst().begin()), out);
    Sparkline line = new Sparkline(report, width - 4);
    out.println("  " + line.line());
    printWrapped("  " + line.legend(), "", out);
  }

  private void printSources(String title, List<Source> sources, PrintStream out) {
    if (sources.isEmpty()) {
      return;
    }
    heading(title, out);
    TextTable table =
        new TextTable(
            Column.text("source"),
            Column.text("manner"),
            Column.number("rejects"),
            Column.number("handshakes"),
            Column.number("ports"),
            Column.number("hosts"),
            Column.extra("interfaces"),
            Column.extra("first"),
            Column.extra("last"),
            Column.extra("by way of"));
    rows(sources, table, this::addSource);
    table.print(out, width);
    printMore(sources.size(), TOP, "source", out);
  }

  private void addSource(Source source, TextTable table) {
    table.add(
        source.address().toString(),
        Words.manner(source.manner()),
        Words.number(source.rejects()),
        numberIf(Fact.HANDSHAKES, source.handshakes()),
        numberIf(Fact.PORTS, source.ports()),
        numberIf(Fact.HOSTS, source.hosts()),
        numberIf(Fact.INTERFACES, source.interfaces()),
        Words.time(source.first()),
        Words.time(source.last()),
        Words.addresses(source.maskedBy()));
  }

  private void printBlockers(PrintStream out) {
    List<Told> explained =
        report.alerts().stream().filter(alert -> alert.blockedBy() != null).toList();
    if (explained.isEmpty()) {
      return;
    }
    heading("WHICH RULE BLOCKS (RULES OF NOW)", out);
    for (Told alert : explained.subList(0, Math.min(TOP, explained.size()))) {
      printWrapped("  " + Words.plain(alert.subject()), "", out);
      printWrapped("    " + Words.plain(String.valueOf(alert.blockedBy()), 500), "", out);
    }
    printMore(explained.size(), TOP, "notification", out);
  }

  private void printTargets(PrintStream out) {
    if (report.targets().isEmpty()) {
      return;
    }
    heading("WHERE", out);
    TextTable table =
        new TextTable(Column.text("target"), Column.number("rejects"), Column.number("sources"));
    rows(
        report.targets(),
        table,
        (target, rows) ->
            rows.add(
                target.door().toString(),
                Words.number(target.rejects()),
                numberIf(Fact.SOURCES, target.sources())));
    table.print(out, width);
    printMore(report.targets().size(), TOP, "target", out);
    printOthers(report.others().targets(), "targets", out);
  }

  private void printNatDevices(PrintStream out) {
    if (report.natDevices().isEmpty()) {
      return;
    }
    heading("BEHIND NAT DEVICES", out);
    report.natDevices().stream().limit(TOP).forEach(device -> printNatDevice(device, out));
    printMore(report.natDevices().size(), TOP, "device", out);
    printOthers(report.others().natDevices(), "devices", out);
  }

  private void printNatDevice(NatDevice device, PrintStream out) {
    String behind =
        device.sources().stream()
            .map(each -> each.source() + " (" + Words.number(each.rejects()) + ")")
            .collect(Collectors.joining(", "));
    long more = device.sourceCount() - device.sources().size();
    printWrapped(
        "  "
            + device.address()
            + ": "
            + Words.counted(device.rejects(), "reject")
            + " of "
            + behind
            + (more > 0 ? " and " + Words.number(more) + " more" : ""),
        "",
        out);
  }

  private void printPassed(PrintStream out) {
    if (report.totals().rejected() == 0) {
      return;
    }
    heading("WHAT BLOCKED SOURCES GOT THROUGH", out);
    String why = Fact.PASSED.whyUnknown(report);
    if (why != null) {
      out.println("  n/a: " + why);
      return;
    }
    List<Source> passed = report.passed();
    if (passed.isEmpty()) {
      out.println("  nothing");
      return;
    }
    TextTable table =
        new TextTable(
            Column.text("source"),
            Column.number("flows"),
            Column.number("bytes"),
            Column.extra("to"));
    rows(passed, table, this::addPassed);
    table.print(out, width);
    printMore(passed.size(), TOP, "source", out);
  }

  private void addPassed(Source source, TextTable table) {
    Source.Accepted accepted = source.accepted();
    String doors =
        accepted.doors().stream()
            .limit(2)
            .map(sum -> sum.door().toString())
            .collect(Collectors.joining(" "));
    long more = accepted.doorCount() - Math.min(2, accepted.doors().size());
    table.add(
        source.address().toString(),
        Words.number(accepted.flows()),
        numberIf(Fact.BYTES, accepted.bytes()),
        doors.isEmpty() ? Words.NOTHING : doors + (more > 0 ? " and " + more + " more" : ""));
  }

  private void printNoise(PrintStream out) {
    Totals totals = report.totals();
    if (totals.rejected() == 0) {
      return;
    }
    heading("NOISE, SET ASIDE", out);
    String why = Fact.HANDSHAKES.whyUnknown(report);
    printNoise("late packets", why == null ? Words.number(totals.strays()) : "n/a: " + why, out);
    boolean isGuess = !report.coverage().fields().contains(FlowField.TCP_FLAGS);
    printNoise(
        "answers", Words.number(totals.answers()) + (isGuess ? ", judged by ports" : ""), out);
    printNoise("to multicast", numberIf(Fact.HOSTS, totals.notUnicast()), out);
  }

  private static void printNoise(String kind, String count, PrintStream out) {
    out.printf("  %-14s %s%n", kind, count);
  }

  private static <T> void rows(List<T> rows, TextTable table, BiConsumer<T, TextTable> add) {
    rows.subList(0, Math.min(TOP, rows.size())).forEach(row -> add.accept(row, table));
  }

  private String numberIf(Fact fact, long count) {
    return Words.numberIf(fact.isKnownIn(report), count);
  }

  private void printUnknown(Fact fact, PrintStream out) {
    String why = fact.whyUnknown(report);
    if (why != null && !report.sources().isEmpty()) {
      out.println("  Handshakes are n/a: " + why);
    }
  }

  private static void printMore(int size, int shown, String what, PrintStream out) {
    if (size > shown) {
      out.println("  and " + Words.counted(size - shown, "more " + what));
    }
  }

  /// Says what is not known of keys beyond a bound.
  private static void printOthers(long rejects, String what, PrintStream out) {
    if (rejects > 0) {
      out.println("  and " + CoverageWords.others(rejects, what));
    }
  }

  private void heading(String title, PrintStream out) {
    out.println();
    out.println(painted(BOLD, title));
  }

  /// Prints text in lines that fit; each further line is indented by four.
  private void printWrapped(String text, String color, PrintStream out) {
    Words.wrapped(text, width).forEach(line -> out.println(painted(color, line)));
  }

  private String painted(String color, String text) {
    return isColored && !color.isEmpty() ? "\u001b[" + color + "m" + text + "\u001b[0m" : text;
  }
}
