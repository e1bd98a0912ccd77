package dev.flowbell.doctor;

/// What a check comes to.
public enum Verdict {
  /// As it should be.
  OK,
  /// Works, and somebody should know or look at it.
  WARNING,
  /// Broken: records, metrics or notifications are lost.
  PROBLEM,
  /// Not known, because the question could not be asked.
  SKIPPED
}
