package dev.flowbell.benchmarks;

import java.io.IOException;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;

/// Makes gzipped flow log files of a VPC as AWS delivers them to S3, the same for the same seed: 26
/// fields and a header line.
///
/// One record in five is a rejected packet of 3,300 sources on the internet, half a percent is of
/// 40 hosts inside behind a NAT device, and the others are both directions of healthy connections
/// between the hosts. Each host has a network interface.
final class FlowLogFiles {
  private static final String HEADER =
      "version account-id vpc-id subnet-id instance-id interface-id srcaddr dstaddr srcport dstport"
          + " protocol packets bytes start end action log-status tcp-flags type pkt-srcaddr"
          + " pkt-dstaddr region az-id flow-direction traffic-path reject-reason\n";
  private static final int[] PROBED_PORTS = {22, 23, 80, 443, 445, 3389, 5060, 8080, 8443};
  private static final long START_SECONDS = 1_795_305_600; // 2026-11-22T00:00:00Z

  private final Random random = new Random(7);
  private final List<String> scanners = new ArrayList<>();
  private final List<String> hosts = new ArrayList<>();
  private final List<String> places = new ArrayList<>();

  private FlowLogFiles(int interfaces) {
    for (int i = 0; i < 3_300; i++) {
      scanners.add(
          "%d.%d.%d.%d"
              .formatted(
                  random.nextInt(20, 200),
                  random.nextInt(256),
                  random.nextInt(256),
                  random.nextInt(1, 255)));
    }
    for (int i = 0; i < interfaces; i++) {
      hosts.add("10.0.%d.%d".formatted(i / 200, i % 200 + 4));
      places.add(
          "8 123456789010 vpc-abcdefab012345678 subnet-aaaaaaaa012345678 i-0%016x eni-0%016x"
              .formatted(random.nextLong(), random.nextLong()));
    }
  }

  /// Makes files, unless the folder is there.
  ///
  /// @param folder is complete or absent
  /// @param interfaces how many hosts there are
  /// @param duration from the first record to the last
  static void make(Path folder, int files, int recordsOfFile, int interfaces, Duration duration)
      throws IOException {
    if (Files.exists(folder)) {
      return;
    }
    Path unfinished = folder.resolveSibling(folder.getFileName() + ".unfinished");
    Files.createDirectories(unfinished);
    FlowLogFiles traffic = new FlowLogFiles(interfaces);
    for (int file = 0; file < files; file++) {
      Path path =
          unfinished.resolve("123456789010_vpcflowlogs_us-east-1_%04d.log.gz".formatted(file));
      try (OutputStream out = Files.newOutputStream(path);
          Writer text =
              new OutputStreamWriter(
                  new GZIPOutputStream(out, 1 << 16), StandardCharsets.US_ASCII)) {
        text.write(HEADER);
        long records = (long) files * recordsOfFile;
        for (int i = 0; i < recordsOfFile; i++) {
          long number = (long) file * recordsOfFile + i;
          text.write(traffic.record(START_SECONDS + number * duration.toSeconds() / records));
        }
      }
    }
    Files.move(unfinished, folder);
  }

  private String record(long time) {
    int host = random.nextInt(hosts.size());
    long start = time - random.nextInt(20, 60);
    String times = start + " " + (start + random.nextInt(1, 60));
    int kind = random.nextInt(1_000);
    if (kind < 200) {
      String source = scanners.get(random.nextInt(scanners.size()));
      int port =
          random.nextInt(10) == 0
              ? random.nextInt(1, 65_536)
              : PROBED_PORTS[random.nextInt(PROBED_PORTS.length)];
      return rejected(host, source, source, port, times);
    }
    if (kind < 205) {
      return rejected(host, "10.0.9.9", hosts.get(random.nextInt(40)), 5432, times);
    }
    String peer = hosts.get(random.nextInt(hosts.size()));
    int packets = random.nextInt(4, 300);
    int port = random.nextInt(32_768, 61_000);
    boolean isRequest = random.nextBoolean();
    String from = isRequest ? peer : hosts.get(host);
    String to = isRequest ? hosts.get(host) : peer;
    return "%s %s %s %s 6 %d %d %s ACCEPT OK %d IPv4 %s %s us-east-1 use1-az1 %s -\n"
        .formatted(
            places.get(host),
            from,
            to,
            isRequest ? port + " 443" : "443 " + port,
            packets,
            packets * random.nextInt(60, 1_400),
            times,
            isRequest ? 3 : 19,
            from,
            to,
            isRequest ? "ingress -" : "egress 1");
  }

  private String rejected(int host, String from, String original, int port, String times) {
    int packets = random.nextInt(1, 4);
    return "%s %s %s %d %d 6 %d %d %s REJECT OK 2 IPv4 %s %s us-east-1 use1-az1 ingress - -\n"
        .formatted(
            places.get(host),
            from,
            hosts.get(host),
            random.nextInt(1_024, 65_536),
            port,
            packets,
            packets * 40,
            times,
            original,
            hosts.get(host));
  }
}
