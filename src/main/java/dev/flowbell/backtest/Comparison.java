package dev.flowbell.backtest;

/// What a change of one setting would have come to.
///
/// @param trial what would have been sent
/// @param difference compared with the settings as they are
public record Comparison(Change change, Trial trial, Difference difference) {}
