package dev.flowbell.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flowbell.judge.Alert;
import dev.flowbell.judge.AlertPolicy;
import dev.flowbell.judge.PayloadAlert;
import dev.flowbell.judge.PayloadRule;
import dev.flowbell.judge.Severity;
import dev.flowbell.judge.SourceAlert;
import dev.flowbell.judge.SourceRule;
import dev.flowbell.metric.Metric;
import dev.flowbell.record.ParseFault;
import dev.flowbell.summary.FlowSummary;
import dev.flowbell.summary.LogOrigin;
import dev.flowbell.summary.SourceActivity;
import dev.flowbell.testing.Json;
import dev.flowbell.testing.generator.ActivityBuilder;
import dev.flowbell.testing.generator.Summaries;
import dev.flowbell.testing.generator.SummaryBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AlertMessageTest {
  private static final Instant QUIET_UNTIL = Summaries.ARRIVAL.plus(Duration.ofHours(1));

  private static final String INSIGHTS =
      "https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1"
          + "#logsV2:logs-insights$3FqueryDetail$3D$257E$2528end$257E$2527"
          + "2026-11-22T10*3a45*3a03.000Z$257Estart$257E$25272026-11-22T09*3a44*3a05.000Z"
          + "$257EtimeType$257E$2527ABSOLUTE$257Etz$257E$2527UTC$257EeditorString$257E$2527"
          + "fields*20*40timestamp*2c*20*40message*20*7c*20filter*20*40message*20like*20*2fREJECT*2f"
          + "*20and*20*40message*20like*20*2f*28*5e*7c*5b*5e0-9a-f.*3a*5d*29198*5c.51*5c.100*5c.7"
          + "*28*24*7c*5b*5e0-9a-f.*3a*5d*29*2f*20*7c*20sort*20*40timestamp*20desc*20*7c*20limit"
          + "*20200$257Esource$257E$2528$257E$2527*2fvpc*2fflow-logs$2529$2529";

  /// Control characters, markup of HTML, Markdown and Slack, a link, a mention, shell commands, and
  /// a character that reverses the direction of text.
  private static final String HOSTILE =
      "\u0000\u0007\b\t\n\r\u001b[31m\u007f\u0085\u2028\u202e<b>*x*</b> _y_ `id` $(reboot);&|'\"\\"
          + " <https://evil.example|ok> <!channel> @here \ud83d\udd14 é Subject: x\r\n\r\n";

  // The port scan of events/.

  @Test
  void subject_portScan() throws IOException {
    assertThat(portScan().subject())
        .isEqualTo(
            "[Flowbell] 412 blocked handshakes: 198.51.100.7 -> 10.0.2.98, 16 ports"
                + " (i-0987654321)");
  }

  @Test
  void text_portScan() throws IOException {
    assertThat(portScan().text())
        .isEqualTo(
            """
            WHAT   412 TCP handshakes blocked within 58 s (action REJECT, SYN only), 24,720 bytes dropped
            WHO    198.51.100.7 (public), seen by the interface as 10.0.1.5: hidden behind a NAT
            WHERE  10.0.2.98 ports 22 ssh (180), 3389 rdp (96), 445 smb (60), 13 more
                   eni-0a1b2c3d on i-0987654321, subnet-1234abcd, vpc-abcd1234, ingress
            WHEN   2026-11-22 10:14:05-10:15:03 UTC; told 4 min 10 s later (flow logs are delivered late)
            WHY    16 ports from one source: a port scan. A security group or network ACL dropped it; nothing got through.
            NEXT   See all of it:   %s
                   What blocks it:  aws ec2 describe-network-interfaces --network-interface-ids eni-0a1b2c3d --query 'NetworkInterfaces[].[Groups,SubnetId]'
                                    aws ec2 describe-network-acls --filters Name=association.subnet-id,Values=subnet-1234abcd
                   Should it pass?  Open 10.0.2.98 to the original source 198.51.100.7, not to 10.0.1.5.
            QUIET  The same stays quiet here until 2026-11-22 11:19 UTC. 3 alerts suppressed since 09:58.
            """
                .formatted(INSIGHTS));
  }

  @Test
  void json_portScan() throws IOException {
    List<String> alerts = new ArrayList<>();
    alerts.add("\"rule\":\"port-scan\",\"severity\":\"medium\",\"count\":16,\"threshold\":10,");
    alerts.add(
        "\"rule\":\"nat-masked-rejects\",\"severity\":\"medium\",\"count\":412,\"threshold\":10,");
    alerts.add(
        "\"rule\":\"blocked-handshakes\",\"severity\":\"low\",\"count\":412,\"threshold\":20,");
    alerts.add("\"rule\":\"rejects\",\"severity\":\"low\",\"count\":412,\"threshold\":100,");
    String activity =
        """
        "source": "198.51.100.7", "sourceScope": "public", "maskedBy": "10.0.1.5",
        "interfaceId": "eni-0a1b2c3d", "flows": 412,
        "vpcId": "vpc-abcd1234", "subnetId": "subnet-1234abcd", "instanceId": "i-0987654321",
        "service": null, "flowDirection": "ingress", "rejectReason": null,
        "rejects": 412, "blockedHandshakes": 412, "strays": 0, "natMaskedRejects": 412,
        "packets": 412, "bytes": 24720, "probedPorts": 16, "probedHosts": 1,
        "ports": [
          {"port": 22, "protocol": 6, "flows": 180}, {"port": 3389, "protocol": 6, "flows": 96},
          {"port": 445, "protocol": 6, "flows": 60}, {"port": 21, "protocol": 6, "flows": 6},
          {"port": 23, "protocol": 6, "flows": 6}, {"port": 25, "protocol": 6, "flows": 6},
          {"port": 110, "protocol": 6, "flows": 6}, {"port": 135, "protocol": 6, "flows": 6},
          {"port": 139, "protocol": 6, "flows": 6}, {"port": 1433, "protocol": 6, "flows": 6}],
        "hosts": [{"address": "10.0.2.98", "flows": 412}],
        "first": "2026-11-22T10:14:05Z", "last": "2026-11-22T10:15:03Z"
        """;
    String expected =
        """
        {"schema": "flowbell-alert-1", "severity": "medium",
         "subject": "[Flowbell] 412 blocked handshakes: 198.51.100.7 -> 10.0.2.98, 16 ports (i-0987654321)",
         "region": "eu-west-1", "account": "123456789010",
         "logGroup": "/vpc/flow-logs", "logStream": "eni-0a1b2c3d-all",
         "arrival": "2026-11-22T10:19:13Z",
         "first": "2026-11-22T10:14:05Z", "last": "2026-11-22T10:15:03Z",
         "quietUntil": "2026-11-22T11:19:13Z",
         "suppressed": 3, "suppressedSince": "2026-11-22T09:58:02Z",
         "insights": "%s",
         "totals": {
           "Records": 470, "AcceptedFlows": 50, "RejectedFlows": 420, "RejectedBytes": 25753,
           "RejectedPackets": 425, "StrayRejects": 5, "SynOnlyFlows": 418,
           "BlockedHandshakes": 412, "UnansweredHandshakes": 6, "NatMaskedFlows": 412,
           "NatMaskedRejects": 412, "NoDataWindows": 0, "SkippedWindows": 0,
           "UnreadableRecords": 0},
         "alerts": [%s],
         "alertsLeftOut": 0}
        """
            .formatted(
                INSIGHTS,
                String.join(
                    ",", alerts.stream().map(alert -> "{" + alert + activity + "}").toList()));

    assertThat(Json.parseObject(portScan().json())).isEqualTo(Json.parseObject(expected));
  }

  /// The keys are those of AWS's page; `client-markdown` is the only type of text there.
  ///
  /// @see <a href="https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html">Custom
  ///   notifications</a>
  @Test
  void chat_portScan() throws IOException {
    assertThat(Json.parseObject(portScan().chat()))
        .isEqualTo(
            Map.of(
                "version",
                "1.0",
                "source",
                "custom",
                "content",
                Map.of(
                    "textType",
                    "client-markdown",
                    "title",
                    "[Flowbell] 412 blocked handshakes: 198.51.100.7 -> 10.0.2.98, 16 ports"
                        + " (i-0987654321)",
                    "description",
                    """
                    *WHAT* 412 TCP handshakes blocked within 58 s (action REJECT, SYN only), 24,720 bytes dropped
                    *WHO* 198.51.100.7 (public), seen by the interface as 10.0.1.5: hidden behind a NAT
                    *WHERE* 10.0.2.98 ports 22 ssh (180), 3389 rdp (96), 445 smb (60), 13 more
                           eni-0a1b2c3d on i-0987654321, subnet-1234abcd, vpc-abcd1234, ingress
                    *WHEN* 2026-11-22 10:14:05-10:15:03 UTC; told 4 min 10 s later (flow logs are delivered late)
                    *WHY* 16 ports from one source: a port scan. A security group or network ACL dropped it; nothing got through.\
                    """,
                    "nextSteps",
                    List.of(
                        "See all of it: " + INSIGHTS,
                        "What blocks it: aws ec2 describe-network-interfaces"
                            + " --network-interface-ids eni-0a1b2c3d --query"
                            + " 'NetworkInterfaces[].[Groups,SubnetId]'",
                        "aws ec2 describe-network-acls --filters"
                            + " Name=association.subnet-id,Values=subnet-1234abcd",
                        "Should it pass? Open 10.0.2.98 to the original source 198.51.100.7, not to"
                            + " 10.0.1.5."),
                    "keywords",
                    List.of("flowbell", "medium", "port-scan")),
                "metadata",
                Map.of(
                    "threadId",
                    "port-scan/198.51.100.7/eni-0a1b2c3d//vpc/flow-logs",
                    "summary",
                    "412 blocked handshakes: 198.51.100.7 -> 10.0.2.98, 16 ports",
                    "eventType",
                    "port-scan")));
  }

  @Test
  void attributes_portScan() throws IOException {
    assertThat(portScan().attributes())
        .isEqualTo(
            Map.of(
                "severity", List.of("medium"),
                "rule", List.of("port-scan", "nat-masked-rejects", "blocked-handshakes", "rejects"),
                "vpcId", List.of("vpc-abcd1234"),
                "interfaceId", List.of("eni-0a1b2c3d")));
  }

  private static AlertMessage portScan() throws IOException {
    FlowSummary summary =
        Summaries.of(
            Summaries.ORIGIN, Files.readAllLines(Path.of("events", "src", "port-scan.log")));
    return AlertMessage.of(
        new AlertDigest(
            AlertPolicy.defaults().evaluate(summary),
            summary,
            "eu-west-1",
            QUIET_UNTIL,
            3,
            Instant.parse("2026-11-22T09:58:02Z")));
  }

  // Other alerts.

  @Test
  void text_tenThousandRejectsOfOneScanner() {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      lines.add(
          "2 123456789010 eni-0a1b2c3d 203.0.113.66 10.0.%d.%d %d %d 6 1 40"
                  .formatted(i % 7, i % 250, 40_000 + i % 900, 1 + i)
              + " 1795342446 1795342450 REJECT OK");
    }
    FlowSummary summary = Summaries.of(Summaries.ORIGIN, lines);
    List<Alert> alerts = AlertPolicy.defaults().evaluate(summary);

    AlertMessage message = AlertMessage.of(digest(summary, alerts));

    assertThat(message.subject())
        .isEqualTo(
            "[Flowbell] 10,000 rejected flows: 203.0.113.66 -> 1,750 hosts, 10,000 ports"
                + " (eni-0a1b2c3d)");
    assertThat(message.text())
        .isEqualTo(
            """
            WHAT   10,000 flows rejected within 4 s (action REJECT), 400,000 bytes dropped
            WHO    203.0.113.66 (public)
            WHERE  10.0.0.0 and 1,749 more hosts ports 1 (1), 2 (1), 3 (1), 9,997 more
                   eni-0a1b2c3d
            WHEN   2026-11-22 10:14:06-10:14:10 UTC; told 5 min 3 s later (flow logs are delivered late)
            WHY    10,000 ports from one source: a port scan. A security group or network ACL dropped it; nothing got through.
            NEXT   What blocks it:  aws ec2 describe-network-interfaces --network-interface-ids eni-0a1b2c3d --query 'NetworkInterfaces[].[Groups,SubnetId]'
                   Should it pass?  Open 10.0.0.0 to 203.0.113.66.
            QUIET  The same stays quiet here until 2026-11-22 11:19 UTC.
            """);
    assertThat(message.json()).hasSizeLessThan(10_000);
    assertThat(message.chat()).hasSizeLessThan(4_000);
  }

  @Test
  void text_severalSources() {
    List<SourceActivity> sources = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      sources.add(
          new ActivityBuilder("198.51.100." + (10 + i))
              .interfaceId("eni-0a1b2c3d")
              .rejects(900 - i)
              .host("10.0.2.98", 900 - i)
              .port(17, 53, 900 - i)
              .probedPorts(1)
              .probedHosts(1)
              .build());
    }
    sources.set(2, new ActivityBuilder("198.51.100.12").rejects(898).maskedBy("10.0.1.5").build());
    FlowSummary summary = Summaries.ofSources(sources.toArray(SourceActivity[]::new));

    AlertMessage message =
        AlertMessage.of(digest(summary, AlertPolicy.defaults().evaluate(summary)));

    assertThat(message.subject())
        .isEqualTo(
            "[Flowbell] 900 rejected flows: 198.51.100.10 -> 10.0.2.98, port 53/udp dns"
                + " (eni-0a1b2c3d) (+5 more)");
    assertThat(
            message.text().lines().filter(line -> line.startsWith("ALSO") || line.startsWith("  ")))
        .contains(
            "ALSO   899 rejected flows: 198.51.100.11 -> 10.0.2.98, port 53/udp dns",
            "       898 rejected flows: 198.51.100.12, masked by 10.0.1.5",
            "       897 rejected flows: 198.51.100.13 -> 10.0.2.98, port 53/udp dns",
            "       and 2 more");
    assertThat(message.text().lines()).hasSizeLessThanOrEqualTo(20);
    assertThat(Json.objectsAt(Json.parseObject(message.json()), "alerts")).hasSize(6);
  }

  @Test
  void text_moreAlertsThanAMessageHolds() {
    SourceActivity[] sources = new SourceActivity[60];
    Arrays.setAll(
        sources,
        i ->
            new ActivityBuilder("198.51.100." + i)
                .interfaceId("eni-" + i)
                .vpcId("vpc-" + i % 3)
                .rejects(1_000 - i)
                .build());
    FlowSummary summary = Summaries.ofSources(sources);

    AlertMessage message =
        AlertMessage.of(digest(summary, AlertPolicy.defaults().evaluate(summary)));

    Map<String, @Nullable Object> json = Json.parseObject(message.json());
    assertThat(Json.objectsAt(json, "alerts")).hasSize(25);
    assertThat(json).containsEntry("alertsLeftOut", 35L);
    assertThat(message.subject()).endsWith(" (+59 more)");
    assertThat(message.text().lines()).hasSizeLessThanOrEqualTo(20);
    assertThat(message.attributes().get("interfaceId")).hasSize(20).startsWith("eni-0", "eni-1");
    assertThat(message.attributes()).containsEntry("vpcId", List.of("vpc-0", "vpc-1", "vpc-2"));
    assertThat(message.attributes()).containsEntry("rule", List.of("rejects"));
  }

  @Test
  void text_inside() {
    SourceActivity activity =
        new ActivityBuilder("10.0.9.9")
            .interfaceId("eni-0a1b2c3d")
            .service("EC2")
            .rejectReason("BPA")
            .flowDirection("egress")
            .rejects(30)
            .blockedHandshakes(20)
            .strays(4)
            .port(6, 8443, 30)
            .host("10.0.2.98", 30)
            .probedPorts(1)
            .probedHosts(12)
            .build();

    AlertMessage message = AlertMessage.of(digestOf(SourceRule.HOST_SWEEP, activity, 12));

    assertThat(message.subject())
        .isEqualTo(
            "[Flowbell] 20 blocked handshakes: 10.0.9.9 -> 12 hosts, port 8443 (eni-0a1b2c3d)");
    assertThat(message.text())
        .isEqualTo(
            """
            WHAT   20 TCP handshakes blocked (action REJECT, SYN only), 10 other flows rejected, 4 of them late packets of closed connections
            WHO    10.0.9.9 (private, AWS EC2)
            WHERE  10.0.2.98 and 11 more hosts port 8443 (30)
                   eni-0a1b2c3d, egress
                   rejected for the reason BPA
            WHEN   the records don't say; arrived 2026-11-22 10:19:13 UTC
            WHY    12 addresses tried by one source: a sweep. A security group or network ACL dropped it; nothing got through. It comes from inside: a host of yours, perhaps no longer yours alone.
            NEXT   What blocks it:  aws ec2 describe-network-interfaces --network-interface-ids eni-0a1b2c3d --query 'NetworkInterfaces[].[Groups,SubnetId]'
                   Should it pass?  Open 10.0.2.98 to 10.0.9.9.
            QUIET  The same stays quiet here until 2026-11-22 11:19 UTC.
            """);
  }

  @Test
  void text_onlySourceKnown() {
    SourceActivity activity = new ActivityBuilder("2001:db8::7").rejects(100).build();

    AlertMessage message = AlertMessage.of(digestOf(SourceRule.REJECTS, activity, 100));

    assertThat(message.subject()).isEqualTo("[Flowbell] 100 rejected flows: 2001:db8::7");
    assertThat(message.text())
        .isEqualTo(
            """
            WHAT   100 flows rejected (action REJECT)
            WHO    2001:db8::7 (public)
            WHERE  the records don't say
            WHEN   the records don't say; arrived 2026-11-22 10:19:13 UTC
            WHY    One source, many rejections. A security group or network ACL dropped it; nothing got through.
            NEXT   Should it pass?  Open the destination to 2001:db8::7.
            QUIET  The same stays quiet here until 2026-11-22 11:19 UTC.
            """);
    assertThat(message.attributes())
        .isEqualTo(Map.of("severity", List.of("low"), "rule", List.of("rejects")));
  }

  @ParameterizedTest
  @CsvSource({
    "BLOCKED_HANDSHAKES, 198.51.100.7, 'The same source is blocked again and again: it is looking"
        + " for a way in, or lacks a rule that lets it in. A security group or network ACL dropped"
        + " it; nothing got through.'",
    "BLOCKED_HANDSHAKES, 10.0.0.7, 'The same source is blocked again and again: something of yours"
        + " can''t connect, a rule is missing or has changed. A security group or network ACL"
        + " dropped it; nothing got through.'",
    "NAT_MASKED_REJECTS, 198.51.100.7, 'The interface saw 10.0.1.5; rules and blocks that name it"
        + " miss the original source.'",
    "REJECTS, 10.0.0.7, 'One source, many rejections. A security group or network ACL dropped it;"
        + " nothing got through.'"
  })
  void text_why(SourceRule rule, String source, String why) {
    SourceActivity activity = new ActivityBuilder(source).maskedBy("10.0.1.5").build();

    assertThat(AlertMessage.of(digestOf(rule, activity, 1)).text())
        .contains("\nWHY    " + why + "\n");
  }

  @ParameterizedTest
  @CsvSource({
    "6, 22, 22 ssh",
    "6, 8443, 8443",
    "17, 53, 53/udp dns",
    "17, 4000, 4000/udp",
    "-1, 443, 443 https",
    "132, 2905, 2905/protocol-132"
  })
  void subject_port(int protocol, int number, String words) {
    SourceActivity activity =
        new ActivityBuilder("198.51.100.7").port(protocol, number, 1).probedPorts(1).build();

    assertThat(AlertMessage.of(digestOf(SourceRule.REJECTS, activity, 1)).subject())
        .isEqualTo("[Flowbell] 1 rejected flow: 198.51.100.7, port " + words);
  }

  @Test
  void text_unreadableRecords() {
    FlowSummary summary =
        new SummaryBuilder()
            .fault(ParseFault.WRONG_FIELD_COUNT, 1_400)
            .fault(ParseFault.BROKEN_JSON, 2)
            .build();

    AlertMessage message = payloadMessage(PayloadRule.UNREADABLE_RECORDS, 1_402, null, summary);

    assertThat(message.subject()).isEqualTo("[Flowbell] 1,402 unreadable flow log records");
    assertThat(message.text())
        .isEqualTo(
            """
            WHAT   1,402 unreadable flow log records: 1,400 wrong field count, 2 broken json
            WHERE  log group /vpc/flow-logs
            WHEN   the records don't say; arrived 2026-11-22 10:19:13 UTC
            WHY    What these lines say is not counted: most often LOG_FORMAT differs from the flow log's.
            NEXT   Which format?    aws ec2 describe-flow-logs --query 'FlowLogs[].[LogGroupName,LogFormat]'
                   Make LOG_FORMAT the same as LogFormat of the flow logs that deliver here.
            QUIET  The same stays quiet here until 2026-11-22 11:19 UTC.
            """);
  }

  @Test
  void text_skippedWindows() {
    FlowSummary summary =
        new SummaryBuilder()
            .origin(new LogOrigin("", "", "a b.log"))
            .skippedAt("eni-0a1b2c3d")
            .build();

    AlertMessage message = payloadMessage(PayloadRule.SKIPPED_WINDOWS, 1, "eni-0a1b2c3d", summary);

    assertThat(message.subject())
        .isEqualTo("[Flowbell] 1 flow log window skipped by AWS (eni-0a1b2c3d)");
    assertThat(message.text())
        .isEqualTo(
            """
            WHAT   1 flow log window skipped by AWS (log-status SKIPDATA)
            WHERE  eni-0a1b2c3d, a b.log
            WHEN   the records don't say; arrived 2026-11-22 10:19:13 UTC
            WHY    AWS could not keep all records, by its own account: counts are too low for that time.
            NEXT   Nothing to mend here; check by other means what else happened at that time.
            QUIET  The same stays quiet here until 2026-11-22 11:19 UTC.
            """);
    assertThat(message.attributes())
        .isEqualTo(
            Map.of(
                "severity", List.of("medium"),
                "rule", List.of("skipped-windows"),
                "interfaceId", List.of("eni-0a1b2c3d")));
  }

  @ParameterizedTest
  @CsvSource({
    "2026-11-22T10:15:04Z, told 1 s later",
    "2026-11-22T10:16:02Z, told 59 s later",
    "2026-11-22T10:16:03Z, told 1 min later",
    "2026-11-22T10:17:04Z, told 2 min 1 s later",
    "2026-11-22T11:15:02Z, told 59 min 59 s later",
    "2026-11-22T11:15:03Z, told 1 h later",
    "2026-11-22T12:16:04Z, told 2 h 1 min later",
    "2026-11-23T10:15:03Z, told 1 d later",
    "2026-11-25T13:19:03Z, told 3 d 3 h later"
  })
  void text_late(Instant arrival, String words) {
    assertThat(skipped("2026-11-22T10:14:05Z", "2026-11-22T10:15:03Z", arrival).text())
        .contains(
            "\nWHEN   2026-11-22 10:14:05-10:15:03 UTC; "
                + words
                + " (flow logs are delivered late)\n");
  }

  @Test
  void text_notLate() {
    Instant end = Instant.parse("2026-11-22T10:15:03Z");

    assertThat(skipped("2026-11-22T10:15:03Z", "2026-11-22T10:15:03Z", end).text())
        .contains("\nWHEN   2026-11-22 10:15:03 UTC\n");
    assertThat(skipped(null, "2026-11-22T10:15:03Z", end.minusSeconds(9)).text())
        .contains("\nWHEN   2026-11-22 10:15:03 UTC\n");
  }

  @Test
  void text_acrossMidnight() {
    assertThat(
            skipped(
                    "2026-11-21T23:59:30Z",
                    "2026-11-22T00:00:29Z",
                    Instant.parse("2026-11-22T00:00:29Z"))
                .text())
        .contains("\nWHEN   2026-11-21 23:59:30-2026-11-22 00:00:29 UTC\n");
  }

  // Anybody who can write to the log group can choose the text of a record.

  @Test
  void hostileIds_areHarmless() {
    assertHarmless(AlertMessage.of(hostile(HOSTILE)));
  }

  @Test
  void hostileIds_withTheRightBeginning() {
    SourceActivity activity =
        new ActivityBuilder("198.51.100.7")
            .interfaceId("eni-0a1b2c3d;reboot")
            .subnetId("subnet-1234abcd$(reboot)")
            .build();

    AlertMessage message = AlertMessage.of(digestOf(SourceRule.REJECTS, activity, 1));

    assertThat(message.text()).contains("eni-0a1b2c3d?reboot").doesNotContain("aws ec2");
    assertThat(message.chat()).doesNotContain("aws ec2");
  }

  @Test
  void hostileIds_tenKilobytes() {
    AlertMessage message = AlertMessage.of(hostile("eni-" + "x".repeat(10_240)));

    assertHarmless(message);
    assertThat(message.text()).hasSizeLessThan(4_000);
    assertThat(message.chat()).hasSizeLessThan(8_000);
    assertThat(message.attributes())
        .containsEntry("interfaceId", List.of("eni-" + "x".repeat(124)));
  }

  /// JSON's escapes make text harmless: programs get it as the records have it.
  @Test
  void hostileIds_unchangedInJson() {
    Map<String, @Nullable Object> json = Json.parseObject(AlertMessage.of(hostile(HOSTILE)).json());

    assertThat(Json.objectsAt(json, "alerts").getFirst())
        .containsEntry("interfaceId", HOSTILE)
        .containsEntry("vpcId", HOSTILE)
        .containsEntry("rejectReason", HOSTILE);
    assertThat(json).containsEntry("logGroup", HOSTILE);
  }

  private static void assertHarmless(AlertMessage message) {
    assertThat(message.subject()).matches("[!-~][ -~]{0,98}");
    assertThat(message.text())
        .matches("[ -~\n]+")
        .doesNotContain("reboot)", "`", "<", "&", "aws ec2");
    assertThat(message.text().lines()).hasSizeLessThanOrEqualTo(20);
    String chat = message.chat();
    assertThat(chat).matches("[ -~]+").doesNotContain("reboot)", "`", "<", "&", "@", "aws ec2");
    Map<String, @Nullable Object> metadata = Json.objectAt(Json.parseObject(chat), "metadata");
    assertThat((String) metadata.get("threadId")).hasSizeLessThanOrEqualTo(128);
    assertThat(message.attributes())
        .allSatisfy(
            (_, values) -> assertThat(values).allMatch(value -> value.matches("[ -~]{1,128}")));
  }

  private static AlertDigest hostile(String id) {
    SourceActivity activity =
        new ActivityBuilder("198.51.100.7")
            .interfaceId(id)
            .vpcId(id)
            .subnetId(id)
            .instanceId(id)
            .service(id)
            .flowDirection(id)
            .rejectReason(id)
            .build();
    FlowSummary summary =
        new SummaryBuilder()
            .origin(new LogOrigin(id, id, id))
            .total(Metric.SKIPPED_WINDOWS, 1)
            .sources(activity)
            .skippedAt(id)
            .build();
    return new AlertDigest(
        List.of(
            new SourceAlert(SourceRule.REJECTS, Severity.LOW, 1, 1, 1, activity),
            new PayloadAlert(PayloadRule.SKIPPED_WINDOWS, Severity.LOW, 1, 1, id)),
        summary,
        null,
        QUIET_UNTIL,
        0,
        null);
  }

  // SNS accepts subjects of less than 100 characters.

  @Test
  void subject_longAddresses() {
    SourceActivity activity =
        new ActivityBuilder("2001:db8:1111:2222:3333:4444:5555:6666")
            .interfaceId("eni-1235b8ca123456789")
            .rejects(1_234_567)
            .blockedHandshakes(1_234_567)
            .host("2001:db8:aaaa:bbbb:cccc:dddd:eeee:ffff", 1)
            .port(6, 65_535, 1)
            .probedPorts(65_535)
            .probedHosts(1)
            .build();

    assertThat(AlertMessage.of(digestOf(SourceRule.PORT_SCAN, activity, 65_535)).subject())
        .hasSize(99)
        .isEqualTo(
            "[Flowbell] 1,234,567 blocked handshakes: 2001:db8:1111:2222:3333:4444:5555:6666 ->"
                + " 2001:db8:aaaa...");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63, 64, 65, 66, 128})
  void subject_placeLeftOutWhereItDoesNotFit(int length) {
    String place = "i".repeat(length);
    SourceActivity activity = new ActivityBuilder("198.51.100.7").instanceId(place).build();
    String words = "[Flowbell] 1 rejected flow: 198.51.100.7";

    assertThat(AlertMessage.of(digestOf(SourceRule.REJECTS, activity, 1)).subject())
        .isEqualTo(length <= 56 ? words + " (" + place + ")" : words);
  }

  @Test
  void of_noAlerts() {
    FlowSummary summary = Summaries.ofSources();

    assertThatThrownBy(() -> digest(summary, List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("alerts: expected at least one, got none");
  }

  /// Numbers and dates don't depend on the default locale.
  @Test
  void of_inAnotherLocale() {
    FlowSummary summary =
        Summaries.ofSources(
            new ActivityBuilder("198.51.100.7").rejects(1_200).probedHosts(1_300).build(),
            new ActivityBuilder("198.51.100.8").rejects(1_100).probedPorts(1_400).build());
    AlertDigest digest =
        new AlertDigest(
            AlertPolicy.defaults().evaluate(summary), summary, "eu-west-1", QUIET_UNTIL, 0, null);
    AlertMessage here = AlertMessage.of(digest);
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));

      assertThat(AlertMessage.of(digest)).isEqualTo(here);
    } finally {
      Locale.setDefault(before);
    }
  }

  private static AlertMessage skipped(@Nullable String first, String last, Instant arrival) {
    FlowSummary summary =
        new SummaryBuilder()
            .arrival(arrival)
            .total(Metric.SKIPPED_WINDOWS, 1)
            .first(first == null ? null : Instant.parse(first))
            .last(Instant.parse(last))
            .build();
    return AlertMessage.of(
        digest(
            summary,
            List.of(new PayloadAlert(PayloadRule.SKIPPED_WINDOWS, Severity.LOW, 1, 1, null))));
  }

  private static AlertMessage payloadMessage(
      PayloadRule rule, long count, @Nullable String interfaceId, FlowSummary summary) {
    return AlertMessage.of(
        digest(summary, List.of(new PayloadAlert(rule, Severity.MEDIUM, count, 1, interfaceId))));
  }

  private static AlertDigest digestOf(SourceRule rule, SourceActivity activity, long count) {
    return digest(
        Summaries.ofSources(activity),
        List.of(new SourceAlert(rule, Severity.LOW, count, 1, activity.rejects(), activity)));
  }

  private static AlertDigest digest(FlowSummary summary, List<Alert> alerts) {
    return new AlertDigest(alerts, summary, null, QUIET_UNTIL, 0, null);
  }
}
