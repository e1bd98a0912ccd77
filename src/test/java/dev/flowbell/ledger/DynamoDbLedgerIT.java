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
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkBytes;
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
  void add_takesOneWriteForWhatIsNew() {
    claim("before", NOW).evidence().board();
    Evidence evidence = claim("batch", NOW).evidence();
    proxy.forget();

    evidence.board();
    evidence.add(List.of(addition("ev#1", "tries", "a", "b")));
    evidence.add(List.of(addition("ev#1", "tries", "b", "a")));
    evidence.read(List.of("ev#0", "ev#1", "ev#2"));
    evidence.read(List.of("ev#0", "ev#1", "ev#2"));

    assertThat(proxy.calls())
        .extracting(FaultProxy.Call::operation)
        .containsExactly("UpdateItem", "BatchGetItem");
    proxy.forget();
    claim("another", NOW).evidence().add(List.of(addition("ev#1", "tries", "a")));
    assertThat(proxy.calls()).hasSize(1); // the claim
  }

  @Test
  void add_numbersTakeOneTransaction() {
    Evidence evidence = claim("numbers", NOW).evidence();
    proxy.forget();

    evidence.add(
        List.of(
            new EvidenceAddition(
                "ev#numbers",
                new EvidenceItem(Map.of("tries", Set.of("a")), Map.of("few", 4L, "many", 5L)),
                EXPIRES)));

    assertThat(proxy.calls())
        .extracting(FaultProxy.Call::operation)
        .containsExactly("TransactWriteItems", "UpdateItem");
    assertThat(evidence.read(List.of("ev#numbers")).get("ev#numbers").numbers())
        .isEqualTo(Map.of("many", 5L));
  }

  /// A full set leaves room for what other sets of the item get.
  @Test
  void add_beyondACap() {
    Set<String> sources = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      sources.add("source " + i);
    }
    claim("one", NOW)
        .evidence()
        .add(
            List.of(
                new EvidenceAddition(
                    "ev#door", new EvidenceItem(Map.of("src", sources), Map.of()), EXPIRES)));
    assertThat(table.attributes("ev#door").get("src").bs()).hasSize(64);

    DynamoDbLedger otherProcess = aws.through(proxy.uri(), () -> new DynamoDbLedger(table.name()));
    EvidenceItem item =
        otherProcess
            .claim("two", NOW, LEASE)
            .evidence()
            .add(
                List.of(
                    new EvidenceAddition(
                        "ev#door",
                        new EvidenceItem(
                            Map.of("src", Set.of("another"), "min", Set.of("m")), Map.of()),
                        EXPIRES)))
            .get("ev#door");
    assertThat(item.set("src")).hasSize(64).doesNotContain("another");
    assertThat(item.set("min")).containsExactly("m");
  }

  @Test
  void add_beyondTheWritesOfAClaim() {
    List<EvidenceAddition> additions = new ArrayList<>();
    for (int i = 0; i < 15; i++) {
      additions.add(addition("ev#bound#" + i, "tries", "a"));
    }
    Evidence evidence = claim("bound", NOW).evidence();
    proxy.forget();

    Map<String, EvidenceItem> added = evidence.add(additions);

    assertThat(added).hasSize(15);
    assertThat(added.get("ev#bound#14").set("tries")).containsExactly("a");
    assertThat(proxy.calls()).hasSize(12);
    assertThat(evidence.leftOut()).isEqualTo(3);
  }

  /// A call reads 100 items at most.
  @ParameterizedTest
  @CsvSource({"1, 24, 1", "2, 48, 1", "5, 120, 2", "100, 1000, 10"})
  void read_ofABatch(int payloads, int read, int calls) {
    List<String> keys = IntStream.range(0, 1_000).mapToObj(i -> "ev#read#" + i).toList();
    table.put(
        keys.get(read - 1),
        Map.of("tries", AttributeValue.fromBs(List.of(SdkBytes.fromUtf8String("a")))));
    if (read < keys.size()) {
      table.put(
          keys.get(read),
          Map.of("tries", AttributeValue.fromBs(List.of(SdkBytes.fromUtf8String("b")))));
    }
    Evidence evidence = claim("read", NOW).evidence();
    evidence.widenTo(payloads);
    proxy.forget();

    assertThat(evidence.read(keys)).containsOnlyKeys(keys.get(read - 1));
    assertThat(proxy.calls()).hasSize(calls);
  }

  @ParameterizedTest
  @CsvSource({"1, 100", "3, 300", "24, 2400", "10000, 2400"})
  void episodes_ofABatch(int payloads, int most) {
    Evidence evidence = claim("causes", NOW).evidence();
    evidence.widenTo(payloads);
    List<String> keys = IntStream.rangeClosed(0, most).mapToObj(i -> "cause " + i).toList();
    proxy.forget();

    assertThat(evidence.episodes(keys.subList(0, most))).isEmpty();
    assertThat(proxy.calls()).hasSize(most / 100);
    assertThatThrownBy(() -> evidence.episodes(keys))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected at most " + most + " causes, got " + (most + 1));
  }

  /// A transaction has 100 items at most, one of which is the batch's.
  @Test
  void add_numbersOfABatch() {
    List<EvidenceAddition> additions = new ArrayList<>();
    for (int i = 0; i < 150; i++) {
      additions.add(
          new EvidenceAddition(
              "ev#many#" + i, new EvidenceItem(Map.of(), Map.of("n", 100L + i)), NOW));
    }
    Evidence evidence = claim("many", NOW).evidence();
    evidence.widenTo(100);
    evidence.add(additions);

    Map<String, EvidenceItem> items =
        evidence.read(additions.stream().map(EvidenceAddition::key).toList());
    assertThat(items).hasSize(99);
    assertThat(items.get("ev#many#149").number("n")).isEqualTo(249);
    assertThat(items).doesNotContainKey("ev#many#50").containsKey("ev#many#51");
  }

  @Test
  void extend_byLessThanTenMinutes_writesNothing() {
    Evidence evidence = claim("sent", NOW).evidence();
    Episode sent = new Episode(NOW, NOW, NOW, 1, false, false, "");
    evidence.lease("cause", null);
    evidence.recordSent("cause", sent);
    proxy.forget();

    evidence.extend("cause", sent.extendedBy(NOW, NOW.plusSeconds(599)));
    assertThat(proxy.calls()).isEmpty();
    evidence.extend("cause", sent.extendedBy(NOW, NOW.plusSeconds(600)));
    assertThat(proxy.calls()).hasSize(1);
  }

  @Test
  void board_isReadOnceAMinute() {
    claim("first", NOW).evidence().board();
    proxy.forget();

    claim("second", NOW).evidence().board();

    assertThat(proxy.count("BatchGetItem")).isZero();
  }

  /// What a source got through a day ago is no longer looked at.
  @Test
  void board_forgetsSourcesThatScanned() {
    table.put(
        "open",
        Map.of(
            "entries",
            AttributeValue.fromSs(
                List.of("scan 10.0.0.1 973", "scan 10.0.0.2 974", "scan 10.0.0.3 1000"))));

    assertThat(claim("old", NOW).evidence().board())
        .containsExactlyInAnyOrder("scan 10.0.0.2 974", "scan 10.0.0.3 1000");
    assertThat(table.attributes("open").get("entries").ss())
        .containsExactlyInAnyOrder("scan 10.0.0.2 974", "scan 10.0.0.3 1000");
  }

  /// The right to send the digest ends, and the alerts are still held.
  @Test
  void takeHeld_thenKilled() {
    Claim claim = claim("holds", NOW);
    claim.evidence().hold(7, "alert");
    claim.evidence().post(Set.of("held 7"));
    claim.finish(ALL);
    claim("killed", NOW).evidence().takeHeld(8);

    assertThat(claim("soon", NOW.plusSeconds(20)).evidence().takeHeld(8)).isEmpty();
    assertThat(claim("later", NOW.plusSeconds(31)).evidence().takeHeld(8))
        .isEqualTo(Map.of(7L, List.of("alert")));
  }

  @Test
  void items_expire() {
    Claim claim = claim("expires", NOW);
    claim.evidence().add(List.of(addition("ev#expires", "tries", "a")));
    claim.evidence().lease("expires", null);
    claim.evidence().recordSent("expires", new Episode(NOW, NOW, NOW, 1, false, false, ""));
    claim.evidence().countNotification(8, 1);

    assertThat(table.number("batch#expires", "expires"))
        .isEqualTo(NOW.plus(Duration.ofDays(15)).getEpochSecond());
    assertThat(table.number("ev#expires", "expires")).isEqualTo(EXPIRES.getEpochSecond());
    assertThat(table.number("told#expires", "expires"))
        .isEqualTo(NOW.plus(Duration.ofHours(50)).getEpochSecond());
    assertThat(table.number("mails#8", "expires")).isEqualTo(Duration.ofHours(8 + 26).toSeconds());
  }

  /// The ledger does not know that the write succeeded, and repeats it. The repeat must not count.
  @Test
  void everyCall_withItsAnswerLost() {
    proxy.use(loseEveryFirstAnswer());
    Claim claim = claim("lost", NOW);
    EvidenceAddition addition =
        new EvidenceAddition(
            "ev#lost", new EvidenceItem(Map.of("tries", Set.of("a")), Map.of("n", 7L)), EXPIRES);
    assertThat(claim.evidence().add(List.of(addition)).get("ev#lost")).isEqualTo(addition.item());
    claim.recordAccepted(Set.of(3), PLAN);
    claim.recordDone(Set.of("METRICS"));
    assertThat(claim.evidence().lease("lost", null)).isTrue();
    claim.evidence().recordSent("lost", new Episode(NOW, NOW, NOW, 1, false, false, ""));
    claim.release();
    assertThat(claim("other", NOW).evidence().lease("lost", null)).isFalse();

    Claim again = claim("lost", NOW.plusSeconds(1));
    assertThat(again.doneSteps()).containsExactly("METRICS");
    assertThat(again.acceptedRequests()).containsExactly(3);
    assertThat(again.evidence().add(List.of(addition)).get("ev#lost")).isEqualTo(addition.item());
    again.finish(ALL);
    proxy.use(_ -> Fault.NONE);
    assertThat(claim("lost", NOW).isFinished()).isTrue();
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

  /// Bytes come all the time, so no read of them takes long.
  @Test
  void claim_answerTrickles() {
    proxy.use(_ -> new Fault.Trickle(Duration.ofMillis(100)));

    assertThatThrownBy(() -> claim("trickle", NOW))
        .isInstanceOf(LedgerUnavailableException.class)
        .hasMessageEndingWith(": no complete response within 3000 ms");

    assertThat(proxy.count("UpdateItem")).isEqualTo(1);
  }

  /// Answers that don't say whether DynamoDB wrote the item, which it did here.
  static Stream<Arguments> answersThatSayNothing() {
    return Stream.of(
        Arguments.of("empty", Fault.Change.to("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")),
        Arguments.of("cut in its status", Fault.Change.cutAfter(11)),
        Arguments.of("cut in its headers", Fault.Change.cutAfter(40)),
        Arguments.of("cut in its body", Fault.Change.cutWithoutLength(2)),
        Arguments.of(
            "a page", Fault.Change.to("HTTP/1.1 200 OK\r\n\r\n<html><body></body></html>")),
        Arguments.of("no object", Fault.Change.to("HTTP/1.1 200 OK\r\n\r\n[]")),
        Arguments.of("two objects", Fault.Change.to("HTTP/1.1 200 OK\r\n\r\n{}{}")),
        Arguments.of(
            "with another checksum",
            Fault.Change.to("HTTP/1.1 200 OK\r\nx-amz-crc32: 2745614146\r\n\r\n{ }")),
        Arguments.of(
            "a proxy's refusal",
            Fault.Change.to("HTTP/1.1 403 Forbidden\r\n\r\n<html>Not here</html>")));
  }

  /// Such an answer is asked for again, and never taken for a new batch.
  @ParameterizedTest(name = "{0}")
  @MethodSource("answersThatSayNothing")
  void claim_answerSaysNothing(String answer, Fault fault) {
    Claim killed = claim("nothing " + answer, NOW.minus(LEASE));
    killed.recordDone(Set.of("METRICS"));
    proxy.forget();
    proxy.use(call -> proxy.calls().size() == 1 ? fault : Fault.NONE);

    Claim claim = claim("nothing " + answer, NOW);

    assertThat(proxy.count("UpdateItem")).isEqualTo(2);
    assertThat(claim.doneSteps()).containsExactly("METRICS");
    assertThat(claim.wasInterrupted()).isTrue();

    proxy.use(_ -> fault);
    assertThatThrownBy(() -> claim("nothing " + answer, NOW.plus(LEASE)))
        .isInstanceOf(LedgerUnavailableException.class);
  }

  /// What another invocation holds is its own, even if the answer that says so was cut.
  @ParameterizedTest
  @ValueSource(ints = {20, 60, 250})
  void claim_refusalIsCut(int bytes) {
    claim("held " + bytes, NOW);
    proxy.forget();
    proxy.use(call -> proxy.calls().size() == 1 ? Fault.Change.cutAfter(bytes) : Fault.NONE);

    assertThatThrownBy(() -> claim("held " + bytes, NOW)).isInstanceOf(BatchClaimedException.class);
    assertThat(proxy.count("UpdateItem")).isEqualTo(2);
  }

  @Test
  void read_answerLacksItsMember() {
    Evidence evidence = claim("member", NOW).evidence();
    proxy.use(call -> Fault.Change.to("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"));

    assertThatThrownBy(() -> evidence.read(List.of("ev#member")))
        .isInstanceOf(LedgerUnavailableException.class)
        .hasMessage(
            ("ledger: DynamoDB BatchGetItem, table %s: expected JSON with [Responses], got no"
                    + " content type, 2 bytes (status 200)")
                .formatted(table.name()));
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
    assertThat(claim.evidence().lease("away", null)).isTrue();
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

  @Test
  void fallback_whileEvidenceIsUnavailable() {
    List<String> warnings = new ArrayList<>();
    Claim claim = new FallbackLedger(ledger, warnings::add).claim("evidence", NOW, LEASE);
    proxy.refuse(true);
    EvidenceAddition addition = addition("ev#away", "tries", "a");

    assertThat(claim.evidence().add(List.of(addition)).get("ev#away")).isEqualTo(addition.item());
    assertThat(claim.evidence().read(List.of("ev#away"))).hasSize(1);
    Episode known = new Episode(NOW, NOW, NOW, 1, false, false, "");
    assertThat(warnings).hasSize(1);
    assertThat(claim.possibleDuplicates()).isZero();
    assertThat(claim.evidence().lease("cause", known)).isTrue();
    assertThat(claim.possibleDuplicates()).isEqualTo(1);
    claim.evidence().recordSent("cause", known);
    assertThat(claim.evidence().lease("cause", null)).isFalse();
  }

  /// An item with cooldowns, as versions before 2026-11-28 wrote them: they are ignored.
  @Test
  void claim_itemOfAnOlderVersion() {
    table.put(
        "batch#older",
        Map.of(
            "arrival", AttributeValue.fromN("1795342753217"),
            "leaseEnd", AttributeValue.fromN("0"),
            "closed", AttributeValue.fromSs(List.of("METRICS")),
            "answers",
                AttributeValue.fromM(Map.of("key", AttributeValue.fromS("true 1795342753218 0 0"))),
            "cooldowns", AttributeValue.fromM(Map.of("key", AttributeValue.fromM(Map.of())))));

    Claim claim = claim("older", NOW);

    assertThat(claim.isFinished()).isFalse();
    assertThat(claim.doneSteps()).containsExactly("METRICS");
  }

  /// The names are fixed: items live for 15 days, and other versions read them.
  @Test
  void items_haveTheseAttributes() {
    Claim claim = claim("names", NOW);
    claim.recordAccepted(Set.of(3), PLAN);
    claim.recordDone(Set.of("METRICS"));
    Evidence evidence = claim.evidence();
    evidence.add(
        List.of(
            new EvidenceAddition(
                "ev#names",
                new EvidenceItem(Map.of("tries", Set.of("\0\u00ff")), Map.of("\0|", 7L)),
                EXPIRES)));
    evidence.lease("names", null);
    assertThat(table.attributes("told#names"))
        .containsOnlyKeys("id", "leaseEnd", "owner", "expires");
    evidence.recordSent("names", new Episode(NOW, NOW, NOW, 1, false, false, "names"));
    evidence.countNotification(9, 1);
    evidence.hold(9, "alert");
    evidence.post(Set.of("held 9"));
    claim.release();

    assertThat(table.attributes("batch#names"))
        .containsOnlyKeys(
            "id",
            "arrival",
            "leaseEnd",
            "runner",
            "expires",
            "closed",
            "taken",
            "plan",
            "doubts",
            "counted");
    assertThat(table.attributes("ev#names")).containsOnlyKeys("id", "expires", "tries", "nAHw");
    assertThat(table.attributes("ev#names").get("tries").bs())
        .containsExactly(SdkBytes.fromByteArray(new byte[] {0, -1}));
    assertThat(table.attributes("told#names"))
        .containsOnlyKeys("id", "first", "last", "at", "rank", "grown", "got", "by", "expires");
    assertThat(table.attributes("mails#9")).containsOnlyKeys("id", "count", "held", "expires");
    assertThat(table.attributes("open")).containsOnlyKeys("id", "entries");
  }

  private static Function<FaultProxy.Call, Fault> loseEveryFirstAnswer() {
    AtomicInteger count = new AtomicInteger();
    return _ -> count.getAndIncrement() % 2 == 0 ? new Fault.CutAfter(() -> {}) : Fault.NONE;
  }
}
