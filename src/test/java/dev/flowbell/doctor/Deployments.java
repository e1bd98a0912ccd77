package dev.flowbell.doctor;

import dev.flowbell.testing.doubles.FakeAccount;

/// Finds the deployment in a fake account.
final class Deployments {
  private Deployments() {}

  static Deployment in(FakeAccount account) {
    try {
      return Deployment.find("flowbell", account.clients());
    } catch (CannotAskException e) {
      throw new AssertionError(e);
    }
  }
}
