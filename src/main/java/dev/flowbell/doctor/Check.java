package dev.flowbell.doctor;

import java.util.List;

/// One check of a deployment. It asks AWS for what it needs. Checks are independent: one that fails
/// does not affect the others.
interface Check {
  /// Returns the name of what is checked, in one to three words.
  String name();

  /// Returns the IAM actions that the check needs.
  List<String> actions();

  /// Returns whether the deployment has what is checked. Where flow logs come from a bucket, for
  /// example, there is no log group.
  default boolean appliesTo(Deployment deployment) {
    return true;
  }

  /// Runs the check.
  ///
  /// @return at least one finding
  List<Finding> examine(Deployment deployment);
}
