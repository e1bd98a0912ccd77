package dev.flowbell.benchmarks;

import dev.flowbell.metric.Metric;
import dev.flowbell.summary.FlowSummary;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;

/// Reads the largest payload that Lambda delivers, again and again. With too small a heap it ends
/// with an `OutOfMemoryError`.
public final class LargestPayload {
  /// A Lambda event from CloudWatch Logs has at most 1 MB of base64.
  private static final int MOST_CHARACTERS = 1_000_000;

  private static final int ROUNDS = 200;

  private LargestPayload() {}

  /// @param args none
  public static void main(String[] args) {
    int records = 1_000;
    while (Payload.FULL.data(records + 1_000).length() <= MOST_CHARACTERS) {
      records += 1_000;
    }
    String data = Payload.FULL.data(records);
    WarmPath path = new WarmPath();
    for (int i = 0; i < ROUNDS; i++) {
      FlowSummary summary = path.run(data);
      if (summary.total(Metric.RECORDS) != records) {
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
