package dev.flowbell.record;

/// Why a line could not be read as a flow log record. Such lines are counted by fault; they never
/// fail the payload they came in.
public enum ParseFault {
  /// Not as many fields as any of the formats has, an empty field, or JSON without any field known.
  WRONG_FIELD_COUNT,
  /// Something else than decimal digits where a number belongs, or a number of 2^63 and more.
  NOT_A_DECIMAL,
  /// A port above 65535.
  PORT_OUT_OF_RANGE,
  /// A protocol number above 255.
  PROTOCOL_OUT_OF_RANGE,
  /// TCP flags above 255.
  TCP_FLAGS_OUT_OF_RANGE,
  /// Neither an IPv4 nor an IPv6 address.
  NOT_AN_ADDRESS,
  /// An `action` other than ACCEPT and REJECT.
  UNKNOWN_ACTION,
  /// A `log-status` other than OK, NODATA and SKIPDATA.
  UNKNOWN_LOG_STATUS,
  /// A line that begins as a JSON object and isn't one.
  BROKEN_JSON,
  /// Several of the formats fit, and read different things: guessing would be worse.
  AMBIGUOUS_FORMAT
}
