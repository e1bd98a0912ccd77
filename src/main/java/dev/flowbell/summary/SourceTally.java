package dev.flowbell.summary;

import dev.flowbell.classify.Classification;
import dev.flowbell.classify.Classifier;
import dev.flowbell.metric.Sums;
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

  private final int number;
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

  /// @param number what the source's ports and hosts are counted under
  /// @param interfaceId as the record says
  /// @param record the first rejected one of this source at this interface
  SourceTally(int number, IpAddress source, @Nullable String interfaceId, FlowRecord record) {
    this.number = number;
    this.source = source;
    this.interfaceId = interfaceId;
    vpcId = record.text(FlowField.VPC_ID);
    subnetId = record.text(FlowField.SUBNET_ID);
    instanceId = record.text(FlowField.INSTANCE_ID);
    service = record.text(FlowField.PKT_SRC_AWS_SERVICE);
    flowDirection = record.text(FlowField.FLOW_DIRECTION);
  }

  /// Counts a rejected record.
  ///
  /// @param ports, hosts of all sources, where this one's are counted too
  /// @return whether there was room for its port and its host
  boolean add(FlowRecord record, int classes, PairCounts ports, PairCounts hosts) {
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
    boolean hasPortRoom =
        record.destinationPort() == FlowRecord.ABSENT
            || ports.add(number, record.protocol(), record.destinationPort(), isProbe);
    boolean hasHostRoom =
        !record.has(FlowField.DSTADDR)
            || hosts.add(
                number,
                record.addressHigh(FlowField.DSTADDR),
                record.addressLow(FlowField.DSTADDR),
                isProbe);
    return hasPortRoom && hasHostRoom;
  }

  /// Without flags, or over UDP, late answers of a service look like somebody trying many high
  /// ports: `53 → 40123`, `443 → 51514`. A lone SYN is an attempt whatever its ports.
  private static boolean isReply(FlowRecord record) {
    return record.tcpFlags() != Classifier.SYN
        && record.sourcePort() != FlowRecord.ABSENT
        && record.sourcePort() < FIRST_UNPRIVILEGED_PORT
        && record.destinationPort() >= FIRST_UNPRIVILEGED_PORT;
  }

  SourceActivity toActivity(PairCounts ports, PairCounts hosts) {
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
        ports.top(number, TOP_PORTS, TransportPort::of),
        hosts.top(number, TOP_HOSTS, IpAddress::new),
        ports.probed(number),
        hosts.probed(number),
        firstSeconds == Long.MAX_VALUE ? null : Instant.ofEpochSecond(firstSeconds),
        lastSeconds == FlowRecord.ABSENT ? null : Instant.ofEpochSecond(lastSeconds));
  }
}
