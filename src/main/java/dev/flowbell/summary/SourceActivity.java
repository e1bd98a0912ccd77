package dev.flowbell.summary;

import dev.flowbell.record.IpAddress;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one source had rejected at one network interface, in one payload.
///
/// @param source the address that sent the traffic: `pkt-srcaddr`, or `srcaddr` where that is
///   absent
/// @param maskedBy the address of a NAT device that the interface saw instead, the first of
///   several, `null` where it saw the source's own address
/// @param interfaceId, vpcId, subnetId, instanceId from the first record, `null` where absent
/// @param service the AWS service that the source address belongs to, `null` where absent
/// @param flowDirection `ingress` or `egress`, `null` where absent
/// @param rejectReason AWS's reason, the first of several, `null` where absent
/// @param rejects the number of rejected records, at least 1
/// @param blockedHandshakes how many of them are handshakes
/// @param strays how many of them are strays
/// @param natMaskedRejects how many of them have a masked source
/// @param packets, bytes the sums over the rejected records
/// @param topPorts the destination ports with the most rejects, the first one has the most
/// @param topHosts the destination addresses with the most rejects, the first one has the most
/// @param probedPorts how many different destination ports it tried, without strays and replies
/// @param probedHosts how many different destination addresses it tried, without strays and replies
/// @param first the earliest `start`, `null` where records have none
/// @param last the latest `end`, `null` where records have none
public record SourceActivity(
    IpAddress source,
    @Nullable IpAddress maskedBy,
    @Nullable String interfaceId,
    @Nullable String vpcId,
    @Nullable String subnetId,
    @Nullable String instanceId,
    @Nullable String service,
    @Nullable String flowDirection,
    @Nullable String rejectReason,
    long rejects,
    long blockedHandshakes,
    long strays,
    long natMaskedRejects,
    long packets,
    long bytes,
    List<Counted<TransportPort>> topPorts,
    List<Counted<IpAddress>> topHosts,
    int probedPorts,
    int probedHosts,
    @Nullable Instant first,
    @Nullable Instant last) {}
