package dev.flowbell.testing.generator;

import dev.flowbell.testing.generator.PayloadGenerator.LogEvent;
import dev.flowbell.testing.generator.PayloadGenerator.SubscriptionMessage;
import dev.flowbell.testing.twin.NaiveTwin;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Makes the files in `events/` from the readable lines in `events/src/`.
///
/// The lines of `src/port-scan.log` and of one payload for each rule are made here too. Every other
/// source is written by hand or copied from AWS's published examples, as are `transit-gateway.log`,
/// `nat-gateway-published.log` and `records.jsonl`, which are not made from a source.
/// `events/README.md` describes each file.
public final class SampleEvents {
  private static final String ACCOUNT = "123456789010";

  /// 2026-11-22T10:14:05Z, the begin of the port scan; other made records are near it.
  private static final long SCAN_START = Instant.parse("2026-11-22T10:14:05Z").getEpochSecond();

  private SampleEvents() {}

  /// Writes every file; the argument is the folder, `events` by default.
  public static void main(String[] arguments) throws IOException {
    Path events = Path.of(arguments.length == 0 ? "events" : arguments[0]);
    for (Map.Entry<String, byte[]> file : render(events).entrySet()) {
      Files.write(events.resolve(file.getKey()), file.getValue());
    }
    // System.out uses the platform's charset
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (Map.Entry<String, NaiveTwin.Tally> tally : expected(events).entrySet()) {
      out.println(tally.getKey() + " " + tally.getValue());
    }
  }

  /// Returns the content of every made file, by its path in `events`.
  public static Map<String, byte[]> render(Path events) throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put("src/port-scan.log", utf8(String.join("\n", portScan()) + "\n"));
    files.put("port-scan.json", event("eni-0a1b2c3d-all", portScan()));
    for (Map.Entry<String, List<String>> made : madeForRules().entrySet()) {
      files.put("src/" + made.getKey() + ".log", utf8(String.join("\n", made.getValue()) + "\n"));
      files.put(made.getKey() + ".json", event("eni-0a1b2c3d-all", made.getValue()));
    }
    files.put(
        "rejects-default-format.json",
        event("eni-1235b8ca123456789-all", source(events, "rejects-default-format.log")));
    files.put(
        "nat-gateway.json", event("eni-1235b8ca123456789-all", source(events, "nat-gateway.log")));
    files.put("json-records.json", event("eni-0a1b2c3d-all", source(events, "json-records.log")));
    files.put("damaged-lines.json", event("eni-0a1b2c3d-all", source(events, "damaged-lines.log")));
    files.put("control-message.json", controlMessage(source(events, "control-message.log")));
    files.put(
        "subscription-message.json",
        subscriptionMessage(source(events, "subscription-message.log")));
    files.put("exported.log", exported(source(events, "exported.log")));
    files.put(
        "s3-with-header.log.gz",
        PayloadGenerator.gzip(
            utf8(String.join("\n", source(events, "s3-with-header.log")) + "\n")));
    return files;
  }

  /// Returns what each file adds up to, read by AWS's default format and Flowbell's own, by its
  /// path in `events`; without the control message.
  public static Map<String, NaiveTwin.Tally> expected(Path events) throws IOException {
    List<List<String>> formats = List.of(NaiveTwin.DEFAULT_FORMAT, PayloadGenerator.FULL_FORMAT);
    Map<String, NaiveTwin.Tally> tallies = new LinkedHashMap<>();
    for (String name :
        List.of(
            "rejects-default-format",
            "port-scan",
            "inside-scan",
            "inside-sweep",
            "outside-scan",
            "blocked-connection",
            "answers-dropped",
            "many-rejects",
            "nat-gateway",
            "json-records",
            "damaged-lines",
            "subscription-message")) {
      tallies.put(name + ".json", NaiveTwin.count(formats, source(events, name + ".log")));
    }
    for (String name :
        List.of(
            "transit-gateway.log", "nat-gateway-published.log", "exported.log", "records.jsonl")) {
      tallies.put(name, NaiveTwin.countFile(formats, lines(events.resolve(name))));
    }
    tallies.put(
        "s3-with-header.log.gz",
        NaiveTwin.countFile(formats, source(events, "s3-with-header.log")));
    return tallies;
  }

  // ---- envelopes

  private static byte[] event(String logStream, List<String> messages) {
    return utf8(PayloadGenerator.lambdaEvent(message(logStream, messages).toJson()) + "\n");
  }

  private static SubscriptionMessage message(String logStream, List<String> messages) {
    List<LogEvent> events = new ArrayList<>();
    for (String message : messages) {
      // CloudWatch Logs' ids have 56 digits; these are made.
      String id = String.format(Locale.ROOT, "39484%051d", events.size());
      events.add(new LogEvent(id, SCAN_START * 1000, message));
    }
    return new SubscriptionMessage(
        "DATA_MESSAGE", ACCOUNT, "/vpc/flow-logs", logStream, List.of("Flowbell"), events);
  }

  /// Returns the control message that CloudWatch Logs sends: no group, no stream, no filter.
  private static byte[] controlMessage(List<String> source) {
    List<LogEvent> probe = List.of(new LogEvent("", SCAN_START * 1000, source.get(0)));
    SubscriptionMessage message =
        new SubscriptionMessage("CONTROL_MESSAGE", "CloudwatchLogs", "", "", List.of(), probe);
    return utf8(PayloadGenerator.lambdaEvent(message.toJson()) + "\n");
  }

  /// Returns a bare subscription message of an account's filter, in several lines.
  private static byte[] subscriptionMessage(List<String> messages) {
    StringBuilder json = new StringBuilder();
    json.append("{\n");
    json.append("  \"messageType\": \"DATA_MESSAGE\",\n");
    json.append("  \"owner\": \"" + ACCOUNT + "\",\n");
    json.append("  \"logGroup\": \"/vpc/flow-logs\",\n");
    json.append("  \"logStream\": \"eni-0a1b2c3d-all\",\n");
    json.append("  \"subscriptionFilters\": [\"Flowbell\"],\n");
    json.append("  \"policyLevel\": \"ACCOUNT_LEVEL_POLICY\",\n");
    json.append("  \"logEvents\": [\n");
    List<String> events = new ArrayList<>();
    for (LogEvent event : message("eni-0a1b2c3d-all", messages).logEvents()) {
      String srcaddr = event.message().split(" ", -1)[3];
      events.add(
          "    {\n      \"id\": "
              + PayloadGenerator.quote(event.id())
              + ",\n      \"timestamp\": "
              + event.timestampMillis()
              + ",\n      \"message\": "
              + PayloadGenerator.quote(event.message())
              + ",\n      \"extractedFields\": {\"srcaddr\": "
              + PayloadGenerator.quote(srcaddr)
              + "}\n    }");
    }
    json.append(String.join(",\n", events));
    json.append("\n  ]\n}\n");
    return utf8(json.toString());
  }

  /// Returns lines as an export task writes them, each after the event's timestamp and a space.
  private static byte[] exported(List<String> messages) {
    StringBuilder lines = new StringBuilder();
    for (String message : messages) {
      long start = Long.parseLong(message.split(" ", -1)[10]);
      lines.append(Instant.ofEpochSecond(start).toString().replace("Z", ".000Z"));
      lines.append(' ').append(message).append('\n');
    }
    return utf8(lines.toString());
  }

  // ---- the port scan

  /// Returns 412 handshakes from 198.51.100.7, or another source, behind the NAT device 10.0.1.5,
  /// blocked at 16 ports of 10.0.2.98 within 58 seconds, among an ordinary server's traffic of a
  /// minute.
  private static List<String> portScan() {
    return scanBy("198.51.100.7");
  }

  private static List<String> scanBy(String source) {
    List<FullRecord> records = new ArrayList<>(ordinaryTraffic());
    List<Integer> ports = scannedPorts();
    for (int i = 0; i < ports.size(); i++) {
      // 151 and 412 have no common divisor, so every index occurs once, in mixed order.
      int port = ports.get(i * 151 % ports.size());
      int start = i * 54 / (ports.size() - 1);
      records.add(
          new FullRecord("10.0.1.5", "10.0.2.98", 40_000 + i * 7, port)
              .counts(1, 60)
              .time(start, start + 4)
              .rejected("2")
              .packetSource(source));
    }
    records.sort(Comparator.comparingInt(FullRecord::start));
    List<String> lines = new ArrayList<>();
    for (FullRecord record : records) {
      lines.add(record.toLine());
    }
    return lines;
  }

  /// Returns the lines of one payload for each rule about traffic, by the file's name.
  private static Map<String, List<String>> madeForRules() {
    Map<String, List<String>> made = new LinkedHashMap<>();
    made.put("inside-scan", scanBy("10.0.9.7"));
    made.put("inside-sweep", insideSweep());
    made.put("outside-scan", outsideScan());
    made.put("blocked-connection", blockedConnection());
    made.put("answers-dropped", answersDropped());
    made.put("many-rejects", manyRejects());
    return made;
  }

  /// Returns handshakes of 10.0.3.17 with port 445 of 25 hosts, blocked at its own interface.
  private static List<String> insideSweep() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      lines.add(
          new FullRecord("10.0.3.17", "10.0.4." + (10 + i), 41_000 + i, 445)
              .counts(1, 60)
              .time(i, i + 2)
              .rejected("2")
              .egress()
              .toLine());
    }
    return lines;
  }

  /// Returns handshakes of 203.0.113.66 with 120 ports of 10.0.2.98, and one that got in.
  private static List<String> outsideScan() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      lines.add(
          new FullRecord("203.0.113.66", "10.0.2.98", 44_000 + i, 8_000 + i)
              .counts(1, 44)
              .time(i / 3, i / 3 + 1)
              .rejected("2")
              .toLine());
    }
    lines.add(
        new FullRecord("203.0.113.66", "10.0.2.98", 45_000, 443)
            .counts(14, 5_321)
            .time(45, 50)
            .accepted("3")
            .toLine());
    lines.add(
        new FullRecord("10.0.2.98", "203.0.113.66", 443, 45_000)
            .counts(12, 9_876)
            .time(45, 50)
            .accepted("19")
            .egress()
            .toLine());
    return lines;
  }

  /// Returns handshakes of 10.0.5.20 with 10.0.6.30:5432, rejected in six minutes in a row.
  private static List<String> blockedConnection() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      lines.add(
          new FullRecord("10.0.5.20", "10.0.6.30", 46_000 + i, 5_432)
              .counts(3, 180)
              .time(60 * i, 60 * i + 7)
              .rejected("2")
              .toLine());
    }
    return lines;
  }

  /// Returns requests to 10.0.2.98:443 that are accepted in two minutes, and answers that are not.
  private static List<String> answersDropped() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      String client = "203.0.113." + (70 + i % 6);
      int start = 60 * (i / 6) + i;
      lines.add(
          new FullRecord(client, "10.0.2.98", 47_000 + i, 443)
              .counts(3, 180)
              .time(start, start + 7)
              .accepted("2")
              .toLine());
      lines.add(
          new FullRecord("10.0.2.98", client, 443, 47_000 + i)
              .counts(3, 180)
              .time(start, start + 7)
              .rejected("18")
              .egress()
              .toLine());
    }
    return lines;
  }

  /// Returns 1,000 handshakes of 203.0.113.90 with 10.0.2.98:22.
  private static List<String> manyRejects() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      lines.add(
          new FullRecord("203.0.113.90", "10.0.2.98", 10_000 + 7 * i, 22)
              .counts(1, 60)
              .time(i / 20, i / 20 + 3)
              .rejected("2")
              .toLine());
    }
    return lines;
  }

  private static List<Integer> scannedPorts() {
    Map<Integer, Integer> times = new LinkedHashMap<>();
    times.put(22, 180);
    times.put(3389, 96);
    times.put(445, 60);
    for (int port : new int[] {21, 23, 25, 110, 135, 139, 1433, 1521, 3306, 5432, 5900}) {
      times.put(port, 6);
    }
    times.put(6379, 5);
    times.put(8080, 5);
    List<Integer> ports = new ArrayList<>();
    for (Map.Entry<Integer, Integer> entry : times.entrySet()) {
      for (int i = 0; i < entry.getValue(); i++) {
        ports.add(entry.getKey());
      }
    }
    return ports;
  }

  private static List<FullRecord> ordinaryTraffic() {
    String server = "10.0.2.98";
    List<FullRecord> records = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      // The client side of an open connection: only SYN in the flags, and many bytes.
      records.add(
          new FullRecord("10.0.3." + (10 + i), server, 50_100 + i, 443)
              .counts(20 + i, 9_000 + 731 * i)
              .time(2 * i, 2 * i + 30)
              .accepted("2"));
    }
    for (int i = 0; i < 10; i++) {
      // A handshake and its answer, as short as an unanswered one.
      records.add(
          new FullRecord("10.0.3." + (40 + i), server, 50_200 + i, 443)
              .counts(1, 60)
              .time(3 * i, 3 * i + 2)
              .accepted("2"));
      records.add(
          new FullRecord(server, "10.0.3." + (40 + i), 443, 50_200 + i)
              .counts(1 + i % 3, 60 + 52 * i)
              .time(3 * i, 3 * i + 2)
              .accepted(i % 2 == 0 ? "18" : "19")
              .egress());
    }
    for (int i = 0; i < 6; i++) {
      // The security group allows it, but no host answers: three SYNs.
      records.add(
          new FullRecord(server, "10.0.4.77", 51_300 + i, 5432)
              .counts(3, 180)
              .time(5 * i, 5 * i + 7)
              .accepted("2")
              .egress());
    }
    String[] strayFlags = {"4", "0", "5", "1", "4"};
    for (int i = 0; i < strayFlags.length; i++) {
      // Late packets of closed connections.
      records.add(
          new FullRecord("203.0.113.5", server, 443, 52_400 + i)
              .counts(1 + i % 2, 40 + 40 * (i % 2))
              .time(9 * i, 9 * i + 1)
              .rejected(strayFlags[i]));
    }
    for (int i = 0; i < 6; i++) {
      records.add(
          new FullRecord(server, "10.0.0.2", 53_500 + i, 53)
              .udp()
              .counts(1, 64 + i)
              .time(8 * i, 8 * i + 1)
              .accepted("0")
              .egress());
      records.add(
          new FullRecord("10.0.0.2", server, 53, 53_500 + i)
              .udp()
              .counts(1, 180 + 11 * i)
              .time(8 * i, 8 * i + 1)
              .accepted("0"));
    }
    for (int i = 0; i < 3; i++) {
      records.add(
          new FullRecord("192.0.2.44", server, 5_353, 1_900 + i)
              .udp()
              .counts(2, 250 + i)
              .time(11 * i, 11 * i + 3)
              .rejected("0"));
    }
    return records;
  }

  /// Builds a line in Flowbell's own format; times count from [#SCAN_START].
  private static final class FullRecord {
    private final String srcaddr;
    private final String dstaddr;
    private final int srcport;
    private final int dstport;
    private String protocol = "6";
    private int packets;
    private int bytes;
    private int start;
    private int end;
    private String action = "ACCEPT";
    private String tcpFlags = "0";
    private String packetSource;
    private String directionAndPath = "ingress -";

    FullRecord(String srcaddr, String dstaddr, int srcport, int dstport) {
      this.srcaddr = srcaddr;
      this.dstaddr = dstaddr;
      this.srcport = srcport;
      this.dstport = dstport;
      this.packetSource = srcaddr;
    }

    int start() {
      return start;
    }

    FullRecord udp() {
      protocol = "17";
      return this;
    }

    FullRecord counts(int packets, int bytes) {
      this.packets = packets;
      this.bytes = bytes;
      return this;
    }

    FullRecord time(int start, int end) {
      this.start = start;
      this.end = end;
      return this;
    }

    FullRecord accepted(String tcpFlags) {
      this.action = "ACCEPT";
      this.tcpFlags = tcpFlags;
      return this;
    }

    FullRecord rejected(String tcpFlags) {
      this.action = "REJECT";
      this.tcpFlags = tcpFlags;
      return this;
    }

    FullRecord packetSource(String packetSource) {
      this.packetSource = packetSource;
      return this;
    }

    /// Leaves the interface for another resource in the VPC: traffic path 1.
    FullRecord egress() {
      this.directionAndPath = "egress 1";
      return this;
    }

    String toLine() {
      return String.join(
          " ",
          "8 " + ACCOUNT + " vpc-abcd1234 subnet-1234abcd i-0987654321 eni-0a1b2c3d",
          srcaddr + " " + dstaddr + " " + srcport + " " + dstport + " " + protocol,
          packets + " " + bytes + " " + (SCAN_START + start) + " " + (SCAN_START + end),
          action + " OK " + tcpFlags + " IPv4 " + packetSource + " " + dstaddr,
          "us-east-1 use1-az1 " + directionAndPath + " -");
    }
  }

  // ---- files

  private static List<String> source(Path events, String name) throws IOException {
    return lines(events.resolve("src").resolve(name));
  }

  /// Returns the lines of a file that ends with a line feed; a carriage return belongs to its line.
  private static List<String> lines(Path file) throws IOException {
    String text = Files.readString(file);
    List<String> lines = new ArrayList<>(List.of(text.split("\n", -1)));
    lines.removeLast();
    return lines;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
