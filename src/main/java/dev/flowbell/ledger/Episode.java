package dev.flowbell.ledger;

import java.time.Duration;
import java.time.Instant;

/// One cause, from its first to its last flow: what was sent of it.
///
/// @param first, last the flow times; an hour before and behind still belong to it
/// @param sentAt the flow time at which a notification was last sent
/// @param rank how much the last notification mattered
/// @param isGrown whether a notification said that it has grown
/// @param hasGotThrough whether a notification said what got through
/// @param sentBy the id of the batch whose notification was last sent; empty where it is not known
public record Episode(
    Instant first,
    Instant last,
    Instant sentAt,
    int rank,
    boolean isGrown,
    boolean hasGotThrough,
    String sentBy) {
  /// After so much silence, the next flow begins another episode.
  public static final Duration SILENCE = Duration.ofHours(1);

  /// Returns whether flows of this time belong to the episode.
  public boolean covers(Instant earliest, Instant latest) {
    return !latest.isBefore(first.minus(SILENCE)) && !earliest.isAfter(last.plus(SILENCE));
  }

  /// Returns the episode with flows of this time.
  public Episode extendedBy(Instant earliest, Instant latest) {
    return new Episode(
        earliest.isBefore(first) ? earliest : first,
        latest.isAfter(last) ? latest : last,
        sentAt,
        rank,
        isGrown,
        hasGotThrough,
        sentBy);
  }
}
