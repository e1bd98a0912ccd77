package dev.flowbell.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.testing.generator.Records;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FlowRecordTest {
  @ParameterizedTest
  @EnumSource
  void new_everyFieldIsAbsent(FlowField field) {
    FlowRecord record = new FlowRecord();

    assertThat(record.has(field)).isFalse();
    assertThat(record.text(field)).isNull();
    assertThat(record.address(field)).isNull();
    assertThat(record.isText(field, new byte[0])).isFalse();
    assertThat(record.isIpv6(field)).isFalse();
  }

  @Test
  void new_numbersAreAbsent() {
    FlowRecord record = new FlowRecord();

    assertThat(record.sourcePort()).isEqualTo(-1);
    assertThat(record.destinationPort()).isEqualTo(-1);
    assertThat(record.protocol()).isEqualTo(-1);
    assertThat(record.tcpFlags()).isEqualTo(-1);
    assertThat(record.packets()).isEqualTo(-1);
    assertThat(record.bytes()).isEqualTo(-1);
    assertThat(record.startSeconds()).isEqualTo(-1);
    assertThat(record.endSeconds()).isEqualTo(-1);
    assertThat(record.isAccept()).isFalse();
    assertThat(record.isReject()).isFalse();
    assertThat(record.isNoData()).isFalse();
    assertThat(record.isSkipData()).isFalse();
  }

  @Test
  void text_ofAMegabyte() {
    FlowRecord record = Records.of("interface-id=" + "a".repeat(1_024) + "b".repeat(1 << 20));

    assertThat(record.text(FlowField.INTERFACE_ID)).isEqualTo("a".repeat(1_024));
  }

  @Test
  void release_makesAllAbsent() {
    FlowRecord record = Records.of("srcport=50101 interface-id=eni-1");

    record.release();

    assertThat(record.text(FlowField.INTERFACE_ID)).isNull();
    assertThat(record.sourcePort()).isEqualTo(-1);
  }

  @Test
  void numbers_eachOfItsOwnField() {
    FlowRecord record =
        Records.of(
            "srcport=50101 dstport=22 protocol=6 tcp-flags=18 packets=3 bytes=180"
                + " start=1795342445 end=1795342503");

    assertThat(record.sourcePort()).isEqualTo(50_101);
    assertThat(record.destinationPort()).isEqualTo(22);
    assertThat(record.protocol()).isEqualTo(6);
    assertThat(record.tcpFlags()).isEqualTo(18);
    assertThat(record.packets()).isEqualTo(3);
    assertThat(record.bytes()).isEqualTo(180);
    assertThat(record.startSeconds()).isEqualTo(1_795_342_445);
    assertThat(record.endSeconds()).isEqualTo(1_795_342_503);
  }

  @ParameterizedTest
  @CsvSource({
    "action=ACCEPT log-status=OK, true, false, false, false",
    "action=REJECT log-status=OK, false, true, false, false",
    "action=- log-status=NODATA, false, false, true, false",
    "action=- log-status=SKIPDATA, false, false, false, true",
    "action=REJECT log-status=-, false, true, false, false"
  })
  void actionAndStatus(
      String record, boolean isAccept, boolean isReject, boolean isNoData, boolean isSkipData) {
    FlowRecord read = Records.of(record);

    assertThat(read.isAccept()).isEqualTo(isAccept);
    assertThat(read.isReject()).isEqualTo(isReject);
    assertThat(read.isNoData()).isEqualTo(isNoData);
    assertThat(read.isSkipData()).isEqualTo(isSkipData);
  }

  @Test
  void text_asInTheRecord() {
    FlowRecord record =
        Records.of("srcport=0022 srcaddr=2001:DB8::1 instance-tag=é%20日 end=1795342445999");

    assertThat(record.text(FlowField.SRCPORT)).isEqualTo("0022");
    assertThat(record.text(FlowField.SRCADDR)).isEqualTo("2001:DB8::1");
    assertThat(record.text(FlowField.INSTANCE_TAG)).isEqualTo("é%20日");
    assertThat(record.text(FlowField.END)).isEqualTo("1795342445999");
    assertThat(record.text(FlowField.START)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "eni-0a1b2c3d, true",
    "eni-0a1b2c3, false",
    "eni-0a1b2c3d0, false",
    "eni-0a1b2c3e, false",
    "'', false"
  })
  void isText_sameBytes(String expected, boolean isSame) {
    FlowRecord record = Records.of("vpc-id=vpc-abcd1234 interface-id=eni-0a1b2c3d region=x");
    assertThat(record.isText(FlowField.INTERFACE_ID, expected.getBytes(UTF_8))).isEqualTo(isSame);
  }

  @Test
  void address_ofItsField() {
    FlowRecord record =
        Records.of(
            "srcaddr=10.0.1.5 dstaddr=2001:db8::98 pkt-srcaddr=198.51.100.7 pkt-dstaddr=-"
                + " region=10.0.1.5");

    assertThat(record.address(FlowField.SRCADDR)).hasToString("10.0.1.5");
    assertThat(record.address(FlowField.DSTADDR)).hasToString("2001:db8::98");
    assertThat(record.address(FlowField.PKT_SRCADDR)).hasToString("198.51.100.7");
    assertThat(record.address(FlowField.PKT_DSTADDR)).isNull();
    assertThat(record.addressHigh(FlowField.DSTADDR)).isEqualTo(0x2001_0db8_0000_0000L);
    assertThat(record.addressLow(FlowField.DSTADDR)).isEqualTo(0x98);
    assertThat(record.addressHigh(FlowField.PKT_DSTADDR)).isEqualTo(FlowRecord.ABSENT);
    assertThat(record.addressLow(FlowField.PKT_DSTADDR)).isEqualTo(FlowRecord.ABSENT);
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.1.5, 198.51.100.7, true",
    "10.0.1.5, 10.0.1.5, false",
    "10.0.1.5, ::ffff:10.0.1.5, false",
    "10.0.1.5, ::10.0.1.5, true",
    "1::5, 2::5, true",
    "1::5, 1::6, true",
    "1::5, 1:0:0::0:5, false",
    "-, 10.0.1.5, false",
    "10.0.1.5, -, false",
    "-, -, false"
  })
  void isDifferentAddress_byValue(String srcaddr, String pktSrcaddr, boolean expected) {
    FlowRecord record = Records.of("srcaddr=" + srcaddr + " pkt-srcaddr=" + pktSrcaddr);
    assertThat(record.isDifferentAddress(FlowField.SRCADDR, FlowField.PKT_SRCADDR))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.1.5, false",
    "::ffff:10.0.1.5, false",
    "2001:db8::1, true",
    "::10.0.1.5, true",
    "-, false"
  })
  void isIpv6_byAddress(String srcaddr, boolean expected) {
    assertThat(Records.of("srcaddr=" + srcaddr).isIpv6(FlowField.SRCADDR)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "srcaddr=10.0.1.5 pkt-srcaddr=198.51.100.7, PKT_SRCADDR",
    "srcaddr=10.0.1.5 pkt-srcaddr=-, SRCADDR",
    "srcaddr=- pkt-srcaddr=198.51.100.7, PKT_SRCADDR",
    "srcaddr=10.0.1.5, SRCADDR",
    "bytes=7, SRCADDR"
  })
  void originalSource_pktSrcaddrWherePresent(String record, FlowField expected) {
    assertThat(Records.of(record).originalSource()).isEqualTo(expected);
  }
}
