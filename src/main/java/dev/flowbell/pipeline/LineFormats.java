package dev.flowbell.pipeline;

import dev.flowbell.record.RecordFormat;
import java.util.List;

/// Says what formats the lines of a log group may have.
public interface LineFormats {
  /// Returns the formats to read a log group's lines by, at least one.
  ///
  /// @param logGroup its name, empty where a payload names none
  List<RecordFormat> of(String logGroup);

  /// Looks again, because there are lines that don't fit.
  ///
  /// @return whether [#of] now returns something else
  boolean refresh(String logGroup);

  /// Returns formats that stay as they are, for every log group.
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
