package dev.flowbell.record;

/// Why a line is unreadable. Such lines are counted by fault, and never fail their payload.
public enum ParseFault {
  /// The number of fields is that of no format, a field is empty, or JSON has no known field.
  WRONG_FIELD_COUNT,
  /// A number has other characters than decimal digits, or is 2^63 or more.
  NOT_A_DECIMAL,
  /// A port above 65535.
  PORT_OUT_OF_RANGE,
  /// A protocol number above 255.
  PROTOCOL_OUT_OF_RANGE,
  /// TCP flags above 255.
  TCP_FLAGS_OUT_OF_RANGE,
  /// An address is neither IPv4 nor IPv6.
  NOT_AN_ADDRESS,
  /// An `action` other than ACCEPT and REJECT.
  UNKNOWN_ACTION,
  /// A `log-status` other than OK, NODATA and SKIPDATA.
  UNKNOWN_LOG_STATUS,
  /// A line begins with `{` and is not a JSON object.
  BROKEN_JSON,
  /// Several formats fit, and give different values.
  AMBIGUOUS_FORMAT
}
