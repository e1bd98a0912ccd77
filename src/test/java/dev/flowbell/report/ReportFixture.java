package dev.flowbell.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flowbell.record.AddressBlocks;
import dev.flowbell.record.FlowField;
import dev.flowbell.record.FlowRecord;
import dev.flowbell.record.ParseFault;
import dev.flowbell.record.RecordFormat;
import dev.flowbell.record.RecordParser;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/// Reports to show, made of records by the real sums.
final class ReportFixture {
  private static final AddressBlocks INSIDE = AddressBlocks.parse("10.0.0.0/8");
  private static final Instant NOW = Instant.parse("2026-11-28T10:00:00Z");
  private static final long START = Instant.parse("2026-11-22T10:00:00Z").getEpochSecond();
  private static final String DIGEST =
      "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
  private static final String ALL =
      "account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end"
          + " action log-status tcp-flags pkt-srcaddr flow-direction";

  private final String format;
  private final List<String> lines = new ArrayList<>();
  private List<Told> alerts = List.of();
  private List<String> unread = List.of();
  private Map<ParseFault, Long> faults = Map.of();
  private Set<String> unknownFields = Set.of();
  private List<String> commandLine = List.of("report", "logs", "--html", "report.html");
  private String interfaceId = "eni-0a1b2c3d4e5f60718";
  private String account = "123456789010";

  private ReportFixture(String format) {
    this.format = format;
  }

  /// Returns one of each kind, but for the large one.
  static List<Report> all() {
    return List.of(small(), empty(), one(), acceptedOnly(), fewFields(), noFields(), hostile());
  }

  /// Returns a report of all kinds of traffic in three hours, with a gap.
  static Report small() {
    ReportFixture fixture = new ReportFixture(ALL);
    for (int i = 0; i < 16; i++) { // a scan from inside, behind a NAT device
      fixture.reject("10.0.9.7", "10.0.1.5", "10.0.2.98", 20 + i, 6, "2", 60 * i, "ingress");
    }
    for (int i = 0; i < 30; i++) { // a sweep from outside
      fixture.reject("198.51.100.7", "198.51.100.7", "10.0.2." + i, 22, 6, "2", 90 * i, "ingress");
    }
    for (int i = 0; i < 12; i++) {
      fixture.reject(
          "2001:db8:85a3:8d3:1319:8a2e:370:7348",
          "2001:db8:85a3:8d3:1319:8a2e:370:7348",
          "2001:db8::5",
          443,
          6,
          "2",
          7_300 + 60 * i,
          "ingress");
    }
    fixture.reject("203.0.113.9", "203.0.113.9", "10.0.2.5", 50_000, 6, "16", 100, "ingress");
    fixture.reject("203.0.113.9", "203.0.113.9", "10.0.2.5", 50_000, 6, "18", 200, "ingress");
    fixture.reject("10.0.2.5", "10.0.2.5", "224.0.0.251", 5_353, 17, "-", 300, "egress");
    fixture.accept("198.51.100.7", "10.0.2.5", 443, 8_000, 400);
    fixture.accept("10.0.2.5", "203.0.113.80", 443, 1_500, 500);
    fixture.lines.add(
        "123456789010 eni-0a1b2c3d4e5f60718 - - - - - - - %d %d - SKIPDATA - - -"
            .formatted(START + 600, START + 659));
    fixture.alerts =
        List.of(
            new Told(
                Instant.ofEpochSecond(START + 960),
                "HIGH",
                "[Flowbell HIGH] INSIDE 10.0.9.7 tries 16+ ports of 10.0.2.98, rejected",
                null));
    fixture.faults = Map.of(ParseFault.WRONG_FIELD_COUNT, 3L, ParseFault.NOT_AN_ADDRESS, 1L);
    fixture.unread = List.of("logs/b.log.gz: no gzip file");
    fixture.unknownFields = Set.of("instance-tag-3");
    return fixture.build();
  }

  /// Returns a report of nothing.
  static Report empty() {
    return new ReportFixture(ALL).build();
  }

  /// Returns a report of one rejected record.
  static Report one() {
    ReportFixture fixture = new ReportFixture(ALL);
    fixture.reject("198.51.100.7", "198.51.100.7", "10.0.2.5", 22, 6, "2", 0, "ingress");
    return fixture.build();
  }

  /// Returns a report of accepted records alone.
  static Report acceptedOnly() {
    ReportFixture fixture = new ReportFixture(ALL);
    fixture.accept("198.51.100.7", "10.0.2.5", 443, 8_000, 400);
    fixture.accept("198.51.100.8", "10.0.2.5", 443, 9_000, 4_000);
    return fixture.build();
  }

  /// Returns a report of rejected records with hardly any field.
  static Report fewFields() {
    ReportFixture fixture = new ReportFixture("srcaddr action");
    fixture.lines.addAll(List.of("198.51.100.7 REJECT", "198.51.100.7 REJECT"));
    return fixture.build();
  }

  /// Returns a report whose records have no field that it needs.
  static Report noFields() {
    ReportFixture fixture = new ReportFixture("region az-id");
    fixture.lines.add("eu-west-1 euw1-az1");
    return fixture.build();
  }

  /// Returns a report whose every text is an attack on a terminal, a page or a spreadsheet program.
  static Report hostile() {
    ReportFixture fixture = new ReportFixture(ALL);
    fixture.interfaceId = "\"><script>alert(1)</script>";
    fixture.account = "=HYPERLINK(\"x\")";
    fixture.reject("198.51.100.7", "198.51.100.7", "10.0.2.5", 22, 6, "2", 0, "ingress");
    String attack = "</title></style><img src=x onerror='alert(2)'>\u001b[31m\u202e,\"\r\n@x";
    fixture.alerts = List.of(new Told(Instant.ofEpochSecond(START), "<b>HIGH", attack, null));
    fixture.unread = List.of(attack);
    fixture.unknownFields = Set.of(attack);
    fixture.commandLine = List.of("report", attack);
    return fixture.build();
  }

  /// Returns a report of 3,300 sources in 48 hours, 40 of them inside, with a gap of 3 hours.
  static Report large(long seed) {
    Random random = new Random(seed);
    ReportFixture fixture = new ReportFixture(ALL);
    for (int source = 0; source < 3_300; source++) {
      boolean isInside = source % 83 == 0;
      String address =
          isInside
              ? "10.0.%d.%d".formatted(source % 7, source % 251)
              : random.nextInt(12) == 0
                  ? "2001:db8:%x::%x".formatted(source, random.nextInt(60_000))
                  : "%d.%d.%d.%d"
                      .formatted(
                          random.nextInt(11, 120),
                          random.nextInt(256),
                          random.nextInt(256),
                          1 + source % 250);
      fixture.addTraffic(address, isInside, random);
    }
    fixture.alerts = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      fixture.alerts.add(
          new Told(
              Instant.ofEpochSecond(START + 3_600L * random.nextInt(48)),
              i % 3 == 0 ? "HIGH" : "LOW",
              "[Flowbell %s] 10.0.%d.7 tries 25+ hosts, rejected"
                  .formatted(i % 3 == 0 ? "HIGH" : "LOW", i),
              null));
    }
    fixture.alerts.sort((a, b) -> a.at().compareTo(b.at()));
    return fixture.build();
  }

  private void addTraffic(String source, boolean isInside, Random random) {
    int records = 2 + (int) Math.min(1_500, Math.abs(4 / (random.nextDouble() + 0.002)));
    int begin = random.nextInt(40);
    int width = 1 + random.nextInt(48 - begin);
    for (int i = 0; i < records; i++) {
      int hour = begin + random.nextInt(width);
      if (hour >= 30 && hour < 33) {
        continue;
      }
      String flags = List.of("2", "2", "2", "2", "2", "18", "16").get(random.nextInt(7));
      String host = "10.1.%d.%d".formatted(random.nextInt(3), random.nextInt(120));
      int port = List.of(22, 23, 443, 445, 3_389, 8_080, 1_433, 6_379).get(random.nextInt(8));
      if (isInside && source.endsWith("7")) {
        port = random.nextInt(1, 1_024);
      }
      int second = hour * 3_600 + random.nextInt(3_540);
      String nat = isInside ? "10.0.255." + random.nextInt(3) : source;
      interfaceId = "eni-0a1b2c3d4e5f6071" + random.nextInt(9);
      reject(source, nat, host, port, 6, flags, second, "ingress");
      if (random.nextInt(40) == 0) {
        accept(source, host, 443, random.nextInt(90_000), second);
      }
    }
  }

  private void reject(
      String source,
      String nat,
      String host,
      int port,
      int protocol,
      String flags,
      int second,
      String direction) {
    lines.add(
        String.format(
            Locale.ROOT,
            "%s %s %s %s 40000 %d %d 1 44 %d %d REJECT OK %s %s %s",
            account,
            interfaceId,
            nat,
            host,
            port,
            protocol,
            START + second,
            START + second + 59,
            flags,
            source,
            direction));
  }

  private void accept(String source, String host, int port, int bytes, int second) {
    lines.add(
        String.format(
            Locale.ROOT,
            "%s %s %s %s 40001 %d 6 12 %d %d %d ACCEPT OK 3 %s ingress",
            account,
            interfaceId,
            source,
            host,
            port,
            bytes,
            START + second,
            START + second + 59,
            source));
  }

  private Report build() {
    TrafficSums sums = new TrafficSums(INSIDE, NOW, true);
    RecordSums part = sums.newPart();
    RecordParser parser = new RecordParser(List.of(RecordFormat.parse(format)));
    FlowRecord record = new FlowRecord();
    for (String line : lines) {
      byte[] bytes = line.getBytes(UTF_8);
      ParseFault fault = parser.parse(bytes, 0, bytes.length, record);
      if (fault != null) {
        throw new IllegalStateException(fault + ": " + line);
      }
      part.add(record);
    }
    Set<FlowField> fields = EnumSet.noneOf(FlowField.class);
    fields.addAll(parser.fieldsSeen());
    Origin origin = new Origin("0.1.0", commandLine, "", NOW, DIGEST);
    Inputs inputs = new Inputs(2, unread, faults, unknownFields, fields, false);
    return ReportBuilder.build(origin, inputs, sums, alerts);
  }
}
