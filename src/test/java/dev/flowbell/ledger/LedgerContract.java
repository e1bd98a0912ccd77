package dev.flowbell.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// Tests that every ledger must pass. Each call passes the current time, so a test decides when
/// leases end.
abstract class LedgerContract {
  static final Instant NOW = Instant.parse("2026-11-22T10:19:13.217Z");
  static final Duration HOUR = Duration.ofHours(1);
  static final long PLAN = 4_711;
  static final Duration LEASE = Duration.ofSeconds(62);
  static final Set<String> ALL = Set.of("METRICS", "ALERTS");
  static final Instant EXPIRES = Instant.parse("2026-11-23T12:00:00Z");
  private static final int THREADS = 8;

  // Tests may share a ledger, and a table may have items of earlier test runs.
  private final String batch = UUID.randomUUID().toString();

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

  /// Other settings make other requests: the old numbers mean nothing then.
  @Test
  void recordAccepted_ofAnotherPlan() {
    Claim first = claim(batch, NOW);
    assertThat(first.acceptedPlan()).isZero();
    assertThat(first.recordAccepted(Set.of(0, 1), PLAN)).isTrue();
    first.release();
    Claim second = claim(batch, NOW);
    assertThat(second.acceptedPlan()).isEqualTo(PLAN);
    second.recordAccepted(Set.of(7), PLAN + 1);
    second.recordAccepted(Set.of(8), PLAN + 1);
    second.release();

    Claim third = claim(batch, NOW);
    assertThat(third.acceptedPlan()).isEqualTo(PLAN + 1);
    assertThat(third.acceptedRequests()).containsExactlyInAnyOrder(7, 8);
  }

  @Test
  void release_letsTheNextInvocationBegin() {
    Claim claim = claim(batch, NOW);
    claim.recordDone(Set.of("ALERTS"));
    claim.recordAccepted(Set.of(3, 0), PLAN);
    claim.recordAccepted(Set.of(11), PLAN);
    claim.release();

    Claim second = claim(batch, NOW.plusSeconds(1));
    assertThat(second.doneSteps()).containsExactly("ALERTS");
    assertThat(second.acceptedRequests()).containsExactlyInAnyOrder(0, 3, 11);
    assertThat(second.wasInterrupted()).isFalse();
    assertThat(second.arrival()).isEqualTo(NOW);
    assertThat(second.possibleDuplicates()).isZero();
  }

  /// The second invocation failed: two of its requests got no answer, and it did not send all that
  /// the first one may have had accepted.
  @Test
  void release_ofAnInterruptedBatch() {
    claim(batch, NOW);
    Claim second = claim(batch, NOW.plus(LEASE));
    second.addPossibleDuplicates(2);
    second.release();

    Claim third = claim(batch, NOW.plus(LEASE));
    assertThat(third.wasInterrupted()).isTrue();
    assertThat(third.possibleDuplicates()).isEqualTo(3);
    third.clearPossibleDuplicates();
    third.recordDone(Set.of("METRICS"));
    third.release();
    Claim fourth = claim(batch, NOW.plus(LEASE));
    assertThat(fourth.wasInterrupted()).isFalse();
    assertThat(fourth.possibleDuplicates()).isZero();
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
  void add_twiceIsTheSame() {
    EvidenceAddition addition = addition(ev("src"), "tries", "\0\u00ff1", "\2");
    EvidenceAddition other = addition(ev("src"), "if", "eni-1");
    Evidence evidence = claim(batch, NOW).evidence();

    assertThat(evidence.add(List.of(addition)))
        .isEqualTo(Map.of(ev("src"), item(Map.of("tries", Set.of("\0\u00ff1", "\2")))));
    evidence.add(List.of(addition));
    Evidence another = claim(batch + 2, NOW).evidence();
    assertThat(another.add(List.of(addition, other)).get(ev("src")))
        .isEqualTo(item(Map.of("tries", Set.of("\0\u00ff1", "\2"), "if", Set.of("eni-1"))));
    assertThat(another.read(List.of(ev("src"), ev("none"))))
        .isEqualTo(
            Map.of(
                ev("src"),
                item(Map.of("tries", Set.of("\0\u00ff1", "\2"), "if", Set.of("eni-1")))));
    assertThat(another.leftOut()).isZero();
  }

  @Test
  void add_numbersOnceForABatch() {
    EvidenceAddition addition =
        new EvidenceAddition(
            ev("src"),
            new EvidenceItem(Map.of("tries", Set.of("a")), Map.of("n7|\0\u00ff", 6L, "n8|", 5L)),
            EXPIRES);
    Claim first = claim(batch, NOW);
    first.evidence().add(List.of(addition));
    first.evidence().add(List.of(addition));
    first.release();
    Claim again = claim(batch, NOW.plusSeconds(1));
    again.evidence().add(List.of(addition));

    assertThat(again.evidence().read(List.of(ev("src"))).get(ev("src")).numbers())
        .isEqualTo(Map.of("n7|\0\u00ff", 6L, "n8|", 5L));
    assertThat(claim(batch + 2, NOW).evidence().add(List.of(addition)).get(ev("src")).numbers())
        .isEqualTo(Map.of("n7|\0\u00ff", 12L, "n8|", 10L));
  }

  /// Of claims that add at the same time, the last one sees everything. So one at least sees that a
  /// threshold is reached.
  @Test
  void add_inParallel() throws Exception {
    AtomicInteger number = new AtomicInteger();
    List<Integer> seen =
        inParallel(
            200,
            () -> {
              int each = number.incrementAndGet();
              Evidence evidence = claim(batch + each, NOW).evidence();
              return evidence
                  .add(List.of(addition(ev("door"), "tries", "entry " + each)))
                  .get(ev("door"))
                  .set("tries")
                  .size();
            });

    assertThat(seen).hasSize(200).contains(200);
    assertThat(claim(batch, NOW).evidence().read(List.of(ev("door"))).get(ev("door")).set("tries"))
        .hasSize(200);
  }

  @Test
  void lease_isOneClaims() {
    Evidence one = claim(batch + 1, NOW).evidence();
    Evidence two = claim(batch + 2, NOW).evidence();

    assertThat(one.lease(batch, null)).isTrue();
    assertThat(one.lease(batch, null)).isTrue();
    assertThat(two.lease(batch, null)).isFalse();
    assertThat(two.episodes(List.of(batch))).isEmpty();
    two.release(batch);
    assertThat(two.lease(batch, null)).isFalse();
    one.release(batch);
    assertThat(two.lease(batch, null)).isTrue();
  }

  /// A claim that ended without a word has sent nothing, as far as the ledger knows.
  @Test
  void lease_isTheBatchs() {
    Claim claim = claim(batch, NOW);
    claim.evidence().lease(batch, null);
    claim.release();

    assertThat(claim(batch + 2, NOW).evidence().lease(batch, null)).isFalse();
    assertThat(claim(batch, NOW).evidence().lease(batch, null)).isTrue();
  }

  @Test
  void lease_ends() {
    claim(batch + 1, NOW).evidence().lease(batch, null);

    assertThat(claim(batch + 2, NOW.plusSeconds(20)).evidence().lease(batch, null)).isFalse();
    assertThat(claim(batch + 3, NOW.plusSeconds(31)).evidence().lease(batch, null)).isTrue();
  }

  @Test
  void lease_eightAtOnce() throws Exception {
    List<Boolean> won =
        inParallel(() -> claim(UUID.randomUUID().toString(), NOW).evidence().lease(batch, null));

    assertThat(won).filteredOn(each -> each).hasSize(1);
  }

  @Test
  void recordSent_thenOthersKnow() {
    Episode episode =
        new Episode(NOW, NOW.plusSeconds(90), NOW.plusSeconds(60), 2, false, true, "");
    Evidence one = claim(batch + 1, NOW).evidence();
    one.lease(batch, null);
    one.recordSent(batch, episode);

    Evidence two = claim(batch + 2, NOW).evidence();
    assertThat(two.lease(batch, null)).isFalse();
    Map<String, Episode> known = two.episodes(List.of(batch, batch + "none"));
    Instant sent = NOW.truncatedTo(ChronoUnit.MILLIS);
    assertThat(known)
        .isEqualTo(
            Map.of(
                batch,
                new Episode(sent, sent.plusSeconds(90), sent.plusSeconds(60), 2, false, true, "")));
    assertThat(two.lease(batch, new Episode(NOW, NOW, NOW.plusSeconds(60), 2, true, true, "")))
        .isFalse();
    assertThat(two.lease(batch, new Episode(NOW, NOW, NOW.plusSeconds(60), 2, false, true, "")))
        .isTrue();
  }

  @Test
  void extend_bothWays() {
    Evidence evidence = claim(batch + 1, NOW).evidence();
    Episode sent = new Episode(NOW, NOW, NOW, 1, false, false, "");
    evidence.extend(batch, sent); // nothing was sent: stays absent
    assertThat(evidence.episodes(List.of(batch))).isEmpty();
    evidence.lease(batch, null);
    evidence.recordSent(batch, sent);
    evidence.extend(batch, sent.extendedBy(NOW.minusSeconds(60), NOW.plus(HOUR)));

    Evidence other = claim(batch + 2, NOW).evidence();
    assertThat(other.episodes(List.of(batch)))
        .isEqualTo(
            Map.of(
                batch,
                new Episode(NOW.minusSeconds(60), NOW.plus(HOUR), NOW, 1, false, false, "")));
  }

  @Test
  void board_isSharedAtTheEndOfAClaim() {
    Claim one = claim(batch + 1, NOW);
    one.evidence().post(Set.of("pending " + batch, "pending other " + batch));
    assertThat(one.evidence().board()).contains("pending " + batch, "pending other " + batch);
    one.finish(ALL);
    Claim two = claim(batch + 2, NOW);
    assertThat(two.evidence().board()).contains("pending " + batch, "pending other " + batch);
    two.evidence().remove(Set.of("pending " + batch));
    assertThat(two.evidence().board()).doesNotContain("pending " + batch);
    two.finish(ALL);

    assertThat(claim(batch + 3, NOW).evidence().board())
        .contains("pending other " + batch)
        .doesNotContain("pending " + batch);
  }

  @Test
  void countNotification_upToTheLimit() {
    long hour = newHour();
    Evidence one = claim(batch + 1, NOW).evidence();
    Evidence two = claim(batch + 2, NOW).evidence();

    assertThat(one.countNotification(hour, 2)).isTrue();
    assertThat(two.countNotification(hour, 2)).isTrue();
    assertThat(one.countNotification(hour, 2)).isFalse();
    assertThat(one.countNotification(hour + 1, 2)).isTrue();
    assertThat(one.countNotification(hour + 2, 0)).isFalse();
  }

  @Test
  void takeHeld_onceForADigest() {
    long hour = newHour();
    Claim one = claim(batch + 1, NOW);
    one.evidence().hold(hour, "4 alert");
    one.evidence().hold(hour, "3 other alert");
    one.evidence().post(Set.of("held " + hour));
    one.finish(ALL);

    Evidence two = claim(batch + 2, NOW).evidence();
    assertThat(two.takeHeld(hour)).doesNotContainKey(hour);
    assertThat(two.takeHeld(hour + 1).get(hour))
        .containsExactlyInAnyOrder("4 alert", "3 other alert");
    two.remove(Set.of("held " + hour));
    assertThat(claim(batch + 3, NOW).evidence().takeHeld(hour + 1)).doesNotContainKey(hour);
    assertThat(claim(batch + 4, NOW).evidence().board()).doesNotContain("held " + hour);
  }

  /// Hours of other tests, and of earlier test runs, are others.
  private static long newHour() {
    return ThreadLocalRandom.current().nextLong(1_000_000, 1_000_000_000);
  }

  private String ev(String kind) {
    return "ev#" + kind + "#" + batch + "#498706";
  }

  // Shards

  private final String shard = "arn:aws:kinesis:eu-west-1:123456789012:stream/s/" + batch;

  @Test
  void claimShard_newShard() {
    ShardClaim claim = claimShard("20", NOW);

    assertThat(claim.finished()).isEmpty();
    assertThat(claim.recentPayloads()).isEmpty();
    ShardClaim.Range range = claim.next();
    assertThat(range.last()).isEqualTo("20");
    assertThat(range.id()).isEqualTo(shard + "@20");
    assertThat(range.claim().arrival()).isEqualTo(NOW);
    assertThat(range.claim().doneSteps()).isEmpty();
    assertThat(range.claim().possibleDuplicates()).isZero();
    assertThat(range.claim().isFinished()).isFalse();
  }

  /// Sequence numbers are compared as numbers.
  @Test
  void claimShard_nextBatch() {
    finish(claimShard("9", NOW));
    ShardClaim claim = claimShard("10", NOW.plusSeconds(1));

    assertThat(claim.finished()).isEqualTo("9");
    ShardClaim.Range range = claim.next();
    assertThat(range.last()).isEqualTo("10");
    assertThat(range.claim().arrival()).isEqualTo(NOW.plusSeconds(1));
    range.claim().finish(ALL);
    assertThat(claim.next()).isNull();
    assertThat(claimShard("11", NOW.plusSeconds(2)).finished()).isEqualTo("10");
  }

  @Test
  void claimShard_whileAnotherHoldsIt() {
    claimShard("20", NOW);

    assertThatThrownBy(() -> claimShard("20", NOW.plus(LEASE).minusMillis(1)))
        .isInstanceOf(BatchClaimedException.class)
        .hasMessage(
            ("batch %s: another run has claimed it until 2026-11-22T10:20:15.217Z at the latest;"
                    + " nothing was sent")
                .formatted(shard));
  }

  @Test
  void claimShard_repeatedBatch() {
    finish(claimShard("20", NOW));
    ShardClaim claim = claimShard("15", NOW.plusSeconds(1));

    assertThat(claim.finished()).isEqualTo("20");
    assertThat(claim.next()).isNull();
    claim.end();
    assertThat(claimShard("30", NOW.plusSeconds(2)).finished()).isEqualTo("20");
  }

  @Test
  void claimShard_afterARelease() {
    Claim first = claimShard("20", NOW).next().claim();
    first.recordAccepted(Set.of(0, 1), PLAN);
    first.recordDone(Set.of("METRICS"));
    first.addPossibleDuplicates(2);
    first.release();

    Claim second = claimShard("20", NOW.plusSeconds(1)).next().claim();

    assertThat(second.doneSteps()).containsExactly("METRICS");
    assertThat(second.acceptedRequests()).containsExactlyInAnyOrder(0, 1);
    assertThat(second.acceptedPlan()).isEqualTo(PLAN);
    assertThat(second.possibleDuplicates()).isEqualTo(2);
    assertThat(second.arrival()).isEqualTo(NOW);
    assertThat(second.wasInterrupted()).isFalse();
  }

  @Test
  void claimShard_afterAKilledInvocation() {
    claimShard("20", NOW).next().claim().recordAccepted(Set.of(0), PLAN);

    Claim second = claimShard("20", NOW.plus(LEASE)).next().claim();

    assertThat(second.wasInterrupted()).isTrue();
    assertThat(second.possibleDuplicates()).isEqualTo(1);
    assertThat(second.acceptedRequests()).containsExactly(0);
  }

  /// The batch has grown meanwhile: what was begun comes first.
  @Test
  void claimShard_moreRecordsThanWereBegun() {
    Claim first = claimShard("20", NOW).next().claim();
    first.recordDone(Set.of("METRICS"));
    first.release();
    ShardClaim claim = claimShard("30", NOW.plusSeconds(1));

    ShardClaim.Range begun = claim.next();
    assertThat(begun.last()).isEqualTo("20");
    assertThat(begun.id()).isEqualTo(shard + "@20");
    assertThat(begun.claim().doneSteps()).containsExactly("METRICS");
    begun.claim().finish(ALL);
    assertThat(claim.finished()).isEqualTo("20");
    ShardClaim.Range rest = claim.next();
    assertThat(rest.last()).isEqualTo("30");
    assertThat(rest.id()).isEqualTo(shard + "@30");
    assertThat(rest.claim().doneSteps()).isEmpty();
    assertThat(rest.claim().arrival()).isEqualTo(NOW.plusSeconds(1));
    rest.claim().finish(ALL);
    assertThat(claim.next()).isNull();
    assertThat(claimShard("40", NOW.plusSeconds(2)).finished()).isEqualTo("30");
  }

  /// Killed between two ranges, or in the second one.
  @Test
  void claimShard_killedInTheSecondRange() {
    claimShard("20", NOW).next().claim().release();
    ShardClaim claim = claimShard("30", NOW.plusSeconds(1));
    claim.next().claim().finish(ALL);
    claim.next();

    ShardClaim later = claimShard("30", NOW.plus(HOUR));

    assertThat(later.finished()).isEqualTo("20");
    ShardClaim.Range rest = later.next();
    assertThat(rest.last()).isEqualTo("30");
    assertThat(rest.claim().possibleDuplicates()).isEqualTo(1);
    assertThat(rest.claim().doneSteps()).isEmpty();
  }

  /// The batch was split: what was done of all records stays done of the rest.
  @Test
  void claimShard_partsOfWhatWasBegun() {
    Claim first = claimShard("30", NOW).next().claim();
    first.recordDone(Set.of("METRICS"));
    first.release();
    ShardClaim part = claimShard("20", NOW.plusSeconds(1));

    ShardClaim.Range range = part.next();
    assertThat(range.last()).isEqualTo("20");
    assertThat(range.id()).isEqualTo(shard + "@30");
    assertThat(range.claim().doneSteps()).containsExactly("METRICS");
    range.claim().finish(ALL);
    assertThat(part.next()).isNull();

    ShardClaim rest = claimShard("30", NOW.plusSeconds(2));
    assertThat(rest.finished()).isEqualTo("20");
    ShardClaim.Range end = rest.next();
    assertThat(end.id()).isEqualTo(shard + "@30");
    assertThat(end.claim().isFinished()).isFalse();
    assertThat(end.claim().doneSteps()).containsExactly("METRICS");
    assertThat(end.claim().possibleDuplicates()).isZero();
    end.claim().finish(ALL);
    assertThat(claimShard("40", NOW.plusSeconds(3)).next().claim().doneSteps()).isEmpty();
  }

  /// A step that is done of a part is not done of the rest, though both were begun together.
  @Test
  void claimShard_stepOfAPart() {
    claimShard("30", NOW).next().claim().release();
    Claim part = claimShard("20", NOW.plusSeconds(1)).next().claim();
    part.recordDone(Set.of("METRICS"));
    part.release();
    ShardClaim claim = claimShard("30", NOW.plusSeconds(2));

    ShardClaim.Range first = claim.next();
    assertThat(first.last()).isEqualTo("20");
    assertThat(first.claim().doneSteps()).containsExactly("METRICS");
    first.claim().finish(ALL);
    ShardClaim.Range second = claim.next();
    assertThat(second.last()).isEqualTo("30");
    assertThat(second.claim().doneSteps()).isEmpty();
    second.claim().finish(ALL);
    assertThat(claim.next()).isNull();
  }

  /// The first part fails again and again: what was done of the whole stays done of the rest.
  @Test
  void claimShard_partFailsTwice() {
    Claim first = claimShard("30", NOW).next().claim();
    first.recordDone(Set.of("METRICS"));
    first.release();
    claimShard("20", NOW.plusSeconds(1)).next().claim().release();
    Claim part = claimShard("20", NOW.plusSeconds(2)).next().claim();
    assertThat(part.doneSteps()).containsExactly("METRICS");
    part.finish(ALL);

    Claim rest = claimShard("30", NOW.plusSeconds(3)).next().claim();

    assertThat(rest.doneSteps()).containsExactly("METRICS");
    assertThat(rest.possibleDuplicates()).isZero();
  }

  /// The invocation after the killed one published nothing: the possible duplicate remains.
  @Test
  void claimShard_releaseAfterAKilledInvocation() {
    claimShard("20", NOW);
    claimShard("20", NOW.plus(LEASE)).next().claim().release();

    Claim third = claimShard("20", NOW.plus(LEASE).plusSeconds(1)).next().claim();

    assertThat(third.wasInterrupted()).isTrue();
    assertThat(third.possibleDuplicates()).isEqualTo(1);
  }

  /// A repeated batch, older than what an invocation has begun and not ended.
  @Test
  void claimShard_repeatedBatchBeforeWhatWasBegun() {
    finish(claimShard("20", NOW));
    claimShard("30", NOW.plusSeconds(1));
    ShardClaim repeat = claimShard("15", NOW.plus(HOUR));
    assertThat(repeat.next()).isNull();
    repeat.end();

    Claim begun = claimShard("30", NOW.plus(HOUR).plusSeconds(1)).next().claim();

    assertThat(begun.wasInterrupted()).isTrue();
    assertThat(begun.possibleDuplicates()).isEqualTo(1);
  }

  /// Requests of the whole were accepted, or may have been: those of its parts may repeat them.
  @Test
  void claimShard_partsAfterRequestsOfTheWhole() {
    Claim first = claimShard("30", NOW).next().claim();
    first.recordAccepted(Set.of(0), PLAN);
    first.addPossibleDuplicates(1);
    first.release();

    Claim part = claimShard("20", NOW.plusSeconds(1)).next().claim();
    assertThat(part.possibleDuplicates()).isEqualTo(2);
    assertThat(part.acceptedRequests()).isEmpty();
    part.clearPossibleDuplicates();
    part.finish(ALL);

    assertThat(claimShard("30", NOW.plusSeconds(2)).next().claim().possibleDuplicates())
        .isPositive();
  }

  /// The stream dropped the records that were begun.
  @Test
  void claimShard_rangeWithoutRecords() {
    claimShard("20", NOW).next().claim().release();
    ShardClaim claim = claimShard("90", NOW.plusSeconds(1));

    assertThat(claim.next().last()).isEqualTo("20");
  }

  @Test
  void claimShard_recentPayloads() {
    ShardClaim claim = claimShard("20", NOW);
    claim.next();
    claim.addPayloads(List.of("00000000000000aa", "ffffffffffffffff0123"));
    assertThat(claim.recentPayloads()).isEmpty();
    Claim failed = claimShard("20", NOW.plus(LEASE)).next().claim();
    failed.release();
    assertThat(claimShard("20", NOW.plus(HOUR)).recentPayloads()).isEmpty();

    ShardClaim second = claimShard("20", NOW.plus(HOUR).plus(HOUR));
    Claim range = second.next().claim();
    second.addPayloads(List.of("00000000000000aa", "ffffffffffffffff0123"));
    range.finish(ALL);

    assertThat(claimShard("30", NOW.plus(HOUR).plus(HOUR)).recentPayloads())
        .containsExactlyInAnyOrder("00000000000000aa", "ffffffffffffffff");
  }

  @Test
  void claimShard_mostRecentPayloads() {
    ShardClaim claim = claimShard("20", NOW);
    Claim range = claim.next().claim();
    claim.addPayloads(
        IntStream.rangeClosed(0, ShardClaim.MOST_RECENT).mapToObj("%016x"::formatted).toList());
    range.finish(ALL);

    assertThat(claimShard("30", NOW).recentPayloads())
        .hasSize(ShardClaim.MOST_RECENT)
        .doesNotContain("0000000000000000")
        .contains("0000000000000001", "%016x".formatted(ShardClaim.MOST_RECENT));
  }

  /// Numbers are added once for the records of a shard too, however they are cut.
  @Test
  void claimShard_numbersOnce() {
    String key = "ev#src#" + batch;
    Claim first = claimShard("30", NOW).next().claim();
    first.evidence().add(List.of(numbers(key, 7)));
    first.release();
    Claim part = claimShard("20", NOW.plusSeconds(1)).next().claim();
    part.evidence().add(List.of(numbers(key, 7)));
    part.finish(ALL);
    Claim rest = claimShard("30", NOW.plusSeconds(2)).next().claim();
    rest.evidence().add(List.of(numbers(key, 7)));
    rest.finish(ALL);
    assertThat(read(key)).isEqualTo(7);

    Claim next = claimShard("40", NOW.plusSeconds(3)).next().claim();
    next.evidence().add(List.of(numbers(key, 7)));
    next.finish(ALL);
    assertThat(read(key)).isEqualTo(14);
  }

  private long read(String key) {
    Claim claim = claim(batch + UUID.randomUUID(), NOW);
    return claim.evidence().read(List.of(key)).get(key).number("n");
  }

  private static EvidenceAddition numbers(String key, long number) {
    return new EvidenceAddition(key, new EvidenceItem(Map.of(), Map.of("n", number)), EXPIRES);
  }

  private ShardClaim claimShard(String last, Instant now) {
    return ledger().claimShard(shard, last, now, LEASE);
  }

  private static void finish(ShardClaim claim) {
    claim.next().claim().finish(ALL);
  }

  static EvidenceAddition addition(String key, String set, String... entries) {
    return new EvidenceAddition(key, item(Map.of(set, Set.of(entries))), EXPIRES);
  }

  private static EvidenceItem item(Map<String, Set<String>> sets) {
    return new EvidenceItem(sets, Map.of());
  }

  Claim claim(String batch, Instant now) {
    return ledger().claim(batch, now, LEASE);
  }

  private static <T> List<T> inParallel(Callable<T> work) throws Exception {
    return inParallel(THREADS, work);
  }

  private static <T> List<T> inParallel(int times, Callable<T> work) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<T> results = new ArrayList<>();
      for (Future<T> each : threads.invokeAll(Collections.nCopies(times, work))) {
        results.add(each.get());
      }
      return results;
    }
  }
}
