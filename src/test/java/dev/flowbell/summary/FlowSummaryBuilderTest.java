package dev.flowbell.summary;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.metric.Metric;
import dev.flowbell.metric.MetricDimension;
import dev.flowbell.metric.MetricPoint;
import dev.flowbell.metric.MetricSeries;
import dev.flowbell.metric.MetricTable;
import dev.flowbell.record.FlowField;
import dev.flowbell.record.FlowRecord;
import dev.flowbell.record.IpAddress;
import dev.flowbell.record.ParseFault;
import dev.flowbell.record.RecordFormat;
import dev.flowbell.record.RecordParser;
import dev.flowbell.testing.generator.PayloadGenerator;
import dev.flowbell.testing.generator.PayloadGenerator.GeneratedPayload;
import dev.flowbell.testing.generator.Records;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlowSummaryBuilderTest {
  /// 2026-11-22T10:14:05Z; the minutes of points are those of `end`.
  private static final long START = 1_795_342_445;

  private static final Instant ARRIVAL = Instant.parse("2026-11-22T10:20:37Z");
  private static final Instant MINUTE_14 = Instant.parse("2026-11-22T10:14:00Z");
  private static final Instant MINUTE_15 = Instant.parse("2026-11-22T10:15:00Z");
  private static final Instant MINUTE_20 = Instant.parse("2026-11-22T10:20:00Z");
  private static final LogOrigin ORIGIN =
      new LogOrigin("123456789010", "/vpc/flow-logs", "eni-0a1b2c3d-all");

  private static final String BLOCKED =
      "interface-id=eni-0a1b2c3d srcaddr=10.0.1.5 dstaddr=10.0.2.98 srcport=50101 dstport=22"
          + " protocol=6 packets=3 bytes=180 start=1795342446 end=1795342463 action=REJECT"
          + " tcp-flags=2 pkt-srcaddr=198.51.100.7";

  // Whole summaries.

  @Test
  void build_nothing() {
    assertThat(build("", 10))
        .isEqualTo(
            new FlowSummary(
                ORIGIN,
                ARRIVAL,
                totals(Map.of()),
                List.of(),
                Map.of(),
                EnumSet.allOf(FlowField.class),
                List.of(),
                0,
                List.of(),
                null,
                null,
                null));
  }

  @Test
  void build_oneRejectedHandshake() {
    FlowSummary summary = build("", 10, BLOCKED);

    Map<Metric, Long> counted =
        Map.of(
            Metric.RECORDS, 1L,
            Metric.REJECTED_FLOWS, 1L,
            Metric.REJECTED_BYTES, 180L,
            Metric.REJECTED_PACKETS, 3L,
            Metric.SYN_ONLY_FLOWS, 1L,
            Metric.BLOCKED_HANDSHAKES, 1L,
            Metric.NAT_MASKED_FLOWS, 1L,
            Metric.NAT_MASKED_REJECTS, 1L);
    Map<Metric, Long> totals = totals(counted);
    totals.put(Metric.DELIVERY_LAG, 374L);
    assertThat(summary)
        .isEqualTo(
            new FlowSummary(
                ORIGIN,
                ARRIVAL,
                totals,
                List.of(
                    new MetricPoint(MetricSeries.TOTAL, MINUTE_14, withZeros(counted)),
                    new MetricPoint(
                        MetricSeries.TOTAL,
                        MINUTE_14,
                        Map.of(Metric.UNREADABLE_RECORDS, 0L, Metric.DELIVERY_LAG, 374L))),
                Map.of(),
                EnumSet.allOf(FlowField.class),
                List.of(
                    new SourceActivity(
                        IpAddress.find("198.51.100.7"),
                        IpAddress.find("10.0.1.5"),
                        "eni-0a1b2c3d",
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        1,
                        1,
                        0,
                        1,
                        3,
                        180,
                        List.of(new Counted<>(new TransportPort(6, 22), 1)),
                        List.of(new Counted<>(IpAddress.find("10.0.2.98"), 1)),
                        1,
                        1,
                        Instant.ofEpochSecond(1_795_342_446),
                        Instant.ofEpochSecond(1_795_342_463))),
                0,
                List.of(new Counted<>(new TransportPort(6, 22), 1)),
                Instant.ofEpochSecond(1_795_342_446),
                Instant.ofEpochSecond(1_795_342_463),
                null));
  }

  // Totals: what one record adds besides Records.

  @ParameterizedTest
  @CsvSource({
    "bytes=7, ''",
    "action=ACCEPT, ACCEPTED_FLOWS=1",
    "action=-, ''",
    "log-status=NODATA, NO_DATA_WINDOWS=1",
    "log-status=SKIPDATA, SKIPPED_WINDOWS=1",
    "log-status=NODATA action=REJECT bytes=7, NO_DATA_WINDOWS=1",
    "log-status=SKIPDATA action=ACCEPT srcaddr=10.0.1.5 pkt-srcaddr=192.0.2.1, SKIPPED_WINDOWS=1",
    "action=REJECT bytes=7 packets=5, REJECTED_FLOWS=1 REJECTED_BYTES=7 REJECTED_PACKETS=5",
    "action=REJECT bytes=- packets=-, REJECTED_FLOWS=1",
    "action=ACCEPT bytes=7 packets=5, ACCEPTED_FLOWS=1",
    "action=REJECT protocol=6 tcp-flags=4, REJECTED_FLOWS=1 STRAY_REJECTS=1",
    "action=REJECT protocol=6 tcp-flags=2, REJECTED_FLOWS=1 SYN_ONLY_FLOWS=1 BLOCKED_HANDSHAKES=1",
    "action=ACCEPT protocol=6 tcp-flags=2 bytes=60 packets=1, ACCEPTED_FLOWS=1 SYN_ONLY_FLOWS=1"
        + " UNANSWERED_HANDSHAKES=1",
    "action=ACCEPT protocol=6 tcp-flags=2 bytes=61 packets=1, ACCEPTED_FLOWS=1",
    "srcaddr=10.0.1.5 pkt-srcaddr=192.0.2.1, NAT_MASKED_FLOWS=1",
    "action=ACCEPT srcaddr=10.0.1.5 pkt-srcaddr=192.0.2.1, ACCEPTED_FLOWS=1 NAT_MASKED_FLOWS=1",
    "action=REJECT srcaddr=10.0.1.5 pkt-srcaddr=192.0.2.1, REJECTED_FLOWS=1 NAT_MASKED_FLOWS=1"
        + " NAT_MASKED_REJECTS=1"
  })
  void totals_ofOneRecord(String record, String expected) {
    Map<Metric, Long> totals = totals(Map.of(Metric.RECORDS, 1L));
    if (!expected.isEmpty()) {
      for (String part : expected.split(" ", -1)) {
        String[] nameAndCount = part.split("=", -1);
        totals.put(Metric.valueOf(nameAndCount[0]), Long.valueOf(nameAndCount[1]));
      }
    }
    assertThat(build("", 10, record).totals()).isEqualTo(totals);
  }

  @Test
  void totals_answeredHandshakeIsNotUnanswered() {
    String syn =
        "srcaddr=10.0.1.5 dstaddr=10.0.2.98 srcport=50101 dstport=22 protocol=6 tcp-flags=2"
            + " action=ACCEPT packets=1 bytes=60";
    String answer =
        "srcaddr=10.0.2.98 dstaddr=10.0.1.5 srcport=22 dstport=50101 protocol=6 tcp-flags=18"
            + " action=ACCEPT";
    FlowSummary summary = build("", 10, syn, syn.replace("50101", "50102"), answer);

    assertThat(summary.total(Metric.UNANSWERED_HANDSHAKES)).isEqualTo(1);
    assertThat(summary.total(Metric.SYN_ONLY_FLOWS)).isEqualTo(1);
    assertThat(summary.total(Metric.ACCEPTED_FLOWS)).isEqualTo(3);
  }

  /// A record can have any number below 2^63, and their sum must not become negative.
  @Test
  void totals_stopAtTheMost() {
    String most = "action=REJECT bytes=9223372036854775807 packets=9223372036854775807";
    FlowSummary summary =
        build(
            "",
            10,
            most + " end=1795342463 srcaddr=10.0.1.5",
            most + " end=1795342464 srcaddr=10.0.1.5",
            most + " end=1795342563 srcaddr=10.0.1.5");

    assertThat(summary.total(Metric.REJECTED_BYTES)).isEqualTo(Long.MAX_VALUE);
    assertThat(summary.total(Metric.REJECTED_PACKETS)).isEqualTo(Long.MAX_VALUE);
    assertThat(summary.sources().getFirst().bytes()).isEqualTo(Long.MAX_VALUE);
    assertThat(summary.sources().getFirst().packets()).isEqualTo(Long.MAX_VALUE);
    assertThat(summary.points().getFirst().values())
        .containsEntry(Metric.REJECTED_BYTES, Long.MAX_VALUE);
  }

  @Test
  void faults_byCause() {
    FlowSummaryBuilder builder = new FlowSummaryBuilder(ORIGIN, List.of(), 10);
    builder.addUnreadable(ParseFault.NOT_A_DECIMAL);
    builder.addUnreadable(ParseFault.BROKEN_JSON);
    builder.addUnreadable(ParseFault.NOT_A_DECIMAL);
    FlowSummary summary = builder.build(Set.of(), ARRIVAL);

    assertThat(summary.faults())
        .isEqualTo(Map.of(ParseFault.NOT_A_DECIMAL, 2L, ParseFault.BROKEN_JSON, 1L));
    assertThat(summary.totals()).isEqualTo(totals(Map.of(Metric.UNREADABLE_RECORDS, 3L)));
    assertThat(summary.points())
        .containsExactly(
            new MetricPoint(MetricSeries.TOTAL, MINUTE_20, Map.of(Metric.UNREADABLE_RECORDS, 3L)));
  }

  // Points.

  @Test
  void points_byMinuteOfTheEnd() {
    FlowSummary summary =
        build(
            fields("action end"),
            "",
            10,
            "action=ACCEPT end=1795342500", // 10:15:00
            "action=REJECT end=1795342499",
            "action=ACCEPT end=1795342559",
            "action=ACCEPT end=1795342440");

    assertThat(summary.points())
        .containsExactly(
            new MetricPoint(
                MetricSeries.TOTAL,
                MINUTE_14,
                Map.of(Metric.RECORDS, 2L, Metric.ACCEPTED_FLOWS, 1L, Metric.REJECTED_FLOWS, 1L)),
            new MetricPoint(
                MetricSeries.TOTAL,
                MINUTE_15,
                Map.of(Metric.RECORDS, 2L, Metric.ACCEPTED_FLOWS, 2L, Metric.REJECTED_FLOWS, 0L)),
            new MetricPoint(
                MetricSeries.TOTAL,
                MINUTE_15,
                Map.of(Metric.UNREADABLE_RECORDS, 0L, Metric.DELIVERY_LAG, 278L)));
  }

  @Test
  void points_startWhereThereIsNoEnd() {
    assertThat(build(fields("start end"), "", 10, "start=1795342500 end=-").points())
        .containsExactly(
            new MetricPoint(MetricSeries.TOTAL, MINUTE_15, Map.of(Metric.RECORDS, 1L)),
            new MetricPoint(MetricSeries.TOTAL, MINUTE_20, Map.of(Metric.UNREADABLE_RECORDS, 0L)));
  }

  @Test
  void points_arrivalWhereThereIsNoTime() {
    assertThat(build(fields("bytes"), "", 10, "bytes=7").points())
        .containsExactly(
            new MetricPoint(MetricSeries.TOTAL, MINUTE_20, Map.of(Metric.RECORDS, 1L)),
            new MetricPoint(MetricSeries.TOTAL, MINUTE_20, Map.of(Metric.UNREADABLE_RECORDS, 0L)));
  }

  /// A metric that the format cannot show must not be published as 0, because an alarm would use
  /// it.
  @Test
  void points_zerosOnlyForFieldsOfTheFormat() {
    assertThat(
            build(fields("log-status action protocol tcp-flags"), "", 10, "protocol=17")
                .points()
                .getFirst()
                .values())
        .isEqualTo(
            Map.of(
                Metric.RECORDS, 1L,
                Metric.ACCEPTED_FLOWS, 0L,
                Metric.REJECTED_FLOWS, 0L,
                Metric.STRAY_REJECTS, 0L,
                Metric.SYN_ONLY_FLOWS, 0L,
                Metric.BLOCKED_HANDSHAKES, 0L,
                Metric.NO_DATA_WINDOWS, 0L,
                Metric.SKIPPED_WINDOWS, 0L));
  }

  @Test
  void points_unansweredHandshakeAtItsMinute() {
    FlowSummary summary =
        build(
            fields("action protocol tcp-flags end"),
            "InterfaceId",
            10,
            "interface-id=eni-0a1b2c3d action=ACCEPT protocol=6 tcp-flags=2 packets=1 bytes=60"
                + " end=1795342463",
            "interface-id=eni-0a1b2c3d action=ACCEPT protocol=17 end=1795342500");

    assertThat(summary.points().get(0).values())
        .containsEntry(Metric.UNANSWERED_HANDSHAKES, 1L)
        .containsEntry(Metric.SYN_ONLY_FLOWS, 1L);
    assertThat(summary.points().get(1).values())
        .doesNotContainKey(Metric.UNANSWERED_HANDSHAKES)
        .containsEntry(Metric.SYN_ONLY_FLOWS, 0L);
    assertThat(summary.points().get(3))
        .isEqualTo(
            new MetricPoint(
                series("InterfaceId", "eni-0a1b2c3d"),
                MINUTE_14,
                Map.of(
                    Metric.RECORDS, 1L,
                    Metric.ACCEPTED_FLOWS, 1L,
                    Metric.SYN_ONLY_FLOWS, 1L,
                    Metric.UNANSWERED_HANDSHAKES, 1L)));
  }

  // Dimensions.

  @Test
  void dimensions_seriesForEachValue() {
    assertThat(
            seriesOf(
                build(
                    "VpcId,SubnetId+FlowDirection",
                    10,
                    "vpc-id=vpc-1 subnet-id=subnet-1 flow-direction=ingress",
                    "vpc-id=vpc-1 subnet-id=subnet-1 flow-direction=egress",
                    "vpc-id=vpc-2 subnet-id=subnet-2 flow-direction=ingress",
                    "vpc-id=vpc-1 subnet-id=subnet-1 flow-direction=ingress",
                    "vpc-id=- subnet-id=subnet-1 flow-direction=ingress",
                    "vpc-id=vpc-2 subnet-id=subnet-2 flow-direction=-",
                    "bytes=7")))
        .containsExactly(
            "VpcId=vpc-1 3",
            "VpcId=vpc-2 2",
            "SubnetId=subnet-1 FlowDirection=ingress 3",
            "SubnetId=subnet-1 FlowDirection=egress 1",
            "SubnetId=subnet-2 FlowDirection=ingress 1");
  }

  @Test
  void dimensions_everyOne() {
    assertThat(
            seriesOf(
                build(
                    "VpcId,SubnetId,InterfaceId,AccountId,Region,AzId,FlowDirection,RejectReason,"
                        + "LogGroup",
                    10,
                    "vpc-id=vpc-1 subnet-id=subnet-1 interface-id=eni-1 account-id=unknown"
                        + " region=eu-west-1 az-id=euw1-az2 flow-direction=egress"
                        + " reject-reason=BPA")))
        .containsExactly(
            "VpcId=vpc-1 1",
            "SubnetId=subnet-1 1",
            "InterfaceId=eni-1 1",
            "AccountId=unknown 1",
            "Region=eu-west-1 1",
            "AzId=euw1-az2 1",
            "FlowDirection=egress 1",
            "RejectReason=BPA 1",
            "LogGroup=/vpc/flow-logs 1");
  }

  @Test
  void dimensions_logGroupCombined() {
    assertThat(seriesOf(build("LogGroup+VpcId", 10, "vpc-id=vpc-1", "vpc-id=vpc-2", "vpc-id=-")))
        .containsExactly(
            "LogGroup=/vpc/flow-logs VpcId=vpc-1 1", "LogGroup=/vpc/flow-logs VpcId=vpc-2 1");
  }

  /// Files have no log group.
  @Test
  void dimensions_noLogGroup() {
    FlowSummaryBuilder builder =
        new FlowSummaryBuilder(
            new LogOrigin("", "", "flows.log"), MetricDimension.parseSets("LogGroup,VpcId"), 10);
    builder.add(Records.of("vpc-id=vpc-1"));

    assertThat(seriesOf(builder.build(Set.of(), ARRIVAL))).containsExactly("VpcId=vpc-1 1");
  }

  @Test
  void dimensions_byMinuteWithoutZeros() {
    FlowSummary summary =
        build(
            "VpcId",
            10,
            "vpc-id=vpc-1 action=REJECT bytes=7 end=1795342463",
            "vpc-id=vpc-1 action=ACCEPT bytes=5 end=1795342500",
            "vpc-id=vpc-1 action=REJECT bytes=8 end=1795342464");

    assertThat(summary.points().subList(3, 5))
        .containsExactly(
            new MetricPoint(
                series("VpcId", "vpc-1"),
                MINUTE_14,
                Map.of(Metric.RECORDS, 2L, Metric.REJECTED_FLOWS, 2L, Metric.REJECTED_BYTES, 15L)),
            new MetricPoint(
                series("VpcId", "vpc-1"),
                MINUTE_15,
                Map.of(Metric.RECORDS, 1L, Metric.ACCEPTED_FLOWS, 1L)));
  }

  /// All sets share one budget. Values beyond it count as Other, and earlier series continue.
  @Test
  void dimensions_pastTheBudget() {
    assertThat(
            seriesOf(
                build(
                    "VpcId+AzId,Region",
                    3,
                    "vpc-id=vpc-1 az-id=a region=x",
                    "vpc-id=vpc-2 az-id=b region=y",
                    "vpc-id=vpc-3 az-id=c region=x",
                    "vpc-id=vpc-1 az-id=a region=z",
                    "vpc-id=vpc-2 az-id=b region=x")))
        .containsExactly(
            "VpcId=vpc-1 AzId=a 2",
            "VpcId=vpc-2 AzId=b 2",
            "VpcId=Other AzId=Other 1",
            "Region=x 3",
            "Region=Other 2");
  }

  @Test
  void dimensions_noBudgetAtAll() {
    assertThat(seriesOf(build("VpcId", 0, "vpc-id=vpc-1", "vpc-id=vpc-2")))
        .containsExactly("VpcId=Other 2");
  }

  @Test
  void dimensions_unansweredHandshakeInOther() {
    FlowSummary summary =
        build(
            "VpcId",
            0,
            "vpc-id=vpc-1 action=ACCEPT protocol=6 tcp-flags=2 packets=1 bytes=60 end=1795342463");

    assertThat(summary.points().getLast())
        .isEqualTo(
            new MetricPoint(
                series("VpcId", "Other"),
                MINUTE_14,
                Map.of(
                    Metric.RECORDS, 1L,
                    Metric.ACCEPTED_FLOWS, 1L,
                    Metric.SYN_ONLY_FLOWS, 1L,
                    Metric.UNANSWERED_HANDSHAKES, 1L)));
  }

  // Sources.

  @Test
  void sources_whole() {
    String place =
        "interface-id=eni-0a1b2c3d vpc-id=vpc-abcd1234 subnet-id=subnet-1234abcd"
            + " instance-id=i-0987654321 pkt-src-aws-service=S3 flow-direction=ingress"
            + " srcaddr=10.0.1.5 action=REJECT protocol=6 ";
    FlowSummary summary =
        build(
            "",
            10,
            place
                + "pkt-srcaddr=198.51.100.7 dstaddr=10.0.2.98 dstport=22 srcport=50101 tcp-flags=2"
                + " packets=1 bytes=60 start=1795342450 end=1795342463 reject-reason=-",
            place
                + "pkt-srcaddr=198.51.100.7 dstaddr=10.0.2.99 dstport=80 srcport=50102 tcp-flags=2"
                + " packets=2 bytes=121 start=1795342445 end=1795342460 reject-reason=BPA",
            place
                + "pkt-srcaddr=198.51.100.7 dstaddr=10.0.2.98 dstport=22 srcport=50103 tcp-flags=4"
                + " packets=5 bytes=1500 start=1795342455 end=1795342503 reject-reason=EC");

    assertThat(summary.sources())
        .containsExactly(
            new SourceActivity(
                IpAddress.find("198.51.100.7"),
                IpAddress.find("10.0.1.5"),
                "eni-0a1b2c3d",
                "vpc-abcd1234",
                "subnet-1234abcd",
                "i-0987654321",
                "S3",
                "ingress",
                "BPA",
                3,
                2,
                1,
                3,
                8,
                1681,
                List.of(
                    new Counted<>(new TransportPort(6, 22), 2),
                    new Counted<>(new TransportPort(6, 80), 1)),
                List.of(
                    new Counted<>(IpAddress.find("10.0.2.98"), 2),
                    new Counted<>(IpAddress.find("10.0.2.99"), 1)),
                2,
                2,
                Instant.ofEpochSecond(START),
                Instant.ofEpochSecond(1_795_342_503)));
  }

  @Test
  void sources_nothingButTheSource() {
    assertThat(build("", 10, "action=REJECT srcaddr=2001:db8::7").sources())
        .containsExactly(
            new SourceActivity(
                IpAddress.find("2001:db8::7"),
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                1,
                0,
                0,
                0,
                0,
                0,
                List.of(),
                List.of(),
                0,
                0,
                null,
                null));
  }

  @Test
  void sources_mostRejectedFirstThenByAddress() {
    FlowSummary summary =
        build(
            "",
            10,
            "action=REJECT srcaddr=10.0.1.9",
            "action=REJECT srcaddr=10.0.1.5",
            "action=ACCEPT srcaddr=10.0.1.5",
            "action=REJECT srcaddr=192.0.2.1",
            "action=REJECT srcaddr=::ffff:192.0.2.1",
            "action=REJECT srcaddr=-",
            "action=REJECT");

    assertThat(summary.sources().stream().map(source -> source.source() + " " + source.rejects()))
        .containsExactly("192.0.2.1 2", "10.0.1.5 1", "10.0.1.9 1");
    assertThat(summary.sourcesLeftOut()).isEqualTo(0);
  }

  @Test
  void sources_apartByInterface() {
    FlowSummary summary =
        build(
            "",
            10,
            "action=REJECT srcaddr=192.0.2.1 interface-id=eni-1",
            "action=REJECT srcaddr=192.0.2.1 interface-id=eni-2",
            "action=REJECT srcaddr=192.0.2.1 interface-id=-",
            "action=REJECT srcaddr=192.0.2.1 interface-id=eni-1");

    assertThat(summary.sources().stream().map(s -> s.interfaceId() + " " + s.rejects()))
        .containsExactlyInAnyOrder("eni-1 2", "eni-2 1", "null 1");
    assertThat(summary.sources().getFirst().interfaceId()).isEqualTo("eni-1");
  }

  @Test
  void sources_firstOfSeveralNatDevices() {
    FlowSummary summary =
        build(
            "",
            10,
            "action=REJECT srcaddr=198.51.100.7 pkt-srcaddr=198.51.100.7",
            "action=REJECT srcaddr=10.0.1.5 pkt-srcaddr=198.51.100.7",
            "action=REJECT srcaddr=10.0.1.6 pkt-srcaddr=198.51.100.7");

    assertThat(summary.sources()).hasSize(1);
    assertThat(summary.sources().getFirst().maskedBy()).hasToString("10.0.1.5");
    assertThat(summary.sources().getFirst().natMaskedRejects()).isEqualTo(2);
    assertThat(summary.sources().getFirst().rejects()).isEqualTo(3);
  }

  /// Which records are attempts: not those from a service's port to a high port.
  @ParameterizedTest
  @CsvSource({
    "tcp-flags=2 srcport=50101 dstport=22, 1",
    "tcp-flags=2 srcport=53 dstport=40123, 1", // a SYN alone is always an attempt
    "tcp-flags=- srcport=53 dstport=40123, 0",
    "tcp-flags=0 protocol=17 srcport=53 dstport=40123, 0",
    "tcp-flags=- srcport=1023 dstport=1024, 0",
    "tcp-flags=- srcport=1024 dstport=1024, 1",
    "tcp-flags=- srcport=1023 dstport=1023, 1",
    "tcp-flags=- srcport=0 dstport=65535, 0",
    "tcp-flags=- srcport=- dstport=40123, 1",
    "tcp-flags=- dstport=40123, 1",
    "tcp-flags=- srcport=123 dstport=123, 1",
    "tcp-flags=4 srcport=50101 dstport=22, 0", // stray
    "tcp-flags=3 srcport=50101 dstport=22, 1",
    "tcp-flags=18 srcport=443 dstport=51514, 0"
  })
  void sources_probes(String ports, int probes) {
    String protocol = ports.contains("protocol") ? "" : "protocol=6 ";
    SourceActivity source =
        build("", 10, "action=REJECT srcaddr=192.0.2.1 dstaddr=10.0.2.98 " + protocol + ports)
            .sources()
            .getFirst();

    assertThat(source.probedPorts()).isEqualTo(probes);
    assertThat(source.probedHosts()).isEqualTo(probes);
    assertThat(source.topPorts()).hasSize(1);
    assertThat(source.topHosts()).hasSize(1);
  }

  @Test
  void sources_topTenPortsAndFiveHosts() {
    List<String> records = new ArrayList<>();
    for (int i = 1; i <= 12; i++) {
      for (int times = 0; times < i; times++) {
        records.add(
            "action=REJECT srcaddr=192.0.2.1 protocol=17 dstaddr=10.0.2." + i + " dstport=" + i);
      }
    }
    FlowSummary summary = build("", 10, records.toArray(String[]::new));

    assertThat(summary.topPorts())
        .isEqualTo(
            IntStream.rangeClosed(3, 12)
                .mapToObj(i -> new Counted<>(new TransportPort(17, 15 - i), 15 - i))
                .toList());
    SourceActivity source = summary.sources().getFirst();
    assertThat(source.topPorts()).isEqualTo(summary.topPorts());
    assertThat(source.topHosts())
        .isEqualTo(
            IntStream.rangeClosed(8, 12)
                .map(i -> 20 - i)
                .mapToObj(i -> new Counted<>(IpAddress.find("10.0.2." + i), i))
                .toList());
    assertThat(source.probedPorts()).isEqualTo(12);
    assertThat(source.probedHosts()).isEqualTo(12);
  }

  @Test
  void topPorts_ofEverySourceAndOfNone() {
    assertThat(
            build(
                    "",
                    10,
                    "action=REJECT srcaddr=192.0.2.1 protocol=6 dstport=22",
                    "action=REJECT dstport=22 protocol=6",
                    "action=REJECT dstport=22 protocol=-",
                    "action=ACCEPT dstport=443 protocol=6",
                    "action=REJECT dstport=- protocol=6")
                .topPorts())
        .containsExactly(
            new Counted<>(new TransportPort(6, 22), 2),
            new Counted<>(new TransportPort(-1, 22), 1));
  }

  /// No payload has that many sources, but a file can.
  @Test
  void sources_pastTheMost() {
    FlowSummaryBuilder builder = new FlowSummaryBuilder(ORIGIN, List.of(), 10);
    for (int i = 0; i < FlowSummaryBuilder.MOST_SOURCES + 2; i++) {
      builder.add(Records.of("action=REJECT srcaddr=10.1." + i / 256 + "." + i % 256));
    }
    builder.add(Records.of("action=REJECT srcaddr=10.1.0.0"));
    FlowSummary summary = builder.build(Set.of(), ARRIVAL);

    assertThat(summary.sources()).hasSize(FlowSummaryBuilder.MOST_SOURCES);
    assertThat(summary.sources().getFirst().rejects()).isEqualTo(2);
    assertThat(summary.sourcesLeftOut()).isEqualTo(2);
    assertThat(summary.total(Metric.OVER_BOUNDS)).isEqualTo(2);
    assertThat(summary.total(Metric.REJECTED_FLOWS)).isEqualTo(FlowSummaryBuilder.MOST_SOURCES + 3);
  }

  @Test
  void sources_pastTheMostPortsAndHosts() {
    FlowSummaryBuilder builder = new FlowSummaryBuilder(ORIGIN, List.of(), 10);
    String record = "action=REJECT srcaddr=192.0.2.1 dstaddr=10.%d.%d.%d dstport=%d protocol=%d";
    int most = FlowSummaryBuilder.MOST_PORTS;
    for (int i = 0; i < most + 2; i++) {
      builder.add(
          Records.of(record.formatted(i >> 16, (i >> 8) & 255, i & 255, i & 0xffff, i >> 16)));
    }
    builder.add(Records.of(record.formatted(0, 0, 0, 0, 0)));
    FlowSummary summary = builder.build(Set.of(), ARRIVAL);
    SourceActivity source = summary.sources().getFirst();

    assertThat(source.rejects()).isEqualTo(most + 3);
    assertThat(source.probedPorts()).isEqualTo(most);
    assertThat(source.probedHosts()).isEqualTo(most);
    assertThat(source.topPorts().getFirst()).isEqualTo(new Counted<>(new TransportPort(0, 0), 2));
    assertThat(source.topHosts().getFirst())
        .isEqualTo(new Counted<>(IpAddress.find("10.0.0.0"), 2));
    assertThat(summary.topPorts().getFirst()).isEqualTo(new Counted<>(new TransportPort(0, 0), 2));
    assertThat(summary.total(Metric.OVER_BOUNDS)).isEqualTo(2);
  }

  /// Records beyond the bound count too, in the minute of arrival.
  @Test
  void minutes_pastTheMost() {
    FlowSummaryBuilder builder =
        new FlowSummaryBuilder(ORIGIN, MetricDimension.parseSets("VpcId"), 10);
    int most = MetricTable.MOST_MINUTES;
    for (int i = 0; i < most + 2; i++) {
      builder.add(Records.of("end=" + i * 60));
    }
    builder.add(Records.of("end=0"));
    FlowSummary summary = builder.build(fields("end"), ARRIVAL);

    assertThat(summary.total(Metric.RECORDS)).isEqualTo(most + 3);
    assertThat(summary.total(Metric.OVER_BOUNDS)).isEqualTo(2);
    assertThat(summary.points()).hasSize(most + 2);
    assertThat(summary.points().getFirst())
        .isEqualTo(new MetricPoint(MetricSeries.TOTAL, MINUTE_20, Map.of(Metric.RECORDS, 2L)));
    assertThat(summary.points().get(1).values()).isEqualTo(Map.of(Metric.RECORDS, 2L));
    assertThat(summary.points().getLast().values())
        .containsEntry(Metric.OVER_BOUNDS, 2L)
        .containsEntry(Metric.UNREADABLE_RECORDS, 0L);
  }

  @Test
  void interfaces_pastTheMost() {
    FlowSummaryBuilder builder = new FlowSummaryBuilder(ORIGIN, List.of(), 10);
    int most = FlowSummaryBuilder.MOST_SOURCES;
    for (int i = 0; i < most + 2; i++) {
      builder.add(Records.of("action=REJECT srcaddr=192.0.2.1 interface-id=eni-" + i));
    }
    FlowSummary summary = builder.build(Set.of(), ARRIVAL);

    assertThat(summary.sources()).hasSize(most);
    assertThat(summary.sourcesLeftOut()).isEqualTo(2);
    assertThat(summary.total(Metric.OVER_BOUNDS)).isEqualTo(2);
  }

  /// One builder for many payloads gives the same summaries as a new builder for each.
  @Test
  void reset_clearsEverything() {
    List<List<MetricDimension>> dimensions =
        MetricDimension.parseSets("InterfaceId,VpcId+FlowDirection");
    FlowSummaryBuilder used = new FlowSummaryBuilder(ORIGIN, dimensions, 3);
    int faults = 0;
    for (int seed = 0; seed < 100; seed++) {
      GeneratedPayload payload = PayloadGenerator.generate(new Random(seed), 40);
      FlowSummaryBuilder fresh = new FlowSummaryBuilder(ORIGIN, dimensions, 3);
      used.reset(ORIGIN);
      RecordParser parser = new RecordParser(payload.recordFormats());
      FlowRecord record = new FlowRecord();
      for (String message : payload.messages()) {
        byte[] line = message.getBytes(UTF_8);
        ParseFault fault = parser.parse(line, 0, line.length, record);
        if (fault == null) {
          used.add(record);
          fresh.add(record);
        } else {
          used.addUnreadable(fault);
          fresh.addUnreadable(fault);
          faults++;
        }
      }
      assertThat(used.build(EnumSet.allOf(FlowField.class), ARRIVAL))
          .as("payload of seed %d", seed)
          .isEqualTo(fresh.build(EnumSet.allOf(FlowField.class), ARRIVAL));
    }
    assertThat(faults).as("unreadable records of 4,000").isBetween(100, 3_000);
  }

  /// A record that has only one of two dimensions changes nothing for later records.
  @Test
  void dimensions_afterARecordThatLacksOne() {
    assertThat(
            seriesOf(
                build(
                    "VpcId+SubnetId",
                    10,
                    "vpc-id=vpc-1 subnet-id=subnet-1",
                    "vpc-id=vpc-2 subnet-id=-",
                    "vpc-id=vpc-2 subnet-id=subnet-1")))
        .containsExactly("VpcId=vpc-1 SubnetId=subnet-1 1", "VpcId=vpc-2 SubnetId=subnet-1 1");
  }

  // Times.

  @Test
  void firstAndLast_overAllRecords() {
    FlowSummary summary =
        build(
            "",
            10,
            "start=1795342450 end=1795342463",
            "start=1795342445 end=1795342460 log-status=NODATA",
            "start=- end=-",
            "start=1795342460 end=1795342503");

    assertThat(summary.first()).isEqualTo(Instant.ofEpochSecond(START));
    assertThat(summary.last()).isEqualTo(Instant.ofEpochSecond(1_795_342_503));
    assertThat(summary.total(Metric.DELIVERY_LAG)).isEqualTo(334);
  }

  @Test
  void deliveryLag_neverNegative() {
    FlowSummary summary = build(fields("end"), "", 10, "end=1795343000");

    assertThat(summary.totals()).containsEntry(Metric.DELIVERY_LAG, 0L);
    assertThat(summary.points().getLast().values())
        .isEqualTo(Map.of(Metric.UNREADABLE_RECORDS, 0L, Metric.DELIVERY_LAG, 0L));
  }

  @Test
  void deliveryLag_noneWithoutAnEnd() {
    FlowSummary summary = build("", 10, "start=1795342450 end=-");

    assertThat(summary.totals()).doesNotContainKey(Metric.DELIVERY_LAG);
    assertThat(summary.first()).isEqualTo(Instant.ofEpochSecond(1_795_342_450));
    assertThat(summary.last()).isNull();
  }

  @Test
  void skippedAt_firstOfSeveral() {
    assertThat(
            build(
                    "",
                    10,
                    "interface-id=eni-1 log-status=NODATA",
                    "interface-id=- log-status=SKIPDATA",
                    "interface-id=eni-2 log-status=SKIPDATA",
                    "interface-id=eni-3 log-status=SKIPDATA")
                .skippedAt())
        .isEqualTo("eni-2");
  }

  private static FlowSummary build(String dimensions, int budget, String... records) {
    return build(EnumSet.allOf(FlowField.class), dimensions, budget, records);
  }

  private static FlowSummary build(
      Set<FlowField> fields, String dimensions, int budget, String... records) {
    FlowSummaryBuilder builder =
        new FlowSummaryBuilder(ORIGIN, MetricDimension.parseSets(dimensions), budget);
    for (String record : records) {
      builder.add(Records.of(record));
    }
    return builder.build(fields, ARRIVAL);
  }

  private static Set<FlowField> fields(String names) {
    return RecordFormat.parse(names).fields();
  }

  /// Returns the totals of all metrics that are always present, 0 unless counted.
  private static Map<Metric, Long> totals(Map<Metric, Long> counted) {
    Map<Metric, Long> totals = new EnumMap<>(Metric.class);
    for (Metric metric : Metric.values()) {
      if (metric != Metric.DELIVERY_LAG) {
        totals.put(metric, counted.getOrDefault(metric, 0L));
      }
    }
    return totals;
  }

  private static Map<Metric, Long> withZeros(Map<Metric, Long> counted) {
    Map<Metric, Long> values = totals(counted);
    values.keySet().removeIf(metric -> metric.origin() != Metric.Origin.RECORDS);
    return values;
  }

  private static MetricSeries series(String dimension, String value) {
    return new MetricSeries(
        Map.of(MetricDimension.parseSets(dimension).getFirst().getFirst(), value));
  }

  /// Returns each series except the totals, with its number of records.
  private static List<String> seriesOf(FlowSummary summary) {
    List<String> series = new ArrayList<>();
    for (MetricPoint point : summary.points()) {
      if (!point.series().equals(MetricSeries.TOTAL)) {
        StringBuilder text = new StringBuilder();
        point
            .series()
            .dimensions()
            .forEach((dimension, value) -> text.append(dimension.awsName() + "=" + value + " "));
        series.add(text.append(point.values().get(Metric.RECORDS)).toString());
      }
    }
    return series;
  }
}
