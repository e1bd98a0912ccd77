package dev.flowbell.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// What every ledger promises. The clock is the caller's: leases and cooldowns end when the test
/// says so.
abstract class LedgerContract {
  static final Instant NOW = Instant.parse("2026-11-22T10:19:13.217Z");
  static final Duration HOUR = Duration.ofHours(1);
  static final Duration LEASE = Duration.ofSeconds(62);
  private static final Set<Step> ALL = EnumSet.allOf(Step.class);
  private static final int THREADS = 8;

  // A ledger may be shared by tests and by earlier runs.
  private final String batch = UUID.randomUUID().toString();
  private final String scan = "port-scan|198.51.100.7|eni-0a1b2c3d|/vpc/flow-logs" + batch;

  abstract Ledger ledger();

  @Test
  void claim_newBatch() {
    Claim claim = claim(batch, NOW);

    assertThat(claim.open()).isEqualTo(ALL);
    assertThat(claim.arrival()).isEqualTo(NOW);
    assertThat(claim.takenRequests()).isEmpty();
    assertThat(claim.isAfterCut()).isFalse();
    assertThat(claim.doubts()).isZero();
  }

  @Test
  void claim_whileAnotherHoldsIt() {
    claim(batch, NOW);

    assertThatThrownBy(() -> claim(batch, NOW.plus(LEASE).minusMillis(1)))
        .isInstanceOf(BatchClaimedException.class)
        .hasMessage(
            "batch %s: another run has claimed it until 2026-11-22T10:20:15.217Z at the latest; nothing was sent"
                .formatted(batch));
    assertThat(claim(batch + "other", NOW).open()).isEqualTo(ALL);
  }

  @Test
  void claim_afterTheLeaseOfARunThatWasCutOff() {
    claim(batch, NOW);

    Claim second = claim(batch, NOW.plus(LEASE));

    assertThat(second.open()).isEqualTo(ALL);
    assertThat(second.arrival()).isEqualTo(NOW);
    assertThat(second.doubts()).isEqualTo(1);
    assertThatThrownBy(() -> claim(batch, NOW.plus(LEASE).plusSeconds(1)))
        .isInstanceOf(BatchClaimedException.class);
  }

  /// The second one sent nothing that the third could double, or it said so when it did.
  @Test
  void claim_afterTwoRunsThatWereCutOff() {
    claim(batch, NOW);
    claim(batch, NOW.plus(LEASE));

    assertThat(claim(batch, NOW.plus(LEASE).plus(LEASE)).doubts()).isEqualTo(1);
  }

  @Test
  void claim_done() {
    Claim claim = claim(batch, NOW);
    claim.close(Set.of(Step.METRICS));
    claim.close(Set.of(Step.ALERTS));
    claim.close(Set.of(Step.ALERTS));

    assertThat(claim(batch, NOW.plusSeconds(1)).open()).isEmpty();
    assertThat(claim(batch, NOW.plus(HOUR)).open()).isEmpty();
    assertThat(claim(batch, NOW.plus(HOUR)).doubts()).isZero();
  }

  @Test
  void close_bothAtOnce() {
    claim(batch, NOW).close(ALL);

    assertThat(claim(batch, NOW.plusSeconds(1)).open()).isEmpty();
  }

  @Test
  void close_oneAndBeCutOff() {
    claim(batch, NOW).close(Set.of(Step.METRICS));

    assertThatThrownBy(() -> claim(batch, NOW.plusSeconds(1)))
        .isInstanceOf(BatchClaimedException.class);
    Claim second = claim(batch, NOW.plus(LEASE));
    assertThat(second.open()).containsExactly(Step.ALERTS);
    assertThat(second.doubts()).isEqualTo(1);
  }

  @Test
  void close_byARunThatOutlivedItsLease() {
    Claim slow = claim(batch, NOW);
    claim(batch, NOW.plus(LEASE)).release();
    slow.close(ALL);

    assertThat(claim(batch, NOW.plus(HOUR)).open()).isEmpty();
  }

  @Test
  void release_letsTheNextRunBegin() {
    Claim claim = claim(batch, NOW);
    claim.close(Set.of(Step.ALERTS));
    claim.noteTaken(Set.of(3, 0));
    claim.noteTaken(Set.of(11));
    claim.release();

    Claim second = claim(batch, NOW.plusSeconds(1));
    assertThat(second.open()).containsExactly(Step.METRICS);
    assertThat(second.takenRequests()).containsExactlyInAnyOrder(0, 3, 11);
    assertThat(second.isAfterCut()).isFalse();
    assertThat(second.arrival()).isEqualTo(NOW);
    assertThat(second.doubts()).isZero();
  }

  @Test
  void addDoubts_areTheNextRunsToSettle() {
    Claim claim = claim(batch, NOW);
    claim.addDoubts(1);
    claim.addDoubts(1);
    claim.release();

    Claim second = claim(batch, NOW.plusSeconds(1));
    assertThat(second.doubts()).isEqualTo(2);
    second.release();
    Claim third = claim(batch, NOW.plusSeconds(2));
    assertThat(third.doubts()).isEqualTo(2);
    third.settleDoubts();
    assertThat(third.doubts()).isZero();
    third.close(Set.of(Step.METRICS));
    third.release();
    assertThat(claim(batch, NOW.plusSeconds(3)).doubts()).isZero();
  }

  @Test
  void claim_eightAtOnce() throws Exception {
    List<Boolean> won =
        atOnce(
            () -> {
              try {
                claim(batch, NOW);
                return true;
              } catch (BatchClaimedException _) {
                return false;
              }
            });

    assertThat(won).filteredOn(each -> each).hasSize(1);
  }

  @Test
  void startCooldowns_first() {
    assertThat(ask(batch, NOW)).isEqualTo(new Cooldown(true, NOW.plus(HOUR), 0, null));
  }

  @Test
  void startCooldowns_quietUntilItEnds() {
    ask(batch + 1, NOW);

    assertThat(ask(batch + 2, NOW)).isEqualTo(new Cooldown(false, NOW.plus(HOUR), 0, null));
    assertThat(ask(batch + 3, NOW.plus(HOUR).minusMillis(1)))
        .isEqualTo(new Cooldown(false, NOW.plus(HOUR), 0, null));
    assertThat(ask(batch + 4, NOW.plus(HOUR)))
        .isEqualTo(new Cooldown(true, NOW.plus(HOUR).plus(HOUR), 2, NOW));
    assertThat(ask(batch + 5, NOW.plus(HOUR).plus(HOUR)))
        .isEqualTo(new Cooldown(true, NOW.plus(HOUR).plus(HOUR).plus(HOUR), 0, null));
  }

  /// Or a notification that failed would be lost.
  @Test
  void startCooldowns_sameBatchGetsTheSameAnswer() {
    ask(batch + 1, NOW);
    ask(batch + 2, NOW);
    Cooldown started = ask(batch + 3, NOW.plus(HOUR));
    Cooldown keptBack = ask(batch + 4, NOW.plus(HOUR));
    ask(batch + 5, NOW.plus(HOUR).plus(HOUR));

    Instant muchLater = NOW.plus(Duration.ofHours(5));
    assertThat(ask(batch + 3, muchLater)).isEqualTo(started);
    assertThat(ask(batch + 4, muchLater)).isEqualTo(keptBack);
    assertThat(started).isEqualTo(new Cooldown(true, NOW.plus(HOUR).plus(HOUR), 1, NOW));
    assertThat(keptBack.isStarted()).isFalse();
  }

  /// However often they come, and whatever comes in between.
  @Test
  void startCooldowns_eachBatchIsKeptBackOnce() {
    ask(batch + 0, NOW);
    for (int round = 0; round < 3; round++) {
      for (int i = 1; i <= 4; i++) {
        assertThat(ask(batch + i, NOW.plusSeconds(round)).isStarted()).isFalse();
      }
    }

    assertThat(ask(batch + 5, NOW.plus(HOUR)).suppressed()).isEqualTo(4);
  }

  @Test
  void startCooldowns_severalKeys() {
    ask(batch + 1, NOW);
    Claim claim = claim(batch + 2, NOW.plusSeconds(1));

    assertThat(claim.startCooldowns(List.of(scan + "other", scan), NOW.plusSeconds(1), HOUR))
        .isEqualTo(
            Map.of(
                scan,
                new Cooldown(false, NOW.plus(HOUR), 0, null),
                scan + "other",
                new Cooldown(true, NOW.plusSeconds(1).plus(HOUR), 0, null)));
  }

  @Test
  void startCooldowns_asManyAsThereMayBe() {
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < Claim.MOST_KEYS; i++) {
      keys.add(scan + i);
    }

    assertThat(claim(batch, NOW).startCooldowns(keys, NOW, HOUR)).hasSize(99);
    assertThat(claim(batch + 2, NOW).startCooldowns(keys, NOW, HOUR).values())
        .hasSize(99)
        .noneMatch(Cooldown::isStarted);
  }

  @Test
  void startCooldowns_ofNoLength() {
    for (int i = 0; i < 2; i++) {
      assertThat(claim(batch + i, NOW).startCooldowns(List.of(scan), NOW, Duration.ZERO))
          .isEqualTo(Map.of(scan, new Cooldown(true, NOW, 0, null)));
    }
  }

  @Test
  void startCooldowns_eightAtOnce() throws Exception {
    List<Cooldown> answers = atOnce(() -> ask(UUID.randomUUID().toString(), NOW));

    assertThat(answers).filteredOn(Cooldown::isStarted).hasSize(1);
    assertThat(ask(batch, NOW.plus(HOUR)).suppressed()).isEqualTo(THREADS - 1);
  }

  /// One run of a batch, which doesn't finish.
  private Cooldown ask(String batch, Instant now) {
    Claim claim = claim(batch, now);
    Cooldown answer = claim.startCooldowns(List.of(scan), now, HOUR).get(scan);
    claim.release();
    return answer;
  }

  Claim claim(String batch, Instant now) {
    return ledger().claim(batch, now, LEASE);
  }

  private static <T> List<T> atOnce(Callable<T> work) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<T> results = new ArrayList<>();
      for (Future<T> each : threads.invokeAll(java.util.Collections.nCopies(THREADS, work))) {
        results.add(each.get());
      }
      return results;
    }
  }
}
