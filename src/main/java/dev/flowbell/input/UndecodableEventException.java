package dev.flowbell.input;

/// A payload cannot be unwrapped. Nothing of it was processed.
///
/// The message has the name of the input (`awslogs.data`, or a file), the layer that failed, and
/// the offset in that layer's own input: characters for base64, compressed bytes for gzip, inflated
/// bytes for JSON. It never quotes the payload, which is the customer's data.
public final class UndecodableEventException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// A layer of a payload, from the outside in.
  ///
  /// @see <a
  ///   href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html">Subscription
  ///   filters</a>
  public enum Layer {
    /// The Lambda event around `awslogs.data`.
    EVENT,
    /// The base64 encoding of the compressed bytes.
    BASE64,
    /// The gzip compression.
    GZIP,
    /// The syntax of the inflated message.
    JSON,
    /// The keys around the log events.
    ENVELOPE,
    /// The file in a bucket: there is none any more, or it is no flow log file.
    FILE
  }

  private final Layer layer;
  private final long offset;

  /// Creates an exception.
  ///
  /// @param offset the offset in the layer's own input, or 0 where there is no input
  public UndecodableEventException(Layer layer, long offset, String message) {
    super(message);
    this.layer = layer;
    this.offset = offset;
  }

  /// Returns the layer that failed.
  public Layer layer() {
    return layer;
  }

  /// Returns the offset of the failure, in the layer's own input.
  public long offset() {
    return offset;
  }
}
