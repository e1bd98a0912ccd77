package dev.flowbell.testing.generator;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flowbell.record.FieldKind;
import dev.flowbell.record.FlowField;
import dev.flowbell.record.FlowRecord;
import dev.flowbell.record.ParseFault;
import dev.flowbell.record.RecordFormat;
import dev.flowbell.record.RecordParser;
import java.util.ArrayList;
import java.util.List;

/// Makes records from texts such as `protocol=6 tcp-flags=2`, and returns such texts of records.
public final class Records {
  private Records() {}

  /// Makes a record with only these fields.
  public static FlowRecord of(String fieldsAndValues) {
    List<String> names = new ArrayList<>();
    List<String> values = new ArrayList<>();
    for (String part : fieldsAndValues.split(" ", -1)) {
      int equals = part.indexOf('=');
      names.add(part.substring(0, equals));
      values.add(part.substring(equals + 1));
    }
    byte[] line = String.join(" ", values).getBytes(UTF_8);
    FlowRecord record = new FlowRecord();
    RecordParser parser = new RecordParser(List.of(RecordFormat.parse(String.join(" ", names))));
    ParseFault fault = parser.parse(line, 0, line.length, record);
    if (fault != null) {
      throw new IllegalArgumentException(fault + ": " + fieldsAndValues);
    }
    return record;
  }

  /// Returns every field of a record, in the order of [FlowField]; numbers and addresses in their
  /// canonical form.
  public static String describe(FlowRecord record) {
    List<String> parts = new ArrayList<>();
    for (FlowField field : FlowField.values()) {
      if (record.has(field)) {
        parts.add(field.awsName() + "=" + value(record, field));
      }
    }
    return String.join(" ", parts);
  }

  private static String value(FlowRecord record, FlowField field) {
    if (field.kind() == FieldKind.ADDRESS) {
      return String.valueOf(record.address(field));
    }
    return switch (field) {
      case SRCPORT -> Long.toString(record.sourcePort());
      case DSTPORT -> Long.toString(record.destinationPort());
      case PROTOCOL -> Long.toString(record.protocol());
      case TCP_FLAGS -> Long.toString(record.tcpFlags());
      case PACKETS -> Long.toString(record.packets());
      case BYTES -> Long.toString(record.bytes());
      case START -> Long.toString(record.startSeconds());
      case END -> Long.toString(record.endSeconds());
      case ACTION -> (record.isAccept() ? "ACCEPT" : "") + (record.isReject() ? "REJECT" : "");
      case LOG_STATUS -> record.isNoData() ? "NODATA" : record.isSkipData() ? "SKIPDATA" : "OK";
      default -> String.valueOf(record.text(field));
    };
  }
}
