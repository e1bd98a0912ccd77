package dev.flowbell.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flowbell.testing.generator.PayloadGenerator;
import dev.flowbell.testing.twin.NaiveTwin;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordFormatTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "${srcaddr} ${pkt-srcaddr} ${bytes}",
        "srcaddr pkt-srcaddr bytes",
        "srcaddr ${pkt-srcaddr} bytes",
        "  srcaddr\tpkt-srcaddr\r\nbytes \n"
      })
  void parse_everyForm(String text) {
    RecordFormat format = RecordFormat.parse(text);

    assertThat(format.size()).isEqualTo(3);
    assertThat(format.column(0)).isEqualTo(FlowField.SRCADDR);
    assertThat(format.column(1)).isEqualTo(FlowField.PKT_SRCADDR);
    assertThat(format.column(2)).isEqualTo(FlowField.BYTES);
    assertThat(format.fields())
        .isEqualTo(Set.of(FlowField.SRCADDR, FlowField.PKT_SRCADDR, FlowField.BYTES));
    assertThat(format).hasToString("${srcaddr} ${pkt-srcaddr} ${bytes}");
  }

  @Test
  void parse_everyField() {
    assertThat(RecordFormat.parse(String.join(" ", NaiveTwin.FIELDS)).fields())
        .containsExactlyInAnyOrder(FlowField.values());
  }

  @ParameterizedTest
  @CsvSource(
      delimiterString = " -> ",
      value = {
        "'' -> field 1 (character 1): expected field names such as ${srcaddr} ${dstaddr}, got none",
        "' \t ' -> field 1 (character 1): expected field names such as ${srcaddr} ${dstaddr},"
            + " got none",
        "sourceip -> field 1 (character 1): expected a flow log field such as ${srcaddr},"
            + " got \"sourceip\"",
        "'srcaddr  dst-addr bytes' -> field 2 (character 10): expected a flow log field such as"
            + " ${srcaddr}, got \"dst-addr\"",
        "'${srcaddr} ${dstaddr' -> field 2 (character 12): expected a flow log field such as"
            + " ${srcaddr}, got \"${dstaddr\"",
        "${srcaddr}${dstaddr} -> field 1 (character 1): expected a flow log field such as"
            + " ${srcaddr}, got \"${srcaddr}${dstaddr}\"",
        "srcaddr} -> field 1 (character 1): expected a flow log field such as ${srcaddr},"
            + " got \"srcaddr}\"",
        "${} -> field 1 (character 1): expected a flow log field such as ${srcaddr}, got \"${}\"",
        "${ -> field 1 (character 1): expected a flow log field such as ${srcaddr}, got \"${\"",
        "srcaddr,dstaddr -> field 1 (character 1): expected a flow log field such as ${srcaddr},"
            + " got \"srcaddr,dstaddr\"",
        "SRCADDR -> field 1 (character 1): expected a flow log field such as ${srcaddr},"
            + " got \"SRCADDR\"",
        "'bytes ${start} end bytes' -> field 4 (character 20): expected each field once, got bytes"
            + " again after field 1",
        "'end ${start} start' -> field 3 (character 14): expected each field once, got start"
            + " again after field 2"
      })
  void parse_refusal(String text, String message) {
    assertThatThrownBy(() -> RecordFormat.parse(text))
        .isInstanceOf(InvalidFormatException.class)
        .hasMessage(message);
  }

  @Test
  void parse_longUnknownNameIsShortened() {
    assertThatThrownBy(() -> RecordFormat.parse("bytes " + "x".repeat(61)))
        .isInstanceOf(InvalidFormatException.class)
        .hasMessage(
            "field 2 (character 7): expected a flow log field such as ${srcaddr}, got \"%s\"",
            "x".repeat(60));
  }

  @Test
  void defaultFormat_ofAwsPage() {
    assertThat(RecordFormat.DEFAULT)
        .isEqualTo(RecordFormat.parse(String.join(" ", NaiveTwin.DEFAULT_FORMAT)));
    assertThat(RecordFormat.FLOWBELL)
        .isEqualTo(RecordFormat.parse(String.join(" ", PayloadGenerator.FULL_FORMAT)));
  }

  @Test
  void findHeader_fieldNames() {
    assertThat(findHeader("version srcaddr pkt-srcaddr"))
        .isEqualTo(RecordFormat.parse("${version} ${srcaddr} ${pkt-srcaddr}"));
    assertThat(findHeader("az-id")).isEqualTo(RecordFormat.parse("az-id"));
    assertThat(findHeader("sublocation-id zzz")).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "2 123456789010 eni-1235b8ca123456789",
        "version srcaddr srcaddr", // a repeated field is not a format
        "version  srcaddr",
        "version srcaddr ",
        " version srcaddr",
        "version sourceip",
        "${version} ${srcaddr}",
        "VERSION SRCADDR",
        "Version",
        "unknown eni-1235b8ca123456789",
        "{srcaddr}",
        "`"
      })
  void findHeader_noHeader(String line) {
    assertThat(findHeader(line)).isNull();
  }

  private static RecordFormat findHeader(String line) {
    byte[] buffer = ("x" + line + "x").getBytes(UTF_8);
    return RecordFormat.findHeader(buffer, 1, buffer.length - 1);
  }

  @Test
  void equals_sameFieldsInSameOrder() {
    RecordFormat format = RecordFormat.parse("bytes packets");

    assertThat(format)
        .isEqualTo(RecordFormat.parse("${bytes} ${packets}"))
        .hasSameHashCodeAs(RecordFormat.parse("${bytes} ${packets}"))
        .isNotEqualTo(RecordFormat.parse("packets bytes"))
        .isNotEqualTo(RecordFormat.parse("bytes"))
        .isNotEqualTo("bytes packets");
    assertThat(format.hashCode()).isNotEqualTo(RecordFormat.parse("packets bytes").hashCode());
  }

  @Test
  void fields_isACopy() {
    RecordFormat format = RecordFormat.parse("bytes packets");
    format.fields().clear();
    assertThat(format.fields()).isEqualTo(Set.of(FlowField.BYTES, FlowField.PACKETS));
  }
}
