package dev.flowbell.testing.process;

import dev.flowbell.testing.network.FaultProxy;
import dev.flowbell.testing.process.RuntimeApi.Answer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// The function as a process of its own, with a proxy of its own before AWS, so that a test can
/// kill it at any of its requests, or at any moment.
public final class KillableFunction implements AutoCloseable {
  /// Ends the names of the files that have functions' output.
  static final String LOG_SUFFIX = ".log";

  /// The exit code of a process that SIGKILL ended.
  private static final int SIGKILLED = 128 + 9;

  /// Long, because many processes may start at a time on a busy machine.
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(3);

  private final FaultProxy proxy;
  private final RuntimeApi runtime;
  private final LambdaProcess process;
  private final CompletableFuture<Void> killed = new CompletableFuture<>();

  private KillableFunction(FaultProxy proxy, RuntimeApi runtime, LambdaProcess process) {
    this.proxy = proxy;
    this.runtime = runtime;
    this.process = process;
  }

  /// Starts the classes under test.
  ///
  /// @param endpoint where AWS is
  /// @param timeout the timeout that the function is given for each event
  /// @param environment the function's variables
  /// @param logs the folder for the function's output, a file of its own
  public static KillableFunction start(
      URI endpoint, Duration timeout, Map<String, String> environment, Path logs)
      throws IOException {
    FaultProxy proxy = FaultProxy.start(endpoint);
    RuntimeApi runtime = RuntimeApi.start(timeout);
    Map<String, String> proxied = new HashMap<>(environment);
    proxied.put("AWS_ENDPOINT_URL", proxy.uri().toString());
    Path log = Files.createTempFile(logs, "function-", LOG_SUFFIX);
    return new KillableFunction(proxy, runtime, LambdaProcess.start(runtime, proxied, log));
  }

  /// Returns the proxy that all its requests pass.
  public FaultProxy proxy() {
    return proxy;
  }

  /// Ends the process with SIGKILL, and waits until it has ended.
  public void kill() {
    process.close();
    killed.complete(null);
  }

  /// Gives the function an event, and waits for the result.
  ///
  /// @return `null` if the process was killed first
  /// @throws AssertionError if the process ends in another way, or there is no answer for three
  ///   minutes
  public @Nullable Answer invoke(String event) throws InterruptedException {
    CompletableFuture<Answer> answer = runtime.submit(event);
    try {
      CompletableFuture.anyOf(answer, killed).get(LONGEST_WAIT.toSeconds(), TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("no answer within " + LONGEST_WAIT, e);
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    }
    if (!killed.isDone()) {
      return answer.join();
    }
    ensureKilled();
    if (answer.isDone()) {
      throw new AssertionError("killed, but there is an answer: " + answer.join());
    }
    return null;
  }

  /// Waits until the function has started, gives it an event, and kills it after a while, wherever
  /// it is then.
  ///
  /// @return the result, `null` if the function was killed first
  public @Nullable Answer invokeAndKill(String event, Duration delay) throws InterruptedException {
    awaitStart();
    CompletableFuture<Answer> answer = runtime.submit(event);
    Thread.sleep(delay);
    kill();
    ensureKilled();
    return answer.getNow(null);
  }

  /// Waits until the function has started and asks for an event.
  public void awaitStart() throws InterruptedException {
    runtime.awaitReady();
  }

  private void ensureKilled() throws InterruptedException {
    int exitCode = process.awaitEnd();
    if (exitCode != SIGKILLED) {
      throw new AssertionError("expected the end by SIGKILL, got exit code " + exitCode);
    }
  }

  @Override
  public void close() throws IOException {
    process.close();
    runtime.close();
    proxy.close();
  }
}
