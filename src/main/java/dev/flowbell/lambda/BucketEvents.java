package dev.flowbell.lambda;

import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import dev.flowbell.input.CreatedObject;
import dev.flowbell.input.FlowLogFile;
import dev.flowbell.input.LambdaEvent.QueueMessage;
import dev.flowbell.input.LineTarget;
import dev.flowbell.input.ObjectNotifications;
import dev.flowbell.input.QueueEvents;
import dev.flowbell.input.UndecodableEventException;
import dev.flowbell.input.UndecodableEventException.Layer;
import dev.flowbell.pipeline.Invocation;
import dev.flowbell.pipeline.JsonOutput;
import dev.flowbell.pipeline.Outcome;
import dev.flowbell.pipeline.Pipeline;
import dev.flowbell.publish.FailedEvent;
import dev.flowbell.publish.FailureQueue;
import dev.flowbell.publish.PublishFailedException;
import dev.flowbell.s3.S3Client;
import dev.flowbell.s3.S3Exception;
import dev.flowbell.s3.S3Object;
import dev.flowbell.summary.LogOrigin;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;

/// Handles the messages of a queue that name files in a bucket. Each file is one payload, which is
/// read while S3 sends it.
///
/// What becomes of a message depends on its files, all of which are tried:
/// - A file that is not there any more or can't be read, or a message that names none, goes to the
///   failure queue. The message is done.
/// - A file that was replaced is left to the message of its successor.
/// - After a fault that may pass, the message is returned to the queue, which repeats it. Its files
///   that were delivered are known to the ledger.
///
/// A message without a queue's ARN was not sent by a queue but by an operator, who waits for the
/// answer: each fault is thrown.
///
/// @see <a
///   href="https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting">Implementing
///   partial batch responses</a>
final class BucketEvents {
  /// The time that a file is begun with. Most are read within a second.
  static final Duration LEAST_TO_BEGIN = Duration.ofSeconds(30);

  /// The time that is left when a file must have been read: no step of its delivery begins in the
  /// last 13 seconds, and judging takes some.
  private static final Duration LEAST_TO_DELIVER = Duration.ofSeconds(20);

  private final Pipeline pipeline;
  private final S3Client s3;
  private final @Nullable FailureQueue failures;
  private final ObjectNotifications notifications = new ObjectNotifications();
  private final Set<String> unknownFields = new HashSet<>();

  /// @param failures `null` if there is none: what can't be handled is then repeated, until the
  ///   queue moves it to its own dead-letter queue
  BucketEvents(Pipeline pipeline, S3Client s3, @Nullable FailureQueue failures) {
    this.pipeline = pipeline;
    this.s3 = s3;
    this.failures = failures;
  }

  /// Handles messages.
  ///
  /// @param delivered gets what became of each file that was delivered, or had been
  /// @return the ids of those that the queue has to repeat
  List<String> handle(
      List<QueueMessage> messages,
      Invocation invocation,
      LambdaLogger log,
      Consumer<Outcome> delivered) {
    List<String> returned = new ArrayList<>();
    int begun = 0;
    for (QueueMessage message : messages) {
      if (invocation.limit().remaining().compareTo(LEAST_TO_BEGIN) < 0) {
        returned.add(message.messageId());
        continue;
      }
      begun++;
      if (!new Attempt(message, invocation, log, delivered).isDone()) {
        returned.add(message.messageId());
      }
    }
    if (begun < messages.size()) {
      log.log(
          "%d of %d messages returned to the queue: less than %d s left"
              .formatted(messages.size() - begun, messages.size(), LEAST_TO_BEGIN.toSeconds()),
          LogLevel.WARN);
    }
    return returned;
  }

  /// Writes the function's answer. The stream stays open.
  ///
  /// @param returned the ids of the messages that the queue has to repeat
  static void write(List<String> returned, OutputStream out) {
    try (JsonGenerator json = JsonOutput.to(out)) {
      json.writeStartObject();
      json.writeArrayPropertyStart("batchItemFailures");
      for (String id : returned) {
        json.writeStartObject();
        json.writeStringProperty("itemIdentifier", id);
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
  }

  /// One message, this time.
  private final class Attempt {
    private final QueueMessage message;
    private final Invocation invocation;
    private final LambdaLogger log;
    private final Consumer<Outcome> delivered;
    private boolean isToRepeat;
    private @Nullable UndecodableEventException unreadable;

    Attempt(
        QueueMessage message,
        Invocation invocation,
        LambdaLogger log,
        Consumer<Outcome> delivered) {
      this.message = message;
      this.invocation = invocation;
      this.log = log;
      this.delivered = delivered;
    }

    /// Tries all files.
    ///
    /// @return whether the queue may forget the message
    boolean isDone() {
      try {
        notifications.read(message.body()).forEach(this::deliver);
      } catch (UndecodableEventException e) {
        addUnreadable(e);
      }
      if (isToRepeat) {
        return false; // it will be found unreadable again
      }
      return unreadable == null || isSent(unreadable);
    }

    private void deliver(CreatedObject object) {
      if (object.isFolder()) {
        return;
      }
      LogOrigin origin = new LogOrigin(object.account(), "", object.uri());
      try {
        delivered.accept(
            pipeline.process(
                object.id(), origin, lines -> read(object, lines), invocation.limit()));
      } catch (UndecodableEventException e) {
        addUnreadable(e);
      } catch (S3Exception e) {
        if (e.isReplaced()) {
          log.log(e.getMessage() + "; the newer file has a message of its own", LogLevel.INFO);
        } else if (e.isGone()) {
          addUnreadable(
              new UndecodableEventException(Layer.FILE, 0, String.valueOf(e.getMessage())));
        } else {
          addPassing(e, e.getMessage());
        }
      } catch (IOException e) {
        addPassing(e, e.getMessage());
      } catch (RuntimeException e) { // whatever one file causes: the others are delivered
        addPassing(e, object.uri() + ": " + e);
      }
    }

    private void read(CreatedObject object, LineTarget lines) throws IOException {
      S3Object asked =
          new S3Object(
              object.bucket(), object.key(), object.versionId(), object.eTag(), object.bytes());
      try (InputStream in =
          new TimedStream(s3.open(asked), invocation.limit(), LEAST_TO_DELIVER, object.uri())) {
        FlowLogFile.read(object.uri(), in, lines, this::addUnknownField);
      }
    }

    private void addUnknownField(String name) {
      if (unknownFields.add(name)) {
        log.log("field " + name + " is read over: no version known has it", LogLevel.WARN);
      }
    }

    private void addUnreadable(UndecodableEventException e) {
      if (message.queueArn().isEmpty()) {
        throw e;
      }
      unreadable = unreadable == null ? e : unreadable;
    }

    private void addPassing(Exception e, @Nullable String why) {
      if (message.queueArn().isEmpty()) {
        throw e instanceof RuntimeException failure ? failure : new IllegalStateException(why, e);
      }
      log.log("returned to the queue: " + why, LogLevel.WARN);
      isToRepeat = true;
    }

    /// Sends the message to the failure queue.
    private boolean isSent(UndecodableEventException why) {
      if (failures == null) {
        log.log("returned to the queue: " + why.getMessage(), LogLevel.WARN);
        return false;
      }
      try {
        failures.send(
            new FailedEvent(
                QueueEvents.toJson(message),
                message.messageId(),
                why,
                invocation.requestId(),
                invocation.functionArn()));
      } catch (PublishFailedException e) {
        log.log(
            "returned to the queue: %s; %s".formatted(why.getMessage(), e.getMessage()),
            LogLevel.ERROR);
        return false;
      }
      log.log("sent to the failure queue: " + why.getMessage(), LogLevel.WARN);
      return true;
    }
  }
}
