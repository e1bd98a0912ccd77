package dev.flowbell.ledger;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/// What a function without a table, or without one that answers, keeps in its memory.
class InMemoryEvidenceTest {
  private static final int MOST_ITEMS = 10_000;
  private static final Instant LATER = Instant.parse("2026-11-24T10:00:00Z");

  private final InMemoryEvidence evidence = new InMemoryEvidence(MOST_ITEMS, true);

  @Test
  void add_fullSet() {
    add("key", entries(0, 1_500, 10));
    Map<String, EvidenceItem> added = add("key", entries(1_400, 1_600, 10));

    assertThat(added.get("key").set("set")).hasSize(1_024);
    assertThat(evidence.takeLeftOut()).isZero();
  }

  @Test
  void add_forgetsTheOldestBeyondTheBytes() {
    for (int i = 0; i < 20; i++) {
      add("key " + i, entries(0, 1_000, 900)); // a megabyte
    }

    assertThat(evidence.read(List.of("key 0", "key 11", "key 19"))).containsOnlyKeys("key 19");
    assertThat(evidence.read(keys(20))).hasSize(8);
  }

  @Test
  void add_keepsOneItemOfAnySize() {
    add("key", entries(0, 1_000, 20_000));

    assertThat(evidence.read(List.of("key")).get("key").set("set")).hasSize(1_000);
  }

  @Test
  void add_forgetsTheOldestBeyondTheItems() {
    for (int i = 0; i <= MOST_ITEMS; i++) {
      add("key " + i, Set.of());
    }

    assertThat(evidence.read(List.of("key 0", "key 1"))).containsOnlyKeys("key 1");
  }

  /// A log group's name is in a key, and may have a kilobyte.
  @Test
  void keys_long() {
    String key = "unreadable-records|" + "g".repeat(1_000);
    Episode episode = new Episode(LATER, LATER, LATER, 1, false, false, "");

    add(key, Set.of("x"));
    add(key + "2", Set.of("y"));
    evidence.putEpisode(key, episode);

    assertThat(evidence.read(List.of(key, key + "2", key + "3")))
        .isEqualTo(
            Map.of(
                key,
                new EvidenceItem(Map.of("set", Set.of("x")), Map.of()),
                key + "2",
                new EvidenceItem(Map.of("set", Set.of("y")), Map.of())));
    assertThat(evidence.findEpisode(key)).isEqualTo(episode);
    assertThat(evidence.findEpisode(key + "2")).isNull();
  }

  @Test
  void post_fullBoard() {
    evidence.post(entries(0, 510, 10));

    assertThat(evidence.board()).hasSize(500);
    assertThat(evidence.takeLeftOut()).isEqualTo(10);
    assertThat(evidence.takeLeftOut()).isZero();
  }

  @Test
  void hold_fullDigest() {
    for (int i = 0; i < 203; i++) {
      evidence.hold(i % 2, "alert");
    }

    assertThat(evidence.takeHeld(2).values().stream().mapToInt(List::size).sum()).isEqualTo(200);
    assertThat(evidence.takeLeftOut()).isEqualTo(3);
  }

  private Map<String, EvidenceItem> add(String key, Set<String> entries) {
    return evidence.add(
        List.of(
            new EvidenceAddition(key, new EvidenceItem(Map.of("set", entries), Map.of()), LATER)),
        false);
  }

  private static Set<String> entries(int from, int to, int length) {
    return IntStream.range(from, to)
        .mapToObj(i -> "%%0%dd".formatted(length).formatted(i))
        .collect(Collectors.toSet());
  }

  private static List<String> keys(int count) {
    return IntStream.range(0, count).mapToObj(i -> "key " + i).toList();
  }
}
