package dev.flowbell.summary;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.classify.Door;
import dev.flowbell.classify.Suspect;
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
import dev.flowbell.record.TrafficType;
import dev.flowbell.testing.generator.PayloadGenerator;
import dev.flowbell.testing.generator.PayloadGenerator.GeneratedPayload;
import dev.flowbell.testing.generator.Records;
import dev.flowbell.testing.generator.Summaries;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

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

  private static final String REQUEST =
      "srcaddr=10.0.1.5 dstaddr=192.0.2.7 srcport=50101 dstport=443 protocol=6 action=ACCEPT";

  private static final String ANSWER =
      "srcaddr=192.0.2.7 dstaddr=10.0.1.5 srcport=443 dstport=50101 protocol=6 action=REJECT";

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
                EnumSet.allOf(FlowField.class),
                PayloadEvidence.NOTHING,
                null,
                null,
                List.of()));
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
                EnumSet.allOf(FlowField.class),
                new PayloadEvidence(
                    List.of(
                        new SuspectGroup(
                            new Suspect(
                                Suspect.Kind.ATTEMPT,
                                address("198.51.100.7"),
                                address("10.0.1.5"),
                                false,
                                false,
                                address("10.0.2.98"),
                                6,
                                -1,
                                22,
                                MINUTE_14.getEpochSecond() / 60,
                                false,
                                false,
                                false,
                                new Suspect.Place(
                                    "eni-0a1b2c3d",
                                    null,
                                    null,
                                    null,
                                    null,
                                    null,
                                    null,
                                    null,
                                    ORIGIN.owner(),
                                    null),
                                0,
                                0),
                            1,
                            3,
                            180)),
                    List.of()),
                Instant.ofEpochSecond(1_795_342_446),
                Instant.ofEpochSecond(1_795_342_463),
                List.of()));
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
    "action=REJECT protocol=6 tcp-flags=18, REJECTED_FLOWS=1 REJECTED_ANSWERS=1",
    "packets-lost-no-route=5 packets-lost-ttl-expired=7, TRANSIT_GATEWAY_PACKETS_LOST=12",
    "packets-lost-blackhole=3 packets-lost-mtu-exceeded=-, TRANSIT_GATEWAY_PACKETS_LOST=3",
    "packets-lost-blackhole=9223372036854775807 packets-lost-mtu-exceeded=4,"
        + " TRANSIT_GATEWAY_PACKETS_LOST=9223372036854775807",
    "packets-lost-blackhole=3 log-status=SKIPDATA, SKIPPED_WINDOWS=1",
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
    assertThat(
            build("", 10, syn, answer.replace("ACCEPT", "REJECT"))
                .total(Metric.UNANSWERED_HANDSHAKES))
        .as("a rejected SYN-ACK is no answer")
        .isEqualTo(1);
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
    assertThat(summary.evidence().suspects().getFirst().bytes()).isEqualTo(Long.MAX_VALUE);
    assertThat(summary.evidence().suspects().getFirst().packets()).isEqualTo(Long.MAX_VALUE);
    assertThat(summary.points().getFirst().values())
        .containsEntry(Metric.REJECTED_BYTES, Long.MAX_VALUE);
  }

  @Test
  void faults_byCause() {
    FlowSummaryBuilder builder =
        new FlowSummaryBuilder(ORIGIN, List.of(), 10, Summaries.INSIDE, TrafficType.ALL);
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

  @Test
  void faults_ofAllLogGroupsOfABatch() {
    FlowSummaryBuilder builder =
        new FlowSummaryBuilder(ORIGIN, List.of(), 10, Summaries.INSIDE, TrafficType.ALL);
    builder.addUnreadable(ParseFault.NOT_A_DECIMAL);
    builder.next(new LogOrigin(ORIGIN.owner(), "/vpc/other", "eni-2-all"));
    builder.addUnreadable(ParseFault.NOT_A_DECIMAL);
    builder.addUnreadable(ParseFault.BROKEN_JSON);
    FlowSummary summary = builder.build(Set.of(), ARRIVAL);

    assertThat(summary.faults())
        .isEqualTo(Map.of(ParseFault.NOT_A_DECIMAL, 2L, ParseFault.BROKEN_JSON, 1L));
    assertThat(summary.total(Metric.UNREADABLE_RECORDS)).isEqualTo(3);
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
                Metric.REJECTED_ANSWERS, 0L,
                Metric.SYN_ONLY_FLOWS, 0L,
                Metric.BLOCKED_HANDSHAKES, 0L,
                Metric.NO_DATA_WINDOWS, 0L,
                Metric.SKIPPED_WINDOWS, 0L));
  }

  @Test
  void points_unansweredHandshakeAtItsMinute() {
    FlowSummary summary =
        build(
            fields("action protocol tcp-flags packets bytes end"),
            "InterfaceId",
            10,
            "interface-id=eni-0a1b2c3d action=ACCEPT protocol=6 tcp-flags=2 packets=1 bytes=60"
                + " end=1795342463",
            "interface-id=eni-0a1b2c3d action=ACCEPT protocol=17 end=1795342500");

    assertThat(summary.points().get(0).values())
        .containsEntry(Metric.UNANSWERED_HANDSHAKES, 1L)
        .containsEntry(Metric.SYN_ONLY_FLOWS, 1L);
    assertThat(summary.points().get(1).values())
        .containsEntry(Metric.UNANSWERED_HANDSHAKES, 0L)
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
            new LogOrigin("", "", "flows.log"),
            MetricDimension.parseSets("LogGroup,VpcId"),
            10,
            Summaries.INSIDE,
            TrafficType.ALL);
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

  // Evidence.

  /// The order of the two directions doesn't matter.
  @Test
  void evidence_answerIsCountedInItsSeriesAndMinute() {
    FlowSummary summary =
        build(
            fields("srcaddr srcport dstport action end"),
            "VpcId",
            10,
            REQUEST.replace("10.0.1.5", "10.0.2.98") + " vpc-id=vpc-1 end=1795342500",
            ANSWER + " vpc-id=vpc-2 end=1795342463",
            REQUEST + " vpc-id=vpc-3 end=1795342464");

    assertThat(summary.total(Metric.REJECTED_ANSWERS)).isEqualTo(1);
    assertThat(summary.points().get(0))
        .isEqualTo(
            new MetricPoint(
                MetricSeries.TOTAL,
                MINUTE_14,
                Map.of(
                    Metric.RECORDS, 2L,
                    Metric.ACCEPTED_FLOWS, 1L,
                    Metric.REJECTED_FLOWS, 1L,
                    Metric.REJECTED_ANSWERS, 1L)));
    assertThat(summary.points().get(1).values()).containsEntry(Metric.REJECTED_ANSWERS, 0L);
    assertThat(summary.points())
        .contains(
            new MetricPoint(
                series("VpcId", "vpc-2"),
                MINUTE_14,
                Map.of(
                    Metric.RECORDS, 1L, Metric.REJECTED_FLOWS, 1L, Metric.REJECTED_ANSWERS, 1L)));
  }

  /// A record without a source address can be an answer, but there is no source to suspect.
  @Test
  void evidence_noneWithoutASource() {
    FlowSummary summary =
        build(
            "",
            10,
            "action=REJECT protocol=6 tcp-flags=18",
            "action=REJECT protocol=6 tcp-flags=2 dstaddr=10.0.2.98 dstport=22");

    assertThat(summary.evidence()).isEqualTo(PayloadEvidence.NOTHING);
    assertThat(summary.total(Metric.REJECTED_ANSWERS)).isEqualTo(1);
    assertThat(summary.total(Metric.OVER_BOUNDS)).isEqualTo(0);
  }

  /// An accepted record arrives nevertheless if the filter's terms find a tag. With some accepted
  /// records and not all, a handshake would seem to lack its answer.
  @Test
  void trafficType_acceptedRecordsCountAsRecordsAlone() {
    FlowSummaryBuilder builder =
        new FlowSummaryBuilder(
            ORIGIN, MetricDimension.parseSets("VpcId"), 10, Summaries.INSIDE, TrafficType.REJECT);
    builder.watch(Set.of(address("10.0.1.5")));
    String ofVpc = " pkt-srcaddr=10.0.0.220 vpc-id=vpc-1 end=1795342463";
    builder.add(Records.of(REQUEST + " tcp-flags=2 packets=3 bytes=180" + ofVpc));
    builder.add(Records.of(REQUEST + " tcp-flags=3 packets=8 bytes=5000" + ofVpc));
    builder.add(Records.of(ANSWER + " tcp-flags=2 packets=1 bytes=60" + ofVpc));
    FlowSummary summary =
        builder.build(
            fields(
                "srcaddr dstaddr srcport dstport protocol action tcp-flags packets bytes"
                    + " pkt-srcaddr vpc-id end"),
            ARRIVAL);

    Map<Metric, Long> counted =
        Map.of(
            Metric.RECORDS, 3L,
            Metric.REJECTED_FLOWS, 1L,
            Metric.REJECTED_BYTES, 60L,
            Metric.REJECTED_PACKETS, 1L,
            Metric.BLOCKED_HANDSHAKES, 1L,
            Metric.NAT_MASKED_REJECTS, 1L);
    Map<Metric, Long> published = new EnumMap<>(counted);
    published.put(Metric.STRAY_REJECTS, 0L);
    published.put(Metric.REJECTED_ANSWERS, 0L); // the request is not read
    assertThat(summary.points().getFirst().values()).isEqualTo(published);
    assertThat(summary.points().getLast())
        .isEqualTo(new MetricPoint(series("VpcId", "vpc-1"), MINUTE_14, counted));
    assertThat(summary.totals())
        .containsAllEntriesOf(published)
        .doesNotContainKeys(
            Metric.ACCEPTED_FLOWS,
            Metric.SYN_ONLY_FLOWS,
            Metric.UNANSWERED_HANDSHAKES,
            Metric.NAT_MASKED_FLOWS);
    assertThat(summary.evidence().opened()).isEmpty();
    assertThat(summary.evidence().suspects())
        .extracting(group -> group.suspect().isRejected())
        .containsExactly(true);
  }

  @Test
  void evidence_openedByWatchedSourcesUntilReset() {
    String opened = REQUEST + " tcp-flags=3 packets=8 bytes=5000 end=1795342463";
    FlowSummaryBuilder builder =
        new FlowSummaryBuilder(ORIGIN, List.of(), 10, Summaries.INSIDE, TrafficType.ALL);
    builder.watch(Set.of(address("10.0.1.5")));
    builder.add(Records.of(opened));
    builder.add(Records.of(opened.replace("10.0.1.5", "10.0.1.6")));

    assertThat(builder.build(Set.of(), ARRIVAL).evidence())
        .isEqualTo(
            new PayloadEvidence(
                List.of(),
                List.of(
                    new OpenedFlow(
                        address("10.0.1.5"),
                        Door.of(address("192.0.2.7"), 6, 443),
                        MINUTE_14.getEpochSecond() / 60,
                        5_000))));

    builder.reset(ORIGIN);
    builder.add(Records.of(opened));
    assertThat(builder.build(Set.of(), ARRIVAL).evidence()).isEqualTo(PayloadEvidence.NOTHING);
  }

  /// No payload has that many records, but a file can.
  @Test
  void evidence_pastTheMost() {
    FlowSummaryBuilder builder =
        new FlowSummaryBuilder(
            ORIGIN,
            List.of(),
            10,
            Summaries.INSIDE,
            TrafficType.ALL,
            new SummaryBounds(160, 100, 100));
    FlowRecord record = new FlowRecord();
    RecordParser parser =
        new RecordParser(List.of(RecordFormat.parse("srcaddr dstaddr dstport action")));
    for (int i = 0; i < 163; i++) {
      byte[] line = ("192.0.2.1 10.0.0." + i + " 22 REJECT").getBytes(UTF_8);
      assertThat(parser.parse(line, 0, line.length, record)).isNull();
      builder.add(record);
    }
    FlowSummary summary = builder.build(Set.of(), ARRIVAL);

    assertThat(summary.evidence().suspects()).hasSize(140); // with room for another source
    assertThat(summary.total(Metric.OVER_BOUNDS)).isEqualTo(23);
    assertThat(summary.total(Metric.REJECTED_FLOWS)).isEqualTo(163);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 50_000, 100_000, 50_000",
    "176_160_767, 50_000, 100_000, 50_000", // 168 MB less 1 byte: the function with 256 MB
    "352_321_536, 100_000, 200_000, 100_000",
    "9_223_372_036_854_775_807, 1_600_000, 3_200_000, 1_600_000",
  })
  void bounds_ofHeap(String bytes, String groups, String handshakes, String pairedRecords) {
    assertThat(SummaryBounds.ofHeap(number(bytes)))
        .isEqualTo(
            new SummaryBounds(
                (int) number(groups), (int) number(handshakes), (int) number(pairedRecords)));
  }

  private static long number(String text) {
    return Long.parseLong(text.replace("_", ""));
  }

  /// Records beyond the bound count too, in the minute of arrival.
  @Test
  void minutes_pastTheMost() {
    FlowSummaryBuilder builder =
        new FlowSummaryBuilder(
            ORIGIN, MetricDimension.parseSets("VpcId"), 10, Summaries.INSIDE, TrafficType.ALL);
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

  /// One builder for many payloads gives the same summaries as a new builder for each.
  @Test
  void reset_clearsEverything() {
    List<List<MetricDimension>> dimensions =
        MetricDimension.parseSets("InterfaceId,VpcId+FlowDirection");
    FlowSummaryBuilder used =
        new FlowSummaryBuilder(ORIGIN, dimensions, 3, Summaries.INSIDE, TrafficType.ALL);
    int faults = 0;
    for (int seed = 0; seed < 100; seed++) {
      GeneratedPayload payload = PayloadGenerator.generate(new Random(seed), 40);
      FlowSummaryBuilder fresh =
          new FlowSummaryBuilder(ORIGIN, dimensions, 3, Summaries.INSIDE, TrafficType.ALL);
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

  /// Else something counted would not be published.
  @ParameterizedTest
  @EnumSource
  void totals_onlyWhatIsKnown(TrafficType traffic) {
    Set<Metric> counted = EnumSet.noneOf(Metric.class);
    for (int seed = 0; seed < 300; seed++) {
      GeneratedPayload payload = PayloadGenerator.generate(new Random(seed), 40);
      FlowSummaryBuilder builder =
          new FlowSummaryBuilder(ORIGIN, List.of(), 0, Summaries.INSIDE, traffic);
      RecordParser parser = new RecordParser(payload.recordFormats());
      FlowRecord record = new FlowRecord();
      for (String message : payload.messages()) {
        byte[] line = message.getBytes(UTF_8);
        if (parser.parse(line, 0, line.length, record) == null) {
          builder.add(record);
        }
      }
      Set<FlowField> fields = parser.fieldsSeen();
      FlowSummary summary = builder.build(fields, ARRIVAL);
      for (Metric metric : summary.totals().keySet()) {
        if (summary.total(metric) != 0) {
          assertThat(metric.isKnownFrom(fields, traffic))
              .as("%s in payload of seed %d", metric, seed)
              .isTrue();
          counted.add(metric);
        }
      }
    }
    Set<Metric> all =
        EnumSet.copyOf(
            Arrays.stream(Metric.values())
                .filter(metric -> metric.origin() == Metric.Origin.RECORDS)
                .filter(metric -> metric.isKnownFrom(EnumSet.allOf(FlowField.class), traffic))
                .toList());
    all.add(Metric.DELIVERY_LAG);
    assertThat(counted).isEqualTo(all);
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
  void problems_firstOfSeveralSkippedIntervals() {
    assertThat(
            build(
                    "",
                    10,
                    "interface-id=eni-1 log-status=NODATA",
                    "interface-id=- log-status=SKIPDATA",
                    "interface-id=eni-2 log-status=SKIPDATA",
                    "interface-id=eni-3 log-status=SKIPDATA")
                .problems())
        .containsExactly(new LogGroupProblem(ORIGIN, Map.of(), 3, "eni-2"));
  }

  private static FlowSummary build(String dimensions, int budget, String... records) {
    return build(EnumSet.allOf(FlowField.class), dimensions, budget, records);
  }

  private static FlowSummary build(
      Set<FlowField> fields, String dimensions, int budget, String... records) {
    FlowSummaryBuilder builder =
        new FlowSummaryBuilder(
            ORIGIN,
            MetricDimension.parseSets(dimensions),
            budget,
            Summaries.INSIDE,
            TrafficType.ALL);
    for (String record : records) {
      builder.add(Records.of(record));
    }
    return builder.build(fields, ARRIVAL);
  }

  private static IpAddress address(String text) {
    return Objects.requireNonNull(IpAddress.find(text));
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
