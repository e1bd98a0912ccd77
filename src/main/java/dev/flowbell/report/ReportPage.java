package dev.flowbell.report;

import dev.flowbell.report.PageTable.Column;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/// A report as a page of one file. It needs no network, and no script to be read.
///
/// It has at most 1 MB, whatever was read: each part has a bound, and says what it leaves out.
public final class ReportPage {
  private static final int MOST_TARGETS = 100;
  private static final int MOST_PORTS = 50;
  private static final int MOST_DEVICES = 50;
  private static final int MOST_PASSED = 50;
  private static final int MOST_ALERTS = 100;
  private static final int MOST_LINES = 20;
  private static final int MOST_LINE_CHARACTERS = 300;
  private static final int MOST_HEAT_ROWS = 20;

  private final Report report;
  private final Html page = new Html();

  private ReportPage(Report report) {
    this.report = report;
  }

  /// Returns the page of a report, to be written in UTF-8.
  public static String of(Report report) {
    return new ReportPage(report).write();
  }

  private String write() {
    new PageFrame(report.origin()).begin(page);
    writeHead();
    writeCoverage();
    writeTimeline();
    writeSources();
    writeHeatMaps();
    writeTargets();
    writeNatDevices();
    writePassed();
    writeNoise();
    section("counted", "How it was counted");
    Definitions.write(page);
    page.raw("</section>\n");
    writeOrigin();
    return PageFrame.end(page);
  }

  private void section(String id, String title) {
    page.raw("<section id=\"" + id + "\" aria-labelledby=\"" + id + "-h\">");
    page.element("h2 id=\"" + id + "-h\"", title).raw("\n");
  }

  private void writeHead() {
    page.raw("<header><p class=\"brand\">Flowbell report</p>");
    page.element("h1", Verdict.of(report));
    if (report.coverage().isInterrupted()) {
      page.element("p class=\"warning\"", "INCOMPLETE: interrupted; this is what was read.");
    }
    int unread = report.coverage().unread().size();
    if (unread > 0) {
      page.element(
          "p class=\"warning\"", "INCOMPLETE: " + Words.counted(unread, "input") + " unread.");
    }
    if (report.origin().isRedacted()) {
      page.element(
          "p class=\"note\"",
          "Addresses and ids are replaced, each by the same one everywhere: inside by 10.x and"
              + " fd00::, outside by 198.18.x, 198.19.x and 2001:db8::.");
    }
    writeFigures();
    page.raw("</header>\n");
  }

  private void writeFigures() {
    Totals totals = report.totals();
    page.raw("<dl class=\"figures\">");
    figure("Blocked flows", Fact.REJECTS, totals.rejected(), "");
    figure("Accepted flows", Fact.PASSED, totals.accepted(), "");
    figure("Sources inside", Fact.SOURCES, report.inside().size(), "inside");
    figure("Sources outside", Fact.SOURCES, report.outside().size(), "outside");
    figure("Handshakes", Fact.HANDSHAKES, totals.handshakes(), "");
    figure("Sources that got through", Fact.PASSED, report.passed().size(), "");
    page.raw("</dl>");
  }

  private void figure(String name, Fact fact, long count, String className) {
    String why = fact.whyUnknown(report);
    page.raw("<div class=\"" + className + "\">").element("dt", name);
    page.raw("<dd>").text(Words.numberIf(why == null, count));
    if (why != null) {
      page.element("small", why);
    }
    page.raw("</dd></div>");
  }

  private void writeCoverage() {
    Coverage coverage = report.coverage();
    section("coverage", "What was read");
    page.raw("<ul>");
    item(
        Words.counted(coverage.inputs(), "input")
            + " with "
            + Words.counted(report.totals().records(), "record"));
    if (coverage.first() != null && coverage.last() != null) {
      item(
          Words.time(coverage.first())
              + " to "
              + Words.time(coverage.last())
              + " UTC, "
              + Words.span(coverage.first(), coverage.last()));
    }
    if (!report.origin().selection().isEmpty()) {
      item("Only " + Words.plain(report.origin().selection(), MOST_LINE_CHARACTERS));
    }
    if (coverage.skippedWindows() > 0) {
      item(
          Words.counted(coverage.skippedWindows(), "skipped window")
              + ": AWS left out their records");
    }
    CoverageWords.faults(coverage).forEach(this::item);
    CoverageWords.unknown(report).forEach(each -> item("n/a: " + each));
    page.raw("</ul>");
    lines("input that could not be read", coverage.unread());
    lines(
        "gap without any record",
        coverage.gaps().stream()
            .map(
                gap ->
                    Words.time(gap.from())
                        + " to "
                        + Words.time(gap.until())
                        + ", "
                        + Words.span(gap.from(), gap.until()))
            .toList());
    page.raw("</section>\n");
  }

  private void item(String text) {
    page.element("li", text);
  }

  private void lines(String what, List<String> lines) {
    if (lines.isEmpty()) {
      return;
    }
    page.raw("<details><summary>");
    page.text(lines.size() == 1 ? "1 " + what : pluralOf(what, lines.size()));
    page.raw("</summary><ul>");
    lines.stream().limit(MOST_LINES).forEach(line -> item(Words.plain(line, MOST_LINE_CHARACTERS)));
    page.raw("</ul>");
    PageWords.more(lines.size(), MOST_LINES, "of them", page);
    page.raw("</details>");
  }

  private static String pluralOf(String what, int count) {
    int space = what.indexOf(' ');
    return Words.number(count) + " " + what.substring(0, space) + "s" + what.substring(space);
  }

  private void writeTimeline() {
    section("timeline-part", "When");
    if (report.hours().isEmpty()) {
      page.element("p", "No record has a time.").raw("</section>\n");
      return;
    }
    SvgTimeline timeline = new SvgTimeline(report);
    page.raw("<p class=\"legend\"><span class=\"inside\">inside</span>");
    page.raw("<span class=\"outside\">outside</span><span class=\"noise\">noise</span>");
    page.raw(report.coverage().gaps().isEmpty() ? "" : "<span class=\"gap\">no records</span>");
    page.raw(report.alerts().isEmpty() ? "" : "<span class=\"alert\">notification</span>");
    page.raw("</p><div class=\"scroll chart\" role=\"region\" tabindex=\"0\"");
    page.raw(" aria-label=\"Rejects by hour\">");
    timeline.writeTo(page);
    page.raw("</div>");
    writeHours(timeline.columns());
    writeAlerts();
    page.raw("</section>\n");
  }

  private void writeHours(HourColumns columns) {
    page.raw("<details><summary>The same as numbers, with accepted flows</summary>");
    PageTable table =
        new PageTable(
            "Flows by " + (columns.hoursEach() == 1 ? "hour" : columns.hoursEach() + " hours"),
            false,
            Column.text("From (UTC)"),
            Column.number("Inside"),
            Column.number("Outside"),
            Column.number("Noise"),
            Column.number("Accepted"));
    for (int column = 0; column < columns.size(); column++) {
      Hour sum = columns.sum(column);
      if (columns.isGap(column)) {
        table.add(Words.time(sum.begin()), "no records", "", "", "");
      } else {
        table.add(
            Words.time(sum.begin()),
            Words.number(sum.inside()),
            Words.number(sum.outside()),
            Words.number(sum.noise()),
            numberIf(Fact.PASSED, sum.accepted()));
      }
    }
    table.writeTo(page);
    page.raw("</details>");
  }

  private void writeAlerts() {
    if (report.alerts().isEmpty()) {
      return;
    }
    PageTable table =
        new PageTable(
            "What Flowbell would have sent",
            false,
            Column.text("At (UTC)"),
            Column.text("Severity"),
            Column.text("Subject"));
    report.alerts().stream()
        .limit(MOST_ALERTS)
        .forEach(
            alert ->
                table.add(
                    Words.time(alert.at()),
                    Words.plain(alert.severity()).toLowerCase(Locale.ROOT),
                    Words.plain(alert.subject(), MOST_LINE_CHARACTERS)
                        + (alert.blockedBy() == null
                            ? ""
                            : ". " + Words.plain(alert.blockedBy(), MOST_LINE_CHARACTERS))));
    table.writeTo(page);
    PageWords.more(report.alerts().size(), MOST_ALERTS, "notification", page);
  }

  private void writeSources() {
    section("sources", "Who was blocked");
    SourceTable table = new SourceTable(report);
    String why = Fact.HANDSHAKES.whyUnknown(report);
    if (report.sources().isEmpty()) {
      page.element("p", "Nobody, as far as the records show.");
    } else if (why != null) {
      PageWords.unknown(why + ", so handshakes can't be told from other packets", page);
    }
    if (report.inside().isEmpty()) {
      page.element("p", "None of the sources is inside.");
    } else {
      table.write("Inside: look here first", report.inside(), page);
    }
    if (!report.outside().isEmpty()) {
      table.write("Outside", report.outside(), page);
    }
    PageWords.others(report.others().sources(), "sources", page);
    page.raw("</section>\n");
  }

  private void writeHeatMaps() {
    List<HeatMap.Row> sources =
        report.sources().stream()
            .filter(source -> source.isInside())
            .limit(MOST_HEAT_ROWS)
            .flatMap(source -> row(source).stream())
            .collect(Collectors.toList());
    report.outside().stream().limit(MOST_HEAT_ROWS).forEach(source -> sources.addAll(row(source)));
    List<HeatMap.Row> ports =
        report.ports().stream()
            .filter(port -> !port.byHour().isEmpty())
            .limit(MOST_HEAT_ROWS)
            .map(port -> new HeatMap.Row(port.port().toString(), "outside", port.byHour()))
            .toList();
    if (report.hours().isEmpty() || (sources.isEmpty() && ports.isEmpty())) {
      return;
    }
    section("heat", "Who and where, by hour");
    heatMap("heat-sources", "The most rejected sources by hour", sources);
    heatMap("heat-ports", "The most rejected ports by hour", ports);
    page.raw("</section>\n");
  }

  private static List<HeatMap.Row> row(Source source) {
    Source.Detail detail = source.detail();
    String className = source.isInside() ? "inside" : "outside";
    return detail == null
        ? List.of()
        : List.of(new HeatMap.Row(source.address().toString(), className, detail.byHour()));
  }

  private void heatMap(String id, String title, List<HeatMap.Row> rows) {
    if (rows.isEmpty()) {
      return;
    }
    HeatMap map = new HeatMap(id, title, report, rows);
    page.element("h3", title).element("p class=\"quiet\"", map.legend());
    page.raw("<div class=\"scroll chart\" role=\"region\" tabindex=\"0\" aria-label=\"");
    page.text(title).raw("\">");
    map.writeTo(page);
    page.raw("</div>\n");
  }

  private void writeTargets() {
    if (report.targets().isEmpty() && report.ports().isEmpty()) {
      return;
    }
    section("targets", "Where");
    PageTable targets =
        new PageTable(
            "Targets",
            false,
            Column.text("Target"),
            Column.number("Rejects"),
            Column.number("Sources"));
    for (Target target : first(report.targets(), MOST_TARGETS)) {
      targets.add(
          target.door().toString(),
          Words.number(target.rejects()),
          numberIf(Fact.SOURCES, target.sources()));
    }
    PageTable ports =
        new PageTable(
            "Ports, at any host",
            false,
            Column.text("Port"),
            Column.number("Rejects"),
            Column.number("Sources"));
    for (PortRow port : first(report.ports(), MOST_PORTS)) {
      ports.add(
          port.port().toString(),
          Words.number(port.rejects()),
          numberIf(Fact.SOURCES, port.sources()));
    }
    page.raw("<div class=\"pair\"><div>");
    targets.writeTo(page);
    PageWords.more(report.targets().size(), MOST_TARGETS, "target", page);
    PageWords.others(report.others().targets(), "targets", page);
    page.raw("</div><div>");
    ports.writeTo(page);
    PageWords.more(report.ports().size(), MOST_PORTS, "port", page);
    PageWords.others(report.others().ports(), "ports", page);
    page.raw("</div></div></section>\n");
  }

  private void writeNatDevices() {
    section("nat", "Behind NAT devices");
    String why = Fact.NAT_DEVICES.whyUnknown(report);
    if (why != null) {
      PageWords.unknown(why, page);
    } else if (report.natDevices().isEmpty()) {
      page.element("p", "Nobody was blocked behind a NAT device.");
    } else {
      PageTable table =
          new PageTable(
              "NAT devices",
              false,
              Column.text("Device"),
              Column.number("Rejects"),
              Column.number("Sources"),
              Column.text("Who is behind it"));
      for (NatDevice device : first(report.natDevices(), MOST_DEVICES)) {
        String behind =
            device.sources().stream()
                .map(each -> each.source() + " (" + Words.number(each.rejects()) + ")")
                .collect(Collectors.joining(", "));
        table.add(
            device.address().toString(),
            Words.number(device.rejects()),
            Words.number(device.sourceCount()),
            behind);
      }
      table.writeTo(page);
      PageWords.more(report.natDevices().size(), MOST_DEVICES, "device", page);
      PageWords.others(report.others().natDevices(), "devices", page);
    }
    page.raw("</section>\n");
  }

  private void writePassed() {
    section("passed", "What blocked sources got through");
    String why = Fact.PASSED.whyUnknown(report);
    List<Source> passed = report.passed();
    if (why != null) {
      PageWords.unknown(why, page);
    } else if (passed.isEmpty()) {
      page.element("p", "Nothing.");
    } else {
      PageTable table =
          new PageTable(
              "Accepted flows of sources that were also rejected",
              false,
              Column.text("Source"),
              Column.number("Flows"),
              Column.number("Bytes"),
              Column.text("To"));
      for (Source source : first(passed, MOST_PASSED)) {
        table.add(
            source.address().toString(),
            Words.number(source.accepted().flows()),
            numberIf(Fact.BYTES, source.accepted().bytes()),
            doorsOf(source.accepted()));
      }
      table.writeTo(page);
      PageWords.more(passed.size(), MOST_PASSED, "source", page);
    }
    page.raw("</section>\n");
  }

  private static String doorsOf(Source.Accepted accepted) {
    long more = accepted.doorCount() - accepted.doors().size();
    return accepted.doors().stream()
            .map(sum -> sum.door().toString())
            .collect(Collectors.joining(", "))
        + (more > 0 ? " and " + Words.number(more) + " more" : "");
  }

  private void writeNoise() {
    Totals totals = report.totals();
    section("noise", "Noise, set aside");
    PageTable table =
        new PageTable(
            "Rejects that nobody tries to get in with",
            false,
            Column.text("Kind"),
            Column.number("Rejects"));
    table.add("late packets of closed connections", numberIf(Fact.HANDSHAKES, totals.strays()));
    table.add("answers", numberIf(Fact.PORTS, totals.answers()));
    table.add("to multicast and broadcast", numberIf(Fact.HOSTS, totals.notUnicast()));
    table.writeTo(page);
    page.raw("</section>\n");
  }

  private void writeOrigin() {
    Origin origin = report.origin();
    page.raw("<footer><p>");
    page.text(
        "Made by Flowbell "
            + origin.version()
            + " at "
            + Words.time(origin.madeAt())
            + " UTC. All times are UTC.");
    page.raw("</p>");
    String command = "flowbell " + String.join(" ", origin.commandLine());
    page.element("pre", Words.plain(command, 2_000));
    if (origin.digest() != null) {
      page.element("p", "SHA-256 of the names and contents of all inputs: " + origin.digest());
    }
    page.raw("</footer>\n");
  }

  private String numberIf(Fact fact, long count) {
    return Words.numberIf(fact.isKnownIn(report), count);
  }

  private static <T> List<T> first(List<T> rows, int count) {
    return rows.subList(0, Math.min(count, rows.size()));
  }
}
