package dev.flowbell.record;

/// The kind of values that a flow log field has, besides `-`. Any other value makes the record
/// unreadable, with the [ParseFault] named here.
public enum FieldKind {
  /// Decimal digits, with a value below 2^63; else [ParseFault#NOT_A_DECIMAL].
  DECIMAL(Long.MAX_VALUE),
  /// A decimal up to 65535; else [ParseFault#PORT_OUT_OF_RANGE].
  PORT(65_535),
  /// An IANA protocol number, a decimal up to 255; else [ParseFault#PROTOCOL_OUT_OF_RANGE].
  PROTOCOL(255),
  /// Combined TCP flags, a decimal up to 255; else [ParseFault#TCP_FLAGS_OUT_OF_RANGE].
  TCP_FLAGS(255),
  /// An IPv4 or IPv6 address; else [ParseFault#NOT_AN_ADDRESS].
  ADDRESS,
  /// `ACCEPT` or `REJECT`; else [ParseFault#UNKNOWN_ACTION].
  ACTION,
  /// `OK`, `NODATA` or `SKIPDATA`; else [ParseFault#UNKNOWN_LOG_STATUS].
  LOG_STATUS,
  /// Any text without a space.
  TEXT;

  private final long most;

  FieldKind() {
    this(FlowRecord.ABSENT);
  }

  FieldKind(long most) {
    this.most = most;
  }

  /// Returns the largest value of a numeric kind.
  long most() {
    return most;
  }
}
