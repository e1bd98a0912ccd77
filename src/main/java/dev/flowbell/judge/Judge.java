package dev.flowbell.judge;

import dev.flowbell.ledger.Claim;
import dev.flowbell.ledger.Cooldown;
import dev.flowbell.summary.FlowSummary;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Decides which alerts of a payload are sent: those that its rules find, less those that a
/// cooldown suppresses.
public final class Judge {
  private final AlertPolicy policy;

  /// Creates a judge.
  public Judge(AlertPolicy policy) {
    this.policy = policy;
  }

  /// Judges one payload. The claim's ledger remembers the cooldowns that start.
  ///
  /// At most [Claim#MOST_KEYS] alerts are sent, the most important ones. The others count as
  /// suppressed.
  ///
  /// @param now when the cooldowns start
  /// @throws dev.flowbell.ledger.LedgerUnavailableException where the ledger does not answer
  public Judgement judge(FlowSummary summary, Claim claim, Instant now) {
    List<Alert> found = policy.evaluate(summary);
    if (found.isEmpty()) {
      return Judgement.NOTHING;
    }
    String logGroup = summary.origin().logGroup();
    Map<String, Cooldown> cooldowns =
        claim.startCooldowns(
            found.stream()
                .limit(Claim.MOST_KEYS)
                .map(alert -> alert.cooldownKey(logGroup))
                .toList(),
            now,
            policy.cooldown());
    List<Alert> sent = new ArrayList<>();
    List<Cooldown> started = new ArrayList<>();
    for (Alert alert : found) {
      Cooldown cooldown = cooldowns.get(alert.cooldownKey(logGroup));
      if (cooldown != null && cooldown.isStarted()) {
        sent.add(alert);
        started.add(cooldown);
      }
    }
    return new Judgement(
        sent,
        found.size() - sent.size(),
        started.stream().map(Cooldown::until).max(Comparator.naturalOrder()).orElse(now),
        started.stream().mapToLong(Cooldown::suppressed).sum(),
        started.stream()
            .map(Cooldown::since)
            .filter(Objects::nonNull)
            .min(Comparator.naturalOrder())
            .orElse(null));
  }
}
