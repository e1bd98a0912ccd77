package dev.flowbell.report;

import dev.flowbell.classify.AddressScope;
import dev.flowbell.classify.Door;
import dev.flowbell.record.AddressBlocks;
import dev.flowbell.record.FlowField;
import dev.flowbell.record.IpAddress;
import dev.flowbell.report.Source.Accepted;
import dev.flowbell.report.Source.Detail;
import dev.flowbell.report.Source.DoorSum;
import dev.flowbell.report.Source.HostSum;
import dev.flowbell.report.Source.Manner;
import dev.flowbell.report.Source.PortSum;
import dev.flowbell.testing.generator.Records;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The slow twin of [TrafficSums] and [ReportBuilder]: it keeps all records, as maps of texts, and
/// reads them again for each number.
final class NaiveReport {
  private final AddressBlocks inside;
  private final List<Map<String, String>> records;
  private final List<Map<String, String>> rejected;

  NaiveReport(AddressBlocks inside, List<String> records) {
    this.inside = inside;
    this.records =
        records.stream()
            .map(
                text ->
                    List.of(text.split(" ", -1)).stream()
                        .map(part -> part.split("=", 2))
                        .collect(Collectors.toMap(part -> part[0], part -> part[1])))
            .toList();
    rejected = this.records.stream().filter(each -> is(each, "action", "REJECT")).toList();
  }

  private static boolean is(Map<String, String> record, String field, String value) {
    return value.equals(record.get(field));
  }

  private static long number(Map<String, String> record, String field) {
    return Long.parseLong(record.getOrDefault(field, "-1"));
  }

  private static IpAddress address(@Nullable String text) {
    return Objects.requireNonNull(
        Records.of("srcaddr=" + Objects.requireNonNull(text)).address(FlowField.SRCADDR));
  }

  private static IpAddress source(Map<String, String> record) {
    return address(record.getOrDefault("pkt-srcaddr", record.get("srcaddr")));
  }

  private static Door door(Map<String, String> record) {
    return Door.of(
        address(record.get("dstaddr")),
        (int) number(record, "protocol"),
        (int) number(record, "dstport"));
  }

  private static Port port(Map<String, String> record) {
    return new Port(door(record).protocol(), door(record).port());
  }

  private static Instant hour(Map<String, String> record) {
    return Instant.ofEpochSecond(number(record, "end")).truncatedTo(ChronoUnit.HOURS);
  }

  private static String noiseOf(Map<String, String> record) {
    long flags = number(record, "tcp-flags");
    long protocol = number(record, "protocol");
    boolean isService = List.of(22L, 53L, 443L, 5432L).contains(number(record, "srcport"));
    boolean hasFlags = protocol == 6 && flags >= 0;
    boolean isFromService =
        isService && number(record, "dstport") >= 1024 && (protocol == 6 || protocol == 17);
    if (hasFlags ? (flags & 18) == 18 : isFromService) {
      return "answer";
    }
    if (protocol == 6 && flags >= 0 && (flags & 2) == 0) {
      return "stray";
    }
    String target = Objects.requireNonNull(record.get("dstaddr"));
    return target.startsWith("224.") || target.startsWith("ff02:") ? "not unicast" : "";
  }

  private boolean isInside(IpAddress source) {
    return inside.contains(source)
        || rejected.stream()
            .anyMatch(each -> source(each).equals(source) && is(each, "flow-direction", "egress"));
  }

  private static boolean isMasked(Map<String, String> record) {
    return record.containsKey("srcaddr")
        && !source(record).toString().equals(record.get("srcaddr"));
  }

  private static <K extends Comparable<? super K>> List<Map.Entry<K, Long>> largest(
      List<Map<String, String>> of, Function<Map<String, String>, K> key) {
    Map<K, Long> counts = new TreeMap<>();
    of.forEach(each -> counts.merge(key.apply(each), 1L, Long::sum));
    return counts.entrySet().stream()
        .sorted(Map.Entry.<K, Long>comparingByValue().reversed())
        .toList();
  }

  private static long distinct(List<Map<String, String>> of, Function<Map<String, String>, ?> key) {
    return of.stream().map(key).filter(Objects::nonNull).distinct().count();
  }

  private List<Instant> hours() {
    Instant first = Instant.ofEpochSecond(firstStart(records)).truncatedTo(ChronoUnit.HOURS);
    Instant last = Instant.ofEpochSecond(lastEnd(records)).truncatedTo(ChronoUnit.HOURS);
    List<Instant> hours = new ArrayList<>();
    for (Instant hour = first; !hour.isAfter(last); hour = hour.plus(1, ChronoUnit.HOURS)) {
      hours.add(hour);
    }
    return hours;
  }

  private static long firstStart(List<Map<String, String>> of) {
    return of.stream().mapToLong(each -> number(each, "start")).min().orElseThrow();
  }

  private static long lastEnd(List<Map<String, String>> of) {
    return of.stream().mapToLong(each -> number(each, "end")).max().orElseThrow();
  }

  private static List<Map<String, String>> tried(List<Map<String, String>> of) {
    return of.stream().filter(each -> noiseOf(each).isEmpty()).toList();
  }

  Totals totals() {
    return new Totals(
        records.size(),
        records.stream().filter(each -> is(each, "action", "ACCEPT")).count(),
        rejected.size(),
        rejected.stream().mapToLong(each -> number(each, "packets")).sum(),
        rejected.stream().mapToLong(each -> number(each, "bytes")).sum(),
        rejected.stream().filter(NaiveReport::isHandshake).count(),
        rejected.stream().filter(each -> noiseOf(each).equals("stray")).count(),
        rejected.stream().filter(each -> noiseOf(each).equals("answer")).count(),
        rejected.stream().filter(each -> noiseOf(each).equals("not unicast")).count(),
        rejected.stream().filter(NaiveReport::isMasked).count());
  }

  private static boolean isHandshake(Map<String, String> record) {
    return is(record, "protocol", "6") && is(record, "tcp-flags", "2");
  }

  List<Hour> hourRows() {
    return hours().stream()
        .map(
            hour -> {
              List<Map<String, String>> of =
                  rejected.stream().filter(each -> hour(each).equals(hour)).toList();
              long inside = tried(of).stream().filter(each -> isInside(source(each))).count();
              return new Hour(
                  hour,
                  records.stream()
                      .filter(each -> is(each, "action", "ACCEPT") && hour(each).equals(hour))
                      .count(),
                  inside,
                  tried(of).size() - inside,
                  of.size() - tried(of).size());
            })
        .toList();
  }

  List<Source> sources() {
    return largest(rejected, NaiveReport::source).stream()
        .map(each -> toSource(each.getKey()))
        .sorted(Comparator.comparing((Source each) -> !each.isInside()))
        .toList();
  }

  private Source toSource(IpAddress source) {
    List<Map<String, String>> of =
        rejected.stream().filter(each -> source(each).equals(source)).toList();
    return new Source(
        source,
        isInside(source),
        AddressScope.of(source),
        manner(tried(of)),
        of.size(),
        of.size() - tried(of).size(),
        of.stream().filter(NaiveReport::isHandshake).count(),
        distinct(of, each -> door(each).address()),
        distinct(of, each -> port(each).number() < 0 ? null : port(each)),
        distinct(of, each -> each.get("interface-id")),
        Instant.ofEpochSecond(firstStart(of)),
        Instant.ofEpochSecond(lastEnd(of)),
        largest(
                of.stream().filter(NaiveReport::isMasked).toList(),
                each -> address(each.get("srcaddr")))
            .stream()
            .limit(3)
            .map(Map.Entry::getKey)
            .toList(),
        accepted(source, tried(of)),
        detail(of));
  }

  private static Manner manner(List<Map<String, String>> tried) {
    Map<IpAddress, Set<Port>> ports = new TreeMap<>();
    tried.forEach(
        each -> ports.computeIfAbsent(door(each).address(), _ -> new TreeSet<>()).add(port(each)));
    if (tried.isEmpty()) {
      return Manner.NOISE;
    }
    if (ports.values().stream().anyMatch(each -> each.size() >= 15)) {
      return Manner.PORT_SCAN;
    }
    if (ports.size() >= 25) {
      return Manner.SWEEP;
    }
    return tried.size() >= 5 * distinct(tried, NaiveReport::door) ? Manner.REPEATED : Manner.OTHER;
  }

  private Accepted accepted(IpAddress source, List<Map<String, String>> tried) {
    Map<Door, DoorSum> doors = new LinkedHashMap<>();
    for (Map<String, String> record : records) {
      boolean isOpened =
          is(record, "action", "ACCEPT")
              && is(record, "protocol", "6")
              && is(record, "tcp-flags", "3")
              && number(record, "bytes")
                  > (source(record).isIpv4() ? 60 : 80) * number(record, "packets");
      if (isOpened
          && source(record).equals(source)
          && tried.stream()
              .anyMatch(
                  each ->
                      port(each).equals(port(record))
                          || door(each).address().equals(door(record).address()))) {
        doors.merge(
            door(record),
            new DoorSum(door(record), 1, number(record, "bytes")),
            (one, more) -> new DoorSum(one.door(), one.flows() + 1, one.bytes() + more.bytes()));
      }
    }
    return doors.isEmpty()
        ? Accepted.NONE
        : new Accepted(
            doors.values().stream().mapToLong(DoorSum::flows).sum(),
            doors.values().stream().mapToLong(DoorSum::bytes).sum(),
            doors.values().stream()
                .sorted(
                    Comparator.comparingLong(DoorSum::bytes)
                        .reversed()
                        .thenComparing(DoorSum::door))
                .limit(5)
                .toList(),
            doors.size());
  }

  private @Nullable Detail detail(List<Map<String, String>> of) {
    return new Detail(
        hours().stream()
            .map(hour -> of.stream().filter(each -> hour(each).equals(hour)).count())
            .toList(),
        largest(of, NaiveReport::port).stream()
            .limit(10)
            .map(each -> new PortSum(each.getKey(), each.getValue()))
            .toList(),
        largest(of, each -> door(each).address()).stream()
            .limit(10)
            .map(each -> new HostSum(each.getKey(), each.getValue()))
            .toList(),
        names(of, "interface-id").stream().limit(10).toList(),
        List.of());
  }

  private static List<Report.NamedSum> names(List<Map<String, String>> of, String field) {
    return largest(
            of.stream().filter(each -> each.containsKey(field)).toList(),
            each -> Objects.requireNonNull(each.get(field)))
        .stream()
        .map(each -> new Report.NamedSum(each.getKey(), each.getValue()))
        .toList();
  }

  List<Target> targets() {
    return largest(rejected, NaiveReport::door).stream()
        .map(
            each ->
                new Target(
                    each.getKey(),
                    each.getValue(),
                    distinct(
                        rejected.stream().filter(one -> door(one).equals(each.getKey())).toList(),
                        NaiveReport::source)))
        .toList();
  }

  List<PortRow> ports() {
    return largest(rejected, NaiveReport::port).stream()
        .map(
            each -> {
              List<Map<String, String>> of =
                  rejected.stream().filter(one -> port(one).equals(each.getKey())).toList();
              return new PortRow(
                  each.getKey(),
                  each.getValue(),
                  distinct(of, NaiveReport::source),
                  hours().stream()
                      .map(hour -> of.stream().filter(one -> hour(one).equals(hour)).count())
                      .toList());
            })
        .toList();
  }

  List<NatDevice> natDevices() {
    List<Map<String, String>> masked = rejected.stream().filter(NaiveReport::isMasked).toList();
    return largest(masked, each -> address(each.get("srcaddr"))).stream()
        .map(
            device -> {
              List<Map.Entry<IpAddress, Long>> behind =
                  largest(
                      masked.stream()
                          .filter(each -> is(each, "srcaddr", device.getKey().toString()))
                          .toList(),
                      NaiveReport::source);
              return new NatDevice(
                  device.getKey(),
                  device.getValue(),
                  behind.stream()
                      .limit(10)
                      .map(each -> new NatDevice.Behind(each.getKey(), each.getValue()))
                      .toList(),
                  behind.size());
            })
        .toList();
  }

  List<Report.NamedSum> interfaces() {
    return names(rejected, "interface-id");
  }

  List<Report.NamedSum> accounts() {
    return names(rejected, "account-id");
  }

  List<Coverage.Gap> gaps() {
    TreeSet<Long> slots = new TreeSet<>();
    for (Map<String, String> record : records) {
      slots.add(number(record, "start") / 600);
      slots.add(number(record, "end") / 600);
    }
    List<Coverage.Gap> gaps = new ArrayList<>();
    for (long slot : slots) {
      Long next = slots.higher(slot);
      if (next != null && next > slot + 1) {
        gaps.add(
            new Coverage.Gap(
                Instant.ofEpochSecond((slot + 1) * 600), Instant.ofEpochSecond(next * 600)));
      }
    }
    return gaps;
  }
}
