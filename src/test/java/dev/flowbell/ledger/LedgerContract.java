package dev.flowbell.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/// Tests that every ledger must pass. Each call passes the current time, so a test decides when
/// leases and cooldowns end.
abstract class LedgerContract {
  static final Instant NOW = Instant.parse("2026-11-22T10:19:13.217Z");
  static final Duration HOUR = Duration.ofHours(1);
  static final Duration LEASE = Duration.ofSeconds(62);
  static final Set<String> ALL = Set.of("METRICS", "ALERTS");
  private static final int THREADS = 8;

  // Tests may share a ledger, and a table may have items of earlier test runs.
  private final String batch = UUID.randomUUID().toString();
  private final String scan = "port-scan|198.51.100.7|eni-0a1b2c3d|/vpc/flow-logs" + batch;

  abstract Ledger ledger();

  @Test
  void claim_newBatch() {
    Claim claim = claim(batch, NOW);

    assertThat(claim.isFinished()).isFalse();
    assertThat(claim.doneSteps()).isEmpty();
    assertThat(claim.arrival()).isEqualTo(NOW);
    assertThat(claim.acceptedRequests()).isEmpty();
    assertThat(claim.wasInterrupted()).isFalse();
    assertThat(claim.possibleDuplicates()).isZero();
  }

  @Test
  void claim_whileAnotherHoldsIt() {
    claim(batch, NOW);

    assertThatThrownBy(() -> claim(batch, NOW.plus(LEASE).minusMillis(1)))
        .isInstanceOf(BatchClaimedException.class)
        .hasMessage(
            ("batch %s: another run has claimed it until 2026-11-22T10:20:15.217Z at the latest;"
                    + " nothing was sent")
                .formatted(batch));
    assertThat(claim(batch + "other", NOW).isFinished()).isFalse();
  }

  @Test
  void claim_afterAKilledInvocation() {
    claim(batch, NOW);

    Claim second = claim(batch, NOW.plus(LEASE));

    assertThat(second.isFinished()).isFalse();
    assertThat(second.doneSteps()).isEmpty();
    assertThat(second.wasInterrupted()).isTrue();
    assertThat(second.arrival()).isEqualTo(NOW);
    assertThat(second.possibleDuplicates()).isEqualTo(1);
    assertThatThrownBy(() -> claim(batch, NOW.plus(LEASE).plusSeconds(1)))
        .isInstanceOf(BatchClaimedException.class);
  }

  /// One possible duplicate, not two: the second invocation was killed before it sent anything, or
  /// it published the first one's possible duplicate.
  @Test
  void claim_afterTwoKilledInvocations() {
    claim(batch, NOW);
    claim(batch, NOW.plus(LEASE));

    assertThat(claim(batch, NOW.plus(LEASE).plus(LEASE)).possibleDuplicates()).isEqualTo(1);
  }

  @Test
  void claim_finished() {
    Claim claim = claim(batch, NOW);
    claim.recordDone(Set.of("METRICS"));
    claim.finish(Set.of("ALERTS"));
    claim.finish(Set.of("ALERTS"));

    assertThat(claim(batch, NOW.plusSeconds(1)).isFinished()).isTrue();
    assertThat(claim(batch, NOW.plus(HOUR)).isFinished()).isTrue();
    assertThat(claim(batch, NOW.plus(HOUR)).doneSteps()).isEqualTo(ALL);
    assertThat(claim(batch, NOW.plus(HOUR)).wasInterrupted()).isFalse();
    assertThat(claim(batch, NOW.plus(HOUR)).possibleDuplicates()).isZero();
  }

  @Test
  void finish_allStepsAtOnce() {
    Claim claim = claim(batch, NOW);
    claim.finish(ALL);

    assertThat(claim.isFinished()).isTrue();
    assertThat(claim(batch, NOW.plusSeconds(1)).isFinished()).isTrue();
  }

  /// The batch of a newer version, with a step that this version does not know.
  @Test
  void finish_withAnUnknownStep() {
    claim(batch, NOW).finish(Set.of("METRICS", "ALERTS", "CHAT"));

    Claim second = claim(batch, NOW.plusSeconds(1));
    assertThat(second.isFinished()).isTrue();
    assertThat(second.doneSteps()).containsExactlyInAnyOrder("METRICS", "ALERTS", "CHAT");
  }

  /// The batch of another version that has fewer steps is finished as well.
  @Test
  void finish_withFewerSteps() {
    claim(batch, NOW).finish(Set.of("METRICS"));

    assertThat(claim(batch, NOW.plusSeconds(1)).isFinished()).isTrue();
  }

  @Test
  void finish_withNoStepsAtAll() {
    claim(batch, NOW).finish(Set.of());

    assertThat(claim(batch, NOW.plusSeconds(1)).isFinished()).isTrue();
  }

  @Test
  void recordDone_keepsAnUnknownStep() {
    Claim newer = claim(batch, NOW);
    newer.recordDone(Set.of("CHAT"));
    newer.release();
    Claim older = claim(batch, NOW.plusSeconds(1));
    assertThat(older.isFinished()).isFalse();
    assertThat(older.doneSteps()).containsExactly("CHAT");
    older.recordDone(Set.of("METRICS"));
    older.release();

    Claim third = claim(batch, NOW.plusSeconds(2));
    assertThat(third.doneSteps()).containsExactlyInAnyOrder("CHAT", "METRICS");
    assertThat(third.isFinished()).isFalse();
  }

  @Test
  void recordDone_thenKilled() {
    claim(batch, NOW).recordDone(Set.of("METRICS"));

    assertThatThrownBy(() -> claim(batch, NOW.plusSeconds(1)))
        .isInstanceOf(BatchClaimedException.class);
    Claim second = claim(batch, NOW.plus(LEASE));
    assertThat(second.doneSteps()).containsExactly("METRICS");
    assertThat(second.possibleDuplicates()).isEqualTo(1);
  }

  @Test
  void finish_afterTheLeaseEnded() {
    Claim slow = claim(batch, NOW);
    claim(batch, NOW.plus(LEASE)).release();
    slow.finish(ALL);

    assertThat(claim(batch, NOW.plus(HOUR)).isFinished()).isTrue();
  }

  @Test
  void release_letsTheNextInvocationBegin() {
    Claim claim = claim(batch, NOW);
    claim.recordDone(Set.of("ALERTS"));
    claim.recordAccepted(Set.of(3, 0));
    claim.recordAccepted(Set.of(11));
    claim.release();

    Claim second = claim(batch, NOW.plusSeconds(1));
    assertThat(second.doneSteps()).containsExactly("ALERTS");
    assertThat(second.acceptedRequests()).containsExactlyInAnyOrder(0, 3, 11);
    assertThat(second.wasInterrupted()).isFalse();
    assertThat(second.arrival()).isEqualTo(NOW);
    assertThat(second.possibleDuplicates()).isZero();
  }

  @Test
  void addPossibleDuplicates_untilTheyAreCleared() {
    Claim claim = claim(batch, NOW);
    claim.addPossibleDuplicates(1);
    claim.addPossibleDuplicates(1);
    claim.release();

    Claim second = claim(batch, NOW.plusSeconds(1));
    assertThat(second.possibleDuplicates()).isEqualTo(2);
    second.release();
    Claim third = claim(batch, NOW.plusSeconds(2));
    assertThat(third.possibleDuplicates()).isEqualTo(2);
    third.clearPossibleDuplicates();
    assertThat(third.possibleDuplicates()).isZero();
    third.recordDone(Set.of("METRICS"));
    third.release();
    assertThat(claim(batch, NOW.plusSeconds(3)).possibleDuplicates()).isZero();
  }

  @Test
  void claim_eightAtOnce() throws Exception {
    List<Boolean> won =
        inParallel(
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
  void startCooldowns_suppressedUntilItEnds() {
    ask(batch + 1, NOW);

    assertThat(ask(batch + 2, NOW)).isEqualTo(new Cooldown(false, NOW.plus(HOUR), 0, null));
    assertThat(ask(batch + 3, NOW.plus(HOUR).minusMillis(1)))
        .isEqualTo(new Cooldown(false, NOW.plus(HOUR), 0, null));
    assertThat(ask(batch + 4, NOW.plus(HOUR)))
        .isEqualTo(new Cooldown(true, NOW.plus(HOUR).plus(HOUR), 2, NOW));
    assertThat(ask(batch + 5, NOW.plus(HOUR).plus(HOUR)))
        .isEqualTo(new Cooldown(true, NOW.plus(HOUR).plus(HOUR).plus(HOUR), 0, null));
  }

  /// Otherwise a notification that failed would be lost.
  @Test
  void startCooldowns_repeatedBatchGetsTheSame() {
    ask(batch + 1, NOW);
    ask(batch + 2, NOW);
    Cooldown started = ask(batch + 3, NOW.plus(HOUR));
    Cooldown suppressed = ask(batch + 4, NOW.plus(HOUR));
    ask(batch + 5, NOW.plus(HOUR).plus(HOUR));

    Instant muchLater = NOW.plus(Duration.ofHours(5));
    assertThat(ask(batch + 3, muchLater)).isEqualTo(started);
    assertThat(ask(batch + 4, muchLater)).isEqualTo(suppressed);
    assertThat(started).isEqualTo(new Cooldown(true, NOW.plus(HOUR).plus(HOUR), 1, NOW));
    assertThat(suppressed.isStarted()).isFalse();
  }

  /// Each batch counts once, however often it is repeated.
  @Test
  void startCooldowns_eachBatchCountsOnce() {
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
  void startCooldowns_mostKeys() {
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
    List<Cooldown> answers = inParallel(() -> ask(UUID.randomUUID().toString(), NOW));

    assertThat(answers).filteredOn(Cooldown::isStarted).hasSize(1);
    assertThat(ask(batch, NOW.plus(HOUR)).suppressed()).isEqualTo(THREADS - 1);
  }

  /// Claims a batch, starts the cooldown, and releases the claim.
  private Cooldown ask(String batch, Instant now) {
    Claim claim = claim(batch, now);
    Cooldown answer = claim.startCooldowns(List.of(scan), now, HOUR).get(scan);
    claim.release();
    return answer;
  }

  Claim claim(String batch, Instant now) {
    return ledger().claim(batch, now, LEASE);
  }

  private static <T> List<T> inParallel(Callable<T> work) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<T> results = new ArrayList<>();
      for (Future<T> each : threads.invokeAll(java.util.Collections.nCopies(THREADS, work))) {
        results.add(each.get());
      }
      return results;
    }
  }
}
