package dev.flowbell.testing.generator;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Hours in the life of a VPC, as files of AWS's default format, one for each hour. Each ten
/// minutes have an accepted record, so that there are no gaps.
public final class FlowLogHours {
  private static final String HEADER =
      "version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start"
          + " end action log-status";

  private final Instant start;
  private final int minutesOfFile;
  private final TreeMap<Long, List<String>> lines = new TreeMap<>();
  private int sourcePort;

  /// Creates hours without any rejected record.
  ///
  /// @param start a whole hour
  /// @param minutesOfFile the time that each file covers
  public FlowLogHours(Instant start, int hours, int minutesOfFile) {
    this.start = start;
    this.minutesOfFile = minutesOfFile;
    for (int minute = 0; minute < hours * 60; minute += 10) {
      add(minute, "10.0.0.20", "10.0.0.21", 443, "ACCEPT");
    }
    add(hours * 60 - 1, "10.0.0.20", "10.0.0.21", 443, "ACCEPT");
  }

  /// Adds a rejected TCP record.
  ///
  /// @param minute since the start
  public void reject(int minute, String source, String destination, int port) {
    add(minute, source, destination, port, "REJECT");
  }

  /// Adds an accepted TCP record with payload.
  public void accept(int minute, String source, String destination, int port) {
    add(minute, source, destination, port, "ACCEPT");
  }

  /// Adds a source that is blocked in ten minutes.
  public void blocked(int minute, String source, String destination, int port) {
    for (int i = 0; i < 10; i++) {
      reject(minute + i, source, destination, port);
    }
  }

  /// Adds a source that tries so many hosts of 10.0.7.0/24 in ten minutes.
  public void sweep(int minute, String source, int port, int hosts) {
    for (int i = 0; i < hosts; i++) {
      reject(minute + i * 10 / hosts, source, "10.0.7." + (1 + i), port);
    }
  }

  /// Adds so many attempts at one door within half an hour.
  public void often(int minute, String source, String destination, int port, int times) {
    for (int i = 0; i < times; i++) {
      reject(minute + i * 30 / times, source, destination, port);
    }
  }

  private void add(int minute, String source, String destination, int port, String action) {
    long begin = start.getEpochSecond() + minute * 60L;
    sourcePort = (sourcePort + 1) % 20_000;
    lines
        .computeIfAbsent((long) minute / minutesOfFile, _ -> new ArrayList<>())
        .add(
            "2 123456789010 eni-0a1b2c3d %s %s %d %d 6 %s %d %d %s OK"
                .formatted(
                    source,
                    destination,
                    40_000 + sourcePort,
                    port,
                    action.equals("ACCEPT") ? "20 4249" : "1 60",
                    begin,
                    begin + 50,
                    action));
  }

  /// Writes the files; their names are in the order of their times.
  public void writeTo(Path folder) throws IOException {
    for (Map.Entry<Long, List<String>> each : lines.entrySet()) {
      List<String> file = new ArrayList<>(List.of(HEADER));
      file.addAll(each.getValue());
      Files.write(folder.resolve("%04d.log".formatted(each.getKey())), file);
    }
  }
}
