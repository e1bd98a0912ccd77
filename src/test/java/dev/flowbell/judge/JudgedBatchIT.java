package dev.flowbell.judge;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.ledger.DynamoDbLedger;
import dev.flowbell.ledger.Evidence;
import dev.flowbell.record.FlowRecord;
import dev.flowbell.record.RecordFormat;
import dev.flowbell.record.RecordParser;
import dev.flowbell.record.TrafficType;
import dev.flowbell.summary.FlowSummary;
import dev.flowbell.summary.FlowSummaryBuilder;
import dev.flowbell.testing.emulator.AwsEndpoint;
import dev.flowbell.testing.emulator.AwsEndpointExtension;
import dev.flowbell.testing.emulator.LedgerTable;
import dev.flowbell.testing.generator.Summaries;
import dev.flowbell.testing.network.FaultProxy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Judges a batch of many payloads with a real table: what it may write and read grows with them.
@ExtendWith(AwsEndpointExtension.class)
final class JudgedBatchIT {
  private static final Instant START = Instant.parse("2026-11-23T07:00:00Z");
  private static final int DOORS = 300;
  private static final int SCANNERS = 40;

  private static final RecordFormat FORMAT =
      RecordFormat.parse(
          "interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action"
              + " tcp-flags log-status");

  private final AwsEndpoint aws;
  private final LedgerTable table;
  private FaultProxy proxy;
  private DynamoDbLedger ledger;

  JudgedBatchIT(AwsEndpoint aws) {
    this.aws = aws;
    table = LedgerTable.make(aws);
  }

  @BeforeEach
  void start() throws Exception {
    proxy = FaultProxy.start(aws.uri());
    ledger = aws.through(proxy.uri(), () -> new DynamoDbLedger(table.name()));
  }

  @AfterEach
  void stop() throws Exception {
    proxy.close();
  }

  /// Six minutes of an outage: 300 clients can't reach 300 doors, at ports of their own. Meanwhile
  /// 40 hosts try a port at 30 hosts each.
  @Test
  void judge_outageAndScannersInOnePass() {
    Evidence evidence = newEvidence("batch");
    proxy.forget();
    List<String> told = judge(outageAndScanners(), 2_000, evidence);

    List<String> expected = new ArrayList<>();
    for (int i = 0; i < DOORS; i++) {
      expected.add("blocked|door|" + server(i) + "|6|" + (5_000 + i));
    }
    for (int i = 0; i < SCANNERS; i++) {
      expected.add("scan|10.0.3." + i);
    }
    assertThat(told).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(evidence.leftOut()).isZero();
    assertThat(callsOf("UpdateItem")).isLessThanOrEqualTo(1_200);
    assertThat(callsOf("BatchGetItem")).isLessThanOrEqualTo(60);
  }

  /// A payload alone has the bounds of one.
  @Test
  void judge_samePayloadAlone() {
    Evidence evidence = newEvidence("payload");
    proxy.forget();
    judge(outageAndScanners(), 1, evidence);

    assertThat(evidence.leftOut()).isPositive();
    assertThat(callsOf("UpdateItem")).isEqualTo(12);
  }

  private long callsOf(String operation) {
    return proxy.calls().stream().filter(call -> call.operation().equals(operation)).count();
  }

  private Evidence newEvidence(String batch) {
    return ledger.claim(batch, START, Duration.ofMinutes(1)).evidence();
  }

  private static List<String> judge(List<String> lines, int payloads, Evidence evidence) {
    FlowSummaryBuilder builder =
        new FlowSummaryBuilder(Summaries.ORIGIN, List.of(), 0, Summaries.INSIDE, TrafficType.ALL);
    RecordParser parser = new RecordParser(List.of(FORMAT));
    FlowRecord record = new FlowRecord();
    for (String line : lines) {
      byte[] bytes = line.getBytes(US_ASCII);
      assertThat(parser.parse(bytes, 0, bytes.length, record)).isNull();
      builder.add(record);
    }
    FlowSummary summary = builder.build(parser.fieldsSeen(), START);
    return new Judge(AlertPolicy.DEFAULT)
        .judge(summary, "id", payloads, evidence).announcements().stream()
            .map(each -> each.alert().key())
            .toList();
  }

  private static List<String> outageAndScanners() {
    List<String> lines = new ArrayList<>();
    for (int minute = 0; minute < 6; minute++) {
      for (int i = 0; i < DOORS; i++) {
        String client = "10.0.%d.%d".formatted(4 + i / 250, i % 250);
        lines.add(reject("eni-" + i, minute, client, server(i), 5_000 + i));
      }
      for (int i = 0; i < SCANNERS * 5; i++) {
        String target = "10.0.9." + (minute * 5 + i % 5);
        lines.add(reject("eni-s" + i / 5, minute, "10.0.3." + i / 5, target, 445));
      }
    }
    return lines;
  }

  private static String server(int number) {
    return "10.0.%d.%d".formatted(6 + number / 250, number % 250);
  }

  private static String reject(
      String interfaceId, int minute, String source, String target, int port) {
    long start = START.getEpochSecond() + minute * 60L;
    return "%s %s %s 50123 %d 6 1 60 %d %d REJECT 2 OK"
        .formatted(interfaceId, source, target, port, start, start + 59);
  }
}
