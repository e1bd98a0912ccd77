package dev.flowbell.input;

import org.jspecify.annotations.Nullable;

/// One subscription message, unwrapped: its log group and log stream, and the messages of its log
/// events.
///
/// The messages are in [#bytes], as UTF-8, in their order. Message `i` is `[start(i), end(i))`.
/// They are slices and not strings, because a payload can have 25,000 of them. They are valid until
/// the decoder is called again, because it reuses its buffers.
///
/// @see <a
///   href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html">Subscription
///   filters</a>
public final class LogBatch {
  /// The type of a subscription message.
  public enum Type {
    /// It has log events.
    DATA_MESSAGE,
    /// It tests the destination, and has no log events to count.
    CONTROL_MESSAGE
  }

  private final Type type;
  private final String owner;
  private final String logGroup;
  private final String logStream;
  private final @Nullable String id;
  private final byte[] bytes;
  private final int[] starts;
  private final int[] ends;
  private final int size;

  LogBatch(
      Type type,
      String owner,
      String logGroup,
      String logStream,
      @Nullable String id,
      byte[] bytes,
      int[] starts,
      int[] ends,
      int size) {
    this.type = type;
    this.owner = owner;
    this.logGroup = logGroup;
    this.logStream = logStream;
    this.id = id;
    this.bytes = bytes;
    this.starts = starts;
    this.ends = ends;
    this.size = size;
  }

  /// Returns the type of the message.
  public Type type() {
    return type;
  }

  /// Returns the AWS account ID of the log group, or an empty string.
  public String owner() {
    return owner;
  }

  /// Returns the name of the log group, or an empty string, for example in control messages.
  public String logGroup() {
    return logGroup;
  }

  /// Returns the name of the log stream, or an empty string.
  public String logStream() {
    return logStream;
  }

  /// Returns the batch id, which is the same each time that the same log events arrive, see
  /// [BatchId]. It is `null` where an event has no id, as in messages made by hand, or where there
  /// are no events: such a batch is not recognized when it is repeated.
  public @Nullable String id() {
    return id;
  }

  /// Returns the number of log events.
  public int size() {
    return size;
  }

  /// Returns the buffer with the messages. It is not a copy: do not write to it.
  public byte[] bytes() {
    return bytes;
  }

  /// Returns the start of message `index` in [#bytes].
  public int start(int index) {
    return starts[index];
  }

  /// Returns the end of message `index` in [#bytes], exclusive.
  public int end(int index) {
    return ends[index];
  }
}
