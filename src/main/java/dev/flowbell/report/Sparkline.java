package dev.flowbell.report;

import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// Rejects by hour in one line of blocks.
final class Sparkline {
  private static final String BLOCKS = "▁▂▃▄▅▆▇█";
  private static final String NO_RECORDS = "·";
  private static final String NO_REJECTS = "_";

  private final HourColumns columns;
  private final long most;

  /// Creates a line of at most `width` characters.
  Sparkline(Report report, int width) {
    columns = new HourColumns(report, width);
    most =
        IntStream.range(0, columns.size())
            .mapToLong(column -> columns.sum(column).rejected())
            .max()
            .orElse(0);
  }

  /// Returns the blocks.
  String line() {
    return IntStream.range(0, columns.size()).mapToObj(this::block).collect(Collectors.joining());
  }

  /// Returns what a column is, and what signs other than blocks mean.
  String legend() {
    String line = line();
    return "Each column is "
        + Words.counted(columns.hoursEach(), "hour")
        + "; the highest has "
        + Words.counted(most, "reject")
        + (line.contains(NO_REJECTS) ? "; " + NO_REJECTS + " none" : "")
        + (line.contains(NO_RECORDS) ? "; " + NO_RECORDS + " no records" : "")
        + ".";
  }

  private String block(int column) {
    long rejects = columns.sum(column).rejected();
    if (rejects == 0) {
      return columns.isGap(column) ? NO_RECORDS : NO_REJECTS;
    }
    int level = (int) Math.ceil(rejects * (double) BLOCKS.length() / most);
    return BLOCKS.substring(level - 1, level);
  }
}
