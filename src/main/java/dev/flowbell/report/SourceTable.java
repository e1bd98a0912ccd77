package dev.flowbell.report;

import dev.flowbell.record.IpAddress;
import dev.flowbell.report.PageTable.Column;
import java.util.List;

/// Sources on a page, each with what its row shows when it is opened.
final class SourceTable {
  private static final int MOST_ROWS = 100;
  private static final int MOST_SAMPLES = 3;
  private static final int MOST_SAMPLE_CHARACTERS = 400;

  /// So that the page stays below 1 MB.
  private static final int MOST_DETAIL_CHARACTERS = 180_000;

  private final Report report;

  SourceTable(Report report) {
    this.report = report;
  }

  /// Adds a table of sources to a page.
  void write(String caption, List<Source> sources, Html page) {
    PageTable table =
        new PageTable(
            caption,
            true,
            Column.text("Source"),
            Column.text("Manner"),
            Column.number("Rejects"),
            Column.number("Handshakes"),
            Column.number("Ports"),
            Column.number("Hosts"),
            Column.number("Interfaces"),
            Column.text("First"),
            Column.text("Last"),
            Column.text("By way of"));
    int detailCharacters = 0;
    for (Source source : sources.subList(0, Math.min(MOST_ROWS, sources.size()))) {
      Html detail = detailOf(source);
      detailCharacters += detail.length();
      if (detail.length() > 0 && detailCharacters <= MOST_DETAIL_CHARACTERS) {
        table.addOpenable(detail, valuesOf(source));
      } else {
        table.add(valuesOf(source));
      }
    }
    table.writeTo(page);
    PageWords.more(sources.size(), MOST_ROWS, "source", page);
  }

  private String[] valuesOf(Source source) {
    return new String[] {
      source.address().toString(),
      Words.manner(source.manner()),
      Words.number(source.rejects()),
      numberIf(Fact.HANDSHAKES, source.handshakes()),
      numberIf(Fact.PORTS, source.ports()),
      numberIf(Fact.HOSTS, source.hosts()),
      numberIf(Fact.INTERFACES, source.interfaces()),
      Words.time(source.first()),
      Words.time(source.last()),
      Words.firstAddress(source.maskedBy())
    };
  }

  private Html detailOf(Source source) {
    Html html = new Html();
    Source.Detail detail = source.detail();
    if (detail == null) {
      return html;
    }
    html.raw("<div class=\"detail\">");
    SvgBars.write(report, detail.byHour(), "Rejects of " + source.address() + " by hour", html);
    html.raw("<div class=\"lists\">");
    list("Ports", detail.topPorts().stream().map(SourceTable::line).toList(), source.ports(), html);
    list("Hosts", detail.topHosts().stream().map(SourceTable::line).toList(), source.hosts(), html);
    list(
        "Interfaces",
        detail.topInterfaces().stream().map(SourceTable::line).toList(),
        source.interfaces(),
        html);
    list(
        "By way of",
        source.maskedBy().stream().map(IpAddress::toString).toList(),
        source.maskedBy().size(),
        html);
    html.raw("</div>");
    samples(detail.samples(), html);
    return html.raw("</div>");
  }

  private static String line(Source.PortSum sum) {
    return sum.port() + ": " + Words.number(sum.rejects());
  }

  private static String line(Source.HostSum sum) {
    return sum.host() + ": " + Words.number(sum.rejects());
  }

  private static String line(Report.NamedSum sum) {
    return Words.plain(sum.name(), 60) + ": " + Words.number(sum.rejects());
  }

  private static void list(String title, List<String> lines, long all, Html html) {
    if (lines.isEmpty()) {
      return;
    }
    html.raw("<div>").element("h4", title).raw("<ul>");
    lines.forEach(line -> html.element("li", line));
    if (all > lines.size()) {
      html.element("li class=\"quiet\"", "and " + Words.number(all - lines.size()) + " more");
    }
    html.raw("</ul></div>");
  }

  private static void samples(List<String> samples, Html html) {
    if (samples.isEmpty()) {
      return;
    }
    html.element("h4", "Sample records").raw("<ul class=\"samples\">");
    samples.stream()
        .limit(MOST_SAMPLES)
        .forEach(sample -> html.element("li", Words.plain(sample, MOST_SAMPLE_CHARACTERS)));
    html.raw("</ul>");
  }

  private String numberIf(Fact fact, long count) {
    return Words.numberIf(fact.isKnownIn(report), count);
  }
}
