package dev.flowbell.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flowbell.testing.twin.LogsFilter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilterPatternTest {
  private static final String TRANSIT_GATEWAY =
      "version resource-type account-id tgw-id tgw-attachment-id srcaddr dstaddr srcport dstport"
          + " protocol packets bytes start end log-status type packets-lost-no-route region";

  @Test
  void withoutAccepted_defaultFormat() {
    assertThat(FilterPattern.withoutAccepted(RecordFormat.DEFAULT))
        .isEqualTo(
            "[version, account_id, interface_id, srcaddr, dstaddr, srcport, dstport, protocol,"
                + " packets, bytes, start, end, action != ACCEPT, log_status]");
  }

  @Test
  void withoutAccepted_flowbellsFormat() {
    assertThat(FilterPattern.withoutAccepted(RecordFormat.FLOWBELL))
        .isEqualTo(
            "[version, account_id, vpc_id, subnet_id, instance_id, interface_id, srcaddr, dstaddr,"
                + " srcport, dstport, protocol, packets, bytes, start, end, action != ACCEPT,"
                + " log_status, tcp_flags, type, pkt_srcaddr, pkt_dstaddr, region, az_id,"
                + " flow_direction, traffic_path, reject_reason]");
  }

  /// The names of all fields together are longer than a pattern may be.
  @Test
  void withoutAccepted_everyField() {
    String pattern = FilterPattern.withoutAccepted(formatOf(List.of(FlowField.values())));

    assertThat(pattern)
        .startsWith("[w1, w2, w3, w4, w5, w6, w7, w8, w9, w10, w11, w12, action != ACCEPT, w14, ")
        .endsWith(", w71, w72]")
        .hasSizeLessThanOrEqualTo(FilterPattern.MOST_CHARACTERS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"srcaddr", TRANSIT_GATEWAY})
  void withoutAccepted_noAction(String format) {
    RecordFormat withoutAction = RecordFormat.parse(format);

    assertThatThrownBy(() -> FilterPattern.withoutAccepted(withoutAction))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("expected a format with action, got " + withoutAction);
  }

  static Stream<RecordFormat> formats() {
    Random random = new Random(20_261_128);
    List<RecordFormat> formats = new ArrayList<>();
    formats.add(RecordFormat.DEFAULT);
    formats.add(RecordFormat.FLOWBELL);
    formats.add(RecordFormat.parse("action"));
    formats.add(RecordFormat.parse(TRANSIT_GATEWAY + " action"));
    List<FlowField> others = new ArrayList<>(List.of(FlowField.values()));
    others.remove(FlowField.ACTION);
    for (int place = 0; place < FlowField.values().length; place++) { // of all fields
      formats.add(withActionAt(place, others));
    }
    for (int i = 0; i < 100; i++) {
      Collections.shuffle(others, random);
      List<FlowField> some = others.subList(0, random.nextInt(others.size() + 1));
      formats.add(withActionAt(random.nextInt(some.size() + 1), some));
    }
    return formats.stream();
  }

  @ParameterizedTest
  @MethodSource("formats")
  void withoutAccepted_passesAllButAccepted(RecordFormat format) {
    LogsFilter filter = new LogsFilter(FilterPattern.withoutAccepted(format));
    RecordParser parser = new RecordParser(List.of(format));
    FlowRecord record = new FlowRecord();
    Random random = new Random(format.hashCode());
    for (int i = 0; i < 10; i++) {
      for (Kind kind : Kind.values()) {
        byte[] line = line(format, kind, random).getBytes(UTF_8);

        assertThat(parser.parse(line, 0, line.length, record)).isNull();
        assertThat(filter.matches(new String(line, UTF_8)))
            .as(() -> new String(line, UTF_8))
            .isEqualTo(!record.isAccept())
            .isEqualTo(kind != Kind.ACCEPT);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("formats")
  void terms_passRejectedAndRecordsWithoutTraffic(RecordFormat format) {
    LogsFilter filter = new LogsFilter(FilterPattern.TERMS);
    Random random = new Random(format.hashCode());
    boolean hasStatus = format.fields().contains(FlowField.LOG_STATUS);
    for (int i = 0; i < 10; i++) {
      assertThat(filter.matches(line(format, Kind.REJECT, random))).isTrue();
      if (hasStatus) {
        assertThat(filter.matches(line(format, Kind.NODATA, random))).isTrue();
        assertThat(filter.matches(line(format, Kind.SKIPDATA, random))).isTrue();
      }
    }
  }

  /// What the pattern by fields does right, and the terms don't.
  @Test
  void terms_findWordsInOtherFields() {
    RecordFormat format = RecordFormat.parse("action instance-tag");
    LogsFilter terms = new LogsFilter(FilterPattern.TERMS);
    LogsFilter fields = new LogsFilter(FilterPattern.withoutAccepted(format));

    assertThat(terms.matches("ACCEPT web")).isFalse();
    assertThat(terms.matches("ACCEPT REJECTED-ORDERS")).isTrue();
    assertThat(fields.matches("ACCEPT REJECTED-ORDERS")).isFalse();
    assertThat(fields.matches("REJECT ACCEPT")).isTrue();
  }

  private enum Kind {
    ACCEPT,
    REJECT,
    NODATA,
    SKIPDATA
  }

  private static RecordFormat withActionAt(int place, List<FlowField> others) {
    List<FlowField> fields = new ArrayList<>(others);
    fields.add(place, FlowField.ACTION);
    return formatOf(fields);
  }

  private static RecordFormat formatOf(List<FlowField> fields) {
    return RecordFormat.parse(
        fields.stream().map(FlowField::awsName).collect(Collectors.joining(" ")));
  }

  private static String line(RecordFormat format, Kind kind, Random random) {
    List<String> values = new ArrayList<>();
    for (int i = 0; i < format.size(); i++) {
      values.add(value(format.column(i), kind, random));
    }
    return String.join(" ", values);
  }

  /// As AWS writes values; a text may be any, also the word that is looked for in the action.
  private static String value(FlowField field, Kind kind, Random random) {
    boolean hasTraffic = kind == Kind.ACCEPT || kind == Kind.REJECT;
    return switch (field.kind()) {
      case ACTION -> hasTraffic ? kind.name() : "-";
      case LOG_STATUS -> hasTraffic ? "OK" : kind.name();
      case TEXT -> pick(random, "-", "ACCEPT", "REJECT", "%5BACCEPT%5D", "eni-0a1b2c3d", "a*b");
      case ADDRESS -> hasTraffic ? pick(random, "10.0.1.5", "2001:db8::17", "-") : "-";
      case PORT, PROTOCOL, TCP_FLAGS -> hasTraffic ? pick(random, "0", "6", "22", "-") : "-";
      case DECIMAL -> pick(random, "2", "1795342446", "-");
    };
  }

  private static String pick(Random random, String... values) {
    return Arrays.asList(values).get(random.nextInt(values.length));
  }
}
