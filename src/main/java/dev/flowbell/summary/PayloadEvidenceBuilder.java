package dev.flowbell.summary;

import dev.flowbell.classify.Door;
import dev.flowbell.classify.Suspect;
import dev.flowbell.classify.SuspectRecord;
import dev.flowbell.classify.TupleTable;
import dev.flowbell.metric.Sums;
import dev.flowbell.record.FlowRecord;
import dev.flowbell.record.IpAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Groups the suspect records of one payload. Its memory is bounded.
final class PayloadEvidenceBuilder {
  /// The most groups of either kind: twice the records that Lambda can carry in one payload. Only a
  /// large file, or a payload made to do harm, reaches the bound.
  static final int MOST_GROUPS = 50_000;

  /// Longer arrays are dropped after a payload, because few payloads need them.
  private static final int MOST_GROUPS_KEPT = 8_192;

  private static final int FIRST_GROUPS = 64;

  // The sums of a group, in a row: records, packets and bytes.
  private static final int SUMS = 3;

  private final TupleTable groups = new TupleTable(SuspectRecord.KEY, MOST_GROUPS);
  private final List<Suspect> suspects = new ArrayList<>();
  private long[] sums = new long[FIRST_GROUPS * SUMS];
  private Map<Suspect.Place, Integer> placeNumbers = new HashMap<>();
  private final Map<OpenedKey, Long> opened = new LinkedHashMap<>();

  void reset() {
    if (suspects.size() > MOST_GROUPS_KEPT) {
      sums = new long[FIRST_GROUPS * SUMS];
      placeNumbers = new HashMap<>();
    }
    groups.clear();
    suspects.clear();
    placeNumbers.clear();
    opened.clear();
  }

  /// Adds a suspect, which has a source.
  ///
  /// @return whether there was room for it
  boolean add(SuspectRecord suspect) {
    int sourcePort = keptSourcePort(suspect);
    Integer place = placeNumbers.get(suspect.place());
    suspect.setKey(groups, sourcePort, place == null ? placeNumbers.size() : place);
    int number = groups.add();
    if (number < 0) {
      return false;
    }
    if (number == suspects.size()) {
      addGroup(suspect, sourcePort);
    }
    int at = number * SUMS;
    sums[at]++;
    sums[at + 1] = Sums.plus(sums[at + 1], suspect.packets());
    sums[at + 2] = Sums.plus(sums[at + 2], suspect.bytes());
    return true;
  }

  private void addGroup(SuspectRecord suspect, int sourcePort) {
    placeNumbers.putIfAbsent(suspect.place(), placeNumbers.size());
    int at = suspects.size() * SUMS;
    if (at == sums.length) {
      sums = Arrays.copyOf(sums, at * 2);
    }
    Arrays.fill(sums, at, at + SUMS, 0);
    suspects.add(suspect.toSuspect(sourcePort, 0, 0));
  }

  /// The source port matters only where it may be a service's.
  private static int keptSourcePort(SuspectRecord suspect) {
    boolean isServices =
        suspect.kind() == Suspect.Kind.ANSWER || suspect.kind() == Suspect.Kind.ATTEMPT_OR_ANSWER;
    return isServices ? suspect.sourcePort() : (int) FlowRecord.ABSENT;
  }

  /// Adds an accepted flow with payload that its source opened.
  ///
  /// @return whether there was room for it
  boolean addOpened(IpAddress source, Door door, long minute, long bytes) {
    OpenedKey key = new OpenedKey(source, door, minute);
    Long sum = opened.get(key);
    if (sum == null && opened.size() == MOST_GROUPS) {
      return false;
    }
    opened.put(key, Sums.plus(sum == null ? 0 : sum, bytes));
    return true;
  }

  PayloadEvidence build() {
    if (suspects.isEmpty() && opened.isEmpty()) {
      return PayloadEvidence.NOTHING;
    }
    List<SuspectGroup> suspectGroups = new ArrayList<>(suspects.size());
    for (int i = 0; i < suspects.size(); i++) {
      int at = i * SUMS;
      suspectGroups.add(new SuspectGroup(suspects.get(i), sums[at], sums[at + 1], sums[at + 2]));
    }
    List<OpenedFlow> flows = new ArrayList<>(opened.size());
    opened.forEach(
        (key, bytes) -> flows.add(new OpenedFlow(key.source, key.door, key.minute, bytes)));
    return new PayloadEvidence(suspectGroups, flows);
  }

  private record OpenedKey(IpAddress source, Door door, long minute) {}
}
