package dev.flowbell.testing.emulator;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// MiniStack as a process, on a free port of the loopback address.
///
/// Its output goes to a log in `target`.
final class MiniStack implements Emulator {

  private static final String START_SCRIPT = "src/test/resources/ministack/start.py";

  private static final String LOOPBACK = "127.0.0.1";

  /// It starts in 1 to 2 s on two cores.
  private static final Duration LONGEST_START = Duration.ofSeconds(60);

  private static final Duration LONGEST_STOP = Duration.ofSeconds(5);

  private static final int SHOWN_LOG_LINES = 20;

  private final URI uri;
  private final ProcessBuilder builder;
  private final Path log;
  private Process process;

  /// Stops the process if the test run is interrupted before this is closed.
  private final Thread stopAtExit = new Thread(this::stop);

  private MiniStack(URI uri, ProcessBuilder builder, Path log) throws IOException {
    this.uri = uri;
    this.builder = builder;
    this.log = log;
    process = builder.start();
  }

  /// Starts the shared MiniStack, and waits until it answers.
  static MiniStack start() throws EmulatorUnavailableException {
    return start("ministack", Map.of());
  }

  /// Starts another MiniStack, and waits until it answers.
  ///
  /// @param name the name of its log in `target`
  /// @param environment its settings besides the address
  static MiniStack start(String name, Map<String, String> environment)
      throws EmulatorUnavailableException {
    try {
      PythonEnvironment python = PythonEnvironment.findOrMake(PythonEnvironment.MINISTACK);
      Path log = Files.createDirectories(Path.of("target")).resolve(name + ".log");
      int port = findFreePort();
      ProcessBuilder builder =
          new ProcessBuilder(python.program("python").toString(), START_SCRIPT)
              .redirectErrorStream(true)
              .redirectOutput(log.toFile());
      builder.environment().putAll(environment);
      builder.environment().put("BIND_HOST", LOOPBACK);
      builder.environment().put("GATEWAY_PORT", Integer.toString(port));
      URI uri = URI.create("http://%s:%d".formatted(LOOPBACK, port));
      MiniStack server = new MiniStack(uri, builder, log);
      Runtime.getRuntime().addShutdownHook(server.stopAtExit);
      server.awaitHealth();
      return server;
    } catch (ToolUnavailableException e) {
      throw new EmulatorUnavailableException("MiniStack: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new EmulatorUnavailableException("MiniStack: could not be started: " + e, e);
    }
  }

  @Override
  public URI uri() {
    return uri;
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(stopAtExit);
    stop();
  }

  /// Another process may bind the port first. MiniStack then says so in its log.
  private static int findFreePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void awaitHealth() throws IOException, EmulatorUnavailableException {
    Instant deadline = Instant.now().plus(LONGEST_START);
    try (HttpClient client = HttpClient.newHttpClient()) {
      while (!isHealthy(client)) {
        if (!process.isAlive() || Instant.now().isAfter(deadline)) {
          String what =
              process.isAlive()
                  ? "did not answer within %d s".formatted(LONGEST_START.toSeconds())
                  : "ended with exit code %d".formatted(process.exitValue());
          close();
          throw new EmulatorUnavailableException(
              "MiniStack: %s; %s ends with:%n%s".formatted(what, log, logTail()));
        }
        Thread.sleep(50);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      close();
      throw new EmulatorUnavailableException("MiniStack: the wait for it was interrupted", e);
    }
  }

  private boolean isHealthy(HttpClient client) throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(uri.resolve("/_ministack/health"))
            .timeout(Duration.ofSeconds(2))
            .build();
    try {
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
    } catch (IOException _) {
      return false; // not listening yet
    }
  }

  private String logTail() throws IOException {
    List<String> lines = Files.readAllLines(log);
    return String.join(
        "\n", lines.subList(Math.max(0, lines.size() - SHOWN_LOG_LINES), lines.size()));
  }

  /// Starts it again at the same address, after [#stop].
  void startAgain() throws IOException, EmulatorUnavailableException {
    process = builder.start();
    awaitHealth();
  }

  /// Ends the process.
  void stop() {
    process.destroy();
    try {
      if (process.waitFor(LONGEST_STOP.toSeconds(), TimeUnit.SECONDS)) {
        return;
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }
}
