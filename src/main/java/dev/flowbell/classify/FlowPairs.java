package dev.flowbell.classify;

import dev.flowbell.classify.Suspect.Kind;
import dev.flowbell.classify.Suspect.Place;
import dev.flowbell.record.AddressBlocks;
import dev.flowbell.record.FlowField;
import dev.flowbell.record.FlowRecord;
import dev.flowbell.record.IpAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Pairs the flows of one payload in both directions, and finds what its rejected records are:
/// attempts, answers, or neither. The definitions are those of [Classification].
///
/// Both directions of a connection may share a payload, which is not guaranteed, so that an answer
/// can look like an attempt. More evidence decides then, see [Kind#ATTEMPT_OR_ANSWER].
///
/// Memory is bounded. Call [#resolve] when [#isFull] says so, and at the payload's end. Not safe
/// for use by several threads.
///
/// @param <T> what the caller wants back with a suspect
public final class FlowPairs<T> {
  /// Receives a suspect.
  ///
  /// @param <T> what the caller passed with the record
  @FunctionalInterface
  public interface SuspectTarget<T> {
    /// Receives one record's suspect and what the caller passed with the record.
    void add(Suspect suspect, T mark);
  }

  /// Receives an accepted flow with payload that its source opened.
  @FunctionalInterface
  public interface OpenedTarget {
    /// Receives one record's flow.
    ///
    /// @param minute minutes since 1970
    void add(IpAddress source, Door door, long minute, long bytes);
  }

  /// The most records of either kind that are kept: twice what Lambda can carry in one payload.
  static final int MOST_RECORDS = 50_000;

  /// As many destination ports show that a source port is a service's.
  public static final int PORTS_OF_SERVICE = 5;

  /// Source ports from here on are a client's own choice.
  ///
  /// @see <a href="https://www.kernel.org/doc/html/latest/networking/ip-sysctl.html">Linux,
  ///   ip_local_port_range</a>
  public static final int FIRST_EPHEMERAL_PORT = 32_768;

  private static final int FIRST_UNPRIVILEGED_PORT = 1_024;
  private static final long LONGEST_SHORT_WINDOW_SECONDS = 75;

  private static final int TUPLE = 5;

  // Accepted records, one row each: the tuple, then the original source, minute, flags, bytes.
  private static final int ROW = 10;
  private static final int ORIGINAL_HIGH = 5;
  private static final int ORIGINAL_LOW = 6;
  private static final int MINUTE = 7;
  private static final int FLAGS = 8;
  private static final int BYTES = 9;

  private static final long NOT_OPENED = -2;

  private static final int OWN_ACCEPTED = 1;
  private static final int OWN_REJECTED = 2;
  private static final int ANSWERED = 4;

  private final AddressBlocks inside;
  private long[] accepted = new long[64 * ROW];
  private int acceptedCount;
  private final List<Candidate<T>> candidates = new ArrayList<>();
  private final TupleTable tuples = new TupleTable(TUPLE, 4 * MOST_RECORDS);
  private byte[] states = new byte[256];
  private final TupleTable sourcePorts = new TupleTable(4, MOST_RECORDS);
  private final TupleTable reachedPorts = new TupleTable(5, MOST_RECORDS);
  private int[] reachedCounts = new int[64];
  private boolean[] reachesLowPort = new boolean[64];
  private byte[] lastInterface = {};
  private @Nullable Place lastPlace;

  /// Creates pairs for a payload.
  public FlowPairs(AddressBlocks inside) {
    this.inside = inside;
  }

  /// Forgets all records.
  public void reset() {
    acceptedCount = 0;
    candidates.clear();
    lastPlace = null;
    lastInterface = new byte[0];
  }

  /// Returns whether [#resolve] must be called before the next record.
  public boolean isFull() {
    return acceptedCount == MOST_RECORDS || candidates.size() == MOST_RECORDS;
  }

  /// Adds a readable record with traffic.
  ///
  /// @param classes what [Classifier#classify] returned for it
  /// @param minute the record's, in minutes since 1970
  /// @param mark returned with the suspect
  public void add(FlowRecord record, int classes, long minute, T mark) {
    if (Classification.REJECT.isIn(classes)) {
      candidates.add(newCandidate(record, classes, minute, mark));
    } else if (record.isAccept()) {
      addAccepted(record, classes, minute);
      if (Classification.SYN_ONLY.isIn(classes) && isSentAgain(record)) {
        Candidate<T> candidate = newCandidate(record, classes, minute, mark);
        if (candidate.isInside) {
          candidates.add(candidate);
        }
      }
    }
  }

  /// A SYN that was sent again: several packets, all of a SYN's size. A SYN with an ACK behind it
  /// is a healthy opening, whose answer is in another payload.
  private static boolean isSentAgain(FlowRecord record) {
    long packets = record.packets();
    if (packets < 2 || record.bytes() % packets != 0) {
      return false;
    }
    long size = record.bytes() / packets;
    return record.isIpv6(FlowField.SRCADDR)
        ? size == 60 || size == 64 || size == 68 || size == 72 || size == 80
        : size == 40 || size == 44 || size == 48 || size == 52 || size == 60;
  }

  private void addAccepted(FlowRecord record, int classes, long minute) {
    int at = acceptedCount * ROW;
    if (at == accepted.length) {
      accepted = Arrays.copyOf(accepted, at * 2);
    }
    accepted[at] = record.addressHigh(FlowField.SRCADDR);
    accepted[at + 1] = record.addressLow(FlowField.SRCADDR);
    accepted[at + 2] = record.addressHigh(FlowField.DSTADDR);
    accepted[at + 3] = record.addressLow(FlowField.DSTADDR);
    accepted[at + 4] = pack(record.sourcePort(), record.destinationPort(), record.protocol());
    FlowField original = record.originalSource();
    accepted[at + ORIGINAL_HIGH] = record.addressHigh(original);
    accepted[at + ORIGINAL_LOW] = record.addressLow(original);
    accepted[at + MINUTE] = minute;
    accepted[at + FLAGS] = record.tcpFlags();
    accepted[at + BYTES] =
        isOpenedWithPayload(record, classes) ? Math.max(0, record.bytes()) : NOT_OPENED;
    acceptedCount++;
  }

  /// Flags name who opened a connection: SYN without ACK. Where a window shows neither, the side
  /// with the lower port below the ephemeral ones is the server.
  private static boolean isOpenedWithPayload(FlowRecord record, int classes) {
    if (Classification.SYN_ONLY.isIn(classes) || !hasPayload(record)) {
      return false;
    }
    long flags = record.tcpFlags();
    boolean isTcp = record.protocol() == FlowRecord.TCP;
    if (isTcp && flags != FlowRecord.ABSENT && (flags & Classifier.SYN) != 0) {
      return (flags & Classifier.SYN_ACK) == Classifier.SYN;
    }
    return record.destinationPort() >= 0
        && record.sourcePort() >= FIRST_UNPRIVILEGED_PORT
        && record.destinationPort() < FIRST_EPHEMERAL_PORT
        && record.destinationPort() < record.sourcePort();
  }

  private static boolean hasPayload(FlowRecord record) {
    long packets = record.packets();
    long bytes = record.bytes();
    long most = record.isIpv6(FlowField.SRCADDR) ? 80 : 60;
    return packets > 0 && bytes / most >= packets && bytes > packets * most;
  }

  private Candidate<T> newCandidate(FlowRecord record, int classes, long minute, T mark) {
    Candidate<T> candidate = new Candidate<>(record, classes, minute, placeOf(record), mark);
    candidate.isInside =
        candidate.isEgress
            || inside.contains(new IpAddress(candidate.originalHigh, candidate.originalLow));
    return candidate;
  }

  private Place placeOf(FlowRecord record) {
    Place last = lastPlace;
    if (last != null
        && last.rejectReason() == null
        && !record.has(FlowField.REJECT_REASON)
        && !record.has(FlowField.PKT_SRC_AWS_SERVICE)
        && record.isText(FlowField.INTERFACE_ID, lastInterface)) {
      return last;
    }
    Place place =
        new Place(
            record.text(FlowField.INTERFACE_ID),
            record.text(FlowField.INSTANCE_ID),
            record.text(FlowField.SUBNET_ID),
            record.text(FlowField.VPC_ID),
            record.text(FlowField.PKT_SRC_AWS_SERVICE),
            record.text(FlowField.REJECT_REASON));
    String interfaceId = place.interfaceId();
    boolean isShared = place.service() == null && interfaceId != null;
    lastPlace = isShared ? place : null;
    lastInterface =
        isShared && interfaceId != null
            ? interfaceId.getBytes(StandardCharsets.UTF_8)
            : new byte[0];
    return place;
  }

  /// Passes on what the records so far are, and forgets them.
  ///
  /// @param isOfInterest whether flows that a source opened are wanted besides those of sources
  ///   with attempts in this payload
  public void resolve(
      SuspectTarget<T> suspects, Predicate<IpAddress> isOfInterest, OpenedTarget opened) {
    if (!candidates.isEmpty()) {
      pair();
    }
    Set<IpAddress> sources = new HashSet<>();
    for (Candidate<T> candidate : candidates) {
      Suspect suspect = toSuspect(candidate);
      if (suspect != null) {
        suspects.add(suspect, candidate.mark);
        if (suspect.isAttempt()) {
          sources.add(suspect.source());
        }
      }
    }
    passOpened(sources, isOfInterest, opened);
    reset();
  }

  private void passOpened(
      Set<IpAddress> sources, Predicate<IpAddress> isOfInterest, OpenedTarget opened) {
    long lastHigh = 0;
    long lastLow = 0;
    boolean isWanted = false;
    IpAddress source = new IpAddress(0, 0);
    for (int at = 0; at < acceptedCount * ROW; at += ROW) {
      if (accepted[at + BYTES] == NOT_OPENED) {
        continue;
      }
      if (accepted[at + ORIGINAL_HIGH] != lastHigh || accepted[at + ORIGINAL_LOW] != lastLow) {
        lastHigh = accepted[at + ORIGINAL_HIGH];
        lastLow = accepted[at + ORIGINAL_LOW];
        source = new IpAddress(lastHigh, lastLow);
        isWanted = sources.contains(source) || isOfInterest.test(source);
      }
      if (isWanted) {
        long packed = accepted[at + 4];
        opened.add(
            source,
            Door.of(
                new IpAddress(accepted[at + 2], accepted[at + 3]),
                (int) (packed & 0xfffff) - 1,
                (int) (packed >>> 20 & 0xfffff) - 1),
            accepted[at + MINUTE],
            accepted[at + BYTES]);
      }
    }
  }

  private void pair() {
    tuples.clear();
    sourcePorts.clear();
    reachedPorts.clear();
    for (Candidate<T> candidate : candidates) {
      candidate.own = number(candidate.tuple, false);
      candidate.reverse = number(candidate.tuple, true);
      if (candidate.isReject) {
        states[candidate.own] |= OWN_REJECTED;
        countPorts(candidate);
      }
    }
    long[] tuple = new long[TUPLE];
    for (int at = 0; at < acceptedCount * ROW; at += ROW) {
      System.arraycopy(accepted, at, tuple, 0, TUPLE);
      set(tuple, false);
      int number = tuples.find();
      if (number >= 0) {
        states[number] |= OWN_ACCEPTED;
        long flags = accepted[at + FLAGS];
        if (flags != FlowRecord.ABSENT && (flags & Classifier.SYN_ACK) == Classifier.SYN_ACK) {
          states[number] |= ANSWERED;
        }
      }
    }
  }

  private int number(long[] tuple, boolean isReverse) {
    set(tuple, isReverse);
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

  private void set(long[] tuple, boolean isReverse) {
    tuples.set(0, tuple[isReverse ? 2 : 0]);
    tuples.set(1, tuple[isReverse ? 3 : 1]);
    tuples.set(2, tuple[isReverse ? 0 : 2]);
    tuples.set(3, tuple[isReverse ? 1 : 3]);
    tuples.set(4, isReverse ? reverse(tuple[4]) : tuple[4]);
  }

  /// Counts the destination ports that a source port reaches.
  private void countPorts(Candidate<T> candidate) {
    if (candidate.sourcePort < 0 || candidate.port < 0) {
      return;
    }
    setSourcePort(candidate);
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
    reachedPorts.set(0, candidate.originalHigh);
    reachedPorts.set(1, candidate.originalLow);
    reachedPorts.set(2, candidate.sourcePort);
    reachedPorts.set(3, candidate.protocol);
    reachedPorts.set(4, candidate.port);
    int portsBefore = reachedPorts.size();
    reachedCounts[number] += reachedPorts.add() == portsBefore ? 1 : 0;
    reachesLowPort[number] |= candidate.port < FIRST_UNPRIVILEGED_PORT;
  }

  private void setSourcePort(Candidate<T> candidate) {
    sourcePorts.set(0, candidate.originalHigh);
    sourcePorts.set(1, candidate.originalLow);
    sourcePorts.set(2, candidate.sourcePort);
    sourcePorts.set(3, candidate.protocol);
  }

  /// Returns `null` for a record that is no suspect after all.
  private @Nullable Suspect toSuspect(Candidate<T> candidate) {
    // Without addresses, every record would answer every other.
    boolean isRequestAccepted =
        candidate.hasTarget && (states[candidate.reverse] & OWN_ACCEPTED) != 0;
    boolean isOwnAccepted = (states[candidate.own] & OWN_ACCEPTED) != 0;
    boolean isSynAck =
        candidate.protocol == FlowRecord.TCP
            && candidate.flags != FlowRecord.ABSENT
            && (candidate.flags & Classifier.SYN_ACK) == Classifier.SYN_ACK;
    Kind kind;
    if (!candidate.isReject) {
      boolean isAnswered = (states[candidate.reverse] & ANSWERED) != 0;
      boolean isAnswerRejected = (states[candidate.reverse] & OWN_REJECTED) != 0;
      if (isAnswered || isAnswerRejected || !isUnicast(candidate)) {
        return null;
      }
      kind = Kind.UNANSWERED;
    } else if (isSynAck || isRequestAccepted) {
      kind = Kind.ANSWER;
    } else if (Classification.STRAY.isIn(candidate.classes)) {
      kind = Kind.STRAY;
    } else if (!isUnicast(candidate)) {
      kind = Kind.NOT_UNICAST;
    } else {
      kind = kindBySourcePort(candidate);
    }
    return new Suspect(
        kind,
        new IpAddress(candidate.originalHigh, candidate.originalLow),
        Classification.NAT_MASKED.isIn(candidate.classes)
            ? new IpAddress(candidate.tuple[0], candidate.tuple[1])
            : null,
        candidate.isInside,
        candidate.isEgress,
        candidate.hasTarget ? new IpAddress(candidate.tuple[2], candidate.tuple[3]) : null,
        candidate.protocol,
        candidate.sourcePort,
        candidate.port,
        candidate.minute,
        candidate.isLongWindow,
        candidate.isReject && (isSynAck || (isRequestAccepted && !isOwnAccepted)),
        isRequestAccepted,
        candidate.place,
        candidate.packets,
        candidate.bytes);
  }

  /// Without flags, or over UDP, the ports decide.
  private Kind kindBySourcePort(Candidate<T> candidate) {
    boolean isUndecidedByFlags =
        candidate.protocol != FlowRecord.TCP || candidate.flags == FlowRecord.ABSENT;
    if (!isUndecidedByFlags
        || !Door.hasPorts(candidate.protocol)
        || candidate.sourcePort < 0
        || candidate.port < 0) {
      return Kind.ATTEMPT;
    }
    setSourcePort(candidate);
    int number = sourcePorts.find();
    if (number < 0 || reachesLowPort[number]) {
      return Kind.ATTEMPT;
    }
    if (candidate.sourcePort < FIRST_UNPRIVILEGED_PORT || KnownPort.isNamed(candidate.sourcePort)) {
      return Kind.ANSWER;
    }
    if (candidate.sourcePort >= FIRST_EPHEMERAL_PORT) {
      return Kind.ATTEMPT;
    }
    return reachedCounts[number] >= PORTS_OF_SERVICE ? Kind.ANSWER : Kind.ATTEMPT_OR_ANSWER;
  }

  /// Broadcast is 255.255.255.255, and UDP to an address that ends in .255.
  private static boolean isUnicast(FlowPairs.Candidate<?> candidate) {
    if (!candidate.hasTarget) {
      return true;
    }
    long high = candidate.tuple[2];
    long low = candidate.tuple[3];
    boolean isIpv4 = high == 0 && low >>> 32 == 0xffffL;
    if (!isIpv4) {
      return high >>> 56 != 0xff; // ff00::/8
    }
    long address = low & 0xffff_ffffL;
    boolean isMulticast = address >>> 28 == 0xe; // 224.0.0.0/4
    boolean isBroadcast =
        address == 0xffff_ffffL || (candidate.protocol == 17 && (address & 0xff) == 0xff);
    return !isMulticast && !isBroadcast;
  }

  /// Each is -1 to 65535, and so fits 20 bits once 1 is added.
  private static long pack(long sourcePort, long destinationPort, long protocol) {
    return ((sourcePort + 1) << 40) | ((destinationPort + 1) << 20) | (protocol + 1);
  }

  private static long reverse(long packed) {
    long source = packed >>> 40;
    long destination = packed >>> 20 & 0xfffff;
    return (destination << 40) | (source << 20) | (packed & 0xfffff);
  }

  /// A record that may be a suspect, before its payload is known.
  private static final class Candidate<T> {
    private final long[] tuple = new long[TUPLE];
    private final boolean isReject;
    private final boolean isEgress;
    private final boolean hasTarget;
    private final int classes;
    private final int protocol;
    private final int sourcePort;
    private final int port;
    private final long flags;
    private final long originalHigh;
    private final long originalLow;
    private final long minute;
    private final boolean isLongWindow;
    private final Place place;
    private final long packets;
    private final long bytes;
    private final T mark;
    private boolean isInside;
    private int own;
    private int reverse;

    Candidate(FlowRecord record, int classes, long minute, Place place, T mark) {
      tuple[0] = record.addressHigh(FlowField.SRCADDR);
      tuple[1] = record.addressLow(FlowField.SRCADDR);
      tuple[2] = record.addressHigh(FlowField.DSTADDR);
      tuple[3] = record.addressLow(FlowField.DSTADDR);
      tuple[4] = pack(record.sourcePort(), record.destinationPort(), record.protocol());
      isReject = Classification.REJECT.isIn(classes);
      isEgress = record.isText(FlowField.FLOW_DIRECTION, EGRESS);
      hasTarget = record.has(FlowField.DSTADDR);
      this.classes = classes;
      protocol = (int) record.protocol();
      sourcePort = (int) record.sourcePort();
      port = (int) record.destinationPort();
      flags = record.tcpFlags();
      FlowField original = record.originalSource();
      originalHigh = record.addressHigh(original);
      originalLow = record.addressLow(original);
      this.minute = minute;
      isLongWindow =
          record.startSeconds() >= 0
              && record.endSeconds() - record.startSeconds() > LONGEST_SHORT_WINDOW_SECONDS;
      this.place = place;
      packets = record.packets();
      bytes = record.bytes();
      this.mark = mark;
    }
  }

  private static final byte[] EGRESS = "egress".getBytes(StandardCharsets.US_ASCII);
}
