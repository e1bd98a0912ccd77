package dev.flowbell.benchmarks;

import dev.flowbell.record.RecordFormat;

/// The kinds of payload that are measured.
@SuppressWarnings("ImmutableEnumChecker") // a format has no setters
public enum Payload {
  /// Lines in AWS's default format.
  DEFAULT(RecordFormat.DEFAULT, false),
  /// Lines in the format of Flowbell's template.
  FULL(RecordFormat.FLOWBELL, false),
  /// The default format's fields as JSON objects.
  JSON(RecordFormat.DEFAULT, true);

  private final RecordFormat format;
  private final boolean isJson;

  Payload(RecordFormat format, boolean isJson) {
    this.format = format;
    this.isJson = isJson;
  }

  RecordFormat format() {
    return format;
  }

  /// Returns the `awslogs.data` of a payload of this kind.
  String data(int records) {
    return isJson
        ? FlowLogTraffic.ofJson(format, records)
        : FlowLogTraffic.ofLines(format, records);
  }
}
