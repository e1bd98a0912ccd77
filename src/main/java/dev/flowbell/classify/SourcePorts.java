package dev.flowbell.classify;

import java.util.Arrays;

/// Counts the destination ports that the source ports of one payload's rejected records reach.
final class SourcePorts {
  private final TupleTable sourcePorts;
  private final TupleTable reachedPorts;
  private int[] reachedCounts = new int[64];
  private boolean[] reachesLowPort = new boolean[64];

  /// @param mostRecords the most records that are added
  SourcePorts(int mostRecords) {
    sourcePorts = new TupleTable(4, mostRecords);
    reachedPorts = new TupleTable(5, mostRecords);
  }

  void clear() {
    sourcePorts.clear();
    reachedPorts.clear();
  }

  /// Adds a record that has a source and both ports.
  void add(SuspectRecord record) {
    setKey(sourcePorts, record);
    int before = sourcePorts.size();
    int number = sourcePorts.add();
    if (number == reachedCounts.length) {
      reachedCounts = Arrays.copyOf(reachedCounts, number * 2);
      reachesLowPort = Arrays.copyOf(reachesLowPort, number * 2);
    }
    if (number == before) {
      reachedCounts[number] = 0;
      reachesLowPort[number] = false;
    }
    setKey(reachedPorts, record);
    reachedPorts.set(4, record.port);
    int portsBefore = reachedPorts.size();
    reachedCounts[number] += reachedPorts.add() == portsBefore ? 1 : 0;
    reachesLowPort[number] |= record.port < RecordKind.FIRST_UNPRIVILEGED_PORT;
  }

  private static void setKey(TupleTable table, SuspectRecord record) {
    table.set(0, record.sourceHigh);
    table.set(1, record.sourceLow);
    table.set(2, record.sourcePort);
    table.set(3, record.protocol);
  }

  /// Returns what a record without flags is, by the ports that its source port reaches.
  Suspect.Kind kindOf(SuspectRecord record) {
    setKey(sourcePorts, record);
    int number = sourcePorts.find();
    if (number < 0 || reachesLowPort[number]) {
      return Suspect.Kind.ATTEMPT;
    }
    if (record.sourcePort < RecordKind.FIRST_UNPRIVILEGED_PORT
        || KnownPort.isNamed(record.sourcePort)) {
      return Suspect.Kind.ANSWER;
    }
    if (record.sourcePort >= FlowPairs.FIRST_EPHEMERAL_PORT) {
      return Suspect.Kind.ATTEMPT;
    }
    return reachedCounts[number] >= FlowPairs.PORTS_OF_SERVICE
        ? Suspect.Kind.ANSWER
        : Suspect.Kind.ATTEMPT_OR_ANSWER;
  }
}
