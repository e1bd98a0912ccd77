package dev.flowbell.input;

import dev.flowbell.record.RecordFormat;

/// Receives the lines of one file, in their order.
public interface LineTarget {
  /// Receives the format that a header line sets. It holds for the lines after it.
  void useFormat(RecordFormat format);

  /// Receives the line `[start, end)`: a record, a header line, or something unreadable.
  ///
  /// @param buffer holds the line until this method returns
  void addLine(byte[] buffer, int start, int end);

  /// Receives a line that is too long to hold.
  void addOverlongLine();
}
