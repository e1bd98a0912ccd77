package dev.flowbell.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flowbell.testing.emulator.AwsEndpoint;
import dev.flowbell.testing.emulator.AwsEndpointExtension;
import dev.flowbell.testing.emulator.LedgerTable;
import dev.flowbell.testing.network.FaultProxy;
import dev.flowbell.testing.network.FaultProxy.Fault;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/// Tests the ledger with a real table, and the requests that it sends.
@ExtendWith(AwsEndpointExtension.class)
final class DynamoDbLedgerIT extends LedgerContract {
  private final AwsEndpoint aws;
  private final LedgerTable table;
  private FaultProxy proxy;
  private DynamoDbLedger ledger;

  DynamoDbLedgerIT(AwsEndpoint aws) {
    this.aws = aws;
    table = LedgerTable.make(aws);
  }

  @BeforeEach
  void start() throws Exception {
    proxy = FaultProxy.start(aws.uri());
    ledger = aws.through(proxy.uri(), () -> new DynamoDbLedger(table.name()));
  }

  @AfterEach
  void stop() throws Exception {
    proxy.close();
  }

  @Override
  Ledger ledger() {
    return ledger;
  }

  /// Claiming and finishing take two writes of at most 1,024 bytes, one write unit each.
  @Test
  void claimAndFinish_takeTwoSmallWrites() {
    claim("a".repeat(64), NOW).finish(ALL);

    assertThat(proxy.calls())
        .extracting(FaultProxy.Call::operation)
        .containsExactly("UpdateItem", "UpdateItem");
    assertThat(proxy.calls()).allMatch(call -> call.service().equals("dynamodb"));
    assertThat(table.bytesOf("batch#" + "a".repeat(64))).isBetween(100, 1_024);
  }

  @Test
  void claim_takesOneRoundTrip() {
    claim("known", NOW).finish(ALL);
    proxy.forget();

    claim("known", NOW);

    assertThat(proxy.calls()).hasSize(1);
  }

  @Test
  void startCooldowns_takeTwoRoundTrips() {
    Claim claim = claim("batch", NOW);
    proxy.forget();

    claim.startCooldowns(List.of("one", "two", "three"), NOW, HOUR);
    claim.startCooldowns(List.of("three", "one"), NOW, HOUR);

    assertThat(proxy.calls())
        .extracting(FaultProxy.Call::operation)
        .containsExactly("BatchGetItem", "TransactWriteItems");
  }

  @Test
  void items_expire() {
    Claim claim = claim("expires", NOW);
    claim.startCooldowns(List.of("expires, too"), NOW, HOUR);

    assertThat(table.number("batch#expires", "expires"))
        .isEqualTo(NOW.plus(Duration.ofDays(15)).getEpochSecond());
    assertThat(table.number("cooldown#expires, too", "expires"))
        .isEqualTo(NOW.plus(HOUR).plus(Duration.ofDays(15)).getEpochSecond());
  }

  /// The ledger does not know that the write succeeded, and repeats it. The repeat must not count.
  @Test
  void everyCall_withItsAnswerLost() {
    proxy.use(loseEveryFirstAnswer());
    Claim claim = claim("lost", NOW);
    claim.startCooldowns(List.of("lost"), NOW, HOUR);
    claim.recordAccepted(Set.of(3));
    claim.recordDone(Set.of("METRICS"));
    claim.release();
    Claim other = claim("other", NOW);
    other.startCooldowns(List.of("lost"), NOW, HOUR);
    other.release();

    Claim again = claim("lost", NOW.plusSeconds(1));
    assertThat(again.doneSteps()).containsExactly("METRICS");
    assertThat(again.acceptedRequests()).containsExactly(3);
    again.finish(ALL);
    proxy.use(_ -> Fault.NONE);
    assertThat(claim("lost", NOW).isFinished()).isTrue();
    assertThat(
            claim("third", NOW)
                .startCooldowns(List.of("lost"), NOW.plus(HOUR), HOUR)
                .get("lost")
                .suppressed())
        .isEqualTo(1);
  }

  @Test
  void claim_throttledAndRetried() {
    List<Fault> faults =
        new ArrayList<>(
            List.of(
                new Fault.Answer(400, "ProvisionedThroughputExceededException", "slow down"),
                new Fault.Answer(500, "InternalServerError", "broken")));
    proxy.use(_ -> faults.isEmpty() ? Fault.NONE : faults.removeFirst());

    assertThat(claim("throttled", NOW).isFinished()).isFalse();
    assertThat(proxy.calls()).hasSize(3);
  }

  @Test
  void claim_notAllowed() {
    proxy.use(
        _ ->
            new Fault.Answer(
                400, "AccessDeniedException", "not authorized to perform: dynamodb:UpdateItem"));

    assertThatThrownBy(() -> claim("denied", NOW))
        .isInstanceOf(LedgerUnavailableException.class)
        .hasMessage(
            ("ledger: DynamoDB UpdateItem, table %s: AccessDeniedException (status 400):"
                    + " not authorized to perform: dynamodb:UpdateItem")
                .formatted(table.name()));
    assertThat(proxy.calls()).hasSize(1);
  }

  @Test
  void claim_noTable() throws Exception {
    DynamoDbLedger none =
        aws.through(proxy.uri(), () -> new DynamoDbLedger(aws.uniqueName("nowhere")));

    assertThatThrownBy(() -> none.claim("batch", NOW, LEASE))
        .isInstanceOf(LedgerUnavailableException.class)
        .hasMessageContaining("ResourceNotFoundException (status 400)");
  }

  /// The answer comes after the time limit. Another attempt would end after it as well.
  @Test
  void claim_noAnswer() {
    proxy.use(_ -> new Fault.Delay(Duration.ofSeconds(20)));

    assertThatThrownBy(() -> claim("late", NOW)).isInstanceOf(LedgerUnavailableException.class);

    assertThat(proxy.count("UpdateItem")).isEqualTo(1);
  }

  @Test
  void claim_connectionRefused() {
    proxy.refuse(true);

    assertThatThrownBy(() -> claim("down", NOW)).isInstanceOf(LedgerUnavailableException.class);

    proxy.refuse(false);
    assertThat(claim("down", NOW).isFinished()).isFalse();
  }

  @Test
  void fallback_whileTheTableIsUnavailable() {
    List<String> warnings = new ArrayList<>();
    FallbackLedger fallback = new FallbackLedger(ledger, warnings::add);
    proxy.refuse(true);

    Claim claim = fallback.claim("away", NOW, LEASE);
    assertThat(claim.possibleDuplicates()).isEqualTo(1);
    assertThat(claim.startCooldowns(List.of("away"), NOW, HOUR).get("away").isStarted()).isTrue();
    claim.finish(ALL);

    assertThat(fallback.claim("away", NOW, LEASE).isFinished()).isTrue();
    assertThat(warnings)
        .hasSize(2)
        .allSatisfy(
            line ->
                assertThat(line)
                    .startsWith("ledger: DynamoDB UpdateItem, table " + table.name() + ": ")
                    .endsWith("; the work goes on, duplicates are possible"));
  }

  @Test
  void fallback_recordsAFailedStepWithTheNext() {
    List<String> warnings = new ArrayList<>();
    Claim claim = new FallbackLedger(ledger, warnings::add).claim("later", NOW, LEASE);
    proxy.refuse(true);
    claim.recordDone(Set.of("METRICS"));
    proxy.refuse(false);
    claim.finish(Set.of("ALERTS"));

    assertThat(warnings).hasSize(1);
    assertThat(claim("later", NOW).isFinished()).isTrue();
    assertThat(claim("later", NOW).doneSteps()).isEqualTo(ALL);
  }

  /// An item that a newer version wrote. It has a step that this version does not know.
  @Test
  void claim_itemFinishedByANewerVersion() {
    table.put(
        "batch#newer",
        Map.of(
            "arrival", AttributeValue.fromN("1795342753217"),
            "closed", AttributeValue.fromSs(List.of("METRICS", "ALERTS", "CHAT")),
            "doubts", AttributeValue.fromN("0")));

    Claim claim = claim("newer", NOW.plusSeconds(1));

    assertThat(claim.isFinished()).isTrue();
    assertThat(claim.doneSteps()).containsExactlyInAnyOrder("METRICS", "ALERTS", "CHAT");
    assertThat(claim.arrival()).isEqualTo(Instant.ofEpochMilli(1795342753217L));
    assertThat(claim.wasInterrupted()).isFalse();
    assertThat(claim.possibleDuplicates()).isZero();
  }

  /// An item of a newer version that was killed after the unknown step. This version keeps the
  /// step.
  @Test
  void claim_itemWithAnUnknownStep() {
    table.put(
        "batch#partly",
        Map.of(
            "arrival", AttributeValue.fromN("1795342753217"),
            "leaseEnd", AttributeValue.fromN(String.valueOf(NOW.toEpochMilli())),
            "runner", AttributeValue.fromS("newer"),
            "closed", AttributeValue.fromSs(List.of("CHAT")),
            "doubts", AttributeValue.fromN("2")));

    Claim claim = claim("partly", NOW);
    assertThat(claim.isFinished()).isFalse();
    assertThat(claim.doneSteps()).containsExactly("CHAT");
    assertThat(claim.wasInterrupted()).isTrue();
    assertThat(claim.possibleDuplicates()).isEqualTo(3);
    claim.recordDone(Set.of("METRICS"));
    assertThat(table.attributes("batch#partly").get("closed").ss())
        .containsExactlyInAnyOrder("CHAT", "METRICS");

    claim.finish(Set.of("ALERTS"));
    assertThat(table.attributes("batch#partly").get("closed").ss())
        .containsExactlyInAnyOrder("CHAT", "METRICS", "ALERTS");
    assertThat(table.attributes("batch#partly")).doesNotContainKeys("leaseEnd", "runner");
  }

  /// An item whose cooldowns are texts, as versions before 2026-11-27 wrote them.
  @Test
  void startCooldowns_itemOfAnOlderVersion() {
    Instant until = NOW.plus(HOUR);
    table.put(
        "batch#older",
        Map.of(
            "arrival", AttributeValue.fromN("1795342753217"),
            "leaseEnd", AttributeValue.fromN("0"),
            "answers",
                AttributeValue.fromM(
                    Map.of(
                        "new", AttributeValue.fromS("true " + until.toEpochMilli() + " 0 0"),
                        "again",
                            AttributeValue.fromS(
                                "true %d 7 %d".formatted(until.toEpochMilli(), 1795300000123L)),
                        "quiet", AttributeValue.fromS("false 1795346400456 0 0")))));
    Claim claim = claim("older", NOW);
    proxy.forget();

    assertThat(claim.startCooldowns(List.of("new", "again", "quiet"), NOW, HOUR))
        .isEqualTo(
            Map.of(
                "new", new Cooldown(true, until, 0, null),
                "again", new Cooldown(true, until, 7, Instant.ofEpochMilli(1795300000123L)),
                "quiet", new Cooldown(false, Instant.ofEpochMilli(1795346400456L), 0, null)));
    assertThat(proxy.calls()).isEmpty();
  }

  @Test
  void startCooldowns_addedToThoseOfAnOlderVersion() {
    table.put(
        "batch#mixed",
        Map.of(
            "leaseEnd", AttributeValue.fromN("0"),
            "answers",
                AttributeValue.fromM(
                    Map.of("old", AttributeValue.fromS("false 1795346400456 0 0")))));
    Claim claim = claim("mixed", NOW);
    Map<String, Cooldown> first = claim.startCooldowns(List.of("old", "added"), NOW, HOUR);
    claim.release();

    Map<String, Cooldown> again =
        claim("mixed", NOW.plusSeconds(1))
            .startCooldowns(List.of("old", "added"), NOW.plus(HOUR), HOUR);

    assertThat(again).isEqualTo(first);
    assertThat(again.get("added")).isEqualTo(new Cooldown(true, NOW.plus(HOUR), 0, null));
  }

  /// The names are fixed: items live for 15 days, and other versions read them.
  @Test
  void items_haveTheseAttributes() {
    claim("before", NOW.minus(HOUR).minus(HOUR))
        .startCooldowns(List.of("sent before"), NOW.minus(HOUR).minus(HOUR), HOUR);
    claim("between", NOW.minus(HOUR).minusSeconds(1))
        .startCooldowns(List.of("sent before"), NOW.minus(HOUR).minusSeconds(1), HOUR);
    Claim claim = claim("names", NOW);
    claim.startCooldowns(List.of("sent before"), NOW, HOUR);
    claim.recordAccepted(Set.of(3));
    claim.recordDone(Set.of("METRICS"));

    Map<String, AttributeValue> item = table.attributes("batch#names");
    assertThat(item)
        .containsOnlyKeys(
            "id",
            "arrival",
            "leaseEnd",
            "runner",
            "expires",
            "closed",
            "taken",
            "doubts",
            "cooldowns");
    assertThat(item.get("cooldowns").m())
        .isEqualTo(
            Map.of(
                "sent before",
                AttributeValue.fromM(
                    Map.of(
                        "isStarted", AttributeValue.fromBool(true),
                        "until", milliseconds(NOW.plus(HOUR)),
                        "suppressed", AttributeValue.fromN("1"),
                        "since", milliseconds(NOW.minus(HOUR).minus(HOUR))))));
    assertThat(table.attributes("cooldown#sent before"))
        .containsOnlyKeys("id", "told", "quietUntil", "keptBack", "expires");
  }

  private static AttributeValue milliseconds(Instant time) {
    return AttributeValue.fromN(String.valueOf(time.toEpochMilli()));
  }

  private static Function<FaultProxy.Call, Fault> loseEveryFirstAnswer() {
    AtomicInteger count = new AtomicInteger();
    return _ -> count.getAndIncrement() % 2 == 0 ? new Fault.CutAfter(() -> {}) : Fault.NONE;
  }
}
