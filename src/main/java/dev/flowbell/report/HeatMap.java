package dev.flowbell.report;

import java.util.List;

/// Draws rows of counts by hour; the more, the stronger the color, on a logarithmic scale.
final class HeatMap {
  private static final int WIDTH = 960;
  private static final int LEFT = 264;
  private static final int ROW_HEIGHT = 16;
  private static final int MOST_COLUMNS = 112;
  private static final int MOST_CELL_WIDTH = 28;
  private static final int LEVELS = 5;

  private final String id;
  private final String title;
  private final List<Row> rows;
  private final HourColumns columns;
  private final HourAxis axis;
  private final long most;

  /// A row.
  ///
  /// @param className the color
  /// @param byHour counts in each of the report's hours
  record Row(String name, String className, List<Long> byHour) {}

  /// Creates a drawing of a report that has hours.
  ///
  /// @param id names the drawing on its page
  HeatMap(String id, String title, Report report, List<Row> rows) {
    this.id = id;
    this.title = title;
    this.rows = rows;
    columns = new HourColumns(report, MOST_COLUMNS);
    int width = Math.min(WIDTH - LEFT - 8, MOST_CELL_WIDTH * columns.size());
    axis = new HourAxis(report, LEFT, width);
    most =
        rows.stream()
            .flatMap(row -> columns.sums(row.byHour()).stream())
            .mapToLong(Long::longValue)
            .max()
            .orElse(0);
  }

  /// Returns what a cell is.
  String legend() {
    return "Each cell is "
        + Words.counted(columns.hoursEach(), "hour")
        + "; the stronger the color, the more rejects, up to "
        + Words.number(most)
        + ".";
  }

  /// Adds the drawing to a page.
  void writeTo(Html page) {
    int bottom = rows.size() * ROW_HEIGHT;
    Svg.begin(page, id, WIDTH, bottom + 24, title, legend());
    page.raw("<rect class=\"field\" x=\"" + LEFT + "\" y=\"0\" width=\"" + Svg.at(axis.width()));
    page.raw("\" height=\"" + bottom + "\"/>\n");
    Svg.gaps(page, id, axis, 0, bottom);
    for (int row = 0; row < rows.size(); row++) {
      writeRow(rows.get(row), row * ROW_HEIGHT, page);
    }
    Svg.times(page, axis, bottom + 16);
    page.raw("</svg>\n");
  }

  private void writeRow(Row row, int y, Html page) {
    List<Long> sums = columns.sums(row.byHour());
    page.raw("<g class=\"" + row.className() + "\"><title>").text(summary(row, sums));
    page.raw("</title><text class=\"end\" x=\"" + (LEFT - 8) + "\" y=\"" + (y + 12) + "\">");
    page.text(row.name()).raw("</text>");
    for (int level = 1; level <= LEVELS; level++) {
      StringBuilder path = new StringBuilder();
      for (int column = 0; column < sums.size(); column++) {
        if (levelOf(sums.get(column)) == level) {
          double x = axis.x(column * columns.hoursEach());
          double end = axis.x((column + 1) * columns.hoursEach());
          path.append(Svg.box(x, y + 1, Math.max(1, end - x - 1), ROW_HEIGHT - 2));
        }
      }
      if (!path.isEmpty()) {
        page.raw("<path class=\"l" + level + "\" d=\"" + path + "\"/>");
      }
    }
    page.raw("</g>\n");
  }

  private String summary(Row row, List<Long> sums) {
    int highest = 0;
    for (int column = 1; column < sums.size(); column++) {
      if (sums.get(column) > sums.get(highest)) {
        highest = column;
      }
    }
    return row.name()
        + ": most at "
        + Words.time(columns.begin(highest))
        + ", "
        + Words.number(sums.get(highest));
  }

  private int levelOf(long count) {
    if (count == 0) {
      return 0;
    }
    return most == 1
        ? LEVELS
        : 1 + (int) ((LEVELS - 0.001) * Math.log((double) count) / Math.log((double) most));
  }
}
