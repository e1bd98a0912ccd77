package dev.flowbell.report;

import java.util.function.ToLongFunction;
import java.util.stream.IntStream;

/// Draws rejects by hour: inside at the bottom, outside on it, noise on top; gaps hatched;
/// notifications as marks above.
final class SvgTimeline {
  private static final int WIDTH = 960;
  private static final int HEIGHT = 240;
  private static final int LEFT = 64;
  private static final int TOP = 26;
  private static final int PLOT_HEIGHT = 184;
  private static final int MOST_COLUMNS = 224;
  private static final int MOST_MARKS = 200;
  private static final String ID = "timeline";

  private final Report report;
  private final HourColumns columns;
  private final HourAxis axis;
  private final long most;

  /// Creates a drawing of a report that has hours.
  SvgTimeline(Report report) {
    this.report = report;
    columns = new HourColumns(report, MOST_COLUMNS);
    axis = new HourAxis(report, LEFT, WIDTH - LEFT - 8);
    most =
        roundUp(
            IntStream.range(0, columns.size())
                .mapToLong(column -> columns.sum(column).rejected())
                .max()
                .orElse(0));
  }

  /// Returns how many hours a column has.
  HourColumns columns() {
    return columns;
  }

  /// Adds the drawing to a page.
  void writeTo(Html page) {
    String description =
        "Stacked columns of "
            + Words.counted(columns.hoursEach(), "hour")
            + ": sources inside, sources outside, noise. The numbers stand in the table below.";
    Svg.begin(page, ID, WIDTH, HEIGHT, "Rejects by hour", description);
    writeGrid(page);
    Svg.gaps(page, ID, axis, TOP, PLOT_HEIGHT);
    writeSeries(page, "inside", hour -> 0, Hour::inside);
    writeSeries(page, "outside", Hour::inside, Hour::outside);
    writeSeries(page, "noise", hour -> hour.inside() + hour.outside(), Hour::noise);
    writeTips(page);
    report.alerts().stream().limit(MOST_MARKS).forEach(alert -> writeMark(alert, page));
    Svg.times(page, axis, HEIGHT - 8);
    page.raw("</svg>\n");
  }

  private void writeGrid(Html page) {
    long step = most % 4 == 0 ? most / 4 : most % 2 == 0 ? most / 2 : most;
    for (long count = 0; count <= most; count += step) {
      String y = Svg.at(y(count));
      page.raw("<path class=\"grid\" d=\"M" + LEFT + " " + y + "H" + (WIDTH - 8) + "\"/>");
      page.raw("<text class=\"end\" x=\"" + (LEFT - 8) + "\" y=\"" + Svg.at(y(count) + 4) + "\">");
      page.text(Words.number(count)).raw("</text>\n");
    }
  }

  private void writeSeries(
      Html page, String name, ToLongFunction<Hour> below, ToLongFunction<Hour> value) {
    StringBuilder path = new StringBuilder();
    for (int column = 0; column < columns.size(); column++) {
      Hour sum = columns.sum(column);
      long from = below.applyAsLong(sum);
      long count = value.applyAsLong(sum);
      if (count > 0) {
        double top = y(from + count);
        path.append(Svg.box(x(column), top, columnWidth(column), y(from) - top));
      }
    }
    page.raw("<path class=\"" + name + "\" d=\"" + path + "\"/>\n");
  }

  private void writeTips(Html page) {
    for (int column = 0; column < columns.size(); column++) {
      String box = Svg.box(x(column), TOP, x(column + 1) - x(column), PLOT_HEIGHT);
      page.raw("<path class=\"tip\" d=\"" + box + "\"><title>");
      page.text(tip(columns.sum(column))).raw("</title></path>\n");
    }
  }

  private String tip(Hour sum) {
    return Words.time(sum.begin())
        + " UTC: inside "
        + Words.number(sum.inside())
        + ", outside "
        + Words.number(sum.outside())
        + ", noise "
        + Words.number(sum.noise());
  }

  private void writeMark(Told alert, Html page) {
    String x = Svg.at(axis.x(alert.at()));
    page.raw("<path class=\"mark\" d=\"M" + x + " " + TOP + "l-6 -11h12z\"><title>");
    page.text(Words.time(alert.at()) + ": " + Words.plain(alert.subject(), 120));
    page.raw("</title></path>\n");
  }

  private double x(int column) {
    return axis.x(column * columns.hoursEach());
  }

  /// Columns have a gap of one between them where there is room for it.
  private double columnWidth(int column) {
    double width = x(column + 1) - x(column);
    return width > 4 ? width - 1 : width;
  }

  private double y(long count) {
    return TOP + PLOT_HEIGHT - (double) PLOT_HEIGHT * count / most;
  }

  /// Returns the next number of the form 1, 2, 4 or 8 times a power of ten.
  private static long roundUp(long count) {
    long power = 1;
    while (power <= Long.MAX_VALUE / 100 && power * 10 <= count) {
      power *= 10;
    }
    for (long factor : new long[] {1, 2, 4, 8}) {
      if (factor * power >= count) {
        return factor * power;
      }
    }
    return 10 * power;
  }
}
