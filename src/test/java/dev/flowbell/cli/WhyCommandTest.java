package dev.flowbell.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.ec2.Ec2Operation;
import dev.flowbell.testing.Json;
import dev.flowbell.testing.JsonSchema;
import dev.flowbell.testing.network.LoopbackAws;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The command against EC2's query protocol on this machine: a database and a web server in two
/// subnets of one VPC.
class WhyCommandTest {
  private static final String OPEN_IN = "100 allow in all 0.0.0.0/0";
  private static final String OPEN_OUT = "100 allow out all 0.0.0.0/0";

  private static final String REJECT =
      "2 123456789010 eni-0db1 10.0.1.5 10.0.0.11 40001 5432 6 1 60 1795342446 1795342450 REJECT"
          + " OK\n";

  private LoopbackAws aws;

  @BeforeEach
  void start() throws IOException {
    aws = LoopbackAws.start();
    aws.ec2()
        .addVpc("vpc-0bb2", "10.0.0.0/16")
        .addSubnet("subnet-0db1", "vpc-0bb2", "10.0.0.0/24")
        .addSubnet("subnet-0eb1", "vpc-0bb2", "10.0.1.0/24")
        .addAcl("acl-0db1", "subnet-0db1", OPEN_IN, OPEN_OUT)
        .addAcl("acl-0eb1", "subnet-0eb1", OPEN_IN, OPEN_OUT)
        .addGroup("sg-0db1", "in tcp 5432 10.0.2.0/24", "in tcp 443 0.0.0.0/0", "out all 0.0.0.0/0")
        .addGroup("sg-0eb1", "in tcp 443 0.0.0.0/0", "out all 0.0.0.0/0")
        .addInterface("eni-0db1", "subnet-0db1", "10.0.0.11", "sg-0db1")
        .addInterface("eni-0eb1", "subnet-0eb1", "10.0.1.5", "sg-0eb1")
        .name("i-0db1", "db 1");
  }

  @AfterEach
  void stop() {
    aws.close();
  }

  // The three commonest cases.

  @Test
  void run_groupLacksTheRule() {
    CommandRun run = CommandRun.of("why", "eni-0db1", "10.0.1.5", "5432", "--region", "eu-west-1");

    assertThat(withoutTime(run.out()))
        .isEqualTo(
            """
            At eni-0db1 (instance i-0db1, db 1), subnet-0db1, vpc-0bb2
            Other side: eni-0eb1 (instance i-0eb1)
            Rules of TIME

            Outbound at eni-0eb1: tcp 5432 to 10.0.0.11
              Security groups sg-0eb1 (0eb1): lets it pass
                sg-0eb1  allow  all traffic         0.0.0.0/0           fits
              Network ACL acl-0eb1: lets it pass
                rule 100    allow  all traffic         0.0.0.0/0           fits

            Inbound at eni-0db1: tcp 5432 from 10.0.1.5
              Network ACL acl-0db1: lets it pass
                rule 100    allow  all traffic         0.0.0.0/0           fits
              Security groups sg-0db1 (0db1): drops it
                sg-0db1  allow  tcp 5432            10.0.2.0/24         no: 10.0.2.0/24, not 10.0.1.5
                sg-0db1  allow  tcp 443             0.0.0.0/0           no: tcp 443, not port 5432

            Outbound at eni-0db1: tcp 1024-65535 to 10.0.1.5
              Security groups sg-0db1 (0db1): not asked, the answer to what groups let pass passes too, because they keep state
              Network ACL acl-0db1: lets it pass
                rule 100    allow  all traffic         0.0.0.0/0           fits

            Inbound at eni-0eb1: tcp 1024-65535 from 10.0.0.11
              Network ACL acl-0eb1: lets it pass
                rule 100    allow  all traffic         0.0.0.0/0           fits
              Security groups sg-0eb1 (0eb1): not asked, the answer to what groups let pass passes too, because they keep state

            BLOCKED: No rule of sg-0db1 (0db1) allows tcp 5432 inbound from 10.0.1.5.
              Closest: sg-0db1 allows tcp 5432 from 10.0.2.0/24; this is tcp 5432 from 10.0.1.5.
              This would let it pass. It holds for the whole group or ACL; judge it first:
                aws ec2 authorize-security-group-ingress --region eu-west-1 --group-id sg-0db1 --protocol tcp --port 5432 --cidr 10.0.1.5/32
            """);
    assertThat(run.err()).isEmpty();
    assertThat(run.exitCode()).isZero();
  }

  @Test
  void run_aclDeniesInbound() {
    aws.ec2()
        .addAcl(
            "acl-0db1",
            "subnet-0db1",
            "80 allow in tcp 22 0.0.0.0/0",
            "90 deny in tcp 400-450 10.0.0.0/16",
            OPEN_IN,
            OPEN_OUT);

    CommandRun run = CommandRun.of("why", "eni-0db1", "10.0.1.5", "443");

    assertThat(run.out())
        .contains(
            """
              Network ACL acl-0db1: drops it
                rule 80     allow  tcp 22              0.0.0.0/0           no: tcp 22, not port 443
                rule 90     deny   tcp 400-450         10.0.0.0/16         fits
            """)
        .endsWith(
            """

            BLOCKED: Network ACL acl-0db1, rule 90 denies tcp 400-450 inbound from 10.0.0.0/16.
              This would let it pass. It holds for the whole group or ACL; judge it first:
                aws ec2 create-network-acl-entry --network-acl-id acl-0db1 --ingress --rule-number 89 --protocol 6 --port-range From=443,To=443 --cidr-block 10.0.1.5/32 --rule-action allow
            """);
    assertThat(run.exitCode()).isZero();
  }

  @Test
  void run_aclLacksTheWayBack() {
    aws.ec2().addAcl("acl-0db1", "subnet-0db1", OPEN_IN, "100 allow out tcp 443 0.0.0.0/0");

    CommandRun run = CommandRun.of("why", "eni-0db1", "10.0.1.5", "443");

    assertThat(run.out())
        .endsWith(
            """

            BLOCKED: Network ACL acl-0db1 has no rule that allows tcp 1024-65535 outbound to 10.0.1.5.
              This would let it pass. It holds for the whole group or ACL; judge it first:
                aws ec2 create-network-acl-entry --network-acl-id acl-0db1 --egress --rule-number 110 --protocol 6 --port-range From=1024,To=65535 --cidr-block 10.0.1.5/32 --rule-action allow
            """);
    assertThat(run.exitCode()).isZero();
  }

  // What else there is.

  @Test
  void run_allowed() {
    CommandRun run = CommandRun.of("why", "eni-0db1", "10.0.1.5", "443");

    assertThat(run.out())
        .endsWith(
            "\nALLOWED: the rules let it pass, and its answer, on both sides. Routes, firewalls"
                + " between and the hosts themselves were not asked.\n");
    assertThat(run.exitCode()).isOne();
  }

  @Test
  void run_otherSideIsNotOurs() {
    CommandRun run = CommandRun.of("why", "eni-0db1", "198.51.100.7", "443");

    assertThat(run.out())
        .contains(
            "Other side: not an interface that this account and Region show; its rules are not"
                + " asked\n")
        .endsWith(
            "\nALLOWED: the rules let it pass, and its answer. Routes, firewalls between and the"
                + " hosts themselves were not asked.\n");
    assertThat(run.exitCode()).isOne();
  }

  @Test
  void run_egress() {
    aws.ec2().addGroup("sg-0db1", "in all 0.0.0.0/0", "out tcp 443 0.0.0.0/0");

    CommandRun run =
        CommandRun.of(
            "why", "eni-0db1", "203.0.113.9", "53", "--protocol", "udp", "--direction", "egress");

    assertThat(run.out())
        .endsWith(
            """

            BLOCKED: No rule of sg-0db1 (0db1) allows udp 53 outbound to 203.0.113.9.
              Closest: sg-0db1 allows tcp 443 to 0.0.0.0/0; this is udp 53 to 203.0.113.9.
              This would let it pass. It holds for the whole group or ACL; judge it first:
                aws ec2 authorize-security-group-egress --group-id sg-0db1 --protocol udp --port 53 --cidr 203.0.113.9/32
            """);
    assertThat(run.exitCode()).isZero();
  }

  /// No rule filters instance metadata.
  @Test
  void run_awsOwnService() {
    aws.ec2().addGroup("sg-0db1", "in all 0.0.0.0/0", "out tcp 443 0.0.0.0/0");

    CommandRun run =
        CommandRun.of("why", "eni-0db1", "169.254.169.254", "80", "--direction", "egress");

    assertThat(run.out())
        .contains("not asked, no rule filters AWS's own services at such addresses\n")
        .contains("\nALLOWED: ");
    assertThat(run.exitCode()).isOne();
  }

  /// The same address in another VPC may be another host's.
  @Test
  void run_sameAddressInAnotherVpc() {
    aws.ec2()
        .addVpc("vpc-0dead", "10.9.0.0/16")
        .addSubnet("subnet-0dead", "vpc-0dead", "10.9.0.0/24")
        .addGroup("sg-0dead")
        .addInterface("eni-0dead", "subnet-0dead", "10.9.0.9", "sg-0dead");

    CommandRun run = CommandRun.of("why", "eni-0db1", "10.9.0.9", "443");

    assertThat(run.out()).contains("Other side: not an interface").doesNotContain("eni-0dead");
    assertThat(run.exitCode()).isOne();
  }

  @Test
  void run_ephemeralPortsInPart() {
    aws.ec2().addAcl("acl-0db1", "subnet-0db1", OPEN_IN, "100 allow out tcp 32768-60999 0.0.0.0/0");

    CommandRun run = CommandRun.of("why", "eni-0db1", "198.51.100.7", "443");

    assertThat(run.out())
        .endsWith(
            "\nNOT KNOWN: whether rule 100 fits can't be known: tcp 32768-60999 alone, of ports"
                + " 1024-65535.\n");
    assertThat(run.exitCode()).isEqualTo(2);
  }

  @Test
  void run_groupsCannotBeAsked() {
    aws.ec2().fail(Ec2Operation.DESCRIBE_SECURITY_GROUPS, 403, "UnauthorizedOperation");

    CommandRun run = CommandRun.of("why", "eni-0db1", "198.51.100.7", "443");

    assertThat(run.out())
        .endsWith("\nNOT KNOWN: the permission ec2:DescribeSecurityGroups is missing.\n");
    assertThat(run.err())
        .startsWith("flowbell: EC2 DescribeSecurityGroups, security groups sg-0db1: status 403,");
    assertThat(run.exitCode()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          eni-0db1 10.0.1 5432                  | ADDRESS: expected an IP address, got "10.0.1"
          eni-0db1 10.0.1.5                     | PORT: expected 0 to 65535, got none
          eni-0db1 10.0.1.5 65536               | PORT: expected 0 to 65535, got "65536"
          eni-0db1 10.0.1.5 22 --protocol icmp  | PORT: expected none for icmp, got "22"
          eni-0db1 10.0.1.5 22 --protocol tpc   | --protocol: expected tcp, udp, icmp or 0 to 255, got "tpc"
          eni-0db1 10.0.1.5 22 --protocol 256   | --protocol: expected tcp, udp, icmp or 0 to 255, got "256"
          eni-0db1 10.0.1.5 22 23               | expected INTERFACE ADDRESS [PORT], got one more: "23"
          eni-0404 10.0.1.5 22                  | eni-0404: expected a network interface of this account and Region, found none
          eni-0db1 2001:db8::5 22               | eni-0db1: expected an address of the same family as 2001:db8::5, got [10.0.0.11]
          eni-0db1 10.0.1.5 22 --direction in   | Invalid value for option '--direction': expected one of [INGRESS, EGRESS] (case-insensitive) but was 'in'
          no-such-file                          | no-such-file: no such file
          """)
  void run_wrongArguments(String arguments, String error) {
    CommandRun run = CommandRun.of(("why " + arguments).split(" +", -1));

    assertThat(run).isEqualTo(new CommandRun(2, "", "flowbell: " + error + "\n"));
  }

  // Records and notifications.

  @Test
  void run_records() {
    String records =
        REJECT.repeat(2)
            + REJECT.replace("eni-0db1", "eni-0eb1").replace(" 5432 ", " 443 ")
            + REJECT.replace("REJECT", "ACCEPT");

    CommandRun run = CommandRun.ofInput(records.getBytes(StandardCharsets.UTF_8), "why", "-");

    assertThat(withoutTime(run.out()))
        .isEqualTo(
            """
            eni-0db1: tcp 5432 from 10.0.1.5 to 10.0.0.11, in 2 records
            At eni-0db1 (instance i-0db1, db 1), subnet-0db1, vpc-0bb2
            Other side: eni-0eb1 (instance i-0eb1)
            Rules of TIME

            Inbound at eni-0db1: tcp 5432 from 10.0.1.5
              Network ACL acl-0db1: lets it pass
                rule 100    allow  all traffic         0.0.0.0/0           fits
              Security groups sg-0db1 (0db1): drops it
                sg-0db1  allow  tcp 5432            10.0.2.0/24         no: 10.0.2.0/24, not 10.0.1.5
                sg-0db1  allow  tcp 443             0.0.0.0/0           no: tcp 443, not port 5432

            BLOCKED: No rule of sg-0db1 (0db1) allows tcp 5432 inbound from 10.0.1.5.
              Closest: sg-0db1 allows tcp 5432 from 10.0.2.0/24; this is tcp 5432 from 10.0.1.5.
              This would let it pass. It holds for the whole group or ACL; judge it first:
                aws ec2 authorize-security-group-ingress --group-id sg-0db1 --protocol tcp --port 5432 --cidr 10.0.1.5/32

            eni-0eb1: tcp 443 from 10.0.1.5 to 10.0.0.11, in 1 record
            At eni-0eb1 (instance i-0eb1), subnet-0eb1, vpc-0bb2
            Other side: eni-0db1 (instance i-0db1, db 1)
            Rules of TIME

            Outbound at eni-0eb1: tcp 443 to 10.0.0.11
              Security groups sg-0eb1 (0eb1): lets it pass
                sg-0eb1  allow  all traffic         0.0.0.0/0           fits
              Network ACL acl-0eb1: lets it pass
                rule 100    allow  all traffic         0.0.0.0/0           fits

            ALLOWED: The rules of now let it pass. Were they changed since?
            """);
    assertThat(run.exitCode()).isZero();
  }

  /// Rules see the NAT device.
  @Test
  void run_maskedSource() {
    CommandRun run =
        CommandRun.ofInput(
            """
            interface-id srcaddr dstaddr srcport dstport protocol action pkt-srcaddr
            eni-0db1 10.0.1.5 10.0.0.11 40001 5432 6 REJECT 10.0.9.7
            """
                .getBytes(StandardCharsets.UTF_8),
            "why",
            "-");

    assertThat(run.out())
        .startsWith(
            "eni-0db1: tcp 5432 from 10.0.1.5 (for 10.0.9.7, which no rule sees) to 10.0.0.11, in 1"
                + " record\n")
        .contains("\nBLOCKED: No rule of sg-0db1 (0db1) allows tcp 5432 inbound from 10.0.1.5.\n");
  }

  /// AWS's published example: a ping is accepted, and its answer rejected.
  ///
  /// @see <a
  ///   href="https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-records-examples.html">Flow
  ///   log record examples</a> (read 2026-11-28)
  @Test
  void run_pingExampleOfAws() {
    aws.ec2()
        .addSubnet("subnet-0172", "vpc-0bb2", "172.31.16.0/24")
        .addAcl("acl-0172", "subnet-0172", "100 allow in icmp 0.0.0.0/0")
        .addGroup("sg-0172", "in icmp 0.0.0.0/0")
        .addInterface("eni-1235b8ca123456789", "subnet-0172", "172.31.16.139", "sg-0172");

    CommandRun run =
        CommandRun.ofInput(
            """
            2 123456789010 eni-1235b8ca123456789 203.0.113.12 172.31.16.139 0 0 1 4 336 1432917027 1432917142 ACCEPT OK
            2 123456789010 eni-1235b8ca123456789 172.31.16.139 203.0.113.12 0 0 1 4 336 1432917094 1432917142 REJECT OK
            """
                .getBytes(StandardCharsets.UTF_8),
            "why",
            "-");

    assertThat(run.out())
        .endsWith(
            """

            BLOCKED: Network ACL acl-0172 has no rule that allows icmp outbound to 203.0.113.12.
              This would let it pass. It holds for the whole group or ACL; judge it first:
                aws ec2 create-network-acl-entry --network-acl-id acl-0172 --egress --rule-number 10 --protocol 1 --icmp-type-code Code=-1,Type=-1 --cidr-block 203.0.113.12/32 --rule-action allow
            """);
    assertThat(run.exitCode()).isZero();
  }

  @Test
  void run_noRejectedFlow() {
    CommandRun run =
        CommandRun.ofInput(
            REJECT.replace("REJECT", "ACCEPT").getBytes(StandardCharsets.UTF_8), "why", "-");

    assertThat(run)
        .isEqualTo(
            new CommandRun(
                2,
                "",
                "flowbell: expected rejected flows, or notifications that have a sample; found"
                    + " none\n"));
  }

  @Test
  void run_manyFlows() {
    StringBuilder records = new StringBuilder();
    for (int port = 1; port <= 30; port++) {
      records.append(REJECT.replace(" 5432 ", " " + port + " "));
    }

    CommandRun run =
        CommandRun.ofInput(records.toString().getBytes(StandardCharsets.UTF_8), "why", "-");

    assertThat(run.out())
        .endsWith(
            "\nAnd 10 more flows: not asked, because each takes calls of EC2, which throttles.\n");
    assertThat(aws.ec2().counts())
        .as("EC2 is asked once about what the flows have in common")
        .isEqualTo(
            Map.of(
                Ec2Operation.DESCRIBE_NETWORK_INTERFACES, 2,
                Ec2Operation.DESCRIBE_SECURITY_GROUPS, 1,
                Ec2Operation.DESCRIBE_NETWORK_ACLS, 1,
                Ec2Operation.DESCRIBE_SUBNETS, 1,
                Ec2Operation.DESCRIBE_TAGS, 1));
  }

  /// Whoever writes a record chooses its interface's id.
  @Test
  void run_hostileInterfaceId() {
    CommandRun run =
        CommandRun.ofInput(
            REJECT.replace("eni-0db1", "\u001b[2Jeni").getBytes(StandardCharsets.UTF_8),
            "why",
            "-");

    assertThat(run.out())
        .isEqualTo(
            """
            ?[2Jeni: tcp 5432 from 10.0.1.5 to 10.0.0.11, in 1 record

            NOT KNOWN: Which rule blocks it is not known: interface-id: expected an id such as eni-0a1b2c3d, got another text.
            """);
    assertThat(run.exitCode()).isEqualTo(2);
    assertThat(aws.ec2().count()).isZero();
  }

  @Test
  void run_notification(@TempDir Path folder) throws IOException {
    String alert =
        """
        {"schema":"flowbell-alert-2","alerts":[{"rule":"blocked-connection","sample":{"interfaceId":"eni-0db1",
        "flowDirection":null,"protocol":6,"srcaddr":"10.0.1.5","dstaddr":"10.0.0.11","dstport":5432,
        "rejectReason":null,"kind":"attempt","isRequestAccepted":false},"blockedBy":null}]}
        """;
    Path file = Files.writeString(folder.resolve("alert.json"), alert);
    Path envelope =
        Files.writeString(
            folder.resolve("sns.json"),
            "{\"Type\":\"Notification\",\"Message\":\""
                + alert.replace("\"", "\\\"").replace("\n", "\\n")
                + "\"}");

    for (Path each : List.of(file, envelope)) {
      CommandRun run = CommandRun.of("why", each.toString());

      assertThat(run.out())
          .startsWith("eni-0db1: tcp 5432 from 10.0.1.5 to 10.0.0.11, in 1 record\n")
          .contains(
              "\nBLOCKED: No rule of sg-0db1 (0db1) allows tcp 5432 inbound from 10.0.1.5.\n");
      assertThat(run.exitCode()).isZero();
    }
  }

  // JSON.

  @Test
  void json_question() throws IOException {
    CommandRun run = CommandRun.of("why", "eni-0db1", "10.0.1.5", "5432", "--output", "json");

    assertThat(JsonSchema.read(Path.of("docs", "why.schema.json")).errorsIn(run.json())).isEmpty();
    assertThat(Json.objectsAt(run.json(), "flows").getFirst())
        .containsEntry("verdict", "blocked")
        .containsEntry(
            "text", List.of("No rule of sg-0db1 (0db1) allows tcp 5432 inbound from 10.0.1.5."))
        .containsEntry(
            "commands",
            List.of(
                "aws ec2 authorize-security-group-ingress --group-id sg-0db1 --protocol tcp --port"
                    + " 5432 --cidr 10.0.1.5/32"));
    assertThat(run.exitCode()).isZero();
  }

  @Test
  void json_records() throws IOException {
    CommandRun run =
        CommandRun.ofInput(
            (REJECT + REJECT.replace("eni-0db1", "eni-0404")).getBytes(StandardCharsets.UTF_8),
            "why",
            "-",
            "--output",
            "json");

    assertThat(JsonSchema.read(Path.of("docs", "why.schema.json")).errorsIn(run.json())).isEmpty();
    assertThat(Json.objectsAt(run.json(), "flows"))
        .extracting(flow -> flow.get("verdict"))
        .containsExactly("blocked", "unknown");
    assertThat(run.exitCode()).isEqualTo(2);
  }

  private static String withoutTime(String text) {
    return text.replaceAll("Rules of [0-9TZ:-]+", "Rules of TIME");
  }
}
