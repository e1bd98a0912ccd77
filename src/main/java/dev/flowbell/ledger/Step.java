package dev.flowbell.ledger;

/// A part of a batch's work that must be done once.
public enum Step {
  /// Its counts are in CloudWatch.
  METRICS,
  /// Its notification is out.
  ALERTS
}
