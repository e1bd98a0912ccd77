package dev.flowbell.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;

/// Reports as they are printed.
final class Printed {
  private Printed() {}

  /// Returns a report as text, without colors.
  static String text(Report report, int width) {
    return text(new ReportText(report, width, false));
  }

  static String text(ReportText text) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    text.print(new PrintStream(out, true, UTF_8));
    return out.toString(UTF_8);
  }

  /// Returns a report as comma-separated values.
  static String table(Report report) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new ReportTable(report).print(new PrintStream(out, true, UTF_8));
    return out.toString(UTF_8);
  }

  /// Returns a report as JSON.
  static String json(Report report) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new ReportJson(report).print(new PrintStream(out, true, UTF_8));
    return out.toString(UTF_8);
  }
}
