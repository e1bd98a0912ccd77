package dev.flowbell.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.judge.Alert;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// Whole notifications, as somebody who is woken by them reads them.
class AlertTextTest {
  @Test
  void insideScan() {
    assertThat(written("inside scan by hosts"))
        .isEqualTo(
            """
            [Flowbell HIGH] prod eu-west-1: INSIDE 10.0.3.17 tries port 445 (smb) at 25+ hosts, rejected

            A host INSIDE your networks acts like a scanner, and is rejected.
            Whether it reached anything else is not known; its records show it if accepted traffic is logged.

            WHO    10.0.3.17 (inside)
            TRIED  at least 25 hosts on port 445 (smb): 10.0.2.1, 10.0.2.2, 10.0.2.3, 10.0.2.4 and others
            SEEN   at least 3 interfaces, such as eni-0a1b2c3d (its own, or that of a host it tried),
                   i-01234567, subnet-0aa1, vpc-0bb2
            WHEN   2026-11-23, first 07:01 UTC, last 07:13 UTC when this was sent, in at least 12 minutes
            WHERE  stack prod, account 123456789010, eu-west-1, log group /vpc/flow-logs

            NEXT   Look at 10.0.3.17 now: what runs there, and who is logged in?
                   Whose host: aws ec2 describe-network-interfaces --region eu-west-1 --filters \\
                     Name=addresses.private-ip-address,Values=10.0.3.17
                   No result: it is in another account or Region, a peered network, or on-premises.
                   If nobody can tell, isolate it: only a group without rules on its interface; keep it running.

            RANG   Within an hour: 25 hosts (AlertThresholds: scan-hosts=25).
            LESS   If this is expected, add 10.0.3.17/32 scan to the parameter Quiet, or raise scan-hosts.
            AGAIN  From 2026-11-24 07:13 UTC; sooner if it gets through, or stops for an hour and comes back.

            Its records: https://…
            """);
  }

  @Test
  void insideScan_gotThrough() {
    assertThat(written("inside scan by hosts, got through"))
        .isEqualTo(
            """
            [Flowbell HIGH] prod eu-west-1: INSIDE 10.0.3.17 GOT THROUGH to 10.0.2.9:445 (smb), tries 25+ hosts

            A host INSIDE your networks acts like a scanner.
            It GOT THROUGH: the rules let it pass to 10.0.2.9:445 (smb), 10.0.2.11:445 (smb).
            What it reached before Flowbell noticed it is not known: look for ACCEPT in its records below.

            WHO    10.0.3.17 (inside)
            TRIED  at least 25 hosts on port 445 (smb): 10.0.2.1, 10.0.2.2, 10.0.2.3, 10.0.2.4 and others
            SEEN   at least 3 interfaces, such as eni-0a1b2c3d (its own, or that of a host it tried),
                   i-01234567, subnet-0aa1, vpc-0bb2
            WHEN   2026-11-23, first 07:01 UTC, last 07:13 UTC when this was sent, in at least 12 minutes
                   Sent again: it got through after the last notification.
            WHERE  stack prod, account 123456789010, eu-west-1, log group /vpc/flow-logs

            NEXT   Look at 10.0.3.17 now: what runs there, and who is logged in?
                   Whose host: aws ec2 describe-network-interfaces --region eu-west-1 --filters \\
                     Name=addresses.private-ip-address,Values=10.0.3.17
                   No result: it is in another account or Region, a peered network, or on-premises.
                   Look also at 10.0.2.9, 10.0.2.11, to which the rules let it pass.
                   If nobody can tell, isolate it: only a group without rules on its interface; keep it running.

            RANG   Within an hour: 25 hosts (AlertThresholds: scan-hosts=25).
            LESS   Raise scan-hosts. The parameter Quiet can't hide what got through.
            AGAIN  From 2026-11-24 07:13 UTC; sooner if it stops for an hour and comes back.

            Its records: https://…
            """);
  }

  @Test
  void insideScan_maskedSource() {
    assertThat(written("inside scan by ports"))
        .isEqualTo(
            """
            [Flowbell HIGH] prod eu-west-1: INSIDE 10.0.3.17 tries 15+ ports of 10.0.2.98, rejected

            A host INSIDE your networks acts like a scanner, and is rejected.
            Whether it reached anything else is not known; its records show it if accepted traffic is logged.

            WHO    10.0.3.17 (inside), by way of 10.0.0.220 (NAT, gateway or node; others may use it too)
            TRIED  at least 15 ports of 10.0.2.98: 22 (ssh), 23 (telnet), 81
            SEEN   eni-0a1b2c3d (its own, that of 10.0.0.220, or that of a host it tried), i-01234567,
                   subnet-0aa1, vpc-0bb2
            WHEN   2026-11-23 07:01 UTC
            WHERE  stack prod, account 123456789010, eu-west-1, log group /vpc/flow-logs

            NEXT   Look at 10.0.3.17 now: what runs there, and who is logged in?
                   Whose host: aws ec2 describe-network-interfaces --region eu-west-1 --filters \\
                     Name=addresses.private-ip-address,Values=10.0.3.17
                   No result: it is in another account or Region, a peered network, or on-premises.
                   If nobody can tell, isolate it: only a group without rules on its interface; keep it running.

            RANG   Within an hour: 15 ports of one host (AlertThresholds: scan-ports=15).
            LESS   If this is expected, add 10.0.3.17/32 scan to the parameter Quiet, or raise scan-ports.
            AGAIN  From 2026-11-24 07:01 UTC; sooner if it gets through, or stops for an hour and comes back.

            Its records: https://…
            """);
  }

  @Test
  void insideScan_egressRecords() {
    assertThat(written("inside scan, IPv6"))
        .isEqualTo(
            """
            [Flowbell HIGH] prod eu-west-1: INSIDE 2001:db8::17 tries 15+ ports of 2001:db8::98, rejected

            A host INSIDE your networks acts like a scanner, and is rejected.
            Whether it reached anything else is not known; its records show it if accepted traffic is logged.

            WHO    2001:db8::17 (inside)
            TRIED  at least 15 ports of 2001:db8::98: 22 (ssh), 23 (telnet), 81
            SEEN   eni-0a1b2c3d4e5f60718 (2001:db8::17's own interface), i-0a1b2c3d4e5f60719,
                   subnet-0a1b2c3d4e5f6071a, vpc-0a1b2c3d4e5f6071b
            WHEN   2026-11-23 07:01 UTC
            WHERE  stack prod, account 123456789010, eu-west-1, log group /vpc/flow-logs

            NEXT   Look at 2001:db8::17 now: what runs there, and who is logged in?
                   Whose host: aws ec2 describe-network-interfaces --region eu-west-1 --filters \\
                     Name=ipv6-addresses.ipv6-address,Values=2001:db8::17
                   No result: it is in another account or Region, a peered network, or on-premises.
                   If nobody can tell, isolate it: only a group without rules on its interface; keep it running.

            RANG   Within an hour: 15 ports of one host (AlertThresholds: scan-ports=15).
            LESS   If this is expected, add 2001:db8::17/128 scan to the parameter Quiet, or raise scan-ports.
            AGAIN  From 2026-11-24 07:01 UTC; sooner if it gets through, or stops for an hour and comes back.

            Its records: https://…
            """);
  }

  @Test
  void insideScan_unanswered() {
    assertThat(written("inside scan, unanswered"))
        .isEqualTo(
            """
            [Flowbell HIGH] prod eu-west-1: INSIDE 10.0.3.17 tries 2+ ports at 251+ hosts, no answer seen

            A host INSIDE your networks acts like a scanner. Its handshakes were let out; no answer was seen.
            Whether it reached anything is not known; its records show it if accepted traffic is logged.

            WHO    10.0.3.17 (inside)
            TRIED  at least 251 hosts and at least 2 ports: 10.0.2.1:22 (ssh), 10.0.2.2:3389 (rdp)
            WHEN   2026-11-23, first 07:01 UTC, last 07:13 UTC when this was sent, in at least 31 minutes
                   Sent again: it now tries ten times as many hosts as the threshold.
            WHERE  stack prod, account 123456789010, eu-west-1, log group /vpc/flow-logs

            NEXT   Look at 10.0.3.17 now: what runs there, and who is logged in?
                   Whose host: aws ec2 describe-network-interfaces --region eu-west-1 --filters \\
                     Name=addresses.private-ip-address,Values=10.0.3.17
                   No result: it is in another account or Region, a peered network, or on-premises.
                   If nobody can tell, isolate it: only a group without rules on its interface; keep it running.

            RANG   Within an hour: 25 hosts (AlertThresholds: scan-hosts=25).
            LESS   If this is expected, add 10.0.3.17/32 scan to the parameter Quiet, or raise scan-hosts.
            AGAIN  From 2026-11-24 07:13 UTC; sooner if it gets through, or stops for an hour and comes back.

            Its records: https://…
            """);
  }

  @Test
  void outsideScan() {
    assertThat(written("outside scan"))
        .isEqualTo(
            """
            [Flowbell LOW] prod eu-west-1: 198.51.100.7 tries 100+ ports of 10.0.2.98, rejected

            A source outside acts like a scanner, and is rejected.
            Whether it reached anything else is not known; its records show it if accepted traffic is logged.

            WHO    198.51.100.7 (outside)
            TRIED  at least 100 ports of 10.0.2.98: 1, 2, 3, 4 and others
            SEEN   eni-0a1b2c3d, i-01234567, subnet-0aa1, vpc-0bb2
            WHEN   2026-11-23, first 07:01 UTC, last 07:13 UTC when this was sent, in at least 2 minutes
            WHERE  stack prod, account 123456789010, eu-west-1, log group /vpc/flow-logs

            NEXT   Nothing to do tonight, unless 198.51.100.7 is yours or a partner's and should get in.
                   By day: if 10.0.2.98 need not be public, take away its public address.

            RANG   Within an hour: 100 ports of one host (AlertThresholds: outside-scan-ports=100).
            LESS   If this is expected, add 198.51.100.7/32 scan to the parameter Quiet, or raise
                   outside-scan-ports.
            AGAIN  From 2026-11-24 07:13 UTC; sooner if it gets through, or stops for an hour and comes back.

            Its records: https://…
            """);
  }

  @Test
  void outsideScan_gotThrough() {
    assertThat(written("outside scan, got through"))
        .isEqualTo(
            """
            [Flowbell MEDIUM] prod: 198.51.100.7 GOT THROUGH to 10.0.2.98:443 (https), tries 100+ ports

            A source outside acts like a scanner.
            It GOT THROUGH: the rules let it pass to 10.0.2.98:443 (https).
            What it reached before Flowbell noticed it is not known: look for ACCEPT in its records below.

            WHO    198.51.100.7 (outside)
            TRIED  at least 100 ports of 10.0.2.98: 1, 2, 3, 4 and others
            SEEN   eni-0a1b2c3d, i-01234567, subnet-0aa1, vpc-0bb2
            WHEN   2026-11-23, first 07:01 UTC, last 07:13 UTC when this was sent, in at least 2 minutes
            WHERE  stack prod, account 123456789010, eu-west-1, log group /vpc/flow-logs

            NEXT   Should 10.0.2.98:443 (https) be open to the internet? If so, nothing to do tonight.
                   If not, remove the inbound rule in its groups, then check the host for logins:
                   aws ec2 describe-network-interfaces --region eu-west-1 --filters \\
                     Name=addresses.private-ip-address,Values=10.0.2.98
                   No result: it is in another account or Region, a peered network, or on-premises.

            RANG   Within an hour: 100 ports of one host (AlertThresholds: outside-scan-ports=100).
            LESS   Raise outside-scan-ports. The parameter Quiet can't hide what got through.
            AGAIN  From 2026-11-24 07:13 UTC; sooner if it stops for an hour and comes back.

            Its records: https://…
            """);
  }

  @Test
  void test() {
    assertThat(written("test"))
        .isEqualTo(
            """
            [Flowbell LOW TEST] prod eu-west-1: 198.51.100.7 tries 100+ ports of 10.0.2.98, rejected

            THIS IS A TEST by "flowbell doctor --send-test". Nothing happened: the records are made up.
            A source outside acts like a scanner, and is rejected.
            Whether it reached anything else is not known; its records show it if accepted traffic is logged.

            WHO    198.51.100.7 (outside)
            TRIED  at least 100 ports of 10.0.2.98: 1, 2, 3, 4 and others
            SEEN   eni-00000000000000000, i-00000000000000000, subnet-00000000000000000, vpc-00000000000000000
            WHEN   2026-11-23, first 07:01 UTC, last 07:13 UTC when this was sent, in at least 2 minutes
            WHERE  stack prod, account 123456789010, eu-west-1, log group /vpc/flow-logs

            NEXT   Nothing to do: metrics and notifications work.

            RANG   Within an hour: 100 ports of one host (AlertThresholds: outside-scan-ports=100).

            Its records: https://…
            """);
  }

  @Test
  void blocked() {
    assertThat(written("blocked, one source"))
        .isEqualTo(
            """
            [Flowbell MEDIUM] prod eu-west-1: 10.0.1.5 can't reach 10.0.0.11:5432 (postgresql)

            A host of yours can't connect, again and again.
            A security group or network ACL rejects it, most likely inbound at the destination.

            WHO    10.0.1.5 (inside)
            TRIED  10.0.0.11:5432 (postgresql)
            SEEN   eni-0a1b2c3d (the source's or destination's), i-01234567, subnet-0aa1, vpc-0bb2
            WHEN   2026-11-23, first 07:01 UTC, last 07:13 UTC when this was sent, in at least 7 minutes
            WHERE  stack prod, account 123456789010, eu-west-1, log group /vpc/flow-logs

            NEXT   If it should connect, see whose interface it is (PrivateIpAddress), and its groups:
                   aws ec2 describe-network-interfaces --region eu-west-1 --network-interface-ids eni-0a1b2c3d
                   Its ACL: aws ec2 describe-network-acls --region eu-west-1 --filters \\
                     Name=association.subnet-id,Values=subnet-0aa1
                   If it is 10.0.0.11's: allow tcp 5432 inbound from 10.0.1.5/32 where group or ACL lacks it.
                   If it is 10.0.1.5's: allow tcp 5432 outbound to 10.0.0.11/32 where group or ACL lacks it.
                   If it worked before, look in CloudTrail for what changed before 2026-11-23 07:01 UTC.

            RANG   Within half an hour: blocked in 5 minutes (or 2 windows of ten), or 100 rejected records
                   (AlertThresholds: blocked-minutes=5,blocked-records=100).
            LESS   If this is expected, add 10.0.0.11/32 5432 blocked-connection to the parameter Quiet, or
                   raise blocked-minutes and blocked-records.
            AGAIN  From 2026-11-24 07:13 UTC; sooner if it stops for an hour and comes back.

            Its records: https://…
            """);
  }

  @Test
  void blocked_maskedSource() {
    assertThat(written("blocked, NAT"))
        .isEqualTo(
            """
            [Flowbell MEDIUM] prod eu-west-1: 10.0.1.5 can't reach 10.0.0.11:5432 (postgresql)

            A host of yours can't connect, again and again.
            A security group or network ACL rejects it, most likely inbound at the destination.

            WHO    10.0.1.5 (inside), by way of 10.0.0.220 (NAT, gateway or node; others may use it too)
            TRIED  10.0.0.11:5432 (postgresql)
            SEEN   eni-0a1b2c3d (the source's or destination's), i-01234567, subnet-0aa1, vpc-0bb2
            WHEN   2026-11-23, first 07:01 UTC, last 07:13 UTC when this was sent, in at least 7 minutes
            WHERE  stack prod, account 123456789010, eu-west-1, log group /vpc/flow-logs

            NEXT   If it should connect, see whose interface it is (PrivateIpAddress), and its groups:
                   aws ec2 describe-network-interfaces --region eu-west-1 --network-interface-ids eni-0a1b2c3d
                   Its ACL: aws ec2 describe-network-acls --region eu-west-1 --filters \\
                     Name=association.subnet-id,Values=subnet-0aa1
                   If it is 10.0.0.11's: allow tcp 5432 inbound from 10.0.0.220/32 where group or ACL lacks it.
                   If it is 10.0.1.5's: allow tcp 5432 outbound to 10.0.0.11/32 where group or ACL lacks it.
                   If it worked before, look in CloudTrail for what changed before 2026-11-23 07:01 UTC.

            RANG   Within half an hour: blocked in 5 minutes (or 2 windows of ten), or 100 rejected records
                   (AlertThresholds: blocked-minutes=5,blocked-records=100).
            LESS   If this is expected, add 10.0.0.11/32 5432 blocked-connection to the parameter Quiet, or
                   raise blocked-minutes and blocked-records.
            AGAIN  From 2026-11-24 07:13 UTC; sooner if it stops for an hour and comes back.

            Its records: https://…
            """);
  }

  @Test
  void blocked_egressRecords() {
    assertThat(written("blocked, egress"))
        .isEqualTo(
            """
            [Flowbell MEDIUM] prod eu-west-1: 10.0.1.5 can't reach 10.0.0.11:5432 (postgresql)

            A host of yours can't connect, again and again.
            The source's own side rejects it: an outbound rule of its security group or network ACL.

            WHO    10.0.1.5 (inside)
            TRIED  10.0.0.11:5432 (postgresql)
            SEEN   eni-0a1b2c3d (10.0.1.5's own interface), i-01234567, subnet-0aa1, vpc-0bb2
            WHEN   2026-11-23, first 07:01 UTC, last 07:13 UTC when this was sent, in at least 7 minutes
            WHERE  stack prod, account 123456789010, eu-west-1, log group /vpc/flow-logs

            NEXT   Read the outbound rules of the interface's groups and ACL:
                   Its groups: aws ec2 describe-network-interfaces --region eu-west-1 --network-interface-ids \\
                     eni-0a1b2c3d
                   Its ACL: aws ec2 describe-network-acls --region eu-west-1 --filters \\
                     Name=association.subnet-id,Values=subnet-0aa1
                   If it should connect, allow tcp 5432 outbound to 10.0.0.11/32 where group or ACL lacks it.
                   If it worked before, look in CloudTrail for what changed before 2026-11-23 07:01 UTC.

            RANG   Within half an hour: blocked in 5 minutes (or 2 windows of ten), or 100 rejected records
                   (AlertThresholds: blocked-minutes=5,blocked-records=100).
            LESS   If this is expected, add 10.0.0.11/32 5432 blocked-connection to the parameter Quiet, or
                   raise blocked-minutes and blocked-records.
            AGAIN  From 2026-11-24 07:13 UTC; sooner if it stops for an hour and comes back.

            Its records: https://…
            """);
  }

  @Test
  void blocked_unanswered() {
    assertThat(written("blocked, unanswered"))
        .isEqualTo(
            """
            [Flowbell MEDIUM] prod eu-west-1: 10.0.1.5 can't reach 10.0.0.11:5432 (postgresql)

            A host of yours can't connect, again and again.
            No record says that a rule rejects it, and no answer was seen.

            WHO    10.0.1.5 (inside)
            TRIED  10.0.0.11:5432 (postgresql)
            SEEN   eni-0a1b2c3d (the source's or destination's), i-01234567, subnet-0aa1, vpc-0bb2
            WHEN   2026-11-23, first 07:01 UTC, last 07:13 UTC when this was sent, in at least 7 minutes
            WHERE  stack prod, account 123456789010, eu-west-1, log group /vpc/flow-logs

            NEXT   Is 10.0.0.11 up, and does it listen? If so, look at its groups, its ACL and the routes:
                   Its groups: aws ec2 describe-network-interfaces --region eu-west-1 --filters \\
                     Name=addresses.private-ip-address,Values=10.0.0.11
                   No result: it is in another account or Region, a peered network, or on-premises.
                   If it worked before, look in CloudTrail for what changed before 2026-11-23 07:01 UTC.

            RANG   Within half an hour: blocked in 5 minutes (or 2 windows of ten) (AlertThresholds:
                   blocked-minutes=5).
            LESS   If this is expected, add 10.0.0.11/32 5432 blocked-connection to the parameter Quiet, or
                   raise blocked-minutes.
            AGAIN  From 2026-11-24 07:13 UTC; sooner if it stops for an hour and comes back.

            Its records: https://…
            """);
  }

  @Test
  void blocked_manySources() {
    assertThat(written("blocked, fleet"))
        .isEqualTo(
            """
            [Flowbell MEDIUM] prod eu-west-1: 12+ hosts can't reach 10.0.0.11:5432 (postgresql)

            Hosts of yours can't connect, again and again.
            A security group or network ACL rejects it, most likely inbound at the destination.

            WHO    at least 12 sources: 10.0.1.5, 10.0.1.6, 10.0.1.7, 10.0.1.8 and others
            TRIED  10.0.0.11:5432 (postgresql)
            SEEN   at least 4 interfaces, such as eni-0a1b2c3d (the source's or destination's), i-01234567,
                   subnet-0aa1, vpc-0bb2
            WHEN   2026-11-23, first 07:01 UTC, last 07:13 UTC when this was sent, in at least 7 minutes
            WHERE  stack prod, account 123456789010, eu-west-1, log group /vpc/flow-logs

            NEXT   If it should connect, see whose interface it is (PrivateIpAddress), and its groups:
                   aws ec2 describe-network-interfaces --region eu-west-1 --network-interface-ids eni-0a1b2c3d
                   Its ACL: aws ec2 describe-network-acls --region eu-west-1 --filters \\
                     Name=association.subnet-id,Values=subnet-0aa1
                   If it is 10.0.0.11's: allow tcp 5432 inbound from its clients where group or ACL lacks it.
                   If it is a client's: allow tcp 5432 outbound to 10.0.0.11/32 where group or ACL lacks it.
                   If it worked before, look in CloudTrail for what changed before 2026-11-23 07:01 UTC.

            RANG   Within half an hour: blocked in 5 minutes (or 2 windows of ten), or 100 rejected records, or
                   10 sources (AlertThresholds: blocked-minutes=5,blocked-records=100,blocked-sources=10).
            LESS   If this is expected, add 10.0.0.11/32 5432 blocked-connection to the parameter Quiet, or
                   raise blocked-minutes, blocked-records and blocked-sources.
            AGAIN  From 2026-11-24 07:13 UTC; sooner if it stops for an hour and comes back.

            Its records: https://…
            """);
  }

  @Test
  void blocked_wholePort() {
    assertThat(written("blocked, port"))
        .isEqualTo(
            """
            [Flowbell MEDIUM] prod eu-west-1: 10.0.1.5 can't reach port 5432 (postgresql) at 6+ hosts

            A host of yours can't connect, again and again.
            A security group or network ACL rejects it, most likely inbound at the destination.

            WHO    10.0.1.5 (inside)
            TRIED  at least 6 hosts on port 5432 (postgresql): 10.0.0.11, 10.0.0.12, 10.0.0.13
            SEEN   eni-0a1b2c3d (the source's or destination's), i-01234567, subnet-0aa1, vpc-0bb2
            WHEN   2026-11-23, first 07:01 UTC, last 07:13 UTC when this was sent, in at least 7 minutes
            WHERE  stack prod, account 123456789010, eu-west-1, log group /vpc/flow-logs

            NEXT   If it should connect, see whose interface it is (PrivateIpAddress), and its groups:
                   aws ec2 describe-network-interfaces --region eu-west-1 --network-interface-ids eni-0a1b2c3d
                   Its ACL: aws ec2 describe-network-acls --region eu-west-1 --filters \\
                     Name=association.subnet-id,Values=subnet-0aa1
                   If it is a server's: allow tcp 5432 inbound from 10.0.1.5/32 where group or ACL lacks it.
                   If it is 10.0.1.5's: allow tcp 5432 outbound to those hosts where group or ACL lacks it.
                   If it worked before, look in CloudTrail for what changed before 2026-11-23 07:01 UTC.

            RANG   Within half an hour: blocked in 5 minutes (or 2 windows of ten), or 100 rejected records
                   (AlertThresholds: blocked-minutes=5,blocked-records=100).
            LESS   If this is expected, add 10.0.1.5/32 5432 blocked-connection to the parameter Quiet, or raise
                   blocked-minutes and blocked-records.
            AGAIN  From 2026-11-24 07:13 UTC; sooner if it stops for an hour and comes back.

            Its records: https://…
            """);
  }

  @Test
  void answersDropped_requestAccepted() {
    assertThat(written("answers dropped, request accepted"))
        .isEqualTo(
            """
            [Flowbell MEDIUM] prod eu-west-1: answers of 10.0.0.11:443 (https) are dropped by a network ACL

            A server of yours answers its clients, and the answers are rejected.
            The requests were accepted. Security groups keep state, so it is a network ACL.

            SERVER 10.0.0.11:443 (https)
            WHO    at least 3 clients: 10.0.1.5, 10.0.1.6, 198.51.100.9
            LOST   at least 14 answers
            SEEN   eni-0a1b2c3d (the server's own), i-01234567, subnet-0aa1, vpc-0bb2
            WHEN   2026-11-23, first 07:01 UTC, last 07:13 UTC when this was sent, in at least 4 minutes
                   Sent again: it goes on, a day or more after the last notification.
            WHERE  stack prod, account 123456789010, eu-west-1, log group /vpc/flow-logs

            NEXT   Read the ACL's outbound rules in order: a deny, or no allow, for these clients?
                   The ACL: aws ec2 describe-network-acls --region eu-west-1 --filters \\
                     Name=association.subnet-id,Values=subnet-0aa1
                   If not meant so, allow tcp 1024-65535 outbound to them, numbered below any deny.
                   If it worked before, look in CloudTrail for changes of this ACL before 2026-11-23 07:01 UTC.

            RANG   Within an hour, in two minutes or more: 10 rejected answers (AlertThresholds:
                   dropped-answers=10).
            LESS   If this is expected, add 10.0.0.11/32 443 answers-dropped to the parameter Quiet, or raise
                   dropped-answers.
            AGAIN  From 2026-11-24 07:13 UTC; sooner if it stops for an hour and comes back.

            Its records: https://…
            """);
  }

  @Test
  void answersDropped_requestUnknown() {
    assertThat(written("answers dropped, request unknown"))
        .isEqualTo(
            """
            [Flowbell MEDIUM] prod: answers of 10.0.0.11:443 (https) are dropped: network ACL or routing

            A server of yours answers its clients, and the answers are rejected.
            A network ACL drops them, or the requests took another way (asymmetric routing).

            SERVER 10.0.0.11:443 (https)
            WHO    at least 3 clients: 10.0.1.5, 10.0.1.6, 198.51.100.9
            LOST   at least 14 answers
            SEEN   eni-0a1b2c3d (the server's or a client's), i-01234567, subnet-0aa1, vpc-0bb2
            WHEN   2026-11-23, first 07:01 UTC, last 07:13 UTC when this was sent, in at least 4 minutes
                   Sent again: it goes on, a day or more after the last notification.
            WHERE  stack prod, account 123456789010, eu-west-1, log group /vpc/flow-logs

            NEXT   Read its rules (outbound at the server, inbound at a client) in order: a deny, or no allow?
                   The ACL: aws ec2 describe-network-acls --region eu-west-1 --filters \\
                     Name=association.subnet-id,Values=subnet-0aa1
                   If not meant so, allow tcp 1024-65535 in that direction, numbered below any deny.
                   Do requests and answers take the same route? Look at the route tables.
                   If it worked before, look in CloudTrail for changes of this ACL before 2026-11-23 07:01 UTC.

            RANG   Within an hour, in two minutes or more: 10 rejected answers (AlertThresholds:
                   dropped-answers=10).
            LESS   If this is expected, add 10.0.0.11/32 443 answers-dropped to the parameter Quiet, or raise
                   dropped-answers.
            AGAIN  From 2026-11-24 07:13 UTC; sooner if it stops for an hour and comes back.

            Its records: https://…
            """);
  }

  @Test
  void rejects_outside() {
    assertThat(written("rejects, outside"))
        .isEqualTo(
            """
            [Flowbell LOW] prod eu-west-1: 198.51.100.7 was rejected 1,204+ times at 10.0.2.98

            A source outside was rejected: at least 1,204 records within an hour.
            Whether it reached anything else is not known; its records show it if accepted traffic is logged.

            WHO    198.51.100.7 (outside)
            TRIED  10.0.2.98:80 (http), 10.0.2.98:8081
            SEEN   eni-0a1b2c3d, i-01234567, subnet-0aa1, vpc-0bb2
            WHEN   2026-11-23, first 07:01 UTC, last 07:13 UTC when this was sent
            WHERE  stack prod, account 123456789010, eu-west-1, log group /vpc/flow-logs

            NEXT   Nothing to do tonight, unless 198.51.100.7 is yours or a partner's and should get in.
                   By day: if 10.0.2.98 need not be public, take away its public address.

            RANG   Within an hour: 1,000 rejected records (AlertThresholds: rejects=1000).
            LESS   If this is expected, add 198.51.100.7/32 rejects to the parameter Quiet, or raise rejects.
            AGAIN  From 2026-11-24 07:13 UTC; sooner if it stops for an hour and comes back.

            Its records: https://…
            """);
  }

  @Test
  void rejects_inside() {
    assertThat(written("rejects, inside"))
        .isEqualTo(
            """
            [Flowbell LOW] prod eu-west-1: INSIDE 10.0.1.5 was rejected 1,204+ times

            A host of yours was rejected: at least 1,204 records within an hour, on at least 3 hosts.
            Whether it reached anything else is not known; its records show it if accepted traffic is logged.

            WHO    10.0.1.5 (inside)
            TRIED  10.0.2.98:80 (http), 10.0.2.98:8081
            SEEN   eni-0a1b2c3d (its own, or that of a host it tried), i-01234567, subnet-0aa1, vpc-0bb2
            WHEN   2026-11-23, first 07:01 UTC, last 07:13 UTC when this was sent
            WHERE  stack prod, account 123456789010, eu-west-1, log group /vpc/flow-logs

            NEXT   Ask the owner of 10.0.1.5 what it tries to reach.
                   Whose host: aws ec2 describe-network-interfaces --region eu-west-1 --filters \\
                     Name=addresses.private-ip-address,Values=10.0.1.5
                   No result: it is in another account or Region, a peered network, or on-premises.

            RANG   Within an hour: 1,000 rejected records (AlertThresholds: rejects=1000).
            LESS   If this is expected, add 10.0.1.5/32 rejects to the parameter Quiet, or raise rejects.
            AGAIN  From 2026-11-24 07:13 UTC; sooner if it stops for an hour and comes back.

            Its records: https://…
            """);
  }

  @Test
  void unreadable() {
    assertThat(written("unreadable"))
        .isEqualTo(
            """
            [Flowbell MEDIUM] prod eu-west-1: can't read flow log records of /vpc/flow-logs

            Flowbell can't read at least 12 lines of this log group: wrong field count, broken json.
            What they say is in no metric and in no notification.

            WHEN   2026-11-23 07:01 UTC
            WHERE  stack prod, account 123456789010, eu-west-1, log group /vpc/flow-logs

            NEXT   Set LOG_FORMAT to the LogFormat of the flow logs that deliver here.
                   Which format: aws ec2 describe-flow-logs --region eu-west-1 --query \\
                     'FlowLogs[].[LogGroupName,LogFormat]'

            RANG   Within an hour: 5 unreadable records (AlertThresholds: unreadable-records=5).
            LESS   If this is expected, add 0.0.0.0/0 unreadable-records to the parameter Quiet, or raise
                   unreadable-records.
            AGAIN  From 2026-11-24 07:01 UTC; sooner if it stops for an hour and comes back.

            Its records: https://…
            """);
  }

  @Test
  void skipped() {
    assertThat(written("skipped"))
        .isEqualTo(
            """
            [Flowbell LOW] prod eu-west-1: AWS skipped flow log records of /vpc/flow-logs

            AWS skipped at least 1 window of records (log-status SKIPDATA): counts are too low for that time.

            SEEN   eni-0a1b2c3d
            WHEN   2026-11-23 07:01 UTC
            WHERE  stack prod, account 123456789010, eu-west-1, log group /vpc/flow-logs

            NEXT   Nothing to fix: AWS lost these records. Other logs may cover that time.

            RANG   Within an hour: 1 skipped window (AlertThresholds: skipped-windows=1).
            LESS   If this is expected, add 0.0.0.0/0 skipped-windows to the parameter Quiet, or raise
                   skipped-windows.
            AGAIN  From 2026-11-24 07:01 UTC; sooner if it stops for an hour and comes back.

            Its records: https://…
            """);
  }

  // What differs from the whole notifications above.

  @Test
  void insideScan_egressRecordsOfMaskedSource_seen() {
    assertThat(section("inside scan, egress, NAT", "SEEN"))
        .isEqualTo(
            """
            SEEN   eni-0a1b2c3d (10.0.3.17's own, or that of 10.0.0.220), i-01234567, subnet-0aa1, vpc-0bb2
            """);
  }

  @Test
  void blocked_egressRecordsOfManySources_seen() {
    assertThat(section("blocked, fleet, egress", "SEEN"))
        .isEqualTo(
            """
            SEEN   at least 4 interfaces, such as eni-0a1b2c3d (one source's own), i-01234567, subnet-0aa1,
                   vpc-0bb2
            """);
  }

  @Test
  void blocked_egressRecordsOfWholePort_next() {
    assertThat(section("blocked, port, egress", "NEXT"))
        .isEqualTo(
            """
            NEXT   Read the outbound rules of the interface's groups and ACL:
                   Its groups: aws ec2 describe-network-interfaces --region eu-west-1 --network-interface-ids \\
                     eni-0a1b2c3d
                   Its ACL: aws ec2 describe-network-acls --region eu-west-1 --filters \\
                     Name=association.subnet-id,Values=subnet-0aa1
                   If it should connect, allow tcp 5432 outbound to those hosts where group or ACL lacks it.
                   If it worked before, look in CloudTrail for what changed before 2026-11-23 07:01 UTC.
            """);
  }

  @Test
  void blocked_wholePortOfManySources_next() {
    assertThat(section("blocked, fleet and port", "NEXT"))
        .isEqualTo(
            """
            NEXT   If it should connect, see whose interface it is (PrivateIpAddress), and its groups:
                   aws ec2 describe-network-interfaces --region eu-west-1 --network-interface-ids eni-0a1b2c3d
                   Its ACL: aws ec2 describe-network-acls --region eu-west-1 --filters \\
                     Name=association.subnet-id,Values=subnet-0aa1
                   If it is a server's: allow tcp 5432 inbound from its clients where group or ACL lacks it.
                   If it is a client's: allow tcp 5432 outbound to those hosts where group or ACL lacks it.
                   If it worked before, look in CloudTrail for what changed before 2026-11-23 07:01 UTC.
            """);
  }

  @Test
  void blocked_withoutIds_next() {
    assertThat(section("blocked, nowhere", "NEXT"))
        .isEqualTo(
            """
            NEXT   If it should connect, look at the groups and ACLs of both sides.
                   At 10.0.0.11: allow tcp 5432 inbound from 10.0.1.5/32 where group or ACL lacks it.
                   At 10.0.1.5: allow tcp 5432 outbound to 10.0.0.11/32 where group or ACL lacks it.
                   If it worked before, look in CloudTrail for what changed before 2026-11-23 07:01 UTC.
            """);
  }

  @Test
  void blocked_egressRecordsWithoutIds_next() {
    assertThat(section("blocked, egress, nowhere", "NEXT"))
        .isEqualTo(
            """
            NEXT   If it should connect, allow tcp 5432 outbound to 10.0.0.11/32 where group or ACL lacks it.
                   If it worked before, look in CloudTrail for what changed before 2026-11-23 07:01 UTC.
            """);
  }

  @Test
  void rejects_outsideOfIpv6_next() {
    assertThat(section("rejects, outside, IPv6", "NEXT"))
        .isEqualTo(
            """
            NEXT   Nothing to do tonight, unless 2001:db8::7 is yours or a partner's and should get in.
                   By day: if 2001:db8::98 need not be public, take away its route from the internet.
            """);
  }

  /// Returns a section as it is written.
  private static String section(String name, String label) {
    String text = written(name);
    return text.substring(text.indexOf("\n" + label) + 1).split("(?<=\n)(?! )", 2)[0];
  }

  /// Nothing got through that was seen, but nothing would have been seen.
  @Test
  void insideScan_acceptedNotRead() {
    assertThat(written("inside scan by hosts", SampleAlerts.REJECTS_ONLY))
        .isEqualTo(
            written("inside scan by hosts")
                .replace(
                    "anything else is not known; its records show it if accepted traffic is"
                        + " logged.",
                    "anything else is not known, as accepted records are not read; its records show"
                        + " it\nif accepted traffic is logged.")
                .replace("sooner if it gets through, or stops", "sooner if it stops"));
  }

  @Test
  void outsideScan_acceptedNotRead() {
    assertThat(written("outside scan", SampleAlerts.REJECTS_ONLY))
        .isEqualTo(
            """
            [Flowbell LOW] prod eu-west-1: 198.51.100.7 tries 100+ ports of 10.0.2.98, rejected

            A source outside acts like a scanner, and is rejected.
            Whether it reached anything else is not known, as accepted records are not read; its records show it
            if accepted traffic is logged.

            WHO    198.51.100.7 (outside)
            TRIED  at least 100 ports of 10.0.2.98: 1, 2, 3, 4 and others
            SEEN   eni-0a1b2c3d, i-01234567, subnet-0aa1, vpc-0bb2
            WHEN   2026-11-23, first 07:01 UTC, last 07:13 UTC when this was sent, in at least 2 minutes
            WHERE  stack prod, account 123456789010, eu-west-1, log group /vpc/flow-logs

            NEXT   Nothing to do tonight about what is rejected, unless 198.51.100.7 is yours or a partner's and
                   should get in.
                   By day: if 10.0.2.98 need not be public, take away its public address.

            RANG   Within an hour: 100 ports of one host (AlertThresholds: outside-scan-ports=100).
            LESS   If this is expected, add 198.51.100.7/32 scan to the parameter Quiet, or raise
                   outside-scan-ports.
            AGAIN  From 2026-11-24 07:13 UTC; sooner if it stops for an hour and comes back.

            Its records: https://…
            """);
  }

  @Test
  void answersDropped_acceptedNotRead() {
    assertThat(written("answers dropped, request unknown", SampleAlerts.REJECTS_ONLY))
        .isEqualTo(
            written("answers dropped, request unknown")
                .replace(
                    "(asymmetric routing).\n",
                    "(asymmetric routing).\n"
                        + "Whether the requests were accepted is not known, as accepted records are"
                        + " not read.\n"));
  }

  @Test
  void rejects_acceptedNotRead() {
    assertThat(written("rejects, outside", SampleAlerts.REJECTS_ONLY))
        .contains(
            "Whether it reached anything else is not known, as accepted records are not read; ")
        .contains("NEXT   Nothing to do tonight about what is rejected, unless 198.51.100.7 is ");
  }

  private static String written(String name) {
    return written(name, SampleAlerts.CONTEXT);
  }

  private static String written(String name, NotificationContext context) {
    Alert alert = Objects.requireNonNull(SampleAlerts.all().get(name));
    AlertMessage message = AlertMessage.of(alert, context);
    return message.subject() + "\n\n" + message.text().replaceAll("https://\\S+", "https://…");
  }
}
