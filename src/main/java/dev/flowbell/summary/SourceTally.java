package dev.flowbell.summary;

import dev.flowbell.classify.Classification;
import dev.flowbell.classify.Classifier;
import dev.flowbell.record.FlowField;
import dev.flowbell.record.FlowRecord;
import dev.flowbell.record.IpAddress;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Adds up what one original source had rejected at one network interface.
final class SourceTally {
  private static final int TOP_PORTS = 10;
  private static final int TOP_HOSTS = 5;

  /// Below this a port belongs to a service. @see <a
  /// href="https://www.rfc-editor.org/rfc/rfc6335#section-6">RFC 6335, port number ranges</a>
  private static final int FIRST_UNPRIVILEGED_PORT = 1024;

  private final IpAddress source;
  private final @Nullable String interfaceId;
  private final @Nullable String vpcId;
  private final @Nullable String subnetId;
  private final @Nullable String instanceId;
  private final @Nullable String service;
  private final @Nullable String flowDirection;
  private @Nullable IpAddress maskedBy;
  private @Nullable String rejectReason;
  private long rejects;
  private long blockedHandshakes;
  private long strays;
  private long natMaskedRejects;
  private long packets;
  private long bytes;
  private long firstSeconds = Long.MAX_VALUE;
  private long lastSeconds = FlowRecord.ABSENT;
  private final Tally<TransportPort> ports = new Tally<>();
  private final Tally<IpAddress> hosts = new Tally<>();
  private final Tally<TransportPort> probedPorts = new Tally<>();
  private final Tally<IpAddress> probedHosts = new Tally<>();

  /// @param record the first rejected one of this source at this interface
  SourceTally(IpAddress source, FlowRecord record) {
    this.source = source;
    interfaceId = record.text(FlowField.INTERFACE_ID);
    vpcId = record.text(FlowField.VPC_ID);
    subnetId = record.text(FlowField.SUBNET_ID);
    instanceId = record.text(FlowField.INSTANCE_ID);
    service = record.text(FlowField.PKT_SRC_AWS_SERVICE);
    flowDirection = record.text(FlowField.FLOW_DIRECTION);
  }

  /// @param room for the distinct ports and hosts of all the payload's sources together
  void add(FlowRecord record, int classes, Room room) {
    rejects++;
    boolean isStray = Classification.STRAY.isIn(classes);
    blockedHandshakes += Classification.SYN_ONLY.isIn(classes) ? 1 : 0;
    strays += isStray ? 1 : 0;
    packets = Sums.plus(packets, record.packets());
    bytes = Sums.plus(bytes, record.bytes());
    if (Classification.NAT_MASKED.isIn(classes)) {
      natMaskedRejects++;
      if (maskedBy == null) {
        maskedBy = record.address(FlowField.SRCADDR);
      }
    }
    if (rejectReason == null) {
      rejectReason = record.text(FlowField.REJECT_REASON);
    }
    if (record.startSeconds() != FlowRecord.ABSENT) {
      firstSeconds = Math.min(firstSeconds, record.startSeconds());
    }
    lastSeconds = Math.max(lastSeconds, record.endSeconds());
    boolean isProbe = !isStray && !isReply(record);
    addPort(record, isProbe, room);
    addHost(record, isProbe, room);
  }

  private void addPort(FlowRecord record, boolean isProbe, Room room) {
    if (record.destinationPort() == FlowRecord.ABSENT) {
      return;
    }
    TransportPort port = new TransportPort((int) record.protocol(), (int) record.destinationPort());
    addWithin(room, ports, port);
    if (isProbe) {
      addWithin(room, probedPorts, port);
    }
  }

  private void addHost(FlowRecord record, boolean isProbe, Room room) {
    IpAddress host = record.address(FlowField.DSTADDR);
    if (host == null) {
      return;
    }
    addWithin(room, hosts, host);
    if (isProbe) {
      addWithin(room, probedHosts, host);
    }
  }

  private static <T extends Comparable<T>> void addWithin(Room room, Tally<T> tally, T thing) {
    if (tally.has(thing) || room.take()) {
      tally.add(thing);
    }
  }

  /// Without flags, or over UDP, late answers of a service look like somebody trying many high
  /// ports: `53 → 40123`, `443 → 51514`. A lone SYN is an attempt whatever its ports.
  private static boolean isReply(FlowRecord record) {
    return record.tcpFlags() != Classifier.SYN
        && record.sourcePort() != FlowRecord.ABSENT
        && record.sourcePort() < FIRST_UNPRIVILEGED_PORT
        && record.destinationPort() >= FIRST_UNPRIVILEGED_PORT;
  }

  SourceActivity toActivity() {
    return new SourceActivity(
        source,
        maskedBy,
        interfaceId,
        vpcId,
        subnetId,
        instanceId,
        service,
        flowDirection,
        rejectReason,
        rejects,
        blockedHandshakes,
        strays,
        natMaskedRejects,
        packets,
        bytes,
        ports.top(TOP_PORTS),
        hosts.top(TOP_HOSTS),
        probedPorts.distinct(),
        probedHosts.distinct(),
        firstSeconds == Long.MAX_VALUE ? null : Instant.ofEpochSecond(firstSeconds),
        lastSeconds == FlowRecord.ABSENT ? null : Instant.ofEpochSecond(lastSeconds));
  }
}
