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
/// `check` it takes less time, prints the same, and fails if a figure is far from the recorded one.
/// [WarmPathBenchmark] has the same figures from JMH.
public final class WarmPathRatios {
  private static final long ROUND_NANOS = 10_000_000;
  private static final int WARM_UP_ROUNDS = 150;
  private static final int ROUNDS = 150;
  private static final int CHECK_ROUNDS = 80;

  /// How much worse than the recorded one a figure may be. A smaller factor would fail on a busy
  /// machine; a mistake, such as an object for each field, costs more.
  private static final double MOST_REGRESSION = 1.3;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private WarmPathRatios() {}

  /// One of the three that are compared.
  private interface Work {
    Object run();
  }

  /// What is measured of a payload: the ratio to inflating, and the bytes allocated a record.
  private record Figures(double timesInflating, double allocated) {}

  /// A payload with its recorded figures; see `docs/benchmarks.md`.
  private record Recorded(Payload payload, int records, Figures figures) {}

  private static final List<Recorded> RECORDED =
      List.of(
          new Recorded(Payload.DEFAULT, 1_000, new Figures(3.0, 29)),
          new Recorded(Payload.FULL, 1_000, new Figures(3.0, 40)),
          new Recorded(Payload.JSON, 1_000, new Figures(4.5, 28)));

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
      Figures figures = measure(recorded.payload, recorded.records, CHECK_ROUNDS);
      isWorse |=
          isWorse(
              recorded.payload,
              "times inflating",
              recorded.figures.timesInflating,
              figures.timesInflating);
      isWorse |=
          isWorse(
              recorded.payload,
              "bytes allocated a record",
              recorded.figures.allocated,
              figures.allocated);
    }
    System.exit(isWorse ? 1 : 0);
  }

  private static boolean isWorse(Payload payload, String name, double recorded, double measured) {
    if (measured <= recorded * MOST_REGRESSION) {
      return false;
    }
    System.out.printf(
        Locale.ROOT,
        "%s, %s: expected at most %.1f times %.1f, the recorded figure, got %.2f%n",
        payload,
        name,
        MOST_REGRESSION,
        recorded,
        measured);
    return true;
  }

  /// Prints a payload's figures.
  private static Figures measure(Payload payload, int records, int rounds) {
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
    Figures figures =
        new Figures(median(timesInflating), allocated(() -> flowbell.run(data)) / records);
    System.out.printf(
        Locale.ROOT,
        "%-7s %7d %11.0f %10.2f %15.2f %23.1f%n",
        payload,
        records,
        median(nanos),
        figures.timesInflating,
        median(timesFaster),
        figures.allocated);
    return figures;
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
