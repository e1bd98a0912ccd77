package dev.flowbell.record;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The order of the fields in a flow log's lines. It cannot be changed after a flow log was
/// created.
///
/// @see <a href="https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html">Flow log
///   records</a>
public final class RecordFormat {
  /// AWS's default format, version 2.
  public static final RecordFormat DEFAULT =
      parse(
          "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport}"
              + " ${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}");

  /// The format of the flow logs that Flowbell's template creates: all fields that Flowbell uses,
  /// but for types and tags of version 11.
  public static final RecordFormat FLOWBELL =
      parse(
          "${version} ${account-id} ${vpc-id} ${subnet-id} ${instance-id} ${interface-id}"
              + " ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes}"
              + " ${start} ${end} ${action} ${log-status} ${tcp-flags} ${type} ${pkt-srcaddr}"
              + " ${pkt-dstaddr} ${region} ${az-id} ${flow-direction} ${traffic-path}"
              + " ${reject-reason}");

  /// AWS's default format for transit gateways, version 6.
  ///
  /// @see <a href="https://docs.aws.amazon.com/vpc/latest/tgw/tgw-flow-logs.html">Transit gateway
  ///   flow logs</a>
  public static final RecordFormat TRANSIT_GATEWAY =
      parse(
          "${version} ${resource-type} ${account-id} ${tgw-id} ${tgw-attachment-id}"
              + " ${tgw-src-vpc-account-id} ${tgw-dst-vpc-account-id} ${tgw-src-vpc-id}"
              + " ${tgw-dst-vpc-id} ${tgw-src-subnet-id} ${tgw-dst-subnet-id} ${tgw-src-eni}"
              + " ${tgw-dst-eni} ${tgw-src-az-id} ${tgw-dst-az-id} ${tgw-pair-attachment-id}"
              + " ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} ${packets} ${bytes}"
              + " ${start} ${end} ${log-status} ${type} ${packets-lost-no-route}"
              + " ${packets-lost-blackhole} ${packets-lost-mtu-exceeded}"
              + " ${packets-lost-ttl-expired} ${tcp-flags} ${region} ${flow-direction}"
              + " ${pkt-src-aws-service} ${pkt-dst-aws-service}");

  private final FlowField[] columns;
  private final Set<FlowField> fields;
  private final int headSize;

  private RecordFormat(List<FlowField> fields) {
    this.columns = fields.toArray(FlowField[]::new);
    this.fields = EnumSet.copyOf(fields);
    int head = 0;
    while (head < columns.length && isOfInterface(columns[head])) {
      head++;
    }
    this.headSize = head;
  }

  private static boolean isOfInterface(FlowField field) {
    return field == FlowField.VERSION || field.kind() == FieldKind.TEXT;
  }

  /// Reads a format: as in `CreateFlowLogs` and `DescribeFlowLogs`, `${srcaddr} ${dstaddr}`, or as
  /// in a header line, `srcaddr dstaddr`.
  ///
  /// @throws InvalidFormatException where there is no field, or an unknown or a repeated one
  public static RecordFormat parse(String text) {
    List<FlowField> fields = new ArrayList<>();
    int position = 0;
    while (true) {
      while (position < text.length() && Character.isWhitespace(text.charAt(position))) {
        position++;
      }
      if (position == text.length()) {
        break;
      }
      int start = position;
      while (position < text.length() && !Character.isWhitespace(text.charAt(position))) {
        position++;
      }
      FlowField field = parseField(text.substring(start, position), fields.size() + 1, start + 1);
      int first = fields.indexOf(field);
      if (first >= 0) {
        throw new InvalidFormatException(
            "field %d (character %d): expected each field once, got %s again after field %d"
                .formatted(fields.size() + 1, start + 1, field.awsName(), first + 1));
      }
      fields.add(field);
    }
    if (fields.isEmpty()) {
      throw new InvalidFormatException(
          "field 1 (character 1): expected field names such as ${srcaddr} ${dstaddr}, got none");
    }
    return new RecordFormat(fields);
  }

  private static FlowField parseField(String token, int number, int character) {
    boolean isBraced = token.startsWith("${") && token.endsWith("}");
    String name = isBraced ? token.substring(2, token.length() - 1) : token;
    FlowField field = FlowField.findByAwsName(name);
    if (field == null) {
      throw new InvalidFormatException(
          "field %d (character %d): expected a flow log field such as ${srcaddr}, got \"%s\""
              .formatted(number, character, token.substring(0, Math.min(60, token.length()))));
    }
    return field;
  }

  /// Returns the format of a header line, which consists of different field names.
  ///
  /// Flow log files in S3 begin with such a line. CloudWatch Logs has none.
  ///
  /// @return `null` where `[start, end)` is not a header line
  public static @Nullable RecordFormat findHeader(byte[] buffer, int start, int end) {
    // A header begins with a letter, and most records begin with a digit.
    if (start == end || buffer[start] < 'a' || buffer[start] > 'z') {
      return null;
    }
    List<FlowField> fields = new ArrayList<>();
    Set<FlowField> seen = new HashSet<>();
    for (int position = start; position <= end; ) {
      int fieldEnd = Slices.indexOfSpace(buffer, position, end);
      FlowField field =
          FlowField.findByAwsName(
              new String(buffer, position, fieldEnd - position, StandardCharsets.ISO_8859_1));
      if (field == null || !seen.add(field)) {
        return null;
      }
      fields.add(field);
      position = fieldEnd + 1;
    }
    return new RecordFormat(fields);
  }

  /// Returns the set of its fields.
  public Set<FlowField> fields() {
    return EnumSet.copyOf(fields);
  }

  /// Returns the number of fields.
  public int size() {
    return columns.length;
  }

  /// Returns the field at a position in the line, counted from 0.
  public FlowField column(int index) {
    return columns[index];
  }

  /// Returns how many fields the head of a line has: the version and text fields before the first
  /// number, address or action. All records of a network interface usually have the same head.
  int headSize() {
    return headSize;
  }

  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof RecordFormat format
            && List.of(columns).equals(List.of(format.columns)));
  }

  @Override
  public int hashCode() {
    return List.of(columns).hashCode();
  }

  /// Returns the format as AWS writes it, `${srcaddr} ${dstaddr}`.
  @Override
  public String toString() {
    return List.of(columns).stream()
        .map(field -> "${" + field.awsName() + "}")
        .collect(Collectors.joining(" "));
  }

  /// Returns the header line of this format, `srcaddr dstaddr`, which [#findHeader] reads.
  public String toHeader() {
    return List.of(columns).stream().map(FlowField::awsName).collect(Collectors.joining(" "));
  }
}
