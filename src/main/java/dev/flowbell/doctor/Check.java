package dev.flowbell.doctor;

import java.util.List;

/// One question about a deployment, independent of the others: it asks AWS for what it needs, and
/// one that can't be asked leaves the rest alone.
interface Check {
  /// Returns what is looked at, in a word or three.
  String name();

  /// Returns the IAM actions that the question takes.
  List<String> actions();

  /// Asks.
  ///
  /// @return at least one finding
  List<Finding> examine(Deployment deployment);
}
