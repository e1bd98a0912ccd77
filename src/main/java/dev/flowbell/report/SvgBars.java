package dev.flowbell.report;

import java.util.List;

/// Draws the rejects of one source by hour, in one row of small columns.
final class SvgBars {
  private static final int WIDTH = 480;
  private static final int HEIGHT = 36;
  private static final int MOST_COLUMNS = 96;

  private SvgBars() {}

  /// Adds a drawing to a page.
  static void write(Report report, List<Long> byHour, String title, Html page) {
    HourColumns columns = new HourColumns(report, MOST_COLUMNS);
    List<Long> sums = columns.sums(byHour);
    long most = sums.stream().mapToLong(Long::longValue).max().orElse(0);
    double width = (double) WIDTH / Math.max(1, sums.size());
    StringBuilder path = new StringBuilder();
    for (int column = 0; column < sums.size(); column++) {
      if (sums.get(column) > 0) {
        double height = Math.max(1, (double) HEIGHT * sums.get(column) / most);
        path.append(Svg.box(column * width, HEIGHT - height, Math.max(1, width - 1), height));
      }
    }
    page.raw("<svg class=\"bars\" viewBox=\"0 0 " + WIDTH + " " + HEIGHT + "\" role=\"img\">");
    page.element(
        "title",
        title
            + ": at most "
            + Words.number(most)
            + " in a column of "
            + Words.counted(columns.hoursEach(), "hour"));
    page.raw("<path d=\"" + path + "\"/></svg>");
  }
}
