package dev.flowbell.classify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.testing.generator.Records;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClassifierTest {
  private static final String ACCEPTED_SYN =
      "action=ACCEPT protocol=6 tcp-flags=2 srcaddr=10.0.1.5 dstaddr=10.0.2.98";

  /// Other fields of the record are absent.
  @ParameterizedTest
  @CsvSource({
    "bytes=7, ''",
    "action=ACCEPT, ''",
    "action=REJECT, REJECT",
    "action=REJECT log-status=OK, REJECT",
    "action=REJECT log-status=NODATA, ''",
    "action=REJECT log-status=SKIPDATA, ''",
    "srcaddr=10.0.1.5 pkt-srcaddr=198.51.100.7 log-status=NODATA, ''",
    "srcaddr=10.0.1.5 pkt-srcaddr=198.51.100.7 log-status=SKIPDATA, ''",
    // the flags of rejected TCP
    "action=REJECT protocol=6, REJECT",
    "action=REJECT protocol=6 tcp-flags=-, REJECT",
    "action=REJECT protocol=6 tcp-flags=0, REJECT STRAY",
    "action=REJECT protocol=6 tcp-flags=1, REJECT STRAY",
    "action=REJECT protocol=6 tcp-flags=2, REJECT SYN_ONLY",
    "action=REJECT protocol=6 tcp-flags=3, REJECT",
    "action=REJECT protocol=6 tcp-flags=4, REJECT STRAY",
    "action=REJECT protocol=6 tcp-flags=6, REJECT",
    "action=REJECT protocol=6 tcp-flags=16, REJECT STRAY",
    "action=REJECT protocol=6 tcp-flags=18, REJECT",
    "action=REJECT protocol=6 tcp-flags=19, REJECT",
    "action=REJECT protocol=6 tcp-flags=253, REJECT STRAY",
    "action=REJECT protocol=6 tcp-flags=255, REJECT",
    // the same for other protocols, and without a protocol
    "action=REJECT protocol=17 tcp-flags=2, REJECT",
    "action=REJECT protocol=17 tcp-flags=0, REJECT",
    "action=REJECT protocol=- tcp-flags=2, REJECT",
    "action=REJECT tcp-flags=2, REJECT",
    "action=REJECT tcp-flags=0, REJECT",
    // a blocked handshake can have data, and its counts can be absent
    "action=REJECT protocol=6 tcp-flags=2 packets=1 bytes=1500, REJECT SYN_ONLY",
    // no action
    "protocol=6 tcp-flags=2 packets=1 bytes=60, ''",
    "action=- protocol=6 tcp-flags=2 packets=1 bytes=60, ''",
    // masked sources
    "srcaddr=10.0.1.5 pkt-srcaddr=198.51.100.7, NAT_MASKED",
    "action=ACCEPT srcaddr=10.0.1.5 pkt-srcaddr=198.51.100.7, NAT_MASKED",
    "action=REJECT srcaddr=10.0.1.5 pkt-srcaddr=198.51.100.7, REJECT NAT_MASKED",
    "srcaddr=10.0.1.5 pkt-srcaddr=10.0.1.5, ''",
    "srcaddr=10.0.1.5 pkt-srcaddr=::ffff:10.0.1.5, ''",
    "srcaddr=10.0.1.5 pkt-srcaddr=-, ''",
    "srcaddr=- pkt-srcaddr=198.51.100.7, ''",
    "dstaddr=10.0.1.5 pkt-srcaddr=198.51.100.7, ''",
    "srcaddr=10.0.1.5 pkt-srcaddr=10.0.1.5 dstaddr=10.0.0.220 pkt-dstaddr=203.0.113.5, ''"
  })
  void classify_oneRecord(String record, String expected) {
    assertThat(classify(record)).isEqualTo(expected);
  }

  /// Accepted SYNs: packets without data, or the client's side of a connection with data.
  @ParameterizedTest
  @CsvSource({
    "packets=1 bytes=60, SYN_ONLY",
    "packets=1 bytes=61, ''",
    "packets=1 bytes=0, SYN_ONLY",
    "packets=3 bytes=180, SYN_ONLY",
    "packets=3 bytes=181, ''",
    "packets=3 bytes=239, ''",
    "packets=3 bytes=120, SYN_ONLY",
    "packets=0 bytes=0, SYN_ONLY",
    "packets=0 bytes=1, ''",
    "packets=8 bytes=568, ''", // AWS's example of an established connection
    "packets=70 bytes=100701, ''", // and another
    "packets=- bytes=60, ''",
    "packets=1 bytes=-, ''",
    "bytes=60, ''",
    "packets=1, ''",
    // products that a long cannot hold
    "packets=9223372036854775807 bytes=9223372036854775807, SYN_ONLY",
    "packets=153722867280912931 bytes=9223372036854775807, SYN_ONLY",
    "packets=153722867280912930 bytes=9223372036854775800, SYN_ONLY",
    "packets=153722867280912930 bytes=9223372036854775801, ''",
    "packets=1 bytes=9223372036854775807, ''"
  })
  void classify_acceptedSyn(String counts, String expected) {
    assertThat(classify(ACCEPTED_SYN + " " + counts)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "srcaddr=2001:db8::7 dstaddr=2001:db8::98 packets=3 bytes=240, SYN_ONLY",
    "srcaddr=2001:db8::7 dstaddr=2001:db8::98 packets=3 bytes=241, ''",
    "srcaddr=2001:db8::7 packets=3 bytes=240, SYN_ONLY",
    "dstaddr=2001:db8::98 packets=3 bytes=240, SYN_ONLY",
    "srcaddr=- dstaddr=2001:db8::98 packets=3 bytes=240, SYN_ONLY",
    "srcaddr=::ffff:10.0.1.5 dstaddr=10.0.2.98 packets=3 bytes=181, ''",
    "srcaddr=10.0.1.5 dstaddr=2001:db8::98 packets=3 bytes=181, ''",
    "srcaddr=2001:db8::7 dstaddr=10.0.2.98 packets=3 bytes=240, SYN_ONLY",
    "packets=3 bytes=180, SYN_ONLY",
    "packets=3 bytes=181, ''"
  })
  void classify_acceptedSynByAddress(String record, String expected) {
    assertThat(classify("action=ACCEPT protocol=6 tcp-flags=2 " + record)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "protocol=6 tcp-flags=18",
    "protocol=6 tcp-flags=3",
    "protocol=6 tcp-flags=0",
    "protocol=6 tcp-flags=-",
    "protocol=6",
    "protocol=17 tcp-flags=2",
    "tcp-flags=2"
  })
  void classify_acceptedOther(String record) {
    assertThat(classify("action=ACCEPT packets=1 bytes=60 " + record)).isEmpty();
  }

  @Test
  void classify_everythingAtOnce() {
    assertThat(
            classify(
                "action=REJECT protocol=6 tcp-flags=2 srcaddr=10.0.1.5 pkt-srcaddr=192.0.2.1"
                    + " packets=1 bytes=60"))
        .isEqualTo("REJECT SYN_ONLY NAT_MASKED");
    assertThat(
            classify("action=REJECT protocol=6 tcp-flags=4 srcaddr=10.0.1.5 pkt-srcaddr=192.0.2.1"))
        .isEqualTo("REJECT STRAY NAT_MASKED");
  }

  @Test
  void bit_eachItsOwn() {
    assertThat(Arrays.stream(Classification.values()).map(Classification::bit).toList())
        .containsExactly(1, 2, 4, 8);
  }

  private static String classify(String record) {
    int classes = Classifier.classify(Records.of(record));
    return Arrays.stream(Classification.values())
        .filter(classification -> classification.isIn(classes))
        .map(Enum::name)
        .collect(Collectors.joining(" "));
  }
}
