package dev.flowbell.input;

import org.jspecify.annotations.Nullable;

/// One subscription message, unwrapped: where it comes from, and its log events' messages.
///
/// The messages lie in `bytes`, as UTF-8, in their order; message `i` is `[start(i), end(i))`. They
/// are slices, not strings, because a payload can hold 25,000 of them. They hold until the decoder
/// that made the batch is called again, which uses its buffers again.
///
/// @see <a
///   href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html">Subscription
///   filters</a>
public final class LogBatch {
  /// What CloudWatch Logs says a message is.
  public enum Type {
    /// Carries log events.
    DATA_MESSAGE,
    /// Probes whether the destination can be reached; carries nothing to count.
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

  /// Returns whether this carries log events or only probes.
  public Type type() {
    return type;
  }

  /// Returns the account that the log group is in, or an empty string.
  public String owner() {
    return owner;
  }

  /// Returns the log group's name, or an empty string, as control messages may have it.
  public String logGroup() {
    return logGroup;
  }

  /// Returns the log stream's name, or an empty string. Its form is AWS's affair: nothing is read
  /// out of it.
  public String logStream() {
    return logStream;
  }

  /// Returns what is the same when the same log events come again and differs otherwise, see
  /// [BatchId]. `null` where an event has no id (a message made by hand) or there are no events, so
  /// that a repeat can't be told.
  public @Nullable String id() {
    return id;
  }

  /// Returns the number of log events.
  public int size() {
    return size;
  }

  /// Returns the buffer that the messages lie in; not a copy, don't write to it.
  public byte[] bytes() {
    return bytes;
  }

  /// Returns where message `index` starts in [#bytes].
  public int start(int index) {
    return starts[index];
  }

  /// Returns where message `index` ends in [#bytes], exclusive.
  public int end(int index) {
    return ends[index];
  }
}
