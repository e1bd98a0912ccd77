package dev.flowbell.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flowbell.testing.emulator.AwsEndpoint;
import dev.flowbell.testing.emulator.AwsEndpointExtension;
import dev.flowbell.testing.emulator.LedgerTable;
import dev.flowbell.testing.network.FaultProxy;
import dev.flowbell.testing.network.FaultProxy.Fault;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// The ledger's promises, kept by a real table; and what goes over the wire for them.
@ExtendWith(AwsEndpointExtension.class)
final class DynamoDbLedgerIT extends LedgerContract {
  private static final Set<Step> ALL = EnumSet.allOf(Step.class);

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

  /// Two writes, neither of more than the 1,024 bytes that one write unit is for.
  @Test
  void claimAndClose_takeTwoSmallWrites() {
    claim("a".repeat(64), NOW).close(ALL);

    assertThat(proxy.calls())
        .extracting(FaultProxy.Call::operation)
        .containsExactly("UpdateItem", "UpdateItem");
    assertThat(proxy.calls()).allMatch(call -> call.service().equals("dynamodb"));
    assertThat(table.bytesOf("batch#" + "a".repeat(64))).isBetween(100, 1_024);
  }

  @Test
  void claim_takesOneRoundTrip() {
    claim("known", NOW).close(ALL);
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
  void entries_goByThemselves() {
    Claim claim = claim("goes", NOW);
    claim.startCooldowns(List.of("goes, too"), NOW, HOUR);

    assertThat(table.number("batch#goes", "expires"))
        .isEqualTo(NOW.plus(Duration.ofDays(15)).getEpochSecond());
    assertThat(table.number("cooldown#goes, too", "expires"))
        .isEqualTo(NOW.plus(HOUR).plus(Duration.ofDays(15)).getEpochSecond());
  }

  /// Whoever asked doesn't know that it was done: the second of the same must not count.
  @Test
  void everyCall_whoseAnswerIsLost() {
    proxy.use(loseEveryFirstAnswer());
    Claim claim = claim("lost", NOW);
    claim.startCooldowns(List.of("lost"), NOW, HOUR);
    claim.noteTaken(Set.of(3));
    claim.close(Set.of(Step.METRICS));
    claim.release();
    Claim other = claim("other", NOW);
    other.startCooldowns(List.of("lost"), NOW, HOUR);
    other.release();

    Claim again = claim("lost", NOW.plusSeconds(1));
    assertThat(again.open()).containsExactly(Step.ALERTS);
    assertThat(again.takenRequests()).containsExactly(3);
    again.close(ALL);
    proxy.use(_ -> Fault.NONE);
    assertThat(claim("lost", NOW).open()).isEmpty();
    assertThat(
            claim("third", NOW)
                .startCooldowns(List.of("lost"), NOW.plus(HOUR), HOUR)
                .get("lost")
                .suppressed())
        .isEqualTo(1);
  }

  @Test
  void claim_throttledAndTriedAgain() {
    List<Fault> faults =
        new ArrayList<>(
            List.of(
                new Fault.Answer(400, "ProvisionedThroughputExceededException", "slow down"),
                new Fault.Answer(500, "InternalServerError", "broken")));
    proxy.use(_ -> faults.isEmpty() ? Fault.NONE : faults.removeFirst());

    assertThat(claim("throttled", NOW).open()).isEqualTo(ALL);
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
            "ledger: DynamoDB UpdateItem, table %s: AccessDeniedException (status 400): not authorized to perform: dynamodb:UpdateItem"
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

  /// The answer would be right, and come too late; another attempt, too.
  @Test
  void claim_noAnswer() {
    proxy.use(_ -> new Fault.Delay(Duration.ofSeconds(20)));

    assertThatThrownBy(() -> claim("late", NOW)).isInstanceOf(LedgerUnavailableException.class);

    assertThat(proxy.count("UpdateItem")).isEqualTo(1);
  }

  @Test
  void claim_nobodyThere() {
    proxy.refuse(true);

    assertThatThrownBy(() -> claim("down", NOW)).isInstanceOf(LedgerUnavailableException.class);

    proxy.refuse(false);
    assertThat(claim("down", NOW).open()).isEqualTo(ALL);
  }

  @Test
  void fallback_whileTheTableIsAway() {
    List<String> warnings = new ArrayList<>();
    FallbackLedger fallback = new FallbackLedger(ledger, warnings::add);
    proxy.refuse(true);

    Claim claim = fallback.claim("away", NOW, LEASE);
    assertThat(claim.doubts()).isEqualTo(1);
    assertThat(claim.startCooldowns(List.of("away"), NOW, HOUR).get("away").isStarted()).isTrue();
    claim.close(ALL);

    assertThat(fallback.claim("away", NOW, LEASE).open()).isEmpty();
    assertThat(warnings)
        .hasSize(2)
        .allSatisfy(
            line ->
                assertThat(line)
                    .startsWith("ledger: DynamoDB UpdateItem, table " + table.name() + ": ")
                    .endsWith("; the work goes on, duplicates are possible"));
  }

  @Test
  void fallback_closesLaterWhatItCouldNotClose() {
    List<String> warnings = new ArrayList<>();
    Claim claim = new FallbackLedger(ledger, warnings::add).claim("later", NOW, LEASE);
    proxy.refuse(true);
    claim.close(Set.of(Step.METRICS));
    proxy.refuse(false);
    claim.close(Set.of(Step.ALERTS));

    assertThat(warnings).hasSize(1);
    assertThat(claim("later", NOW).open()).isEmpty();
  }

  private static java.util.function.Function<FaultProxy.Call, Fault> loseEveryFirstAnswer() {
    AtomicInteger count = new AtomicInteger();
    return _ -> count.getAndIncrement() % 2 == 0 ? new Fault.CutAfter(() -> {}) : Fault.NONE;
  }
}
