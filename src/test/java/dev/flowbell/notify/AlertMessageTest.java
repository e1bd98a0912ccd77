package dev.flowbell.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.classify.Door;
import dev.flowbell.classify.Suspect.Place;
import dev.flowbell.judge.Alert;
import dev.flowbell.judge.Alert.Occasion;
import dev.flowbell.judge.Rule;
import dev.flowbell.judge.Severity;
import dev.flowbell.judge.Thresholds;
import dev.flowbell.record.TrafficType;
import dev.flowbell.testing.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AlertMessageTest {
  private static final Place NOWHERE = new Place(null, null, null, null, null, null);

  // What holds for each kind.

  static List<Alert> alerts() {
    return List.copyOf(SampleAlerts.all().values());
  }

  @ParameterizedTest
  @MethodSource("alerts")
  void of_fits(Alert alert) {
    AlertMessage message = AlertMessage.of(alert, SampleAlerts.CONTEXT);

    assertThat(message.subject()).hasSizeLessThanOrEqualTo(99).matches("[ -~]+");
    List<String> lines = message.text().lines().toList();
    assertThat(lines).hasSizeLessThanOrEqualTo(25);
    assertThat(lines.subList(0, lines.size() - 1))
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(100));
    assertThat(lines.getLast()).startsWith("Its records: https://");
    assertThat(message.chat()).doesNotContain("https://");
    assertThat(message.severity()).isEqualTo(alert.severity());
  }

  @ParameterizedTest
  @MethodSource("alerts")
  void of_claimsNothingThatNobodyLookedAt(Alert alert) {
    AlertMessage message = AlertMessage.of(alert, SampleAlerts.CONTEXT);

    assertThat(
            (message.subject() + message.text() + message.chat())
                .toLowerCase(java.util.Locale.ROOT))
        .doesNotContain("nothing got through", "all blocked", "at at");
  }

  @Test
  void of_longestTextFits() {
    NotificationContext context =
        new NotificationContext(
            "a-stack-with-a-long-name-".repeat(3),
            "us-gov-west-1",
            "123456789010",
            "/" + "g".repeat(200),
            Thresholds.DEFAULT,
            TrafficType.ALL);
    String id = "x".repeat(200);
    Place place = new Place(id, id, id, id, id, id);
    String address = "2001:db8:1111:2222:3333:4444:5555:";
    List<Door> doors = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      doors.add(SampleAlerts.door(address + "66" + (10 + i) + ":5432"));
    }
    Alert.Scan scan = SampleAlerts.insideByPorts(place);

    AlertMessage message =
        AlertMessage.of(
            new Alert.Scan(
                Severity.HIGH,
                scan.key(),
                Occasion.GOT_THROUGH,
                SampleAlerts.address(address + "7777"),
                true,
                SampleAlerts.address(address + "8888"),
                scan.hosts(),
                scan.ports(),
                scan.interfaces(),
                scan.minutes(),
                null,
                null,
                doors,
                doors,
                false,
                false,
                place,
                SampleAlerts.SINCE,
                SampleAlerts.UNTIL),
            context);

    assertThat(message.subject())
        .hasSizeLessThanOrEqualTo(99)
        .startsWith(
            "[Flowbell HIGH] a-stack-with-a-l~: INSIDE 2001:db8:1111:2222:3333:4444:5555:7777")
        .endsWith("...");
    assertThat(message.text().lines().count()).isLessThanOrEqualTo(40);
  }

  // The environment.

  @Test
  void subject_leavesTheRegionOutBeforeTheVerdict() {
    Alert.Scan scan = SampleAlerts.insideByHosts(List.of(), Occasion.NEW);

    assertThat(subject(scan, "prod", "eu-west-1"))
        .isEqualTo(
            "[Flowbell HIGH] prod eu-west-1: INSIDE 10.0.3.17 tries port 445 (smb) at 25+ hosts,"
                + " rejected");
    assertThat(subject(scan, "production", "ap-southeast-1"))
        .isEqualTo(
            "[Flowbell HIGH] production: INSIDE 10.0.3.17 tries port 445 (smb) at 25+ hosts,"
                + " rejected");
    assertThat(subject(scan, "flowbell-for-production-of-everything", "ap-southeast-1"))
        .isEqualTo(
            "[Flowbell HIGH] flowbell-for-pro~: INSIDE 10.0.3.17 tries port 445 (smb) at 25+ hosts,"
                + " rejected");
    assertThat(subject(scan, null, "eu-west-1"))
        .startsWith("[Flowbell HIGH] eu-west-1: INSIDE 10.0.3.17 ");
    assertThat(subject(scan, null, null)).startsWith("[Flowbell HIGH] INSIDE 10.0.3.17 ");
  }

  private static String subject(
      Alert alert,
      @org.jspecify.annotations.Nullable String stack,
      @org.jspecify.annotations.Nullable String region) {
    return AlertMessage.of(
            alert,
            new NotificationContext(stack, region, "", "", Thresholds.DEFAULT, TrafficType.ALL))
        .subject();
  }

  @Test
  void text_withoutLogGroupHasNoLink() {
    AlertMessage message =
        AlertMessage.of(
            SampleAlerts.rejects("10.0.1.5", true),
            new NotificationContext(null, null, "", "", Thresholds.DEFAULT, TrafficType.ALL));

    assertThat(message.text()).doesNotContain("https://", "WHERE");
    assertThat(Json.parseObject(message.json())).containsEntry("insights", null);
  }

  @Test
  void text_leavesOutThresholdsThatAreOff() {
    AlertMessage message =
        AlertMessage.of(
            SampleAlerts.insideByHosts(List.of(), Occasion.NEW),
            new NotificationContext(
                null,
                null,
                "",
                "",
                Thresholds.parse("scan-ports=0,scan-hosts=7"),
                TrafficType.ALL));

    assertThat(message.text())
        .contains("\nRANG   Within an hour: 7 hosts (ALERT_THRESHOLDS: scan-hosts=7).\n");
  }

  /// Accepted records show what else a source reached. Of a rule's doing, rejected ones matter.
  @Test
  void link_fitsTheQuestion() {
    String all = "filter @message like /(^|[^0-9a-f.:])%s($|[^0-9a-f.:])/";
    String rejected = all.replace("filter ", "filter @message like /REJECT/ and ");

    assertThat(query("inside scan by hosts")).contains(all.formatted("10\\.0\\.3\\.17"));
    assertThat(query("outside scan, got through")).contains(all.formatted("198\\.51\\.100\\.7"));
    assertThat(query("rejects, outside")).contains(all.formatted("198\\.51\\.100\\.7"));
    assertThat(query("blocked, unanswered")).contains(all.formatted("10\\.0\\.1\\.5"));
    assertThat(query("blocked, one source")).contains(rejected.formatted("10\\.0\\.1\\.5"));
    assertThat(query("blocked, fleet")).contains(rejected.formatted("10\\.0\\.0\\.11"));
    assertThat(query("answers dropped, request accepted"))
        .contains(rejected.formatted("10\\.0\\.0\\.11"));
    assertThat(query("skipped")).contains("filter @message like /SKIPDATA|NODATA/");
  }

  private static String query(String name) {
    return AlertContent.of(
            Objects.requireNonNull(SampleAlerts.all().get(name)),
            SampleAlerts.CONTEXT,
            Background.NONE)
        .query();
  }

  @Test
  void text_withoutRegionOrStack() {
    AlertMessage message =
        AlertMessage.of(
            SampleAlerts.insideByHosts(List.of(), Occasion.NEW),
            new NotificationContext(null, null, "", "/vpc", Thresholds.DEFAULT, TrafficType.ALL));

    assertThat(message.text())
        .contains(
            "\nWhether it reached anything else is not known.\n",
            "       Whose host: aws ec2 describe-network-interfaces --filters \\\n",
            "\nRANG   Within an hour: 25 hosts (ALERT_THRESHOLDS: scan-hosts=25).\n",
            "\nLESS   If this is expected, add 10.0.3.17/32 scan to QUIET, or raise scan-hosts.\n");
  }

  // Texts of records.

  @Test
  void of_idsOfRecordsCanNotInjectAnything() {
    String evil = "eni-\"; rm -rf / #\nhttps://evil.example <b>*x* $(x) `x`";
    AlertMessage message =
        AlertMessage.of(
            SampleAlerts.outside(List.of(), new Place(evil, evil, evil, evil, evil, evil)),
            SampleAlerts.CONTEXT);

    String shown =
        message.subject() + message.text().replaceAll("Its records: .*", "") + message.chat();
    assertThat(shown).doesNotContain("://evil", "rm -rf", "$(", "`", "<b>");
    assertThat(message.attributes().get("vpcId"))
        .containsExactly("eni-???rm?-rf?/?[#]?https[:]/[/]evil[.]example??b??x????x???x?");
  }

  @Test
  void of_logGroupsNameIsSafe() {
    Alert.LogGroup alert =
        new Alert.LogGroup(
            Rule.UNREADABLE_RECORDS,
            Severity.MEDIUM,
            "unreadable-records|x",
            Occasion.NEW,
            "a\n<script>",
            SampleAlerts.rejects("10.0.1.5", true).records(),
            List.of(),
            null,
            SampleAlerts.SINCE,
            SampleAlerts.SINCE);

    assertThat(subject(alert, "prod", null))
        .isEqualTo("[Flowbell MEDIUM] prod: can't read flow log records of a??script?");
  }

  // The test of the doctor.

  @Test
  void of_testSaysSoFirst() {
    AlertMessage message =
        AlertMessage.of(SampleAlerts.outside(List.of(), SampleAlerts.test()), SampleAlerts.CONTEXT);

    assertThat(message.subject()).startsWith("[Flowbell LOW TEST] ");
    assertThat(message.text()).startsWith("THIS IS A TEST ");
    assertThat(message.chat()).contains("\"title\":\"LOW TEST: ");
    assertThat(message.json()).contains("\"isTest\":true");
    assertThat(
            AlertMessage.of(SampleAlerts.outside(List.of(), NOWHERE), SampleAlerts.CONTEXT).json())
        .contains("\"isTest\":false");
  }

  // Attributes, chat, JSON, digest.

  @Test
  void attributes_ofEachKind() {
    assertThat(attributes(SampleAlerts.insideByHosts(List.of(), Occasion.NEW)))
        .isEqualTo(
            Map.of(
                "severity", List.of("high"),
                "rule", List.of("scan"),
                "source", List.of("10.0.3.17"),
                "sourceScope", List.of("private"),
                "stack", List.of("prod"),
                "vpcId", List.of("vpc-0bb2"),
                "interfaceId", List.of("eni-0a1b2c3d")));
    assertThat(attributes(SampleAlerts.logGroup(Rule.SKIPPED_WINDOWS, Severity.LOW)))
        .isEqualTo(
            Map.of(
                "severity", List.of("low"),
                "rule", List.of("skipped-windows"),
                "stack", List.of("prod"),
                "interfaceId", List.of("eni-0a1b2c3d")));
  }

  private static Map<String, List<String>> attributes(Alert alert) {
    return AlertMessage.of(alert, SampleAlerts.CONTEXT).attributes();
  }

  @Test
  void chat_wholeMessage() {
    assertThat(
            AlertMessage.of(
                    SampleAlerts.insideByHosts(List.of(), Occasion.NEW), SampleAlerts.CONTEXT)
                .chat())
        .isEqualTo(
            """
            {"version":"1.0","source":"custom","content":{"textType":"client-markdown",
            "title":"HIGH:\s
            INSIDE 10.0.3.17 tries port 445 (smb) at 25+ hosts, rejected","description":"A host\s
            INSIDE your networks acts like a scanner, and is rejected.\\nWhether it reached\s
            anything else is not known; its records show it if accepted traffic is\s
            logged.\\n*WHO* 10.0.3.17 (inside)\\n*TRIED* at least 25 hosts on port 445 (smb):\s
            10.0.2.1, 10.0.2.2, 10.0.2.3, 10.0.2.4 and others\\n*SEEN* at least 3 interfaces,\s
            such as eni-0a1b2c3d (its own, or that of a host it tried), i-01234567,\s
            subnet-0aa1, vpc-0bb2\\n*WHEN* 2026-11-23, first 07:01 UTC, last 07:13 UTC when\s
            this was sent, in at least 12 minutes\\n*WHERE* stack prod, account 123456789010,\s
            eu-west-1, log group /vpc/flow-logs","nextSteps":["Look at 10.0.3.17 now: what runs\s
            there, and who is logged in?","Whose host: aws ec2 describe-network-interfaces\s
            --region eu-west-1 --filters\s
            Name=addresses.private-ip-address,Values=10.0.3.17","No result: it is in another\s
            account or Region, a peered network, or on-premises.","If nobody can tell, isolate\s
            it: only a group without rules on its interface; keep it\s
            running."],
            "keywords":["flowbell","high","scan"]},
            "metadata":{"threadId":"scan/10.0.3.17","summary":"INSIDE\s
            10.0.3.17 tries port 445 (smb) at 25+ hosts, rejected","eventType":"scan"}}\
            """
                .replace("\n", ""));
  }

  @Test
  void json_wholeMessage() {
    assertThat(
            AlertMessage.of(
                    SampleAlerts.blocked("10.0.1.5", null, false, true, false),
                    SampleAlerts.CONTEXT)
                .json()
                .replaceAll("https://[^\"]+", "https://…"))
        .isEqualTo(
            """
            {"schema":"flowbell-alert-2","severity":"medium",
            "subject":"[Flowbell MEDIUM] prod eu-west-1: 10.0.1.5 can't reach 10.0.0.11:5432\s
            (postgresql)","stack":"prod","region":"eu-west-1","account":"123456789010",
            "logGroup":"/vpc/flow-logs","insights":"https://…",
            "alerts":[{"rule":"blocked-connection","severity":"medium",
            "key":"blocked|door|10.0.0.11|6|5432","occasion":"new","isTest":false,
            "source":"10.0.1.5","sourceScope":"private","isInside":true,"maskedBy":null,
            "destination":"10.0.0.11","port":5432,"protocol":6,"sources":1,"hosts":1,
            "ports":null,"interfaces":1,"minutes":7,"records":9,"atLeast":["sources",
            "interfaces","minutes","records"],"gotThrough":[],"since":"2026-11-23T07:01:00Z",
            "until":"2026-11-23T07:13:00Z","logGroup":null,"interfaceId":"eni-0a1b2c3d",
            "instanceId":"i-01234567","subnetId":"subnet-0aa1","vpcId":"vpc-0bb2",
            "sample":null,"blockedBy":null}]}\
            """
                .replace("\n", ""));
  }

  @Test
  void digest_theMostSevereFirst() {
    List<String> held = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      held.add(
          AlertMessage.of(
                  SampleAlerts.rejects("198.51.100." + (10 + i), false), SampleAlerts.CONTEXT)
              .toHeld());
    }
    held.add(
        AlertMessage.of(SampleAlerts.insideByHosts(List.of(), Occasion.NEW), SampleAlerts.CONTEXT)
            .toHeld());

    AlertMessage digest =
        AlertMessage.digest(
            Instant.parse("2026-11-23T07:00:00Z"), held, List.of(), SampleAlerts.CONTEXT);

    assertThat(digest.subject())
        .isEqualTo(
            "[Flowbell HIGH] prod eu-west-1: 21 more alerts, held back in the hour from 07:00 UTC");
    assertThat(digest.text())
        .startsWith(
            """
            21 more alerts of the hour from 2026-11-23 07:00 UTC: more than ALERT_MAIL_LIMIT lets\
             through one by one.
            The most severe come first. The JSON form has all that each of them says.

            [Flowbell HIGH] prod eu-west-1: INSIDE 10.0.3.17 tries port 445 (smb) at 25+ hosts,\
             rejected
            [Flowbell LOW] prod eu-west-1: 198.51.100.29 was rejected 1,204+ times at 10.0.2.98
            """)
        .endsWith("\nand 3 more\n");
    assertThat(digest.alerts()).hasSize(21);
    assertThat(digest.severity()).isEqualTo(Severity.HIGH);
    assertThat(Json.objectsAt(Json.parseObject(digest.json()), "alerts")).hasSize(21);
    assertThat(digest.chat())
        .contains("\"title\":\"HIGH: 21 more alerts, held back in the hour from 07:00 UTC\"");
  }
}
