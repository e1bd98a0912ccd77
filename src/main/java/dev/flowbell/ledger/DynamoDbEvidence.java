package dev.flowbell.ledger;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.flowbell.ledger.UpdateItem.Condition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Evidence in a DynamoDB table, as one claim sees it. For one thread.
///
/// A write to an item returns all of it, so that of several payloads that add to it at the same
/// time, the last one sees everything. Sets have caps: what does not fit is left out. What a claim
/// writes and reads is bounded, for the price.
///
/// What the claim posts to the board and removes from it is written in [#flush], in one call each.
/// Removed entries remain until the claim finishes, so that a killed invocation's next one finds
/// them again.
final class DynamoDbEvidence implements Evidence {
  /// How long a claim has the right to send a notification: longer than sending one takes.
  static final Duration LEASE = Duration.ofSeconds(30);

  /// Smaller numbers are not written. So a number says "at least".
  static final long LEAST_NUMBER = 5;

  /// Calls that read no more have a bound of their own: without them, a cause that waits would be
  /// forgotten.
  static final int FEW = 6;

  /// The most items of one transaction, one of which is the batch's.
  ///
  /// @see <a
  ///   href="https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html">TransactWriteItems</a>
  static final int MOST_ITEMS_OF_TRANSACTION = 100;

  static final int MOST_HELD = 200;

  private static final int MOST_NUMBERS_OF_ITEM = 128;
  private static final int MOST_ATTEMPTS = 6;
  private static final int DEFAULT_CAP = 64;
  private static final Map<String, Integer> CAPS =
      Map.of("tries", 600, "nat", 4, "got", 32, "min", 60);

  /// Begins the attributes of numbers.
  private static final String NUMBER = "n";

  /// Begins the board's entry of an hour for which alerts are held: `held HOUR`.
  private static final String HELD = "held ";

  private static final Duration EPISODES_KEPT = Duration.ofHours(50);
  private static final Duration HOURS_KEPT = Duration.ofHours(26);
  private static final Duration LEAST_EXTENSION = Duration.ofMinutes(10);
  private static final String CANCELED = "TransactionCanceledException";

  private final DynamoDbTable table;
  private final EvidenceCache cache;
  private final DynamoDbBoard board;
  private final String item;
  private final String owner;
  private final String runner;
  private final Map<String, Object> countedMark;
  private final Supplier<Instant> clock;
  private final Map<String, EvidenceItem> written = new HashMap<>();
  private final Map<String, EvidenceItem> read = new HashMap<>(); // since the last write
  private final Map<String, Episode> episodes = new HashMap<>();
  private final Map<Long, List<String>> held = new HashMap<>();
  private final Set<String> posted = new LinkedHashSet<>();
  private final Set<String> removed = new LinkedHashSet<>();
  private EvidenceBounds bounds = EvidenceBounds.OF_PAYLOAD;
  private boolean isCounted;
  private int writes;
  private int reads;
  private int leftOut;

  /// @param item the partition key's value of the claim's item
  /// @param owner the batch or the shard, which owns what it leases
  /// @param runner the claim's id in the item
  /// @param countedMark marks in the item that numbers were added
  /// @param isCounted whether the batch's numbers were added by an earlier claim
  /// @param clock the time on the clock that claims are made by
  DynamoDbEvidence(
      DynamoDbTable table,
      EvidenceCache cache,
      DynamoDbBoard board,
      String item,
      String owner,
      String runner,
      Map<String, Object> countedMark,
      boolean isCounted,
      Supplier<Instant> clock) {
    this.table = table;
    this.cache = cache;
    this.board = board;
    this.item = item;
    this.owner = owner;
    this.runner = runner;
    this.countedMark = countedMark;
    this.isCounted = isCounted;
    this.clock = clock;
  }

  @Override
  public boolean isBounded() {
    return true;
  }

  @Override
  public void widenTo(int payloads) {
    bounds = EvidenceBounds.of(payloads);
  }

  @Override
  public int mostEpisodes() {
    return bounds.episodes();
  }

  @Override
  public Map<String, EvidenceItem> add(Collection<EvidenceAddition> additions) {
    Set<String> counted = addNumbers(additions);
    Map<String, EvidenceItem> added = new LinkedHashMap<>();
    Set<String> unread = new LinkedHashSet<>();
    for (EvidenceAddition addition : additions) {
      EvidenceItem item = addSets(addition);
      if (item == null) {
        leftOut++;
        item = findKnown(addition.key()).plus(addition.item());
      } else if (counted.contains(addition.key()) && !written.containsKey(addition.key())) {
        unread.add(addition.key());
      }
      added.put(addition.key(), item);
    }
    if (!unread.isEmpty()) {
      added.putAll(readItems(unread));
    }
    return added;
  }

  /// Adds numbers in one transaction that marks the batch as counted.
  ///
  /// @return the keys of the items that they were added to
  private Set<String> addNumbers(Collection<EvidenceAddition> additions) {
    List<CountedNumber> numbers = isCounted ? List.of() : numbersToAdd(additions);
    if (numbers.isEmpty()) {
      return Set.of();
    }
    Map<String, UpdateItem> byKey = new LinkedHashMap<>();
    for (CountedNumber each : numbers) {
      byKey
          .computeIfAbsent(each.addition.key(), _ -> newUpdate(each.addition))
          .add(NUMBER + encode(each.name), DynamoDbJson.number(each.number));
    }
    List<UpdateItem> updates = new ArrayList<>(byKey.values());
    updates.add(
        new UpdateItem(item)
            .set(LedgerAttributes.COUNTED, countedMark)
            .onlyIf(
                new Condition.Absent(LedgerAttributes.COUNTED),
                new Condition.Equal(LedgerAttributes.RUNNER, DynamoDbJson.string(runner))));
    isCounted = true;
    for (int attempt = 1; ; attempt++) {
      try {
        // With this token, DynamoDB makes a transaction once that it receives twice within ten
        // minutes.
        table.updateAll(updates, UUID.randomUUID().toString());
        byKey.keySet().forEach(written::remove);
        read.clear();
        return byKey.keySet();
      } catch (DynamoDbRefusal e) {
        if (!e.code().equals(CANCELED)) {
          throw table.unavailable("TransactWriteItems", e);
        }
        if (isConditionFailed(e)) {
          refuseUnlessCounted();
          return Set.of();
        }
        if (attempt == MOST_ATTEMPTS) { // too many at once: the numbers are at least these
          return Set.of();
        }
        table.pause("TransactWriteItems", attempt);
      }
    }
  }

  private record CountedNumber(EvidenceAddition addition, String name, long number) {}

  private List<CountedNumber> numbersToAdd(Collection<EvidenceAddition> additions) {
    List<CountedNumber> numbers = new ArrayList<>();
    for (EvidenceAddition addition : additions) {
      EvidenceItem known = findKnown(addition.key());
      addition
          .item()
          .numbers()
          .forEach(
              (name, number) -> {
                if (number >= LEAST_NUMBER
                    && (known.numbers().size() < MOST_NUMBERS_OF_ITEM
                        || known.numbers().containsKey(name))) {
                  numbers.add(new CountedNumber(addition, name, number));
                }
              });
    }
    Set<String> keys = new HashSet<>();
    return numbers.stream()
        .sorted(Comparator.comparingLong(CountedNumber::number).reversed())
        .limit(bounds.numbers())
        .takeWhile(
            each -> {
              keys.add(each.addition.key());
              return keys.size() < MOST_ITEMS_OF_TRANSACTION;
            })
        .toList();
  }

  private static boolean isConditionFailed(DynamoDbRefusal canceled) {
    return DynamoDbJson.objects(canceled.body(), "CancellationReasons").stream()
        .anyMatch(reason -> "ConditionalCheckFailed".equals(reason.get("Code")));
  }

  /// Throws an exception if another invocation has claimed the batch. Otherwise this claim's
  /// numbers were added by a transaction whose answer was lost.
  private void refuseUnlessCounted() {
    try {
      Map<String, Object> now = table.read(List.of(item)).getOrDefault(item, Map.of());
      if (!DynamoDbJson.readString(now, LedgerAttributes.RUNNER).equals(runner)) {
        throw new BatchClaimedException(owner);
      }
    } catch (DynamoDbRefusal e) {
      throw table.unavailable("BatchGetItem", e);
    }
  }

  /// Adds what an item does not hold yet, as far as it has room.
  ///
  /// @return the item, `null` if this claim has written too much
  private @Nullable EvidenceItem addSets(EvidenceAddition addition) {
    String key = addition.key();
    EvidenceItem known = findKnown(key);
    for (int attempt = 1; ; attempt++) {
      Map<String, List<String>> missing = missing(addition.item(), known);
      if (missing.isEmpty() || attempt > MOST_ATTEMPTS) {
        return known;
      }
      if (writes == bounds.writes()) {
        return null;
      }
      if (attempt == 1) {
        writes++;
      }
      UpdateItem update = newUpdate(addition);
      List<Condition> conditions = new ArrayList<>();
      missing.forEach(
          (name, entries) -> {
            update.add(name, DynamoDbJson.binarySet(entries));
            conditions.add(
                new Condition.Any(
                    List.of(new Condition.Absent(name), new Condition.Smaller(name, capOf(name)))));
          });
      read.clear();
      try {
        Map<String, Object> attributes = table.updateAndReturnNew(update.onlyIf(conditions));
        EvidenceItem item =
            attributes.isEmpty() // SnapStart's priming gets no attributes
                ? known.plus(addition.item())
                : toItem(attributes);
        written.put(key, item);
        cache.put(key, item);
        return item;
      } catch (DynamoDbRefusal e) {
        if (!e.code().equals(DynamoDbLedger.CONDITION_FAILED)) {
          throw table.unavailable("UpdateItem", e);
        }
        known = toItem(DynamoDbJson.object(e.body(), "Item")); // a set is full
        cache.put(key, known);
      }
    }
  }

  /// Returns the entries that an item does not hold yet, and has room for.
  private static Map<String, List<String>> missing(EvidenceItem addition, EvidenceItem known) {
    Map<String, List<String>> missing = new LinkedHashMap<>();
    addition
        .sets()
        .forEach(
            (name, entries) -> {
              Set<String> there = known.set(name);
              List<String> added =
                  entries.stream()
                      .filter(entry -> !there.contains(entry))
                      .sorted()
                      .limit(Math.max(0, capOf(name) - there.size()))
                      .toList();
              if (!added.isEmpty()) {
                missing.put(name, added);
              }
            });
    return missing;
  }

  private static int capOf(String set) {
    return CAPS.getOrDefault(set, DEFAULT_CAP);
  }

  private static UpdateItem newUpdate(EvidenceAddition addition) {
    return new UpdateItem(addition.key())
        .set(LedgerAttributes.EXPIRES, DynamoDbJson.seconds(addition.expires()));
  }

  private EvidenceItem findKnown(String key) {
    EvidenceItem item = written.get(key);
    if (item == null) {
      item = cache.find(key);
    }
    return item == null ? EvidenceItem.EMPTY : item;
  }

  @Override
  public Map<String, EvidenceItem> read(Collection<String> keys) {
    Set<String> unknown = new LinkedHashSet<>(keys);
    unknown.removeAll(written.keySet());
    unknown.removeAll(read.keySet());
    int most = unknown.size() <= FEW ? bounds.readsOfFew() : bounds.reads();
    List<String> within = unknown.stream().limit(Math.max(0, most - reads)).toList();
    if (!within.isEmpty()) {
      reads += within.size();
      Map<String, EvidenceItem> items = readItems(within);
      within.forEach(key -> read.put(key, items.getOrDefault(key, EvidenceItem.EMPTY)));
    }
    Map<String, EvidenceItem> found = new HashMap<>();
    for (String key : keys) {
      EvidenceItem item = written.getOrDefault(key, read.get(key));
      if (item != null && !item.equals(EvidenceItem.EMPTY)) {
        found.put(key, item);
      }
    }
    return found;
  }

  private Map<String, EvidenceItem> readItems(Collection<String> keys) {
    Map<String, EvidenceItem> found = new HashMap<>();
    readAll(keys)
        .forEach(
            (key, attributes) -> {
              EvidenceItem item = toItem(attributes);
              cache.put(key, item);
              found.put(key, item);
            });
    return found;
  }

  private Map<String, Map<String, Object>> readAll(Collection<String> ids) {
    Map<String, Map<String, Object>> items = new HashMap<>();
    List<String> all = List.copyOf(ids);
    try {
      for (int start = 0; start < all.size(); start += DynamoDbTable.MOST_READS) {
        int end = Math.min(all.size(), start + DynamoDbTable.MOST_READS);
        items.putAll(table.read(all.subList(start, end)));
      }
      return items;
    } catch (DynamoDbRefusal e) {
      throw table.unavailable("BatchGetItem", e);
    }
  }

  private static EvidenceItem toItem(Map<String, Object> attributes) {
    Map<String, Set<String>> sets = new HashMap<>();
    Map<String, Long> numbers = new HashMap<>();
    for (String name : attributes.keySet()) {
      Map<String, Object> value = DynamoDbJson.object(attributes, name);
      if (value.containsKey("BS")) {
        sets.put(name, DynamoDbJson.readBinaries(attributes, name));
      } else if (value.containsKey("N") && name.startsWith(NUMBER)) {
        numbers.put(
            decode(name.substring(NUMBER.length())), DynamoDbJson.readNumber(attributes, name, 0));
      }
    }
    return new EvidenceItem(sets, numbers);
  }

  /// Names of numbers are binary, and those of attributes are text.
  private static String encode(String name) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(name.getBytes(ISO_8859_1));
  }

  private static String decode(String name) {
    return new String(Base64.getUrlDecoder().decode(name), ISO_8859_1);
  }

  @Override
  public Map<String, Episode> episodes(Collection<String> keys) {
    Evidence.checkSize(keys, mostEpisodes());
    List<String> ids = keys.stream().distinct().map(LedgerAttributes::causeId).toList();
    Map<String, Episode> found = new LinkedHashMap<>();
    if (ids.isEmpty()) {
      return found;
    }
    Map<String, Map<String, Object>> items = readAll(ids);
    for (String key : keys) {
      Map<String, Object> item = items.get(LedgerAttributes.causeId(key));
      if (item != null && item.containsKey(LedgerAttributes.AT)) {
        found.put(key, toEpisode(item));
      }
    }
    episodes.putAll(found);
    return found;
  }

  private static Episode toEpisode(Map<String, Object> item) {
    return new Episode(
        DynamoDbJson.readInstant(item, LedgerAttributes.FIRST),
        DynamoDbJson.readInstant(item, LedgerAttributes.LAST),
        DynamoDbJson.readInstant(item, LedgerAttributes.AT),
        (int) DynamoDbJson.readNumber(item, LedgerAttributes.RANK, 0),
        DynamoDbJson.readBoolean(item, LedgerAttributes.GROWN),
        DynamoDbJson.readBoolean(item, LedgerAttributes.GOT),
        DynamoDbJson.readString(item, LedgerAttributes.SENT_BY));
  }

  /// The episode's first and last flow time are not compared: other payloads extend it meanwhile.
  @Override
  public boolean lease(String key, @Nullable Episode known) {
    flushPosts();
    List<Condition> conditions = new ArrayList<>();
    conditions.add(isFree());
    if (known == null) {
      conditions.add(new Condition.Absent(LedgerAttributes.AT));
    } else {
      conditions.add(
          new Condition.Equal(LedgerAttributes.AT, DynamoDbJson.milliseconds(known.sentAt())));
      conditions.add(new Condition.Equal(LedgerAttributes.RANK, DynamoDbJson.number(known.rank())));
      conditions.add(
          new Condition.Equal(LedgerAttributes.GROWN, DynamoDbJson.bool(known.isGrown())));
      conditions.add(
          new Condition.Equal(LedgerAttributes.GOT, DynamoDbJson.bool(known.hasGotThrough())));
    }
    return write(
        leasing(LedgerAttributes.causeId(key))
            .setIfAbsent(
                LedgerAttributes.EXPIRES, DynamoDbJson.seconds(clock.get().plus(EPISODES_KEPT)))
            .onlyIf(conditions));
  }

  private UpdateItem leasing(String id) {
    return new UpdateItem(id)
        .set(LedgerAttributes.LEASE_END, DynamoDbJson.milliseconds(clock.get().plus(LEASE)))
        .set(LedgerAttributes.OWNER, DynamoDbJson.string(owner));
  }

  /// Returns that no other batch has the right to send. This one may have it, if the answer to a
  /// first request was lost, or if an earlier claim was killed before it sent anything.
  private Condition isFree() {
    return new Condition.Any(
        List.of(
            new Condition.Absent(LedgerAttributes.LEASE_END),
            new Condition.AtMost(
                LedgerAttributes.LEASE_END, DynamoDbJson.milliseconds(clock.get())),
            isOwnedByBatch()));
  }

  private Condition isOwnedByBatch() {
    return new Condition.Equal(LedgerAttributes.OWNER, DynamoDbJson.string(owner));
  }

  /// If the condition fails, the answer to a first request was lost, or the right to send had ended
  /// and another batch has it.
  @Override
  public void recordSent(String key, Episode episode) {
    write(
        new UpdateItem(LedgerAttributes.causeId(key))
            .set(LedgerAttributes.FIRST, DynamoDbJson.milliseconds(episode.first()))
            .set(LedgerAttributes.LAST, DynamoDbJson.milliseconds(episode.last()))
            .set(LedgerAttributes.AT, DynamoDbJson.milliseconds(episode.sentAt()))
            .set(LedgerAttributes.RANK, DynamoDbJson.number(episode.rank()))
            .set(LedgerAttributes.GROWN, DynamoDbJson.bool(episode.isGrown()))
            .set(LedgerAttributes.GOT, DynamoDbJson.bool(episode.hasGotThrough()))
            .set(LedgerAttributes.SENT_BY, DynamoDbJson.string(episode.sentBy()))
            .set(LedgerAttributes.EXPIRES, DynamoDbJson.seconds(episode.last().plus(EPISODES_KEPT)))
            .remove(LedgerAttributes.LEASE_END)
            .remove(LedgerAttributes.OWNER)
            .onlyIf(isOwnedByBatch()));
    episodes.put(key, episode);
    flushPosts();
  }

  @Override
  public void release(String key) {
    write(releasing(LedgerAttributes.causeId(key)));
  }

  private UpdateItem releasing(String id) {
    return new UpdateItem(id)
        .remove(LedgerAttributes.LEASE_END)
        .remove(LedgerAttributes.OWNER)
        .onlyIf(isOwnedByBatch());
  }

  /// Small extensions are not written: flow time within an hour still belongs to the episode.
  @Override
  public void extend(String key, Episode episode) {
    Episode known = episodes.get(key);
    UpdateItem update = new UpdateItem(LedgerAttributes.causeId(key));
    Condition isSent = new Condition.Exists(LedgerAttributes.AT);
    if (known == null || !episode.last().isBefore(known.last().plus(LEAST_EXTENSION))) {
      Map<String, Object> last = DynamoDbJson.milliseconds(episode.last());
      write(
          update
              .set(LedgerAttributes.LAST, last)
              .set(
                  LedgerAttributes.EXPIRES,
                  DynamoDbJson.seconds(episode.last().plus(EPISODES_KEPT)))
              .onlyIf(isSent, new Condition.Less(LedgerAttributes.LAST, last)));
      update = new UpdateItem(LedgerAttributes.causeId(key));
    }
    if (known == null || episode.first().isBefore(known.first())) {
      Map<String, Object> first = DynamoDbJson.milliseconds(episode.first());
      write(
          update
              .set(LedgerAttributes.FIRST, first)
              .onlyIf(isSent, new Condition.Greater(LedgerAttributes.FIRST, first)));
    }
  }

  @Override
  public Set<String> board() {
    Set<String> entries = new HashSet<>(board.read());
    entries.addAll(posted);
    entries.removeAll(removed);
    return entries;
  }

  @Override
  public void post(Set<String> entries) {
    posted.addAll(entries);
    removed.removeAll(entries);
  }

  @Override
  public void remove(Set<String> entries) {
    for (String entry : entries) {
      if (entry.startsWith(HELD)) {
        removeHeld(Long.parseLong(entry.substring(HELD.length())), entry);
      } else {
        removed.add(entry);
        posted.remove(entry);
      }
    }
  }

  /// Writes what was posted and removed, before the claim's end.
  ///
  /// @param isFinished whether what was removed is done
  void flush(boolean isFinished) {
    flushPosts();
    if (isFinished && !removed.isEmpty()) {
      board.remove(removed);
    }
    removed.clear();
  }

  private void flushPosts() {
    if (!posted.isEmpty()) {
      leftOut += board.post(posted);
      posted.clear();
    }
  }

  @Override
  public boolean countNotification(long hour, int most) {
    return most > 0
        && write(
            ofHour(hour)
                .add(LedgerAttributes.COUNT, DynamoDbJson.number(1))
                .onlyIfAny(
                    new Condition.Absent(LedgerAttributes.COUNT),
                    new Condition.Less(LedgerAttributes.COUNT, DynamoDbJson.number(most))));
  }

  @Override
  public void hold(long hour, String alert) {
    boolean isHeld =
        write(
            ofHour(hour)
                .add(LedgerAttributes.HELD, DynamoDbJson.stringSet(List.of(alert)))
                .onlyIfAny(
                    new Condition.Absent(LedgerAttributes.HELD),
                    new Condition.Smaller(LedgerAttributes.HELD, MOST_HELD)));
    leftOut += isHeld ? 0 : 1;
  }

  private static UpdateItem ofHour(long hour) {
    return new UpdateItem(LedgerAttributes.notificationsId(hour))
        .set(
            LedgerAttributes.EXPIRES,
            DynamoDbJson.seconds(Instant.ofEpochSecond(hour * 3_600).plus(HOURS_KEPT)));
  }

  /// Takes the right to send the held alerts. They remain until their entry is removed from the
  /// board: an invocation that is killed loses none.
  @Override
  public Map<Long, List<String>> takeHeld(long beforeHour) {
    Map<Long, List<String>> taken = new TreeMap<>();
    for (String entry : board()) {
      if (!entry.startsWith(HELD)) {
        continue;
      }
      long hour = Long.parseLong(entry.substring(HELD.length()));
      if (hour < beforeHour) {
        List<String> alerts = takeHeldOf(hour);
        if (!alerts.isEmpty()) {
          taken.put(hour, alerts);
          held.put(hour, alerts);
        }
      }
    }
    return taken;
  }

  private List<String> takeHeldOf(long hour) {
    try {
      return DynamoDbJson.readStrings(
          table.updateAndReturnNew(
              leasing(LedgerAttributes.notificationsId(hour))
                  .onlyIf(new Condition.Exists(LedgerAttributes.HELD), isFree())),
          LedgerAttributes.HELD);
    } catch (DynamoDbRefusal e) {
      if (!e.code().equals(DynamoDbLedger.CONDITION_FAILED)) {
        throw table.unavailable("UpdateItem", e);
      }
      if (!DynamoDbJson.object(e.body(), "Item").containsKey(LedgerAttributes.HELD)) {
        removed.add(HELD + hour); // an invocation was killed before it removed the entry
      }
      return List.of();
    }
  }

  private void removeHeld(long hour, String entry) {
    List<String> alerts = held.remove(hour);
    if (alerts != null) {
      write(
          releasing(LedgerAttributes.notificationsId(hour))
              .delete(LedgerAttributes.HELD, DynamoDbJson.stringSet(alerts)));
    }
    board.remove(Set.of(entry));
  }

  @Override
  public int leftOut() {
    return leftOut;
  }

  /// @return `false` if the condition failed
  private boolean write(UpdateItem update) {
    try {
      table.update(update);
      return true;
    } catch (DynamoDbRefusal e) {
      if (!e.code().equals(DynamoDbLedger.CONDITION_FAILED)) {
        throw table.unavailable("UpdateItem", e);
      }
      return false;
    }
  }
}
