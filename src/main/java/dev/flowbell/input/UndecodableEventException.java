package dev.flowbell.input;

/// A payload that can't be unwrapped; nothing of it was processed.
///
/// The message says where (`awslogs.data`, or a file), which layer failed, and at which offset in
/// that layer's own input: characters for base64, compressed bytes for gzip, inflated bytes for
/// JSON. It never quotes the payload, which is the customer's data.
public final class UndecodableEventException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /// One wrapping of a subscription payload, from the outside in.
  ///
  /// @see <a
  ///   href="https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html">Subscription
  ///   filters</a>
  public enum Layer {
    /// The Lambda event around `awslogs.data`.
    EVENT,
    /// The text encoding of the compressed bytes.
    BASE64,
    /// The compression.
    GZIP,
    /// The syntax of the inflated message.
    JSON,
    /// The keys that CloudWatch Logs puts around the log events.
    ENVELOPE
  }

  private final Layer layer;
  private final long offset;

  /// @param offset in the layer's own input, or 0 where there was no input
  public UndecodableEventException(Layer layer, long offset, String message) {
    super(message);
    this.layer = layer;
    this.offset = offset;
  }

  /// Returns the wrapping that failed.
  public Layer layer() {
    return layer;
  }

  /// Returns how far the layer's own input was read when it failed.
  public long offset() {
    return offset;
  }
}
