package dev.flowbell.testing.generator;

import dev.flowbell.record.IpAddress;
import dev.flowbell.summary.Counted;
import dev.flowbell.summary.SourceActivity;
import dev.flowbell.summary.TransportPort;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Makes a source's activity without records. Values that aren't set are absent or 0, except for
/// one reject.
public final class ActivityBuilder {
  private final IpAddress source;
  private @Nullable IpAddress maskedBy;
  private @Nullable String interfaceId;
  private @Nullable String vpcId;
  private @Nullable String subnetId;
  private @Nullable String instanceId;
  private @Nullable String service;
  private @Nullable String flowDirection;
  private @Nullable String rejectReason;
  private long rejects = 1;
  private long blockedHandshakes;
  private long strays;
  private long natMaskedRejects;
  private List<Counted<TransportPort>> ports = List.of();
  private List<Counted<IpAddress>> hosts = List.of();
  private int probedPorts;
  private int probedHosts;

  /// @param source its address
  public ActivityBuilder(String source) {
    this.source = address(source);
  }

  public ActivityBuilder maskedBy(String address) {
    maskedBy = address(address);
    return this;
  }

  public ActivityBuilder interfaceId(String id) {
    interfaceId = id;
    return this;
  }

  public ActivityBuilder vpcId(String id) {
    vpcId = id;
    return this;
  }

  public ActivityBuilder subnetId(String id) {
    subnetId = id;
    return this;
  }

  public ActivityBuilder instanceId(String id) {
    instanceId = id;
    return this;
  }

  public ActivityBuilder service(String name) {
    service = name;
    return this;
  }

  public ActivityBuilder flowDirection(String direction) {
    flowDirection = direction;
    return this;
  }

  public ActivityBuilder rejectReason(String reason) {
    rejectReason = reason;
    return this;
  }

  public ActivityBuilder rejects(long count) {
    rejects = count;
    return this;
  }

  public ActivityBuilder blockedHandshakes(long count) {
    blockedHandshakes = count;
    return this;
  }

  public ActivityBuilder strays(long count) {
    strays = count;
    return this;
  }

  public ActivityBuilder natMaskedRejects(long count) {
    natMaskedRejects = count;
    return this;
  }

  /// @param protocol -1 if the record has none
  public ActivityBuilder port(int protocol, int number, long count) {
    ports = List.of(new Counted<>(new TransportPort(protocol, number), count));
    return this;
  }

  public ActivityBuilder host(String address, long count) {
    hosts = List.of(new Counted<>(address(address), count));
    return this;
  }

  public ActivityBuilder probedPorts(int count) {
    probedPorts = count;
    return this;
  }

  public ActivityBuilder probedHosts(int count) {
    probedHosts = count;
    return this;
  }

  /// Returns the activity, without bytes, packets and times.
  public SourceActivity build() {
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
        0,
        0,
        ports,
        hosts,
        probedPorts,
        probedHosts,
        null,
        null);
  }

  private static IpAddress address(String text) {
    return Objects.requireNonNull(IpAddress.find(text), text);
  }
}
