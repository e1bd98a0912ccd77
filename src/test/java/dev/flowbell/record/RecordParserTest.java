package dev.flowbell.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flowbell.testing.generator.Records;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordParserTest {
  private static final String TCP_FLAG_SEQUENCE_FORMAT =
      "version vpc-id subnet-id instance-id interface-id account-id type srcaddr dstaddr srcport"
          + " dstport pkt-srcaddr pkt-dstaddr protocol bytes packets start end action tcp-flags"
          + " log-status";

  private static final String SERVICE_NAME_FORMAT =
      "version srcaddr dstaddr srcport dstport protocol start end type packets bytes account-id"
          + " vpc-id subnet-id instance-id interface-id region az-id sublocation-type"
          + " sublocation-id action tcp-flags pkt-srcaddr pkt-dstaddr pkt-src-aws-service"
          + " pkt-dst-aws-service traffic-path flow-direction log-status";

  private static final String TRANSIT_GATEWAY_FORMAT =
      "version interface-id account-id vpc-id subnet-id instance-id srcaddr dstaddr srcport dstport"
          + " protocol tcp-flags type pkt-srcaddr pkt-dstaddr action log-status";

  /// Copied on 2026-11-23, like the others named `…_published`.
  ///
  /// @see <a
  ///   href="https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-records-examples.html">Flow
  ///   log record examples</a>
  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      value = {
        "2 123456789010 eni-1235b8ca123456789 172.31.16.139 172.31.16.21 20641 22 6 20 4249"
            + " 1418530010 1418530070 ACCEPT OK => version=2 account-id=123456789010"
            + " interface-id=eni-1235b8ca123456789 srcaddr=172.31.16.139 dstaddr=172.31.16.21"
            + " srcport=20641 dstport=22 protocol=6 packets=20 bytes=4249 start=1418530010"
            + " end=1418530070 action=ACCEPT log-status=OK",
        "2 123456789010 eni-1235b8ca123456789 172.31.9.69 172.31.9.12 49761 3389 6 20 4249"
            + " 1418530010 1418530070 REJECT OK => version=2 account-id=123456789010"
            + " interface-id=eni-1235b8ca123456789 srcaddr=172.31.9.69 dstaddr=172.31.9.12"
            + " srcport=49761 dstport=3389 protocol=6 packets=20 bytes=4249 start=1418530010"
            + " end=1418530070 action=REJECT log-status=OK",
        "2 123456789010 eni-1235b8ca123456789 - - - - - - - 1431280876 1431280934 - NODATA =>"
            + " version=2 account-id=123456789010 interface-id=eni-1235b8ca123456789"
            + " start=1431280876 end=1431280934 log-status=NODATA",
        "2 123456789010 eni-11111111aaaaaaaaa - - - - - - - 1431280876 1431280934 - SKIPDATA =>"
            + " version=2 account-id=123456789010 interface-id=eni-11111111aaaaaaaaa"
            + " start=1431280876 end=1431280934 log-status=SKIPDATA",
        "2 123456789010 eni-1235b8ca123456789 203.0.113.12 172.31.16.139 0 0 1 4 336 1432917027"
            + " 1432917142 ACCEPT OK => version=2 account-id=123456789010"
            + " interface-id=eni-1235b8ca123456789 srcaddr=203.0.113.12 dstaddr=172.31.16.139"
            + " srcport=0 dstport=0 protocol=1 packets=4 bytes=336 start=1432917027"
            + " end=1432917142 action=ACCEPT log-status=OK",
        "2 123456789010 eni-1235b8ca123456789 2001:db8:1234:a100:8d6e:3477:df66:f105"
            + " 2001:db8:1234:a102:3304:8879:34cf:4071 34892 22 6 54 8855 1477913708 1477913820"
            + " ACCEPT OK => version=2 account-id=123456789010 interface-id=eni-1235b8ca123456789"
            + " srcaddr=2001:db8:1234:a100:8d6e:3477:df66:f105"
            + " dstaddr=2001:db8:1234:a102:3304:8879:34cf:4071 srcport=34892 dstport=22"
            + " protocol=6 packets=54 bytes=8855 start=1477913708 end=1477913820 action=ACCEPT"
            + " log-status=OK"
      })
  void parse_defaultFormat_published(String line, String expected) {
    assertThat(read(RecordFormat.DEFAULT.toString(), line)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      value = {
        "IPv4 52.213.180.42 10.0.0.62 43416 5001 52.213.180.42 10.0.0.62 6 568 8 1566848875"
            + " 1566848933 ACCEPT 2 OK => srcaddr=52.213.180.42 dstaddr=10.0.0.62 srcport=43416"
            + " dstport=5001 protocol=6 packets=8 bytes=568 start=1566848875 end=1566848933"
            + " action=ACCEPT log-status=OK vpc-id=vpc-abcdefab012345678"
            + " subnet-id=subnet-aaaaaaaa012345678 instance-id=i-01234567890123456 tcp-flags=2"
            + " type=IPv4 pkt-srcaddr=52.213.180.42 pkt-dstaddr=10.0.0.62",
        "IPv4 10.0.0.62 52.213.180.42 5001 43416 10.0.0.62 52.213.180.42 6 376 7 1566848875"
            + " 1566848933 ACCEPT 18 OK => srcaddr=10.0.0.62 dstaddr=52.213.180.42 srcport=5001"
            + " dstport=43416 protocol=6 packets=7 bytes=376 start=1566848875 end=1566848933"
            + " action=ACCEPT log-status=OK vpc-id=vpc-abcdefab012345678"
            + " subnet-id=subnet-aaaaaaaa012345678 instance-id=i-01234567890123456 tcp-flags=18"
            + " type=IPv4 pkt-srcaddr=10.0.0.62 pkt-dstaddr=52.213.180.42",
        "IPv4 10.0.0.62 52.213.180.42 5001 43638 10.0.0.62 52.213.180.42 6 967 14 1566933133"
            + " 1566933193 ACCEPT 19 OK => srcaddr=10.0.0.62 dstaddr=52.213.180.42 srcport=5001"
            + " dstport=43638 protocol=6 packets=14 bytes=967 start=1566933133 end=1566933193"
            + " action=ACCEPT log-status=OK vpc-id=vpc-abcdefab012345678"
            + " subnet-id=subnet-aaaaaaaa012345678 instance-id=i-01234567890123456 tcp-flags=19"
            + " type=IPv4 pkt-srcaddr=10.0.0.62 pkt-dstaddr=52.213.180.42"
      })
  void parse_tcpFlagSequence_published(String rest, String expected) {
    String line =
        "3 vpc-abcdefab012345678 subnet-aaaaaaaa012345678 i-01234567890123456"
            + " eni-1235b8ca123456789 123456789010 "
            + rest;
    assertThat(read(TCP_FLAG_SEQUENCE_FORMAT, line))
        .isEqualTo(
            "version=3 account-id=123456789010 interface-id=eni-1235b8ca123456789 " + expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      value = {
        "- eni-1235b8ca123456789 10.0.1.5 10.0.0.220 10.0.1.5 203.0.113.5 =>"
            + " interface-id=eni-1235b8ca123456789 srcaddr=10.0.1.5 dstaddr=10.0.0.220"
            + " pkt-srcaddr=10.0.1.5 pkt-dstaddr=203.0.113.5",
        "- eni-1235b8ca123456789 10.0.0.220 203.0.113.5 10.0.0.220 203.0.113.5 =>"
            + " interface-id=eni-1235b8ca123456789 srcaddr=10.0.0.220 dstaddr=203.0.113.5"
            + " pkt-srcaddr=10.0.0.220 pkt-dstaddr=203.0.113.5",
        "- eni-1235b8ca123456789 203.0.113.5 10.0.0.220 203.0.113.5 10.0.0.220 =>"
            + " interface-id=eni-1235b8ca123456789 srcaddr=203.0.113.5 dstaddr=10.0.0.220"
            + " pkt-srcaddr=203.0.113.5 pkt-dstaddr=10.0.0.220",
        "- eni-1235b8ca123456789 10.0.0.220 10.0.1.5 203.0.113.5 10.0.1.5 =>"
            + " interface-id=eni-1235b8ca123456789 srcaddr=10.0.0.220 dstaddr=10.0.1.5"
            + " pkt-srcaddr=203.0.113.5 pkt-dstaddr=10.0.1.5"
      })
  void parse_natGateway_published(String line, String expected) {
    assertThat(read("instance-id interface-id srcaddr dstaddr pkt-srcaddr pkt-dstaddr", line))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      value = {
        "3 eni-33333333333333333 123456789010 vpc-abcdefab012345678 subnet-22222222bbbbbbbbb"
            + " i-01234567890123456 10.20.33.164 10.40.2.236 39812 80 6 3 IPv4 10.20.33.164"
            + " 10.40.2.236 ACCEPT OK => version=3 account-id=123456789010"
            + " interface-id=eni-33333333333333333 srcaddr=10.20.33.164 dstaddr=10.40.2.236"
            + " srcport=39812 dstport=80 protocol=6 action=ACCEPT log-status=OK"
            + " vpc-id=vpc-abcdefab012345678 subnet-id=subnet-22222222bbbbbbbbb"
            + " instance-id=i-01234567890123456 tcp-flags=3 type=IPv4 pkt-srcaddr=10.20.33.164"
            + " pkt-dstaddr=10.40.2.236",
        "3 eni-11111111111111111 123456789010 vpc-abcdefab012345678 subnet-11111111aaaaaaaaa -"
            + " 10.40.1.175 10.40.2.236 39812 80 6 3 IPv4 10.20.33.164 10.40.2.236 ACCEPT OK =>"
            + " version=3 account-id=123456789010 interface-id=eni-11111111111111111"
            + " srcaddr=10.40.1.175 dstaddr=10.40.2.236 srcport=39812 dstport=80 protocol=6"
            + " action=ACCEPT log-status=OK vpc-id=vpc-abcdefab012345678"
            + " subnet-id=subnet-11111111aaaaaaaaa tcp-flags=3 type=IPv4 pkt-srcaddr=10.20.33.164"
            + " pkt-dstaddr=10.40.2.236"
      })
  void parse_transitGateway_published(String line, String expected) {
    assertThat(read(TRANSIT_GATEWAY_FORMAT, line)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      value = {
        "5 52.95.128.179 10.0.0.71 80 34210 6 1616729292 1616729349 IPv4 14 15044 123456789012"
            + " vpc-abcdefab012345678 subnet-aaaaaaaa012345678 i-0c50d5961bcb2d47b"
            + " eni-1235b8ca123456789 ap-southeast-2 apse2-az3 - - ACCEPT 19 52.95.128.179"
            + " 10.0.0.71 S3 - - ingress OK => version=5 account-id=123456789012"
            + " interface-id=eni-1235b8ca123456789 srcaddr=52.95.128.179 dstaddr=10.0.0.71"
            + " srcport=80 dstport=34210 protocol=6 packets=14 bytes=15044 start=1616729292"
            + " end=1616729349 action=ACCEPT log-status=OK vpc-id=vpc-abcdefab012345678"
            + " subnet-id=subnet-aaaaaaaa012345678 instance-id=i-0c50d5961bcb2d47b tcp-flags=19"
            + " type=IPv4 pkt-srcaddr=52.95.128.179 pkt-dstaddr=10.0.0.71 region=ap-southeast-2"
            + " az-id=apse2-az3 pkt-src-aws-service=S3 flow-direction=ingress",
        "5 10.0.0.71 52.95.128.179 34210 80 6 1616729292 1616729349 IPv4 7 471 123456789012"
            + " vpc-abcdefab012345678 subnet-aaaaaaaa012345678 i-0c50d5961bcb2d47b"
            + " eni-1235b8ca123456789 ap-southeast-2 apse2-az3 - - ACCEPT 3 10.0.0.71"
            + " 52.95.128.179 - S3 8 egress OK => version=5 account-id=123456789012"
            + " interface-id=eni-1235b8ca123456789 srcaddr=10.0.0.71 dstaddr=52.95.128.179"
            + " srcport=34210 dstport=80 protocol=6 packets=7 bytes=471 start=1616729292"
            + " end=1616729349 action=ACCEPT log-status=OK vpc-id=vpc-abcdefab012345678"
            + " subnet-id=subnet-aaaaaaaa012345678 instance-id=i-0c50d5961bcb2d47b tcp-flags=3"
            + " type=IPv4 pkt-srcaddr=10.0.0.71 pkt-dstaddr=52.95.128.179 region=ap-southeast-2"
            + " az-id=apse2-az3 pkt-dst-aws-service=S3 flow-direction=egress traffic-path=8"
      })
  void parse_serviceName_published(String line, String expected) {
    assertThat(read(SERVICE_NAME_FORMAT, line)).isEqualTo(expected);
  }

  /// Each row is one field's value. The values are at the edges of the field's range.
  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      value = {
        "version 11 => version=11",
        "account-id unknown => account-id=unknown",
        "srcport 0 => srcport=0",
        "srcport 65535 => srcport=65535",
        "srcport 65536 => PORT_OUT_OF_RANGE",
        "dstport 00065535 => dstport=65535",
        "dstport 70000 => PORT_OUT_OF_RANGE",
        "dstport 9223372036854775807 => PORT_OUT_OF_RANGE",
        "dstport 9223372036854775808 => NOT_A_DECIMAL",
        "dstport http => NOT_A_DECIMAL",
        "protocol 0 => protocol=0",
        "protocol 255 => protocol=255",
        "protocol 256 => PROTOCOL_OUT_OF_RANGE",
        "protocol tcp => NOT_A_DECIMAL",
        "tcp-flags 0 => tcp-flags=0",
        "tcp-flags 255 => tcp-flags=255",
        "tcp-flags 256 => TCP_FLAGS_OUT_OF_RANGE",
        "tcp-flags 2.0 => NOT_A_DECIMAL",
        "bytes 9223372036854775807 => bytes=9223372036854775807",
        "bytes 9223372036854775808 => NOT_A_DECIMAL",
        "bytes 9223372036854775810 => NOT_A_DECIMAL",
        "bytes 18446744073709551616 => NOT_A_DECIMAL",
        "bytes 99999999999999999999999 => NOT_A_DECIMAL",
        "packets 0009223372036854775807 => packets=9223372036854775807",
        "packets -1 => NOT_A_DECIMAL",
        "packets +1 => NOT_A_DECIMAL",
        "packets 1e3 => NOT_A_DECIMAL",
        "packets 12a => NOT_A_DECIMAL",
        "packets 12/ => NOT_A_DECIMAL",
        "packets 12: => NOT_A_DECIMAL",
        "packets -- => NOT_A_DECIMAL",
        "packets ٣ => NOT_A_DECIMAL",
        "start 1795342445 => start=1795342445",
        "start 4294967296 => start=4294967296",
        "start 4294967297 => start=4294967",
        "end 1795342445999 => end=1795342445",
        "end 9223372036854775807 => end=9223372036854775",
        "packets 1795342445999 => packets=1795342445999",
        "traffic-path x => NOT_A_DECIMAL",
        "encryption-status 3 => encryption-status=3",
        "encryption-status no => NOT_A_DECIMAL",
        "packets-lost-no-route 1.5 => NOT_A_DECIMAL",
        "srcaddr ::FFFF:10.0.1.5 => srcaddr=10.0.1.5",
        "srcaddr 10.0.1.05 => NOT_AN_ADDRESS",
        "dstaddr 10.0.1 => NOT_AN_ADDRESS",
        "pkt-srcaddr 2001:DB8:0::1 => pkt-srcaddr=2001:db8::1",
        "pkt-srcaddr unknown => NOT_AN_ADDRESS",
        "pkt-dstaddr 1 => NOT_AN_ADDRESS",
        "action ACCEPT => action=ACCEPT",
        "action REJECT => action=REJECT",
        "action reject => UNKNOWN_ACTION",
        "action REJECTED => UNKNOWN_ACTION",
        "action OK => UNKNOWN_ACTION",
        "log-status OK => log-status=OK",
        "log-status NODATA => log-status=NODATA",
        "log-status SKIPDATA => log-status=SKIPDATA",
        "log-status SKIPPED => UNKNOWN_LOG_STATUS",
        "log-status ok => UNKNOWN_LOG_STATUS",
        "instance-tag web%20tier => instance-tag=web%20tier",
        "instance-tag é日 => instance-tag=é日",
        "type -- => type=--",
        "reject-reason BPA => reject-reason=BPA"
      })
  void parse_oneField(String fieldAndValue, String expected) {
    String[] parts = fieldAndValue.split(" ", -1);
    assertThat(read(parts[0], parts[1])).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource
  void parse_dashIsAbsent(FlowField field) {
    assertThat(read(field.awsName(), "-")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "6 22 7 => dstport=22 protocol=6 bytes=7",
        "6 22 7  => dstport=22 protocol=6 bytes=7",
        "'6 22 7 \t\r\n' => dstport=22 protocol=6 bytes=7",
        "- - - => ''",
        "6 22 => WRONG_FIELD_COUNT",
        "6 22  => WRONG_FIELD_COUNT",
        "6 22 7 8 => WRONG_FIELD_COUNT",
        "6  7 => WRONG_FIELD_COUNT",
        "6  22 7 => WRONG_FIELD_COUNT",
        " 6 22 7 => WRONG_FIELD_COUNT",
        " 22 7 => WRONG_FIELD_COUNT",
        "'' => WRONG_FIELD_COUNT",
        "'   ' => WRONG_FIELD_COUNT",
        "6\t22\t7 => WRONG_FIELD_COUNT",
        "6 22\t7 8 => NOT_A_DECIMAL",
        // a wrong number of fields takes precedence over faults of fields
        "tcp 22 => WRONG_FIELD_COUNT",
        "tcp 22 7 8 => WRONG_FIELD_COUNT",
        "tcp  7 => WRONG_FIELD_COUNT",
        "tcp 70000 x => NOT_A_DECIMAL",
        "6 70000 x => PORT_OUT_OF_RANGE",
        "[6,22,7] => WRONG_FIELD_COUNT",
        "6 22 7\u0000 => NOT_A_DECIMAL"
      })
  void parse_wholeLines(String line, String expected) {
    assertThat(read("protocol dstport bytes", line)).isEqualTo(expected);
  }

  @Test
  void parse_aSliceOfABuffer() {
    byte[] buffer = "9 6 22 7 1".getBytes(UTF_8);
    FlowRecord record = new FlowRecord();
    RecordParser parser = parser("protocol dstport bytes");

    assertThat(parser.parse(buffer, 2, 8, record)).isNull();
    assertThat(Records.describe(record)).isEqualTo("dstport=22 protocol=6 bytes=7");
    assertThat(parser.parse(buffer, 2, 6, record)).isEqualTo(ParseFault.WRONG_FIELD_COUNT);
    assertThat(parser.parse(buffer, 2, 2, record)).isEqualTo(ParseFault.WRONG_FIELD_COUNT);
  }

  /// A record is reused, and must not keep values of an earlier line.
  @Test
  void parse_nothingOfEarlierLinesRemains() {
    RecordParser parser = parser("protocol dstport srcaddr action", "bytes");
    FlowRecord record = new FlowRecord();

    assertThat(parse(parser, "6 22 10.0.1.5 REJECT", record))
        .isEqualTo("srcaddr=10.0.1.5 dstport=22 protocol=6 action=REJECT");
    assertThat(parse(parser, "- - - -", record)).isEmpty();
    assertThat(record.protocol()).isEqualTo(FlowRecord.ABSENT);
    assertThat(record.addressHigh(FlowField.SRCADDR)).isEqualTo(FlowRecord.ABSENT);
    assertThat(record.addressLow(FlowField.SRCADDR)).isEqualTo(FlowRecord.ABSENT);
    assertThat(record.isReject()).isFalse();
    assertThat(parse(parser, "6 22 10.0.1.5 REJECT", record))
        .isEqualTo("srcaddr=10.0.1.5 dstport=22 protocol=6 action=REJECT");
    assertThat(parse(parser, "7", record)).isEqualTo("bytes=7");
    assertThat(parse(parser, "17 53 10.0.1.6 -", record))
        .isEqualTo("srcaddr=10.0.1.6 dstport=53 protocol=17");
    assertThat(parse(parser, "{\"packets\":3,\"dstaddr\":\"::7\"}", record))
        .isEqualTo("dstaddr=::7 packets=3");
    assertThat(parse(parser, "8", record)).isEqualTo("bytes=8");
  }

  /// With one format alone, each line overwrites the fields of the line before.
  @Test
  void parse_nothingOfEarlierLinesOfTheSameFormatRemains() {
    RecordParser parser = parser("protocol srcaddr action log-status region");
    FlowRecord record = new FlowRecord();

    assertThat(parse(parser, "6 10.0.1.5 REJECT NODATA x", record))
        .isEqualTo("srcaddr=10.0.1.5 protocol=6 action=REJECT log-status=NODATA region=x");
    assertThat(parse(parser, "- - - OK -", record)).isEqualTo("log-status=OK");
    assertThat(record.protocol()).isEqualTo(FlowRecord.ABSENT);
    assertThat(record.addressHigh(FlowField.SRCADDR)).isEqualTo(FlowRecord.ABSENT);
    assertThat(record.addressLow(FlowField.SRCADDR)).isEqualTo(FlowRecord.ABSENT);
    assertThat(record.isReject()).isFalse();
    assertThat(record.isNoData()).isFalse();
    assertThat(parse(parser, "6 10.0.1.5 REJECT SKIPDATA x", record))
        .isEqualTo("srcaddr=10.0.1.5 protocol=6 action=REJECT log-status=SKIPDATA region=x");
    assertThat(parse(parser, "- - - - -", record)).isEmpty();
    assertThat(record.isSkipData()).isFalse();
  }

  @Test
  void parse_nothingOfAnotherParsersLinesRemains() {
    RecordParser one = parser("protocol dstport");
    RecordParser other = parser("bytes");
    FlowRecord record = new FlowRecord();
    FlowRecord otherRecord = new FlowRecord();

    assertThat(parse(one, "6 22", record)).isEqualTo("dstport=22 protocol=6");
    assertThat(parse(other, "7", otherRecord)).isEqualTo("bytes=7");
    assertThat(parse(one, "17 53", otherRecord)).isEqualTo("dstport=53 protocol=17");
    assertThat(Records.describe(record)).isEqualTo("dstport=22 protocol=6");
  }

  @Test
  void constructor_noFormats() {
    assertThatThrownBy(() -> new RecordParser(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("formats: expected one at least, got none");
  }

  // Several formats.

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      value = {
        // by the number of fields
        "bytes;protocol dstport => 6 22 => dstport=22 protocol=6",
        "protocol dstport;bytes => 7 => bytes=7",
        "protocol dstport;bytes => 6 22 7 => WRONG_FIELD_COUNT",
        // by the kinds of the values
        "bytes srcaddr;srcaddr bytes => 10.0.1.5 7 => srcaddr=10.0.1.5 bytes=7",
        "bytes srcaddr;srcaddr bytes => 7 10.0.1.5 => srcaddr=10.0.1.5 bytes=7",
        "bytes action;bytes srcaddr => 7 REJECT => bytes=7 action=REJECT",
        "action bytes;log-status bytes => NODATA 7 => bytes=7 log-status=NODATA",
        // none fits: the fault is that of the first format with that number of fields
        "bytes srcaddr;action bytes;dstport => x 7 => NOT_A_DECIMAL",
        "dstport;bytes srcaddr;action bytes => x 7 => NOT_A_DECIMAL",
        "action bytes;bytes srcaddr => x 7 => UNKNOWN_ACTION",
        "dstport;bytes srcaddr;action bytes => 7 1.2.3 => NOT_AN_ADDRESS",
        // both fit, and give different values
        "bytes packets;packets bytes => 7 8 => AMBIGUOUS_FORMAT",
        "bytes packets;packets bytes => 7 7 => packets=7 bytes=7",
        "srcaddr dstaddr;dstaddr srcaddr => 10.0.1.5 10.0.2.98 => AMBIGUOUS_FORMAT",
        "srcaddr dstaddr;dstaddr srcaddr => 10.0.1.5 ::ffff:10.0.1.5 => srcaddr=10.0.1.5"
            + " dstaddr=10.0.1.5",
        "srcaddr dstaddr;dstaddr srcaddr => ::1:2 1:: => AMBIGUOUS_FORMAT",
        "srcaddr dstaddr;dstaddr srcaddr => 1::2 3::2 => AMBIGUOUS_FORMAT",
        "bytes packets;packets bytes => - 8 => AMBIGUOUS_FORMAT",
        "bytes packets;packets bytes => - - => ''",
        "bytes packets;packets bytes => 07 7 => packets=7 bytes=7",
        "start end;end start => 1795342445999 1795342445 => start=1795342445 end=1795342445",
        "region az-id;az-id region => x y => AMBIGUOUS_FORMAT",
        "region az-id;az-id region => x x => region=x az-id=x",
        "region az-id;az-id region => - x => AMBIGUOUS_FORMAT",
        "region az-id;az-id region => x - => AMBIGUOUS_FORMAT",
        "bytes log-status;bytes region => 7 OK => AMBIGUOUS_FORMAT",
        "bytes log-status;bytes ecs-task-id => 7 OK => bytes=7 log-status=OK",
        "bytes log-status;bytes ecs-task-id => 7 NODATA => AMBIGUOUS_FORMAT",
        // both fit, and differ only in fields that Flowbell does not use
        "version traffic-path;traffic-path version => 5 8 => version=5 traffic-path=8",
        "bytes resource-id;bytes asg-tag-2 => 7 x => bytes=7 resource-id=x",
        // both fit, and only one has AWS's typical values
        "vpc-id subnet-id;subnet-id vpc-id => subnet-1 vpc-1 => vpc-id=vpc-1 subnet-id=subnet-1",
        "vpc-id subnet-id;subnet-id vpc-id => vpc-1 subnet-1 => vpc-id=vpc-1 subnet-id=subnet-1",
        "vpc-id subnet-id;subnet-id vpc-id => vpc-1 - => vpc-id=vpc-1",
        "vpc-id subnet-id;subnet-id vpc-id => - vpc-1 => vpc-id=vpc-1",
        "vpc-id subnet-id;subnet-id vpc-id => - - => ''",
        "vpc-id subnet-id;subnet-id vpc-id => x y => AMBIGUOUS_FORMAT",
        "region vpc-id;vpc-id region;region az-id => vpc-1 x => AMBIGUOUS_FORMAT",
        "vpc-id region;region vpc-id => x vpc-1 => vpc-id=vpc-1 region=x",
        // three fit, and the first one without AWS's typical values
        "bytes packets;srcport dstport;dstport srcport => 70000 70000 => packets=70000"
            + " bytes=70000",
        "srcport dstport;bytes packets;packets bytes => 70000 70000 => packets=70000 bytes=70000",
        "srcport dstport;bytes packets;packets bytes => 70000 70001 => AMBIGUOUS_FORMAT",
        "bytes packets;packets bytes;bytes packets => 7 7 => packets=7 bytes=7",
        // a repeated format counts once
        "bytes packets;bytes packets => 7 8 => packets=8 bytes=7"
      })
  void parse_severalFormats(String formats, String line, String expected) {
    assertThat(read(formats, line)).isEqualTo(expected);
  }

  /// The first format's reading counts, even if a later format was tried last. The next line is
  /// read again with all formats.
  @Test
  void parse_severalFormatsThatAgree_thenAnotherLine() {
    RecordParser parser = parser("bytes resource-id", "bytes asg-tag-2", "bytes action");
    FlowRecord record = new FlowRecord();

    assertThat(parse(parser, "7 x", record)).isEqualTo("bytes=7 resource-id=x");
    assertThat(parse(parser, "8 y", record)).isEqualTo("bytes=8 resource-id=y");
    assertThat(parse(parser, "x y", record)).isEqualTo("NOT_A_DECIMAL");
    assertThat(parse(parser, "9 z", record)).isEqualTo("bytes=9 resource-id=z");
  }

  // Fields and headers.

  @Test
  void fieldsSeen_ofTheFormatsThatLinesHad() {
    RecordParser parser = parser("protocol dstport", "bytes", "srcaddr dstaddr action");
    FlowRecord record = new FlowRecord();
    assertThat(parser.fieldsSeen()).isEmpty();

    parse(parser, "6 70000", record);
    parse(parser, "x", record);
    parse(parser, "7 8", record);
    assertThat(parser.fieldsSeen()).isEqualTo(Set.of(FlowField.PROTOCOL, FlowField.DSTPORT));

    parse(parser, "-", record);
    parse(parser, "7", record);
    assertThat(parser.fieldsSeen())
        .isEqualTo(Set.of(FlowField.PROTOCOL, FlowField.DSTPORT, FlowField.BYTES));
  }

  @Test
  void fieldsSeen_ofJsonThoseThatAreThere() {
    RecordParser parser = parser("protocol dstport");
    FlowRecord record = new FlowRecord();

    parse(parser, "{\"action\":\"DROP\",\"end\":7}", record);
    parse(parser, "{\"start\":7", record);
    assertThat(parser.fieldsSeen()).isEmpty();

    parse(parser, "{\"tcpFlags\":2,\"cloud\":\"aws\",\"bytes\":null}", record);
    assertThat(parser.fieldsSeen()).isEmpty(); // no flow log record

    parse(parser, "{\"srcaddr\":\"::7\",\"cloud\":\"aws\",\"bytes\":null,\"packets\":{}}", record);
    assertThat(parser.fieldsSeen()).isEqualTo(Set.of(FlowField.SRCADDR, FlowField.BYTES));

    parse(parser, "6 22", record);
    parse(parser, "{\"end\":7,\"logStatus\":\"OK\"}", record);
    parse(parser, "17 53", record);
    assertThat(parser.fieldsSeen())
        .isEqualTo(
            Set.of(
                FlowField.SRCADDR,
                FlowField.BYTES,
                FlowField.PROTOCOL,
                FlowField.DSTPORT,
                FlowField.END,
                FlowField.LOG_STATUS));
  }

  /// Both formats fit the line and agree. The fields of the first one count.
  @Test
  void fieldsSeen_ofFormatsThatAgree_theChosenOnes() {
    RecordParser parser = parser("bytes tcp-flags", "bytes resource-id");

    assertThat(parse(parser, "7 -", new FlowRecord())).isEqualTo("bytes=7");
    assertThat(parser.fieldsSeen()).isEqualTo(Set.of(FlowField.BYTES, FlowField.TCP_FLAGS));
  }

  @Test
  void fieldsSeen_isACopy() {
    RecordParser parser = parser("bytes");
    parse(parser, "7", new FlowRecord());
    parser.fieldsSeen().clear();
    assertThat(parser.fieldsSeen()).isEqualTo(Set.of(FlowField.BYTES));
  }

  @ParameterizedTest
  @CsvSource({
    "version srcaddr, true",
    "'version srcaddr \r\n', true",
    "az-id, true",
    "' version srcaddr', false",
    "version srcaddr srcaddr, false",
    "2 10.0.1.5, false",
    "'', false",
    "'  ', false"
  })
  void isHeader_namesOfFields(String line, boolean expected) {
    byte[] buffer = (line + "x").getBytes(UTF_8);
    assertThat(parser("bytes").isHeader(buffer, 0, buffer.length - 1)).isEqualTo(expected);
  }

  // JSON.

  @ParameterizedTest
  @CsvSource(
      delimiterString = " => ",
      quoteCharacter = '`',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        // AWS's names, as numbers and as strings, in any order
        "{\"srcaddr\":\"10.0.1.5\",\"dstport\":22,\"srcport\":\"50101\"} => srcaddr=10.0.1.5"
            + " srcport=50101 dstport=22",
        // the log transformer parseVPC
        "{\"accountId\":\"123456789010\",\"srcAddr\":\"10.0.1.5\",\"dstPort\":22,\"logStatus\":\"OK\"}"
            + " => account-id=123456789010 srcaddr=10.0.1.5 dstport=22 log-status=OK",
        // other shippers
        "{\"pkt_src_addr\":\"198.51.100.7\",\"tcp_flags\":2} => tcp-flags=2"
            + " pkt-srcaddr=198.51.100.7",
        "{\"log-status\":\"OK\",\"TCP-FLAGS\":18} => log-status=OK tcp-flags=18",
        // absent values
        "{\"log-status\":\"OK\",\"bytes\":\"-\",\"packets\":null,\"protocol\":6} =>"
            + " protocol=6 log-status=OK",
        "{\"log-status\":\"OK\",\"bytes\":null} => log-status=OK",
        "{\"logStatus\":\"NODATA\",\"start\":1795342445} => start=1795342445 log-status=NODATA",
        // nested values and unknown keys are skipped
        "{\"log-status\":\"OK\",\"bytes\":7,\"cloud\":{\"bytes\":8,\"x\":[{}]},\"packets\":[9],\"host\":\"x\"}"
            + " => bytes=7 log-status=OK",
        "{\"log-status\":\"OK\",\"\":1,\"bytes\":7,\"byte\":8} => bytes=7 log-status=OK",
        // escapes
        "{\"log-status\":\"OK\",\"\\u0062ytes\":\"\\u0037\",\"instance-tag\":\"\\u00e9"
            + " \\ud83d\\ude00\"} => bytes=7 log-status=OK instance-tag=é 😀",
        "{\"log-status\":\"OK\",\"instance-tag\":\"\"} => log-status=OK instance-tag=",
        // a repeated key: its last value counts, even if it is none
        "{\"log-status\":\"OK\",\"bytes\":7,\"bytes\":8} => bytes=8 log-status=OK",
        "{\"srcAddr\":\"x\",\"srcaddr\":\"10.0.1.5\"} => srcaddr=10.0.1.5",
        "{\"log-status\":\"OK\",\"bytes\":7,\"bytes\":null,\"packets\":9} =>"
            + " packets=9 log-status=OK",
        "{\"log-status\":\"OK\",\"bytes\":7,\"bytes\":{},\"packets\":9} =>"
            + " packets=9 log-status=OK",
        "{\"log-status\":\"OK\",\"bytes\":7,\"packets\":9,\"bytes\":[8]} =>"
            + " packets=9 log-status=OK",
        "{\"log-status\":\"OK\",\"bytes\":{},\"bytes\":7} => bytes=7 log-status=OK",
        "{\"bytes\":\"x\",\"bytes\":{}} => WRONG_FIELD_COUNT",
        "{\"bytes\":\"x\",\"action\":\"x\",\"bytes\":\"y\"} => UNKNOWN_ACTION",
        // milliseconds
        "{\"log-status\":\"OK\",\"start\":1795342448123,\"end\":\"1795342455987\"} =>"
            + " start=1795342448 end=1795342455 log-status=OK",
        // limits, as in text
        "{\"dstport\":65536} => PORT_OUT_OF_RANGE",
        "{\"dstport\":\"65536\"} => PORT_OUT_OF_RANGE",
        "{\"protocol\":256} => PROTOCOL_OUT_OF_RANGE",
        "{\"tcp-flags\":256} => TCP_FLAGS_OUT_OF_RANGE",
        "{\"log-status\":\"OK\",\"bytes\":9223372036854775807} =>"
            + " bytes=9223372036854775807 log-status=OK",
        "{\"bytes\":9223372036854775808} => NOT_A_DECIMAL",
        "{\"bytes\":-1} => NOT_A_DECIMAL",
        "{\"bytes\":1.0} => NOT_A_DECIMAL",
        "{\"bytes\":1e3} => NOT_A_DECIMAL",
        "{\"bytes\":true} => NOT_A_DECIMAL",
        "{\"bytes\":\"\"} => NOT_A_DECIMAL",
        "{\"bytes\":\" 7\"} => NOT_A_DECIMAL",
        "{\"srcaddr\":\"\"} => NOT_AN_ADDRESS",
        "{\"srcaddr\":167772165} => NOT_AN_ADDRESS",
        "{\"action\":\"\"} => UNKNOWN_ACTION",
        "{\"action\":\"Reject\"} => UNKNOWN_ACTION",
        "{\"log_status\":\"SKIP\"} => UNKNOWN_LOG_STATUS",
        "{\"log_status\":false} => UNKNOWN_LOG_STATUS",
        // no field
        "{} => WRONG_FIELD_COUNT",
        "{\"message\":\"hello\"} => WRONG_FIELD_COUNT",
        "{\"srcaddr\":{\"srcaddr\":\"10.0.1.5\"}} => WRONG_FIELD_COUNT",
        // no address and no log-status: no flow log record
        "{\"bytes\":7,\"action\":\"REJECT\"} => WRONG_FIELD_COUNT",
        "{\"srcaddr\":null,\"logStatus\":\"-\",\"bytes\":7} => WRONG_FIELD_COUNT",
        "{\"dstaddr\":\"10.0.1.5\"} => dstaddr=10.0.1.5",
        "{\"pktDstAddr\":\"10.0.1.5\"} => pkt-dstaddr=10.0.1.5",
        // not JSON
        "{ => BROKEN_JSON",
        "{\"bytes\" => BROKEN_JSON",
        "{\"bytes\": => BROKEN_JSON",
        "{\"bytes\":7 => BROKEN_JSON",
        "{\"bytes\":7, => BROKEN_JSON",
        "{\"bytes\":7,} => BROKEN_JSON",
        "{\"bytes\":7}} => BROKEN_JSON",
        "{\"bytes\":7}{\"bytes\":7} => BROKEN_JSON",
        "{\"bytes\":7} x => BROKEN_JSON",
        "{\"bytes\":07} => BROKEN_JSON",
        "{\"bytes\":+7} => BROKEN_JSON",
        "{\"bytes\":NaN} => BROKEN_JSON",
        "{\"bytes\":'7'} => BROKEN_JSON",
        "{bytes:7} => BROKEN_JSON",
        "{\"x\":[1,2,\"bytes\":7} => BROKEN_JSON",
        "{\"x\":\"\t\",\"bytes\":7} => BROKEN_JSON",
        "{/**/\"bytes\":7} => BROKEN_JSON",
        "{bytes packets} => BROKEN_JSON",
        "[{\"bytes\":7}] => WRONG_FIELD_COUNT"
      })
  void parse_json(String line, String expected) {
    assertThat(read("protocol dstport", line)).isEqualTo(expected);
  }

  @Test
  void parse_jsonWithWhiteSpace() {
    assertThat(read("bytes", " \t {\n\"bytes\" : 7 ,\r\n\"dstaddr\":\"::7\" } \r\n"))
        .isEqualTo("dstaddr=::7 bytes=7");
  }

  @Test
  void parse_jsonOfManyLongValues() {
    StringBuilder json = new StringBuilder("{");
    StringBuilder expected = new StringBuilder();
    for (FlowField field : FlowField.values()) {
      if (field.kind() == FieldKind.TEXT) {
        String value = field.awsName().repeat(30);
        json.append(json.length() == 1 ? "" : ",");
        json.append('"').append(field.awsName()).append("\":\"").append(value).append('"');
        expected.append(expected.isEmpty() ? "" : " ");
        expected.append(field.awsName()).append('=').append(value);
      }
    }
    assertThat(read("bytes", json + ",\"pktDstAddr\":\"::7\"}"))
        .isEqualTo(expected.toString().replace(" region=", " pkt-dstaddr=::7 region="));
  }

  /// Such nesting would overflow the stack of a recursive reader. The line is one fault.
  @Test
  void parse_jsonNestedDeeply() {
    String json = "{\"x\":" + "[".repeat(100_000) + "]".repeat(100_000) + ",\"bytes\":7}";
    assertThat(read("bytes", json)).isEqualTo("BROKEN_JSON");
  }

  @ParameterizedTest
  @ValueSource(ints = {0x80, 0xc3, 0xff})
  void parse_jsonThatIsNoUtf8(int broken) {
    byte[] buffer = "{\"asg-tag\":\"x\",\"bytes\":7}".getBytes(UTF_8);
    buffer[12] = (byte) broken;
    assertThat(parser("bytes").parse(buffer, 0, buffer.length, new FlowRecord()))
        .isEqualTo(ParseFault.BROKEN_JSON);
  }

  private static String read(String formats, String line) {
    return parse(parser(formats.split(";", -1)), line, new FlowRecord());
  }

  private static RecordParser parser(String... formats) {
    return new RecordParser(Arrays.stream(formats).map(RecordFormat::parse).toList());
  }

  private static String parse(RecordParser parser, String line, FlowRecord record) {
    byte[] buffer = line.getBytes(UTF_8);
    ParseFault fault = parser.parse(buffer, 0, buffer.length, record);
    return fault == null ? Records.describe(record) : fault.name();
  }
}
