package dev.flowbell.input;

import dev.flowbell.input.LambdaEvent.QueueMessage;
import dev.flowbell.input.LambdaEvent.StreamRecord;
import dev.flowbell.input.UndecodableEventException.Layer;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;

/// Reads Lambda events, without data binding.
///
/// Lambda's own serialization reads the same, but takes a fifth of a cold start: see
/// `docs/RATIONALE.md`. `LambdaEventReaderTest` compares both. Safe for use by several threads.
public final class LambdaEventReader {
  /// The most that Lambda passes to a function.
  ///
  /// @see <a href="https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html">Lambda
  ///   quotas</a>: 6 MB for a synchronous invocation, 1 MB for an asynchronous one
  private static final int MOST_EVENT_CHARACTERS = 6 << 20;

  private static final String EXPECTED =
      "event: expected one of a CloudWatch Logs subscription (awslogs), a Kinesis stream"
          + " (aws:kinesis) or an SQS queue (aws:sqs), got ";

  /// The longest name of a kind in an error.
  private static final int MOST_KIND_CHARACTERS = 40;

  private static final String KINESIS = "aws:kinesis";
  private static final String SQS = "aws:sqs";

  /// The texts of a record that are used.
  private static final Set<String> RECORD_TEXTS =
      Set.of(
          "eventSource",
          "EventSource",
          "eventSourceARN",
          "eventID",
          "messageId",
          "body",
          "sequenceNumber",
          "data");

  private final JsonFactory factory = SubscriptionDecoder.newFactory(MOST_EVENT_CHARACTERS);

  /// Creates a reader.
  public LambdaEventReader() {}

  /// Reads an event. Its first known key says what it is. Other keys are skipped.
  ///
  /// @throws IOException where the stream can't be read
  /// @throws UndecodableEventException where the event is not JSON, or of another kind, which the
  ///   message names
  public LambdaEvent read(InputStream event) throws IOException {
    try (JsonParser parser = factory.createParser(ObjectReadContext.empty(), event)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw refused("no JSON object");
      }
      String first = "no keys";
      for (int keys = 0; parser.nextToken() == JsonToken.PROPERTY_NAME; keys++) {
        String key = parser.currentName();
        first = keys == 0 ? "the key " + shortened(key) : first;
        parser.nextToken();
        switch (key) {
          case "awslogs" -> {
            LambdaEvent read = new LambdaEvent.Subscription(readData(parser));
            skipRest(parser);
            return read;
          }
          case "Records" -> {
            LambdaEvent read = readRecords(parser);
            skipRest(parser);
            return read;
          }
          case "detail-type" -> throw refused("one of EventBridge itself; it goes through a queue");
          default -> parser.skipChildren();
        }
      }
      throw refused(first);
    } catch (JacksonIOException e) {
      throw e.getCause(); // not the event's fault
    } catch (JacksonException e) {
      throw SubscriptionDecoder.toUndecodable(e, "event");
    }
  }

  /// Reads the rest of the event: it counts only if all of it is JSON.
  private static void skipRest(JsonParser parser) {
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      parser.nextToken();
      parser.skipChildren();
    }
  }

  /// Reads `data` of the object at the parser's position.
  ///
  /// @return `null` where there is no such object or text
  static @Nullable String readData(JsonParser parser) {
    Map<String, String> texts = new HashMap<>();
    readTexts(parser, texts);
    return texts.get("data");
  }

  private static LambdaEvent readRecords(JsonParser parser) {
    List<StreamRecord> stream = new ArrayList<>();
    List<QueueMessage> queue = new ArrayList<>();
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw refused("Records that are no list");
    }
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      Map<String, String> record = new HashMap<>();
      readTexts(parser, record);
      String source = record.getOrDefault("eventSource", record.getOrDefault("EventSource", ""));
      switch (source) {
        case KINESIS -> stream.add(toStreamRecord(record));
        case SQS -> queue.add(toQueueMessage(record));
        default ->
            throw refused("records of " + (source.isEmpty() ? "no source" : shortened(source)));
      }
    }
    if (stream.isEmpty() == queue.isEmpty()) {
      throw refused(stream.isEmpty() ? "no records" : "records of both " + KINESIS + " and " + SQS);
    }
    return stream.isEmpty() ? new LambdaEvent.Queue(queue) : new LambdaEvent.Stream(stream);
  }

  /// Reads the texts of the object at the parser's position, and of its object `kinesis`.
  private static void readTexts(JsonParser parser, Map<String, String> texts) {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      parser.skipChildren();
      return;
    }
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String key = parser.currentName();
      JsonToken value = parser.nextToken();
      if (value == JsonToken.VALUE_STRING && RECORD_TEXTS.contains(key)) {
        texts.put(key, parser.getString());
      } else if (value == JsonToken.START_OBJECT && key.equals("kinesis")) {
        readTexts(parser, texts);
      } else {
        parser.skipChildren();
      }
    }
  }

  /// The event id of a record is its shard's id and its sequence number.
  private static StreamRecord toStreamRecord(Map<String, String> record) {
    String eventId = textOf(record, "eventID");
    String sequenceNumber = textOf(record, "sequenceNumber");
    int colon = eventId.indexOf(':');
    if (colon < 1 || sequenceNumber.isEmpty() || !isDigits(sequenceNumber)) {
      throw refused("a Kinesis record whose eventID or sequenceNumber is " + shortened(eventId));
    }
    return new StreamRecord(
        textOf(record, "eventSourceARN"),
        eventId.substring(0, colon),
        sequenceNumber,
        record.getOrDefault("data", ""));
  }

  private static QueueMessage toQueueMessage(Map<String, String> record) {
    return new QueueMessage(
        textOf(record, "messageId"),
        record.getOrDefault("eventSourceARN", ""),
        record.getOrDefault("body", ""));
  }

  private static String textOf(Map<String, String> record, String key) {
    String text = record.get(key);
    if (text == null) {
      throw refused("a record without " + key);
    }
    return text;
  }

  private static boolean isDigits(String text) {
    return text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static String shortened(String kind) {
    StringBuilder safe = new StringBuilder();
    kind.chars()
        .limit(MOST_KIND_CHARACTERS)
        .forEach(c -> safe.append(c > ' ' && c < 0x7f ? (char) c : '?'));
    return kind.length() > MOST_KIND_CHARACTERS ? safe + "..." : safe.toString();
  }

  private static UndecodableEventException refused(String found) {
    return new UndecodableEventException(Layer.EVENT, 0, EXPECTED + found);
  }
}
