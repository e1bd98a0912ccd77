package dev.flowbell.testing.mapping;

import dev.flowbell.testing.mapping.MessageQueue.Message;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// An event source mapping of a queue, as Lambda documents it.
///
/// It deletes the messages of a batch that succeeds. Those of a batch that fails, or those alone
/// that its response names, come again when their visibility timeout ends.
///
/// @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html">Using Lambda with
///   Amazon SQS</a>
public final class QueueMapping {
  private final MessageQueue queue;
  private final VirtualClock clock;
  private final Settings settings;
  private final LambdaFunction function;
  private @Nullable Instant gatheringSince;

  /// Settings by the names of `CreateEventSourceMapping`.
  ///
  /// @param batchSize the most messages of a batch
  /// @param window how long a batch is gathered that is not full; more than nothing where the batch
  ///   size is more than 10
  /// @param reportsFailures whether the function's response names the messages that failed
  /// @see <a
  ///   href="https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-parameters.html">Lambda
  ///   parameters for Amazon SQS event source mappings</a>
  public record Settings(int batchSize, Duration window, boolean reportsFailures) {
    /// Lambda's defaults.
    public static final Settings DEFAULTS = new Settings(10, Duration.ZERO, false);

    /// Creates settings.
    ///
    /// @throws IllegalArgumentException where Lambda refuses them
    public Settings {
      if (batchSize > 10 && window.compareTo(Duration.ofSeconds(1)) < 0) {
        throw new IllegalArgumentException(
            "a batch size of more than 10 needs a window of a second or more");
      }
    }

    /// Returns these settings with responses that name the messages that failed.
    public Settings withReportedFailures() {
      return new Settings(batchSize, window, true);
    }

    /// Returns these settings with another batch size and window.
    public Settings withBatchSize(int messages, Duration length) {
      return new Settings(messages, length, reportsFailures);
    }
  }

  /// Creates a mapping.
  public QueueMapping(
      MessageQueue queue, VirtualClock clock, Settings settings, LambdaFunction function) {
    this.queue = queue;
    this.clock = clock;
    this.settings = settings;
    this.function = function;
  }

  /// Sends everything until the queue is empty, and lets time pass where messages are hidden.
  public void run() {
    while (true) {
      if (!poll()) {
        Instant next = findNextTime();
        if (next == null) {
          return;
        }
        clock.advanceTo(next);
      }
    }
  }

  /// Sends at most one batch.
  ///
  /// @return whether one was sent
  public boolean poll() {
    int visible = queue.visibleCount();
    if (visible == 0) {
      gatheringSince = null;
      return false;
    }
    if (gatheringSince == null) {
      gatheringSince = clock.instant();
    }
    if (visible < settings.batchSize()
        && clock.instant().isBefore(gatheringSince.plus(settings.window()))) {
      return false;
    }
    gatheringSince = null;
    List<Message> messages = receive();
    if (!messages.isEmpty()) {
      send(messages);
    }
    return true;
  }

  /// What one event has no room for is for the next one.
  private List<Message> receive() {
    List<Message> messages = queue.receive(settings.batchSize());
    int fitting = EventJson.countThatFit(toJson(messages));
    messages.subList(fitting, messages.size()).forEach(queue::takeBack);
    return List.copyOf(messages.subList(0, fitting));
  }

  private List<String> toJson(List<Message> messages) {
    return messages.stream().map(each -> EventJson.toJson(each, queue.arn())).toList();
  }

  private void send(List<Message> messages) {
    String response;
    try {
      response = function.invoke(EventJson.toEvent(toJson(messages)));
    } catch (Exception _) {
      return;
    }
    BatchResponse result =
        settings.reportsFailures()
            ? BatchResponse.of(
                response, messages.stream().map(Message::messageId).collect(Collectors.toSet()))
            : BatchResponse.SUCCESS;
    if (!result.isFailure()) {
      messages.stream()
          .filter(each -> !result.failed().contains(each.messageId()))
          .forEach(queue::delete);
    }
  }

  /// A message whose turn is over still moves to the dead-letter queue, or is too old.
  private @Nullable Instant findNextTime() {
    return gatheringSince == null ? queue.nextVisible() : gatheringSince.plus(settings.window());
  }
}
