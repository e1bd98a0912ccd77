package dev.flowbell.ledger;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What the ledger remembers across payloads, as one claim sees it: evidence, what was sent of each
/// cause, and what waits.
///
/// Everything is keyed by flow time, so that the order of payloads does not matter. Sets are
/// idempotent. Numbers are added once for a batch, however often it is repeated. The methods throw
/// [LedgerUnavailableException] where the ledger does not answer.
public interface Evidence {
  /// Returns whether each item costs something, so that little evidence is not worth keeping.
  boolean isBounded();

  /// Adds to items.
  ///
  /// @return each item as it is afterwards, by key
  Map<String, EvidenceItem> add(Collection<EvidenceAddition> additions);

  /// Returns items by key; those that do not exist are absent.
  Map<String, EvidenceItem> read(Collection<String> keys);

  /// The most episodes of a payload that [#episodes] reads where each costs something: those of one
  /// call.
  int MOST_EPISODES = 100;

  /// Tells how many payloads the claim has, a batch's or as many as a file is worth. Where it
  /// writes and reads at a price, its bounds grow with them. They are those of one before.
  void widenTo(int payloads);

  /// Returns the most episodes that [#episodes] reads at once.
  int mostEpisodes();

  /// Returns the episodes of causes by key; those of which nothing was sent are absent.
  ///
  /// @param keys at most [#mostEpisodes] where [#isBounded]
  /// @throws IllegalArgumentException where there are more
  Map<String, Episode> episodes(Collection<String> keys);

  /// Throws an exception if there are more keys than [#episodes] accepts.
  static void checkSize(Collection<String> keys, int most) {
    if (keys.size() > most) {
      throw new IllegalArgumentException(
          "expected at most %d causes, got %d".formatted(most, keys.size()));
    }
  }

  /// Takes the right to send a notification of a cause. It is this batch's until [#recordSent] or
  /// [#release], or until its time is over. If the claim is killed, the batch's next one has it.
  ///
  /// @param known the episode that the decision to send is based on, `null` for none
  /// @return `false` where another batch has the right, or sent a notification meanwhile
  boolean lease(String key, @Nullable Episode known);

  /// Records that a notification was accepted. The right to send it ends.
  void recordSent(String key, Episode episode);

  /// Gives the right to send back: the notification was not accepted.
  void release(String key);

  /// Records that an episode goes on.
  void extend(String key, Episode episode);

  /// Returns the entries of the board, which every payload looks at. They can be a minute old.
  Set<String> board();

  /// Adds entries to the board.
  void post(Set<String> entries);

  /// Removes entries from the board.
  void remove(Set<String> entries);

  /// Counts one notification of an hour.
  ///
  /// @param hour hours since 1970, in flow time
  /// @return `false` where `most` were counted already
  boolean countNotification(long hour, int most);

  /// Keeps an alert for the digest of an hour.
  void hold(long hour, String alert);

  /// Removes and returns what is held for hours before this one, by hour.
  Map<Long, List<String>> takeHeld(long beforeHour);

  /// Returns how many additions, entries and alerts were left out because of the ledger's bounds.
  int leftOut();
}
