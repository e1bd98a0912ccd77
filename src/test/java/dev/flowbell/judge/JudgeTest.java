package dev.flowbell.judge;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.flowbell.ledger.Evidence;
import dev.flowbell.ledger.InMemoryLedger;
import dev.flowbell.record.FlowRecord;
import dev.flowbell.record.ParseFault;
import dev.flowbell.record.RecordFormat;
import dev.flowbell.record.RecordParser;
import dev.flowbell.record.TrafficType;
import dev.flowbell.settings.Settings;
import dev.flowbell.summary.FlowSummary;
import dev.flowbell.summary.FlowSummaryBuilder;
import dev.flowbell.summary.LogOrigin;
import dev.flowbell.testing.generator.Summaries;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// Each rule at its threshold and just below it.
class JudgeTest {
  private static final Instant START = Instant.parse("2026-11-23T07:00:00Z");
  private static final String OUTSIDE = "198.51.100.7";
  private static final String INSIDE = "10.0.3.17";
  private static final String SERVER = "10.0.2.98";
  private static final String SCAN = "scan|10.0.3.17";
  private static final String DOOR = "blocked|door|10.0.2.98|6|5432";

  private static final RecordFormat FORMAT =
      RecordFormat.parse(
          "interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action"
              + " tcp-flags log-status");

  private InMemoryLedger ledger = new InMemoryLedger();
  private AlertPolicy policy = AlertPolicy.DEFAULT;
  private int payloads;

  // Scans from inside.

  @Test
  void insideScan_ports() {
    assertThat(judge(ports(0, INSIDE, 14))).isEmpty();
    assertThat(judge(reject(1, INSIDE, SERVER, 5_014))).containsExactly("HIGH NEW " + SCAN);
  }

  @Test
  void insideScan_hosts() {
    assertThat(judge(hosts(0, INSIDE, 24, 445))).isEmpty();
    assertThat(judge(reject(59, INSIDE, "10.0.9.25", 445))).containsExactly("HIGH NEW " + SCAN);
  }

  @Test
  void insideScan_hostsWithinMoreThanAnHour() {
    assertThat(judge(hosts(0, INSIDE, 24, 445))).isEmpty();
    assertThat(judge(reject(60, INSIDE, "10.0.9.25", 445))).isEmpty();
  }

  @Test
  void insideScan_unusualPortWaitsFifteenMinutes() {
    assertThat(judge(hosts(0, INSIDE, 25, 7_777))).isEmpty();
    assertThat(judge(accept(14, "10.0.1.1", "10.0.1.2", 443))).isEmpty();
    assertThat(judge(accept(15, "10.0.1.1", "10.0.1.2", 443))).containsExactly("HIGH NEW " + SCAN);
  }

  @Test
  void insideScan_unusualPortTriedAgainIsNone() {
    assertThat(judge(hosts(0, INSIDE, 25, 7_777))).isEmpty();
    assertThat(judge(hosts(2, INSIDE, 25, 7_777))).isEmpty();
    assertThat(judge(accept(40, "10.0.1.1", "10.0.1.2", 443))).isEmpty();
    assertThat(finish()).isEmpty();
  }

  /// In the other order, nobody could know in time that the doors are tried again.
  @Test
  void insideScan_unusualPortTriedAgainLaterIsOne() {
    assertThat(judge(hosts(16, INSIDE, 25, 7_777))).isEmpty();
    assertThat(judge(hosts(0, INSIDE, 25, 7_777))).isEmpty();
    assertThat(judge(accept(17, "10.0.1.1", "10.0.1.2", 443))).containsExactly("HIGH NEW " + SCAN);
  }

  @Test
  void insideScan_unusualPortTriedInTheHourBeforeIsNone() {
    assertThat(judge(hosts(0, INSIDE, 12, 7_777))).isEmpty();
    for (int minute = 20; minute < 200; minute += 20) {
      assertThat(judge(hosts(minute, INSIDE, 12, 7_777))).isEmpty();
      String target = "10.0.10." + minute;
      assertThat(judge(reject(minute, INSIDE, target, 7_777))).isEmpty();
      for (int again = minute; again < 200; again += 20) {
        assertThat(judge(reject(again + 1, INSIDE, target, 7_777))).isEmpty();
      }
    }
    assertThat(finish()).isEmpty();
  }

  @Test
  void insideScan_behindAnOutageOfTheDoors() {
    assertThat(tenMinutesOfDoors(4)).hasSize(4);
    assertThat(judge(hosts(10, INSIDE, 24, 5432))).isEmpty();
    assertThat(judge(reject(11, INSIDE, "10.0.9.25", 5432))).containsExactly("HIGH NEW " + SCAN);
  }

  @Test
  void insideScan_behindAnOutageOfThePort() {
    assertThat(tenMinutesOfDoors(5)).containsExactly("MEDIUM NEW blocked|port|6|5432");
    for (int host = 1; host < 25; host++) {
      assertThat(judge(reject(10, INSIDE, "10.0.9." + host, 5432))).isEmpty();
    }
    assertThat(judge(reject(11, INSIDE, "10.0.9.25", 5432))).containsExactly("HIGH NEW " + SCAN);
  }

  @Test
  void insideScan_behindAnOutageWhereEvidenceCosts() {
    ledger = InMemoryLedger.ofFunction();
    assertThat(tenMinutesOfDoors(5)).containsExactly("MEDIUM NEW blocked|port|6|5432");
    List<String> told = new ArrayList<>();
    for (int host = 1; host <= 25; host++) {
      List<String> lines = new ArrayList<>();
      for (int client = 20; client < 27; client++) {
        lines.addAll(reject(10 + host, "10.0.1." + client, "10.0.9." + host, 5432));
      }
      lines.addAll(reject(10 + host, INSIDE, "10.0.9." + host, 5432));
      told.addAll(judge(lines));
    }
    assertThat(told).contains("HIGH NEW " + SCAN);
  }

  /// Clients of a port that is blocked try few doors, again and again.
  @Test
  void insideScan_clientsOfABlockedPortAreNone() {
    for (int minute = 0; minute < 120; minute++) {
      for (int client = 0; client < 6; client++) {
        List<String> lines = new ArrayList<>();
        for (int host = 0; host < 4; host++) {
          String target = "10.0.9." + (client * 4 + host);
          lines.addAll(reject(minute, "10.0.1." + client, target, 7_777));
        }
        assertThat(judge(lines)).noneMatch(each -> each.contains("scan"));
      }
    }
    assertThat(finish()).isEmpty();
  }

  @Test
  void insideScan_whatWaitsAtTheEndIsJudged() {
    assertThat(judge(hosts(0, INSIDE, 25, 7_777))).isEmpty();
    assertThat(finish()).containsExactly("HIGH NEW " + SCAN);
  }

  @Test
  void insideScan_grows() {
    assertThat(judge(hosts(0, INSIDE, 249, 445))).containsExactly("HIGH NEW " + SCAN);
    assertThat(judge(reject(1, INSIDE, "10.0.10.77", 445))).containsExactly("HIGH GROWN " + SCAN);
    assertThat(judge(hosts(2, INSIDE, 250, 22))).isEmpty();
  }

  @Test
  void insideScan_gotThroughIsToldOnce() {
    assertThat(judge(hosts(0, INSIDE, 25, 445))).containsExactly("HIGH NEW " + SCAN);
    assertThat(judge(accept(1, INSIDE, "10.0.200.1", 443))).isEmpty();
    assertThat(judge(accept(1, INSIDE, "10.0.9.77", 445)))
        .containsExactly("HIGH GOT_THROUGH " + SCAN);
    assertThat(judge(accept(2, INSIDE, "10.0.9.78", 445))).isEmpty();
  }

  @Test
  void insideScan_againAfterADay() {
    assertThat(judge(hosts(0, INSIDE, 25, 445))).hasSize(1);
    for (int minute = 30; minute < 24 * 60; minute += 30) {
      assertThat(judge(hosts(minute, INSIDE, 25, 445))).as("minute %d", minute).isEmpty();
    }
    assertThat(judge(hosts(24 * 60, INSIDE, 25, 445))).containsExactly("HIGH STILL " + SCAN);
  }

  @Test
  void insideScan_newAfterAnHourOfSilence() {
    assertThat(judge(hosts(0, INSIDE, 25, 445))).hasSize(1);
    assertThat(judge(hosts(60, INSIDE, 25, 445))).isEmpty();
    assertThat(judge(hosts(121, INSIDE, 25, 445))).containsExactly("HIGH NEW " + SCAN);
  }

  @Test
  void insideScan_earlierPayloadThatComesLate() {
    assertThat(judge(hosts(60, INSIDE, 25, 445))).hasSize(1);
    assertThat(judge(hosts(0, INSIDE, 25, 445))).isEmpty();
  }

  // Scans from outside.

  @Test
  void outsideScan_portsOfOneHost() {
    assertThat(judge(ports(0, OUTSIDE, 99))).isEmpty();
    assertThat(judge(reject(1, OUTSIDE, SERVER, 5_099)))
        .containsExactly("LOW NEW scan|198.51.100.7");
  }

  @Test
  void outsideScan_manyHostsAreNone() {
    assertThat(judge(hosts(0, OUTSIDE, 250, 445))).isEmpty();
  }

  @Test
  void outsideScan_gotThrough() {
    assertThat(judge(ports(0, OUTSIDE, 100))).containsExactly("LOW NEW scan|198.51.100.7");
    assertThat(judge(accept(5, OUTSIDE, SERVER, 443)))
        .containsExactly("MEDIUM GOT_THROUGH scan|198.51.100.7");
  }

  // Blocked connections.

  @Test
  void blocked_fiveMinutesOfHalfAnHour() {
    for (int minute : new int[] {0, 8, 16, 24}) {
      assertThat(judge(reject(minute, "10.0.1.5", SERVER, 5432))).isEmpty();
    }
    assertThat(judge(reject(30, "10.0.1.5", SERVER, 5432))).isEmpty();
    assertThat(judge(reject(31, "10.0.1.5", SERVER, 5432))).containsExactly("MEDIUM NEW " + DOOR);
  }

  @Test
  void blocked_hundredRecords() {
    assertThat(judge(copies(99, reject(0, "10.0.1.5", SERVER, 5432).getFirst()))).isEmpty();
    assertThat(judge(reject(1, "10.0.1.5", SERVER, 5432))).containsExactly("MEDIUM NEW " + DOOR);
  }

  @Test
  void blocked_tenSourcesInFiveMinutes() {
    for (int i = 0; i < 9; i++) {
      assertThat(judge(reject(i % 5, "10.0.1." + i, SERVER, 5432))).isEmpty();
    }
    assertThat(judge(reject(4, "10.0.1.9", SERVER, 5432))).containsExactly("MEDIUM NEW " + DOOR);
  }

  @Test
  void blocked_twoWindowsOfTenMinutes() {
    assertThat(judge(record(0, 599, "10.0.1.5", SERVER, 50_123, 5432, "REJECT", 2, 3, 180)))
        .isEmpty();
    assertThat(judge(record(10, 599, "10.0.1.5", SERVER, 50_123, 5432, "REJECT", 2, 3, 180)))
        .containsExactly("MEDIUM NEW " + DOOR);
  }

  @Test
  void blocked_unanswered() {
    List<String> told = new ArrayList<>();
    for (int minute = 0; minute < 5; minute++) {
      told.addAll(judge(record(minute, 59, "10.0.1.5", SERVER, 50_123, 5432, "ACCEPT", 2, 3, 180)));
    }
    assertThat(told).containsExactly("MEDIUM NEW " + DOOR);
  }

  @Test
  void blocked_fromOutsideIsNone() {
    for (int minute = 0; minute < 10; minute++) {
      assertThat(judge(reject(minute, OUTSIDE, SERVER, 5432))).isEmpty();
    }
  }

  @Test
  void blocked_fiveDoorsAreOnePort() {
    assertThat(tenMinutesOfDoors(5)).containsExactly("MEDIUM NEW blocked|port|6|5432");
    assertThat(tenMinutesOfDoors(5)).isEmpty();
  }

  @Test
  void blocked_fourDoorsAreFourCauses() {
    assertThat(tenMinutesOfDoors(4))
        .containsExactlyInAnyOrder(
            "MEDIUM NEW blocked|door|10.0.9.1|6|5432",
            "MEDIUM NEW blocked|door|10.0.9.2|6|5432",
            "MEDIUM NEW blocked|door|10.0.9.3|6|5432",
            "MEDIUM NEW blocked|door|10.0.9.4|6|5432");
  }

  private List<String> tenMinutesOfDoors(int doors) {
    List<String> told = new ArrayList<>();
    for (int minute = 0; minute < 10; minute++) {
      told.addAll(judge(hosts(minute, "10.0.1.5", doors, 5432)));
    }
    return told;
  }

  // Answers.

  @Test
  void answers_tenInTwoMinutes() {
    assertThat(judge(answers(0, 9))).isEmpty();
    assertThat(judge(answers(1, 1))).containsExactly("MEDIUM NEW answers|10.0.2.98|6|443");
  }

  @Test
  void answers_oneMinuteIsTooShort() {
    assertThat(judge(answers(0, 20))).isEmpty();
  }

  @Test
  void answers_suppressBlockedConnection() {
    List<String> told = new ArrayList<>();
    for (int minute = 0; minute < 10; minute++) {
      List<String> lines = answers(minute, 10);
      lines.addAll(reject(minute, "10.0.1.5", SERVER, 443));
      told.addAll(judge(lines));
    }
    assertThat(told).containsExactly("MEDIUM NEW answers|10.0.2.98|6|443");
  }

  // Many causes.

  @Test
  void moreCausesThanTheLedgerReadsAtOnce() {
    ledger = InMemoryLedger.ofFunction();
    List<String> lines = new ArrayList<>();
    List<String> again = new ArrayList<>();
    for (int source = 0; source < 120; source++) {
      lines.addAll(ports(0, "10.0.40." + source, 15));
      again.addAll(ports(24 * 60, "10.0.40." + source, 15));
    }

    assertThat(judge(lines)).hasSize(120).allMatch(each -> each.startsWith("HIGH NEW scan|"));
    assertThat(judge(lines)).isEmpty();
    assertThat(judge(again)).hasSize(120).allMatch(each -> each.startsWith("HIGH NEW scan|"));
  }

  // Rejects and log groups.

  @Test
  void rejects_thousandAtOneHost() {
    assertThat(judge(copies(999, reject(0, OUTSIDE, SERVER, 443).getFirst()))).isEmpty();
    assertThat(judge(reject(1, OUTSIDE, SERVER, 443)))
        .containsExactly("LOW NEW rejects|198.51.100.7");
  }

  @Test
  void unreadable_five() {
    assertThat(judge(copies(4, "broken"))).isEmpty();
    assertThat(judge(copies(1, "broken")))
        .containsExactly("MEDIUM NEW unreadable-records|123456789010:/vpc/flow-logs");
    assertThat(judge(copies(9, "broken"))).isEmpty();
  }

  /// A batch of two accounts, whose log groups have the same name.
  @Test
  void unreadable_ofSeveralAccounts() {
    FlowSummaryBuilder batch =
        new FlowSummaryBuilder(
            new LogOrigin("111111111111", "/vpc", "eni-1"),
            List.of(),
            0,
            Summaries.INSIDE,
            TrafficType.ALL);
    for (int i = 0; i < 5; i++) {
      batch.addUnreadable(ParseFault.BROKEN_JSON);
    }
    batch.next(new LogOrigin("222222222222", "/vpc", "eni-2"));
    for (int i = 0; i < 7; i++) {
      batch.addUnreadable(ParseFault.NOT_A_DECIMAL);
    }
    FlowSummary summary = batch.build(Set.of(), START);

    assertThat(summary.origin()).isEqualTo(new LogOrigin("", "/vpc", ""));
    assertThat(new Judge(policy).judge(summary, "batch", 2, newEvidence()).announcements())
        .extracting(each -> each.alert())
        .extracting(
            alert -> ((Alert.LogGroup) alert).logGroup(),
            alert -> ((Alert.LogGroup) alert).records().value(),
            alert -> ((Alert.LogGroup) alert).causes())
        .containsExactly(
            tuple("111111111111:/vpc", 5L, List.of("broken json")),
            tuple("222222222222:/vpc", 7L, List.of("not a decimal")));
  }

  @Test
  void skipped_one() {
    long start = START.getEpochSecond();

    assertThat(
            judge(List.of("eni-1 - - - - - - - %d %d - - SKIPDATA".formatted(start, start + 59))))
        .containsExactly("LOW NEW skipped-windows|123456789010:/vpc/flow-logs");
  }

  // Settings.

  @Test
  void thresholds_off() {
    policy =
        new AlertPolicy(
            Thresholds.parse(
                "scan-ports=0,scan-hosts=0,outside-scan-ports=0,blocked-minutes=0,"
                    + "blocked-records=0,blocked-sources=0,dropped-answers=0,rejects=0,"
                    + "unreadable-records=0,skipped-windows=0"),
            Quiet.NOTHING,
            10);

    for (int minute = 0; minute < 12; minute++) {
      List<String> lines = hosts(minute, INSIDE, 250, 445);
      lines.addAll(ports(minute, INSIDE, 100));
      lines.addAll(ports(minute, OUTSIDE, 200));
      lines.addAll(answers(minute, 20));
      lines.addAll(copies(9, "broken"));
      assertThat(judge(lines)).isEmpty();
    }
    assertThat(finish()).isEmpty();
  }

  @Test
  void quiet_neverHidesWhatGotThrough() {
    policy = new AlertPolicy(Thresholds.DEFAULT, Quiet.parse("10.0.3.17/32 scan"), 10);

    Judgement judgement = judgement(hosts(0, INSIDE, 25, 445), newEvidence());

    assertThat(judgement.announcements()).isEmpty();
    assertThat(judgement.quieted()).isEqualTo(1);
    List<String> lines = hosts(1, INSIDE, 25, 445);
    lines.addAll(accept(1, INSIDE, "10.0.9.3", 445));
    assertThat(judge(lines)).containsExactly("HIGH NEW " + SCAN);
  }

  @Test
  void judge_countsWhatGoesOn() {
    judge(hosts(0, INSIDE, 25, 445));

    assertThat(judgement(hosts(1, INSIDE, 25, 445), newEvidence()).suppressed()).isEqualTo(1);
  }

  @Test
  void judge_repeatedPayloadDoesNotCountItsOwnAlert() {
    Evidence evidence = newEvidence();
    tell(judgement(hosts(0, INSIDE, 25, 445), evidence).announcements(), evidence);

    Judgement repeated = judgement(hosts(0, INSIDE, 25, 445), evidence);

    assertThat(repeated).isEqualTo(Judgement.NOTHING);
  }

  @Test
  void quiet_isNewOnce() {
    policy = new AlertPolicy(Thresholds.DEFAULT, Quiet.parse("10.0.3.17/32 scan"), 10);
    Evidence evidence = newEvidence();

    List<Announcement> first = judgement(hosts(0, INSIDE, 25, 445), evidence).newlyQuiet();
    assertThat(first).extracting(Announcement::quietKey).containsExactly("quiet|" + SCAN);
    assertThat(evidence.lease("quiet|" + SCAN, first.getFirst().known())).isTrue();
    evidence.recordSent("quiet|" + SCAN, first.getFirst().after());

    Judgement second = judgement(hosts(1, INSIDE, 25, 445), newEvidence());
    assertThat(second.newlyQuiet()).isEmpty();
    assertThat(second.quieted()).isEqualTo(1);
  }

  // One payload.

  private List<String> judge(List<String> lines) {
    Evidence evidence = newEvidence();
    return tell(judgement(lines, evidence).announcements(), evidence);
  }

  private List<String> finish() {
    Evidence evidence = newEvidence();
    return tell(new Judge(policy).finish(evidence).announcements(), evidence);
  }

  private static List<String> tell(List<Announcement> announcements, Evidence evidence) {
    List<String> told = new ArrayList<>();
    for (Announcement each : announcements) {
      Alert alert = each.alert();
      assertThat(evidence.lease(alert.key(), each.known())).isTrue();
      evidence.recordSent(alert.key(), each.after());
      told.add(alert.severity() + " " + alert.occasion() + " " + alert.key());
    }
    return told;
  }

  private Evidence newEvidence() {
    payloads++;
    return ledger.claim("payload " + payloads, START, Duration.ofMinutes(1)).evidence();
  }

  private Judgement judgement(List<String> lines, Evidence evidence) {
    Judge judge = new Judge(policy);
    FlowSummaryBuilder builder =
        new FlowSummaryBuilder(
            new LogOrigin("123456789010", "/vpc/flow-logs", "eni-1-all"),
            List.of(),
            0,
            Settings.fromEnvironment(Map.of()).insideNetworks(),
            TrafficType.ALL);
    builder.watch(judge.watched(evidence));
    RecordParser parser = new RecordParser(List.of(FORMAT));
    FlowRecord record = new FlowRecord();
    for (String line : lines) {
      byte[] bytes = line.getBytes(US_ASCII);
      ParseFault fault = parser.parse(bytes, 0, bytes.length, record);
      if (fault == null) {
        builder.add(record);
      } else {
        builder.addUnreadable(fault);
      }
    }
    return judge.judge(builder.build(parser.fieldsSeen(), START), "id-" + payloads, 1, evidence);
  }

  private static List<String> copies(int count, String line) {
    return Collections.nCopies(count, line);
  }

  /// One source tries ports of the server, from 5000 on.
  private static List<String> ports(int minute, String source, int count) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      lines.addAll(reject(minute, source, SERVER, 5_000 + i));
    }
    return lines;
  }

  private static List<String> hosts(int minute, String source, int count, int port) {
    List<String> lines = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      lines.addAll(reject(minute, source, "10.0.9." + i, port));
    }
    return lines;
  }

  /// The server's answers to this many client ports are rejected; the requests were accepted.
  private static List<String> answers(int minute, int count) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int port = 40_000 + minute * 100 + i;
      lines.addAll(record(minute, 59, "10.0.1.5", SERVER, port, 443, "ACCEPT", 2, 1, 60));
      lines.addAll(record(minute, 59, SERVER, "10.0.1.5", 443, port, "REJECT", 18, 1, 60));
    }
    return lines;
  }

  private static List<String> reject(int minute, String source, String target, int port) {
    return record(minute, 59, source, target, 50_123, port, "REJECT", 2, 1, 60);
  }

  private static List<String> accept(int minute, String source, String target, int port) {
    return record(minute, 59, source, target, 50_124, port, "ACCEPT", 3, 12, 4_321);
  }

  private static List<String> record(
      int minute,
      int seconds,
      String source,
      String target,
      int sourcePort,
      int port,
      String action,
      int flags,
      int packets,
      int bytes) {
    long start = START.getEpochSecond() + minute * 60L;
    return List.of(
        "eni-1 %s %s %d %d 6 %d %d %d %d %s %d OK"
            .formatted(
                source,
                target,
                sourcePort,
                port,
                packets,
                bytes,
                start,
                start + seconds,
                action,
                flags));
  }
}
