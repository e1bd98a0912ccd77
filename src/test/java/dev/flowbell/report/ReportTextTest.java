package dev.flowbell.report;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReportTextTest {
  @Test
  void print_small_80Columns() {
    assertThat(Printed.text(ReportFixture.small(), 80))
        .isEqualTo(
            """
            61 of 63 flows blocked, by 5 sources in 2 h; 2 of them inside: look there first.

            COVERAGE
              2 inputs read, 64 records
              2026-11-22 10:00 to 2026-11-22 12:13 UTC, 2 h
              1 input could not be read:
                logs/b.log.gz: no gzip file
              no records from 2026-11-22 10:50 to 2026-11-22 12:00, 70 min
              1 skipped window: AWS left out their records
              Unreadable lines: wrong field count 3, not an address 1
              Read over, unknown to this version: instance-tag-3

            REJECTS BY HOUR, from 2026-11-22 10:00
              █·▂
              Each column is 1 hour; the highest has 49 rejects; · no records.

            INSIDE: WHO WAS BLOCKED
              source    manner       rejects  handshakes  ports  hosts
              10.0.9.7  scans ports       16          16     16      1
                interfaces 1, first 2026-11-22 10:00, last 2026-11-22 10:15, by way of
                10.0.1.5
              10.0.2.5  only noise         1           0      1      1
                interfaces 1, first 2026-11-22 10:05, last 2026-11-22 10:05

            OUTSIDE: WHO WAS BLOCKED
              source        manner        rejects  handshakes  ports  hosts
              198.51.100.7  sweeps hosts       30          30      1     30
                interfaces 1, first 2026-11-22 10:00, last 2026-11-22 10:44
              2001:db8:85a3:8d3:1319:8a2e:370:7348
                            keeps trying       12          12      1      1
                interfaces 1, first 2026-11-22 12:01, last 2026-11-22 12:13
              203.0.113.9   only noise          2           0      1      1
                interfaces 1, first 2026-11-22 10:01, last 2026-11-22 10:04

            WHERE
              target             rejects  sources
              [2001:db8::5]:443       12        1
              10.0.2.5:50000           2        1
              10.0.2.0:22              1        1
              10.0.2.1:22              1        1
              10.0.2.2:22              1        1
              10.0.2.3:22              1        1
              10.0.2.4:22              1        1
              10.0.2.5:22              1        1
              10.0.2.6:22              1        1
              10.0.2.7:22              1        1
              and 39 more targets

            BEHIND NAT DEVICES
              10.0.1.5: 16 rejects of 10.0.9.7 (16)

            WHAT BLOCKED SOURCES GOT THROUGH
              source        flows  bytes  to
              198.51.100.7      1  8,000  10.0.2.5:443

            NOISE, SET ASIDE
              late packets   1
              answers        1
              to multicast   1
            """);
  }

  @Test
  void print_small_130Columns() {
    assertThat(Printed.text(ReportFixture.small(), 130))
        .isEqualTo(
            """
            61 of 63 flows blocked, by 5 sources in 2 h; 2 of them inside: look there first.

            COVERAGE
              2 inputs read, 64 records
              2026-11-22 10:00 to 2026-11-22 12:13 UTC, 2 h
              1 input could not be read:
                logs/b.log.gz: no gzip file
              no records from 2026-11-22 10:50 to 2026-11-22 12:00, 70 min
              1 skipped window: AWS left out their records
              Unreadable lines: wrong field count 3, not an address 1
              Read over, unknown to this version: instance-tag-3

            REJECTS BY HOUR, from 2026-11-22 10:00
              █·▂
              Each column is 1 hour; the highest has 49 rejects; · no records.

            INSIDE: WHO WAS BLOCKED
              source    manner       rejects  handshakes  ports  hosts  interfaces  first             last              by way of
              10.0.9.7  scans ports       16          16     16      1  1           2026-11-22 10:00  2026-11-22 10:15  10.0.1.5
              10.0.2.5  only noise         1           0      1      1  1           2026-11-22 10:05  2026-11-22 10:05  -

            OUTSIDE: WHO WAS BLOCKED
              source        manner        rejects  handshakes  ports  hosts  interfaces  first             last              by way of
              198.51.100.7  sweeps hosts       30          30      1     30  1           2026-11-22 10:00  2026-11-22 10:44  -
              2001:db8:85a3:8d3:1319:8a2e:370:7348
                            keeps trying       12          12      1      1  1           2026-11-22 12:01  2026-11-22 12:13  -
              203.0.113.9   only noise          2           0      1      1  1           2026-11-22 10:01  2026-11-22 10:04  -

            WHERE
              target             rejects  sources
              [2001:db8::5]:443       12        1
              10.0.2.5:50000           2        1
              10.0.2.0:22              1        1
              10.0.2.1:22              1        1
              10.0.2.2:22              1        1
              10.0.2.3:22              1        1
              10.0.2.4:22              1        1
              10.0.2.5:22              1        1
              10.0.2.6:22              1        1
              10.0.2.7:22              1        1
              and 39 more targets

            BEHIND NAT DEVICES
              10.0.1.5: 16 rejects of 10.0.9.7 (16)

            WHAT BLOCKED SOURCES GOT THROUGH
              source        flows  bytes  to
              198.51.100.7      1  8,000  10.0.2.5:443

            NOISE, SET ASIDE
              late packets   1
              answers        1
              to multicast   1
            """);
  }

  @Test
  void print_nothing() {
    assertThat(Printed.text(ReportFixture.empty(), 80))
        .isEqualTo(
            """
            No records were read.

            COVERAGE
              2 inputs read, 0 records
            """);
  }

  @Test
  void print_oneRecord() {
    assertThat(Printed.text(ReportFixture.one(), 80))
        .isEqualTo(
            """
            1 flow blocked, by 1 source in 1 min; it is not inside.

            COVERAGE
              2 inputs read, 1 record
              2026-11-22 10:00 to 2026-11-22 10:00 UTC, 1 min
              n/a: what got through (no accepted records read)

            REJECTS BY HOUR, from 2026-11-22 10:00
              █
              Each column is 1 hour; the highest has 1 reject.

            OUTSIDE: WHO WAS BLOCKED
              source        manner       rejects  handshakes  ports  hosts
              198.51.100.7  a few tries        1           1      1      1
                interfaces 1, first 2026-11-22 10:00, last 2026-11-22 10:00

            WHERE
              target       rejects  sources
              10.0.2.5:22        1        1

            WHAT BLOCKED SOURCES GOT THROUGH
              n/a: no accepted records read

            NOISE, SET ASIDE
              late packets   0
              answers        0
              to multicast   0
            """);
  }

  @Test
  void print_acceptedOnly() {
    assertThat(Printed.text(ReportFixture.acceptedOnly(), 80))
        .isEqualTo(
            """
            Nothing was blocked: 2 accepted flows in 61 min.

            COVERAGE
              2 inputs read, 2 records
              2026-11-22 10:06 to 2026-11-22 11:07 UTC, 61 min
              no records from 2026-11-22 10:10 to 2026-11-22 11:00, 50 min
            """);
  }

  @Test
  void print_fewFields() {
    assertThat(Printed.text(ReportFixture.fewFields(), 80))
        .isEqualTo(
            """
            2 flows blocked, by 1 source; it is not inside.

            COVERAGE
              2 inputs read, 2 records
              n/a: which hosts they tried (no dstaddr); which ports they tried (no dstport);
                when (no end, start); handshakes and late packets (no tcp-flags); who is
                behind NAT devices (no pkt-srcaddr); who is inside, other than by address
                (no flow-direction); network interfaces (no interface-id); accounts (no
                account-id); packets (no packets); bytes (no bytes); skipped windows (no
                log-status); what got through (no accepted records read)

            OUTSIDE: WHO WAS BLOCKED
              source        manner       rejects  handshakes  ports  hosts
              198.51.100.7  a few tries        2         n/a    n/a    n/a
                interfaces n/a
              Handshakes are n/a: no tcp-flags

            WHAT BLOCKED SOURCES GOT THROUGH
              n/a: no accepted records read

            NOISE, SET ASIDE
              late packets   n/a: no tcp-flags
              answers        0, judged by ports
              to multicast   n/a
            """);
  }

  @Test
  void print_noFields() {
    assertThat(Printed.text(ReportFixture.noFields(), 80))
        .isEqualTo(
            """
            What was blocked is not known: the records have no action.

            COVERAGE
              2 inputs read, 1 record
              n/a: what was blocked, what got through (no action); who was blocked (no
                srcaddr); which hosts they tried (no dstaddr); which ports they tried (no
                dstport); when (no end, start); handshakes and late packets (no tcp-flags);
                who is behind NAT devices (no pkt-srcaddr); who is inside, other than by
                address (no flow-direction); network interfaces (no interface-id); accounts
                (no account-id); packets (no packets); bytes (no bytes); skipped windows (no
                log-status)
            """);
  }

  @ParameterizedTest
  @ValueSource(ints = {80, 120, 200})
  void print_fits(int width) {
    for (Report report : ReportFixture.all()) {
      assertThat(Printed.text(report, width).lines())
          .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(width));
    }
    assertThat(Printed.text(ReportFixture.large(1), width).lines())
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(width));
  }

  @Test
  void print_hostileText_isPlain() {
    assertThat(Printed.text(ReportFixture.hostile(), 200))
        .matches("[\\x20-\\x7e\\n▁▂▃▄▅▆▇█·]*")
        .contains("onerror='alert(2)'>?[31m?,\"??@x");
  }

  @Test
  void print_colors() {
    assertThat(Printed.text(new ReportText(ReportFixture.small(), 100, true)))
        .startsWith("\u001b[1;31m61 of 63 flows blocked")
        .contains("\u001b[1mCOVERAGE\u001b[0m");
  }

  @Test
  void print_top10() {
    assertThat(Printed.text(ReportFixture.large(1), 100))
        .contains("  and 30 more sources\n")
        .contains("  and 3,")
        .contains("Each column is 1 hour");
  }
}
