package dev.flowbell.summary;

/// A value with the number of its occurrences.
///
/// @param <T> the type of the value
/// @param count at least 1
public record Counted<T>(T value, long count) {}
