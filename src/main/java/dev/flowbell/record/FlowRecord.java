package dev.flowbell.record;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// One flow log record: which traffic went between two addresses at one network interface in one
/// aggregation window.
///
/// A view that is used again for the next record: what it returns holds until [RecordParser#parse]
/// is called with it again, or the buffer that was parsed changes. Any field may be absent, because
/// the format leaves it out or the record has `-` there: numbers are then [#ABSENT], texts and
/// addresses `null`.
///
/// @see <a href="https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html">Flow log
///   records</a>
@SuppressWarnings("EnumOrdinal") // arrays by ordinal: a field costs no look-up
public final class FlowRecord {
  /// Stands for a number that is absent; no number of a record is negative.
  public static final long ABSENT = -1;

  /// The protocol number of TCP.
  public static final int TCP = 6;

  static final long ACCEPT = 0;
  static final long REJECT = 1;
  // A record whose status is OK and one that has none are the same.
  static final long OK = ABSENT;
  static final long NODATA = 1;
  static final long SKIPDATA = 2;

  private static final FlowField[] FIELDS = FlowField.values();

  // By ordinal of the field: a number, or an address's low bits; its high bits; where the text
  // lies.
  private final long[] numbers = new long[FIELDS.length];
  private final long[] highs = new long[FIELDS.length];
  private final int[] starts = new int[FIELDS.length];
  private final int[] ends = new int[FIELDS.length];
  private byte[] buffer = new byte[0];
  // Where the line lies in the buffer: the texts' places count from here, so that those of a line
  // that begins like the one before stay as they are.
  private int lineStart;

  /// Makes a record with every field absent.
  public FlowRecord() {
    clear(buffer);
  }

  // What the parser writes.

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

  /// @param low of an IPv4 address, whose high half is 0
  void setIpv4(FlowField field, long low) {
    highs[field.ordinal()] = 0;
    numbers[field.ordinal()] = low;
  }

  boolean setAddress(FlowField field, int start, int end) {
    return IpAddress.find(buffer, start, end, highs, numbers, field.ordinal());
  }

  /// Whether two readings of one line come to the same for every field that Flowbell looks at.
  boolean agreesWith(FlowRecord other) {
    for (FlowField field : FIELDS) {
      if (field.isRead() && !isSame(field, other)) {
        return false;
      }
    }
    return true;
  }

  /// By value, not by spelling: two columns may say the same in other words.
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

  // What everyone reads.

  /// Returns whether the record has a value for this field.
  public boolean has(FlowField field) {
    return starts[field.ordinal()] >= 0;
  }

  /// Returns the field's value as it stands in the record.
  public @Nullable String text(FlowField field) {
    int i = field.ordinal();
    return starts[i] < 0
        ? null
        : new String(buffer, lineStart + starts[i], ends[i] - starts[i], StandardCharsets.UTF_8);
  }

  /// Returns whether the field's value is these bytes; never true for an absent one. Lets a caller
  /// keep one string for a value that most records share.
  public boolean isText(FlowField field, byte[] expected) {
    int i = field.ordinal();
    return starts[i] >= 0
        && Arrays.equals(
            buffer, lineStart + starts[i], lineStart + ends[i], expected, 0, expected.length);
  }

  /// Returns the address in one of the fields of kind [FieldKind#ADDRESS].
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

  /// Returns whether two address fields are both present and name different addresses, however they
  /// are spelled.
  public boolean isDifferentAddress(FlowField one, FlowField other) {
    return has(one)
        && has(other)
        && (addressLow(one) != addressLow(other) || addressHigh(one) != addressHigh(other));
  }

  /// Returns whether the address is there and an IPv6 one.
  public boolean isIpv6(FlowField field) {
    return has(field) && !IpAddress.isIpv4(addressHigh(field), addressLow(field));
  }

  /// Returns the field that names who really sent the traffic: `pkt-srcaddr` where the record has
  /// it, because `srcaddr` may be that of a NAT device on the way.
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

  /// Returns the TCP flags of the window, OR-ed: FIN 1, SYN 2, RST 4, SYN-ACK 18; or [#ABSENT].
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

  /// Returns when the window's first packet came, in Unix seconds, or [#ABSENT].
  public long startSeconds() {
    return number(FlowField.START);
  }

  /// Returns when the window's last packet came, in Unix seconds, or [#ABSENT].
  public long endSeconds() {
    return number(FlowField.END);
  }

  /// Returns whether security groups and network ACLs let the traffic through.
  public boolean isAccept() {
    return number(FlowField.ACTION) == ACCEPT;
  }

  /// Returns whether a security group or a network ACL stopped the traffic.
  public boolean isReject() {
    return number(FlowField.ACTION) == REJECT;
  }

  /// Returns whether the window passed without traffic.
  public boolean isNoData() {
    return number(FlowField.LOG_STATUS) == NODATA;
  }

  /// Returns whether AWS skipped records of the window.
  public boolean isSkipData() {
    return number(FlowField.LOG_STATUS) == SKIPDATA;
  }

  private long number(FlowField field) {
    return numbers[field.ordinal()];
  }
}
