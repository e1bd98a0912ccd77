package dev.flowbell.settings;

import dev.flowbell.record.FlowRecord;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A change between log groups and a bucket, to which flow logs deliver the same traffic for a
/// while. Records that end before the change count from the source before, later ones from the new
/// one.
///
/// @param at the time of the change
/// @param isToFiles whether the new source is a bucket
public record SourceChange(Instant at, boolean isToFiles) {
  private static final Pattern FORM = Pattern.compile("(\\S+) +(log-groups|bucket)");

  /// Parses the text of a setting, such as `2026-12-01T10:00Z bucket`.
  ///
  /// @param text the time, and `log-groups` or `bucket`: the source from then on
  /// @throws IllegalArgumentException naming what is wrong
  public static SourceChange parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (matcher.matches()) {
      try {
        return new SourceChange(
            OffsetDateTime.parse(matcher.group(1)).toInstant(), matcher.group(2).equals("bucket"));
      } catch (DateTimeParseException _) {
        // no time, as below
      }
    }
    throw new IllegalArgumentException(
        "expected a time and the source from then on, as in 2026-12-01T10:00Z bucket, got \"%s\""
            .formatted(text));
  }

  /// Returns whether a record counts. One that lacks `end` counts from both sources.
  ///
  /// @param isOfFile whether the record comes from a file, and not from a log group
  public boolean includes(FlowRecord record, boolean isOfFile) {
    long end = record.endSeconds();
    return end == FlowRecord.ABSENT || includes(end, isOfFile);
  }

  /// Returns whether a record counts that ends at a time, in Unix seconds.
  ///
  /// @param isOfFile whether the record comes from a file, and not from a log group
  public boolean includes(long endSeconds, boolean isOfFile) {
    boolean isAfter = endSeconds >= at.getEpochSecond();
    return isAfter == (isOfFile == isToFiles);
  }
}
