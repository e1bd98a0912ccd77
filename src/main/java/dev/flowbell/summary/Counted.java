package dev.flowbell.summary;

/// How often something came.
///
/// @param <T> what came
/// @param count at least 1
public record Counted<T>(T value, long count) {}
