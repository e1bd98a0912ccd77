package dev.flowbell.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.ledger.InMemoryLedger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Which causes are sent depends on what happened, and not on how the records were delivered.
///
/// A scenario has three hours of records of several interfaces. It is delivered in several forms,
/// through the real pipeline.
class SignalPropertyTest {
  private static final Instant START = Instant.parse("2026-11-23T07:00:00Z");
  private static final int MINUTES = 180;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6})
  void causesAreTheSameInEachForm(int seed) {
    Scenario scenario = Scenario.of(new Random(seed));

    forms(scenario.records, new Random(seed))
        .forEach(
            (form, payloads) ->
                assertThat(causesOf(payloads))
                    .as("seed %d, form %s", seed, form)
                    .isEqualTo(scenario.expected));
  }

  /// As payloads of a stream: in each form, the same as one by one.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void causesAreTheSameInBatches(int seed) {
    Scenario scenario = Scenario.of(new Random(seed));
    Random random = new Random(seed);

    forms(scenario.records, random)
        .forEach(
            (form, payloads) -> {
              JudgedPayloads judged = new JudgedPayloads(new InMemoryLedger(), START);
              judged.processBatches(
                  payloads.stream()
                      .map(payload -> payload.stream().map(Flow::toLine).toList())
                      .toList(),
                  () -> 1 + random.nextInt(100));
              judged.finish();
              assertThat(new TreeSet<>(judged.causes()))
                  .as("seed %d, batches of %s", seed, form)
                  .isEqualTo(scenario.expected);
            });
  }

  /// Random traffic: nobody knows what is expected, but it is the same in each form.
  ///
  /// Sources sweep doors that are blocked for others too, and are blocked themselves. What a scan
  /// explains may have been announced by a lower rule before, and a port stands for its doors:
  /// these are left out. Hosts that are tried again are tried soon, or after more than fifteen
  /// minutes: payloads that are up to ten minutes late can't change what a scan is then.
  @ParameterizedTest
  @ValueSource(ints = {11, 12, 13, 14, 15, 16, 17, 18})
  void randomTrafficHasTheSameCauses(int seed) {
    Random random = new Random(seed);
    List<Flow> records = randomTraffic(random);
    Map<String, Set<String>> causes = new LinkedHashMap<>();
    forms(records, random).forEach((form, payloads) -> causes.put(form, causesOf(payloads)));

    Set<String> explained = explained(records, causes.values());
    Map<String, Set<String>> left = new LinkedHashMap<>();
    causes.forEach(
        (form, each) -> {
          Set<String> kept = new TreeSet<>(each);
          kept.removeIf(cause -> cause.startsWith("rejects ") || explained.contains(cause));
          left.put(form, kept);
        });
    Set<String> once = left.getOrDefault("once", Set.of());
    assertThat(once).isNotEmpty();
    left.forEach((form, each) -> assertThat(each).as("seed %d, %s", seed, form).isEqualTo(once));
  }

  /// Returns the causes that another one may stand for: those of doors that a source tried which
  /// scans, or whose port is blocked, and those of their ports.
  private static Set<String> explained(List<Flow> records, Collection<Set<String>> causes) {
    Set<String> all = new HashSet<>();
    causes.forEach(all::addAll);
    Set<String> explained = new HashSet<>();
    for (Flow flow : records) {
      String port = "blocked-connection blocked|port|6|" + flow.port;
      if (all.contains("scan scan|" + flow.source) || all.contains(port)) {
        explained.add("blocked-connection blocked|door|" + flow.target + "|6|" + flow.port);
        explained.add(port);
      }
    }
    return explained;
  }

  // Forms of delivery.

  private static Map<String, List<List<Flow>>> forms(List<Flow> records, Random random) {
    List<List<Flow>> once = payloads(records, flow -> flow.interfaceId + " " + flow.minute);
    Map<String, List<List<Flow>>> forms = new LinkedHashMap<>();
    forms.put("once", once);
    List<List<Flow>> twice = new ArrayList<>();
    once.forEach(
        payload -> {
          twice.add(payload);
          twice.add(payload);
        });
    forms.put("twice", twice);
    IdentityHashMap<List<Flow>, Integer> delays = new IdentityHashMap<>();
    once.forEach(payload -> delays.put(payload, payload.getFirst().minute + random.nextInt(11)));
    List<List<Flow>> late = new ArrayList<>(once);
    late.sort(Comparator.comparing(delays::get));
    forms.put("late", late);
    List<List<Flow>> halves = new ArrayList<>();
    for (List<Flow> payload : once) {
      List<Flow> first = new ArrayList<>();
      List<Flow> second = new ArrayList<>();
      // Both directions of a connection stay together, as they do in a stream.
      payload.forEach(flow -> (flow.pair() % 2 == 0 ? first : second).add(flow));
      halves.add(first);
      halves.add(second);
    }
    halves.removeIf(List::isEmpty);
    forms.put("halves", halves);
    forms.put("hourly", payloads(records, flow -> flow.interfaceId + " " + flow.minute / 60));
    forms.put("files", payloads(records, flow -> "all " + flow.minute / 5));
    return forms;
  }

  private static List<List<Flow>> payloads(List<Flow> records, Function<Flow, String> key) {
    Map<String, List<Flow>> payloads = new LinkedHashMap<>();
    records.stream()
        .sorted(Comparator.comparingInt(Flow::minute))
        .forEach(
            flow -> payloads.computeIfAbsent(key.apply(flow), _ -> new ArrayList<>()).add(flow));
    return List.copyOf(payloads.values());
  }

  private static Set<String> causesOf(List<List<Flow>> payloads) {
    JudgedPayloads judged = new JudgedPayloads(new InMemoryLedger(), START);
    for (List<Flow> payload : payloads) {
      judged.process(payload.stream().map(Flow::toLine).toList());
    }
    judged.finish();
    return new TreeSet<>(judged.causes());
  }

  // Traffic.

  private static List<Flow> randomTraffic(Random random) {
    List<Flow> records = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      if (random.nextInt(4) == 0) {
        addRandomSweep(random, records);
      } else {
        addRandomConnection(random, records);
      }
    }
    return records;
  }

  private static void addRandomConnection(Random random, List<Flow> records) {
    int[] ports = {22, 443, 5432, 9_999};
    int port = ports[random.nextInt(ports.length)];
    String source = randomSource(random);
    int first = random.nextInt(MINUTES);
    int length = 1 + random.nextInt(40);
    int firstHost = random.nextInt(20);
    int hosts = 1 + random.nextInt(2);
    boolean isRejected = random.nextInt(4) != 0;
    for (int minute = first; minute < Math.min(MINUTES, first + length); minute++) {
      if (random.nextBoolean()) {
        String target = "10.0.2." + (firstHost + random.nextInt(hosts));
        records.add(
            isRejected
                ? Flow.reject(minute, source, target, port)
                : Flow.accept(minute, source, target, port));
      }
    }
  }

  private static void addRandomSweep(Random random, List<Flow> records) {
    int[] ports = {22, 445, 5432, 7_777, 9_999};
    int port = ports[random.nextInt(ports.length)];
    String source = random.nextBoolean() ? randomSource(random) : "10.0.5." + records.size() % 250;
    int first = random.nextInt(MINUTES - 30);
    int firstHost = random.nextInt(40);
    int hosts = 15 + random.nextInt(40);
    int[] pauses = {0, 0, 3, 20};
    int pause = pauses[random.nextInt(pauses.length)];
    for (int host = 0; host < hosts; host++) {
      int minute = first + host / 3;
      String target = "10.0.2." + (firstHost + host);
      records.add(Flow.reject(minute, source, target, port));
      if (pause > 0) {
        records.add(Flow.reject(minute + pause, source, target, port));
      }
    }
  }

  private static String randomSource(Random random) {
    return random.nextInt(3) == 0
        ? "198.51.100." + random.nextInt(4)
        : "10.0.1." + random.nextInt(12);
  }

  /// One record.
  private record Flow(
      int minute,
      String interfaceId,
      String source,
      String target,
      int sourcePort,
      int port,
      String action,
      int flags,
      int packets,
      int bytes) {
    static Flow reject(int minute, String source, String target, int port) {
      return new Flow(
          minute, "eni-" + target, source, target, 51_000 + minute, port, "REJECT", 2, 1, 60);
    }

    static Flow accept(int minute, String source, String target, int port) {
      return new Flow(
          minute, "eni-" + target, source, target, 51_000 + minute, port, "ACCEPT", 3, 12, 4_321);
    }

    int pair() {
      return Math.abs(source.hashCode() + target.hashCode() + sourcePort + port);
    }

    String toLine() {
      long start = START.getEpochSecond() + minute * 60L;
      return "%s %s %s %d %d 6 %d %d %d %d %s %d ingress OK"
          .formatted(
              interfaceId,
              source,
              target,
              sourcePort,
              port,
              packets,
              bytes,
              start,
              start + 59,
              action,
              flags);
    }
  }

  /// Causes mixed with healthy traffic and noise, and what is to be sent.
  private record Scenario(List<Flow> records, Set<String> expected) {
    static Scenario of(Random random) {
      List<Flow> records = new ArrayList<>();
      Set<String> expected = new TreeSet<>();
      for (int minute = 0; minute < MINUTES; minute++) {
        for (int i = 0; i < 5; i++) { // healthy
          records.add(
              Flow.accept(
                  minute, "10.0.1." + random.nextInt(20), "10.0.2." + random.nextInt(9), 443));
        }
        for (int i = 0; i < 3; i++) { // noise of the internet: few ports at many hosts
          records.add(
              Flow.reject(
                  minute,
                  "203.0.113." + random.nextInt(9),
                  "10.0.2." + random.nextInt(200),
                  random.nextBoolean() ? 22 : 23));
        }
      }
      if (random.nextInt(3) != 0) {
        addOutage(random, records);
        expected.add("blocked-connection blocked|door|10.0.2.11|6|5432");
      }
      if (random.nextInt(3) != 0) {
        addSweep(random, records);
        expected.add("scan scan|10.0.3.17");
      }
      if (random.nextInt(3) != 0) {
        addOutsideScan(random, records);
        expected.add("scan scan|198.51.100.7");
      }
      if (random.nextInt(3) != 0) {
        addDroppedAnswers(random, records);
        expected.add("answers-dropped answers|10.0.2.12|6|8443");
      }
      Collections.shuffle(records, random);
      return new Scenario(records, expected);
    }

    /// A fleet can't reach its database.
    private static void addOutage(Random random, List<Flow> records) {
      int first = random.nextInt(60);
      for (int minute = first; minute < first + 60; minute++) {
        for (int host = 1; host <= 12; host++) {
          if (random.nextInt(4) == 0) {
            records.add(Flow.reject(minute, "10.0.1." + host, "10.0.2.11", 5432));
          }
        }
      }
    }

    private static void addSweep(Random random, List<Flow> records) {
      int first = random.nextInt(60);
      int port = random.nextBoolean() ? 445 : 7_777;
      for (int host = 0; host < 40; host++) {
        records.add(Flow.reject(first + host / 2, "10.0.3.17", "10.0.4." + host, port));
      }
    }

    private static void addOutsideScan(Random random, List<Flow> records) {
      int first = 5 + random.nextInt(60);
      for (int port = 0; port < 200; port++) {
        records.add(Flow.reject(first + port / 20, "198.51.100.7", "10.0.2.98", 1_000 + port));
      }
    }

    /// The requests come in, and a network ACL drops the answers.
    private static void addDroppedAnswers(Random random, List<Flow> records) {
      int first = random.nextInt(60);
      for (int minute = first; minute < first + 20; minute++) {
        for (int i = 0; i < 3; i++) {
          int port = 40_000 + minute * 10 + i;
          records.add(
              new Flow(minute, "eni-s", "10.0.1.5", "10.0.2.12", port, 8443, "ACCEPT", 2, 1, 60));
          records.add(
              new Flow(minute, "eni-s", "10.0.2.12", "10.0.1.5", 8443, port, "REJECT", 18, 1, 60));
        }
      }
    }
  }
}
