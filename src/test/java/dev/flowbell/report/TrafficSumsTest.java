package dev.flowbell.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.record.AddressBlocks;
import dev.flowbell.record.FlowField;
import dev.flowbell.record.FlowRecord;
import dev.flowbell.record.RecordFormat;
import dev.flowbell.record.RecordParser;
import dev.flowbell.testing.generator.Records;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrafficSumsTest {
  private static final AddressBlocks INSIDE = AddressBlocks.parse("10.0.0.0/8");
  private static final Instant NOW = Instant.parse("2026-11-28T10:00:00Z");
  private static final long START = Instant.parse("2026-11-22T10:14:00Z").getEpochSecond();
  private static final Origin ORIGIN =
      new Origin("1.0", List.of("report", "a.log"), "--port 22", NOW, null);
  private static final Inputs INPUTS =
      new Inputs(
          2,
          List.of("b.log: no such file"),
          Map.of(),
          Set.of("x"),
          Set.of(FlowField.SRCADDR),
          true);

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void build_asTheTwin(long seed) {
    List<String> records = new RandomRecords(seed).make(1_500);
    NaiveReport twin = new NaiveReport(INSIDE, records);

    Report report = reportOf(records, 1, false);

    assertThat(report.totals()).isEqualTo(twin.totals());
    assertThat(report.hours()).isEqualTo(twin.hourRows());
    assertThat(report.sources()).isEqualTo(twin.sources());
    assertThat(report.targets()).isEqualTo(twin.targets());
    assertThat(report.ports()).isEqualTo(twin.ports());
    assertThat(report.natDevices()).isEqualTo(twin.natDevices());
    assertThat(report.interfaces()).isEqualTo(twin.interfaces());
    assertThat(report.accounts()).isEqualTo(twin.accounts());
    assertThat(report.coverage().gaps()).isEqualTo(twin.gaps());
    assertThat(report.others().sources()).isZero();
  }

  @Test
  void build_anyOrderAndThreads() {
    List<String> records = new RandomRecords(7).make(3_000);
    Report report = reportOf(records, 1, true);
    List<String> shuffled = new ArrayList<>(records);
    Collections.shuffle(shuffled, new Random(8));

    assertThat(reportOf(shuffled, 3, true)).isEqualTo(report);
  }

  @Test
  void build_nothing() {
    Report report = reportOf(List.of(), 2, true);

    assertThat(report)
        .isEqualTo(
            new Report(
                ORIGIN,
                new Coverage(
                    2,
                    List.of("b.log: no such file"),
                    Map.of(),
                    Set.of("x"),
                    Set.of(FlowField.SRCADDR),
                    false,
                    true,
                    null,
                    null,
                    List.of(),
                    0,
                    0),
                Totals.NONE,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Report.Others.NONE,
                List.of()));
  }

  /// A damaged time makes neither a first nor a last one, no hours, and no gap of years.
  @Test
  void build_impossibleTimes() {
    String usual = "srcaddr=198.51.100.7 dstaddr=10.0.0.5 dstport=22 protocol=6 action=REJECT ";
    Report report =
        reportOf(
            List.of(
                usual + "start=" + START + " end=" + (START + 59),
                usual + "start=5 end=60",
                usual + "start=4000000000 end=4000000060"),
            1,
            false);

    assertThat(report.coverage().first()).isEqualTo("2026-11-22T10:14:00Z");
    assertThat(report.coverage().last()).isEqualTo("2026-11-22T10:14:59Z");
    assertThat(report.coverage().gaps()).isEmpty();
    assertThat(report.hours()).hasSize(1);
    assertThat(report.sources().getFirst().rejects()).isEqualTo(3);
    assertThat(report.ports().getFirst().rejects()).isEqualTo(3);
  }

  @Test
  void build_windowsAndRecordsWithLittle() {
    Report report =
        reportOf(
            List.of(
                "interface-id=eni-1 log-status=NODATA",
                "interface-id=eni-1 log-status=SKIPDATA",
                "dstaddr=10.0.0.5 action=REJECT",
                "srcaddr=198.51.100.7 action=REJECT"),
            1,
            false);

    assertThat(report.coverage().noDataWindows()).isEqualTo(1);
    assertThat(report.coverage().skippedWindows()).isEqualTo(1);
    assertThat(report.totals().rejected()).isEqualTo(2);
    assertThat(report.sources()).hasSize(1);
    assertThat(report.targets()).isEmpty(); // neither record has both
    assertThat(report.others()).isEqualTo(new Report.Others(1, 0, 1, 0, 0, 0));
  }

  /// More sources than there are rows: what has no row is a number.
  @Test
  void build_overBounds() {
    int sources = 700_000;
    TrafficSums sums = new TrafficSums(INSIDE, NOW, false);
    RecordSums part = sums.newPart();
    RecordParser parser =
        new RecordParser(List.of(RecordFormat.parse("srcaddr dstaddr dstport protocol action")));
    FlowRecord record = new FlowRecord();
    for (int i = 0; i < 2 * sources; i++) {
      int source = i % sources;
      byte[] line =
          "20.%d.%d.%d 10.0.0.5 22 6 REJECT"
              .formatted(source >> 16, source >> 8 & 255, source & 255)
              .getBytes(StandardCharsets.US_ASCII);
      assertThat(parser.parse(line, 0, line.length, record)).isNull();
      part.add(record);
    }

    Report report = ReportBuilder.build(ORIGIN, INPUTS, sums, List.of());

    long shown = report.sources().stream().mapToLong(Source::rejects).sum();
    assertThat(report.sources()).hasSize(ReportBuilder.MOST_ROWS);
    assertThat(shown).isEqualTo(2L * ReportBuilder.MOST_ROWS); // each row is exact
    assertThat(report.others().sources()).isEqualTo(2L * sources - shown);
    assertThat(report.targets().getFirst().rejects() + report.others().targets())
        .isEqualTo(2L * sources);
    assertThat(report.ports().getFirst().rejects()).isEqualTo(2L * sources);
  }

  @Test
  void build_samples_areTheEarliest() {
    List<String> records = new ArrayList<>();
    for (int i : new int[] {4, 2, 5, 1, 3}) {
      records.add(
          "srcaddr=198.51.100.7 dstaddr=10.0.0.5 protocol=6 start=%d end=%d action=REJECT"
              .formatted(START + i, START + i));
    }

    Source.Detail detail = reportOf(records, 1, true).sources().getFirst().detail();

    assertThat(detail).isNotNull();
    assertThat(detail.samples())
        .containsExactly(sample(START + 1), sample(START + 2), sample(START + 3));
  }

  private static String sample(long time) {
    return "srcaddr=198.51.100.7 dstaddr=10.0.0.5 protocol=6 start=%d end=%d action=REJECT"
        .formatted(time, time);
  }

  private static Report reportOf(List<String> records, int threads, boolean hasSamples) {
    TrafficSums sums = new TrafficSums(INSIDE, NOW, hasSamples);
    List<RecordSums> parts = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      parts.add(sums.newPart());
    }
    if (threads == 1) {
      records.forEach(each -> parts.getFirst().add(Records.of(each)));
    } else {
      addAll(records.stream().map(Records::of).toList(), parts);
    }
    return ReportBuilder.build(ORIGIN, INPUTS, sums, List.of());
  }

  /// Each part adds from a thread of its own.
  private static void addAll(List<FlowRecord> records, List<RecordSums> parts) {
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      int first = i;
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int each = first; each < records.size(); each += parts.size()) {
                      parts.get(first).add(records.get(each));
                    }
                  }));
    }
    threads.forEach(
        thread -> {
          try {
            thread.join();
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  /// Makes records in which the same few things meet often.
  private static final class RandomRecords {
    private static final List<String> SOURCES =
        List.of(
            "198.51.100.7", "198.51.100.8", "10.0.0.9", "10.0.0.10", "2001:db8::7", "203.0.113.9");
    private static final List<String> TARGETS =
        List.of("10.0.0.5", "10.0.0.6", "10.0.0.9", "2001:db8::5", "224.0.0.251", "ff02::fb");
    private static final List<String> FLAGS = List.of("2", "2", "18", "4", "3", "-");
    private final Random random;

    RandomRecords(long seed) {
      random = new Random(seed);
    }

    List<String> make(int count) {
      List<String> records = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        records.add(random.nextInt(4) == 0 ? accepted() : rejected());
      }
      return records;
    }

    private <T> T oneOf(List<T> values) {
      return values.get(random.nextInt(values.size()));
    }

    private String accepted() {
      return "srcaddr=%s dstaddr=%s srcport=40000 dstport=%d protocol=6 packets=10 bytes=%d %s"
              .formatted(
                  oneOf(SOURCES),
                  oneOf(TARGETS),
                  oneOf(List.of(22, 443, 8443)),
                  random.nextInt(700, 900),
                  times())
          + " action=ACCEPT tcp-flags="
          + oneOf(List.of("3", "19"));
    }

    private String rejected() {
      String protocol = oneOf(List.of("6", "6", "6", "17", "1"));
      String flags = protocol.equals("6") ? oneOf(FLAGS) : "-";
      String source = oneOf(SOURCES);
      StringBuilder record = new StringBuilder();
      record
          .append("srcaddr=")
          .append(random.nextInt(5) == 0 ? oneOf(List.of("10.0.9.9", "10.0.9.8")) : source);
      record.append(" pkt-srcaddr=").append(source);
      record
          .append(" dstaddr=")
          .append(random.nextInt(9) == 0 ? "10.0.7." + random.nextInt(40) : oneOf(TARGETS));
      record.append(" srcport=").append(oneOf(List.of(22, 53, 443, 5432, 40000, 50000)));
      int port =
          random.nextInt(9) == 0
              ? random.nextInt(20, 60)
              : oneOf(List.of(22, 443, 8080, 5000)).intValue();
      record.append(" dstport=").append(port);
      record.append(" protocol=").append(protocol).append(' ').append(times());
      record.append(" packets=").append(random.nextInt(1, 9));
      record.append(" bytes=").append(random.nextInt(40, 900));
      record.append(" action=REJECT");
      if (!flags.equals("-")) {
        record.append(" tcp-flags=").append(flags);
      }
      if (random.nextInt(5) > 0) {
        record.append(" interface-id=eni-").append(random.nextInt(4));
        record.append(" account-id=12345678901").append(random.nextInt(3));
      }
      if (source.equals("203.0.113.9") && random.nextInt(3) == 0) {
        record.append(" flow-direction=egress");
      }
      return record.toString();
    }

    private String times() {
      long start = START + random.nextInt(2) * 20_000L + random.nextInt(9_000);
      return "start=%d end=%d".formatted(start, start + random.nextInt(600));
    }
  }
}
