package dev.flowbell.publish;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flowbell.aws.AwsService;
import dev.flowbell.aws.SignedEndpoint;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Map;
import software.amazon.awssdk.http.SdkHttpClient;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// The SQS queue that keeps events which the function can't read. A message may be there twice: an
/// event that is repeated counts once.
///
/// @see <a
///   href="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html">SendMessage</a>
public final class FailureQueue {
  /// @see <a
  ///   href="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html">Amazon
  ///   SQS message quotas</a>: 1 MiB
  private static final int MOST_MESSAGE_BYTES = 1 << 20;

  private static final int MOST_ATTEMPTS = 3;
  private static final long PAUSE_MILLISECONDS = 200;

  private static final JsonFactory JSON = new JsonFactory();

  private final String url;
  private final SignedEndpoint endpoint;
  private final InstantSource clock;

  /// Creates a queue's client.
  ///
  /// @param url the queue's URL
  /// @param http remains the caller's to close
  public FailureQueue(String url, SdkHttpClient http, InstantSource clock) {
    this.url = url;
    this.clock = clock;
    endpoint =
        new SignedEndpoint(
            AwsService.SQS,
            SignedEndpoint.defaultRegion(),
            SignedEndpoint.defaultCredentials(),
            http);
  }

  /// Sends an event.
  ///
  /// @throws PublishFailedException if SQS doesn't accept it
  public void send(FailedEvent event) {
    byte[] body = toRequest(event.toMessage(clock.instant(), MOST_MESSAGE_BYTES));
    for (int attempt = 1; ; attempt++) {
      String failure = attempt(body);
      if (failure.isEmpty()) {
        return;
      }
      if (attempt == MOST_ATTEMPTS) {
        throw new PublishFailedException(
            "SQS SendMessage, queue %s: not sent, %s".formatted(url, failure));
      }
      pause(attempt);
    }
  }

  private static void pause(int attempt) {
    try {
      Thread.sleep(PAUSE_MILLISECONDS * attempt);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PublishFailedException("SQS SendMessage: interrupted", e, 0);
    }
  }

  /// Returns why it failed, or an empty string.
  private String attempt(byte[] body) {
    try {
      SignedEndpoint.Response response =
          endpoint.post(
              Map.of(
                  "Content-Type", "application/x-amz-json-1.0",
                  "X-Amz-Target", "AmazonSQS.SendMessage"),
              body);
      return response.isSuccessful()
          ? ""
          : response.describe() + ": " + new String(response.body(), UTF_8);
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private byte[] toRequest(String message) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(message.length() + 1_024);
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes)) {
      json.writeStartObject();
      json.writeStringProperty("QueueUrl", url);
      json.writeStringProperty("MessageBody", message);
      json.writeEndObject();
    }
    return bytes.toByteArray();
  }
}
