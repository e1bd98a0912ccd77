package dev.flowbell.report;

import dev.flowbell.record.FlowField;
import dev.flowbell.record.ParseFault;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What became of the inputs of a report.
///
/// @param read how many were read, standard input included
/// @param unread why others could not be read, a line each
/// @param faults lines that are no readable record, by cause
/// @param unknownFields names of columns that this version doesn't know
/// @param fields the fields that the records' formats have
/// @param isInterrupted whether the user ended the reading
public record Inputs(
    long read,
    List<String> unread,
    Map<ParseFault, Long> faults,
    Set<String> unknownFields,
    Set<FlowField> fields,
    boolean isInterrupted) {}
