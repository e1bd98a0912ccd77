package dev.flowbell.report;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/// What the drawings of a page share: numbers, the axis of hours, and the pattern of gaps.
final class Svg {
  private static final DateTimeFormatter DAY_AND_HOUR =
      DateTimeFormatter.ofPattern("d MMM HH:mm", Locale.ENGLISH).withZone(ZoneOffset.UTC);
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("d MMM", Locale.ENGLISH).withZone(ZoneOffset.UTC);
  private static final int LABELS = 6;
  private static final int MOST_HOURS_WITH_CLOCK = 24 * 7;

  private Svg() {}

  /// Returns a coordinate with at most one decimal.
  static String at(double coordinate) {
    String text = String.format(Locale.ROOT, "%.1f", coordinate);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }

  /// Returns a rectangle as a part of a path.
  static String box(double x, double y, double width, double height) {
    return "M" + at(x) + " " + at(y) + "h" + at(width) + "v" + at(height) + "h-" + at(width) + "z";
  }

  /// Starts a drawing with its name and what it shows.
  static void begin(Html page, String id, int width, int height, String title, String description) {
    page.raw("<svg viewBox=\"0 0 " + width + " " + height + "\" role=\"img\" aria-labelledby=\"");
    page.raw(id + "-title " + id + "-desc\">");
    page.element("title id=\"" + id + "-title\"", title);
    page.element("desc id=\"" + id + "-desc\"", description);
    page.raw("<defs><pattern id=\"" + id + "-gap\" width=\"6\" height=\"6\"");
    page.raw(" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\">");
    page.raw("<path class=\"hatch\" d=\"M0 0v6\"/></pattern></defs>\n");
  }

  /// Adds the gaps as hatched areas.
  static void gaps(Html page, String id, HourAxis axis, double top, double height) {
    for (Coverage.Gap gap : axis.gaps()) {
      double start = axis.x(gap.from());
      double width = Math.max(1, axis.x(gap.until()) - start);
      page.raw("<rect x=\"" + at(start) + "\" y=\"" + at(top) + "\" width=\"" + at(width));
      page.raw("\" height=\"" + at(height) + "\" fill=\"url(#" + id + "-gap)\"><title>");
      page.text("No records from " + Words.time(gap.from()) + " to " + Words.time(gap.until()));
      page.raw("</title></rect>\n");
    }
  }

  /// Adds the times below a drawing.
  static void times(Html page, HourAxis axis, double y) {
    int labels = Math.min(LABELS, axis.hours());
    DateTimeFormatter format = axis.hours() <= MOST_HOURS_WITH_CLOCK ? DAY_AND_HOUR : DAY;
    for (int i = 0; i < labels; i++) {
      Instant time = axis.begin(i * axis.hours() / labels);
      page.raw("<text x=\"" + at(axis.x(time)) + "\" y=\"" + at(y) + "\">");
      page.text(format.format(time)).raw("</text>");
    }
    page.raw("\n");
  }
}
