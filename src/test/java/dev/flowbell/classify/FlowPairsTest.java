package dev.flowbell.classify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.classify.Suspect.Kind;
import dev.flowbell.record.FlowRecord;
import dev.flowbell.record.IpAddress;
import dev.flowbell.testing.generator.Records;
import dev.flowbell.testing.generator.Summaries;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The definitions are those of [Kind]. A record's mark is its number, 0 for the first.
class FlowPairsTest {
  private static final long MINUTE = 29_922_374;

  private static final String TCP =
      "srcaddr=198.51.100.7 dstaddr=10.0.2.98 srcport=50101 dstport=22 protocol=6";
  private static final String REVERSE =
      "srcaddr=10.0.2.98 dstaddr=198.51.100.7 srcport=22 dstport=50101 protocol=6";

  private static final int MOST_RECORDS = 1_000;

  private final FlowPairs<Integer> pairs = new FlowPairs<>(Summaries.INSIDE, MOST_RECORDS);

  // One rejected record alone.

  @ParameterizedTest
  @CsvSource({
    "tcp-flags=2, ATTEMPT",
    "tcp-flags=3, ATTEMPT", // SYN and FIN, as a scanner sends
    "tcp-flags=6, ATTEMPT",
    "tcp-flags=-, ATTEMPT",
    "tcp-flags=0, STRAY",
    "tcp-flags=1, STRAY",
    "tcp-flags=4, STRAY",
    "tcp-flags=16, STRAY",
    "tcp-flags=17, STRAY",
    "tcp-flags=18, ANSWER",
    "tcp-flags=19, ANSWER",
    "tcp-flags=22, ANSWER",
    "tcp-flags=255, ANSWER"
  })
  void kind_byFlags(String flags, Kind expected) {
    assertThat(kinds(TCP + " action=REJECT " + flags)).isEqualTo(Map.of(0, expected));
  }

  /// Without flags, or over UDP, the source port shows a service that answers.
  @ParameterizedTest
  @CsvSource({
    "443, 50101, ANSWER",
    "53, 1024, ANSWER",
    "53, 1023, ATTEMPT",
    "0, 1024, ANSWER",
    "1023, 50101, ANSWER",
    "1024, 50101, ATTEMPT_OR_ANSWER",
    "3389, 50101, ANSWER", // known by name
    "3389, 443, ATTEMPT",
    "4711, 50101, ATTEMPT_OR_ANSWER",
    "32767, 50101, ATTEMPT_OR_ANSWER",
    "32768, 50101, ATTEMPT",
    "65535, 50101, ATTEMPT",
    "-, 50101, ATTEMPT",
    "443, -, ATTEMPT"
  })
  void kind_bySourcePort(String sourcePort, String port, Kind expected) {
    String ports = " srcport=" + sourcePort + " dstport=" + port;
    String addresses = "srcaddr=192.0.2.7 dstaddr=10.0.2.98 action=REJECT";

    for (String undecided :
        List.of(
            " protocol=6",
            " protocol=6 tcp-flags=-",
            " protocol=17",
            " protocol=17 tcp-flags=0",
            " protocol=132 tcp-flags=0",
            " protocol=-")) {
      assertThat(kinds(addresses + ports + undecided)).as(undecided).isEqualTo(Map.of(0, expected));
    }
    assertThat(kinds(addresses + ports + " protocol=6 tcp-flags=2"))
        .isEqualTo(Map.of(0, Kind.ATTEMPT));
    for (String withoutPorts : List.of(" protocol=1", " protocol=58", " protocol=47")) {
      assertThat(kinds(addresses + ports + withoutPorts)).isEqualTo(Map.of(0, Kind.ATTEMPT));
    }
  }

  @Test
  void kind_portThatReachesFivePortsIsAServices() {
    String[] five = new String[5];
    for (int i = 0; i < five.length; i++) {
      five[i] =
          "srcaddr=192.0.2.7 dstaddr=10.0.2.98 protocol=17 action=REJECT srcport=4711 dstport="
              + (50_101 + i);
    }
    String[] four = {five[0], five[1], five[2], five[3], five[3]};

    assertThat(kinds(five).values()).containsOnly(Kind.ANSWER).hasSize(5);
    assertThat(kinds(four).values()).containsOnly(Kind.ATTEMPT_OR_ANSWER).hasSize(5);
    // another source, source port or protocol counts for itself
    for (String other : List.of("srcaddr=192.0.2.8", "srcport=4712", "protocol=6")) {
      four[4] = with(five[4], other);
      assertThat(kinds(four).values()).containsOnly(Kind.ATTEMPT_OR_ANSWER).hasSize(5);
    }
    // one low port shows a scanner with a fixed source port
    String[] scan = {five[0], five[1], five[2], five[3], five[4], with(five[4], "dstport=22")};
    assertThat(kinds(scan).values()).containsOnly(Kind.ATTEMPT).hasSize(6);
    // ephemeral: a client's own choice
    for (int i = 0; i < five.length; i++) {
      five[i] = with(five[i], "srcport=32768");
    }
    assertThat(kinds(five).values()).containsOnly(Kind.ATTEMPT).hasSize(5);
  }

  @ParameterizedTest
  @CsvSource({
    "224.0.0.0, 6, NOT_UNICAST",
    "239.255.255.250, 17, NOT_UNICAST",
    "223.255.255.254, 17, ATTEMPT",
    "240.0.0.0, 17, ATTEMPT",
    "255.255.255.255, 6, NOT_UNICAST",
    "255.255.255.255, 17, NOT_UNICAST",
    "10.0.1.255, 17, NOT_UNICAST",
    "10.0.1.255, 6, ATTEMPT",
    "10.0.1.254, 17, ATTEMPT",
    "ff02::1, 17, NOT_UNICAST",
    "fe80::1, 17, ATTEMPT",
    "2001:db8::ff, 17, ATTEMPT",
    "-, 17, ATTEMPT"
  })
  void kind_byTarget(String target, int protocol, Kind expected) {
    String record = with(with(TCP, "dstaddr=" + target), "protocol=" + protocol);

    assertThat(kinds(record + " action=REJECT")).isEqualTo(Map.of(0, expected));
  }

  // Both directions.

  @ParameterizedTest
  @CsvSource({
    "srcaddr=198.51.100.7, ANSWER",
    "srcaddr=::ffff:c633:6407, ANSWER",
    "srcaddr=198.51.100.8, ATTEMPT",
    "dstaddr=10.0.2.99, ATTEMPT",
    "srcport=50102, ATTEMPT",
    "srcport=-, ATTEMPT",
    "dstport=23, ATTEMPT",
    "protocol=17, ATTEMPT",
    "protocol=-, ATTEMPT"
  })
  void kind_reverseTupleAccepted(String changed, Kind expected) {
    String rejected = with(TCP, changed) + " action=REJECT";
    String accepted = REVERSE + " action=ACCEPT";

    assertThat(kinds(rejected, accepted)).isEqualTo(Map.of(0, expected));
    assertThat(kinds(accepted, rejected)).isEqualTo(Map.of(1, expected));
    assertThat(kinds(rejected, REVERSE + " action=-")).isEqualTo(Map.of(0, Kind.ATTEMPT));
  }

  /// AWS's example: ping is allowed in by the security group, and a network ACL drops the answer.
  @Test
  void kind_rejectedAnswerOfPing() {
    List<Suspect> suspects =
        suspects(
            "srcaddr=203.0.113.12 dstaddr=172.31.16.139 srcport=0 dstport=0 protocol=1"
                + " action=ACCEPT",
            "srcaddr=172.31.16.139 dstaddr=203.0.113.12 srcport=0 dstport=0 protocol=1"
                + " action=REJECT");

    assertThat(suspects).hasSize(1);
    assertThat(suspects.getFirst().kind()).isEqualTo(Kind.ANSWER);
    assertThat(suspects.getFirst().isDroppedAnswer()).isTrue();
    assertThat(suspects.getFirst().isRequestAccepted()).isTrue();
  }

  /// Without all parts, records of different connections would look like one.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "protocol=6 tcp-flags=2",
        "srcaddr=10.0.1.5 protocol=6 tcp-flags=2",
        "dstaddr=10.0.1.5 protocol=6 tcp-flags=2",
        "pkt-srcaddr=10.0.1.5 protocol=6 tcp-flags=2",
        "srcaddr=10.0.1.5 dstaddr=10.0.1.5 protocol=6 tcp-flags=2"
      })
  void kind_incompleteTuplePairsWithNothing(String record) {
    assertThat(kinds(record + " action=REJECT", record + " action=ACCEPT"))
        .isEqualTo(Map.of(0, Kind.ATTEMPT));
  }

  @ParameterizedTest
  @CsvSource({
    // flags of SYN-ACK are enough
    "tcp-flags=18, '', false, true, false",
    // a request was accepted
    "tcp-flags=0, reverse, false, true, true",
    "tcp-flags=-, reverse, false, true, true",
    // another packet of the answer's direction was accepted: late packets
    "tcp-flags=0, reverse, true, false, true",
    "tcp-flags=18, reverse, true, true, true",
    "tcp-flags=2, '', false, false, false"
  })
  void isDroppedAnswer_byTheOtherRecords(
      String flags,
      String reverse,
      boolean isOwnAccepted,
      boolean isDropped,
      boolean isRequestAccepted) {
    List<String> records = new ArrayList<>(List.of(TCP + " action=REJECT " + flags));
    if (!reverse.isEmpty()) {
      records.add(REVERSE + " action=ACCEPT");
    }
    if (isOwnAccepted) {
      records.add(TCP + " action=ACCEPT");
    }
    Suspect suspect = suspects(records.toArray(String[]::new)).getFirst();

    assertThat(suspect.isDroppedAnswer()).isEqualTo(isDropped);
    assertThat(suspect.isRequestAccepted()).isEqualTo(isRequestAccepted);
  }

  // Accepted SYNs.

  @ParameterizedTest
  @CsvSource({
    "packets=2 bytes=80, true",
    "packets=3 bytes=132, true",
    "packets=2 bytes=96, true",
    "packets=5 bytes=260, true",
    "packets=2 bytes=120, true",
    "packets=1 bytes=60, false", // not sent again
    "packets=2 bytes=112, false", // a SYN of 60 and an ACK of 52: a healthy opening
    "packets=2 bytes=100, false",
    "packets=2 bytes=128, false", // above 60 each
    "packets=3 bytes=121, false",
    "packets=0 bytes=0, false",
    "packets=2 bytes=0, false",
    "packets=- bytes=120, false",
    "packets=2 bytes=-, false"
  })
  void unanswered_sizesOfSyns(String counts, boolean expected) {
    String syn = REVERSE + " tcp-flags=2 action=ACCEPT " + counts;

    assertThat(kinds(syn)).isEqualTo(expected ? Map.of(0, Kind.UNANSWERED) : Map.of());
  }

  @ParameterizedTest
  @CsvSource({
    "packets=2 bytes=128, true",
    "packets=2 bytes=136, true",
    "packets=2 bytes=144, true",
    "packets=3 bytes=240, true",
    "packets=2 bytes=80, false",
    "packets=2 bytes=120, false", // an ACK has 60
    "packets=2 bytes=152, false", // a SYN of 80 and an ACK of 72
    "packets=2 bytes=162, false"
  })
  void unanswered_sizesOfIpv6Syns(String counts, boolean expected) {
    String syn =
        "srcaddr=fd00::5 dstaddr=2001:db8::7 srcport=50101 dstport=443 protocol=6 tcp-flags=2"
            + " action=ACCEPT "
            + counts;

    assertThat(kinds(syn)).isEqualTo(expected ? Map.of(0, Kind.UNANSWERED) : Map.of());
  }

  @ParameterizedTest
  @CsvSource({
    "tcp-flags=18 action=ACCEPT, false",
    "tcp-flags=19 action=ACCEPT, false",
    "tcp-flags=18 action=REJECT, false", // the answer's own record is the cause
    "tcp-flags=4 action=REJECT, false",
    "tcp-flags=2 action=ACCEPT, true",
    "tcp-flags=16 action=ACCEPT, true",
    "tcp-flags=18 action=-, true",
    "tcp-flags=18 action=ACCEPT srcport=23, true"
  })
  void unanswered_otherDirection(String other, boolean expected) {
    String syn = REVERSE + " tcp-flags=2 action=ACCEPT packets=2 bytes=120";
    String reverse = TCP;
    for (String part : other.split(" ", -1)) {
      reverse = with(reverse, part);
    }

    assertThat(kinds(syn, reverse).get(0)).isEqualTo(expected ? Kind.UNANSWERED : null);
    assertThat(kinds(reverse, syn).get(1)).isEqualTo(expected ? Kind.UNANSWERED : null);
  }

  @ParameterizedTest
  @CsvSource({
    "srcaddr=10.0.2.98, true",
    "srcaddr=198.51.100.8, false", // outside
    "flow-direction=egress, true",
    "srcport=-, false",
    "dstaddr=-, false",
    "dstaddr=224.0.0.1, false",
    "tcp-flags=3, false",
    "protocol=17, false",
    "action=-, false"
  })
  void unanswered_otherFields(String changed, boolean expected) {
    String syn = REVERSE + " tcp-flags=2 action=ACCEPT packets=2 bytes=120";
    assertThat(kinds(with(syn, changed)))
        .isEqualTo(expected ? Map.of(0, Kind.UNANSWERED) : Map.of());
  }

  // Sources and places.

  @Test
  void suspect_whole() {
    assertThat(
            suspects(
                "srcaddr=10.0.1.5 pkt-srcaddr=198.51.100.7 dstaddr=10.0.2.98 srcport=50101"
                    + " dstport=22 protocol=6 tcp-flags=2 action=REJECT packets=3 bytes=180"
                    + " start=1795342400 end=1795342476 interface-id=eni-0a1b2c3d"
                    + " instance-id=i-0987654321 subnet-id=subnet-1234abcd vpc-id=vpc-abcd1234"
                    + " pkt-src-aws-service=S3 reject-reason=BPA flow-direction=ingress"))
        .containsExactly(
            new Suspect(
                Kind.ATTEMPT,
                address("198.51.100.7"),
                address("10.0.1.5"),
                false,
                false,
                address("10.0.2.98"),
                6,
                50_101,
                22,
                MINUTE,
                true,
                false,
                false,
                new Suspect.Place(
                    "eni-0a1b2c3d", "i-0987654321", "subnet-1234abcd", "vpc-abcd1234", "S3", "BPA"),
                3,
                180));
  }

  @Test
  void suspect_nothingButTheSource() {
    assertThat(suspects("action=REJECT srcaddr=2001:db8::7"))
        .containsExactly(
            new Suspect(
                Kind.ATTEMPT,
                address("2001:db8::7"),
                null,
                false,
                false,
                null,
                -1,
                -1,
                -1,
                MINUTE,
                false,
                false,
                false,
                new Suspect.Place(null, null, null, null, null, null),
                -1,
                -1));
  }

  /// An absent address looks like ffff:…:ffff in a tuple, and is no source.
  @Test
  void suspect_noneWithoutASource() {
    String record = "dstaddr=10.0.2.98 dstport=22 srcport=50101 protocol=6 action=REJECT";

    assertThat(kinds(record + " tcp-flags=2", record + " tcp-flags=18"))
        .isEqualTo(Map.of(0, Kind.ATTEMPT, 1, Kind.ANSWER));
    assertThat(suspects(record + " tcp-flags=2", record + " tcp-flags=18")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "srcaddr=10.0.1.5, true, false",
    "srcaddr=198.51.100.7, false, false",
    "srcaddr=198.51.100.7 flow-direction=egress, true, true",
    "srcaddr=198.51.100.7 flow-direction=ingress, false, false",
    "srcaddr=10.0.1.5 flow-direction=ingress, true, false",
    "srcaddr=10.0.1.5 pkt-srcaddr=198.51.100.7, false, false", // the original source counts
    "srcaddr=198.51.100.7 pkt-srcaddr=10.0.1.5, true, false"
  })
  void isInside_addressOrEgress(String record, boolean isInside, boolean isEgress) {
    Suspect suspect = suspects(record + " action=REJECT").getFirst();

    assertThat(suspect.isInside()).isEqualTo(isInside);
    assertThat(suspect.isEgress()).isEqualTo(isEgress);
  }

  @ParameterizedTest
  @CsvSource({
    "start=1795342400 end=1795342475, false",
    "start=1795342400 end=1795342476, true",
    "start=1795342400 end=1795343000, true",
    "start=1795342400 end=-, false",
    "start=- end=1795342400, false",
    "start=1795343000 end=1795342400, false"
  })
  void isLongWindow_tenMinutes(String times, boolean expected) {
    assertThat(suspects(TCP + " action=REJECT " + times).getFirst().isLongWindow())
        .isEqualTo(expected);
  }

  /// The last place is used again only if nothing of it changed.
  @Test
  void place_ofEachRecord() {
    String[] places = {
      " interface-id=eni-1 vpc-id=vpc-1",
      " interface-id=eni-1 vpc-id=vpc-1",
      " interface-id=eni-2 vpc-id=vpc-2",
      " interface-id=eni-2 vpc-id=vpc-2 reject-reason=BPA",
      " interface-id=eni-2 vpc-id=vpc-2",
      " interface-id=eni-2 vpc-id=vpc-2 pkt-src-aws-service=S3",
      " interface-id=eni-2 vpc-id=vpc-2",
      " interface-id=-"
    };
    List<String> seen = new ArrayList<>();
    for (String place : places) {
      add(TCP + " action=REJECT" + place, 0);
    }
    pairs.resolve(
        (suspect, _) -> {
          Suspect.Place place = suspect.place();
          seen.add(
              String.join(
                  " ",
                  String.valueOf(place.interfaceId()),
                  String.valueOf(place.vpcId()),
                  String.valueOf(place.service()),
                  String.valueOf(place.rejectReason())));
        },
        Set.of(),
        (_, _, _, _) -> {});

    assertThat(seen)
        .containsExactly(
            "eni-1 vpc-1 null null",
            "eni-1 vpc-1 null null",
            "eni-2 vpc-2 null null",
            "eni-2 vpc-2 null BPA",
            "eni-2 vpc-2 null null",
            "eni-2 vpc-2 S3 null",
            "eni-2 vpc-2 null null",
            "null null null null");
  }

  // What sources got through.

  @ParameterizedTest
  @CsvSource({
    "tcp-flags=2 srcport=50101 dstport=443 packets=8 bytes=568, true",
    "tcp-flags=3 srcport=50101 dstport=443 packets=8 bytes=568, true",
    "tcp-flags=2 srcport=50101 dstport=443 packets=8 bytes=480, false", // no payload
    "tcp-flags=18 srcport=443 dstport=50101 packets=8 bytes=568, false", // the server's side
    "tcp-flags=0 srcport=50101 dstport=443 packets=8 bytes=568, true", // opened earlier
    "tcp-flags=0 srcport=443 dstport=50101 packets=8 bytes=568, false",
    "tcp-flags=- srcport=1024 dstport=1023 packets=8 bytes=568, true",
    "tcp-flags=- srcport=1023 dstport=22 packets=8 bytes=568, false",
    "tcp-flags=- srcport=50101 dstport=32767 packets=8 bytes=568, true",
    "tcp-flags=- srcport=50101 dstport=32768 packets=8 bytes=568, false",
    "tcp-flags=- srcport=50101 dstport=- packets=8 bytes=568, false",
    "tcp-flags=- srcport=50101 dstport=443 packets=- bytes=568, false",
    "tcp-flags=- srcport=50101 dstport=443 packets=8 bytes=-, false",
    "tcp-flags=2 srcport=50101 dstport=443 packets=8 bytes=568 dstaddr=-, false"
  })
  void opened_byFlagsOrPorts(String fields, boolean expected) {
    String record = "protocol=6 srcaddr=198.51.100.7 dstaddr=10.0.2.98 action=ACCEPT";
    for (String part : fields.split(" ", -1)) {
      record = with(record, part);
    }
    assertThat(opened(Set.of(address("198.51.100.7")), record))
        .hasSize(expected ? 1 : 0)
        .allSatisfy(flow -> assertThat(flow).startsWith("198.51.100.7 10.0.2.98:"));
  }

  @Test
  void opened_ofSourcesWithAttemptsAndOfWatchedOnes() {
    String payload = " tcp-flags=2 action=ACCEPT packets=8 bytes=5680";
    String[] records = {
      TCP + payload,
      with(TCP, "srcaddr=198.51.100.8") + payload,
      with(TCP, "srcaddr=198.51.100.9") + payload + " pkt-srcaddr=198.51.100.7",
      with(TCP, "srcaddr=-") + payload,
      with(TCP, "srcaddr=::") + payload,
      with(TCP, "dstport=23") + " action=REJECT tcp-flags=2",
      with(TCP, "srcaddr=198.51.100.10") + payload,
      with(TCP, "srcaddr=198.51.100.10") + " action=REJECT tcp-flags=4" // stray
    };

    assertThat(opened(Set.of(), records))
        .containsExactly(
            "198.51.100.7 10.0.2.98:22 " + MINUTE + " 5680",
            "198.51.100.7 10.0.2.98:22 " + MINUTE + " 5680");
    assertThat(opened(Set.of(address("198.51.100.8"), address("::")), records))
        .containsExactly(
            "198.51.100.7 10.0.2.98:22 " + MINUTE + " 5680",
            "198.51.100.8 10.0.2.98:22 " + MINUTE + " 5680",
            "198.51.100.7 10.0.2.98:22 " + MINUTE + " 5680",
            ":: 10.0.2.98:22 " + MINUTE + " 5680");
  }

  // Bounds.

  @Test
  void resolve_forgetsTheRecords() {
    add(REVERSE + " action=ACCEPT", 0);
    assertThat(resolved()).isEmpty();
    add(TCP + " action=REJECT tcp-flags=2", 1);
    assertThat(resolved()).isEqualTo(Map.of(1, Kind.ATTEMPT));
    assertThat(resolved()).isEmpty();
    add(TCP + " action=REJECT tcp-flags=2", 2);
    pairs.reset();
    assertThat(resolved()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ACCEPT", "REJECT"})
  void isFull_atTheBound(String action) {
    FlowRecord record = Records.of(TCP + " tcp-flags=3 action=" + action);
    int classes = Classifier.classify(record);
    for (int i = 0; i < MOST_RECORDS; i++) {
      assertThat(pairs.isFull()).isFalse();
      pairs.add(record, classes, MINUTE, i);
    }
    assertThat(pairs.isFull()).isTrue();

    assertThat(resolved()).hasSize(action.equals("REJECT") ? MOST_RECORDS : 0);
    assertThat(pairs.isFull()).isFalse();
    add(TCP + " action=REJECT tcp-flags=2", 7);
    assertThat(resolved()).isEqualTo(Map.of(7, Kind.ATTEMPT));
  }

  // ----

  private void add(String text, int mark) {
    FlowRecord record = Records.of(text);
    pairs.add(record, Classifier.classify(record), MINUTE, mark);
  }

  private Map<Integer, Kind> resolved() {
    Map<Integer, Kind> kinds = new TreeMap<>();
    pairs.resolve((suspect, mark) -> kinds.put(mark, suspect.kind()), Set.of(), (_, _, _, _) -> {});
    return kinds;
  }

  /// Returns what each record is, by its number; without those that are no suspects.
  private Map<Integer, Kind> kinds(String... records) {
    for (int i = 0; i < records.length; i++) {
      add(records[i], i);
    }
    return resolved();
  }

  private List<Suspect> suspects(String... records) {
    for (int i = 0; i < records.length; i++) {
      add(records[i], i);
    }
    List<Suspect> suspects = new ArrayList<>();
    pairs.resolve(
        (suspect, _) -> {
          if (suspect.hasSource()) {
            suspects.add(SuspectRecords.toSuspect(suspect));
          }
        },
        Set.of(),
        (_, _, _, _) -> {});
    return suspects;
  }

  private List<String> opened(Set<IpAddress> watched, String... records) {
    for (int i = 0; i < records.length; i++) {
      add(records[i], i);
    }
    List<String> opened = new ArrayList<>();
    pairs.resolve(
        (_, _) -> {},
        watched,
        (source, door, minute, bytes) ->
            opened.add(source + " " + door + " " + minute + " " + bytes));
    return opened;
  }

  /// Returns the record with another value of one field.
  private static String with(String record, String field) {
    String name = field.substring(0, field.indexOf('=') + 1);
    List<String> parts = new ArrayList<>(List.of(record.split(" ", -1)));
    parts.removeIf(part -> part.startsWith(name));
    parts.add(field);
    return String.join(" ", parts);
  }

  private static IpAddress address(String text) {
    return Objects.requireNonNull(IpAddress.find(text));
  }
}
