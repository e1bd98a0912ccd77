package dev.flowbell.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.testing.Json;
import dev.flowbell.testing.JsonSchema;
import dev.flowbell.testing.network.LoopbackAws;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `replay --explain` and `report --explain`, and options that let EC2 be asked, against EC2's
/// query protocol on this machine.
class ExplainOptionTest {
  private static final String RULE =
      "Network ACL acl-0db1, rule 90 denies tcp 5432 inbound from 10.0.0.0/16.";

  @TempDir private Path folder;
  private LoopbackAws aws;
  private String file = "";

  @BeforeEach
  void start() throws IOException {
    aws = LoopbackAws.start();
    aws.ec2()
        .addVpc("vpc-0bb2", "10.0.0.0/16", "2001:db8:1234::/56")
        .addSubnet("subnet-0db1", "vpc-0bb2", "10.0.0.0/24")
        .addAcl(
            "acl-0db1",
            "subnet-0db1",
            "90 deny in tcp 5432 10.0.0.0/16",
            "100 allow in all 0.0.0.0/0",
            "100 allow out all 0.0.0.0/0")
        .addGroup("sg-0db1", "in tcp 5432 10.0.1.0/24", "out all 0.0.0.0/0")
        .addInterface("eni-0db1", "subnet-0db1", "10.0.0.11", "sg-0db1");
    file = write("10.0.1.5", "10.0.0.11");
  }

  @AfterEach
  void stop() {
    aws.close();
  }

  /// Writes five minutes in which a host can't reach a database.
  private String write(String source, String destination) throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int minute = 0; minute < 5; minute++) {
      long start = 1_795_342_440L + minute * 60L;
      lines.append(
          "2 123456789010 eni-0db1 %s %s %d 5432 6 1 60 %d %d REJECT OK%n"
              .formatted(source, destination, 40_001 + minute, start, start + 20));
    }
    return Files.writeString(folder.resolve("records.log"), lines).toString();
  }

  @Test
  void replay_notificationHasTheRule() {
    CommandRun run = CommandRun.of("replay", "--explain", file);

    assertThat(run.out()).contains("\n" + RULE + "\n").contains("\nWHY    Rules of ");
    assertThat(run.exitCode()).isZero();
  }

  @Test
  void replay_withoutTheOptionNobodyIsAsked() {
    CommandRun run = CommandRun.of("replay", file);

    assertThat(run.out()).contains("can't reach 10.0.0.11:5432").doesNotContain("acl-0db1");
    assertThat(aws.ec2().count()).isZero();
  }

  @Test
  void replay_notAllowedToAsk() {
    aws.ec2().failAll(403, "UnauthorizedOperation");

    CommandRun run = CommandRun.of("replay", "--explain", file);

    assertThat(run.out())
        .contains(
            "\nWhich rule blocks it is not known: the permission ec2:DescribeNetworkInterfaces is"
                + " missing.\n");
    assertThat(run.exitCode()).isZero();
  }

  @Test
  void report_namesTheRule() throws IOException {
    CommandRun text = CommandRun.of("report", "--explain", file);
    assertThat(text.out())
        .contains(
            """

            WHICH RULE BLOCKS (RULES OF NOW)
              [Flowbell MEDIUM] 10.0.1.5 can't reach 10.0.0.11:5432 (postgresql)
                Network ACL acl-0db1, rule 90 denies tcp 5432 inbound from 10.0.0.0/16.
            """);
    assertThat(text.exitCode()).isZero();

    Path page = folder.resolve("report.html");
    CommandRun json =
        CommandRun.of("report", "--explain", "--output", "json", "--html", page.toString(), file);
    Map<String, @Nullable Object> report = json.json();
    assertThat(JsonSchema.read(Path.of("docs", "report.schema.json")).errorsIn(report)).isEmpty();
    assertThat(Json.objectsAt(report, "notifications"))
        .singleElement()
        .satisfies(each -> assertThat(each).containsEntry("blockedBy", RULE));
    assertThat(Files.readString(page)).contains(RULE);
  }

  @Test
  void report_rulesAreNotRedacted() {
    assertThat(CommandRun.of("report", "--explain", "--redact", file))
        .isEqualTo(
            new CommandRun(
                2,
                "",
                "flowbell: --explain: expected no --redact, because rules name groups and"
                    + " networks\n"));
  }

  @Test
  void replay_insideNetworksOfVpcs() throws IOException {
    String ipv6 = write("2001:db8:1234::5", "2001:db8:1234::11");

    assertThat(CommandRun.of("replay", ipv6).out()).doesNotContain("can't reach");
    assertThat(CommandRun.of("replay", "--inside-networks", "auto", ipv6).out())
        .contains("2001:db8:1234::5 can't reach [2001:db8:1234::11]:5432");
  }

  @Test
  void replay_insideNetworksCannotBeAsked() {
    aws.ec2().failAll(403, "UnauthorizedOperation");

    CommandRun run = CommandRun.of("replay", "--inside-networks", "auto", file);

    assertThat(run.err())
        .startsWith(
            "flowbell: --inside-networks auto: EC2 DescribeVpcs, all VPCs: status 403,"
                + " UnauthorizedOperation");
    assertThat(run.exitCode()).isEqualTo(2);
  }

  @Test
  void replay_quietPrefixList() {
    aws.ec2().addPrefixList("pl-63a5400a", "10.0.0.8/29");

    CommandRun run = CommandRun.of("replay", "--quiet", "pl-63a5400a", file);

    assertThat(run.out()).doesNotContain("can't reach").contains("AlertsQuieted");
    assertThat(run.exitCode()).isZero();
  }
}
