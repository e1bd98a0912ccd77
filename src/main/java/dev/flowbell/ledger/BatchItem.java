package dev.flowbell.ledger;

import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A batch's item in the ledger table. Attributes that this version does not know are ignored.
///
/// @param arrival when the batch first arrived
/// @param leaseEnd when the claim ends; [Instant#EPOCH] after a release, `null` if the batch is
///   finished
/// @param doneSteps the names of the steps that are done, unknown ones included
/// @param acceptedRequests the numbers of the metrics step's accepted requests
/// @param acceptedPlan what these numbers mean, 0 where it is not recorded
/// @param possibleDuplicates how many publications may have been accepted without being recorded
/// @param isCounted whether the batch's numbers were added to the evidence
record BatchItem(
    Instant arrival,
    @Nullable Instant leaseEnd,
    Set<String> doneSteps,
    Set<Integer> acceptedRequests,
    long acceptedPlan,
    int possibleDuplicates,
    boolean isCounted) {

  /// A lease that ended long ago, but not by a release.
  static final Instant INTERRUPTED = Instant.EPOCH.plusMillis(1);

  /// Returns a batch that has no item yet.
  static BatchItem newBatch(Instant arrival) {
    return new BatchItem(arrival, Instant.EPOCH, Set.of(), Set.of(), 0, 0, false);
  }

  /// Returns the batch that an item of the table holds.
  static BatchItem from(Map<String, Object> item) {
    Set<Integer> acceptedRequests = new TreeSet<>();
    DynamoDbJson.readNumbers(item, LedgerAttributes.TAKEN)
        .forEach(number -> acceptedRequests.add(Integer.valueOf(number)));
    return new BatchItem(
        DynamoDbJson.readInstant(item, LedgerAttributes.ARRIVAL),
        item.containsKey(LedgerAttributes.LEASE_END)
            ? DynamoDbJson.readInstant(item, LedgerAttributes.LEASE_END)
            : null,
        new LinkedHashSet<>(DynamoDbJson.readStrings(item, LedgerAttributes.CLOSED)),
        acceptedRequests,
        DynamoDbJson.readNumber(item, LedgerAttributes.PLAN, 0),
        (int) DynamoDbJson.readNumber(item, LedgerAttributes.DOUBTS, 0),
        item.containsKey(LedgerAttributes.COUNTED));
  }

  boolean isFinished() {
    return leaseEnd == null;
  }

  /// Returns whether the last claim was neither finished nor released.
  boolean isHeld() {
    return leaseEnd != null && !leaseEnd.equals(Instant.EPOCH);
  }
}
