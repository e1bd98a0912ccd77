package dev.flowbell.judge;

import dev.flowbell.ledger.Evidence;
import dev.flowbell.ledger.EvidenceAddition;
import dev.flowbell.ledger.EvidenceItem;
import dev.flowbell.record.IpAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Adds and reads evidence for the rules.
final class EvidenceStore {
  private final Evidence evidence;

  EvidenceStore(Evidence evidence) {
    this.evidence = evidence;
  }

  /// Returns whether each item costs something.
  boolean isBounded() {
    return evidence.isBounded();
  }

  /// Adds evidence. What there is no room for counts with this payload alone.
  ///
  /// @return the items that were added to, as they are afterwards
  Map<String, EvidenceItem> add(List<EvidenceAddition> additions) {
    List<EvidenceAddition> all = merged(additions);
    Map<String, EvidenceItem> added = evidence.add(all);
    List<EvidenceAddition> left =
        all.stream().filter(each -> !added.containsKey(each.key())).toList();
    if (left.isEmpty()) {
      return added;
    }
    Map<String, EvidenceItem> items = new HashMap<>(added);
    Map<String, EvidenceItem> known =
        evidence.read(left.stream().map(EvidenceAddition::key).toList());
    for (EvidenceAddition each : left) {
      items.put(each.key(), known.getOrDefault(each.key(), EvidenceItem.EMPTY).plus(each.item()));
    }
    return items;
  }

  /// Joins additions to the same item.
  private static List<EvidenceAddition> merged(List<EvidenceAddition> additions) {
    Map<String, EvidenceAddition> byKey = new LinkedHashMap<>();
    for (EvidenceAddition each : additions) {
      byKey.merge(
          each.key(),
          each,
          (one, other) ->
              new EvidenceAddition(one.key(), one.item().plus(other.item()), one.expires()));
    }
    return List.copyOf(byKey.values());
  }

  /// Returns the items with these keys, without a call for those that are known.
  Map<String, EvidenceItem> read(Collection<List<String>> keys, Map<String, EvidenceItem> known) {
    List<String> missing =
        keys.stream().flatMap(List::stream).filter(key -> !known.containsKey(key)).toList();
    if (missing.isEmpty()) {
      return known;
    }
    Map<String, EvidenceItem> found = evidence.read(missing);
    Map<String, EvidenceItem> items = HashMap.newHashMap(known.size() + found.size());
    items.putAll(known);
    items.putAll(found);
    return items;
  }

  /// Returns what is remembered of sources in these hours, in those before, and in those behind.
  Map<IpAddress, SourceEvidence> readSources(
      Map<IpAddress, Set<Long>> hours, Map<String, EvidenceItem> known) {
    Map<IpAddress, List<String>> keys = new LinkedHashMap<>();
    hours.forEach(
        (address, set) ->
            keys.put(address, Hours.around(SourceEvidence.KIND, address.toString(), set)));
    return toSources(keys, read(keys.values(), known));
  }

  private static Map<IpAddress, SourceEvidence> toSources(
      Map<IpAddress, List<String>> keys, Map<String, EvidenceItem> items) {
    Map<IpAddress, SourceEvidence> found = new LinkedHashMap<>();
    keys.forEach((address, list) -> found.put(address, new SourceEvidence(list, items)));
    return found;
  }

  /// Returns what is remembered of sources in these hours alone.
  Map<IpAddress, SourceEvidence> readSourcesOf(Map<IpAddress, Set<Long>> hours) {
    Map<IpAddress, List<String>> keys = new LinkedHashMap<>();
    hours.forEach(
        (address, set) ->
            keys.put(
                address,
                set.stream()
                    .map(hour -> Hours.key(SourceEvidence.KIND, address.toString(), hour))
                    .toList()));
    return toSources(keys, read(keys.values(), Map.of()));
  }

  /// Returns what is remembered of one source.
  SourceEvidence readSource(IpAddress address, Set<Long> hours) {
    return Objects.requireNonNull(readSources(Map.of(address, hours), Map.of()).get(address));
  }
}
