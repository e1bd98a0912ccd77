package dev.flowbell.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flowbell.ledger.InMemoryLedger;
import dev.flowbell.ledger.Ledger;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A day of fifty public interfaces in the internet's weather: at most one notification.
/// `docs/alerts.md` says how the day is made.
class InternetWeatherTest {
  private static final Instant START = Instant.parse("2026-11-23T00:00:00Z");

  /// In a function: a payload has what one interface logs.
  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void day_isAtMostOneNotification(int seed) {
    assertThat(causesOf(new Day(seed).byInterface(), InMemoryLedger.ofFunction()))
        .hasSizeLessThanOrEqualTo(1);
  }

  /// On the command line: a file has what all interfaces log.
  @Test
  void dayOfFiles_isAtMostOneNotification() {
    assertThat(causesOf(new Day(3).byFile(), new InMemoryLedger())).hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void scanInTheSameDay_isTold() {
    Day day = new Day(1);
    day.addScan();

    assertThat(causesOf(day.byInterface(), InMemoryLedger.ofFunction()))
        .hasSizeLessThanOrEqualTo(2)
        .containsOnlyOnce("scan scan|198.51.100.200");
  }

  private static List<String> causesOf(Collection<List<Flow>> payloads, Ledger ledger) {
    JudgedPayloads judged = new JudgedPayloads(ledger, START);
    payloads.forEach(payload -> judged.process(payload.stream().map(Flow::toLine).toList()));
    judged.finish();
    return judged.causes();
  }

  /// One record.
  ///
  /// @param host whose interface logs it
  /// @param isIngress whether it comes from the peer
  private record Flow(
      int minute,
      int host,
      String peer,
      boolean isIngress,
      int sourcePort,
      int port,
      int protocol,
      int packets,
      boolean isAccepted,
      int flags) {
    String toLine() {
      long start = START.getEpochSecond() + minute * 60L;
      String address = "10.0.0." + (10 + host);
      return "eni-"
          + host
          + ' '
          + (isIngress ? peer + ' ' + address : address + ' ' + peer)
          + ' '
          + sourcePort
          + ' '
          + port
          + ' '
          + protocol
          + ' '
          + packets
          + ' '
          + (isAccepted ? packets * 400 : packets * 60)
          + ' '
          + start
          + ' '
          + (start + 59)
          + (isAccepted ? " ACCEPT " : " REJECT ")
          + flags
          + (isIngress ? " ingress OK" : " egress OK");
    }
  }

  /// A day's records.
  private static final class Day {
    private static final int MINUTES = 1_440;
    private static final int HOSTS = 50;

    /// The first hosts are web servers, with an open port 443.
    private static final int WEB_SERVERS = 25;

    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int ICMP = 1;
    private static final int SYN = 2;
    private static final int RST = 4;
    private static final int SYN_ACK = 18;
    private static final int RST_ACK = 20;
    private static final int WHOLE = 3; // opened and closed

    private static final int[] COMMON_PORTS = {
      22, 23, 25, 80, 443, 445, 1433, 2375, 3306, 3389, 5432, 5900, 6379, 8080, 8443, 9200, 27_017
    };
    private static final int[] COMMON_UDP_PORTS = {53, 123, 161, 389, 1900, 5060, 11_211};

    private final Random random;
    private final List<Flow> flows = new ArrayList<>();
    private int peers;

    Day(int seed) {
      random = new Random(seed);
      addVisitors();
      addSmallSources();
      addMassScanners();
      addResearchScanners();
      addPasswordGuessers();
      addBackscatter();
      addUdpNoise();
      addPings();
    }

    /// Returns the records of each interface and five minutes. One minute would take the test five
    /// times as long.
    Collection<List<Flow>> byInterface() {
      return payloads(flow -> flow.minute / 5 * HOSTS + flow.host);
    }

    /// Returns the records of all interfaces and five minutes.
    Collection<List<Flow>> byFile() {
      return payloads(flow -> flow.minute / 5);
    }

    private Collection<List<Flow>> payloads(ToIntFunction<Flow> order) {
      Map<Integer, List<Flow>> payloads = new TreeMap<>();
      flows.forEach(
          flow ->
              payloads.computeIfAbsent(order.applyAsInt(flow), _ -> new ArrayList<>()).add(flow));
      return payloads.values();
    }

    /// A source outside that scans: 150 ports of one host within half an hour.
    void addScan() {
      for (int i = 0; i < 150; i++) {
        tryTcp(700 + i / 5, 17, "198.51.100.200", 2_000 + i);
      }
    }

    /// Each web server has a visitor each minute.
    private void addVisitors() {
      for (int minute = 0; minute < MINUTES; minute++) {
        for (int host = 0; host < WEB_SERVERS; host++) {
          visit(minute, host, peer(), 443);
        }
      }
    }

    /// Most send one or two SYNs, few send thousands: a Pareto distribution with exponent 1. Four
    /// of five know one port only.
    private void addSmallSources() {
      for (int i = 0; i < 12_000; i++) {
        String source = peer();
        int tries = (int) Math.min(3_000, 1 / (1 - random.nextDouble()));
        int ports = random.nextInt(5) == 0 ? 2 + random.nextInt(3) : 1;
        int[] known = new int[ports];
        for (int j = 0; j < ports; j++) {
          known[j] = random.nextInt(10) == 0 ? random.nextInt(65_536) : commonPort();
        }
        int first = random.nextInt(MINUTES);
        int length = Math.min(MINUTES - first, 1 + tries / 2);
        for (int j = 0; j < tries; j++) {
          tryTcp(first + random.nextInt(length), random.nextInt(HOSTS), source, known[j % ports]);
        }
      }
    }

    /// Each visits all hosts once an hour, at three of the common ports.
    private void addMassScanners() {
      for (int i = 0; i < 15; i++) {
        String source = peer();
        for (int hour = 0; hour < MINUTES / 60; hour++) {
          for (int host = 0; host < HOSTS; host++) {
            for (int j = 0; j < 3; j++) {
              tryTcp(hour * 60 + random.nextInt(60), host, source, commonPort());
            }
          }
        }
      }
    }

    /// Each tries 20 to 60 ports of one host in an hour, and another host in the next.
    private void addResearchScanners() {
      for (int i = 0; i < 8; i++) {
        String source = peer();
        int firstHost = random.nextInt(HOSTS);
        for (int hour = 0; hour < MINUTES / 60; hour++) {
          int ports = 20 + random.nextInt(41);
          for (int j = 0; j < ports; j++) {
            tryTcp(
                hour * 60 + random.nextInt(60),
                (firstHost + hour) % HOSTS,
                source,
                random.nextInt(65_536));
          }
        }
      }
    }

    /// Each knocks at the closed port 22 of one host, 200 to 600 times an hour, for three hours.
    private void addPasswordGuessers() {
      for (int i = 0; i < 10; i++) {
        String source = peer();
        int host = random.nextInt(HOSTS);
        int first = random.nextInt(MINUTES - 180);
        int perHour = 200 + random.nextInt(401);
        for (int j = 0; j < 3 * perHour; j++) {
          tryTcp(first + j * 60 / perHour, host, source, 22);
        }
      }
    }

    /// Servers elsewhere answer those who forged our addresses, for twenty minutes each.
    private void addBackscatter() {
      int[] flags = {SYN_ACK, RST, RST_ACK};
      for (int i = 0; i < 60; i++) {
        String server = peer();
        int first = random.nextInt(MINUTES - 20);
        int host = random.nextInt(HOSTS);
        int port = random.nextBoolean() ? 443 : 80;
        for (int j = 0; j < 300; j++) {
          add(
              new Flow(
                  first + random.nextInt(20),
                  random.nextBoolean() ? host : random.nextInt(HOSTS),
                  server,
                  true,
                  port,
                  1_024 + random.nextInt(64_512),
                  TCP,
                  1,
                  false,
                  flags[i % flags.length]));
        }
      }
    }

    /// Scanners that look for amplifiers; resolvers that answer those who forged our addresses;
    /// peers of a program that had one of our addresses before.
    private void addUdpNoise() {
      for (int i = 0; i < 20; i++) {
        String source = peer();
        int port = COMMON_UDP_PORTS[random.nextInt(COMMON_UDP_PORTS.length)];
        for (int j = 0; j < 500; j++) {
          tryUdp(random.nextInt(MINUTES), random.nextInt(HOSTS), source, ephemeral(), port);
        }
      }
      for (int i = 0; i < 10; i++) {
        String resolver = peer();
        int first = random.nextInt(MINUTES - 20);
        int host = random.nextInt(HOSTS);
        for (int j = 0; j < 300; j++) {
          tryUdp(first + random.nextInt(20), host, resolver, 53, 1_024 + random.nextInt(64_512));
        }
      }
      for (int i = 0; i < 2_000; i++) {
        tryUdp(random.nextInt(MINUTES), 31, peer(), ephemeral(), 51_413);
      }
    }

    private void addPings() {
      for (int i = 0; i < 3_000; i++) {
        add(
            new Flow(
                random.nextInt(MINUTES),
                random.nextInt(HOSTS),
                peer(),
                true,
                0,
                0,
                ICMP,
                1 + random.nextInt(4),
                false,
                0));
      }
    }

    /// A web server accepts whoever comes to port 443; all else is rejected.
    private void tryTcp(int minute, int host, String source, int port) {
      if (port == 443 && host < WEB_SERVERS) {
        visit(minute, host, source, port);
      } else {
        int packets = 1 + random.nextInt(2);
        add(new Flow(minute, host, source, true, ephemeral(), port, TCP, packets, false, SYN));
      }
    }

    private void tryUdp(int minute, int host, String source, int sourcePort, int port) {
      add(new Flow(minute, host, source, true, sourcePort, port, UDP, 1, false, 0));
    }

    private void visit(int minute, int host, String visitor, int port) {
      int peerPort = ephemeral();
      add(new Flow(minute, host, visitor, true, peerPort, port, TCP, 9, true, WHOLE));
      add(new Flow(minute, host, visitor, false, port, peerPort, TCP, 12, true, SYN_ACK | 1));
    }

    private void add(Flow flow) {
      flows.add(flow);
    }

    private int commonPort() {
      return COMMON_PORTS[random.nextInt(COMMON_PORTS.length)];
    }

    private int ephemeral() {
      return 32_768 + random.nextInt(28_232);
    }

    /// A public address that no other has.
    private String peer() {
      peers++;
      return "198." + (18 + (peers >> 16)) + "." + (peers >> 8 & 0xff) + "." + (peers & 0xff);
    }
  }
}
