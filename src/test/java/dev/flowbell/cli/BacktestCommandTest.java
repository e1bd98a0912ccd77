package dev.flowbell.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.testing.Json;
import dev.flowbell.testing.JsonSchema;
import dev.flowbell.testing.generator.FlowLogHours;
import dev.flowbell.testing.network.LoopbackAws;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BacktestCommandTest {
  private static final Instant START = Instant.parse("2026-11-22T00:00:00Z");

  private static final String SCAN_LINE =
      "  2026-11-22 03:09  HIGH    [Flowbell HIGH] INSIDE 10.0.0.15 tries port 22 (ssh) at 50+"
          + " hosts, rejected\n";

  @TempDir private Path folder;

  /// Two days with a scan, a connection that is blocked four times, three more at once, a password
  /// guesser, and one who guesses too seldom.
  @BeforeEach
  void write() throws IOException {
    FlowLogHours hours = new FlowLogHours(START, 48, 60);
    hours.sweep(3 * 60, "10.0.0.15", 22, 50);
    for (int hour : List.of(1, 6, 11, 30)) {
      hours.blocked(hour * 60, "10.0.0.10", "10.0.0.11", 5432);
    }
    for (int i = 0; i < 3; i++) {
      hours.blocked(20 * 60 + i, "10.0.1.1", "10.0.2." + i, 6379 + i);
    }
    hours.often(26 * 60, "198.51.100.7", "10.0.0.5", 22, 1_200);
    hours.often(40 * 60, "203.0.113.9", "10.0.0.5", 22, 300);
    hours.writeTo(folder);
  }

  // The report.

  @Test
  void text_aboveTarget() {
    assertThat(run("--target", "mails-per-day=2"))
        .isEqualTo(
            new CommandRun(
                1,
                """
                2026-11-22 00:00 to 2026-11-23 23:59 UTC: 2.0 days, 1,909 records
                No gaps.
                Settings: the defaults

                4.5 mails a day: 9 mails, 1 HIGH, 7 MEDIUM, 1 LOW. ABOVE the target of 2 a day.

                MAILS BY DAY
                  Sun 2026-11-22     7  #######
                  Mon 2026-11-23     2  ##

                MAILS BY HOUR OF DAY (UTC)
                  00 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23
                   .  1  1  1  .  .  2  .  .  .  .  1  .  .  .  .  .  .  .  .  3  .  .  .

                MAILS BY RULE
                  rule                    mails   HIGH MEDIUM    LOW
                  scan                        1      1      .      .
                  blocked-connection          7      .      7      .
                  rejects                     1      .      .      1

                LOUDEST CAUSES
                  4 mails   MEDIUM 10.0.0.10 can't reach 10.0.0.11:5432 (postgresql)
                      2026-11-22 01:00 to 2026-11-23 06:09, 4 episodes; for QUIET: 10.0.0.11/32 5432 blocked-connection
                  1 mail    HIGH   INSIDE 10.0.0.15 tries port 22 (ssh) at 50+ hosts, rejected
                      2026-11-22 03:00 to 2026-11-22 03:09; for QUIET: 10.0.0.15/32 scan
                  1 mail    MEDIUM 10.0.1.1 can't reach 10.0.2.0:6379 (redis)
                      2026-11-22 20:00 to 2026-11-22 20:09; for QUIET: 10.0.2.0/32 6379 blocked-connection
                  1 mail    MEDIUM 10.0.1.1 can't reach 10.0.2.1:6380
                      2026-11-22 20:01 to 2026-11-22 20:10; for QUIET: 10.0.2.1/32 6380 blocked-connection
                  1 mail    MEDIUM 10.0.1.1 can't reach 10.0.2.2:6381
                      2026-11-22 20:02 to 2026-11-22 20:11; for QUIET: 10.0.2.2/32 6381 blocked-connection
                  1 mail    LOW    198.51.100.7 was rejected 1,200+ times at 10.0.0.5
                      2026-11-23 02:00 to 2026-11-23 02:29; for QUIET: 198.51.100.7/32 rejects

                HELD BACK
                  By ALERT_MAIL_LIMIT: nothing
                  By QUIET: nothing

                BIG, AND NEVER RANG
                        300 rejects from 203.0.113.9 to 1 host, 1 port
                            Outside, 300 in the busiest hour. Rings at 100 ports or 1,000 records of one host in an hour.

                WITH ONE SETTING CHANGED
                  setting                   a day  mails  HIGH MEDIUM   LOW  compared with now
                  as it is                    4.5      9     1      7     1
                  scan-hosts=100              4.0      8     .      7     1  loses 1 HIGH
                  blocked-minutes=20          1.0      2     1      .     1  loses 7 MEDIUM
                  rejects=2000                4.0      8     1      7     .  loses 1 LOW
                  rejects=4000                4.0      8     1      7     .  loses 1 LOW
                  No difference: scan-ports=8, scan-ports=30, scan-ports=60, scan-hosts=13, scan-hosts=50,
                    outside-scan-ports=50, blocked-minutes=3, blocked-minutes=10, blocked-records=50,
                    blocked-records=200, blocked-records=400, blocked-sources=5, blocked-sources=20,
                    blocked-sources=40, dropped-answers=5, rejects=500, unreadable-records=3
                  Lost with scan-hosts=100:
                    HIGH   INSIDE 10.0.0.15 tries port 22 (ssh) at 50+ hosts, rejected, 2026-11-22 03:09
                  Lost with blocked-minutes=20:
                    MEDIUM 10.0.0.10 can't reach 10.0.0.11:5432 (postgresql), 2026-11-22 01:09 and 3 more times
                    MEDIUM 10.0.1.1 can't reach 10.0.2.0:6379 (redis), 2026-11-22 20:09
                    MEDIUM 10.0.1.1 can't reach 10.0.2.1:6380, 2026-11-22 20:10
                    MEDIUM 10.0.1.1 can't reach 10.0.2.2:6381, 2026-11-22 20:11
                  Lost with rejects=2000, rejects=4000:
                    LOW    198.51.100.7 was rejected 1,200+ times at 10.0.0.5, 2026-11-23 02:29

                TO STAY AT 2 A DAY, WITHOUT LOSING A HIGH
                  Set blocked-minutes=20: 1.0 mails a day.
                  It loses:
                    MEDIUM 10.0.0.10 can't reach 10.0.0.11:5432 (postgresql), 2026-11-22 01:09 and 3 more times
                    MEDIUM 10.0.1.1 can't reach 10.0.2.0:6379 (redis), 2026-11-22 20:09
                    MEDIUM 10.0.1.1 can't reach 10.0.2.1:6380, 2026-11-22 20:10
                    MEDIUM 10.0.1.1 can't reach 10.0.2.2:6381, 2026-11-22 20:11
                  to try:  flowbell backtest ... --alert-thresholds 'blocked-minutes=20'
                  to keep: sam deploy --parameter-overrides 'AlertThresholds="blocked-minutes=20"'
                  Or, if you know these causes and expect them, add them to QUIET: 2.0 mails a day.
                  It loses:
                    MEDIUM 10.0.0.10 can't reach 10.0.0.11:5432 (postgresql), 2026-11-22 01:09 and 3 more times
                    MEDIUM 10.0.1.1 can't reach 10.0.2.0:6379 (redis), 2026-11-22 20:09
                  to try:  flowbell backtest ... --quiet '10.0.0.11/32 5432 blocked-connection; 10.0.2.0/32 6379 blocked-connection'
                  to keep: sam deploy --parameter-overrides 'Quiet="10.0.0.11/32 5432 blocked-connection; 10.0.2.0/32 6379 blocked-connection"'
                """,
                ""));
  }

  /// A limit makes digests, and QUIET takes mails away.
  @Test
  void text_heldBack() {
    assertThat(
            run(
                "--quiet=10.0.0.11/32 5432",
                "--alert-mail-limit=1",
                "--compare=scan-hosts=10,100",
                "--compare=quiet=10.0.0.15/32 scan",
                "--compare=ALERT_MAIL_LIMIT=5"))
        .isEqualTo(
            new CommandRun(
                0,
                """
                2026-11-22 00:00 to 2026-11-23 23:59 UTC: 2.0 days, 1,909 records
                No gaps.
                Settings that differ from the defaults:
                  alert-mail-limit 1
                  quiet 10.0.0.11/32 5432

                2.0 mails a day: 4 mails, 1 HIGH, 2 MEDIUM, 1 LOW.

                MAILS BY DAY
                  Sun 2026-11-22     3  ###
                  Mon 2026-11-23     1  #

                MAILS BY HOUR OF DAY (UTC)
                  00 01 02 03 04 05 06 07 08 09 10 11 12 13 14 15 16 17 18 19 20 21 22 23
                   .  .  1  1  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  .  1  1  .  .

                MAILS BY RULE
                  rule                    mails   HIGH MEDIUM    LOW
                  scan                        1      1      .      .
                  blocked-connection          1      .      1      .
                  rejects                     1      .      .      1
                  digest                      1      .      1      .

                LOUDEST CAUSES
                  1 mail    HIGH   INSIDE 10.0.0.15 tries port 22 (ssh) at 50+ hosts, rejected
                      2026-11-22 03:00 to 2026-11-22 03:09; for QUIET: 10.0.0.15/32 scan
                  1 mail    MEDIUM 10.0.1.1 can't reach 10.0.2.0:6379 (redis)
                      2026-11-22 20:00 to 2026-11-22 20:09; for QUIET: 10.0.2.0/32 6379 blocked-connection
                  1 mail    MEDIUM 10.0.1.1 can't reach 10.0.2.1:6380
                      2026-11-22 20:01 to 2026-11-22 20:10; for QUIET: 10.0.2.1/32 6380 blocked-connection
                  1 mail    MEDIUM 10.0.1.1 can't reach 10.0.2.2:6381
                      2026-11-22 20:02 to 2026-11-22 20:11; for QUIET: 10.0.2.2/32 6381 blocked-connection
                  1 mail    LOW    198.51.100.7 was rejected 1,200+ times at 10.0.0.5
                      2026-11-23 02:00 to 2026-11-23 02:29; for QUIET: 198.51.100.7/32 rejects

                HELD BACK
                  By ALERT_MAIL_LIMIT: 2 alerts, named in 1 digest
                  By QUIET: 1 cause
                    MEDIUM 10.0.0.10 can't reach 10.0.0.11:5432 (postgresql), 2026-11-22 01:09

                BIG, AND NEVER RANG
                        300 rejects from 203.0.113.9 to 1 host, 1 port
                            Outside, 300 in the busiest hour. Rings at 100 ports or 1,000 records of one host in an hour.

                WITH ONE SETTING CHANGED
                  setting                   a day  mails  HIGH MEDIUM   LOW  compared with now
                  as it is                    2.0      4     1      2     1
                  scan-hosts=100              1.5      3     .      2     1  loses 1 HIGH
                  quiet 10.0.0.15/32 scan     1.5      3     .      2     1  loses 1 HIGH
                  alert-mail-limit=5          2.5      5     1      3     1  the same causes
                  No difference: scan-hosts=10
                  Lost with scan-hosts=100, quiet 10.0.0.15/32 scan:
                    HIGH   INSIDE 10.0.0.15 tries port 22 (ssh) at 50+ hosts, rejected, 2026-11-22 03:09
                """,
                ""));
  }

  /// Nothing but the internet's weather: no chart of nothing, and no advice.
  @Test
  void text_noMail() {
    assertThat(run("--source=10.0.0.20,203.0.113.9", "--target=mails-per-day=0"))
        .isEqualTo(
            new CommandRun(
                0,
                """
                2026-11-22 00:00 to 2026-11-23 23:59 UTC: 2.0 days, 589 records
                No gaps.
                Only --source 10.0.0.20,203.0.113.9
                Settings: the defaults

                No mail at all. Not above the target of 0 a day.

                HELD BACK
                  By ALERT_MAIL_LIMIT: nothing
                  By QUIET: nothing

                BIG, AND NEVER RANG
                        300 rejects from 203.0.113.9 to 1 host, 1 port
                            Outside, 300 in the busiest hour. Rings at 100 ports or 1,000 records of one host in an hour.

                WITH ONE SETTING CHANGED
                  setting                   a day  mails  HIGH MEDIUM   LOW  compared with now
                  as it is                      0      .     .      .     .
                  No difference: scan-ports=8, scan-hosts=13, outside-scan-ports=50, blocked-minutes=3,
                    blocked-records=50, blocked-sources=5, dropped-answers=5, rejects=500,
                    unreadable-records=3
                """,
                ""));
  }

  /// What a mail explains is not named, and what is seldom isn't either.
  @Test
  void text_neverRangFromInside() throws IOException {
    FlowLogHours hours = new FlowLogHours(START, 1, 60);
    for (int i = 0; i < 60; i++) {
      hours.reject(0, "10.0.0.30", "10.0.0.31", 9999);
      hours.reject(40, "10.0.0.3" + i % 2, "10.0.0.31", 9999);
      hours.reject(20, "10.0.0.32", "10.0.0.33", 9999);
    }
    Path file = Files.createDirectory(folder.resolve("inside"));
    hours.writeTo(file);

    assertThat(run("--since=2026-11-22T00:00").out())
        .contains(
            """

            BIG, AND NEVER RANG
                    300 rejects from 203.0.113.9 to 1 host, 1 port
                        Outside, 300 in the busiest hour. Rings at 100 ports or 1,000 records of one host in an hour.
                    120 rejects to 10.0.0.31:9999, from 2 hosts inside
                        Inside, 120 in the busiest hour. Rings for one host in 5 minutes or at 100 records, and for 10 hosts at once.

            """);
  }

  /// No change that was tried is enough.
  @Test
  void text_noAdvice() {
    CommandRun run = run("--target=mails-per-day=0.2", "--compare=scan-hosts=100,0");

    assertThat(run.exitCode()).isEqualTo(1);
    assertThat(run.out())
        .endsWith(
            """

            TO STAY AT 0.2 A DAY, WITHOUT LOSING A HIGH
              No single change that was tried does that, and no few entries of QUIET.
              The loudest cause, with 4 mails: MEDIUM 10.0.0.10 can't reach 10.0.0.11:5432 (postgresql)
              If you know it and expect it, this silences it:
              to try:  flowbell backtest ... --quiet '10.0.0.11/32 5432 blocked-connection'
              to keep: sam deploy --parameter-overrides 'Quiet="10.0.0.11/32 5432 blocked-connection"'
            """);
  }

  @Test
  void text_selection() {
    CommandRun run = run("--since=2026-11-22T02:00", "--port=22,443");

    assertThat(run.out())
        .startsWith(
            """
            2026-11-22 02:00 to 2026-11-23 23:59 UTC: 46.0 hours, 1,827 records
            No gaps.
            Only --since 2026-11-22T02:00 --port 22,443
            Settings: the defaults

            1.0 mails a day: 2 mails, 1 HIGH, 1 LOW.
            """);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"--target=mails-per-day=2", "--quiet=10.0.0.11/32", "--alert-mail-limit=1"})
  void json_fitsSchema(String option) throws IOException {
    CommandRun run = run("--output=json", option);

    assertThat(run.err()).isEmpty();
    assertThat(run.out()).hasLineCount(1);
    assertThat(JsonSchema.read(Path.of("docs", "backtest.schema.json")).errorsIn(run.json()))
        .isEmpty();
  }

  @Test
  void json_values() {
    Map<String, @Nullable Object> json =
        run(
                "--output=json",
                "--alert-mail-limit=1",
                "--compare=blocked-minutes=20",
                "--target=mails-per-day=1.5")
            .json();

    assertThat(json)
        .containsEntry("first", "2026-11-22T00:00:00Z")
        .containsEntry("last", "2026-11-23T23:59:50Z")
        .containsEntry("days", 2.0)
        .containsEntry("records", 1909L)
        .containsEntry("settings", Map.of("alert-mail-limit", "1"))
        .containsEntry("target", 1.5)
        .containsEntry("isAboveTarget", true)
        .containsEntry("mailsPerDay", 4.0)
        .containsEntry(
            "counts",
            Map.of("mails", 8L, "low", 1L, "medium", 6L, "high", 1L, "digests", 1L, "heldBack", 2L))
        .containsEntry(
            "neverRang",
            List.of(
                Map.of(
                    "kind", "outside",
                    "who", "203.0.113.9",
                    "rejects", 300L,
                    "busiestHour", 300L,
                    "sources", 1L,
                    "hosts", 1L,
                    "ports", 1L,
                    "isAtLeast", false)));
    assertThat(Json.objectsAt(json, "mails").get(6))
        .containsEntry("at", "2026-11-23T02:29:00Z")
        .containsEntry("severity", "low");
    assertThat(Json.objectsAt(json, "causes").getFirst())
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "key", "blocked|door|10.0.0.11|6|5432",
                "rule", "blocked-connection",
                "severity", "medium",
                "headline", "10.0.0.10 can't reach 10.0.0.11:5432 (postgresql)",
                "mails", 4L,
                "episodes", 4L,
                "since", "2026-11-22T01:00:00Z",
                "until", "2026-11-23T06:09:00Z",
                "quietEntry", "10.0.0.11/32 5432 blocked-connection"));
    Map<String, @Nullable Object> advice = Json.objectAt(json, "adviceSetting");
    assertThat(advice)
        .containsEntry("setting", "ALERT_THRESHOLDS")
        .containsEntry("settingValue", "blocked-minutes=20")
        .containsEntry("mailsPerDay", 1.0);
    assertThat(Json.objectsAt(advice, "lost")).hasSize(7);
    assertThat(Json.objectAt(json, "adviceQuiet")).containsEntry("setting", "QUIET");
  }

  // The exit code, and what is refused.

  @ParameterizedTest
  @CsvSource({"4.6, 0", "4.5, 0", "4.4, 1", "0, 1"})
  void run_target(String target, int exitCode) {
    assertThat(run("--list", "--target", "mails-per-day=" + target).exitCode()).isEqualTo(exitCode);
  }

  @Test
  void run_lessThanADay() throws IOException {
    for (int hour = 23; hour < 48; hour++) {
      Files.delete(folder.resolve("%04d.log".formatted(hour)));
    }

    assertThat(run())
        .isEqualTo(
            new CommandRun(
                2,
                "",
                "flowbell: expected 24 hours of flow logs or more, got 23.0 (2026-11-22 00:00 to"
                    + " 2026-11-22 22:50): that says too little of a day; --anyway goes on\n"));
    assertThat(run("--anyway").out())
        .startsWith(
            """
            2026-11-22 00:00 to 2026-11-22 22:50 UTC: 23.0 hours, 248 records
            No gaps.
            Settings: the defaults

            7.3 mails a day, if it went on like that: 7 mails, 1 HIGH, 6 MEDIUM.
            """);
  }

  @Test
  void run_gaps() throws IOException {
    for (int hour : List.of(5, 12, 13, 14, 15, 40)) {
      Files.delete(folder.resolve("%04d.log".formatted(hour)));
    }

    assertThat(run())
        .isEqualTo(
            new CommandRun(
                2,
                "",
                "flowbell: expected records at nearly all times, got gaps of 13 % from 2026-11-22"
                    + " 00:00 to 2026-11-23 23:59, the longest of them 2026-11-22 12:00 (4 h 00"
                    + " min): files may be missing; --anyway goes on\n"));
    assertThat(run("--anyway").out())
        .contains(
            """
            GAPS without any record, 13 % of the time: 2026-11-22 12:00 (4 h 00 min), 2026-11-22 05:00 (1 h 00 min), 2026-11-23 16:00 (1 h 00 min). They are left out of mails a day.
            """);
  }

  @Test
  void run_unreadable() throws IOException {
    Files.writeString(folder.resolve("notes.log"), "nothing\n");

    CommandRun run = run("--list");

    assertThat(run)
        .isEqualTo(
            new CommandRun(
                2,
                "",
                """
                flowbell: %s: expected flow log records, got only lines that are none (wrong field count: 1); if they have another format, name it with --log-format
                flowbell: what could not be read may have rung; --anyway goes on without it
                """
                    .formatted(folder.resolve("notes.log"))));
    assertThat(run("--list", "--anyway").out()).contains(SCAN_LINE);
  }

  @Test
  void run_noSuchFile() {
    assertThat(CommandRun.of("backtest", folder + "/none"))
        .isEqualTo(
            new CommandRun(
                2,
                "",
                """
                flowbell: %s: no such file
                flowbell: what could not be read may have rung; --anyway goes on without it
                """
                    .formatted(folder.resolve("none"))));
  }

  // One mail.

  @Test
  void list() {
    assertThat(run("--list", "--quiet=10.0.0.11/32 5432", "--alert-mail-limit=1"))
        .isEqualTo(
            new CommandRun(
                0,
                """
                   1  2026-11-22 03:09  HIGH    [Flowbell HIGH] INSIDE 10.0.0.15 tries port 22 (ssh) at 50+ hosts, rejected
                   2  2026-11-22 20:09  MEDIUM  [Flowbell MEDIUM] 10.0.1.1 can't reach 10.0.2.0:6379 (redis)
                   3  2026-11-22 21:00  MEDIUM  [Flowbell MEDIUM] 2 more alerts, held back in the hour from 20:00 UTC
                   4  2026-11-23 02:29  LOW     [Flowbell LOW] 198.51.100.7 was rejected 1,200+ times at 10.0.0.5
                """,
                ""));
  }

  @Test
  void mail() {
    CommandRun run = run("--mail=3", "--alert-mail-limit=1", "--quiet=10.0.0.11/32 5432");

    assertThat(run)
        .isEqualTo(
            new CommandRun(
                0,
                """
                ------------------------------------------------------------------------------
                Subject: [Flowbell MEDIUM] 2 more alerts, held back in the hour from 20:00 UTC

                2 more alerts of the hour from 2026-11-22 20:00 UTC: more than ALERT_MAIL_LIMIT lets through one by one.
                The most severe come first. The JSON form has all that each of them says.

                [Flowbell MEDIUM] 10.0.1.1 can't reach 10.0.2.2:6381
                [Flowbell MEDIUM] 10.0.1.1 can't reach 10.0.2.1:6380

                Not sent because of QUIET, since the last digest:
                [Flowbell MEDIUM] 10.0.0.10 can't reach 10.0.0.11:5432 (postgresql)
                [Flowbell MEDIUM] 10.0.0.10 can't reach 10.0.0.11:5432 (postgresql)
                [Flowbell MEDIUM] 10.0.0.10 can't reach 10.0.0.11:5432 (postgresql)
                ------------------------------------------------------------------------------
                """,
                ""));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 10, -1})
  void mail_notInList(int number) {
    assertThat(run("--mail=" + number))
        .isEqualTo(
            new CommandRun(
                2,
                "",
                "flowbell: --mail: expected a number of the list, 1 to 9, got \""
                    + number
                    + "\"\n"));
  }

  // The same as a replay.

  /// What a change comes to is what a replay with that setting sends, mail by mail.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "scan-hosts=13",
        "scan-hosts=50",
        "scan-hosts=51",
        "scan-hosts=0",
        "scan-ports=1",
        "outside-scan-ports=1",
        "blocked-minutes=2",
        "blocked-minutes=11",
        "blocked-records=10",
        "rejects=300",
        "rejects=1201",
        "dropped-answers=1",
        "alert-mail-limit=1",
        "alert-mail-limit=2",
        "quiet=10.0.1.1/32",
        "quiet=10.0.0.15/32 scan"
      })
  void compare_isAReplay(String change) throws IOException {
    for (String also : List.of("scan-hosts=5", "outside-scan-ports=2", "scan-hosts=200")) {
      CommandRun run = run("--output=json", "--compare=" + change, "--compare=" + also);

      assertThat(subjectsOf(Json.objectsAt(run.json(), "comparisons").getFirst(), "mails"))
          .as("%s beside %s", change, also)
          .containsExactlyInAnyOrderElementsOf(replayedWith(change));
    }
  }

  /// What a source gets through is read if it scans with any of the settings, and counts only where
  /// it scans: here, 10.0.0.16 scans late with 25 hosts, and from the start with 5.
  @ParameterizedTest
  @ValueSource(strings = {"scan-hosts=25", "scan-hosts=5", "scan-hosts=29", "scan-hosts=31"})
  void compare_isAReplayOfWhatGotThrough(String change) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    FlowLogHours hours = new FlowLogHours(START, 24, 30);
    hours.sweep(3 * 60 + 49, "10.0.0.16", 22, 10);
    hours.accept(4 * 60 + 5, "10.0.0.16", "10.0.7.3", 22);
    hours.sweep(4 * 60 + 31, "10.0.0.16", 22, 30);
    hours.accept(5 * 60 + 5, "10.0.0.16", "10.0.7.4", 22);
    hours.writeTo(folder);

    List<@Nullable Object> replayed = replayedWith(change);

    for (String also : List.of("scan-hosts=5", "scan-hosts=50")) {
      CommandRun run = run("--output=json", "--compare=" + change, "--compare=" + also);

      assertThat(subjectsOf(Json.objectsAt(run.json(), "comparisons").getFirst(), "mails"))
          .as("%s beside %s", change, also)
          .containsExactlyInAnyOrderElementsOf(replayed);
    }
  }

  /// As many mails arrive without a change.
  @Test
  void now_isAReplay() {
    assertThat(subjectsOf(run("--output=json", "--compare=scan-hosts=5").json(), "mails"))
        .containsExactlyInAnyOrderElementsOf(replayedWith("scan-hosts=25"));
  }

  private List<@Nullable Object> replayedWith(String change) {
    String option =
        change.startsWith("quiet=") || change.startsWith("alert-mail-limit=")
            ? "--" + change
            : "--alert-thresholds=" + change;
    return subjectsOf(
        CommandRun.of("replay", "--output=json", option, folder.toString()).json(),
        "notifications");
  }

  private static List<@Nullable Object> subjectsOf(
      Map<String, @Nullable Object> report, String key) {
    return Json.objectsAt(report, key).stream().map(mail -> mail.get("subject")).toList();
  }

  // The settings of a stack.

  @Test
  void stack() throws IOException {
    try (LoopbackAws aws = LoopbackAws.start()) {
      aws.addStack("prod", Map.of("Function", "prod-Function-1"));
      aws.addFunction(
          "prod-Function-1",
          Map.of(
              "ALERT_THRESHOLDS", "scan-hosts=60,rejects=0",
              "ALERT_MAIL_LIMIT", "10",
              "QUIET", "10.0.1.1/32",
              "LOG_FORMAT", "auto",
              "STACK_NAME", "prod",
              "LEDGER_TABLE", "prod-Ledger-1",
              "METRIC_DIMENSIONS", "VpcId"));

      CommandRun run = run("--stack=prod", "--quiet=10.0.2.0/32", "--target=mails-per-day=1");

      assertThat(run.err()).isEmpty();
      assertThat(run.exitCode()).isEqualTo(1);
      assertThat(run.out())
          .startsWith(
              """
              2026-11-22 00:00 to 2026-11-23 23:59 UTC: 2.0 days, 1,909 records
              No gaps.
              Settings of stack prod that differ from the defaults:
                alert-thresholds scan-hosts=60,rejects=0
                quiet 10.0.2.0/32

              3.0 mails a day: 6 mails, 6 MEDIUM, no HIGH. ABOVE the target of 1 a day.
              """)
          .contains(
              "sam deploy --parameter-overrides"
                  + " 'AlertThresholds=\"scan-hosts=60,blocked-minutes=20,rejects=0\"'\n");
      assertThat(run("--stack=prod", "--list").out())
          .startsWith(
              "   1  2026-11-22 01:09  MEDIUM  [Flowbell MEDIUM] prod eu-west-1: 10.0.0.10 can't"
                  + " reach");
    }
  }

  @Test
  void stack_none() throws IOException {
    try (LoopbackAws aws = LoopbackAws.start()) {
      aws.failSns(400, "ValidationError", "Stack with id prd does not exist");

      assertThat(run("--stack=prd", "--region=eu-north-1"))
          .isEqualTo(
              new CommandRun(
                  2,
                  "",
                  "flowbell: no stack prd in eu-north-1: expected the name of a stack there, or"
                      + " another --region\n"));
    }
  }

  @Test
  void stack_withoutFunction() throws IOException {
    try (LoopbackAws aws = LoopbackAws.start()) {
      aws.addStack("other", Map.of("Bucket", "b"));

      assertThat(run("--stack=other"))
          .isEqualTo(new CommandRun(2, "", "flowbell: the stack has no Function\n"));
    }
  }

  @Test
  void stack_mayNotAsk() throws IOException {
    try (LoopbackAws aws = LoopbackAws.start()) {
      aws.addStack("prod", Map.of("Function", "prod-Function-1"));

      CommandRun run = run("--stack=prod");

      assertThat(run.exitCode()).isEqualTo(2);
      assertThat(run.err()).startsWith("flowbell: ").hasLineCount(1);
    }
  }

  // The same for every form of the input.

  /// A batch that is repeated counts once, as in a replay.
  @Test
  void run_standardInputAndFiles() throws IOException {
    List<String> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.map(Path::toString).sorted().toList();
    }
    List<String> arguments = new ArrayList<>(List.of("backtest", "--list", "-"));
    arguments.addAll(files.subList(1, files.size()));

    CommandRun run =
        CommandRun.ofInput(
            Files.readAllBytes(Path.of(files.getFirst())), arguments.toArray(String[]::new));

    assertThat(run).isEqualTo(run("--list"));
  }

  private CommandRun run(String... options) {
    List<String> arguments = new ArrayList<>(List.of("backtest", folder.toString()));
    arguments.addAll(List.of(options));
    return CommandRun.of(arguments.toArray(String[]::new));
  }
}
