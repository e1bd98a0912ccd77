package dev.flowbell.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.classify.Door;
import dev.flowbell.classify.Suspect.Place;
import dev.flowbell.judge.Alert;
import dev.flowbell.judge.Alert.Occasion;
import dev.flowbell.judge.Rule;
import dev.flowbell.judge.Severity;
import dev.flowbell.judge.Thresholds;
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

  // Whole notifications.

  @Test
  void of_insideScanByHosts() {
    assertThat(written("inside scan by hosts"))
        .isEqualTo(
            """
            [Flowbell HIGH] prod eu-west-1: INSIDE 10.0.3.17 tries port 445 (smb) at 25+ hosts, rejected

            A host INSIDE your networks, 10.0.3.17, is scanning: it tried at least 25 hosts on port 445 (smb).
            These attempts were rejected. Whether it reached anything else is not known.

            WHO    10.0.3.17 (inside)
            TRIED  at least 25 hosts on port 445 (smb): 10.0.2.1, 10.0.2.2, 10.0.2.3, 10.0.2.4 and others
            SEEN   at least 3 interfaces, last at eni-0a1b2c3d, i-01234567, subnet-0aa1, vpc-0bb2
            SINCE  2026-11-23 07:01 UTC, for 12 min, in at least 12 different minutes
            WHERE  stack prod, account 123456789010, eu-west-1, log group /vpc/flow-logs

            NEXT   Look at 10.0.3.17 now: what runs there, and who is logged in? Isolate it if nobody can tell.
                   Whose host: aws ec2 describe-network-interfaces --filters \\
                     Name=addresses.private-ip-address,Values=10.0.3.17

            WHY    15 ports of one host, or 25 hosts, within an hour
                   (ALERT_THRESHOLDS=scan-ports=15,scan-hosts=25).
            LESS   If this is expected: QUIET="10.0.3.17/32 scan", or a higher threshold.
            AGAIN  Not before 2026-11-24 07:13 UTC while it goes on, unless something gets through. After an
                   hour's silence it counts as new.

            Its records: https://…
            """);
  }

  @Test
  void of_insideScanGotThrough() {
    assertThat(written("inside scan by hosts, got through"))
        .isEqualTo(
            """
            [Flowbell HIGH] prod eu-west-1: INSIDE 10.0.3.17 GOT THROUGH to 10.0.2.9:445 (smb), tries 25+ hosts

            A host INSIDE your networks, 10.0.3.17, is scanning: it tried at least 25 hosts on port 445 (smb).
            It GOT THROUGH: it exchanged accepted traffic with 10.0.2.9:445 (smb), 10.0.2.11:445 (smb).
            What it reached before Flowbell noticed it is not known.

            WHO    10.0.3.17 (inside)
            TRIED  at least 25 hosts on port 445 (smb): 10.0.2.1, 10.0.2.2, 10.0.2.3, 10.0.2.4 and others
            SEEN   at least 3 interfaces, last at eni-0a1b2c3d, i-01234567, subnet-0aa1, vpc-0bb2
            SINCE  2026-11-23 07:01 UTC, for 12 min, in at least 12 different minutes; it got through after the
                   last notification
            WHERE  stack prod, account 123456789010, eu-west-1, log group /vpc/flow-logs

            NEXT   Look at 10.0.3.17 now: what runs there, and who is logged in? Isolate it if nobody can tell.
                   Look also at 10.0.2.9, 10.0.2.11, which the source reached.
                   Whose host: aws ec2 describe-network-interfaces --filters \\
                     Name=addresses.private-ip-address,Values=10.0.3.17

            WHY    15 ports of one host, or 25 hosts, within an hour
                   (ALERT_THRESHOLDS=scan-ports=15,scan-hosts=25).
            LESS   Raise the threshold. QUIET does not hide what got through.
            AGAIN  Not before 2026-11-24 07:13 UTC while it goes on. After an hour's silence it counts as new.

            Its records: https://…
            """);
  }

  @Test
  void of_outsideScan() {
    assertThat(written("outside scan"))
        .isEqualTo(
            """
            [Flowbell LOW] prod eu-west-1: 198.51.100.7 scans 100+ ports of 10.0.2.98, rejected

            A source outside, 198.51.100.7, is scanning: it tried at least 100 ports of 10.0.2.98.
            These attempts were rejected. Whether it reached anything else is not known.

            WHO    198.51.100.7 (outside)
            TRIED  at least 100 ports of 10.0.2.98: port 1, port 2, port 3, port 4 and others
            SEEN   at eni-0a1b2c3d, i-01234567, subnet-0aa1, vpc-0bb2
            SINCE  2026-11-23 07:01 UTC, for 12 min, in at least 2 different minutes
            WHERE  stack prod, account 123456789010, eu-west-1, log group /vpc/flow-logs

            NEXT   Nothing needs to be opened. Close what need not be public.

            WHY    100 ports of one host within an hour (ALERT_THRESHOLDS=outside-scan-ports=100).
            LESS   If this is expected: QUIET="198.51.100.7/32 scan", or a higher threshold.
            AGAIN  Not before 2026-11-24 07:13 UTC while it goes on, unless something gets through. After an
                   hour's silence it counts as new.

            Its records: https://…
            """);
  }

  @Test
  void of_outsideScanGotThrough() {
    assertThat(written("outside scan, got through"))
        .isEqualTo(
            """
            [Flowbell MEDIUM] prod: 198.51.100.7 GOT THROUGH to 10.0.2.98:443 (https), tries 100+ ports

            A source outside, 198.51.100.7, is scanning: it tried at least 100 ports of 10.0.2.98.
            It GOT THROUGH: it exchanged accepted traffic with 10.0.2.98:443 (https).
            What it reached before Flowbell noticed it is not known.

            WHO    198.51.100.7 (outside)
            TRIED  at least 100 ports of 10.0.2.98: port 1, port 2, port 3, port 4 and others
            SEEN   at eni-0a1b2c3d, i-01234567, subnet-0aa1, vpc-0bb2
            SINCE  2026-11-23 07:01 UTC, for 12 min, in at least 2 different minutes
            WHERE  stack prod, account 123456789010, eu-west-1, log group /vpc/flow-logs

            NEXT   Should 10.0.2.98:443 (https) be open to the internet? If not, close it and look at the host.

            WHY    100 ports of one host within an hour (ALERT_THRESHOLDS=outside-scan-ports=100).
            LESS   Raise the threshold. QUIET does not hide what got through.
            AGAIN  Not before 2026-11-24 07:13 UTC while it goes on. After an hour's silence it counts as new.

            Its records: https://…
            """);
  }

  @Test
  void of_test() {
    assertThat(written("test"))
        .isEqualTo(
            """
            [Flowbell LOW TEST] prod eu-west-1: 198.51.100.7 scans 100+ ports of 10.0.2.98, rejected

            THIS IS A TEST by "flowbell doctor --send-test". Nothing happened: the records are made up.
            A source outside, 198.51.100.7, is scanning: it tried at least 100 ports of 10.0.2.98.
            These attempts were rejected. Whether it reached anything else is not known.

            WHO    198.51.100.7 (outside)
            TRIED  at least 100 ports of 10.0.2.98: port 1, port 2, port 3, port 4 and others
            SEEN   at eni-00000000000000000, i-00000000000000000, subnet-00000000000000000,
                   vpc-00000000000000000
            SINCE  2026-11-23 07:01 UTC, for 12 min, in at least 2 different minutes
            WHERE  stack prod, account 123456789010, eu-west-1, log group /vpc/flow-logs

            NEXT   Nothing to do: metrics and notifications work.

            WHY    100 ports of one host within an hour (ALERT_THRESHOLDS=outside-scan-ports=100).

            Its records: https://…
            """);
  }

  @Test
  void of_blockedConnection() {
    assertThat(written("blocked, one source"))
        .isEqualTo(
            """
            [Flowbell MEDIUM] prod eu-west-1: 10.0.1.5 can't reach 10.0.0.11:5432 (postgresql)

            10.0.1.5 can't reach 10.0.0.11:5432 (postgresql), again and again.
            A security group or network ACL rejects it, most likely inbound at the destination.

            WHO    10.0.1.5 (inside)
            TRIED  10.0.0.11:5432 (postgresql)
            SEEN   at eni-0a1b2c3d, i-01234567, subnet-0aa1, vpc-0bb2
            SINCE  2026-11-23 07:01 UTC, for 12 min, in at least 7 different minutes
            WHERE  stack prod, account 123456789010, eu-west-1, log group /vpc/flow-logs

            NEXT   If it should connect, allow port 5432 (postgresql) inbound from 10.0.1.5 in the group and ACL
                   of 10.0.0.11.
                   If eni-0a1b2c3d is the source's own interface, allow it outbound there.
                   If it worked before, look in CloudTrail for what changed at that time.
                   Its groups: aws ec2 describe-network-interfaces --network-interface-ids eni-0a1b2c3d
                   Its ACL: aws ec2 describe-network-acls --filters \\
                     Name=association.subnet-id,Values=subnet-0aa1

            WHY    Within half an hour, the same door blocked in 5 different minutes (or 2 windows of ten
                   minutes), or 100 times, or for 10 sources
                   (ALERT_THRESHOLDS=blocked-minutes=5,blocked-records=100,blocked-sources=10).
            LESS   If this is expected: QUIET="10.0.0.11/32 5432 blocked-connection", or a higher threshold.
            AGAIN  Not before 2026-11-24 07:13 UTC while it goes on. After an hour's silence it counts as new.

            Its records: https://…
            """);
  }

  @Test
  void of_blockedBehindNat() {
    assertThat(written("blocked, NAT"))
        .isEqualTo(
            """
            [Flowbell MEDIUM] prod eu-west-1: 10.0.1.5 can't reach 10.0.0.11:5432 (postgresql)

            10.0.1.5 can't reach 10.0.0.11:5432 (postgresql), again and again.
            A security group or network ACL rejects it, most likely inbound at the destination.

            WHO    10.0.1.5 (inside), behind the NAT device 10.0.0.220: rules see that address
            TRIED  10.0.0.11:5432 (postgresql)
            SEEN   at eni-0a1b2c3d, i-01234567, subnet-0aa1, vpc-0bb2
            SINCE  2026-11-23 07:01 UTC, for 12 min, in at least 7 different minutes
            WHERE  stack prod, account 123456789010, eu-west-1, log group /vpc/flow-logs

            NEXT   If it should connect, allow port 5432 (postgresql) inbound from 10.0.0.220 in the group and
                   ACL of 10.0.0.11.
                   If eni-0a1b2c3d is the source's own interface, allow it outbound there.
                   If it worked before, look in CloudTrail for what changed at that time.
                   Its groups: aws ec2 describe-network-interfaces --network-interface-ids eni-0a1b2c3d
                   Its ACL: aws ec2 describe-network-acls --filters \\
                     Name=association.subnet-id,Values=subnet-0aa1

            WHY    Within half an hour, the same door blocked in 5 different minutes (or 2 windows of ten
                   minutes), or 100 times, or for 10 sources
                   (ALERT_THRESHOLDS=blocked-minutes=5,blocked-records=100,blocked-sources=10).
            LESS   If this is expected: QUIET="10.0.0.11/32 5432 blocked-connection", or a higher threshold.
            AGAIN  Not before 2026-11-24 07:13 UTC while it goes on. After an hour's silence it counts as new.

            Its records: https://…
            """);
  }

  @Test
  void of_blockedEgress() {
    assertThat(written("blocked, egress"))
        .isEqualTo(
            """
            [Flowbell MEDIUM] prod eu-west-1: 10.0.1.5 can't reach 10.0.0.11:5432 (postgresql)

            10.0.1.5 can't reach 10.0.0.11:5432 (postgresql), again and again.
            The source's own side rejects it: an outbound rule of its security group or network ACL.

            WHO    10.0.1.5 (inside)
            TRIED  10.0.0.11:5432 (postgresql)
            SEEN   at eni-0a1b2c3d, i-01234567, subnet-0aa1, vpc-0bb2
            SINCE  2026-11-23 07:01 UTC, for 12 min, in at least 7 different minutes
            WHERE  stack prod, account 123456789010, eu-west-1, log group /vpc/flow-logs

            NEXT   If it should connect, allow port 5432 (postgresql) outbound to 10.0.0.11 in the group and ACL
                   of 10.0.1.5.
                   If it worked before, look in CloudTrail for what changed at that time.
                   Its groups: aws ec2 describe-network-interfaces --network-interface-ids eni-0a1b2c3d
                   Its ACL: aws ec2 describe-network-acls --filters \\
                     Name=association.subnet-id,Values=subnet-0aa1

            WHY    Within half an hour, the same door blocked in 5 different minutes (or 2 windows of ten
                   minutes), or 100 times, or for 10 sources
                   (ALERT_THRESHOLDS=blocked-minutes=5,blocked-records=100,blocked-sources=10).
            LESS   If this is expected: QUIET="10.0.0.11/32 5432 blocked-connection", or a higher threshold.
            AGAIN  Not before 2026-11-24 07:13 UTC while it goes on. After an hour's silence it counts as new.

            Its records: https://…
            """);
  }

  @Test
  void of_blockedFleet() {
    assertThat(written("blocked, fleet"))
        .isEqualTo(
            """
            [Flowbell MEDIUM] prod eu-west-1: 12+ hosts can't reach 10.0.0.11:5432 (postgresql)

            At least 12 hosts of yours can't reach 10.0.0.11:5432 (postgresql), again and again.
            A security group or network ACL rejects it, most likely inbound at the destination.

            WHO    at least 12 sources: 10.0.1.5, 10.0.1.6, 10.0.1.7, 10.0.1.8 and others
            TRIED  10.0.0.11:5432 (postgresql)
            SEEN   at least 4 interfaces, last at eni-0a1b2c3d, i-01234567, subnet-0aa1, vpc-0bb2
            SINCE  2026-11-23 07:01 UTC, for 12 min, in at least 7 different minutes
            WHERE  stack prod, account 123456789010, eu-west-1, log group /vpc/flow-logs

            NEXT   If it should connect, allow port 5432 (postgresql) inbound from its clients in the group and
                   ACL of 10.0.0.11.
                   If eni-0a1b2c3d is the source's own interface, allow it outbound there.
                   If it worked before, look in CloudTrail for what changed at that time.
                   Its groups: aws ec2 describe-network-interfaces --network-interface-ids eni-0a1b2c3d
                   Its ACL: aws ec2 describe-network-acls --filters \\
                     Name=association.subnet-id,Values=subnet-0aa1

            WHY    Within half an hour, the same door blocked in 5 different minutes (or 2 windows of ten
                   minutes), or 100 times, or for 10 sources
                   (ALERT_THRESHOLDS=blocked-minutes=5,blocked-records=100,blocked-sources=10).
            LESS   If this is expected: QUIET="10.0.0.11/32 5432 blocked-connection", or a higher threshold.
            AGAIN  Not before 2026-11-24 07:13 UTC while it goes on. After an hour's silence it counts as new.

            Its records: https://…
            """);
  }

  @Test
  void of_answersDropped() {
    assertThat(written("answers dropped, request accepted"))
        .isEqualTo(
            """
            [Flowbell MEDIUM] prod eu-west-1: answers of 10.0.0.11:443 (https) are dropped by a network ACL

            10.0.0.11:443 (https) answers its clients, and the answers are rejected: clients see a timeout.
            The requests were accepted, so a network ACL does it: security groups keep state.

            SERVER 10.0.0.11:443 (https)
            WHO    at least 3 clients: 10.0.1.5, 10.0.1.6, 198.51.100.9
            LOST   at least 14 answers, in at least 4 minutes
            SEEN   at eni-0a1b2c3d, i-01234567, subnet-0aa1, vpc-0bb2
            SINCE  2026-11-23 07:01 UTC, for 12 min; it still goes on, a day or more after the last notification
            WHERE  stack prod, account 123456789010, eu-west-1, log group /vpc/flow-logs

            NEXT   Allow ports 1024-65535 outbound in the network ACL of the server's subnet.
                   Its ACL: aws ec2 describe-network-acls --filters \\
                     Name=association.subnet-id,Values=subnet-0aa1

            WHY    10 rejected answers within an hour, in two different minutes or more
                   (ALERT_THRESHOLDS=dropped-answers=10).
            LESS   If this is expected: QUIET="10.0.0.11/32 443 answers-dropped", or a higher threshold.
            AGAIN  Not before 2026-11-24 07:13 UTC while it goes on. After an hour's silence it counts as new.

            Its records: https://…
            """);
  }

  @Test
  void of_rejectsInside() {
    assertThat(written("rejects, inside"))
        .isEqualTo(
            """
            [Flowbell LOW] prod eu-west-1: INSIDE 10.0.1.5 was rejected 1,204+ times

            A host of yours, 10.0.1.5, was rejected at least 1,204 times within an hour, on at least 3 hosts.

            WHO    10.0.1.5 (inside)
            TRIED  10.0.2.98:80 (http), 10.0.2.98:8081
            SEEN   at eni-0a1b2c3d, i-01234567, subnet-0aa1, vpc-0bb2
            SINCE  2026-11-23 07:01 UTC, for 12 min
            WHERE  stack prod, account 123456789010, eu-west-1, log group /vpc/flow-logs

            NEXT   Ask the owner of 10.0.1.5 what it tries to reach.
                   Whose host: aws ec2 describe-network-interfaces --filters \\
                     Name=addresses.private-ip-address,Values=10.0.1.5

            WHY    1,000 rejected attempts within an hour (ALERT_THRESHOLDS=rejects=1000).
            LESS   If this is expected: QUIET="10.0.1.5/32 rejects", or a higher threshold.
            AGAIN  Not before 2026-11-24 07:13 UTC while it goes on. After an hour's silence it counts as new.

            Its records: https://…
            """);
  }

  @Test
  void of_unreadable() {
    assertThat(written("unreadable"))
        .isEqualTo(
            """
            [Flowbell MEDIUM] prod eu-west-1: can't read flow log records of /vpc/flow-logs

            Flowbell can't read at least 12 lines of this log group: wrong field count, broken json.
            What they say is in no metric and in no notification.

            SINCE  2026-11-23 07:01 UTC
            WHERE  stack prod, account 123456789010, eu-west-1, log group /vpc/flow-logs

            NEXT   Set LOG_FORMAT to the LogFormat of the flow logs that deliver here.
                   Which format: aws ec2 describe-flow-logs --query 'FlowLogs[].[LogGroupName,LogFormat]'

            WHY    5 unreadable records within an hour (ALERT_THRESHOLDS=unreadable-records=5).
            LESS   If this is expected: QUIET="0.0.0.0/0 unreadable-records", or a higher threshold.
            AGAIN  Not before 2026-11-24 07:01 UTC while it goes on. After an hour's silence it counts as new.

            Its records: https://…
            """);
  }

  @Test
  void of_skipped() {
    assertThat(written("skipped"))
        .isEqualTo(
            """
            [Flowbell LOW] prod eu-west-1: AWS skipped flow log records of /vpc/flow-logs

            AWS skipped at least 1 window of records (log-status SKIPDATA): counts are too low for that time.

            SEEN   at eni-0a1b2c3d
            SINCE  2026-11-23 07:01 UTC
            WHERE  stack prod, account 123456789010, eu-west-1, log group /vpc/flow-logs

            NEXT   Nothing to fix: AWS lost these records. Other logs may cover that time.

            WHY    1 skipped window within an hour (ALERT_THRESHOLDS=skipped-windows=1).
            LESS   If this is expected: QUIET="0.0.0.0/0 skipped-windows", or a higher threshold.
            AGAIN  Not before 2026-11-24 07:01 UTC while it goes on. After an hour's silence it counts as new.

            Its records: https://…
            """);
  }

  private static String written(String name) {
    AlertMessage message =
        AlertMessage.of(Objects.requireNonNull(SampleAlerts.all().get(name)), SampleAlerts.CONTEXT);
    return message.subject() + "\n\n" + message.text().replaceAll("https://\\S+", "https://…");
  }

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
            Thresholds.DEFAULT);
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
            alert, new NotificationContext(stack, region, "", "", Thresholds.DEFAULT))
        .subject();
  }

  @Test
  void text_withoutLogGroupHasNoLink() {
    AlertMessage message =
        AlertMessage.of(
            SampleAlerts.rejects("10.0.1.5", true),
            new NotificationContext(null, null, "", "", Thresholds.DEFAULT));

    assertThat(message.text()).doesNotContain("https://", "WHERE");
    assertThat(Json.parseObject(message.json())).containsEntry("insights", null);
  }

  @Test
  void text_leavesOutThresholdsThatAreOff() {
    AlertMessage message =
        AlertMessage.of(
            SampleAlerts.insideByHosts(List.of(), Occasion.NEW),
            new NotificationContext(
                null, null, "", "", Thresholds.parse("scan-ports=0,scan-hosts=7")));

    assertThat(message.text())
        .contains("\nWHY    7 hosts, within an hour (ALERT_THRESHOLDS=scan-hosts=7).\n");
  }

  @Test
  void text_linkShowsAcceptedRecordsWhereTheyMatter() {
    assertThat(link(SampleAlerts.insideByHosts(List.of(), Occasion.NEW))).contains("REJECT");
    assertThat(link(SampleAlerts.insideUnanswered())).doesNotContain("REJECT");
    assertThat(
            link(
                SampleAlerts.insideByHosts(
                    List.of(SampleAlerts.door("10.0.2.9:445")), Occasion.NEW)))
        .doesNotContain("REJECT");
    assertThat(link(SampleAlerts.answers(true, true))).doesNotContain("REJECT");
  }

  private static String link(Alert alert) {
    return AlertMessage.of(alert, SampleAlerts.CONTEXT).text().lines().toList().getLast();
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
            "title":"HIGH: INSIDE 10.0.3.17 tries port 445 (smb) at 25+ hosts, rejected",
            "description":"A host INSIDE your networks, 10.0.3.17,\s
            is scanning: it tried at least 25 hosts on port 445 (smb).\\nThese attempts were\s
            rejected. Whether it reached anything else is not known.\\n*WHO* 10.0.3.17\s
            (inside)\\n*TRIED* at least 25 hosts on port 445 (smb): 10.0.2.1, 10.0.2.2,\s
            10.0.2.3, 10.0.2.4 and others\\n*SEEN* at least 3 interfaces, last at eni-0a1b2c3d,\s
            i-01234567, subnet-0aa1, vpc-0bb2\\n*SINCE* 2026-11-23 07:01 UTC, for 12 min,\s
            in at least 12 different minutes\\n*WHERE* stack prod, account 123456789010,\s
            eu-west-1, log group /vpc/flow-logs",
            "nextSteps":["Look at 10.0.3.17 now: what runs there,\s
            and who is logged in? Isolate it if nobody can tell.",
            "Whose host: aws ec2 describe-network-interfaces --filters\s
            Name=addresses.private-ip-address,Values=10.0.3.17"],"keywords":["flowbell","high",
            "scan"]},"metadata":{"threadId":"scan/10.0.3.17",
            "summary":"INSIDE 10.0.3.17 tries port 445 (smb) at 25+ hosts, rejected",
            "eventType":"scan"}}\
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
            "instanceId":"i-01234567","subnetId":"subnet-0aa1","vpcId":"vpc-0bb2"}]}\
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
