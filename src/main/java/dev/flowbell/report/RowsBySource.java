package dev.flowbell.report;

/// The rows of a table, by the source in the high half of their tuples' first long.
final class RowsBySource {
  private final int[] starts;
  private final int[] rows;

  /// Creates an index.
  ///
  /// @param sources how many sources there are
  RowsBySource(TupleSums table, int sources) {
    starts = new int[sources + 1];
    rows = new int[table.size()];
    for (int row = 0; row < rows.length; row++) {
      starts[(int) (table.tuple(row, 0) >>> 32) + 1]++;
    }
    for (int source = 0; source < sources; source++) {
      starts[source + 1] += starts[source];
    }
    int[] next = starts.clone();
    for (int row = 0; row < rows.length; row++) {
      rows[next[(int) (table.tuple(row, 0) >>> 32)]++] = row;
    }
  }

  /// Returns the place of a source's first row.
  int start(int source) {
    return starts[source];
  }

  /// Returns the place behind a source's last row.
  int end(int source) {
    return starts[source + 1];
  }

  /// Returns the row at a place.
  int row(int place) {
    return rows[place];
  }
}
