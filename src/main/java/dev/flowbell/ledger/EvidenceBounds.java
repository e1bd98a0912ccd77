package dev.flowbell.ledger;

/// What one claim may write and read of evidence where each call costs something: for each of its
/// payloads the price of [#OF_PAYLOAD], up to what an invocation has the time for.
///
/// @param writes the most items that are written, one call each
/// @param reads the most items that are read
/// @param readsOfFew the most items after which a call that reads few of them is still made
/// @param episodes the most episodes that are read at once
/// @param numbers the most numbers that are added
record EvidenceBounds(int writes, int reads, int readsOfFew, int episodes, int numbers) {
  static final EvidenceBounds OF_PAYLOAD =
      new EvidenceBounds(12, 24, 96, Evidence.MOST_EPISODES, 12);

  /// More payloads don't widen the bounds. 1,200 writes, one after another, take 12 seconds of the
  /// function's 60 at 10 ms each, and 24 at twice that. AWS says single-digit milliseconds; it was
  /// not measured there. The reads, 100 items a call, are some 50 calls more. So half of the time
  /// remains for metrics and notifications, even on a bad day.
  static final int MOST_PAYLOADS = 100;

  /// One call reads 100 episodes, see [DynamoDbTable#MOST_READS].
  private static final int MOST_EPISODE_CALLS = 24;

  /// Returns the bounds of a claim.
  ///
  /// @param payloads how many it has
  static EvidenceBounds of(int payloads) {
    int times = Math.clamp(payloads, 1, MOST_PAYLOADS);
    return new EvidenceBounds(
        OF_PAYLOAD.writes * times,
        OF_PAYLOAD.reads * times,
        Math.max(OF_PAYLOAD.readsOfFew, OF_PAYLOAD.reads * times),
        OF_PAYLOAD.episodes * Math.min(times, MOST_EPISODE_CALLS),
        OF_PAYLOAD.numbers * times);
  }
}
