package dev.flowbell.ledger;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/// What the ledger remembers under one key: sets, which stay the same when something is added
/// twice, and numbers.
///
/// @param sets by name; an entry is binary, a character of 0 to 255 for each byte
/// @param numbers by name
public record EvidenceItem(Map<String, Set<String>> sets, Map<String, Long> numbers) {
  /// An item that holds nothing.
  public static final EvidenceItem EMPTY = new EvidenceItem(Map.of(), Map.of());

  /// Returns a set, empty where there is none of this name.
  public Set<String> set(String name) {
    return sets.getOrDefault(name, Set.of());
  }

  /// Returns a number, 0 where there is none of this name.
  public long number(String name) {
    return numbers.getOrDefault(name, 0L);
  }

  /// Returns an item with the sets of both, and the sums of their numbers.
  public EvidenceItem plus(EvidenceItem other) {
    Map<String, Set<String>> allSets = new HashMap<>();
    sets.forEach((name, set) -> allSets.put(name, new HashSet<>(set)));
    other.sets.forEach(
        (name, set) -> allSets.computeIfAbsent(name, _ -> new HashSet<>()).addAll(set));
    Map<String, Long> allNumbers = new HashMap<>(numbers);
    other.numbers.forEach((name, number) -> allNumbers.merge(name, number, Long::sum));
    return new EvidenceItem(allSets, allNumbers);
  }
}
