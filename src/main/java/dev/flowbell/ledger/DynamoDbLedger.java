package dev.flowbell.ledger;

import static dev.flowbell.ledger.DynamoDbJson.n;
import static dev.flowbell.ledger.DynamoDbJson.s;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import software.amazon.awssdk.http.SdkHttpClient;

/// A ledger in a DynamoDB table, which all of the function's processes share.
///
/// The table's partition key is `id`, a string; entries go by themselves some time after the second
/// since 1970 that `expires` names. A batch's entry, `batch#…`, is claimed and closed with one
/// small write each. A cooldown's, `cooldown#…`, changes in one transaction with the entry of the
/// batch that asks, which keeps the answer: it is given once, however often the batch comes.
public final class DynamoDbLedger implements Ledger {
  /// The most that one call of a [Claim]'s methods takes, but for `startCooldowns`, which takes two
  /// at least.
  public static final Duration LONGEST_CALL = DynamoDbEndpoint.LONGEST_CALL;

  /// As long as a failure queue can keep a payload, and a day for it to be sent again.
  ///
  /// @see <a
  ///   href="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html">Amazon
  ///   SQS message quotas</a>: "Message retention … maximum of 14 days" (read 2026-11-23)
  static final Duration KEPT = Duration.ofDays(15);

  /// Several batches that ask for the same cooldown at once are let in one after the other.
  private static final int MOST_TRIES = 6;

  private static final long SHORTEST_PAUSE_MILLISECONDS = 20;

  private static final String CONDITION_FAILED = "ConditionalCheckFailedException";
  private static final String CANCELED = "TransactionCanceledException";

  private final String table;
  private final DynamoDbEndpoint endpoint;

  /// Makes a ledger that takes region, credentials and endpoint from where the SDK's clients do.
  public DynamoDbLedger(String table) {
    this(table, newHttpClient());
  }

  /// Makes the same over another HTTP client.
  ///
  /// @param http one that waits no longer than those of [#newHttpClient], or [#LONGEST_CALL] isn't
  ///   true; stays the caller's to close
  public DynamoDbLedger(String table, SdkHttpClient http) {
    this.table = table;
    this.endpoint = new DynamoDbEndpoint(http);
  }

  /// Makes an HTTP client that gives up as early as it should; whoever asks closes it.
  public static SdkHttpClient newHttpClient() {
    return DynamoDbEndpoint.newHttpClient();
  }

  @Override
  public Claim claim(String batch, Instant now, Duration lease) {
    String runner = UUID.randomUUID().toString();
    Map<String, Object> key = keyOf("batch", batch);
    Map<String, Object> before;
    try {
      before =
          DynamoDbJson.object(
              call(
                  "UpdateItem",
                  Map.of(
                      "TableName",
                      table,
                      "Key",
                      key,
                      "UpdateExpression",
                      "SET arrival = if_not_exists(arrival, :now), leaseEnd = :end,"
                          + " runner = :runner, expires = :expires",
                      // "runner" lets this very request come a second time.
                      "ConditionExpression",
                      "attribute_not_exists(id) OR leaseEnd <= :now OR runner = :runner",
                      "ExpressionAttributeValues",
                      Map.of(
                          ":now", n(now.toEpochMilli()),
                          ":end", n(now.plus(lease).toEpochMilli()),
                          ":runner", s(runner),
                          ":expires", n(now.plus(KEPT).getEpochSecond())),
                      "ReturnValues",
                      "ALL_OLD",
                      "ReturnValuesOnConditionCheckFailure",
                      "ALL_OLD")),
              "Attributes");
    } catch (DynamoDbRefusal e) {
      Map<String, Object> held = DynamoDbJson.object(e.body(), "Item");
      if (!e.code().equals(CONDITION_FAILED) || held.isEmpty()) {
        throw unavailable("UpdateItem", e);
      }
      if (Claim.isDone(closedIn(held))) {
        return new Run(batch, key, runner, held, now);
      }
      throw new BatchClaimedException(
          batch, Instant.ofEpochMilli(DynamoDbJson.number(held, "leaseEnd", 0)));
    }
    return new Run(batch, key, runner, before, now);
  }

  private Map<String, Object> call(String operation, Map<String, Object> request)
      throws DynamoDbRefusal {
    try {
      return endpoint.call(operation, request);
    } catch (IOException e) {
      throw unavailable(operation, e);
    }
  }

  private LedgerUnavailableException unavailable(String operation, Exception cause) {
    return new LedgerUnavailableException(
        "ledger: DynamoDB %s, table %s: %s".formatted(operation, table, cause.getMessage()), cause);
  }

  private static Map<String, Object> keyOf(String kind, String name) {
    return Map.of("id", s(kind + "#" + name));
  }

  private static Set<Step> closedIn(Map<String, Object> batch) {
    Set<Step> closed = EnumSet.noneOf(Step.class);
    for (Object name : DynamoDbJson.array(DynamoDbJson.object(batch, "closed"), "SS")) {
      closed.add(Step.valueOf((String) name));
    }
    return closed;
  }

  /// A claim whose entry is as this run read and wrote it.
  private final class Run implements Claim {
    private final String batch;
    private final Map<String, Object> key;
    private final String runner;
    private final Instant arrival;
    private final Set<Step> closed;
    private final Set<Integer> takenRequests = new TreeSet<>();
    private final boolean isAfterCut;
    private final Map<String, Cooldown> answers = new LinkedHashMap<>();
    private int doubts;

    /// @param before the entry as the claim found it, empty for a new batch
    Run(
        String batch,
        Map<String, Object> key,
        String runner,
        Map<String, Object> before,
        Instant now) {
      this.batch = batch;
      this.key = key;
      this.runner = runner;
      arrival = Instant.ofEpochMilli(DynamoDbJson.number(before, "arrival", now.toEpochMilli()));
      closed = closedIn(before);
      for (Object number : DynamoDbJson.array(DynamoDbJson.object(before, "taken"), "NS")) {
        takenRequests.add(Integer.valueOf((String) number));
      }
      DynamoDbJson.object(DynamoDbJson.object(before, "answers"), "M")
          .forEach((name, answer) -> answers.put(name, toCooldown(answer)));
      // A lease of 0 was given back. One that ended by itself is that of a run that was cut off, or
      // this run's own, if the first answer to the claim was lost: that it found all in order is
      // lost with it.
      isAfterCut = DynamoDbJson.number(before, "leaseEnd", 0) != 0;
      doubts = (int) DynamoDbJson.number(before, "doubts", 0) + (isAfterCut ? 1 : 0);
    }

    @Override
    public Instant arrival() {
      return arrival;
    }

    @Override
    public Set<Step> open() {
      Set<Step> open = EnumSet.allOf(Step.class);
      open.removeAll(closed);
      return open;
    }

    @Override
    public Set<Integer> takenRequests() {
      return takenRequests;
    }

    @Override
    public boolean isAfterCut() {
      return isAfterCut;
    }

    @Override
    public int doubts() {
      return doubts;
    }

    @Override
    public Map<String, Cooldown> startCooldowns(
        Collection<String> keys, Instant now, Duration length) {
      Set<String> unanswered = new LinkedHashSet<>(keys);
      unanswered.removeAll(answers.keySet());
      if (unanswered.size() > MOST_KEYS) {
        throw new IllegalArgumentException(
            "keys: expected at most %d, got %d".formatted(MOST_KEYS, unanswered.size()));
      }
      if (length.isZero()) {
        unanswered.forEach(each -> answers.put(each, Cooldown.started(now, 0, now)));
      } else if (!unanswered.isEmpty()) {
        ask(unanswered, now, length);
      }
      Map<String, Cooldown> asked = new LinkedHashMap<>();
      keys.forEach(each -> asked.put(each, answers.get(each)));
      return asked;
    }

    /// Reads the cooldowns, decides, and writes what was decided if they are still as they were
    /// read. The batch's entry keeps the answers in the same transaction.
    private void ask(Set<String> keys, Instant now, Duration length) {
      for (int tries = 1; ; tries++) {
        // Two of the same within ten minutes are done once.
        String token = UUID.randomUUID().toString();
        try {
          Map<String, Map<String, Object>> found = read(keys);
          Map<String, Cooldown> decided = new LinkedHashMap<>(answers);
          List<Object> writes = new ArrayList<>();
          for (String each : keys) {
            Map<String, Object> told = found.getOrDefault(each, Map.of());
            Instant quietUntil = Instant.ofEpochMilli(DynamoDbJson.number(told, "quietUntil", 0));
            if (!told.isEmpty() && now.isBefore(quietUntil)) {
              decided.put(each, Cooldown.keptBack(quietUntil));
              writes.add(Map.of("Update", keepBack(each, told)));
            } else {
              decided.put(
                  each,
                  Cooldown.started(
                      now.plus(length),
                      DynamoDbJson.number(told, "keptBack", 0),
                      Instant.ofEpochMilli(DynamoDbJson.number(told, "told", 0))));
              writes.add(Map.of("Update", start(each, told, now, now.plus(length))));
            }
          }
          writes.add(Map.of("Update", keep(decided)));
          call("TransactWriteItems", Map.of("TransactItems", writes, "ClientRequestToken", token));
          answers.putAll(decided);
          return;
        } catch (DynamoDbRefusal e) {
          if (!e.code().equals(CANCELED) || tries == MOST_TRIES) {
            throw unavailable("cooldowns", e);
          }
          refuseIfTaken(e);
          pause(tries);
        }
      }
    }

    private Map<String, Map<String, Object>> read(Set<String> keys) throws DynamoDbRefusal {
      Map<String, String> namesById = new HashMap<>();
      List<Object> ids = new ArrayList<>();
      for (String each : keys) {
        namesById.put("cooldown#" + each, each);
        ids.add(keyOf("cooldown", each));
      }
      Map<String, Object> response =
          call(
              "BatchGetItem",
              Map.of("RequestItems", Map.of(table, Map.of("Keys", ids, "ConsistentRead", true))));
      if (!DynamoDbJson.object(response, "UnprocessedKeys").isEmpty()) {
        throw new LedgerUnavailableException(
            "ledger: DynamoDB BatchGetItem, table %s: not all of %d keys were read"
                .formatted(table, ids.size()));
      }
      Map<String, Map<String, Object>> found = new HashMap<>();
      for (Object item : DynamoDbJson.array(DynamoDbJson.object(response, "Responses"), table)) {
        Map<String, Object> cooldown = DynamoDbJson.object(Map.of("item", item), "item");
        String id = String.valueOf(DynamoDbJson.text(DynamoDbJson.object(cooldown, "id"), "S"));
        found.put(String.valueOf(namesById.get(id)), cooldown);
      }
      return found;
    }

    private Map<String, Object> keepBack(String name, Map<String, Object> told) {
      return Map.of(
          "TableName",
          table,
          "Key",
          keyOf("cooldown", name),
          "UpdateExpression",
          "ADD keptBack :one",
          "ConditionExpression",
          "told = :told",
          "ExpressionAttributeValues",
          Map.of(":one", n(1), ":told", n(DynamoDbJson.number(told, "told", 0))));
    }

    private Map<String, Object> start(
        String name, Map<String, Object> told, Instant now, Instant quietUntil) {
      Map<String, Object> values = new HashMap<>();
      values.put(":now", n(now.toEpochMilli()));
      values.put(":until", n(quietUntil.toEpochMilli()));
      values.put(":zero", n(0));
      values.put(":expires", n(quietUntil.plus(KEPT).getEpochSecond()));
      String asRead = "attribute_not_exists(id)";
      if (!told.isEmpty()) {
        asRead = "told = :told AND keptBack = :keptBack";
        values.put(":told", n(DynamoDbJson.number(told, "told", 0)));
        values.put(":keptBack", n(DynamoDbJson.number(told, "keptBack", 0)));
      }
      return Map.of(
          "TableName",
          table,
          "Key",
          keyOf("cooldown", name),
          "UpdateExpression",
          "SET told = :now, quietUntil = :until, keptBack = :zero, expires = :expires",
          "ConditionExpression",
          asRead,
          "ExpressionAttributeValues",
          values);
    }

    private Map<String, Object> keep(Map<String, Cooldown> decided) {
      Map<String, Object> texts = new LinkedHashMap<>();
      decided.forEach((name, answer) -> texts.put(name, s(toText(answer))));
      return Map.of(
          "TableName",
          table,
          "Key",
          key,
          "UpdateExpression",
          "SET answers = :answers",
          "ConditionExpression",
          "runner = :runner",
          "ExpressionAttributeValues",
          Map.of(":answers", Map.of("M", texts), ":runner", s(runner)));
    }

    /// The batch's entry comes last. If its condition failed, this run outlived its lease, and
    /// another one has the batch.
    private void refuseIfTaken(DynamoDbRefusal canceled) {
      List<?> reasons = DynamoDbJson.array(canceled.body(), "CancellationReasons");
      if (!reasons.isEmpty()
          && reasons.getLast() instanceof Map<?, ?> last
          && "ConditionalCheckFailed".equals(last.get("Code"))) {
        throw new BatchClaimedException(batch);
      }
    }

    private void pause(int tries) {
      long longest = SHORTEST_PAUSE_MILLISECONDS << tries;
      try {
        Thread.sleep(SHORTEST_PAUSE_MILLISECONDS + ThreadLocalRandom.current().nextLong(longest));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw unavailable("cooldowns", e);
      }
    }

    @Override
    public void noteTaken(Set<Integer> requests) {
      List<String> numbers = requests.stream().map(String::valueOf).toList();
      write(
          "ADD taken :numbers",
          "runner = :runner",
          Map.of(":numbers", Map.of("NS", numbers), ":runner", s(runner)));
    }

    /// Whoever has the batch by now: the step was done, and that must stand.
    @Override
    public void close(Collection<Step> steps) {
      closed.addAll(steps);
      List<String> names = closed.stream().map(Step::name).toList();
      Map<String, Object> values = Map.of(":closed", Map.of("SS", names), ":doubts", n(doubts));
      write(
          Claim.isDone(closed)
              ? "SET doubts = :doubts REMOVE leaseEnd, runner ADD closed :closed"
              : "SET doubts = :doubts ADD closed :closed",
          "attribute_exists(id)",
          values);
    }

    @Override
    public void addDoubts(int publications) {
      doubts += publications;
      write(
          "SET doubts = :doubts",
          "runner = :runner",
          Map.of(":doubts", n(doubts), ":runner", s(runner)));
    }

    @Override
    public void settleDoubts() {
      doubts = 0;
    }

    @Override
    public void release() {
      write(
          "SET leaseEnd = :zero, doubts = :doubts",
          "runner = :runner",
          Map.of(":zero", n(0), ":doubts", n(doubts), ":runner", s(runner)));
    }

    /// Where the condition fails, the entry is another run's, or gone: then there is nothing to
    /// note.
    private void write(String update, String condition, Map<String, Object> values) {
      try {
        call(
            "UpdateItem",
            Map.of(
                "TableName",
                table,
                "Key",
                key,
                "UpdateExpression",
                update,
                "ConditionExpression",
                condition,
                "ExpressionAttributeValues",
                values));
      } catch (DynamoDbRefusal e) {
        if (!e.code().equals(CONDITION_FAILED)) {
          throw unavailable("UpdateItem", e);
        }
      }
    }

    /// "told or kept back, until, suppressed, since", times in milliseconds.
    private static String toText(Cooldown answer) {
      Instant since = answer.since();
      return "%s %d %d %d"
          .formatted(
              answer.isStarted(),
              answer.until().toEpochMilli(),
              answer.suppressed(),
              since == null ? 0 : since.toEpochMilli());
    }

    private static Cooldown toCooldown(Object attribute) {
      String[] parts =
          String.valueOf(DynamoDbJson.text(DynamoDbJson.object(Map.of("", attribute), ""), "S"))
              .split(" ", -1);
      Instant until = Instant.ofEpochMilli(Long.parseLong(parts[1]));
      return Boolean.parseBoolean(parts[0])
          ? Cooldown.started(
              until, Long.parseLong(parts[2]), Instant.ofEpochMilli(Long.parseLong(parts[3])))
          : Cooldown.keptBack(until);
    }
  }
}
