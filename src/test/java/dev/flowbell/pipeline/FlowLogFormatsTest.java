package dev.flowbell.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.ec2.Ec2Exception;
import dev.flowbell.ec2.Ec2Operation;
import dev.flowbell.record.FlowField;
import dev.flowbell.record.RecordFormat;
import dev.flowbell.testing.doubles.RecordingFlowLogSource;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FlowLogFormatsTest {
  private static final String GROUP = "/vpc/flow-logs";
  private static final RecordFormat FIRST = RecordFormat.parse("srcaddr dstaddr action");
  private static final RecordFormat SECOND = RecordFormat.parse("action bytes");
  private static final List<RecordFormat> FALLBACK =
      List.of(RecordFormat.DEFAULT, RecordFormat.FLOWBELL, RecordFormat.TRANSIT_GATEWAY);
  private static final Ec2Exception BROKEN =
      new Ec2Exception(Ec2Operation.DESCRIBE_FLOW_LOGS, "status 503", "InternalError", null);

  private final RecordingFlowLogSource ec2 = new RecordingFlowLogSource();
  private final List<String> warnings = new ArrayList<>();
  private Instant now = Instant.parse("2026-11-22T10:19:13Z");
  private final FlowLogFormats formats =
      new FlowLogFormats(ec2, FALLBACK, () -> now, warnings::add);

  @Test
  void of_allFormatsFound() {
    ec2.add("fl-1", FIRST.toString());
    ec2.add("fl-2", SECOND.toString());
    ec2.add("fl-3", FIRST.toString());
    ec2.add("fl-4", null);

    assertThat(formats.of(GROUP)).containsExactly(FIRST, SECOND, RecordFormat.DEFAULT);
    assertThat(formats.of(GROUP)).containsExactly(FIRST, SECOND, RecordFormat.DEFAULT);
    assertThat(ec2.asked()).containsExactly(GROUP);
    assertThat(warnings).isEmpty();
  }

  @Test
  void of_eachLogGroupForItself() {
    ec2.add("fl-1", FIRST.toString());
    assertThat(formats.of(GROUP)).containsExactly(FIRST);
    ec2.clear();
    ec2.add("fl-2", SECOND.toString());

    assertThat(formats.of("other")).containsExactly(SECOND);
    assertThat(formats.of(GROUP)).containsExactly(FIRST);
    assertThat(ec2.asked()).containsExactly(GROUP, "other");
  }

  /// A message made by hand.
  @Test
  void of_noLogGroup() {
    ec2.add("fl-1", FIRST.toString());

    assertThat(formats.of("")).isEqualTo(FALLBACK);
    assertThat(formats.refresh("")).isFalse();
    assertThat(ec2.asked()).isEmpty();
  }

  @Test
  void of_noneFound() {
    assertThat(formats.of(GROUP)).isEqualTo(FALLBACK);
    assertThat(formats.of(GROUP)).isEqualTo(FALLBACK);
    now = now.plusSeconds(60);
    assertThat(formats.refresh(GROUP)).isFalse();

    assertThat(ec2.asked()).containsExactly(GROUP, GROUP);
    assertThat(warnings)
        .containsExactly(
            "LOG_FORMAT auto: lines are read in AWS's default format or that of Flowbell's template"
                + " (said once): no flow log of this account and region delivers into log group"
                + " /vpc/flow-logs");
  }

  @Test
  void of_notAllowed() {
    ec2.failWith(
        new Ec2Exception(
            Ec2Operation.DESCRIBE_FLOW_LOGS,
            "EC2 DescribeFlowLogs, log group /vpc/flow-logs: status 403",
            "UnauthorizedOperation",
            null));

    assertThat(formats.of(GROUP)).isEqualTo(FALLBACK);
    now = now.plusSeconds(60);
    assertThat(formats.refresh(GROUP)).isFalse();

    assertThat(warnings)
        .containsExactly(
            "LOG_FORMAT auto: lines are read in AWS's default format or that of Flowbell's template"
                + " (said once): the function's role needs ec2:DescribeFlowLogs: EC2"
                + " DescribeFlowLogs, log group /vpc/flow-logs: status 403");
  }

  /// As of a version of flow logs that comes after this code.
  @Test
  void of_unknownField() {
    ec2.add("fl-1", "${srcaddr} ${quantum-state}");
    ec2.add("fl-2", SECOND.toString());
    ec2.add("fl-3", "${srcaddr} ${quantum-state}");

    assertThat(formats.of(GROUP)).containsExactly(SECOND);
    now = now.plusSeconds(60);
    assertThat(formats.refresh(GROUP)).isFalse();

    assertThat(warnings)
        .containsExactly(
            "LOG_FORMAT auto: the lines of flow log fl-1 can't be read (said once): field 2"
                + " (character 12): expected a flow log field such as ${srcaddr}, got"
                + " \"${quantum-state}\"");
  }

  @Test
  void of_onlyUnknownFields() {
    ec2.add("fl-1", "${quantum-state}");

    assertThat(formats.of(GROUP)).isEqualTo(FALLBACK);
    assertThat(warnings).hasSize(1);
  }

  @Test
  void of_manyFormats() {
    List<FlowField> fields = List.of(FlowField.values()); // more than 11: pairs enough
    for (int i = 0; i < 101; i++) {
      ec2.add("fl-" + i, fields.get(i / 11).awsName() + " " + fields.get(11 + i % 11).awsName());
    }

    assertThat(formats.of(GROUP)).hasSize(100).doesNotHaveDuplicates();
  }

  @Test
  void of_manyLogGroups() {
    ec2.add("fl-1", FIRST.toString());
    for (int i = 0; i < 101; i++) {
      assertThat(formats.of("group-" + i)).containsExactly(FIRST);
    }

    assertThat(formats.of("group-100")).containsExactly(FIRST);
    assertThat(ec2.asked()).hasSize(101);
    assertThat(formats.of("group-0")).containsExactly(FIRST);
    assertThat(ec2.asked()).hasSize(102);
  }

  @Test
  void refresh_learnsAndKeepsWhatItKnew() {
    ec2.add("fl-1", FIRST.toString());
    assertThat(formats.of(GROUP)).containsExactly(FIRST);
    ec2.clear();
    ec2.add("fl-2", SECOND.toString());
    now = now.plusSeconds(60);

    assertThat(formats.refresh(GROUP)).isTrue();
    assertThat(formats.of(GROUP)).containsExactly(FIRST, SECOND);

    now = now.plusSeconds(60);
    assertThat(formats.refresh(GROUP)).isFalse();
    assertThat(ec2.asked()).hasSize(3);
  }

  @Test
  void refresh_replacesTheFallback() {
    assertThat(formats.of(GROUP)).isEqualTo(FALLBACK);
    ec2.add("fl-1", FIRST.toString());
    now = now.plusSeconds(60);

    assertThat(formats.refresh(GROUP)).isTrue();
    assertThat(formats.of(GROUP)).containsExactly(FIRST);
  }

  @Test
  void refresh_atMostOnceAMinute() {
    ec2.add("fl-1", FIRST.toString());
    formats.of(GROUP);
    ec2.add("fl-2", SECOND.toString());

    now = now.plusSeconds(59);
    assertThat(formats.refresh(GROUP)).isFalse();
    assertThat(ec2.asked()).hasSize(1);

    now = now.plusSeconds(1);
    assertThat(formats.refresh(GROUP)).isTrue();
    assertThat(formats.refresh(GROUP)).isFalse();
    assertThat(ec2.asked()).hasSize(2);
  }

  @Test
  void refresh_failureChangesNothing() {
    ec2.add("fl-1", FIRST.toString());
    formats.of(GROUP);
    ec2.failWith(BROKEN);

    for (int i = 0; i < 3; i++) {
      now = now.plusSeconds(60);
      assertThat(formats.refresh(GROUP)).isFalse();
    }

    assertThat(formats.of(GROUP)).containsExactly(FIRST);
    assertThat(ec2.asked()).hasSize(4);
    assertThat(warnings)
        .containsExactly(
            "LOG_FORMAT auto: lines are read in the formats known before (said once): EC2 failed:"
                + " status 503");
  }

  @Test
  void prepare_isAskedForNoMore() {
    ec2.add("fl-1", FIRST.toString());
    formats.prepare(GROUP);

    assertThat(formats.of(GROUP)).containsExactly(FIRST);
    assertThat(ec2.asked()).hasSize(1);
  }

  /// A snapshot taken at start-up may be restored days later, or the next second.
  @Test
  void prepare_doesNotCountAsAskedAMomentAgo() {
    ec2.add("fl-1", FIRST.toString());
    formats.prepare(GROUP);
    ec2.add("fl-2", SECOND.toString());

    assertThat(formats.refresh(GROUP)).isTrue();
    assertThat(formats.of(GROUP)).containsExactly(FIRST, SECOND);
  }

  /// Before the first line is read, and whether or not it would happen to fit.
  @Test
  void prepare_inVainIsTriedAgainByTheFirstPayload() {
    ec2.failWith(BROKEN);
    formats.prepare(GROUP);
    ec2.failWith(null);
    ec2.add("fl-1", FIRST.toString());

    assertThat(formats.of(GROUP)).containsExactly(FIRST);
    assertThat(warnings).isEmpty();
  }
}
