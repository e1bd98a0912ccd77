package dev.flowbell.report;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/// A table for a terminal. Where all columns don't fit, the last ones stand in a second line of
/// each row; a first value that is too long has a line of its own.
final class TextTable {
  private static final String INDENT = "  ";

  /// An IPv4 address fits. A longer first value has a line of its own where the others need room.
  private static final int LEAST_FIRST = 15;

  private final List<Column> columns;
  private final List<List<String>> rows = new ArrayList<>();

  /// A column.
  ///
  /// @param isNumber whether its values are put to the right
  /// @param isExtra whether it can stand in a second line
  record Column(String name, boolean isNumber, boolean isExtra) {
    static Column text(String name) {
      return new Column(name, false, false);
    }

    static Column number(String name) {
      return new Column(name, true, false);
    }

    static Column extra(String name) {
      return new Column(name, false, true);
    }
  }

  TextTable(Column... columns) {
    this.columns = List.of(columns);
  }

  /// Adds a row with one value for each column.
  void add(String... values) {
    rows.add(List.of(values));
  }

  /// Prints the header and the rows.
  void print(PrintStream out, int width) {
    boolean isWhole = widthBesideFirst(columns.size()) + LEAST_FIRST <= width;
    int inLine =
        isWhole ? columns.size() : (int) columns.stream().filter(each -> !each.isExtra).count();
    int first = firstWidth(Math.max(LEAST_FIRST, width - widthBesideFirst(inLine)));
    out.println(lineOf(columns.stream().map(Column::name).toList(), inLine, first));
    for (List<String> row : rows) {
      printRow(row, inLine, first, width, out);
    }
  }

  private void printRow(List<String> row, int inLine, int firstWidth, int width, PrintStream out) {
    String first = row.getFirst();
    List<String> line = new ArrayList<>(row);
    if (first.length() > firstWidth) {
      out.println(INDENT + first);
      line.set(0, "");
    }
    out.println(lineOf(line, inLine, firstWidth));
    List<String> extras = new ArrayList<>();
    for (int i = inLine; i < row.size(); i++) {
      if (!row.get(i).equals(Words.NOTHING)) {
        extras.add(columns.get(i).name + " " + row.get(i));
      }
    }
    if (!extras.isEmpty()) {
      Words.wrapped(INDENT + INDENT + String.join(", ", extras), width).forEach(out::println);
    }
  }

  private String lineOf(List<String> values, int inLine, int firstWidth) {
    StringBuilder line = new StringBuilder(INDENT);
    for (int i = 0; i < inLine; i++) {
      String value = values.get(i);
      String blanks =
          " ".repeat(Math.max(0, (i == 0 ? firstWidth : columnWidth(i)) - value.length()));
      line.append(i == 0 ? "" : INDENT);
      line.append(columns.get(i).isNumber ? blanks + value : value + blanks);
    }
    return line.toString().stripTrailing();
  }

  private int widthBesideFirst(int count) {
    int width = INDENT.length();
    for (int i = 1; i < count; i++) {
      width += INDENT.length() + columnWidth(i);
    }
    return width;
  }

  /// Returns the width of the longest first value that fits.
  private int firstWidth(int most) {
    int longest = columns.getFirst().name.length();
    for (List<String> row : rows) {
      int length = row.getFirst().length();
      longest = length <= most ? Math.max(longest, length) : longest;
    }
    return longest;
  }

  private int columnWidth(int column) {
    int most = columns.get(column).name.length();
    for (List<String> row : rows) {
      most = Math.max(most, row.get(column).length());
    }
    return most;
  }
}
