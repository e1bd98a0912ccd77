package dev.flowbell.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.ec2.Ec2Client;
import dev.flowbell.ec2.Ec2Operation;
import dev.flowbell.ec2.PrefixList;
import dev.flowbell.judge.Quiet;
import dev.flowbell.judge.Rule;
import dev.flowbell.record.AddressBlock;
import dev.flowbell.record.AddressBlocks;
import dev.flowbell.testing.network.LoopbackAws;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// `QUIET` and `INSIDE_NETWORKS` with what EC2 knows, by EC2's query protocol on this machine.
class QuietListsTest {
  private static final String LIST = "pl-63a5400a";

  private final List<String> warnings = new ArrayList<>();
  private Instant now = Instant.parse("2026-11-28T03:00:00Z");
  private LoopbackAws aws;
  private Ec2Client ec2;

  @BeforeEach
  void start() throws IOException {
    aws = LoopbackAws.start();
    ec2 = Ec2Client.createQuick();
    aws.ec2().add(list(1, "198.51.100.0/24"));
  }

  @AfterEach
  void stop() {
    ec2.close();
    aws.close();
  }

  private static PrefixList list(long version, String... blocks) {
    return new PrefixList(
        LIST, "partners", version, List.of(blocks).stream().map(AddressBlock::parse).toList());
  }

  private QuietLists lists(String quiet) {
    return new QuietLists(Quiet.parse(quiet), ec2, () -> now, warnings::add);
  }

  private static Quiet.Networks networksOf(QuietLists lists) {
    return lists.get().entries().getFirst().networks();
  }

  private static Quiet.Networks.PrefixList resolved(String words, String blocks) {
    return new Quiet.Networks.PrefixList(LIST, words, AddressBlocks.parse(blocks));
  }

  private static final Quiet.Networks UNRESOLVED = new Quiet.Networks.PrefixList(LIST, LIST, null);

  @Test
  void get_listAndItsVersion() {
    QuietLists lists = lists(LIST + " scan; 10.0.0.5/32 445");

    assertThat(lists.get())
        .isEqualTo(
            new Quiet(
                List.of(
                    new Quiet.Entry(
                        resolved(LIST + ", version 1", "198.51.100.0/24"), null, Rule.SCAN, null),
                    new Quiet.Entry(AddressBlock.parse("10.0.0.5/32"), 445, null, null))));
    assertThat(warnings).containsExactly("QUIET: pl-63a5400a, version 1: 1 blocks");
  }

  @Test
  void get_noListNoQuestion() {
    assertThat(lists("10.0.0.5/32").get()).isEqualTo(Quiet.parse("10.0.0.5/32"));
    assertThat(aws.ec2().count()).isZero();
  }

  @Test
  void get_askedAgainAfterTenMinutes() {
    QuietLists lists = lists(LIST);
    networksOf(lists);
    aws.ec2().add(list(2, "198.51.100.0/24", "203.0.113.0/24"));

    now = now.plus(Duration.ofMinutes(9));
    assertThat(networksOf(lists)).isEqualTo(resolved(LIST + ", version 1", "198.51.100.0/24"));
    assertThat(aws.ec2().count(Ec2Operation.GET_MANAGED_PREFIX_LIST_ENTRIES)).isOne();

    now = now.plus(Duration.ofMinutes(1));
    assertThat(networksOf(lists))
        .isEqualTo(resolved(LIST + ", version 2", "198.51.100.0/24,203.0.113.0/24"));
    assertThat(warnings)
        .containsExactly(
            "QUIET: pl-63a5400a, version 1: 1 blocks", "QUIET: pl-63a5400a, version 2: 2 blocks");
  }

  @Test
  void get_listOfAwsHasNoVersion() {
    aws.ec2().add(list(0, "198.51.100.0/24"));

    assertThat(networksOf(lists(LIST))).isEqualTo(resolved(LIST, "198.51.100.0/24"));
  }

  @Test
  void get_noSuchList() {
    QuietLists lists = lists("pl-0404040404");

    assertThat(networksOf(lists))
        .isEqualTo(new Quiet.Networks.PrefixList("pl-0404040404", "pl-0404040404", null));
    assertThat(warnings)
        .containsExactly("QUIET: there is no prefix list pl-0404040404 in this account and Region");
  }

  @Test
  void get_mayNotAsk() {
    aws.ec2().failAll(403, "UnauthorizedOperation");
    QuietLists lists = lists(LIST);

    assertThat(networksOf(lists)).isEqualTo(UNRESOLVED);
    now = now.plus(Duration.ofSeconds(59));
    assertThat(networksOf(lists)).isEqualTo(UNRESOLVED);
    assertThat(aws.ec2().count()).as("not with each alert").isOne();

    aws.ec2().recover();
    now = now.plus(Duration.ofSeconds(1));
    assertThat(networksOf(lists)).isEqualTo(resolved(LIST + ", version 1", "198.51.100.0/24"));
  }

  /// What was known in the last hour holds on.
  @Test
  void get_mayNoLongerAsk() {
    QuietLists lists = lists(LIST);
    networksOf(lists);
    aws.ec2().failAll(403, "UnauthorizedOperation");

    now = now.plus(Duration.ofMinutes(59));
    assertThat(networksOf(lists)).isEqualTo(resolved(LIST + ", version 1", "198.51.100.0/24"));
    now = now.plus(Duration.ofMinutes(1));
    assertThat(networksOf(lists)).isEqualTo(UNRESOLVED);
  }

  @Test
  void inside_blocksOfVpcs() {
    aws.ec2()
        .addVpc("vpc-0a1b", "10.0.0.0/16", "2001:db8:1234::/56")
        .addVpc("vpc-0c2d", "100.100.0.0/16", "198.18.0.0/16")
        .pageSize(1);
    InsideNetworks inside =
        new InsideNetworks(
            AddressBlocks.parse("10.0.0.0/8,100.64.0.0/10"), ec2, () -> now, warnings::add);

    assertThat(inside.get())
        .as("what is inside already is not compared twice")
        .isEqualTo(
            AddressBlocks.parse("10.0.0.0/8,100.64.0.0/10,2001:db8:1234::/56,198.18.0.0/16"));
    assertThat(aws.ec2().count()).as("pages").isEqualTo(2);

    now = now.plus(Duration.ofMinutes(9));
    inside.get();
    assertThat(aws.ec2().count()).isEqualTo(2);
    aws.ec2().failAll(403, "UnauthorizedOperation");
    now = now.plus(Duration.ofMinutes(1));
    assertThat(inside.get().blocks()).as("what was known holds on").hasSize(4);
    assertThat(warnings)
        .singleElement()
        .asString()
        .startsWith(
            "INSIDE_NETWORKS auto: the blocks of VPCs can't be read, what was known holds on: EC2"
                + " DescribeVpcs, all VPCs: status 403, UnauthorizedOperation");
  }
}
