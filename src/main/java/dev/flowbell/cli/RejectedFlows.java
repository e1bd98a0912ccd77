package dev.flowbell.cli;

import dev.flowbell.classify.Suspect;
import dev.flowbell.ec2.Direction;
import dev.flowbell.ec2.Rejection;
import dev.flowbell.input.LineTarget;
import dev.flowbell.input.LogBatch;
import dev.flowbell.metric.Metric;
import dev.flowbell.pipeline.PayloadReader;
import dev.flowbell.pipeline.Rejections;
import dev.flowbell.record.IpAddress;
import dev.flowbell.record.ParseFault;
import dev.flowbell.settings.Settings;
import dev.flowbell.summary.FlowSummary;
import dev.flowbell.summary.LogOrigin;
import dev.flowbell.summary.SuspectGroup;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.PushbackInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/// The rejected flows that inputs tell of: records in any form that `replay` reads, and
/// notifications as JSON.
final class RejectedFlows implements InputTarget {
  /// A notification has at most 256 KB: the limit of SNS. Its envelope escapes it.
  private static final int MOST_NOTIFICATION_BYTES = 1 << 20;

  private static final String SCHEMA = "flowbell-alert-";

  private final Settings settings;
  private final InstantSource clock;
  private final Map<Rejection, Long> byRejection = new LinkedHashMap<>();
  private final Map<Rejection, Rejection> answers = new HashMap<>();
  private @Nullable PayloadReader file;
  private Map<ParseFault, Long> withoutRecord = Map.of();
  private boolean isUnreadable;

  private RejectedFlows(Settings settings, InstantSource clock) {
    this.settings = settings;
    this.clock = clock;
  }

  /// Reads inputs.
  ///
  /// @param names files, folders, or - for standard input
  /// @param in standard input
  static RejectedFlows read(
      List<String> names,
      InputStream in,
      PrintStream err,
      Interruption interruption,
      Settings settings,
      InstantSource clock) {
    RejectedFlows flows = new RejectedFlows(settings, clock);
    List<String> others = new ArrayList<>();
    InputStream rest = in;
    for (String name : names) {
      try {
        if (name.equals("-")) {
          byte[] start = in.readNBytes(MOST_NOTIFICATION_BYTES);
          if (!flows.addNotification(start)) {
            PushbackInputStream whole = new PushbackInputStream(in, Math.max(1, start.length));
            whole.unread(start);
            rest = whole;
            others.add(name);
          }
        } else if (!flows.addNotification(startOf(Path.of(name)))) {
          others.add(name);
        }
      } catch (IOException _) {
        others.add(name); // the reader says what is wrong
      }
    }
    if (!others.isEmpty()) {
      InputReader reader =
          new InputReader(others, rest, err, interruption, settings.maxInflatedBytes());
      boolean isInterrupted = reader.readAll(flows);
      flows.isUnreadable = isInterrupted || reader.unread() > 0;
    }
    return flows;
  }

  private static byte[] startOf(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return new byte[0];
    }
    try (InputStream bytes = Files.newInputStream(file)) {
      return bytes.readNBytes(MOST_NOTIFICATION_BYTES);
    }
  }

  /// Returns the flows, with how many records show each, the most frequent first.
  Map<Rejection, Long> byRejection() {
    Map<Rejection, Long> sorted = new LinkedHashMap<>();
    byRejection.entrySet().stream()
        .sorted(Map.Entry.<Rejection, Long>comparingByValue().reversed())
        .forEach(each -> sorted.put(each.getKey(), each.getValue()));
    return sorted;
  }

  /// Adds a flow. Answers of one server to one client go to many ports, and are one flow here.
  private void add(Rejection rejection, long records) {
    Rejection known =
        rejection.isAnswer()
            ? answers.computeIfAbsent(rejection.withPort(-1), _ -> rejection)
            : rejection;
    byRejection.merge(known, records, Long::sum);
  }

  /// Returns whether an input could not be read to its end, which was said or is known.
  boolean isUnreadable() {
    return isUnreadable;
  }

  /// Adds the samples of a notification, if it is one: alone, or in the envelope of SNS.
  private boolean addNotification(byte[] json) {
    if (json.length == 0 || !new String(json, StandardCharsets.UTF_8).contains(SCHEMA)) {
      return false;
    }
    int before = byRejection.size();
    try (JsonParser parser =
        new JsonFactory().createParser(ObjectReadContext.empty(), new ByteArrayInputStream(json))) {
      readSamples(parser);
    } catch (JacksonException _) {
      return byRejection.size() > before;
    }
    return true;
  }

  private void readSamples(JsonParser parser) {
    while (parser.nextToken() != null) {
      if (parser.currentToken() == JsonToken.PROPERTY_NAME) {
        String name = parser.currentName();
        JsonToken value = parser.nextToken();
        if (name.equals("sample") && value == JsonToken.START_OBJECT) {
          Rejection rejection = toRejection(readTexts(parser));
          if (rejection != null) {
            add(rejection, 1);
          }
        } else if (name.equals("Message") && value == JsonToken.VALUE_STRING) {
          addNotification(parser.getString().getBytes(StandardCharsets.UTF_8));
        }
      }
    }
  }

  private static Map<String, String> readTexts(JsonParser parser) {
    Map<String, String> texts = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String name = parser.currentName();
      JsonToken value = parser.nextToken();
      if (value == JsonToken.START_OBJECT || value == JsonToken.START_ARRAY) {
        parser.skipChildren();
      } else if (value != JsonToken.VALUE_NULL) {
        texts.put(name, String.valueOf(parser.getString()));
      }
    }
    return texts;
  }

  /// Returns the rejection that a sample tells of, `null` where it has no addresses.
  private static @Nullable Rejection toRejection(Map<String, String> sample) {
    IpAddress source = IpAddress.find(sample.getOrDefault("srcaddr", ""));
    IpAddress destination = IpAddress.find(sample.getOrDefault("dstaddr", ""));
    if (source == null || destination == null) {
      return null;
    }
    return new Rejection(
        sample.get("interfaceId"),
        "egress".equals(sample.get("flowDirection")) ? Direction.EGRESS : null,
        toNumber(sample.get("protocol")),
        source,
        destination,
        toNumber(sample.get("dstport")),
        kindOf(sample),
        sample.get("rejectReason"),
        IpAddress.find(sample.getOrDefault("pktSrcaddr", "")));
  }

  /// A kind of a later version is taken for a request.
  private static Rejection.Kind kindOf(Map<String, String> sample) {
    String name = sample.getOrDefault("kind", "").toUpperCase(Locale.ROOT).replace('-', '_');
    for (Suspect.Kind kind : Suspect.Kind.values()) {
      if (kind.name().equals(name)) {
        return Rejections.kindOf(kind, "true".equals(sample.get("isRequestAccepted")));
      }
    }
    return Rejection.Kind.REQUEST;
  }

  private static int toNumber(@Nullable String text) {
    return text != null && text.matches("[0-9]{1,5}") ? Integer.parseInt(text) : -1;
  }

  @Override
  public Map<ParseFault, Long> takeLinesWithoutRecord() {
    Map<ParseFault, Long> lines = withoutRecord;
    withoutRecord = Map.of();
    return lines;
  }

  @Override
  public void addBatch(LogBatch batch) {
    PayloadReader reader = newReader();
    for (int i = 0; i < batch.size(); i++) {
      reader.addLine(batch.bytes(), batch.start(i), batch.end(i));
    }
    add(reader.summarize(clock.instant()));
  }

  @Override
  public LineTarget beginFile(String name) {
    file = newReader();
    return file;
  }

  private PayloadReader newReader() {
    return new PayloadReader(new LogOrigin("", "", ""), settings, settings.formats());
  }

  @Override
  public void addUnknownField(String name) {}

  @Override
  public void endFile(boolean isWhole) {
    if (file == null) {
      throw new IllegalStateException("expected beginFile before endFile");
    }
    FlowSummary summary = file.summarize(clock.instant());
    file = null;
    add(summary);
    if (isWhole && summary.total(Metric.RECORDS) == 0) { // else its fault is named
      withoutRecord = summary.faults();
    }
  }

  private void add(FlowSummary summary) {
    for (SuspectGroup group : summary.evidence().suspects()) {
      Rejection rejection = Rejections.of(group.suspect());
      if (rejection != null) {
        long elsewhere = group.elsewhere().values().stream().mapToLong(Long::longValue).sum();
        add(rejection, group.records() - elsewhere);
        group
            .elsewhere()
            .forEach(
                (place, records) ->
                    add(rejection.at(place.interfaceId(), place.rejectReason()), records));
      }
    }
  }
}
