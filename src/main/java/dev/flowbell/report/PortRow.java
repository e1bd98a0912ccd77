package dev.flowbell.report;

import java.util.List;

/// A destination port at which sources were rejected.
///
/// @param sources how many different ones
/// @param byHour rejects in each of the report's hours; empty for all but the first rows
public record PortRow(Port port, long rejects, long sources, List<Long> byHour) {}
