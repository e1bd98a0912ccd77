package dev.flowbell.summary;

import dev.flowbell.classify.Door;
import dev.flowbell.classify.Suspect;
import dev.flowbell.classify.Suspect.Place;
import dev.flowbell.classify.SuspectRecord;
import dev.flowbell.classify.TupleTable;
import dev.flowbell.metric.Sums;
import dev.flowbell.record.FlowRecord;
import dev.flowbell.record.IpAddress;
import dev.flowbell.summary.FairGroups.Rank;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Groups the suspect records of one payload, a batch or a file. Its memory is bounded, and
/// [FairGroups] says what is left out.
///
/// A group is what one source tried at one door in one minute, however many network interfaces
/// logged it: they are a bounded set beside.
final class PayloadEvidenceBuilder {
  // The sums of a group.
  private static final int RECORDS = 0;
  private static final int PACKETS = 1;
  private static final int BYTES = 2;

  private final FairGroups<Group> groups;
  private final FairGroups<Opened> opened;

  /// @param mostGroups the most groups of suspects, and of opened flows
  PayloadEvidenceBuilder(int mostGroups) {
    groups = new FairGroups<>(SuspectRecord.KEY, 3, mostGroups);
    opened = new FairGroups<>(7, 2, mostGroups);
  }

  void reset() {
    groups.clear();
    opened.clear();
  }

  /// Adds a suspect, which has a source.
  void add(SuspectRecord suspect) {
    int sourcePort = keptSourcePort(suspect);
    TupleTable table = groups.table();
    suspect.setKey(table, sourcePort);
    Rank rank = rankOf(suspect);
    int number = groups.find(suspect.sourceHigh(), suspect.sourceLow(), rank);
    if (number < 0) {
      return;
    }
    if (number == groups.size()) {
      groups.add(new Group(suspect.toSuspect(sourcePort, 0, 0)), rank);
    } else {
      groups.get(number).addPlace(suspect.place());
    }
    table.setSum(number, RECORDS, table.sum(number, RECORDS) + 1);
    table.setSum(number, PACKETS, Sums.plus(table.sum(number, PACKETS), suspect.packets()));
    table.setSum(number, BYTES, Sums.plus(table.sum(number, BYTES), suspect.bytes()));
  }

  private static Rank rankOf(SuspectRecord suspect) {
    return !suspect.isTelling() ? Rank.NOISE : suspect.isInside() ? Rank.INSIDE : Rank.OUTSIDE;
  }

  /// The source port matters only where it may be a service's.
  private static int keptSourcePort(SuspectRecord suspect) {
    boolean isServices =
        suspect.kind() == Suspect.Kind.ANSWER || suspect.kind() == Suspect.Kind.ATTEMPT_OR_ANSWER;
    return isServices ? suspect.sourcePort() : (int) FlowRecord.ABSENT;
  }

  /// Adds an accepted flow with payload that its source opened.
  void addOpened(IpAddress source, Door door, long minute, long bytes) {
    TupleTable table = opened.table();
    table.set(0, source.high());
    table.set(1, source.low());
    table.set(2, door.address().high());
    table.set(3, door.address().low());
    table.set(4, door.protocol());
    table.set(5, door.port());
    table.set(6, minute);
    int number = opened.find(source.high(), source.low(), Rank.OUTSIDE);
    if (number < 0) {
      return;
    }
    if (number == opened.size()) {
      opened.add(new Opened(source, door, minute), Rank.OUTSIDE);
    }
    table.setSum(number, RECORDS, table.sum(number, RECORDS) + 1);
    table.setSum(number, 1, Sums.plus(table.sum(number, 1), bytes));
  }

  /// Returns how many records are in no group, because there was no room.
  long leftOut() {
    return groups.leftOut() + opened.leftOut();
  }

  PayloadEvidence build() {
    if (groups.size() == 0 && opened.size() == 0) {
      return PayloadEvidence.NOTHING;
    }
    List<SuspectGroup> suspects = new ArrayList<>(groups.size());
    for (int i = 0; i < groups.size(); i++) {
      TupleTable table = groups.table();
      suspects.add(
          new SuspectGroup(
              groups.get(i).suspect,
              table.sum(i, RECORDS),
              table.sum(i, PACKETS),
              table.sum(i, BYTES),
              groups.get(i).elsewhere));
    }
    List<OpenedFlow> flows = new ArrayList<>(opened.size());
    for (int i = 0; i < opened.size(); i++) {
      Opened flow = opened.get(i);
      flows.add(new OpenedFlow(flow.source, flow.door, flow.minute, opened.table().sum(i, 1)));
    }
    return new PayloadEvidence(suspects, flows);
  }

  private static final class Group {
    private final Suspect suspect;
    private Map<Place, Long> elsewhere = Map.of();

    Group(Suspect suspect) {
      this.suspect = suspect;
    }

    void addPlace(Place place) {
      if (place.equals(suspect.place())) {
        return;
      }
      if (elsewhere.isEmpty()) {
        elsewhere = new LinkedHashMap<>();
      }
      if (elsewhere.size() < SuspectGroup.MOST_PLACES || elsewhere.containsKey(place)) {
        elsewhere.merge(place, 1L, Long::sum);
      }
    }
  }

  private record Opened(IpAddress source, Door door, long minute) {}
}
