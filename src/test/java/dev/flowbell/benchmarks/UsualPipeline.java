package dev.flowbell.benchmarks;

import dev.flowbell.record.FlowField;
import dev.flowbell.record.RecordFormat;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The pipeline that most people would write: a tree of the JSON, a split of each line, maps of
/// strings.
///
/// It counts nearly what Flowbell counts, and checks almost nothing: any text is an address.
final class UsualPipeline {
  private static final int TOP = 10;

  private final JsonMapper mapper = new JsonMapper();
  private final List<String> columns = new ArrayList<>();
  private final String data;

  UsualPipeline(RecordFormat format, String data) {
    for (int i = 0; i < format.size(); i++) {
      columns.add(format.column(i).awsName());
    }
    this.data = data;
  }

  /// The counts of one payload.
  record Result(
      Map<String, Long> counts,
      List<Map.Entry<String, Long>> topSources,
      List<Map.Entry<String, Long>> topPorts) {}

  Result run() {
    JsonNode envelope = readEnvelope();
    Map<String, Long> counts = new HashMap<>();
    Map<String, Long> sources = new HashMap<>();
    Map<String, Long> ports = new HashMap<>();
    Set<String> answered = new HashSet<>();
    List<String> opened = new ArrayList<>();
    for (JsonNode event : envelope.get("logEvents")) {
      Map<String, String> flow = toFlow(event.get("message").asString());
      if (flow.size() == columns.size()) {
        count(flow, counts, sources, ports, answered, opened);
      } else {
        add(counts, "unreadable", 1);
      }
    }
    opened.removeIf(answered::contains);
    add(counts, "unanswered", opened.size());
    return new Result(counts, top(sources), top(ports));
  }

  private Map<String, String> toFlow(String message) {
    Map<String, String> flow = new HashMap<>();
    if (message.startsWith("{")) {
      JsonNode object = mapper.readTree(message);
      for (String column : columns) {
        flow.put(column, object.get(FlowLogTraffic.toKey(column)).asString());
      }
      return flow;
    }
    String[] values = message.split(" ", -1);
    for (int i = 0; i < Math.min(values.length, columns.size()); i++) {
      flow.put(columns.get(i), values[i]);
    }
    return flow;
  }

  private JsonNode readEnvelope() {
    try (InputStream json =
        new GZIPInputStream(new ByteArrayInputStream(Base64.getDecoder().decode(data)))) {
      return mapper.readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void count(
      Map<String, String> flow,
      Map<String, Long> counts,
      Map<String, Long> sources,
      Map<String, Long> ports,
      Set<String> answered,
      List<String> opened) {
    long minute = Long.parseLong(value(flow, FlowField.END)) / 60;
    String flags = value(flow, FlowField.TCP_FLAGS);
    String action = value(flow, FlowField.ACTION);
    String from = value(flow, FlowField.SRCADDR) + ":" + value(flow, FlowField.SRCPORT);
    String to = value(flow, FlowField.DSTADDR) + ":" + value(flow, FlowField.DSTPORT);
    add(counts, action + "/" + minute, 1);
    if (action.equals("REJECT")) {
      add(counts, "bytes/" + minute, Long.parseLong(value(flow, FlowField.BYTES)));
      add(counts, "packets/" + minute, Long.parseLong(value(flow, FlowField.PACKETS)));
      add(sources, flow.getOrDefault("pkt-srcaddr", value(flow, FlowField.SRCADDR)), 1);
      add(ports, value(flow, FlowField.DSTPORT), 1);
      if (flags.equals("2")) {
        add(counts, "blocked/" + minute, 1);
      }
    } else if (flags.equals("2")) {
      opened.add(to + ">" + from);
    } else if (flags.equals("18") || flags.equals("19")) {
      answered.add(from + ">" + to);
    }
  }

  private static String value(Map<String, String> flow, FlowField field) {
    return flow.getOrDefault(field.awsName(), "-");
  }

  private static void add(Map<String, Long> counts, String key, long amount) {
    counts.merge(key, amount, Long::sum);
  }

  private static List<Map.Entry<String, Long>> top(Map<String, Long> counts) {
    return counts.entrySet().stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .limit(TOP)
        .toList();
  }
}
