package dev.flowbell.summary;

import dev.flowbell.record.IpAddress;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one original source had rejected at one network interface, within one payload.
///
/// @param source who really sent the traffic: `pkt-srcaddr`, or `srcaddr` where that is all there
///   is
/// @param maskedBy the address that the interface saw instead, `null` where it saw the source's
///   own; the first one where there are several
/// @param interfaceId, vpcId, subnetId, instanceId as the records say, `null` where they don't
/// @param service the AWS service that the source address belongs to
/// @param flowDirection `ingress` or `egress`
/// @param rejectReason why AWS says it rejected, the first of several
/// @param rejects rejected records, at least 1
/// @param blockedHandshakes those that are SYN only
/// @param strays those that are late packets of a closed connection
/// @param natMaskedRejects those whose source a NAT device hid
/// @param packets, bytes of the rejected records
/// @param topPorts the destination ports it was rejected at most often
/// @param topHosts the destinations it was rejected at most often
/// @param probedPorts how many different destination ports it tried, strays and replies left out
/// @param probedHosts how many different destinations it tried, strays and replies left out
/// @param first when the first of the windows began, `null` where records have no times
/// @param last when the last of the windows ended
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
