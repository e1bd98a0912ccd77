package dev.flowbell.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;

class InMemoryLedgerTest extends LedgerContract {
  private final InMemoryLedger ledger = new InMemoryLedger();

  @Override
  Ledger ledger() {
    return ledger;
  }

  /// The ledger forgets the oldest entries.
  @Test
  void ledger_isBounded() {
    claim("first", NOW).recordDone(Set.of("METRICS"));
    claim("first", NOW.plus(HOUR)).release();
    for (int i = 2; i <= 100_000; i++) {
      claim("batch " + i, NOW);
    }
    assertThat(claim("first", NOW.plus(HOUR)).doneSteps()).containsExactly("METRICS");

    claim("one more", NOW);

    assertThat(claim("first", NOW.plus(HOUR).plus(HOUR)).doneSteps()).isEmpty();
  }
}
