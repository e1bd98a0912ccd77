package dev.flowbell.testing.mapping;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A standard SQS queue in memory.
///
/// A message that is received is hidden until its visibility timeout ends, and then comes again. If
/// the queue has a dead-letter queue, a message that was received `maxReceiveCount` times moves
/// there instead of being received once more.
///
/// @see <a
///   href="https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html">Using
///   dead-letter queues in Amazon SQS</a>
public final class MessageQueue {
  /// SQS's default.
  public static final Duration VISIBILITY_TIMEOUT = Duration.ofSeconds(30);

  /// SQS's default.
  public static final Duration RETENTION = Duration.ofDays(4);

  private final String name;
  private final Duration visibilityTimeout;
  private final VirtualClock clock;
  private final @Nullable MessageQueue deadLetters;
  private final int maxReceiveCount;
  private final List<Entry> entries = new ArrayList<>();
  private long sent;

  /// A received message.
  ///
  /// @param receiptHandle names this receipt, to delete the message
  /// @param receiveCount how often it was received, this time included
  public record Message(
      String messageId,
      String receiptHandle,
      String body,
      String md5OfBody,
      int receiveCount,
      Instant sent,
      Instant firstReceived) {}

  private static final class Entry {
    private final String messageId;
    private final String body;
    private final Instant sent;
    private Instant visibleAt;
    private @Nullable Instant firstReceived;
    private int receiveCount;

    Entry(String messageId, String body, Instant sent) {
      this.messageId = messageId;
      this.body = body;
      this.sent = sent;
      visibleAt = sent;
    }
  }

  /// Creates a queue without a dead-letter queue.
  public MessageQueue(String name, Duration visibilityTimeout, VirtualClock clock) {
    this(name, visibilityTimeout, clock, null, Integer.MAX_VALUE);
  }

  /// Creates a queue.
  ///
  /// @param deadLetters where messages go that were received too often, `null` for nowhere
  /// @param maxReceiveCount how often a message is received at most
  public MessageQueue(
      String name,
      Duration visibilityTimeout,
      VirtualClock clock,
      @Nullable MessageQueue deadLetters,
      int maxReceiveCount) {
    this.name = name;
    this.visibilityTimeout = visibilityTimeout;
    this.clock = clock;
    this.deadLetters = deadLetters;
    this.maxReceiveCount = maxReceiveCount;
  }

  /// Returns the queue's ARN.
  public String arn() {
    return "arn:aws:sqs:eu-west-1:123456789012:" + name;
  }

  /// Sends a message, and returns its id.
  public String send(String body) {
    String messageId = "%08x-0000-4000-8000-%012x".formatted(name.hashCode(), sent++);
    entries.add(new Entry(messageId, body, clock.instant()));
    return messageId;
  }

  /// Receives messages, the oldest first, and hides them.
  public List<Message> receive(int most) {
    List<Message> received = new ArrayList<>();
    for (Entry entry : visible()) {
      if (received.size() == most) {
        break;
      }
      if (deadLetters != null && entry.receiveCount >= maxReceiveCount) {
        entries.remove(entry);
        deadLetters.entries.add(new Entry(entry.messageId, entry.body, entry.sent));
        continue;
      }
      entry.receiveCount++;
      entry.visibleAt = clock.instant().plus(visibilityTimeout);
      entry.firstReceived = entry.firstReceived == null ? clock.instant() : entry.firstReceived;
      received.add(
          new Message(
              entry.messageId,
              entry.messageId + "#" + entry.receiveCount,
              entry.body,
              md5(entry.body),
              entry.receiveCount,
              entry.sent,
              entry.firstReceived));
    }
    return received;
  }

  /// Deletes a message that was received.
  public void delete(Message message) {
    entries.removeIf(each -> each.messageId.equals(message.messageId()));
  }

  /// Takes back a message that was received and not sent on, as if it had not been received.
  void takeBack(Message message) {
    entries.stream()
        .filter(each -> each.messageId.equals(message.messageId()))
        .forEach(
            each -> {
              each.visibleAt = clock.instant();
              each.receiveCount--;
            });
  }

  /// Returns the bodies of all messages, the hidden ones too.
  public List<String> bodies() {
    return entries.stream().map(each -> each.body).toList();
  }

  /// Returns the ids of all messages, the hidden ones too.
  public List<String> messageIds() {
    return entries.stream().map(each -> each.messageId).toList();
  }

  int visibleCount() {
    return visible().size();
  }

  /// Returns when the next hidden message is visible, `null` if none is hidden.
  @Nullable Instant nextVisible() {
    return entries.stream()
        .map(each -> each.visibleAt)
        .filter(each -> each.isAfter(clock.instant()))
        .min(Instant::compareTo)
        .orElse(null);
  }

  private List<Entry> visible() {
    entries.removeIf(each -> !each.sent.plus(RETENTION).isAfter(clock.instant()));
    return entries.stream().filter(each -> !each.visibleAt.isAfter(clock.instant())).toList();
  }

  private static String md5(String text) {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("MD5").digest(text.getBytes(UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }
}
