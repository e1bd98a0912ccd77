package dev.flowbell.pipeline;

import dev.flowbell.record.RecordFormat;
import java.util.List;

/// The formats that the lines of a log group may have.
public interface LineFormats {
  /// Returns the formats for a log group's lines, at least one.
  ///
  /// @param logGroup the log group's name, empty where the payload names none
  List<RecordFormat> of(String logGroup);

  /// Looks for new formats, because a line fits none.
  ///
  /// @return whether [#of] now returns other formats
  boolean refresh(String logGroup);

  /// Returns the same formats for every log group.
  static LineFormats fixed(List<RecordFormat> formats) {
    return new LineFormats() {
      @Override
      public List<RecordFormat> of(String logGroup) {
        return formats;
      }

      @Override
      public boolean refresh(String logGroup) {
        return false;
      }
    };
  }
}
