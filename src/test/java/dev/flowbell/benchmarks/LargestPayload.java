package dev.flowbell.benchmarks;

import dev.flowbell.metric.Metric;
import dev.flowbell.summary.FlowSummary;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;

/// Reads the largest payload that Lambda delivers, again and again. With too small a heap it ends
/// with an `OutOfMemoryError`.
///
/// Another process makes the payload, because that takes more heap than reading it.
public final class LargestPayload {
  /// A Lambda event from CloudWatch Logs has at most 1 MB of base64.
  private static final int MOST_CHARACTERS = 1_000_000;

  private static final int ROUNDS = 200;

  private LargestPayload() {}

  /// @param args none, or the file to write the payload to
  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length > 0) {
      Files.writeString(Path.of(args[0]), makeData());
      return;
    }
    Path file = Files.createTempFile("largest-payload", ".base64");
    String data;
    try {
      makeIn(file);
      data = Files.readString(file);
    } finally {
      Files.delete(file);
    }
    read(data);
  }

  private static void makeIn(Path file) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-classpath",
                System.getProperty("java.class.path"),
                LargestPayload.class.getName(),
                file.toString())
            .inheritIO()
            .start();
    int status = process.waitFor();
    if (status != 0) {
      throw new IOException("making the payload: expected exit status 0, got " + status);
    }
  }

  private static String makeData() {
    int records = 1_000;
    while (Payload.FULL.data(records + 1_000).length() <= MOST_CHARACTERS) {
      records += 1_000;
    }
    return Payload.FULL.data(records);
  }

  private static void read(String data) {
    WarmPath path = new WarmPath();
    long records = 0;
    for (int i = 0; i < ROUNDS; i++) {
      FlowSummary summary = path.run(data);
      records = summary.total(Metric.RECORDS);
      if (summary.total(Metric.UNREADABLE_RECORDS) != 0) {
        throw new IllegalStateException("not all of the records are readable");
      }
    }
    long peak = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      peak += pool.getType() == MemoryType.HEAP ? pool.getPeakUsage().getUsed() : 0;
    }
    System.out.printf(
        "%d records, %d characters of base64; heap: at most %.1f MiB of %.1f MiB%n",
        records,
        data.length(),
        peak / (double) (1 << 20),
        Runtime.getRuntime().maxMemory() / (double) (1 << 20));
  }
}
