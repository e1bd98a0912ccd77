package dev.flowbell.testing.emulator;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/// A test's own MiniStack, which can be stopped and started again with its state: a service that is
/// unavailable for a while.
public final class RestartableAws implements AutoCloseable {
  private final MiniStack server;
  private final AwsEndpoint endpoint;

  private RestartableAws(MiniStack server) {
    this.server = server;
    endpoint = new AwsEndpoint(server);
  }

  /// @param state an empty folder for its state while it is stopped
  public static RestartableAws start(Path state) throws EmulatorUnavailableException {
    return new RestartableAws(
        MiniStack.start(
            "ministack-restarted", Map.of("PERSIST_STATE", "1", "STATE_DIR", state.toString())));
  }

  /// Returns the address, which a restart doesn't change.
  public AwsEndpoint endpoint() {
    return endpoint;
  }

  /// Ends it with a SIGTERM, as a deployment does; then connections are refused.
  public void stop() {
    server.stop();
  }

  /// Starts it again at the same address.
  public void startAgain() throws IOException, EmulatorUnavailableException {
    server.startAgain();
  }

  @Override
  public void close() {
    endpoint.close();
  }
}
