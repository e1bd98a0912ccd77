package dev.flowbell.report;

import dev.flowbell.classify.Door;

/// A door at which sources were rejected.
///
/// @param sources how many different ones
public record Target(Door door, long rejects, long sources) {}
