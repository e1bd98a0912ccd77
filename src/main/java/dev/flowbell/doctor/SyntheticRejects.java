package dev.flowbell.doctor;

import dev.flowbell.record.FlowField;
import dev.flowbell.record.FlowRecord;
import dev.flowbell.record.RecordFormat;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Synthetic flow log records of a port scan: rejected SYNs from one documentation address to
/// another, at a network interface whose id is all zeros.
///
/// @param source the records' source address
/// @param end the end of the records' aggregation interval
/// @see <a href="https://www.rfc-editor.org/rfc/rfc5737">RFC 5737, addresses for documentation</a>
record SyntheticRejects(RecordFormat format, Deployment deployment, String source, Instant end) {
  static final String TARGET = "192.0.2.255";

  private static final int WINDOW_SECONDS = 60;
  private static final int SYN_BYTES = 60;
  private static final int FIRST_PORT = 1;

  /// Returns records that differ only in their destination port.
  List<String> lines(int count) {
    Map<FlowField, String> values = values();
    List<String> lines = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      values.put(FlowField.DSTPORT, String.valueOf(FIRST_PORT + i));
      lines.add(line(values));
    }
    return lines;
  }

  private String line(Map<FlowField, String> values) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < format.size(); i++) {
      line.append(i == 0 ? "" : " ").append(values.getOrDefault(format.column(i), "-"));
    }
    return line.toString();
  }

  /// Returns the fields' values. Fields without a value become `-`, as in real records.
  private Map<FlowField, String> values() {
    int version = 2;
    for (FlowField field : format.fields()) {
      version = Math.max(version, field.version());
    }
    Map<FlowField, String> values = new EnumMap<>(FlowField.class);
    values.put(FlowField.VERSION, String.valueOf(version));
    values.put(FlowField.ACCOUNT_ID, deployment.account());
    values.put(FlowField.REGION, deployment.region());
    values.put(FlowField.INTERFACE_ID, "eni-00000000000000000");
    values.put(FlowField.INSTANCE_ID, "i-00000000000000000");
    values.put(FlowField.SUBNET_ID, "subnet-00000000000000000");
    values.put(FlowField.VPC_ID, "vpc-00000000000000000");
    values.put(FlowField.TYPE, "IPv4");
    values.put(FlowField.SRCADDR, source);
    values.put(FlowField.PKT_SRCADDR, source);
    values.put(FlowField.DSTADDR, TARGET);
    values.put(FlowField.PKT_DSTADDR, TARGET);
    values.put(FlowField.SRCPORT, "50000");
    values.put(FlowField.PROTOCOL, String.valueOf(FlowRecord.TCP));
    values.put(FlowField.TCP_FLAGS, "2");
    values.put(FlowField.PACKETS, "1");
    values.put(FlowField.BYTES, String.valueOf(SYN_BYTES));
    values.put(
        FlowField.START, String.valueOf(end.minusSeconds(WINDOW_SECONDS - 1).getEpochSecond()));
    values.put(FlowField.END, String.valueOf(end.getEpochSecond()));
    values.put(FlowField.ACTION, "REJECT");
    values.put(FlowField.LOG_STATUS, "OK");
    values.put(FlowField.FLOW_DIRECTION, "ingress");
    return values;
  }
}
