package dev.flowbell.ec2;

import dev.flowbell.ec2.Blocker.Kind;
import dev.flowbell.ec2.SecurityGroup.Peer;
import dev.flowbell.record.IpAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Finds out what blocks a flow: a network ACL, security groups, or something that is no rule.
///
/// A record says that a flow was rejected, and not by what. EC2 knows the rules. Where one of ACL
/// and groups lets the flow pass for certain, it was the other one.
///
/// @see <a
///   href="https://docs.aws.amazon.com/vpc/latest/userguide/infrastructure-security.html">Control
///   network traffic</a>
public final class BlockFinder {
  /// @see <a href="https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html">Flow log
  ///   records</a> (`reject-reason`)
  private static final String BLOCK_PUBLIC_ACCESS = "BPA";

  private static final String ENCRYPTION_CONTROLS = "EC";

  /// Names are worth no more than that.
  private static final Duration LONGEST_NAMES = Duration.ofMillis(400);

  /// How old an answer of EC2 may usually be: rules change seldom.
  public static final Duration USUAL_CACHE_AGE = Duration.ofMinutes(5);

  private static final Pattern INTERFACE_ID = Pattern.compile("eni-[0-9a-f]{1,40}");

  private final RuleCache cache;

  /// Creates a finder.
  ///
  /// @param ec2 may be asked by several threads at once
  /// @param cacheAge how old an answer of EC2 may be
  public BlockFinder(RuleSource ec2, InstantSource clock, Duration cacheAge) {
    cache = new RuleCache(ec2, clock, cacheAge);
  }

  /// Finds what blocked a flow. What EC2 doesn't tell is in the result; nothing is thrown for it.
  public Blocker find(Rejection rejection) {
    RuleCache.Reading ec2 = cache.read();
    if (BLOCK_PUBLIC_ACCESS.equals(rejection.reason())) {
      return Blocker.saidByRecord(Kind.BLOCK_PUBLIC_ACCESS, ec2.asked());
    }
    if (ENCRYPTION_CONTROLS.equals(rejection.reason())) {
      return Blocker.saidByRecord(Kind.ENCRYPTION_CONTROLS, ec2.asked());
    }
    try {
      return rejection.kind() == Rejection.Kind.UNANSWERED
          ? findAtDestination(rejection, ec2)
          : findAtOwnInterface(rejection, ec2);
    } catch (Ec2Exception e) {
      return Blocker.notKnown(e, ec2.asked());
    }
  }

  private static Blocker findAtOwnInterface(Rejection rejection, RuleCache.Reading ec2) {
    String id = rejection.interfaceId();
    if (id == null) {
      return Blocker.notKnown("the records have no interface-id", ec2.asked());
    }
    if (!INTERFACE_ID.matcher(id).matches()) { // whoever writes a record chooses its text
      return Blocker.notKnown(
          "interface-id: expected an id such as eni-0a1b2c3d, got another text", ec2.asked());
    }
    NetworkInterface own = ec2.networkInterface(id);
    if (own == null) {
      return Blocker.notKnown(
          id + " is not in this account and Region, or was deleted since", ec2.asked());
    }
    Direction direction = directionOf(rejection, own);
    if (direction == null) {
      return Blocker.notKnown(
          (own.has(rejection.source())
                  ? "both %s and %s are addresses of %s, so the direction is not known"
                  : "neither %s nor %s is an address of %s, so the direction is not known")
              .formatted(rejection.source(), rejection.destination(), id),
          ec2.asked());
    }
    return blockerOf(rejection.kind(), look(own, flowOf(rejection, direction), ec2), ec2.asked());
  }

  /// Nothing was rejected where it was logged, so the rules of the other side are asked.
  private static Blocker findAtDestination(Rejection rejection, RuleCache.Reading ec2) {
    String id = rejection.interfaceId();
    NetworkInterface own =
        id == null || !INTERFACE_ID.matcher(id).matches() ? null : ec2.networkInterface(id);
    if (own == null) {
      return Blocker.notKnown("the VPC of the records' interface is not known", ec2.asked());
    }
    // In another VPC the same address may be another host's.
    List<NetworkInterface> there =
        ec2.networkInterfacesAt(rejection.destination()).stream()
            .filter(each -> each.vpcId().equals(own.vpcId()))
            .toList();
    if (there.size() != 1) {
      return Blocker.notKnown(
          "no interface of %s has %s".formatted(own.vpcId(), rejection.destination()), ec2.asked());
    }
    NetworkInterface destination = there.getFirst();
    Flow request = flowOf(rejection, Direction.INGRESS);
    Blocker blocker = blockerOf(rejection.kind(), look(destination, request, ec2), ec2.asked());
    if (blocker.kind() != Kind.ALLOWED_NOW) {
      return blocker;
    }
    // It is let in: the destination may have answered in vain.
    Look back = look(destination, request.answer(), ec2);
    Decision answer = back.decideOnAnswer();
    return answer.isBlocked()
        ? new Blocker(
            Kind.NETWORK_ACL,
            answer,
            true,
            back.ownParty(),
            back.remoteParty(),
            "",
            back.failures(),
            ec2.asked())
        : blocker;
  }

  /// The record's own word comes first. Else the interface's addresses show the direction: a source
  /// of its own is on its way out.
  private static @Nullable Direction directionOf(Rejection rejection, NetworkInterface own) {
    if (rejection.direction() != null) {
      return rejection.direction();
    }
    boolean isFrom = own.has(rejection.source());
    boolean isTo = own.has(rejection.destination());
    return isFrom == isTo ? null : isFrom ? Direction.EGRESS : Direction.INGRESS;
  }

  private static Flow flowOf(Rejection rejection, Direction direction) {
    return new Flow(
        direction,
        rejection.protocol(),
        rejection.source(),
        rejection.destination(),
        Flow.Ports.of(rejection.port()));
  }

  private static Blocker blockerOf(Rejection.Kind rejection, Look look, Instant now) {
    Decision decision = rejection == Rejection.Kind.ANSWER ? look.decideOnAnswer() : look.decide();
    Verdict acl = decision.acl().verdict();
    Verdict groups = decision.groups().verdict();
    boolean isRequest =
        rejection == Rejection.Kind.REQUEST || rejection == Rejection.Kind.UNANSWERED;
    // Of a flow that was rejected, one of them is it: not the one that lets it pass.
    boolean isRejected = rejection != Rejection.Kind.UNANSWERED;
    Kind kind;
    String why = "";
    if (acl == Verdict.DENIES) {
      kind = isRequest && groups == Verdict.DENIES ? Kind.BOTH : Kind.NETWORK_ACL;
    } else if (acl == Verdict.UNKNOWN) {
      why = decision.acl().why();
      if (isRequest && groups == Verdict.DENIES) {
        kind = Kind.SECURITY_GROUP;
      } else if (rejection == Rejection.Kind.LATE_PACKETS) {
        // The groups' rules let requests pass: they say nothing of these packets.
        kind = Kind.UNKNOWN;
      } else {
        kind = isRejected && Decision.lets(groups) ? Kind.NETWORK_ACL : Kind.UNKNOWN;
      }
    } else if (rejection == Rejection.Kind.LATE_PACKETS) {
      kind = Kind.LATE_PACKETS;
    } else if (Decision.lets(groups)) {
      kind = Kind.ALLOWED_NOW;
    } else if (rejection == Rejection.Kind.ANSWER_TO_UNSEEN_REQUEST) {
      kind = Kind.UNTRACKED_ANSWER;
    } else if (groups == Verdict.UNKNOWN && (!isRejected || decision.groups().steps().isEmpty())) {
      kind = Kind.UNKNOWN;
      why = decision.groups().why();
    } else {
      kind = Kind.SECURITY_GROUP;
    }
    return new Blocker(
        kind,
        decision,
        rejection.isAnswer(),
        look.ownParty(),
        look.remoteParty(),
        why,
        look.failures(),
        now);
  }

  /// Asks the rules about a flow that need not have been logged, and about its answer, on both
  /// sides where both are interfaces of this account and Region.
  ///
  /// @param interfaceId the interface
  /// @param direction of the flow at the interface
  /// @param remote the other side
  /// @param port the port that the flow is sent to, -1 for a protocol without ports
  /// @throws IllegalArgumentException if there is no such interface, or it has no address of the
  ///   remote's family
  /// @throws Ec2Exception if EC2 can't be asked about the interface
  public Passage findPassage(
      String interfaceId, Direction direction, int protocol, IpAddress remote, int port) {
    RuleCache.Reading ec2 = cache.read();
    NetworkInterface own = ec2.networkInterface(interfaceId);
    if (own == null) {
      throw new IllegalArgumentException(
          interfaceId + ": expected a network interface of this account and Region, found none");
    }
    IpAddress address =
        own.addresses().stream()
            .filter(each -> each.isIpv4() == remote.isIpv4())
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "%s: expected an address of the same family as %s, got %s"
                            .formatted(interfaceId, remote, own.addresses())));
    boolean isInbound = direction == Direction.INGRESS;
    Flow flow =
        new Flow(
            direction,
            protocol,
            isInbound ? remote : address,
            isInbound ? address : remote,
            Flow.Ports.of(port));
    Look here = look(own, flow, ec2);
    Look answerHere = look(own, flow.answer(), ec2);
    List<Look> looks = new ArrayList<>(List.of(here, answerHere));
    List<Decision> decisions = new ArrayList<>(List.of(here.decide(), answerHere.decideOnAnswer()));
    NetworkInterface other = here.remoteInterface();
    if (other != null) {
      Flow there = flow.atOtherEnd();
      Look request = look(other, there, ec2);
      Look answer = look(other, there.answer(), ec2);
      looks.addAll(List.of(request, answer));
      // The way of the packets: out of one, into the other, and back.
      decisions.add(isInbound ? 0 : 1, request.decide());
      decisions.add(isInbound ? 3 : 2, answer.decideOnAnswer());
    }
    return new Passage(
        decisions,
        here.ownParty(),
        here.remoteParty(),
        looks.stream().flatMap(look -> look.failures().stream()).distinct().toList(),
        ec2.asked());
  }

  /// Asks EC2 for all that decides about a flow at an interface. What doesn't depend on each other
  /// is asked at the same time.
  private static Look look(NetworkInterface own, Flow flow, RuleSource ec2) {
    Question<List<SecurityGroup>> groups =
        new Question<>(
            () ->
                own.groups().isEmpty()
                    ? List.of()
                    : ec2.securityGroups(
                        own.groups().stream().map(NetworkInterface.Group::id).toList()));
    Question<NetworkAcl> acl = new Question<>(() -> ec2.networkAclOf(own.subnetId()));
    Question<Subnet> subnet = new Question<>(() -> ec2.subnet(own.subnetId()));
    Question<List<NetworkInterface>> remotes =
        new Question<>(() -> ec2.networkInterfacesAt(flow.remote()));
    Map<String, Question<PrefixList>> lists = new HashMap<>();
    for (String id : listsIn(groups.answerOr(List.of()), flow.direction())) {
      lists.put(id, new Question<>(() -> ec2.prefixList(id)));
    }
    Set<String> instances = new LinkedHashSet<>();
    addInstance(own, instances);
    remotes.answerOr(List.of()).forEach(each -> addInstance(each, instances));
    Question<Map<String, String>> names =
        new Question<>(() -> instances.isEmpty() ? Map.of() : ec2.names(instances));
    Map<String, PrefixList> found = new HashMap<>();
    lists.forEach(
        (id, question) -> {
          PrefixList list = question.answer();
          if (list != null) {
            found.put(id, list);
          }
        });
    List<Ec2Exception> failures = new ArrayList<>();
    Stream.concat(Stream.of(groups, acl, subnet, remotes), lists.values().stream())
        .map(Question::failure)
        .filter(Objects::nonNull)
        .forEach(failures::add);
    return new Look(
        own,
        flow,
        acl.answer(),
        acl.reason(),
        subnet.answer(),
        subnet.reason(),
        groups.answerOr(List.of()),
        groups.reason(),
        new PeerMatcher(own, found, remotes.answerOr(List.of()), remotes.reason()),
        names.answerWithin(LONGEST_NAMES, Map.of()),
        List.copyOf(failures));
  }

  private static void addInstance(NetworkInterface at, Set<String> instances) {
    if (at.instanceId() != null) {
      instances.add(at.instanceId());
    }
  }

  private static Set<String> listsIn(List<SecurityGroup> groups, Direction direction) {
    Set<String> ids = new LinkedHashSet<>();
    for (SecurityGroup group : groups) {
      for (SecurityGroup.Rule rule : group.rules(direction)) {
        if (rule.peer() instanceof Peer.PrefixListId(String id)) {
          ids.add(id);
        }
      }
    }
    return ids;
  }

  /// A question to EC2, which a thread of its own asks.
  private static final class Question<T> {
    private final FutureTask<@Nullable T> task;

    Question(Callable<@Nullable T> ask) {
      task = new FutureTask<>(ask);
      // A platform thread: the function doesn't load what virtual threads need.
      Thread.ofPlatform().name("ec2").daemon().start(task);
    }

    /// Waits for the answer, and returns it; `null` where EC2 gave none.
    @Nullable T answer() {
      return failure() == null ? task.resultNow() : null;
    }

    /// Waits for the answer, and returns it.
    ///
    /// @param otherwise what is returned where EC2 gave none
    T answerOr(T otherwise) {
      T answer = answer();
      return answer == null ? otherwise : answer;
    }

    /// Waits for the answer no longer than this, and returns it.
    ///
    /// @param otherwise what is returned where EC2 gave none in time
    T answerWithin(Duration longest, T otherwise) {
      try {
        task.get(longest.toNanos(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException | ExecutionException _) {
        return otherwise;
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return otherwise;
      }
      return answerOr(otherwise);
    }

    /// Waits for the answer, and returns why EC2 gave none, in few words; `null` if it did.
    @Nullable String reason() {
      Ec2Exception failure = failure();
      return failure == null ? null : failure.reason();
    }

    /// Waits for the answer, and returns why EC2 gave none; `null` if it did.
    @Nullable Ec2Exception failure() {
      try {
        task.get();
        return null;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while EC2 was asked", e);
      } catch (ExecutionException e) {
        return switch (e.getCause()) {
          case Ec2Exception refused -> refused;
          case RuntimeException failure -> throw failure;
          case Error failure -> throw failure;
          case null, default -> throw new IllegalStateException(e);
        };
      }
    }
  }
}
