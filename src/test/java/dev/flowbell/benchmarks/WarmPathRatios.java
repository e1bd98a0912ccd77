package dev.flowbell.benchmarks;

import com.sun.management.ThreadMXBean;
import dev.flowbell.app.WarmPath;
import dev.flowbell.summary.Metric;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;

/// Measures the warm path as ratios to bare inflating and to the usual pipeline, all in turns in
/// one process, so that whatever else the machine does disturbs each of them alike.
///
/// A round runs each of the three for some milliseconds; of many rounds the median ratio counts.
/// [WarmPathBenchmark] has the same figures from JMH.
public final class WarmPathRatios {
  private static final long ROUND_NANOS = 20_000_000;
  private static final int WARM_UP_ROUNDS = 60;

  private WarmPathRatios() {}

  /// One of the things compared.
  private interface Work {
    Object run();
  }

  /// @param args the number of rounds for each payload, 100 unless given
  public static void main(String[] args) {
    int rounds = args.length == 0 ? 100 : Integer.parseInt(args[0]);
    System.out.println(
        "payload               ns/record  bytes/record  x inflate   usual/Flowbell "
            + " allocated/record");
    for (Payload payload : Payload.values()) {
      for (int records : List.of(50, 1_000, 10_000)) {
        print(payload, records, rounds);
      }
    }
  }

  private static void print(Payload payload, int records, int rounds) {
    String data = payload.data(records);
    BareInflate inflate = new BareInflate(data);
    UsualPipeline usual = new UsualPipeline(payload.format(), data);
    WarmPath flowbell = new WarmPath();
    if (flowbell.run(data).total(Metric.RECORDS) != records) {
      throw new IllegalStateException("not all of the records are readable");
    }
    List<Work> works = List.of(inflate::run, () -> flowbell.run(data), usual::run);
    for (int i = 0; i < WARM_UP_ROUNDS; i++) {
      works.forEach(WarmPathRatios::measure);
    }
    double[] toInflate = new double[rounds];
    double[] toUsual = new double[rounds];
    double[] nanos = new double[rounds];
    for (int i = 0; i < rounds; i++) {
      double[] round = works.stream().mapToDouble(WarmPathRatios::measure).toArray();
      toInflate[i] = round[1] / round[0];
      toUsual[i] = round[2] / round[1];
      nanos[i] = round[1];
    }
    System.out.printf(
        "%-7s %6d records %8.0f %13.0f %10.2f %16.2f %17.1f%n",
        payload,
        records,
        median(nanos) / records,
        (double) inflate.run() / records,
        median(toInflate),
        median(toUsual),
        allocated(() -> flowbell.run(data)) / records);
  }

  /// Returns nanoseconds a run.
  private static double measure(Work work) {
    long start = System.nanoTime();
    long end = start;
    int runs = 0;
    while (end - start < ROUND_NANOS) {
      sink = work.run();
      runs++;
      end = System.nanoTime();
    }
    return (double) (end - start) / runs;
  }

  private static double allocated(Work work) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int runs = 20;
    long before = threads.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < runs; i++) {
      sink = work.run();
    }
    return (double) (threads.getCurrentThreadAllocatedBytes() - before) / runs;
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }

  /// What a run returns goes here, so that the compiler can't leave the run out.
  @SuppressWarnings("UnusedVariable")
  private static volatile Object sink;
}
