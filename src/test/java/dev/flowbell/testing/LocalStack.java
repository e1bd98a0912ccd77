package dev.flowbell.testing;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerClientException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerLaunchException;
import org.testcontainers.localstack.LocalStackContainer;
import org.testcontainers.utility.DockerImageName;

/// LocalStack in a container, where a Docker engine answers.
final class LocalStack implements Emulator {

  /// The last tag that needs no token, read 2026-11 at LocalStack's release notes.
  private static final String FREE_IMAGE = "localstack/localstack:4.14.0";

  private static final Duration LONGEST_PULL = Duration.ofMinutes(10);

  private final LocalStackContainer container;

  private LocalStack(LocalStackContainer container) {
    this.container = container;
  }

  /// Starts the image that `FLOWBELL_LOCALSTACK_IMAGE` names, else the last free one.
  static LocalStack start() throws EmulatorUnavailableException {
    DockerClientFactory docker = DockerClientFactory.instance();
    if (!docker.isDockerAvailable()) {
      throw new EmulatorUnavailableException("LocalStack: no Docker engine answers");
    }
    String image = System.getenv().getOrDefault("FLOWBELL_LOCALSTACK_IMAGE", FREE_IMAGE);
    pullUnlessPresent(docker.client(), image);
    LocalStackContainer container =
        new LocalStackContainer(
                DockerImageName.parse(image).asCompatibleSubstituteFor("localstack/localstack"))
            .withServices("cloudwatch", "sns", "sqs");
    try {
      container.start();
    } catch (ContainerLaunchException e) {
      container.close();
      throw new EmulatorUnavailableException(
          "LocalStack: a container of %s did not start: %s".formatted(image, deepestMessage(e)), e);
    }
    return new LocalStack(container);
  }

  /// Tries once. Left to itself, a container without its image tries for many minutes, though no
  /// registry can be reached.
  private static void pullUnlessPresent(DockerClient docker, String image)
      throws EmulatorUnavailableException {
    try {
      docker.inspectImageCmd(image).exec();
    } catch (NotFoundException _) {
      try {
        if (!docker
            .pullImageCmd(image)
            .start()
            .awaitCompletion(LONGEST_PULL.toSeconds(), TimeUnit.SECONDS)) {
          throw new EmulatorUnavailableException(
              "LocalStack: pulling %s took more than %d minutes"
                  .formatted(image, LONGEST_PULL.toMinutes()));
        }
      } catch (DockerException | DockerClientException e) {
        throw new EmulatorUnavailableException(
            "LocalStack: %s could not be pulled: %s".formatted(image, deepestMessage(e)), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new EmulatorUnavailableException("LocalStack: its pull was interrupted", e);
      }
    }
  }

  /// Testcontainers wraps what happened three or four times.
  private static String deepestMessage(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage());
  }

  @Override
  public URI uri() {
    return container.getEndpoint();
  }

  @Override
  public void close() {
    container.close();
  }
}
