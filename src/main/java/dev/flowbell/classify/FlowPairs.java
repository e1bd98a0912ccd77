package dev.flowbell.classify;

import dev.flowbell.classify.Suspect.Kind;
import dev.flowbell.record.AddressBlocks;
import dev.flowbell.record.FlowField;
import dev.flowbell.record.FlowRecord;
import dev.flowbell.record.IpAddress;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Pairs the flows of one payload in both directions, and finds what its rejected records are:
/// attempts, answers, or neither. [Kind] has the definitions.
///
/// Both directions of a connection may share a payload, which is not guaranteed, so that an answer
/// can look like an attempt. More evidence decides then, see [Kind#ATTEMPT_OR_ANSWER].
///
/// Memory is bounded. Call [#resolve] when [#isFull] says so, and at the payload's end. Not safe
/// for use by several threads.
///
/// @param <T> what the caller wants back with a suspect
public final class FlowPairs<T> {
  /// Receives suspects.
  ///
  /// @param <T> what the caller passed with the record
  @FunctionalInterface
  public interface SuspectTarget<T> {
    /// Receives what one record is.
    ///
    /// @param suspect valid during this call: it is reused for the next one
    /// @param mark what the caller passed with the record
    void add(SuspectRecord suspect, T mark);
  }

  /// Receives accepted flows with payload that their source opened.
  @FunctionalInterface
  public interface OpenedTarget {
    /// Receives one record's flow.
    ///
    /// @param minute minutes since 1970
    void add(IpAddress source, Door door, long minute, long bytes);
  }

  /// As many destination ports show that a source port is a service's.
  public static final int PORTS_OF_SERVICE = 5;

  /// Source ports from here on are a client's own choice.
  ///
  /// @see <a href="https://www.kernel.org/doc/html/latest/networking/ip-sysctl.html">Linux,
  ///   ip_local_port_range</a>
  public static final int FIRST_EPHEMERAL_PORT = 32_768;

  private static final int OWN_ACCEPTED = 1;
  private static final int OWN_REJECTED = 2;
  private static final int ANSWERED = 4;

  private final AcceptedFlows accepted = new AcceptedFlows();
  private final CandidateRows<T> candidates;
  // The tuples of candidates and their reverses, and what is known of each.
  private final TupleTable tuples;
  private byte[] states = new byte[256];
  private final SourcePorts sourcePorts;
  private final int mostRecords;
  // The addresses of sources whose opened flows are wanted.
  private final TupleTable wanted = new TupleTable(2, Integer.MAX_VALUE);
  private final SuspectRecord suspect = new SuspectRecord();

  /// Creates pairs for a payload.
  ///
  /// @param inside the networks whose hosts are the user's own
  /// @param mostRecords the most records of either kind, accepted and suspect, that are kept
  public FlowPairs(AddressBlocks inside, int mostRecords) {
    this.mostRecords = mostRecords;
    tuples = new TupleTable(FlowTuple.LONGS, 4 * mostRecords);
    sourcePorts = new SourcePorts(mostRecords);
    candidates = new CandidateRows<>(inside);
  }

  /// Begins a payload.
  ///
  /// @param owner the AWS account ID of its log group, for records without an account; or an empty
  ///   string
  public void begin(String owner) {
    candidates.begin(owner);
  }

  /// Forgets all records.
  public void reset() {
    clear();
    candidates.forgetPlaces();
  }

  private void clear() {
    accepted.clear();
    candidates.clear();
    tuples.clear();
    sourcePorts.clear();
    wanted.clear();
  }

  /// Returns whether [#resolve] must be called before the next record.
  public boolean isFull() {
    return accepted.size() == mostRecords || candidates.size() == mostRecords;
  }

  /// Adds a readable record with traffic.
  ///
  /// @param classes what [Classifier#classify] returned for it
  /// @param minute the record's, in minutes since 1970
  /// @param mark returned with the suspect
  public void add(FlowRecord record, int classes, long minute, T mark) {
    if (Classification.REJECT.isIn(classes)) {
      candidates.add(record, classes, minute, mark);
    } else if (record.isAccept()) {
      accepted.add(record, classes, minute);
      if (Classification.SYN_ONLY.isIn(classes) && isSentAgain(record)) {
        candidates.addIfInside(record, classes, minute, mark);
      }
    }
  }

  /// Returns whether a SYN was sent again: several packets, all of the same SYN's size.
  private static boolean isSentAgain(FlowRecord record) {
    long packets = record.packets();
    if (packets < 2 || record.bytes() % packets != 0) {
      return false;
    }
    long size = record.bytes() / packets;
    return record.isIpv6(FlowField.SRCADDR)
        ? size == 64 || size == 68 || size == 72 || size == 80
        : size == 40 || size == 44 || size == 48 || size == 52 || size == 60;
  }

  /// Passes on what the records so far are, and forgets them.
  ///
  /// @param watched sources whose opened flows are wanted, besides those of sources with attempts
  ///   among these records
  public void resolve(SuspectTarget<T> suspects, Set<IpAddress> watched, OpenedTarget opened) {
    if (candidates.size() > 0) {
      pair();
    }
    for (IpAddress source : watched) {
      addWanted(source.high(), source.low());
    }
    for (int i = 0; i < candidates.size(); i++) {
      candidates.read(i, suspect);
      Kind kind = kindOf(i);
      if (kind != null) {
        suspect.kind = kind;
        suspect.isRequestAccepted = isRequestAccepted(i);
        suspect.isDroppedAnswer = isDroppedAnswer(i);
        suspects.add(suspect, candidates.mark(i));
        if (suspect.hasSource && kind.isAttempt()) {
          addWanted(suspect.sourceHigh, suspect.sourceLow);
        }
      }
    }
    if (wanted.size() > 0) {
      accepted.passOpened(wanted, opened);
    }
    clear();
  }

  private void addWanted(long sourceHigh, long sourceLow) {
    wanted.set(0, sourceHigh);
    wanted.set(1, sourceLow);
    wanted.add();
  }

  private void pair() {
    for (int i = 0; i < candidates.size(); i++) {
      candidates.setTuple(i, false, tuples);
      int own = number();
      candidates.setTuple(i, true, tuples);
      candidates.setPair(i, own, number());
      if (candidates.isReject(i)) {
        states[own] |= OWN_REJECTED;
        candidates.read(i, suspect);
        if (suspect.hasSource && suspect.hasBothPorts()) {
          sourcePorts.add(suspect);
        }
      }
    }
    for (int i = 0; i < accepted.size(); i++) {
      accepted.setTuple(i, tuples);
      int number = tuples.find();
      if (number >= 0) {
        states[number] |= OWN_ACCEPTED;
        if (accepted.isSynAck(i)) {
          states[number] |= ANSWERED;
        }
      }
    }
  }

  /// Returns the number of the tuple that was set.
  private int number() {
    int before = tuples.size();
    int number = tuples.add();
    if (number == states.length) {
      states = Arrays.copyOf(states, number * 2);
    }
    if (number == before) {
      states[number] = 0;
    }
    return number;
  }

  /// Returns `null` for an accepted record that is no attempt.
  private @Nullable Kind kindOf(int candidate) {
    if (!suspect.isReject) {
      boolean isAnswered = (states[candidates.reverse(candidate)] & (ANSWERED | OWN_REJECTED)) != 0;
      return isAnswered || !isUnicast(suspect) ? null : Kind.UNANSWERED;
    }
    if (suspect.isSynAck() || isRequestAccepted(candidate)) {
      return Kind.ANSWER;
    }
    if (suspect.isStray) {
      return Kind.STRAY;
    }
    Kind kind = kindBySourcePort();
    return kind == Kind.ANSWER || isUnicast(suspect) ? kind : Kind.NOT_UNICAST;
  }

  /// Returns whether a record with the reverse 5-tuple was accepted.
  private boolean isRequestAccepted(int candidate) {
    return candidates.isTupleComplete(candidate)
        && (states[candidates.reverse(candidate)] & OWN_ACCEPTED) != 0;
  }

  private boolean isDroppedAnswer(int candidate) {
    boolean isOwnAccepted = (states[candidates.own(candidate)] & OWN_ACCEPTED) != 0;
    return suspect.isReject
        && (suspect.isSynAck() || (isRequestAccepted(candidate) && !isOwnAccepted));
  }

  /// Without flags, or over UDP, the ports decide.
  private Kind kindBySourcePort() {
    boolean isUndecidedByFlags =
        suspect.protocol != FlowRecord.TCP || suspect.flags == FlowRecord.ABSENT;
    return isUndecidedByFlags
            && Door.hasPorts(suspect.protocol)
            && suspect.hasSource
            && suspect.hasBothPorts()
        ? sourcePorts.kindOf(suspect)
        : Kind.ATTEMPT;
  }

  private static boolean isUnicast(SuspectRecord record) {
    return !record.hasTarget
        || RecordKind.isUnicast(record.targetHigh, record.targetLow, record.protocol);
  }
}
