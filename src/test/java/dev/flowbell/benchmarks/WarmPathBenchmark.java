package dev.flowbell.benchmarks;

import java.io.IOException;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/// Measures a payload from the event's `data` to the summary, and the code that it is compared
/// with.
///
/// One command runs it and prints the ratios, see `docs/benchmarks.md`.
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 8, time = 1)
@Fork(2)
public class WarmPathBenchmark {
  /// The kind of messages.
  @Param public Payload payload;

  /// The number of messages.
  @Param({"50", "1000", "10000"})
  public int records;

  private String data;
  private BareInflate inflate;
  private UsualPipeline usual;
  private WarmPath flowbell;

  /// Makes the payload.
  @Setup
  public void makePayload() {
    data = payload.data(records);
    inflate = new BareInflate(data);
    usual = new UsualPipeline(payload.format(), data);
    flowbell = new WarmPath();
  }

  /// Measures the lower bound.
  @Benchmark
  public Object inflate() {
    return inflate.run();
  }

  /// Measures Flowbell.
  @Benchmark
  public Object flowbell() {
    return flowbell.run(data);
  }

  /// Measures the usual pipeline.
  @Benchmark
  public Object usual() {
    return usual.run();
  }

  /// Measures all with the allocation profiler, then prints the ratios.
  ///
  /// @param args JMH's arguments, such as `-p records=50 -f 1`
  public static void main(String[] args)
      throws CommandLineOptionException, RunnerException, IOException {
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .parent(new CommandLineOptions(args))
                    .include(WarmPathBenchmark.class.getName())
                    .addProfiler(GCProfiler.class)
                    .build())
            .run();
    Map<String, Map<String, RunResult>> byPayload = new TreeMap<>();
    for (RunResult result : results) {
      String name =
          "%-7s %6s"
              .formatted(
                  result.getParams().getParam("payload"), result.getParams().getParam("records"));
      byPayload
          .computeIfAbsent(name, _ -> new TreeMap<>())
          .put(result.getPrimaryResult().getLabel(), result);
    }
    System.out.println("\npayload records  us/payload   x inflate   usual/Flowbell   bytes/record");
    byPayload.forEach((name, runs) -> System.out.println(name + row(runs)));
  }

  private static String row(Map<String, RunResult> runs) {
    RunResult flowbell = runs.get("flowbell");
    double records = Double.parseDouble(flowbell.getParams().getParam("records"));
    return String.format(
        Locale.ROOT,
        " %11.1f %11.2f %16.2f %14.1f",
        score(flowbell),
        score(flowbell) / score(runs.get("inflate")),
        score(runs.get("usual")) / score(flowbell),
        flowbell.getSecondaryResults().get("gc.alloc.rate.norm").getScore() / records);
  }

  private static double score(RunResult result) {
    return result.getPrimaryResult().getScore();
  }
}
