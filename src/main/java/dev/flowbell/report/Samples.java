package dev.flowbell.report;

import dev.flowbell.record.FlowField;
import dev.flowbell.record.FlowRecord;
import java.util.StringJoiner;

/// Records as texts to look at: `srcaddr=198.51.100.7 dstaddr=10.0.0.5 …`. They name their fields,
/// because the files of a report can have several formats.
final class Samples {
  /// A key begins with the time, so that keys have the order of flow time.
  private static final int TIME_DIGITS = 19;

  private static final int MOST_CHARACTERS = 1_000;

  private static final FlowField[] FIELDS = FlowField.values();

  private Samples() {}

  /// Returns a text that sorts by time, from which [#textOf] makes the sample.
  static String keyOf(FlowRecord record) {
    StringJoiner text = new StringJoiner(" ");
    for (FlowField field : FIELDS) {
      String value = record.text(field);
      if (value != null) {
        text.add(field.awsName() + "=" + value);
      }
    }
    String time = String.format("%0" + TIME_DIGITS + "d", Math.max(0, record.startSeconds()));
    String whole = text.toString();
    return time + whole.substring(0, Math.min(whole.length(), MOST_CHARACTERS));
  }

  static String textOf(String key) {
    return key.substring(TIME_DIGITS);
  }
}
