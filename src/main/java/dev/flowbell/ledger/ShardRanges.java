package dev.flowbell.ledger;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The ranges of one claim of a shard: what every ledger has to know of them.
///
/// A range ends where an earlier invocation's range ended, and where one of its steps ended. So
/// whatever was done is done of all records of a range, or of none.
final class ShardRanges {
  private final ShardItem before;
  private final String last;
  private Set<String> known;
  private final LinkedHashSet<String> recent;
  private String finished;
  private @Nullable String current;
  private boolean hasFinished;

  /// @param before the shard as the claim found it
  /// @param last the sequence number of the batch's last record
  ShardRanges(ShardItem before, String last) {
    this.before = before;
    this.last = last;
    finished = before.finished();
    known = Set.copyOf(before.recent());
    recent = new LinkedHashSet<>(before.recent());
  }

  String finished() {
    return finished;
  }

  Set<String> known() {
    return known;
  }

  /// Moves on to the next range.
  ///
  /// @return the sequence number of its last record, `null` if there is none
  @Nullable String next() {
    String end = last;
    List<String> borders = new ArrayList<>(before.doneTo().values());
    borders.add(before.countedTo());
    borders.add(before.begunTo());
    for (String border : borders) {
      if (isOpen(border) && ShardClaim.compare(border, end) < 0) {
        end = border;
      }
    }
    current = isOpen(end) ? end : null;
    return current;
  }

  /// Returns the id of the current range. All parts of a range that was begun have the same.
  ///
  /// @param shard the shard's own
  String idOf(String shard) {
    return shard + "@" + (isOfBegun() ? before.begunTo() : current);
  }

  /// Returns what was done of the current range.
  BatchItem toBatch(Instant now) {
    if (!isOfBegun()) {
      return BatchItem.newBatch(now);
    }
    BatchItem begun = before.begun();
    Set<String> doneSteps =
        before.doneTo().entrySet().stream()
            .filter(each -> ShardClaim.compare(each.getValue(), currentEnd()) >= 0)
            .map(Map.Entry::getKey)
            .collect(Collectors.toSet());
    boolean isCounted = ShardClaim.compare(before.countedTo(), currentEnd()) >= 0;
    boolean isWhole = !hasFinished && currentEnd().equals(before.begunTo());
    return new BatchItem(
        begun.arrival(),
        isWhole ? begun.leaseEnd() : Instant.EPOCH,
        doneSteps,
        isWhole ? begun.acceptedRequests() : Set.of(),
        isWhole ? begun.acceptedPlan() : 0,
        isWhole ? begun.possibleDuplicates() : inheritedDuplicates(),
        isCounted);
  }

  /// Returns the possible duplicates of a part of the range that was begun: requests of the whole
  /// range may have been accepted, and have other values than those of the part.
  int inheritedDuplicates() {
    BatchItem begun = before.begun();
    return begun.possibleDuplicates() + begun.acceptedRequests().size() + (begun.isHeld() ? 1 : 0);
  }

  /// Returns whether the current range is the one that was begun, or a part of it.
  private boolean isOfBegun() {
    return isOpen(before.begunTo()) && ShardClaim.compare(currentEnd(), before.begunTo()) <= 0;
  }

  private String currentEnd() {
    return current == null ? "" : current;
  }

  private boolean isOpen(String to) {
    return ShardClaim.compare(to, finished) > 0;
  }

  void addPayloads(Collection<String> ids) {
    for (String id : ids) {
      String beginning = id.substring(0, Long.BYTES * 2);
      recent.remove(beginning);
      recent.addLast(beginning);
    }
  }

  /// Finishes the current range.
  void finish() {
    finished = currentEnd();
    known = Set.copyOf(recent);
    hasFinished = true;
  }

  /// Returns whether the batch has records behind those that are finished.
  boolean isFollowed() {
    return isOpen(last);
  }

  /// Returns the end of the range that was begun, if it is not finished; else an empty string.
  String begunTo() {
    return isOpen(before.begunTo()) ? before.begunTo() : "";
  }

  /// Returns the end of what comes next: of the range that was begun, else of the batch. It is an
  /// empty string where nothing does.
  String restTo() {
    return !begunTo().isEmpty() ? begunTo() : isFollowed() ? last : "";
  }

  /// Returns what is still ahead of the finished records: the entries of steps.
  Set<String> stepsAhead() {
    return before.doneTo().entrySet().stream()
        .filter(each -> isOpen(each.getValue()))
        .map(each -> ShardItem.toEntry(each.getKey(), each.getValue()))
        .collect(Collectors.toSet());
  }

  boolean isCountedAhead() {
    return isOpen(before.countedTo());
  }

  /// Returns the ids to keep, the oldest first.
  List<String> recent() {
    List<String> all = new ArrayList<>(recent);
    return all.subList(Math.max(0, all.size() - ShardClaim.MOST_RECENT), all.size());
  }
}
