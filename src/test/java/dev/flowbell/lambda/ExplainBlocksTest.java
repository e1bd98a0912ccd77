package dev.flowbell.lambda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.ec2.Ec2Operation;
import dev.flowbell.ec2.NetworkInterface;
import dev.flowbell.record.IpAddress;
import dev.flowbell.testing.Json;
import dev.flowbell.testing.JsonSchema;
import dev.flowbell.testing.doubles.RecordingContext;
import dev.flowbell.testing.generator.PayloadGenerator.SubscriptionMessage;
import dev.flowbell.testing.network.LoopbackAws;
import dev.flowbell.testing.process.Invocation;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The function with `EXPLAIN_BLOCKS`, against an EC2 on this machine: what notifications say of
/// the rule that blocks, and that they are sent in any case.
class ExplainBlocksTest {
  private static final String OPEN_IN = "100 allow in all 0.0.0.0/0";
  private static final String OPEN_OUT = "100 allow out all 0.0.0.0/0";

  private final RecordingContext context = new RecordingContext();
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
  void mail_groupLacksTheRule() throws IOException {
    Invocation.of(handler(), blocked(5432), context);

    assertThat(mail())
        .contains(
            """
            A host of yours can't connect, again and again.
            No rule of sg-0db1 (0db1) allows tcp 5432 inbound from 10.0.1.5.
            """)
        .contains(
            """
            SEEN   eni-0db1 (the destination's)
            WHY    Closest: sg-0db1 allows tcp 5432 from 10.0.2.0/24; this is tcp 5432 from 10.0.1.5.
                   Rules of TIME UTC at eni-0db1 (instance i-0db1, db 1), from eni-0eb1 (instance
                   i-0eb1).
            """)
        .contains(
            """
            NEXT   If it should connect, this lets it in. It holds for the whole group or ACL; judge it first:
                   aws ec2 authorize-security-group-ingress --region eu-west-1 --group-id sg-0db1 --protocol \\
                     tcp --port 5432 --cidr 10.0.1.5/32
                   If it worked before, look in CloudTrail for what changed before 2026-11-22 10:14 UTC.
            """);
    Map<String, @Nullable Object> blockedBy = blockedBy();
    assertThat(blockedBy.remove("lookedAt")).isNotNull();
    assertThat(blockedBy)
        .isEqualTo(
            Json.parseObject(
                """
                {"kind":"security-group",
                "text":"No rule of sg-0db1 (0db1) allows tcp 5432 inbound from 10.0.1.5.",
                "direction":"ingress","remoteAddress":"10.0.1.5","networkAclId":null,"ruleNumber":null,
                "securityGroups":[{"id":"sg-0db1","name":"0db1"}],
                "closest":"Closest: sg-0db1 allows tcp 5432 from 10.0.2.0/24; this is tcp 5432 from 10.0.1.5.",
                "networkInterface":{"id":"eni-0db1","type":"interface","description":"","instanceId":"i-0db1",
                "instanceName":"db 1","subnetId":"subnet-0db1","vpcId":"vpc-0bb2"},
                "remoteInterface":{"id":"eni-0eb1","type":"interface","description":"","instanceId":"i-0eb1",
                "instanceName":null,"subnetId":"subnet-0eb1","vpcId":"vpc-0bb2"}}
                """));
    assertThat(context.lines()).noneMatch(line -> line.contains("EXPLAIN_BLOCKS"));
  }

  @Test
  void mail_aclDeniesInbound() throws IOException {
    aws.ec2()
        .addAcl("acl-0db1", "subnet-0db1", "90 deny in tcp 443 10.0.0.0/16", OPEN_IN, OPEN_OUT);

    Invocation.of(handler(), blocked(443), context);

    assertThat(mail())
        .contains("\nNetwork ACL acl-0db1, rule 90 denies tcp 443 inbound from 10.0.0.0/16.\n")
        .contains(
            """
            NEXT   If it should connect, this lets it in. It holds for the whole group or ACL; judge it first:
                   aws ec2 create-network-acl-entry --region eu-west-1 --network-acl-id acl-0db1 --ingress \\
                     --rule-number 89 --protocol 6 --port-range From=443,To=443 --cidr-block 10.0.1.5/32 \\
                     --rule-action allow
            """);
    assertThat(blockedBy())
        .containsEntry("kind", "network-acl")
        .containsEntry("networkAclId", "acl-0db1")
        .containsEntry("ruleNumber", 90L)
        .containsEntry("securityGroups", List.of());
  }

  @Test
  void mail_aclLacksTheWayBack() throws IOException {
    aws.ec2().addAcl("acl-0db1", "subnet-0db1", OPEN_IN, "100 allow out tcp 443 0.0.0.0/0");
    List<String> lines = new ArrayList<>();
    for (int minute = 0; minute < 2; minute++) {
      for (int client = 0; client < 6; client++) {
        int port = 40_001 + minute * 10 + client;
        lines.add(line("10.0.1.5", "10.0.0.11", port, 443, minute, "ACCEPT"));
        lines.add(line("10.0.0.11", "10.0.1.5", 443, port, minute, "REJECT"));
      }
    }

    Invocation.of(handler(), event(lines), context);

    assertThat(mail())
        .contains(
            """
            The requests were accepted. Security groups keep state, so it is a network ACL.
            Network ACL acl-0db1 has no rule that allows tcp 40001 outbound to 10.0.1.5.
            """)
        .contains(
            """
            NEXT   If not meant so, this lets those of this server pass. It holds for the whole group or ACL;
                   judge it first:
                   aws ec2 create-network-acl-entry --region eu-west-1 --network-acl-id acl-0db1 --egress \\
                     --rule-number 110 --protocol 6 --port-range From=1024,To=65535 --cidr-block 10.0.1.5/32 \\
                     --rule-action allow
            """);
    assertThat(blockedBy())
        .containsEntry("kind", "network-acl")
        .containsEntry("direction", "egress")
        .containsEntry("ruleNumber", 32_767L);
  }

  /// The source's interface logs SYNs that were let out and sent again; the destination's logs
  /// nothing.
  @Test
  void mail_unanswered() throws IOException {
    Map<String, String> environment = environment();
    environment.put(
        "LOG_FORMAT",
        "interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action"
            + " tcp-flags flow-direction");
    Map<Integer, String> known = new LinkedHashMap<>();
    known.put(
        5432,
        "At the destination: No rule of sg-0db1 (0db1) allows tcp 5432 inbound from 10.0.1.5.");
    known.put(443, "The rules of now at the destination let it in.");
    known.put(
        8443,
        "At the destination: Network ACL acl-0db1 has no rule that allows tcp 1024-65535 outbound"
            + " to");
    for (int port : known.keySet()) {
      if (port == 8443) {
        aws.ec2()
            .addAcl("acl-0db1", "subnet-0db1", OPEN_IN, "100 allow out tcp 443 0.0.0.0/0")
            .addGroup("sg-0db1", "in tcp 8443 0.0.0.0/0");
      }
      List<String> lines = new ArrayList<>();
      for (int minute = 0; minute < 5; minute++) {
        long start = 1_795_342_440L + minute * 60L;
        lines.add(
            "eni-0eb1 10.0.1.5 10.0.0.11 %d %d 6 3 180 %d %d ACCEPT 2 egress"
                .formatted(40_001 + minute, port, start, start + 20));
      }

      Invocation.of(new FlowLogsHandler(environment), event(lines), context);

      assertThat(mail())
          .contains(
              "\nNo record says that a rule rejects it, and no answer was seen.\n"
                  + known.get(port))
          .contains("UTC at eni-0db1 (instance i-0db1, db 1), ");
    }
  }

  /// The record says what it was, and no rule has to be added.
  @Test
  void mail_blockPublicAccess() throws IOException {
    Map<String, String> environment = environment();
    environment.put(
        "LOG_FORMAT",
        "interface-id srcaddr dstaddr srcport dstport protocol start end action reject-reason");
    List<String> lines = new ArrayList<>();
    for (int minute = 0; minute < 5; minute++) {
      long start = 1_795_342_440L + minute * 60L;
      lines.add(
          "eni-0db1 10.0.1.5 10.0.0.11 %d 5432 6 %d %d REJECT BPA"
              .formatted(40_001 + minute, start, start + 20));
    }

    Invocation.of(new FlowLogsHandler(environment), event(lines), context);

    assertThat(mail())
        .contains("\nVPC Block Public Access rejects it: the record says so.\n")
        .contains(
            """
            NEXT   If it should pass, look at the VPC's Block Public Access: its mode and exclusions.
                   If it worked before,\
            """)
        .doesNotContain("aws ec2");
    assertThat(blockedBy()).containsEntry("kind", "block-public-access");
    assertThat(aws.ec2().count()).isZero();
  }

  /// Names and tags are their owners' texts.
  @Test
  void mail_hostileNames() throws IOException {
    aws.ec2()
        .add(
            new NetworkInterface(
                "eni-0db1",
                "vpc-0bb2",
                "subnet-0db1",
                "123456789012",
                "interface",
                "",
                "",
                "i-0db1",
                List.of(new IpAddress(0, 0xffff_0a00_000bL)),
                List.of(),
                List.of(),
                List.of(new NetworkInterface.Group("sg-0db1", "www.evil.example"))))
        .name("i-0db1", "call 0171 2345678 *now* https://evil.example\nNEXT");

    Invocation.of(handler(), blocked(5432), context);

    assertThat(mail())
        .contains("\nNo rule of sg-0db1 (www[.]evil[.]example) allows tcp 5432 inbound from")
        .contains(
            """
            WHY    Closest: sg-0db1 allows tcp 5432 from 10.0.2.0/24; this is tcp 5432 from 10.0.1.5.
                   Rules of TIME UTC at eni-0db1 (instance i-0db1, call 0171?2345678 ?now?
                   https[:]/[/]evil[.]example?NEXT), from eni-0eb1 (instance i-0eb1).
            """);
    assertThat(Json.objectsAt(blockedBy(), "securityGroups"))
        .containsExactly(Map.of("id", "sg-0db1", "name", "www.evil.example"));
  }

  // A notification is sent in any case.

  @Test
  void mail_changedSince() throws IOException {
    Invocation.of(handler(), blocked(443), context);

    assertThat(mail()).contains("\nThe rules of now let it pass. Were they changed since?\n");
    assertThat(blockedBy()).containsEntry("kind", "allowed-now");
  }

  @Test
  void mail_notAllowedToAsk() throws IOException {
    aws.ec2().failAll(403, "UnauthorizedOperation");

    Invocation.of(handler(), blocked(5432), context);

    assertThat(mail())
        .contains(
            """
            A security group or network ACL rejects it, most likely inbound at the destination.
            Which rule blocks it is not known: the permission ec2:DescribeNetworkInterfaces is missing.
            """);
    assertThat(blockedBy()).containsEntry("kind", "unknown");
    assertThat(context.lines())
        .contains("EXPLAIN_BLOCKS: the permission ec2:DescribeNetworkInterfaces is missing");
  }

  @Test
  void mail_throttled() throws IOException {
    aws.ec2().fail(Ec2Operation.DESCRIBE_NETWORK_ACLS, 503, "RequestLimitExceeded");

    Invocation.of(handler(), blocked(443), context);

    assertThat(mail())
        .contains(
            "\nA network ACL, because the groups let it pass: EC2 throttles"
                + " ec2:DescribeNetworkAcls.\n");
  }

  @Test
  void mail_late() throws IOException {
    aws.ec2().delay(Ec2Operation.DESCRIBE_SUBNETS, Duration.ofSeconds(4));

    Invocation.of(handler(), blocked(5432), context);

    assertThat(mail())
        .contains("\nWhich rule blocks it is not known: EC2 did not answer within 2000 ms.\n");
    assertThat(context.lines()).contains("EXPLAIN_BLOCKS: EC2 did not answer within 2000 ms");
  }

  /// The invocation has time for the notification, but none to spare.
  @Test
  void mail_noTimeLeft() throws IOException {
    context.setRemaining(Duration.ofSeconds(13));

    Invocation.of(handler(), blocked(5432), context);

    assertThat(mail())
        .contains("\nWhich rule blocks it is not known: there was no time left to ask EC2.\n");
    assertThat(aws.ec2().count()).isZero();
  }

  // When EC2 is asked.

  @Test
  void calls_onceForACause() throws IOException {
    FlowLogsHandler handler = handler();
    Invocation.of(handler, blocked(5432), context);
    int calls = aws.ec2().count();

    Invocation.of(handler, blocked(5432, 6), context);

    assertThat(aws.notifications()).hasSize(1);
    assertThat(calls).isEqualTo(6);
    assertThat(aws.ec2().count()).isEqualTo(calls);
  }

  @Test
  void calls_rememberedForAnotherCause() throws IOException {
    FlowLogsHandler handler = handler();
    Invocation.of(handler, blocked(5432), context);
    int calls = aws.ec2().count();

    Invocation.of(handler, blocked(5433), context);

    assertThat(aws.notifications()).hasSize(2);
    assertThat(aws.ec2().count()).isEqualTo(calls);
  }

  @Test
  void calls_noneWithoutTheSetting() throws IOException {
    Map<String, String> environment = environment();
    environment.remove("EXPLAIN_BLOCKS");

    Invocation.of(new FlowLogsHandler(environment), blocked(5432), context);

    assertThat(aws.notifications()).hasSize(1);
    assertThat(aws.ec2().count()).isZero();
    assertThat(mail()).doesNotContain("\nWHY ");
  }

  @Test
  void calls_noneForWhatIsHeldBack() throws IOException {
    Map<String, String> environment = environment();
    environment.put("ALERT_MAIL_LIMIT", "1");
    FlowLogsHandler handler = new FlowLogsHandler(environment);
    Invocation.of(handler, blocked(5432), context);
    int calls = aws.ec2().count();

    Invocation.of(handler, blocked(5433), context);

    assertThat(aws.notifications()).hasSize(1);
    assertThat(aws.ec2().count()).isEqualTo(calls);
  }

  // Names that records have themselves.

  @Test
  void names_ofRecords() throws IOException {
    Map<String, String> environment = environment();
    environment.remove("EXPLAIN_BLOCKS");
    environment.put(
        "LOG_FORMAT",
        "interface-id srcaddr dstaddr srcport dstport protocol start end action instance-tag"
            + " interface-type");
    List<String> lines = new ArrayList<>();
    for (int minute = 0; minute < 5; minute++) {
      long start = 1_795_342_440L + minute * 60L;
      lines.add(
          "eni-0db1 10.0.1.5 10.0.0.11 %d 5432 6 %d %d REJECT db%%201%%2bspare nat_gateway"
              .formatted(40_001 + minute, start, start + 20));
    }

    Invocation.of(new FlowLogsHandler(environment), event(lines), context);

    assertThat(mail())
        .contains("\nSEEN   eni-0db1 (the source's or destination's, nat_gateway, db 1?spare)\n");
    assertThat(aws.ec2().count()).isZero();
  }

  // QUIET with prefix lists, and the networks of VPCs.

  @Test
  void quiet_prefixList() {
    aws.ec2().addPrefixList("pl-63a5400a", "10.0.0.8/29");
    Map<String, String> environment = environment();
    environment.put("QUIET", "pl-63a5400a 5432");

    Map<String, Long> counts =
        Invocation.of(new FlowLogsHandler(environment), blocked(5432), context);

    assertThat(counts).containsEntry("AlertsQuieted", 1L).doesNotContainKey("AlertsSent");
    assertThat(aws.notifications()).isEmpty();
  }

  @Test
  void quiet_prefixListThatCannotBeLookedUp() throws IOException {
    aws.ec2().fail(Ec2Operation.DESCRIBE_MANAGED_PREFIX_LISTS, 403, "UnauthorizedOperation");
    Map<String, String> environment = environment();
    environment.put("QUIET", "pl-63a5400a 5432; pl-0a1b2c3d scan");

    Map<String, Long> counts =
        Invocation.of(new FlowLogsHandler(environment), blocked(5432), context);

    assertThat(counts).containsEntry("AlertsSent", 1L).doesNotContainKey("AlertsQuieted");
    assertThat(mail())
        .contains(
            """
            LESS   If this is expected, add 10.0.0.11/32 5432 blocked-connection to QUIET, or raise
                   blocked-minutes and blocked-records.
                   QUIET may cover this: it has pl-63a5400a, which could not be looked up, so this was sent.
            """);
  }

  /// To a VPC's own public IPv6 networks, a host of them is inside, as nothing else could tell.
  @Test
  void inside_blocksOfVpcs() {
    aws.ec2().addVpc("vpc-0bb2", "10.0.0.0/16", "2001:db8:1234::/56");
    List<String> lines = new ArrayList<>();
    for (int minute = 0; minute < 5; minute++) {
      lines.add(
          line("2001:db8:1234::5", "2001:db8:1234::11", 40_001 + minute, 5432, minute, "REJECT"));
    }
    Map<String, String> environment = environment();

    Invocation.of(new FlowLogsHandler(environment), event(lines), context);
    assertThat(aws.notifications()).isEmpty();

    environment.put("INSIDE_NETWORKS", "auto");
    Invocation.of(new FlowLogsHandler(environment), event(lines), context);
    assertThat(aws.notifications())
        .singleElement()
        .satisfies(
            each ->
                assertThat(each.get("Subject"))
                    .contains("2001:db8:1234::5 can't reach [2001:db8:1234::11]:5432"));
  }

  private String mail() {
    return String.valueOf(messages().get("default"))
        .replaceAll("of 20[0-9-]+ [0-9:]+ UTC at", "of TIME UTC at");
  }

  private Map<String, @Nullable Object> messages() {
    return Json.parseObject(String.valueOf(aws.notifications().getLast().get("Message")));
  }

  private Map<String, @Nullable Object> blockedBy() throws IOException {
    Map<String, @Nullable Object> json = Json.parseObject(String.valueOf(messages().get("sqs")));
    assertThat(JsonSchema.read(Path.of("docs", "alert.schema.json")).errorsIn(json)).isEmpty();
    return Json.objectAt(Json.objectsAt(json, "alerts").getFirst(), "blockedBy");
  }

  private static FlowLogsHandler handler() {
    return new FlowLogsHandler(environment());
  }

  private static Map<String, String> environment() {
    return new HashMap<>(
        Map.of(
            "EXPLAIN_BLOCKS",
            "true",
            "ALERT_TOPIC_ARN",
            "arn:aws:sns:eu-west-1:123456789012:flowbell",
            "AWS_REGION",
            "eu-west-1"));
  }

  /// Returns five minutes in which a host can't reach a port of the database.
  private static String blocked(int port) {
    return blocked(port, 5);
  }

  private static String blocked(int port, int minutes) {
    List<String> lines = new ArrayList<>();
    for (int minute = 0; minute < minutes; minute++) {
      lines.add(line("10.0.1.5", "10.0.0.11", 40_001 + minute, port, minute, "REJECT"));
    }
    return event(lines);
  }

  private static String line(
      String source, String destination, int sourcePort, int port, int minute, String action) {
    long start = 1_795_342_440L + minute * 60L;
    return "2 123456789010 eni-0db1 %s %s %d %d 6 1 60 %d %d %s OK"
        .formatted(source, destination, sourcePort, port, start, start + 20, action);
  }

  private static String event(List<String> lines) {
    return SubscriptionMessage.of(lines).toEvent();
  }
}
