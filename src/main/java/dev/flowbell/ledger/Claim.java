package dev.flowbell.ledger;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// One run's hold on a batch: what earlier runs left to be done, and where this one notes what it
/// does. For one thread.
///
/// Whatever is noted stays noted when the run ends; who claims the batch next goes on from there.
/// Every method that notes something throws [LedgerUnavailableException] where it could not be.
public interface Claim {
  /// The most keys that [#startCooldowns] takes. "Up to 100 distinct items" make a transaction, one
  /// of which is the batch.
  ///
  /// @see <a
  ///   href="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html">TransactWriteItems</a>
  ///   (read 2026-11-23)
  int MOST_KEYS = 99;

  /// Returns when the batch came first. A run that repeats it counts with this time: its metrics
  /// are then the same, request by request.
  Instant arrival();

  /// Returns the steps that are still to be done: all for a new batch, none for one that is done.
  Set<Step> open();

  /// Returns which of the metrics step's requests were taken, as far as it was noted before this
  /// run, by their numbers.
  Set<Integer> takenRequests();

  /// Returns whether the run before this one was cut off, or couldn't note that it ended: what it
  /// had under way is one of the [#doubts], and may be more.
  boolean isAfterCut();

  /// Returns how many publications of earlier runs may have been taken although nobody noted it,
  /// and which this run therefore may double: one for an earlier run that was cut off, even if it
  /// had several requests under way, and one for each request that ended without an answer.
  int doubts();

  /// Asks what of an alert's kind may be told, and starts the time for which it may not be again.
  ///
  /// A batch that is tried again gets the answers that it got before, and what it kept back is
  /// counted once.
  ///
  /// @param keys what is to be told: rule, original source, interface; [#MOST_KEYS] at most
  /// @param length how long the same key is quiet once told; zero for not at all
  /// @return by key
  Map<String, Cooldown> startCooldowns(Collection<String> keys, Instant now, Duration length);

  /// Notes that these of the metrics step's requests were taken, one at least, and others follow.
  void noteTaken(Set<Integer> requests);

  /// Notes that steps were done. With the last one the batch is done, and the hold ends.
  void close(Collection<Step> steps);

  /// Notes that so many publications were sent and no answer came.
  void addDoubts(int publications);

  /// Forgets the doubts: they were published. Noted with whatever is noted next.
  void settleDoubts();

  /// Ends the hold before everything is done, so that the next run need not wait for the lease to
  /// end, and has no doubts but those noted.
  void release();

  /// Returns whether each of these steps is closed.
  static boolean isDone(Collection<Step> closed) {
    return closed.containsAll(List.of(Step.values()));
  }
}
