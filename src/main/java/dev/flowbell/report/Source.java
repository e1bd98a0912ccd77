package dev.flowbell.report;

import dev.flowbell.classify.AddressScope;
import dev.flowbell.classify.Door;
import dev.flowbell.record.IpAddress;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A source with rejected records.
///
/// @param isInside whether it is inside: by the setting `INSIDE_NETWORKS`, or because one of its
///   records is egress
/// @param scope how far its address reaches
/// @param manner what its attempts look like
/// @param rejects all its rejected records
/// @param noise those of them that are noise, see [Totals]
/// @param handshakes those of them that are TCP with SYN alone
/// @param hosts, ports, interfaces how many different ones it was rejected at
/// @param first, last the earliest start and the latest end of its rejected records; `null` where
///   they have none
/// @param maskedBy the NAT devices that hid it, the most frequent first; at most 3
/// @param accepted what it got through
/// @param detail more of it; `null` for all but the first rows of both kinds of source
public record Source(
    IpAddress address,
    boolean isInside,
    AddressScope scope,
    Manner manner,
    long rejects,
    long noise,
    long handshakes,
    long hosts,
    long ports,
    long interfaces,
    @Nullable Instant first,
    @Nullable Instant last,
    List<IpAddress> maskedBy,
    Accepted accepted,
    @Nullable Detail detail) {

  /// Returns the rejected records that are attempts: those that aren't noise.
  public long attempts() {
    return rejects - noise;
  }

  /// What the attempts of a source look like.
  public enum Manner {
    /// All its rejected records are noise.
    NOISE,
    /// It tried 15 ports of one host or more.
    PORT_SCAN,
    /// It tried 25 hosts or more.
    SWEEP,
    /// It tried the same door at least 5 times on average.
    REPEATED,
    /// None of these.
    OTHER
  }

  /// Accepted flows with payload that the source opened.
  ///
  /// @param flows how many records
  /// @param bytes the sum of their bytes
  /// @param doors to where, the most bytes first; at most 5
  /// @param doorCount to how many doors
  public record Accepted(long flows, long bytes, List<DoorSum> doors, long doorCount) {
    /// Nothing, as far as the records show.
    public static final Accepted NONE = new Accepted(0, 0, List.of(), 0);
  }

  /// What a row shows when it is opened. Lists have the largest first, and at most 10 elements.
  ///
  /// @param byHour rejects in each of the report's hours
  /// @param topPorts, topHosts, topInterfaces where it was rejected
  /// @param samples some of its rejected records, as they stand in the input
  public record Detail(
      List<Long> byHour,
      List<PortSum> topPorts,
      List<HostSum> topHosts,
      List<Report.NamedSum> topInterfaces,
      List<String> samples) {}

  /// Records at a port.
  public record PortSum(Port port, long rejects) {}

  /// Records at a host.
  public record HostSum(IpAddress host, long rejects) {}

  /// Accepted flows to a door.
  public record DoorSum(Door door, long flows, long bytes) {}
}
