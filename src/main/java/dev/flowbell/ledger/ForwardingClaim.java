package dev.flowbell.ledger;

import java.time.Instant;
import java.util.Collection;
import java.util.Set;

/// A claim that passes each call on to another one.
abstract class ForwardingClaim implements Claim {
  final Claim claim;

  ForwardingClaim(Claim claim) {
    this.claim = claim;
  }

  @Override
  public Instant arrival() {
    return claim.arrival();
  }

  @Override
  public boolean isFinished() {
    return claim.isFinished();
  }

  @Override
  public Set<String> doneSteps() {
    return claim.doneSteps();
  }

  @Override
  public Set<Integer> acceptedRequests() {
    return claim.acceptedRequests();
  }

  @Override
  public long acceptedPlan() {
    return claim.acceptedPlan();
  }

  @Override
  public boolean wasInterrupted() {
    return claim.wasInterrupted();
  }

  @Override
  public boolean mayRepeatAny() {
    return claim.mayRepeatAny();
  }

  @Override
  public int possibleDuplicates() {
    return claim.possibleDuplicates();
  }

  @Override
  public boolean recordAccepted(Set<Integer> requests, long plan) {
    return claim.recordAccepted(requests, plan);
  }

  @Override
  public void recordDone(Collection<String> steps) {
    claim.recordDone(steps);
  }

  @Override
  public void finish(Collection<String> steps) {
    claim.finish(steps);
  }

  @Override
  public void addPossibleDuplicates(int publications) {
    claim.addPossibleDuplicates(publications);
  }

  @Override
  public void clearPossibleDuplicates() {
    claim.clearPossibleDuplicates();
  }

  @Override
  public void release() {
    claim.release();
  }

  @Override
  public Evidence evidence() {
    return claim.evidence();
  }
}
