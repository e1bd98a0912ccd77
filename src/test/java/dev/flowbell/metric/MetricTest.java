package dev.flowbell.metric;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.record.FlowField;
import dev.flowbell.record.RecordFormat;
import dev.flowbell.record.TrafficType;
import dev.flowbell.testing.twin.NaiveTwin;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class MetricTest {
  @Test
  void awsName_allOfTheDocumentedTable() {
    assertThat(Arrays.stream(Metric.values()).map(Metric::awsName).toList())
        .startsWith(NaiveTwin.METRICS.toArray(String[]::new))
        .endsWith(
            "ControlMessages",
            "DuplicateBatches",
            "PossibleDuplicates",
            "AlertsSent",
            "AlertsSuppressed",
            "AlertsQuieted",
            "OverBounds",
            "DeliveryLag")
        .hasSize(NaiveTwin.METRICS.size() + 8);
  }

  @ParameterizedTest
  @EnumSource
  void unit_countUnlessSaid(Metric metric) {
    assertThat(metric.unit())
        .isEqualTo(
            switch (metric) {
              case REJECTED_BYTES -> Metric.Unit.BYTES;
              case DELIVERY_LAG -> Metric.Unit.SECONDS;
              default -> Metric.Unit.COUNT;
            });
  }

  @ParameterizedTest
  @EnumSource
  void origin_recordsLinesOrTheFunction(Metric metric) {
    assertThat(metric.origin())
        .isEqualTo(
            switch (metric) {
              case UNREADABLE_RECORDS -> Metric.Origin.LINES;
              case CONTROL_MESSAGES,
                  DUPLICATE_BATCHES,
                  POSSIBLE_DUPLICATES,
                  ALERTS_SENT,
                  ALERTS_SUPPRESSED,
                  ALERTS_QUIETED,
                  OVER_BOUNDS,
                  DELIVERY_LAG ->
                  Metric.Origin.FUNCTION;
              default -> Metric.Origin.RECORDS;
            });
  }

  @ParameterizedTest
  @CsvSource({
    "RECORDS, ''",
    "ACCEPTED_FLOWS, action",
    "REJECTED_FLOWS, action",
    "REJECTED_BYTES, action bytes",
    "REJECTED_PACKETS, action packets",
    "STRAY_REJECTS, action protocol tcp-flags",
    "SYN_ONLY_FLOWS, action protocol tcp-flags",
    "BLOCKED_HANDSHAKES, action protocol tcp-flags",
    "UNANSWERED_HANDSHAKES, action protocol tcp-flags bytes packets",
    "NAT_MASKED_FLOWS, srcaddr pkt-srcaddr",
    "NAT_MASKED_REJECTS, action srcaddr pkt-srcaddr",
    "NO_DATA_WINDOWS, log-status",
    "SKIPPED_WINDOWS, log-status",
    "UNREADABLE_RECORDS, ''"
  })
  void isKnownFrom_fieldsItNeeds(Metric metric, String needs) {
    Set<FlowField> needed = EnumSet.noneOf(FlowField.class);
    if (!needs.isEmpty()) {
      needed = RecordFormat.parse(needs).fields();
    }
    assertThat(metric.isKnownFrom(needed, TrafficType.ALL)).isTrue();
    assertThat(metric.isKnownFrom(EnumSet.allOf(FlowField.class), TrafficType.ALL)).isTrue();
    for (FlowField field : List.copyOf(needed)) {
      assertThat(metric.isKnownFrom(EnumSet.complementOf(EnumSet.of(field)), TrafficType.ALL))
          .as("without %s", field)
          .isFalse();
    }
  }

  /// Each of these is enough.
  @ParameterizedTest
  @CsvSource({
    "REJECTED_ANSWERS, action protocol tcp-flags",
    "REJECTED_ANSWERS, action srcaddr srcport dstport",
    "REJECTED_ANSWERS, action pkt-srcaddr srcport dstport",
    "REJECTED_ANSWERS, action srcaddr dstaddr protocol",
    "TRANSIT_GATEWAY_PACKETS_LOST, packets-lost-no-route",
    "TRANSIT_GATEWAY_PACKETS_LOST, packets-lost-blackhole",
    "TRANSIT_GATEWAY_PACKETS_LOST, packets-lost-mtu-exceeded",
    "TRANSIT_GATEWAY_PACKETS_LOST, packets-lost-ttl-expired"
  })
  void isKnownFrom_anyOfSeveral(Metric metric, String enough) {
    Set<FlowField> fields = RecordFormat.parse(enough).fields();

    assertThat(metric.isKnownFrom(fields, TrafficType.ALL)).isTrue();
    assertThat(metric.missingIn(fields)).isEmpty();
    for (FlowField field : fields) {
      Set<FlowField> others = EnumSet.copyOf(fields);
      others.remove(field);
      assertThat(metric.isKnownFrom(others, TrafficType.ALL)).as("without %s", field).isFalse();
      assertThat(metric.missingIn(others)).as("without %s", field).hasSize(1);
    }
  }

  /// Accepted records add to these, so without them 0 might be wrong.
  @Test
  void isKnownFrom_rejectedRecordsAlone() {
    Set<FlowField> all = EnumSet.allOf(FlowField.class);

    assertThat(
            Arrays.stream(Metric.values())
                .filter(metric -> !metric.isKnownFrom(all, TrafficType.REJECT))
                .map(Metric::awsName))
        .containsExactly("AcceptedFlows", "SynOnlyFlows", "UnansweredHandshakes", "NatMaskedFlows");
  }

  /// Without ports and flags, only the accepted request shows that a record is an answer.
  @Test
  void isKnownFrom_answersByTheirRequest() {
    Set<FlowField> fields = RecordFormat.parse("srcaddr dstaddr protocol action").fields();

    assertThat(Metric.REJECTED_ANSWERS.isKnownFrom(fields, TrafficType.ALL)).isTrue();
    assertThat(Metric.REJECTED_ANSWERS.isKnownFrom(fields, TrafficType.REJECT)).isFalse();
    assertThat(Metric.REJECTED_ANSWERS.missingIn(fields)).isEmpty();
  }

  @Test
  void missingIn_theFewest() {
    assertThat(Metric.RECORDS.missingIn(Set.of())).isEmpty();
    assertThat(Metric.STRAY_REJECTS.missingIn(Set.of(FlowField.ACTION)))
        .containsExactly(FlowField.PROTOCOL, FlowField.TCP_FLAGS);
    assertThat(Metric.REJECTED_ANSWERS.missingIn(Set.of(FlowField.ACTION, FlowField.TCP_FLAGS)))
        .containsExactly(FlowField.PROTOCOL);
    assertThat(Metric.TRANSIT_GATEWAY_PACKETS_LOST.missingIn(Set.of(FlowField.ACTION)))
        .containsExactly(FlowField.PACKETS_LOST_NO_ROUTE);
  }
}
