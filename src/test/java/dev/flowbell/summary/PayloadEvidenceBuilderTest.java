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
  private static final int MOST_GROUPS = 160;
  private static final IpAddress SOURCE = address("198.51.100.7");
  private static final IpAddress TARGET = address("10.0.2.98");
  private static final Suspect.Place PLACE =
      new Suspect.Place("eni-0a1b2c3d", null, null, null, null, null);

  private PayloadEvidenceBuilder builder = new PayloadEvidenceBuilder(MOST_GROUPS);

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

  /// Where it was logged makes no other group: a broadcast reaches every host.
  @Test
  void add_recordsOfManyPlaces() {
    for (int i = 0; i < 100; i++) {
      add(suspect(Kind.NOT_UNICAST, 1, 22, 7, 1, 60, place(i)));
      add(suspect(Kind.NOT_UNICAST, 1, 22, 7, 1, 60, place(i)));
    }
    add(suspect(Kind.NOT_UNICAST, 1, 22, 7, 1, 60, place(1)));
    SuspectGroup group = builder.build().suspects().getFirst();

    assertThat(builder.build().suspects()).hasSize(1);
    assertThat(group.records()).isEqualTo(201);
    assertThat(group.suspect().place()).isEqualTo(place(0));
    assertThat(group.elsewhere())
        .hasSize(64)
        .containsEntry(place(1), 3L)
        .containsEntry(place(2), 2L);
    assertThat(group.interfaceIds()).hasSize(65).startsWith("eni-0", "eni-1", "eni-2");
  }

  /// One source has too much, and others come behind it: they have room, and it keeps what came
  /// first.
  @Test
  void add_sourcesBehindANoisyOne() {
    for (int minute = 0; minute < 1_000; minute++) {
      add(suspect(Kind.ATTEMPT, 1, 22, minute, 1, 60));
    }
    assertThat(builder.leftOut()).isEqualTo(860);
    for (int source = 1; source <= 20; source++) {
      for (int port = 1; port <= 5; port++) {
        add(suspect("10.0.3." + source, Kind.ATTEMPT, true, port, 7));
      }
    }
    for (int minute = 0; minute < 1_000; minute++) {
      add(suspect(Kind.ATTEMPT, 1, 22, minute, 1, 60));
    }
    List<SuspectGroup> groups = builder.build().suspects();

    assertThat(groups).hasSizeBetween(140, MOST_GROUPS);
    assertThat(groups.stream().filter(each -> each.suspect().isInside())).hasSize(100);
    assertThat(minutesOf(groups)).startsWith(0L, 1L, 2L).hasSizeGreaterThanOrEqualTo(40);
    assertThat(records(groups) + builder.leftOut()).isEqualTo(2_100);
  }

  /// Late packets of a host don't hide its attempts.
  @Test
  void add_attemptsBehindNoiseOfTheSameSource() {
    for (int port = 0; port < 1_000; port++) {
      add(suspect("10.0.3.1", Kind.STRAY, true, port, 7));
    }
    for (int port = 0; port < 70; port++) {
      add(suspect("10.0.3.1", Kind.ATTEMPT, true, port, 7));
    }
    List<SuspectGroup> groups = builder.build().suspects();

    assertThat(groups.stream().filter(each -> each.suspect().isAttempt())).hasSize(70);
    assertThat(records(groups) + builder.leftOut()).isEqualTo(1_070);
  }

  /// More sources than groups: those outside with the fewest packets leave.
  @Test
  void add_forgedSources() {
    builder = new PayloadEvidenceBuilder(4_000);
    for (int i = 0; i < 20_000; i++) {
      add(suspect("198.18." + i / 250 + "." + i % 250, Kind.ATTEMPT, false, 22, 7));
      if (i % 200 == 0) {
        add(suspect("10.0.3." + i / 200, Kind.ATTEMPT, true, 22, 7));
      }
      if (i % 1_000 < 2) {
        add(suspect("203.0.113." + i / 1_000, Kind.ATTEMPT, false, i % 1_000, 7));
      }
    }
    List<SuspectGroup> groups = builder.build().suspects();

    assertThat(groups.stream().filter(each -> each.suspect().isInside())).hasSize(100);
    assertThat(
            groups.stream()
                .filter(each -> each.suspect().source().toString().startsWith("203.0.113.")))
        .hasSize(40);
    assertThat(records(groups) + builder.leftOut()).isEqualTo(20_140);
  }

  /// Where there is nobody to leave, the first ones stay.
  @Test
  void add_sourcesInsidePastTheMost() {
    for (int i = 0; i < 1_000; i++) {
      add(suspect("10.0." + i / 250 + "." + i % 250, Kind.ATTEMPT, true, 22, 7));
    }

    assertThat(builder.build().suspects()).hasSize(MOST_GROUPS);
    assertThat(builder.leftOut()).isEqualTo(1_000 - MOST_GROUPS);
  }

  @Test
  void addOpened_pastTheMost() {
    for (int minute = 0; minute < 1_000; minute++) {
      builder.addOpened(SOURCE, Door.of(TARGET, 6, 22), minute, 100);
    }
    builder.addOpened(TARGET, Door.of(SOURCE, 6, 22), 7, 100);

    assertThat(builder.build().opened())
        .hasSize(141)
        .contains(new OpenedFlow(TARGET, Door.of(SOURCE, 6, 22), 7, 100));
    assertThat(builder.leftOut()).isEqualTo(860);
  }

  private void add(Suspect suspect) {
    builder.add(SuspectRecords.of(suspect));
  }

  private static long records(List<SuspectGroup> groups) {
    return groups.stream().mapToLong(SuspectGroup::records).sum();
  }

  private static List<Long> minutesOf(List<SuspectGroup> groups) {
    return groups.stream()
        .map(SuspectGroup::suspect)
        .filter(each -> each.source().equals(SOURCE))
        .map(Suspect::minute)
        .toList();
  }

  private static Suspect.Place place(int number) {
    return new Suspect.Place("eni-" + number, null, null, null, null, null);
  }

  private static Suspect suspect(
      Kind kind, int sourcePort, int port, long minute, long packets, long bytes) {
    return suspect(kind, sourcePort, port, minute, packets, bytes, PLACE);
  }

  private static Suspect suspect(
      Kind kind,
      int sourcePort,
      int port,
      long minute,
      long packets,
      long bytes,
      Suspect.Place place) {
    return suspect(SOURCE, kind, false, sourcePort, port, minute, packets, bytes, place);
  }

  private static Suspect suspect(
      String source, Kind kind, boolean isInside, int port, long minute) {
    return suspect(address(source), kind, isInside, -1, port, minute, 1, 60, PLACE);
  }

  private static Suspect suspect(
      IpAddress source,
      Kind kind,
      boolean isInside,
      int sourcePort,
      int port,
      long minute,
      long packets,
      long bytes,
      Suspect.Place place) {
    return new Suspect(
        kind,
        source,
        null,
        isInside,
        false,
        TARGET,
        6,
        sourcePort,
        port,
        minute,
        false,
        false,
        false,
        place,
        packets,
        bytes);
  }

  private static IpAddress address(String text) {
    return Objects.requireNonNull(IpAddress.find(text));
  }
}
