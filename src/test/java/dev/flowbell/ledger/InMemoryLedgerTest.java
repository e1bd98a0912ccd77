package dev.flowbell.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class InMemoryLedgerTest {
  private static final Instant NOW = Instant.parse("2026-11-22T10:19:13Z");
  private static final Duration HOUR = Duration.ofHours(1);
  private static final String SCAN = "port-scan|198.51.100.7|eni-0a1b2c3d|/vpc/flow-logs";

  private final InMemoryLedger ledger = new InMemoryLedger();

  @Test
  void claim_newBatch() {
    assertThat(ledger.claim("batch")).isEqualTo(EnumSet.allOf(Step.class));
  }

  @Test
  void claim_triedAgainBeforeAnythingWasDone() {
    ledger.claim("batch");

    assertThat(ledger.claim("batch")).containsExactlyInAnyOrder(Step.METRICS, Step.ALERTS);
  }

  @Test
  void claim_halfDone() {
    ledger.claim("one");
    ledger.claim("other");
    ledger.close("one", Step.METRICS);
    ledger.close("other", Step.ALERTS);

    assertThat(ledger.claim("one")).containsExactly(Step.ALERTS);
    assertThat(ledger.claim("other")).containsExactly(Step.METRICS);
  }

  @Test
  void claim_done() {
    ledger.claim("batch");
    ledger.close("batch", Step.METRICS);
    ledger.close("batch", Step.ALERTS);
    ledger.close("batch", Step.ALERTS);

    assertThat(ledger.claim("batch")).isEmpty();
    assertThat(ledger.claim("another")).isEqualTo(EnumSet.allOf(Step.class));
  }

  @Test
  void claim_answerIsACopy() {
    Set<Step> open = ledger.claim("batch");
    open.clear();
    Set<Step> before = ledger.claim("batch");
    ledger.close("batch", Step.METRICS);

    assertThat(before).containsExactlyInAnyOrder(Step.METRICS, Step.ALERTS);
    assertThat(ledger.claim("batch")).containsExactly(Step.ALERTS);
  }

  @Test
  void close_unknownBatch() {
    ledger.close("batch", Step.METRICS);

    assertThat(ledger.claim("batch")).isEqualTo(EnumSet.allOf(Step.class));
  }

  @Test
  void startCooldown_first() {
    assertThat(ledger.startCooldown(SCAN, "batch 1", NOW, HOUR))
        .isEqualTo(new Cooldown(true, NOW.plus(HOUR), 0, null));
  }

  @Test
  void startCooldown_quietUntilItEnds() {
    ledger.startCooldown(SCAN, "batch 1", NOW, HOUR);

    assertThat(ledger.startCooldown(SCAN, "batch 2", NOW, HOUR))
        .isEqualTo(new Cooldown(false, NOW.plus(HOUR), 0, null));
    assertThat(ledger.startCooldown(SCAN, "batch 3", NOW.plus(HOUR).minusNanos(1), HOUR))
        .isEqualTo(new Cooldown(false, NOW.plus(HOUR), 0, null));
    assertThat(ledger.startCooldown(SCAN, "batch 4", NOW.plus(HOUR), HOUR))
        .isEqualTo(new Cooldown(true, NOW.plus(HOUR).plus(HOUR), 2, NOW));
  }

  @Test
  void startCooldown_nothingKeptBackMeanwhile() {
    ledger.startCooldown(SCAN, "batch 1", NOW, HOUR);

    assertThat(ledger.startCooldown(SCAN, "batch 2", NOW.plusSeconds(7_200), HOUR))
        .isEqualTo(new Cooldown(true, NOW.plusSeconds(10_800), 0, null));
  }

  @Test
  void startCooldown_countsOfTheCooldownBeforeAlone() {
    ledger.startCooldown(SCAN, "batch 1", NOW, HOUR);
    ledger.startCooldown(SCAN, "batch 2", NOW.plusSeconds(60), HOUR);
    ledger.startCooldown(SCAN, "batch 3", NOW.plusSeconds(3_600), HOUR);
    ledger.startCooldown(SCAN, "batch 4", NOW.plusSeconds(3_660), HOUR);
    ledger.startCooldown(SCAN, "batch 5", NOW.plusSeconds(3_720), HOUR);
    ledger.startCooldown(SCAN, "batch 6", NOW.plusSeconds(3_780), HOUR);

    assertThat(ledger.startCooldown(SCAN, "batch 7", NOW.plusSeconds(7_200), HOUR))
        .isEqualTo(new Cooldown(true, NOW.plusSeconds(10_800), 3, NOW.plusSeconds(3_600)));
  }

  /// Or a notification that failed would be lost.
  @Test
  void startCooldown_sameBatchGetsTheSameAnswer() {
    ledger.startCooldown(SCAN, "batch 1", NOW, HOUR);
    ledger.startCooldown(SCAN, "batch 2", NOW.plusSeconds(60), HOUR);
    Cooldown answer = ledger.startCooldown(SCAN, "batch 3", NOW.plusSeconds(3_600), HOUR);
    ledger.startCooldown(SCAN, "batch 4", NOW.plusSeconds(3_660), HOUR);

    assertThat(ledger.startCooldown(SCAN, "batch 3", NOW.plusSeconds(3_720), HOUR))
        .isEqualTo(answer)
        .isEqualTo(new Cooldown(true, NOW.plusSeconds(7_200), 1, NOW));
  }

  /// Its metrics may have failed: one alert was kept back, however often the batch came.
  @Test
  void startCooldown_keptBackBatchTriedAgainCountsOnce() {
    ledger.startCooldown(SCAN, "batch 1", NOW, HOUR);
    ledger.startCooldown(SCAN, "batch 2", NOW.plusSeconds(60), HOUR);
    ledger.startCooldown(SCAN, "batch 2", NOW.plusSeconds(120), HOUR);

    assertThat(ledger.startCooldown(SCAN, "batch 3", NOW.plusSeconds(3_600), HOUR))
        .isEqualTo(new Cooldown(true, NOW.plusSeconds(7_200), 1, NOW));
  }

  @Test
  void startCooldown_keysAreApart() {
    ledger.startCooldown(SCAN, "batch 1", NOW, HOUR);

    assertThat(ledger.startCooldown("rejects||", "batch 2", NOW, Duration.ofMinutes(5)))
        .isEqualTo(new Cooldown(true, NOW.plusSeconds(300), 0, null));
  }

  @Test
  void startCooldown_ofNoLength() {
    assertThat(ledger.startCooldown(SCAN, "batch 1", NOW, Duration.ZERO))
        .isEqualTo(new Cooldown(true, NOW, 0, null));
    assertThat(ledger.startCooldown(SCAN, "batch 2", NOW, Duration.ZERO))
        .isEqualTo(new Cooldown(true, NOW, 0, null));
  }

  /// It forgets what is oldest, and a cooldown that was begun anew isn't.
  @Test
  void ledger_isBounded() {
    ledger.claim("first");
    ledger.close("first", Step.METRICS);
    ledger.startCooldown("first", "batch 1", NOW, HOUR);
    ledger.startCooldown("second", "batch 1", NOW, HOUR);
    ledger.startCooldown("first", "batch 2", NOW.plus(HOUR), HOUR);
    for (int i = 0; i < 99_999; i++) {
      ledger.claim("batch " + i);
      ledger.startCooldown("key " + i, "batch " + i, NOW, HOUR);
    }
    assertThat(ledger.claim("first")).containsExactly(Step.ALERTS);
    assertThat(ledger.startCooldown("first", "batch 3", NOW.plus(HOUR), HOUR).isStarted())
        .isFalse();
    assertThat(ledger.startCooldown("second", "batch 3", NOW, HOUR).isStarted()).isTrue();

    ledger.claim("one more");

    assertThat(ledger.claim("first")).isEqualTo(EnumSet.allOf(Step.class));
  }
}
