package dev.flowbell.doctor;

/// The assessment of a finding.
public enum Verdict {
  /// As it should be.
  OK,
  /// Works, but needs attention.
  WARNING,
  /// Broken: records, metrics or notifications are lost.
  PROBLEM,
  /// Unknown, because the check could not run.
  SKIPPED
}
