package dev.flowbell.summary;

import dev.flowbell.classify.Classification;
import dev.flowbell.classify.Classifier;
import dev.flowbell.metric.Sums;
import dev.flowbell.record.FlowField;
import dev.flowbell.record.FlowRecord;
import dev.flowbell.record.IpAddress;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// Adds up what one source had rejected at one network interface.
final class SourceTally {
  private static final int TOP_PORTS = 10;
  private static final int TOP_HOSTS = 5;

  /// Ports below this one belong to services. @see <a
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

  /// Creates a tally without records.
  ///
  /// @param number the source's number as an owner of ports and hosts
  /// @param interfaceId the record's network interface
  /// @param record the first rejected record of the source at this network interface
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
  /// @param ports, hosts the counts of all sources, to which the record's are added
  /// @return whether its port and its host are within the bounds
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

  /// Returns whether a record is a late answer of a service, such as `53 → 40123`. Without flags,
  /// or over UDP, such answers look like attempts to reach many high ports. A SYN alone is always
  /// an attempt.
  private static boolean isReply(FlowRecord record) {
    return record.tcpFlags() != Classifier.SYN
        && record.sourcePort() != FlowRecord.ABSENT
        && record.sourcePort() < FIRST_UNPRIVILEGED_PORT
        && record.destinationPort() >= FIRST_UNPRIVILEGED_PORT;
  }

  /// Returns the sums.
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
