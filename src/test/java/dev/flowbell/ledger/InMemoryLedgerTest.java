package dev.flowbell.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class InMemoryLedgerTest extends LedgerContract {
  private final InMemoryLedger ledger = new InMemoryLedger();

  @Override
  Ledger ledger() {
    return ledger;
  }

  /// The ledger forgets the oldest entries. A cooldown that started again is not among them.
  @Test
  void ledger_isBounded() {
    claim("first", NOW).recordDone(Set.of("METRICS"));
    claim("first", NOW.plus(HOUR)).release();
    start("first", 1);
    start("second", 2);
    claim("batch 3", NOW.plus(HOUR)).startCooldowns(List.of("first"), NOW.plus(HOUR), HOUR);
    for (int i = 4; i < 100_000; i++) {
      start("key " + i, i);
    }
    assertThat(claim("first", NOW.plus(HOUR)).doneSteps()).containsExactly("METRICS");

    start("one", 100_000);
    start("two", 100_001);

    assertThat(claim("first", NOW.plus(HOUR)).doneSteps()).isEmpty();
    assertThat(isKnown("first")).isTrue();
  }

  private void start(String key, int batch) {
    claim("batch " + batch, NOW).startCooldowns(List.of(key), NOW, HOUR);
  }

  private boolean isKnown(String key) {
    return !claim("batch that starts " + key, NOW.plus(HOUR))
        .startCooldowns(List.of(key), NOW.plus(HOUR), HOUR)
        .containsValue(new Cooldown(true, NOW.plus(HOUR).plus(HOUR), 0, null));
  }
}
