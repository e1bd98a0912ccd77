package dev.flowbell.report;

import dev.flowbell.classify.AddressScope;
import dev.flowbell.metric.Sums;
import dev.flowbell.record.AddressBlocks;
import dev.flowbell.record.IpAddress;
import dev.flowbell.report.Source.Accepted;
import dev.flowbell.report.Source.Detail;
import dev.flowbell.report.Source.DoorSum;
import dev.flowbell.report.Source.HostSum;
import dev.flowbell.report.Source.Manner;
import dev.flowbell.report.Source.PortSum;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Makes the rows of a report from one share of the sums.
final class ShareReader {
  private static final int MOST_DETAILS = 10;
  private static final int MOST_DOORS = 5;
  private static final int MOST_NAT_DEVICES = 3;
  private static final int PORTS_OF_SCAN = 15;
  private static final int HOSTS_OF_SWEEP = 25;
  private static final int TRIES_OF_REPEATED = 5;

  private final SourceShare share;
  private final AddressBlocks inside;
  private final String[] names;
  private final HourRange hours;
  private final RowsBySource places;
  private final RowsBySource accepted;
  private final RowsBySource hourly;
  private final RowsBySource nats;

  ShareReader(SourceShare share, AddressBlocks inside, String[] names, HourRange hours) {
    this.share = share;
    this.inside = inside;
    this.names = names;
    this.hours = hours;
    int sources = share.sources.size();
    places = new RowsBySource(share.places, sources);
    accepted = new RowsBySource(share.accepted, sources);
    hourly = new RowsBySource(share.sourceHours, sources);
    nats = new RowsBySource(share.natSources, sources);
  }

  SourceShare share() {
    return share;
  }

  long rejects(int source) {
    return share.sources.sum(source, SourceShare.REJECTS);
  }

  IpAddress address(int source) {
    return new IpAddress(share.sources.tuple(source, 0), share.sources.tuple(source, 1));
  }

  /// Returns whether a source is inside: direction is stronger than the address.
  boolean isInside(int source) {
    return share.sources.sum(source, SourceShare.EGRESS) > 0
        || inside.contains(share.sources.tuple(source, 0), share.sources.tuple(source, 1));
  }

  /// Adds one to each port at which a source was rejected.
  ///
  /// @param counts by [SourceShare#portNumber]
  void countPorts(int source, TupleSums counts) {
    for (long port : Distinct.of(numbers(places, source, SourceShare::portNumber))) {
      counts.plus(counts.add(port), 0, 1);
    }
  }

  /// Adds a source to the doors at which it was rejected, with its rejects there.
  ///
  /// @param targets by address and [SourceShare#portNumber]: rejects, sources, and the last source
  /// @param sourceId of this source alone, over all shares
  void countDoors(int source, long sourceId, TupleSums targets) {
    TupleSums rows = share.places;
    for (int i = places.start(source); i < places.end(source); i++) {
      int row = places.row(i);
      IpAddress host = share.hostOf(rows, row);
      int target = targets.add(host.high(), host.low(), SourceShare.portNumber(rows, row));
      targets.plus(target, 0, rows.sum(row, SourceShare.REJECTS));
      if (targets.sum(target, 2) != sourceId) {
        targets.plus(target, 1, 1);
        targets.set(target, 2, sourceId);
      }
    }
  }

  private long[] numbers(RowsBySource index, int source, RowNumber number) {
    long[] numbers = new long[index.end(source) - index.start(source)];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = number.of(share.places, index.row(index.start(source) + i));
    }
    return numbers;
  }

  /// What rows are compared by.
  @FunctionalInterface
  private interface RowNumber {
    long of(TupleSums rows, int row);
  }

  /// Returns a source's row.
  ///
  /// @param hasDetail whether it can be opened
  Source toSource(int source, boolean hasDetail) {
    long[] hosts =
        Distinct.of(
            numbers(
                places,
                source,
                (rows, row) -> SourceShare.doorNumber(rows, row) >>> SourceShare.PORT_NUMBER_BITS));
    long[] ports = Distinct.of(numbers(places, source, SourceShare::portNumber));
    long[] interfaces = Distinct.of(numbers(places, source, SourceShare::interfaceName));
    long[] tried = triedDoors(source);
    TupleSums sums = share.sources;
    long rejects = rejects(source);
    long noise = sums.sum(source, SourceShare.NOISE);
    IpAddress address = address(source);
    return new Source(
        address,
        isInside(source),
        AddressScope.of(address),
        mannerOf(rejects - noise, tried),
        rejects,
        noise,
        sums.sum(source, SourceShare.HANDSHAKES),
        hosts.length,
        Arrays.stream(ports).filter(port -> SourceShare.toPort(port).number() >= 0).count(),
        Arrays.stream(interfaces).filter(name -> name != Names.NONE).count(),
        toInstant(sums.sum(source, SourceShare.FIRST)),
        toInstant(sums.sum(source, SourceShare.LAST)),
        maskedBy(source),
        toAccepted(source, tried),
        hasDetail ? toDetail(source) : null);
  }

  /// Returns the doors at which not all rejects are noise, in order.
  private long[] triedDoors(int source) {
    TupleSums rows = share.places;
    long[] tried = new long[places.end(source) - places.start(source)];
    int size = 0;
    for (int i = places.start(source); i < places.end(source); i++) {
      int row = places.row(i);
      if (rows.sum(row, SourceShare.REJECTS) > rows.sum(row, SourceShare.NOISE)) {
        tried[size++] = SourceShare.doorNumber(rows, row);
      }
    }
    return Distinct.of(Arrays.copyOf(tried, size));
  }

  private static Manner mannerOf(long attempts, long[] tried) {
    if (attempts == 0) {
      return Manner.NOISE;
    }
    int hosts = 0;
    int portsOfHost = 0;
    int mostPortsOfHost = 0;
    for (int i = 0; i < tried.length; i++) {
      boolean isNewHost =
          i == 0
              || tried[i] >>> SourceShare.PORT_NUMBER_BITS
                  != tried[i - 1] >>> SourceShare.PORT_NUMBER_BITS;
      hosts += isNewHost ? 1 : 0;
      portsOfHost = isNewHost ? 1 : portsOfHost + 1;
      mostPortsOfHost = Math.max(mostPortsOfHost, portsOfHost);
    }
    if (mostPortsOfHost >= PORTS_OF_SCAN) {
      return Manner.PORT_SCAN;
    }
    if (hosts >= HOSTS_OF_SWEEP) {
      return Manner.SWEEP;
    }
    return tried.length > 0 && attempts >= (long) TRIES_OF_REPEATED * tried.length
        ? Manner.REPEATED
        : Manner.OTHER;
  }

  private static @Nullable Instant toInstant(long seconds) {
    return seconds == 0 ? null : Instant.ofEpochSecond(seconds);
  }

  private List<IpAddress> maskedBy(int source) {
    List<NatDevice.Behind> devices = new ArrayList<>();
    for (int i = nats.start(source); i < nats.end(source); i++) {
      int row = nats.row(i);
      devices.add(new NatDevice.Behind(natDevice(row), share.natSources.sum(row, 0)));
    }
    return devices.stream()
        .sorted(NatDevice.MOST_FIRST)
        .limit(MOST_NAT_DEVICES)
        .map(NatDevice.Behind::source)
        .toList();
  }

  /// Returns the NAT device of a row.
  IpAddress natDevice(int row) {
    return new IpAddress(share.natSources.tuple(row, 1), share.natSources.tuple(row, 2));
  }

  /// Accepted flows count if they go to a host that the source tried, or to a port that it tried.
  private Accepted toAccepted(int source, long[] tried) {
    if (accepted.start(source) == accepted.end(source)) {
      return Accepted.NONE;
    }
    TupleSums rows = share.accepted;
    long[] triedHosts =
        Distinct.of(
            Arrays.stream(tried).map(door -> door >>> SourceShare.PORT_NUMBER_BITS).toArray());
    long[] triedPorts =
        Distinct.of(
            Arrays.stream(tried)
                .map(door -> door & (1L << SourceShare.PORT_NUMBER_BITS) - 1)
                .toArray());
    List<DoorSum> doors = new ArrayList<>();
    long flows = 0;
    long bytes = 0;
    for (int i = accepted.start(source); i < accepted.end(source); i++) {
      int row = accepted.row(i);
      long host = SourceShare.doorNumber(rows, row) >>> SourceShare.PORT_NUMBER_BITS;
      if (Arrays.binarySearch(triedHosts, host) >= 0
          || Arrays.binarySearch(triedPorts, SourceShare.portNumber(rows, row)) >= 0) {
        DoorSum sum =
            new DoorSum(
                share.doorOf(rows, row),
                rows.sum(row, SourceShare.FLOWS),
                rows.sum(row, SourceShare.BYTES));
        doors.add(sum);
        flows += sum.flows();
        bytes = Sums.plus(bytes, sum.bytes());
      }
    }
    doors.sort(Comparator.comparingLong(DoorSum::bytes).reversed().thenComparing(DoorSum::door));
    return doors.isEmpty()
        ? Accepted.NONE
        : new Accepted(
            flows,
            bytes,
            List.copyOf(doors.subList(0, Math.min(MOST_DOORS, doors.size()))),
            doors.size());
  }

  private Detail toDetail(int source) {
    Map<Port, Long> portSums = new HashMap<>();
    Map<IpAddress, Long> hostSums = new HashMap<>();
    Map<String, Long> interfaceSums = new HashMap<>();
    for (int i = places.start(source); i < places.end(source); i++) {
      int row = places.row(i);
      long rejects = share.places.sum(row, SourceShare.REJECTS);
      Port port = SourceShare.toPort(SourceShare.portNumber(share.places, row));
      portSums.merge(port, rejects, Long::sum);
      hostSums.merge(share.hostOf(share.places, row), rejects, Long::sum);
      int name = SourceShare.interfaceName(share.places, row);
      if (name != Names.NONE) {
        interfaceSums.merge(names[name], rejects, Long::sum);
      }
    }
    return new Detail(
        byHour(source),
        largest(portSums, MOST_DETAILS).stream()
            .map(each -> new PortSum(each.getKey(), each.getValue()))
            .toList(),
        largest(hostSums, MOST_DETAILS).stream()
            .map(each -> new HostSum(each.getKey(), each.getValue()))
            .toList(),
        largest(interfaceSums, MOST_DETAILS).stream()
            .map(each -> new Report.NamedSum(each.getKey(), each.getValue()))
            .toList(),
        share.samples(source));
  }

  private List<Long> byHour(int source) {
    long[] rejects = new long[hours.count()];
    for (int i = hourly.start(source); i < hourly.end(source); i++) {
      int row = hourly.row(i);
      int hour = hours.indexOf(SourceShare.hourOf(share.sourceHours, row));
      if (hour >= 0) {
        rejects[hour] = share.sourceHours.sum(row, SourceShare.REJECTS);
      }
    }
    return Arrays.stream(rejects).boxed().toList();
  }

  /// Returns the largest sums first; of equal ones, the smaller key.
  static <K extends Comparable<? super K>> List<Map.Entry<K, Long>> largest(
      Map<K, Long> sums, int most) {
    return sums.entrySet().stream()
        .sorted(
            Map.Entry.<K, Long>comparingByValue()
                .reversed()
                .thenComparing(Map.Entry.comparingByKey()))
        .limit(most)
        .toList();
  }
}
