package dev.flowbell.summary;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.classify.Door;
import dev.flowbell.classify.Suspect;
import dev.flowbell.classify.Suspect.Kind;
import dev.flowbell.classify.SuspectRecords;
import dev.flowbell.record.IpAddress;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PayloadEvidenceBuilderTest {
  private static final IpAddress SOURCE = address("198.51.100.7");
  private static final IpAddress TARGET = address("10.0.2.98");
  private static final Suspect.Place PLACE =
      new Suspect.Place("eni-0a1b2c3d", null, null, null, null, null);

  private final PayloadEvidenceBuilder builder = new PayloadEvidenceBuilder();

  @Test
  void build_nothing() {
    assertThat(builder.build()).isSameAs(PayloadEvidence.NOTHING);
  }

  @Test
  void add_recordsThatDifferInTheirCountsAlone() {
    add(suspect(Kind.ATTEMPT, 50_101, 22, 7, 1, 60));
    add(suspect(Kind.ATTEMPT, 50_102, 22, 7, 3, 180));
    add(suspect(Kind.ATTEMPT, 50_103, 22, 7, -1, -1));
    add(suspect(Kind.ATTEMPT, 50_101, 23, 7, 5, 300));
    add(suspect(Kind.ATTEMPT, 50_101, 22, 8, 6, 360));

    assertThat(builder.build())
        .isEqualTo(
            new PayloadEvidence(
                List.of(
                    new SuspectGroup(suspect(Kind.ATTEMPT, -1, 22, 7, 0, 0), 3, 4, 240),
                    new SuspectGroup(suspect(Kind.ATTEMPT, -1, 23, 7, 0, 0), 1, 5, 300),
                    new SuspectGroup(suspect(Kind.ATTEMPT, -1, 22, 8, 0, 0), 1, 6, 360)),
                List.of()));
  }

  /// The source port matters where it may be a service's.
  @ParameterizedTest
  @EnumSource
  void add_sourcePorts(Kind kind) {
    add(suspect(kind, 5_353, 50_101, 7, 1, 60));
    add(suspect(kind, 5_354, 50_101, 7, 1, 60));

    boolean isApart = kind == Kind.ANSWER || kind == Kind.ATTEMPT_OR_ANSWER;
    assertThat(builder.build().suspects().stream().map(group -> group.suspect().sourcePort()))
        .isEqualTo(isApart ? List.of(5_353, 5_354) : List.of(-1));
  }

  @Test
  void add_sumsStopAtTheMost() {
    add(suspect(Kind.ATTEMPT, 1, 22, 7, Long.MAX_VALUE, Long.MAX_VALUE));
    add(suspect(Kind.ATTEMPT, 1, 22, 7, 3, 180));

    assertThat(builder.build().suspects())
        .containsExactly(
            new SuspectGroup(
                suspect(Kind.ATTEMPT, -1, 22, 7, 0, 0), 2, Long.MAX_VALUE, Long.MAX_VALUE));
  }

  @Test
  void addOpened_byDoorAndMinute() {
    Door door = Door.of(TARGET, 6, 22);
    builder.addOpened(SOURCE, door, 7, 100);
    builder.addOpened(SOURCE, door, 8, 200);
    builder.addOpened(SOURCE, Door.of(TARGET, 6, 23), 7, 300);
    builder.addOpened(SOURCE, door, 7, 1_000);

    assertThat(builder.build())
        .isEqualTo(
            new PayloadEvidence(
                List.of(),
                List.of(
                    new OpenedFlow(SOURCE, door, 7, 1_100),
                    new OpenedFlow(SOURCE, door, 8, 200),
                    new OpenedFlow(SOURCE, Door.of(TARGET, 6, 23), 7, 300))));
  }

  @Test
  void reset_forgetsBoth() {
    add(suspect(Kind.ATTEMPT, 1, 22, 7, 1, 60));
    builder.addOpened(SOURCE, Door.of(TARGET, 6, 22), 7, 100);
    builder.reset();

    assertThat(builder.build()).isEqualTo(PayloadEvidence.NOTHING);
  }

  @Test
  void add_pastTheMost() {
    for (int minute = 0; minute < PayloadEvidenceBuilder.MOST_GROUPS; minute++) {
      add(suspect(Kind.ATTEMPT, 1, 22, minute, 1, 60));
      builder.addOpened(SOURCE, Door.of(TARGET, 6, 22), minute, 100);
    }

    assertThat(add(suspect(Kind.ATTEMPT, 1, 22, -7, 1, 60))).isFalse();
    assertThat(builder.addOpened(SOURCE, Door.of(TARGET, 6, 22), -7, 100)).isFalse();
    assertThat(add(suspect(Kind.ATTEMPT, 2, 22, 7, 1, 60))).isTrue();
    assertThat(builder.addOpened(SOURCE, Door.of(TARGET, 6, 22), 7, 100)).isTrue();
    assertThat(builder.build().suspects()).hasSize(PayloadEvidenceBuilder.MOST_GROUPS);
    assertThat(builder.build().opened()).hasSize(PayloadEvidenceBuilder.MOST_GROUPS);
  }

  private boolean add(Suspect suspect) {
    return builder.add(SuspectRecords.of(suspect));
  }

  private static Suspect suspect(
      Kind kind, int sourcePort, int port, long minute, long packets, long bytes) {
    return new Suspect(
        kind,
        SOURCE,
        null,
        false,
        false,
        TARGET,
        6,
        sourcePort,
        port,
        minute,
        false,
        false,
        false,
        PLACE,
        packets,
        bytes);
  }

  private static IpAddress address(String text) {
    return Objects.requireNonNull(IpAddress.find(text));
  }
}
