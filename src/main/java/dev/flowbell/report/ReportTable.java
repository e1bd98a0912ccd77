package dev.flowbell.report;

import dev.flowbell.record.FlowField;
import dev.flowbell.report.Report.NamedSum;
import java.io.PrintStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A report as one table of comma-separated values, for spreadsheets and other tools. A row is a
/// source, target, port, NAT device, network interface, account or hour, as its `kind` says; a cell
/// that doesn't apply to its kind, or that the records' fields can't show, is empty.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc4180">RFC 4180, CSV files</a>
public final class ReportTable {
  private static final List<String> COLUMNS =
      List.of(
          "kind",
          "key",
          "rejects",
          "noise",
          "handshakes",
          "accepted",
          "sources",
          "hosts",
          "ports",
          "interfaces",
          "inside",
          "scope",
          "manner",
          "first",
          "last",
          "masked_by");

  private static final String LINE_BREAK = "\r\n";

  private final Report report;

  /// Creates the table of a report.
  public ReportTable(Report report) {
    this.report = report;
  }

  /// Prints the header line and the rows.
  public void print(PrintStream out) {
    print(COLUMNS, out);
    report.sources().forEach(source -> print(rowOf(source), out));
    for (Target target : report.targets()) {
      print(row("target", target.door().toString(), target.rejects(), target.sources()), out);
    }
    for (PortRow port : report.ports()) {
      print(row("port", port.port().toString(), port.rejects(), port.sources()), out);
    }
    for (NatDevice device : report.natDevices()) {
      print(
          row("nat_device", device.address().toString(), device.rejects(), device.sourceCount()),
          out);
    }
    report.interfaces().forEach(sum -> print(rowOf("interface", sum), out));
    report.accounts().forEach(sum -> print(rowOf("account", sum), out));
    report.hours().forEach(hour -> print(rowOf(hour), out));
  }

  private List<String> rowOf(Source source) {
    Coverage coverage = report.coverage();
    return List.of(
        "source",
        source.address().toString(),
        Long.toString(source.rejects()),
        Long.toString(source.noise()),
        coverage.canShow(FlowField.TCP_FLAGS) ? Long.toString(source.handshakes()) : "",
        coverage.hasAccepted() ? Long.toString(source.accepted().flows()) : "",
        "",
        coverage.canShow(FlowField.DSTADDR) ? Long.toString(source.hosts()) : "",
        coverage.canShow(FlowField.DSTPORT) ? Long.toString(source.ports()) : "",
        coverage.canShow(FlowField.INTERFACE_ID) ? Long.toString(source.interfaces()) : "",
        Boolean.toString(source.isInside()),
        source.scope().key(),
        source.manner().name().toLowerCase(Locale.ROOT),
        textOf(source.first()),
        textOf(source.last()),
        source.maskedBy().stream().map(Object::toString).collect(Collectors.joining(" ")));
  }

  private static List<String> rowOf(String kind, NamedSum sum) {
    return row(kind, sum.name(), sum.rejects(), -1);
  }

  private List<String> rowOf(Hour hour) {
    List<String> row = new ArrayList<>(row("hour", hour.begin().toString(), hour.rejected(), -1));
    row.set(COLUMNS.indexOf("noise"), Long.toString(hour.noise()));
    row.set(
        COLUMNS.indexOf("accepted"),
        report.coverage().hasAccepted() ? Long.toString(hour.accepted()) : "");
    return row;
  }

  /// @param sources -1 where the kind has none
  private static List<String> row(String kind, String key, long rejects, long sources) {
    String[] cells = new String[COLUMNS.size()];
    Arrays.fill(cells, "");
    cells[0] = kind;
    cells[1] = key;
    cells[2] = Long.toString(rejects);
    cells[COLUMNS.indexOf("sources")] = sources < 0 ? "" : Long.toString(sources);
    return List.of(cells);
  }

  private static String textOf(@Nullable Instant time) {
    return time == null ? "" : time.toString();
  }

  private static void print(List<String> cells, PrintStream out) {
    out.print(cells.stream().map(ReportTable::toCell).collect(Collectors.joining(",")));
    out.print(LINE_BREAK);
  }

  /// Returns a cell as a table holds it. Names come from logs: spreadsheets would take one that
  /// begins like a formula for a formula.
  private static String toCell(String text) {
    boolean isFormula = !text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0;
    String safe = isFormula ? "'" + text : text;
    boolean isQuoted = safe.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return isQuoted ? '"' + safe.replace("\"", "\"\"") + '"' : safe;
  }
}
