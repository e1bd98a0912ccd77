package dev.flowbell.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.flowbell.metric.Metric;
import dev.flowbell.testing.Json;
import dev.flowbell.testing.generator.PayloadGenerator;
import dev.flowbell.testing.generator.SampleEvents;
import dev.flowbell.testing.network.LoopbackAws;
import dev.flowbell.testing.twin.NaiveTwin;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayCommandTest {
  private static final Path EVENTS = Path.of("events");

  /// A record of the default format: SSH, rejected.
  private static final String REJECT =
      "2 123456789010 eni-0a1b2c3d 198.51.100.7 10.0.2.98 40001 22 6 1 60 1795342446 1795342450"
          + " REJECT OK";

  private static final String ACCEPT =
      "2 123456789010 eni-0a1b2c3d 10.0.3.20 10.0.2.98 50101 443 6 20 4249 1795342445 1795342505"
          + " ACCEPT OK";

  @TempDir private Path folder;

  // What the files in events/ come to.

  @TestFactory
  Stream<DynamicTest> json_sampleFiles() throws IOException {
    return SampleEvents.expected(EVENTS).entrySet().stream()
        .map(
            file ->
                DynamicTest.dynamicTest(
                    file.getKey(),
                    () ->
                        assertCounts(
                            CommandRun.of(
                                "replay", "--output", "json", EVENTS + "/" + file.getKey()),
                            file.getValue())));
  }

  @TestFactory
  Stream<DynamicTest> json_sampleFilesGzipped() throws IOException {
    return SampleEvents.expected(EVENTS).entrySet().stream()
        .map(
            file ->
                DynamicTest.dynamicTest(
                    file.getKey(),
                    () ->
                        assertCounts(
                            CommandRun.ofInput(
                                PayloadGenerator.gzip(inflatedOnce(file.getKey())),
                                "replay",
                                "--output",
                                "json",
                                "-"),
                            file.getValue())));
  }

  @TestFactory
  Stream<DynamicTest> json_sampleFilesFromWindows() throws IOException {
    return SampleEvents.expected(EVENTS).entrySet().stream()
        .map(
            file ->
                DynamicTest.dynamicTest(
                    file.getKey(),
                    () ->
                        assertCounts(
                            CommandRun.ofInput(
                                ("\ufeff"
                                        + new String(inflatedOnce(file.getKey()), UTF_8)
                                            .replaceAll("(?<!\r)\n", "\r\n"))
                                    .getBytes(UTF_8),
                                "replay",
                                "--output",
                                "json",
                                "-"),
                            file.getValue())));
  }

  @TestFactory
  Stream<DynamicTest> json_dataAlone() throws IOException {
    return SampleEvents.expected(EVENTS).entrySet().stream()
        .filter(file -> file.getKey().endsWith(".json"))
        .filter(file -> !file.getKey().equals("subscription-message.json"))
        .map(
            file ->
                DynamicTest.dynamicTest(
                    file.getKey(),
                    () ->
                        assertCounts(
                            CommandRun.ofInput(
                                ("\n" + data(file.getKey()) + "\r\n").getBytes(US_ASCII),
                                "replay",
                                "--output",
                                "json",
                                "-"),
                            file.getValue())));
  }

  @Test
  void json_controlMessage() {
    CommandRun run = CommandRun.of("replay", "--output", "json", "events/control-message.json");

    assertThat(run.json()).containsEntry("payloads", 1L).containsEntry("notifications", List.of());
    assertThat(run.nonZeroMetrics()).isEqualTo(Map.of("ControlMessages", 1L));
  }

  @Test
  void json_allSampleFilesTogether() throws IOException {
    Map<String, Long> sums = new TreeMap<>();
    SampleEvents.expected(EVENTS)
        .values()
        .forEach(
            tally ->
                tally.metrics().forEach((metric, count) -> sums.merge(metric, count, Long::sum)));
    List<String> arguments = new ArrayList<>(List.of("replay", "--output", "json"));
    SampleEvents.expected(EVENTS).keySet().forEach(name -> arguments.add(EVENTS + "/" + name));

    CommandRun run = CommandRun.of(arguments.toArray(String[]::new));

    assertThat(run.json()).containsEntry("payloads", 17L);
    assertThat(metricsOf(run, NaiveTwin.METRICS)).isEqualTo(sums);
  }

  @Test
  void json_alertsOfPortScan() {
    CommandRun run =
        CommandRun.of(
            "replay",
            "--output=json",
            "--alert-thresholds=outside-scan-ports=16",
            "events/port-scan.json");

    List<Map<String, @Nullable Object>> notifications = Json.objectsAt(run.json(), "notifications");
    assertThat(notifications)
        .extracting(each -> each.get("severity"), each -> each.get("subject"))
        .containsExactly(
            tuple("low", "[Flowbell LOW] 198.51.100.7 tries 16+ ports of 10.0.2.98, rejected"));
    assertThat(Json.objectsAt(notifications.getFirst(), "alerts"))
        .extracting(
            alert -> alert.get("rule"),
            alert -> alert.get("source"),
            alert -> alert.get("maskedBy"),
            alert -> alert.get("interfaceId"),
            alert -> alert.get("ports"))
        .containsExactly(tuple("scan", "198.51.100.7", "10.0.1.5", "eni-0a1b2c3d", 16L));
    assertThat(run.nonZeroMetrics()).containsEntry("AlertsSent", 1L);
  }

  // The forms that input comes in.

  @Test
  void json_isOneLine() {
    CommandRun run = CommandRun.of("replay", "--output", "json", "events/nat-gateway.json");

    assertThat(run.out())
        .startsWith(
            "{\"payloads\":1,\"first\":\"2026-11-22T10:14:05Z\",\"last\":\"2026-11-22T10:14:40Z\","
                + "\"selection\":\"\",\"metrics\":{\"Records\":5,")
        .endsWith("}}\n");
    assertThat(run.out().lines()).hasSize(1);
    assertThat(run.err()).isEmpty();
    assertThat(run.json().keySet())
        .containsExactly(
            "payloads",
            "first",
            "last",
            "selection",
            "metrics",
            "absent",
            "unknownFields",
            "faults",
            "notifications",
            "sources",
            "doors",
            "ports",
            "interfaces",
            "accounts",
            "hours",
            "rejectsOfOthers");
    assertThat(Json.objectAt(run.json(), "metrics").keySet())
        .containsExactlyElementsOf(Arrays.stream(Metric.values()).map(Metric::awsName).toList());
  }

  @Test
  void input_severalEventsInOneFile() throws IOException {
    ByteArrayOutputStream events = new ByteArrayOutputStream();
    events.writeBytes(Files.readAllBytes(EVENTS.resolve("nat-gateway.json")));
    events.writeBytes(Files.readAllBytes(EVENTS.resolve("control-message.json")));
    events.writeBytes(Files.readAllBytes(EVENTS.resolve("subscription-message.json")));

    CommandRun run = replay(events.toByteArray());

    assertThat(run.json()).containsEntry("payloads", 3L);
    assertThat(run.nonZeroMetrics())
        .containsEntry("Records", 8L)
        .containsEntry("ControlMessages", 1L);
  }

  @Test
  void input_sameEventTwice() {
    CommandRun run =
        CommandRun.of(
            "replay",
            "--output",
            "json",
            "events/rejects-default-format.json",
            "events/rejects-default-format.json");

    assertThat(run.json()).containsEntry("payloads", 2L);
    assertThat(run.nonZeroMetrics())
        .isEqualTo(
            Map.of(
                "Records", 7L,
                "AcceptedFlows", 3L,
                "RejectedFlows", 2L,
                "RejectedBytes", 4_585L,
                "RejectedPackets", 24L,
                "RejectedAnswers", 1L,
                "NoDataWindows", 1L,
                "SkippedWindows", 1L,
                "DuplicateBatches", 1L,
                "AlertsSent", 1L));
  }

  @Test
  void input_folder() throws IOException {
    Files.createDirectories(folder.resolve("b/c"));
    Files.writeString(folder.resolve("z.log"), REJECT + "\n");
    Files.write(folder.resolve("b/c/y.log.gz"), PayloadGenerator.gzip(REJECT.getBytes(US_ASCII)));
    Files.writeString(folder.resolve("b/README.md"), "no log\n");
    Files.write(folder.resolve("b/image"), new byte[] {0, 1, 2});

    CommandRun run = CommandRun.of("replay", "--output", "json", folder.toString());

    assertThat(run.json()).containsEntry("payloads", 2L);
    assertThat(run.nonZeroMetrics()).containsEntry("Records", 2L);
  }

  @Test
  void input_headerSwitchesFormat() {
    CommandRun run =
        replay(
            REJECT,
            "srcaddr dstaddr action",
            "10.0.0.1 10.0.0.2 ACCEPT",
            REJECT, // no longer the format
            "action bytes",
            "REJECT 4321",
            "10.0.0.1 10.0.0.2 ACCEPT");

    assertThat(run.nonZeroMetrics())
        .isEqualTo(
            Map.of(
                "Records", 3L,
                "AcceptedFlows", 1L,
                "RejectedFlows", 2L,
                "RejectedBytes", 4_381L,
                "RejectedPackets", 1L,
                "UnreadableRecords", 2L));
    assertThat(run.json()).containsEntry("faults", Map.of("WRONG_FIELD_COUNT", 2L));
  }

  @Test
  void input_headerOfOneFileIsNotTheNexts() throws IOException {
    Path first = Files.writeString(folder.resolve("first"), "action bytes\nREJECT 17\n");
    Path second = Files.writeString(folder.resolve("second"), REJECT);

    CommandRun run =
        CommandRun.of("replay", "--output", "json", first.toString(), second.toString());

    assertThat(run.nonZeroMetrics())
        .containsEntry("Records", 2L)
        .containsEntry("RejectedBytes", 77L);
  }

  @Test
  void input_exportedHeaderAndOddTimes() {
    CommandRun run =
        replay(
            "2026-11-22T10:14:05.000Z action bytes",
            "2026-11-22T10:14:05Z REJECT 3",
            "2026-11-22T10:14:05.123456789Z ACCEPT 5",
            "2026-11-22T10:14:05.000Z", // a time and nothing behind it
            "REJECT 11");

    assertThat(run.nonZeroMetrics())
        .isEqualTo(
            Map.of("Records", 3L, "AcceptedFlows", 1L, "RejectedFlows", 2L, "RejectedBytes", 14L));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "\n", "\r\n \t\r\n", "\ufeff", "\ufeff\n"})
  void input_empty(String text) {
    CommandRun run = replay(text.getBytes(UTF_8));

    assertThat(run.exitCode()).isZero();
    assertThat(run.json()).containsEntry("payloads", 0L);
    assertThat(run.nonZeroMetrics()).isEmpty();
  }

  @Test
  void input_lastLineWithoutBreak() {
    assertThat(replay((REJECT + "\n" + ACCEPT).getBytes(US_ASCII)).nonZeroMetrics())
        .containsEntry("Records", 2L);
  }

  @Test
  void input_overlongLine() {
    CommandRun run = replay(REJECT, "x".repeat(3 << 20), ACCEPT);

    assertThat(run.nonZeroMetrics())
        .containsEntry("Records", 2L)
        .containsEntry("UnreadableRecords", 1L);
    assertThat(run.json()).containsEntry("faults", Map.of("WRONG_FIELD_COUNT", 1L));
  }

  @Test
  void input_jsonLinesWithDamagedOnes() {
    CommandRun run =
        replay(
            "{\"srcaddr\":\"10.0.0.1\",\"action\":\"REJECT\",\"bytes\":99}",
            "{\"srcaddr\":",
            "{\"unknown\":1}",
            "{\"dstAddr\":\"10.0.0.2\",\"action\":\"ACCEPT\"}");

    assertThat(run.nonZeroMetrics())
        .isEqualTo(
            Map.of(
                "Records", 2L,
                "AcceptedFlows", 1L,
                "RejectedFlows", 1L,
                "RejectedBytes", 99L,
                "UnreadableRecords", 2L));
    assertThat(run.json())
        .containsEntry("faults", Map.of("BROKEN_JSON", 1L, "WRONG_FIELD_COUNT", 1L));
  }

  @Test
  void input_jsonRecordBeginsWithKeysOfMany() {
    assertThat(
            replay(
                    "{\"version\":5,\"type\":\"IPv4\",\"region\":\"x\",\"srcaddr\":\"10.0.0.1\",\"action\":\"REJECT\"}")
                .nonZeroMetrics())
        .isEqualTo(Map.of("Records", 1L, "RejectedFlows", 1L));
  }

  // Options.

  @Test
  void logFormat_readsOtherLines() {
    CommandRun run =
        CommandRun.ofInput(
            "REJECT 5 10.0.0.7\n10.0.0.8 ACCEPT\n".getBytes(US_ASCII),
            "replay",
            "--output=json",
            "--log-format=${action} ${packets} ${srcaddr};srcaddr action",
            "-");

    assertThat(run.nonZeroMetrics())
        .isEqualTo(
            Map.of("Records", 2L, "AcceptedFlows", 1L, "RejectedFlows", 1L, "RejectedPackets", 5L));
  }

  /// What only accepted records show is not known: absent, not 0.
  @Test
  void trafficType_rejected() {
    String[] options = {
      "replay",
      "--traffic-type=REJECT",
      "--alert-thresholds=outside-scan-ports=16",
      "events/port-scan.json",
      "--output=text"
    };
    CommandRun text = CommandRun.of(options);
    options[4] = "--output=json";
    CommandRun json = CommandRun.of(options);

    assertThat(text.out())
        .contains(
            """
              Records                            470
              AcceptedFlows                      n/a  (no accepted records read)
              RejectedFlows                      420
              RejectedBytes                   25,753
              RejectedPackets                    425
              StrayRejects                         5
              RejectedAnswers                      0
              SynOnlyFlows                       n/a  (no accepted records read)
              BlockedHandshakes                  412
              UnansweredHandshakes               n/a  (no accepted records read)
              NatMaskedFlows                     n/a  (no accepted records read)
              NatMaskedRejects                   412
              TransitGatewayPacketsLost             n/a  (no packets-lost-no-route)
            """)
        .contains(
            "Whether it reached anything else is not known, as accepted records are not read");
    assertThat(json.json())
        .containsEntry(
            "absent",
            List.of(
                "AcceptedFlows",
                "SynOnlyFlows",
                "UnansweredHandshakes",
                "NatMaskedFlows",
                "TransitGatewayPacketsLost"));
    assertThat(Json.objectAt(json.json(), "metrics"))
        .containsEntry("AcceptedFlows", null)
        .containsEntry("SynOnlyFlows", null);
  }

  @Test
  void logFormat_autoIsForTheFunction() {
    CommandRun run = CommandRun.of("replay", "--log-format=auto", "events/port-scan.json");

    assertThat(run)
        .isEqualTo(
            new CommandRun(
                2,
                "",
                "flowbell: --log-format: expected formats such as ${srcaddr} ${dstaddr}, got"
                    + " \"auto\": only the function asks EC2; a file's header line needs no option"
                    + System.lineSeparator()));
  }

  @Test
  void thresholds_off() {
    CommandRun run =
        CommandRun.of(
            "replay",
            "--output=json",
            "--alert-thresholds=outside-scan-ports=0,rejects=412",
            "events/port-scan.json");

    assertThat(Json.objectsAt(run.json(), "notifications"))
        .extracting(each -> each.get("subject"))
        .containsExactly("[Flowbell LOW] 198.51.100.7 was rejected 412+ times at 10.0.2.98");
  }

  @Test
  void maxInflatedBytes_bound() {
    assertThat(CommandRun.of("replay", "--max-inflated-bytes", "1000", "events/port-scan.json"))
        .isEqualTo(
            new CommandRun(
                2,
                "",
                "flowbell: events/port-scan.json: awslogs.data: gzip inflates past the bound of"
                    + " 1000 bytes\n"));
  }

  @Test
  void sameCause_acrossFiles() throws IOException {
    Path first = Files.writeString(folder.resolve("first"), sweep(1));
    Path second = Files.writeString(folder.resolve("second"), sweep(2));

    CommandRun run = CommandRun.of("replay", "--output=json", first.toString(), second.toString());

    assertThat(run.nonZeroMetrics())
        .containsEntry("AlertsSent", 1L)
        .containsEntry("AlertsSuppressed", 1L);
  }

  /// A host inside tries port 445 at 30 hosts.
  private static String sweep(int network) {
    StringBuilder lines = new StringBuilder();
    for (int host = 1; host <= 30; host++) {
      lines
          .append(
              REJECT
                  .replace("198.51.100.7 10.0.2.98", "10.0.3.17 10.0." + network + "." + host)
                  .replace(" 22 6 ", " 445 6 "))
          .append('\n');
    }
    return lines.toString();
  }

  // Text for people.

  @Test
  void text_portScan() {
    CommandRun run =
        CommandRun.of(
            "replay", "--alert-thresholds=outside-scan-ports=16", "events/port-scan.json");

    assertThat(run.exitCode()).isZero();
    assertThat(run.err()).isEmpty();
    // the link depends on the Region that the test runs in
    assertThat(run.out().replaceFirst("\nIts records:.*\n", ""))
        .isEqualTo(
            """
            1 payload, 2026-11-22T10:14:05Z to 2026-11-22T10:15:03Z

              Records                            470
              AcceptedFlows                       50
              RejectedFlows                      420
              RejectedBytes                   25,753
              RejectedPackets                    425
              StrayRejects                         5
              RejectedAnswers                      0
              SynOnlyFlows                       418
              BlockedHandshakes                  412
              UnansweredHandshakes                 6
              NatMaskedFlows                     412
              NatMaskedRejects                   412
              TransitGatewayPacketsLost             n/a  (no packets-lost-no-route)
              NoDataWindows                        0
              SkippedWindows                       0
              UnreadableRecords                    0
              ControlMessages                      0
              DuplicateBatches                     0
              PossibleDuplicates                   0
              AlertsSent                           1
              AlertsSuppressed                     0
              AlertsQuieted                        0
              OverBounds                           0

            Would go to CloudWatch: 31 data in 2 PutMetricData calls, namespace Flowbell

            REJECTED, BY ORIGINAL SOURCE
              source                     scope      masked by          rejects  attempts  hosts  ports  interfaces
              198.51.100.7               public     10.0.1.5               412       412      1     16           1
              203.0.113.5                public     -                        5         0      1      5           1
              192.0.2.44                 public     -                        3         3      1      3           1

            REJECTED, BY DESTINATION PORT
              22/tcp (180)  3389/tcp (96)  445/tcp (60)  21/tcp (6)  23/tcp (6)  25/tcp (6)  110/tcp (6)  135/tcp (6)  139/tcp (6)  1433/tcp (6) \s

            1 notification to send, as the e-mail would arrive:
            ------------------------------------------------------------------------------
            Subject: [Flowbell LOW] 198.51.100.7 tries 16+ ports of 10.0.2.98, rejected

            A source outside acts like a scanner, and is rejected.
            Whether it reached anything else is not known.

            WHO    198.51.100.7 (outside), by way of 10.0.1.5 (NAT, gateway or node; others may use it too)
            TRIED  at least 16 ports of 10.0.2.98: 21 (ftp), 22 (ssh), 23 (telnet), 25 (smtp) and others
            SEEN   eni-0a1b2c3d, i-0987654321, subnet-1234abcd, vpc-abcd1234
            WHEN   2026-11-22, first 10:14 UTC, last 10:15 UTC when this was sent
            WHERE  account 123456789010, log group /vpc/flow-logs

            NEXT   Nothing to do tonight, unless 198.51.100.7 is yours or a partner's and should get in.
                   By day: if 10.0.2.98 need not be public, take away its public address.

            RANG   Within an hour: 16 ports of one host (ALERT_THRESHOLDS: outside-scan-ports=16).
            LESS   If this is expected, add 198.51.100.7/32 scan to QUIET, or raise outside-scan-ports.
            AGAIN  From 2026-11-23 10:15 UTC; sooner if it gets through, or stops for an hour and comes back.
            ------------------------------------------------------------------------------
            """);
  }

  /// Somebody may isolate the host whose interface it is. Only egress records show that.
  @ParameterizedTest
  @CsvSource({
    "inside-sweep, (10.0.3.17's own interface)",
    "inside-scan, '(its own, that of 10.0.1.5, or that of a host it tried)'",
    "outside-scan, ''"
  })
  void text_whoseInterface(String event, String whose) {
    assertThat(CommandRun.of("replay", "events/" + event + ".json").out())
        .contains("\nSEEN   eni-0a1b2c3d" + (whose.isEmpty() ? "," : " " + whose + ","));
  }

  /// What the fields can't show is not 0.
  @Test
  void fieldsCanNotShow_isNotZero() {
    CommandRun json =
        CommandRun.of("replay", "--output=json", "events/rejects-default-format.json");
    CommandRun text = CommandRun.of("replay", "events/rejects-default-format.json");

    assertThat(json.json())
        .containsEntry(
            "absent",
            List.of(
                "StrayRejects",
                "SynOnlyFlows",
                "BlockedHandshakes",
                "UnansweredHandshakes",
                "NatMaskedFlows",
                "NatMaskedRejects",
                "TransitGatewayPacketsLost"));
    assertThat(Json.objectAt(json.json(), "metrics")).containsEntry("StrayRejects", null);
    assertThat(text.out()).contains("\n  StrayRejects                       n/a  (no tcp-flags)\n");
  }

  @Test
  void json_exactSourcesDoorsAndPorts() {
    CommandRun run = CommandRun.of("replay", "--output=json", "events/rejects-default-format.json");

    assertThat(Json.objectsAt(run.json(), "sources"))
        .extracting(
            each -> each.get("source"),
            each -> each.get("rejects"),
            each -> each.get("attempts"),
            each -> each.get("interfaces"))
        .containsExactly(tuple("172.31.9.69", 1L, 1L, 1L), tuple("172.31.16.139", 1L, 0L, 1L));
    assertThat(Json.objectsAt(run.json(), "doors"))
        .extracting(
            each -> each.get("destination"), each -> each.get("port"), each -> each.get("rejects"))
        .containsExactly(tuple("172.31.9.12", 3389L, 1L), tuple("203.0.113.12", null, 1L));
    assertThat(Json.objectsAt(run.json(), "ports"))
        .extracting(each -> each.get("port"), each -> each.get("protocol"))
        .containsExactly(tuple(null, 1L), tuple(3389L, 6L));
  }

  @Test
  void text_unreadableAndNothingElse() {
    CommandRun run = CommandRun.ofInput("x y\nx\n".getBytes(US_ASCII), "replay", "-");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .isEqualTo(
            "flowbell: standard input: expected flow log records, got only lines that are none"
                + " (wrong field count: 2); if they have another format, name it with"
                + " --log-format\n");
    assertThat(run.out())
        .startsWith("1 payload, ? to ?\n\n  Records                              0\n")
        .contains("\nUNREADABLE\n  wrong field count                    2\n")
        .contains("\n  Lines of another format? Name it with --log-format.\n")
        .contains("\nWould go to CloudWatch: 1 datum in 1 PutMetricData call, namespace Flowbell\n")
        .contains("\n0 notifications to send.\n");
  }

  @Test
  void text_moreSourcesThanShown() {
    String[] lines = new String[12];
    for (int i = 0; i < lines.length; i++) {
      lines[i] = REJECT.replace("198.51.100.7", "198.51.100." + (100 + i));
    }

    CommandRun run = CommandRun.ofInput(String.join("\n", lines).getBytes(US_ASCII), "replay", "-");

    assertThat(run.out())
        .contains("  198.51.100.109  ")
        .doesNotContain("198.51.100.110")
        .contains("\n  and 2 more sources\n");
  }

  @Test
  void text_hostileInterfaceId() {
    CommandRun run =
        CommandRun.ofInput(
            REJECT.replace("eni-0a1b2c3d", "eni-\u001b[2J\u0007é").getBytes(UTF_8),
            "replay",
            "--alert-thresholds=rejects=1",
            "-");

    assertThat(run.exitCode()).isZero();
    assertThat(run.out())
        .contains("SEEN   eni-??2J??")
        .doesNotContain("\u001b")
        .doesNotContain("\u0007");
  }

  @Test
  void text_dimensions() {
    assertThat(
            CommandRun.of(
                    "replay",
                    "--dimensions",
                    "InterfaceId,FlowDirection",
                    "events/nat-gateway.json")
                .out())
        .contains(
            """
            Would go to CloudWatch: 39 data in 1 PutMetricData call, namespace Flowbell

            BY DIMENSION
              InterfaceId=eni-1235b8ca123456789: Records 4, AcceptedFlows 4, NatMaskedFlows 1
            """,
            "\n  FlowDirection=egress: Records 2, AcceptedFlows 2, NatMaskedFlows 1\n");
  }

  // Publishing.

  @Test
  void publish_sendsMetricsAndNotification() throws IOException {
    try (LoopbackAws aws = LoopbackAws.start()) {
      CommandRun run =
          CommandRun.of(
              "replay",
              "--publish",
              "--topic-arn=arn:aws:sns:eu-west-1:123456789012:flowbell",
              "--alert-thresholds=outside-scan-ports=16",
              "--namespace=Flow/Test",
              "events/port-scan.json");

      assertThat(run.err()).isEmpty();
      assertThat(run.exitCode()).isZero();
      assertThat(run.out())
          .contains("\nSent to CloudWatch: 31 data in 2 PutMetricData calls, namespace Flow/Test\n")
          .contains("\n1 notification sent, as sent:\n");
      assertThat(aws.metricBodies()).hasSize(2);
      assertThat(new String(aws.metricBodies().getFirst(), UTF_8))
          .contains("Flow/Test", "BlockedHandshakes");
      assertThat(aws.notifications()).hasSize(1);
      assertThat(aws.notifications().getFirst())
          .containsEntry("Action", "Publish")
          .containsEntry("TopicArn", "arn:aws:sns:eu-west-1:123456789012:flowbell")
          .containsEntry(
              "Subject", "[Flowbell LOW] 198.51.100.7 tries 16+ ports of 10.0.2.98, rejected");
    }
  }

  @Test
  void publish_withoutTopic() throws IOException {
    try (LoopbackAws aws = LoopbackAws.start()) {
      CommandRun run =
          CommandRun.of(
              "replay",
              "--publish",
              "--alert-thresholds=outside-scan-ports=16",
              "events/port-scan.json");

      assertThat(run.exitCode()).isZero();
      assertThat(run.out()).contains("\n1 notification to send, as the e-mail would arrive:\n");
      assertThat(aws.metricBodies()).hasSize(2);
      assertThat(aws.notifications()).isEmpty();
    }
  }

  @Test
  void publish_notUnlessAsked() throws IOException {
    try (LoopbackAws aws = LoopbackAws.start()) {
      CommandRun.of(
          "replay",
          "--topic-arn=arn:aws:sns:eu-west-1:123456789012:flowbell",
          "events/port-scan.json");

      assertThat(aws.metricBodies()).isEmpty();
      assertThat(aws.notifications()).isEmpty();
    }
  }

  @Test
  void publish_refused() throws IOException {
    try (LoopbackAws aws = LoopbackAws.start()) {
      aws.failCloudWatch(403, "AccessDenied", "not for you");

      CommandRun run = CommandRun.of("replay", "--publish", "events/nat-gateway.json");

      assertThat(run)
          .isEqualTo(
              new CommandRun(
                  1,
                  "",
                  "flowbell: metrics: NOT done, CloudWatch PutMetricData, namespace Flowbell: 0 of"
                      + " 1 requests sent, then: not for you (Service: CloudWatch, Status Code:"
                      + " 403, Request ID: null) (SDK Attempt Count: 1)\n"));
    }
  }

  // Input that can't be read: exit code 2 and one line.

  @Test
  void wrongInput_noSuchFile() {
    assertThat(CommandRun.of("replay", "nowhere/none.json"))
        .isEqualTo(new CommandRun(2, "", "flowbell: nowhere/none.json: no such file\n"));
  }

  @Test
  void wrongInput_folderWithoutLogs() {
    assertThat(CommandRun.of("replay", folder.toString()))
        .isEqualTo(
            new CommandRun(
                2,
                "",
                "flowbell: "
                    + folder
                    + ": expected files ending in [.log, .gz, .json, .jsonl, .txt, .csv, .tsv,"
                    + " .parquet], found none\n"));
  }

  static final List<Arguments> WRONG_INPUTS =
      List.of(
          wrong(
              "event without data",
              "{\"awslogs\":{}}",
              ": awslogs.data: expected base64 of gzipped JSON, got none"),
          wrong(
              "event with null data",
              "{\"awslogs\":{\"data\":null}}",
              ": awslogs.data: expected base64 of gzipped JSON, got none"),
          wrong(
              "event with empty data",
              "{\"awslogs\":{\"data\":\"\"}}",
              ": awslogs.data: expected base64 of gzipped JSON, got an empty string"),
          wrong(
              "event that is no object",
              "{\"awslogs\":7}",
              ": awslogs.data: expected base64 of gzipped JSON, got none"),
          wrong(
              "not base64",
              "{\"awslogs\":{\"data\":\"H4sI*\"}}",
              ": awslogs.data: not base64 at character 4"),
          wrong(
              "base64 cut",
              "{\"awslogs\":{\"data\":\"H4sIAAAAA\"}}",
              ": awslogs.data: base64 ended early after 9 characters"),
          wrong(
              "not gzip",
              "{\"awslogs\":{\"data\":\"aGVsbG8=\"}}",
              ": awslogs.data: not gzip: expected the bytes 1f 8b at byte 0"),
          wrong(
              "gzip cut",
              "{\"awslogs\":{\"data\":\"H4sIAAAA\"}}",
              ": awslogs.data: gzip ended early after 6 bytes"),
          wrong(
              "not JSON inside",
              PayloadGenerator.lambdaEvent("flow"),
              ": awslogs.data: not JSON at byte 0"),
          wrong(
              "no object inside",
              PayloadGenerator.lambdaEvent("[]"),
              ": awslogs.data: expected a JSON object, got another value (byte 1)"),
          wrong(
              "no message inside",
              PayloadGenerator.lambdaEvent("{}"),
              ": awslogs.data: messageType: expected DATA_MESSAGE or CONTROL_MESSAGE, got none"
                  + " (byte 2)"),
          wrong("event cut", "{\"awslogs\":{\"data\":\"H4sI", ": JSON ended early after 24 bytes"),
          wrong(
              "message without events",
              "{\"messageType\":\"DATA_MESSAGE\"}",
              ": logEvents: expected an array, got none (byte 30)"),
          wrong(
              "message of another type",
              "{\"messageType\":\"OTHER\",\"logEvents\":[]}",
              ": messageType: expected DATA_MESSAGE or CONTROL_MESSAGE, got \"OTHER\" (byte 22)"),
          wrong("data alone, damaged", "H4sI!", ": not base64 at character 4"),
          wrong("data alone, cut", "H4sIAAAA", ": gzip ended early after 6 bytes"),
          wrong(
              "gzip with another method",
              "\u001f\u008bxxxxxxxxxxxxxxxx",
              ": gzip method: expected 8 (deflate), got 120"),
          wrong("binary", "x\u0000y", ": expected text or JSON, got binary data"),
          other("empty object", "{}"),
          other("object", "{\"Records\":[{\"eventSource\":\"aws:s3\"}]}"),
          other("object over lines", "{\n  \"hello\": {\"srcaddr\": 1}\n}\n"),
          wrong(
              "array of an event without data",
              "[{\"awslogs\":{}}]",
              ": awslogs.data: expected base64 of gzipped JSON, got none"),
          other("empty array", "[]"),
          // https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-events-structure.html
          // (read 2026-11-23)
          other(
              "EventBridge event",
              "{\"version\":\"0\",\"id\":\"UUID\",\"detail-type\":\"name\",\"source\":\"name\","
                  + "\"account\":\"123456789012\",\"region\":\"us-east-1\",\"resources\":[]}"));

  private static Arguments wrong(String name, String input, String message) {
    return Arguments.argumentSet(name, input, message);
  }

  private static Arguments other(String name, String input) {
    return wrong(
        name,
        input,
        ": expected a Lambda event with awslogs.data, a subscription message or flow log records,"
            + " got other JSON");
  }

  @ParameterizedTest
  @FieldSource("WRONG_INPUTS")
  void wrongInput_file(String input, String message) throws IOException {
    Path file = Files.write(folder.resolve("input"), input.getBytes(ISO_8859_1));

    assertThat(CommandRun.of("replay", "--output", "json", file.toString()))
        .isEqualTo(new CommandRun(2, "", "flowbell: " + file + message + "\n"));
  }

  @ParameterizedTest
  @FieldSource("WRONG_INPUTS")
  void wrongInput_standardInput(String input, String message) {
    assertThat(CommandRun.ofInput(input.getBytes(ISO_8859_1), "replay", "-"))
        .isEqualTo(new CommandRun(2, "", "flowbell: standard input" + message + "\n"));
  }

  /// What was read before the damage counts.
  @Test
  void wrongInput_behindAnEvent() {
    CommandRun run =
        CommandRun.ofInput(
            "{\"messageType\":\"CONTROL_MESSAGE\"} x".getBytes(US_ASCII),
            "replay",
            "--output",
            "json",
            "-");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .isEqualTo(
            """
            flowbell: standard input: not JSON at byte 34
            """);
    assertThat(run.nonZeroMetrics()).isEqualTo(Map.of("ControlMessages", 1L));
  }

  @Test
  void wrongInput_gzippedFileCut() throws IOException {
    byte[] whole = Files.readAllBytes(EVENTS.resolve("s3-with-header.log.gz"));

    assertThat(CommandRun.ofInput(Arrays.copyOf(whole, 300), "replay", "-"))
        .isEqualTo(
            new CommandRun(2, "", "flowbell: standard input: gzip ended early after 300 bytes\n"));
  }

  @Test
  void wrongInput_secondOfTwoFiles() {
    CommandRun run = CommandRun.of("replay", "events/nat-gateway.json", "nowhere.log");

    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(run.err())
        .isEqualTo(
            """
            flowbell: nowhere.log: no such file
            flowbell: INCOMPLETE: 1 of the inputs could not be read, see above
            """);
    assertThat(run.out()).as("what was read").startsWith("1 payload, ").contains("RejectedFlows");
    assertThat(CommandRun.of("replay", "--keep-going", "events/nat-gateway.json", "nowhere.log"))
        .isEqualTo(new CommandRun(0, run.out(), run.err()));
  }

  // ----

  private static void assertCounts(CommandRun run, NaiveTwin.Tally expected) {
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
    assertThat(run.json()).containsEntry("payloads", 1L);
    assertThat(metricsOf(run, expected.metrics().keySet())).isEqualTo(expected.metrics());
    assertThat(run.json()).containsEntry("faults", expected.faults());
  }

  private static Map<String, @Nullable Object> metricsOf(CommandRun run, Iterable<String> names) {
    Map<String, @Nullable Object> all = Json.objectAt(run.json(), "metrics");
    Map<String, @Nullable Object> metrics = new LinkedHashMap<>();
    // The twin counts 0 of what the fields can't show, which is null here.
    names.forEach(name -> metrics.put(name, all.get(name) == null ? 0L : all.get(name)));
    return metrics;
  }

  private static CommandRun replay(String... lines) {
    return replay((String.join("\n", lines) + "\n").getBytes(UTF_8));
  }

  private static CommandRun replay(byte[] input) {
    return CommandRun.ofInput(input, "replay", "--output", "json", "-");
  }

  private static String data(String name) throws IOException {
    Map<String, @Nullable Object> event =
        Json.parseObject(Files.readString(EVENTS.resolve(name)).strip());
    return (String) Json.objectAt(event, "awslogs").get("data");
  }

  private static byte[] inflatedOnce(String name) throws IOException {
    byte[] bytes = Files.readAllBytes(EVENTS.resolve(name));
    if (!name.endsWith(".gz")) {
      return bytes;
    }
    try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
      return gzip.readAllBytes();
    }
  }
}
