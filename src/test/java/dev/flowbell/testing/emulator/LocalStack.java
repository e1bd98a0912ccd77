package dev.flowbell.testing.emulator;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerClientException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.ContainerLaunchException;
import org.testcontainers.dockerclient.DockerClientProviderStrategy;
import org.testcontainers.localstack.LocalStackContainer;
import org.testcontainers.utility.DockerImageName;

/// LocalStack in a container, if a Docker engine is available.
public final class LocalStack implements Emulator {

  /// The last tag that needs no token.
  private static final String FREE_IMAGE = "localstack/localstack:4.14.0";

  private static final Duration LONGEST_PULL = Duration.ofMinutes(10);

  private final LocalStackContainer container;

  private LocalStack(LocalStackContainer container) {
    this.container = container;
  }

  /// Starts the image that `FLOWBELL_LOCALSTACK_IMAGE` names, or the last free one.
  static LocalStack start() throws EmulatorUnavailableException {
    String image = System.getenv().getOrDefault("FLOWBELL_LOCALSTACK_IMAGE", FREE_IMAGE);
    pullUnlessPresent(image);
    LocalStackContainer container =
        new LocalStackContainer(
                DockerImageName.parse(image).asCompatibleSubstituteFor("localstack/localstack"))
            .withServices("cloudwatch", "ec2", "sns", "sqs");
    try {
      container.start();
    } catch (ContainerLaunchException e) {
      container.close();
      throw new EmulatorUnavailableException(
          "LocalStack: a container of %s did not start: %s".formatted(image, deepestMessage(e)), e);
    }
    return new LocalStack(container);
  }

  /// Asks Docker itself, once. If an engine answers but no registry does, Testcontainers tries for
  /// many minutes, first to get its own image.
  private static void pullUnlessPresent(String image) throws EmulatorUnavailableException {
    try (DockerClient docker = connect()) {
      if (isPresent(docker, image)) {
        return;
      }
      boolean pulled =
          docker
              .pullImageCmd(image)
              .start()
              .awaitCompletion(LONGEST_PULL.toSeconds(), TimeUnit.SECONDS);
      if (!pulled) {
        throw new EmulatorUnavailableException(
            "LocalStack: %s was not pulled within %d minutes"
                .formatted(image, LONGEST_PULL.toMinutes()));
      }
    } catch (IOException | DockerException | DockerClientException e) {
      throw new EmulatorUnavailableException(
          "LocalStack: %s could not be pulled: %s".formatted(image, deepestMessage(e)), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EmulatorUnavailableException("LocalStack: its pull was interrupted", e);
    }
  }

  private static DockerClient connect() throws EmulatorUnavailableException {
    try {
      return DockerClientProviderStrategy.getClientForConfig(
          DockerClientFactory.instance().getTransportConfig());
    } catch (IllegalStateException e) {
      throw new EmulatorUnavailableException("LocalStack: no Docker engine answers", e);
    }
  }

  private static boolean isPresent(DockerClient docker, String image) {
    try {
      docker.inspectImageCmd(image).exec();
      return true;
    } catch (NotFoundException _) {
      return false;
    }
  }

  /// Testcontainers wraps the cause three or four times.
  private static String deepestMessage(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return String.valueOf(cause.getMessage()).strip();
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
