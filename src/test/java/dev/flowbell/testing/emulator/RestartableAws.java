package dev.flowbell.testing.emulator;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/// A MiniStack of one test's own, which can be stopped and started again, and then knows what it
/// knew: what a service does that is gone for a while.
public final class RestartableAws implements AutoCloseable {
  private final MiniStack server;
  private final AwsEndpoint endpoint;

  private RestartableAws(MiniStack server) {
    this.server = server;
    endpoint = new AwsEndpoint(server);
  }

  /// @param state an empty folder, where it keeps what it knows while it is stopped
  public static RestartableAws start(Path state) throws EmulatorUnavailableException {
    return new RestartableAws(
        MiniStack.start(
            "ministack-restarted", Map.of("PERSIST_STATE", "1", "STATE_DIR", state.toString())));
  }

  /// The same before and after.
  public AwsEndpoint endpoint() {
    return endpoint;
  }

  /// Ends it as a deployment would, with a SIGTERM; from then on connections are refused.
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
