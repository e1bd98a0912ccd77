package dev.flowbell.summary;

import dev.flowbell.classify.Door;
import dev.flowbell.classify.Suspect;
import dev.flowbell.metric.Sums;
import dev.flowbell.record.FlowRecord;
import dev.flowbell.record.IpAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Groups the suspect records of one payload. Its memory is bounded.
final class PayloadEvidenceBuilder {
  /// The most groups of either kind: twice the records that Lambda can carry in one payload. Only a
  /// large file, or a payload made to do harm, reaches the bound.
  static final int MOST_GROUPS = 50_000;

  private final Map<Suspect, Tally> suspects = new LinkedHashMap<>();
  private final Map<OpenedKey, Tally> opened = new LinkedHashMap<>();

  void reset() {
    suspects.clear();
    opened.clear();
  }

  /// Adds a suspect.
  ///
  /// @return whether there was room for it
  boolean add(Suspect suspect) {
    Suspect key = toKey(suspect);
    Tally sums = suspects.get(key);
    if (sums == null) {
      if (suspects.size() == MOST_GROUPS) {
        return false;
      }
      sums = new Tally();
      suspects.put(key, sums);
    }
    sums.records++;
    sums.packets = Sums.plus(sums.packets, suspect.packets());
    sums.bytes = Sums.plus(sums.bytes, suspect.bytes());
    return true;
  }

  /// The source port matters only where it may be a service's.
  private static Suspect toKey(Suspect suspect) {
    boolean hasClientPort =
        suspect.kind() != Suspect.Kind.ANSWER && suspect.kind() != Suspect.Kind.ATTEMPT_OR_ANSWER;
    return new Suspect(
        suspect.kind(),
        suspect.source(),
        suspect.maskedBy(),
        suspect.isInside(),
        suspect.isEgress(),
        suspect.target(),
        suspect.protocol(),
        hasClientPort ? (int) FlowRecord.ABSENT : suspect.sourcePort(),
        suspect.port(),
        suspect.minute(),
        suspect.isLongWindow(),
        suspect.isDroppedAnswer(),
        suspect.isRequestAccepted(),
        suspect.place(),
        0,
        0);
  }

  /// Adds an accepted flow with payload that its source opened.
  ///
  /// @return whether there was room for it
  boolean addOpened(IpAddress source, Door door, long minute, long bytes) {
    OpenedKey key = new OpenedKey(source, door, minute);
    Tally sums = opened.get(key);
    if (sums == null) {
      if (opened.size() == MOST_GROUPS) {
        return false;
      }
      sums = new Tally();
      opened.put(key, sums);
    }
    sums.bytes = Sums.plus(sums.bytes, bytes);
    return true;
  }

  PayloadEvidence build() {
    if (suspects.isEmpty() && opened.isEmpty()) {
      return PayloadEvidence.NOTHING;
    }
    List<SuspectGroup> groups = new ArrayList<>(suspects.size());
    suspects.forEach(
        (suspect, sums) ->
            groups.add(new SuspectGroup(suspect, sums.records, sums.packets, sums.bytes)));
    List<OpenedFlow> flows = new ArrayList<>(opened.size());
    opened.forEach(
        (key, sums) -> flows.add(new OpenedFlow(key.source, key.door, key.minute, sums.bytes)));
    return new PayloadEvidence(groups, flows);
  }

  private record OpenedKey(IpAddress source, Door door, long minute) {}

  private static final class Tally {
    private long records;
    private long packets;
    private long bytes;
  }
}
