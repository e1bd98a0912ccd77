package dev.flowbell.benchmarks;

import com.sun.management.ThreadMXBean;
import dev.flowbell.metric.Metric;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Measures the warm path as ratios to bare inflating and to the usual pipeline, in turns in one
/// process, so that other work on the machine slows each of them equally.
///
/// A round runs each of the three for some milliseconds of its thread's processor time, in which
/// the garbage collector's isn't; the result is the median ratio of many rounds. With the argument
/// `check` it takes less time, prints the same, and fails if a ratio is far from the recorded one.
/// [WarmPathBenchmark] has the same figures from JMH.
public final class WarmPathRatios {
  private static final long ROUND_NANOS = 10_000_000;
  private static final int WARM_UP_ROUNDS = 150;
  private static final int ROUNDS = 150;
  private static final int CHECK_ROUNDS = 80;

  /// How much worse than the recorded one a ratio may be. A smaller factor would fail on a busy
  /// machine; a mistake, such as an object for each field, costs more.
  private static final double MOST_REGRESSION = 1.5;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private WarmPathRatios() {}

  /// One of the three that are compared.
  private interface Work {
    Object run();
  }

  /// A payload with its recorded ratio to inflating; see `docs/benchmarks.md`.
  private record Recorded(Payload payload, int records, double timesInflating) {}

  private static final List<Recorded> RECORDED =
      List.of(
          new Recorded(Payload.DEFAULT, 1_000, 2.8),
          new Recorded(Payload.FULL, 1_000, 3.2),
          new Recorded(Payload.JSON, 1_000, 5.5));

  /// @param args `check`, or none
  public static void main(String[] args) {
    System.out.println(
        "payload records   ns/record  x inflate  usual/Flowbell  allocated bytes/record");
    if (args.length == 0) {
      for (Payload payload : Payload.values()) {
        for (int records : List.of(50, 1_000, 10_000)) {
          measure(payload, records, ROUNDS);
        }
      }
      return;
    }
    boolean isWorse = false;
    for (Recorded recorded : RECORDED) {
      double ratio = measure(recorded.payload, recorded.records, CHECK_ROUNDS);
      if (ratio > recorded.timesInflating * MOST_REGRESSION) {
        isWorse = true;
        System.out.printf(
            Locale.ROOT,
            "%s: expected at most %.1f times %.1f, the recorded ratio, got %.2f%n",
            recorded.payload,
            MOST_REGRESSION,
            recorded.timesInflating,
            ratio);
      }
    }
    System.exit(isWorse ? 1 : 0);
  }

  /// Prints a payload's figures.
  ///
  /// @return the payload's ratio to inflating
  private static double measure(Payload payload, int records, int rounds) {
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
    double[] nanos = new double[rounds];
    double[] timesInflating = new double[rounds];
    double[] timesFaster = new double[rounds];
    for (int i = 0; i < rounds; i++) {
      double[] round = works.stream().mapToDouble(WarmPathRatios::measure).toArray();
      nanos[i] = round[1] / records;
      timesInflating[i] = round[1] / round[0];
      timesFaster[i] = round[2] / round[1];
    }
    System.out.printf(
        Locale.ROOT,
        "%-7s %7d %11.0f %10.2f %15.2f %23.1f%n",
        payload,
        records,
        median(nanos),
        median(timesInflating),
        median(timesFaster),
        allocated(() -> flowbell.run(data)) / records);
    return median(timesInflating);
  }

  /// Returns nanoseconds of this thread's processor time a run.
  private static double measure(Work work) {
    long start = THREADS.getCurrentThreadCpuTime();
    long end = start;
    int runs = 0;
    while (end - start < ROUND_NANOS) {
      sink = work.run();
      runs++;
      end = THREADS.getCurrentThreadCpuTime();
    }
    return (double) (end - start) / runs;
  }

  private static double allocated(Work work) {
    int runs = 20;
    long before = THREADS.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < runs; i++) {
      sink = work.run();
    }
    return (double) (THREADS.getCurrentThreadAllocatedBytes() - before) / runs;
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }

  /// Keeps the results of runs, so that the compiler can't remove a run.
  @SuppressWarnings("UnusedVariable")
  private static volatile Object sink;
}
