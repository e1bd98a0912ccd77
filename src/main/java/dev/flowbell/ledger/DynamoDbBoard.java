package dev.flowbell.ledger;

import dev.flowbell.ledger.UpdateItem.Condition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The board in a DynamoDB table: one item, which a process reads at most once a minute. For
/// several threads.
final class DynamoDbBoard {
  /// An entry takes up to 60 bytes, and each write of the item costs by its size.
  static final int MOST_ENTRIES = 500;

  private static final Duration MAX_AGE = Duration.ofMinutes(1);

  /// Begins the entry of a source that scans: `scan ADDRESS HOUR`.
  private static final String SCANNING = "scan ";

  /// For so many hours of flow time, what a source gets through that scans is looked at.
  private static final long SCANNING_HOURS = 26;

  private final DynamoDbTable table;
  private final Set<String> entries = new HashSet<>();
  private boolean isRead;
  private long readNanoseconds;

  DynamoDbBoard(DynamoDbTable table) {
    this.table = table;
  }

  /// Returns the entries, at most a minute old.
  synchronized Set<String> read() {
    long now = System.nanoTime();
    long age = now - readNanoseconds;
    // A negative age: the process continues from a snapshot.
    if (!isRead || age < 0 || age >= MAX_AGE.toNanos()) {
      try {
        Map<String, Object> item =
            table
                .read(List.of(LedgerAttributes.BOARD_ID))
                .getOrDefault(LedgerAttributes.BOARD_ID, Map.of());
        entries.clear();
        entries.addAll(DynamoDbJson.readStrings(item, LedgerAttributes.ENTRIES));
        isRead = true;
        readNanoseconds = now;
      } catch (DynamoDbRefusal e) {
        throw table.unavailable("BatchGetItem", e);
      }
      remove(findOld());
    }
    return Set.copyOf(entries);
  }

  /// Adds entries.
  ///
  /// @return how many were left out, because the board is full
  synchronized int post(Collection<String> posted) {
    List<String> added = new ArrayList<>(posted);
    added.removeAll(entries);
    if (added.isEmpty()) {
      return 0;
    }
    try {
      table.update(
          new UpdateItem(LedgerAttributes.BOARD_ID)
              .add(LedgerAttributes.ENTRIES, DynamoDbJson.stringSet(added))
              .onlyIfAny(
                  new Condition.Absent(LedgerAttributes.ENTRIES),
                  new Condition.Smaller(LedgerAttributes.ENTRIES, MOST_ENTRIES)));
      entries.addAll(added);
      return 0;
    } catch (DynamoDbRefusal e) {
      if (!e.code().equals(DynamoDbLedger.CONDITION_FAILED)) {
        throw table.unavailable("UpdateItem", e);
      }
      return added.size();
    }
  }

  /// Removes entries.
  synchronized void remove(Collection<String> removed) {
    if (removed.isEmpty()) {
      return;
    }
    try {
      table.update(
          new UpdateItem(LedgerAttributes.BOARD_ID)
              .delete(LedgerAttributes.ENTRIES, DynamoDbJson.stringSet(removed)));
      entries.removeAll(removed);
    } catch (DynamoDbRefusal e) {
      throw table.unavailable("UpdateItem", e);
    }
  }

  private Set<String> findOld() {
    long newest = entries.stream().mapToLong(DynamoDbBoard::scanHourOf).max().orElse(-1);
    Set<String> old = new HashSet<>();
    for (String entry : entries) {
      long hour = scanHourOf(entry);
      if (hour >= 0 && hour < newest - SCANNING_HOURS) {
        old.add(entry);
      }
    }
    return old;
  }

  /// Returns the hour of a source that scans, -1 for other entries.
  private static long scanHourOf(String entry) {
    return entry.startsWith(SCANNING)
        ? Long.parseLong(entry.substring(entry.lastIndexOf(' ') + 1))
        : -1;
  }
}
