package dev.flowbell.backtest;

import dev.flowbell.judge.AlertPolicy;
import dev.flowbell.pipeline.Pipeline;
import dev.flowbell.summary.FlowSummary;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/// Judges the same payloads with several policies, each by a pipeline of its own.
///
/// Some run side by side. Not all of them do, because the evidence of each takes memory.
final class Trials {
  private static final int MOST_AT_ONCE = 4;

  private final List<FlowSummary> payloads;
  private final Function<AlertPolicy, Pipeline> pipelines;
  private final Runnable check;

  /// @param pipelines makes a pipeline without evidence
  /// @param check is called for each payload, and throws to end the work
  Trials(List<FlowSummary> payloads, Function<AlertPolicy, Pipeline> pipelines, Runnable check) {
    this.payloads = payloads;
    this.pipelines = pipelines;
    this.check = check;
  }

  /// Returns what would have been sent with a policy.
  Trial run(AlertPolicy policy) {
    Pipeline pipeline = pipelines.apply(policy);
    Trial.Recorder recorder = new Trial.Recorder();
    for (FlowSummary payload : payloads) {
      check.run();
      recorder.add(pipeline.process(payload));
    }
    recorder.add(pipeline.finish());
    return recorder.toTrial();
  }

  /// Returns what would have been sent with each change, in their order.
  ///
  /// @param now what would have been sent without
  List<Comparison> compare(Trial now, List<Change> changes) {
    List<Callable<Comparison>> tasks = new ArrayList<>();
    for (Change change : changes) {
      tasks.add(
          () -> {
            Trial trial = run(change.policy());
            return new Comparison(change, trial, Difference.between(now, trial));
          });
    }
    int threads = Math.min(MOST_AT_ONCE, Runtime.getRuntime().availableProcessors());
    List<Comparison> comparisons = new ArrayList<>();
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      for (Future<Comparison> each : executor.invokeAll(tasks)) {
        comparisons.add(each.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while judging", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new IllegalStateException(e.getCause());
    }
    return comparisons;
  }
}
