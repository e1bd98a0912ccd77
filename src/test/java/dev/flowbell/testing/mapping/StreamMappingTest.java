package dev.flowbell.testing.mapping;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flowbell.testing.mapping.DataStream.StreamRecord;
import dev.flowbell.testing.mapping.StreamMapping.Discarded;
import dev.flowbell.testing.mapping.StreamMapping.Settings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class StreamMappingTest {
  private static final Instant BEGIN = Instant.parse("2026-11-28T13:00:00.250Z");
  private static final String FIRST_SHARD = "shardId-000000000000";

  private final VirtualClock clock = new VirtualClock(BEGIN);
  private final DataStream stream =
      new DataStream("flow-logs", 1, Duration.ofHours(24), clock, new Random(7));
  private final List<Discarded> discarded = new ArrayList<>();

  @Test
  void invoke_eventAsLambdaSendsIt() {
    List<String> events = new ArrayList<>();
    StreamRecord record = stream.put("a \"key\"", "one".getBytes(UTF_8));

    newMapping(
            Settings.DEFAULTS,
            event -> {
              events.add(event);
              return "{}";
            })
        .run();

    assertThat(events)
        .containsExactly(
            """
            {"Records":[{"kinesis":{"kinesisSchemaVersion":"1.0","partitionKey":"a \\"key\\"",\
            "sequenceNumber":"%1$s","data":"b25l","approximateArrivalTimestamp":1795870800.250},\
            "eventSource":"aws:kinesis","eventVersion":"1.0","eventID":"shardId-000000000000:%1$s",\
            "eventName":"aws:kinesis:record",\
            "invokeIdentityArn":"arn:aws:iam::123456789012:role/flowbell",\
            "awsRegion":"eu-west-1",\
            "eventSourceARN":"arn:aws:kinesis:eu-west-1:123456789012:stream/flow-logs"}]}\
            """
                .formatted(record.sequenceNumber()));
  }

  /// What becomes of the records a to f.
  ///
  /// They are a record for which the function fails, or none, and what is sent, in this order.
  static Stream<Arguments> failures() {
    Settings three = Settings.DEFAULTS.withBatchSize(3);
    return Stream.of(
        Arguments.of("in order", three, "", "abc def", ""),
        Arguments.of(
            "the same batch again",
            three.withRetryAttempts(2),
            "b",
            "abc abc abc def",
            "RetryAttemptsExhausted:abc"),
        Arguments.of(
            "no retry", three.withRetryAttempts(0), "e", "abc def", "RetryAttemptsExhausted:def"),
        Arguments.of(
            "halves, which is no retry",
            three.withBisect(true).withRetryAttempts(1),
            "b",
            "abc a bc b b c def",
            "RetryAttemptsExhausted:b"),
        Arguments.of(
            "halves of halves",
            Settings.DEFAULTS.withBisect(true).withRetryAttempts(0),
            "f",
            "abcdef abc def d ef e f",
            "RetryAttemptsExhausted:f"),
        Arguments.of( // after 0, 1, 3, 7, 15 and 31 seconds; the rest has the same age
            "too old",
            three.withRecordAge(60),
            "b",
            "abc abc abc abc abc abc",
            "RecordAgeExceeded:abc RecordAgeExceeded:def"),
        Arguments.of(
            "three side by side",
            Settings.DEFAULTS.withParallelization(3).withRetryAttempts(0),
            "b",
            "cf ad be",
            "RetryAttemptsExhausted:be"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("failures")
  void failures(String name, Settings settings, String poison, String batches, String given) {
    putAll("abcdef");
    RecordingFunction function = RecordingFunction.failingAt(poison);

    newMapping(settings, function).run();

    assertThat(toText(function)).isEqualTo(batches);
    assertThat(discardedText()).isEqualTo(given);
  }

  /// By default, a batch is retried until the stream no longer has its records, and nothing behind
  /// it is sent before.
  @Test
  void failure_blocksTheShard() {
    putAll("ab");
    RecordingFunction function = RecordingFunction.failingAt("a");
    StreamMapping mapping = newMapping(Settings.DEFAULTS, function);
    assertThat(mapping.poll()).isTrue();
    clock.advance(Duration.ofHours(1));
    putAll("cd");

    mapping.run();

    assertThat(function.batches().subList(0, function.batches().size() - 1))
        .hasSizeGreaterThan(1_000)
        .containsOnly(List.of("a", "b"));
    assertThat(function.batches().getLast()).containsExactly("c", "d");
    assertThat(discardedText()).isEqualTo("RecordAgeExceeded:ab");
    assertThat(clock.instant())
        .isBetween(BEGIN.plus(Duration.ofHours(24)), BEGIN.plus(Duration.ofHours(25)));
  }

  /// Another shard goes on.
  @Test
  void failure_blocksNoOtherShard() {
    DataStream two = new DataStream("two", 2, Duration.ofHours(24), clock, new Random(7));
    two.put("a", "a".getBytes(UTF_8));
    two.put("b", "b".getBytes(UTF_8));
    RecordingFunction function = RecordingFunction.failingAt("a");
    StreamMapping mapping =
        new StreamMapping(two, clock, Settings.DEFAULTS, function, discarded::add);

    mapping.poll();
    two.put("b", "B".getBytes(UTF_8));
    mapping.poll();

    assertThat(toText(function)).isEqualTo("a b B");
    assertThat(mapping.checkpoints()).containsOnlyKeys("shardId-000000000001");
  }

  /// A partial response: what is behind the lowest number comes again.
  static Stream<Arguments> responses() {
    return Stream.of(
        Arguments.of("success", "{\"batchItemFailures\":[]}", "abcdef", ""),
        Arguments.of("nothing", "", "abcdef", ""),
        Arguments.of("null", "null", "abcdef", ""),
        Arguments.of("no list", "{\"batchItemFailures\":null}", "abcdef", ""),
        Arguments.of("another object", "{\"Records\":7}", "abcdef", ""),
        Arguments.of(
            "an empty identifier",
            "{\"batchItemFailures\":[{\"itemIdentifier\":\"\"}]}",
            "abcdef abcdef",
            "RetryAttemptsExhausted:abcdef"),
        Arguments.of(
            "no identifier",
            "{\"batchItemFailures\":[{\"itemIdentifier\":null}]}",
            "abcdef abcdef",
            "RetryAttemptsExhausted:abcdef"),
        Arguments.of(
            "another key",
            "{\"batchItemFailures\":[{\"id\":\"1\"}]}",
            "abcdef abcdef",
            "RetryAttemptsExhausted:abcdef"),
        Arguments.of("one", "c", "abcdef cdef", "RetryAttemptsExhausted:cdef"),
        Arguments.of("the lower of two", "ec", "abcdef cdef", "RetryAttemptsExhausted:cdef"),
        Arguments.of("the first", "a", "abcdef abcdef", "RetryAttemptsExhausted:abcdef"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("responses")
  void partialResponse(String name, String response, String batches, String given) {
    putAll("abcdef");
    RecordingFunction function =
        new RecordingFunction(
            batch -> response.matches("[a-f]+") ? batch.failing(response.split("", 0)) : response);

    newMapping(Settings.DEFAULTS.withReportedFailures().withRetryAttempts(1), function).run();

    assertThat(toText(function)).isEqualTo(batches);
    assertThat(discardedText()).isEqualTo(given);
  }

  /// Only with `ReportBatchItemFailures`.
  @Test
  void partialResponse_notAskedFor() {
    putAll("ab");
    RecordingFunction function = new RecordingFunction(batch -> batch.failing("a"));

    newMapping(Settings.DEFAULTS, function).run();

    assertThat(toText(function)).isEqualTo("ab");
  }

  @Test
  void window_isGatheredUntilFullOrOver() {
    RecordingFunction function = RecordingFunction.failingAt();
    StreamMapping mapping =
        newMapping(Settings.DEFAULTS.withBatchSize(3).withWindow(Duration.ofSeconds(60)), function);
    putAll("a");
    assertThat(mapping.poll()).isFalse();
    clock.advance(Duration.ofSeconds(59));
    putAll("b");
    assertThat(mapping.poll()).isFalse();
    clock.advance(Duration.ofSeconds(1));
    assertThat(mapping.poll()).isTrue();
    putAll("cde");
    assertThat(mapping.poll()).isTrue();
    putAll("f");
    mapping.run();

    assertThat(toText(function)).isEqualTo("ab cde f");
    assertThat(clock.instant()).isEqualTo(BEGIN.plusSeconds(120));
  }

  /// However large the batch size and the window are.
  @Test
  void event_hasSixMegabytesAtMost() {
    List<Integer> lengths = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      stream.put("key", new byte[1_000_000]);
    }

    newMapping(
            Settings.DEFAULTS.withWindow(Duration.ofSeconds(60)),
            event -> {
              lengths.add(event.length());
              return "{}";
            })
        .run();

    assertThat(lengths).hasSize(2).allMatch(length -> length <= 6 * 1_048_576);
    assertThat(lengths.getFirst()).isGreaterThan(4 * 1_333_333);
  }

  @Test
  void resharding_childrenAfterTheirParents() {
    putAll("abc");
    RecordingFunction function = RecordingFunction.failingAt("b");
    StreamMapping mapping =
        newMapping(Settings.DEFAULTS.withBatchSize(1).withRetryAttempts(1), function);
    stream.split(FIRST_SHARD);
    putAll("def");
    stream.merge("shardId-000000000001", "shardId-000000000002");
    putAll("ghi");

    mapping.run();

    // The children are read side by side, each in its order.
    assertThat(toText(function)).startsWith("a b b c ").endsWith(" g h i").hasSize(19);
    assertThat(discardedText()).isEqualTo("RetryAttemptsExhausted:b");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 5})
  void restart_readsOnFromAnOlderCheckpoint(int index) {
    putAll("abcdef");
    RecordingFunction function = RecordingFunction.failingAt();
    StreamMapping mapping = newMapping(Settings.DEFAULTS.withBatchSize(4), function);
    mapping.run();
    StreamRecord last = stream.read(FIRST_SHARD, "").get(index);
    assertThat(mapping.checkpoints())
        .containsExactly(
            Map.entry(FIRST_SHARD, stream.read(FIRST_SHARD, "").getLast().sequenceNumber()));

    mapping.restart(Map.of(FIRST_SHARD, last.sequenceNumber()));
    mapping.run();

    assertThat(String.join("", function.batches().stream().flatMap(List::stream).toList()))
        .isEqualTo("abcdef" + "abcdef".substring(index + 1));
  }

  @Test
  void update_changesTheNextBatches() {
    putAll("abcdef");
    RecordingFunction function = RecordingFunction.failingAt();
    StreamMapping mapping = newMapping(Settings.DEFAULTS.withBatchSize(1), function);
    mapping.poll();

    mapping.update(Settings.DEFAULTS.withBatchSize(4));
    mapping.run();

    assertThat(toText(function)).isEqualTo("a bcde f");
    assertThatThrownBy(() -> mapping.update(Settings.DEFAULTS.withParallelization(2)))
        .hasMessage("parallelization can't change here");
  }

  private StreamMapping newMapping(Settings settings, LambdaFunction function) {
    return new StreamMapping(stream, clock, settings, function, discarded::add);
  }

  /// Puts a record for each letter, which is its partition key too.
  private void putAll(String letters) {
    for (String letter : letters.split("", 0)) {
      stream.put(letter, letter.getBytes(UTF_8));
    }
  }

  private static String toText(RecordingFunction function) {
    return String.join(
        " ", function.batches().stream().map(batch -> String.join("", batch)).toList());
  }

  private String discardedText() {
    return String.join(
        " ",
        discarded.stream()
            .map(
                each ->
                    each.condition()
                        + ":"
                        + String.join(
                            "", each.records().stream().map(StreamMappingTest::toText).toList()))
            .toList());
  }

  private static String toText(StreamRecord record) {
    return new String(Base64.getDecoder().decode(record.data()), UTF_8);
  }
}
