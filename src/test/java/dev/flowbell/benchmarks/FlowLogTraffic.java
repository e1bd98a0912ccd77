package dev.flowbell.benchmarks;

import dev.flowbell.record.FlowField;
import dev.flowbell.record.RecordFormat;
import dev.flowbell.testing.generator.PayloadGenerator;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/// Makes a payload like that of a busy server's network interface, the same for the same seed.
///
/// It has both directions of its clients' connections, its own requests to others, and one record
/// in twelve is a rejected packet from the internet. Unlike [PayloadGenerator]'s, no line is
/// damaged: this is ordinary input.
final class FlowLogTraffic {
  private static final long START_SECONDS = 1_795_342_440; // 2026-11-22T10:14:00Z
  private static final String OWN_ADDRESS = "10.0.2.98";
  private static final String[] PROBED_PORTS = {"22", "23", "80", "445", "3389", "5060", "8080"};

  private final Random random = new Random(20261122);
  private final RecordFormat format;
  private final String[] clients;
  private final String[] scanners;

  private FlowLogTraffic(RecordFormat format, int records) {
    this.format = format;
    this.clients = addresses("10.0.", Math.min(250, 8 + records / 40));
    this.scanners = addresses("198.51.", Math.min(250, 2 + records / 80));
  }

  /// Returns the `awslogs.data` of a payload whose messages are lines.
  static String ofLines(RecordFormat format, int records) {
    FlowLogTraffic traffic = new FlowLogTraffic(format, records);
    List<String> lines = new ArrayList<>();
    for (Map<FlowField, String> flow : traffic.flows(records)) {
      lines.add(traffic.toLine(flow));
    }
    return toData(lines);
  }

  /// Returns the `awslogs.data` of a payload whose messages are JSON objects.
  static String ofJson(RecordFormat format, int records) {
    FlowLogTraffic traffic = new FlowLogTraffic(format, records);
    List<String> objects = new ArrayList<>();
    for (Map<FlowField, String> flow : traffic.flows(records)) {
      objects.add(traffic.toJson(flow));
    }
    return toData(objects);
  }

  private static String toData(List<String> messages) {
    return PayloadGenerator.SubscriptionMessage.of(messages).toData();
  }

  private List<Map<FlowField, String>> flows(int records) {
    List<Map<FlowField, String>> flows = new ArrayList<>();
    while (flows.size() < records) {
      String port = Integer.toString(random.nextInt(32_768, 61_000));
      if (random.nextInt(7) == 0) {
        flows.add(flow(oneOf(scanners), OWN_ADDRESS, port, oneOf(PROBED_PORTS), 2, false));
        continue;
      }
      String peer = oneOf(clients);
      boolean isAsked = random.nextInt(3) > 0;
      String client = isAsked ? peer : OWN_ADDRESS;
      String server = isAsked ? OWN_ADDRESS : peer;
      String service = isAsked ? "443" : "5432";
      flows.add(flow(client, server, port, service, 3, true));
      flows.add(flow(server, client, service, port, 19, true));
    }
    return flows.subList(0, records);
  }

  private Map<FlowField, String> flow(
      String from, String to, String fromPort, String toPort, int tcpFlags, boolean isAccepted) {
    int packets = isAccepted ? random.nextInt(4, 300) : random.nextInt(1, 4);
    long start = START_SECONDS + random.nextInt(60);
    Map<FlowField, String> flow = new EnumMap<>(FlowField.class);
    flow.put(FlowField.VERSION, format.size() == RecordFormat.DEFAULT.size() ? "2" : "8");
    flow.put(FlowField.ACCOUNT_ID, "123456789010");
    flow.put(FlowField.VPC_ID, "vpc-abcdefab012345678");
    flow.put(FlowField.SUBNET_ID, "subnet-aaaaaaaa012345678");
    flow.put(FlowField.INSTANCE_ID, "i-01234567890123456");
    flow.put(FlowField.INTERFACE_ID, "eni-1235b8ca123456789");
    flow.put(FlowField.SRCADDR, from);
    flow.put(FlowField.DSTADDR, to);
    flow.put(FlowField.SRCPORT, fromPort);
    flow.put(FlowField.DSTPORT, toPort);
    flow.put(FlowField.PROTOCOL, "6");
    flow.put(FlowField.PACKETS, Integer.toString(packets));
    flow.put(
        FlowField.BYTES, Integer.toString(packets * (isAccepted ? random.nextInt(60, 1400) : 60)));
    flow.put(FlowField.START, Long.toString(start));
    flow.put(FlowField.END, Long.toString(start + random.nextInt(60)));
    flow.put(FlowField.ACTION, isAccepted ? "ACCEPT" : "REJECT");
    flow.put(FlowField.LOG_STATUS, "OK");
    flow.put(FlowField.TCP_FLAGS, Integer.toString(tcpFlags));
    flow.put(FlowField.TYPE, "IPv4");
    flow.put(FlowField.PKT_SRCADDR, from);
    flow.put(FlowField.PKT_DSTADDR, to);
    flow.put(FlowField.REGION, "us-east-1");
    flow.put(FlowField.AZ_ID, "use1-az1");
    flow.put(FlowField.FLOW_DIRECTION, to.equals(OWN_ADDRESS) ? "ingress" : "egress");
    flow.put(FlowField.TRAFFIC_PATH, to.equals(OWN_ADDRESS) ? "-" : "1");
    return flow;
  }

  private String toLine(Map<FlowField, String> flow) {
    List<String> values = new ArrayList<>();
    for (int i = 0; i < format.size(); i++) {
      values.add(flow.getOrDefault(format.column(i), "-"));
    }
    return String.join(" ", values);
  }

  /// As the log transformer `parseVPC` writes it: `srcAddr`, `tcpFlags`; numbers as numbers.
  private String toJson(Map<FlowField, String> flow) {
    List<String> members = new ArrayList<>();
    for (int i = 0; i < format.size(); i++) {
      FlowField field = format.column(i);
      String value = flow.getOrDefault(field, "-");
      members.add(
          PayloadGenerator.quote(toKey(field.awsName()))
              + ":"
              + (value.matches("[0-9]{1,11}") ? value : PayloadGenerator.quote(value)));
    }
    return "{" + String.join(",", members) + "}";
  }

  /// Returns the key that `parseVPC` gives a field.
  static String toKey(String awsName) {
    StringBuilder key = new StringBuilder();
    for (String word : awsName.replace("addr", "-addr").replace("port", "-port").split("-", -1)) {
      key.append(
          key.isEmpty() || word.isEmpty()
              ? word
              : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
    }
    return key.toString();
  }

  private String[] addresses(String beginning, int count) {
    String[] addresses = new String[count];
    for (int i = 0; i < count; i++) {
      addresses[i] = beginning + random.nextInt(256) + "." + random.nextInt(1, 255);
    }
    return addresses;
  }

  private String oneOf(String[] choices) {
    return choices[random.nextInt(choices.length)];
  }
}
