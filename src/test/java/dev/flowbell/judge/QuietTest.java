package dev.flowbell.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flowbell.classify.Door;
import dev.flowbell.classify.Suspect.Place;
import dev.flowbell.judge.Alert.Occasion;
import dev.flowbell.judge.Quiet.Entry;
import dev.flowbell.record.AddressBlock;
import dev.flowbell.record.IpAddress;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuietTest {
  private static final Instant SINCE = Instant.parse("2026-12-31T22:41:00Z");
  private static final Instant UNTIL = Instant.parse("2026-12-31T23:59:00Z");

  // Reading.

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\t"})
  void parse_nothing(String text) {
    assertThat(Quiet.parse(text)).isEqualTo(Quiet.NOTHING);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          10.0.9.7/32                           | 10.0.9.7/32    |       |                      |
          0.0.0.0/0                             | 0.0.0.0/0      |       |                      |
          2001:db8::/32                         | 2001:db8::/32  |       |                      |
          10.0.0.0/8 0                          | 10.0.0.0/8     | 0     |                      |
          10.0.0.0/8 65535                      | 10.0.0.0/8     | 65535 |                      |
          10.0.0.0/8 blocked-connection         | 10.0.0.0/8     |       | BLOCKED_CONNECTION   |
          10.0.0.0/8 5432 blocked-connection    | 10.0.0.0/8     | 5432  | BLOCKED_CONNECTION   |
          10.0.0.0/8 blocked-connection 5432    | 10.0.0.0/8     | 5432  | BLOCKED_CONNECTION   |
          10.0.0.0/8 until=2026-12-31           | 10.0.0.0/8     |       |                      | 2027-01-01T00:00:00Z
          10.0.0.0/8 until=2026-12-31T08:00:00Z | 10.0.0.0/8     |       |                      | 2026-12-31T08:00:00Z
          10.0.0.0/8 until=2028-02-29 scan 22   | 10.0.0.0/8     | 22    | SCAN                 | 2028-03-01T00:00:00Z
          '  10.0.0.0/8 \t  22  '               | 10.0.0.0/8     | 22    |                      |
          """)
  void parse_oneEntry(
      String text,
      String block,
      @Nullable Integer port,
      @Nullable Rule rule,
      @Nullable Instant until) {
    assertThat(Quiet.parse(text))
        .isEqualTo(new Quiet(List.of(new Entry(AddressBlock.parse(block), port, rule, until))));
  }

  @ParameterizedTest
  @EnumSource
  void parse_everyRule(Rule rule) {
    assertThat(Quiet.parse("10.0.0.0/8 " + rule.key()).entries())
        .containsExactly(new Entry(AddressBlock.parse("10.0.0.0/8"), null, rule, null));
  }

  @Test
  void parse_severalEntries() {
    assertThat(Quiet.parse("10.0.9.7/32 scan;10.0.6.30/32 5432 ; fd00::/8 rejects").entries())
        .containsExactly(
            new Entry(AddressBlock.parse("10.0.9.7/32"), null, Rule.SCAN, null),
            new Entry(AddressBlock.parse("10.0.6.30/32"), 5432, null, null),
            new Entry(AddressBlock.parse("fd00::/8"), null, Rule.REJECTS, null));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          10.0.0.1                          | expected an address block such as 10.0.0.0/8 or fe80::/10, got "10.0.0.1"
          10.0.0.1/8                        | expected an address block such as 10.0.0.0/8 or fe80::/10, got "10.0.0.1/8"
          10.0.0.0/33                       | expected an address block such as 10.0.0.0/8 or fe80::/10, got "10.0.0.0/33"
          scan 10.0.0.0/8                   | expected an address block such as 10.0.0.0/8 or fe80::/10, got "scan"; expected a port, a rule such as scan, or until=2026-12-31, got "10.0.0.0/8"
          10.0.0.0/8,10.1.0.0/16            | expected an address block such as 10.0.0.0/8 or fe80::/10, got "10.0.0.0/8,10.1.0.0/16"
          pl-63a5400G scan                  | expected a prefix list's id such as pl-63a5400a, got "pl-63a5400G"
          pl- scan                          | expected a prefix list's id such as pl-63a5400a, got "pl-"
          10.0.0.0/8 65536                  | expected a port, a rule such as scan, or until=2026-12-31, got "65536"
          10.0.0.0/8 -1                     | expected a port, a rule such as scan, or until=2026-12-31, got "-1"
          10.0.0.0/8 443/tcp                | expected a port, a rule such as scan, or until=2026-12-31, got "443/tcp"
          10.0.0.0/8 99999999999            | expected a port, a rule such as scan, or until=2026-12-31, got "99999999999"
          10.0.0.0/8 SCAN                   | expected a port, a rule such as scan, or until=2026-12-31, got "SCAN"
          10.0.0.0/8 scan,rejects           | expected a port, a rule such as scan, or until=2026-12-31, got "scan,rejects"
          10.0.0.0/8 2026-12-31             | expected a port, a rule such as scan, or until=2026-12-31, got "2026-12-31"
          10.0.0.0/8 until=                 | until: expected a day such as 2026-12-31, got ""
          10.0.0.0/8 until=2026-02-29       | until: expected a day such as 2026-12-31, got "2026-02-29"
          10.0.0.0/8 until=31.12.2026       | until: expected a day such as 2026-12-31, got "31.12.2026"
          10.0.0.0/8 until=2026-12-31T08:00 | until: expected a day such as 2026-12-31, got "2026-12-31T08:00"
          10.0.0.0/8 443 80                 | expected a port once, got another one: "80"
          10.0.0.0/8 scan rejects           | expected a rule once, got another one: "rejects"
          10.0.0.0/8 x until=soon           | expected a port, a rule such as scan, or until=2026-12-31, got "x"; until: expected a day such as 2026-12-31, got "soon"
          10.0.0.0/8;                       | entry 2, expected an address block such as 10.0.0.0/8 or fe80::/10, got ""
          x;10.0.0.0/8;10.0.0.0/8 y         | entry 1, expected an address block such as 10.0.0.0/8 or fe80::/10, got "x"; entry 3, expected a port, a rule such as scan, or until=2026-12-31, got "y"
          """)
  void parse_wrong(String text, String error) {
    assertThatThrownBy(() -> Quiet.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(error);
  }

  // What it covers.

  @ParameterizedTest
  @CsvSource({
    "10.0.3.17/32,          true",
    "::/0,                  false",
    "10.0.0.0/8 scan,       true",
    "10.0.3.17/32 445,      true",
    "10.0.3.17/32 446,      false",
    "10.0.3.17/32 rejects,  false",
    "10.0.3.16/32,          false",
    "10.0.2.1/32,           false", // one of many hosts
  })
  void covers_scanOfManyHosts(String entry, boolean isCovered) {
    assertThat(isCovered(entry, manyHosts())).isEqualTo(isCovered);
  }

  @ParameterizedTest
  @CsvSource({
    "198.51.100.0/24,        true",
    "198.51.100.7/32 scan,   true",
    "10.0.2.98/32,           true", // the only host
    "10.0.2.98/32 scan,      true",
    "10.0.2.98/32 22,        false", // one of many ports
    "10.0.2.99/32,           false",
  })
  void covers_scanOfOneHost(String entry, boolean isCovered) {
    assertThat(isCovered(entry, oneHost())).isEqualTo(isCovered);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.0.0.0/0",
        "10.0.3.17/32",
        "10.0.3.17/32 scan",
        "10.0.3.17/32 445",
        "10.0.3.17/32 445 scan until=2027-12-31"
      })
  void covers_neverWhatGotThrough(String entry) {
    assertThat(isCovered(entry, scan("10.0.3.17", null, door("10.0.2.1", 445), List.of())))
        .isTrue();
    assertThat(
            isCovered(
                entry,
                scan("10.0.3.17", null, door("10.0.2.1", 445), List.of(door("10.0.2.9", 445)))))
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.1.5/32,                          true,  false, false", // the source
    "10.0.6.30/32,                         true,  true,  false", // the door
    "10.0.6.0/24 5432 blocked-connection,  true,  true,  false",
    "10.0.6.30/32 5433,                    false, false, false",
    "10.0.6.31/32,                         false, false, false",
    "10.0.6.30/32 scan,                    false, false, false",
    "10.0.1.5/32 5432,                     true,  false, false",
  })
  void covers_blockedConnection(String entry, boolean oneSource, boolean fleet, boolean port) {
    assertThat(isCovered(entry, blocked("10.0.1.5", false))).isEqualTo(oneSource);
    assertThat(isCovered(entry, blocked(null, false))).isEqualTo(fleet);
    assertThat(isCovered(entry, blocked(null, true))).isEqualTo(port);
  }

  @Test
  void covers_blockedPortOfOneSource() {
    assertThat(isCovered("10.0.1.5/32", blocked("10.0.1.5", true))).isTrue();
    assertThat(isCovered("10.0.1.5/32 5432", blocked("10.0.1.5", true))).isTrue();
    assertThat(isCovered("10.0.1.5/32 443", blocked("10.0.1.5", true))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.2.98/32,                      true",
    "10.0.2.98/32 443 answers-dropped,  true",
    "10.0.2.98/32 80,                   false",
    "10.0.2.98/32 blocked-connection,   false",
    "10.0.1.5/32,                       false", // a client
  })
  void covers_answersDropped(String entry, boolean isCovered) {
    assertThat(isCovered(entry, answersDropped())).isEqualTo(isCovered);
  }

  @ParameterizedTest
  @CsvSource({
    "198.51.100.7/32,          true",
    "198.51.100.7/32 rejects,  true",
    "10.0.2.98/32,             true", // the only host
    "198.51.100.7/32 22,       false", // rejects have no port
    "198.51.100.7/32 scan,     false",
    "198.51.100.8/32,          false",
  })
  void covers_rejects(String entry, boolean isCovered) {
    assertThat(isCovered(entry, rejects())).isEqualTo(isCovered);
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0/0,                            false, false", // log groups need the rule
    "0.0.0.0/0 unreadable-records,         true,  false",
    "0.0.0.0/0 skipped-windows,            false, true",
    "10.0.0.0/8 skipped-windows,           false, true",
    "0.0.0.0/0 443 skipped-windows,        false, false",
    "0.0.0.0/0 scan,                       false, false",
  })
  void covers_logGroup(String entry, boolean unreadable, boolean skipped) {
    assertThat(isCovered(entry, logGroup(Rule.UNREADABLE_RECORDS))).isEqualTo(unreadable);
    assertThat(isCovered(entry, logGroup(Rule.SKIPPED_WINDOWS))).isEqualTo(skipped);
  }

  /// The last day of `until` is included, in UTC.
  @ParameterizedTest
  @CsvSource({
    "2026-12-31,            true",
    "2026-12-30,            false",
    "2026-12-31T23:59:01Z,  true",
    "2026-12-31T23:59:00Z,  false",
    "2026-12-31T23:00:00Z,  false", // it began before, and goes on
  })
  void covers_until(String until, boolean isCovered) {
    assertThat(
            List.of(manyHosts(), blocked(null, false), answersDropped(), rejects()).stream()
                .map(alert -> isCovered("0.0.0.0/0 until=" + until, alert)))
        .containsOnly(isCovered);
    assertThat(
            isCovered("0.0.0.0/0 skipped-windows until=" + until, logGroup(Rule.SKIPPED_WINDOWS)))
        .isEqualTo(isCovered);
  }

  @Test
  void covers_oneOfSeveralEntries() {
    Quiet quiet = Quiet.parse("10.0.9.0/24; 10.0.6.30/32 5432; 192.168.0.0/16 scan");

    assertThat(quiet.covers(blocked(null, false))).isTrue();
    assertThat(quiet.covers(manyHosts())).isFalse();
    assertThat(Quiet.NOTHING.covers(manyHosts())).isFalse();
  }

  // One alert of each kind.

  private static boolean isCovered(String entry, Alert alert) {
    return Quiet.parse(entry).covers(alert);
  }

  private static Alert manyHosts() {
    return scan("10.0.3.17", null, door("10.0.2.1", 445), List.of());
  }

  private static Alert oneHost() {
    return scan("198.51.100.7", "10.0.2.98", null, List.of());
  }

  private static Alert scan(
      String source, @Nullable String host, @Nullable Door port, List<Door> gotThrough) {
    return new Alert.Scan(
        Severity.HIGH,
        "scan|" + source,
        Occasion.NEW,
        address(source),
        source.startsWith("10."),
        null,
        Count.atLeast(host == null ? 25 : 1),
        Count.atLeast(port == null ? 100 : 1),
        Count.atLeast(3),
        Count.atLeast(12),
        host == null ? null : address(host),
        port,
        List.of(),
        gotThrough,
        false,
        false,
        place(),
        SINCE,
        UNTIL);
  }

  private static Alert blocked(@Nullable String source, boolean isPort) {
    return new Alert.BlockedConnection(
        Severity.MEDIUM,
        isPort ? "blocked|port|6|5432" : "blocked|door|10.0.6.30|6|5432",
        Occasion.NEW,
        door("10.0.6.30", 5432),
        isPort,
        source == null ? null : address(source),
        null,
        List.of(address("10.0.1.5")),
        Count.atLeast(source == null ? 12 : 1),
        Count.atLeast(isPort ? 6 : 1),
        List.of(),
        Count.atLeast(4),
        Count.atLeast(7),
        Count.atLeast(9),
        false,
        false,
        place(),
        SINCE,
        UNTIL);
  }

  private static Alert answersDropped() {
    return new Alert.AnswersDropped(
        Severity.MEDIUM,
        "answers|10.0.2.98|6|443",
        Occasion.NEW,
        door("10.0.2.98", 443),
        Count.atLeast(3),
        List.of(address("10.0.1.5")),
        Count.atLeast(14),
        Count.atLeast(4),
        Count.atLeast(1),
        true,
        false,
        place(),
        SINCE,
        UNTIL);
  }

  private static Alert rejects() {
    return new Alert.Rejects(
        Severity.LOW,
        "rejects|198.51.100.7",
        Occasion.NEW,
        address("198.51.100.7"),
        false,
        null,
        address("10.0.2.98"),
        Count.atLeast(1),
        Count.atLeast(2),
        Count.atLeast(1_204),
        List.of(),
        place(),
        SINCE,
        UNTIL);
  }

  private static Alert logGroup(Rule rule) {
    return new Alert.LogGroup(
        rule,
        Severity.LOW,
        rule.key() + "|/vpc/flow-logs",
        Occasion.NEW,
        "/vpc/flow-logs",
        Count.atLeast(12),
        List.of(),
        "eni-0a1b2c3d",
        SINCE,
        UNTIL);
  }

  private static Place place() {
    return new Place("eni-0a1b2c3d", null, null, null, null, null);
  }

  private static Door door(String host, int port) {
    return Door.of(address(host), 6, port);
  }

  private static IpAddress address(String text) {
    return Objects.requireNonNull(IpAddress.find(text));
  }
}
