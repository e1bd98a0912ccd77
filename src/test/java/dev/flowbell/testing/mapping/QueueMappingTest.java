package dev.flowbell.testing.mapping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flowbell.testing.mapping.QueueMapping.Settings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class QueueMappingTest {
  private static final Instant BEGIN = Instant.parse("2026-11-28T13:00:00.250Z");

  private final VirtualClock clock = new VirtualClock(BEGIN);
  private final MessageQueue deadLetters =
      new MessageQueue("failures", MessageQueue.VISIBILITY_TIMEOUT, clock);
  private final MessageQueue queue =
      new MessageQueue("files", MessageQueue.VISIBILITY_TIMEOUT, clock, deadLetters, 3);

  @Test
  void invoke_eventAsLambdaSendsIt() {
    List<String> events = new ArrayList<>();
    String id = queue.send("{\"a\":1}");
    clock.advance(Duration.ofSeconds(2));

    newMapping(
            Settings.DEFAULTS,
            event -> {
              events.add(event);
              return "";
            })
        .run();

    assertThat(events)
        .containsExactly(
            """
            {"Records":[{"messageId":"%1$s","receiptHandle":"%1$s#1","body":"{\\"a\\":1}",\
            "attributes":{"ApproximateReceiveCount":"1","SentTimestamp":"1795870800250",\
            "SenderId":"AIDAIENQZJOLO23YVJ4VO",\
            "ApproximateFirstReceiveTimestamp":"1795870802250"},"messageAttributes":{},\
            "md5OfBody":"bb6cb5c68df4652941caf652a366f2d8","eventSource":"aws:sqs",\
            "eventSourceARN":"arn:aws:sqs:eu-west-1:123456789012:files",\
            "awsRegion":"eu-west-1"}]}\
            """
                .formatted(id));
    assertThat(queue.bodies()).isEmpty();
  }

  /// What becomes of the messages a to d: the settings, the messages that the function names as
  /// failed (it fails itself for `!`), what is sent, and the dead letters.
  static Stream<Arguments> failures() {
    Settings partial = Settings.DEFAULTS.withReportedFailures();
    return Stream.of(
        Arguments.of("success", Settings.DEFAULTS, "", "abcd", ""),
        Arguments.of("all again", Settings.DEFAULTS, "!", "abcd abcd abcd", "abcd"),
        Arguments.of("one again", partial, "b", "abcd b b", "b"),
        Arguments.of("all again, named", partial, "abcd", "abcd abcd abcd", "abcd"),
        Arguments.of("failure with partial responses", partial, "!", "abcd abcd abcd", "abcd"),
        Arguments.of("not asked for", Settings.DEFAULTS, "b", "abcd", ""),
        Arguments.of(
            "small batches", partial.withBatchSize(3, Duration.ZERO), "b", "abc d b b", "b"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("failures")
  void failures(String name, Settings settings, String failed, String batches, String given) {
    List.of("a", "b", "c", "d").forEach(queue::send);
    RecordingFunction function =
        new RecordingFunction(
            batch -> {
              if (failed.equals("!")) {
                throw new IllegalStateException("made");
              }
              return batch.failing(
                  batch.texts().stream().filter(failed::contains).toArray(String[]::new));
            });

    newMapping(settings, function).run();

    assertThat(toText(function)).isEqualTo(batches);
    assertThat(String.join("", deadLetters.bodies())).isEqualTo(given);
    assertThat(queue.bodies()).isEmpty();
    // Three times the visibility timeout until it is in the dead-letter queue.
    assertThat(clock.instant()).isEqualTo(given.isEmpty() ? BEGIN : BEGIN.plusSeconds(90));
  }

  @Test
  void failure_isHiddenUntilItsTimeoutEnds() {
    queue.send("a");
    RecordingFunction function = RecordingFunction.failingAt("a");
    QueueMapping mapping = newMapping(Settings.DEFAULTS, function);
    mapping.poll();
    clock.advance(Duration.ofSeconds(29));
    queue.send("b");
    mapping.poll();
    clock.advance(Duration.ofSeconds(1));
    mapping.poll();

    assertThat(toText(function)).isEqualTo("a b a");
    assertThat(queue.bodies()).containsExactly("a");
    assertThat(deadLetters.bodies()).isEmpty();
  }

  @Test
  void window_isGatheredUntilFullOrOver() {
    RecordingFunction function = RecordingFunction.failingAt();
    QueueMapping mapping =
        newMapping(Settings.DEFAULTS.withBatchSize(3, Duration.ofSeconds(20)), function);
    queue.send("a");
    assertThat(mapping.poll()).isFalse();
    clock.advance(Duration.ofSeconds(20));
    assertThat(mapping.poll()).isTrue();
    List.of("b", "c", "d", "e").forEach(queue::send);
    mapping.run();

    assertThat(toText(function)).isEqualTo("a bcd e");
  }

  @Test
  void event_hasSixMegabytesAtMost() {
    for (int i = 0; i < 9; i++) {
      queue.send("x".repeat(1 << 20));
    }
    List<Integer> lengths = new ArrayList<>();

    newMapping(
            Settings.DEFAULTS,
            event -> {
              lengths.add(event.length());
              return "{}";
            })
        .run();

    assertThat(lengths).hasSize(2).allMatch(length -> length <= 6 * 1_048_576);
  }

  @Test
  void message_isKeptFourDays() {
    queue.send("a");
    clock.advance(Duration.ofDays(4));

    assertThat(newMapping(Settings.DEFAULTS, RecordingFunction.failingAt()).poll()).isFalse();
    assertThat(queue.bodies()).isEmpty();
  }

  @Test
  void settings_moreThanTenNeedAWindow() {
    assertThatThrownBy(() -> Settings.DEFAULTS.withBatchSize(11, Duration.ZERO))
        .hasMessage("a batch size of more than 10 needs a window of a second or more");
  }

  private QueueMapping newMapping(Settings settings, LambdaFunction function) {
    return new QueueMapping(queue, clock, settings, function);
  }

  private static String toText(RecordingFunction function) {
    return String.join(
        " ", function.batches().stream().map(batch -> String.join("", batch)).toList());
  }
}
