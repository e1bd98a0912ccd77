package dev.flowbell.report;

import dev.flowbell.record.FlowField;
import dev.flowbell.record.ParseFault;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a report's records cover.
///
/// @param inputs how many files were read, standard input included
/// @param unread why others could not be read, a line each
/// @param faults lines that are no readable record, by cause
/// @param unknownFields names of columns that this version doesn't know
/// @param fields the fields that the records' formats have
/// @param hasAccepted whether accepted records were among them
/// @param isInterrupted whether the user ended the reading
/// @param first, last the earliest start and the latest end; `null` without records
/// @param gaps times between the two without any record, in order
/// @param noDataWindows intervals in which an interface had no traffic
/// @param skippedWindows intervals whose records AWS skipped
public record Coverage(
    long inputs,
    List<String> unread,
    Map<ParseFault, Long> faults,
    Set<String> unknownFields,
    Set<FlowField> fields,
    boolean hasAccepted,
    boolean isInterrupted,
    @Nullable Instant first,
    @Nullable Instant last,
    List<Gap> gaps,
    long noDataWindows,
    long skippedWindows) {
  /// Returns whether the records can show something of this field. Without a record, nothing is
  /// known of the fields.
  public boolean canShow(FlowField field) {
    return fields.isEmpty() || fields.contains(field);
  }

  /// A time without any record, in steps of ten minutes: AWS's longer aggregation interval.
  public record Gap(Instant from, Instant until) {}
}
