package dev.flowbell.notify;

import dev.flowbell.classify.Door;
import dev.flowbell.classify.Suspect.Place;
import dev.flowbell.judge.Alert;
import dev.flowbell.judge.Alert.Occasion;
import dev.flowbell.judge.Count;
import dev.flowbell.judge.Rule;
import dev.flowbell.judge.Severity;
import dev.flowbell.judge.Thresholds;
import dev.flowbell.record.IpAddress;
import dev.flowbell.record.TrafficType;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One alert of each kind, for tests of its words.
final class SampleAlerts {
  static final Instant SINCE = Instant.parse("2026-11-23T07:01:00Z");
  static final Instant UNTIL = Instant.parse("2026-11-23T07:13:00Z");

  static final NotificationContext CONTEXT =
      new NotificationContext(
          "prod",
          "eu-west-1",
          "123456789010",
          "/vpc/flow-logs",
          Thresholds.DEFAULT,
          TrafficType.ALL);

  /// The same where accepted records are not read.
  static final NotificationContext REJECTS_ONLY =
      new NotificationContext(
          "prod",
          "eu-west-1",
          "123456789010",
          "/vpc/flow-logs",
          Thresholds.DEFAULT,
          TrafficType.REJECT);

  private static final Place PLACE =
      new Place("eni-0a1b2c3d", "i-01234567", "subnet-0aa1", "vpc-0bb2", null, null);
  private static final Place LONG_IDS =
      new Place(
          "eni-0a1b2c3d4e5f60718",
          "i-0a1b2c3d4e5f60719",
          "subnet-0a1b2c3d4e5f6071a",
          "vpc-0a1b2c3d4e5f6071b",
          null,
          null);
  private static final Place NOWHERE = new Place(null, null, null, null, null, null);

  private SampleAlerts() {}

  /// Returns every kind, by name.
  static Map<String, Alert> all() {
    Map<String, Alert> alerts = new LinkedHashMap<>();
    alerts.put("inside scan by hosts", insideByHosts(List.of(), Occasion.NEW));
    alerts.put(
        "inside scan by hosts, got through",
        insideByHosts(List.of(door("10.0.2.9:445"), door("10.0.2.11:445")), Occasion.GOT_THROUGH));
    alerts.put("inside scan by ports", insideByPorts(PLACE));
    alerts.put("inside scan, egress", insideByPorts("10.0.3.17", null, "10.0.2.98", true, PLACE));
    alerts.put(
        "inside scan, egress, NAT",
        insideByPorts("10.0.3.17", "10.0.0.220", "10.0.2.98", true, PLACE));
    alerts.put(
        "inside scan, IPv6", insideByPorts("2001:db8::17", null, "2001:db8::98", true, LONG_IDS));
    alerts.put("inside scan, unanswered", insideUnanswered());
    alerts.put("outside scan", outside(List.of(), PLACE));
    alerts.put("outside scan, got through", outside(List.of(door("10.0.2.98:443")), PLACE));
    alerts.put("test", outside(List.of(), test()));
    alerts.put("blocked, one source", blocked("10.0.1.5", null, false, false, false));
    alerts.put("blocked, NAT", blocked("10.0.1.5", "10.0.0.220", false, false, false));
    alerts.put("blocked, egress", blocked("10.0.1.5", null, false, true, false));
    alerts.put("blocked, unanswered", blocked("10.0.1.5", null, false, false, true));
    alerts.put("blocked, fleet", blocked(null, null, false, false, false));
    alerts.put("blocked, port", blocked("10.0.1.5", null, true, false, false));
    alerts.put("blocked, port, egress", blocked("10.0.1.5", null, true, true, false));
    alerts.put("blocked, fleet, egress", blocked(null, null, false, true, false));
    alerts.put("blocked, fleet and port", blocked(null, null, true, false, false));
    alerts.put("blocked, nowhere", withoutIds(blocked("10.0.1.5", null, false, false, false)));
    alerts.put(
        "blocked, egress, nowhere", withoutIds(blocked("10.0.1.5", null, false, true, false)));
    alerts.put("answers dropped, request accepted", answers(true, true));
    alerts.put("answers dropped, request unknown", answers(false, false));
    alerts.put("rejects, outside", rejects("198.51.100.7", false));
    alerts.put("rejects, outside, IPv6", rejects("2001:db8::7", false));
    alerts.put("rejects, inside", rejects("10.0.1.5", true));
    alerts.put("unreadable", logGroup(Rule.UNREADABLE_RECORDS, Severity.MEDIUM));
    alerts.put("skipped", logGroup(Rule.SKIPPED_WINDOWS, Severity.LOW));
    return alerts;
  }

  static Alert.Scan insideByHosts(List<Door> gotThrough, Occasion occasion) {
    return new Alert.Scan(
        Severity.HIGH,
        "scan|10.0.3.17",
        occasion,
        address("10.0.3.17"),
        true,
        null,
        least(25),
        least(1),
        least(3),
        least(12),
        null,
        door("10.0.2.1:445"),
        doors("10.0.2.1:445", "10.0.2.2:445", "10.0.2.3:445", "10.0.2.4:445", "10.0.2.5:445"),
        gotThrough,
        false,
        false,
        PLACE,
        SINCE,
        UNTIL);
  }

  static Alert.Scan insideByPorts(Place place) {
    return insideByPorts("10.0.3.17", "10.0.0.220", "10.0.2.98", false, place);
  }

  static Alert.Scan insideByPorts(
      String source, @Nullable String maskedBy, String host, boolean isEgress, Place place) {
    return new Alert.Scan(
        Severity.HIGH,
        "scan|" + source,
        Occasion.NEW,
        address(source),
        true,
        maskedBy == null ? null : address(maskedBy),
        least(1),
        least(15),
        least(1),
        least(1),
        address(host),
        null,
        doors(host + ":22", host + ":23", host + ":81"),
        List.of(),
        false,
        isEgress,
        place,
        SINCE,
        SINCE);
  }

  static Alert.Scan insideUnanswered() {
    return new Alert.Scan(
        Severity.HIGH,
        "scan|10.0.3.17",
        Occasion.GROWN,
        address("10.0.3.17"),
        true,
        null,
        least(251),
        least(2),
        least(1),
        least(31),
        null,
        null,
        doors("10.0.2.1:22", "10.0.2.2:3389"),
        List.of(),
        true,
        false,
        NOWHERE,
        SINCE,
        UNTIL);
  }

  static Alert.Scan outside(List<Door> gotThrough, Place place) {
    return new Alert.Scan(
        gotThrough.isEmpty() ? Severity.LOW : Severity.MEDIUM,
        "scan|198.51.100.7",
        Occasion.NEW,
        address("198.51.100.7"),
        false,
        null,
        least(1),
        least(100),
        least(1),
        least(2),
        address("10.0.2.98"),
        null,
        doors("10.0.2.98:1", "10.0.2.98:2", "10.0.2.98:3", "10.0.2.98:4", "10.0.2.98:5"),
        gotThrough,
        false,
        false,
        place,
        SINCE,
        UNTIL);
  }

  static Alert.BlockedConnection blocked(
      @Nullable String source,
      @Nullable String maskedBy,
      boolean isPort,
      boolean isEgress,
      boolean isUnanswered) {
    Door door = door("10.0.0.11:5432");
    return new Alert.BlockedConnection(
        Severity.MEDIUM,
        isPort ? "blocked|port|6|5432" : "blocked|door|10.0.0.11|6|5432",
        Occasion.NEW,
        door,
        isPort,
        source == null ? null : address(source),
        maskedBy == null ? null : address(maskedBy),
        source == null
            ? Stream.of("10.0.1.5", "10.0.1.6", "10.0.1.7", "10.0.1.8", "10.0.1.9")
                .map(SampleAlerts::address)
                .toList()
            : List.of(address(source)),
        least(source == null ? 12 : 1),
        isPort ? least(6) : new Count(1, false),
        isPort ? doors("10.0.0.11:5432", "10.0.0.12:5432", "10.0.0.13:5432") : List.of(door),
        least(source == null ? 4 : 1),
        least(7),
        least(9),
        isEgress,
        isUnanswered,
        PLACE,
        SINCE,
        UNTIL);
  }

  private static Alert.BlockedConnection withoutIds(Alert.BlockedConnection blocked) {
    return new Alert.BlockedConnection(
        blocked.severity(),
        blocked.key(),
        blocked.occasion(),
        blocked.door(),
        blocked.isPort(),
        blocked.source(),
        blocked.maskedBy(),
        blocked.exampleSources(),
        blocked.sources(),
        blocked.doors(),
        blocked.examples(),
        blocked.interfaces(),
        blocked.minutes(),
        blocked.records(),
        blocked.isEgress(),
        blocked.isUnanswered(),
        NOWHERE,
        blocked.since(),
        blocked.until());
  }

  static Alert.AnswersDropped answers(boolean isRequestAccepted, boolean isEgress) {
    return new Alert.AnswersDropped(
        Severity.MEDIUM,
        "answers|10.0.0.11|6|443",
        Occasion.STILL,
        door("10.0.0.11:443"),
        least(3),
        List.of(address("10.0.1.5"), address("10.0.1.6"), address("198.51.100.9")),
        least(14),
        least(4),
        least(1),
        isRequestAccepted,
        isEgress,
        PLACE,
        SINCE,
        UNTIL);
  }

  static Alert.Rejects rejects(String source, boolean isInside) {
    String host = source.contains(":") ? "2001:db8::98" : "10.0.2.98";
    return new Alert.Rejects(
        Severity.LOW,
        "rejects|" + source,
        Occasion.NEW,
        address(source),
        isInside,
        null,
        isInside ? null : address(host),
        least(isInside ? 3 : 1),
        least(2),
        least(1_204),
        doors(host + ":80", host + ":8081"),
        PLACE,
        SINCE,
        UNTIL);
  }

  static Alert.LogGroup logGroup(Rule rule, Severity severity) {
    boolean isUnreadable = rule == Rule.UNREADABLE_RECORDS;
    return new Alert.LogGroup(
        rule,
        severity,
        rule.key() + "|/vpc/flow-logs",
        Occasion.NEW,
        "/vpc/flow-logs",
        least(isUnreadable ? 12 : 1),
        isUnreadable ? List.of("wrong field count", "broken json") : List.of(),
        isUnreadable ? null : "eni-0a1b2c3d",
        SINCE,
        SINCE);
  }

  static Place test() {
    return new Place(
        "eni-00000000000000000",
        "i-00000000000000000",
        "subnet-00000000000000000",
        "vpc-00000000000000000",
        null,
        null);
  }

  static Door door(String text) {
    int colon = text.lastIndexOf(':');
    return Door.of(
        address(text.substring(0, colon)), 6, Integer.parseInt(text.substring(colon + 1)));
  }

  static List<Door> doors(String... texts) {
    return Stream.of(texts).map(SampleAlerts::door).toList();
  }

  static IpAddress address(String text) {
    return Objects.requireNonNull(IpAddress.find(text));
  }

  private static Count least(long value) {
    return new Count(value, true);
  }
}
