package dev.flowbell.judge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.classify.Door;
import dev.flowbell.judge.Entries.Try;
import dev.flowbell.record.IpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScanFinderTest {
  private static final int HOSTS = 4;
  private static final int PORTS = 3;

  private final ScanFinder finder =
      new ScanFinder(
          Thresholds.parse(
              "scan-hosts=%d,scan-ports=%d,outside-scan-ports=%d".formatted(HOSTS, PORTS, PORTS)));

  /// Each try is `host:port@minute`.
  @ParameterizedTest
  @CsvSource({
    // Ports that intruders try first count at once, however often.
    "1:445@0 2:445@0 3:445@0 4:445@59, 59, true,",
    "1:445@0 2:445@0 3:445@0 4:445@60, 60, false,",
    "1:445@0 1:445@1 2:22@0 3:22@0 4:22@9, 9, true,",
    "1:445@0 2:445@0 3:445@0, 90, false,",
    // Others wait for fifteen minutes,
    "1:7777@0 2:7777@0 3:7777@0 4:7777@5, 19, false, 20",
    "1:7777@0 2:7777@0 3:7777@0 4:7777@5, 20, true,",
    // and don't count if they are tried again meanwhile,
    "1:7777@0 2:7777@0 3:7777@0 4:7777@5 4:7777@20, 60, false,",
    "1:7777@0 2:7777@0 3:7777@0 4:7777@5 4:7777@21, 60, true,",
    // or were tried in the hour before.
    "1:7777@60 2:7777@60 3:7777@60 4:7777@60 4:7777@0, 90, false,",
    "1:7777@61 2:7777@61 3:7777@61 4:7777@61 4:7777@0, 90, true,",
    // Both together.
    "1:445@0 2:445@0 3:7777@0 4:7777@5, 5, false, 20",
    // Ports of one host.
    "1:7001@0 1:7002@30 1:7003@59, 59, true,",
    "1:7001@0 1:7002@30 1:7003@60, 60, false,",
    "1:7001@0 2:7002@30 1:7003@59, 59, false,",
  })
  void find_inside(String tries, long nowMinute, boolean isScan, Long dueMinute) {
    List<Try> all = new ArrayList<>();
    Set<Long> minutes = new HashSet<>();
    for (String each : tries.split(" ", -1)) {
      String[] parts = each.split("[:@]", -1);
      long minute = Long.parseLong(parts[2]);
      all.add(newTry(Integer.parseInt(parts[0]), Integer.parseInt(parts[1]), minute));
      minutes.add(minute);
    }

    ScanFinder.Result found = finder.find(all, true, minutes, nowMinute);

    assertThat(found.isScan()).isEqualTo(isScan);
    assertThat(found.dueMinute()).isEqualTo(dueMinute);
  }

  /// Compares with a twin that looks at each hour and each door in the plainest way.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void find_asTheTwin(int seed) {
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      List<Try> tries = new ArrayList<>();
      int[] ports = {445, 7_777, 8_888};
      int count = 1 + random.nextInt(14);
      for (int i = 0; i < count; i++) {
        int port = ports[random.nextInt(ports.length)];
        tries.add(newTry(random.nextInt(7), port, random.nextInt(150)));
      }
      Set<Long> touched = new TreeSet<>();
      tries.stream().limit(1 + random.nextInt(3)).forEach(each -> touched.add(each.minute()));
      long now = 60L + random.nextInt(120);

      assertThat(finder.find(tries, true, touched, now).isScan())
          .as("seed %d, round %d: %s at %s, now %d", seed, round, tries, touched, now)
          .isEqualTo(isScan(tries, touched, now));
    }
  }

  private static boolean isScan(List<Try> tries, Set<Long> touched, long now) {
    for (long start = -60; start < 150; start++) {
      long first = start;
      if (touched.stream().noneMatch(minute -> minute >= first && minute < first + 60)) {
        continue;
      }
      List<Try> hour =
          tries.stream()
              .filter(each -> each.minute() >= first && each.minute() < first + 60)
              .toList();
      Set<IpAddress> hosts = new HashSet<>();
      Map<IpAddress, Set<Door>> doors = new HashMap<>();
      for (Try each : hour) {
        doors.computeIfAbsent(each.door().address(), _ -> new HashSet<>()).add(each.door());
        if (each.door().port() == 445 || (now >= each.minute() + 15 && isTriedOnce(each, tries))) {
          hosts.add(each.door().address());
        }
      }
      if (hosts.size() >= HOSTS || doors.values().stream().anyMatch(all -> all.size() >= PORTS)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isTriedOnce(Try one, List<Try> tries) {
    return tries.stream()
        .filter(other -> other.door().equals(one.door()) && other.minute() != one.minute())
        .noneMatch(
            other -> other.minute() >= one.minute() - 60 && other.minute() <= one.minute() + 15);
  }

  private static Try newTry(int host, int port, long minute) {
    IpAddress address = Objects.requireNonNull(IpAddress.find("10.0.9." + host));
    return new Try(Door.of(address, 6, port), minute, -1);
  }
}
