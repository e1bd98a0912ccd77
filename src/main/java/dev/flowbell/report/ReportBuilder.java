package dev.flowbell.report;

import dev.flowbell.classify.Door;
import dev.flowbell.metric.Sums;
import dev.flowbell.record.FlowRecord;
import dev.flowbell.record.IpAddress;
import dev.flowbell.report.Report.NamedSum;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.ToLongFunction;

/// Makes a report of sums, when all records are read.
public final class ReportBuilder {
  /// The rows of one kind that a report can have. Who reads more of them reads the records.
  static final int MOST_ROWS = 100_000;

  /// The rows of one kind that can be opened.
  static final int MOST_OPENED = 500;

  private static final int MOST_PORTS_BY_HOUR = 100;
  private static final int MOST_BEHIND = 10;

  private final TrafficSums sums;
  private final HourRange hours;
  private final String[] interfaceNames;
  private final List<ShareReader> shares;
  private final long first;
  private final long last;

  private ReportBuilder(TrafficSums sums) {
    this.sums = sums;
    first = sums.parts().stream().mapToLong(RecordSums::first).min().orElse(Long.MAX_VALUE);
    last = sums.parts().stream().mapToLong(RecordSums::last).max().orElse(FlowRecord.ABSENT);
    hours = HourRange.of(first, last);
    interfaceNames = sums.interfaces().byNumber();
    shares =
        sums.shares().stream()
            .map(share -> new ShareReader(share, sums.inside(), interfaceNames, hours))
            .toList();
  }

  /// Makes a report.
  ///
  /// @param sums no thread adds to them any more
  /// @param alerts the notifications that would have been sent
  public static Report build(Origin origin, Inputs inputs, TrafficSums sums, List<Told> alerts) {
    return new ReportBuilder(sums).build(origin, inputs, alerts);
  }

  private Report build(Origin origin, Inputs inputs, List<Told> alerts) {
    Totals totals = totals();
    // The two that take longest, on two cores.
    CompletableFuture<List<Target>> targets = CompletableFuture.supplyAsync(this::targets);
    Report rows =
        new Report(
            origin,
            coverage(inputs, totals),
            totals,
            hourRows(),
            sources(),
            targets.join(),
            ports(),
            natDevices(),
            interfaces(),
            accounts(),
            Report.Others.NONE,
            alerts);
    return rows.with(othersOf(rows));
  }

  private Totals totals() {
    return sums.parts().stream().map(RecordSums::totals).reduce(Totals.NONE, Totals::plus);
  }

  private Coverage coverage(Inputs inputs, Totals totals) {
    return new Coverage(
        inputs.read(),
        inputs.unread(),
        inputs.faults(),
        inputs.unknownFields(),
        inputs.fields(),
        totals.accepted() > 0,
        inputs.isInterrupted(),
        first == Long.MAX_VALUE ? null : Instant.ofEpochSecond(first),
        last == FlowRecord.ABSENT ? null : Instant.ofEpochSecond(last),
        gaps(),
        sums.parts().stream().mapToLong(RecordSums::noDataWindows).sum(),
        sums.parts().stream().mapToLong(RecordSums::skippedWindows).sum());
  }

  /// Returns the times without any record between the first and the last one.
  private List<Coverage.Gap> gaps() {
    BitSet slots = new BitSet();
    sums.parts().forEach(part -> slots.or(part.slots));
    List<Coverage.Gap> gaps = new ArrayList<>();
    int slot = slots.nextSetBit(0);
    while (slot >= 0) {
      int end = slots.nextClearBit(slot);
      slot = slots.nextSetBit(end);
      if (slot >= 0) {
        gaps.add(new Coverage.Gap(slotStart(end), slotStart(slot)));
      }
    }
    return gaps;
  }

  private static Instant slotStart(int slot) {
    return Instant.ofEpochSecond(FlowTimes.FIRST_SECOND + (long) slot * RecordSums.SLOT_SECONDS);
  }

  private List<Hour> hourRows() {
    long[] accepted = new long[hours.count()];
    for (RecordSums part : sums.parts()) {
      TupleSums byHour = part.acceptedByHour;
      for (int row = 0; row < byHour.size(); row++) {
        add(accepted, byHour.tuple(row, 0), byHour.sum(row, 0));
      }
    }
    long[] inside = new long[hours.count()];
    long[] outside = new long[hours.count()];
    long[] noise = new long[hours.count()];
    for (ShareReader share : shares) {
      TupleSums cells = share.share().sourceHours;
      for (int row = 0; row < cells.size(); row++) {
        long hour = SourceShare.hourOf(cells, row);
        long noisy = cells.sum(row, SourceShare.NOISE);
        boolean isInside = share.isInside((int) (cells.tuple(row, 0) >>> 32));
        add(isInside ? inside : outside, hour, cells.sum(row, SourceShare.REJECTS) - noisy);
        add(noise, hour, noisy);
      }
    }
    List<Hour> rows = new ArrayList<>(hours.count());
    for (int i = 0; i < hours.count(); i++) {
      rows.add(new Hour(hours.begin(i), accepted[i], inside[i], outside[i], noise[i]));
    }
    return rows;
  }

  private void add(long[] byHour, long hour, long count) {
    int index = hours.indexOf(hour);
    if (index >= 0) {
      byHour[index] += count;
    }
  }

  private List<Source> sources() {
    List<Ranked> ranked = new ArrayList<>();
    for (ShareReader share : shares) {
      for (int source = 0; source < share.share().sources.size(); source++) {
        if (share.rejects(source) > 0) {
          ranked.add(
              new Ranked(
                  share,
                  source,
                  share.isInside(source),
                  share.rejects(source),
                  share.address(source)));
        }
      }
    }
    ranked.sort(Ranked.ORDER);
    List<Source> rows = new ArrayList<>();
    int inside = 0;
    int outside = 0;
    for (Ranked each : ranked) {
      int place = each.isInside ? inside++ : outside++;
      if (place < MOST_ROWS) {
        rows.add(each.share.toSource(each.source, place < MOST_OPENED));
      }
    }
    return rows;
  }

  private List<Target> targets() {
    TupleSums targets = new TupleSums(3, 3, Integer.MAX_VALUE);
    long sourceId = 0;
    for (ShareReader share : shares) {
      for (int source = 0; source < share.share().sources.size(); source++) {
        share.countDoors(source, ++sourceId, targets);
      }
    }
    List<Target> rows = new ArrayList<>(targets.size());
    for (int i = 0; i < targets.size(); i++) {
      IpAddress host = new IpAddress(targets.tuple(i, 0), targets.tuple(i, 1));
      Port port = SourceShare.toPort(targets.tuple(i, 2));
      rows.add(
          new Target(
              new Door(host, port.protocol(), port.number()),
              targets.sum(i, 0),
              targets.sum(i, 1)));
    }
    rows.sort(Comparator.comparingLong(Target::rejects).reversed().thenComparing(Target::door));
    return List.copyOf(rows.subList(0, Math.min(MOST_ROWS, rows.size())));
  }

  private List<PortRow> ports() {
    Map<Port, Long> rejects = new HashMap<>();
    for (RecordSums part : sums.parts()) {
      TupleSums cells = part.portHours;
      for (int row = 0; row < cells.size(); row++) {
        rejects.merge(SourceShare.toPort(cells.tuple(row, 0)), cells.sum(row, 0), Long::sum);
      }
    }
    TupleSums sources = new TupleSums(1, 1, Integer.MAX_VALUE);
    for (ShareReader share : shares) {
      for (int source = 0; source < share.share().sources.size(); source++) {
        share.countPorts(source, sources);
      }
    }
    Map<Port, Long> sourcesByPort = new HashMap<>();
    for (int i = 0; i < sources.size(); i++) {
      sourcesByPort.put(SourceShare.toPort(sources.tuple(i, 0)), sources.sum(i, 0));
    }
    List<Map.Entry<Port, Long>> largest = ShareReader.largest(rejects, MOST_ROWS);
    Map<Port, long[]> byHour =
        rejectsByHour(largest.subList(0, Math.min(MOST_PORTS_BY_HOUR, largest.size())));
    List<PortRow> rows = new ArrayList<>(largest.size());
    for (Map.Entry<Port, Long> port : largest) {
      long[] each = byHour.get(port.getKey());
      rows.add(
          new PortRow(
              port.getKey(),
              port.getValue(),
              sourcesByPort.getOrDefault(port.getKey(), 0L),
              each == null ? List.of() : Arrays.stream(each).boxed().toList()));
    }
    return rows;
  }

  private Map<Port, long[]> rejectsByHour(List<Map.Entry<Port, Long>> ports) {
    Map<Port, long[]> byHour = new HashMap<>();
    for (Map.Entry<Port, Long> port : ports) {
      byHour.put(port.getKey(), new long[hours.count()]);
    }
    for (RecordSums part : sums.parts()) {
      TupleSums cells = part.portHours;
      for (int row = 0; row < cells.size(); row++) {
        long[] each = byHour.get(SourceShare.toPort(cells.tuple(row, 0)));
        if (each != null) {
          add(each, cells.tuple(row, 1), cells.sum(row, 0));
        }
      }
    }
    return byHour;
  }

  private List<NatDevice> natDevices() {
    Map<IpAddress, List<NatDevice.Behind>> devices = new HashMap<>();
    for (ShareReader share : shares) {
      TupleSums rows = share.share().natSources;
      for (int row = 0; row < rows.size(); row++) {
        int source = (int) (rows.tuple(row, 0) >>> 32);
        devices
            .computeIfAbsent(share.natDevice(row), _ -> new ArrayList<>())
            .add(new NatDevice.Behind(share.address(source), rows.sum(row, 0)));
      }
    }
    return devices.entrySet().stream()
        .map(device -> toDevice(device.getKey(), device.getValue()))
        .sorted(
            Comparator.comparingLong(NatDevice::rejects)
                .reversed()
                .thenComparing(NatDevice::address))
        .limit(MOST_ROWS)
        .toList();
  }

  private static NatDevice toDevice(IpAddress address, List<NatDevice.Behind> behind) {
    return new NatDevice(
        address,
        behind.stream().mapToLong(NatDevice.Behind::rejects).reduce(0, Sums::plus),
        behind.stream().sorted(NatDevice.MOST_FIRST).limit(MOST_BEHIND).toList(),
        behind.size());
  }

  private List<NamedSum> interfaces() {
    Map<String, Long> rejects = new HashMap<>();
    for (ShareReader share : shares) {
      TupleSums rows = share.share().places;
      for (int row = 0; row < rows.size(); row++) {
        int name = SourceShare.interfaceName(rows, row);
        if (name != Names.NONE) {
          rejects.merge(interfaceNames[name], rows.sum(row, SourceShare.REJECTS), Long::sum);
        }
      }
    }
    return toSums(rejects);
  }

  private List<NamedSum> accounts() {
    String[] names = sums.accounts().byNumber();
    Map<String, Long> rejects = new HashMap<>();
    for (RecordSums part : sums.parts()) {
      long[] byAccount = part.rejectsByAccount();
      for (int account = 0; account < byAccount.length; account++) {
        if (byAccount[account] > 0) {
          rejects.merge(names[account], byAccount[account], Long::sum);
        }
      }
    }
    return toSums(rejects);
  }

  private static List<NamedSum> toSums(Map<String, Long> rejects) {
    return ShareReader.largest(rejects, MOST_ROWS).stream()
        .map(each -> new NamedSum(each.getKey(), each.getValue()))
        .toList();
  }

  /// Returns the rejects of what found no room in the sums, or has no row in the report. Nothing is
  /// left out of a list without rows: the records lack its field.
  private static Report.Others othersOf(Report report) {
    long rejects = report.totals().rejected();
    return new Report.Others(
        restOf(rejects, report.sources(), Source::rejects),
        restOf(rejects, report.targets(), Target::rejects),
        restOf(rejects, report.ports(), PortRow::rejects),
        restOf(report.totals().masked(), report.natDevices(), NatDevice::rejects),
        restOf(rejects, report.interfaces(), NamedSum::rejects),
        restOf(rejects, report.accounts(), NamedSum::rejects));
  }

  private static <T> long restOf(long all, List<T> rows, ToLongFunction<T> rejects) {
    return rows.isEmpty() ? 0 : all - rows.stream().mapToLong(rejects).sum();
  }

  /// A source of a share, to be put in order.
  private record Ranked(
      ShareReader share, int source, boolean isInside, long rejects, IpAddress address) {
    static final Comparator<Ranked> ORDER =
        Comparator.comparing((Ranked each) -> !each.isInside)
            .thenComparing(Comparator.comparingLong(Ranked::rejects).reversed())
            .thenComparing(Ranked::address);
  }
}
