package dev.flowbell.record;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One flow log record: the traffic between two addresses at one network interface in one
/// aggregation interval.
///
/// It is reused for the next record. Its values are valid until [RecordParser#parse] is called with
/// it again, or the parsed buffer changes. A field is absent if the format does not have it, or if
/// the record has `-`. Absent numbers are [#ABSENT], absent texts and addresses `null`.
///
/// @see <a href="https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html">Flow log
///   records</a>
@SuppressWarnings("EnumOrdinal") // arrays by ordinal are the fastest maps
public final class FlowRecord {
  /// An absent number. Numbers of records are never negative.
  public static final long ABSENT = -1;

  /// The protocol number of TCP.
  public static final int TCP = 6;

  static final long ACCEPT = 0;
  static final long REJECT = 1;
  // OK is the same as an absent status.
  static final long OK = ABSENT;
  static final long NODATA = 1;
  static final long SKIPDATA = 2;

  /// The longest text of a field, in bytes. AWS's ids are shorter; a metric's dimension has at most
  /// as many characters. The rest of a longer one is not read, because texts are kept: a line can
  /// have a megabyte.
  private static final int MOST_TEXT_BYTES = 1_024;

  private static final FlowField[] FIELDS = FlowField.values();

  private static final byte[] NO_BYTES = {};

  private static final FlowField[] PACKETS_LOST = {
    FlowField.PACKETS_LOST_NO_ROUTE,
    FlowField.PACKETS_LOST_BLACKHOLE,
    FlowField.PACKETS_LOST_MTU_EXCEEDED,
    FlowField.PACKETS_LOST_TTL_EXPIRED
  };

  // Indexed by the field's ordinal: a number or the low bits of an address, the high bits of an
  // address, and the bounds of the text.
  private final long[] numbers = new long[FIELDS.length];
  private final long[] highs = new long[FIELDS.length];
  private final int[] starts = new int[FIELDS.length];
  private final int[] ends = new int[FIELDS.length];
  private byte[] buffer = NO_BYTES;
  // The start of the line in the buffer. The bounds of texts are relative to it, so they stay valid
  // for a line that begins like the line before.
  private int lineStart;

  /// Creates a record with every field absent.
  public FlowRecord() {
    clear(buffer);
  }

  // For the parser.

  void clear(byte[] newBuffer) {
    Arrays.fill(starts, -1);
    Arrays.fill(numbers, ABSENT);
    Arrays.fill(highs, ABSENT);
    setLine(newBuffer, 0);
  }

  void setLine(byte[] newBuffer, int newLineStart) {
    buffer = newBuffer;
    lineStart = newLineStart;
  }

  void setAbsent(FlowField field) {
    starts[field.ordinal()] = -1;
    numbers[field.ordinal()] = ABSENT;
    highs[field.ordinal()] = ABSENT;
  }

  void setText(FlowField field, int start, int end) {
    starts[field.ordinal()] = start - lineStart;
    ends[field.ordinal()] = end - lineStart;
  }

  void setNumber(FlowField field, long number) {
    numbers[field.ordinal()] = number;
  }

  /// Sets an IPv4 address.
  ///
  /// @param low the low half; the high half is 0
  void setIpv4(FlowField field, long low) {
    highs[field.ordinal()] = 0;
    numbers[field.ordinal()] = low;
  }

  boolean setAddress(FlowField field, int start, int end) {
    return IpAddress.find(buffer, start, end, highs, numbers, field.ordinal());
  }

  /// Returns whether this reading of a line has the same values as another one, in every field that
  /// Flowbell uses.
  boolean agreesWith(FlowRecord other) {
    for (FlowField field : FIELDS) {
      if (field.isRead() && !isSame(field, other)) {
        return false;
      }
    }
    return true;
  }

  /// Compares values, not spellings: two columns can have different spellings of one value.
  private boolean isSame(FlowField field, FlowRecord other) {
    int i = field.ordinal();
    if (field.kind() != FieldKind.TEXT) {
      return numbers[i] == other.numbers[i] && highs[i] == other.highs[i];
    }
    if (!has(field) || !other.has(field)) {
      return has(field) == other.has(field);
    }
    return Arrays.equals(
        buffer,
        lineStart + starts[i],
        lineStart + ends[i],
        other.buffer,
        other.lineStart + other.starts[i],
        other.lineStart + other.ends[i]);
  }

  // For everyone.

  /// Makes every field absent, and gives up the buffer of the last line.
  public void release() {
    clear(NO_BYTES);
  }

  /// Returns whether the record has a value for this field.
  public boolean has(FlowField field) {
    return starts[field.ordinal()] >= 0;
  }

  /// Returns the field's value as it is in the record, at most its first 1,024 bytes; `null` where
  /// it is absent.
  public @Nullable String text(FlowField field) {
    int i = field.ordinal();
    return starts[i] < 0
        ? null
        : new String(
            buffer,
            lineStart + starts[i],
            Math.min(ends[i] - starts[i], MOST_TEXT_BYTES),
            StandardCharsets.UTF_8);
  }

  /// Returns whether the record has an address or a `log-status`: each flow log record has.
  boolean isFlowLogRecord() {
    return has(FlowField.SRCADDR)
        || has(FlowField.DSTADDR)
        || has(FlowField.LOG_STATUS)
        || has(FlowField.PKT_SRCADDR)
        || has(FlowField.PKT_DSTADDR);
  }

  /// Returns whether the field's value consists of these bytes; `false` where it is absent. With
  /// this a caller can reuse a string that most records share.
  public boolean isText(FlowField field, byte[] expected) {
    int i = field.ordinal();
    return starts[i] >= 0
        && Arrays.equals(
            buffer, lineStart + starts[i], lineStart + ends[i], expected, 0, expected.length);
  }

  /// Returns the value of a field of kind [FieldKind#ADDRESS], `null` where it is absent.
  public @Nullable IpAddress address(FlowField field) {
    int i = field.ordinal();
    return starts[i] < 0 ? null : new IpAddress(highs[i], numbers[i]);
  }

  /// Returns the first 64 bits of an address, see [IpAddress#high()]; [#ABSENT] where it is absent.
  public long addressHigh(FlowField field) {
    return highs[field.ordinal()];
  }

  /// Returns the last 64 bits of an address, see [IpAddress#low()]; [#ABSENT] where it is absent.
  public long addressLow(FlowField field) {
    return numbers[field.ordinal()];
  }

  /// Returns whether two address fields are both present and have different addresses. Different
  /// spellings of one address are equal.
  public boolean isDifferentAddress(FlowField one, FlowField other) {
    return has(one)
        && has(other)
        && (addressLow(one) != addressLow(other) || addressHigh(one) != addressHigh(other));
  }

  /// Returns whether the address is present and IPv6.
  public boolean isIpv6(FlowField field) {
    return has(field) && !IpAddress.isIpv4(addressHigh(field), addressLow(field));
  }

  /// Returns the field with the source: `pkt-srcaddr`, or `srcaddr` where that is absent. `srcaddr`
  /// can be the address of a NAT device.
  public FlowField originalSource() {
    return has(FlowField.PKT_SRCADDR) ? FlowField.PKT_SRCADDR : FlowField.SRCADDR;
  }

  /// Returns the source port, 0 to 65535, or [#ABSENT].
  public long sourcePort() {
    return number(FlowField.SRCPORT);
  }

  /// Returns the destination port, 0 to 65535, or [#ABSENT].
  public long destinationPort() {
    return number(FlowField.DSTPORT);
  }

  /// Returns the IANA protocol number, 0 to 255, or [#ABSENT].
  public long protocol() {
    return number(FlowField.PROTOCOL);
  }

  /// Returns the combined TCP flags of the interval: FIN 1, SYN 2, RST 4, SYN-ACK 18; or [#ABSENT].
  public long tcpFlags() {
    return number(FlowField.TCP_FLAGS);
  }

  /// Returns the number of packets, or [#ABSENT].
  public long packets() {
    return number(FlowField.PACKETS);
  }

  /// Returns the number of bytes, or [#ABSENT].
  public long bytes() {
    return number(FlowField.BYTES);
  }

  /// Returns the sum of the packets that a transit gateway lost for any cause, at most
  /// `Long.MAX_VALUE`; [#ABSENT] where the record has none of the four `packets-lost-…` fields.
  public long packetsLost() {
    long sum = ABSENT;
    for (FlowField field : PACKETS_LOST) {
      long packets = number(field);
      if (packets != ABSENT) {
        sum = sum == ABSENT ? packets : sum + packets < 0 ? Long.MAX_VALUE : sum + packets;
      }
    }
    return sum;
  }

  /// Returns `start`, the time of the interval's first packet, in Unix seconds, or [#ABSENT].
  public long startSeconds() {
    return number(FlowField.START);
  }

  /// Returns `end`, the time of the interval's last packet, in Unix seconds, or [#ABSENT].
  public long endSeconds() {
    return number(FlowField.END);
  }

  /// Returns whether `action` is ACCEPT.
  public boolean isAccept() {
    return number(FlowField.ACTION) == ACCEPT;
  }

  /// Returns whether `action` is REJECT: a security group or network ACL dropped the traffic.
  public boolean isReject() {
    return number(FlowField.ACTION) == REJECT;
  }

  /// Returns whether the interval had no traffic.
  public boolean isNoData() {
    return number(FlowField.LOG_STATUS) == NODATA;
  }

  /// Returns whether AWS skipped records of the interval.
  public boolean isSkipData() {
    return number(FlowField.LOG_STATUS) == SKIPDATA;
  }

  private long number(FlowField field) {
    return numbers[field.ordinal()];
  }
}
