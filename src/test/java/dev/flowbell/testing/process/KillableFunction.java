package dev.flowbell.testing.process;

import dev.flowbell.testing.network.FaultProxy;
import dev.flowbell.testing.process.RuntimeApi.Answer;
import java.io.IOException;
import java.net.URI;
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
/// kill it at any of its requests.
public final class KillableFunction implements AutoCloseable {
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
  /// @param logs the folder for the function's output
  public static KillableFunction start(
      URI endpoint, Duration timeout, Map<String, String> environment, Path logs)
      throws IOException {
    FaultProxy proxy = FaultProxy.start(endpoint);
    RuntimeApi runtime = RuntimeApi.start(timeout);
    Map<String, String> proxied = new HashMap<>(environment);
    proxied.put("AWS_ENDPOINT_URL", proxy.uri().toString());
    Path log = logs.resolve("log-" + proxy.uri().getPort());
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
    int exitCode = process.awaitEnd();
    if (exitCode != SIGKILLED || answer.isDone()) {
      throw new AssertionError("ended with exit code " + exitCode + ", answer " + answer);
    }
    return null;
  }

  @Override
  public void close() throws IOException {
    process.close();
    runtime.close();
    proxy.close();
  }
}
