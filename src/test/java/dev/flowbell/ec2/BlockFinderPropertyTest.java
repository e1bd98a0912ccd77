package dev.flowbell.ec2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.ec2.NaiveVpc.Dropper;
import dev.flowbell.ec2.NaiveVpc.Packet;
import dev.flowbell.ec2.NetworkAcl.Entry;
import dev.flowbell.ec2.SecurityGroup.Rule;
import dev.flowbell.record.IpAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// What holds in every VPC, and what the naive twin says of thousands of them.
class BlockFinderPropertyTest {
  private static final int VPCS = Integer.getInteger("flowbell.vpcs", 40);
  private static final int FLOWS_OF_A_VPC = 8;

  /// What the twin's packets have in common: whether something drops all, none or some of them.
  private enum Share {
    ALL,
    NONE,
    SOME;

    static Share of(List<Set<Dropper>> droppers, Dropper dropper) {
      long dropped = droppers.stream().filter(each -> each.contains(dropper)).count();
      return dropped == 0 ? NONE : dropped == droppers.size() ? ALL : SOME;
    }
  }

  /// The twin sends each packet that a rejected record may stand for.
  @Test
  void find_isTheTwins() {
    Map<Blocker.Kind, Integer> kinds = new EnumMap<>(Blocker.Kind.class);
    forRandomFlows(
        (vpc, flow) -> {
          Blocker blocker = finder(vpc).find(flow.rejection(Rejection.Kind.REQUEST));

          List<Set<Dropper>> droppers = new ArrayList<>();
          for (Packet packet : packetsOf(flow, Set.of(40_000))) {
            droppers.add(new NaiveVpc(vpc.model()).droppersOf(packet, flow.at(), flow.direction()));
          }
          Decision decision = Objects.requireNonNull(blocker.decision());
          assertVerdicts(decision, droppers, flow.isIcmp(), isRemoteKnown(vpc, flow, flow.at()));
          assertKind(blocker, droppers, flow);
          kinds.merge(blocker.kind(), 1, Integer::sum);
        });
    // The flows meet each of these often enough to say something.
    assertThat(kinds)
        .containsKeys(
            Blocker.Kind.NETWORK_ACL,
            Blocker.Kind.SECURITY_GROUP,
            Blocker.Kind.BOTH,
            Blocker.Kind.ALLOWED_NOW);
    kinds.remove(Blocker.Kind.UNKNOWN);
    assertThat(kinds.values()).allMatch(count -> count > VPCS * FLOWS_OF_A_VPC / 30);
  }

  private static void assertKind(
      Blocker blocker, List<Set<Dropper>> droppers, RandomVpc.Flow flow) {
    Set<Set<Dropper>> rejected = new HashSet<>(droppers);
    rejected.remove(Set.of());
    Decision decision = Objects.requireNonNull(blocker.decision());
    switch (blocker.kind()) {
      case ALLOWED_NOW -> assertThat(rejected).isEmpty();
      case BOTH -> assertThat(rejected).containsExactly(Set.of(Dropper.ACL, Dropper.GROUP));
      case NETWORK_ACL -> {
        assertThat(rejected).isNotEmpty().allMatch(each -> each.contains(Dropper.ACL));
        if (decision.groups().verdict() != Verdict.UNKNOWN) {
          assertThat(rejected).containsExactly(Set.of(Dropper.ACL));
        }
      }
      case SECURITY_GROUP -> {
        assertThat(rejected).isNotEmpty().allMatch(each -> each.contains(Dropper.GROUP));
        if (decision.acl().verdict() != Verdict.UNKNOWN) {
          assertThat(rejected).containsExactly(Set.of(Dropper.GROUP));
        }
      }
      case UNKNOWN -> assertThat(flow.isIcmp()).isTrue();
      case BLOCK_PUBLIC_ACCESS, ENCRYPTION_CONTROLS, LATE_PACKETS, UNTRACKED_ANSWER ->
          throw new AssertionError(blocker);
    }
  }

  /// An answer is asked about at the interface that let the request pass.
  @Test
  void find_ofAnAnswer_isTheTwins() {
    Map<Blocker.Kind, Integer> kinds = new EnumMap<>(Blocker.Kind.class);
    forRandomFlows(
        (vpc, flow) -> {
          if (flow.isIcmp()) {
            return; // its answers have other types, see findPassage
          }
          int client = new Random(flow.hashCode()).nextInt(1_024, 65_536);
          NaiveVpc twin = new NaiveVpc(vpc.model());
          Packet request = packetsOf(flow, Set.of(client)).getFirst();
          if (twin.droppersOf(request, flow.at(), flow.direction()).contains(Dropper.GROUP)) {
            return;
          }
          Packet answer = request.answer(-1);

          Blocker blocker =
              finder(vpc)
                  .find(
                      new Rejection(
                          flow.at().id(),
                          flow.direction().opposite(),
                          answer.protocol(),
                          answer.source(),
                          answer.destination(),
                          Math.max(0, answer.destinationPort()),
                          Rejection.Kind.ANSWER,
                          null));

          Set<Dropper> droppers = twin.droppersOf(answer, flow.at(), flow.direction().opposite());
          assertThat(droppers).doesNotContain(Dropper.GROUP);
          assertThat(blocker.kind())
              .isEqualTo(droppers.isEmpty() ? Blocker.Kind.ALLOWED_NOW : Blocker.Kind.NETWORK_ACL);
          kinds.merge(blocker.kind(), 1, Integer::sum);
        });
    assertThat(kinds.values()).hasSize(2).allMatch(count -> count > VPCS / 20);
  }

  /// The twin sends a request from each port that makes a difference, and its answer.
  @Test
  void findPassage_isTheTwins() {
    Map<String, Integer> verdicts = new TreeMap<>();
    forRandomFlows(
        (vpc, flow) -> {
          Passage passage =
              finder(vpc)
                  .findPassage(
                      flow.at().id(),
                      flow.direction(),
                      flow.protocol(),
                      flow.remote(),
                      flow.hasPorts() ? flow.port() : -1);

          Blocker.Party remote = passage.remote();
          assertThat(remote == null ? null : remote.networkInterface().id())
              .isEqualTo(idAt(vpc, flow.remote()));
          List<NetworkInterface> ends = new ArrayList<>(List.of(flow.at()));
          if (remote != null) {
            ends.add(remote.networkInterface());
          }
          assertThat(passage.decisions()).hasSize(ends.size() * 2);
          List<Boolean> passes = new ArrayList<>();
          List<List<Set<Dropper>>> hops = new ArrayList<>();
          List<Decision> decisions = byEnd(passage, flow);
          decisions.forEach(decision -> hops.add(new ArrayList<>()));
          for (Packet request : packetsOf(flow, clientPorts(vpc, ends))) {
            for (Packet answer : answersOf(request)) {
              NaiveVpc twin = new NaiveVpc(vpc.model());
              boolean passesAll = true;
              for (int end = 0; end < ends.size(); end++) {
                NetworkInterface at = ends.get(end);
                Direction there = end == 0 ? flow.direction() : flow.direction().opposite();
                Set<Dropper> atRequest = twin.droppersOf(request, at, there);
                Set<Dropper> atAnswer = twin.droppersOf(answer, at, there.opposite());
                hops.get(end * 2).add(atRequest);
                hops.get(end * 2 + 1).add(atAnswer);
                passesAll &= atRequest.isEmpty() && atAnswer.isEmpty();
              }
              passes.add(passesAll);
            }
          }
          boolean isKnown = true;
          for (int hop = 0; hop < hops.size(); hop++) {
            Decision decision = decisions.get(hop);
            if (hop % 2 == 0) {
              boolean isPeerKnown =
                  hop > 0
                      ? isKnownTo(vpc, flow.own(), ends.get(1))
                      : isRemoteKnown(vpc, flow, flow.at());
              isKnown &= isPeerKnown;
              assertVerdicts(decision, hops.get(hop), flow.isIcmp(), isPeerKnown);
            } else {
              assertAcl(decision, hops.get(hop), flow.isIcmp());
            }
          }
          if (passage.passes()) {
            assertThat(passes).doesNotContain(false);
          } else if (passage.isBlocked()) {
            assertThat(passes).doesNotContain(true);
          } else if (isKnown && !flow.isIcmp()) {
            assertThat(hops).anyMatch(hop -> Share.of(hop, Dropper.ACL) == Share.SOME);
          }
          verdicts.merge(
              passage.passes() ? "passes" : passage.isBlocked() ? "blocked" : "unknown",
              1,
              Integer::sum);
        });
    assertThat(verdicts).containsOnlyKeys("passes", "blocked", "unknown");
    assertThat(verdicts.values()).allMatch(count -> count > VPCS / 20);
  }

  /// What is certain is the twin's. What the twin knows to be the same for all packets is certain,
  /// ICMP types aside: records don't have them.
  private static void assertVerdicts(
      Decision decision, List<Set<Dropper>> droppers, boolean isIcmp, boolean isPeerKnown) {
    assertAcl(decision, droppers, isIcmp);
    Share groups = Share.of(droppers, Dropper.GROUP);
    switch (decision.groups().verdict()) {
      case ALLOWS, NOT_ASKED -> assertThat(groups).isEqualTo(Share.NONE);
      case DENIES -> assertThat(groups).isEqualTo(Share.ALL);
      case UNKNOWN -> assertThat(isIcmp || !isPeerKnown).isTrue();
    }
  }

  private static void assertAcl(Decision decision, List<Set<Dropper>> droppers, boolean isIcmp) {
    Share acl = Share.of(droppers, Dropper.ACL);
    switch (decision.acl().verdict()) {
      case ALLOWS, NOT_ASKED -> assertThat(acl).isEqualTo(Share.NONE);
      case DENIES -> assertThat(acl).isEqualTo(Share.ALL);
      case UNKNOWN -> assertThat(isIcmp || acl == Share.SOME).isTrue();
    }
  }

  @Test
  void anotherAllowRuleNeverBlocks() {
    forRandomFlows(
        (vpc, flow) -> {
          if (!passage(vpc, flow).passes()) {
            return;
          }
          for (int i = 1; i <= 6; i++) {
            SecurityGroup group = vpc.model().securityGroups(List.of("sg-" + i)).getFirst();
            Rule rule = VpcModel.rule(vpc.rule());
            vpc.model()
                .group(with(group, plus(group.inbound(), rule), plus(group.outbound(), rule)));

            assertThat(passage(vpc, flow).passes()).isTrue();
          }
        });
  }

  @Test
  void theOrderOfListsChangesNothing() {
    forRandomFlows(
        (vpc, flow) -> {
          Rejection rejection = flow.rejection(Rejection.Kind.REQUEST);
          Blocker before = finder(vpc).find(rejection);
          Random random = new Random(flow.hashCode());
          vpc.replace(flow, shuffled(vpc.aclOf(flow).entries(), random));
          for (NetworkInterface.Group each : flow.at().groups()) {
            SecurityGroup group = vpc.model().securityGroups(List.of(each.id())).getFirst();
            vpc.model()
                .group(
                    with(
                        group,
                        shuffled(group.inbound(), random),
                        shuffled(group.outbound(), random)));
          }

          Blocker after = finder(vpc).find(rejection);

          Decision one = Objects.requireNonNull(before.decision());
          Decision other = Objects.requireNonNull(after.decision());
          assertThat(after.kind()).isEqualTo(before.kind());
          assertThat(other.acl().entry()).isEqualTo(one.acl().entry());
          assertThat(other.acl().steps()).isEqualTo(one.acl().steps());
          assertThat(other.acl().why()).isEqualTo(one.acl().why());
          assertThat(other.groups().verdict()).isEqualTo(one.groups().verdict());
        });
  }

  @Test
  void anAnswerIsNeverTheGroups() {
    forRandomFlows(
        (vpc, flow) ->
            assertThat(finder(vpc).find(flow.rejection(Rejection.Kind.ANSWER)).kind())
                .isIn(Blocker.Kind.NETWORK_ACL, Blocker.Kind.ALLOWED_NOW));
  }

  /// Behind all others of its direction, an entry decides only what none of these fits.
  @Test
  void anEntryBehindTheOthersIsAskedLast() {
    int last = NetworkAcl.LAST_NUMBER - 1;
    forRandomFlows(
        (vpc, flow) -> {
          List<Entry> entries = new ArrayList<>(vpc.aclOf(flow).entries());
          entries.replaceAll(
              entry -> entry.number() == entries.getFirst().number() ? at(last, entry) : entry);
          vpc.replace(flow, entries);
          if (entries.getFirst().number() > last) {
            return; // an ACL with nothing but the last entries
          }

          AclDecision acl =
              Objects.requireNonNull(
                      finder(vpc).find(flow.rejection(Rejection.Kind.REQUEST)).decision())
                  .acl();

          if (acl.verdict() != Verdict.UNKNOWN
              && acl.entry() != null
              && acl.entry().number() == last) {
            assertThat(acl.steps().subList(0, acl.steps().size() - 1))
                .allMatch(step -> !step.match().isYes());
          } else {
            assertThat(acl.steps().stream().map(step -> step.entry().number())).isSorted();
          }
        });
  }

  @Test
  void aDenyBehindTheEntryThatDecidesChangesNothing() {
    forRandomFlows(
        (vpc, flow) -> {
          Rejection rejection = flow.rejection(Rejection.Kind.REQUEST);
          Blocker before = finder(vpc).find(rejection);
          Entry entry = Objects.requireNonNull(before.decision()).acl().entry();
          if (before.decision().acl().verdict() == Verdict.UNKNOWN
              || entry == null
              || entry.isLast()) {
            return;
          }
          List<Entry> entries = new ArrayList<>(vpc.aclOf(flow).entries());
          // Between the numbers that entries have: 1 to 101.
          int number = Math.max(entry.number() + 1, 102);
          entries.add(
              new Entry(number, false, flow.direction(), RuleTraffic.EVERYTHING, entry.block()));
          vpc.replace(flow, entries);

          Blocker after = finder(vpc).find(rejection);

          assertThat(after.kind()).isEqualTo(before.kind());
          assertThat(Objects.requireNonNull(after.decision()).acl().steps())
              .isEqualTo(before.decision().acl().steps());
        });
  }

  private static void forRandomFlows(BiConsumer<RandomVpc, RandomVpc.Flow> check) {
    for (int seed = 0; seed < VPCS; seed++) {
      RandomVpc vpc = new RandomVpc(new Random(seed));
      for (int i = 0; i < FLOWS_OF_A_VPC; i++) {
        RandomVpc.Flow flow = vpc.flow();
        try {
          check.accept(vpc, flow);
        } catch (AssertionError e) {
          throw new AssertionError("seed %d, flow %d: %s".formatted(seed, i, flow), e);
        }
      }
    }
  }

  /// Returns the packets that a record of the flow may stand for: one for each source port, or one
  /// for each ICMP type and code that rules name, and another.
  private static List<Packet> packetsOf(RandomVpc.Flow flow, Set<Integer> clientPorts) {
    List<Packet> packets = new ArrayList<>();
    if (flow.hasPorts()) {
      for (int port : clientPorts) {
        packets.add(
            new Packet(
                flow.protocol(), flow.source(), port, flow.destination(), flow.port(), -1, -1));
      }
    } else if (flow.isIcmp()) {
      for (int[] message : new int[][] {{8, 0}, {3, 4}, {3, 0}, {128, 0}, {77, 0}}) {
        packets.add(
            new Packet(
                flow.protocol(),
                flow.source(),
                -1,
                flow.destination(),
                -1,
                message[0],
                message[1]));
      }
    } else {
      packets.add(new Packet(flow.protocol(), flow.source(), -1, flow.destination(), -1, -1, -1));
    }
    return packets;
  }

  /// An ICMP answer may have any type: the twin doesn't know which one the host chooses.
  private static List<Packet> answersOf(Packet request) {
    if (request.protocol() != 1 && request.protocol() != 58) {
      return List.of(request.answer(-1));
    }
    List<Packet> answers = new ArrayList<>();
    for (int type : new int[] {8, 3, 128, 77}) {
      answers.add(request.answer(type));
    }
    return answers;
  }

  /// Returns the clients' ports at which entries begin and end.
  private static Set<Integer> clientPorts(RandomVpc vpc, List<NetworkInterface> ends) {
    Set<Integer> ports = new TreeSet<>(Set.of(1_024, 65_535));
    for (NetworkInterface end : ends) {
      NetworkAcl acl = Objects.requireNonNull(vpc.model().networkAclOf(end.subnetId()));
      for (Entry entry : acl.entries()) {
        for (int port :
            new int[] {
              entry.traffic().from() - 1,
              entry.traffic().from(),
              entry.traffic().to(),
              entry.traffic().to() + 1
            }) {
          if (port >= 1_024 && port <= 65_535) {
            ports.add(port);
          }
        }
      }
    }
    return ports;
  }

  /// Whether there is nothing about the other side that EC2 doesn't tell. An address that no
  /// interface of its VPC has may be in a delegated prefix.
  private static boolean isRemoteKnown(RandomVpc vpc, RandomVpc.Flow flow, NetworkInterface at) {
    return isKnownTo(vpc, flow.remote(), at);
  }

  private static boolean isKnownTo(RandomVpc vpc, IpAddress address, NetworkInterface at) {
    List<NetworkInterface> there =
        vpc.model().networkInterfacesAt(address).stream()
            .filter(each -> each.vpcId().equals(VpcModel.VPC)) // another VPC's may be another host
            .toList();
    return there.isEmpty()
        ? address.toString().startsWith("203.") || address.toString().startsWith("198.")
        : there.stream().anyMatch(each -> each.vpcId().equals(at.vpcId()));
  }

  private static @Nullable String idAt(RandomVpc vpc, IpAddress address) {
    List<NetworkInterface> there =
        vpc.model().networkInterfacesAt(address).stream()
            .filter(each -> each.vpcId().equals(VpcModel.VPC)) // another VPC's may be another host
            .toList();
    return there.isEmpty() ? null : there.getFirst().id();
  }

  /// Returns the decisions about request and answer at the interface, then at the other side's.
  private static List<Decision> byEnd(Passage passage, RandomVpc.Flow flow) {
    List<Decision> way = passage.decisions();
    if (way.size() == 2) {
      return way;
    }
    return flow.direction() == Direction.EGRESS
        ? List.of(way.get(0), way.get(3), way.get(1), way.get(2))
        : List.of(way.get(1), way.get(2), way.get(0), way.get(3));
  }

  private static Passage passage(RandomVpc vpc, RandomVpc.Flow flow) {
    return finder(vpc)
        .findPassage(
            flow.at().id(),
            flow.direction(),
            flow.protocol(),
            flow.remote(),
            flow.hasPorts() ? flow.port() : -1);
  }

  private static BlockFinder finder(RandomVpc vpc) {
    return new BlockFinder(vpc.model(), InstantSource.fixed(Instant.EPOCH), Duration.ofMinutes(5));
  }

  private static SecurityGroup with(SecurityGroup group, List<Rule> inbound, List<Rule> outbound) {
    return new SecurityGroup(
        group.id(), group.name(), group.vpcId(), group.ownerId(), inbound, outbound);
  }

  private static Entry at(int number, Entry entry) {
    return new Entry(number, entry.isAllow(), entry.direction(), entry.traffic(), entry.block());
  }

  private static <T> List<T> plus(List<T> list, T more) {
    List<T> all = new ArrayList<>(list);
    all.add(more);
    return all;
  }

  private static <T> List<T> shuffled(List<T> list, Random random) {
    List<T> all = new ArrayList<>(list);
    Collections.shuffle(all, random);
    return all;
  }
}
