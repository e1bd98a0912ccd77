package dev.flowbell.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/// Lets a command print what it has when the user presses Ctrl-C.
///
/// The first Ctrl-C begins the JVM's shutdown, which waits here for the command to notice, to print
/// and to say so. Then the process ends as the signal wants it, with exit code 130.
final class Interruption implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final CountDownLatch ended = new CountDownLatch(1);
  private final Thread hook = new Thread(this::interrupt, "interruption");
  private volatile boolean isRequested;

  private Interruption() {}

  /// Begins to watch for the end of the process.
  static Interruption watch() {
    Interruption interruption = new Interruption();
    Runtime.getRuntime().addShutdownHook(interruption.hook);
    return interruption;
  }

  private void interrupt() {
    isRequested = true;
    try {
      ended.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  /// Throws if the user wants an end.
  void check() {
    if (isRequested) {
      throw new InterruptedByUserException();
    }
  }

  /// Ends the watch, when all is printed.
  @Override
  public void close() {
    ended.countDown();
    if (!isRequested) {
      Runtime.getRuntime().removeShutdownHook(hook);
    }
  }

  /// Says that the user wants an end.
  static final class InterruptedByUserException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private InterruptedByUserException() {
      super("interrupted", null, false, false);
    }
  }
}
