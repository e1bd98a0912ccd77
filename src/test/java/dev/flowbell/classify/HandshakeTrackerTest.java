package dev.flowbell.classify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.record.FlowRecord;
import dev.flowbell.testing.generator.Records;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HandshakeTrackerTest {
  private static final String SYN =
      "srcaddr=10.0.1.5 dstaddr=10.0.2.98 srcport=50101 dstport=22 protocol=6 tcp-flags=2"
          + " action=ACCEPT packets=1 bytes=60";

  private static final String ANSWER =
      "srcaddr=10.0.2.98 dstaddr=10.0.1.5 srcport=22 dstport=50101 protocol=6 tcp-flags=18"
          + " action=ACCEPT";

  private static final long MINUTE = 29_921_760;

  /// As the caller has it for a record without a time.
  private static final long NO_MINUTE = Long.MIN_VALUE;

  private final List<String> unanswered = new ArrayList<>();
  private final HandshakeTracker<String> tracker = new HandshakeTracker<>(100_000, unanswered::add);

  @Test
  void resolve_nothingAdded() {
    assertThat(resolved()).isEmpty();
  }

  @Test
  void resolve_noAnswer() {
    add(SYN, "a");
    add(SYN.replace("22", "23"), "b");

    assertThat(resolved()).containsExactly("a", "b");
  }

  /// Each of several records of one connection counts.
  @Test
  void resolve_sameConnectionTwice() {
    add(SYN, "a");
    add(SYN, "b");

    assertThat(resolved()).containsExactly("a", "b");
  }

  @ParameterizedTest
  @CsvSource({
    // an answer has the reverse 5-tuple, and flags with SYN and ACK
    "srcaddr=10.0.2.98 dstaddr=10.0.1.5 srcport=22 dstport=50101 protocol=6 tcp-flags=18"
        + " action=ACCEPT, true",
    "srcaddr=10.0.2.98 dstaddr=10.0.1.5 srcport=22 dstport=50101 protocol=6 tcp-flags=19"
        + " action=ACCEPT, true",
    "srcaddr=10.0.2.98 dstaddr=10.0.1.5 srcport=22 dstport=50101 protocol=6 tcp-flags=22"
        + " action=ACCEPT, true",
    "srcaddr=10.0.2.98 dstaddr=10.0.1.5 srcport=22 dstport=50101 protocol=6 tcp-flags=255"
        + " action=ACCEPT, true",
    "srcaddr=::ffff:a00:262 dstaddr=::ffff:10.0.1.5 srcport=022 dstport=50101 protocol=06"
        + " tcp-flags=18 action=ACCEPT, true",
    "srcaddr=10.0.2.98 dstaddr=10.0.1.5 srcport=22 dstport=50101 protocol=6 tcp-flags=18"
        + " action=REJECT, false", // a rejected SYN-ACK reaches nobody
    "srcaddr=10.0.2.98 dstaddr=10.0.1.5 srcport=22 dstport=50101 protocol=6 tcp-flags=18"
        + " action=-, false",
    "srcaddr=10.0.2.98 dstaddr=10.0.1.5 srcport=22 dstport=50101 protocol=6 tcp-flags=16"
        + " action=ACCEPT, false",
    "srcaddr=10.0.2.98 dstaddr=10.0.1.5 srcport=22 dstport=50101 protocol=6 tcp-flags=2"
        + " action=ACCEPT, false",
    "srcaddr=10.0.2.98 dstaddr=10.0.1.5 srcport=22 dstport=50101 protocol=6 tcp-flags=0"
        + " action=ACCEPT, false",
    "srcaddr=10.0.2.98 dstaddr=10.0.1.5 srcport=22 dstport=50101 protocol=6 tcp-flags=-"
        + " action=ACCEPT, false",
    "srcaddr=10.0.2.98 dstaddr=10.0.1.5 srcport=22 dstport=50101 protocol=6 action=ACCEPT, false",
    // every part of the 5-tuple counts
    "srcaddr=10.0.2.99 dstaddr=10.0.1.5 srcport=22 dstport=50101 protocol=6 tcp-flags=18"
        + " action=ACCEPT, false",
    "srcaddr=1::ffff:a00:262 dstaddr=10.0.1.5 srcport=22 dstport=50101 protocol=6 tcp-flags=18"
        + " action=ACCEPT, false",
    "srcaddr=10.0.2.98 dstaddr=10.0.1.6 srcport=22 dstport=50101 protocol=6 tcp-flags=18"
        + " action=ACCEPT, false",
    "srcaddr=10.0.2.98 dstaddr=1::ffff:a00:105 srcport=22 dstport=50101 protocol=6 tcp-flags=18"
        + " action=ACCEPT, false",
    "srcaddr=10.0.2.98 dstaddr=10.0.1.5 srcport=23 dstport=50101 protocol=6 tcp-flags=18"
        + " action=ACCEPT, false",
    "srcaddr=10.0.2.98 dstaddr=10.0.1.5 srcport=22 dstport=50102 protocol=6 tcp-flags=18"
        + " action=ACCEPT, false",
    "srcaddr=10.0.2.98 dstaddr=10.0.1.5 srcport=22 dstport=50101 protocol=17 tcp-flags=18"
        + " action=ACCEPT, false",
    "srcaddr=10.0.2.98 dstaddr=10.0.1.5 srcport=22 dstport=50101 protocol=- tcp-flags=18"
        + " action=ACCEPT, false",
    "srcaddr=10.0.2.98 dstaddr=10.0.1.5 dstport=50101 protocol=6 tcp-flags=18 action=ACCEPT, false",
    // the same direction is not an answer
    "srcaddr=10.0.1.5 dstaddr=10.0.2.98 srcport=50101 dstport=22 protocol=6 tcp-flags=18"
        + " action=ACCEPT, false",
    // an interval without traffic is not an answer
    "srcaddr=10.0.2.98 dstaddr=10.0.1.5 srcport=22 dstport=50101 protocol=6 tcp-flags=18"
        + " action=ACCEPT log-status=NODATA, false",
    "srcaddr=10.0.2.98 dstaddr=10.0.1.5 srcport=22 dstport=50101 protocol=6 tcp-flags=18"
        + " action=ACCEPT log-status=SKIPDATA, false"
  })
  void resolve_otherRecord(String record, boolean isAnswer) {
    add(record, "-");
    add(SYN, "a");
    assertThat(resolved()).isEqualTo(isAnswer ? List.of() : List.of("a"));

    add(SYN, "a");
    add(record, "-");
    assertThat(resolved()).isEqualTo(isAnswer ? List.of() : List.of("a"));
  }

  /// Both directions match, even if the format has only parts of the 5-tuple.
  @Test
  void resolve_formatWithoutPorts() {
    add("srcaddr=1::5 dstaddr=2::7 protocol=6 tcp-flags=2 action=ACCEPT packets=1 bytes=80", "a");
    add("srcaddr=2::7 dstaddr=1::6 protocol=6 tcp-flags=18 action=ACCEPT", "-");
    assertThat(resolved()).containsExactly("a");

    add("srcaddr=1::5 dstaddr=2::7 protocol=6 tcp-flags=2 action=ACCEPT packets=1 bytes=80", "a");
    add("srcaddr=2::7 dstaddr=1::5 protocol=6 tcp-flags=18 action=ACCEPT", "-");
    assertThat(resolved()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "action=REJECT", // a blocked handshake needs no answer to be known
    "action=ACCEPT bytes=61",
    "action=- ",
  })
  void resolve_otherSyns(String changed) {
    String record =
        "srcaddr=10.0.1.5 dstaddr=10.0.2.98 srcport=50101 dstport=22 protocol=6 tcp-flags=2"
            + " packets=1 "
            + changed.strip();
    add(record, "a");

    assertThat(resolved()).isEmpty();
  }

  @Test
  void resolve_onlyTheUnanswered() {
    add(SYN.replace("50101", "50102"), "b");
    add(SYN, "a");
    add(
        "srcaddr=10.0.2.98 dstaddr=10.0.1.5 srcport=22 dstport=50101 protocol=6 tcp-flags=18"
            + " action=ACCEPT",
        "-");
    add(SYN.replace("50101", "50103"), "c");

    assertThat(resolved()).containsExactly("b", "c");
  }

  /// All in one minute: nothing is long past.
  @Test
  void add_pastTheBound() {
    HandshakeTracker<String> bounded = new HandshakeTracker<>(2, unanswered::add);
    assertThat(add(bounded, SYN, MINUTE, "a")).isTrue();
    assertThat(add(bounded, SYN.replace("22", "23"), MINUTE, "b")).isTrue();
    assertThat(add(bounded, SYN.replace("22", "24"), MINUTE, "c")).isFalse();

    assertThat(add(bounded, answerFrom(80), MINUTE, "-")).isTrue();
    assertThat(add(bounded, answerFrom(23), MINUTE, "-")).isTrue();
    assertThat(add(bounded, answerFrom(22), MINUTE, "-")).isFalse();
    assertThat(add(bounded, answerFrom(23), MINUTE, "-")).isTrue(); // present already
    bounded.resolve();
    assertThat(unanswered).containsExactly("a");

    add(bounded, SYN, MINUTE, "c");
    bounded.reset();
    bounded.resolve();
    assertThat(unanswered).containsExactly("a");
    assertThat(add(bounded, SYN.replace("22", "23"), MINUTE, "d")).isTrue();
    bounded.resolve();
    assertThat(unanswered).containsExactly("a", "d");
  }

  /// The third one finds no room, and what is long past leaves.
  @ParameterizedTest
  @CsvSource({"14, false", "15, true", "10000, true"})
  void add_handshakesOfLater(long minutes, boolean hasRoom) {
    HandshakeTracker<String> bounded = new HandshakeTracker<>(2, unanswered::add);
    add(bounded, SYN, MINUTE, "a");
    add(bounded, ANSWER, MINUTE + 1, "-");
    add(bounded, SYN.replace("22", "23"), MINUTE, "b");

    assertThat(add(bounded, SYN.replace("22", "24"), MINUTE + minutes, "c")).isEqualTo(hasRoom);
    assertThat(unanswered).isEqualTo(hasRoom ? List.of("b") : List.of());
    bounded.resolve();
    assertThat(unanswered).isEqualTo(hasRoom ? List.of("b", "c") : List.of("b"));
  }

  /// Answers are kept for longer than handshakes: a handshake that stays has not lost its answer.
  @ParameterizedTest
  @CsvSource({"29, false", "30, true"})
  void add_answersOfLater(long minutes, boolean hasRoom) {
    HandshakeTracker<String> bounded = new HandshakeTracker<>(2, unanswered::add);
    add(bounded, answerFrom(80), MINUTE, "-");
    add(bounded, answerFrom(81), MINUTE, "-");
    add(bounded, SYN.replace("22", "80"), MINUTE + minutes - 14, "a");

    assertThat(add(bounded, answerFrom(22), MINUTE + minutes, "-")).isEqualTo(hasRoom);
    add(bounded, SYN, MINUTE + minutes, "b");
    bounded.resolve();
    assertThat(unanswered).containsExactly(hasRoom ? "a" : "b");
  }

  /// Below the bound, only the tuples matter.
  @Test
  void add_answerOfAnotherDay() {
    add(tracker, ANSWER, MINUTE, "-");
    add(tracker, SYN, MINUTE + 1_440, "a");

    assertThat(resolved()).isEmpty();
  }

  @Test
  void add_withoutTimePastTheBound() {
    HandshakeTracker<String> bounded = new HandshakeTracker<>(1, unanswered::add);
    add(bounded, SYN, NO_MINUTE, "a");
    assertThat(add(bounded, SYN, NO_MINUTE, "b")).isFalse();
    assertThat(unanswered).isEmpty();

    assertThat(add(bounded, SYN, MINUTE, "c")).isTrue();
    assertThat(unanswered).containsExactly("a");
  }

  /// Two days of traffic, in the order of time but for minutes, through a tracker that has room for
  /// an hour: the sums are those of one that has room for all.
  @Test
  void add_twoDays() {
    HandshakeTracker<String> bounded = new HandshakeTracker<>(600, unanswered::add);
    List<String> expected = new ArrayList<>();
    Random random = new Random(18);
    for (int i = 0; i < 20_000; i++) {
      long minute = MINUTE + i * 2_880L / 20_000 - random.nextInt(5);
      int port = i % 60_000;
      String ports = "srcport=" + (1 + port) + " dstport=" + (1 + i / 60_000);
      String syn = SYN.replace("srcport=50101 dstport=22", ports);
      String answer =
          ANSWER.replace(
              "srcport=22 dstport=50101", "srcport=" + (1 + i / 60_000) + " dstport=" + (1 + port));
      boolean isAnswered = random.nextInt(10) > 0;
      boolean isAnswerFirst = random.nextBoolean();
      long answerMinute = minute + random.nextInt(-5, 6);
      if (isAnswered && isAnswerFirst) {
        assertThat(add(bounded, answer, answerMinute, "-")).isTrue();
      }
      assertThat(add(bounded, syn, minute, "a" + i)).isTrue();
      if (isAnswered && !isAnswerFirst) {
        assertThat(add(bounded, answer, answerMinute, "-")).isTrue();
      }
      if (!isAnswered) {
        expected.add("a" + i);
      }
    }
    bounded.resolve();
    assertThat(unanswered).containsExactlyInAnyOrderElementsOf(expected);
  }

  @Test
  void add_manyWithinTheBound() {
    for (int i = 0; i < 100; i++) {
      add(SYN, "a" + i);
    }
    assertThat(resolved()).hasSize(100);
  }

  private static String answerFrom(int port) {
    return ANSWER.replace("srcport=22", "srcport=" + port);
  }

  private List<String> resolved() {
    unanswered.clear();
    tracker.resolve();
    return unanswered;
  }

  private void add(String record, String mark) {
    add(tracker, record, MINUTE, mark);
  }

  private static boolean add(
      HandshakeTracker<String> tracker, String record, long minute, String mark) {
    FlowRecord read = Records.of(record);
    return tracker.add(read, Classifier.classify(read), minute, mark);
  }
}
