package dev.flowbell.testing.mapping;

import dev.flowbell.testing.mapping.DataStream.StreamRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// An event source mapping of a data stream, as Lambda documents it.
///
/// It reads each shard in order, from its oldest record, and children after their parents. A batch
/// is sent when it is full, when its window is over, or when its event has 6 MB. A batch that fails
/// is sent again, and nothing behind it, until it succeeds, is split, or is discarded.
///
/// Some things are not documented, and are chosen here: a batch is retried after a second, then
/// after twice as long each time, and a minute at most; what is left of a batch after a partial
/// response has failed once; and what the stream loses while it is retried counts as too old.
/// Batches side by side are sent one after another. Tumbling windows are left out.
///
/// @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html">Using Lambda to
///   process records from Amazon Kinesis Data Streams</a>
/// @see <a
///   href="https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html">Retain
///   discarded batch records for a Kinesis Data Streams event source</a>
public final class StreamMapping {
  private static final Duration SHORTEST_BACKOFF = Duration.ofSeconds(1);
  private static final Duration LONGEST_BACKOFF = Duration.ofMinutes(1);

  private final DataStream stream;
  private final LambdaFunction function;
  private final Consumer<Discarded> onFailure;
  private final VirtualClock clock;
  private final Map<String, List<Reader>> readers = new LinkedHashMap<>();
  private Settings settings;

  /// Settings by the names of `CreateEventSourceMapping`. [#DEFAULTS] has those that Lambda
  /// documents. A limit of -1 is none.
  ///
  /// @param batchSize the most records of a batch
  /// @param window how long a batch is gathered that is not full
  /// @param bisects whether a batch that failed is split in two; that is no retry
  /// @param retryAttempts the most retries of a batch; then it is discarded
  /// @param recordAge the oldest record to send, in seconds; older ones are discarded
  /// @param parallelization how many batches of a shard are read side by side, by partition key
  /// @param reportsFailures whether the function's response names the first record that failed
  /// @see <a
  ///   href="https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html">Lambda
  ///   parameters for Amazon Kinesis Data Streams event source mappings</a>
  public record Settings(
      int batchSize,
      Duration window,
      boolean bisects,
      int retryAttempts,
      int recordAge,
      int parallelization,
      boolean reportsFailures) {
    /// Lambda's defaults.
    public static final Settings DEFAULTS =
        new Settings(100, Duration.ZERO, false, -1, -1, 1, false);

    /// Returns these settings with another batch size.
    public Settings withBatchSize(int records) {
      return new Settings(
          records, window, bisects, retryAttempts, recordAge, parallelization, reportsFailures);
    }

    /// Returns these settings with another window.
    public Settings withWindow(Duration length) {
      return new Settings(
          batchSize, length, bisects, retryAttempts, recordAge, parallelization, reportsFailures);
    }

    /// Returns these settings with batches that are split when they fail, or are not.
    public Settings withBisect(boolean isSplit) {
      return new Settings(
          batchSize, window, isSplit, retryAttempts, recordAge, parallelization, reportsFailures);
    }

    /// Returns these settings with another limit of retries.
    public Settings withRetryAttempts(int retries) {
      return new Settings(
          batchSize, window, bisects, retries, recordAge, parallelization, reportsFailures);
    }

    /// Returns these settings with another age limit.
    public Settings withRecordAge(int seconds) {
      return new Settings(
          batchSize, window, bisects, retryAttempts, seconds, parallelization, reportsFailures);
    }

    /// Returns these settings with another number of batches side by side.
    public Settings withParallelization(int batches) {
      return new Settings(
          batchSize, window, bisects, retryAttempts, recordAge, batches, reportsFailures);
    }

    /// Returns these settings with responses that name the first record that failed.
    public Settings withReportedFailures() {
      return new Settings(
          batchSize, window, bisects, retryAttempts, recordAge, parallelization, true);
    }
  }

  /// Records that the mapping gave up. The on-failure destination gets their numbers, not the data.
  ///
  /// @param condition `RetryAttemptsExhausted` or `RecordAgeExceeded`
  public record Discarded(String condition, List<StreamRecord> records) {}

  /// Records that are sent together.
  ///
  /// @param failures how often they failed
  /// @param due when they may be sent
  private record Batch(List<StreamRecord> records, int failures, Instant due) {
    Batch(List<StreamRecord> records, int failures, Instant due) {
      this.records = List.copyOf(records);
      this.failures = failures;
      this.due = due;
    }

    Batch of(List<StreamRecord> some) {
      return new Batch(some, failures, due);
    }

    List<Batch> halves() {
      int middle = records.size() / 2;
      return List.of(of(records.subList(0, middle)), of(records.subList(middle, records.size())));
    }
  }

  /// Reads a shard, or the partition keys of a shard that are one of several batches' side by side.
  private static final class Reader {
    private final String shardId;
    private final int part;
    private final Deque<Batch> unfinished = new ArrayDeque<>();
    private String checkpoint;
    private @Nullable Instant gatheringSince;

    Reader(String shardId, int part, String checkpoint) {
      this.shardId = shardId;
      this.part = part;
      this.checkpoint = checkpoint;
    }
  }

  /// Creates a mapping that starts at the oldest records (`TRIM_HORIZON`).
  ///
  /// @param onFailure the on-failure destination
  public StreamMapping(
      DataStream stream,
      VirtualClock clock,
      Settings settings,
      LambdaFunction function,
      Consumer<Discarded> onFailure) {
    this.stream = stream;
    this.clock = clock;
    this.settings = settings;
    this.function = function;
    this.onFailure = onFailure;
  }

  /// Changes the settings. Batches that failed before stay as they are.
  ///
  /// @throws IllegalArgumentException where the parallelization differs, because checkpoints are by
  ///   shard and partition key
  public void update(Settings newSettings) {
    if (newSettings.parallelization() != settings.parallelization()) {
      throw new IllegalArgumentException("parallelization can't change here");
    }
    settings = newSettings;
  }

  /// Returns up to which record each shard is done. A shard without an entry is not begun.
  public Map<String, String> checkpoints() {
    Map<String, String> checkpoints = new LinkedHashMap<>();
    readers.forEach(
        (shardId, all) ->
            all.stream()
                .map(reader -> reader.checkpoint)
                .min(String::compareTo)
                .filter(lowest -> !lowest.isEmpty())
                .ifPresent(lowest -> checkpoints.put(shardId, lowest)));
    return checkpoints;
  }

  /// Forgets all batches, and reads on from older checkpoints, as after a failure of Lambda's own
  /// poller. What was done since is sent again, in batches with other borders.
  public void restart(Map<String, String> checkpoints) {
    readers.clear();
    checkpoints.forEach((shardId, last) -> readers.put(shardId, newReaders(shardId, last)));
  }

  /// Sends everything, and lets time pass where a batch waits.
  ///
  /// @throws AssertionError where the mapping doesn't come to an end, so many invocations fail
  public void run() {
    int mostPolls = 100_000;
    for (int i = 0; i < mostPolls; i++) {
      if (!poll()) {
        Instant next = findNextTime();
        if (next == null) {
          return;
        }
        clock.advanceTo(next);
      }
    }
    throw new AssertionError("not at the end after " + mostPolls + " polls");
  }

  /// Sends at most one batch of each shard that is due.
  ///
  /// @return whether any was sent or discarded
  public boolean poll() {
    boolean isDone = false;
    for (Reader reader : findReaders()) {
      isDone |= poll(reader);
    }
    return isDone;
  }

  /// Returns the readers of all shards whose parents are done.
  private List<Reader> findReaders() {
    List<Reader> all = new ArrayList<>();
    for (String shardId : stream.shardIds()) {
      if (stream.parents(shardId).stream().allMatch(this::isDone)) {
        all.addAll(readers.computeIfAbsent(shardId, id -> newReaders(id, "")));
      }
    }
    return all;
  }

  private boolean isDone(String shardId) {
    List<Reader> all = readers.get(shardId);
    return all != null
        && stream.isClosed(shardId)
        && all.stream().allMatch(each -> each.unfinished.isEmpty() && unread(each).isEmpty());
  }

  private List<Reader> newReaders(String shardId, String checkpoint) {
    List<Reader> parts = new ArrayList<>();
    for (int part = 0; part < settings.parallelization(); part++) {
      parts.add(new Reader(shardId, part, checkpoint));
    }
    return parts;
  }

  private List<StreamRecord> unread(Reader reader) {
    return stream.read(reader.shardId, reader.checkpoint).stream()
        .filter(
            each ->
                Math.floorMod(each.partitionKey().hashCode(), settings.parallelization())
                    == reader.part)
        .toList();
  }

  private boolean poll(Reader reader) {
    boolean hasDiscarded = false;
    while (discardOld(reader)) {
      hasDiscarded = true; // records that waited behind a batch may be as old
    }
    if (reader.unfinished.isEmpty()) {
      gather(reader);
    }
    Batch batch = reader.unfinished.peek();
    if (batch == null || batch.due().isAfter(clock.instant())) {
      return hasDiscarded;
    }
    reader.unfinished.remove();
    send(batch, reader);
    return true;
  }

  /// Makes a batch of what is unread, if that is enough or was gathered for long enough.
  private void gather(Reader reader) {
    List<StreamRecord> unread = unread(reader);
    if (unread.isEmpty()) {
      reader.gatheringSince = null;
      return;
    }
    if (reader.gatheringSince == null) {
      reader.gatheringSince = clock.instant();
    }
    List<StreamRecord> most = unread.subList(0, Math.min(settings.batchSize(), unread.size()));
    int fitting = EventJson.countThatFit(toJson(most));
    boolean isFull = fitting < most.size() || most.size() == settings.batchSize();
    if (isFull || !clock.instant().isBefore(endOfWindow(reader.gatheringSince))) {
      reader.unfinished.add(new Batch(most.subList(0, fitting), 0, clock.instant()));
      reader.gatheringSince = null;
    }
  }

  private Instant endOfWindow(Instant begin) {
    return begin.plus(settings.window());
  }

  private List<String> toJson(List<StreamRecord> records) {
    return records.stream().map(each -> EventJson.toJson(each, stream.arn())).toList();
  }

  private void send(Batch batch, Reader reader) {
    String response;
    try {
      response = function.invoke(EventJson.toEvent(toJson(batch.records())));
    } catch (Exception _) {
      retry(batch, reader);
      return;
    }
    if (!settings.reportsFailures()) {
      end(batch.records(), reader);
      return;
    }
    BatchResponse result =
        BatchResponse.of(
            response,
            batch.records().stream().map(StreamRecord::sequenceNumber).collect(Collectors.toSet()));
    if (result.isFailure()) {
      retry(batch, reader);
    } else if (result.failed().isEmpty()) {
      end(batch.records(), reader);
    } else {
      retryFrom(result.failed().stream().min(String::compareTo).orElseThrow(), batch, reader);
    }
  }

  /// The lowest number is the checkpoint. All records from there are sent again.
  private void retryFrom(String lowest, Batch batch, Reader reader) {
    List<StreamRecord> done =
        batch.records().stream()
            .filter(each -> each.sequenceNumber().compareTo(lowest) < 0)
            .toList();
    if (done.isEmpty()) {
      retry(batch, reader);
      return;
    }
    end(done, reader);
    List<StreamRecord> rest = batch.records().subList(done.size(), batch.records().size());
    retryWhole(new Batch(rest, 0, batch.due()), reader);
  }

  private void retry(Batch batch, Reader reader) {
    if (settings.bisects() && batch.records().size() > 1) {
      List<Batch> halves = batch.halves();
      reader.unfinished.addFirst(halves.getLast());
      reader.unfinished.addFirst(halves.getFirst());
    } else {
      retryWhole(batch, reader);
    }
  }

  private void retryWhole(Batch batch, Reader reader) {
    int failures = batch.failures() + 1;
    if (settings.retryAttempts() >= 0 && failures > settings.retryAttempts()) {
      discard("RetryAttemptsExhausted", batch.records(), reader);
      return;
    }
    Instant due = clock.instant().plus(backoff(failures));
    reader.unfinished.addFirst(new Batch(batch.records(), failures, due));
  }

  private static Duration backoff(int failures) {
    Duration backoff = SHORTEST_BACKOFF;
    for (int i = 1; i < failures && backoff.compareTo(LONGEST_BACKOFF) < 0; i++) {
      backoff = backoff.multipliedBy(2);
    }
    return backoff.compareTo(LONGEST_BACKOFF) < 0 ? backoff : LONGEST_BACKOFF;
  }

  private void end(List<StreamRecord> records, Reader reader) {
    reader.checkpoint = records.getLast().sequenceNumber();
  }

  private void discard(String condition, List<StreamRecord> records, Reader reader) {
    onFailure.accept(new Discarded(condition, List.copyOf(records)));
    end(records, reader);
  }

  /// Discards the next records that are too old.
  private boolean discardOld(Reader reader) {
    Batch waiting = reader.unfinished.peek();
    List<StreamRecord> next = waiting == null ? unread(reader) : waiting.records();
    List<StreamRecord> old = next.stream().takeWhile(this::isTooOld).toList();
    if (old.isEmpty()) {
      return false;
    }
    if (waiting != null) {
      reader.unfinished.remove();
      if (old.size() < next.size()) {
        reader.unfinished.addFirst(waiting.of(next.subList(old.size(), next.size())));
      }
    }
    discard("RecordAgeExceeded", old, reader);
    return true;
  }

  private boolean isTooOld(StreamRecord record) {
    Duration age = Duration.between(record.arrival(), clock.instant());
    return stream.isExpired(record)
        || (settings.recordAge() >= 0
            && age.compareTo(Duration.ofSeconds(settings.recordAge())) > 0);
  }

  /// Returns when something is due, `null` if everything is sent.
  private @Nullable Instant findNextTime() {
    return readers.values().stream()
        .flatMap(Collection::stream)
        .map(
            each -> {
              Batch batch = each.unfinished.peek();
              return batch != null
                  ? batch.due()
                  : each.gatheringSince == null ? null : endOfWindow(each.gatheringSince);
            })
        .filter(Objects::nonNull)
        .min(Instant::compareTo)
        .orElse(null);
  }
}
