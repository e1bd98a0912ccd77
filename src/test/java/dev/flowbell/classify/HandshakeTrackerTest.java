package dev.flowbell.classify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.record.FlowRecord;
import dev.flowbell.testing.generator.Records;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HandshakeTrackerTest {
  private static final String SYN =
      "srcaddr=10.0.1.5 dstaddr=10.0.2.98 srcport=50101 dstport=22 protocol=6 tcp-flags=2"
          + " action=ACCEPT packets=1 bytes=60";

  private final HandshakeTracker<String> tracker = new HandshakeTracker<>();

  @Test
  void findUnanswered_nothingAdded() {
    assertThat(tracker.findUnanswered()).isEmpty();
  }

  @Test
  void findUnanswered_noAnswer() {
    add(SYN, "a");
    add(SYN.replace("22", "23"), "b");

    assertThat(tracker.findUnanswered()).containsExactly("a", "b");
  }

  /// Each of several records of one connection counts.
  @Test
  void findUnanswered_sameConnectionTwice() {
    add(SYN, "a");
    add(SYN, "b");

    assertThat(tracker.findUnanswered()).containsExactly("a", "b");
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
  void findUnanswered_otherRecord(String record, boolean isAnswer) {
    HandshakeTracker<String> answerFirst = new HandshakeTracker<>();
    add(answerFirst, record, "-");
    add(answerFirst, SYN, "a");
    add(tracker, SYN, "a");
    add(tracker, record, "-");

    assertThat(tracker.findUnanswered().contains("a")).isEqualTo(!isAnswer);
    assertThat(answerFirst.findUnanswered()).isEqualTo(tracker.findUnanswered());
  }

  /// Both directions match, even if the format has only parts of the 5-tuple.
  @Test
  void findUnanswered_formatWithoutPorts() {
    add("srcaddr=1::5 dstaddr=2::7 protocol=6 tcp-flags=2 action=ACCEPT packets=1 bytes=80", "a");
    add("srcaddr=2::7 dstaddr=1::6 protocol=6 tcp-flags=18 action=ACCEPT", "-");
    assertThat(tracker.findUnanswered()).containsExactly("a");

    add("srcaddr=2::7 dstaddr=1::5 protocol=6 tcp-flags=18 action=ACCEPT", "-");
    assertThat(tracker.findUnanswered()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "action=REJECT", // a blocked handshake needs no answer to be known
    "action=ACCEPT bytes=61",
    "action=- ",
  })
  void findUnanswered_otherSyns(String changed) {
    String record =
        "srcaddr=10.0.1.5 dstaddr=10.0.2.98 srcport=50101 dstport=22 protocol=6 tcp-flags=2"
            + " packets=1 "
            + changed.strip();
    add(record, "a");

    assertThat(tracker.findUnanswered()).isEmpty();
  }

  @Test
  void findUnanswered_onlyTheUnanswered() {
    add(SYN.replace("50101", "50102"), "b");
    add(SYN, "a");
    add(
        "srcaddr=10.0.2.98 dstaddr=10.0.1.5 srcport=22 dstport=50101 protocol=6 tcp-flags=18"
            + " action=ACCEPT",
        "-");
    add(SYN.replace("50101", "50103"), "c");

    assertThat(tracker.findUnanswered()).containsExactly("b", "c");
  }

  @Test
  void add_pastTheBound() {
    HandshakeTracker<String> bounded = new HandshakeTracker<>(2);
    assertThat(add(bounded, SYN, "a")).isTrue();
    assertThat(add(bounded, SYN.replace("22", "23"), "b")).isTrue();
    assertThat(add(bounded, SYN.replace("22", "24"), "c")).isFalse();

    String answer =
        "srcaddr=10.0.2.98 dstaddr=10.0.1.5 srcport=%d dstport=50101 protocol=6 tcp-flags=18"
            + " action=ACCEPT";
    assertThat(add(bounded, answer.formatted(80), "-")).isTrue();
    assertThat(add(bounded, answer.formatted(23), "-")).isTrue();
    assertThat(add(bounded, answer.formatted(22), "-")).isFalse();
    assertThat(add(bounded, answer.formatted(23), "-")).isTrue(); // present already
    assertThat(bounded.findUnanswered()).containsExactly("a");

    bounded.reset();
    assertThat(bounded.findUnanswered()).isEmpty();
    assertThat(add(bounded, SYN.replace("22", "23"), "d")).isTrue();
    assertThat(bounded.findUnanswered()).containsExactly("d");
  }

  @Test
  void add_manyWithinTheBound() {
    for (int i = 0; i < 100; i++) {
      add(SYN, "a" + i);
    }
    assertThat(tracker.findUnanswered()).hasSize(100);
  }

  private void add(String record, String mark) {
    add(tracker, record, mark);
  }

  private static boolean add(HandshakeTracker<String> tracker, String record, String mark) {
    FlowRecord read = Records.of(record);
    return tracker.add(read, Classifier.classify(read), mark);
  }
}
