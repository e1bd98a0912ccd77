package dev.flowbell.lambda;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/// Runs the cases of a test that kills functions. Each case has processes of its own.
final class KillCases {
  /// One for each core of the smallest machine that runs the tests.
  private static final int AT_A_TIME = 2;

  private KillCases() {}

  /// What a test does with each case.
  interface Task<T> {
    void run(T each) throws Exception;
  }

  /// Runs a task for all cases, some of them side by side, and fails if it failed for one.
  static <T> void forEach(List<T> cases, Task<T> task) throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME)) {
      List<Callable<Void>> calls = new ArrayList<>();
      for (T each : cases) {
        calls.add(
            () -> {
              task.run(each);
              return null;
            });
      }
      for (Future<Void> done : threads.invokeAll(calls)) {
        done.get();
      }
    }
  }
}
