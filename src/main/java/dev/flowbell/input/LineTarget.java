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

  /// Receives a line that is a record, unless something is around it. A target that reads it as one
  /// saves the search for what that may be.
  ///
  /// @param buffer holds the line until this method returns
  /// @return whether it is a record; if not, nothing was done
  default boolean addRecord(byte[] buffer, int start, int end) {
    return false;
  }

  /// Receives a line that is too long to hold.
  void addOverlongLine();
}
