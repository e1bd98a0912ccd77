package dev.flowbell.judge;

import dev.flowbell.ledger.EvidenceAddition;
import dev.flowbell.ledger.EvidenceItem;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// What one payload adds to one item.
final class Addition {
  private final Map<String, Set<String>> sets = new HashMap<>();
  private final Map<String, Long> numbers = new HashMap<>();

  void add(String set, String entry) {
    sets.computeIfAbsent(set, _ -> new HashSet<>()).add(entry);
  }

  void count(String number, long amount) {
    numbers.merge(number, amount, Long::sum);
  }

  EvidenceAddition toItem(String kind, String name, long hour) {
    return new EvidenceAddition(
        Hours.key(kind, name, hour), new EvidenceItem(sets, numbers), Hours.expiryOf(hour));
  }
}
